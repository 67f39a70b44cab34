//! Imports by what a provider's objects are told apart by.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::provider::{
    Answer, ApplyRequest, ImportBy, ImportRequest, Imported, Object, PlanRequest, Planned, Private, Provider,
    ReadRequest,
};
use config::schema::provider::{IdentityAttribute, IdentitySchema};
use config::{AttributeSchema, Dialect, ResourceMode, Schema};
use engine::{RunOutcome, State, Status};
use lang::{Type, Value};

use crate::support::{run_from, show};

/// `cloud_machine`, of which there is one by each name in each zone.
struct Cloud {
    machine: Schema,
    identity: IdentitySchema,
    configuration: Schema,
}

impl Cloud {
    fn provider() -> Option<Arc<dyn Provider>> {
        let attributes = [
            ("id".into(), AttributeSchema::computed(Type::String)),
            ("size".into(), AttributeSchema::optional(Type::Number)),
        ];
        let machine = Schema { attributes: attributes.into_iter().collect(), ..Schema::default() };
        let attribute = |required| IdentityAttribute {
            ty: Type::String,
            description: None,
            required_for_import: required,
            optional_for_import: !required,
        };
        let attributes = [("name".into(), attribute(true)), ("zone".into(), attribute(false))];
        let identity = IdentitySchema { version: 0, attributes: attributes.into_iter().collect() };
        Some(Arc::new(Cloud { machine, identity, configuration: Schema::default() }))
    }
}

impl Provider for Cloud {
    fn address(&self) -> &str {
        "registry.terraform.io/hashicorp/cloud"
    }

    fn configuration(&self) -> &Schema {
        &self.configuration
    }

    fn schema(&self, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        (mode == ResourceMode::Managed && matches!(kind, "cloud_machine" | "cloud_other"))
            .then_some(&self.machine)
    }

    fn kinds(&self, mode: ResourceMode) -> Vec<&str> {
        if mode == ResourceMode::Managed { vec!["cloud_machine", "cloud_other"] } else { Vec::new() }
    }

    fn configure(self: Arc<Self>, _config: &Value) -> Answer<Arc<dyn Provider>> {
        Answer::of(self)
    }

    fn read(&self, request: &ReadRequest<'_>) -> Answer<Object> {
        Answer::of(Object { value: request.current.clone(), private: Private::default() })
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Answer<Planned> {
        let value = request.proposed.clone();
        Answer::of(Planned { value, requires_replace: Vec::new(), private: Private::default() })
    }

    fn apply(&self, request: &ApplyRequest<'_>) -> Answer<Object> {
        Answer::of(Object { value: request.planned.clone(), private: Private::default() })
    }

    fn identity(&self, kind: &str) -> Option<&IdentitySchema> {
        (kind == "cloud_machine").then_some(&self.identity)
    }

    fn import(&self, request: &ImportRequest<'_>) -> Answer<Vec<Imported>> {
        let id = match request.by {
            ImportBy::Id(id) => id.to_owned(),
            ImportBy::Identity(identity) => {
                let part = |name: &str| {
                    let part = identity.as_map().and_then(|parts| parts.get(name)).and_then(Value::as_str);
                    part.unwrap_or("none").to_owned()
                };
                format!("{} in {}", part("name"), part("zone"))
            }
        };
        let attributes = [("id", Value::string(id)), ("size", Value::int(1))];
        let attributes = attributes.into_iter().map(|(name, value)| (Arc::from(name), value));
        let object = Object { value: Value::object(attributes.collect()), private: Private::default() };
        Answer::of(vec![Imported { kind: request.kind.into(), object }])
    }
}

fn run(main: &str) -> RunOutcome {
    let text = format!("//- /main.tf\n{main}\n//- /t.tftest.hcl\nrun \"a\" {{}}\n");
    let start = (State::new(), Dialect::terraform(12, 0));
    let (mut outcomes, _) = run_from(start, &text, Cloud::provider(), &BTreeMap::new());
    outcomes.remove(0)
}

fn ids(outcome: &RunOutcome) -> Vec<String> {
    assert_eq!(outcome.status, Status::Pass, "{}", show(&outcome.diagnostics));
    let objects = outcome.state.objects();
    let id = |object: &engine::Object| {
        object.value.as_map().and_then(|it| it.get("id")?.as_str().map(str::to_owned))
    };
    objects.map(|(addr, object)| format!("{addr}: {}", id(object).unwrap_or_default())).collect()
}

#[test]
fn an_object_is_taken_over_by_its_identity() {
    let outcome = run(r#"
locals { zones = { a = "north", b = null } }
resource "cloud_machine" "m" {
  for_each = local.zones
  size     = 1
}
import {
  for_each = local.zones
  to       = cloud_machine.m[each.key]
  identity = { name = each.key, zone = each.value }
}
resource "cloud_machine" "short" { size = 1 }
import {
  to       = cloud_machine.short
  identity = { name = "x" }
}
resource "cloud_machine" "by_id" { size = 1 }
import {
  to = cloud_machine.by_id
  id = "7"
}
"#);
    assert_eq!(
        ids(&outcome),
        [
            "cloud_machine.by_id: 7",
            "cloud_machine.m[\"a\"]: a in north",
            "cloud_machine.m[\"b\"]: b in none",
            "cloud_machine.short: x in none"
        ]
    );
}

#[test]
fn identities_that_tell_nothing() {
    let refused = |identity: &str| {
        let outcome = run(&format!(
            "resource \"cloud_machine\" \"m\" {{}}\nresource \"cloud_other\" \"o\" {{}}\nresource \"cloud_machine\" \"n\" {{}}\n\
             import {{\n  to = cloud_machine.m\n  identity = {identity}\n}}\n"
        ));
        assert_eq!(outcome.status, Status::Error);
        let first = outcome.diagnostics.first().map(|it| format!("{}: {}", it.summary, it.detail));
        first.unwrap_or_default()
    };
    assert_eq!(
        refused("{ zone = \"x\" }"),
        "Incorrect value type: Invalid expression value: attribute \"name\" is required."
    );
    assert_eq!(refused("null"), "Invalid import identity argument: The import identity cannot be null.");
    let outcome = run(
        "resource \"cloud_other\" \"o\" {}\nimport {\n  to = cloud_other.o\n  identity = { name = \"x\" }\n}\n",
    );
    let detail = "The provider registry.terraform.io/hashicorp/cloud has no identities for the resource type \
                  \"cloud_other\". Give the object's id in place of its identity.";
    assert_eq!(outcome.diagnostics[0].detail, detail);
}
