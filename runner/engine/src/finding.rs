//! Diagnostics with the object that raised them, which `expect_failures` asks for.

use std::fmt;

use config::{InstanceKey, ModuleInstance, ResourceAddr};
use syntax::{Diagnostic, SmolStr};

/// A diagnostic of a walk.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub diagnostic: Diagnostic,
    /// Set when a custom condition raised it.
    pub check: Option<Checkable>,
}

/// An object with custom conditions.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Checkable {
    pub module: ModuleInstance,
    pub object: CheckableObject,
}

/// What it is within its module.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum CheckableObject {
    Variable(SmolStr),
    Output(SmolStr),
    Check(SmolStr),
    Resource(ResourceAddr, InstanceKey),
}

impl Finding {
    pub fn plain(diagnostic: Diagnostic) -> Finding {
        Finding { diagnostic, check: None }
    }
}

impl fmt::Display for Checkable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        write!(f, "{}", self.object)
    }
}

impl fmt::Display for CheckableObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CheckableObject::Variable(name) => write!(f, "var.{name}"),
            CheckableObject::Output(name) => write!(f, "output.{name}"),
            CheckableObject::Check(name) => write!(f, "check.{name}"),
            CheckableObject::Resource(resource, key) => write!(f, "{resource}{key}"),
        }
    }
}
