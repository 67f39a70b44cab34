//! The file in its other syntax: a native test or mock file as JSON, and the other way round.

use std::sync::Arc;

use config::compose::with_line_ends;
use config::convert::{Converted, Unconvertible, other_syntax, to_json, to_native};
use syntax::{Chunk, Diagnostic, FileName};

use super::{ActionKind, Asked, Change, Offer};
use crate::parts::Holder;
use crate::rename::Refusal;

pub(super) fn offer<'s>(asked: &'s Asked<'_>, offers: &mut Vec<Offer<'s>>) {
    // It is about the whole file: nobody wants to hear of it at every step.
    let Some(other) = other_syntax(asked.file).filter(|_| asked.invoked) else { return };
    let syntax = if other.is_json() { "JSON" } else { "native syntax" };
    let title = match comments_without_place(asked, &other) {
        0 => format!("Convert to {syntax}"),
        1 => format!("Convert to {syntax}, without a comment inside of a value"),
        count => format!("Convert to {syntax}, without {count} comments inside of values"),
    };
    let make = move || {
        let Converted { text, .. } = converted(asked, &other)?;
        let (from, to) = (asked.file.clone(), other.clone());
        Ok(vec![Change::Replace {
            from,
            to,
            text: with_line_ends(&text, &asked.document.text()).into_owned(),
        }])
    };
    offers.push(Offer::new(ActionKind::Rewrite, title, make));
}

/// How many comments would be lost, counted once for each chunk. None where nothing can be converted, which whoever wants
/// it hears then.
fn comments_without_place(asked: &Asked<'_>, other: &FileName) -> usize {
    if asked.file.is_json() || why_not(asked, other).is_some() {
        return 0;
    }
    let key = (Holder::of_file(asked.file), asked.dialect);
    let of_chunk = |chunk: &Arc<Chunk>| {
        let count = || {
            let (text, body) = (&chunk.text, &chunk.body);
            let found = config::convert::comments_without_place(asked.file, text, body, asked.dialect);
            found.ok().filter(|_| chunk.diagnostics.is_empty())
        };
        *asked.snapshot.cache().comments.get(chunk, key, count)
    };
    asked.document.chunks().map(|(_, chunk)| of_chunk(chunk)).sum::<Option<usize>>().unwrap_or(0)
}

fn converted(asked: &Asked<'_>, other: &FileName) -> Result<Converted, Refusal> {
    if let Some(why) = why_not(asked, other) {
        return Err(why);
    }
    let text = asked.document.text();
    let found = match asked.file.is_json() {
        false => to_json(asked.file, &text, asked.dialect),
        true => {
            let module = &asked.project.tree().module;
            let schema = |name: &str| asked.project.schemas().provider(&module.provider_source(name));
            to_native(asked.file, &text, asked.dialect, &schema)
        }
    };
    found.map_err(|Unconvertible(why)| Refusal(why))
}

/// Why the file cannot be converted, as far as that is known without trying.
fn why_not(asked: &Asked<'_>, other: &FileName) -> Option<Refusal> {
    if asked.snapshot.files().read_bytes(other.as_str()).is_ok() {
        return Some(Refusal(format!("There is a file {} already.", other.base_name())));
    }
    // What is wrong in one syntax may mean something in the other.
    let is_wrong =
        |it: &Diagnostic| it.is_error() && it.subject.as_ref().is_some_and(|it| it.file == *asked.file);
    let declared =
        asked.project.test_file(asked.file).map(|it| it.diagnostics.as_slice()).unwrap_or_default();
    declared.iter().any(is_wrong).then(|| Refusal("The file has to be without errors.".to_owned()))
}
