//! Unary and binary operators.

use syntax::ast::{BinaryOp, UnaryOp};

use super::Evaluator;
use crate::expr::{Node, NodeId};
use crate::ops::OpError;
use crate::{Refinements, SHORT_CIRCUIT, Type, Value, convert, ops};

impl Evaluator<'_> {
    pub(super) fn unary(&mut self, id: NodeId, op: UnaryOp, operand: NodeId) -> Value {
        let ty = match op {
            UnaryOp::Negate => Type::Number,
            UnaryOp::Not => Type::Bool,
        };
        let value = self.eval(operand);
        let value = match convert(&value, &ty) {
            Ok(value) => value,
            Err(error) => {
                let detail = format!("Unsuitable value for unary operand: {error}.");
                self.error(id, "Invalid operand", detail, self.span(operand), self.span(id));
                return Value::unknown(ty);
            }
        };
        if value.is_null() {
            return self.operation_failed(id, ty, "argument must not be null");
        }
        if !value.is_known() {
            // cty's function for it forgets the marks of what is not known.
            return Value::unknown_refined(ty, Refinements::not_null());
        }
        let result = match op {
            UnaryOp::Negate => ops::negate(&value),
            UnaryOp::Not => ops::not(&value),
        };
        match result {
            Ok(value) => value,
            Err(error) => self.operation_error(id, ty, error),
        }
    }

    /// Walks the left spine of a chain in a loop, so that a long chain needs no stack.
    pub(super) fn binary(&mut self, id: NodeId) -> Value {
        let expr = self.expr;
        let mut spine = Vec::new();
        let mut current = id;
        while let Node::Binary { op, lhs, rhs } = expr.node(current) {
            spine.push((current, *op, *lhs, *rhs));
            current = *lhs;
        }
        let start = self.sink.len();
        let mut value = self.eval(current);
        let mut failed = self.failed_since(start);
        let short_circuit = self.scope.dialect().has(SHORT_CIRCUIT);
        for (id, op, lhs_id, rhs_id) in spine.into_iter().rev() {
            let between = self.sink.len();
            let (rhs, rhs_failed) = self.eval_checked(rhs_id);
            if short_circuit
                && !self.stopped
                && let Some((result, decided_by)) = decide(op, (&value, failed), &rhs)
            {
                // What is wrong with the operand that was not needed is not said.
                match decided_by {
                    Side::Left => self.sink.truncate(between),
                    Side::Right => drop(self.sink.drain(start..between)),
                }
                failed = self.failed_since(start);
                value = result;
                continue;
            }
            failed |= rhs_failed;
            let before = self.sink.len();
            value = self.operate(id, op, (lhs_id, value), (rhs_id, rhs), failed);
            failed |= self.failed_since(before);
        }
        value
    }

    fn operate(
        &mut self,
        id: NodeId,
        op: BinaryOp,
        (lhs_id, lhs): (NodeId, Value),
        (rhs_id, rhs): (NodeId, Value),
        failed: bool,
    ) -> Value {
        let (operand, result) = signature(op);
        let Some(operand) = operand else {
            if failed {
                return Value::unknown(result);
            }
            return match op {
                BinaryOp::Equal => ops::equals(&lhs, &rhs),
                _ => ops::not_equals(&lhs, &rhs),
            };
        };
        let lhs = self.operand(id, lhs_id, &lhs, &operand, "left");
        let rhs = self.operand(id, rhs_id, &rhs, &operand, "right");
        let (Some(lhs), Some(rhs)) = (lhs, rhs) else { return Value::unknown(result) };
        if failed {
            // One of the operands has already been reported; an operation on its stand-in says nothing new.
            return Value::unknown(result);
        }
        if lhs.is_null() || rhs.is_null() {
            return self.operation_failed(id, result, "argument must not be null");
        }
        // Without short circuits an unknown operand makes the result unknown, whatever the other one is.
        if matches!(op, BinaryOp::And | BinaryOp::Or) && !(lhs.is_known() && rhs.is_known()) {
            // cty's functions for them forget the marks then.
            return Value::unknown_refined(Type::Bool, Refinements::not_null());
        }
        // Nor is there a range, as cty has it for the operations themselves: its functions for arithmetic are not called then.
        if result == Type::Number && !(lhs.is_known() && rhs.is_known()) {
            let marks = lhs.marks().union(rhs.marks());
            return Value::unknown_refined(Type::Number, Refinements::not_null()).with_marks(marks);
        }
        let value = match op {
            BinaryOp::Or => ops::or(&lhs, &rhs),
            BinaryOp::And => ops::and(&lhs, &rhs),
            BinaryOp::Greater => ops::greater(&lhs, &rhs),
            BinaryOp::GreaterOrEqual => ops::greater_or_equal(&lhs, &rhs),
            BinaryOp::Less => ops::less(&lhs, &rhs),
            BinaryOp::LessOrEqual => ops::less_or_equal(&lhs, &rhs),
            BinaryOp::Add => ops::add(&lhs, &rhs),
            BinaryOp::Subtract => ops::subtract(&lhs, &rhs),
            BinaryOp::Multiply => ops::multiply(&lhs, &rhs),
            BinaryOp::Divide => ops::divide(&lhs, &rhs),
            BinaryOp::Modulo => ops::modulo(&lhs, &rhs),
            BinaryOp::Equal | BinaryOp::NotEqual => Ok(ops::equals(&lhs, &rhs)),
        };
        match value {
            Ok(value) => value,
            Err(error) => self.operation_error(id, result, error),
        }
    }

    fn operand(&mut self, id: NodeId, at: NodeId, value: &Value, ty: &Type, side: &str) -> Option<Value> {
        match convert(value, ty) {
            Ok(value) => Some(value),
            Err(error) => {
                let detail = format!("Unsuitable value for {side} operand: {error}.");
                self.error(at, "Invalid operand", detail, self.span(at), self.span(id));
                None
            }
        }
    }

    fn operation_failed(&mut self, id: NodeId, result: Type, reason: &str) -> Value {
        let summary = "Operation failed".to_owned();
        self.operation_error(
            id,
            result,
            OpError { summary, detail: format!("Error during operation: {reason}.") },
        )
    }

    fn operation_error(&mut self, id: NodeId, result: Type, error: OpError) -> Value {
        let span = self.span(id);
        self.error(id, &error.summary, error.detail, span, span);
        if let Some(diagnostic) = self.sink.last_mut() {
            diagnostic.context = None;
        }
        Value::unknown(result)
    }
}

/// The operand that decides a logical operation.
enum Side {
    Left,
    Right,
}

/// The result of a logical operation and the operand that decides it, where one of them does. Operands that cannot be
/// converted decide nothing, and a null counts as false here, whatever it is on the other side of (go-cty's `False`).
fn decide(op: BinaryOp, (lhs, lhs_failed): (&Value, bool), rhs: &Value) -> Option<(Value, Side)> {
    let controlling = match op {
        BinaryOp::Or => true,
        BinaryOp::And => false,
        _ => return None,
    };
    let (lhs, lhs_marks) = convert(lhs, &Type::Bool).ok()?.unmark();
    let (rhs, rhs_marks) = convert(rhs, &Type::Bool).ok()?.unmark();
    let is_true = |value: &Value| value.as_bool() == Some(true);
    let unknown = || Value::unknown_refined(Type::Bool, Refinements::not_null());
    let (value, side) = match (lhs.is_known(), rhs.is_known()) {
        (false, false) if !lhs_failed => (unknown(), Side::Left),
        (false, false) => return None,
        (true, _) if is_true(&lhs) == controlling => (Value::bool(controlling), Side::Left),
        (_, true) if is_true(&rhs) == controlling => (Value::bool(controlling), Side::Right),
        (false, true) => (unknown(), Side::Left),
        (true, false) => (unknown(), Side::Right),
        (true, true) => return None,
    };
    Some((value.with_marks(lhs_marks.union(rhs_marks)), side))
}

/// The type both operands are converted to (none for equality) and the type of the result.
fn signature(op: BinaryOp) -> (Option<Type>, Type) {
    match op {
        BinaryOp::Or | BinaryOp::And => (Some(Type::Bool), Type::Bool),
        BinaryOp::Equal | BinaryOp::NotEqual => (None, Type::Bool),
        BinaryOp::Greater | BinaryOp::GreaterOrEqual | BinaryOp::Less | BinaryOp::LessOrEqual => {
            (Some(Type::Number), Type::Bool)
        }
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo => {
            (Some(Type::Number), Type::Number)
        }
    }
}
