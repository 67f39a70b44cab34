//! Work grows with the number of instances and no faster: every object costs its provider the same few questions, and
//! nothing looks through all of them for each.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ::provider::{
    Answer, ApplyRequest, Builtin, ImportRequest, Imported, Object, PlanRequest, Planned, Provider,
    ReadRequest,
};
use config::{ResourceMode, Schema};
use engine::Status;
use lang::{ObjectType, Type, Value};

use crate::support::{run_all, show};

/// The built-in provider, with a count of what it is asked.
#[derive(Default)]
struct Counting {
    inner: Builtin,
    reads: AtomicUsize,
    plans: AtomicUsize,
    applies: AtomicUsize,
}

impl Counting {
    /// Reads, plans and applies since the last time.
    fn take(&self) -> (usize, usize, usize) {
        let take = |count: &AtomicUsize| count.swap(0, Ordering::Relaxed);
        (take(&self.reads), take(&self.plans), take(&self.applies))
    }
}

impl Provider for Counting {
    fn address(&self) -> &str {
        self.inner.address()
    }

    fn configuration(&self) -> &Schema {
        self.inner.configuration()
    }

    fn schema(&self, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        self.inner.schema(mode, kind)
    }

    fn kinds(&self, mode: ResourceMode) -> Vec<&str> {
        self.inner.kinds(mode)
    }

    fn configure(self: Arc<Self>, _: &Value) -> Answer<Arc<dyn Provider>> {
        Answer::of(self)
    }

    fn read(&self, request: &ReadRequest<'_>) -> Answer<Object> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.inner.read(request)
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Answer<Planned> {
        self.plans.fetch_add(1, Ordering::Relaxed);
        self.inner.plan(request)
    }

    fn apply(&self, request: &ApplyRequest<'_>) -> Answer<Object> {
        self.applies.fetch_add(1, Ordering::Relaxed);
        self.inner.apply(request)
    }

    fn import(&self, request: &ImportRequest<'_>) -> Answer<Vec<Imported>> {
        self.inner.import(request)
    }
}

/// Two resources of `count` instances each, applied and planned again.
fn questions(count: usize) -> (usize, usize, usize) {
    let keys: Vec<String> = (0..count).map(|at| format!("\"k{at}\"")).collect();
    let keys = keys.join(", ");
    let text = format!(
        r#"
//- /main.tf
locals {{ keys = toset([{keys}]) }}
resource "terraform_data" "a" {{
  for_each = local.keys
  input    = each.key
}}
resource "terraform_data" "b" {{
  for_each = terraform_data.a
  input    = each.value.output
  lifecycle {{ replace_triggered_by = [terraform_data.a[each.key]] }}
}}
//- /t.tftest.hcl
run "made" {{}}
run "again" {{}}
"#
    );
    let provider = Arc::new(Counting::default());
    let outcomes = run_all(&text, Some(Arc::clone(&provider) as Arc<dyn Provider>));
    for outcome in &outcomes {
        assert_eq!(outcome.status, Status::Pass, "{}", show(&outcome.diagnostics));
    }
    assert_eq!(outcomes.last().map(|outcome| outcome.state.objects().count()), Some(2 * count));
    provider.take()
}

#[test]
fn every_object_costs_the_same_questions() {
    // Made: a plan before the apply and one in it. Again: a look and a plan, and nothing to apply.
    let expected = |count: usize| (2 * count, 3 * 2 * count, 2 * count);
    assert_eq!(questions(10), expected(10));
    assert_eq!(questions(1_000), expected(1_000));
}

/// What many objects have alike they share, in whatever way they came to have it: of the memory that an object takes, its
/// type would be half.
#[test]
fn the_objects_of_a_resource_have_one_type() {
    let outcomes = run_all(
        r#"
//- /main.tf
resource "terraform_data" "all" {
  count = 4
  input = { index = count.index, tags = ["a", count.index] }
}
//- /t.tftest.hcl
run "made" {}
run "changed" {}
"#,
        None,
    );
    for outcome in &outcomes {
        assert_eq!(outcome.status, Status::Pass, "{}", show(&outcome.diagnostics));
        let objects: Vec<_> = outcome.state.objects().map(|(_, object)| Arc::clone(object)).collect();
        let types: Vec<_> = objects.iter().filter_map(|object| object_type(&object.value)).collect();
        let inputs = objects.iter().filter_map(|object| object.value.as_map()?.get("input").cloned());
        let inputs: Vec<_> = inputs.filter_map(|input| object_type(&input)).collect();
        for types in [types, inputs] {
            assert_eq!(types.len(), 4);
            assert!(types.iter().all(|ty| Arc::ptr_eq(ty, &types[0])), "{types:?}");
        }
        assert!(objects.iter().all(|object| object.provider == objects[0].provider));
    }
}

fn object_type(value: &Value) -> Option<Arc<ObjectType>> {
    match value.ty() {
        Type::Object(object) => Some(object),
        _ => None,
    }
}
