//! What OpenTofu asks of overrides when a run begins: each target once, and there. (From its sources, 1.8 to 1.12.)

use std::collections::HashSet;

use lang::expr::Node;
use syntax::{Diagnostic, Diagnostics, Origin};

use crate::address::{ResourceAddr, ResourceMode};
use crate::item::Item;
use crate::module::ModuleTree;
use crate::target::Target;
use crate::test_file::{Override, OverrideKind, Run, TestFile};

/// The code of everything that is said here.
pub(super) const CODE: &str = "unknown-override-target";

/// An override with the origin of its spans.
type Placed<'a> = (&'a Override, &'a Origin);

/// What OpenTofu says of the overrides that a run executes with: the file's and its own. An error keeps it from running.
pub fn check_overrides(file: &TestFile, run: &Item<Run>, tree: &ModuleTree) -> Diagnostics {
    let of_file: Vec<Placed<'_>> = file.overrides.iter().map(|over| (&*over.decl, &over.origin)).collect();
    let of_run: Vec<Placed<'_>> = run.overrides.iter().map(|over| (over, &run.origin)).collect();
    for overrides in [&of_file, &of_run] {
        let found = duplicated(overrides);
        if !found.is_empty() {
            return found;
        }
    }
    let mut sink = Vec::new();
    for of_modules in [false, true] {
        let is_wanted = |over: &&Placed<'_>| (over.0.kind == OverrideKind::Module) == of_modules;
        let own: Vec<Placed<'_>> = of_run.iter().filter(is_wanted).copied().collect();
        let targets: HashSet<String> = own.iter().filter_map(|over| name(over.0)).collect();
        let (hidden, files): (Vec<Placed<'_>>, Vec<Placed<'_>>) = of_file
            .iter()
            .filter(is_wanted)
            .partition(|over| name(over.0).is_some_and(|target| targets.contains(&target)));
        sink.extend(hidden.into_iter().filter_map(ignored));
        for over in own.into_iter().chain(files) {
            exists(over, tree, &mut sink);
        }
    }
    sink
}

fn name(over: &Override) -> Option<String> {
    over.address.as_ref().map(Target::to_string)
}

/// Resources and data sources share their targets, modules have their own.
fn duplicated(overrides: &[Placed<'_>]) -> Diagnostics {
    let mut seen = HashSet::new();
    let mut sink = Vec::new();
    for of_modules in [false, true] {
        let wanted = overrides.iter().filter(|over| (over.0.kind == OverrideKind::Module) == of_modules);
        for (over, origin) in wanted {
            let Some(target) = name(over) else { continue };
            if seen.insert((of_modules, target.clone())) {
                continue;
            }
            let kind = over.kind.block_name();
            let detail = format!(
                "It is not allowed to have multiple `{kind}` blocks with the same target: `{target}`."
            );
            sink.push(at(Diagnostic::error(format!("Duplicated `{kind}` block"), detail), (over, origin)));
        }
    }
    sink
}

/// An override of the file that one of the run hides.
fn ignored(over: Placed<'_>) -> Option<Diagnostic> {
    let (kind, target) = (over.0.kind, name(over.0)?);
    let who = if kind == OverrideKind::Module { "Module " } else { "" };
    let found = Diagnostic::warning(
        format!("Multiple `{}` blocks for the same address", kind.block_name()),
        format!(
            "{who}`{target}` is overridden in both global file and local run blocks. The declaration in global file block \
             will be ignored."
        ),
    );
    Some(at(found, over))
}

/// Whether there is something to override.
fn exists(over: Placed<'_>, tree: &ModuleTree, sink: &mut Diagnostics) {
    let Some(target) = &over.0.address else { return };
    let mut here = tree;
    for (call, _) in target.module.0.iter() {
        let Some(child) = here.children.get(call) else {
            let detail = match over.0.kind {
                OverrideKind::Module => "Target points to an undefined module. Please, ensure module exists.",
                _ => "Target points to resource in undefined module. Please, ensure module exists.",
            };
            sink.push(at(Diagnostic::error(format!("Module not found: {}", target.module), detail), over));
            return;
        };
        here = child;
    }
    match &target.resource {
        Some((addr, _)) => resource(addr, target, over, here, sink),
        None => outputs(over, here, sink),
    }
}

fn resource(
    addr: &ResourceAddr,
    target: &Target,
    over: Placed<'_>,
    module: &ModuleTree,
    sink: &mut Diagnostics,
) {
    let module = &module.module;
    if !module.resources.contains_key(addr) && module.scoped_data(addr).is_none() {
        let detail = "Target points to undefined resource. Please, ensure resource exists.";
        sink.push(at(Diagnostic::error(format!("Resource not found: {target}"), detail), over));
        return;
    }
    let (wanted, other) = match over.0.kind {
        OverrideKind::Data => (ResourceMode::Data, "resource"),
        _ => (ResourceMode::Managed, "data"),
    };
    if addr.mode != wanted {
        let block = over.0.kind.block_name();
        let detail =
            format!("Target `{target}` is `{other}` block itself and cannot be overridden with `{block}`.");
        let summary = format!("Unsupported `{other}` target in `{block}` block");
        sink.push(at(Diagnostic::error(summary, detail), over));
    }
}

/// Values for outputs that a module does not have are only ignored.
fn outputs(over: Placed<'_>, module: &ModuleTree, sink: &mut Diagnostics) {
    let Some(values) = &over.0.values else { return };
    let (Node::Object(items) | Node::JsonObject(items)) = values.node(values.root()) else { return };
    let names = items.iter().filter_map(|(key, _)| match values.node(*key) {
        Node::Literal(name) => name.as_str(),
        _ => None,
    });
    for name in names.filter(|name| !module.module.outputs.contains_key(*name)) {
        let detail = "Specified output to override is not present in the module and will be ignored.";
        sink.push(at(Diagnostic::warning(format!("Output not found: {name}"), detail), over));
    }
}

fn at(found: Diagnostic, (over, origin): Placed<'_>) -> Diagnostic {
    found.at(origin.locate(over.target.whole_span())).with_code(CODE)
}
