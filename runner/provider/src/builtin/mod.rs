//! The provider that is part of the tool.

mod data;
mod functions;
mod old_state;
mod remote_state;
mod state_outputs;

pub use data::uuid_text;

use std::sync::Arc;

use config::{BUILT_IN_PROVIDER, ResourceMode, Schema};
use lang::functions::{FunctionError, ProvidedFunction};
use lang::{Dialect, Type, Value};

use crate::Provider;
use crate::answer::{Answer, Imported, Object, Planned, Private, Report};
use crate::request::{ApplyRequest, ImportBy, ImportRequest, MoveRequest, Outside, PlanRequest, ReadRequest};

/// The built-in provider, `terraform.io/builtin/terraform`.
pub struct Builtin {
    configuration: Schema,
    data: Schema,
    remote_state: Schema,
    functions: Vec<ProvidedFunction>,
}

impl Default for Builtin {
    fn default() -> Builtin {
        Builtin {
            configuration: Schema::default(),
            data: data::schema(),
            remote_state: remote_state::schema(),
            functions: functions::all(),
        }
    }
}

impl Provider for Builtin {
    fn address(&self) -> &str {
        BUILT_IN_PROVIDER
    }

    fn waits(&self) -> bool {
        false
    }

    fn configuration(&self) -> &Schema {
        &self.configuration
    }

    fn schema(&self, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        match (mode, kind) {
            (ResourceMode::Managed, data::KIND) => Some(&self.data),
            (ResourceMode::Data, remote_state::KIND) => Some(&self.remote_state),
            _ => None,
        }
    }

    fn takes_meta(&self) -> bool {
        false
    }

    fn kinds(&self, mode: ResourceMode) -> Vec<&str> {
        match mode {
            ResourceMode::Managed => vec![data::KIND],
            ResourceMode::Data => vec![remote_state::KIND],
            ResourceMode::Ephemeral => Vec::new(),
        }
    }

    fn functions(&self) -> &[ProvidedFunction] {
        &self.functions
    }

    fn call(&self, function: &str, arguments: &[Value], dialect: Dialect) -> Result<Value, FunctionError> {
        functions::call(function, arguments, dialect)
    }

    fn configure(self: Arc<Self>, _config: &Value) -> Answer<Arc<dyn Provider>> {
        Answer::of(self)
    }

    fn validate(&self, mode: ResourceMode, kind: &str, config: &Value, dialect: Dialect) -> Vec<Report> {
        match (mode, kind) {
            (ResourceMode::Managed, data::KIND) => data::validate(config),
            (ResourceMode::Data, remote_state::KIND) => remote_state::validate(config, dialect.tool),
            _ => Vec::new(),
        }
    }

    fn read(&self, request: &ReadRequest<'_>) -> Answer<Object> {
        // What it keeps is nowhere but in the state.
        Answer::of(Object { value: request.current.clone(), private: Private::clone(request.private) })
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Answer<Planned> {
        Answer::of(data::plan(request))
    }

    fn apply(&self, request: &ApplyRequest<'_>) -> Answer<Object> {
        Answer::of(data::apply(request))
    }

    fn read_data(&self, kind: &str, config: &Value, outside: &dyn Outside) -> Answer<Value> {
        match kind {
            remote_state::KIND => remote_state::read(config, outside.files(), outside.dialect()),
            _ => Answer::refused(Report::unknown_kind(BUILT_IN_PROVIDER, ResourceMode::Data, kind)),
        }
    }

    fn moves_objects(&self) -> bool {
        true
    }

    fn move_object(&self, request: &MoveRequest<'_>) -> Answer<Object> {
        match request.kind {
            data::KIND => data::take_over(request),
            _ => {
                let detail = format!("Unsupported target resource type: {}", request.kind);
                Answer::refused(Report::without_place("Move Resource State Failed", detail))
            }
        }
    }

    fn import(&self, request: &ImportRequest<'_>) -> Answer<Vec<Imported>> {
        match (request.kind, request.by) {
            (data::KIND, ImportBy::Id(id)) => Answer::of(vec![data::import(id)]),
            (kind, _) => {
                Answer::refused(Report::unknown_kind(BUILT_IN_PROVIDER, ResourceMode::Managed, kind))
            }
        }
    }
}

/// An attribute of an object; null where there is none.
fn get(object: &Value, name: &str) -> Value {
    object
        .as_map()
        .and_then(|attributes| attributes.get(name))
        .cloned()
        .unwrap_or_else(|| Value::null(Type::Dynamic))
}
