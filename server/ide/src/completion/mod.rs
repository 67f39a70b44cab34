//! Completion at every place of test, mock, module and variable files, in both syntaxes.
//!
//! [`site`] finds where the cursor is: the tree says which body it is in, and [`reading`] reads what stands left of it in
//! a value, so that `run.` completes in a block that nobody has closed yet. From there on both syntaxes are the same:
//! every kind of place has a file that knows what may be typed there.

mod addresses;
mod bodies;
mod context;
mod functions;
mod item;
mod labels;
mod members;
mod names;
mod objects;
mod part;
mod reading;
mod resolve;
mod site;
mod texts;
mod values;
mod wanted;

use syntax::{Chunk, FileName, Span};

use crate::grammar::Place;
use crate::snapshot::Snapshot;
use crate::types::Known;
use context::Context;
use item::Proposal;
pub use item::{CompletionItem, CompletionKind, Topic};
pub(crate) use item::{plain, quoted};
pub(crate) use part::{Part, part};
pub use resolve::document;
use site::{Site, Slot, Spot};

/// Proposals, the best one first.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Completions {
    pub items: Vec<CompletionItem>,
    /// Whether there are more of them, so that the client has to ask again when more was typed.
    pub incomplete: bool,
}

/// More proposals than this are not sent at once. A provider has more resource types.
const MOST: usize = 300;

/// What may be typed at `offset` of `file`.
///
/// Everything is told from the module that the file belongs to and those that it calls, never from the whole folder.
pub fn completion(snapshot: &Snapshot, file: &FileName, offset: u32) -> Completions {
    let found = in_context(snapshot, file, offset, |context, text| {
        let (proposals, spot) = proposals(context, text);
        let typed = Span::new(spot.replace.start, context.at().max(spot.replace.start)).text(text);
        let spot = Spot { replace: spot.replace.shifted(context.base), ..spot };
        Some(ranked(proposals, typed, spot, context.site.json))
    });
    found.unwrap_or_default()
}

/// Asks about the cursor's place; `answer` gets the text of the cursor's chunk too.
fn in_context<T>(
    snapshot: &Snapshot,
    file: &FileName,
    offset: u32,
    answer: impl FnOnce(&Context<'_>, &str) -> Option<T>,
) -> Option<T> {
    let root = Place::of_file(file)?;
    let project = snapshot.project(file);
    let test_file = project.test_file(file);
    if root == Place::File && test_file.is_none() {
        return None;
    }
    let placed = snapshot.chunk_touching(file, offset);
    let nothing = Chunk::empty();
    let (base, chunk) = match &placed {
        Some(it) => (it.base, &*it.chunk),
        None => (0, &nothing),
    };
    let at = offset.saturating_sub(base).min(u32::try_from(chunk.text.len()).unwrap_or(u32::MAX));
    if !chunk.text.is_char_boundary(at as usize) {
        return None;
    }

    let own = match root {
        Place::ModuleFile => project.tree_in(project.module_of_file(file)).map(|tree| &**tree),
        _ => Some(&**project.tree()),
    };
    let known = Known::default();
    let context = |site, tree| Context {
        snapshot,
        file,
        project: &project,
        test_file: test_file.map(|file| &**file),
        tree,
        dialect: snapshot.dialect(file),
        site,
        base,
        offset,
        known: &known,
    };
    // Only schemas tell which properties of a resource in JSON are blocks.
    let nowhere = Site::nowhere();
    let outside = context(&nowhere, own);
    let is_block = |blocks: &[site::Around<'_>], name: &str| {
        let schema = outside.schema_in(blocks)?.schema;
        Some(schema.blocks.get(name)?.nesting == config::Nesting::Map)
    };
    let site = Site::new(chunk, root, at, &is_block);
    let tree = match site.blocks.first().filter(|block| block.kind == "run" && root == Place::File) {
        Some(run) => match run.body.blocks("module").first().and_then(|module| module.attribute("source")) {
            Some(source) => source.as_plain_string().and_then(|source| project.run_module(source)),
            None => own,
        },
        None => own,
    };
    answer(&context(&site, tree), &chunk.text)
}

/// What may be typed, and what that replaces in the chunk.
fn proposals(context: &Context<'_>, text: &str) -> (Vec<Proposal>, Spot) {
    match &context.site.slot {
        Slot::Nothing => (Vec::new(), Spot::default()),
        Slot::Name(spot) => (bodies::complete(context, *spot), *spot),
        Slot::Label { kind, before, spot } => (labels::complete(context, kind, before), *spot),
        Slot::Value { reading, spot, .. } => {
            let typed = Span::new(spot.replace.start, context.at()).text(text);
            (values::complete(context, reading, spot.quotes, typed), *spot)
        }
    }
}

/// The best ones first. Of too many, those that what was typed can lead to.
fn ranked(mut proposals: Vec<Proposal>, typed: &str, spot: Spot, json: bool) -> Completions {
    proposals.sort_by_key(|proposal| proposal.rank);
    let mut incomplete = false;
    if proposals.len() > MOST {
        let typed = typed.trim_start_matches('"').to_lowercase();
        proposals.retain(|proposal| leads_to(&typed, &proposal.label));
        incomplete = true;
        proposals.truncate(MOST);
    }
    let items = proposals.into_iter().map(|proposal| proposal.item(spot, json)).collect();
    Completions { items, incomplete }
}

/// Whether a name has the typed letters in that order, as clients look for them.
fn leads_to(typed: &str, name: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    typed.chars().all(|wanted| letters.any(|letter| letter == wanted))
}

#[cfg(test)]
mod tests;
