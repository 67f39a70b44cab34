//! What OpenTofu says of overrides when a run begins: targets have to be there, also those of the file.

use config::{Item, ModuleInstance, Override, OverrideKind, Run, TestFile};
use syntax::{Diagnostic, Diagnostics, Location, Origin};

use super::table::Table;
use super::without_keys;
use crate::program::Program;

/// Checks the overrides of a run, and those of its file that it does not have itself; `table` has their values.
pub(super) fn check(
    file: &TestFile,
    run: &Item<Run>,
    program: &Program,
    table: &Table,
    sink: &mut Diagnostics,
) {
    let of_run: Vec<(&Override, &Origin)> = run.overrides.iter().map(|over| (over, &run.origin)).collect();
    let of_file = file.overrides.iter().map(|over| (&*over.decl, &over.origin));
    // Resources come before modules.
    for of_modules in [false, true] {
        let wanted = |over: &Override| (over.kind == OverrideKind::Module) == of_modules;
        let mut merged: Vec<_> = of_run.iter().copied().filter(|(over, _)| wanted(over)).collect();
        for (over, origin) in of_file.clone().filter(|(over, _)| wanted(over)) {
            let same = |(other, _): &(&Override, &Origin)| wanted(other) && other.address == over.address;
            match of_run.iter().any(same) {
                true => sink.push(twice(over, place(over, origin))),
                false => merged.push((over, origin)),
            }
        }
        for (over, origin) in merged {
            target(over, place(over, origin), program, table, sink);
        }
    }
}

fn place(over: &Override, origin: &Origin) -> Location {
    origin.locate(over.target.whole_span())
}

fn twice(over: &Override, place: Location) -> Diagnostic {
    let name = over.kind.block_name();
    let target = over.address.as_ref().map(ToString::to_string).unwrap_or_default();
    let what = if over.kind == OverrideKind::Module { "Module " } else { "" };
    let detail = format!(
        "{what}`{target}` is overridden in both global file and local run blocks. The declaration in global file block \
         will be ignored."
    );
    let summary = format!("Multiple `{name}` blocks for the same address");
    Diagnostic::warning(summary, detail).at(place).with_code("duplicate-override")
}

fn target(over: &Override, place: Location, program: &Program, table: &Table, sink: &mut Diagnostics) {
    let Some(target) = &over.address else { return };
    let module = program.module_at(&target.module);
    let mut error = |summary: String, detail: &str| {
        let error = Diagnostic::error(summary, detail).at(place.clone());
        sink.push(error.with_code("unknown-override-target"));
    };
    let module_text = |module: &ModuleInstance| without_keys(module).to_string();
    match (module, &target.resource) {
        (None, Some(_)) => error(
            format!("Module not found: {}", module_text(&target.module)),
            "Target points to resource in undefined module. Please, ensure module exists.",
        ),
        (None, None) => error(
            format!("Module not found: {}", module_text(&target.module)),
            "Target points to an undefined module. Please, ensure module exists.",
        ),
        (Some(module), Some((addr, _))) => {
            let module = program.module(module);
            if !module.resources.contains_key(addr) && module.scoped_data(addr).is_none() {
                error(
                    format!("Resource not found: {target}"),
                    "Target points to undefined resource. Please, ensure resource exists.",
                );
            }
        }
        (Some(module), None) => {
            let outputs = &program.module(module).outputs;
            let given = table.get(target).and_then(|given| given.values.as_ref());
            let given = given.and_then(|values| values.as_map()).into_iter().flatten();
            for (name, _) in given.filter(|(name, _)| !outputs.contains_key(&***name)) {
                let detail = "Specified output to override is not present in the module and will be ignored.";
                let warning = Diagnostic::warning(format!("Output not found: {name}"), detail);
                sink.push(warning.at(place.clone()).with_code("unknown-override-output"));
            }
        }
    }
}
