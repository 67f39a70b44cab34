//! The provider `coder/coder`, as far as public modules of the collection in `real-modules.json` ask for it: `coder_script`, and
//! what a build of a workspace tells about itself.
//!
//! Written from the provider's documentation: which arguments there are, what stands for those that are not given, and
//! what is refused when. Expressions of `cron` are taken as they are.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{AttributeSchema, ResourceMode, Schema};
use lang::{Dialect, Path, Type, Value};
use provider::{
    Answer, ApplyRequest, Object, Outside, PlanRequest, Planned, Private, Provider, ReadRequest, Report,
    uuid_text,
};

pub const ADDRESS: &str = "registry.terraform.io/coder/coder";

const SCRIPT: &str = "coder_script";

/// The provider; its only argument is an address that nobody calls.
pub struct CoderProvider {
    configuration: Schema,
    script: Schema,
    data: BTreeMap<&'static str, Schema>,
}

impl CoderProvider {
    pub fn new() -> CoderProvider {
        let (required, optional) = (AttributeSchema::required, AttributeSchema::optional);
        let computed = || AttributeSchema::computed(Type::String);
        let secret = || AttributeSchema { sensitive: true, ..computed() };
        let either = |ty| AttributeSchema { optional: true, ..AttributeSchema::computed(ty) };
        let (number, flag) =
            (|| AttributeSchema::computed(Type::Number), || AttributeSchema::computed(Type::Bool));
        let script = schema([
            ("id", either(Type::String)),
            ("agent_id", required(Type::String)),
            ("display_name", required(Type::String)),
            ("script", required(Type::String)),
            ("cron", optional(Type::String)),
            ("icon", optional(Type::String)),
            ("log_path", optional(Type::String)),
            // With defaults, which only old plugins may plan for what is not said to be computed.
            ("run_on_start", either(Type::Bool)),
            ("run_on_stop", either(Type::Bool)),
            ("start_blocks_login", either(Type::Bool)),
            ("timeout", either(Type::Number)),
        ]);
        let workspace = schema([
            ("id", computed()),
            ("name", computed()),
            ("access_url", computed()),
            ("access_port", number()),
            ("transition", computed()),
            ("start_count", number()),
            ("prebuild_count", number()),
            ("is_prebuild", flag()),
            ("template_id", computed()),
            ("template_name", computed()),
            ("template_version", computed()),
        ]);
        let owner = schema([
            ("id", computed()),
            ("name", computed()),
            ("full_name", computed()),
            ("email", computed()),
            ("groups", AttributeSchema::computed(Type::list(Type::String))),
            ("login_type", computed()),
            ("oidc_access_token", secret()),
            ("session_token", secret()),
            ("ssh_private_key", secret()),
            ("ssh_public_key", computed()),
        ]);
        let task = schema([("id", computed()), ("prompt", computed()), ("enabled", flag())]);
        let data = [("coder_workspace", workspace), ("coder_workspace_owner", owner), ("coder_task", task)];
        CoderProvider {
            configuration: schema([("url", optional(Type::String))]),
            script,
            data: data.into_iter().collect(),
        }
    }
}

impl Default for CoderProvider {
    fn default() -> CoderProvider {
        CoderProvider::new()
    }
}

impl Provider for CoderProvider {
    fn address(&self) -> &str {
        ADDRESS
    }

    fn configuration(&self) -> &Schema {
        &self.configuration
    }

    fn schema(&self, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        match (mode, kind) {
            (ResourceMode::Managed, SCRIPT) => Some(&self.script),
            (ResourceMode::Data, kind) => self.data.get(kind),
            _ => None,
        }
    }

    fn kinds(&self, mode: ResourceMode) -> Vec<&str> {
        match mode {
            ResourceMode::Managed => vec![SCRIPT],
            ResourceMode::Data => self.data.keys().copied().collect(),
            ResourceMode::Ephemeral => Vec::new(),
        }
    }

    fn configure(self: Arc<Self>, _: &Value) -> Answer<Arc<dyn Provider>> {
        Answer::of(self)
    }

    fn validate(&self, _: ResourceMode, _: &str, config: &Value, _: Dialect) -> Vec<Report> {
        let timeout = get(config, "timeout").and_then(|timeout| timeout.as_number()?.to_i64());
        let Some(timeout @ ..1) = timeout else { return Vec::new() };
        let summary = format!("expected timeout to be at least (1), got {timeout}");
        vec![Report::error(summary, "").about(attribute("timeout"))]
    }

    fn read(&self, request: &ReadRequest<'_>) -> Answer<Object> {
        Answer::of(Object { value: request.current.clone(), private: Private::clone(request.private) })
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Answer<Planned> {
        let private = Private::clone(request.private);
        if request.proposed.is_null() {
            let value = request.proposed.clone();
            return Answer::of(Planned { value, requires_replace: Vec::new(), private });
        }
        let mut attributes = request.proposed.as_map().cloned().unwrap_or_default();
        let mut default = |name: &str, value: Value| {
            if attributes.get(name).is_none_or(Value::is_null) {
                attributes.insert(name.into(), value);
            }
        };
        for flag in ["run_on_start", "run_on_stop", "start_blocks_login"] {
            default(flag, Value::bool(false));
        }
        default("timeout", Value::int(0));
        if request.prior.is_null() {
            default("id", Value::unknown(Type::String));
        }
        // Nothing can be changed in place.
        let changed = |(name, value): (&Arc<str>, &Value)| {
            let prior = request.prior.as_map()?.get(name)?;
            (prior != value).then(|| attribute(name))
        };
        let requires_replace = attributes.iter().filter_map(changed).collect();
        Answer::of(Planned { value: Value::object(attributes), requires_replace, private })
    }

    fn apply(&self, request: &ApplyRequest<'_>) -> Answer<Object> {
        let private = Private::default();
        if request.planned.is_null() {
            return Answer::of(Object { value: request.planned.clone(), private });
        }
        let mut attributes = request.planned.as_map().cloned().unwrap_or_default();
        attributes.insert("id".into(), Value::string(uuid_text(request.outside.random())));
        let is_set = |name: &str| attributes.get(name).and_then(Value::as_bool) == Some(true);
        let scheduled = attributes.get("cron").and_then(Value::as_str).is_some_and(|cron| !cron.is_empty());
        let refused = if !is_set("run_on_start") && !is_set("run_on_stop") && !scheduled {
            Some("at least one of `run_on_start`, `run_on_stop`, or `cron` must be set")
        } else if !is_set("run_on_start") && is_set("start_blocks_login") {
            Some("start_blocks_login can only be set if `run_on_start` is true")
        } else {
            None
        };
        let reports = refused.map(|why| Report::error(why, "")).into_iter().collect();
        Answer { value: Some(Object { value: Value::object(attributes), private }), reports }
    }

    fn read_data(&self, kind: &str, config: &Value, outside: &dyn Outside) -> Answer<Value> {
        // As in a build of a workspace that is started.
        let told: &[(&str, Value)] = match kind {
            "coder_workspace" => &[
                ("name", Value::string("default")),
                ("access_url", Value::string("http://localhost:3000")),
                ("access_port", Value::int(3000)),
                ("transition", Value::string("start")),
                ("start_count", Value::int(1)),
                ("prebuild_count", Value::int(0)),
                ("is_prebuild", Value::bool(false)),
                ("template_id", Value::string("template")),
                ("template_name", Value::string("template")),
                ("template_version", Value::string("1")),
            ],
            "coder_workspace_owner" => &[
                ("name", Value::string("default")),
                ("full_name", Value::string("default")),
                ("email", Value::string("default@example.com")),
                ("groups", Value::list(Type::String, Vec::new())),
                ("login_type", Value::string("")),
                ("oidc_access_token", Value::string("")),
                ("session_token", Value::string("")),
                ("ssh_private_key", Value::string("")),
                ("ssh_public_key", Value::string("")),
            ],
            _ => &[("prompt", Value::string("")), ("enabled", Value::bool(false))],
        };
        let mut attributes = config.as_map().cloned().unwrap_or_default();
        attributes.insert("id".into(), Value::string(uuid_text(outside.random())));
        attributes.extend(told.iter().map(|(name, value)| ((*name).into(), value.clone())));
        Answer::of(Value::object(attributes))
    }
}

fn get<'v>(object: &'v Value, name: &str) -> Option<&'v Value> {
    object.as_map()?.get(name)
}

fn attribute(name: &str) -> Path {
    Path::root().attr(name)
}

fn schema<const N: usize>(attributes: [(&str, AttributeSchema); N]) -> Schema {
    let attributes = attributes.into_iter().map(|(name, attribute)| (name.into(), attribute));
    Schema { attributes: attributes.collect(), ..Schema::default() }
}
