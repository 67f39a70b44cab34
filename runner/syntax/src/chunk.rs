//! Top-level chunks: the pieces that a text is cut into so that an edit touches few of them.
//!
//! A chunk ends after a line's end outside every bracket, string and comment, so each chunk starts in the same
//! state of the lexer and can be read alone. In a text that is not balanced, a chunk that would run to the end of
//! the text is cut where a line looks like the header of another block; text whose brackets are balanced is never
//! cut that way, because there such a line may well stand in a heredoc.

use std::sync::Arc;

use crate::ast::Body;
use crate::diagnostic::Diagnostics;
use crate::json::body_of_text;
use crate::lexer::{Lexer, Token, TokenKind, is_ident_continue, is_ident_start, tokens};
use crate::parser::{Findings, Lists, body_of_tokens};
use crate::position::LineIndex;
use crate::sequence::Summed;
use crate::span::{FileName, Span};

/// One top-level item with the comments before it. Spans and diagnostics count from the chunk's first byte.
#[derive(Clone, PartialEq, Debug)]
pub struct Chunk {
    pub text: Arc<str>,
    pub body: Body,
    /// Places that a detail mentions in words count from the chunk as well; `Document::diagnostics` has the real
    /// ones.
    pub diagnostics: Diagnostics,
    /// The same diagnostics before the places in their details were filled in.
    pub(crate) findings: Findings,
    /// Whether where it ends depends on all the text after it: something in it stays open.
    pub(crate) open: bool,
    /// Whether it was cut off before the end of the text.
    pub(crate) cut: bool,
    /// Whether a carriage return stands in it without a line feed.
    pub(crate) lone_returns: bool,
    /// Whether it was read as the beginning of a file, where a byte order mark is allowed.
    pub(crate) file_start: bool,
}

impl Chunk {
    /// The chunk of an empty text.
    pub fn empty() -> Chunk {
        let piece = Piece { end: 0, open: false, cut: false, faulty: false };
        Chunk::of_body(&FileName::new(""), "", &piece, (Body::default(), Findings::default()), true)
    }

    /// The chunk of a text that `piece` and `tokens` were found in.
    pub(crate) fn new<'a>(
        file: &'a FileName,
        text: &'a str,
        piece: &Piece,
        tokens: &[Token],
        file_start: bool,
        lists: &mut Lists<'a>,
    ) -> Chunk {
        let read = body_of_tokens(file, text, tokens, piece.faulty, lists);
        Chunk::of_body(file, text, piece, read, file_start)
    }

    /// A JSON text is one chunk.
    pub(crate) fn json(file: &FileName, text: &str) -> Chunk {
        let piece = Piece { end: text.len(), open: false, cut: false, faulty: false };
        Chunk::of_body(file, text, &piece, body_of_text(file, text), true)
    }

    /// A part of a JSON text.
    pub(crate) fn of_json(file: &FileName, text: &str, body: Body, file_start: bool) -> Chunk {
        let piece = Piece { end: text.len(), open: false, cut: false, faulty: false };
        Chunk::of_body(file, text, &piece, (body, Findings::default()), file_start)
    }

    fn of_body(
        file: &FileName,
        text: &str,
        piece: &Piece,
        (body, findings): (Body, Findings),
        file_start: bool,
    ) -> Chunk {
        let diagnostics = if findings.mentions.is_empty() {
            findings.diagnostics.clone()
        } else {
            let index = LineIndex::new(text);
            findings.clone().resolve_with(0, |span| index.hcl_range(text, file, span))
        };
        let after_return = |at: usize| text.as_bytes().get(at + 1);
        let lone_returns =
            memchr::memchr_iter(b'\r', text.as_bytes()).any(|at| after_return(at) != Some(&b'\n'));
        Chunk {
            text: text.into(),
            body,
            diagnostics,
            findings,
            open: piece.open,
            cut: piece.cut,
            lone_returns,
            file_start,
        }
    }
}

/// What is to be known of a document's chunks without looking at each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ChunkSum {
    pub(crate) chunks: usize,
    /// How many bytes of text they have.
    pub(crate) bytes: u32,
    /// Whether one of them stays open.
    pub(crate) open: bool,
    pub(crate) lone_returns: bool,
    /// Whether something is wrong in one of them.
    pub(crate) faulty: bool,
    /// Whether one of them is an attribute of the file's own body.
    pub(crate) attributes: bool,
}

impl Summed for Chunk {
    type Sum = ChunkSum;

    fn sum(&self) -> ChunkSum {
        ChunkSum {
            chunks: 1,
            bytes: u32::try_from(self.text.len()).unwrap_or(u32::MAX),
            open: self.open,
            lone_returns: self.lone_returns,
            faulty: !self.findings.diagnostics.is_empty(),
            attributes: self.body.attributes().next().is_some(),
        }
    }

    fn total<'s>(sums: impl Iterator<Item = &'s ChunkSum> + Clone) -> ChunkSum {
        sums.fold(ChunkSum::default(), |all, sum| ChunkSum {
            chunks: all.chunks + sum.chunks,
            bytes: all.bytes.saturating_add(sum.bytes),
            open: all.open || sum.open,
            lone_returns: all.lone_returns || sum.lone_returns,
            faulty: all.faulty || sum.faulty,
            attributes: all.attributes || sum.attributes,
        })
    }
}

/// Where a chunk ends, and why there.
pub(crate) struct Piece {
    /// In bytes from the chunk's beginning.
    pub(crate) end: usize,
    pub(crate) open: bool,
    pub(crate) cut: bool,
    /// Whether a token in it may be wrong wherever it stands.
    pub(crate) faulty: bool,
}

/// Reading to the end of the text for every open chunk would take quadratic time where many stay open. After this
/// many, a chunk is cut at the first header-like line without reading on.
const PATIENCE: u32 = 8;

/// Cuts a text into chunks, from front to back.
#[derive(Default)]
pub(crate) struct Splitter {
    /// How many chunks ran to the end of the text so far.
    pub(crate) open_chunks: u32,
}

impl Splitter {
    /// The chunk at the beginning of `text`; its tokens replace what is in `tokens`. `None` when more text is needed
    /// to tell where it ends; never when `complete` says that there is no more.
    pub(crate) fn next(
        &mut self,
        text: &str,
        file_start: bool,
        complete: bool,
        tokens: &mut Vec<Token>,
    ) -> Option<Piece> {
        let mut lexer = Lexer::new(text, 0, file_start);
        tokens.clear();
        let mut first = None;
        let mut limit = usize::MAX;
        while let Some(token) = lexer.read(tokens) {
            let end = token.span.end as usize;
            match token.kind {
                TokenKind::Newline | TokenKind::QuotedNewline | TokenKind::UnclosedSequence
                    if first.is_some() && lexer.at_top_level() =>
                {
                    if lexer.starved && !complete {
                        return None;
                    }
                    tokens.push(Token { kind: TokenKind::End, span: Span::at(token.span.end) });
                    return Some(Piece { end, open: lexer.starved, cut: false, faulty: lexer.faulty });
                }
                TokenKind::Newline
                | TokenKind::QuotedNewline
                | TokenKind::UnclosedSequence
                | TokenKind::Comment => {}
                _ if first.is_none() => {
                    first = Some(token.span.start as usize);
                    if self.open_chunks >= PATIENCE {
                        if !complete {
                            return None;
                        }
                        limit = next_header(text, token.span.start as usize).unwrap_or(usize::MAX);
                    }
                }
                _ => {}
            }
            if end > limit {
                break;
            }
        }
        if !complete {
            return None;
        }
        match first {
            Some(first) if !lexer.at_top_level() || limit != usize::MAX => {
                self.open_chunks += 1;
                let end = next_header(text, first).unwrap_or(text.len());
                let cut = end < text.len();
                *tokens = tokens_of(text.get(..end).unwrap_or(text), file_start);
                if cut && let Some(last) = tokens.last().copied() {
                    tokens.insert(tokens.len() - 1, Token { kind: TokenKind::Cut, ..last });
                }
                Some(Piece { end, open: true, cut, faulty: lexer.faulty })
            }
            _ => {
                tokens.push(lexer.end_token());
                Some(Piece { end: text.len(), open: lexer.starved, cut: false, faulty: lexer.faulty })
            }
        }
    }
}

/// The tokens of a text from `start` on, where a chunk begins, with a `Cut` wherever an open chunk was cut; and whether
/// one of them may be wrong wherever it stands.
pub(crate) fn split_tokens(text: &str, start: usize) -> (Vec<Token>, bool) {
    let mut lexer = Lexer::new(text, start, start == 0);
    let mut all = Vec::new();
    lexer.read_all(&mut all);
    // Where nothing stays open, no chunk is cut, and the chunks' tokens are those of the text.
    if lexer.at_top_level() {
        return (all, lexer.faulty);
    }
    all.clear();
    let mut splitter = Splitter::default();
    let mut tokens = Vec::new();
    let mut start = start;
    while start < text.len() {
        let rest = text.get(start..).unwrap_or_default();
        let Some(piece) = splitter.next(rest, start == 0, true, &mut tokens) else { break };
        let base = u32::try_from(start).unwrap_or(u32::MAX);
        let shifted = |token: Token| Token { kind: token.kind, span: token.span.shifted(base) };
        // Each chunk's tokens end with the only `End` among them.
        let counted = tokens.len().saturating_sub(1);
        all.extend(tokens.iter().take(counted).copied().map(shifted));
        start += piece.end.max(1);
    }
    let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
    all.push(Token { kind: TokenKind::End, span: Span::at(end) });
    (all, true)
}

fn tokens_of(text: &str, file_start: bool) -> Vec<Token> {
    if file_start {
        return tokens(text);
    }
    let mut lexer = Lexer::new(text, 0, false);
    let mut tokens = Vec::new();
    lexer.read_all(&mut tokens);
    tokens
}

/// The next line after the one at `from` that begins, in its first column, like a block's header; where an
/// attribute stands at `from`, a line that begins like another attribute counts too. Blank lines and comments
/// before it belong to it.
fn next_header(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let attributes = line_begins(bytes.get(from..)?) == Some(Line::Attribute);
    let mut at = from;
    let mut blank_from = None;
    loop {
        at += 1 + memchr::memchr(b'\n', bytes.get(at..)?)?;
        let line = bytes.get(at..)?;
        match line_begins(line) {
            Some(Line::Header) => return Some(blank_from.unwrap_or(at)),
            Some(Line::Attribute) if attributes => return Some(blank_from.unwrap_or(at)),
            _ if matches!(line, [b'\n' | b'#', ..] | [b'\r', b'\n', ..] | [b'/', b'/', ..]) => {
                blank_from.get_or_insert(at);
            }
            _ => blank_from = None,
        }
    }
}

#[derive(PartialEq, Eq)]
enum Line {
    /// `word "label" word {`
    Header,
    /// `word =`
    Attribute,
}

fn line_begins(line: &[u8]) -> Option<Line> {
    let mut rest = after_word(line)?;
    loop {
        let blank = rest.iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
        rest = rest.get(blank..)?;
        match rest {
            [b'{', ..] => return Some(Line::Header),
            [b'=', b'=' | b'>', ..] => return None,
            [b'=', ..] => return Some(Line::Attribute),
            [b'"', label @ ..] => {
                let end = label.iter().position(|&byte| byte == b'"' || byte == b'\n')?;
                rest = label.get(end..)?.strip_prefix(b"\"")?;
            }
            _ => rest = after_word(rest)?,
        }
    }
}

fn after_word(text: &[u8]) -> Option<&[u8]> {
    let starts = text.first().is_some_and(|&byte| is_ident_start(byte) || byte >= 0x80);
    let length = text.iter().take_while(|&&byte| is_ident_continue(byte) || byte >= 0x80).count();
    if starts { text.get(length..) } else { None }
}
