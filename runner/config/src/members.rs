//! Attributes of resources, read against a schema.

use lang::{Step, StepKind, Type};
use syntax::{SmolStr, Span};

use crate::schema::{Nesting, Schema};
use crate::suggest::did_you_mean;

/// What is wrong with reading `steps` from an object of this schema: summary, detail and place.
pub(crate) fn check(schema: &Schema, steps: &[Step]) -> Option<(&'static str, String, Span)> {
    let (first, rest) = steps.split_first()?;
    let name = match &first.kind {
        StepKind::Attr(name) | StepKind::Key(name) => name,
        StepKind::Missing => return None,
        StepKind::Number(_) => {
            return Some((
                "Invalid index operation",
                "Only attribute access is allowed here, using the dot operator.".to_owned(),
                first.span,
            ));
        }
    };
    if let Some(attribute) = schema.attributes.get(name) {
        return value(&attribute.ty, rest);
    }
    if let Some(block) = schema.blocks.get(name) {
        return match block.nesting {
            Nesting::Single | Nesting::Group => check(&block.body, rest),
            // An element is chosen by a key that only the value can check.
            Nesting::List | Nesting::Map => {
                let (index, rest) = rest.split_first()?;
                match index.kind {
                    StepKind::Number(_) | StepKind::Key(_) => check(&block.body, rest),
                    _ => None,
                }
            }
            Nesting::Set => None,
        };
    }
    let mut names: Vec<&str> =
        schema.attributes.keys().chain(schema.blocks.keys()).map(AsRef::as_ref).collect();
    names.sort_unstable();
    let hint = did_you_mean(name, names);
    Some((
        "Unsupported attribute",
        format!(
            "This object has no argument, nested block, or exported attribute named {}.{hint}",
            lang::quote(name)
        ),
        first.span,
    ))
}

/// The first attribute on the way that should not be used any more. Parts of an attribute's value are not looked into.
pub(crate) fn deprecated<'s>(schema: &Schema, steps: &'s [Step]) -> Option<(&'s SmolStr, Span)> {
    let (first, rest) = steps.split_first()?;
    let (StepKind::Attr(name) | StepKind::Key(name)) = &first.kind else { return None };
    if let Some(attribute) = schema.attributes.get(name) {
        return attribute.deprecated.then_some((name, first.span));
    }
    let block = schema.blocks.get(name)?;
    match block.nesting {
        Nesting::Single | Nesting::Group => deprecated(&block.body, rest),
        Nesting::List | Nesting::Map => deprecated(&block.body, rest.get(1..)?),
        Nesting::Set => None,
    }
}

/// What is wrong with reading `steps` from a value of a known type.
fn value(ty: &Type, steps: &[Step]) -> Option<(&'static str, String, Span)> {
    let (first, rest) = steps.split_first()?;
    match (ty, &first.kind) {
        (Type::Bool | Type::Number | Type::String, StepKind::Attr(_)) => Some((
            "Unsupported attribute",
            format!("Can't access attributes on a primitive-typed value ({}).", ty.friendly_name()),
            first.span,
        )),
        (Type::Bool | Type::Number | Type::String, StepKind::Key(_) | StepKind::Number(_)) => {
            Some(("Invalid index", "This value does not have any indices.".to_owned(), first.span))
        }
        (Type::Object(object), StepKind::Attr(name)) => match object.attributes.get(name.as_str()) {
            Some(ty) => value(ty, rest),
            None => Some((
                "Unsupported attribute",
                format!("This object does not have an attribute named {}.", lang::quote(name)),
                first.span,
            )),
        },
        (Type::List(element) | Type::Map(element), StepKind::Number(_) | StepKind::Key(_)) => {
            value(element, rest)
        }
        _ => None,
    }
}
