//! Output values and their preconditions.

use config::{Feature, Tool};
use lang::{Marks, Type, Value};
use syntax::{Diagnostic, Diagnostics};

use super::Walk;
use crate::conditions::Kind;
use crate::finding::CheckableObject;
use crate::phase::Phase;

impl Walk<'_> {
    pub(super) fn output(&mut self, instance: usize, index: usize) {
        let module = self.module_of(instance);
        let Some((name, output)) = module.outputs.get_index(index) else { return };
        let before = self.findings.len();
        let object = CheckableObject::Output(name.clone());
        let overridden = self.overridden_output(instance, name);
        // Terraform takes what is overridden as it is; OpenTofu puts the value alone in the place of another.
        let taken = overridden.is_some() && self.inputs.dialect.tool == Tool::Terraform;
        let preconditions = if taken { &[][..] } else { &output.preconditions };
        self.conditions(Kind::Output, preconditions, &output.origin, instance, &object, |scope| scope);
        self.only_warn(before);
        if self.findings[before..].iter().any(|found| found.diagnostic.is_error()) {
            return;
        }
        let root = self.instances[instance].addr.is_root();
        let tofu = self.inputs.dialect.tool == Tool::OpenTofu;
        if root && output.ephemeral && !self.inputs.dialect.has(Feature::EphemeralRootOutputs) {
            let (summary, detail) = match tofu {
                true => (
                    "Invalid output configuration",
                    "Root modules are not allowed to have outputs defined as ephemeral",
                ),
                false => (
                    "Ephemeral output not allowed",
                    "Ephemeral outputs are not allowed in context of a root module",
                ),
            };
            let error = Diagnostic::error(summary, detail).at(output.locate(output.header));
            self.report(vec![error.with_code("ephemeral-output")]);
            return;
        }
        // What the plan knew is not asked for again, even if it would be something else by now. An ephemeral value is.
        let planned = self.planned_outputs.get(&self.instances[instance].addr);
        let planned = planned.and_then(|outputs| outputs.get(index)?.clone());
        if let Some(value) = planned.filter(|value| value.is_wholly_known() && !output.ephemeral) {
            self.instances[instance].outputs[index] = Some(value);
            return;
        }
        let Some(expr) = &output.value else { return };
        let mut sink = Diagnostics::new();
        let mut value = match overridden {
            Some(value) => value,
            None => lang::evaluate(expr, &output.origin, &self.scope(instance), &mut sink),
        };
        let marks = value.marks_deep();
        let deprecated = &self.inputs.program.deprecated;
        if root && marks.contains(Marks::SENSITIVE) && !output.sensitive {
            let header = output.locate(output.header);
            let error =
                Diagnostic::error("Output refers to sensitive values", sensitive(self.inputs.dialect.tool));
            sink.push(error.at(header).with_code("sensitive-output"));
        }
        if marks.contains(Marks::EPHEMERAL) && !output.ephemeral {
            let (summary, detail) = match tofu {
                true => (
                    "Output does not allow ephemeral value",
                    "The value that was generated for the output is ephemeral, but it is not configured to allow one.",
                ),
                false => (
                    "Ephemeral value not allowed",
                    "This output value is not declared as returning an ephemeral value, so it cannot be set to a result \
                     derived from an ephemeral value.",
                ),
            };
            let error = Diagnostic::error(summary, detail);
            sink.push(error.at(expr.location(&output.origin)).with_code("ephemeral-value"));
        }
        if let Some(deprecation) = &output.deprecated {
            if root && self.inputs.dialect.tool == Tool::Terraform {
                let place = output.locate(deprecation.span);
                let error = Diagnostic::error("Root module output deprecated", NO_CALLER).at(place);
                sink.push(error.with_code("deprecated-root-output"));
            }
            value = deprecated.taken_whole(value, expr, &output.origin, &mut Diagnostics::new());
        } else {
            value = deprecated.taken_whole(value, expr, &output.origin, &mut sink);
        }
        let found = matches!(self.phase, Phase::Validate | Phase::Plan | Phase::Apply) && sink.is_empty();
        let must_be = output.ephemeral && !self.inputs.dialect.has(Feature::AnyEphemeralOutputs);
        // A part of it being ephemeral is not enough.
        if found && must_be && !value.marks().contains(Marks::EPHEMERAL) {
            let detail = "This output value is declared as returning an ephemeral value, so it can only be set to an \
                          ephemeral value.";
            let place = expr.location(&output.origin);
            let error = Diagnostic::error("Value not allowed in ephemeral output", detail).at(place);
            sink.push(error.with_code("ephemeral-value"));
        }
        // Up to Terraform 1.11 the word says how a root output is shown; a caller gets the value as it is.
        if output.sensitive && root {
            value = value.with_marks(Marks::SENSITIVE);
        }
        if output.ephemeral {
            value = value.with_marks(Marks::EPHEMERAL);
        }
        let failed = sink.iter().any(Diagnostic::is_error);
        self.report(sink);
        self.instances[instance].outputs[index] = Some(if failed { Value::dynamic() } else { value });
    }

    /// The value of an output where its module is overridden: what the override says, or nothing.
    fn overridden_output(&self, instance: usize, name: &str) -> Option<Value> {
        let given = self.instances[instance].overridden.as_ref()?.values.as_ref();
        let value = given.and_then(Value::as_map).and_then(|values| values.get(name));
        Some(value.cloned().unwrap_or_else(|| Value::null(Type::Dynamic)))
    }
}

const NO_CALLER: &str = "Root module outputs cannot be deprecated, as there is no higher-level module to inform of the \
    deprecation.";

fn sensitive(tool: Tool) -> String {
    format!(
        "To reduce the risk of accidentally exporting sensitive data that was intended to be only internal, {tool} requires \
         that any root module output containing sensitive data be explicitly marked as sensitive, to confirm your \
         intent.\n\nIf you do intend to export this data, annotate the output value as sensitive by adding the following \
         argument:\n    sensitive = true"
    )
}
