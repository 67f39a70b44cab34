//! `terraform_data`: an object that holds what it is given.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{AttributeSchema, Schema};
use lang::{Path, Refinements, Type, Value};

use super::get;
use crate::answer::{Answer, Imported, Object, Planned, Private, Report};
use crate::request::{ApplyRequest, MoveRequest, PlanRequest};

pub(super) const KIND: &str = "terraform_data";

pub(super) fn schema() -> Schema {
    let attributes = [
        ("id", AttributeSchema::computed(Type::String)),
        ("input", AttributeSchema::optional(Type::Dynamic)),
        ("output", AttributeSchema::computed(Type::Dynamic)),
        ("triggers_replace", AttributeSchema::optional(Type::Dynamic)),
    ];
    let attributes = attributes.into_iter().map(|(name, attribute)| (name.into(), attribute));
    Schema { attributes: attributes.collect(), ..Schema::default() }
}

/// What only the provider sets cannot be set.
pub(super) fn validate(config: &Value) -> Vec<Report> {
    let set = ["id", "output"].into_iter().filter(|name| !get(config, name).is_null());
    set.map(|name| Report::without_place(format!("\"{name}\" attribute is read-only"), "")).collect()
}

/// A new object has an unknown id; the output is the input, known once it is applied. Another `triggers_replace` makes
/// another object, another `input` only another output.
pub(super) fn plan(request: &PlanRequest<'_>) -> Planned {
    let PlanRequest { prior, proposed, .. } = request;
    let private = Private::clone(request.private);
    if proposed.is_null() {
        return Planned { value: Value::clone(proposed), requires_replace: Vec::new(), private };
    }
    let mut planned = attributes(proposed);
    let input = get(proposed, "input");
    let unknown = Value::unknown(input.ty());
    let output = if input.is_null() { input.clone() } else { unknown.clone() };
    let mut requires_replace = Vec::new();
    let new_id = Value::unknown_refined(Type::String, Refinements::not_null());
    if prior.is_null() {
        planned.insert("id".into(), new_id);
        planned.insert("output".into(), output);
    } else if !get(prior, "triggers_replace").raw_eq(&get(proposed, "triggers_replace")) {
        requires_replace.push(Path::root().attr("triggers_replace"));
        planned.insert("id".into(), new_id);
        planned.insert("output".into(), output);
    } else if !get(prior, "input").raw_eq(&input) {
        // Even the output of an input that has become null is known only after the apply.
        planned.insert("output".into(), unknown);
    }
    Planned { value: Value::object(planned), requires_replace, private }
}

pub(super) fn apply(request: &ApplyRequest<'_>) -> Object {
    let ApplyRequest { planned, .. } = request;
    let private = Private::clone(request.private);
    if planned.is_null() {
        return Object { value: Value::clone(planned), private };
    }
    let mut object = attributes(planned);
    if !get(planned, "output").is_known() {
        object.insert("output".into(), get(planned, "input"));
    }
    if !get(planned, "id").is_known() {
        object.insert("id".into(), Value::string(uuid_text(request.outside.random())));
    }
    Object { value: Value::object(object), private }
}

/// Whatever the id, there is such an object, and it holds nothing.
pub(super) fn import(id: &str) -> Imported {
    let null = || Value::null(Type::Dynamic);
    let attributes =
        [("id", Value::string(id)), ("input", null()), ("output", null()), ("triggers_replace", null())];
    let attributes = attributes.into_iter().map(|(name, value)| (Arc::from(name), value));
    let object = Object { value: Value::object(attributes.collect()), private: Private::default() };
    Imported { kind: KIND.into(), object }
}

/// What was a `null_resource`: its triggers become `triggers_replace`, in the type that an object in a configuration has,
/// so that nothing has to be replaced.
pub(super) fn take_over(request: &MoveRequest<'_>) -> Answer<Object> {
    let refused = |what: &str, detail: &str| {
        let summary = format!("Unsupported source {what} for move operation");
        Answer::refused(Report::without_place(summary, detail))
    };
    // Mirrors have other hosts.
    if !request.from_provider.ends_with("hashicorp/null") {
        let detail = "Only moving from the official hashicorp/null provider to terraform_data is supported.";
        return refused("provider", detail);
    }
    if request.from_kind != "null_resource" {
        let detail = "Only moving from the null_resource managed resource to terraform_data is supported.";
        return refused("resource type", detail);
    }
    let triggers = match get(request.value, "triggers").as_map() {
        Some(triggers) => Value::object(triggers.clone()),
        None => Value::null(Type::Dynamic),
    };
    let null = || Value::null(Type::Dynamic);
    let id = get(request.value, "id");
    let attributes = [("id", id), ("input", null()), ("output", null()), ("triggers_replace", triggers)];
    let attributes = attributes.into_iter().map(|(name, value)| (Arc::from(name), value));
    let value = Value::object(attributes.collect());
    Answer::of(Object { value, private: Private::default() })
}

fn attributes(object: &Value) -> BTreeMap<Arc<str>, Value> {
    object.as_map().cloned().unwrap_or_default()
}

/// Random bytes in the form of a UUID, as Terraform makes ids: without version bits.
pub fn uuid_text(bytes: [u8; 16]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}
