//! Function calls: arguments, HCL's checks around the call, and the functions that see expressions.

use std::collections::BTreeMap;
use std::sync::Arc;

use syntax::{Diagnostics, FileName, FunctionCall, LineIndex, Location, Origin, Span};

use super::Evaluator;
use crate::expr::{CallNode, Node, NodeId, lower_template};
use crate::functions::{self, Call, Effects, FileReader, Function, FunctionError, Limits, Templates};
use crate::scope::{Resolved, Scope};
use crate::{Traversal, Type, Value, convert};

/// A call's argument: its value and the span that errors about it point at.
struct Argument {
    node: NodeId,
    start: Span,
    value: Value,
    /// It is an element of the last argument, `list...`; no expression stands for it alone.
    expanded: bool,
}

/// Why a list of arguments could not be expanded.
enum Reported {
    /// It is not a list, which the last diagnostic says.
    Here,
    /// It has no value, or none that is known; whatever there is to say has been said.
    Below,
}

impl Evaluator<'_> {
    pub(super) fn call(&mut self, id: NodeId, call: &CallNode) -> Value {
        let Some(function) = call.function.filter(|function| self.scope.offers(function, &call.name)) else {
            return self.unknown_function(id, call);
        };
        match function.name {
            "try" => return self.try_call(id, call, function),
            "can" => return self.can_call(id, call, function),
            _ => {}
        }
        let Some(arguments) = self.arguments(id, call, function) else { return Value::dynamic() };
        let refusal = match self.scope.refuses(function) {
            Some(reason) => Some(FunctionError::Call(reason)),
            None if function.name == "templatestring" => self.refuse_inline_template(&arguments),
            None => None,
        };
        if let Some(error) = refusal {
            self.call_failed(id, call, function, &arguments, &error);
            return Value::dynamic();
        }
        let values: Vec<Value> = arguments.iter().map(|argument| argument.value.clone()).collect();
        let scope = self.scope;
        let mut templates = TemplateEvaluator { scope };
        let mut effects = ScopeEffects { scope };
        let mut context = Call {
            files: scope.files(),
            templates: &mut templates,
            effects: (!scope.pure()).then_some(&mut effects),
            limits: scope.limits(),
        };
        match functions::call(function, &values, &mut context) {
            Ok(value) => value,
            Err(error) => {
                self.call_failed(id, call, function, &arguments, &error);
                Value::dynamic()
            }
        }
    }

    /// What `templatestring` renders must come from elsewhere.
    fn refuse_inline_template(&self, arguments: &[Argument]) -> Option<FunctionError> {
        let dynamic = "templatestring is only for rendering templates retrieved dynamically from elsewhere";
        let reason = match self.expr.node(arguments.first()?.node) {
            Node::Reference(_) | Node::Local { .. } => return None,
            Node::Wrap(_) => format!(
                "{dynamic}; to treat the inner expression as template syntax, write the reference expression directly \
                 without any template interpolation syntax"
            ),
            Node::Template(_) => format!(
                "{dynamic}; to render an inline template, consider using a plain template string expression"
            ),
            Node::Literal(value) if value.as_str().is_some() => format!(
                "{dynamic}, and so does not support providing a literal template; consider using a template string \
                 expression instead"
            ),
            _ => "must be a direct reference to a single string from elsewhere, containing valid Terraform template \
                  syntax"
                .to_owned(),
        };
        Some(FunctionError::Argument { index: 0, message: format!("invalid template expression: {reason}") })
    }

    fn unknown_function(&mut self, id: NodeId, call: &CallNode) -> Value {
        let (summary, detail) = self.scope.describe_unknown_function(&call.name);
        self.error(id, summary, detail, call.name_span, self.span(id));
        Value::dynamic()
    }

    /// Evaluates the arguments, expands a final `...`, and checks their number and types.
    fn arguments(&mut self, id: NodeId, call: &CallNode, function: &Function) -> Option<Vec<Argument>> {
        let whole = self.span(id);
        let mut failed = false;
        let mut arguments = Vec::with_capacity(call.args.len());
        let (plain, expanded) = match (call.expand_final, call.args.split_last()) {
            (true, Some((last, plain))) => (plain, Some(*last)),
            _ => (&*call.args, None),
        };
        let mut expansion = Vec::new();
        if let Some(last) = expanded {
            match self.expand(id, last) {
                Ok(elements) => expansion = elements,
                Err(Reported::Here) => {
                    self.name_function(call, function);
                    return None;
                }
                Err(Reported::Below) => return None,
            }
        }
        if let Some((summary, detail)) = functions::check_arity(function, plain.len() + expansion.len()) {
            let extra = plain.get(function.params.len()).map(|node| self.start_span(*node));
            let subject = match summary {
                "Too many function arguments" => extra.or(expanded.map(|node| self.span(node))),
                _ => Some(call.close),
            };
            self.error(id, summary, detail, subject.unwrap_or(whole), whole);
            self.name_function(call, function);
            return None;
        }
        for node in plain {
            let (value, argument_failed) = self.eval_checked(*node);
            failed |= argument_failed;
            arguments.push(Argument { node: *node, start: self.start_span(*node), value, expanded: false });
        }
        arguments.extend(expansion);
        for (index, argument) in arguments.iter_mut().enumerate() {
            let Some(param) = function.param(index) else { continue };
            match convert(&argument.value, &param.ty.to_type()) {
                Ok(value) => argument.value = value,
                Err(error) => {
                    let detail = format!("Invalid value for \"{}\" parameter: {error}.", param.name);
                    self.error(argument.node, "Invalid function argument", detail, argument.start, whole);
                    self.drop_operands(argument.expanded);
                    self.name_function(call, function);
                    failed = true;
                }
            }
        }
        (!failed).then_some(arguments)
    }

    /// The elements of a final argument `list...`.
    fn expand(&mut self, id: NodeId, last: NodeId) -> Result<Vec<Argument>, Reported> {
        const SUMMARY: &str = "Invalid expanding argument value";
        let (value, failed) = self.eval_checked(last);
        if failed {
            return Err(Reported::Below);
        }
        let (at, whole) = (self.span(last), self.span(id));
        match value.ty() {
            Type::Dynamic if !value.is_null() => return Err(Reported::Below),
            Type::Tuple(_) | Type::List(_) | Type::Set(_) if !value.is_null() => {}
            Type::Tuple(_) | Type::List(_) | Type::Set(_) | Type::Dynamic => {
                let detail = "The expanding argument (indicated by ...) must not be null.";
                self.error(id, SUMMARY, detail, at, whole);
                return Err(Reported::Here);
            }
            _ => {
                let detail =
                    "The expanding argument (indicated by ...) must be of a tuple, list, or set type.";
                self.error(id, SUMMARY, detail, at, whole);
                return Err(Reported::Here);
            }
        }
        let (value, marks) = value.unmark();
        let Some(elements) = value.elements() else { return Err(Reported::Below) };
        let element = |(_, value): (_, Value)| Argument {
            node: last,
            start: at,
            value: value.with_marks(marks),
            expanded: true,
        };
        Ok(elements.map(element).collect())
    }

    /// Shows no values with the diagnostic that was reported last.
    fn drop_operands(&mut self, whether: bool) {
        if let Some(diagnostic) = self.sink.last_mut().filter(|_| whether) {
            diagnostic.operands.clear();
        }
    }

    fn call_failed(
        &mut self,
        id: NodeId,
        call: &CallNode,
        function: &Function,
        arguments: &[Argument],
        error: &FunctionError,
    ) {
        let (summary, detail) = functions::describe_error(function, &call.name, error);
        let argument = match error {
            FunctionError::Argument { index, .. } => arguments.get(*index),
            FunctionError::Call(_) => None,
        };
        let (node, subject) = match argument {
            Some(argument) => (argument.node, argument.start),
            None => (id, self.start_span(id)),
        };
        self.error(node, summary, detail, subject, self.span(id));
        self.drop_operands(argument.is_some_and(|argument| argument.expanded));
        self.name_function(call, function);
    }

    /// Adds `while calling f(a, b)` to the diagnostic that was reported last.
    fn name_function(&mut self, call: &CallNode, function: &Function) {
        let mut parameters: Vec<String> = function.params.iter().map(|param| param.name.to_owned()).collect();
        parameters.extend(function.variadic.as_ref().map(|param| format!("{}...", param.name)));
        if let Some(diagnostic) = self.sink.last_mut() {
            diagnostic.function_call = Some(FunctionCall { name: call.name.to_string(), parameters });
        }
    }

    /// `try(a, b, …)`: the first argument that evaluates without an error.
    fn try_call(&mut self, id: NodeId, call: &CallNode, function: &Function) -> Value {
        if let Some((summary, detail)) = functions::check_arity(function, call.args.len()) {
            self.error(id, summary, detail, call.close, self.span(id));
            self.name_function(call, function);
            return Value::dynamic();
        }
        if call.args.is_empty() {
            let detail = "Call to function \"try\" failed: at least one argument is required.";
            self.error(id, "Error in function call", detail, self.start_span(id), self.span(id));
            self.name_function(call, function);
            return Value::dynamic();
        }
        let mut failures = String::new();
        for arg in &call.args {
            let (value, diagnostics) = self.eval_apart(*arg);
            if !diagnostics.iter().any(syntax::Diagnostic::is_error) {
                if !value.is_wholly_known() {
                    // It may still fail when it is known.
                    return Value::dynamic();
                }
                self.sink.extend(diagnostics);
                return value;
            }
            for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.is_error()) {
                let place = diagnostic.subject.as_ref().map(|subject| self.scope.place(subject));
                match place {
                    Some(place) => failures.push_str(&format!("- {} (at {place})\n", diagnostic.summary)),
                    None => failures.push_str(&format!("- {}\n", diagnostic.summary)),
                }
                failures.push_str(&format!("  {}\n", diagnostic.detail));
            }
        }
        let detail = format!(
            "Call to function \"try\" failed: no expression succeeded:\n{failures}\nAt least one expression must \
             produce a successful result."
        );
        self.error(id, "Error in function call", detail, self.start_span(id), self.span(id));
        self.name_function(call, function);
        Value::dynamic()
    }

    /// `can(a)`: whether the argument evaluates without an error.
    fn can_call(&mut self, id: NodeId, call: &CallNode, function: &Function) -> Value {
        if let Some((summary, detail)) = functions::check_arity(function, call.args.len()) {
            let extra = call.args.get(1).map(|node| self.start_span(*node));
            let subject = if call.args.is_empty() { call.close } else { extra.unwrap_or(call.close) };
            self.error(id, summary, detail, subject, self.span(id));
            self.name_function(call, function);
            return Value::unknown(Type::Bool);
        }
        let Some(arg) = call.args.first() else { return Value::unknown(Type::Bool) };
        let (value, diagnostics) = self.eval_apart(*arg);
        if diagnostics.iter().any(syntax::Diagnostic::is_error) {
            return false.into();
        }
        // What is not known yet may still fail when it is.
        if value.is_wholly_known() { true.into() } else { Value::unknown(Type::Bool) }
    }
}

/// Lets functions that change reach the clock and the random numbers of the scope.
struct ScopeEffects<'a> {
    scope: &'a dyn Scope,
}

impl Effects for ScopeEffects<'_> {
    fn unix_time(&mut self) -> i64 {
        self.scope.unix_time()
    }

    fn random(&mut self, buffer: &mut [u8]) {
        self.scope.random(buffer);
    }
}

/// Evaluates templates for `templatefile` and `templatestring`.
struct TemplateEvaluator<'a> {
    scope: &'a dyn Scope,
}

impl Templates for TemplateEvaluator<'_> {
    fn eval_template(
        &mut self,
        name: &str,
        text: &str,
        vars: BTreeMap<Arc<str>, Value>,
    ) -> Result<Value, FunctionError> {
        let file = FileName::new(name);
        let parse = syntax::parse_template(&file, text);
        if let Some(message) = failure(&parse.diagnostics, text) {
            return Err(FunctionError::Call(message));
        }
        let span = Span::new(0, u32::try_from(text.len()).unwrap_or(u32::MAX));
        let expr = lower_template(&parse.tree, span);
        for traversal in expr.traversals() {
            if !vars.contains_key(traversal.root.as_str()) {
                let place = place_in(text, name, traversal.root_span);
                let name = crate::quote(&traversal.root);
                let message = format!("vars map does not contain key {name}, referenced at {place}");
                return Err(FunctionError::Argument { index: 1, message });
            }
        }
        let scope = TemplateScope { vars: &vars, outer: self.scope };
        let mut sink = Diagnostics::new();
        let value = super::evaluate(&expr, &Origin::new(file, 0), &scope, &mut sink);
        match failure(&sink, text) {
            Some(message) => Err(FunctionError::Call(message)),
            None => Ok(value),
        }
    }
}

/// The names a template sees: its variables, and every function but the ones that read templates.
struct TemplateScope<'a> {
    vars: &'a BTreeMap<Arc<str>, Value>,
    outer: &'a dyn Scope,
}

impl Scope for TemplateScope<'_> {
    fn resolve(&self, traversal: &Traversal, _origin: &Origin, _sink: &mut Diagnostics) -> Option<Resolved> {
        // Every root was checked before the evaluation began.
        let value = self.vars.get(traversal.root.as_str()).cloned().unwrap_or_else(Value::dynamic);
        Some(Resolved { value, consumed: 0 })
    }

    fn files(&self) -> &dyn FileReader {
        self.outer.files()
    }

    fn pure(&self) -> bool {
        self.outer.pure()
    }

    fn limits(&self) -> &Limits {
        self.outer.limits()
    }

    fn unix_time(&self) -> i64 {
        self.outer.unix_time()
    }

    fn random(&self, buffer: &mut [u8]) {
        self.outer.random(buffer);
    }

    fn refuses(&self, function: &Function) -> Option<String> {
        let name = function.name;
        matches!(name, "templatefile" | "templatestring")
            .then(|| format!("cannot recursively call {name} from inside another template function"))
    }
}

/// The first error as Go prints an HCL diagnostic, with the number of those that follow.
fn failure(diagnostics: &Diagnostics, text: &str) -> Option<String> {
    let mut errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    let first = errors.next()?;
    let place = match &first.subject {
        Some(Location { file, span }) => place_in(text, file.as_str(), *span),
        None => "<unknown>".to_owned(),
    };
    let mut message = format!("{place}: {}; {}", first.summary, first.detail);
    match errors.count() {
        0 => {}
        more => message.push_str(&format!(", and {more} other diagnostic(s)")),
    }
    Some(message)
}

/// `file:1,3-8` as Go prints an HCL range.
pub fn place_in(text: &str, file: &str, span: Span) -> String {
    LineIndex::new(text).hcl_range(text, &FileName::new(file), span)
}
