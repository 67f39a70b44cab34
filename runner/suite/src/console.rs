//! Expressions of a person at a prompt or of a script, evaluated in the root module of a directory.
//!
//! [`ConsoleModule`] is loaded once, [`Console`] holds the values of its names, and every line is answered from them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use config::{FactsCache, Files, load_module};
use engine::{
    Cancel, Evaluation, EvaluationRequest, GivenValue, Host, InstancesRequest, Program, ProviderInstances,
    State, Unset, VariableInput, VariableSource,
};
use lang::functions::FileReader;
use lang::{Dialect, Marks, Value, View, lower_in};
use provider::Providers;
use syntax::{Diagnostic, Diagnostics, FileName, Origin, SmolStr, TokenKind};

use crate::outside::{Given, Outside};
use crate::request::Request;
use crate::state_file;

/// The name of what is typed, as messages call it.
pub const CONSOLE_INPUT: &str = "<console-input>";

/// What to evaluate expressions in.
pub struct ConsoleRequest<'a> {
    /// The directory, its variables and its workspace; nothing of it is run.
    pub request: &'a Request,
    /// Whether expressions see what a plan would make of the state.
    pub plan: bool,
    /// The state file; by default the one of the workspace.
    pub state: Option<&'a str>,
}

/// A loaded module with the values of its variables and what its state file says.
pub struct ConsoleModule {
    program: Program,
    variables: BTreeMap<SmolStr, VariableInput>,
    state: State,
    providers: Providers,
    plan: bool,
    workspace: SmolStr,
    instances: OnceLock<ProviderInstances>,
}

/// What a line comes to.
#[derive(Clone, PartialEq, Debug)]
pub enum Answer {
    /// An empty line.
    Nothing,
    /// `exit`.
    Exit,
    /// `help`.
    Help,
    /// What the expression is, or the type that it asked for.
    Value(Value),
    Errors(Diagnostics),
}

impl ConsoleModule {
    /// Loads the module. `None` after errors that leave nothing to evaluate in: in the configuration, in a variable
    /// file, in a given value or in the state file.
    pub fn load(
        wanted: &ConsoleRequest<'_>,
        files: &dyn Files,
        reader: &dyn FileReader,
    ) -> (Option<ConsoleModule>, Diagnostics) {
        let mut found = Diagnostics::new();
        let request = wanted.request;
        let cache = FactsCache::new();
        let choice = request.dialects.of_module(files, &request.directory, &cache);
        let tree = load_module(files, &request.directory, choice, &cache);
        found.extend(tree.all_diagnostics());
        if found.iter().any(Diagnostic::is_error) {
            return (None, found);
        }
        let program = Program::new(&tree);
        let outside = Outside::of_module(request, files, &mut found);
        let variables = variables(&program, &outside, reader, &mut found);
        undeclared(&program, &outside, &mut found);
        let providers = request.providers.clone();
        let state = state_file::load(wanted.state, request, files, &providers, &mut found);
        if found.iter().any(Diagnostic::is_error) {
            return (None, found);
        }
        let (plan, workspace) = (wanted.plan, request.workspace.clone());
        let instances = OnceLock::new();
        (Some(ConsoleModule { program, variables, state, providers, plan, workspace, instances }), found)
    }

    /// Evaluates everything in the module once, and says what is wrong with it. `None` when it cannot be evaluated.
    pub fn open<'a>(
        &'a self,
        files: &'a dyn Files,
        host: &'a dyn Host,
        cancel: &'a Cancel,
    ) -> (Option<Console<'a>>, Diagnostics) {
        let mut found = Diagnostics::new();
        let instances = self.instances.get_or_init(|| {
            let request = InstancesRequest {
                program: &self.program,
                variables: &self.variables,
                unset: Unset::Unknown,
                path: &[],
                workspace: &self.workspace,
                files,
            };
            let (instances, of_instances) = ProviderInstances::new(&request, host, cancel);
            found = of_instances;
            instances
        });
        let request = EvaluationRequest {
            program: &self.program,
            instances,
            variables: &self.variables,
            state: &self.state,
            plan: self.plan,
            workspace: &self.workspace,
            providers: &self.providers,
            files,
        };
        let (evaluation, of_values) = Evaluation::new(&request, host, cancel);
        found.extend(of_values);
        let (dialect, file) = (self.program.root().dialect, FileName::new(CONSOLE_INPUT));
        (evaluation.map(|evaluation| Console { evaluation, dialect, file }), found)
    }
}

/// The values of a module's names, ready for expressions.
pub struct Console<'a> {
    evaluation: Evaluation<'a>,
    dialect: Dialect,
    file: FileName,
}

impl Console<'_> {
    /// Answers one line, or what was typed in several. What is no UTF-8 in it is an error; `exit` and `help` are words
    /// of the console, everything else is an expression.
    pub fn line(&self, line: &[u8]) -> Answer {
        // Places count from the first character that is no blank, as the line is shown.
        let trimmed = line.trim_ascii();
        let line = if trimmed.contains(&b'\n') { line } else { trimmed };
        let decoded = syntax::decode(&self.file, line);
        match decoded.tree.trim() {
            _ if !decoded.diagnostics.is_empty() => Answer::Errors(decoded.diagnostics),
            "" => Answer::Nothing,
            "exit" => Answer::Exit,
            "help" => Answer::Help,
            // The marker that ends a heredoc needs the line's end after it.
            text if text.contains('\n') => self.expression(&decoded.tree),
            text => self.expression(text),
        }
    }

    /// Whether what was typed so far goes on: a bracket, a template or a heredoc in it is still open.
    pub fn is_open(&self, typed: &[u8]) -> bool {
        let text = syntax::decode(&self.file, typed).tree;
        let depth = syntax::tokens(&text).iter().fold(0_i64, |depth, token| depth + nesting(token.kind));
        depth > 0
    }

    /// Evaluates an expression.
    pub fn expression(&self, text: &str) -> Answer {
        let parse = syntax::parse_expression(&self.file, text);
        if parse.diagnostics.iter().any(Diagnostic::is_error) {
            return Answer::Errors(parse.diagnostics);
        }
        let lowered = lower_in(&parse.tree, self.dialect);
        let mut found = Diagnostics::new();
        let origin = Origin::new(self.file.clone(), 0);
        let value = self.evaluation.evaluate(&lowered, text, &origin, &mut found);
        if found.iter().any(Diagnostic::is_error) {
            return Answer::Errors(found);
        }
        if !value.marks_deep().contains(Marks::TYPE) {
            return Answer::Value(value);
        }
        // A type is an answer where it is the whole one. Everything that was made from it is none.
        match value.view() {
            View::Type(_) => Answer::Value(value.unmark().0),
            _ => {
                let detail = "The console-only \"type\" function cannot be used as part of an expression.";
                let wrong = Diagnostic::error("Invalid use of type function", detail);
                Answer::Errors([wrong].into_iter().collect())
            }
        }
    }

    /// The names that an expression can begin with, for completion.
    pub fn names(&self) -> Vec<String> {
        self.evaluation.names()
    }
}

/// What a token opens or closes that may go on over lines.
fn nesting(kind: TokenKind) -> i64 {
    match kind {
        TokenKind::OpenBrace
        | TokenKind::OpenBracket
        | TokenKind::OpenParen
        | TokenKind::OpenHeredoc
        | TokenKind::OpenInterpolation
        | TokenKind::OpenDirective => 1,
        TokenKind::CloseBrace
        | TokenKind::CloseBracket
        | TokenKind::CloseParen
        | TokenKind::CloseHeredoc
        | TokenKind::CloseSequence => -1,
        _ => 0,
    }
}

/// The values that are given for the module's variables. A variable whose value cannot be read and that has no default
/// has no value either, which Terraform says as well.
fn variables(
    program: &Program,
    outside: &Outside,
    reader: &dyn FileReader,
    found: &mut Diagnostics,
) -> BTreeMap<SmolStr, VariableInput> {
    let mut values = BTreeMap::new();
    for (name, given) in outside.values() {
        let Some(variable) = program.root().variables.get(name) else { continue };
        let mut wrong = Diagnostics::new();
        let value = given.value(name, Some(&**variable), reader, &mut wrong);
        if wrong.iter().any(Diagnostic::is_error) && variable.default.is_none() {
            let detail = format!(
                "The root module input variable {} is not set, and has no default value. Use a -var or -var-file \
                 command line argument to provide a value for this variable.",
                lang::quote(name)
            );
            let missing = Diagnostic::error("No value for required variable", detail);
            wrong.push(missing.at(variable.locate(variable.header)).with_code("missing-variable"));
        }
        found.extend(wrong);
        let source = given.source();
        values.insert(name.clone(), VariableInput { value: GivenValue::Value(value), source });
    }
    values
}

/// What is said about values for variables that the module does not declare: an error on the command line, a warning
/// in a file, of which Terraform shows two, and nothing in the environment.
fn undeclared(program: &Program, outside: &Outside, found: &mut Diagnostics) {
    const SHOWN: usize = 2;
    let mut in_files = 0;
    let declared = &program.root().variables;
    let strangers = outside.values().filter(|(name, _)| !declared.contains_key(*name));
    for (name, given) in strangers {
        let name = lang::quote(name);
        match (given.source(), given) {
            (VariableSource::CommandLine, _) => {
                let detail = format!(
                    "A variable named {name} was assigned on the command line, but the root module does not declare a \
                     variable of that name. To use this value, add a \"variable\" block to the configuration."
                );
                found.push(Diagnostic::error("Value for undeclared variable", detail));
            }
            (VariableSource::File(place), Given::Expression { .. }) => {
                in_files += 1;
                if in_files > SHOWN {
                    continue;
                }
                let detail = format!(
                    "The root module does not declare a variable named {name} but a value was found in file {}. If you \
                     meant to use this value, add a \"variable\" block to the configuration.\n\nTo silence these \
                     warnings, use TF_VAR_... environment variables to provide certain \"global\" settings to all \
                     configurations in your organization. To reduce the verbosity of these warnings, use the \
                     -compact-warnings option.",
                    lang::quote(place.file.as_str())
                );
                found.push(
                    Diagnostic::warning("Value for undeclared variable", detail)
                        .with_code("undeclared-variable"),
                );
            }
            _ => {}
        }
    }
    if in_files > SHOWN {
        let detail = format!(
            "In addition to the other similar warnings shown, {} other variable(s) defined without being declared.",
            in_files - SHOWN
        );
        found.push(Diagnostic::warning("Values for undeclared variables", detail));
    }
}
