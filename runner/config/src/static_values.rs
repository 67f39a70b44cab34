//! Values that are there when modules are loaded, before anything is planned: of variables, of locals made of them, paths
//! and the workspace. Where modules come from may be made of them (OpenTofu from 1.8; Terraform from 1.15, which lets only
//! variables that are `const` be known), and what OpenTofu repeats provider configurations for is.
//!
//! The rules and their words are OpenTofu's, 1.8 to 1.12. Of Terraform's variables nothing is wrong here: what is not known
//! yet has an unknown value. How values come from outside is for [`Early`] to know.

use std::cell::RefCell;

use lang::functions::{FileReader, Function};
use lang::{Dialect, Expr, Resolved, Scope, Traversal, Type, Value};
use rustc_hash::FxHashMap;
use syntax::{Diagnostic, Diagnostics, Location, Origin, SmolStr};

use crate::calls::{
    asks_machine, calls_any, describe_unknown_in_variables, offers_in_variables, provider_function,
};
use crate::dialect::Tool;
use crate::early::Early;
use crate::item::Item;
use crate::module::{Module, ModuleCall, Variable};
use crate::reference::{Grammar, Reference, Subject, parse_reference, parse_reference_for};
use crate::suggest::did_you_mean;
use crate::suitable::{NOT_NULL, Unsuitable};

/// A module, and the calls that lead to it.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    pub module: &'a Module,
    /// The calling module and its call; nothing for the root module.
    pub caller: Option<(&'a Frame<'a>, &'a Item<ModuleCall>)>,
}

impl<'a> Frame<'a> {
    fn callers(&self) -> impl Iterator<Item = (&'a Frame<'a>, &'a Item<ModuleCall>)> {
        std::iter::successors(self.caller, |(frame, _)| frame.caller)
    }

    fn depth(&self) -> usize {
        self.callers().count()
    }

    fn root(&self) -> &'a Module {
        self.callers().last().map_or(self.module, |(frame, _)| frame.module)
    }

    /// A name with the module that it stands in.
    pub fn name(&self, path: &[SmolStr], name: &str) -> String {
        let mut calls: Vec<String> =
            self.callers().map(|(_, call)| format!("module.{}", call.name)).collect();
        calls.reverse();
        let path: Vec<String> = path.iter().map(|call| format!("module.{call}")).chain(calls).collect();
        if path.is_empty() { name.to_owned() } else { format!("{}:{name}", path.join(".")) }
    }
}

/// Something that is evaluated, and for whose sake.
pub struct Asked<'s> {
    /// As messages call it.
    pub name: String,
    pub place: Location,
    pub by: Option<&'s Asked<'s>>,
}

/// The evaluation of one expression with everything that it is made of.
pub struct StaticValues<'a> {
    early: &'a dyn Early,
    /// By how deep the module lies in the calls. `None` where an error has been reported.
    known: RefCell<FxHashMap<(usize, Subject), Option<Value>>>,
}

/// What an expression sees, once everything that it names has been evaluated.
pub struct StaticScope<'s> {
    of: &'s StaticValues<'s>,
    depth: usize,
    dialect: Dialect,
    asked: &'s Asked<'s>,
}

impl<'a> StaticValues<'a> {
    pub fn new(early: &'a dyn Early) -> StaticValues<'a> {
        StaticValues { early, known: RefCell::default() }
    }

    /// The scope of an expression. `None` after errors: something that it names does not exist yet.
    pub fn scope<'s>(
        &'s self,
        frame: &Frame<'_>,
        expr: &Expr,
        origin: &Origin,
        asked: &'s Asked<'s>,
        sink: &mut Diagnostics,
    ) -> Option<StaticScope<'s>> {
        let before = sink.len();
        let origin = expr.origin(origin);
        let tool = frame.module.dialect.tool;
        let lenient = tool == Tool::Terraform;
        let mut references = Vec::new();
        for traversal in expr.traversals() {
            match parse_reference_for(traversal, origin, Grammar::Module, tool) {
                Ok(reference) => references.push(reference),
                // Said again where everything is checked.
                Err(_) if lenient => return None,
                Err(error) => sink.push(error),
            }
        }
        let place = |reference: &Reference| origin.locate(reference.span);
        for reference in references.iter().filter(|_| !lenient) {
            let what = match &reference.subject {
                Subject::Local(_) | Subject::Variable(_) | Subject::Path(_) | Subject::Terraform(_) => {
                    continue;
                }
                Subject::Module { output: Some(_), .. } => "Module output not supported in static context",
                _ => "Dynamic value in static context",
            };
            sink.push(self.misplaced(what, &reference.subject.to_string(), asked).at(place(reference)));
        }
        if sink.get(before..).is_some_and(|found| found.iter().any(Diagnostic::is_error)) {
            return None;
        }
        let mut complete = true;
        for reference in &references {
            let key = (frame.depth(), reference.subject.clone());
            let known = self.known.borrow().get(&key).cloned();
            let value = match known {
                Some(value) => value,
                None => {
                    let value =
                        syntax::with_stack(|| self.named(frame, reference, place(reference), asked, sink));
                    self.known.borrow_mut().insert(key, value.clone());
                    value
                }
            };
            complete &= value.is_some();
        }
        complete.then_some(StaticScope {
            of: self,
            depth: frame.depth(),
            dialect: frame.module.dialect,
            asked,
        })
    }

    fn misplaced(&self, summary: &str, what: &str, asked: &Asked<'_>) -> Diagnostic {
        let detail = format!("Unable to use {what} in static context, which is required by {}", asked.name);
        Diagnostic::error(summary, detail).with_code(CODE)
    }

    /// The value of an expression. `None` after errors.
    pub fn value(
        &self,
        frame: &Frame<'_>,
        expr: &Expr,
        origin: &Origin,
        asked: &Asked<'_>,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        let before = sink.len();
        let scope = self.scope(frame, expr, origin, asked, sink)?;
        if !self.early.reads_files() && calls_any(expr, asks_machine) {
            return Some(Value::dynamic());
        }
        let value = lang::evaluate(expr, origin, &scope, sink);
        let failed = sink.get(before..).is_some_and(|found| found.iter().any(Diagnostic::is_error));
        (!failed).then_some(value)
    }

    fn named(
        &self,
        frame: &Frame<'_>,
        reference: &Reference,
        place: Location,
        asked: &Asked<'_>,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        let declared = frame.module;
        let lenient = declared.dialect.tool == Tool::Terraform;
        match &reference.subject {
            Subject::Local(name) => {
                let Some(local) = declared.locals.get(name) else {
                    if lenient {
                        return Some(Value::dynamic());
                    }
                    sink.push(undefined("local", &format!("local.{name}")).at(place));
                    return None;
                };
                let name = frame.name(self.early.path(), &format!("local.{name}"));
                let own = Asked { name, place: local.locate(local.span), by: Some(asked) };
                if own.is_asked_already() {
                    if lenient {
                        return Some(Value::dynamic());
                    }
                    let detail = format!("{} is self referential", own.name);
                    sink.push(Diagnostic::error("Circular reference", detail).at(own.place).with_code(CODE));
                    return None;
                }
                let value = self.value(frame, &local.value, &local.origin, &own, sink);
                self.or_unavailable(frame, value, &own.name, asked, sink)
            }
            Subject::Variable(name) => {
                let Some(variable) = declared.variables.get(name) else {
                    if lenient {
                        return Some(Value::dynamic());
                    }
                    sink.push(undefined("variable", &format!("var.{name}")).at(place));
                    return None;
                };
                if lenient && variable.constant != Some(true) {
                    return Some(Value::unknown(variable.ty.clone()).with_marks(variable.marks()));
                }
                if variable.constant == Some(false) {
                    let detail = format!(
                        "The variable {} cannot be used in a static context, because it is declared as \"const = false\".",
                        lang::quote(name)
                    );
                    let error = Diagnostic::error("Unable to use variable in static context", detail);
                    sink.push(error.at(place).with_code(CODE));
                    return None;
                }
                let value = self.variable(frame, variable, sink);
                let value = self.or_unavailable(
                    frame,
                    value,
                    &frame.name(self.early.path(), &format!("var.{name}")),
                    asked,
                    sink,
                )?;
                self.accepted(frame, variable, &value, asked, sink)
            }
            Subject::Path(name) => Some(Value::string(match name.as_str() {
                "cwd" => match self.early.working_directory() {
                    Some(directory) => directory,
                    None => return Some(Value::unknown(Type::String)),
                },
                "root" => &frame.root().dir,
                "module" => &declared.dir,
                other => {
                    let hint = did_you_mean(other, ["cwd", "module", "root"]);
                    let quoted = lang::quote(other);
                    let detail =
                        format!("The \"path\" object does not have an attribute named {quoted}.{hint}");
                    sink.push(
                        Diagnostic::error("Invalid \"path\" attribute", detail).at(place).with_code(CODE),
                    );
                    return None;
                }
            })),
            Subject::Terraform(name) if name == "workspace" => Some(Value::string(self.early.workspace())),
            _ if lenient => Some(Value::dynamic()),
            Subject::Terraform(name) => {
                let (summary, detail) = match name.as_str() {
                    "applying" => (
                        "Invalid attribute in static context",
                        "The applying attribute can not be used during static evaluation and is only valid in the plan \
                         and apply phases of execution"
                            .to_owned(),
                    ),
                    name => (
                        "Invalid \"terraform\" attribute",
                        format!(
                            "The \"terraform\" object does not have an attribute named {}. The only supported attribute is \
                             terraform.workspace, the name of the currently-selected workspace.",
                            lang::quote(name)
                        ),
                    ),
                };
                sink.push(Diagnostic::error(summary, detail).at(place).with_code(CODE));
                None
            }
            _ => None,
        }
    }

    /// Adds to the errors about a value who would have needed it.
    fn or_unavailable(
        &self,
        frame: &Frame<'_>,
        value: Option<Value>,
        name: &str,
        asked: &Asked<'_>,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        if value.is_none() && frame.module.dialect.tool == Tool::OpenTofu {
            let detail = format!("{} depends on {name} which is not available", asked.name);
            let error = Diagnostic::error("Unable to compute static value", detail);
            sink.push(error.at(asked.place.clone()).with_code(CODE));
        }
        value
    }

    /// What was given for a variable, or its default.
    fn variable(
        &self,
        frame: &Frame<'_>,
        variable: &Item<Variable>,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        match frame.caller {
            Some((caller, call)) => self.argument((frame, caller), call, variable, sink),
            None => self.early.variable(variable, sink),
        }
    }

    /// What a call gives to a variable of its module.
    fn argument(
        &self,
        (frame, caller): (&Frame<'_>, &Frame<'_>),
        call: &Item<ModuleCall>,
        variable: &Item<Variable>,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        let Some(argument) = call.arguments.get(&variable.name) else {
            if variable.default.is_none() && frame.module.dialect.tool == Tool::Terraform {
                return Some(Value::dynamic());
            }
            if variable.default.is_none() {
                let error = Diagnostic::error("Missing required variable in module call", "");
                sink.push(error.at(call.locate(call.missing_item_span)).with_code(CODE));
            }
            return variable.default.clone();
        };
        let name = frame.name(self.early.path(), &format!("var.{}", variable.name));
        let own = Asked { name, place: call.locate(argument.span), by: None };
        let value = self.value(caller, &argument.value, &call.origin, &own, sink)?;
        if frame.module.dialect.tool == Tool::Terraform && !value.is_wholly_known() {
            let detail = "Only a constant value can be passed into a constant module variable.";
            let place = argument.value.location(&call.origin);
            sink.push(Diagnostic::error("Const variables must be known", detail).at(place).with_code(CODE));
            return None;
        }
        Some(value)
    }

    /// The value as the variable's declaration has it.
    fn accepted(
        &self,
        frame: &Frame<'_>,
        variable: &Item<Variable>,
        value: &Value,
        asked: &Asked<'_>,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        let header = variable.locate(variable.header);
        let name = format!("var.{}", variable.name);
        let declared = self.early.surroundings().place(&header);
        let error = match variable.accept(value) {
            Ok(value) => return Some(value.with_marks(variable.marks())),
            Err(Unsuitable::Type(reason)) => {
                let detail =
                    format!("The given value is not suitable for {name} declared at {declared}: {reason}.");
                Diagnostic::error("Invalid value for input variable", detail)
            }
            Err(Unsuitable::Null) => {
                let detail = format!(
                    "The given value is not suitable for {name} defined at {declared}: {}.",
                    NOT_NULL
                );
                Diagnostic::error("Required variable not set", detail).at(header)
            }
        };
        sink.push(error.with_code("variable-value"));
        self.or_unavailable(frame, None, &frame.name(self.early.path(), &name), asked, sink)
    }
}

pub(crate) const CODE: &str = "static-context";

impl Asked<'_> {
    /// Whether the value is asked for while it is evaluated.
    fn is_asked_already(&self) -> bool {
        std::iter::successors(self.by, |asked| asked.by).any(|asked| asked.name == self.name)
    }
}

fn undefined(kind: &str, name: &str) -> Diagnostic {
    Diagnostic::error(format!("Undefined {kind}"), format!("Undefined {kind} {name}")).with_code(CODE)
}

impl Scope for StaticScope<'_> {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, _: &mut Diagnostics) -> Option<Resolved> {
        // What is wrong with names has been said.
        let reference = parse_reference(traversal, origin, Grammar::Module).ok()?;
        let known = self.of.known.borrow();
        let value = known.get(&(self.depth, reference.subject))?.clone()?;
        Some(Resolved { value, consumed: reference.consumed })
    }

    fn files(&self) -> &dyn FileReader {
        self.of.early.surroundings().files()
    }

    /// Terraform loads modules as it plans, OpenTofu as it applies.
    fn pure(&self) -> bool {
        self.dialect.tool == Tool::Terraform
    }

    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn offers(&self, function: &Function, name: &str) -> bool {
        offers_in_variables(function, name, self.dialect())
    }

    fn describe_unknown_function(&self, name: &str) -> (&'static str, String) {
        if provider_function(name).is_some() {
            let error = self.of.misplaced("", name, self.asked);
            return ("Provider function in static context", error.detail);
        }
        describe_unknown_in_variables(name, self.dialect())
    }

    fn interrupted(&self) -> bool {
        self.of.early.surroundings().interrupted()
    }

    fn unix_time(&self) -> i64 {
        self.of.early.surroundings().unix_time()
    }

    fn random(&self, buffer: &mut [u8]) {
        self.of.early.surroundings().random(buffer);
    }

    fn place(&self, location: &Location) -> String {
        self.of.early.surroundings().place(location)
    }
}
