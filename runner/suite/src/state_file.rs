//! The state file that Terraform keeps beside a module: JSON, format version 4. It is read; what is written is another,
//! see [`write()`].

mod write;

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use config::{
    ConfigResource, FileError, Files, InstanceKey, ModuleInstance, ResourceAddr, ResourceInstance,
    ResourceMode, Schemas, join,
};
use engine::{DeposedKey, Object, State};
use lang::{Marks, Path, Type, Value, path};
use provider::{Providers, json};
use serde_json::Value as Json;
use syntax::{Diagnostic, Diagnostics, SmolStr};

use crate::request::Request;

pub(crate) use write::write;

const DEFAULT: &str = "terraform.tfstate";

/// The state at `given`, or the one that the workspace has in the module's directory. A file that is not there is an
/// empty state. Objects of types without a schema are left out, with a warning that names the types.
pub(crate) fn load(
    given: Option<&str>,
    request: &Request,
    files: &dyn Files,
    providers: &Providers,
    sink: &mut Diagnostics,
) -> State {
    let path = match given {
        Some(path) => path.to_owned(),
        None if request.workspace == "default" => join(&request.directory, DEFAULT),
        None => join(&request.directory, &format!("{DEFAULT}.d/{}/{DEFAULT}", request.workspace)),
    };
    let text = match files.read(&path) {
        Ok(text) => text,
        Err(FileError::NotFound) => return State::new(),
        Err(error) => {
            sink.push(unreadable(&path, &error.to_string()));
            return State::new();
        }
    };
    if text.trim().is_empty() {
        return State::new();
    }
    match read(&text, providers) {
        Ok((state, unknown_types)) => {
            if !unknown_types.is_empty() {
                sink.push(left_out(&unknown_types));
            }
            state
        }
        Err(reason) => {
            sink.push(unreadable(&path, &reason));
            State::new()
        }
    }
}

/// The objects of a state file, and the resource types that have no schema here.
fn read(text: &str, providers: &Providers) -> Result<(State, Vec<SmolStr>), String> {
    let json: Json = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match json.get("version").and_then(Json::as_u64) {
        Some(4) => {}
        Some(version) => {
            return Err(format!("it has format version {version}, and only version 4 can be read"));
        }
        None => return Err("it has no format version".to_owned()),
    }
    let mut state = State::new();
    let mut unknown_types: Vec<SmolStr> = Vec::new();
    for resource in json.get("resources").and_then(Json::as_array).into_iter().flatten() {
        let text = |name: &str| resource.get(name).and_then(Json::as_str).unwrap_or_default();
        let mode = if text("mode") == "data" { ResourceMode::Data } else { ResourceMode::Managed };
        let addr = ResourceAddr { mode, kind: text("type").into(), name: text("name").into() };
        let Some(schema) = providers.resource(provider(text("provider")), mode, &addr.kind) else {
            if !unknown_types.contains(&addr.kind) {
                unknown_types.push(addr.kind);
            }
            continue;
        };
        let source = SmolStr::from(text("provider"));
        let module = module(text("module")).ok_or_else(|| format!("{} is no module", text("module")))?;
        for instance in resource.get("instances").and_then(Json::as_array).into_iter().flatten() {
            let key = match instance.get("index_key") {
                Some(Json::String(key)) => InstanceKey::String(key.into()),
                Some(Json::Number(index)) => InstanceKey::Int(index.as_i64().unwrap_or_default()),
                _ => InstanceKey::None,
            };
            let attributes = instance.get("attributes");
            let attribute = |(name, attribute): (&SmolStr, &config::AttributeSchema)| {
                let given = attributes.and_then(|all| all.get(name.as_str())).unwrap_or(&Json::Null);
                let given = completed(given, &attribute.ty);
                let value = json::value(&given, &attribute.ty).map_err(|error| error.to_string())?;
                Ok::<_, String>((Arc::from(name.as_str()), value))
            };
            let block = |(name, block): (&SmolStr, &config::BlockSchema)| {
                let value = match attributes.and_then(|all| all.get(name.as_str())) {
                    None | Some(Json::Null) => block.empty_value(),
                    Some(given) => json::value(&completed(given, &block.ty()), &block.ty())
                        .map_err(|error| error.to_string())?,
                };
                Ok::<_, String>((Arc::from(name.as_str()), value))
            };
            let parts = schema.blocks.iter().map(block).chain(schema.attributes.iter().map(attribute));
            let object = Value::object(parts.collect::<Result<_, _>>()?);
            let object = object.with_marks_at(&schema.sensitive_paths(&object));
            let value = object.with_marks_at(&sensitive_paths(instance));
            let addr = ResourceInstance { module: module.clone(), resource: addr.clone(), key };
            let object = Arc::new(self::object(instance, value, &source));
            match instance.get("deposed").and_then(Json::as_str) {
                Some(key) => state.set_deposed(&addr, DeposedKey(key.into()), object),
                None => state.set(&addr, object),
            }
        }
    }
    state.set_outputs(outputs(&json)?);
    Ok((state, unknown_types))
}

/// The value with everything null that its type has and the file, which another version of the provider may have
/// written, does not.
fn completed(json: &Json, ty: &Type) -> Json {
    match (json, ty) {
        (Json::Object(given), Type::Object(object)) => {
            let parts = object.attributes.iter();
            let part = |(name, ty): (&Arc<str>, &Type)| {
                (name.to_string(), completed(given.get(&**name).unwrap_or(&Json::Null), ty))
            };
            Json::Object(parts.map(part).collect())
        }
        (Json::Array(given), Type::List(element) | Type::Set(element)) => {
            Json::Array(given.iter().map(|it| completed(it, element)).collect())
        }
        (Json::Object(given), Type::Map(element)) => {
            Json::Object(given.iter().map(|(key, it)| (key.clone(), completed(it, element))).collect())
        }
        _ => json.clone(),
    }
}

/// What the file says of an object besides its value.
fn object(instance: &Json, value: Value, provider: &SmolStr) -> Object {
    let text = |name: &str| instance.get(name).and_then(Json::as_str);
    let flag = |name: &str| instance.get(name).and_then(Json::as_bool).unwrap_or_default();
    let private = text("private").and_then(|private| BASE64_STANDARD.decode(private).ok());
    let dependencies = instance.get("dependencies").and_then(Json::as_array).into_iter().flatten();
    Object {
        private: private.unwrap_or_default().into(),
        tainted: text("status") == Some("tainted"),
        dependencies: dependencies.filter_map(Json::as_str).filter_map(dependency).collect(),
        create_before_destroy: flag("create_before_destroy"),
        schema_version: instance.get("schema_version").and_then(Json::as_u64).unwrap_or_default(),
        ..Object::new(value, provider.clone())
    }
}

/// `module.a.module.b.data.kind.name`, as dependencies are written: without keys.
fn dependency(text: &str) -> Option<ConfigResource> {
    let mut words = text.split('.').peekable();
    let mut module = Vec::new();
    while words.next_if_eq(&"module").is_some() {
        module.push(SmolStr::from(words.next()?));
    }
    let mode = match words.next_if_eq(&"data") {
        Some(_) => ResourceMode::Data,
        None => ResourceMode::Managed,
    };
    let (kind, name) = (words.next()?.into(), words.next()?.into());
    let resource = ResourceAddr { mode, kind, name };
    words.next().is_none().then(|| ConfigResource { module: module.into(), resource })
}

/// The root module's outputs, with the mark of those that are sensitive.
fn outputs(json: &Json) -> Result<BTreeMap<SmolStr, Value>, String> {
    let outputs = json.get("outputs").and_then(Json::as_object).into_iter().flatten();
    let output = |(name, output): (&String, &Json)| {
        let value = json::value(output, &Type::Dynamic).map_err(|error| error.to_string())?;
        let sensitive = output.get("sensitive").and_then(Json::as_bool).unwrap_or_default();
        let marks = if sensitive { Marks::SENSITIVE } else { Marks::EMPTY };
        Ok((SmolStr::from(name.as_str()), value.with_marks(marks)))
    };
    outputs.map(output).collect()
}

/// The source address in `module.m.provider["terraform.io/builtin/terraform"].alias`.
fn provider(text: &str) -> &str {
    let (_, rest) = text.split_once("provider[\"").unwrap_or_default();
    rest.split_once('"').map_or(rest, |(address, _)| address)
}

/// `sensitive_attributes`: a list of paths, each a list of `{"type": "get_attr" or "index", "value": …}`.
fn sensitive_paths(instance: &Json) -> Vec<(Path, Marks)> {
    let step = |json: &Json| {
        let value = json.get("value")?;
        match json.get("type").and_then(Json::as_str)? {
            "get_attr" => Some(path::Step::Attr(Arc::from(value.as_str()?))),
            // The key is itself a value with its type.
            "index" => Some(path::Step::Index(json::value(value, &Type::Dynamic).ok()?)),
            _ => None,
        }
    };
    let paths = instance.get("sensitive_attributes").and_then(Json::as_array).into_iter().flatten();
    paths
        .filter_map(|path| path.as_array()?.iter().map(step).collect::<Option<Vec<_>>>())
        .map(|steps| (Path(steps), Marks::SENSITIVE))
        .collect()
}

/// `module.a["k"].module.b`.
fn module(text: &str) -> Option<ModuleInstance> {
    use lang::StepKind;
    let mut path = ModuleInstance::root();
    if text.is_empty() {
        return Some(path);
    }
    let parse = syntax::parse_expression(&syntax::FileName::new(DEFAULT), text);
    let expr = lang::lower(&parse.tree);
    let traversal = lang::static_traversal(&expr).filter(|it| it.root == "module")?;
    let mut steps = traversal.steps.iter().map(|step| &step.kind).peekable();
    loop {
        let StepKind::Attr(name) = steps.next()? else { return None };
        let key = match steps.peek() {
            Some(StepKind::Key(key)) => InstanceKey::String(key.clone()),
            Some(StepKind::Number(number)) => InstanceKey::Int(number.to_i64()?),
            _ => InstanceKey::None,
        };
        if key != InstanceKey::None {
            steps.next();
        }
        path = path.child(name.clone(), key);
        match steps.next() {
            None => return Some(path),
            Some(StepKind::Attr(word)) if word == "module" => {}
            Some(_) => return None,
        }
    }
}

fn unreadable(path: &str, reason: &str) -> Diagnostic {
    Diagnostic::error("Failed to load state", format!("The state file {path} cannot be read: {reason}."))
}

fn left_out(types: &[SmolStr]) -> Diagnostic {
    let detail = format!(
        "The state has objects of types that no provider known here describes; what refers to them is unknown: {}.",
        types.join(", ")
    );
    Diagnostic::warning("State objects without a schema", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_read_with_their_keys() {
        let read = |text| module(text).map(|module| module.to_string());
        assert_eq!(
            read("module.a[\"k\"].module.b[0].module.c").as_deref(),
            Some("module.a[\"k\"].module.b[0].module.c")
        );
        assert_eq!(read("").as_deref(), Some(""));
        for wrong in ["module", "module.a.b", "x.a", "module.a[", "module.a[\"k\"].module"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_no_state_is_refused() {
        let refused = |text: &str| read(text, &Providers::builtin()).err();
        assert_eq!(refused("{}").as_deref(), Some("it has no format version"));
        assert_eq!(
            refused(r#"{"version": 3}"#).as_deref(),
            Some("it has format version 3, and only version 4 can be read")
        );
        assert!(refused("[").is_some());
        assert!(
            refused(r#"{"version": 4, "resources": [{"type": "terraform_data", "module": "x", "provider": "provider[\"terraform.io/builtin/terraform\"]"}]}"#).is_some()
        );
    }
}
