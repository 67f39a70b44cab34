//! What a provider says, as diagnostics at the places it is about.

use std::borrow::Cow;

use config::{Attribute, Body, Schema};
use lang::expr::Node;
use lang::{Path, Value, path};
use provider::Report;
use syntax::{Diagnostic, Diagnostics, Location, Origin};

/// A report about the body of a block: at the argument that it names, or where arguments of the block are missing. One
/// about something that is written elsewhere is there.
pub(crate) fn in_body(
    report: Report,
    body: &Body,
    schema: &Schema,
    origin: &Origin,
    address: &str,
) -> Diagnostic {
    match &report.attribute {
        _ if report.place.is_some() => without_body(report, address),
        Some(attribute) => {
            let place = place(attribute, body, schema, origin);
            without_body(report, address).at(place)
        }
        None => alone(report),
    }
}

/// A report about an object that no block declares.
pub(crate) fn without_body(report: Report, address: &str) -> Diagnostic {
    let Report { severity, summary, detail, place, .. } = report;
    let diagnostic = Diagnostic::new(severity, summary, detail);
    match place {
        // What is written elsewhere is not about the object.
        Some(place) => diagnostic.at(place),
        None => diagnostic.with_address(address),
    }
}

/// A report about an object that is destroyed: Terraform says no more than the provider does.
pub(crate) fn alone(report: Report) -> Diagnostic {
    Diagnostic::new(report.severity, report.summary, report.detail)
}

/// Where the argument at a path stands: its value, or in it the element that the path ends with, in the innermost block
/// that the path leads to. Where that block does not have it, where it would be missing. Parts of a value have no place of
/// their own.
pub(crate) fn place(path: &Path, body: &Body, schema: &Schema, origin: &Origin) -> Location {
    let (steps, index) = match path.0.split_last() {
        Some((path::Step::Index(key), before)) => (before, Some(key)),
        _ => (path.0.as_slice(), None),
    };
    // What is wrong with the shape of a body has been said.
    let shaped =
        |body: &Body, schema: &Schema| body.shaped(schema, origin, &mut Diagnostics::new()).into_owned();
    let mut body = shaped(body, schema);
    let mut schema = Cow::Borrowed(schema);
    // A path of one step is never that of a block.
    let mut rest = if steps.len() > 1 { steps } else { &[] };
    while let Some((path::Step::Attr(name), after)) = rest.split_first() {
        let key = match after.first() {
            Some(path::Step::Index(key)) => Some(key),
            _ => None,
        };
        rest = if key.is_some() { after.get(1..).unwrap_or_default() } else { after };
        let mut blocks = body.blocks.iter().filter(|block| block.kind == **name);
        let Some(first) = blocks.clone().next() else { continue };
        let block = match key.map(|key| (key.as_str(), key.as_number().and_then(|at| at.to_i64()))) {
            None => (blocks.count() == 1).then_some(first),
            Some((Some(key), _)) => {
                blocks.find(|block| block.labels.first().is_some_and(|(label, _)| label == key))
            }
            Some((_, Some(at))) => usize::try_from(at).ok().and_then(|at| blocks.nth(at)),
            Some(_) => None,
        };
        let known = schema.blocks.get(&**name).map(|known| known.body.clone());
        let (Some(block), Some(known)) = (block, known) else { break };
        body = shaped(&block.body, &known);
        schema = Cow::Owned(known);
    }
    let Some(path::Step::Attr(name)) = steps.last() else { return origin.locate(body.missing_item_span) };
    match body.attributes.iter().find(|given| given.name == **name) {
        Some(given) => element(given, index, origin),
        None => origin.locate(body.missing_item_span),
    }
}

/// The place of an argument's value, or of an element that is written out in it.
fn element(given: &Attribute, index: Option<&Value>, origin: &Origin) -> Location {
    let value = &given.value;
    let whole = value.location(origin);
    let name = || given.origin(origin).locate(given.name_span);
    let Some(index) = index else { return whole };
    match (value.node(value.root()), index.as_str(), index.as_number()) {
        (Node::Tuple(items), None, Some(at)) => {
            let at = at.to_i64().and_then(|at| usize::try_from(at).ok());
            let item = at.and_then(|at| items.get(at));
            item.map_or_else(name, |item| value.origin(origin).locate(value.span(*item)))
        }
        _ => whole,
    }
}
