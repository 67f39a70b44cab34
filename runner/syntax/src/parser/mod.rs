//! Tokens to tree: recursive descent over the whole native HCL grammar.
//!
//! The first fault of an item is reported with Terraform's own words; what follows it in the same item is read
//! silently until a place is reached where reading makes sense again (`recovery`). The parser knows no Terraform
//! vocabulary: `run` and `variable` are identifiers like any other.

mod access;
mod body;
mod collection;
mod directive;
mod expr;
mod heredoc;
mod leaf;
mod literal;
mod recovery;
mod template;
mod tokens;

use crate::ast::{Body, Expr, Item, ObjectItem, Template};
use crate::chunk::split_tokens;
use crate::depth::MAX_NESTING;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lexer::{Lexer, Token, TokenKind, tokens};
use crate::position::LineIndex;
use crate::span::{FileName, Origin, Span};

use body::Names;
use template::Piece;

/// A tree and what is wrong with its text. The tree is there whatever the text was.
#[derive(Clone, PartialEq, Debug)]
pub struct Parse<T> {
    pub tree: T,
    pub diagnostics: Diagnostics,
}

/// Parses a whole configuration text; as JSON when the file's name says so. Spans count from its first byte.
pub fn parse_body(file: &FileName, text: &str) -> Parse<Body> {
    let text = readable(text);
    if file.is_json() {
        let (tree, found) = crate::json::body_of_text(file, text);
        return Parse { tree, diagnostics: found.resolve(file, text) };
    }
    let (tree, found) = whole_body(file, text);
    Parse { tree, diagnostics: found.resolve(file, text) }
}

/// Parses a text that is one expression, as a `-var` argument is. Newlines have no meaning in it.
pub fn parse_expression(file: &FileName, text: &str) -> Parse<Expr> {
    let text = readable(text);
    let tokens = tokens(text);
    let mut parser = Parser::new(file, text, &tokens);
    parser.report_tokens();
    parser.newlines = false;
    let tree = parser.expression();
    let next = parser.peek();
    if next.kind != TokenKind::End {
        parser.error(
            "Extra characters after expression",
            "An expression was successfully parsed, but extra characters were found after it.",
            next.span,
        );
    }
    Parse { tree, diagnostics: parser.found.resolve(file, text) }
}

/// Parses a whole text as a template without quotes, as `templatefile` reads a file.
pub fn parse_template(file: &FileName, text: &str) -> Parse<Template> {
    let text = readable(text);
    let (tree, found) = bare_template(file, text);
    Parse { tree, diagnostics: found.resolve(file, text) }
}

/// A template without quotes, and what is wrong with it.
pub(crate) fn bare_template(file: &FileName, text: &str) -> (Template, Findings) {
    let mut lexer = Lexer::template(text);
    let mut tokens = Vec::new();
    lexer.read_all(&mut tokens);
    let mut parser = Parser::new(file, text, &tokens);
    parser.report_tokens();
    let tree = parser.bare_template();
    (tree, parser.found)
}

/// How many tokens are read before they are parsed: so few that they are still at hand then.
const BATCH: usize = 1024;

/// Parses a whole configuration text, some items at a time as long as nothing is wrong. What is wrong is told, and worked
/// around, with all of the text behind it in view.
fn whole_body(file: &FileName, text: &str) -> (Body, Findings) {
    let mut names = Names::default();
    let mut lists = Lists::default();
    let mut found = Findings::default();
    let mut tokens = Vec::with_capacity(2 * BATCH);
    let mut lexer = Lexer::new(text, 0, true);
    let mut start = 0_u32;
    while lexer.read_items(&mut tokens, BATCH) {
        let faultless = lexer.at_top_level() && !lexer.faulty;
        let items = lists.items.len();
        if faultless {
            let mut parser = Parser::new(file, text, &tokens);
            parser.lists = lists;
            parser.read_items(&mut names, false);
            (lists, found) = (parser.lists, parser.found);
        }
        if !faultless || !found.diagnostics.is_empty() {
            lists.items.truncate(items);
            names.forget_from(start);
            let (tokens, faulty) = split_tokens(text, start as usize);
            let mut parser = Parser::new(file, text, &tokens);
            parser.lists = lists;
            if faulty {
                parser.report_tokens();
            }
            parser.read_top_level(&mut names);
            (lists, found) = (parser.lists, parser.found);
            break;
        }
        start = tokens.last().map_or(start, |end| end.span.end);
    }
    (Body { items: lists.items, span: Span::new(0, end_of(text)), ..Body::default() }, found)
}

fn end_of(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// Parses the tokens of a configuration text. `faulty` says whether one of them may be wrong wherever it stands.
/// `lists` is empty, and empty again afterwards, with the memory that was needed.
pub(crate) fn body_of_tokens<'a>(
    file: &'a FileName,
    text: &'a str,
    tokens: &[Token],
    faulty: bool,
    lists: &mut Lists<'a>,
) -> (Body, Findings) {
    let mut parser = Parser::new(file, text, tokens);
    parser.lists = std::mem::take(lists);
    if faulty {
        parser.report_tokens();
    }
    parser.read_top_level(&mut Names::default());
    let items = taken(&mut parser.lists.items, 0);
    *lists = parser.lists;
    (Body { items, span: Span::new(0, end_of(text)), ..Body::default() }, parser.found)
}

/// The children of nodes that are not yet complete, innermost last. A node takes its own in one allocation of the
/// right size, where a growing list for each would cost more time and memory than all the rest of parsing. Who reads
/// many chunks hands the lists from one to the next.
#[derive(Default)]
pub(crate) struct Lists<'a> {
    items: Vec<Item>,
    exprs: Vec<Expr>,
    object_items: Vec<ObjectItem>,
    pieces: Vec<Piece<'a>>,
}

/// What a list has from `first` on, in an allocation of the right size.
fn taken<T>(list: &mut Vec<T>, first: usize) -> Vec<T> {
    list.drain(first..).collect()
}

/// Offsets are 32 bits wide: more text than that is not read.
pub(crate) fn readable(text: &str) -> &str {
    let mut end = text.len().min(u32::MAX as usize);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// A place that a diagnostic's detail names in words, such as "already set at main.tf:1,1-2".
///
/// Lines are unknown while only a chunk is looked at, so the words are filled in when the whole text is at hand.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Mention {
    /// Index of the diagnostic.
    diagnostic: usize,
    /// Byte in its detail where the place goes.
    at: usize,
    pub(crate) place: Span,
}

/// Diagnostics whose details still lack the places they mention.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Findings {
    pub(crate) diagnostics: Diagnostics,
    pub(crate) mentions: Vec<Mention>,
}

impl Findings {
    /// The finished diagnostics of a text that is a whole file.
    pub(crate) fn resolve(self, file: &FileName, text: &str) -> Diagnostics {
        if self.mentions.is_empty() {
            return self.diagnostics;
        }
        let index = LineIndex::new(text);
        self.resolve_with(0, |span| index.hcl_range(text, file, span))
    }

    /// The finished diagnostics, `base` bytes further down in a text where `name` words a place.
    pub(crate) fn resolve_with(self, base: u32, name: impl Fn(Span) -> String) -> Diagnostics {
        let mut diagnostics: Diagnostics =
            self.diagnostics.into_iter().map(|diagnostic| diagnostic.shifted(base)).collect();
        for mention in self.mentions {
            if let Some(diagnostic) = diagnostics.get_mut(mention.diagnostic)
                && diagnostic.detail.is_char_boundary(mention.at)
            {
                diagnostic.detail.insert_str(mention.at, &name(mention.place.shifted(base)));
            }
        }
        diagnostics
    }
}

struct Parser<'a, 't> {
    file: &'a FileName,
    text: &'a str,
    tokens: &'t [Token],
    position: usize,
    /// Where the last token that was read ends.
    previous_end: u32,
    /// Whether a newline is a token here; inside brackets it is blank space.
    newlines: bool,
    /// Set from a reported fault to the next place where reading makes sense; nothing is reported meanwhile.
    recovering: bool,
    found: Findings,
    lists: Lists<'a>,
    /// The first token of a text that is a template as a whole.
    whole_template: Option<Span>,
    /// How many levels of the current construct are open.
    depth: u32,
    /// Height of the expression that was read last.
    height: u32,
}

impl<'a, 't> Parser<'a, 't> {
    fn new(file: &'a FileName, text: &'a str, tokens: &'t [Token]) -> Parser<'a, 't> {
        Parser {
            file,
            text,
            tokens,
            position: 0,
            previous_end: 0,
            newlines: true,
            recovering: false,
            found: Findings::default(),
            lists: Lists::default(),
            whole_template: None,
            depth: 0,
            height: 0,
        }
    }

    fn text(&self, span: Span) -> &'a str {
        span.text(self.text)
    }

    /// Reports a fault unless one was already reported in this item, and starts recovering from it.
    fn error(&mut self, summary: &str, detail: impl Into<String>, subject: Span) {
        self.error_within(summary, detail, subject, subject);
    }

    /// Like `error`, with the construct around the fault.
    fn error_within(&mut self, summary: &str, detail: impl Into<String>, subject: Span, context: Span) {
        if !self.recovering {
            self.report(summary, detail.into(), subject, context);
        }
        self.recovering = true;
    }

    /// Reports a fault that does not disturb reading.
    fn report(&mut self, summary: &str, detail: String, subject: Span, context: Span) {
        let origin = Origin::new(self.file.clone(), 0);
        let mut diagnostic = Diagnostic::error(summary, detail).at(origin.locate(subject));
        if context != subject {
            diagnostic = diagnostic.within(origin.locate(context));
        }
        self.found.diagnostics.push(diagnostic);
    }

    /// Reports a fault whose detail names a place: `before`, the place, `after`.
    fn report_mentioning(&mut self, summary: &str, words: (&str, &str), place: Span, subject: Span) {
        let (before, after) = words;
        self.found.mentions.push(Mention {
            diagnostic: self.found.diagnostics.len(),
            at: before.len(),
            place,
        });
        self.report(summary, format!("{before}{after}"), subject, subject);
    }

    fn too_deep(&mut self, subject: Span) {
        self.error(
            "Nesting too deep",
            format!(
                "This is nested or chained more than {MAX_NESTING} levels deep, which is the limit. Split the expression or block into smaller parts."
            ),
            subject,
        );
    }

    /// Runs `level` one level deeper; `None`, with a diagnostic, when that is too deep.
    fn deeper<R>(&mut self, level: impl FnOnce(&mut Self) -> R) -> Option<R> {
        (!self.at_limit()).then(|| self.one_deeper(level))
    }

    /// Whether the next level would be too deep, with the diagnostic.
    fn at_limit(&mut self) -> bool {
        let limit = self.depth >= MAX_NESTING;
        if limit {
            let span = self.peek().span;
            self.too_deep(span);
        }
        limit
    }

    fn one_deeper<R>(&mut self, level: impl FnOnce(&mut Self) -> R) -> R {
        self.depth += 1;
        let result = crate::depth::with_stack(|| level(self));
        self.depth -= 1;
        result
    }

    /// Runs `inner` where newlines have, or have not, a meaning.
    fn with_newlines<R>(&mut self, newlines: bool, inner: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.newlines, newlines);
        let result = inner(self);
        self.newlines = before;
        result
    }
}
