//! Expressions outside of any run: what they come to in a module as it stands, or as it would be planned.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use config::Files;
use lang::{Expr, Value};
use provider::Providers;
use syntax::{Diagnostics, Origin, SmolStr};

use crate::host::{Cancel, Host};
use crate::input::VariableInput;
use crate::overrides::Overrides;
use crate::program::Program;
use crate::provider_instances::ProviderInstances;
use crate::state::State;
use crate::walk::{Inputs, Options, Phase, Sources, Walk};

/// A module and what it is evaluated with.
pub struct EvaluationRequest<'a> {
    pub program: &'a Program,
    /// Of the program's provider configurations.
    pub instances: &'a ProviderInstances,
    /// Values for the module's variables. One without a value is unknown.
    pub variables: &'a BTreeMap<SmolStr, VariableInput>,
    /// What exists.
    pub state: &'a State,
    /// Whether expressions see what a plan would make of the state, rather than the state itself.
    pub plan: bool,
    pub workspace: &'a str,
    pub providers: &'a Providers,
    /// Read again for messages that quote a place.
    pub files: &'a dyn Files,
}

/// A module whose names all have their values. Evaluating an expression does not change it.
pub struct Evaluation<'a> {
    walk: Walk<'a>,
}

impl<'a> Evaluation<'a> {
    /// Evaluates everything in the module once. What failed is unknown, and the diagnostics say why; the result is
    /// `None` where the module cannot be evaluated at all.
    pub fn new(
        request: &EvaluationRequest<'a>,
        host: &'a dyn Host,
        cancel: &'a Cancel,
    ) -> (Option<Evaluation<'a>>, Diagnostics) {
        static OPTIONS: Options = Options {
            refresh_only: false,
            before_destroy: false,
            skip_refresh: false,
            targets: Vec::new(),
            replace: Vec::new(),
            open_variables: true,
            open_providers: false,
        };
        static OVERRIDES: LazyLock<Overrides> = LazyLock::new(Overrides::default);
        let inputs = Inputs {
            overrides: &OVERRIDES,
            instances: request.instances,
            program: request.program,
            variables: request.variables,
            prior: request.state,
            options: &OPTIONS,
            run_name: "",
            workspace: request.workspace,
            dialect: request.program.root().dialect,
            plan_time: host.unix_time(),
            timed: false,
            providers: request.providers,
            test_providers: None,
            sources: Sources(request.files),
            host,
            cancel,
            pulse: &|| (),
            operations_at_once: 1,
        };
        let mut walk = Walk::new(inputs, if request.plan { Phase::Plan } else { Phase::Evaluate });
        walk.run();
        let found = std::mem::take(&mut walk.findings);
        let diagnostics = found.into_iter().map(|finding| finding.diagnostic).collect();
        let usable = request.program.refused.is_empty();
        (usable.then_some(Evaluation { walk }), diagnostics)
    }

    /// The value of an expression in the root module. `text` is what it was read from, as the only text of its file.
    pub fn evaluate(&self, expr: &Expr, text: &str, origin: &Origin, sink: &mut Diagnostics) -> Value {
        lang::evaluate(expr, origin, &self.walk.scope(0).with_text(&origin.file, text), sink)
    }

    /// The names of the root module that an expression can begin with, as they are written: `local.a`, `var.b`,
    /// `module.c`, `terraform_data.d`.
    pub fn names(&self) -> Vec<String> {
        let module = self.walk.inputs.program.root();
        let variables = module.variables.keys().map(|name| format!("var.{name}"));
        let locals = module.locals.keys().map(|name| format!("local.{name}"));
        let calls = module.calls.keys().map(|name| format!("module.{name}"));
        let resources = module.resources.keys().map(ToString::to_string);
        let fixed = ["path.cwd", "path.module", "path.root", "terraform.workspace"].map(String::from);
        variables.chain(locals).chain(calls).chain(resources).chain(fixed).collect()
    }
}
