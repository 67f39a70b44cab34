//! The JSON profile: a JSON text as a configuration body.
//!
//! Values become the same expressions that the native syntax makes; strings become templates of their own kind
//! ([`crate::ast::ExprKind::JsonString`]). Which property is an argument and which a block is not decided here: that
//! needs a schema.

mod faults;
mod members;
mod parse;
mod places;
mod scan;
mod text;

use crate::ast::{Body, Expr, ExprKind, JsonBody, ObjectItem};
use crate::depth::MAX_NESTING;
use crate::diagnostic::Diagnostic;
use crate::parser::Findings;
use crate::span::{FileName, Origin, Span};

pub(crate) use members::{edited_member, members};
pub use text::JsonText;

impl Expr {
    /// The properties of an object, or of every object in an array: the JSON profile writes the blocks of a type as either.
    pub fn properties(&self) -> impl DoubleEndedIterator<Item = &ObjectItem> {
        let objects = match &self.kind {
            ExprKind::Tuple(elements) => elements.as_slice(),
            _ => std::slice::from_ref(self),
        };
        objects.iter().flat_map(|object| match &object.kind {
            ExprKind::Object(items) => items.as_slice(),
            _ => &[],
        })
    }
}

/// Reads a whole text. What is wrong with it is found only when something is.
pub(crate) fn body_of_text(file: &FileName, text: &str) -> (Body, Findings) {
    let whole = Span::new(0, scan::offset(text.len()));
    let mut parser = parse::Parser::new(file, text);
    let mut value = parser.file();
    let mut dropped = Vec::new();
    let mut findings = Findings::default();
    let is_root = matches!(value.kind, ExprKind::Object(_) | ExprKind::Tuple(_));
    if parser.faulty || !is_root {
        let mut faults = faults::find(text);
        faults.dropped.sort_unstable();
        let origin = Origin::new(file.clone(), 0);
        let told = faults.found.into_iter().map(|(summary, detail, subject, context)| {
            let (subject, context) = (whole_characters(text, subject), whole_characters(text, context));
            let diagnostic = Diagnostic::error(summary, detail).at(origin.locate(subject));
            if context == subject { diagnostic } else { diagnostic.within(origin.locate(context)) }
        });
        findings.diagnostics.extend(too_deep(&origin, parser.too_deep));
        findings.diagnostics.extend(told);
        if faults.rootless {
            dropped.push(whole);
        } else {
            let lost =
                parser.containers.iter().filter(|span| faults.dropped.binary_search(&span.start).is_ok());
            dropped.extend(lost.copied());
            // From the last byte that counts.
            dropped.push(whole_characters(text, Span::new(faults.end.saturating_sub(1), whole.end)));
            dropped.sort_unstable();
        }
    }
    if !is_root {
        value = Expr { kind: ExprKind::Object(Vec::new()), span: whole };
    }
    let header = Span::new(value.span.start, value.span.start.saturating_add(1));
    let json = Some(Box::new(JsonBody { value, header, dropped }));
    (Body { span: whole, json, ..Body::default() }, findings)
}

/// Terraform takes a stray character for as many as it has bytes, and says something about each; and what is missing at
/// the end may have a place behind it.
fn whole_characters(text: &str, span: Span) -> Span {
    let is_boundary = |offset: &u32| text.is_char_boundary(*offset as usize);
    let last = scan::offset(text.len());
    let start = (0..=span.start.min(last)).rev().find(is_boundary).unwrap_or(0);
    let end = (span.end.min(last)..=last).find(is_boundary).unwrap_or(last);
    Span::new(start, end.max(start))
}

fn too_deep(origin: &Origin, place: Option<Span>) -> Option<Diagnostic> {
    let detail = format!(
        "This is nested more than {MAX_NESTING} levels deep, which is the limit. Split the value into smaller parts."
    );
    Some(Diagnostic::error("Nesting too deep", detail).at(origin.locate(place?)))
}

/// A number as JSON writes it.
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}
