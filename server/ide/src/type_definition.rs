//! Go to type definition: from a name to where it is said what kind of thing it is.

use config::{ProviderRef, implied_provider};
use lang::Expr;
use lang::expr::Node;
use syntax::{FileName, Location, Origin};

use crate::definition::Definition;
use crate::snapshot::Snapshot;
use crate::symbol::{Home, Symbol};

/// How far values are followed through names that only pass them on.
const DEPTH: u32 = 8;

/// Where it is said what the name at `offset` of `file` is.
///
/// Of a variable that is its type, of a module call or a run the module, of a resource the provider that the module
/// requires for it. A local value or an output that is another name is what that name is.
pub fn type_definition(snapshot: &Snapshot, file: &FileName, offset: u32) -> Vec<Definition> {
    let Some(here) = snapshot.occurrence_at(file, offset) else { return Vec::new() };
    let origin = here.location.span;
    let targets = of_symbol(snapshot, file, &here.symbol, DEPTH);
    targets.into_iter().map(|target| Definition { origin, target }).collect()
}

fn of_symbol(snapshot: &Snapshot, file: &FileName, symbol: &Symbol, depth: u32) -> Vec<Location> {
    let tree = |module: &str| snapshot.tree(file, module);
    let found: Option<Location> = match symbol {
        Symbol::Variable { module, name } => tree(module).and_then(|tree| {
            let variable = tree.module.variables.get(name)?;
            Some(variable.locate(variable.type_span?))
        }),
        Symbol::Local { module, name } => {
            let Some(tree) = tree(module) else { return Vec::new() };
            let Some(local) = tree.module.locals.get(name) else { return Vec::new() };
            return through(snapshot, &local.value, &local.origin, depth);
        }
        Symbol::Output { module, name } => {
            let Some(tree) = tree(module) else { return Vec::new() };
            let Some(output) = tree.module.outputs.get(name) else { return Vec::new() };
            let Some(value) = &output.value else { return Vec::new() };
            return through(snapshot, value, &output.origin, depth);
        }
        Symbol::Resource { module, addr } => {
            let Some(tree) = tree(module) else { return Vec::new() };
            let provider = match tree.module.resources.get(addr) {
                Some(resource) => resource.provider_ref(),
                None => ProviderRef { name: implied_provider(&addr.kind).into(), alias: None },
            };
            let home = Home::Module(module.clone());
            let required = Symbol::Provider { home, reference: ProviderRef { alias: None, ..provider } };
            let declared = snapshot.definitions(file, &required);
            return declared.into_iter().map(|it| it.location).collect();
        }
        Symbol::ModuleCall { module, name } => {
            let child = tree(module).and_then(|tree| tree.children.get(name).cloned());
            child.and_then(|child| snapshot.start_of_module(&child.module.dir))
        }
        Symbol::Run { file, name } => {
            let project = snapshot.project(file);
            let run = project.test_file(file).and_then(|test| test.runs.get(test.runs.named(name)?));
            run.and_then(|run| snapshot.start_of_module(&project.module_of(&run)?.module.dir))
        }
        Symbol::Module { dir } => snapshot.start_of_module(dir),
        Symbol::FileVariable { .. }
        | Symbol::Check { .. }
        | Symbol::Provider { .. }
        | Symbol::Outputs { .. } => None,
    };
    found.into_iter().collect()
}

/// What a value is that is nothing but another name.
fn through(snapshot: &Snapshot, value: &Expr, declaration: &Origin, depth: u32) -> Vec<Location> {
    let Node::Reference(index) = value.node(value.root()) else { return Vec::new() };
    let Some(traversal) = value.traversals().get(*index as usize) else { return Vec::new() };
    let place = value.origin(declaration).locate(traversal.span());
    let named = snapshot.occurrence_at(&place.file, place.span.end);
    match named.filter(|it| depth > 0 && it.location.span.end == place.span.end) {
        Some(named) => of_symbol(snapshot, &place.file, &named.symbol, depth - 1),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::testing::{MODULE, at_cursor, show};

    #[track_caller]
    fn check(condition: &str, expected: Expect) {
        let (snapshot, file, offset) = at_cursor(&format!(
            "{MODULE}output \"name\" {{\n  value = var.seed\n}}\n//- /more.tf\nterraform {{\n  required_providers {{\n    \
             terraform = {{\n      source = \"terraform.io/builtin/terraform\"\n    }}\n  }}\n}}\noutput \"size\" {{\n  \
             value = local.size\n}}\nlocals {{\n  size = var.size\n  loop = local.loop\n}}\n//- /a.tftest.hcl\nrun \"setup\" \
             {{\n  module {{\n    source = \"./setup\"\n  }}\n}}\nrun \"a\" {{\n  assert {{\n    condition = {condition}\n    \
             error_message = \"\"\n  }}\n}}\n"
        ));
        let found = type_definition(&snapshot, &file, offset);
        let lines = found.iter().map(|it| format!("{}\n", show(&snapshot, &it.target)));
        expected.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn names_lead_to_what_they_are() {
        check(
            "var.na$0me == 1",
            expect![[r#"
            main.tf:2:17 string
        "#]],
        );
        check(
            "output.si$0ze == 1",
            expect![[r#"
            main.tf:10:13 object({ width = number, height = optional(number) })
        "#]],
        );
        check("output.gree$0ting == 1", expect![[""]]);
        check("local.lo$0op == 1", expect![[""]]);
        check(
            "run.se$0tup.name == 1",
            expect![[r#"
            setup/main.tf:1:1 
        "#]],
        );
        check(
            "run.setup.na$0me == 1",
            expect![[r#"
            setup/main.tf:2:10 string
        "#]],
        );
        check(
            "module.ch$0ild.twice == 1",
            expect![[r#"
            child/main.tf:1:1 
        "#]],
        );
        check(
            "terraform_data.ma$0in.id == 1",
            expect![[r#"
            more.tf:3:5 terraform
        "#]],
        );
    }
}
