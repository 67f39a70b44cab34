//! A document that actions look into and change, in whichever syntax it is written: its blocks, and what is put into
//! them.

use config::Dialect;
use config::compose::{Body, Expression, with_line_ends};
use config::convert::{At, JsonChanges, Unconvertible};
use lang::Value;
use syntax::ast::Expr;
use syntax::{Document, Edit, SmolStr, Span, tidy};

use super::{Change, insert};
use crate::parts::{Holder, Part, parts};
use crate::rename::{FileEdits, Refusal};

/// A block of a document.
#[derive(Clone)]
pub(super) struct Found<'d> {
    /// Where its spans count from.
    base: u32,
    /// The types of the blocks around it and its own.
    kinds: Vec<&'d str>,
    part: Part<'d>,
}

/// The block at the file's root around a place.
pub(super) fn block_at(document: &Document, at: u32) -> Option<Found<'_>> {
    let (origin, _) = document.chunk_at(at)?;
    let mut here = blocks_of_chunk(document, at);
    here.find(|block| block.base == origin.base && block.span().touches(at))
}

/// The blocks of one type at the file's root.
pub(super) fn root_blocks<'d>(document: &'d Document, kind: &str) -> impl Iterator<Item = Found<'d>> {
    let holder = Holder::of_file(document.file());
    let all = document
        .chunks()
        .flat_map(move |(origin, chunk)| blocks(origin.base, &[], parts(&chunk.body, holder)));
    all.filter(move |block| block.part.name == kind)
}

fn blocks_of_chunk(document: &Document, at: u32) -> impl Iterator<Item = Found<'_>> {
    let holder = Holder::of_file(document.file());
    let chunk = document.chunk_at(at);
    chunk.into_iter().flat_map(move |(origin, chunk)| blocks(origin.base, &[], parts(&chunk.body, holder)))
}

fn blocks<'d>(base: u32, around: &[&'d str], parts: Vec<Part<'d>>) -> impl Iterator<Item = Found<'d>> {
    let around = around.to_vec();
    let blocks = parts.into_iter().filter(|part| part.value.is_none());
    blocks.map(move |part| Found { base, kinds: around.iter().copied().chain([part.name]).collect(), part })
}

impl<'d> Found<'d> {
    pub(super) fn kind(&self) -> &'d str {
        self.part.name
    }

    /// The first label.
    pub(super) fn label(&self) -> Option<&'d str> {
        self.part.labels.first().map(|(label, _)| *label)
    }

    pub(super) fn span(&self) -> Span {
        self.part.span.shifted(self.base)
    }

    /// Its type and its labels; in JSON its last label, in front of which others may stand.
    pub(super) fn header(&self) -> Span {
        let last = self.part.labels.last().map_or(self.part.name_span, |(_, span)| *span);
        let header = if self.part.native().is_some() { self.part.name_span.to(last) } else { last };
        header.shifted(self.base)
    }

    /// The blocks in it.
    pub(super) fn blocks(&self) -> impl Iterator<Item = Found<'d>> {
        blocks(self.base, &self.kinds, self.part.parts())
    }

    pub(super) fn blocks_of(&self, kind: &str) -> impl Iterator<Item = Found<'d>> {
        self.blocks().filter(move |block| block.part.name == kind)
    }

    /// An argument's value.
    pub(super) fn argument(&self, name: &'d str) -> Option<Argument<'d>> {
        let part = self.part.parts().into_iter().find(|part| part.name == name)?;
        Some(Argument { block: self.clone(), name, span: part.span.shifted(self.base), value: part.value? })
    }

    pub(super) fn native(&self) -> Option<(u32, &'d syntax::ast::Block)> {
        Some((self.base, self.part.native()?))
    }

    pub(super) fn json(&self) -> Option<&'d Expr> {
        self.part.json()
    }
}

/// An argument of a block.
pub(super) struct Argument<'d> {
    block: Found<'d>,
    name: &'d str,
    pub(super) span: Span,
    pub(super) value: &'d Expr,
}

/// Why nothing can be changed in what is half-typed.
const BROKEN: &str = "The file has to be without errors.";

/// Changes of a document that are put together.
pub(super) struct Editing<'d> {
    document: &'d Document,
    edits: Vec<Edit>,
    /// Of a document in JSON.
    json: Option<JsonChanges<'d>>,
}

type Done = Result<(), Refusal>;

impl<'d> Editing<'d> {
    pub(super) fn new(document: &'d Document, dialect: Dialect) -> Editing<'d> {
        Editing { document, edits: Vec::new(), json: JsonChanges::new(document, dialect) }
    }

    /// New items of the file behind the last one that begins in front of `at`.
    pub(super) fn at_root(&mut self, at: u32, items: &Body) -> Done {
        match &mut self.json {
            Some(json) => json.add(&[], json.root(), items, At::After(at)).map_err(refusal),
            None => self.push(insert::at_root(self.document, at, items)),
        }
    }

    /// New items of the file in front of the one that begins at `at`.
    pub(super) fn before(&mut self, at: u32, items: &Body) -> Done {
        match &mut self.json {
            Some(json) => json.add(&[], json.root(), items, At::Before(at)).map_err(refusal),
            None => self.push(insert::before_item(self.document, at, items)),
        }
    }

    /// New items at the end of a block.
    pub(super) fn add_to_block(&mut self, block: &Found<'d>, items: &Body) -> Done {
        match (&mut self.json, block.part.native()) {
            (Some(json), _) => add_to(json, block, items, At::End),
            (None, Some(native)) => {
                let edit = insert::into_block(self.document, block.base, native, items)?;
                self.push(edit)
            }
            (None, None) => Ok(()),
        }
    }

    /// New items of a block in front of another one that stands in it; at its end where there is none.
    pub(super) fn before_block(&mut self, block: &Found<'d>, next: Option<&Found<'d>>, items: &Body) -> Done {
        let Some(next) = next else { return self.add_to_block(block, items) };
        match &mut self.json {
            Some(json) => add_to(json, block, items, At::Before(next.span().start)),
            None => self.push(insert::before_item(self.document, next.span().start, items)),
        }
    }

    /// New arguments of a block in front of another one.
    pub(super) fn before_argument(&mut self, next: &Argument<'d>, items: &Body) -> Done {
        match &mut self.json {
            Some(json) => add_to(json, &next.block, items, At::Before(next.span.start)),
            None => self.push(insert::before_attribute(self.document, next.span.start, items)),
        }
    }

    /// New items of an object that an argument is; nothing when it is not written as one.
    pub(super) fn add_to_object(&mut self, argument: &Argument<'d>, values: &[(SmolStr, Value)]) -> Done {
        let items = values.iter().map(|(name, value)| (name.to_string(), Expression::value(value)));
        match &mut self.json {
            Some(json) => {
                let found = json.add_to_object(&argument.block.kinds, argument.name, argument.value, items);
                found.map_err(refusal)
            }
            None => {
                let mut body = Body::new();
                for (name, value) in items {
                    body.attribute(&name, value);
                }
                let object = argument.value.span.shifted(argument.block.base);
                self.edits.extend(insert::into_object(self.document, object, &body));
                Ok(())
            }
        }
    }

    /// A keyword or a reference at the end of a list.
    pub(super) fn add_word(&mut self, list: &Argument<'d>, word: &str) -> Done {
        let broken = || Refusal(format!("The value of \"{}\" cannot be read as it is now.", list.name));
        match &mut self.json {
            Some(json) => json.add_text(list.value, word).map_err(|_| broken()),
            None => {
                let span = list.value.span.shifted(list.block.base);
                let edit = insert::into_list(self.document, span, word).ok_or_else(broken)?;
                self.push(edit)
            }
        }
    }

    /// A keyword or a reference in the place of an argument's value.
    pub(super) fn set_word(&mut self, argument: &Argument<'d>, word: &str) -> Done {
        match &mut self.json {
            Some(json) => json.set_text(argument.value, word),
            None => {
                let span = argument.value.span.shifted(argument.block.base);
                self.edits.push(Edit { span, new_text: word.to_owned() });
            }
        }
        Ok(())
    }

    /// Other items in the place of a block at the file's root.
    pub(super) fn replace(&mut self, block: &Found<'d>, items: &Body) -> Done {
        match &mut self.json {
            Some(json) => {
                json.remove(json.root(), block.part.span);
                json.add(&[], json.root(), items, At::After(block.part.span.start)).map_err(refusal)
            }
            None => {
                let text = self.document.text();
                let new_text = with_line_ends(items.to_text().trim_end(), &text).into_owned();
                self.push(Edit { span: block.span(), new_text })
            }
        }
    }

    /// Takes a property that covers `span` out of a block in JSON.
    pub(super) fn remove_property(&mut self, from: &Found<'d>, span: Span) {
        if let (Some(json), Some(body)) = (&mut self.json, from.json()) {
            json.remove(body, span);
        }
    }

    /// The changes; none where nothing changes.
    pub(super) fn done(self) -> Result<Vec<Change>, Refusal> {
        let Editing { document, mut edits, json } = self;
        if let Some(json) = json {
            edits = json.edits().ok_or_else(|| Refusal(BROKEN.to_owned()))?;
        }
        if edits.is_empty() {
            return Ok(Vec::new());
        }
        edits.sort_by_key(|edit| edit.span);
        let edits = tidy(document, edits);
        Ok(vec![Change::Edit(FileEdits { file: document.file().clone(), edits })])
    }

    fn push(&mut self, edit: Edit) -> Done {
        self.edits.push(edit);
        Ok(())
    }
}

fn add_to<'d>(json: &mut JsonChanges<'d>, block: &Found<'d>, items: &Body, at: At) -> Done {
    match block.part.json() {
        Some(body) => json.add(&block.kinds, body, items, at).map_err(refusal),
        None => Ok(()),
    }
}

fn refusal(Unconvertible(why): Unconvertible) -> Refusal {
    Refusal(why)
}
