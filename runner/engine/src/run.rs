//! One run block: validate, plan, apply, check what was expected, assert.

use std::collections::BTreeMap;

use config::{
    Command, Dialect, Feature, Files, Item, PlanMode, PlanOptions, ResourceInstance, Run, TestFile,
    TestNames, Tool,
};
use lang::{Scope, Value};
use provider::Providers;
use syntax::{Diagnostic, Diagnostics, Origin, SmolStr};

use crate::asserts::{self, AssertNames};
use crate::change::Action;
use crate::expected::{self, Expected, Settled};
use crate::finding::{CheckableObject, Finding};
use crate::host::{Cancel, Host, Pulse};
use crate::input::{GivenValue, RunValues};
use crate::overrides::{FileMocks, Lingering, Overrides, Shared};
use crate::planned::{self, Plan};
use crate::program::Program;
use crate::provider_instances::ProviderInstances;
use crate::refusal;
use crate::schedule::Schedule;
use crate::state::State;
use crate::status::{AssertOutcome, Status};
use crate::timings::{Stopwatch, Timings};
use crate::validation::validate;
use crate::walk::{Inputs, Options, Phase, Sources, Target, TestProviders, Walk};

/// A run block and everything it is executed with.
pub struct RunRequest<'a> {
    /// The module under test, or the run's own.
    pub program: &'a Program,
    /// Of the program's provider configurations.
    pub instances: &'a ProviderInstances,
    pub file: &'a TestFile,
    /// The run's index in the file.
    pub run: usize,
    /// Evaluates the run's variables. It is asked once, when nothing is wrong with the run and its module whatever the values
    /// are.
    pub values: &'a dyn Fn() -> RunValues,
    /// The state that the run starts from.
    pub state: &'a State,
    /// The outputs of the file's finished runs, each an object.
    pub finished_runs: &'a BTreeMap<SmolStr, Value>,
    pub workspace: &'a str,
    pub providers: &'a Providers,
    /// What the file's provider blocks may refer to: variables of the file and from outside, and finished runs.
    pub test_names: &'a dyn Scope,
    /// The values of the file's mock providers, where they have been evaluated for the file.
    pub mocks: &'a FileMocks,
    /// What earlier runs have left overridden in the module.
    pub lingering: &'a Lingering,
    /// Read again for messages that quote a place.
    pub files: &'a dyn Files,
    pub pulse: Pulse<'a>,
    /// How many operations of the run wait for something outside at once.
    pub operations_at_once: usize,
    /// Called before an apply with what it is going to create.
    pub creates: &'a dyn Fn(Vec<ResourceInstance>),
    /// Whether the plan of a plan run is wanted, and diagnostics that were expected.
    pub verbose: bool,
    /// Whether [`Timings::slowest`] is wanted.
    pub timed: bool,
}

impl<'a> RunRequest<'a> {
    fn test_providers(&self, run: &'a Item<Run>) -> TestProviders<'a> {
        TestProviders { file: self.file, run, names: self.test_names }
    }
}

/// What became of a run.
#[derive(Clone, Debug)]
pub struct RunOutcome {
    pub status: Status,
    pub diagnostics: Diagnostics,
    /// What exists now; after a plan, what existed before.
    pub state: State,
    /// All outputs of the root module as an object, for `run.NAME`, also after a failure.
    pub outputs: Value,
    /// One per assertion that was evaluated.
    pub asserts: Vec<AssertOutcome>,
    /// Whether something was applied, with whatever success: then the run is the one that wrote the state last.
    pub applied: bool,
    /// Whether the run came as far as its assertions: nothing before them failed that was not expected to.
    pub reached_asserts: bool,
    /// The plan of a plan run that reached its assertions, where it was asked for.
    pub plan: Option<Plan>,
    /// What stays overridden in the module.
    pub lingering: Lingering,
    pub timings: Timings,
}

/// Executes a run block. Never fails: whatever goes wrong is in the outcome.
pub fn run_block(request: &RunRequest<'_>, host: &dyn Host, cancel: &Cancel) -> RunOutcome {
    let mut nothing = RunOutcome {
        status: Status::Error,
        diagnostics: Diagnostics::new(),
        state: request.state.clone(),
        outputs: Value::empty_object(),
        asserts: Vec::new(),
        applied: false,
        reached_asserts: false,
        plan: None,
        lingering: request.lingering.clone(),
        timings: Timings::default(),
    };
    let mut timings = Timings::default();
    let mut watch = Stopwatch::start(host);
    let Some(run) = &request.file.runs.get(request.run) else { return nothing };
    let dialect = request.file.dialect;
    let mut diagnostics = Diagnostics::new();
    let mut expected = block(request.file, run, &mut diagnostics);
    let shared = Shared { mocks: request.mocks, lingering: request.lingering };
    let mut of_overrides = Diagnostics::new();
    let overrides =
        Overrides::new(request.test_providers(run), request.program, shared, host, cancel, &mut of_overrides);
    nothing.lingering = overrides.lingering(run);
    // Where overrides have no functions, they are only looked at when they are used.
    if dialect.tool == Tool::OpenTofu || dialect.has(Feature::FunctionsInMocks) {
        diagnostics.append(&mut of_overrides);
    }
    if diagnostics.iter().any(Diagnostic::is_error) {
        return RunOutcome { diagnostics, ..nothing };
    }

    let (none, no_options) = (BTreeMap::new(), Options::default());
    let inputs = Inputs {
        overrides: &overrides,
        instances: request.instances,
        program: request.program,
        variables: &none,
        prior: request.state,
        options: &no_options,
        run_name: &run.name,
        workspace: request.workspace,
        providers: request.providers,
        test_providers: Some(request.test_providers(run)),
        sources: Sources(request.files),
        host,
        cancel,
        pulse: request.pulse,
        operations_at_once: request.operations_at_once,
        dialect,
        plan_time: host.unix_time(),
        timed: request.timed,
    };
    diagnostics.extend(validate(inputs));
    timings.validate = watch.lap();
    if diagnostics.iter().any(Diagnostic::is_error) {
        return RunOutcome { diagnostics, timings, ..nothing };
    }
    let Some(Prepared { values, options, mut refused }) = prepare(request, run, &mut diagnostics) else {
        return RunOutcome { diagnostics, timings, ..nothing };
    };
    refused.append(&mut of_overrides);
    let inputs = Inputs { variables: &values.given, options: &options, ..inputs };
    watch.lap();
    let planned =
        carry_out(inputs, run.command, refused, &expected, request.creates, &mut diagnostics, &mut timings);
    let (walk, findings) = match planned {
        Ok(done) => done,
        Err(outputs) => return RunOutcome { diagnostics, outputs, timings, ..nothing },
    };
    watch.lap();
    let errored = findings.iter().any(|found| found.diagnostic.is_error());
    let shown = (request.verbose && dialect.has(Feature::VerboseShowsExpected))
        .then(|| findings.iter().map(|found| found.diagnostic.clone()).collect::<Diagnostics>());
    let Settled { left, errors, missing } = expected::settle(findings, &mut expected);
    diagnostics.extend(shown.unwrap_or(left));

    let outputs = walk.outputs();
    // Where the steps of an apply wait for each other, none is taken, and the state is what it was.
    let applied = run.command == Command::Apply && !walk.stuck;
    let mut state = if walk.stuck { request.state.clone() } else { walk.state.clone() };
    if applied {
        state.set_outputs(walk.kept_outputs());
    }
    let fails = run.command == Command::Apply && dialect.has(Feature::MissingFailureFails);
    let mut status = match (errors, missing) {
        (true, _) => Status::Error,
        (false, true) => {
            if fails {
                Status::Fail
            } else {
                Status::Error
            }
        }
        (false, false) => Status::Pass,
    };
    let mut outcomes = Vec::new();
    let mut plan = None;
    let reached_asserts = match status {
        Status::Fail => dialect.has(Feature::AssertsAfterMissingFailure),
        status => status == Status::Pass,
    };
    if reached_asserts {
        if request.verbose && run.command == Command::Plan {
            plan = Some(planned::gather(&walk, errored));
        }
        let test_variables = values.seen.clone().unwrap_or_else(|| test_variables(request, &values));
        let external = |name: &str| test_variables.contains_key(name);
        let names = AssertNames {
            outputs: &outputs,
            finished_runs: request.finished_runs,
            test_variables: &test_variables,
            test: TestNames { file: request.file, run: Some(request.run), external: &external, asked: None },
        };
        let (verdict, asserts) = asserts::evaluate(run, &walk, &names, &mut diagnostics);
        status = status.merge(verdict);
        outcomes = asserts;
    }
    let outputs = object(&outputs);
    timings.asserts = watch.lap();
    RunOutcome {
        status,
        diagnostics,
        state,
        outputs,
        asserts: outcomes,
        applied,
        reached_asserts,
        plan,
        lingering: nothing.lingering,
        timings,
    }
}

/// What is wrong with a run block whatever the values of variables are, before the module that it executes is looked at.
pub fn check_block(file: &TestFile, run: &Item<Run>) -> Diagnostics {
    let mut found = Diagnostics::new();
    block(file, run, &mut found);
    found
}

fn block(file: &TestFile, run: &Item<Run>, sink: &mut Diagnostics) -> Vec<Expected> {
    let expected = expected::parse(&run.expect_failures, &run.origin, file.dialect.tool, sink);
    // Where runs are checked before the first begins, all of it is told together.
    if file.dialect.has(Feature::RunGraph) || !sink.iter().any(Diagnostic::is_error) {
        sink.extend(config::missing_providers(file, run));
    }
    expected
}

/// What a run is planned with.
struct Prepared {
    values: RunValues,
    options: Options,
    /// Why there is no plan.
    refused: Diagnostics,
}

/// Reads what the assertions refer to, evaluates the variables, and reads the plan's options: in this order, because what
/// is wrong with one hides what is wrong with the next. OpenTofu tells all of it together, as what is wrong with the plan.
fn prepare(request: &RunRequest<'_>, run: &Item<Run>, diagnostics: &mut Diagnostics) -> Option<Prepared> {
    let dialect = request.file.dialect;
    let mut refused = Diagnostics::new();
    // Later versions leave the references to the assertions.
    if !dialect.has(Feature::RunGraph) {
        refused.extend(asserts::unreadable_references(run, dialect.tool));
    }
    let is_over =
        |found: &[Diagnostic]| dialect.tool == Tool::Terraform && found.iter().any(Diagnostic::is_error);
    if is_over(&refused) {
        diagnostics.append(&mut refused);
        return None;
    }
    let mut values = (request.values)();
    refused.append(&mut values.diagnostics);
    if is_over(&refused) {
        diagnostics.append(&mut refused);
        return None;
    }
    if dialect.tool == Tool::Terraform {
        diagnostics.append(&mut refused);
    }
    let options = options(&run.plan_options, &run.origin, &mut refused);
    Some(Prepared { values, options, refused })
}

/// Plans, and for an apply run applies. What the deciding walk found comes with it; when planning keeps the apply from
/// happening, that is explained in `diagnostics` and only the planned outputs are left. Nothing is planned where `refused`
/// has errors.
fn carry_out<'a>(
    inputs: Inputs<'a>,
    command: Command,
    mut refused: Diagnostics,
    expected: &[Expected],
    creates: &dyn Fn(Vec<ResourceInstance>),
    diagnostics: &mut Diagnostics,
    timings: &mut Timings,
) -> Result<(Walk<'a>, Vec<Finding>), Value> {
    let mut watch = Stopwatch::start(inputs.host);
    let targeted = !inputs.options.targets.is_empty();
    let mut plan = Walk::new(inputs, Phase::Plan);
    if !refused.iter().any(Diagnostic::is_error) {
        let replaces = !inputs.options.replace.is_empty();
        refused.extend((inputs.options.refresh_only && replaces).then(config::refused_replacement));
    }
    if !refused.iter().any(Diagnostic::is_error) {
        plan.run();
        if targeted {
            refused.push(Diagnostic::warning("Resource targeting is in effect", targeting(inputs.dialect)));
        }
    }
    timings.plan = watch.lap();
    timings.slowest = std::mem::take(&mut plan.slowest);
    let mut findings = std::mem::take(&mut plan.findings);
    findings.extend(refused.into_iter().map(Finding::plain));
    if command == Command::Plan {
        return Ok((plan, findings));
    }
    if findings.iter().any(|found| found.diagnostic.is_error()) {
        diagnostics.extend(expected::explain_plan(findings, expected, inputs.dialect));
        return Err(object(&plan.outputs()));
    }
    // Checks are made again after apply; what they said of the plan is dropped.
    let warnings = findings.into_iter().filter(|found| !is_check(found)).map(|found| found.diagnostic);
    diagnostics.extend(warnings);
    let refusal = refusal::of_apply(&plan);
    if !refusal.is_empty() {
        diagnostics.extend(refusal);
        // Such an apply is one that failed, and nothing of what was expected has happened in it.
        diagnostics.extend(expected::unmet(expected));
        return Err(object(&plan.outputs()));
    }
    // Where nothing is changed, what the plan has seen is the result.
    let planned_results = inputs.options.refresh_only.then(|| plan.check_results());
    let mut apply = Walk::applying(plan);
    let created = apply.changes.iter().filter(|(_, change)| change.action == Action::Create);
    creates(created.map(|(addr, _)| addr).collect());
    let schedule = Schedule::new(inputs.program, &apply.changes, &apply.state, |_| true);
    apply.apply(&schedule);
    timings.apply = watch.lap();
    timings.slowest = std::mem::take(&mut apply.slowest);
    apply.state.set_check_results(planned_results.unwrap_or_else(|| apply.check_results()));
    if inputs.options.refresh_only {
        apply.let_go_of_missing();
    }
    let mut findings = std::mem::take(&mut apply.findings);
    if targeted {
        let warning = Diagnostic::warning("Applied changes may be incomplete", incomplete(inputs.dialect));
        findings.push(Finding::plain(warning));
    }
    Ok((apply, findings))
}

fn is_check(found: &Finding) -> bool {
    found.check.as_ref().is_some_and(|check| matches!(check.object, CheckableObject::Check(_)))
}

fn object(outputs: &BTreeMap<SmolStr, Value>) -> Value {
    crate::walk::object(outputs.iter().map(|(name, value)| (name.as_str(), value.clone())))
}

/// Given values that the module does not declare: visible to the assertions as `var.name`.
fn test_variables(request: &RunRequest<'_>, values: &RunValues) -> BTreeMap<SmolStr, Value> {
    let declared = &request.program.root().variables;
    values
        .given
        .iter()
        .filter(|(name, _)| !declared.contains_key(*name))
        .filter_map(|(name, input)| match &input.value {
            GivenValue::Value(value) => Some((name.clone(), value.clone())),
            GivenValue::Text(_) => None,
        })
        .collect()
}

fn options(options: &PlanOptions, origin: &Origin, sink: &mut Diagnostics) -> Options {
    let mut out = Options {
        refresh_only: options.mode == PlanMode::RefreshOnly,
        skip_refresh: !options.refresh,
        ..Options::default()
    };
    for expr in &options.target {
        match config::plan_target(expr, origin) {
            Ok(target) => out.targets.push(Target { module: target.module, resource: target.resource }),
            Err(diagnostic) => sink.push(diagnostic),
        }
    }
    for expr in &options.replace {
        match config::replaced_resource(expr, origin) {
            Ok(resource) => out.replace.push(resource),
            Err(diagnostic) => sink.push(diagnostic),
        }
    }
    out
}

fn targeting(dialect: Dialect) -> String {
    let (options, are) = match dialect.has(Feature::Exclude) {
        true => ("either the -target option or the -exclude option", "-target and -exclude options are"),
        false => ("the -target option", "-target option is"),
    };
    format!(
        "You are creating a plan with {options}, which means that the result of this plan may not represent all of the \
         changes requested by the current configuration.\n\nThe {are} not for routine use, {}",
        exceptional(dialect)
    )
}

fn incomplete(dialect: Dialect) -> String {
    let (options, are) = match dialect.has(Feature::Exclude) {
        true => ("-target or the -exclude option", "-target and -exclude options are"),
        false => ("-target option", "-target option is"),
    };
    // OpenTofu leaves a tab in the empty line.
    let between = if dialect.tool == Tool::OpenTofu { "\n\t\n" } else { "\n\n" };
    format!(
        "The plan was created with the {options} in effect, so some changes requested in the configuration may have been \
         ignored and the output values may not be fully updated. Run the following command to verify that no other changes \
         are pending:\n    {} plan{between}Note that the {are} not suitable for routine use, {}",
        dialect.tool.command(),
        exceptional(dialect)
    )
}

/// When the options are of use.
fn exceptional(dialect: Dialect) -> String {
    let are = if dialect.has(Feature::Exclude) { "are" } else { "is" };
    format!(
        "and {are} provided only for exceptional situations such as recovering from errors or mistakes, or when {} \
         specifically suggests to use it as part of an error message.",
        dialect.tool
    )
}
