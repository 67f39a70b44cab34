//! What an expression comes to whatever the names in it stand for.

use lang::expr::Node;
use lang::functions::{FileReader, Function, NoFiles};
use lang::{Dialect, Expr, Resolved, Scope, Traversal, Type, Value};
use syntax::{Diagnostics, Origin};

use crate::calls::offers_in_variables;

/// A scope in which every name has a value, and nobody knows which; but for one variable.
pub(super) struct Unevaluated<'a> {
    pub(super) dialect: Dialect,
    /// The one variable whose value is known.
    pub(super) variable: Option<(&'a str, &'a Value)>,
}

impl Unevaluated<'_> {
    pub(super) fn new(dialect: Dialect) -> Unevaluated<'static> {
        Unevaluated { dialect, variable: None }
    }

    /// The value of an expression, and what is wrong with it for any value of the names in it. `None` for one that reads
    /// files or asks a provider.
    pub(super) fn value(&self, expr: &Expr, origin: &Origin) -> Option<(Value, Diagnostics)> {
        let asks = |name: &str| name.contains("file") || name.starts_with("provider::");
        if expr.nodes().any(|(_, node)| matches!(node, Node::Call(call) if asks(&call.name))) {
            return None;
        }
        let mut found = Diagnostics::new();
        let value = lang::evaluate(expr, origin, self, &mut found);
        for diagnostic in &mut found {
            diagnostic.code.get_or_insert("evaluation");
        }
        Some((value, found))
    }
}

impl Scope for Unevaluated<'_> {
    fn resolve(&self, traversal: &Traversal, _: &Origin, _: &mut Diagnostics) -> Option<Resolved> {
        if let Some((name, value)) = self.variable
            && traversal.root == "var"
            && traversal.attr(0).is_some_and(|first| first == name)
        {
            return Some(Resolved { value: value.clone(), consumed: 1 });
        }
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
