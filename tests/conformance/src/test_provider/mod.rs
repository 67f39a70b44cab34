//! The provider `hashicorp/test`, which Terraform's own suites work on: objects in a store of its own, and ways to fail.
//!
//! The recorded cases that name it were recorded with that provider in the tool's own process. Nothing here sleeps: a
//! wait that a case asks for changes no answer.

mod schema;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use config::{ResourceMode, Schema};
use lang::functions::{FunctionError, ProvidedFunction};
use lang::{Dialect, Number, Type, Value};
use provider::{
    Answer, ApplyRequest, ImportBy, ImportRequest, Imported, Object, Opened, Outside, PlanRequest, Planned,
    Private, Provider, ReadRequest, Report,
};
use suite::Cancel;

/// Its source addresses: each tool looks for it in its own registry.
pub const ADDRESSES: [&str; 2] =
    ["registry.terraform.io/hashicorp/test", "registry.opentofu.org/hashicorp/test"];

pub(crate) const RESOURCE: &str = "test_resource";
pub(crate) const DATA: &str = "test_data_source";
pub(crate) const EPHEMERAL: &str = "test_ephemeral_resource";

/// The objects of one case, by the prefix of the provider's configuration and their id.
pub type Store = Arc<Mutex<BTreeMap<String, Value>>>;

/// The provider, or one configuration of it. All configurations of a case share the store.
#[derive(Clone)]
pub struct TestProvider {
    address: &'static str,
    schemas: Arc<schema::Schemas>,
    store: Store,
    /// What gets the interrupts that `interrupt_count` asks for.
    cancel: Arc<Cancel>,
    resource_prefix: String,
    data_prefix: String,
}

impl TestProvider {
    pub fn new(cancel: Arc<Cancel>) -> TestProvider {
        TestProvider {
            address: ADDRESSES[0],
            schemas: Arc::new(schema::Schemas::new()),
            store: Store::default(),
            cancel,
            resource_prefix: String::new(),
            data_prefix: String::new(),
        }
    }

    /// The same provider, in another registry.
    #[must_use]
    pub fn at(&self, address: &'static str) -> TestProvider {
        TestProvider { address, ..TestProvider::clone(self) }
    }

    /// What is in the store, now and later.
    pub fn store(&self) -> Store {
        Store::clone(&self.store)
    }

    fn objects(&self) -> MutexGuard<'_, BTreeMap<String, Value>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, prefix: &str, id: &Value) -> Answer<Value> {
        let id = id.as_str().unwrap_or_default();
        match self.objects().get(&key(prefix, id)) {
            Some(object) => Answer::of(object.clone()),
            None => Answer::refused(Report::error("not found", format!("{id} does not exist"))),
        }
    }

    /// As from a person who presses the keys, one after the other.
    fn interrupt(&self, count: &Value) {
        let count = count.as_number().and_then(Number::to_i64).unwrap_or_default();
        for _ in 0..count {
            match self.cancel.is_stopped() {
                true => self.cancel.cancel(),
                false => self.cancel.stop(),
            }
        }
    }

    fn destroy(&self, prior: &Value) -> Answer<Object> {
        if get(prior, "destroy_fail").as_bool() == Some(true) {
            let report = Report::error("Failed to destroy resource", "destroy_fail is set to true");
            let object = Object { value: prior.clone(), private: Private::default() };
            return Answer { value: Some(object), reports: vec![report] };
        }
        let id = get(prior, "id");
        self.objects().remove(&key(&self.resource_prefix, id.as_str().unwrap_or_default()));
        Answer::of(Object { value: Value::null(prior.ty()), private: Private::default() })
    }
}

impl Provider for TestProvider {
    fn address(&self) -> &str {
        self.address
    }

    fn configuration(&self) -> &Schema {
        &self.schemas.configuration
    }

    fn schema(&self, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        match (mode, kind) {
            (ResourceMode::Managed, RESOURCE) => Some(&self.schemas.resource),
            (ResourceMode::Data, DATA) => Some(&self.schemas.data),
            (ResourceMode::Ephemeral, EPHEMERAL) => Some(&self.schemas.ephemeral),
            _ => None,
        }
    }

    fn kinds(&self, mode: ResourceMode) -> Vec<&str> {
        match mode {
            ResourceMode::Managed => vec![RESOURCE],
            ResourceMode::Data => vec![DATA],
            ResourceMode::Ephemeral => vec![EPHEMERAL],
        }
    }

    fn functions(&self) -> &[ProvidedFunction] {
        &self.schemas.functions
    }

    fn call(&self, function: &str, arguments: &[Value], _: Dialect) -> Result<Value, FunctionError> {
        match (function, arguments) {
            ("is_true", [argument]) => Ok(argument.clone()),
            _ => Err(FunctionError::Call(format!("there is no function {function}"))),
        }
    }

    fn configure(self: Arc<Self>, config: &Value) -> Answer<Arc<dyn Provider>> {
        let prefix = |name| get(config, name).as_str().unwrap_or_default().to_owned();
        let (resource_prefix, data_prefix) = (prefix("resource_prefix"), prefix("data_prefix"));
        Answer::of(Arc::new(TestProvider { resource_prefix, data_prefix, ..TestProvider::clone(&self) }))
    }

    fn read(&self, request: &ReadRequest<'_>) -> Answer<Object> {
        let Answer { value, reports } = self.find(&self.resource_prefix, &get(request.current, "id"));
        let private = Private::clone(request.private);
        Answer { value: value.map(|value| Object { value, private }), reports }
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Answer<Planned> {
        let mut value = request.proposed.clone();
        for (name, ty) in [("id", Type::String), ("destroy_fail", Type::Bool)] {
            if !value.is_null() && get(&value, name).is_null() {
                value = with(&value, name, Value::unknown(ty));
            }
        }
        if !value.is_null() {
            value = with(&value, "write_only", Value::null(Type::String));
        }
        Answer::of(Planned { value, requires_replace: Vec::new(), private: Private::clone(request.private) })
    }

    fn apply(&self, request: &ApplyRequest<'_>) -> Answer<Object> {
        if request.planned.is_null() {
            return self.destroy(request.prior);
        }
        let mut value = request.planned.clone();
        if !get(&value, "id").is_known() {
            value = with(&value, "id", Value::string(uuid(request.outside.random())));
        }
        self.interrupt(&get(&value, "interrupt_count"));
        if !get(&value, "destroy_fail").is_known() {
            value = with(&value, "destroy_fail", Value::bool(false));
        }
        let id = get(&value, "id").as_str().unwrap_or_default().to_owned();
        self.objects().insert(key(&self.resource_prefix, &id), value.clone());
        Answer::of(Object { value, private: Private::default() })
    }

    fn read_data(&self, _kind: &str, config: &Value, _outside: &dyn Outside) -> Answer<Value> {
        self.find(&self.data_prefix, &get(config, "id"))
    }

    fn import(&self, request: &ImportRequest<'_>) -> Answer<Vec<Imported>> {
        let id = match request.by {
            ImportBy::Id(id) => Value::string(id),
            ImportBy::Identity(identity) => get(identity, "id"),
        };
        let Answer { value, reports } = self.find(&self.resource_prefix, &id);
        let kind = request.kind;
        let import =
            |value| Imported { kind: kind.into(), object: Object { value, private: Private::default() } };
        Answer { value: value.map(|value| vec![import(value)]), reports }
    }

    fn open(&self, _kind: &str, config: &Value) -> Answer<Opened> {
        let value = with(config, "value", Value::string("bar"));
        Answer::of(Opened { value, private: Private::default(), renew_after: None })
    }
}

/// An attribute of an object; null where there is none.
fn get(object: &Value, name: &str) -> Value {
    let attribute = object.as_map().and_then(|attributes| attributes.get(name));
    attribute.cloned().unwrap_or_else(|| Value::null(Type::Dynamic))
}

fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut attributes = object.as_map().cloned().unwrap_or_default();
    attributes.insert(name.into(), value);
    Value::object(attributes)
}

fn key(prefix: &str, id: &str) -> String {
    if prefix.is_empty() { id.to_owned() } else { format!("{prefix}/{id}") }
}

fn uuid(bytes: [u8; 16]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}
