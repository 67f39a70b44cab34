//! What cannot be shown: JSON has no infinite numbers, and Terraform shows no value of a result that holds one.

use config::Tool;
use engine::{Plan, State};
use lang::{Value, View};
use suite::RunResult;
use syntax::Diagnostic;

/// The warning that takes the place of a result with an infinite number in it.
pub(crate) fn unshowable(result: &RunResult, tool: Tool) -> Option<Diagnostic> {
    let (what, infinite) = match result {
        RunResult::State(state) => ("state", values_of_state(state).any(is_infinite)),
        RunResult::Plan(plan) => ("plan", values_of_plan(plan).any(is_infinite)),
    };
    infinite.then(|| {
        Diagnostic::warning(
            format!("Failed to render test {what}"),
            format!("{tool} could not marshal the {what} for display: cannot serialize infinity as JSON"),
        )
    })
}

fn values_of_state(state: &State) -> impl Iterator<Item = &Value> {
    let objects = state.objects().map(|(_, object)| &object.value);
    let deposed = state.deposed().map(|(.., object)| &object.value);
    objects.chain(deposed).chain(state.outputs().values())
}

fn values_of_plan(plan: &Plan) -> impl Iterator<Item = &Value> {
    let resources = plan.resources.iter().flat_map(|planned| [&planned.before, &planned.after]);
    let outputs = plan.outputs.values().flat_map(|planned| planned.before.iter().chain(&planned.after));
    resources.chain(outputs)
}

fn is_infinite(value: &Value) -> bool {
    match value.view() {
        View::Number(number) => number.is_infinite(),
        View::List(items) | View::Set(items) | View::Tuple(items) => items.iter().any(is_infinite),
        View::Map(items) | View::Object(items) => items.values().any(is_infinite),
        _ => false,
    }
}
