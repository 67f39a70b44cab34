//! The arguments of a resource as a value: evaluated, checked by the provider, and without what no state may keep.

use config::{Encoder, Schema};
use lang::{Marks, Path, Value, path};
use provider::Provider;
use syntax::{Diagnostic, Diagnostics};

use super::resource::At;
use super::{ModuleScope, Walk};
use crate::finding::Finding;
use crate::reports;

impl Walk<'_> {
    /// The arguments of an instance as an object of the schema's type, marks included. `None` after errors.
    pub(super) fn configuration(&mut self, at: &At<'_>, schema: &Schema) -> Option<Value> {
        let encoder = self.encoder(at, schema);
        let mut sink = Diagnostics::new();
        let value = encoder.encode(&self.scope_of(at), &mut sink);
        let failed = sink.iter().any(Diagnostic::is_error);
        let block = (&at.resource.body, schema, at.origin, at.addr.to_string());
        let block = (block.0, block.1, block.2, block.3.as_str());
        let value = self.inputs.program.deprecated.taken_by_block(value, block, &mut sink);
        self.report(sink);
        (!failed).then_some(value)
    }

    /// What the arguments of an instance can refer to.
    fn scope_of(&self, at: &At<'_>) -> ModuleScope<'_> {
        self.scope(at.instance).with_repetition(&at.repetition)
    }

    /// Names are looked up once for all instances of a resource.
    fn encoder(&mut self, at: &At<'_>, schema: &Schema) -> Encoder {
        let key = (self.instances[at.instance].module, at.index);
        let encoder = self.encoders.entry(key);
        encoder.or_insert_with(|| Encoder::new(&at.resource.body, schema, at.origin)).clone()
    }

    /// Lets the provider say what is wrong with the arguments. Whether they are right.
    pub(super) fn validated(
        &mut self,
        provider: &dyn Provider,
        at: &At<'_>,
        schema: &Schema,
        config: &Value,
    ) -> bool {
        let set = |name: &str| at.resource.body.attributes.iter().any(|given| given.name == name);
        if schema.attributes.iter().any(|(name, attribute)| attribute.required && !set(name)) {
            // The static checks say so, and that is all there is to say.
            return false;
        }
        let (config, _) = config.unmark_deep();
        let before = self.findings.len();
        let address = at.addr.to_string();
        for report in
            provider.validate(at.resource.mode, &at.resource.addr.kind, &config, self.inputs.dialect)
        {
            let diagnostic = reports::in_body(report, &at.resource.body, schema, at.origin, &address);
            self.findings.push(Finding::plain(diagnostic));
        }
        !self.failed_since(before)
    }

    /// Whether the provider can be told what the module has to tell it. That it cannot is reported.
    pub(super) fn may_be_told(&mut self, provider: &dyn Provider, at: &At<'_>) -> bool {
        if provider.takes_meta() {
            return true;
        }
        let module = self.module_of(at.instance);
        let address = provider.address();
        let Some((_, place)) =
            module.provider_metas.iter().find(|(name, _)| module.provider_source(name) == address)
        else {
            return true;
        };
        let detail = format!(
            "The resource {} belongs to a provider that doesn't support provider_meta blocks",
            at.addr
        );
        let summary = format!("Provider {address} doesn't support provider_meta");
        let diagnostic = Diagnostic::error(summary, detail).at(place.clone()).with_code("provider-meta");
        self.findings.push(Finding::plain(diagnostic));
        false
    }

    /// Whether the arguments hold ephemeral values only where nothing keeps them: in write-only attributes. Others are
    /// reported.
    pub(super) fn may_be_kept(&mut self, at: &At<'_>, schema: &Schema, config: &Value) -> bool {
        if !config.marks_deep().contains(Marks::EPHEMERAL) {
            return true;
        }
        let write_only = schema.write_only_paths(config);
        let mut kept = true;
        for (path, marks) in config.marked_paths() {
            let inside = |write_only: &Path| path.0.starts_with(&write_only.0);
            if !marks.contains(Marks::EPHEMERAL) || write_only.iter().any(inside) {
                continue;
            }
            kept = false;
            let Some(path::Step::Attr(name)) = path.0.first() else { continue };
            let detail = format!(
                "Ephemeral values are not valid for \"{name}\", because it is not a write-only attribute and must be \
                 persisted to state."
            );
            let report = ::provider::Report::error("Invalid use of ephemeral value", detail)
                .about(to_attribute(schema, &path));
            let diagnostic =
                reports::in_body(report, &at.resource.body, schema, at.origin, &at.addr.to_string());
            self.findings.push(Finding::plain(diagnostic));
        }
        kept
    }
}

/// As much of a path as leads to an argument, through blocks, and not into its value.
fn to_attribute(schema: &Schema, path: &Path) -> Path {
    let mut schema = Some(schema);
    let steps = path.0.iter().take_while(|step| {
        let inside = schema;
        if let path::Step::Attr(name) = step {
            schema = inside.and_then(|it| it.blocks.get(&**name)).map(|block| &block.body);
        }
        inside.is_some()
    });
    Path(steps.cloned().collect())
}

/// The object with nulls in the place of its write-only attributes: what a plan and a state have of it.
pub(super) fn without_write_only(schema: &Schema, object: &Value) -> Value {
    let paths = schema.write_only_paths(object);
    if paths.is_empty() {
        return object.clone();
    }
    nulls_at(object, &paths.iter().map(|path| path.0.as_slice()).collect::<Vec<_>>())
}

fn nulls_at(value: &Value, paths: &[&[path::Step]]) -> Value {
    if paths.iter().any(|path| path.is_empty()) {
        return Value::null(value.ty());
    }
    value.map_elements(|step, element| {
        let below: Vec<&[path::Step]> = paths
            .iter()
            .filter_map(|path| path.split_first().filter(|(first, _)| *first == step).map(|(_, rest)| rest))
            .collect();
        if below.is_empty() { element.clone() } else { nulls_at(element, &below) }
    })
}
