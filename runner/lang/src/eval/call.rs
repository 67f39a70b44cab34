//! Function calls: arguments, HCL's checks around the call, and the functions that see expressions.

use syntax::{Diagnostic, FunctionCall, Span};

use super::text::TextEvaluator;
use super::{Cause, Evaluator};
use crate::Tool;
use crate::expr::{CallNode, Node, NodeId};
use crate::functions::{self, Call, Callee, Effects, Function, FunctionError, ProvidedFunction};
use crate::scope::Scope;
use crate::{Type, Value, convert};

/// What is said of a call where nothing may be called.
const NO_CALLS: (&str, &str) = ("Function calls not allowed", "Functions may not be called here.");

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

/// Calls a function of the language with values, as an expression in `scope` would. The number of arguments must fit.
///
/// # Errors
///
/// What is wrong with an argument or with the call.
pub fn call_function(
    function: &Function,
    arguments: &[Value],
    scope: &dyn Scope,
) -> Result<Value, FunctionError> {
    let mut templates = TextEvaluator { scope };
    let mut effects = ScopeEffects { scope };
    let mut context = Call {
        files: scope.files(),
        templates: &mut templates,
        effects: (!scope.pure()).then_some(&mut effects),
        plan_time: scope.plan_time(),
        dialect: scope.dialect(),
        limits: scope.limits(),
    };
    functions::call(function, arguments, &mut context)
}

impl Evaluator<'_> {
    pub(super) fn call(&mut self, id: NodeId, call: &CallNode) -> Value {
        if !self.scope.allows_calls() {
            return self.no_calls(id);
        }
        let Some(function) = call.function.filter(|function| self.scope.offers(function, &call.name)) else {
            return match self.scope.provided(&call.name) {
                Some(function) => self.provided_call(id, call, function),
                None => self.unknown_function(id, call),
            };
        };
        match function.name {
            "try" => return self.try_call(id, call, function),
            "can" => return self.can_call(id, call, function),
            _ => {}
        }
        let callee = Callee::Own(function);
        let Some(arguments) = self.arguments(id, call, callee) else { return Value::dynamic() };
        let refusal = match self.scope.refuses(function) {
            Some(reason) => Some(FunctionError::Call(reason)),
            None if function.name == "templatestring" && self.scope.dialect().tool == Tool::Terraform => {
                self.refuse_inline_template(&arguments)
            }
            None => None,
        };
        let result = match refusal {
            Some(error) => Err(error),
            None if function.name == "convert" => self.convert_call(&arguments),
            None => self.call_with_values(function, &arguments),
        };
        result.unwrap_or_else(|error| {
            self.call_failed(id, call, callee, &arguments, &error);
            Value::dynamic()
        })
    }

    /// A call of a provider's function.
    fn provided_call(&mut self, id: NodeId, call: &CallNode, function: &ProvidedFunction) -> Value {
        let callee = Callee::Provided(function);
        let Some(arguments) = self.arguments(id, call, callee) else { return Value::dynamic() };
        let values: Vec<Value> = arguments.iter().map(|argument| argument.value.clone()).collect();
        let scope = self.scope;
        function.call(&values, |values| scope.call_provided(&call.name, values)).unwrap_or_else(|error| {
            self.call_failed(id, call, callee, &arguments, &error);
            Value::unknown(function.returns.clone())
        })
    }

    fn call_with_values(&self, function: &Function, arguments: &[Argument]) -> Result<Value, FunctionError> {
        let values: Vec<Value> = arguments.iter().map(|argument| argument.value.clone()).collect();
        if !self.scope.affords(function, &values) {
            return Ok(Value::dynamic());
        }
        let result = call_function(function, &values, self.scope);
        if result.as_ref().is_err_and(FunctionError::is_beyond_limits) {
            self.scope.beyond_limits();
        }
        result
    }

    /// `convert(value, type)`: the type is no value that a function could be called with.
    fn convert_call(&self, arguments: &[Argument]) -> Result<Value, FunctionError> {
        let [value, ty] = arguments else { return Ok(Value::dynamic()) };
        match self.expr.node(ty.node) {
            Node::Constraint(constraint) => functions::convert_to_constraint(&value.value, constraint),
            // It is missing, which the parser has said, or an element of a list that is not known.
            _ if !ty.value.is_known() => Ok(Value::dynamic()),
            // An element of a list is a value.
            _ => Err(FunctionError::Argument { index: 1, message: "type_constraint required".to_owned() }),
        }
    }

    /// What `templatestring` renders must come from elsewhere.
    fn refuse_inline_template(&self, arguments: &[Argument]) -> Option<FunctionError> {
        let dynamic = "templatestring is only for rendering templates retrieved dynamically from elsewhere";
        let node = match self.expr.node(arguments.first()?.node) {
            // A heredoc without any sequence in it.
            Node::Template(parts) if parts.len() == 1 => self.expr.node(*parts.first()?),
            node => node,
        };
        let reason = match node {
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

    /// It is the call that is wrong, and not the name.
    fn no_calls(&mut self, id: NodeId) -> Value {
        let (summary, detail) = NO_CALLS;
        let mut diagnostic = Diagnostic::error(summary, detail).at(self.origin.locate(self.span(id)));
        diagnostic.operands = self.operands_of(id).shown(Cause::Other);
        self.sink.push(diagnostic.with_code("function-not-allowed"));
        Value::dynamic()
    }

    fn unknown_function(&mut self, id: NodeId, call: &CallNode) -> Value {
        let (summary, detail) = self.scope.describe_unknown_function(&call.name);
        self.error(id, summary, detail, call.name_span, self.span(id));
        Value::dynamic()
    }

    /// Evaluates the arguments, expands a final `...`, and checks their number and types.
    fn arguments(&mut self, id: NodeId, call: &CallNode, function: Callee<'_>) -> Option<Vec<Argument>> {
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
        if let Some((summary, detail)) = functions::arity(function, &call.name, plain.len() + expansion.len())
        {
            let extra = plain.get(function.positional()).map(|node| self.start_span(*node));
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
            let Some(ty) = function.param_type(index) else { continue };
            match convert(&argument.value, &ty) {
                Ok(value) => argument.value = value,
                Err(error) => {
                    let detail = format!(
                        "Invalid value for \"{}\" parameter: {error}.",
                        function.param_name(index).unwrap_or_default()
                    );
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
        function: Callee<'_>,
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
    fn name_function(&mut self, call: &CallNode, function: Callee<'_>) {
        if let Some(diagnostic) = self.sink.last_mut() {
            let parameters = function.parameter_names();
            diagnostic.function_call = Some(FunctionCall { name: call.name.to_string(), parameters });
        }
    }

    /// `try(a, b, …)`: the first argument that evaluates without an error.
    fn try_call(&mut self, id: NodeId, call: &CallNode, function: &Function) -> Value {
        if let Some((summary, detail)) = functions::check_arity(function, &call.name, call.args.len()) {
            self.error(id, summary, detail, call.close, self.span(id));
            self.name_function(call, Callee::Own(function));
            return Value::dynamic();
        }
        if call.args.is_empty() {
            let detail = "Call to function \"try\" failed: at least one argument is required.";
            self.error(id, "Error in function call", detail, self.start_span(id), self.span(id));
            self.name_function(call, Callee::Own(function));
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
        self.name_function(call, Callee::Own(function));
        Value::dynamic()
    }

    /// `can(a)`: whether the argument evaluates without an error.
    fn can_call(&mut self, id: NodeId, call: &CallNode, function: &Function) -> Value {
        if let Some((summary, detail)) = functions::check_arity(function, &call.name, call.args.len()) {
            let extra = call.args.get(1).map(|node| self.start_span(*node));
            let subject = if call.args.is_empty() { call.close } else { extra.unwrap_or(call.close) };
            self.error(id, summary, detail, subject, self.span(id));
            self.name_function(call, Callee::Own(function));
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
