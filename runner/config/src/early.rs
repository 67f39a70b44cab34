//! What is known outside of the modules when they are loaded: values of the root module's variables. Whoever loads says it
//! through [`Early`]; nothing here knows where values come from.

use std::cell::LazyCell;
use std::sync::Arc;

use lang::functions::{FileReader, NoFiles};
use lang::{Resolved, Scope, Traversal, Value};
use syntax::{Diagnostic, Diagnostics, Origin, SmolStr};

use crate::item::Item;
use crate::module::{Module, Variable};
use crate::static_values::{Asked, CODE, Frame, StaticValues};
use crate::test_file::Run;

/// What is known outside of the modules.
pub trait Early {
    /// What a variable of the root module was given, or its default. `None` after errors.
    fn variable(&self, variable: &Item<Variable>, sink: &mut Diagnostics) -> Option<Value>;

    /// The names of what the root module is loaded for, where that is a run.
    fn path(&self) -> &[SmolStr] {
        &[]
    }

    /// Whether values are still to come: then nothing is said of what is not known.
    fn is_open(&self) -> bool {
        false
    }

    /// Whether functions may read files and paths. Where they may not, what they return is still to come.
    fn reads_files(&self) -> bool {
        true
    }

    /// The absolute path of the directory that the tool runs in, where that is known.
    fn working_directory(&self) -> Option<&str>;

    fn workspace(&self) -> &str;

    /// Files, time and places for functions and messages; no names are asked of it.
    fn surroundings(&self) -> &dyn Scope;
}

/// What is known where nobody has given any values: the defaults of variables, and that the rest is still to come.
pub struct Defaults;

impl Early for Defaults {
    fn variable(&self, variable: &Item<Variable>, _: &mut Diagnostics) -> Option<Value> {
        Some(variable.default.clone().unwrap_or_else(Value::dynamic))
    }

    fn is_open(&self) -> bool {
        true
    }

    fn reads_files(&self) -> bool {
        false
    }

    fn working_directory(&self) -> Option<&str> {
        None
    }

    fn workspace(&self) -> &str {
        "default"
    }

    fn surroundings(&self) -> &dyn Scope {
        self
    }
}

impl Scope for Defaults {
    fn resolve(&self, _: &Traversal, _: &Origin, _: &mut Diagnostics) -> Option<Resolved> {
        None
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }
}

/// The module of a run: what the run says of its variables is evaluated in the module under test.
pub(crate) struct OfRun<'a> {
    /// Read when a variable is asked for.
    pub(crate) tested: LazyCell<Arc<Module>, Box<dyn FnOnce() -> Arc<Module> + 'a>>,
    pub(crate) run: &'a Item<Run>,
    pub(crate) outside: &'a dyn Early,
}

impl Early for OfRun<'_> {
    fn variable(&self, variable: &Item<Variable>, sink: &mut Diagnostics) -> Option<Value> {
        let Some(said) = self.run.variables.get(&variable.name) else {
            return Some(variable.default.clone().unwrap_or_else(Value::dynamic));
        };
        let frame = Frame { module: &self.tested, caller: None };
        let place = said.value.location(&self.run.origin);
        let asked = Asked { name: format!("var.{}", variable.name), place, by: None };
        StaticValues::new(self.outside).value(&frame, &said.value, &self.run.origin, &asked, sink)
    }

    fn is_open(&self) -> bool {
        self.outside.is_open()
    }

    fn reads_files(&self) -> bool {
        self.outside.reads_files()
    }

    fn working_directory(&self) -> Option<&str> {
        self.outside.working_directory()
    }

    fn workspace(&self) -> &str {
        self.outside.workspace()
    }

    fn surroundings(&self) -> &dyn Scope {
        self.outside.surroundings()
    }
}

/// What OpenTofu says of a variable that it would have to ask a person for.
pub fn unasked(variable: &Item<Variable>) -> Diagnostic {
    let summary = format!("Failed to request input from user for variable var.{}", variable.name);
    Diagnostic::error(summary, "").at(variable.locate(variable.header)).with_code(CODE)
}
