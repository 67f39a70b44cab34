//! The instances that a block has, where its `count` or `for_each` is written out.

use std::collections::BTreeSet;

use lang::{Dialect, Expr, Type, Value};
use syntax::{Origin, SmolStr};

use super::unevaluated::Unevaluated;
use crate::address::InstanceKey;
use crate::module::{ModuleCall, Resource};

/// The keys of a block's instances.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Instances {
    /// One, without a key.
    Single,
    Counted(i64),
    Named(BTreeSet<SmolStr>),
}

/// More instances than this are not looked at one by one.
const MOST: i64 = 1_000;

impl Instances {
    /// Those of a resource; `None` where they depend on what is known only when it is planned.
    pub(super) fn of_resource(resource: &Resource, origin: &Origin, dialect: Dialect) -> Option<Instances> {
        Instances::of(resource.count.as_ref(), resource.for_each.as_ref(), origin, dialect)
    }

    /// The same for a module call.
    pub(super) fn of_call(call: &ModuleCall, origin: &Origin, dialect: Dialect) -> Option<Instances> {
        Instances::of(call.count.as_ref(), call.for_each.as_ref(), origin, dialect)
    }

    /// The same for the arguments themselves.
    pub(super) fn of(
        count: Option<&Expr>,
        for_each: Option<&Expr>,
        origin: &Origin,
        dialect: Dialect,
    ) -> Option<Instances> {
        match (count, for_each) {
            (None, None) => Some(Instances::Single),
            (Some(count), None) => {
                let count = lang::convert(&written_out(count, origin, dialect)?, &Type::Number).ok()?;
                let count = count.as_number()?.to_i64()?;
                (count >= 0).then_some(Instances::Counted(count))
            }
            (None, Some(for_each)) => {
                let value = written_out(for_each, origin, dialect)?;
                let is_suitable = match value.ty() {
                    Type::Map(_) | Type::Object(_) => true,
                    Type::Set(element) => matches!(*element, Type::String),
                    _ => false,
                };
                let keys = value.elements().filter(|_| is_suitable)?;
                let keys: Option<BTreeSet<SmolStr>> =
                    keys.map(|(key, _)| key.as_str().map(SmolStr::new)).collect();
                keys.map(Instances::Named)
            }
            (Some(_), Some(_)) => None,
        }
    }

    pub(super) fn has(&self, key: &InstanceKey) -> bool {
        match (self, key) {
            (Instances::Single, InstanceKey::None) => true,
            (Instances::Counted(count), InstanceKey::Int(index)) => (0..*count).contains(index),
            (Instances::Named(keys), InstanceKey::String(key)) => keys.contains(key.as_str()),
            _ => false,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Instances::Single => false,
            Instances::Counted(count) => *count == 0,
            Instances::Named(keys) => keys.is_empty(),
        }
    }

    /// What the block's name stands for when nothing is known of its instances but which there are. `None` for a single
    /// one, and for very many.
    pub(super) fn value(&self) -> Option<Value> {
        let unknown = || Value::unknown(Type::Dynamic);
        match self {
            Instances::Single => None,
            Instances::Counted(count) => {
                (*count <= MOST).then(|| Value::tuple((0..*count).map(|_| unknown()).collect()))
            }
            Instances::Named(keys) => i64::try_from(keys.len())
                .is_ok_and(|count| count <= MOST)
                .then(|| Value::object(keys.iter().map(|key| (key.as_str().into(), unknown())).collect())),
        }
    }
}

/// The value of an expression in which nothing has to be known.
fn written_out(expr: &Expr, origin: &Origin, dialect: Dialect) -> Option<Value> {
    let (value, found) = Unevaluated::new(dialect).value(expr, origin)?;
    (found.is_empty() && value.is_wholly_known() && !value.is_null() && !value.has_mark_deep())
        .then_some(value)
}
