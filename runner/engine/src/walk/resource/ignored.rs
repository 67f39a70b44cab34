//! `ignore_changes`: a configuration in which the prior object has the last word at some places.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{Lifecycle, Schema};
use lang::{Path, StepKind, Type, Value, View, path};

/// A place whose changes are ignored.
struct Ignored {
    /// Without a text in brackets at the end.
    path: Path,
    prior: Value,
    /// That text: where the value is a map, one element of it.
    key: Option<Arc<str>>,
}

/// The configuration with the prior object's values at all places that `ignore_changes` names.
pub(super) fn ignore(lifecycle: &Lifecycle, schema: &Schema, prior: &Value, config: &Value) -> Value {
    let ignored = &lifecycle.ignore_changes;
    if (ignored.is_empty() && !lifecycle.ignore_all) || prior.is_null() || config.is_null() {
        return config.clone();
    }
    if lifecycle.ignore_all {
        return settable(schema, prior);
    }
    let mut changes = Vec::new();
    for traversal in ignored.iter().filter_map(lang::static_traversal) {
        let mut path = Path::root().attr(traversal.root.as_str());
        for step in &traversal.steps {
            path = match &step.kind {
                StepKind::Attr(name) => path.attr(name.as_str()),
                StepKind::Key(key) => path.index(Value::string(key)),
                StepKind::Number(number) => path.index(Value::number(number.clone())),
                StepKind::Missing => path,
            };
        }
        let key = match path.0.last() {
            Some(path::Step::Index(key)) => key.as_arc_str(),
            _ => None,
        };
        if key.is_some() {
            path.0.pop();
        }
        // What is not there on one side cannot be put into the other.
        let (Some(before), Some(wanted)) = (find(prior, &path.0), find(config, &path.0)) else { continue };
        if !before.raw_eq(wanted) {
            changes.push(Ignored { prior: before.clone(), path, key });
        }
    }
    match changes.is_empty() {
        true => config.clone(),
        false => with_prior(config, &Path::root(), &changes),
    }
}

/// The prior object without what only the provider sets: as if it had been configured.
fn settable(schema: &Schema, prior: &Value) -> Value {
    let Some(attributes) = prior.as_map() else { return prior.clone() };
    let keep = |name: &Arc<str>, value: &Value| match schema.attributes.get(&**name) {
        Some(attribute) if attribute.computed && !attribute.optional => Value::null(attribute.ty.clone()),
        _ => match schema.blocks.get(&**name) {
            Some(block) => in_block(&block.body, value),
            None => value.clone(),
        },
    };
    Value::object(attributes.iter().map(|(name, value)| (Arc::clone(name), keep(name, value))).collect())
        .with_marks(prior.marks())
}

fn in_block(schema: &Schema, value: &Value) -> Value {
    match value.view() {
        View::Object(_) if !schema.attributes.is_empty() || !schema.blocks.is_empty() => {
            settable(schema, value)
        }
        View::List(_) | View::Set(_) | View::Map(_) | View::Tuple(_) => {
            value.map_elements(|_, item| settable(schema, item))
        }
        _ => value.clone(),
    }
}

/// The value at a path, as strict as a path into a value is: attributes of objects, elements of what has elements.
pub(super) fn find<'v>(value: &'v Value, path: &[path::Step]) -> Option<&'v Value> {
    let Some((first, rest)) = path.split_first() else { return Some(value) };
    let inner = match (first, value.view()) {
        (path::Step::Attr(name), View::Object(items)) => items.get(name)?,
        (path::Step::Index(key), View::Map(items)) => items.get(key.as_str()?)?,
        (path::Step::Index(key), View::List(items) | View::Tuple(items)) => {
            items.get(usize::try_from(key.as_number()?.to_i64()?).ok()?)?
        }
        _ => return None,
    };
    find(inner, rest)
}

fn with_prior(value: &Value, at: &Path, changes: &[Ignored]) -> Value {
    // Only what leads to an ignored place has to be looked into.
    if !changes.iter().any(|change| change.path.0.starts_with(&at.0)) {
        return value.clone();
    }
    let inner = value.map_elements(|step, item| with_prior(item, &at.child(step.clone()), changes));
    let mut here = changes.iter().filter(|change| change.path == *at).peekable();
    if here.peek().is_none() {
        return inner;
    }
    let Type::Map(element) = inner.ty() else {
        return here.next().map_or(inner, |change| change.prior.clone());
    };
    if !inner.is_known() {
        return inner;
    }
    let mut items: BTreeMap<Arc<str>, Value> = inner.as_map().cloned().unwrap_or_default();
    for change in here {
        let Some(key) = &change.key else { return change.prior.clone() };
        match change.prior.as_map().and_then(|prior| prior.get(key)) {
            Some(prior) => items.insert(Arc::clone(key), prior.clone()),
            None => items.remove(key),
        };
    }
    if items.is_empty() && inner.is_null() {
        return inner;
    }
    Value::map((*element).clone(), items).with_marks(inner.marks())
}
