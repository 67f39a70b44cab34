//! What an expression comes to whatever the names in it stand for.

use std::cell::Cell;
use std::sync::LazyLock;

use lang::functions::{FileReader, Function, Limits, NoFiles};
use lang::{Dialect, Expr, Resolved, Scope, Traversal, Type, Value};
use syntax::{Diagnostics, Origin};

use super::cost::cost;
use super::instances::Instances;
use crate::address::{ResourceAddr, ResourceMode};
use crate::calls::{calls_any, offers_in_variables, reads_files};
use crate::module::Module;

/// How often an evaluation may ask whether it should end, which it does about every thousand iterations: it happens on
/// every keystroke.
const MOST_LOOKS: u32 = 32;

/// What all calls of an evaluation together may cost; about ten milliseconds.
const MOST_COST: usize = 1 << 20;

/// What one evaluation may make.
static LIMITS: LazyLock<Limits> = LazyLock::new(|| Limits {
    max_string_bytes: 1 << 18,
    max_elements: 1 << 13,
    max_weight: 1 << 22,
    ..Limits::default()
});

/// A scope in which every name has a value, and nobody knows which; but for some variables, and for the keys of a module's
/// resources and calls.
pub(super) struct Unevaluated<'a> {
    dialect: Dialect,
    /// The variables whose values are known.
    variables: &'a [(&'a str, &'a Value)],
    /// The module whose blocks have the instances that are written out.
    module: Option<&'a Module>,
    looks_left: Cell<u32>,
    cost_left: Cell<usize>,
    /// Whether something took too long or was too much.
    given_up: Cell<bool>,
}

impl<'a> Unevaluated<'a> {
    pub(super) fn new(dialect: Dialect) -> Unevaluated<'static> {
        Unevaluated {
            dialect,
            variables: &[],
            module: None,
            looks_left: Cell::new(MOST_LOOKS),
            cost_left: Cell::new(MOST_COST),
            given_up: Cell::new(false),
        }
    }

    pub(super) fn with_variables(dialect: Dialect, variables: &'a [(&'a str, &'a Value)]) -> Unevaluated<'a> {
        Unevaluated { variables, ..Unevaluated::new(dialect) }
    }

    pub(super) fn in_module(dialect: Dialect, module: &'a Module) -> Unevaluated<'a> {
        Unevaluated { module: Some(module), ..Unevaluated::new(dialect) }
    }

    /// The value of an expression, and what is wrong with it for any value of the names in it. `None` for one that reads
    /// files, asks a provider or takes long.
    pub(super) fn value(&self, expr: &Expr, origin: &Origin) -> Option<(Value, Diagnostics)> {
        if calls_any(expr, |name| reads_files(name) || name.starts_with("provider::")) {
            return None;
        }
        let mut found = Diagnostics::new();
        self.looks_left.set(MOST_LOOKS);
        self.cost_left.set(MOST_COST);
        self.given_up.set(false);
        let value = lang::evaluate(expr, origin, self, &mut found);
        if self.given_up.get() {
            return None;
        }
        for diagnostic in &mut found {
            diagnostic.code.get_or_insert("evaluation");
        }
        Some((value, found))
    }
}

impl Scope for Unevaluated<'_> {
    fn resolve(&self, traversal: &Traversal, _: &Origin, _: &mut Diagnostics) -> Option<Resolved> {
        let name = traversal.attr(0).filter(|_| traversal.root == "var");
        let is_named = |(known, _): &&(&str, &Value)| name.is_some_and(|name| name == known);
        if let Some((_, value)) = self.variables.iter().find(is_named) {
            return Some(Resolved { value: Value::clone(value), consumed: 1 });
        }
        if let Some(found) = self.module.and_then(|module| repeated(traversal, module)) {
            return Some(found);
        }
        Some(Resolved { value: Value::unknown(Type::Dynamic), consumed: traversal.steps.len() })
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }

    fn interrupted(&self) -> bool {
        self.looks_left.set(self.looks_left.get().saturating_sub(1));
        if self.looks_left.get() == 0 {
            self.given_up.set(true);
        }
        self.given_up.get()
    }

    fn limits(&self) -> &Limits {
        &LIMITS
    }

    fn beyond_limits(&self) {
        self.given_up.set(true);
    }

    fn affords(&self, function: &Function, arguments: &[Value]) -> bool {
        match self.cost_left.get().checked_sub(cost(function, arguments)) {
            Some(left) => self.cost_left.set(left),
            None => self.given_up.set(true),
        }
        !self.given_up.get()
    }

    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn offers(&self, function: &Function, name: &str) -> bool {
        offers_in_variables(function, name, self.dialect)
    }
}

/// What the name of a repeated block stands for, where it is known which instances the block has.
pub(super) fn repeated(traversal: &Traversal, module: &Module) -> Option<Resolved> {
    let dialect = module.dialect;
    let (instances, consumed) = match traversal.root.as_str() {
        "module" => {
            let call = module.calls.get(traversal.attr(0)?)?;
            (Instances::of_call(call, &call.origin, dialect)?, 1)
        }
        root => {
            let (mode, kind, at) = match root {
                "data" => (ResourceMode::Data, traversal.attr(0)?, 1),
                "resource" => (ResourceMode::Managed, traversal.attr(0)?, 1),
                _ => (ResourceMode::Managed, &traversal.root, 0),
            };
            let addr = ResourceAddr { mode, kind: kind.clone(), name: traversal.attr(at)?.clone() };
            let resource = module.resources.get(&addr)?;
            (Instances::of_resource(resource, &resource.origin, dialect)?, at + 1)
        }
    };
    Some(Resolved { value: instances.value()?, consumed })
}

#[cfg(test)]
mod tests;
