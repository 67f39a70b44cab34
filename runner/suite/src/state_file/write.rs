//! A state as a file: what `tofu` and `terraform` read back with `-state` and `state push`.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use config::{AbsResource, InstanceKey, ResourceMode, Schemas};
use engine::{Object, State};
use lang::{Marks, Type, Value, path};
use provider::{Providers, json};
use serde_json::{Map, Value as Json, json};
use syntax::SmolStr;

/// The text of a state file. `lineage` tells it from the files of other states.
pub(crate) fn write(state: &State, providers: &Providers, version: &str, lineage: &str) -> String {
    let outputs: Map<String, Json> =
        state.outputs().iter().map(|(name, value)| (name.to_string(), output(value))).collect();
    let mut resources = Vec::new();
    for (addr, instances) in state.resources() {
        let mut of_resource = Vec::new();
        let mut source = SmolStr::default();
        let all = instances.values().flat_map(|it| it.current.iter().chain(it.deposed.values()));
        // Where one of several instances of a provider has made an object, each says which.
        let keyed = { all }.any(|object| object.provider_key != InstanceKey::None);
        for (key, objects) in instances {
            let deposed = objects.deposed.iter().map(|(deposed, object)| (Some(deposed), object));
            for (deposed, object) in objects.current.iter().map(|object| (None, object)).chain(deposed) {
                source = object.provider_source().into();
                let mut json = instance(addr, object, providers);
                if keyed {
                    json["provider"] = format!("{}{}", object.provider, object.provider_key).into();
                }
                match key {
                    InstanceKey::None => {}
                    InstanceKey::Int(index) => json["index_key"] = (*index).into(),
                    InstanceKey::String(key) => json["index_key"] = key.as_str().into(),
                }
                if let Some(deposed) = deposed {
                    json["deposed"] = deposed.0.as_str().into();
                }
                of_resource.push(json);
            }
        }
        let mode = if addr.resource.mode == ResourceMode::Data { "data" } else { "managed" };
        let mut json = json!({
            "mode": mode,
            "type": addr.resource.kind.as_str(),
            "name": addr.resource.name.as_str(),
            "instances": of_resource,
        });
        if !keyed {
            json["provider"] = format!("provider[\"{source}\"]").into();
        }
        let module = addr.module.to_string();
        if !module.is_empty() {
            json["module"] = module.into();
        }
        resources.push(json);
    }
    let file = json!({
        "version": 4,
        "terraform_version": version,
        "serial": 0,
        "lineage": lineage,
        "outputs": outputs,
        "resources": resources,
        "check_results": null,
    });
    serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
}

fn output(value: &Value) -> Json {
    let (plain, marks) = value.unmark_deep();
    let ty = plain.ty();
    let mut json = json!({ "value": json::of_value(&plain, &ty), "type": json::of_type(&ty) });
    if marks.contains(Marks::SENSITIVE) {
        json["sensitive"] = true.into();
    }
    json
}

fn instance(addr: &AbsResource, object: &Object, providers: &Providers) -> Json {
    let schema = providers.resource(object.provider_source(), addr.resource.mode, &addr.resource.kind);
    let ty = |name: &str, value: &Value| {
        let of_schema = schema.as_ref().and_then(|schema| {
            let attribute = schema.attributes.get(name).map(|attribute| attribute.ty.clone());
            attribute.or_else(|| schema.blocks.get(name).map(config::BlockSchema::ty))
        });
        of_schema.unwrap_or_else(|| value.ty())
    };
    let (plain, _) = object.value.unmark_deep();
    let attributes: Map<String, Json> = match plain.view() {
        lang::View::Object(parts) => parts
            .iter()
            .map(|(name, part)| (name.to_string(), json::of_value(part, &ty(name, part))))
            .collect(),
        _ => Map::new(),
    };
    let sensitive = object.value.marked_paths().into_iter();
    let sensitive = sensitive.filter(|(_, marks)| marks.contains(Marks::SENSITIVE));
    let sensitive: Vec<Json> = sensitive.map(|(path, _)| path.0.iter().map(step).collect()).collect();
    let mut json = json!({
        "schema_version": object.schema_version,
        "attributes": attributes,
        "sensitive_attributes": sensitive,
    });
    if object.tainted {
        json["status"] = "tainted".into();
    }
    if !object.private.is_empty() {
        json["private"] = BASE64_STANDARD.encode(&object.private).into();
    }
    if !object.dependencies.is_empty() {
        json["dependencies"] = object.dependencies.iter().map(ToString::to_string).collect();
    }
    if object.create_before_destroy {
        json["create_before_destroy"] = true.into();
    }
    json
}

fn step(step: &path::Step) -> Json {
    match step {
        path::Step::Attr(name) => json!({ "type": "get_attr", "value": &**name }),
        path::Step::Index(key) => json!({ "type": "index", "value": json::of_value(key, &Type::Dynamic) }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;
    use std::sync::Arc;

    #[test]
    fn what_is_written_is_read_again() {
        let text = |name: &str| Value::string(name);
        let mut state = State::new();
        let resource = config::ResourceAddr {
            mode: ResourceMode::Managed,
            kind: "terraform_data".into(),
            name: "a".into(),
        };
        let module = config::ModuleInstance::root().child("m".into(), InstanceKey::String("k".into()));
        let input = Value::object(
            [(Arc::from("secret"), text("s").with_marks(Marks::SENSITIVE))].into_iter().collect(),
        );
        let value = Value::object(
            [
                (Arc::from("id"), text("1")),
                (Arc::from("input"), input.clone()),
                (Arc::from("output"), input),
                (Arc::from("triggers_replace"), Value::null(Type::Dynamic)),
            ]
            .into_iter()
            .collect(),
        );
        let object = Object::new(value, "terraform.io/builtin/terraform".into());
        for key in [InstanceKey::Int(0), InstanceKey::Int(1)] {
            let addr = config::ResourceInstance { module: module.clone(), resource: resource.clone(), key };
            let object = Object { tainted: true, ..object.clone() };
            state.set(&addr, Arc::new(object));
        }
        state.set_outputs([("o".into(), text("out").with_marks(Marks::SENSITIVE))].into_iter().collect());
        let providers = Providers::builtin();
        let written = write(&state, &providers, "1.10.0", "x");
        let (again, unknown) = read(&written, &providers).unwrap();
        assert_eq!(unknown, Vec::<SmolStr>::new());
        let objects = |state: &State| -> Vec<_> {
            state.objects().map(|(addr, object)| (addr, object.value.clone(), object.tainted)).collect()
        };
        assert_eq!(objects(&again), objects(&state));
        assert_eq!(again.outputs(), state.outputs());
    }
}
