//! States and plans as OpenTofu tells them: what its `show -json` prints, with the configuration.
//!
//! Which fields there are, and from which version on, is OpenTofu's, 1.6 to 1.12.

mod checks;
mod configuration;
mod expressions;
mod providers;

use std::sync::Arc;

use config::{Dialect, ResourceMode};
use engine::{Deed, Plan, State};
use lang::Value;
use suite::{RunResult, Verbose};

use super::super::node::{Kind, Node};
use super::super::plan::in_order;
use super::state::{self, Module};
use super::{Fields, PLAN_FORMAT, STATE_FORMAT, identity, list, number, plan, shape, text, truth, type_node};

/// The JSON object of a run.
pub(super) fn node(verbose: &Verbose, dialect: Dialect) -> Node {
    match &verbose.result {
        RunResult::State(state) => state_node(state, dialect),
        RunResult::Plan(plan) => plan_node(plan, verbose, dialect),
    }
}

fn state_node(state: &State, dialect: Dialect) -> Node {
    let mut fields = Fields::default();
    fields.set("format_version", text(STATE_FORMAT));
    let (root, outputs) = state::values(state);
    if state.is_empty() && outputs.is_empty() {
        return fields.node();
    }
    fields.set("terraform_version", text(&dialect.version.to_string()));
    let mut values = Fields::default();
    if !outputs.is_empty() {
        values.set("outputs", outputs.node());
    }
    values.set("root_module", root.node());
    fields.set("values", values.node());
    let checks = checks::node(state.check_results());
    fields.set_some("checks", checks);
    fields.node()
}

fn plan_node(plan: &Plan, verbose: &Verbose, dialect: Dialect) -> Node {
    let mut fields = plan::changes(plan);
    let mut relevant: Vec<_> = plan.relevant.iter().collect();
    if !relevant.is_empty() {
        relevant.sort_by_cached_key(|(addr, _)| addr.to_string());
        fields.set("relevant_attributes", list(relevant.into_iter().map(plan::relevant)));
    }
    fields.set("format_version", text(PLAN_FORMAT));
    fields.set("terraform_version", text(&dialect.version.to_string()));
    let variables = variables(verbose);
    if !variables.is_empty() {
        fields.set("variables", variables.node());
    }
    fields.set("planned_values", planned_values(plan, verbose));
    fields.set("configuration", configuration::node(&verbose.module, &verbose.providers, dialect));
    fields.set_some("checks", checks::node(&plan.check_results));
    fields.set("timestamp", text(&crate::report::rfc3339_seconds(plan.time)));
    fields.set("errored", truth(plan.errored));
    fields.node()
}

/// What the variables of the root module were given, or else their defaults.
fn variables(verbose: &Verbose) -> Fields {
    let mut variables = Fields::default();
    for (name, variable) in &verbose.module.module.variables {
        if let Some(value) = verbose.variables.get(name).or(variable.default.as_ref()) {
            let mut fields = Fields::default();
            fields.set("value", Node::of(value));
            variables.set(name, fields.node());
        }
    }
    variables
}

fn planned_values(plan: &Plan, verbose: &Verbose) -> Node {
    let mut root = Module::default();
    let mut left: Vec<_> = in_order(plan)
        .into_iter()
        .filter(|planned| !matches!(planned.deed, Deed::Delete(_)))
        .map(|planned| (planned.addr.to_string(), planned))
        .collect();
    left.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (_, planned) in left {
        let addr = &planned.addr;
        let mut fields = identity(addr, &planned.provider);
        let schema = config::Schemas::resource(
            &verbose.providers,
            &planned.provider,
            addr.resource.mode,
            &addr.resource.kind,
        );
        fields.set("schema_version", number(schema.map_or(0, |schema| schema.version)));
        fields.set("sensitive_values", shape::sensitive(&planned.after));
        let after = Node::of(&planned.after);
        fields.set_some("values", shape::known(&after).filter(|after| !after.is_null() && !after.is_empty()));
        // They are in order already, data among the others.
        root.insert_as(addr, ResourceMode::Managed, fields.node());
    }
    let mut outputs = Fields::default();
    for (name, planned) in &plan.outputs {
        let Some(after) = &planned.after else { continue };
        let mut output = Fields::default();
        let before = planned.before.as_ref().is_some_and(|before| before.marks().is_sensitive());
        output.set("sensitive", truth(before || after.marks().is_sensitive()));
        if after.is_wholly_known() {
            output.set("type", type_node(&after.ty()));
            output.set("value", Node::of(after));
        }
        outputs.set(name, output.node());
    }
    let mut values = Fields::default();
    if !outputs.is_empty() {
        values.set("outputs", outputs.node());
    }
    values.set("root_module", root.node());
    values.node()
}

/// A constant, as JSON has it.
fn constant(value: &Value) -> Node {
    Node::of(value)
}

/// Names in a list.
fn names(names: impl IntoIterator<Item = String>) -> Node {
    list(names.into_iter().map(|name| Node::new(Kind::String(Arc::from(name.as_str())))))
}
