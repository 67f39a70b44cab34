//! Bodies, plans and results held against what Terraform 1.11.4 made of them.
//!
//! `bodies.json` is recorded by `tests/conformance/record_bodies.py` with a provider that offers the schemas in it, keeps
//! what Terraform sends and answers what it is told to answer. Values of dynamic type are pairs of a type and a value there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use config::schema::Problem;
use config::schema::compatible::assert_object_compatible;
use config::schema::document::{self, ProviderSchemas};
use config::schema::propose::proposed_new;
use config::schema::valid::assert_plan_valid;
use config::{Encoder, MemoryFiles, ModuleTree, ResourceMode, Schema, Schemas, check_module};
use lang::functions::{FileReader, NoFiles};
use lang::{Resolved, Scope, Traversal, Type, Value};
use serde_json::Value as Json;
use syntax::{Diagnostic, Diagnostics, Location, Origin, Span};

use crate::support::{Builtin, Loaded, severity};

struct Recorded {
    json: Json,
    schemas: Oracle,
}

impl Recorded {
    fn new() -> Recorded {
        let json: Json = serde_json::from_str(include_str!("bodies.json")).expect("the recording is JSON");
        let document = json.get("schemas").expect("there are schemas").to_string();
        let mut providers = document::read(document.into_bytes()).expect("the schemas can be read");
        let schemas = Oracle { builtin: Builtin::new(), provider: providers.remove(0) };
        Recorded { json, schemas }
    }

    fn cases(&self, group: &str) -> &[Json] {
        self.json.get(group).and_then(Json::as_array).expect("the group is there")
    }

    fn schema(&self, case: &Json) -> &Schema {
        let kind = text(case, "type");
        let schema = self.schemas.provider.resource(ResourceMode::Managed, kind);
        schema.expect("the schema can be read").expect("the type is there")
    }
}

/// The recorded provider, and the built-in one.
struct Oracle {
    builtin: Builtin,
    provider: ProviderSchemas,
}

impl Schemas for Oracle {
    fn resource(&self, provider: &str, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        let known = self.provider.resource(mode, kind).expect("the schema can be read");
        known.or_else(|| self.builtin.resource(provider, mode, kind))
    }

    fn kinds(&self, provider: &str, mode: ResourceMode) -> Option<Vec<&str>> {
        self.builtin.kinds(provider, mode)
    }
}

fn text<'v>(value: &'v Json, key: &str) -> &'v str {
    value.get(key).and_then(Json::as_str).unwrap_or_default()
}

fn load(case: &Json) -> Loaded {
    let files = case.get("files").and_then(Json::as_object).expect("every case has files");
    Loaded::new(MemoryFiles::new(
        files.iter().map(|(path, content)| (path, content.as_str().unwrap_or_default())),
    ))
}

/// `error main.tf:1,2-3 Summary: detail [operands]`
fn ours(loaded: &Loaded, diagnostics: &[Diagnostic], operands: bool) -> BTreeSet<String> {
    let line = |it: &Diagnostic| {
        let place = it.subject.as_ref().map_or(String::new(), |place| {
            // Terraform prints no empty ranges.
            let end = place.span.end.max(place.span.start + 1);
            loaded.place(&Location { span: Span::new(place.span.start, end), ..place.clone() })
        });
        let operands: Vec<String> = match operands {
            true => it.operands.iter().map(|it| format!("{} {}", it.traversal, it.statement)).collect(),
            false => Vec::new(),
        };
        format!("{} {place} {}: {} [{}]", severity(it), it.summary, it.detail, operands.join(", "))
    };
    diagnostics.iter().map(line).collect()
}

fn theirs(case: &Json, operands: bool) -> BTreeSet<String> {
    let line = |it: &Json| {
        let operands: Vec<&str> = match operands {
            true => it
                .get("operands")
                .and_then(Json::as_array)
                .into_iter()
                .flatten()
                .filter_map(Json::as_str)
                .collect(),
            false => Vec::new(),
        };
        let (severity, place) = (text(it, "severity"), text(it, "place"));
        format!(
            "{severity} {place} {}: {} [{}]",
            text(it, "summary"),
            text(it, "detail"),
            operands.join(", ")
        )
    };
    case.get("said").and_then(Json::as_array).into_iter().flatten().map(line).collect()
}

fn compare(name: &str, theirs: &BTreeSet<String>, ours: &BTreeSet<String>, wrong: &mut String) {
    // Of what is missing in a block that is generated an unknown number of times, Terraform knows no place. An editor
    // needs one, so there it is the block's.
    let placeless: Vec<(&str, &str)> = theirs.iter().filter_map(|it| it.split_once(" :0,0-1 ")).collect();
    let is_placed = |ours: &str, (severity, said): (&str, &str)| {
        let rest = ours.strip_prefix(severity).and_then(|rest| rest.trim_start().split_once(' '));
        rest.is_some_and(|(_, rest)| rest == said)
    };
    for missing in theirs.difference(ours) {
        let place = missing.split_once(" :0,0-1 ");
        if !place.is_some_and(|parts| ours.iter().any(|it| is_placed(it, parts))) {
            wrong.push_str(&format!("{name}: not said: {missing}\n"));
        }
    }
    for extra in ours.difference(theirs) {
        if !placeless.iter().any(|parts| is_placed(extra, *parts)) {
            wrong.push_str(&format!("{name}: also said: {extra}\n"));
        }
    }
}

#[test]
fn bodies_are_checked_as_terraform_checks_them() {
    let recorded = Recorded::new();
    let mut wrong = String::new();
    for case in recorded.cases("validate") {
        let loaded = load(case);
        let mut found = loaded.load_diagnostics();
        found.extend(check_module(&loaded.tree, &recorded.schemas));
        compare(text(case, "name"), &theirs(case, false), &ours(&loaded, &found, false), &mut wrong);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn bodies_have_the_values_that_terraform_sends_to_providers() {
    let recorded = Recorded::new();
    let mut wrong = String::new();
    for case in recorded.cases("plan") {
        let loaded = load(case);
        let scope = ModuleScope { loaded: &loaded, tree: &loaded.tree };
        let mut found = Vec::new();
        let mut values: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (addr, resource) in &loaded.tree.module.resources {
            let Ok(Some(schema)) = recorded.schemas.provider.resource(addr.mode, &addr.kind) else {
                continue;
            };
            let mut sink = Vec::new();
            let value = Encoder::new(&resource.body, schema, &resource.origin).encode(&scope, &mut sink);
            assert!(value.ty().conforms_to(schema.ty()), "{addr}");
            if !sink.iter().any(Diagnostic::is_error) {
                values
                    .entry(&addr.kind)
                    .or_default()
                    .push(to_json(&value.unmark_deep().0, schema.ty()).to_string());
            }
            found.extend(sink);
        }
        compare(text(case, "name"), &theirs(case, true), &ours(&loaded, &found, true), &mut wrong);
        for (kind, expected) in case.get("configs").and_then(Json::as_object).into_iter().flatten() {
            let expected = expected.as_array().into_iter().flatten().map(Json::to_string);
            let ours: BTreeSet<String> =
                values.remove(kind.as_str()).unwrap_or_default().into_iter().collect();
            compare(text(case, "name"), &expected.collect(), &ours, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn proposes_what_terraform_proposes() {
    let recorded = Recorded::new();
    let mut wrong = String::new();
    for case in recorded.cases("propose") {
        let schema = recorded.schema(case);
        let value = |key: &str| from_json(case.get(key).expect("it is recorded"), schema.ty());
        let ours = proposed_new(schema, &value("prior"), &value("config"));
        let (ours, theirs) = (to_json(&ours, schema.ty()), case.get("proposed").expect("it is recorded"));
        if ours != *theirs {
            wrong.push_str(&format!("{}:\n  {theirs}\n  {ours}\n", text(case, "name")));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn refuses_the_plans_that_terraform_refuses() {
    let recorded = Recorded::new();
    let mut wrong = String::new();
    for case in recorded.cases("invalid") {
        let schema = recorded.schema(case);
        let value = |key: &str| from_json(case.get(key).expect("it is recorded"), schema.ty());
        let problems = assert_plan_valid(schema, &value("prior"), &value("config"), &value("planned"));
        let said = format!("planned an invalid value for {}.a", text(case, "type"));
        compare_problems(case, &said, &problems, &mut wrong);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn refuses_the_results_that_terraform_refuses() {
    let recorded = Recorded::new();
    let mut wrong = String::new();
    for case in recorded.cases("inconsistent") {
        let schema = recorded.schema(case);
        let value = |key: &str| from_json(case.get(key).expect("it is recorded"), schema.ty());
        // A plan is kept with the marks that the schema gives it.
        let planned = schema.with_sensitive(&value("planned"));
        let problems = assert_object_compatible(schema, &planned, &value("actual"));
        compare_problems(case, "produced an unexpected new value: ", &problems, &mut wrong);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Holds problems against the details of the recorded errors, from behind `lead` up to the advice that follows.
fn compare_problems(case: &Json, lead: &str, problems: &[Problem], wrong: &mut String) {
    let said = case.get("said").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    let theirs = said.filter_map(|said| {
        let (_, problem) = said.split_once(lead)?;
        Some(problem.split(".\n\nThis is a bug").next()?.to_owned())
    });
    compare(text(case, "name"), &theirs.collect(), &problems.iter().map(Problem::to_string).collect(), wrong);
}

/// A recorded value, as a value of its type.
fn from_json(json: &Json, ty: &Type) -> Value {
    if json == "<unknown>" {
        return Value::unknown(ty.clone());
    }
    if json.is_null() {
        return Value::null(ty.clone());
    }
    let items = || json.as_array().into_iter().flatten();
    let entries = || json.as_object().into_iter().flatten();
    match ty {
        Type::Dynamic => {
            let [ty, value] = json.as_array().map(Vec::as_slice).expect("a pair") else { panic!("{json}") };
            from_json(
                value,
                &type_from_json(&serde_json::from_str(ty.as_str().expect("a type")).expect("JSON")),
            )
        }
        Type::List(element) => {
            Value::list((**element).clone(), items().map(|item| from_json(item, element)).collect())
        }
        Type::Set(element) => {
            Value::set((**element).clone(), items().map(|item| from_json(item, element)).collect())
        }
        Type::Map(element) => Value::map(
            (**element).clone(),
            entries().map(|(key, item)| (Arc::from(key.as_str()), from_json(item, element))).collect(),
        ),
        Type::Tuple(types) => {
            Value::tuple(items().zip(types.iter()).map(|(item, ty)| from_json(item, ty)).collect())
        }
        Type::Object(object) => Value::object(
            object
                .attributes
                .iter()
                .map(|(name, ty)| (name.clone(), from_json(json.get(&**name).unwrap_or(&Json::Null), ty)))
                .collect(),
        ),
        _ => {
            let literal = match json {
                Json::String(text) => Value::string(text),
                other => Value::string(other.to_string()),
            };
            lang::convert(&literal, ty).expect("a recorded value has its type")
        }
    }
}

fn type_from_json(json: &Json) -> Type {
    let part = |index: usize| json.get(index).expect("the type is whole");
    match json.as_str().or_else(|| json.get(0)?.as_str()).expect("a type has a name") {
        "string" => Type::String,
        "number" => Type::Number,
        "bool" => Type::Bool,
        "list" => Type::list(type_from_json(part(1))),
        "tuple" => Type::tuple(part(1).as_array().expect("types").iter().map(type_from_json).collect()),
        "object" => Type::object(
            part(1)
                .as_object()
                .expect("types")
                .iter()
                .map(|(name, ty)| (Arc::from(name.as_str()), type_from_json(ty)))
                .collect(),
        ),
        other => panic!("{other}"),
    }
}

/// A value as it is recorded where something of that type is wanted.
fn to_json(value: &Value, wanted: &Type) -> Json {
    if !value.is_known() {
        return "<unknown>".into();
    }
    if value.is_null() {
        return Json::Null;
    }
    if wanted.is_dynamic() {
        return Json::Array(vec![type_to_json(&value.ty()).to_string().into(), to_json(value, &value.ty())]);
    }
    let part = |name: Option<&str>, index: usize| match wanted {
        Type::Object(object) => name.and_then(|name| object.attributes.get(name)).cloned(),
        Type::Tuple(types) => types.get(index).cloned(),
        _ => wanted.element_type().cloned(),
    };
    let part = |name, index| part(name, index).unwrap_or(Type::Dynamic);
    if let Some(items) = value.as_slice() {
        return items.iter().enumerate().map(|(index, item)| to_json(item, &part(None, index))).collect();
    }
    if let Some(items) = value.as_map() {
        let items = items.iter().map(|(name, item)| (name.to_string(), to_json(item, &part(Some(name), 0))));
        return Json::Object(items.collect());
    }
    match (value.as_str(), value.as_bool()) {
        (Some(text), _) => text.into(),
        (_, Some(value)) => value.into(),
        _ => serde_json::from_str(&value.as_number().expect("a number").to_string()).expect("a JSON number"),
    }
}

fn type_to_json(ty: &Type) -> Json {
    let pair = |kind: &str, inner: Json| Json::Array(vec![kind.into(), inner]);
    match ty {
        Type::Dynamic => "dynamic".into(),
        Type::Bool => "bool".into(),
        Type::Number => "number".into(),
        Type::String => "string".into(),
        Type::Type => "type".into(),
        Type::List(element) => pair("list", type_to_json(element)),
        Type::Set(element) => pair("set", type_to_json(element)),
        Type::Map(element) => pair("map", type_to_json(element)),
        Type::Tuple(types) => pair("tuple", types.iter().map(type_to_json).collect()),
        Type::Object(object) => {
            let types = object.attributes.iter().map(|(name, ty)| (name.to_string(), type_to_json(ty)));
            pair("object", Json::Object(types.collect()))
        }
    }
}

/// The names of a module that is being planned: defaults of variables, local values, and unknown results.
struct ModuleScope<'a> {
    loaded: &'a Loaded,
    tree: &'a ModuleTree,
}

impl Scope for ModuleScope<'_> {
    fn resolve(&self, traversal: &Traversal, _origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        let module = &self.tree.module;
        let name = traversal.attr(0).map(|name| name.as_str()).unwrap_or_default();
        let (value, consumed) = match traversal.root.as_str() {
            "var" => (module.variables.get(name)?.default.clone().unwrap_or_else(Value::dynamic), 1),
            "local" => {
                let local = module.locals.get(name)?;
                (lang::evaluate(&local.value, &local.origin, self, sink), 1)
            }
            "terraform_data" => {
                let id = Value::unknown(Type::String);
                let output = Value::unknown(Type::tuple(vec![Type::String]));
                let parts = [("id", id), ("output", output)];
                (Value::object(parts.into_iter().map(|(name, value)| (Arc::from(name), value)).collect()), 1)
            }
            _ => return None,
        };
        Some(Resolved { value, consumed })
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }

    fn place(&self, location: &Location) -> String {
        self.loaded.place(location)
    }
}
