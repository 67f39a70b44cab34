//! Whether the tool may run a configuration at all.

use syntax::{Diagnostic, Diagnostics};

use crate::dialect::{Dialect, Tool, Version};
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

/// A tool's releases that can run test files, up to the newest known one.
fn released(tool: Tool) -> impl Iterator<Item = Version> {
    let newest = Dialect::newest(tool).version;
    (6..=newest.minor).flat_map(|minor| (0..=9).map(move |patch| Version { major: 1, minor, patch }))
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
    for required in &tree.module.required_versions {
        let (text, span) = &**required;
        let Some(constraint) = Constraint::parse(text) else { continue };
        if constraint.allows(version) {
            continue;
        }
        if released(tool).any(|other| constraint.allows(other)) {
            // Another release runs this configuration, so refusing it would help nobody.
            let detail = format!(
                "This configuration is for {tool} {text}. It is run by the rules of {tool} {version}, so verdicts may \
                 differ where {tool} has changed. The setting \"dialect\" chooses the rules of another version."
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
