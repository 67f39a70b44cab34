//! What an expression comes to whatever the names in it stand for.

use lang::functions::{FileReader, Function, NoFiles};
use lang::{Dialect, Resolved, Scope, Traversal, Type, Value};
use syntax::{Diagnostics, Origin};

use crate::calls::offers_in_variables;

/// A scope in which every name has a value, and nobody knows which.
pub(super) struct Unevaluated {
    pub(super) dialect: Dialect,
}

impl Scope for Unevaluated {
    fn resolve(&self, traversal: &Traversal, _: &Origin, _: &mut Diagnostics) -> Option<Resolved> {
        Some(Resolved { value: Value::unknown(Type::Dynamic), consumed: traversal.steps.len() })
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }

    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn offers(&self, function: &Function, name: &str) -> bool {
        offers_in_variables(function, name, self.dialect)
    }
}
