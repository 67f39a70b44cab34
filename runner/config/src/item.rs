//! A declaration and where it stands.

use std::ops::Deref;
use std::sync::Arc;

use syntax::{Location, Origin, Span};

/// A declaration read from one chunk, with the origin that makes its spans absolute.
///
/// The declaration is shared with the chunk's cache; only the origin changes when text above it is edited.
#[derive(Debug)]
pub struct Item<T> {
    pub decl: Arc<T>,
    pub origin: Origin,
}

impl<T> Item<T> {
    pub fn new(decl: Arc<T>, origin: Origin) -> Item<T> {
        Item { decl, origin }
    }

    /// The absolute place of one of the declaration's spans.
    pub fn locate(&self, span: Span) -> Location {
        self.origin.locate(span)
    }
}

impl<T> Clone for Item<T> {
    fn clone(&self) -> Item<T> {
        Item { decl: Arc::clone(&self.decl), origin: self.origin.clone() }
    }
}

impl<T> Deref for Item<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.decl
    }
}
