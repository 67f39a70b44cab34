//! A provider that does nothing: it knows only its schemas, and its objects exist nowhere but in the state.
//!
//! What a real provider would compute is unknown in a plan, as it is there, and then given by [`Values`].

use std::sync::Arc;

use config::schema::Trail;
use config::schema::document::ProviderSchemas;
use config::schema::provider::IdentitySchema;
use config::schema::unknowns::{fill, set_unknowns};
use config::{AttributeSchema, ResourceMode, Schema};
use lang::{Dialect, Path, Value};
use syntax::{Severity, SmolStr};

use crate::answer::{Answer, Object, Opened, Planned, Private, Report};
use crate::request::{ApplyRequest, ImportBy, ImportRequest, Outside, PlanRequest, ReadRequest};
use crate::{Imported, Provider};

/// Where the values come from that a provider would compute.
pub trait Values: Send + Sync {
    /// The value of a computed attribute that the configuration does not set. It is converted to the attribute's type.
    fn value(&self, wanted: &Wanted<'_>) -> Value;
}

/// A computed attribute that needs a value.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    pub mode: ResourceMode,
    pub kind: &'a str,
    /// Where in the object; elements of sets go by their values.
    pub path: &'a Path,
    pub attribute: &'a AttributeSchema,
    pub outside: &'a dyn Outside,
}

/// For a stand-in that is asked for schemas and never for values: everything is null.
pub(crate) struct NoValues;

impl Values for NoValues {
    fn value(&self, wanted: &Wanted<'_>) -> Value {
        wanted.attribute.null()
    }
}

/// The stand-in for a provider.
pub struct StandIn {
    address: SmolStr,
    schemas: ProviderSchemas,
    /// For a provider whose configuration has no schema.
    empty: Schema,
    values: Arc<dyn Values>,
}

impl StandIn {
    pub fn new(schemas: ProviderSchemas, values: Arc<dyn Values>) -> StandIn {
        StandIn { address: schemas.source().clone(), schemas, empty: Schema::default(), values }
    }

    /// The same under another address, such as the one of another registry.
    #[must_use]
    pub fn at(mut self, address: impl Into<SmolStr>) -> StandIn {
        self.address = address.into();
        self
    }

    /// The schema of a type, or why there is none.
    fn wanted(&self, mode: ResourceMode, kind: &str) -> Result<&Schema, Report> {
        match self.schemas.resource(mode, kind) {
            Ok(Some(schema)) => Ok(schema),
            Ok(None) => Err(Report::unknown_kind(&self.address, mode, kind)),
            Err(error) => {
                let detail =
                    format!("The schema of {kind} of the provider {} cannot be read: {error}.", self.address);
                Err(Report::error("Invalid provider schema", detail))
            }
        }
    }

    /// The object with a value for everything computed that `missing` says has none.
    fn complete(
        &self,
        mode: ResourceMode,
        kind: &str,
        object: &Value,
        outside: &dyn Outside,
        missing: impl Fn(&Value) -> bool,
    ) -> Answer<Value> {
        let schema = match self.wanted(mode, kind) {
            Ok(schema) => schema,
            Err(report) => return Answer::refused(report),
        };
        let mut reports = Vec::new();
        let value = fill(schema, object, &mut |trail, attribute, value| {
            if attribute.write_only {
                return Some(attribute.null());
            }
            if !(attribute.computed && missing(value)) {
                return None;
            }
            let path = &trail.path();
            let made = self.values.value(&Wanted { mode, kind, path, attribute, outside });
            match lang::convert(&made, attribute.constraint()) {
                Ok(made) => Some(made),
                Err(error) => {
                    let detail = format!("The value for {kind}{path} is of the wrong type: {error}.");
                    reports.push(Report::error("Invalid computed value", detail).about(path.clone()));
                    Some(attribute.null())
                }
            }
        });
        Answer { value: Some(value), reports }
    }
}

impl Provider for StandIn {
    fn address(&self) -> &str {
        &self.address
    }

    fn waits(&self) -> bool {
        false
    }

    fn configuration(&self) -> &Schema {
        self.schemas.provider().ok().flatten().unwrap_or(&self.empty)
    }

    fn schema(&self, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        self.schemas.resource(mode, kind).ok().flatten()
    }

    fn kinds(&self, mode: ResourceMode) -> Vec<&str> {
        self.schemas.kinds(mode).collect()
    }

    fn configure(self: Arc<Self>, _config: &Value) -> Answer<Arc<dyn Provider>> {
        Answer::of(self)
    }

    /// What providers themselves check of every schema: that nothing is set which only they set. What should not be used
    /// any more is a warning.
    fn validate(&self, mode: ResourceMode, kind: &str, config: &Value, _: Dialect) -> Vec<Report> {
        let schema = match self.wanted(mode, kind) {
            Ok(schema) => schema,
            Err(report) => return vec![report],
        };
        let mut reports = Vec::new();
        if schema.deprecated {
            let detail = format!("{kind} is deprecated. Refer to the provider documentation for details.");
            reports.push(warning("Deprecated Resource", detail));
        }
        fill(schema, config, &mut |trail, attribute, value| {
            if value.is_null() || !(attribute.is_read_only() || attribute.deprecated) {
                return None;
            }
            let path = trail.path();
            if attribute.is_read_only() {
                let detail = format!(
                    "Can't configure a value for {}: its value will be decided automatically based on the result of \
                     applying this configuration.",
                    lang::quote(&dotted(&path))
                );
                reports.push(Report::error("Value for unconfigurable attribute", detail).about(path));
            } else {
                let detail = format!(
                    "{} is deprecated. Refer to the provider documentation for details.",
                    lang::quote(&dotted(&path))
                );
                reports.push(warning("Argument is deprecated", detail).about(path));
            }
            None
        });
        reports
    }

    fn read(&self, request: &ReadRequest<'_>) -> Answer<Object> {
        Answer::of(Object { value: request.current.clone(), private: Private::clone(request.private) })
    }

    /// A new object has everything unknown that it does not say itself; an existing one keeps what it has.
    fn plan(&self, request: &PlanRequest<'_>) -> Answer<Planned> {
        let private = Private::clone(request.private);
        let value = match self.wanted(ResourceMode::Managed, request.kind) {
            Err(report) => return Answer::refused(report),
            Ok(schema) if request.prior.is_null() => set_unknowns(schema, request.proposed),
            Ok(schema) if schema.has_write_only() => {
                let forget = &mut |_: &Trail<'_>, attribute: &AttributeSchema, _: &Value| {
                    attribute.write_only.then(|| attribute.null())
                };
                fill(schema, request.proposed, forget)
            }
            Ok(_) => request.proposed.clone(),
        };
        Answer::of(Planned { value, requires_replace: Vec::new(), private })
    }

    fn apply(&self, request: &ApplyRequest<'_>) -> Answer<Object> {
        let unknown = |value: &Value| !value.is_known();
        let made =
            self.complete(ResourceMode::Managed, request.kind, request.planned, request.outside, unknown);
        let private = Private::clone(request.private);
        Answer { value: made.value.map(|value| Object { value, private }), reports: made.reports }
    }

    fn read_data(&self, kind: &str, config: &Value, outside: &dyn Outside) -> Answer<Value> {
        self.complete(ResourceMode::Data, kind, config, outside, Value::is_null)
    }

    fn identity(&self, kind: &str) -> Option<&IdentitySchema> {
        self.schemas.identity(kind).ok().flatten()
    }

    /// There is nothing that an id could stand for.
    fn import(&self, request: &ImportRequest<'_>) -> Answer<Vec<Imported>> {
        let which = match request.by {
            ImportBy::Id(id) => format!("the id {}", lang::quote(id)),
            ImportBy::Identity(_) => "that identity".to_owned(),
        };
        let detail = format!("There is no {} with {which}: its provider is not running.", request.kind);
        Answer::refused(Report::error("Cannot import", detail))
    }

    fn open(&self, kind: &str, config: &Value) -> Answer<Opened> {
        match self.wanted(ResourceMode::Ephemeral, kind) {
            Ok(schema) => Answer::of(Opened {
                value: set_unknowns(schema, config),
                private: Private::default(),
                renew_after: None,
            }),
            Err(report) => Answer::refused(report),
        }
    }
}

fn warning(summary: &str, detail: String) -> Report {
    Report { severity: Severity::Warning, ..Report::error(summary, detail) }
}

/// A path as the provider kit writes it: `disk.0.size`.
fn dotted(path: &Path) -> String {
    use lang::path::Step;
    let step = |step: &Step| match step {
        Step::Attr(name) => name.to_string(),
        Step::Index(key) => match (key.as_str(), key.as_number()) {
            (Some(key), _) => key.to_owned(),
            (_, Some(index)) => index.to_string(),
            _ => "*".to_owned(),
        },
    };
    path.0.iter().map(step).collect::<Vec<_>>().join(".")
}
