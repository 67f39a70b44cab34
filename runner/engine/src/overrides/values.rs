//! The values of mocks and overrides: constants, and from Terraform 1.15 on calls of functions.

use ::provider::Replacement;
use config::{Command, Mock, Override, TestFile, Tool};
use lang::functions::{FileReader, Function};
use lang::{Dialect, Expr, Resolved, Scope, Traversal, Value};
use syntax::{Diagnostic, Diagnostics, Location, Origin, Span};

use super::in_plan;
use crate::host::{Cancel, Host};

/// Evaluates the values of one file.
pub(super) struct Evaluator<'a> {
    pub file: &'a TestFile,
    pub host: &'a dyn Host,
    pub cancel: &'a Cancel,
}

impl Evaluator<'_> {
    /// The values of an override. `during` is what the block around it says.
    pub fn replacement(
        &self,
        over: &Override,
        during: Option<Command>,
        origin: &Origin,
        sink: &mut Diagnostics,
    ) -> Replacement {
        let values = match &over.values {
            Some(expr) => self.value(expr, origin, sink),
            None => Some(Value::empty_object()),
        };
        if values.as_ref().is_some_and(|values| !values.ty().is_object()) {
            // Terraform calls the values of a resource so, too.
            let name = over.kind.block_name();
            let detail = format!("{name} blocks must specify an outputs attribute that is an object.");
            let place = origin.locate(over.values_argument.unwrap_or(over.header));
            let error = Diagnostic::error("Invalid outputs attribute", detail);
            sink.push(error.at(place).with_code("invalid-override-values"));
        }
        self.made(values, in_plan(over.during, during), origin, over.header)
    }

    /// The values that a mock gives to every object of a type.
    pub fn defaults(
        &self,
        mock: &Mock,
        during: Option<Command>,
        origin: &Origin,
        sink: &mut Diagnostics,
    ) -> Replacement {
        let values = mock.defaults.as_ref().and_then(|expr| self.value(expr, origin, sink));
        let place = mock.defaults_argument.unwrap_or(mock.header);
        self.made(values, in_plan(mock.during, during), origin, place)
    }

    fn made(&self, values: Option<Value>, in_plan: bool, origin: &Origin, place: Span) -> Replacement {
        Replacement { values, in_plan, place: origin.locate(place), sources: self.file.sources.clone() }
    }

    /// `None` after an error.
    fn value(&self, expr: &Expr, origin: &Origin, sink: &mut Diagnostics) -> Option<Value> {
        let before = sink.len();
        let value = lang::evaluate(expr, origin, self, sink);
        let failed = sink.get(before..).is_some_and(|found| found.iter().any(Diagnostic::is_error));
        // What a function marks is of no importance: the values go where a provider's would.
        (!failed).then(|| value.unmark_deep().0)
    }
}

/// There are functions and no names. Before functions could be called, nothing but constants gets here.
impl Scope for Evaluator<'_> {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        let name = traversal.root.as_str();
        if matches!(name, "var" | "run") && self.dialect().tool == Tool::Terraform {
            // Both are there, with nothing in them.
            return Some(Resolved { value: Value::empty_object(), consumed: 0 });
        }
        let hint = config::did_you_mean(name, ["run", "var"]);
        let detail = format!("There is no variable named {}.{hint}", lang::quote(name));
        let error = Diagnostic::error("Unknown variable", detail);
        sink.push(error.at(origin.locate(traversal.root_span)).with_code("reference-not-allowed"));
        None
    }

    fn files(&self) -> &dyn FileReader {
        self.host.files()
    }

    fn pure(&self) -> bool {
        false
    }

    fn dialect(&self) -> Dialect {
        self.file.dialect
    }

    fn offers(&self, function: &Function, name: &str) -> bool {
        config::offers_in_variables(function, name, self.dialect())
    }

    fn describe_unknown_function(&self, name: &str) -> (&'static str, String) {
        config::describe_unknown_in_variables(name, self.dialect())
    }

    fn interrupted(&self) -> bool {
        self.cancel.is_cancelled()
    }

    fn unix_time(&self) -> i64 {
        self.host.unix_time()
    }

    fn random(&self, buffer: &mut [u8]) {
        self.host.fill_random(buffer);
    }

    fn place(&self, location: &Location) -> String {
        self.file.sources.range(location)
    }
}
