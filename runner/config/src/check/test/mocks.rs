//! What mocks and overrides give values for: types that the provider has, attributes of their schemas, outputs of the
//! module. Terraform passes over what it does not know, so all of this is a warning or a hint.

use std::sync::Arc;

use lang::Tool;
use syntax::ast::{Block, Expr, ExprKind};
use syntax::{Diagnostic, Diagnostics, Origin, SmolStr, Span};

use super::TestContext;
use super::run::RunChecker;
use crate::address::ResourceMode;
use crate::dialect::Feature;
use crate::module::ModuleTree;
use crate::schema::Schema;
use crate::suggest::did_you_mean;
use crate::target::Target;
use crate::test_file::{MockProvider, Override, TestFile};

/// The mock providers and overrides of the file.
pub(super) fn of_file(
    file: &TestFile,
    trees: &[Arc<ModuleTree>],
    context: &TestContext<'_>,
    sink: &mut Diagnostics,
) {
    let checker = Checker { file, context };
    for mock in &file.mock_providers {
        if let Some(main) = trees.first() {
            checker.mocks(mock, &mock.origin, main, sink);
        }
        for over in &mock.overrides {
            checker.values(over, &mock.origin, trees, sink);
        }
    }
    for over in &file.overrides {
        checker.values(over, &over.origin, trees, sink);
    }
}

impl RunChecker<'_> {
    pub(super) fn override_values(&mut self, tree: &Arc<ModuleTree>) {
        let checker = Checker { file: self.file, context: self.context };
        for over in &self.run.overrides {
            checker.values(over, &self.run.origin, std::slice::from_ref(tree), &mut self.sink);
        }
    }
}

struct Checker<'a> {
    file: &'a TestFile,
    context: &'a TestContext<'a>,
}

impl Checker<'_> {
    fn mocks(&self, mock: &MockProvider, origin: &Origin, main: &ModuleTree, sink: &mut Diagnostics) {
        // The name is the one that the module under test gives the provider.
        let source = main.module.provider_source(&mock.name);
        let schemas = self.context.schemas;
        for of_kind in &mock.mocks {
            let (mode, kind) = (of_kind.mode, &of_kind.kind);
            if let Some(schema) = schemas.resource(&source, mode, kind) {
                let span = of_kind.defaults.as_ref().map(|defaults| defaults.whole_span());
                self.attributes(span, origin, kind, schema, sink);
                continue;
            }
            let Some(mut kinds) = schemas.kinds(&source, mode) else { continue };
            if kinds.contains(&kind.as_str()) || schemas.unreadable(&source, Some((mode, kind))).is_some() {
                continue;
            }
            kinds.sort_unstable();
            let what = if mode == ResourceMode::Data { "data source" } else { "resource type" };
            let detail = format!(
                "The provider {source} has no {what} {}, so nothing is ever made of this mock.{}",
                lang::quote(kind),
                did_you_mean(kind, kinds)
            );
            let warning = Diagnostic::warning("Unknown mock type", detail);
            sink.push(warning.at(origin.locate(of_kind.kind_span)).with_code("unknown-mock-type"));
        }
    }

    /// The values of an override of something in one of the modules.
    fn values(&self, over: &Override, origin: &Origin, trees: &[Arc<ModuleTree>], sink: &mut Diagnostics) {
        sink.extend(self.no_object(over, origin));
        let Some(Target { module, resource }) = &over.address else { return };
        let span = over.values.as_ref().map(|values| values.whole_span());
        let calls = module.calls();
        let found = trees.iter().find_map(|tree| {
            let tree =
                calls.iter().try_fold(&**tree, |tree, call| tree.children.get(call).map(|it| &**it))?;
            let declares = match resource {
                Some((addr, _)) => tree.module.resources.contains_key(addr),
                None => !crate::check::has_syntax_errors(&tree.module.diagnostics),
            };
            declares.then_some(tree)
        });
        let Some(tree) = found else { return };
        let Some((addr, _)) = resource else {
            let mut outputs: Vec<&str> = tree.module.outputs.keys().map(SmolStr::as_str).collect();
            outputs.sort_unstable();
            for (name, place) in self.keys(span, origin) {
                if !outputs.contains(&name.as_str()) {
                    let detail = format!(
                        "The module {module} has no output named {}, so the value has no effect.{}",
                        lang::quote(&name),
                        did_you_mean(&name, outputs.iter().copied())
                    );
                    sink.push(unknown("Unknown output", detail, origin, place));
                }
            }
            return;
        };
        let Some(declared) = tree.module.resources.get(addr) else { return };
        let source = tree.module.provider_of(declared);
        if let Some(schema) = self.context.schemas.resource(&source, addr.mode, &addr.kind) {
            self.attributes(span, origin, &addr.kind, schema, sink);
        }
    }

    /// Values that are no object, where not the loader but the run finds that out.
    fn no_object(&self, over: &Override, origin: &Origin) -> Option<Diagnostic> {
        let values = over.values.as_ref()?.as_literal()?;
        if values.ty().is_object() || !self.file.dialect.has(Feature::FunctionsInMocks) {
            return None;
        }
        let name = over.kind.block_name();
        let detail = format!("{name} blocks must specify an outputs attribute that is an object.");
        let place = origin.locate(over.values_argument.unwrap_or(over.header));
        let error = Diagnostic::error("Invalid outputs attribute", detail);
        Some(error.at(place).with_code("invalid-override-values"))
    }

    fn attributes(
        &self,
        values: Option<Span>,
        origin: &Origin,
        kind: &str,
        schema: &Schema,
        sink: &mut Diagnostics,
    ) {
        for (name, place) in self.keys(values, origin) {
            match schema.attributes.get(&name) {
                // OpenTofu refuses such a value when it gets to it; so much cannot be said here.
                Some(attribute) if !attribute.computed && self.file.dialect.tool == Tool::Terraform => {
                    let detail = format!(
                        "Only the configuration sets {} of {kind}: mocks and overrides give values to computed \
                         attributes alone.",
                        lang::quote(&name)
                    );
                    let hint = Diagnostic::hint("Value without effect", detail);
                    sink.push(hint.at(origin.locate(place)).with_code("ignored-mock-value"));
                }
                Some(_) => {}
                None if schema.blocks.contains_key(&name) => {}
                None => {
                    let mut names: Vec<&str> =
                        schema.attributes.keys().chain(schema.blocks.keys()).map(AsRef::as_ref).collect();
                    names.sort_unstable();
                    let detail = format!(
                        "{kind} has no attribute named {}, so the value has no effect.{}",
                        lang::quote(&name),
                        did_you_mean(&name, names)
                    );
                    sink.push(unknown("Unknown attribute", detail, origin, place));
                }
            }
        }
    }

    /// The keys that are written out in an object of the test file, with their places.
    fn keys(&self, object: Option<Span>, origin: &Origin) -> Vec<(SmolStr, Span)> {
        let (Some(object), false) = (object, self.file.name.is_json()) else { return Vec::new() };
        let at = origin.locate(object).span.start;
        let found = self.file.sources.get(&self.file.name).and_then(|document| {
            let (chunk_origin, chunk) = document.chunk_at(at)?;
            // The places are those of the declaration's own chunk.
            (chunk_origin.base == origin.base).then_some(())?;
            chunk.body.blocks().find_map(|block| value_at(block, object)).map(keys_of)
        });
        found.unwrap_or_default()
    }
}

fn unknown(summary: &str, detail: String, origin: &Origin, place: Span) -> Diagnostic {
    Diagnostic::warning(summary, detail).at(origin.locate(place)).with_code("unknown-mock-value")
}

/// The value of an argument in a block or in one within it.
fn value_at(block: &Block, span: Span) -> Option<&Expr> {
    if !block.span.contains(span.start) {
        return None;
    }
    let own = block.body.attributes().map(|attribute| &attribute.value).find(|value| value.span == span);
    own.or_else(|| block.body.blocks().find_map(|inner| syntax::with_stack(|| value_at(inner, span))))
}

fn keys_of(value: &Expr) -> Vec<(SmolStr, Span)> {
    let ExprKind::Object(items) = &value.kind else { return Vec::new() };
    let keys = items.iter().filter_map(|item| {
        let name = item.key.as_keyword().or_else(|| item.key.as_plain_string())?;
        Some((SmolStr::from(name), item.key.span))
    });
    keys.collect()
}
