//! By what an `import` block tells which object it means: an id, or an identity.

use config::{Import, Item, Resource, Tool};
use lang::{Cause, Expr, Type, Value};
use syntax::{Diagnostic, Diagnostics, SmolStr};

use super::{Phase, Repetition, Walk};
use crate::change::ImportedBy;

impl Walk<'_> {
    /// What the block says for one repetition. `None` after an error.
    pub(super) fn imported_by(
        &self,
        import: &Item<Import>,
        resource: &Resource,
        repetition: &Repetition,
        sink: &mut Diagnostics,
    ) -> Option<ImportedBy> {
        match (&import.id, &import.identity) {
            (Some(id), _) => self.id(import, id, repetition, sink).map(ImportedBy::Id),
            (None, Some(identity)) => {
                self.identity(import, identity, resource, repetition, sink).map(ImportedBy::Identity)
            }
            (None, None) => None,
        }
    }

    fn id(
        &self,
        import: &Item<Import>,
        expr: &Expr,
        repetition: &Repetition,
        sink: &mut Diagnostics,
    ) -> Option<SmolStr> {
        const SUMMARY: &str = "Invalid import id argument";
        let before = sink.len();
        let scope = self.scope(0).with_repetition(repetition);
        let (value, operands) = lang::evaluate_with_operands(expr, &import.origin, &scope, sink);
        let place = expr.location(&import.origin);
        let (value, _) = value.unmark_deep();
        let value = lang::convert(&value, &Type::String).unwrap_or_else(|error| {
            let detail = format!("Invalid expression value: {error}.");
            let mut diagnostic =
                Diagnostic::error("Incorrect value type", detail).at(place.clone()).with_code("import");
            diagnostic.operands = operands.shown(Cause::Other);
            sink.push(diagnostic);
            Value::unknown(Type::String)
        });
        let reason = match value.as_str() {
            Some("") => "The import ID value evaluates to an empty string, please provide a non-empty value.",
            Some(id) => return Some(id.into()),
            None if value.is_null() => "The import ID cannot be null.",
            None if sink[before..].iter().any(|it| it.is_error() && it.summary != "Incorrect value type") => {
                return None;
            }
            None if self.phase == Phase::Validate => return None,
            None => &unknown("id", self.inputs.dialect.tool),
        };
        sink.push(Diagnostic::error(SUMMARY, reason).at(place).with_code("import"));
        None
    }

    fn identity(
        &self,
        import: &Item<Import>,
        expr: &Expr,
        resource: &Resource,
        repetition: &Repetition,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        const SUMMARY: &str = "Invalid import identity argument";
        let before = sink.len();
        let scope = self.scope(0).with_repetition(repetition);
        let (value, operands) = lang::evaluate_with_operands(expr, &import.origin, &scope, sink);
        let place = expr.location(&import.origin);
        let kind = &resource.addr.kind;
        let source = self.inputs.program.root().provider_of(resource);
        let provider = self.inputs.providers.get(&source);
        let Some(identity) = provider.and_then(|provider| provider.identity(kind)) else {
            let (summary, detail) = without_identities(import, kind, &source, self.inputs.dialect.tool);
            sink.push(Diagnostic::error(summary, detail).at(place).with_code("import"));
            return None;
        };
        let (value, _) = value.unmark_deep();
        let value = match lang::convert(&value, &identity.ty()) {
            Ok(value) => value,
            Err(error) => {
                let detail = format!("Invalid expression value: {error}.");
                let mut diagnostic =
                    Diagnostic::error("Incorrect value type", detail).at(place).with_code("import");
                diagnostic.operands = operands.shown(Cause::Other);
                sink.push(diagnostic);
                return None;
            }
        };
        let reason = match () {
            () if sink[before..].iter().any(Diagnostic::is_error) => return None,
            () if value.is_null() => "The import identity cannot be null.",
            () if self.phase == Phase::Validate => return None,
            () if !value.is_wholly_known() => &unknown("identity", self.inputs.dialect.tool),
            () => return Some(value),
        };
        sink.push(Diagnostic::error(SUMMARY, reason).at(place).with_code("import"));
        None
    }
}

/// What is said of a type whose objects have no identities.
fn without_identities(import: &Item<Import>, kind: &str, source: &str, tool: Tool) -> (&'static str, String) {
    let kind = lang::quote(kind);
    match tool {
        Tool::Terraform => (
            "Invalid import identity argument",
            format!(
                "The provider {source} has no identities for the resource type {kind}. Give the object's id in place of its \
                 identity."
            ),
        ),
        Tool::OpenTofu => {
            let target = import.address.as_ref().map(|target| {
                let path = target.module.0.iter().map(|(name, _)| format!("module.{name}."));
                let resource = target.resource.as_ref().map(|(resource, _)| resource.to_string());
                format!("{}{}", path.collect::<String>(), resource.unwrap_or_default())
            });
            (
                "Unable to determine identity schema for import identity",
                format!(
                    "The provider {} does not provide an identity schema for the resource type {kind}, which is required when \
                     trying to import the resource {} using identity-based import. Please ensure the resource type supports \
                     identity-based import.",
                    lang::quote(source),
                    lang::quote(&target.unwrap_or_default())
                ),
            )
        }
    }
}

fn unknown(argument: &str, tool: Tool) -> String {
    format!(
        "The import block \"{argument}\" argument depends on resource attributes that cannot be determined until apply, so \
         {tool} cannot plan to import this resource."
    )
}
