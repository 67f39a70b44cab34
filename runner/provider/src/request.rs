//! What providers are asked.

use lang::functions::FileReader;
use lang::{Dialect, Value};

use crate::answer::Private;

/// What a provider that is part of the tool may use of the world. Others are processes and have their own.
pub trait Outside {
    /// 16 random bytes, for ids.
    fn random(&self) -> [u8; 16];

    /// Files, by paths relative to the directory that the tool runs in.
    fn files(&self) -> &dyn FileReader;

    /// The tool that asks, and its version.
    fn dialect(&self) -> Dialect;
}

/// A question about an object as it is.
#[derive(Clone, Copy)]
pub struct ReadRequest<'a> {
    pub kind: &'a str,
    /// The object as it was.
    pub current: &'a Value,
    pub private: &'a Private,
}

/// A question about an object as it will be.
#[derive(Clone, Copy)]
pub struct PlanRequest<'a> {
    pub kind: &'a str,
    /// Null for a new object.
    pub prior: &'a Value,
    /// The configuration with what the prior object has for everything that the configuration leaves to the provider;
    /// null when the object is to be destroyed.
    pub proposed: &'a Value,
    /// The arguments as they are written; null when the object is to be destroyed.
    pub config: &'a Value,
    pub private: &'a Private,
    pub outside: &'a dyn Outside,
}

/// A planned change to be made.
#[derive(Clone, Copy)]
pub struct ApplyRequest<'a> {
    pub kind: &'a str,
    /// Null for a new object.
    pub prior: &'a Value,
    /// Null when the object is to be destroyed.
    pub planned: &'a Value,
    /// The arguments as they are written; null when the object is to be destroyed.
    pub config: &'a Value,
    pub private: &'a Private,
    pub outside: &'a dyn Outside,
}

/// An object that is to be taken over.
#[derive(Clone, Copy)]
pub struct ImportRequest<'a> {
    pub kind: &'a str,
    pub by: ImportBy<'a>,
}

/// What tells which object is meant.
#[derive(Clone, Copy)]
pub enum ImportBy<'a> {
    Id(&'a str),
    /// An object of the identity's type, nulls in it where nothing was given.
    Identity(&'a Value),
}

/// An object of one type that is to become an object of another.
#[derive(Clone, Copy)]
pub struct MoveRequest<'a> {
    /// The source address of the provider that made it.
    pub from_provider: &'a str,
    pub from_kind: &'a str,
    pub kind: &'a str,
    pub value: &'a Value,
    pub private: &'a Private,
}
