//! Which blocks there are: those that are written out, and those that `dynamic` blocks generate.

use lang::{Marks, Type, Value};
use syntax::{Diagnostic, Diagnostics, SmolStr, Span};

use super::Run;
use super::body::Generated;
use super::plan::{BlocksPlan, BodyPlan, DynamicPlan, Source};
use super::scope::Iteration;

/// How many blocks the `dynamic` blocks of one body may generate, counted at every depth. Nobody writes a thousand, and
/// a few nested ranges ask for any number.
pub(super) const MOST_BLOCKS: u32 = 100_000;

const INVALID_FOR_EACH: &str = "Invalid dynamic for_each value";

/// One block.
pub(super) struct Instance<'a> {
    /// The label, where the blocks are elements of a map.
    pub key: SmolStr,
    pub header: Span,
    pub body: &'a BodyPlan,
    pub iteration: Option<Iteration<'a>>,
    pub generated: Generated,
}

impl<'r> Run<'r> {
    /// The blocks of one type, in their order.
    pub fn expand<'a>(
        &'a self,
        plan: &'a BlocksPlan,
        unknown: bool,
        sink: &mut Diagnostics,
    ) -> Vec<Instance<'a>> {
        let mut instances = Vec::with_capacity(plan.sources.len());
        for source in &plan.sources {
            match source {
                Source::Block(block) => instances.push(Instance {
                    key: block.key.clone().unwrap_or_default(),
                    header: block.header,
                    body: &block.body,
                    iteration: None,
                    generated: Generated { unknown, marks: Marks::EMPTY },
                }),
                Source::Dynamic(dynamic) => self.generate(dynamic, unknown, &mut instances, sink),
            }
        }
        instances
    }

    fn generate<'a>(
        &'a self,
        plan: &'a DynamicPlan,
        unknown: bool,
        instances: &mut Vec<Instance<'a>>,
        sink: &mut Diagnostics,
    ) {
        let before = sink.len();
        let value = self.evaluate(&plan.for_each, sink);
        if failed_since(before, sink) {
            return;
        }
        let (value, marks) = value.unmark();
        let ty = value.ty();
        let iterable = ty.is_collection() || ty.is_object() || ty.is_tuple();
        if !iterable && ty != Type::Dynamic {
            let detail = format!(
                "Cannot use a {} value in for_each. An iterable collection is required.",
                ty.friendly_name()
            );
            sink.push(self.about(&plan.for_each, INVALID_FOR_EACH, detail).with_code("invalid-dynamic"));
            return;
        }
        if value.is_null() {
            let detail = "Cannot use a null value in for_each.";
            sink.push(self.about(&plan.for_each, INVALID_FOR_EACH, detail).with_code("invalid-dynamic"));
            return;
        }
        let Some(elements) = value.elements() else {
            let generated = Generated { unknown: true, marks };
            instances.extend(self.one(plan, (Value::dynamic(), Value::dynamic()), generated, sink));
            return;
        };
        for element in elements {
            if !self.may_generate(plan, sink) {
                return;
            }
            instances.extend(self.one(plan, element, Generated { unknown, marks }, sink));
        }
    }

    /// Counts a block; false when there are too many already, which is said once.
    fn may_generate(&self, plan: &DynamicPlan, sink: &mut Diagnostics) -> bool {
        let Some(left) = self.blocks_left.get().checked_sub(1) else { return false };
        self.blocks_left.set(left);
        if left == 0 {
            let detail = format!(
                "The dynamic blocks in this block come to more than {MOST_BLOCKS} blocks, which is the limit."
            );
            let error = Diagnostic::error("Too many blocks", detail).at(plan.for_each.location(self.origin));
            sink.push(error.with_code("limit"));
        }
        left > 0 && (left % 1024 != 0 || !self.scope.interrupted())
    }

    fn one<'a>(
        &'a self,
        plan: &'a DynamicPlan,
        (key, value): (Value, Value),
        generated: Generated,
        sink: &mut Diagnostics,
    ) -> Option<Instance<'a>> {
        let iteration = Iteration::new(self.scope, &plan.iterator, key, value);
        let key = match &plan.key {
            Some(_) => Run { scope: &iteration, ..*self }.label(plan, sink)?,
            None => SmolStr::default(),
        };
        let iteration = Some(iteration);
        Some(Instance { key, header: plan.header, body: &plan.body, iteration, generated })
    }

    /// The label of a generated block.
    fn label(&self, plan: &DynamicPlan, sink: &mut Diagnostics) -> Option<SmolStr> {
        let (labels, element) = plan.key.as_ref()?;
        let before = sink.len();
        let value = self.evaluate(labels, sink);
        if failed_since(before, sink) {
            return None;
        }
        // What is evaluated is the list, and the list of one element has no marks of its own.
        let value = value.as_slice().and_then(|items| items.first()).cloned().unwrap_or_else(Value::dynamic);
        let converted = lang::convert(&value, &Type::String);
        let detail = match &converted {
            Err(error) => format!("Cannot use this value as a dynamic block label: {error}."),
            Ok(label) if label.is_null() => "Cannot use a null value as a dynamic block label.".to_owned(),
            Ok(label) if !label.is_known() => {
                // Outside of an evaluation, hardly anything is known.
                if self.constants_only {
                    return Some(SmolStr::default());
                }
                "This value is not yet known. Dynamic block labels must be immediately-known values."
                    .to_owned()
            }
            Ok(label) if !label.marks().is_empty() => {
                "This value has dynamic marks that make it unsuitable for use as a block label.".to_owned()
            }
            Ok(label) => return label.as_str().map(SmolStr::new),
        };
        let mut error = self.about(labels, "Invalid dynamic block label", detail);
        error.subject = Some(self.origin.locate(labels.span(*element)));
        sink.push(error.with_code("invalid-dynamic"));
        None
    }
}

fn failed_since(before: usize, sink: &Diagnostics) -> bool {
    sink.get(before..).is_some_and(|new| new.iter().any(Diagnostic::is_error))
}
