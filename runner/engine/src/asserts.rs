//! The `assert` blocks of a run, evaluated against what the run left behind.

use std::collections::BTreeMap;

use config::{Condition, Feature, Grammar, Item, Place, ResourceMode, Run, Subject, TestNames, Tool};
use lang::expr::Node;
use lang::{Cause, Operands, Scope, Traversal, Type, Value};
use syntax::{Diagnostic, Diagnostics, Evidence, Origin, SmolStr};

use crate::conditions::{self, Message};
use crate::lookup::Lookup;
use crate::status::{AssertOutcome, Status, Verdict};
use crate::walk::{ExtraNames, Walk};

/// What assertions see beyond the module: outputs, finished runs, and variables that only the test file uses.
pub(crate) struct AssertNames<'a> {
    pub outputs: &'a BTreeMap<SmolStr, Value>,
    pub finished_runs: &'a BTreeMap<SmolStr, Value>,
    pub test_variables: &'a BTreeMap<SmolStr, Value>,
    pub test: TestNames<'a>,
}

impl ExtraNames for AssertNames<'_> {
    fn place(&self) -> Place<'_> {
        Place::Assert(self.test)
    }

    fn value(&self, subject: &Subject) -> Option<Value> {
        match subject {
            Subject::Output(name) => self.outputs.get(name).cloned(),
            Subject::Run(name) => self.finished_runs.get(name).cloned(),
            Subject::Variable(name) => self.test_variables.get(name).cloned(),
            _ => None,
        }
    }
}

/// Evaluates every assertion, in order; none keeps the others from being evaluated.
pub(crate) fn evaluate(
    run: &Item<Run>,
    walk: &Walk<'_>,
    names: &AssertNames<'_>,
    diagnostics: &mut Diagnostics,
) -> (Status, Vec<AssertOutcome>) {
    let mut status = Status::Pass;
    let mut outcomes = Vec::with_capacity(run.asserts.len());
    for rule in &run.asserts {
        let mut found = Diagnostics::new();
        let outcome = assert(run, rule, walk, names, &mut found);
        status = status.merge(match outcome.verdict {
            Verdict::Passed => Status::Pass,
            Verdict::Failed => Status::Fail,
            Verdict::Errored => Status::Error,
        });
        diagnostics.extend(found);
        outcomes.push(outcome);
    }
    (status, outcomes)
}

fn assert(
    run: &Item<Run>,
    rule: &Condition,
    walk: &Walk<'_>,
    names: &AssertNames<'_>,
    found: &mut Diagnostics,
) -> AssertOutcome {
    let dialect = names.test.file.dialect;
    let from_state = !dialect.has(Feature::OutputsAsEvaluated);
    let scope = walk.scope(0).with_extra(names);
    let place = rule.condition.location(&run.origin);
    let mut outcome = AssertOutcome {
        verdict: Verdict::Errored,
        location: place.clone(),
        message: String::new(),
        operands: Vec::new(),
        read: Operands::default(),
    };
    // The references of both expressions come first, and stop the assertion.
    if dialect.tool == Tool::Terraform && asks_for_ephemeral(run, rule, walk, found) {
        return outcome;
    }
    let message = conditions::message(&rule.error_message, &run.origin, &scope, found);
    match &message {
        Message::Hidden(why, operands) => {
            found.push(why.warning(dialect.tool, rule.error_message.location(&run.origin), operands));
        }
        Message::Invalid if from_state => absent_output(rule, found),
        Message::Invalid => {}
        Message::Text(_) | Message::Unknown => {}
    }
    let (value, operands) = lang::evaluate_with_operands(&rule.condition, &run.origin, &scope, found);
    // A failed assertion names ephemeral operands, though it never shows them.
    outcome.operands = operands.shown(Cause::Ephemeral);
    outcome.read = operands.clone();
    if found.iter().any(Diagnostic::is_error) {
        if from_state {
            absent_arguments(rule, &run.origin, found);
        }
        if dialect.has(Feature::NamesDecideAssertions) {
            only_names(rule, &run.origin, &scope, found);
        }
        return outcome;
    }
    // Whether a value is secret does not matter for whether it is right.
    let (value, _) = value.unmark_deep();
    if value.is_null() {
        let detail = "Condition expression must return either true or false, not null.";
        let mut diagnostic = Diagnostic::error("Invalid condition run", detail).at(place);
        diagnostic.operands = operands.shown(Cause::Other);
        found.push(diagnostic);
        return outcome;
    }
    if !value.is_known() {
        let mut diagnostic = config::unknown_condition(dialect).at(place);
        diagnostic.operands = operands.shown(Cause::Other);
        found.push(diagnostic);
        return outcome;
    }
    match lang::convert(&value, &Type::Bool) {
        Err(error) => {
            let detail = format!("Invalid condition run value: {error}.");
            let mut diagnostic = Diagnostic::error("Invalid condition run", detail).at(place);
            diagnostic.operands = operands.shown(Cause::Other);
            found.push(diagnostic);
        }
        Ok(value) if value.as_bool() == Some(true) => outcome.verdict = Verdict::Passed,
        Ok(_) => {
            outcome.verdict = Verdict::Failed;
            if let Message::Text(text) = message {
                outcome.message = text;
            }
            let mut diagnostic =
                Diagnostic::error("Test assertion failed", outcome.message.clone()).at(place);
            diagnostic.operands = outcome.operands.clone();
            let comparison = lang::compared(&rule.condition, &run.origin, &scope);
            diagnostic.evidence = Some(Box::new(Evidence { operands: operands.in_full(), comparison }));
            found.push(diagnostic.with_code("assertion-failed"));
        }
    }
    outcome
}

/// Where a name of either expression leads nowhere, that is all that is wrong: they are looked up first, and together.
fn only_names(rule: &Condition, origin: &Origin, scope: &dyn Scope, found: &mut Diagnostics) {
    let mut names = Diagnostics::new();
    let _ = Lookup::new([&rule.condition, &rule.error_message], origin, scope, &mut names);
    if names.iter().any(Diagnostic::is_error) {
        *found = names;
    }
}

/// An output that is null is not there when a test reads it, and what is not there is no text either.
fn absent_output(rule: &Condition, found: &mut Diagnostics) {
    let whole = lang::static_traversal(&rule.error_message);
    if whole.is_some_and(|it| it.root == "output" && it.steps.len() == 1)
        && let Some(last) = found.last_mut().filter(|last| last.detail.ends_with(": must not be null."))
    {
        last.detail = last.detail.replace("must not be null", "string required");
    }
}

/// The same of an output that is the argument of a function.
fn absent_arguments(rule: &Condition, origin: &Origin, found: &mut Diagnostics) {
    let is_null = |it: &Diagnostic| it.detail.ends_with(NULL_ARGUMENT);
    if !found.iter().any(is_null) {
        return;
    }
    for expr in [&rule.condition, &rule.error_message] {
        let calls = expr.nodes().filter_map(|(_, node)| match node {
            Node::Call(call) => Some((call, call.function?)),
            _ => None,
        });
        for (call, function) in calls {
            for (index, argument) in call.args.iter().enumerate() {
                let Node::Reference(at) = expr.node(*argument) else { continue };
                let is_output = |it: &Traversal| it.root == "output" && it.steps.len() == 1;
                if !expr.traversals().get(*at as usize).is_some_and(is_output) {
                    continue;
                }
                let place = expr.origin(origin).locate(expr.span(*argument));
                let Some(ty) = function.param(index).map(|param| param.ty.to_type()) else { continue };
                let Err(error) = lang::convert(&Value::empty_object(), &ty) else { continue };
                for diagnostic in
                    found.iter_mut().filter(|it| is_null(it) && it.subject.as_ref() == Some(&place))
                {
                    diagnostic.detail = diagnostic.detail.replace(NULL_ARGUMENT, &format!(": {error}."));
                }
            }
        }
    }
}

const NULL_ARGUMENT: &str = ": argument must not be null.";

/// What is wrong with the assertions' references as they stand, in the grammar of modules, where an output or a run looks
/// like a resource.
pub(crate) fn unreadable_references(run: &Item<Run>, tool: Tool) -> Diagnostics {
    let exprs = run.asserts.iter().flat_map(|rule| [&rule.condition, &rule.error_message]);
    let read = |traversal| config::parse_reference_for(traversal, &run.origin, Grammar::Module, tool).err();
    exprs.flat_map(|expr| expr.traversals()).filter_map(read).collect()
}

/// Reports references to ephemeral resources, which are closed by now. Whether one of the module's own was among them.
fn asks_for_ephemeral(run: &Item<Run>, rule: &Condition, walk: &Walk<'_>, found: &mut Diagnostics) -> bool {
    let mut expired = Diagnostics::new();
    for traversal in rule.condition.traversals().iter().chain(rule.error_message.traversals()) {
        let Ok(reference) = config::parse_reference(traversal, &run.origin, Grammar::Test) else { continue };
        let Subject::Resource(addr, _) = &reference.subject else { continue };
        if addr.mode != ResourceMode::Ephemeral {
            continue;
        }
        let place = run.origin.locate(reference.span);
        let detail = "Ephemeral resources are closed when the test is finished, and are not available within the test \
                      context for assertions.";
        found.push(Diagnostic::error("Ephemeral resources cannot be asserted", detail).at(place.clone()));
        if walk.inputs.program.root().resources.contains_key(addr) {
            let detail = format!(
                "The remote object for {} is no longer available due to a renewal error, so Terraform cannot evaluate this \
                 expression.",
                reference.subject
            );
            expired.push(Diagnostic::error("Ephemeral resource instance has expired", detail).at(place));
        }
    }
    let any = !expired.is_empty();
    found.append(&mut expired);
    any
}
