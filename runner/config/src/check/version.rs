//! Whether the tool may run a configuration at all.

use syntax::{Diagnostic, Diagnostics};

use crate::dialect::{Dialect, Version};
use crate::module::ModuleTree;
use crate::version::Constraint;

/// `required_version` of the module and every module it calls, against the version whose rules are followed.
///
/// Terraform asks this first and says nothing else about a configuration that is not for it.
pub fn check_versions(tree: &ModuleTree) -> Diagnostics {
    let mut sink = Vec::new();
    descend(tree, None, &mut Vec::new(), &mut sink);
    sink
}

/// Terraform's releases that can run test files, up to the newest known one: 1.6 to 1.15.
fn released() -> impl Iterator<Item = Version> {
    (6..=15).flat_map(|minor| (0..=9).map(move |patch| Dialect::terraform(minor, patch).version))
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
    let Dialect { tool, version } = Dialect::default();
    for required in &tree.module.required_versions {
        let (text, span) = &**required;
        let Some(constraint) = Constraint::parse(text) else { continue };
        if constraint.allows(version) {
            continue;
        }
        if released().any(|other| constraint.allows(other)) {
            // Another release runs this configuration, so refusing it would help nobody.
            let detail = format!(
                "This configuration is for {tool} {text}. It is run by the rules of {tool} {version}, the only ones \
                 that this version of runblock knows, so verdicts may differ where {tool} has changed since."
            );
            sink.push(
                Diagnostic::warning(format!("Run by the rules of {tool} {version}"), detail)
                    .at(required.locate(*span))
                    .with_code("other-version"),
            );
            continue;
        }
        let who = match call {
            None => "This configuration".to_owned(),
            Some((path, source)) => format!("Module {path} (from {source})"),
        };
        let detail = format!(
            "{who} does not support {tool} version {version}. To proceed, either choose another supported {tool} \
             version or update this version constraint. Version constraints are normally set for good reason, so \
             updating the constraint may lead to other errors or unexpected behavior."
        );
        sink.push(
            Diagnostic::error(format!("Unsupported {tool} Core version"), detail)
                .at(required.locate(*span))
                .with_code("unsupported-version"),
        );
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
