//! The paths of `ignore_changes`, read against the schema of their resource.

use lang::{Step, StepKind, static_traversal};
use syntax::{Diagnostic, Diagnostics, Origin};

use crate::dialect::Tool;
use crate::members;
use crate::module::Resource;
use crate::schema::Schema;

/// Reports paths that lead nowhere, and attributes that no configuration sets, so that there is nothing to ignore.
pub(super) fn check(
    resource: &Resource,
    schema: &Schema,
    origin: &Origin,
    tool: Tool,
    sink: &mut Diagnostics,
) {
    for expr in &resource.lifecycle.ignore_changes {
        let Some(traversal) = static_traversal(expr) else { continue };
        let first = Step { kind: StepKind::Attr(traversal.root.clone()), span: traversal.root_span };
        let steps: Vec<Step> = std::iter::once(first).chain(traversal.steps.iter().cloned()).collect();
        if let Some((summary, detail, span)) = members::check(schema, &steps) {
            let place = expr.origin(origin).locate(span);
            sink.push(Diagnostic::error(summary, detail).at(place).with_code("unknown-attribute"));
        } else if traversal.steps.is_empty()
            && schema.attributes.get(&traversal.root).is_some_and(|attribute| attribute.is_read_only())
        {
            let detail = format!(
                "Adding an attribute name to ignore_changes tells {tool} to ignore future changes to the argument in \
                 configuration after the object has been created, retaining the value originally configured.\n\nThe \
                 attribute {} is decided by the provider alone and therefore there can be no configured value to \
                 compare with. Including this attribute in ignore_changes has no effect. Remove the attribute from \
                 ignore_changes to quiet this warning.",
                traversal.root
            );
            let place = origin.locate(resource.kind_span);
            sink.push(
                Diagnostic::warning("Redundant ignore_changes element", detail)
                    .at(place)
                    .with_code("redundant-ignore-changes"),
            );
        }
    }
}
