//! Where the cursor is: the blocks around it, and what of the innermost one it is in. The same for both syntaxes.

mod json;
mod native;

use syntax::ast::{Body, Expr, ExprKind};
use syntax::{Chunk, SmolStr, Span};

use super::reading::Reading;
use crate::grammar::Place;

/// The cursor's place in a chunk. Spans count from the chunk's beginning.
pub(super) struct Site<'t> {
    /// The blocks around the cursor, outermost first.
    pub(super) blocks: Vec<Around<'t>>,
    /// The body that it is in.
    pub(super) body: Inside<'t>,
    /// What kind of body that is; `None` inside of a block that this program does not know.
    pub(super) place: Option<Place>,
    pub(super) slot: Slot<'t>,
    pub(super) json: bool,
}

/// A block around the cursor.
pub(super) struct Around<'t> {
    pub(super) kind: SmolStr,
    pub(super) labels: Vec<SmolStr>,
    /// The kind of its body.
    pub(super) place: Option<Place>,
    pub(super) body: Inside<'t>,
}

/// What a body holds.
#[derive(Clone)]
pub(super) enum Inside<'t> {
    Native(&'t Body),
    /// An object.
    Json(Option<&'t Expr>),
}

/// What of a body the cursor is in.
pub(super) enum Slot<'t> {
    Nothing,
    /// The name of an attribute or the type of a block.
    Name(Spot),
    /// A label of a block of that type.
    Label {
        kind: SmolStr,
        before: Vec<SmolStr>,
        spot: Spot,
    },
    /// The value of an attribute.
    Value {
        name: SmolStr,
        value: Option<&'t Expr>,
        reading: Reading,
        spot: Spot,
    },
}

/// What a proposal replaces.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Spot {
    pub(super) replace: Span,
    pub(super) quotes: Quotes,
    /// Whether what belongs behind a name is there already: `=`, `{`, `:`, `(`.
    pub(super) followed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Quotes {
    /// There are none.
    #[default]
    Missing,
    /// They are replaced with what is in them.
    Replaced,
    /// The proposal stands between them.
    Around,
}

/// Whether a name inside these blocks is a block of a schema's, and if so whether it has a label.
pub(super) type IsBlock<'f> = &'f dyn Fn(&[Around<'_>], &str) -> Option<bool>;

impl<'t> Site<'t> {
    /// In nothing.
    pub(super) fn nowhere() -> Site<'t> {
        Site { blocks: Vec::new(), body: Inside::Json(None), place: None, slot: Slot::Nothing, json: false }
    }

    pub(super) fn new(chunk: &'t Chunk, root: Place, at: u32, is_block: IsBlock<'_>) -> Site<'t> {
        match &chunk.body.json {
            Some(json) => json::site(&chunk.text, &json.value, root, at, is_block),
            None => native::site(&chunk.text, &chunk.body, root, at),
        }
    }

    /// The innermost block around the cursor.
    pub(super) fn block(&self) -> Option<&Around<'t>> {
        self.blocks.last()
    }
}

impl<'t> Inside<'t> {
    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&'t Expr> {
        match self {
            Inside::Native(body) => body.attribute(name).map(|attribute| &attribute.value),
            Inside::Json(value) => {
                let mut items = value.iter().flat_map(|value| value.properties());
                items.find(|item| item.key.as_plain_string() == Some(name)).map(|item| &item.value)
            }
        }
    }

    /// The bodies of its blocks of that type, which has no labels.
    pub(super) fn blocks(&self, kind: &str) -> Vec<Inside<'t>> {
        match self {
            Inside::Native(body) => {
                let blocks = body.blocks().filter(|block| block.kind.text == kind);
                blocks.map(|block| Inside::Native(&block.body)).collect()
            }
            Inside::Json(_) => match self.attribute(kind).map(|value| (value, &value.kind)) {
                Some((_, ExprKind::Tuple(values))) => {
                    values.iter().map(|it| Inside::Json(Some(it))).collect()
                }
                Some((value, _)) => vec![Inside::Json(Some(value))],
                None => Vec::new(),
            },
        }
    }

    /// The names of its attributes and the types of its blocks, with their places.
    pub(super) fn names(&self) -> Vec<(&'t str, Span)> {
        match self {
            Inside::Native(body) => {
                let attributes = body.attributes().map(|it| (it.name.text.as_str(), it.name.span));
                attributes.chain(body.blocks().map(|it| (it.kind.text.as_str(), it.kind.span))).collect()
            }
            Inside::Json(value) => {
                let items = value.iter().flat_map(|value| value.properties());
                items.filter_map(|item| Some((item.key.as_plain_string()?, item.key.span))).collect()
            }
        }
    }
}
