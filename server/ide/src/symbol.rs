//! The named things of a workspace: what a name in a file stands for.

use config::ResourceAddr;
use syntax::{FileName, Location, SmolStr};

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
    /// A module as a whole, named by a `source`; defined at the start of its first file.
    Module {
        dir: SmolStr,
    },
}

/// One place where a symbol is named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Occurrence {
    pub symbol: Symbol,
    pub location: Location,
    /// Whether this is where the symbol is declared.
    pub definition: bool,
}
