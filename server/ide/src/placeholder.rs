//! Values for variables that somebody has to give: of the declared type, and such that the variable's own validations
//! hold, or that one of them does not.

use std::collections::BTreeMap;

use config::{Condition, Item, Module, Variable, offers_in_variables};
use lang::expr::Node;
use lang::functions::{FileReader, Function, NoFiles};
use lang::{Dialect, Expr, Number, Resolved, Scope, Traversal, Type, Value};
use syntax::{Diagnostic, Diagnostics, Origin};

use crate::shapes::Named;

/// A value that the variable of a module takes. Where no value is found that its validations take, one of its type.
pub(crate) fn placeholder(module: &Module, variable: &Item<Variable>) -> Value {
    let candidates = candidates(module, variable);
    let takes = |value: &&Value| {
        let hold = |condition: &Condition| holds(variable, condition, value) != Some(false);
        variable.accept(value).is_ok() && variable.validations.iter().all(hold)
    };
    let found = candidates.iter().find(takes).or_else(|| candidates.first());
    found.cloned().unwrap_or_else(Value::dynamic)
}

/// A value of the variable's type that one of its validations refuses.
pub(crate) fn refused(module: &Module, variable: &Item<Variable>, validation: &Condition) -> Option<Value> {
    let mut candidates = candidates(module, variable);
    // What is most often refused comes first.
    candidates.splice(0..0, extremes(&variable.ty));
    let is_refused =
        |value: &Value| variable.accept(value).is_ok() && holds(variable, validation, value) == Some(false);
    candidates.into_iter().find(is_refused)
}

/// Values of the variable's type, the most telling one first.
fn candidates(module: &Module, variable: &Variable) -> Vec<Value> {
    let description = variable.description.as_deref().unwrap_or_default();
    let kind = usual_kind(module);
    let named = Named { name: &variable.name, kind: &kind, description };
    let conditions = variable.validations.iter().map(|it| &it.condition);
    let literals: Vec<Value> = conditions.flat_map(literals).collect();
    let mut found = values(named, &variable.ty, &literals);
    found.extend(extremes(&variable.ty));
    found
}

/// A type without a name, of the provider that most of the module's resources have: identifiers look as it forms them.
fn usual_kind(module: &Module) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for addr in module.resources.keys() {
        *counts.entry(config::implied_provider(&addr.kind)).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(name, _)| format!("{name}_")).unwrap_or_default()
}

fn values(named: Named<'_>, ty: &Type, literals: &[Value]) -> Vec<Value> {
    let of =
        |wanted: &Type| literals.iter().filter(move |it| it.ty() == *wanted).cloned().collect::<Vec<_>>();
    match ty {
        Type::String | Type::Dynamic => {
            let mut found = vec![Value::string(named.text())];
            found.extend(of(&Type::String));
            found.extend(TEXTS.iter().map(Value::string));
            found
        }
        Type::Number => {
            let mut found = vec![named.value(ty)];
            for number in of(&Type::Number).iter().filter_map(Value::as_number).filter_map(Number::to_i64) {
                found.extend([number, number.saturating_add(1), number.saturating_sub(1)].map(Value::int));
            }
            found.extend([0, 1, 2, 3, 8, 10, 30, 60, 80, 100, 365, 1024, 8080].map(Value::int));
            found
        }
        Type::Bool => vec![Value::bool(true), Value::bool(false)],
        Type::List(element) | Type::Set(element) => {
            let elements = values(named, element, literals);
            let mut found: Vec<Value> = elements.iter().map(|it| Value::tuple(vec![it.clone()])).collect();
            let several = |count: usize| elements.iter().take(count).cloned().collect();
            found.extend([2, 3].map(several).map(Value::tuple));
            found
        }
        Type::Map(element) => {
            let elements = values(named, element, literals).into_iter();
            elements.map(|it| Value::object([("example".into(), it)].into())).collect()
        }
        Type::Object(_) | Type::Tuple(_) | Type::Type => vec![named.value(ty)],
    }
}

/// Values at the edges of a type.
fn extremes(ty: &Type) -> Vec<Value> {
    match ty {
        Type::String | Type::Dynamic => ["", "!", "-", "a b", "A", "0"].iter().map(Value::string).collect(),
        Type::Number => vec![Value::int(0), Value::int(-1), Value::int(1_000_000)],
        Type::Bool => vec![Value::bool(false), Value::bool(true)],
        Type::List(_) | Type::Set(_) => vec![Value::empty_tuple()],
        Type::Map(_) => vec![Value::empty_object()],
        Type::Object(_) | Type::Tuple(_) | Type::Type => Vec::new(),
    }
}

/// Texts that validations often want: short and long, names of places, addresses.
const TEXTS: &[&str] = &[
    "example-name",
    "example_name",
    "Example",
    "test",
    "dev",
    "prod",
    "abc",
    "a",
    "1",
    "12",
    "123456789012",
    "1.2.3",
    "v1.2.3",
    "1.30",
    "us-east-1",
    "eastus",
    "10.0.0.0/16",
    "10.0.0.4",
    "example.com",
    "https://example.com",
    "user@example.com",
    "arn:aws:iam::123456789012:role/example",
    "00000000-0000-0000-0000-000000000000",
    "2024-01-01T00:00:00Z",
    "/example",
    "{}",
    "Example-Passw0rd!",
    "abcdefghijklmnopqrstuvwxyz012345",
];

/// The literal values in a condition, which are often what it allows.
fn literals(condition: &Expr) -> Vec<Value> {
    let nodes = condition.nodes().filter_map(|(_, node)| match node {
        Node::Literal(value) => Some(value),
        _ => None,
    });
    let mut found = Vec::new();
    for value in nodes {
        match value.as_slice() {
            Some(items) => found.extend(items.iter().cloned()),
            None => found.push(value.clone()),
        }
    }
    found
}

/// Whether a validation of the variable holds for a value; `None` where that depends on something else.
fn holds(variable: &Item<Variable>, condition: &Condition, value: &Value) -> Option<bool> {
    let value = variable.accept(value).ok()?;
    let scope = Given { name: &variable.name, value };
    let mut failed = Diagnostics::new();
    let origin = condition.condition.origin(&variable.origin);
    let found = syntax::with_stack(|| lang::evaluate(&condition.condition, origin, &scope, &mut failed));
    if failed.iter().any(Diagnostic::is_error) {
        return None;
    }
    let (found, _) = found.unmark();
    found.as_bool()
}

/// A scope in which one variable has a value, and nobody knows what everything else is.
struct Given<'a> {
    name: &'a str,
    value: Value,
}

impl Scope for Given<'_> {
    fn resolve(&self, traversal: &Traversal, _: &Origin, _: &mut Diagnostics) -> Option<Resolved> {
        let is_it = traversal.root == "var" && traversal.attr(0).is_some_and(|name| name == self.name);
        Some(match is_it {
            true => Resolved { value: self.value.clone(), consumed: 1 },
            false => Resolved { value: Value::dynamic(), consumed: traversal.steps.len() },
        })
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }

    fn dialect(&self) -> Dialect {
        Dialect::default()
    }

    fn offers(&self, function: &Function, name: &str) -> bool {
        offers_in_variables(function, name, Dialect::default())
    }
}

#[cfg(test)]
mod tests {
    use config::{FactsCache, MemoryFiles};
    use lang::render::hcl_expression;

    use super::*;

    fn check(declaration: &str, expected: &str, expected_refused: Option<&str>) {
        let files = MemoryFiles::new([("main.tf", &*format!("variable \"it\" {{\n{declaration}\n}}\n"))]);
        let tree = config::load_module(&files, ".", Dialect::default(), &FactsCache::new());
        assert!(tree.module.diagnostics.is_empty(), "{:?}", tree.module.diagnostics);
        let variable = &tree.module.variables["it"];
        let show = |value: &Value| hcl_expression(value, 1000).unwrap();
        let found = placeholder(&tree.module, variable);
        assert_eq!(show(&found), expected);
        assert!(variable.accept(&found).is_ok());
        let refused = variable.validations.first().and_then(|it| refused(&tree.module, variable, it));
        assert_eq!(refused.as_ref().map(show).as_deref(), expected_refused, "{declaration}");
    }

    #[test]
    fn values_suit_their_variables() {
        let validation = |ty: &str, condition: &str| {
            format!(
                "  type = {ty}\n  validation {{\n    condition     = {condition}\n    error_message = \"No.\"\n  }}"
            )
        };
        check("type = string", "\"example\"", None);
        check("type = number", "1", None);
        check("", "\"example\"", None);
        check(
            "type = object({ cidr = string, more = optional(list(string)) })",
            "{\n  cidr = \"10.0.0.0/16\"\n}",
            None,
        );
        let map = "{\n  example = {\n    x = [false, 1]\n  }\n}";
        check("type = map(object({ x = tuple([bool, number]) }))", map, None);
        check(&validation("string", "var.it != \"\""), "\"example\"", Some("\"\""));
        check(&validation("string", "contains([\"east\", \"west\"], var.it)"), "\"east\"", Some("\"\""));
        check(&validation("string", "can(cidrhost(var.it, 0))"), "\"10.0.0.0/16\"", Some("\"\""));
        check(&validation("string", "can(regex(\"^[a-z]{3}$\", var.it))"), "\"dev\"", Some("\"\""));
        check(&validation("number", "var.it >= 3 && var.it <= 5"), "3", Some("0"));
        check(
            &validation("list(string)", "length(var.it) > 1"),
            "[\"example\", \"example-name\"]",
            Some("[]"),
        );
        check(&validation("bool", "var.it"), "true", Some("false"));
        check(&validation("string", "var.it == var.other || true"), "\"example\"", None);
    }
}
