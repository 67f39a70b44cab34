//! The attributes of one body.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::{Cause, Expr, Marks, Value};
use syntax::{Diagnostic, Diagnostics, with_stack};

use super::Run;
use super::plan::{AttributePlan, BodyPlan, Slot};

/// What a `dynamic` block says about the body that it generates.
#[derive(Clone, Copy, Default)]
pub(super) struct Generated {
    /// How many there will be is not known, so nothing in it is.
    pub unknown: bool,
    /// The marks of what is iterated over. Every argument gets them, those of blocks inside do not.
    pub marks: Marks,
}

impl Run<'_> {
    /// The value of a body that is written out.
    pub fn body(&self, plan: &BodyPlan, sink: &mut Diagnostics) -> Value {
        self.generated_body(plan, Generated::default(), sink)
    }

    pub fn generated_body(&self, plan: &BodyPlan, generated: Generated, sink: &mut Diagnostics) -> Value {
        let mut attributes = Vec::with_capacity(plan.slots.len());
        for (name, slot) in &plan.slots {
            let value = match slot {
                Slot::Constant { value, set: false } => value.clone(),
                Slot::Constant { value, set: true } if generated.unknown => {
                    Value::unknown(value.ty()).with_marks(generated.marks)
                }
                Slot::Constant { value, set: true } => value.clone().with_marks(generated.marks),
                Slot::Attribute(attribute) => self.attribute(attribute, generated, sink),
                Slot::Blocks(blocks) => {
                    with_stack(|| self.blocks(blocks, plan.missing, generated.unknown, sink))
                }
                Slot::AsBlocks(blocks) => with_stack(|| self.as_blocks(blocks, generated.unknown, sink)),
            };
            attributes.push((Arc::clone(name), value));
        }
        Value::object_like(&plan.ty, BTreeMap::from_iter(attributes))
    }

    fn attribute(&self, plan: &AttributePlan, generated: Generated, sink: &mut Diagnostics) -> Value {
        if generated.unknown {
            return Value::unknown(plan.ty.clone()).with_marks(generated.marks);
        }
        let value = self.evaluate(&plan.value, sink);
        let value = match lang::convert(&value, &plan.constraint) {
            Ok(value) => value,
            Err(error) => {
                let detail =
                    format!("Inappropriate value for attribute {}: {error}.", lang::quote(&plan.name));
                let context = plan.name_span.to(plan.value.whole_span());
                sink.push(
                    self.about(&plan.value, "Incorrect attribute value type", detail)
                        .within(self.origin.locate(context))
                        .with_code("attribute-type"),
                );
                Value::unknown(plan.ty.clone())
            }
        };
        value.with_marks(generated.marks)
    }

    /// An error about the value of an expression.
    pub fn about(&self, expr: &Expr, summary: &str, detail: impl Into<String>) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(summary, detail).at(expr.location(self.origin));
        let (_, operands) =
            lang::evaluate_with_operands(expr, self.origin, self.scope, &mut Diagnostics::new());
        diagnostic.operands = operands.shown(Cause::Other);
        diagnostic
    }
}
