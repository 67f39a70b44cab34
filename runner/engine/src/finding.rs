//! Diagnostics with the object that raised them, which `expect_failures` asks for.

use config::{InstanceKey, ModuleInstance, ResourceAddr};
use syntax::{Diagnostic, SmolStr};

/// A diagnostic of a walk.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub diagnostic: Diagnostic,
    /// Set when a custom condition raised it.
    pub check: Option<Checkable>,
}

/// The object whose custom condition failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Checkable {
    pub module: ModuleInstance,
    pub object: CheckableObject,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum CheckableObject {
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
