//! What providers answer.

use lang::Value;
use syntax::SmolStr;

/// The answer to a plan.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The object as it will be, unknown where only applying tells.
    pub value: Value,
    /// Attributes whose change cannot be made in place.
    pub requires_replace: Vec<Attribute>,
}

/// The answer to an apply: the object as it is.
#[derive(Clone, Debug)]
pub struct Applied {
    pub value: Value,
}

/// An attribute of the resource, by name.
pub type Attribute = SmolStr;

/// What a provider says when it cannot do something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProviderError {
    pub summary: String,
    pub detail: String,
}

/// A source of random bytes, for ids.
pub trait Random {
    fn bytes(&mut self) -> [u8; 16];
}

impl<F: FnMut() -> [u8; 16]> Random for F {
    fn bytes(&mut self) -> [u8; 16] {
        self()
    }
}
