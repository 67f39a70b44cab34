//! `run "name" { … }`.

use indexmap::IndexMap;
use syntax::Span;
use syntax::ast::{Attribute, Block, Expr};

use super::call::version_constraint;
use super::condition::condition;
use super::content::{BodySchema, block, content, optional};
use super::expression::{constant_bool, constant_string, is_unread, keyword, lower, reference_list};
use super::names::check_identifier;
use super::overrides::{check_duplicates, override_block};
use super::provider::passed_providers;
use super::sink::{PLACE, Sink};
use super::test_file::{skip_cleanup, variable_values};
use crate::dialect::{Dialect, Feature, Tool};
use crate::source::ModuleAddress;
use crate::test_file::{Command, ModuleSource, PlanMode, PlanOptions, Run};

const RUN: BodySchema = BodySchema {
    attributes: &[
        optional("command"),
        optional("providers"),
        optional("expect_failures"),
        optional("state_key").needs(Feature::StateKey),
        optional("parallel").needs(Feature::Parallel),
        optional("skip_cleanup").needs(Feature::SkipCleanup),
    ],
    blocks: &[
        block("plan_options", &[]),
        block("assert", &[]),
        block("variables", &[]),
        block("module", &[]),
        block("override_resource", &[]).needs(Feature::Overrides),
        block("override_data", &[]).needs(Feature::Overrides),
        block("override_module", &[]).needs(Feature::Overrides),
        block("backend", &["name"]).needs(Feature::RunBackend),
    ],
};

const PLAN_OPTIONS: BodySchema = BodySchema {
    attributes: &[optional("mode"), optional("refresh"), optional("replace"), optional("target")],
    blocks: &[],
};

const MODULE: BodySchema = BodySchema { attributes: &[optional("source"), optional("version")], blocks: &[] };

pub(super) fn run(block: &Block, dialect: Dialect, sink: &mut Sink) -> Option<Run> {
    let label = block.labels.first()?;
    let content = content(block, &RUN, sink);
    if dialect.has(Feature::RunIdentifiers) {
        check_identifier(label, "run block", sink);
    }

    let mut run = Run {
        name: label.text.clone(),
        name_span: label.span,
        header: block.header_span(),
        span: block.span,
        command: Command::default(),
        command_span: None,
        variables: IndexMap::new(),
        module: None,
        asserts: Vec::new(),
        expect_failures: Vec::new(),
        plan_options: PlanOptions::default(),
        overrides: Vec::new(),
        providers: None,
        passed_providers: Vec::new(),
        state_key: None,
        parallel: None,
        skip_cleanup: None,
        backend: None,
    };
    let mut first: IndexMap<&str, Span> = IndexMap::new();
    let label = lang::quote(&run.name);
    for nested in &content.blocks {
        let kind = nested.kind.text.as_str();
        match kind {
            "assert" => run.asserts.extend(condition(nested, sink)),
            "override_resource" | "override_data" | "override_module" => {
                run.overrides.extend(override_block(nested, dialect, sink));
            }
            "backend" => backend(nested, &label, &mut run.backend, sink),
            _ => {
                if let Some(previous) = first.get(kind) {
                    sink.error_with_previous(
                        "duplicate-block",
                        format!("Multiple {kind:?} blocks"),
                        format!("This run block already has a {kind} block defined at {PLACE}."),
                        nested.header_span(),
                        *previous,
                    );
                    continue;
                }
                match kind {
                    "plan_options" => run.plan_options = plan_options(nested, sink),
                    "variables" => {
                        for value in variable_values(&nested.body, sink) {
                            run.variables.entry(value.name.clone()).or_insert(value);
                        }
                    }
                    _ => run.module = module(nested, dialect, sink),
                }
                // As in Terraform, a module that is refused is no first one.
                if kind != "module" || run.module.is_some() {
                    first.insert(kind, nested.header_span());
                }
            }
        }
    }
    // OpenTofu finds them when the run begins.
    if dialect.tool == Tool::Terraform {
        check_duplicates(&run.overrides, sink);
    }
    if let Some(attribute) = content.attribute("command") {
        run.command = command(attribute, sink);
        run.command_span = Some(attribute.value.span);
    }
    if let Some(attribute) = content.attribute("expect_failures") {
        run.expect_failures = reference_list(&attribute.value, sink);
    }
    if let Some(attribute) = content.attribute("providers") {
        run.passed_providers = passed_providers(&attribute.value, sink);
        run.providers = Some(lower(&attribute.value, sink));
    }
    if let Some(attribute) = content.attribute("state_key") {
        run.state_key = constant_string(&attribute.value, sink)
            .filter(|key| !key.is_empty() || dialect.has(Feature::EmptyStateKey))
            .map(|key| (key, attribute.value.span));
    }
    if let Some(attribute) = content.attribute("parallel") {
        run.parallel = constant_bool(&attribute.value, sink);
    }
    if let Some(place) = run.backend.filter(|_| run.command == Command::Plan) {
        sink.error(
            INVALID_BACKEND,
            "Invalid backend block",
            "A backend block can only be used in the first apply run block for a given internal state file. It cannot be \
             included in a block to run a plan command.",
            place,
        );
    }
    if let Some(attribute) = content.attribute("skip_cleanup") {
        let skips = skip_cleanup(attribute, sink);
        run.skip_cleanup = Some((skips, attribute.name.span));
        if !skips && run.backend.is_some() {
            sink.error(
                INVALID_BACKEND,
                "Cannot use `skip_cleanup=false` in a run block that contains a backend block",
                "Backend blocks are used in tests to allow reuse of long-lived resources. Due to this, cleanup behavior is \
                 implicitly skipped and backend blocks are incompatible with setting `skip_cleanup=false`",
                attribute.name.span,
            );
        }
    }
    Some(run)
}

const INVALID_BACKEND: &str = "invalid-run-backend";

/// No stable release takes a `backend` in a run, and still says what else is wrong with it.
fn backend(nested: &Block, run: &str, first: &mut Option<Span>, sink: &mut Sink) {
    let header = nested.header_span();
    sink.error(
        "experimental",
        "Invalid block",
        "The backend block is only available within run blocks in experimental builds of Terraform.",
        header,
    );
    if nested.label(0) == Some("remote") {
        let detail = format!(
            "The \"remote\" backend type cannot be used in the backend block in run {run} at {PLACE}. Only state storage \
             backends can be used in a test run."
        );
        sink.error_with_previous(INVALID_BACKEND, "Invalid backend block", detail, header, header);
        return;
    }
    let Some(previous) = *first else {
        *first = Some(header);
        return;
    };
    let detail = format!("A backend block has already been defined inside the run {run} at {PLACE}.");
    sink.error_with_previous("duplicate-block", "Duplicate backend blocks", detail, header, previous);
}

fn command(attribute: &Attribute, sink: &mut Sink) -> Command {
    match keyword(&attribute.value) {
        Some("plan") => Command::Plan,
        Some("apply") => Command::Apply,
        _ => {
            if !is_unread(&attribute.value, sink) {
                sink.error(
                    "invalid-keyword",
                    "Invalid \"command\" keyword",
                    "The \"command\" argument requires one of the following keywords without quotes: apply or plan.",
                    attribute.value.span,
                );
            }
            Command::default()
        }
    }
}

fn plan_options(nested: &Block, sink: &mut Sink) -> PlanOptions {
    let content = content(nested, &PLAN_OPTIONS, sink);
    let mut options = PlanOptions { header: Some(nested.header_span()), ..PlanOptions::default() };
    if let Some(attribute) = content.attribute("mode") {
        match plan_mode(&attribute.value) {
            Some(mode) => options.mode = mode,
            None if is_unread(&attribute.value, sink) => {}
            None => sink.error(
                "invalid-keyword",
                "Invalid \"mode\" keyword",
                "The \"mode\" argument requires one of the following keywords without quotes: normal or refresh-only",
                attribute.value.span,
            ),
        }
    }
    if let Some(attribute) = content.attribute("refresh") {
        // What was refused counts as false.
        options.refresh = constant_bool(&attribute.value, sink).unwrap_or(attribute.value.is_missing());
        if !options.refresh && options.mode == PlanMode::RefreshOnly {
            sink.error(
                "incompatible-plan-options",
                "Incompatible plan options",
                "The \"refresh\" option cannot be set to false when running a test in \"refresh-only\" mode.",
                attribute.span,
            );
        }
    }
    if let Some(attribute) = content.attribute("target") {
        options.target = reference_list(&attribute.value, sink);
    }
    if let Some(attribute) = content.attribute("replace") {
        options.replace = reference_list(&attribute.value, sink);
    }
    options
}

fn plan_mode(expr: &Expr) -> Option<PlanMode> {
    match keyword(expr)? {
        "normal" => Some(PlanMode::Normal),
        "refresh-only" => Some(PlanMode::RefreshOnly),
        _ => None,
    }
}

fn module(nested: &Block, dialect: Dialect, sink: &mut Sink) -> Option<ModuleSource> {
    let content = content(nested, &MODULE, sink);
    let version = content.attribute("version").and_then(|attribute| {
        Some((version_constraint("version", &attribute.value, sink)?, attribute.value.span))
    });
    let Some(attribute) = content.attribute("source") else {
        if nested.close_brace.is_some() {
            sink.error(
                "missing-module-source",
                "Missing \"source\" attribute for module block",
                "You must specify a source attribute when executing alternate modules during test executions.",
                nested.header_span(),
            );
        }
        return None;
    };
    let text = constant_string(&attribute.value, sink)?;
    let address = ModuleAddress::parse(&text, content.attribute("version").is_some(), dialect.tool);
    if let Some((summary, detail)) = address.problem() {
        sink.error("invalid-module-source", summary, detail, attribute.span);
        return None;
    }
    if matches!(address, ModuleAddress::Remote(_)) && !dialect.has(Feature::RemoteRunModules) {
        sink.error(
            "invalid-module-source",
            "Invalid module source address",
            "Only local or registry module sources are currently supported from within test run blocks.",
            attribute.span,
        );
        return None;
    }
    Some(ModuleSource {
        source: text,
        source_span: attribute.value.span,
        source_argument: attribute.span,
        version,
        header: nested.header_span(),
    })
}
