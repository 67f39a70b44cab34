//! One thing that is open around a place: a bracket, a text, a part of a text that is computed.

use syntax::{SmolStr, TokenKind};

use super::{Bound, Operand, Step};

/// One thing that is open.
pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) phase: Phase,
    /// The last token in it that means something; none at the beginning of an operand.
    pub(super) prev: Option<TokenKind>,
    /// What the operator left of the place takes.
    pub(super) operator: Option<Step>,
    /// The token that the operand begins with.
    pub(super) from: usize,
    /// Names that are bound in it.
    pub(super) bound: Vec<Bound>,
}

pub(super) enum Kind {
    /// The value as a whole.
    Value,
    Object {
        at_key: bool,
        key: Option<SmolStr>,
        keys: Vec<SmolStr>,
    },
    Tuple {
        index: usize,
    },
    Index,
    Paren,
    /// `start` is the first token behind the bracket; `first` the first argument, when it is finished.
    Call {
        name: SmolStr,
        argument: usize,
        start: usize,
        first: Option<Operand>,
    },
    /// Literal text; `start` is its first byte. Not `whole` when something in it has to be computed.
    Text {
        start: u32,
        whole: bool,
        heredoc: bool,
    },
    /// `alone` when the text begins with it: it may be all that the text is, and then it is no text.
    Interpolation {
        alone: bool,
    },
    Directive,
}

/// The parts of a `for` expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    /// It is none.
    None,
    Names,
    Collection,
    /// The key of an object, before `=>`.
    Key,
    Value,
    Condition,
}

impl Frame {
    pub(super) fn new(kind: Kind, from: usize) -> Frame {
        Frame { kind, phase: Phase::None, prev: None, operator: None, from, bound: Vec::new() }
    }

    /// Whether a finished operand stands right before the place.
    pub(super) fn ends_operand(&self) -> bool {
        self.prev.is_some_and(TokenKind::ends_operand)
    }

    /// Whether nothing stands in it yet.
    pub(super) fn is_fresh(&self) -> bool {
        self.prev.is_none() && self.operator.is_none() && self.phase == Phase::None
    }

    /// Whether a key in brackets begins here.
    pub(super) fn is_key(&self) -> bool {
        matches!(self.kind, Kind::Index) && self.is_fresh()
    }

    /// Another operand begins behind token `index`.
    pub(super) fn begin(&mut self, index: usize, operator: Option<Step>) {
        self.prev = None;
        self.operator = operator;
        self.from = index + 1;
    }
}
