//! Keywords, and what stands in quotes for no reason.

use syntax::{Diagnostic, Span};

use super::Fix;
use super::name::part;
use crate::suggest::suggest;

/// The keyword that was meant: without its quotes, or with the letters that it has.
pub(super) fn known(diagnostic: &Diagnostic, text: &str, span: Span, is_json: bool) -> Option<Fix> {
    let known: &[&str] = match diagnostic.summary.as_str() {
        "Invalid \"mode\" keyword" => &["normal", "refresh-only"],
        _ => &["apply", "plan"],
    };
    // Some of these errors stand on the whole argument.
    let start = text.find('=').map_or(0, |equals| equals + 1);
    let value = text.get(start..)?;
    let start = start + (value.len() - value.trim_start().len());
    let written = value.trim();
    let word = written.trim_matches('"');
    let meant = suggest(word, known.iter().copied())?;
    let title = format!("Change {written} to {meant}");
    let whole = start..start + written.len();
    match is_json {
        // A string, to which only the quotes belong.
        true => Some(Fix::safe(title, part(span, whole), format!("\"{meant}\""))),
        false => Some(Fix::safe(title, part(span, whole), meant)),
    }
}

/// The same without quotes.
pub(super) fn unquoted(text: &str, span: Span) -> Option<Fix> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    let plain = !inner.contains(['\\', '$', '%', '"', '\n']);
    plain.then(|| Fix::safe("Remove the quotes".to_owned(), span, inner))
}
