//! Evaluation of lowered expressions, with HCL's semantics and HCL's words for everything that goes wrong.
//!
//! Nothing here fails: a problem becomes a diagnostic and the value becomes unknown, so that whatever depends
//! on it stays quiet. References are resolved before anything is evaluated, through [`Scope`].

mod access;
mod call;
mod collections;
mod conditional;
mod operands;
mod operators;
mod template;
mod text;

use syntax::ast::BinaryOp;
use syntax::{Comparison, Diagnostic, Diagnostics, Origin, Severity, Span};

use crate::expr::{Expr, Node, NodeId};
use crate::scope::{Resolved, Scope};
use crate::value::MAX_DEPTH;
use crate::{ParseNumberError, Traversal, Type, Value, render};

pub use call::call_function;
pub use operands::{Cause, Operands};
pub use text::place_in;

/// Evaluates `expr` in `scope`. Problems are pushed to `sink`; after an error the value is unknown.
///
/// As in Terraform, every reference is resolved first, and a reference that cannot be resolved stops the
/// evaluation even when it stands in a branch that would not be taken.
pub fn evaluate(expr: &Expr, origin: &Origin, scope: &dyn Scope, sink: &mut Diagnostics) -> Value {
    match Evaluator::new(expr, origin, scope, sink) {
        Some(mut evaluator) => evaluator.eval(expr.root()),
        None => Value::dynamic(),
    }
}

/// Evaluates `expr` like [`evaluate`] and also says what its operands are, for diagnostics about the result.
pub fn evaluate_with_operands(
    expr: &Expr,
    origin: &Origin,
    scope: &dyn Scope,
    sink: &mut Diagnostics,
) -> (Value, Operands) {
    match Evaluator::new(expr, origin, scope, sink) {
        Some(mut evaluator) => {
            let value = evaluator.eval(expr.root());
            let operands = evaluator.operands_of(expr.root());
            (value, operands)
        }
        None => (Value::dynamic(), Operands::default()),
    }
}

/// Evaluates one part of an expression, as if it stood alone: only what is named in it is resolved. The part must not
/// use names that the expression binds around it.
pub fn evaluate_part(
    expr: &Expr,
    part: NodeId,
    origin: &Origin,
    scope: &dyn Scope,
    sink: &mut Diagnostics,
) -> Value {
    let span = expr.span(part);
    let within = |traversal: &Traversal| {
        let inner = traversal.span();
        span.start <= inner.start && inner.end <= span.end
    };
    match Evaluator::of_part(expr, within, origin, scope, sink) {
        Some(mut evaluator) => evaluator.eval(part),
        None => Value::dynamic(),
    }
}

/// The two sides of an expression that is a binary operator, as they may be shown; `None` for any other expression.
pub fn compared(expr: &Expr, origin: &Origin, scope: &dyn Scope) -> Option<Comparison> {
    let Node::Binary { op, lhs, rhs, .. } = expr.node(expr.root()) else { return None };
    // What is wrong with a side has been said when the whole was evaluated.
    let side = |part: NodeId| evaluate_part(expr, part, origin, scope, &mut Diagnostics::new());
    let (left, right) = (side(*lhs), side(*rhs));
    Some(Comparison {
        left: render::shown(&left),
        right: render::shown(&right),
        is_equality: *op == BinaryOp::Equal,
        different_types: left.ty() != right.ty(),
    })
}

/// Loops within loops can ask for any amount of work in a line; this many iterations take some seconds.
const MOST_ITERATIONS: u32 = 20_000_000;

/// One evaluation of one expression.
struct Evaluator<'a> {
    expr: &'a Expr,
    origin: &'a Origin,
    scope: &'a dyn Scope,
    /// What the expression's traversals begin with, in their order.
    references: Vec<Resolved>,
    /// Values of names bound by `for` and splats.
    locals: Vec<Value>,
    /// How many more iterations of `for` and splats the evaluation may make.
    iterations_left: u32,
    /// Set when the limit or an interruption ended the evaluation; it is reported once.
    stopped: bool,
    sink: &'a mut Diagnostics,
}

impl<'a> Evaluator<'a> {
    fn new(
        expr: &'a Expr,
        origin: &'a Origin,
        scope: &'a dyn Scope,
        sink: &'a mut Diagnostics,
    ) -> Option<Evaluator<'a>> {
        Evaluator::of_part(expr, |_| true, origin, scope, sink)
    }

    fn of_part(
        expr: &'a Expr,
        within: impl Fn(&Traversal) -> bool,
        origin: &'a Origin,
        scope: &'a dyn Scope,
        sink: &'a mut Diagnostics,
    ) -> Option<Evaluator<'a>> {
        let origin = expr.origin(origin);
        let references: Vec<Option<Resolved>> = expr
            .traversals()
            .iter()
            .map(|traversal| match half_typed(traversal) {
                _ if !within(traversal) => Some(Resolved { value: Value::dynamic(), consumed: 0 }),
                // The parser has already said what is missing.
                true => None,
                false => scope.resolve(traversal, origin, sink),
            })
            .collect();
        let references = references.into_iter().collect::<Option<Vec<_>>>()?;
        let locals = vec![Value::dynamic(); expr.slots() as usize];
        Some(Evaluator {
            expr,
            origin,
            scope,
            references,
            locals,
            iterations_left: MOST_ITERATIONS,
            stopped: false,
            sink,
        })
    }

    fn eval(&mut self, id: NodeId) -> Value {
        match self.expr.node(id) {
            Node::Literal(value) => value.clone(),
            // An expression may be deeper than a thread's stack allows.
            _ => {
                let value = syntax::with_stack(|| self.eval_node(id));
                if self.fits_in_depth_and_weight(id, value.depth(), value.weight()) {
                    value
                } else {
                    Value::dynamic()
                }
            }
        }
    }

    /// Whether a value of that depth and weight may be made here; says so when not. It ends the evaluation: what is
    /// around it would only be greater.
    fn fits_in_depth_and_weight(&mut self, id: NodeId, depth: usize, weight: usize) -> bool {
        let (summary, detail) = if depth > MAX_DEPTH {
            (
                "Value too deep",
                format!("This value has more than {MAX_DEPTH} levels of nesting, which is the limit."),
            )
        } else if weight > self.scope.limits().max_weight {
            ("Value too large", {
                self.scope.beyond_limits();
                let most = self.scope.limits().max_weight;
                format!("This value would take more than {most} bytes, which is the limit.")
            })
        } else {
            return true;
        };
        if !self.stopped {
            self.stopped = true;
            let span = self.span(id);
            let diagnostic = Diagnostic::new(Severity::Error, summary, detail);
            self.sink.push(diagnostic.at(self.origin.locate(span)).with_code("limit"));
        }
        false
    }

    fn eval_node(&mut self, id: NodeId) -> Value {
        let expr = self.expr;
        match expr.node(id) {
            Node::Literal(value) => value.clone(),
            Node::Missing => Value::dynamic(),
            Node::NumberOutOfRange(error) => {
                let (summary, detail) = match error {
                    ParseNumberError::Syntax => (
                        "Invalid number literal",
                        "Failed to recognize the value of this number literal.".to_owned(),
                    ),
                    ParseNumberError::TooLarge => {
                        ("Number out of range", format!("This number cannot be used: {error}."))
                    }
                };
                let span = self.span(id);
                self.error(id, summary, detail, span, span);
                Value::unknown(Type::Number)
            }
            Node::Reference(index) => self.reference(id, *index),
            Node::Local { slot, traversal } => self.local(id, *slot, traversal),
            Node::Relative { object, steps } => self.relative(id, *object, steps),
            Node::Index { collection, key, open } => self.computed_index(id, *collection, *key, *open),
            Node::Splat { source, each, slot, marker } => self.splat(id, *source, *each, *slot, *marker),
            Node::Call(call) => self.call(id, call),
            Node::Constraint(constraint) => {
                let place = |location: &_| self.scope.place(location);
                let findings = constraint.findings.iter();
                self.sink.extend(findings.map(|finding| finding.place(self.origin, place)));
                Value::dynamic()
            }
            Node::Unary { op, operand, .. } => self.unary(id, *op, *operand),
            Node::Binary { .. } => self.binary(id),
            Node::Conditional { condition, then, otherwise } => {
                self.conditional(id, *condition, *then, *otherwise)
            }
            Node::Paren(inner) | Node::Wrap(inner) => self.eval(*inner),
            Node::Tuple(items) => {
                let items = items.iter().map(|item| self.eval(*item)).collect();
                Value::tuple(items)
            }
            Node::Object(items) => self.object(items),
            Node::JsonObject(items) => self.json_object(id, items),
            Node::Invalid(why) => {
                self.sink.extend(why.iter().map(|why| why.clone().shifted(self.origin.base)));
                Value::dynamic()
            }
            Node::AmbiguousKey(_) => self.ambiguous_key(id),
            Node::For(for_node) => self.for_expr(id, for_node),
            Node::Template(parts) => self.template(id, parts),
            Node::Join(for_node) => self.join(id, *for_node),
        }
    }

    /// Evaluates and says whether an error was reported on the way.
    fn eval_checked(&mut self, id: NodeId) -> (Value, bool) {
        let before = self.sink.len();
        let value = self.eval(id);
        let failed = self.failed_since(before);
        (value, failed)
    }

    /// Whether an error was reported since the sink held `before` diagnostics.
    fn failed_since(&self, before: usize) -> bool {
        self.sink.get(before..).is_some_and(|new| new.iter().any(Diagnostic::is_error))
    }

    /// Counts one iteration of a loop. False when the evaluation has to end, after saying why.
    fn iterate(&mut self, id: NodeId) -> bool {
        if self.stopped {
            return false;
        }
        self.iterations_left = self.iterations_left.saturating_sub(1);
        let (summary, detail) = match self.iterations_left {
            0 => (
                "Expression too large",
                format!(
                    "Evaluating this expression takes more than {MOST_ITERATIONS} iterations, which is the limit."
                ),
            ),
            left if left % 1024 == 0 && self.scope.interrupted() => (
                "Evaluation interrupted",
                "The run was cancelled while this expression was evaluated.".to_owned(),
            ),
            _ => return true,
        };
        self.stopped = true;
        let span = self.span(id);
        self.error(id, summary, detail, span, span);
        false
    }

    fn span(&self, id: NodeId) -> Span {
        self.expr.span(id)
    }

    /// Where an expression begins: what HCL points at when an argument is unsuitable.
    fn start_span(&self, id: NodeId) -> Span {
        match self.expr.node(id) {
            Node::Call(call) => call.name_span.to(call.open),
            Node::Binary { lhs, .. } => self.start_span(*lhs),
            Node::Unary { op_span, .. } => *op_span,
            Node::Conditional { condition, .. } => self.start_span(*condition),
            Node::Index { open, .. } => *open,
            Node::Splat { marker, .. } => *marker,
            Node::For(for_node) => for_node.open,
            Node::Tuple(_) | Node::Object(_) | Node::JsonObject(_) => {
                let start = self.span(id).start;
                Span::new(start, start + 1)
            }
            // A quoted string begins with its text, not with its quote.
            Node::Literal(value) if value.as_str().is_some() && self.span(id).len() > 2 => {
                let span = self.span(id);
                Span::new(span.start + 1, span.end - 1)
            }
            // Terraform points behind an empty string (measured with 1.11.4).
            Node::Literal(value) if value.as_str().is_some() => {
                let end = self.span(id).end;
                Span::new(end, end + 1)
            }
            Node::Template(parts) => match parts.first() {
                Some(first) if !matches!(self.expr.node(*first), Node::Literal(_)) => self.start_span(*first),
                Some(first) => self.span(*first),
                None => self.span(id),
            },
            _ => self.span(id),
        }
    }

    /// Reports an HCL error about `node`, with the values of its operands.
    fn error(
        &mut self,
        node: NodeId,
        summary: &str,
        detail: impl Into<String>,
        subject: Span,
        context: Span,
    ) {
        let operands = self.operands_of(node).shown(Cause::Other);
        let mut diagnostic = Diagnostic::new(Severity::Error, summary, detail)
            .at(self.origin.locate(subject))
            .within(self.origin.locate(context));
        diagnostic.operands = operands;
        self.sink.push(diagnostic);
    }
}

fn half_typed(traversal: &Traversal) -> bool {
    traversal.steps.iter().any(|step| matches!(step.kind, crate::StepKind::Missing))
}
