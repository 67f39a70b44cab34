//! The named things of a workspace: what a name in a file stands for.

use config::{ProviderRef, ResourceAddr};
use syntax::{FileName, Location, SmolStr, Span};

pub use crate::mentions::Role;

/// A named thing. Things of a module carry the module's directory.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Symbol {
    Variable {
        module: SmolStr,
        name: SmolStr,
    },
    /// A name that only a test file's `variables` block gives.
    FileVariable {
        file: FileName,
        name: SmolStr,
    },
    Local {
        module: SmolStr,
        name: SmolStr,
    },
    Output {
        module: SmolStr,
        name: SmolStr,
    },
    Resource {
        module: SmolStr,
        addr: ResourceAddr,
    },
    ModuleCall {
        module: SmolStr,
        name: SmolStr,
    },
    Check {
        module: SmolStr,
        name: SmolStr,
    },
    Run {
        file: FileName,
        name: SmolStr,
    },
    /// A provider by its local name, or with an alias one of its configurations.
    Provider {
        home: Home,
        reference: ProviderRef,
    },
    /// A module as a whole, named by a `source`; defined at the start of its first file.
    Module {
        dir: SmolStr,
    },
    /// Whatever outputs a module has, read as one value.
    Outputs {
        module: SmolStr,
    },
}

/// Where provider configurations are.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Home {
    Module(SmolStr),
    File(FileName),
}

/// One place where a symbol is named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Occurrence {
    pub symbol: Symbol,
    /// What an editor shows: `var.name`, a label with its quotes.
    pub location: Location,
    /// The name alone, in the same file.
    pub word: Span,
    pub role: Role,
}

impl Occurrence {
    /// Whether this is where the symbol is declared.
    pub fn is_definition(&self) -> bool {
        self.role == Role::Declare
    }
}

impl Symbol {
    /// The name, as it is written: of a configuration that has one, the alias. `None` of a module as a whole.
    pub(crate) fn name(&self) -> Option<&SmolStr> {
        match self {
            Symbol::Variable { name, .. }
            | Symbol::FileVariable { name, .. }
            | Symbol::Local { name, .. }
            | Symbol::Output { name, .. }
            | Symbol::ModuleCall { name, .. }
            | Symbol::Check { name, .. }
            | Symbol::Run { name, .. } => Some(name),
            Symbol::Resource { addr, .. } => Some(&addr.name),
            Symbol::Provider { reference, .. } => Some(reference.alias.as_ref().unwrap_or(&reference.name)),
            Symbol::Module { .. } | Symbol::Outputs { .. } => None,
        }
    }

    /// The same thing by another name.
    pub(crate) fn renamed(&self, new: &SmolStr) -> Symbol {
        let mut symbol = self.clone();
        match &mut symbol {
            Symbol::Variable { name, .. }
            | Symbol::FileVariable { name, .. }
            | Symbol::Local { name, .. }
            | Symbol::Output { name, .. }
            | Symbol::ModuleCall { name, .. }
            | Symbol::Check { name, .. }
            | Symbol::Run { name, .. } => *name = new.clone(),
            Symbol::Resource { addr, .. } => addr.name = new.clone(),
            Symbol::Provider { reference, .. } => match &mut reference.alias {
                Some(alias) => *alias = new.clone(),
                None => reference.name = new.clone(),
            },
            Symbol::Module { .. } | Symbol::Outputs { .. } => {}
        }
        symbol
    }
}
