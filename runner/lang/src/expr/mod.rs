//! The lowered form of an expression, shared by the evaluator, the checker and the editor.
//!
//! An [`Expr`] is a flat arena: nodes refer to each other by index, names bound by `for` and splats are slots,
//! constant parts are folded to values, and every traversal that leaves the expression stands in one list, so
//! that references can be read without walking. Spans are relative to the chunk the expression stands in.

mod lower;

use std::sync::Arc;

use syntax::ast::{BinaryOp, UnaryOp};
use syntax::{Diagnostic, Location, Origin, SmolStr, Span};

use crate::functions::Function;
use crate::{ParseNumberError, Traversal, TypeConstraint, Value};

pub use lower::{lower, lower_constant, lower_in, lower_template, static_traversal};

/// A lowered expression. Cheap to clone.
///
/// Its spans count from the origin of the declaration that it stands in, which whoever asks for a place has at hand.
/// One that was taken from another declaration knows the origin that it had there: see [`Expr::taken_from`].
#[derive(Clone, Debug)]
pub struct Expr {
    arena: Arc<Arena>,
    taken_from: Option<Arc<Origin>>,
}

#[derive(Debug)]
struct Arena {
    nodes: Box<[Node]>,
    spans: Box<[Span]>,
    root: NodeId,
    traversals: Box<[Traversal]>,
    /// How many `for` and splat slots are needed at once.
    slots: u32,
}

/// The index of a node in its expression.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct NodeId(u32);

/// A list of nodes.
pub type Nodes = Box<[NodeId]>;

/// One operation. Its operands are other nodes of the same expression.
#[derive(Debug)]
pub enum Node {
    Literal(Value),
    /// A number beyond what Terraform, or only this program, can read.
    NumberOutOfRange(ParseNumberError),
    /// Nothing readable stood here; evaluates to an unknown value without another diagnostic.
    Missing,
    /// A traversal that leaves the expression: an index into [`Expr::traversals`].
    Reference(u32),
    /// A name bound by an enclosing `for` or splat. `traversal` holds its steps, for diagnostics.
    Local {
        slot: u32,
        traversal: Box<Traversal>,
    },
    /// Static steps applied to a computed value.
    Relative {
        object: NodeId,
        steps: Box<[crate::Step]>,
    },
    /// `collection[key]` with a computed key; `open` is the `[`.
    Index {
        collection: NodeId,
        key: NodeId,
        open: Span,
    },
    /// `source[*].each` or `source.*.each`.
    Splat {
        source: NodeId,
        each: NodeId,
        slot: u32,
        marker: Span,
    },
    Call(Box<CallNode>),
    /// An argument that is a type and no value: the second one of `convert`.
    Constraint(Box<TypeConstraint>),
    Unary {
        op: UnaryOp,
        op_span: Span,
        operand: NodeId,
    },
    Binary {
        op: BinaryOp,
        lhs: NodeId,
        rhs: NodeId,
    },
    Conditional {
        condition: NodeId,
        then: NodeId,
        otherwise: NodeId,
    },
    /// Parentheses: the same value, another span.
    Paren(NodeId),
    Tuple(Nodes),
    Object(Box<[(NodeId, NodeId)]>),
    /// A JSON object, which has rules of its own for its keys.
    JsonObject(Box<[(NodeId, NodeId)]>),
    /// A JSON string that is no template: evaluating it says why.
    Invalid(Box<[Diagnostic]>),
    /// An object key that is a bare traversal: an error that asks for parentheses or quotes.
    AmbiguousKey(NodeId),
    For(Box<ForNode>),
    /// Text and interpolations, concatenated.
    Template(Nodes),
    /// A template of a single interpolation: the value itself.
    Wrap(NodeId),
    /// `%{ for }`: the elements of the `for` node, concatenated.
    Join(NodeId),
}

#[derive(Debug)]
pub struct CallNode {
    /// As written: `element`, `core::element`, `provider::terraform::encode_expr`.
    pub name: SmolStr,
    pub name_span: Span,
    pub open: Span,
    /// Up to and including `)`.
    pub close: Span,
    pub args: Nodes,
    pub expand_final: bool,
    /// `None` when no built-in function has that name.
    pub function: Option<&'static Function>,
}

#[derive(Debug)]
pub struct ForNode {
    pub key_slot: Option<u32>,
    pub value_slot: u32,
    pub collection: NodeId,
    /// Whether it is the `{…}` form.
    pub object: bool,
    pub key: Option<NodeId>,
    pub value: NodeId,
    pub group: bool,
    pub condition: Option<NodeId>,
    pub open: Span,
}

impl Expr {
    pub fn root(&self) -> NodeId {
        self.arena.root
    }

    pub fn node(&self, id: NodeId) -> &Node {
        // Ids are only made by the lowering, for the arena it is filling.
        self.arena.nodes.get(id.0 as usize).unwrap_or(&Node::Missing)
    }

    /// The node's span, relative to the chunk.
    pub fn span(&self, id: NodeId) -> Span {
        self.arena.spans.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// The whole expression's span, relative to the chunk.
    pub fn whole_span(&self) -> Span {
        self.span(self.root())
    }

    pub fn location(&self, declaration: &Origin) -> Location {
        self.origin(declaration).locate(self.whole_span())
    }

    /// The origin that the spans count from, in a declaration with that origin.
    pub fn origin<'o>(&'o self, declaration: &'o Origin) -> &'o Origin {
        self.taken_from.as_deref().unwrap_or(declaration)
    }

    /// Whether it was taken from another declaration than the one it stands in.
    pub fn is_taken(&self) -> bool {
        self.taken_from.is_some()
    }

    /// The expression for another declaration than the one it was read in, whose origin this is: what an override file
    /// says in the place of another file keeps its own places.
    #[must_use]
    pub fn taken_from(&self, origin: &Arc<Origin>) -> Expr {
        let taken_from = self.taken_from.clone().unwrap_or_else(|| Arc::clone(origin));
        Expr { arena: Arc::clone(&self.arena), taken_from: Some(taken_from) }
    }

    /// Every traversal that leaves the expression, in source order. Names bound inside it are not among them.
    pub fn traversals(&self) -> &[Traversal] {
        &self.arena.traversals
    }

    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.arena.nodes.iter().enumerate().map(|(index, node)| (NodeId(index as u32), node))
    }

    pub(crate) fn slots(&self) -> u32 {
        self.arena.slots
    }

    /// The value when the whole expression is a constant.
    pub fn as_literal(&self) -> Option<&Value> {
        match self.node(self.root()) {
            Node::Literal(value) => Some(value),
            _ => None,
        }
    }
}
