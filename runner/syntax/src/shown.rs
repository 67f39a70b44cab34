//! Values that stand beside a diagnostic, as they may be shown to people.

use std::collections::BTreeMap;
use std::sync::Arc;

/// A value without what must not be seen. It knows no types: lists, sets and tuples are all arrays, maps and objects all
/// objects.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Shown {
    Null,
    Unknown,
    Sensitive,
    Ephemeral,
    Bool(bool),
    /// The digits of JSON.
    Number(String),
    String(Arc<str>),
    Array(Vec<Shown>),
    Object(BTreeMap<Arc<str>, Shown>),
}

/// What a failed assertion can be shown with.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Evidence {
    /// The operands that are known, as in [`crate::Operand`], with their values in full.
    pub operands: Vec<(String, Shown)>,
    /// `None` where the condition is no binary operator.
    pub comparison: Option<Comparison>,
}

/// The two sides of a condition that is a binary operator.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Comparison {
    pub left: Shown,
    pub right: Shown,
    /// The operator is `==`.
    pub is_equality: bool,
    /// No two values of these types are ever equal.
    pub different_types: bool,
}
