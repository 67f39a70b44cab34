//! Input variables: their values, conversion to the declared type, and validation rules.

use config::{Place, Subject, Tool, Unsuitable, Variable};
use lang::{Cause, Expr, Marks, Scope as _, Type, Value};
use syntax::{Diagnostic, Diagnostics, FileName, Location, Origin, SmolStr, Span};

use super::{ExtraNames, Inputs, ModuleScope, Phase, Repetition, Walk};
use crate::checks::CheckStatus;
use crate::conditions::{self, Hidden, Verdict};
use crate::deprecation;
use crate::finding::{Checkable, CheckableObject, Finding};
use crate::given::{given_value, unsuitable_secret};
use crate::input::GivenValue;
use crate::lookup::Lookup;

impl Walk<'_> {
    pub(super) fn variable(&mut self, instance: usize, index: usize) {
        let value = match self.instances[instance].caller {
            None => self.root_variable(index),
            Some(caller) => self.argument(instance, caller, index),
        };
        let module = self.module_of(instance);
        let Some((_, variable)) = module.variables.get_index(index) else { return };
        self.instances[instance].variables[index] = value.map(|value| value.with_marks(variable.marks()));
    }

    fn root_variable(&mut self, index: usize) -> Option<Value> {
        let inputs = self.inputs;
        let (name, variable) = inputs.program.root().variables.get_index(index)?;
        if self.phase == Phase::Validate {
            return Some(Value::unknown(variable.ty.clone()));
        }
        let Some(given) = inputs.variables.get(name) else {
            if let Some(default) = &variable.default {
                return Some(default.clone());
            }
            if inputs.options.open_variables {
                return Some(Value::unknown(variable.ty.clone()));
            }
            let diagnostic = config::missing_variable(inputs.run_name, variable, inputs.dialect);
            self.findings.push(Finding::plain(diagnostic));
            return None;
        };
        let value = match &given.value {
            GivenValue::Value(value) => Some(value),
            GivenValue::Text(_) => None,
        };
        let warning = deprecation::root_variable(variable, &given.source, value, inputs.dialect);
        self.report(warning.into_iter().collect());
        let result = {
            let scope = NoNames { walk: self };
            given_value(variable, given, &scope, inputs.sources)
        };
        match result {
            Ok(value) => Some(value),
            Err(diagnostics) => {
                self.report(diagnostics);
                None
            }
        }
    }

    /// A child module's variable: the call's argument in the caller's scope.
    fn argument(&mut self, instance: usize, caller: usize, index: usize) -> Option<Value> {
        let program = self.inputs.program;
        let module = self.instances[instance].module;
        let (name, variable) = program.module(module).variables.get_index(index)?;
        let (_, call_index) = program.modules[module].caller?;
        let (_, call) = self.module_of(caller).calls.get_index(call_index)?;
        let Some(argument) = call.arguments.get(name) else {
            return variable.default.clone();
        };
        let mut sink = Diagnostics::new();
        let repetition = match self.phase {
            Phase::Validate => Repetition::wholly_unknown(),
            _ => self.instances[instance].repetition.clone(),
        };
        let value = {
            let scope = self.scope(caller).with_repetition(&repetition);
            lang::evaluate(&argument.value, &call.origin, &scope, &mut sink)
        };
        let failed = sink.iter().any(Diagnostic::is_error);
        self.report(sink);
        if failed {
            return None;
        }
        let at = argument.value.location(&call.origin);
        let value = self.not_deprecated(variable, value, &argument.value, &call.origin);
        if value.marks_deep().contains(Marks::EPHEMERAL) && !variable.ephemeral {
            let detail = "This input variable is not declared as accepting a ephemeral values, so it cannot be set to a \
                          result derived from an ephemeral value.";
            self.invalid_input("Ephemeral value not allowed", detail.to_owned(), at);
            return None;
        }
        let declared_at = self.inputs.sources.place(&variable.locate(variable.header));
        let address = &self.instances[instance].addr;
        match variable.accept(&value) {
            Ok(value) => Some(value),
            Err(Unsuitable::Null) => {
                let detail = format!(
                    "The given value is not suitable for {address}.var.{name} defined at {declared_at}: {}.",
                    config::NOT_NULL
                );
                self.invalid_input("Required variable not set", detail, at);
                None
            }
            Err(Unsuitable::Type(reason)) if variable.sensitive => {
                let detail = unsuitable_secret(
                    &format!("{address}.var.{name}"),
                    &reason,
                    &self.inputs.sources.place(&at),
                );
                self.invalid_input(
                    "Invalid value for input variable",
                    detail,
                    variable.locate(variable.header),
                );
                None
            }
            Err(Unsuitable::Type(reason)) => {
                let detail = format!(
                    "The given value is not suitable for {address}.var.{name} declared at {declared_at}: {reason}."
                );
                self.invalid_input("Invalid value for input variable", detail, at);
                None
            }
        }
    }

    /// Tells of an argument that sets what is deprecated, or is made of it.
    fn not_deprecated(&mut self, variable: &Variable, value: Value, expr: &Expr, origin: &Origin) -> Value {
        let Inputs { program, dialect, .. } = self.inputs;
        let mut sink = Diagnostics::new();
        sink.extend(deprecation::argument(variable, &value, expr.location(origin), dialect));
        let taken = program.deprecated.taken(value.clone(), expr, origin, &mut sink);
        self.report(sink);
        // What Terraform passes on stays what it is.
        if dialect.tool == Tool::OpenTofu { taken } else { value }
    }

    fn invalid_input(&mut self, summary: &str, detail: String, at: Location) {
        let diagnostic = Diagnostic::error(summary, detail).at(at).with_code("variable-value");
        self.findings.push(Finding::plain(diagnostic));
    }

    /// Checks a variable's value against its rules.
    pub(super) fn validation(&mut self, instance: usize, index: usize) {
        let module = self.module_of(instance);
        let Some((name, variable)) = module.variables.get_index(index) else { return };
        let Some(value) = self.instances[instance].variables[index].as_ref() else { return };
        let (value, marks) = value.unmark();
        let declared = if variable.sensitive { Marks::SENSITIVE } else { Marks::EMPTY };
        let value = value.with_marks(marks.without(declared));
        let at = self.value_place(instance, index);
        let check = Checkable {
            module: self.instances[instance].addr.clone(),
            object: CheckableObject::Variable(name.clone()),
        };
        let mut found = Vec::new();
        let mut results = Vec::new();
        // A rule sees its own variable as it was given: it is not sensitive by its declaration.
        let own = OwnVariable { name: name.clone(), value };
        let scope = self.scope(instance).with_extra(&own);
        if self.phase == Phase::Validate {
            // The names of all rules are looked up before any of them is evaluated.
            let exprs = variable.validations.iter().flat_map(|rule| [&rule.condition, &rule.error_message]);
            Lookup::new(exprs, &variable.origin, &scope, &mut found);
        }
        let rules = if found.is_empty() { &variable.validations[..] } else { &[] };
        for rule in rules {
            let declared = self.inputs.sources.place(&variable.locate(rule.header));
            results.push(validate(rule, &variable.origin, &scope, &at, &declared, &mut found));
        }
        for (status, message) in results {
            self.remember(&check, status, message);
        }
        self.findings
            .extend(found.into_iter().map(|diagnostic| Finding { diagnostic, check: Some(check.clone()) }));
    }

    /// What a message about a variable's value points at: where it was written. A default has a place in the root module
    /// alone, and so has every value that is not looked at yet.
    fn value_place(&self, instance: usize, index: usize) -> Location {
        let program = self.inputs.program;
        let id = self.instances[instance].module;
        let Some((name, variable)) = program.module(id).variables.get_index(index) else { return nowhere() };
        let Some(caller) = self.instances[instance].caller else {
            let given = self.inputs.variables.get(name).filter(|_| self.phase != Phase::Validate);
            let written = given.and_then(|given| given.source.location().cloned());
            return written.unwrap_or_else(|| variable.locate(variable.header));
        };
        let call = program.modules[id].caller.and_then(|(_, at)| self.module_of(caller).calls.get_index(at));
        let argument = call.and_then(|(_, call)| Some((call.arguments.get(name)?, &call.origin)));
        argument.map_or_else(nowhere, |(argument, origin)| argument.value.location(origin))
    }
}

/// The place of what is written nowhere, in a file without a name.
fn nowhere() -> Location {
    Location { file: FileName::new(""), span: Span::default() }
}

fn validate(
    rule: &config::Condition,
    origin: &Origin,
    scope: &ModuleScope<'_>,
    at: &Location,
    declared: &str,
    found: &mut Diagnostics,
) -> (CheckStatus, Option<String>) {
    let before = found.len();
    let (value, operands) = lang::evaluate_with_operands(&rule.condition, origin, scope, found);
    let (message, of_message) = lang::evaluate_with_operands(&rule.error_message, origin, scope, found);
    let broken = found[before..].iter().any(Diagnostic::is_error);
    let place = rule.condition.location(origin);
    let verdict = match broken && !value.is_known() {
        true => return (CheckStatus::Error, None),
        false => conditions::verdict(&value, "Invalid variable validation result", &place, found),
    };
    let status = verdict.status();
    if !matches!(verdict, Verdict::Fails) {
        return (if broken { CheckStatus::Error } else { status }, None);
    }
    let (message, marks) = message.unmark_deep();
    if !message.is_known() {
        let why = "expression refers to values that won't be known until the apply phase";
        let operands = of_message.shown(Cause::Unknown);
        found.push(conditions::unsuitable(&rule.error_message, origin, why, operands));
        return (CheckStatus::Error, None);
    }
    let (mut problem, mut said) = (None, None);
    let tool = scope.dialect().tool;
    let at_message = || rule.error_message.location(origin);
    let text = match lang::convert(&message, &Type::String) {
        _ if message.is_null() => NO_MESSAGE.to_owned(),
        Err(error) => {
            let why = error.to_string();
            let operands = of_message.shown(Cause::Other);
            problem = Some(conditions::unsuitable(&rule.error_message, origin, &why, operands));
            NO_MESSAGE.to_owned()
        }
        Ok(_) if marks.contains(Marks::SENSITIVE) => {
            problem = Some(Hidden::Sensitive.error(tool, at_message(), &of_message.shown(Cause::Other)));
            "The error message included a sensitive value, so it will not be displayed.".to_owned()
        }
        Ok(_) if marks.contains(Marks::EPHEMERAL) => {
            problem = Some(Hidden::Ephemeral.error(tool, at_message(), &of_message.shown(Cause::Other)));
            "The error message included a sensitive value, so it will not be displayed.".to_owned()
        }
        Ok(text) => match text.as_str().unwrap_or_default().trim() {
            "" => NO_MESSAGE.to_owned(),
            text => {
                said = Some(text.to_owned());
                text.to_owned()
            }
        },
    };
    let detail = format!("{text}\n\nThis was checked by the validation rule at {declared}.");
    let mut diagnostic = Diagnostic::error("Invalid value for variable", detail).at(at.clone());
    diagnostic.operands = operands.shown(Cause::Other);
    found.push(diagnostic);
    found.extend(problem);
    (status, said)
}

const NO_MESSAGE: &str = "Failed to evaluate condition error message.";

/// The variable that a validation rule belongs to.
struct OwnVariable {
    name: SmolStr,
    value: Value,
}

impl ExtraNames for OwnVariable {
    fn place(&self) -> Place<'_> {
        Place::Module
    }

    fn value(&self, subject: &Subject) -> Option<Value> {
        match subject {
            Subject::Variable(name) if *name == self.name => Some(self.value.clone()),
            _ => None,
        }
    }
}

/// The scope of outside texts: functions, but no names.
struct NoNames<'w> {
    walk: &'w Walk<'w>,
}

impl lang::Scope for NoNames<'_> {
    fn resolve(
        &self,
        traversal: &lang::Traversal,
        origin: &Origin,
        sink: &mut Diagnostics,
    ) -> Option<lang::Resolved> {
        let detail = "Variables may not be used here.";
        sink.push(Diagnostic::error("Variables not allowed", detail).at(origin.locate(traversal.root_span)));
        None
    }

    fn files(&self) -> &dyn lang::functions::FileReader {
        self.walk.inputs.host.files()
    }
}
