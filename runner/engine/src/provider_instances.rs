//! What provider configurations with `for_each` are repeated for. OpenTofu evaluates it when a module is loaded, from
//! what is known then: variables, locals, paths and the workspace.
//!
//! The rules and their words are OpenTofu's, 1.9 to 1.12.

use std::cell::RefCell;
use std::collections::BTreeMap;

use config::{Dialect, Files, Grammar, Item, ModuleCall, Reference, Subject, Tool, Unsuitable, Variable};
use lang::functions::{FileReader, Function};
use lang::{Expr, Resolved, Scope, Traversal, Value};
use rustc_hash::FxHashMap;
use syntax::{Diagnostic, Diagnostics, Location, Origin, SmolStr};

use crate::host::{Cancel, Host};
use crate::input::{GivenValue, VariableInput, parse_variable_text};
use crate::program::{ModuleId, Program};
use crate::walk::{Sources, UNKNOWN_EXPANSION, for_each};

/// For each of a program's provider blocks with `for_each`, `each.value` by `each.key`.
#[derive(Clone, Debug, Default)]
pub struct ProviderInstances(FxHashMap<(ModuleId, usize), BTreeMap<SmolStr, Value>>);

/// A module as it is loaded, with what is known then.
pub struct InstancesRequest<'a> {
    pub program: &'a Program,
    /// Values for the module's variables.
    pub variables: &'a BTreeMap<SmolStr, VariableInput>,
    /// What a variable is that has no value.
    pub unset: Unset,
    /// The names of what the program is loaded for, where that is a run.
    pub path: &'a [SmolStr],
    pub workspace: &'a str,
    /// Read again for messages that quote a place.
    pub files: &'a dyn Files,
}

/// What a variable is that has neither a value nor a default.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unset {
    /// One that would have to be asked for, which tests do not.
    Asked,
    /// One that is not known.
    Unknown,
    /// One that is not known yet, so that nothing is said of what depends on it.
    Open,
}

impl ProviderInstances {
    /// Evaluates all of them. Of one that is wrong, which is said, nothing is known.
    pub fn new(
        request: &InstancesRequest<'_>,
        host: &dyn Host,
        cancel: &Cancel,
    ) -> (ProviderInstances, Diagnostics) {
        let mut found = Diagnostics::new();
        let mut instances = ProviderInstances::default();
        for (id, module) in request.program.modules.iter().enumerate() {
            for (at, block) in module.tree.module.providers.iter().enumerate() {
                let Some(each) = &block.for_each else { continue };
                let of = Static { request, host, cancel, known: RefCell::default() };
                let alias = block.alias.as_deref().unwrap_or_default();
                let subject = of.name(id, &format!("provider.{}.{alias}.for_each", block.name));
                let asked = Asked { name: subject, place: each.location(&block.origin), by: None };
                let before = found.len();
                let Some(scope) = of.scope(id, each, &block.origin, &asked, &mut found) else { continue };
                let elements = for_each(each, &block.origin, None, None, &scope, &mut found);
                for unknown in found.iter_mut().skip(before).filter(|it| it.code == Some(UNKNOWN_EXPANSION)) {
                    UNKNOWN.clone_into(&mut unknown.detail);
                }
                if request.unset == Unset::Open && elements.is_none() && is_unknown(&found, before) {
                    found.truncate(before);
                }
                instances.0.extend(elements.map(|elements| ((id, at), elements)));
            }
        }
        (instances, found)
    }

    /// The value of an expression of the root module, which stands at `place` and belongs to `name`. `None` after errors.
    pub fn value(
        request: &InstancesRequest<'_>,
        (expr, origin): (&Expr, &Origin),
        name: String,
        host: &dyn Host,
        cancel: &Cancel,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        let of = Static { request, host, cancel, known: RefCell::default() };
        let asked = Asked { name, place: expr.location(origin), by: None };
        of.evaluate(0, expr, origin, &asked, sink)
    }

    /// What a block of a module is repeated for, by its index among the module's provider blocks.
    pub(crate) fn of_block(&self, module: ModuleId, block: usize) -> Option<&BTreeMap<SmolStr, Value>> {
        self.0.get(&(module, block))
    }
}

impl Program {
    /// Whether any of its provider configurations has `for_each`.
    pub fn repeats_providers(&self) -> bool {
        let mut blocks = self.modules.iter().flat_map(|module| &module.tree.module.providers);
        blocks.any(|block| block.for_each.is_some())
    }
}

fn is_unknown(found: &Diagnostics, before: usize) -> bool {
    let found = found.get(before..).unwrap_or_default();
    found.iter().all(|it| it.code == Some(UNKNOWN_EXPANSION))
}

const UNKNOWN: &str = "The \"for_each\" value includes keys or set values from resource attributes that cannot be \
    determined until apply, and so OpenTofu cannot determine what will identify the instances of this resource.\n\nWhen \
    working with unknown values in for_each, it's better to define the map keys statically in your configuration and place \
    apply-time results only in the map values.\n\nAlternatively, you could use the -target option to first apply only the \
    resources that for_each depends on, and then apply normally to converge.";

/// Something that is evaluated, and for whose sake.
struct Asked<'s> {
    /// As messages call it.
    name: String,
    place: Location,
    by: Option<&'s Asked<'s>>,
}

/// The evaluation of one expression with everything that it is made of.
struct Static<'a> {
    request: &'a InstancesRequest<'a>,
    host: &'a dyn Host,
    cancel: &'a Cancel,
    /// `None` where an error has been reported.
    known: RefCell<FxHashMap<(ModuleId, Subject), Option<Value>>>,
}

/// What an expression sees, once everything that it names has been evaluated.
struct StaticScope<'s> {
    of: &'s Static<'s>,
    module: ModuleId,
    asked: &'s Asked<'s>,
}

impl Static<'_> {
    /// A name with the module that it stands in.
    fn name(&self, module: ModuleId, name: &str) -> String {
        let path = self.request.path.iter().chain(&self.request.program.modules[module].path);
        let path: Vec<String> = path.map(|call| format!("module.{call}")).collect();
        if path.is_empty() { name.to_owned() } else { format!("{}:{name}", path.join(".")) }
    }

    /// The scope of an expression. `None` after errors: something that it names does not exist yet.
    fn scope<'s>(
        &'s self,
        module: ModuleId,
        expr: &Expr,
        origin: &Origin,
        asked: &'s Asked<'s>,
        sink: &mut Diagnostics,
    ) -> Option<StaticScope<'s>> {
        let before = sink.len();
        let origin = expr.origin(origin);
        let mut references = Vec::new();
        for traversal in expr.traversals() {
            match config::parse_reference_for(traversal, origin, Grammar::Module, Tool::OpenTofu) {
                Ok(reference) => references.push(reference),
                Err(error) => sink.push(error),
            }
        }
        let place = |reference: &Reference| origin.locate(reference.span);
        for reference in &references {
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
            let key = (module, reference.subject.clone());
            let known = self.known.borrow().get(&key).cloned();
            let value = match known {
                Some(value) => value,
                None => {
                    let value =
                        syntax::with_stack(|| self.value(module, reference, place(reference), asked, sink));
                    self.known.borrow_mut().insert(key, value.clone());
                    value
                }
            };
            complete &= value.is_some();
        }
        complete.then_some(StaticScope { of: self, module, asked })
    }

    fn misplaced(&self, summary: &str, what: &str, asked: &Asked<'_>) -> Diagnostic {
        let detail = format!("Unable to use {what} in static context, which is required by {}", asked.name);
        Diagnostic::error(summary, detail).with_code(CODE)
    }

    /// The value of an expression. `None` after errors.
    fn evaluate(
        &self,
        module: ModuleId,
        expr: &Expr,
        origin: &Origin,
        asked: &Asked<'_>,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        let before = sink.len();
        let scope = self.scope(module, expr, origin, asked, sink)?;
        let value = lang::evaluate(expr, origin, &scope, sink);
        let failed = sink.get(before..).is_some_and(|found| found.iter().any(Diagnostic::is_error));
        (!failed).then_some(value)
    }

    fn value(
        &self,
        module: ModuleId,
        reference: &Reference,
        place: Location,
        asked: &Asked<'_>,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        let declared = self.request.program.module(module);
        match &reference.subject {
            Subject::Local(name) => {
                let Some(local) = declared.locals.get(name) else {
                    sink.push(undefined("local", &format!("local.{name}")).at(place));
                    return None;
                };
                let name = self.name(module, &format!("local.{name}"));
                let own = Asked { name, place: local.locate(local.span), by: Some(asked) };
                if own.is_asked_already() {
                    let detail = format!("{} is self referential", own.name);
                    sink.push(Diagnostic::error("Circular reference", detail).at(own.place).with_code(CODE));
                    return None;
                }
                let value = self.evaluate(module, &local.value, &local.origin, &own, sink);
                self.or_unavailable(value, &own.name, asked, sink)
            }
            Subject::Variable(name) => {
                let Some(variable) = declared.variables.get(name) else {
                    sink.push(undefined("variable", &format!("var.{name}")).at(place));
                    return None;
                };
                if variable.constant == Some(false) {
                    let detail = format!(
                        "The variable {} cannot be used in a static context, because it is declared as \"const = false\".",
                        lang::quote(name)
                    );
                    let error = Diagnostic::error("Unable to use variable in static context", detail);
                    sink.push(error.at(place).with_code(CODE));
                    return None;
                }
                let value = self.variable(module, variable, sink);
                let value =
                    self.or_unavailable(value, &self.name(module, &format!("var.{name}")), asked, sink)?;
                self.accepted(module, variable, &value, asked, sink)
            }
            Subject::Path(name) => Some(Value::string(match name.as_str() {
                "cwd" => self.host.working_directory(),
                "root" => &self.request.program.root().dir,
                "module" => &declared.dir,
                other => {
                    let hint = config::did_you_mean(other, ["cwd", "module", "root"]);
                    let quoted = lang::quote(other);
                    let detail =
                        format!("The \"path\" object does not have an attribute named {quoted}.{hint}");
                    sink.push(
                        Diagnostic::error("Invalid \"path\" attribute", detail).at(place).with_code(CODE),
                    );
                    return None;
                }
            })),
            Subject::Terraform(name) if name == "workspace" => Some(Value::string(self.request.workspace)),
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
        value: Option<Value>,
        name: &str,
        asked: &Asked<'_>,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        if value.is_none() {
            let detail = format!("{} depends on {name} which is not available", asked.name);
            let error = Diagnostic::error("Unable to compute static value", detail);
            sink.push(error.at(asked.place.clone()).with_code(CODE));
        }
        value
    }

    /// What was given for a variable, or its default.
    fn variable(&self, module: ModuleId, variable: &Item<Variable>, sink: &mut Diagnostics) -> Option<Value> {
        let program = self.request.program;
        let given = program.modules[module].caller.and_then(|(caller, call)| {
            let (_, call) = program.module(caller).calls.get_index(call)?;
            Some((caller, call))
        });
        if let Some((caller, call)) = given {
            return self.argument(module, caller, call, variable, sink);
        }
        let Some(input) = self.request.variables.get(&variable.name) else {
            return match &variable.default {
                Some(default) => Some(default.clone()),
                None if self.request.unset != Unset::Asked => Some(Value::dynamic()),
                None => {
                    let summary =
                        format!("Failed to request input from user for variable var.{}", variable.name);
                    let error = Diagnostic::error(summary, "").at(variable.locate(variable.header));
                    sink.push(error.with_code(CODE));
                    None
                }
            };
        };
        match &input.value {
            GivenValue::Value(value) => Some(value.clone()),
            GivenValue::Text(text) => {
                let scope = Outside { files: self.host.files(), dialect: program.root().dialect };
                match parse_variable_text(&variable.name, text, Some(variable), &scope) {
                    Ok(value) => Some(value),
                    Err(found) => {
                        sink.extend(found);
                        None
                    }
                }
            }
        }
    }

    /// What a call gives to a variable of its module.
    fn argument(
        &self,
        module: ModuleId,
        caller: ModuleId,
        call: &Item<ModuleCall>,
        variable: &Item<Variable>,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        let Some(argument) = call.arguments.get(&variable.name) else {
            if variable.default.is_none() {
                let error = Diagnostic::error("Missing required variable in module call", "");
                sink.push(error.at(call.locate(call.missing_item_span)).with_code(CODE));
            }
            return variable.default.clone();
        };
        let name = self.name(module, &format!("var.{}", variable.name));
        let own = Asked { name, place: call.locate(argument.span), by: None };
        self.evaluate(caller, &argument.value, &call.origin, &own, sink)
    }

    /// The value as the variable's declaration has it.
    fn accepted(
        &self,
        module: ModuleId,
        variable: &Item<Variable>,
        value: &Value,
        asked: &Asked<'_>,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        let header = variable.locate(variable.header);
        let name = format!("var.{}", variable.name);
        let declared = Sources(self.request.files).place(&header);
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
                    config::NOT_NULL
                );
                Diagnostic::error("Required variable not set", detail).at(header)
            }
        };
        sink.push(error.with_code("variable-value"));
        self.or_unavailable(None, &self.name(module, &name), asked, sink)
    }
}

const CODE: &str = "static-context";

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
        let reference = config::parse_reference(traversal, origin, Grammar::Module).ok()?;
        let known = self.of.known.borrow();
        let value = known.get(&(self.module, reference.subject))?.clone()?;
        Some(Resolved { value, consumed: reference.consumed })
    }

    fn files(&self) -> &dyn FileReader {
        self.of.host.files()
    }

    fn pure(&self) -> bool {
        false
    }

    fn dialect(&self) -> Dialect {
        self.of.request.program.root().dialect
    }

    fn offers(&self, function: &Function, name: &str) -> bool {
        config::offers_in_variables(function, name, self.dialect())
    }

    fn describe_unknown_function(&self, name: &str) -> (&'static str, String) {
        if config::provider_function(name).is_some() {
            let error = self.of.misplaced("", name, self.asked);
            return ("Provider function in static context", error.detail);
        }
        config::describe_unknown_in_variables(name, self.dialect())
    }

    fn interrupted(&self) -> bool {
        self.of.cancel.is_cancelled()
    }

    fn unix_time(&self) -> i64 {
        self.of.host.unix_time()
    }

    fn random(&self, buffer: &mut [u8]) {
        self.of.host.fill_random(buffer);
    }

    fn place(&self, location: &Location) -> String {
        Sources(self.of.request.files).place(location)
    }
}

/// The scope of a text from outside: no names.
struct Outside<'a> {
    files: &'a dyn FileReader,
    dialect: Dialect,
}

impl Scope for Outside<'_> {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        sink.push(lang::variables_not_allowed(traversal, origin).with_code("variables-not-allowed"));
        None
    }

    fn files(&self) -> &dyn FileReader {
        self.files
    }

    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn allows_calls(&self) -> bool {
        false
    }
}
