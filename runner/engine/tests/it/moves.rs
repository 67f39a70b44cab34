//! Moves of objects to another type.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::provider::{
    Answer, ApplyRequest, MoveRequest, Object, PlanRequest, Planned, Private, Provider, ReadRequest, Report,
};
use config::{AttributeSchema, Dialect, ResourceMode, Schema};
use engine::{RunOutcome, State, Status};
use lang::{Type, Value};

use crate::support::{run_from, run_with, show};

const ADDRESS: &str = "registry.terraform.io/hashicorp/null";

/// `null_resource`, and `null_heir`, which is what a `null_resource` may become and nothing else.
struct Null {
    resource: Schema,
    configuration: Schema,
    /// Whether it knows of moves.
    moves: bool,
}

impl Null {
    fn provider(moves: bool) -> Option<Arc<dyn Provider>> {
        let attributes = [
            ("id".into(), AttributeSchema::computed(Type::String)),
            ("triggers".into(), AttributeSchema::optional(Type::map(Type::String))),
        ];
        let resource = Schema { attributes: attributes.into_iter().collect(), ..Schema::default() };
        Some(Arc::new(Null { resource, configuration: Schema::default(), moves }))
    }
}

impl Provider for Null {
    fn address(&self) -> &str {
        ADDRESS
    }

    fn configuration(&self) -> &Schema {
        &self.configuration
    }

    fn schema(&self, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        (mode == ResourceMode::Managed && matches!(kind, "null_resource" | "null_heir"))
            .then_some(&self.resource)
    }

    fn kinds(&self, mode: ResourceMode) -> Vec<&str> {
        if mode == ResourceMode::Managed { vec!["null_resource", "null_heir"] } else { Vec::new() }
    }

    fn configure(self: Arc<Self>, _config: &Value) -> Answer<Arc<dyn Provider>> {
        Answer::of(self)
    }

    fn read(&self, request: &ReadRequest<'_>) -> Answer<Object> {
        Answer::of(Object { value: request.current.clone(), private: Arc::clone(request.private) })
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Answer<Planned> {
        let mut value = request.proposed.as_map().cloned().unwrap_or_default();
        if request.prior.is_null() {
            value.insert("id".into(), Value::unknown(Type::String));
        }
        let value = if request.proposed.is_null() { request.proposed.clone() } else { Value::object(value) };
        Answer::of(Planned { value, requires_replace: Vec::new(), private: Private::default() })
    }

    fn apply(&self, request: &ApplyRequest<'_>) -> Answer<Object> {
        let mut value = request.planned.as_map().cloned().unwrap_or_default();
        value.insert("id".into(), Value::string("12"));
        let value = if request.planned.is_null() { request.planned.clone() } else { Value::object(value) };
        Answer::of(Object { value, private: Private::default() })
    }

    fn moves_objects(&self) -> bool {
        self.moves
    }

    fn move_object(&self, request: &MoveRequest<'_>) -> Answer<Object> {
        if request.from_kind != "null_resource" {
            let detail = format!("Nothing is known of {}.", request.from_kind);
            return Answer::refused(Report::without_place("Unsupported source resource type", detail));
        }
        Answer::of(Object { value: request.value.clone(), private: Private::default() })
    }
}

/// What two configurations, one after the other, make of one state.
fn one_then_other(before: &str, after: &str, moves: bool) -> RunOutcome {
    let run = "//- /t.tftest.hcl\nrun \"a\" {}\n";
    let nothing = BTreeMap::new();
    let text = format!("//- /main.tf\n{before}\n{run}");
    let (mut outcomes, _) = run_with(&text, Null::provider(moves), &nothing);
    let first = outcomes.remove(0);
    assert_eq!(first.status, Status::Pass, "{}", show(&first.diagnostics));
    let text = format!("//- /main.tf\n{after}\n{run}");
    let (mut outcomes, _) =
        run_from((first.state, Dialect::default()), &text, Null::provider(moves), &nothing);
    outcomes.remove(0)
}

fn objects(state: &State) -> Vec<String> {
    let line = |(addr, object): (config::ResourceInstance, &Arc<engine::Object>)| {
        let attributes = object.value.as_map().cloned().unwrap_or_default();
        let shown = attributes.iter().filter(|(_, value)| !value.is_null());
        let shown: Vec<String> = shown.map(|(name, value)| format!("{name} = {value:?}")).collect();
        format!("{addr}: {}", shown.join(", "))
    };
    state.objects().map(line).collect()
}

#[test]
fn a_null_resource_becomes_terraform_data() {
    let outcome = one_then_other(
        r#"resource "null_resource" "a" { triggers = { x = "1" } }
resource "null_resource" "n" { count = 2 }"#,
        r#"resource "terraform_data" "a" { triggers_replace = { x = "1" } }
resource "terraform_data" "n" { count = 2 }
moved {
  from = null_resource.a
  to   = terraform_data.a
}
moved {
  from = null_resource.n[0]
  to   = terraform_data.n[0]
}
moved {
  from = null_resource.n[1]
  to   = terraform_data.n[1]
}"#,
        true,
    );
    assert_eq!(outcome.status, Status::Pass, "{}", show(&outcome.diagnostics));
    let ids: Vec<String> = objects(&outcome.state);
    // Everything has kept its id, so nothing was made anew.
    assert_eq!(ids.len(), 3, "{ids:?}");
    assert!(ids.iter().all(|line| line.starts_with("terraform_data.") && line.contains("\"12\"")), "{ids:?}");
}

#[test]
fn a_type_that_takes_nothing_over() {
    let (before, after) = (
        r#"resource "terraform_data" "a" {}"#,
        r#"resource "null_resource" "a" {}
moved {
  from = terraform_data.a
  to   = null_resource.a
}"#,
    );
    let outcome = one_then_other(before, after, false);
    assert_eq!(outcome.status, Status::Error);
    assert_eq!(
        show(&outcome.diagnostics),
        "Error: Unsupported `moved` across resource types: The provider \"registry.terraform.io/hashicorp/null\" does \
         not support moved operations across resource types and providers. (main.tf:32..37)\n"
    );
    assert_eq!(outcome.state.objects().count(), 1, "what was there is still there");
    let outcome = one_then_other(before, after, true);
    assert_eq!(
        show(&outcome.diagnostics),
        "Error: Unsupported source resource type: Nothing is known of terraform_data.\n"
    );
    assert_eq!(objects(&outcome.state).len(), 1);
}

#[test]
fn the_built_in_type_takes_over_nothing_else() {
    let outcome = one_then_other(
        r#"resource "null_heir" "a" {}"#,
        r#"resource "terraform_data" "a" {}
moved {
  from = null_heir.a
  to   = terraform_data.a
}"#,
        true,
    );
    assert_eq!(
        show(&outcome.diagnostics),
        "Error: Unsupported source resource type for move operation: Only moving from the null_resource managed \
         resource to terraform_data is supported.\n"
    );
}
