//! What a name means, shown where the pointer rests: one source after the other is asked.

mod schema;
mod values;
mod words;

pub(crate) use schema::describe;

use syntax::{FileName, Span};

use crate::calls::{Described, called_at, described};
use crate::completion::{Part, part};
use crate::parts::Holder;
use crate::results::RunResults;
use crate::snapshot::Snapshot;
use crate::symbol::Symbol;
use crate::trail::trail;
use crate::types::{Known, Types};

/// What is shown about a piece of text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hover {
    /// The text that it is about, in the asking file.
    pub span: Span,
    /// Markdown.
    pub text: String,
}

/// The most lines of a declaration that are shown.
const MOST_LINES: usize = 16;

/// What stands at `offset` of `file`: a function, a name that is declared somewhere, something that a provider or the
/// language has a word about, or the version that a module requires; and what it was in the last run.
pub fn hover(snapshot: &Snapshot, results: &RunResults, file: &FileName, offset: u32) -> Option<Hover> {
    let found = function(snapshot, file, offset)
        .or_else(|| declared(snapshot, file, offset))
        .or_else(|| schema::hover(snapshot, file, offset))
        .or_else(|| part_of_value(snapshot, file, offset))
        .or_else(|| required_version(snapshot, file, offset))
        .or_else(|| words::hover(snapshot, file, offset));
    let value = values::hover(snapshot, results, file, offset);
    match (found, value) {
        (Some(found), Some(value)) => {
            let text = format!("{}\n\n{}", found.text, value.text);
            Some(Hover { text, ..found })
        }
        (found, value) => found.or(value),
    }
}

fn function(snapshot: &Snapshot, file: &FileName, offset: u32) -> Option<Hover> {
    let called = called_at(snapshot, file, offset)?;
    let Described { label, documentation, .. } = described(snapshot, file, offset, &called.name)?;
    let text = format!("```hcl\n{label}\n```\n\n{documentation}");
    Some(Hover { span: called.span, text: text.trim_end().to_owned() })
}

/// The declaration of what is named, and where it stands when that is another file.
fn declared(snapshot: &Snapshot, file: &FileName, offset: u32) -> Option<Hover> {
    let here = snapshot.occurrence_at(file, offset)?;
    let place = snapshot.definitions(file, &here.symbol).into_iter().next()?.location;
    let placed = snapshot.chunk_touching(&place.file, place.span.start)?;
    let (text, at) = (&*placed.chunk.text, place.span.start.checked_sub(placed.base)?);
    let around = trail(&placed.chunk.body, Holder::of_file(&place.file), at);
    let (_, declared) = match here.symbol {
        Symbol::Local { .. } | Symbol::FileVariable { .. } => {
            around.iter().rfind(|(_, it)| it.value.is_some())
        }
        _ => around.first(),
    }?;
    let declaration = without_margin(text, declared.span);
    let language = if place.file.is_json() { "json" } else { "hcl" };
    let elsewhere = if place.file == *file { String::new() } else { format!("\n\n`{}`", place.file) };
    let of_type =
        type_of(snapshot, file, &here.symbol).map(|ty| format!("\n\nType: `{ty}`")).unwrap_or_default();
    let text = format!("```{language}\n{declaration}\n```{of_type}{elsewhere}");
    Some(Hover { span: here.location.span, text })
}

/// The type of what has no type in its declaration.
fn type_of(snapshot: &Snapshot, file: &FileName, symbol: &Symbol) -> Option<String> {
    let (Symbol::Output { module, name } | Symbol::Local { module, name }) = symbol else { return None };
    let tree = snapshot.tree(file, module)?;
    let project = snapshot.project(file);
    let known = Known::default();
    let types = Types::of_module(&project, &tree, &known);
    let ty = match symbol {
        Symbol::Output { .. } => types.output(name),
        _ => types.local(name),
    };
    (ty != lang::Type::Dynamic).then(|| ty.constraint_name())
}

/// The type of a part of a value.
fn part_of_value(snapshot: &Snapshot, file: &FileName, offset: u32) -> Option<Hover> {
    let Part { span, name, ty, optional } = part(snapshot, file, offset)?;
    let optional = if optional { "\n\nOptional." } else { "" };
    Some(Hover { span, text: format!("```hcl\n{name}: {}\n```{optional}", ty.constraint_name()) })
}

/// A version that a module requires: whose rules its tests follow.
fn required_version(snapshot: &Snapshot, file: &FileName, offset: u32) -> Option<Hover> {
    let project = snapshot.project(file);
    let required = &project.tree().module.required_versions;
    let mut places = required.iter().map(|required| required.locate(required.span));
    let place = places.find(|place| place.file == *file && place.span.touches(offset))?;
    let choice = snapshot.choice(file);
    let text =
        format!("The tests of this module run by the rules of **{}** ({}).", choice.dialect, choice.reason);
    Some(Hover { span: place.span, text })
}

/// The text of `span`, its lines as far to the left as the first one, and not too many of them.
fn without_margin(text: &str, span: Span) -> String {
    let before = text.get(..span.start as usize).unwrap_or_default();
    let margin = before.len() - before.rfind('\n').map_or(0, |end| end + 1);
    let lines: Vec<&str> = span.text(text).trim_end().lines().collect();
    let shown = lines.iter().take(MOST_LINES).enumerate().map(|(index, line)| {
        let indented = line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let line = if index == 0 { Some(*line) } else { line.get(margin.min(indented)..) };
        line.unwrap_or_default()
    });
    let mut out = shown.collect::<Vec<_>>().join("\n");
    if lines.len() > MOST_LINES {
        out.push_str("\n…");
    }
    out
}

#[cfg(test)]
mod part_tests;
#[cfg(test)]
mod tests;
