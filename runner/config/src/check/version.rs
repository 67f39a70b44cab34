//! Whether the tool may run a configuration at all.

use syntax::{Diagnostic, Diagnostics, Location};

use crate::dialect::{Dialect, Feature, Tool, binds};
use crate::item::Item;
use crate::module::{Module, ModuleTree, RequiredVersion};
use crate::version::Constraint;

/// The versions that the module and every module it calls require, against the version whose rules are followed.
///
/// The tool asks this first and says nothing else about a configuration that is not for it. OpenTofu asks each module
/// from version 1.12 on: see `incompatible`.
pub fn check_versions(tree: &ModuleTree) -> Diagnostics {
    let mut sink = Vec::new();
    if !tree.module.dialect.has(Feature::LanguageBlock) {
        descend(tree, None, &mut Vec::new(), &mut sink);
    }
    sink
}

/// `call` is the module's path and the source it was called by; the root module has none.
fn descend<'a>(
    tree: &'a ModuleTree,
    call: Option<(&str, &str)>,
    seen: &mut Vec<&'a str>,
    sink: &mut Diagnostics,
) {
    if seen.contains(&tree.module.dir.as_str()) {
        return;
    }
    seen.push(&tree.module.dir);
    let Dialect { tool, version } = tree.module.dialect;
    for (place, constraint) in binding(&tree.module) {
        if prereleases(&tree.module, constraint, &place, sink) || allows(constraint, tree.module.dialect) {
            continue;
        }
        let who = match call {
            None => "This configuration".to_owned(),
            Some((path, source)) => format!("Module {path} (from {source})"),
        };
        let detail = format!(
            "{who} does not support {tool} version {version}. To proceed, either choose another supported {tool} \
             version or {ADVICE}"
        );
        let error = Diagnostic::error(format!("Unsupported {tool} Core version"), detail);
        sink.push(error.at(place).with_code("unsupported-version"));
    }
    for (name, child) in &tree.children {
        let path = match call {
            None => format!("module.{name}"),
            Some((parent, _)) => format!("{parent}.module.{name}"),
        };
        let source = tree.module.calls.get(name).and_then(|call| call.source.as_ref());
        descend(child, Some((&path, source.map_or("", |(source, _)| source))), seen, sink);
    }
}

/// What OpenTofu says about a module that is not for it, from version 1.12 on. It does so while it reads the module,
/// and then nothing else about it: what else is wrong may come of the version.
pub(crate) fn incompatible(module: &Module) -> Diagnostics {
    let mut sink = Vec::new();
    let Dialect { tool, version } = module.dialect;
    for (place, constraint) in binding(module).filter(|_| module.dialect.has(Feature::LanguageBlock)) {
        if allows(constraint, module.dialect) || !Constraint::prereleases(constraint).is_empty() {
            continue;
        }
        let detail = format!(
            "This module is not compatible with {tool} v{version}.\n\nTo proceed, either choose another supported {tool} \
             version or {ADVICE}"
        );
        sink.push(
            Diagnostic::error("Incompatible module", detail).at(place).with_code("unsupported-version"),
        );
    }
    sink
}

/// The versions before a release that a module names, where it is asked while it is read.
pub(crate) fn prereleased(module: &Module) -> Diagnostics {
    let mut sink = Vec::new();
    for (place, constraint) in binding(module).filter(|_| module.dialect.has(Feature::LanguageBlock)) {
        prereleases(module, constraint, &place, &mut sink);
    }
    sink
}

const ADVICE: &str = "update this version constraint. Version constraints are normally set for good reason, so updating \
                      the constraint may lead to other errors or unexpected behavior.";

/// The constraints that the module's dialect looks at.
fn binding(module: &Module) -> impl Iterator<Item = (Location, &str)> {
    let binds =
        |required: &&Item<RequiredVersion>| binds(module.dialect, required, required.origin.file.as_str());
    let place = |required: &Item<RequiredVersion>| required.locate(required.span);
    module
        .required_versions
        .iter()
        .filter(binds)
        .map(move |required| (place(required), required.constraint.as_str()))
}

fn allows(constraint: &str, dialect: Dialect) -> bool {
    Constraint::parse(constraint).is_none_or(|constraint| constraint.allows(dialect.version))
}

/// Reports the parts of a constraint that name a pre-release; whether there are any.
fn prereleases(module: &Module, constraint: &str, place: &Location, sink: &mut Diagnostics) -> bool {
    let found = Constraint::prereleases(constraint);
    let tool = match module.dialect.tool {
        Tool::Terraform => "terraform",
        Tool::OpenTofu => "OpenTofu",
    };
    for part in &found {
        let detail = format!(
            "Prerelease version constraints are not supported: {part}. Remove the prerelease information from the \
             constraint. Prerelease versions of {tool} will match constraints using their version core only."
        );
        let error = Diagnostic::error("Invalid required_version constraint", detail);
        sink.push(error.at(place.clone()).with_code("prerelease-constraint"));
    }
    !found.is_empty()
}
