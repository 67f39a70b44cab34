//! The names that `dynamic` blocks bind, and the scope in which there are no others.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::expr::Node;
use lang::functions::{FileReader, Function, Limits, NoFiles};
use lang::{Dialect, Expr, Resolved, Scope, Traversal, Value};
use syntax::{Diagnostics, Location, Origin, SmolStr};

/// The scope inside of a generated block: its iterator, and everything around.
pub(super) struct Iteration<'a> {
    outer: &'a dyn Scope,
    iterator: &'a SmolStr,
    /// `{ key, value }`
    element: Value,
}

impl<'a> Iteration<'a> {
    pub fn new(outer: &'a dyn Scope, iterator: &'a SmolStr, key: Value, value: Value) -> Iteration<'a> {
        let element = BTreeMap::from([(Arc::from("key"), key), (Arc::from("value"), value)]);
        Iteration { outer, iterator, element: Value::object(element) }
    }
}

impl Scope for Iteration<'_> {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        if traversal.root == *self.iterator {
            return Some(Resolved { value: self.element.clone(), consumed: 0 });
        }
        self.outer.resolve(traversal, origin, sink)
    }

    fn files(&self) -> &dyn FileReader {
        self.outer.files()
    }

    fn pure(&self) -> bool {
        self.outer.pure()
    }

    fn unix_time(&self) -> i64 {
        self.outer.unix_time()
    }

    fn random(&self, buffer: &mut [u8]) {
        self.outer.random(buffer);
    }

    fn limits(&self) -> &Limits {
        self.outer.limits()
    }

    fn beyond_limits(&self) {
        self.outer.beyond_limits();
    }

    fn affords(&self, function: &Function, arguments: &[Value]) -> bool {
        self.outer.affords(function, arguments)
    }

    fn interrupted(&self) -> bool {
        self.outer.interrupted()
    }

    fn dialect(&self) -> Dialect {
        self.outer.dialect()
    }

    fn plan_time(&self) -> Option<i64> {
        self.outer.plan_time()
    }

    fn offers(&self, function: &Function, name: &str) -> bool {
        self.outer.offers(function, name)
    }

    fn refuses(&self, function: &Function) -> Option<String> {
        self.outer.refuses(function)
    }

    fn describe_unknown_function(&self, name: &str) -> (&'static str, String) {
        self.outer.describe_unknown_function(name)
    }

    fn place(&self, location: &Location) -> String {
        self.outer.place(location)
    }
}

/// Nothing but what `dynamic` blocks over constants bind.
pub(super) struct Nothing<'a> {
    pub place: &'a dyn Fn(&Location) -> String,
}

impl Scope for Nothing<'_> {
    /// There is nothing, and that is not worth a word: see [`is_constant`].
    fn resolve(&self, _traversal: &Traversal, _origin: &Origin, _sink: &mut Diagnostics) -> Option<Resolved> {
        None
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }

    fn place(&self, location: &Location) -> String {
        (self.place)(location)
    }
}

/// Whether an expression has the same value wherever it is evaluated. A function may depend on more than its arguments.
pub(super) fn is_constant(expr: &Expr, scope: &dyn Scope) -> bool {
    let origin = Origin::default();
    expr.traversals().iter().all(|it| scope.resolve(it, &origin, &mut Diagnostics::new()).is_some())
        && expr.nodes().all(|(_, node)| !matches!(node, Node::Call(_) | Node::Constraint(_) | Node::Missing))
}
