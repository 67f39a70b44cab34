//! How a value is used: which parts of it are read, and as what.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use lang::expr::{Node, NodeId};
use lang::{Expr, Type};
use syntax::{SmolStr, with_stack};

/// One step of reading a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Part {
    Attribute(SmolStr),
    /// An element, by its index where that is written.
    Element(Option<usize>),
}

/// What is read of an object, and as what.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub path: Vec<Part>,
    /// What the value must be where it is read, if that can be seen.
    pub ty: Option<Type>,
}

/// How a value is used in all places together.
#[derive(Default, Debug)]
pub(super) struct Usage {
    pub parts: IndexMap<SmolStr, Usage>,
    pub elements: Option<Box<Usage>>,
    /// How many elements are read by their index at least.
    count: usize,
    ty: Option<Type>,
    /// Whether a mock or an override gives a value for it.
    pub given: bool,
}

/// More elements than this are not made up because somebody reads one by its index.
const MOST_ELEMENTS: usize = 100;

impl Usage {
    pub fn add(&mut self, reading: &Reading) {
        let mut at = self;
        for part in &reading.path {
            at = match part {
                Part::Attribute(name) => at.parts.entry(name.clone()).or_default(),
                Part::Element(index) => {
                    let count = index.map_or(0, |index| index.saturating_add(1));
                    at.count = at.count.max(count.min(MOST_ELEMENTS));
                    at.elements.get_or_insert_default()
                }
            };
        }
        if at.ty.is_none() {
            at.ty.clone_from(&reading.ty);
        }
    }

    /// Adds what a mock or an override says of an object.
    pub fn give(&mut self, expr: &Expr, node: NodeId) {
        self.given = true;
        match expr.node(node) {
            Node::Literal(value) => {
                self.ty = Some(value.ty()).filter(|ty| ty.is_primitive()).or_else(|| self.ty.take());
                for (key, value) in value.as_map().into_iter().flatten() {
                    let part = self.parts.entry(key.as_ref().into()).or_default();
                    part.given = true;
                    part.ty = Some(value.ty()).filter(Type::is_primitive);
                }
            }
            Node::Template(_) => self.ty = Some(Type::String),
            Node::Paren(inner) => with_stack(|| self.give(expr, *inner)),
            Node::Object(items) | Node::JsonObject(items) => {
                for (key, value) in items {
                    let name = match expr.node(*key) {
                        Node::Literal(key) => key.as_str().map(SmolStr::new),
                        _ => None,
                    };
                    if let Some(name) = name {
                        with_stack(|| self.parts.entry(name).or_default().give(expr, *value));
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether elements are read by numbers that are written out.
    pub fn is_indexed(&self) -> bool {
        self.count > 0
    }

    /// How the elements of a value are used, where it is a collection, and otherwise the value itself.
    pub fn of_blocks(&self) -> &Usage {
        self.elements.as_deref().unwrap_or(self)
    }

    /// The type of values that can be used so.
    pub fn ty(&self) -> Type {
        // What is given may be anything, unless it is seen to be simple.
        let simple = self.ty.clone().unwrap_or(if self.given { Type::Dynamic } else { Type::String });
        if self.given {
            return simple;
        }
        match &self.elements {
            Some(elements) if self.count > 0 => with_stack(|| Type::tuple(vec![elements.ty(); self.count])),
            Some(elements) => with_stack(|| Type::list(elements.ty())),
            None if self.parts.is_empty() => simple,
            None => with_stack(|| {
                let parts = self.parts.iter().map(|(name, part)| (Arc::from(name.as_str()), part.ty()));
                Type::object(parts.collect::<BTreeMap<_, _>>())
            }),
        }
    }
}
