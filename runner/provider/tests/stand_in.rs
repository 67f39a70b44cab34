//! The schema store, and the provider that knows nothing but its schemas.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::ResourceMode::{Data, Managed};
use config::schema::compatible::assert_object_compatible;
use config::schema::propose::proposed_new;
use config::schema::valid::assert_plan_valid;
use config::{Schema, Schemas};
use expect_test::{Expect, expect};
use lang::functions::{FileReader, NoFiles};
use lang::{Dialect, Type, Value};
use provider::{
    ApplyRequest, Outside, PlanRequest, Private, Provider, ReadRequest, SchemaStore, StandIn, Values, Wanted,
};

const CLOUD: &str = r#"{"format_version": "1.0", "provider_schemas": {"registry.terraform.io/example/cloud": {
  "provider": {"version": 0, "block": {"attributes": {"region": {"type": "string", "optional": true}}}},
  "resource_schemas": {
    "cloud_machine": {"version": 0, "block": {
      "attributes": {
        "id": {"type": "string", "computed": true},
        "name": {"type": "string", "required": true},
        "zone": {"type": "string", "optional": true, "computed": true},
        "size": {"type": "number", "computed": true},
        "key": {"type": "string", "optional": true, "write_only": true},
        "old": {"type": "string", "optional": true, "deprecated": true},
        "parts": {"optional": true, "nested_type": {"nesting_mode": "map", "attributes": {
          "a": {"type": "string", "optional": true}, "b": {"type": "bool", "computed": true}}}}
      },
      "block_types": {"disk": {"nesting_mode": "list", "block": {"attributes": {
        "size": {"type": "number", "optional": true}, "id": {"type": "string", "computed": true}}}}}}},
    "cloud_broken": {"version": 0, "block": {"attributes": {"a": {"type": "strng"}}}}
  },
  "data_source_schemas": {"cloud_image": {"version": 0, "block": {"attributes": {
    "name": {"type": "string", "required": true}, "id": {"type": "string", "computed": true}}}}}
}}}"#;

fn store() -> SchemaStore {
    let mut store = SchemaStore::default();
    store.add(CLOUD.as_bytes().to_vec()).expect("the document can be read");
    store
}

/// Names every value after its place.
struct Named;

impl Values for Named {
    fn value(&self, wanted: &Wanted<'_>) -> Value {
        match wanted.attribute.ty {
            Type::Number => Value::int(7),
            Type::Bool => Value::string("true"),
            _ => Value::string(format!("{}{}", wanted.kind, wanted.path)),
        }
    }
}

struct World;

impl Outside for World {
    fn random(&self) -> [u8; 16] {
        [0; 16]
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }

    fn dialect(&self) -> Dialect {
        Dialect::default()
    }
}

fn stand_in() -> StandIn {
    let store = store();
    let schemas = store.get("registry.terraform.io/example/cloud").expect("the provider is there");
    StandIn::new(schemas.clone(), Arc::new(Named))
}

/// An object of the schema's type with these attributes.
fn object(schema: &Schema, attributes: &[(&str, Value)]) -> Value {
    let mut values: BTreeMap<Arc<str>, Value> = schema.empty_value().as_map().cloned().unwrap_or_default();
    for (name, value) in attributes {
        let ty = schema.ty().attribute(name).expect("the attribute is there");
        values.insert(Arc::from(*name), lang::convert(value, ty).expect("the value fits"));
    }
    Value::object(values)
}

fn entry(attributes: &[(&str, Value)]) -> Value {
    Value::object(attributes.iter().map(|(name, value)| (Arc::from(*name), value.clone())).collect())
}

fn shown(value: &Value, expected: Expect) {
    expected.assert_eq(&format!("{value:#?}\n"));
}

#[test]
fn providers_are_found_by_address_and_in_the_other_registry() {
    let store = store();
    let found = |address: &str| store.kinds(address, Managed).map(|kinds| kinds.len());
    assert_eq!(found("registry.terraform.io/example/cloud"), Some(2));
    assert_eq!(found("registry.opentofu.org/example/cloud"), Some(2));
    assert_eq!(found("registry.terraform.io/other/cloud"), None);
    assert_eq!(found("registry.example.com/example/cloud"), None);
    assert_eq!(found("cloud"), None);
    let region = store.provider("registry.opentofu.org/example/cloud").expect("it has a configuration");
    assert!(region.has("region"));
    let address = "registry.terraform.io/example/cloud";
    assert!(store.resource(address, Data, "cloud_image").is_some());
    assert!(store.resource(address, Managed, "cloud_image").is_none());
    assert!(store.resource(address, Managed, "cloud_broken").is_none());
    let problem = store.problem(address, Managed, "cloud_broken").map(ToString::to_string);
    assert_eq!(
        problem.as_deref(),
        Some(
            "provider_schemas[\"registry.terraform.io/example/cloud\"].resource_schemas.cloud_broken.block.attributes.a.\
             type: unknown type \"strng\""
        )
    );
    let mut broken = SchemaStore::default();
    assert!(broken.add(b"{\"format_version\": \"7.0\"}".to_vec()).is_err());
    assert_eq!(broken.addresses().len(), 0);
}

#[test]
fn a_life_without_a_provider() {
    let provider = stand_in();
    let schema = provider.schema(Managed, "cloud_machine").expect("the type is there");
    let disk = |size: i64| entry(&[("size", Value::int(size)), ("id", Value::null(Type::String))]);
    let config = object(
        schema,
        &[
            ("name", Value::string("m")),
            ("key", Value::string("secret")),
            (
                "parts",
                Value::map(
                    Type::Dynamic,
                    [(Arc::from("x"), entry(&[("a", Value::string("1")), ("b", Value::null(Type::Bool))]))]
                        .into(),
                ),
            ),
            ("disk", Value::tuple(vec![disk(1), disk(2)])),
        ],
    );
    assert_eq!(provider.validate(Managed, "cloud_machine", &config, Dialect::default()), []);
    let nothing = Value::null(schema.ty().clone());
    let private = Private::default();
    let proposed = proposed_new(schema, &nothing, &config);
    let request = PlanRequest {
        kind: "cloud_machine",
        prior: &nothing,
        proposed: &proposed,
        config: &config,
        private: &private,
        outside: &World,
    };
    let planned = provider.plan(&request).value.expect("it is planned").value;
    assert_eq!(assert_plan_valid(schema, &nothing, &config, &planned), []);
    let request = ApplyRequest {
        kind: "cloud_machine",
        prior: &nothing,
        planned: &planned,
        config: &config,
        private: &private,
        outside: &World,
    };
    let made = provider.apply(&request);
    assert_eq!(made.reports, []);
    let made = made.value.expect("it is made").value;
    assert_eq!(assert_object_compatible(schema, &planned, &made), []);
    shown(
        &made,
        expect![[r#"
        object{
            "disk": [
                object{
                    "id": "cloud_machine.disk[0].id",
                    "size": 1,
                },
                object{
                    "id": "cloud_machine.disk[1].id",
                    "size": 2,
                },
            ],
            "id": "cloud_machine.id",
            "key": null(string),
            "name": "m",
            "old": null(string),
            "parts": {
                "x": object{
                    "a": "1",
                    "b": true,
                },
            },
            "size": 7,
            "zone": "cloud_machine.zone",
        }
    "#]],
    );

    // The same again changes nothing, and what is gone from the configuration goes.
    let request = ReadRequest { kind: "cloud_machine", current: &made, private: &private };
    let there = provider.read(&request).value.expect("it is there").value;
    let config = object(schema, &[("name", Value::string("n")), ("disk", Value::tuple(vec![disk(1)]))]);
    let proposed = proposed_new(schema, &there, &config);
    let request = PlanRequest {
        kind: "cloud_machine",
        prior: &there,
        proposed: &proposed,
        config: &config,
        private: &private,
        outside: &World,
    };
    shown(
        &provider.plan(&request).value.expect("it is planned").value,
        expect![[r#"
        object{
            "disk": [
                object{
                    "id": "cloud_machine.disk[0].id",
                    "size": 1,
                },
            ],
            "id": "cloud_machine.id",
            "key": null(string),
            "name": "n",
            "old": null(string),
            "parts": null(map(object({a=string,b=bool}))),
            "size": 7,
            "zone": "cloud_machine.zone",
        }
    "#]],
    );
}

#[test]
fn data_is_the_configuration_and_what_is_made_up() {
    let provider = stand_in();
    let schema = provider.schema(Data, "cloud_image").expect("the type is there");
    let config = object(schema, &[("name", Value::string("debian"))]);
    let read = provider.read_data("cloud_image", &config, &World).value.expect("it is read");
    shown(
        &read,
        expect![[r#"
        object{
            "id": "cloud_image.id",
            "name": "debian",
        }
    "#]],
    );
    let missing = provider.read_data("cloud_disk", &config, &World);
    let said: Vec<&str> = missing.reports.iter().map(|report| report.detail.as_str()).collect();
    assert_eq!(
        said,
        ["The provider registry.terraform.io/example/cloud does not support data source \"cloud_disk\"."]
    );
}

#[test]
fn what_only_providers_set_cannot_be_configured() {
    let provider = stand_in();
    let schema = provider.schema(Managed, "cloud_machine").expect("the type is there");
    let disk = entry(&[("size", Value::null(Type::Number)), ("id", Value::string("x"))]);
    let config = object(
        schema,
        &[
            ("id", Value::unknown(Type::String)),
            ("name", Value::string("m")),
            ("old", Value::string("x")),
            ("disk", Value::tuple(vec![disk])),
        ],
    );
    let said: Vec<String> = provider
        .validate(Managed, "cloud_machine", &config, Dialect::default())
        .iter()
        .map(|report| {
            let attribute = report.attribute.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{:?} {attribute} {}: {}\n", report.severity, report.summary, report.detail)
        })
        .collect();
    expect![[r#"
        Error .id Value for unconfigurable attribute: Can't configure a value for "id": its value will be decided automatically based on the result of applying this configuration.
        Warning .old Argument is deprecated: "old" is deprecated. Refer to the provider documentation for details.
        Error .disk[0].id Value for unconfigurable attribute: Can't configure a value for "disk.0.id": its value will be decided automatically based on the result of applying this configuration.
    "#]].assert_eq(&said.concat());
}
