//! The file in its other syntax: a native test or mock file as JSON, and the other way round.

use config::compose::with_line_ends;
use config::convert::{Converted, Unconvertible, other_syntax, to_json, to_native};
use syntax::{Diagnostic, FileName};

use super::{ActionKind, Asked, Change, Offer};
use crate::rename::Refusal;

pub(super) fn offer<'s>(asked: &'s Asked<'_>, offers: &mut Vec<Offer<'s>>) {
    // It is about the whole file: nobody wants to hear of it at every step.
    let Some(other) = other_syntax(asked.file).filter(|_| asked.invoked) else { return };
    let syntax = if other.is_json() { "JSON" } else { "native syntax" };
    let converted = converted(asked, &other);
    let title = match &converted {
        Ok(Converted { dropped_comments: 1, .. }) => {
            format!("Convert to {syntax}, without a comment inside of a value")
        }
        Ok(Converted { dropped_comments: count @ 2.., .. }) => {
            format!("Convert to {syntax}, without {count} comments inside of values")
        }
        _ => format!("Convert to {syntax}"),
    };
    let make = move || {
        let Converted { text, .. } = converted.clone()?;
        let (from, to) = (asked.file.clone(), other.clone());
        Ok(vec![Change::Replace {
            from,
            to,
            text: with_line_ends(&text, &asked.document.text()).into_owned(),
        }])
    };
    offers.push(Offer::new(ActionKind::Rewrite, title, make));
}

fn converted(asked: &Asked<'_>, other: &FileName) -> Result<Converted, Refusal> {
    if asked.snapshot.files().read_bytes(other.as_str()).is_ok() {
        return Err(Refusal(format!("There is a file {} already.", other.base_name())));
    }
    // What is wrong in one syntax may mean something in the other.
    let is_wrong =
        |it: &&Diagnostic| it.is_error() && it.subject.as_ref().is_some_and(|it| it.file == *asked.file);
    let declared =
        asked.project.test_file(asked.file).map(|it| it.diagnostics.as_slice()).unwrap_or_default();
    if declared.iter().any(|it| is_wrong(&it)) {
        return Err(Refusal("The file has to be without errors.".to_owned()));
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
