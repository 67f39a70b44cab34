//! Rename: a new name for a variable, a local value, an output, a resource, a module call, a check, a run, a provider or
//! one of its configurations, everywhere it is named, or a reason why that would not be safe.

mod provider;
mod safety;

use std::collections::BTreeMap;

use syntax::{Edit, FileName, SmolStr, Span};

use crate::symbol::{Occurrence, Symbol};
use crate::workspace::{Place, Workspace, is_fetched};

/// A name that can be changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Renamable {
    /// The name at the cursor, without quotes.
    pub span: Span,
    pub name: SmolStr,
}

/// Why something is not renamed: one sentence for the user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal(pub String);

/// The edits of one file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileEdits {
    pub file: FileName,
    /// In order; none overlaps another.
    pub edits: Vec<Edit>,
}

/// Whether what stands at `offset` can be renamed. `None` where no name stands.
pub fn prepare_rename(
    workspace: &Workspace<'_>,
    folder: usize,
    file: &FileName,
    offset: u32,
) -> Result<Option<Renamable>, Refusal> {
    let Some((here, name)) = target(workspace, folder, file, offset)? else { return Ok(None) };
    Ok(Some(Renamable { span: here.word, name }))
}

/// The edits that give what stands at `offset` another name, by file. `None` where no name stands.
pub fn rename(
    workspace: &Workspace<'_>,
    folder: usize,
    file: &FileName,
    offset: u32,
    new_name: &str,
) -> Result<Option<Vec<Place<FileEdits>>>, Refusal> {
    let Some((here, old)) = target(workspace, folder, file, offset)? else { return Ok(None) };
    if old == new_name {
        return Ok(Some(Vec::new()));
    }
    let change =
        safety::Change { workspace, folder, file, symbol: &here.symbol, old: &old, new: new_name.into() };
    let places = change.places()?;
    let mut edits: BTreeMap<(usize, FileName), Vec<Edit>> = BTreeMap::new();
    for place in places {
        let edit = Edit { span: place.it.word, new_text: new_name.to_owned() };
        edits.entry((place.folder, place.it.location.file)).or_default().push(edit);
    }
    let files = edits.into_iter().map(|((folder, file), mut edits)| {
        edits.sort_by_key(|edit| edit.span);
        edits.dedup_by_key(|edit| edit.span);
        Place { folder, it: FileEdits { file, edits } }
    });
    Ok(Some(files.collect()))
}

/// What stands at the cursor, with its name, if it may be renamed at all.
fn target(
    workspace: &Workspace<'_>,
    folder: usize,
    file: &FileName,
    offset: u32,
) -> Result<Option<(Occurrence, SmolStr)>, Refusal> {
    let Some(snapshot) = workspace.snapshot(folder) else { return Ok(None) };
    let mut found = snapshot.occurrences_at(file, offset);
    // On the `run.` of `run.x` stands no name.
    found.retain(|it| it.word.touches(offset) || it.word == it.location.span);
    let Some(here) = found.first().cloned() else { return Ok(None) };
    let name = match (&here.symbol, here.symbol.name()) {
        (Symbol::Module { .. } | Symbol::Outputs { .. }, _) | (_, None) => {
            return refuse("A module is named by its directory, which cannot be renamed here.");
        }
        (_, Some(name)) => name.clone(),
    };
    if found.len() > 1 {
        return match here.symbol {
            Symbol::Provider { .. } => refuse(format!(
                "\"{name}\" stands in the place of configurations of several modules, which have names of their own."
            )),
            _ => refuse(format!(
                "\"{name}\" gives a value to variables of several modules, which have names of their own."
            )),
        };
    }
    let declared = snapshot.definitions(file, &here.symbol);
    let Some(declaration) = declared.first() else {
        return refuse(format!("\"{name}\" is declared nowhere in the open folders."));
    };
    let place = &declaration.location.file;
    if is_fetched(place.as_str()) {
        return refuse(format!("\"{name}\" is declared in a module that was fetched, in {place}."));
    }
    if workspace.home_of(folder, place).is_none() {
        return refuse(format!("\"{name}\" is declared outside of the open folders, in {place}."));
    }
    Ok(Some((here, name)))
}

fn refuse<T>(why: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal(why.into()))
}

#[cfg(test)]
mod provider_tests;
#[cfg(test)]
mod tests;
