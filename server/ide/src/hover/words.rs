//! Words of the language: blocks and attributes of test files, keywords, and the names that are there without anyone
//! declaring them.

use syntax::{FileName, SmolStr, Span};

use super::Hover;
use crate::grammar::{EntryKind, Label, Place, Takes};
use crate::parts::{Holder, Part};
use crate::snapshot::Snapshot;
use crate::trail::{access_at, trail};

/// What the language says about the word at `offset`.
pub(super) fn hover(snapshot: &Snapshot, file: &FileName, offset: u32) -> Option<Hover> {
    let placed = snapshot.chunk_touching(file, offset)?;
    let at = offset.checked_sub(placed.base)?;
    let holder = Holder::of_file(file);
    let trail = trail(&placed.chunk.body, holder, at);
    let (span, text) = entry(&trail, holder, at).or_else(|| built_in(&trail, at))?;
    Some(Hover { span: span.shifted(placed.base), text })
}

/// A block, an attribute, or one of the words that an attribute takes.
fn entry(trail: &[(Holder, Part<'_>)], holder: Holder, at: u32) -> Option<(Span, String)> {
    let mut place = match holder {
        Holder::Test => Place::File,
        Holder::Mocks => Place::MockFile,
        Holder::Module => Place::ModuleFile,
        _ => return None,
    };
    let (last, around) = trail.split_last()?;
    for (_, block) in around {
        let labels: Vec<SmolStr> = block.labels.iter().map(|(label, _)| SmolStr::new(label)).collect();
        place = place.inside(block.name)?.labelled(&labels);
    }
    let (_, part) = last;
    // Every dialect's words: of one that is not there yet, people want to know most.
    let entry = place.entry(part.name)?;
    if part.name_span.touches(at) {
        return Some((part.name_span, entry.documentation()));
    }
    if let EntryKind::Block([Label::Words(words), ..]) = entry.kind {
        let (label, span) = part.labels.first().filter(|(_, span)| span.touches(at))?;
        let (_, doc) = words.iter().find(|(name, doc)| name == label && !doc.is_empty())?;
        return Some((*span, (*doc).to_owned()));
    }
    let EntryKind::Attribute(Takes::Keyword(words)) = entry.kind else { return None };
    let value = part.value?;
    let word = value.as_keyword().or_else(|| value.as_plain_string())?;
    let (_, doc) = words.iter().find(|(name, doc)| *name == word && !doc.is_empty())?;
    value.span.touches(at).then(|| (value.span, (*doc).to_owned()))
}

/// `each.key`, `path.module` and the like.
fn built_in(trail: &[(Holder, Part<'_>)], at: u32) -> Option<(Span, String)> {
    let value = trail.last()?.1.value?;
    let access = access_at(value, at)?;
    let (root, first) = access.names.first()?;
    let name = access.names.get(1).map(|(name, _)| name.as_str());
    let (_, last) = access.names.get(1).or_else(|| access.names.first())?;
    // Of what is further in, the words about the root say nothing.
    if access.names.len() > 2 {
        return None;
    }
    let (_, _, doc) =
        BUILT_IN.iter().find(|(of, named, _)| of == root && (name == Some(*named) || named.is_empty()))?;
    Some((first.to(*last), (*doc).to_owned()))
}

/// A root, a name behind it, and what they mean; without a name, whatever is behind it.
const BUILT_IN: &[(&str, &str, &str)] = &[
    ("each", "key", "The key of this instance in `for_each`: a map's key, or a set's element."),
    ("each", "value", "The value of this instance in `for_each`; of a set, the same as the key."),
    ("each", "", "This instance of a block with `for_each`: `each.key` and `each.value`."),
    ("count", "index", "The number of this instance of a block with `count`, from zero."),
    ("count", "", "This instance of a block with `count`: `count.index`."),
    (
        "self",
        "",
        "The object that the block around describes, as it is: in provisioners, connections and postconditions.",
    ),
    ("path", "module", "The directory of the module that the expression stands in."),
    ("path", "root", "The directory of the root module: in a test, of the module under test."),
    ("path", "cwd", "The directory that the tool was started in."),
    ("path", "", "Directories: `path.module`, `path.root` and `path.cwd`."),
    ("terraform", "workspace", "The name of the selected workspace."),
    ("terraform", "applying", "Whether the configuration is being applied, and not planned."),
    ("terraform", "", "About the running program: `terraform.workspace`."),
    ("tofu", "", "About the running program, in OpenTofu: `tofu.workspace`."),
    ("var", "", "Input variables: those of the module, and in a test those of the file and of the run."),
    ("local", "", "Local values of the module."),
    ("output", "", "Outputs of the module that the run block runs."),
    ("run", "", "Outputs of earlier run blocks of this file."),
    ("module", "", "Module calls of the module, and their outputs."),
    ("data", "", "Data sources of the module."),
    ("check", "", "Check blocks of the module, which a run may expect to fail."),
];
