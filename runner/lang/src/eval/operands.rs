//! The values of an expression's operands, as diagnostics list them.

use std::collections::BTreeMap;

use syntax::{Operand, Shown};

use super::Evaluator;
use crate::expr::{CallNode, Expr, ForNode, Node, NodeId};
use crate::{Marks, StepKind, Traversal, Value, render};

/// Why a diagnostic was raised: it decides which values are worth showing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// Nothing special: unknown and sensitive values are left out or only typed.
    Other,
    /// A value was not known: unknown operands are named as such.
    Unknown,
    /// A value was sensitive: sensitive operands are named as such.
    Sensitive,
    /// A value was ephemeral: ephemeral operands are named as such.
    Ephemeral,
}

/// The traversals of an expression with their values, sorted as written and without repetition.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Operands(BTreeMap<String, Value>);

impl Operands {
    /// The values in Terraform's words. Sensitive values are never shown, only mentioned when they are the
    /// cause.
    pub fn shown(&self, cause: Cause) -> Vec<Operand> {
        self.0
            .iter()
            .filter_map(|(traversal, value)| {
                let statement = statement(value, cause)?;
                Some(Operand { traversal: traversal.clone(), statement })
            })
            .collect()
    }

    /// The values that are known, without what must not be seen of them.
    pub fn in_full(&self) -> Vec<(String, Shown)> {
        let known = self.0.iter().filter(|(_, value)| value.is_known());
        known.map(|(traversal, value)| (traversal.clone(), render::shown(value))).collect()
    }

    /// The value of the longest part of a traversal that has one, and how many steps that part has.
    pub fn value_of(&self, traversal: &Traversal) -> Option<(&Value, usize)> {
        let lengths = (0..=traversal.steps.len()).rev();
        lengths.into_iter().find_map(|length| Some((self.0.get(&traversal_text(traversal, length))?, length)))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(traversal, value)| (traversal.as_str(), value))
    }
}

impl FromIterator<(String, Value)> for Operands {
    fn from_iter<T: IntoIterator<Item = (String, Value)>>(values: T) -> Operands {
        Operands(values.into_iter().collect())
    }
}

fn statement(value: &Value, cause: Cause) -> Option<String> {
    if value.marks().contains(Marks::SENSITIVE) {
        return (cause == Cause::Sensitive).then(|| "has a sensitive value".to_owned());
    }
    if value.marks().contains(Marks::EPHEMERAL) {
        return (cause == Cause::Ephemeral).then(|| "has an ephemeral value".to_owned());
    }
    if !value.is_known() {
        let ty = value.ty();
        return match (ty, cause) {
            (crate::Type::Dynamic, Cause::Unknown) => Some("will be known only after apply".to_owned()),
            (crate::Type::Dynamic, _) => None,
            (_, Cause::Unknown) => Some(render::statement(value)),
            (ty, _) => Some(format!("is a {}", ty.friendly_name())),
        };
    }
    Some(render::statement(value))
}

impl Evaluator<'_> {
    /// Every traversal below `node`, each cut back to the longest part that has a value.
    pub(super) fn operands_of(&self, node: NodeId) -> Operands {
        let mut operands = BTreeMap::new();
        for (traversal, root) in self.traversals_below(node) {
            for length in (1..=traversal.steps.len()).rev() {
                if let Some(value) = self.quiet_traverse(&root, traversal, length) {
                    operands.entry(traversal_text(traversal, length)).or_insert(value);
                    break;
                }
            }
        }
        Operands(operands)
    }

    /// The traversals below a node that do not begin inside it, with the values they begin with and how many
    /// steps those already stand for.
    pub(super) fn traversals_below(&self, node: NodeId) -> Vec<(&Traversal, (Value, usize))> {
        let mut found = Vec::new();
        let mut bound = Vec::new();
        let mut pending = vec![node];
        while let Some(id) = pending.pop() {
            match self.expr.node(id) {
                Node::Reference(index) => {
                    let index = *index as usize;
                    let traversal = self.expr.traversals().get(index);
                    if let Some((traversal, root)) = traversal.zip(self.references.get(index)) {
                        found.push((traversal, (root.value.clone(), root.consumed)));
                    }
                }
                Node::Local { slot, traversal } if !traversal.root.is_empty() => {
                    if let Some(value) = self.locals.get(*slot as usize) {
                        found.push((traversal, (value.clone(), 0)));
                    }
                }
                Node::For(for_node) => {
                    bound.extend(for_node.key_slot);
                    bound.push(for_node.value_slot);
                }
                _ => {}
            }
            children(self.expr, id, &mut pending);
        }
        found.retain(|(traversal, _)| !self.is_bound_below(traversal, &bound));
        found
    }

    /// Whether a traversal's root is one of the slots bound below the node it was found from.
    fn is_bound_below(&self, traversal: &Traversal, bound: &[u32]) -> bool {
        self.expr.nodes().any(|(_, node)| match node {
            Node::Local { slot, traversal: local } => {
                std::ptr::eq(local.as_ref(), traversal) && bound.contains(slot)
            }
            _ => false,
        })
    }

    fn quiet_traverse(&self, root: &(Value, usize), traversal: &Traversal, length: usize) -> Option<Value> {
        let (value, consumed) = root;
        if length < *consumed {
            return None;
        }
        let mut value = value.clone();
        for step in traversal.steps.get(*consumed..length)? {
            value = super::access::step(&value, &step.kind).ok()?;
        }
        Some(value)
    }
}

/// Pushes the operands of a node, last first, so that a stack visits them in source order.
fn children(expr: &Expr, id: NodeId, stack: &mut Vec<NodeId>) {
    match expr.node(id) {
        Node::Literal(_)
        | Node::NumberOutOfRange(_)
        | Node::Missing
        | Node::Invalid(_)
        | Node::Constraint(_)
        | Node::Reference(_)
        | Node::Local { .. } => {}
        Node::Relative { object, .. } => stack.push(*object),
        Node::Index { collection, key, .. } => stack.extend([*key, *collection]),
        Node::Splat { source, each, .. } => stack.extend([*each, *source]),
        Node::Call(call) => {
            let CallNode { args, .. } = call.as_ref();
            stack.extend(args.iter().rev());
        }
        Node::Unary { operand, .. } => stack.push(*operand),
        Node::Binary { lhs, rhs, .. } => stack.extend([*rhs, *lhs]),
        Node::Conditional { condition, then, otherwise } => stack.extend([*otherwise, *then, *condition]),
        Node::Paren(inner) | Node::Wrap(inner) | Node::AmbiguousKey(inner) | Node::Join(inner) => {
            stack.push(*inner);
        }
        Node::Tuple(items) | Node::Template(items) => stack.extend(items.iter().rev()),
        Node::Object(items) | Node::JsonObject(items) => {
            for (key, value) in items.iter().rev() {
                stack.extend([*value, *key]);
            }
        }
        Node::For(for_node) => {
            let ForNode { collection, key, value, condition, .. } = for_node.as_ref();
            stack.extend(condition.iter().copied());
            stack.push(*value);
            stack.extend(key.iter().copied());
            stack.push(*collection);
        }
    }
}

/// The traversal as diagnostics write it: `var.a["k"][0]`.
fn traversal_text(traversal: &Traversal, length: usize) -> String {
    let mut text = traversal.root.to_string();
    for step in traversal.steps.iter().take(length) {
        match &step.kind {
            StepKind::Key(key) => text.push_str(&format!("[{}]", crate::quote(key))),
            other => text.push_str(&other.to_string()),
        }
    }
    text
}
