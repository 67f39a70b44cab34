//! What a provider says, as diagnostics at the places it is about.

use std::borrow::Cow;

use config::{Body, Schema};
use lang::{Path, path};
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

/// Where the argument stands. Of a path into nested blocks, as much is followed as the body has.
fn place(path: &Path, body: &Body, schema: &Schema, origin: &Origin) -> Location {
    let mut body = Cow::Borrowed(body);
    let mut schema = schema;
    let mut steps = path.0.iter().peekable();
    while let Some(path::Step::Attr(name)) = steps.next() {
        // What is wrong with its shape has been said.
        let shaped = body.shaped(schema, origin, &mut Diagnostics::new()).into_owned();
        if let Some(given) = shaped.attributes.iter().find(|given| given.name == **name) {
            return given.value.location(origin);
        }
        let Some(known) = schema.blocks.get(&**name) else { break };
        let mut blocks = shaped.blocks.iter().filter(|block| block.kind == **name);
        let block = match steps.peek() {
            Some(path::Step::Index(key)) => {
                steps.next();
                match (key.as_str(), key.as_number().and_then(|at| at.to_i64())) {
                    (Some(key), _) => blocks.find(|block| block.labels.iter().any(|(label, _)| label == key)),
                    (None, Some(at)) => usize::try_from(at).ok().and_then(|at| blocks.nth(at)),
                    (None, None) => None,
                }
            }
            _ => blocks.next(),
        };
        let Some(block) = block else { break };
        body = Cow::Owned(block.body.clone());
        schema = &known.body;
    }
    origin.locate(body.missing_item_span)
}
