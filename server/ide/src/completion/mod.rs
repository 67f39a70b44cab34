//! Completion in test files.
//!
//! The tree says which body the cursor is in; the text left of the cursor says what is being typed, so that
//! `run.` completes in a block that nobody has closed yet.

mod body;
mod members;
mod values;

use config::{Dialect, ModuleTree, TestFile};
use syntax::ast::{Attribute, Block, Body};
use syntax::{FileName, Span};

use crate::cursor;
use crate::grammar::{Place, Takes};
use crate::project::Project;
use crate::snapshot::Snapshot;

/// One proposal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CompletionItem {
    pub label: String,
    pub kind: CompletionKind,
    /// A short type or signature, shown beside the label.
    pub detail: Option<String>,
    /// Markdown.
    pub documentation: Option<String>,
    /// What replaces `replace`.
    pub insert: String,
    /// The same with tab stops (`$1`, `${1:default}`, `$0`), where that says more.
    pub snippet: Option<String>,
    /// The bytes of the file that the proposal replaces.
    pub replace: Span,
}

/// What a proposal stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompletionKind {
    Block,
    Attribute,
    Keyword,
    Root,
    Variable,
    Local,
    Output,
    Resource,
    Module,
    Run,
    Check,
    Function,
    Field,
}

/// What may be typed at `offset` of `file`, best first.
///
/// Nothing in JSON: what is proposed is written in the native syntax.
pub fn completion(snapshot: &Snapshot, file: &FileName, offset: u32) -> Vec<CompletionItem> {
    if file.is_json() {
        return Vec::new();
    }
    let project = snapshot.project(file);
    let Some(test_file) = project.test_file(file) else { return Vec::new() };
    let chunk = snapshot.chunk_touching(file, offset);
    let nothing = Body::default();
    let (base, text, body) = match &chunk {
        Some(it) => (it.base, &*it.chunk.text, &it.chunk.body),
        None => (0, "", &nothing),
    };
    let at = offset.saturating_sub(base);
    let Some(path) = cursor::path_before(text, at) else { return Vec::new() };
    let site = Site::at(body, at, text);
    let context = Context { project: &project, test_file, base, at, dialect: snapshot.dialect(file), site };
    let mut items = match &context.site.value {
        Some(value) => {
            let typed = Span::new(value.start, at).text(text);
            if cursor::in_text(typed) { Vec::new() } else { values::complete(&context, &path, typed) }
        }
        None if path.segments.is_empty() && cursor::begins_item(text, path.word.start) => {
            body::complete(&context, path.word)
        }
        None => Vec::new(),
    };
    items.iter_mut().for_each(|item| item.replace = item.replace.shifted(base));
    items
}

/// What is known about the cursor's place.
struct Context<'a> {
    project: &'a Project,
    test_file: &'a TestFile,
    /// Where the cursor's chunk begins.
    base: u32,
    /// The cursor, relative to the chunk.
    at: u32,
    dialect: Dialect,
    site: Site<'a>,
}

impl<'a> Context<'a> {
    /// The module whose names count here: that of the run block around the cursor, or the one under test.
    fn module(&self) -> Option<&'a ModuleTree> {
        let here = self.test_file.runs.iter().find(|run| run.origin.base == self.base);
        match here.filter(|_| self.site.run().is_some()) {
            Some(run) => self.project.module_of(run).map(|tree| &**tree),
            None => Some(self.project.tree()),
        }
    }

    /// What the attribute around the cursor takes.
    fn takes(&self) -> Takes {
        let (Some(value), Some(place)) = (&self.site.value, self.site.place) else {
            return Takes::Expression;
        };
        let block = self.site.blocks.last().map_or("", |block| block.kind.text.as_str());
        place.takes(block, &value.attribute.name.text)
    }
}

/// The blocks around the cursor, outermost first, and the attribute whose value it is in. Spans are the chunk's.
struct Site<'a> {
    blocks: Vec<&'a Block>,
    body: &'a Body,
    /// `None` inside of a block that this program does not know.
    place: Option<Place>,
    value: Option<Value<'a>>,
}

struct Value<'a> {
    attribute: &'a Attribute,
    /// The first byte after `=`.
    start: u32,
}

impl<'a> Site<'a> {
    fn at(body: &'a Body, offset: u32, text: &str) -> Site<'a> {
        let mut site = Site { blocks: Vec::new(), body, place: Some(Place::File), value: None };
        while let Some(block) = site.body.blocks().find(|block| is_inside(block, offset)) {
            site.place = site.place.and_then(|place| place.inside(&block.kind.text));
            site.blocks.push(block);
            site.body = &block.body;
        }
        let attributes = site.body.attributes().filter(|attribute| attribute.name.span.start <= offset);
        site.value = attributes.last().and_then(|attribute| {
            let start = attribute.equals?.end;
            let between = Span::new(attribute.value.span.end.max(start), offset).text(text);
            let same_line = start <= offset && !between.contains(['\n', ';']);
            (same_line || Span::new(start, attribute.span.end).contains(offset))
                .then_some(Value { attribute, start })
        });
        site
    }

    /// The name of the run block around the cursor.
    fn run(&self) -> Option<&'a str> {
        self.blocks.first().filter(|block| block.kind.text == "run")?.label(0)
    }
}

fn is_inside(block: &Block, offset: u32) -> bool {
    let Some(open) = block.open_brace else { return false };
    open.end <= offset
        && block.close_brace.map_or(block.span.end.max(block.body.span.end), |it| it.start) >= offset
}

#[cfg(test)]
mod tests;
