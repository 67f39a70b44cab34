//! A provider that is made of memory and writes down what it is asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use ::provider::{
    Answer, ApplyRequest, Object, Opened, Outside, PlanRequest, Planned, Private, Provider, ReadRequest,
    Report,
};
use config::{AttributeSchema, ResourceMode, Schema};
use lang::functions::{FunctionError, ProvidedFunction, ProvidedParam};
use lang::{Dialect, Path, Type, Value};
use syntax::SmolStr;

pub const ADDRESS: &str = "registry.terraform.io/hashicorp/mem";

/// `mem`: things with names, lookups of them, and tokens that are open for a while.
pub struct Memory {
    configuration: Schema,
    thing: Schema,
    lookup: Schema,
    token: Schema,
    functions: Vec<ProvidedFunction>,
    /// What it was configured with; `None` before.
    region: Option<String>,
    log: Arc<Mutex<Vec<String>>>,
}

/// What was asked, one line each.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    /// Everything since the last look.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("no test panics while it writes"))
    }
}

impl Memory {
    pub fn with_log() -> (Arc<dyn Provider>, Log) {
        let log = Log::default();
        let memory = Memory {
            configuration: schema(&[
                ("region", AttributeSchema::optional(Type::String)),
                ("fail", AttributeSchema::optional(Type::Bool)),
            ]),
            thing: schema(&[
                ("id", AttributeSchema::computed(Type::String)),
                ("name", AttributeSchema::optional(Type::String)),
                ("password", AttributeSchema { write_only: true, ..AttributeSchema::optional(Type::String) }),
                ("password_version", AttributeSchema::optional(Type::Number)),
                ("key", AttributeSchema { sensitive: true, ..AttributeSchema::computed(Type::String) }),
            ]),
            lookup: schema(&[
                ("key", AttributeSchema::required(Type::String)),
                ("value", AttributeSchema::computed(Type::String)),
            ]),
            token: schema(&[
                ("name", AttributeSchema::optional(Type::String)),
                ("secret", AttributeSchema::computed(Type::String)),
            ]),
            functions: vec![join()],
            region: None,
            log: Arc::clone(&log.0),
        };
        (Arc::new(memory), log)
    }

    fn say(&self, line: String) {
        let region = self.region.as_deref().unwrap_or("-");
        self.log.lock().expect("no test panics while it writes").push(format!("{region}: {line}"));
    }
}

impl Provider for Memory {
    /// So that what is asked has one order.
    fn waits(&self) -> bool {
        false
    }

    fn address(&self) -> &str {
        ADDRESS
    }

    fn configuration(&self) -> &Schema {
        &self.configuration
    }

    fn schema(&self, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        match (mode, kind) {
            (ResourceMode::Managed, "mem_thing") => Some(&self.thing),
            (ResourceMode::Data, "mem_lookup") => Some(&self.lookup),
            (ResourceMode::Ephemeral, "mem_token") => Some(&self.token),
            _ => None,
        }
    }

    fn kinds(&self, mode: ResourceMode) -> Vec<&str> {
        match mode {
            ResourceMode::Managed => vec!["mem_thing"],
            ResourceMode::Data => vec!["mem_lookup"],
            ResourceMode::Ephemeral => vec!["mem_token"],
        }
    }

    fn functions(&self) -> &[ProvidedFunction] {
        &self.functions
    }

    fn call(&self, _function: &str, arguments: &[Value], _: Dialect) -> Result<Value, FunctionError> {
        let texts: Vec<&str> = arguments.iter().filter_map(Value::as_str).collect();
        match texts.as_slice() {
            ["!", ..] => Err(FunctionError::Call("it does not shout".to_owned())),
            [separator, rest @ ..] => Ok(Value::string(rest.join(separator))),
            [] => Ok(Value::null(Type::String)),
        }
    }

    fn validate_configuration(&self, config: &Value) -> Vec<Report> {
        match get(config, "region").as_str() {
            Some("nowhere") => {
                let report = Report::error("No such region", "There is no region of that name.");
                vec![report.about(Path::root().attr("region"))]
            }
            _ => Vec::new(),
        }
    }

    fn configure(self: Arc<Self>, config: &Value) -> Answer<Arc<dyn Provider>> {
        if get(config, "fail").as_bool() == Some(true) {
            return Answer::refused(Report::error("Cannot connect", "It was asked to fail."));
        }
        let region = text(&get(config, "region"));
        self.say(format!("configure {region}"));
        let configured = Memory {
            configuration: self.configuration.clone(),
            thing: self.thing.clone(),
            lookup: self.lookup.clone(),
            token: self.token.clone(),
            functions: self.functions.clone(),
            region: Some(region),
            log: Arc::clone(&self.log),
        };
        Answer::of(Arc::new(configured))
    }

    fn read(&self, request: &ReadRequest<'_>) -> Answer<Object> {
        Answer::of(Object { value: request.current.clone(), private: Arc::clone(request.private) })
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Answer<Planned> {
        self.say(format!("plan {} {}", request.kind, text(&get(request.config, "password"))));
        let private = Arc::clone(request.private);
        if request.proposed.is_null() {
            return Answer::of(Planned {
                value: request.proposed.clone(),
                requires_replace: Vec::new(),
                private,
            });
        }
        let mut value = attributes(request.proposed);
        value.insert("password".into(), Value::null(Type::String));
        if request.prior.is_null() {
            value.insert("id".into(), Value::unknown(Type::String));
            value.insert("key".into(), Value::unknown(Type::String));
        }
        let value = Value::object(value);
        Answer::of(Planned { value, requires_replace: Vec::new(), private })
    }

    fn apply(&self, request: &ApplyRequest<'_>) -> Answer<Object> {
        let private = Arc::clone(request.private);
        if request.planned.is_null() {
            self.say(format!("destroy {}", text(&get(request.prior, "name"))));
            return Answer::of(Object { value: request.planned.clone(), private });
        }
        let name = text(&get(request.planned, "name"));
        self.say(format!("apply {name} {}", text(&get(request.config, "password"))));
        let mut value = attributes(request.planned);
        value.insert("id".into(), Value::string(format!("id-{name}")));
        value.insert("key".into(), Value::string(format!("key-{name}")));
        Answer::of(Object { value: Value::object(value), private })
    }

    fn read_data(&self, _kind: &str, config: &Value, _outside: &dyn Outside) -> Answer<Value> {
        let key = text(&get(config, "key"));
        self.say(format!("read {key}"));
        if key == "none" {
            let report = Report::error("Nothing found", "There is nothing of that key.");
            return Answer::refused(report.about(Path::root().attr("key")));
        }
        let mut value = attributes(config);
        value.insert("value".into(), Value::string(format!("value of {key}")));
        Answer::of(Value::object(value))
    }

    fn open(&self, _kind: &str, config: &Value) -> Answer<Opened> {
        let name = text(&get(config, "name"));
        self.say(format!("open {name}"));
        if name == "locked" {
            return Answer::refused(Report::error("Locked", "It cannot be opened."));
        }
        let mut value = attributes(config);
        value.insert("secret".into(), Value::string(format!("secret of {name}")));
        let private = Private::from(name.as_bytes());
        Answer::of(Opened { value: Value::object(value), private, renew_after: None })
    }

    fn close(&self, _kind: &str, private: &Private) -> Vec<Report> {
        self.say(format!("close {}", String::from_utf8_lossy(private)));
        Vec::new()
    }
}

fn schema(attributes: &[(&str, AttributeSchema)]) -> Schema {
    let attributes = attributes.iter().map(|(name, schema)| (SmolStr::from(*name), schema.clone()));
    Schema { attributes: attributes.collect(), ..Schema::default() }
}

/// `join(separator, parts...)`
fn join() -> ProvidedFunction {
    let param = |name: &str| ProvidedParam {
        name: name.to_owned(),
        description: String::new(),
        ty: Type::String,
        allow_null: false,
        allow_unknown: false,
    };
    ProvidedFunction {
        name: "join".to_owned(),
        description: String::new(),
        params: vec![param("separator")],
        variadic: Some(param("parts")),
        returns: Type::String,
    }
}

fn attributes(object: &Value) -> BTreeMap<Arc<str>, Value> {
    object.as_map().cloned().unwrap_or_default()
}

fn get(object: &Value, name: &str) -> Value {
    let found = object.as_map().and_then(|attributes| attributes.get(name).cloned());
    found.unwrap_or_else(|| Value::null(Type::Dynamic))
}

/// The text of a string; what it is otherwise in one word.
fn text(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None if value.is_null() => "null".to_owned(),
        None => "unknown".to_owned(),
    }
}
