//! `count` and `for_each`: from an expression to instance keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{Dialect, Feature, InstanceKey, Tool};
use lang::{Cause, Expr, Marks, Scope, Type, Value, View};
use syntax::{Diagnostic, Diagnostics, Origin, SmolStr};

use super::not_yet_known::{self, Excluded};
use crate::deprecation::Deprecated;

/// More instances than this are refused: they are a mistake, and would take all memory.
const MOST_INSTANCES: usize = 100_000;

/// Which instances a resource or module call has.
#[derive(Clone, Debug)]
pub(crate) enum Expansion {
    Single,
    Count(usize),
    ForEach(BTreeMap<SmolStr, Value>),
}

/// `count.index`, `each.key` and `each.value` where they are set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Repetition {
    pub count_index: Option<Value>,
    pub each: Option<(Value, Value)>,
}

impl Repetition {
    /// What an argument of a call sees before it is known whether the call is repeated.
    pub fn wholly_unknown() -> Repetition {
        Repetition {
            count_index: Some(Value::unknown(Type::Number)),
            each: Some((Value::unknown(Type::String), Value::dynamic())),
        }
    }

    /// Instances of which nothing is known yet, as validation sees them.
    pub fn unknown(count: bool, for_each: bool) -> Repetition {
        Repetition {
            count_index: count.then(|| Value::unknown(Type::Number)),
            each: (!count && for_each).then(|| (Value::unknown(Type::String), Value::dynamic())),
        }
    }
}

impl Expansion {
    pub fn instances(&self) -> impl Iterator<Item = (InstanceKey, Repetition)> {
        self.keys().into_iter().filter_map(|key| {
            let repetition = self.repetition(&key)?;
            Some((key, repetition))
        })
    }

    pub fn keys(&self) -> Vec<InstanceKey> {
        match self {
            Expansion::Single => vec![InstanceKey::None],
            Expansion::Count(count) => {
                (0..*count).map(|index| InstanceKey::Int(i64::try_from(index).unwrap_or(i64::MAX))).collect()
            }
            Expansion::ForEach(elements) => elements.keys().cloned().map(InstanceKey::String).collect(),
        }
    }

    /// `count` or `each` of one instance; `None` when there is no such instance.
    pub fn repetition(&self, key: &InstanceKey) -> Option<Repetition> {
        match (self, key) {
            _ if !self.has(key) => None,
            (Expansion::Count(_), InstanceKey::Int(index)) => {
                Some(Repetition { count_index: Some(Value::int(*index)), each: None })
            }
            (Expansion::ForEach(elements), InstanceKey::String(key)) => {
                let each = Some((Value::string(key), elements.get(key)?.clone()));
                Some(Repetition { count_index: None, each })
            }
            _ => Some(Repetition::default()),
        }
    }

    /// How many instances there are.
    pub fn len(&self) -> usize {
        match self {
            Expansion::Single => 1,
            Expansion::Count(count) => *count,
            Expansion::ForEach(elements) => elements.len(),
        }
    }

    pub fn has(&self, key: &InstanceKey) -> bool {
        match (self, key) {
            (Expansion::Single, InstanceKey::None) => true,
            (Expansion::Count(count), InstanceKey::Int(index)) => {
                usize::try_from(*index).is_ok_and(|index| index < *count)
            }
            (Expansion::ForEach(elements), InstanceKey::String(key)) => elements.contains_key(key),
            _ => false,
        }
    }

    /// What a reference to the whole reads: an object, a tuple of objects, or an object by key.
    pub fn gather(&self, mut object: impl FnMut(&InstanceKey) -> Option<Value>) -> Value {
        let mut get = |key: InstanceKey| object(&key).unwrap_or_else(Value::dynamic);
        match self {
            Expansion::Single => get(InstanceKey::None),
            Expansion::Count(count) => Value::tuple(
                (0..*count)
                    .map(|index| get(InstanceKey::Int(i64::try_from(index).unwrap_or(i64::MAX))))
                    .collect(),
            ),
            Expansion::ForEach(elements) => Value::object(
                elements
                    .keys()
                    .map(|key| (Arc::from(key.as_str()), get(InstanceKey::String(key.clone()))))
                    .collect(),
            ),
        }
    }
}

/// The arguments of a block that may stand for several instances.
pub(super) struct Repeated<'r> {
    pub count: Option<&'r Expr>,
    pub for_each: Option<&'r Expr>,
    pub origin: &'r Origin,
    pub deprecated: &'r Deprecated,
    /// The address that a plan could leave out.
    pub excluded: &'r dyn Fn() -> String,
}

/// Evaluates whichever of the two arguments is there. With `validate`, a value that is not known yet is no error and
/// the result means nothing.
pub(super) fn expansion(
    place: &Repeated<'_>,
    scope: &dyn Scope,
    validate: bool,
    sink: &mut Diagnostics,
) -> Option<Expansion> {
    let mut found = Diagnostics::new();
    let expansion = match (place.count, place.for_each) {
        (Some(count), _) => self::count(count, place, scope, &mut found).map(Expansion::Count),
        (None, Some(for_each)) => {
            let (deprecated, excluded) = (Some(place.deprecated), Some(place.excluded));
            self::for_each(for_each, place.origin, deprecated, excluded, scope, &mut found)
                .map(Expansion::ForEach)
        }
        (None, None) => Some(Expansion::Single),
    };
    if validate {
        found.retain(|diagnostic| diagnostic.code != Some(UNKNOWN));
        let failed = found.iter().any(Diagnostic::is_error);
        sink.extend(found);
        return (!failed).then_some(Expansion::Single);
    }
    sink.extend(found);
    expansion
}

/// The code of errors about values that are known only after apply.
pub(crate) const UNKNOWN: &str = "unknown-expansion";

fn count(expr: &Expr, place: &Repeated<'_>, scope: &dyn Scope, sink: &mut Diagnostics) -> Option<usize> {
    const SUMMARY: &str = "Invalid count argument";
    let origin = place.origin;
    let before = sink.len();
    let (value, operands) = lang::evaluate_with_operands(expr, origin, scope, sink);
    if sink[before..].iter().any(Diagnostic::is_error) {
        return None;
    }
    let value = place.deprecated.taken(value, expr, origin, sink);
    // Unlike elsewhere, Terraform shows values only with what is no number.
    let mut refuse = |detail: &str, code: &'static str| {
        sink.push(Diagnostic::error(SUMMARY, detail).at(expr.location(origin)).with_code(code));
        None
    };
    let dialect = scope.dialect();
    if value.marks().contains(Marks::EPHEMERAL) {
        refuse(&not_yet_known::ephemeral("count", dialect.tool), INVALID);
        if dialect.tool == Tool::OpenTofu {
            return None;
        }
    }
    // Sensitive values may be counted: only keys would show them.
    let (value, marks) = value.unmark();
    if value.is_null() {
        return refuse("The given \"count\" argument value is null. An integer is required.", INVALID);
    }
    if !value.is_known() {
        return refuse(&not_yet_known::count(dialect, Some(place.excluded)), UNKNOWN);
    }
    let unsuitable = |reason: &str| format!("The given \"count\" argument value is unsuitable: {reason}.");
    let number = match lang::convert(&value, &Type::Number) {
        Ok(value) => value,
        Err(error) => {
            let detail = format!("Invalid expression value: {error}.");
            let place = expr.location(origin);
            let mut diagnostic =
                Diagnostic::error("Incorrect value type", detail).at(place).with_code(INVALID);
            diagnostic.operands = operands.shown(Cause::Other);
            sink.push(diagnostic);
            return None;
        }
    };
    let Some(number) = number.as_number() else {
        return refuse(&unsuitable("a number is required"), INVALID);
    };
    let whole = "value must be a whole number, between -9223372036854775808 and 9223372036854775807";
    let Some(count) = number.to_i64().filter(|_| number.is_integer()) else {
        return refuse(&unsuitable(whole), INVALID);
    };
    match usize::try_from(count) {
        Err(_) => refuse(&unsuitable("must be greater than or equal to zero"), INVALID),
        Ok(count) if count > MOST_INSTANCES => refuse(&too_many(&count.to_string()), INVALID),
        // That it is ephemeral has been said.
        Ok(count) => (!marks.contains(Marks::EPHEMERAL)).then_some(count),
    }
}

/// The code of all other errors about `count` and `for_each`.
const INVALID: &str = "invalid-expansion";

fn too_many(count: &str) -> String {
    format!("{count} instances were asked for, which is more than the limit of {MOST_INSTANCES} instances.")
}

/// The elements of `for_each`. `None` after saying what is wrong with it. Nothing is `deprecated` where no module can be
/// named; `excluded` is what a plan could leave out.
pub(crate) fn for_each(
    expr: &Expr,
    origin: &Origin,
    deprecated: Option<&Deprecated>,
    excluded: Excluded<'_>,
    scope: &dyn Scope,
    sink: &mut Diagnostics,
) -> Option<BTreeMap<SmolStr, Value>> {
    const SUMMARY: &str = "Invalid for_each argument";
    let dialect = scope.dialect();
    let words = Words::of(dialect);
    let before = sink.len();
    let (value, operands) = lang::evaluate_with_operands(expr, origin, scope, sink);
    if sink[before..].iter().any(Diagnostic::is_error) {
        return None;
    }
    let value = match deprecated {
        Some(deprecated) => deprecated.taken(value, expr, origin, sink),
        None => value,
    };
    let mut refuse = |summary: &str, detail: String, cause: Cause| {
        let mut diagnostic = Diagnostic::error(summary, detail)
            .at(expr.location(origin))
            .with_code(if cause == Cause::Unknown { UNKNOWN } else { INVALID });
        diagnostic.operands = operands.shown(cause);
        sink.push(diagnostic);
        None
    };
    if value.marks().contains(Marks::SENSITIVE) {
        let detail = "Sensitive values, or values derived from sensitive values, cannot be used as for_each \
                      arguments. If used, the sensitive value could be exposed as a resource instance key.";
        refuse(SUMMARY, detail.to_owned(), Cause::Sensitive);
    }
    if value.marks().contains(Marks::EPHEMERAL) {
        refuse(SUMMARY, not_yet_known::ephemeral("for_each", dialect.tool), Cause::Ephemeral);
    }
    let (value, marks) = value.unmark();
    if marks.contains(Marks::SENSITIVE) || marks.contains(Marks::EPHEMERAL) {
        return None;
    }
    let unsuitable = |reason: &str| format!("The given \"for_each\" argument value is unsuitable: {reason}.");
    if value.is_null() {
        let reason = format!("the given \"for_each\" argument value is null{}", words.allowed);
        return refuse(SUMMARY, unsuitable(&reason), Cause::Other);
    }
    let ty = value.ty();
    if ty == Type::Dynamic || !value.is_known() {
        return refuse(SUMMARY, not_yet_known::for_each(&ty, dialect, excluded), Cause::Unknown);
    }
    if value.len().is_some_and(|length| length > MOST_INSTANCES) {
        let count = value.len().unwrap_or(0).to_string();
        return refuse(SUMMARY, too_many(&count), Cause::Other);
    }
    match (value.view(), &ty) {
        (View::Map(elements) | View::Object(elements), _) => {
            Some(elements.iter().map(|(key, value)| (SmolStr::from(&**key), value.clone())).collect())
        }
        (View::Set([]), _) => Some(BTreeMap::new()),
        (View::Set(items), _) if items.iter().any(|item| !item.is_known()) => {
            refuse(SUMMARY, not_yet_known::for_each(&ty, dialect, excluded), Cause::Unknown)
        }
        (View::Set(_), Type::Set(element)) if **element != Type::String => {
            let reason = format!(
                "\"for_each\" supports {} of strings, but you have provided a set containing type {}",
                words.supported,
                element.friendly_name()
            );
            refuse(words.set_summary, unsuitable(&reason), Cause::Other)
        }
        (View::Set(items), _) => {
            let mut elements = BTreeMap::new();
            for item in items {
                if item.is_null() {
                    let reason = "\"for_each\" sets must not contain null values";
                    return refuse(words.set_summary, unsuitable(reason), Cause::Other);
                }
                let Some(key) = item.as_str() else {
                    return refuse(SUMMARY, not_yet_known::for_each(&ty, dialect, excluded), Cause::Unknown);
                };
                elements.insert(SmolStr::from(key), item.clone());
            }
            Some(elements)
        }
        _ => {
            let reason = format!(
                "the \"for_each\" argument must be a map, or set of strings, and you have provided a value of type {}",
                ty.friendly_name()
            );
            refuse(SUMMARY, unsuitable(&reason), Cause::Other)
        }
    }
}

/// The words that not all versions have.
struct Words {
    set_summary: &'static str,
    /// What follows on a value that is null.
    allowed: &'static str,
    supported: &'static str,
}

impl Words {
    fn of(dialect: Dialect) -> Words {
        let allowed = ". A map, or set of strings is allowed";
        let set_summary = "Invalid for_each set argument";
        match dialect.tool {
            Tool::Terraform => Words { set_summary, allowed, supported: "maps and sets" },
            Tool::OpenTofu if dialect.has(Feature::ForEachInOneCheck) => {
                Words { set_summary: "Invalid for_each argument", allowed: "", supported: "sets" }
            }
            Tool::OpenTofu => Words { set_summary, allowed, supported: "sets" },
        }
    }
}
