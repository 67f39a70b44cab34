//! `condition ? then : otherwise`.

use syntax::Diagnostic;

use super::Evaluator;
use crate::expr::NodeId;
use crate::{Refinements, Type, Value, convert, unify};

impl Evaluator<'_> {
    /// Both branches are evaluated, because the result has the type that both can be converted to; only the
    /// diagnostics of the one that is taken are kept.
    pub(super) fn conditional(
        &mut self,
        id: NodeId,
        condition_id: NodeId,
        then_id: NodeId,
        otherwise_id: NodeId,
    ) -> Value {
        let (then, then_diagnostics) = self.eval_apart(then_id);
        let (otherwise, otherwise_diagnostics) = self.eval_apart(otherwise_id);
        let Some(ty) = result_type(&then, &otherwise) else {
            let detail = format!(
                "The true and false result expressions must have consistent types. {}.",
                describe_mismatch(&then.ty(), &otherwise.ty())
            );
            let subject = self.span(then_id).to(self.span(otherwise_id));
            let summary = "Inconsistent conditional result types";
            self.error(id, summary, detail, subject, self.span(id));
            return Value::dynamic();
        };

        let condition = self.eval(condition_id);
        let (at, whole) = (self.span(condition_id), self.span(id));
        if condition.is_null() {
            let detail = "The condition value is null. Conditions must either be true or false.";
            self.error(condition_id, "Null condition", detail, at, whole);
            return Value::unknown(ty);
        }
        if !condition.is_known() {
            return undecided(&condition, &then, &otherwise, &ty);
        }
        let Ok(condition) = convert(&condition, &Type::Bool) else {
            let detail = "The condition expression must be of type bool.";
            self.error(condition_id, "Incorrect condition type", detail, at, whole);
            return Value::unknown(ty);
        };
        // Which branch was taken says something about the condition, and Terraform marks the result for both.
        let (condition, marks) = condition.unmark();
        let marks = marks.union(then.marks()).union(otherwise.marks());
        let (value, diagnostics, branch, word) = match condition.as_bool() {
            Some(true) => (then, then_diagnostics, then_id, "true"),
            _ => (otherwise, otherwise_diagnostics, otherwise_id, "false"),
        };
        self.sink.extend(diagnostics);
        if ty == Type::Dynamic {
            return value.with_marks(marks);
        }
        match convert(&value, &ty) {
            Ok(value) => value.with_marks(marks),
            Err(error) => {
                let detail = format!("The {word} result value has the wrong type: {error}.");
                let summary = "Inconsistent conditional result types";
                self.error(id, summary, detail, self.span(branch), whole);
                Value::unknown(ty)
            }
        }
    }

    /// Evaluates and takes the diagnostics out of the sink.
    pub(super) fn eval_apart(&mut self, id: NodeId) -> (Value, Vec<Diagnostic>) {
        let before = self.sink.len();
        let value = self.eval(id);
        (value, self.sink.split_off(before))
    }
}

/// The type that both branches are converted to; `None` when there is none.
fn result_type(then: &Value, otherwise: &Value) -> Option<Type> {
    let (then_type, otherwise_type) = (then.ty(), otherwise.ty());
    if then.is_null() && then_type == Type::Dynamic {
        return Some(otherwise_type);
    }
    if otherwise.is_null() && otherwise_type == Type::Dynamic {
        return Some(then_type);
    }
    if then_type == Type::Dynamic || otherwise_type == Type::Dynamic {
        return Some(Type::Dynamic);
    }
    if then_type == otherwise_type {
        return Some(then_type);
    }
    unify::unify_unsafe(&[then_type, otherwise_type])
}

/// The result when the condition is unknown: unknown, but with whatever both branches have in common.
fn undecided(condition: &Value, then: &Value, otherwise: &Value, ty: &Type) -> Value {
    let marks = condition.marks().union(then.marks()).union(otherwise.marks());
    let (then, _) = then.unmark();
    let (otherwise, _) = otherwise.unmark();
    if then.is_null() && otherwise.is_null() {
        return Value::null(ty.clone()).with_marks(marks);
    }
    if *ty == Type::Dynamic {
        return Value::dynamic().with_marks(marks);
    }
    let mut refinements = Refinements::NONE;
    refinements.not_null = never_null(&then) && never_null(&otherwise);
    match ty {
        Type::Number => {
            let (a, b) = (number_range(&then), number_range(&otherwise));
            if let (Some(a), Some(b)) = (&a.0, &b.0) {
                let value = if a.cmp(b).is_le() { a } else { b };
                refinements.number_lower =
                    Some(crate::refine::Bound { value: value.clone(), inclusive: true });
            }
            if let (Some(a), Some(b)) = (&a.1, &b.1) {
                let value = if a.cmp(b).is_ge() { a } else { b };
                refinements.number_upper =
                    Some(crate::refine::Bound { value: value.clone(), inclusive: true });
            }
        }
        Type::List(_) | Type::Set(_) | Type::Map(_)
            if then.ty().is_collection() && otherwise.ty().is_collection() =>
        {
            let (a, b) = (length_range(&then), length_range(&otherwise));
            refinements.length_lower = Some(a.0.min(b.0)).filter(|lower| *lower > 0);
            refinements.length_upper = a.1.zip(b.1).map(|(a, b)| a.max(b));
        }
        _ => {}
    }
    Value::unknown_refined(ty.clone(), refinements).with_marks(marks)
}

fn never_null(value: &Value) -> bool {
    match value.is_known() {
        true => !value.is_null(),
        false => value.refinements().is_some_and(|known| known.not_null),
    }
}

fn number_range(value: &Value) -> (Option<crate::Number>, Option<crate::Number>) {
    if let Some(number) = value.as_number() {
        return (Some(number.clone()), Some(number.clone()));
    }
    match value.refinements() {
        Some(known) => (
            known.number_lower.as_ref().map(|bound| bound.value.clone()),
            known.number_upper.as_ref().map(|bound| bound.value.clone()),
        ),
        None => (None, None),
    }
}

fn length_range(value: &Value) -> (usize, Option<usize>) {
    if let Some(length) = value.len() {
        return (length, Some(length));
    }
    match value.refinements() {
        Some(known) => (known.length_lower.unwrap_or(0), known.length_upper),
        None => (0, None),
    }
}

/// HCL's explanation of why the two branches do not go together.
fn describe_mismatch(then: &Type, otherwise: &Type) -> String {
    if let (Type::Object(a), Type::Object(b)) = (then, otherwise) {
        for (name, ty) in &a.attributes {
            let Some(other) = b.attributes.get(name) else {
                return format!(
                    "The 'true' value includes object attribute {}, which is absent in the 'false' value",
                    crate::quote(name)
                );
            };
            if ty != other {
                return format!(
                    "Type mismatch for object attribute {}: {}",
                    crate::quote(name),
                    describe_mismatch(ty, other)
                );
            }
        }
        for name in b.attributes.keys() {
            if !a.attributes.contains_key(name) {
                return format!(
                    "The 'false' value includes object attribute {}, which is absent in the 'true' value",
                    crate::quote(name)
                );
            }
        }
    }
    if let (Type::Tuple(a), Type::Tuple(b)) = (then, otherwise) {
        if a.len() != b.len() {
            return format!(
                "The 'true' tuple has length {}, but the 'false' tuple has length {}",
                a.len(),
                b.len()
            );
        }
        for (index, (a, b)) in a.iter().zip(b.iter()).enumerate() {
            if a != b {
                return format!("Type mismatch for tuple element {index}: {}", describe_mismatch(a, b));
            }
        }
    }
    format!(
        "The 'true' value is {}, but the 'false' value is {}",
        then.friendly_name(),
        otherwise.friendly_name()
    )
}
