//! A provider that is mocked, or that one resource is kept from: what it would compute is given by a test file or made
//! up, and its objects exist nowhere but in the state.
//!
//! What it offers, and what is right in a configuration, still goes by the provider itself or by what stands in for it.
//! Terraform and OpenTofu compute by different rules; each has a file here.

mod generate;
mod go_random;
mod opentofu;
mod terraform;

use std::collections::BTreeMap;
use std::sync::Arc;

use config::schema::provider::IdentitySchema;
use config::{ResourceMode, Schema, Sources};
use lang::functions::{FunctionError, ProvidedFunction};
use lang::{Dialect, Tool, Value};
use syntax::{Location, SmolStr};

use crate::answer::{Answer, Imported, Object, Opened, Planned, Private, Report};
use crate::request::{ApplyRequest, ImportRequest, MoveRequest, Outside, PlanRequest, ReadRequest};
use crate::{Provider, Renewed};

/// Values that take the place of what a provider would compute, and where they are written.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// An object; anything else is a mistake of whoever wrote it, which is reported when it is used. `None` where nothing
    /// is given, and everything is made up.
    pub values: Option<Value>,
    /// Whether a plan knows the values, and not only an apply.
    pub in_plan: bool,
    pub place: Location,
    /// Where the text around `place` is.
    pub sources: Sources,
}

/// The values that a mock gives to all objects of a type.
#[derive(Clone, Debug, Default)]
pub struct MockDefaults {
    managed: BTreeMap<SmolStr, Replacement>,
    data: BTreeMap<SmolStr, Replacement>,
}

impl MockDefaults {
    /// Adds the values for a type, unless it has some.
    pub fn add(&mut self, mode: ResourceMode, kind: &SmolStr, values: impl FnOnce() -> Replacement) {
        let of_mode = match mode {
            ResourceMode::Managed => &mut self.managed,
            ResourceMode::Data => &mut self.data,
            ResourceMode::Ephemeral => return,
        };
        of_mode.entry(kind.clone()).or_insert_with(values);
    }

    fn get(&self, mode: ResourceMode, kind: &str) -> Option<&Replacement> {
        match mode {
            ResourceMode::Managed => self.managed.get(kind),
            ResourceMode::Data => self.data.get(kind),
            ResourceMode::Ephemeral => None,
        }
    }
}

/// A provider whose place is taken, or that is not asked about one resource.
pub struct Mock {
    /// What has the schemas, validates and calls functions. It is never configured.
    base: Arc<dyn Provider>,
    given: Given,
    dialect: Dialect,
    /// A mocked provider takes no arguments.
    configuration: Schema,
}

/// What is given in the place of computed values.
enum Given {
    ByType(Arc<MockDefaults>),
    /// The same for every object: that of an override.
    One(Arc<Replacement>),
}

/// What a planned creation is known by when it is applied.
const CREATE: &[u8] = b"create";

impl Mock {
    /// A provider that is mocked as a whole.
    pub fn new(base: Arc<dyn Provider>, defaults: Arc<MockDefaults>, dialect: Dialect) -> Mock {
        Mock { base, given: Given::ByType(defaults), dialect, configuration: Schema::default() }
    }

    /// What serves a resource in place of its provider.
    pub fn overriding(base: Arc<dyn Provider>, values: Arc<Replacement>, dialect: Dialect) -> Mock {
        Mock { base, given: Given::One(values), dialect, configuration: Schema::default() }
    }

    fn given(&self, mode: ResourceMode, kind: &str) -> Option<&Replacement> {
        match &self.given {
            Given::ByType(defaults) => defaults.get(mode, kind),
            Given::One(values) => Some(values),
        }
    }

    fn wanted(&self, mode: ResourceMode, kind: &str) -> Result<&Schema, Report> {
        self.base.schema(mode, kind).ok_or_else(|| Report::unknown_kind(self.address(), mode, kind))
    }

    fn is_override(&self) -> bool {
        matches!(self.given, Given::One(_))
    }

    fn is_opentofu(&self) -> bool {
        self.dialect.tool == Tool::OpenTofu
    }

    /// The whole object for some arguments.
    fn object(&self, mode: ResourceMode, kind: &str, config: &Value, outside: &dyn Outside) -> Answer<Value> {
        match self.wanted(mode, kind) {
            Err(report) => Answer::refused(report),
            Ok(schema) => object(schema, kind, config, self.given(mode, kind), self.dialect, outside),
        }
    }
}

/// The whole object for some arguments, as of a data source that is read.
fn object(
    schema: &Schema,
    kind: &str,
    config: &Value,
    given: Option<&Replacement>,
    dialect: Dialect,
    outside: &dyn Outside,
) -> Answer<Value> {
    match dialect.tool {
        Tool::OpenTofu => opentofu::compose(schema, kind, config, given),
        Tool::Terraform => {
            terraform::Rules { schema, dialect, outside }.compute(config, given, Value::is_null)
        }
    }
}

impl Provider for Mock {
    fn address(&self) -> &str {
        self.base.address()
    }

    fn waits(&self) -> bool {
        false
    }

    fn configuration(&self) -> &Schema {
        &self.configuration
    }

    fn schema(&self, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        self.base.schema(mode, kind)
    }

    fn kinds(&self, mode: ResourceMode) -> Vec<&str> {
        self.base.kinds(mode)
    }

    fn functions(&self) -> &[ProvidedFunction] {
        self.base.functions()
    }

    fn call(&self, function: &str, arguments: &[Value], dialect: Dialect) -> Result<Value, FunctionError> {
        self.base.call(function, arguments, dialect)
    }

    fn configure(self: Arc<Self>, _config: &Value) -> Answer<Arc<dyn Provider>> {
        Answer::of(self)
    }

    fn validate(&self, mode: ResourceMode, kind: &str, config: &Value, dialect: Dialect) -> Vec<Report> {
        if mode == ResourceMode::Ephemeral && !self.is_opentofu() {
            return vec![no_ephemeral()];
        }
        self.base.validate(mode, kind, config, dialect)
    }

    /// It is as the state says.
    fn read(&self, request: &ReadRequest<'_>) -> Answer<Object> {
        Answer::of(Object { value: request.current.clone(), private: Private::clone(request.private) })
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Answer<Planned> {
        let plan = |value: Value, private: &[u8]| Planned {
            value,
            requires_replace: Vec::new(),
            private: Private::from(private),
        };
        if request.proposed.is_null() {
            return Answer::of(plan(request.proposed.clone(), b"destroy"));
        }
        let given = self.given(ResourceMode::Managed, request.kind);
        let schema = match self.wanted(ResourceMode::Managed, request.kind) {
            Ok(schema) => schema,
            Err(report) => return Answer::refused(report),
        };
        if self.is_opentofu() {
            let config = opentofu::without_results(schema, request.config);
            let composed = opentofu::compose(schema, request.kind, &config, given);
            return Answer { value: composed.value.map(|it| plan(it, b"")), reports: composed.reports };
        }
        let rules = terraform::Rules { schema, dialect: self.dialect, outside: request.outside };
        if !request.prior.is_null() {
            return Answer::of(plan(rules.without_write_only(request.proposed), b"update"));
        }
        let Answer { value, reports } = match given.filter(|given| given.in_plan) {
            Some(given) => rules.compute(request.proposed, Some(given), Value::is_null),
            None => rules.leave_open(request.proposed, given.filter(|_| self.is_override())),
        };
        Answer { value: value.map(|it| plan(it, CREATE)), reports }
    }

    fn apply(&self, request: &ApplyRequest<'_>) -> Answer<Object> {
        let made = |value: Value| Object { value, private: Private::default() };
        if request.planned.is_null() || **request.private != *CREATE {
            return Answer::of(made(request.planned.clone()));
        }
        let schema = match self.wanted(ResourceMode::Managed, request.kind) {
            Ok(schema) => schema,
            Err(report) => return Answer::refused(report),
        };
        let rules = terraform::Rules { schema, dialect: self.dialect, outside: request.outside };
        let given = self.given(ResourceMode::Managed, request.kind);
        let Answer { value, reports } =
            rules.compute(request.planned, given, |value: &Value| !value.is_known());
        Answer { value: value.map(made), reports }
    }

    fn read_data(&self, kind: &str, config: &Value, outside: &dyn Outside) -> Answer<Value> {
        self.object(ResourceMode::Data, kind, config, outside)
    }

    fn identity(&self, kind: &str) -> Option<&IdentitySchema> {
        self.base.identity(kind)
    }

    fn import(&self, _request: &ImportRequest<'_>) -> Answer<Vec<Imported>> {
        let detail = "Cannot import resources from mock providers. Use an `override_resource` block to targeting the \
                      specific resource being imported instead.";
        Answer::refused(Report::without_place("Invalid import request", detail))
    }

    fn move_object(&self, request: &MoveRequest<'_>) -> Answer<Object> {
        self.base.move_object(request)
    }

    fn open(&self, kind: &str, config: &Value) -> Answer<Opened> {
        if !self.is_opentofu() {
            return Answer::refused(no_ephemeral());
        }
        match self.wanted(ResourceMode::Ephemeral, kind) {
            Err(report) => Answer::refused(report),
            Ok(schema) => {
                let Answer { value, reports } = opentofu::compose(schema, kind, config, None);
                let open = |value| Opened { value, private: Private::default(), renew_after: None };
                Answer { value: value.map(open), reports }
            }
        }
    }

    fn renew(&self, _kind: &str, private: &Private) -> Answer<Renewed> {
        Answer::of(Renewed { private: Private::clone(private), renew_after: None })
    }
}

fn no_ephemeral() -> Report {
    Report::error(
        "No ephemeral resource types in mock providers",
        "The provider mocking mechanism does not yet support ephemeral resource types.",
    )
}

impl Replacement {
    /// The object of an overridden resource that was there before anything was planned: its arguments, with everything
    /// that is computed.
    pub fn object(
        &self,
        schema: &Schema,
        kind: &str,
        config: &Value,
        dialect: Dialect,
        outside: &dyn Outside,
    ) -> Answer<Value> {
        object(schema, kind, config, Some(self), dialect, outside)
    }

    /// The place of the values as messages name it: `main.tftest.hcl:3,5-8`.
    fn range(&self) -> String {
        self.sources.range(&self.place)
    }
}
