//! Objects that move to another type: the provider of that type makes its own of them.

use std::sync::Arc;

use config::{AbsResource, ResourceInstance};
use lang::Value;
use provider::{MoveRequest, Provider, Providers};
use syntax::{Diagnostic, Diagnostics, Location, SmolStr};

use crate::program::Program;
use crate::reports;
use crate::state::{Object, State};

/// How the objects of one resource become those of another.
pub(super) struct Crossing {
    provider: Arc<dyn Provider>,
    /// The configuration that the target has.
    configuration: SmolStr,
    place: Option<Location>,
}

/// Whether a move is one across types, and how it is done. `None` when the object stays what it is, and for targets that
/// nothing declares, which are destroyed. An error says why it cannot be done.
pub(super) fn crossing(
    program: &Program,
    providers: &Providers,
    state: &State,
    (from, to): (&AbsResource, &AbsResource),
    place: Option<&Location>,
) -> Result<Option<Crossing>, Box<Diagnostic>> {
    let Some(module) = program.module_at(&to.module) else { return Ok(None) };
    let Some(index) = program.module(module).resources.get_index_of(&to.resource) else { return Ok(None) };
    let configuration = program.serving.of_resource(module, index);
    let configuration = configuration.and_then(|it| program.serving.configurations.get(it.configuration));
    let Some(configuration) = configuration else { return Ok(None) };
    let mut objects = state.instances(from).into_iter().flat_map(|instances| instances.values());
    let object = objects.find_map(|objects| objects.current.as_ref());
    let same_provider = object.is_none_or(|object| object.provider_source() == configuration.source);
    if same_provider && from.resource.kind == to.resource.kind {
        return Ok(None);
    }
    // That a provider is not there is said when it is to be configured.
    let Some(provider) = providers.get(&configuration.source) else { return Ok(None) };
    if !provider.moves_objects() {
        let detail = format!(
            "The provider {} does not support moved operations across resource types and providers.",
            lang::quote(&configuration.source)
        );
        let mut refused = Diagnostic::error("Unsupported `moved` across resource types", detail);
        if let Some(place) = place {
            refused = refused.at(place.clone());
        }
        return Err(Box::new(refused.with_code("moved")));
    }
    Ok(Some(Crossing {
        provider: Arc::clone(provider),
        configuration: program.address_of(configuration).into(),
        place: place.cloned(),
    }))
}

impl Crossing {
    /// Puts what the target's provider makes of an object in the object's place, where it waits to be moved.
    pub fn convert(
        &self,
        from: &ResourceInstance,
        to: &ResourceInstance,
        state: &mut State,
        sink: &mut Diagnostics,
    ) {
        let Some(object) = state.get(from).cloned() else { return };
        let (value, _) = object.value.unmark_deep();
        let kind = &*to.resource.kind;
        let answer = self.provider.move_object(&MoveRequest {
            from_provider: object.provider_source(),
            from_kind: &from.resource.kind,
            kind,
            value: &value,
            private: &object.private,
        });
        let failed = answer.has_errors();
        let reports = answer.reports.into_iter().map(|report| reports::without_body(report, ""));
        sink.extend(reports);
        if failed {
            return;
        }
        let Some(schema) = self.provider.schema(to.resource.mode, kind) else { return };
        let moved = answer.value.filter(|moved| moved.value.is_wholly_known() && !moved.value.is_null());
        let Some(moved) = moved else {
            sink.push(self.unusable(to));
            return;
        };
        let value: Value = schema.with_sensitive(&moved.value);
        let made = Object {
            value,
            private: moved.private,
            provider: self.configuration.clone(),
            schema_version: schema.version,
            ..Object::clone(&object)
        };
        state.set(from, Arc::new(made));
    }

    fn unusable(&self, to: &ResourceInstance) -> Diagnostic {
        let detail = format!(
            "The provider returned an invalid value during an across type move operation to {to}. This is a bug in the \
             relevant provider; Please report it."
        );
        let diagnostic = Diagnostic::error("Provider returned invalid value", detail);
        match &self.place {
            Some(place) => diagnostic.at(place.clone()),
            None => diagnostic,
        }
    }
}
