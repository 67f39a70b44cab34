//! Semantic tokens: what every word of a file is, in the form that editors take it.
//!
//! They are worked out chunk by chunk and kept with the chunk, so that a keystroke in a long file reads one chunk
//! again; what is sent after it is the difference of two lists of chunks.

mod classify;
mod encode;

use std::sync::Arc;

use config::FileRole;
use syntax::{Encoding, FileName, Span};

use crate::parts::Holder;
use crate::snapshot::Snapshot;
pub(crate) use encode::Encoded;

/// What a word is. The names are the protocol's standard ones, which every theme has colours for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TokenType {
    Comment,
    String,
    Number,
    /// Roots of references, and words of the language.
    Keyword,
    /// A block's type, a resource type, a word of a type constraint.
    Type,
    /// What other names stand in: module calls, runs, providers.
    Namespace,
    Function,
    /// A module's variable.
    Parameter,
    /// A local value, a resource, a name of a `for`.
    Variable,
    /// An attribute, an output, a key.
    Property,
    /// A word that only means itself, such as `plan`.
    EnumMember,
}

impl TokenType {
    /// All of them, in the order of the numbers that stand for them.
    pub const ALL: [TokenType; 11] = [
        TokenType::Comment,
        TokenType::String,
        TokenType::Number,
        TokenType::Keyword,
        TokenType::Type,
        TokenType::Namespace,
        TokenType::Function,
        TokenType::Parameter,
        TokenType::Variable,
        TokenType::Property,
        TokenType::EnumMember,
    ];

    /// The protocol's name.
    pub fn name(self) -> &'static str {
        match self {
            TokenType::Comment => "comment",
            TokenType::String => "string",
            TokenType::Number => "number",
            TokenType::Keyword => "keyword",
            TokenType::Type => "type",
            TokenType::Namespace => "namespace",
            TokenType::Function => "function",
            TokenType::Parameter => "parameter",
            TokenType::Variable => "variable",
            TokenType::Property => "property",
            TokenType::EnumMember => "enumMember",
        }
    }
}

/// The protocol's names of modifiers, in the order of their bits.
pub const TOKEN_MODIFIERS: [&str; 2] = ["declaration", "defaultLibrary"];

pub(crate) const DECLARATION: u32 = 1;
pub(crate) const DEFAULT_LIBRARY: u32 = 2;

/// One word, counted from the one before it. Characters are those of the encoding that was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SemanticToken {
    pub delta_line: u32,
    pub delta_start: u32,
    pub length: u32,
    /// Counts in [`TokenType::ALL`].
    pub token_type: u32,
    /// Bits that count in [`TOKEN_MODIFIERS`].
    pub modifiers: u32,
}

/// The words of a file at one moment. Cheap to clone, and to compare with those of another moment.
#[derive(Clone, Debug, Default)]
pub struct SemanticTokens(Arc<[Piece]>);

/// The words of one chunk, and how many lines the first of them is below the last one before it.
#[derive(Clone, Debug)]
struct Piece {
    encoded: Arc<Encoded>,
    first_line: u32,
}

/// How to make a list of tokens from an older one: `delete` of them, from `start` on, give way to `insert`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TokenEdit {
    pub start: usize,
    pub delete: usize,
    pub insert: Vec<SemanticToken>,
}

/// The words of a file, from top to bottom.
pub fn semantic_tokens(snapshot: &Snapshot, file: &FileName, encoding: Encoding) -> SemanticTokens {
    let Some(document) = snapshot.document(file) else { return SemanticTokens::default() };
    if FileRole::of(file.as_str()).is_none() {
        return SemanticTokens::default();
    }
    let mut pieces = Vec::new();
    let mut lines = 0;
    for (_, chunk) in document.chunks() {
        let encoded = of_chunk(snapshot, file, chunk, encoding);
        if let Some(first) = encoded.tokens.first() {
            let first_line = lines + first.delta_line;
            lines = encoded.lines - encoded.last_line;
            pieces.push(Piece { encoded, first_line });
        } else {
            lines += encoded.lines;
        }
    }
    SemanticTokens(pieces.into())
}

/// The words of the lines that `range` touches.
pub fn semantic_tokens_in(
    snapshot: &Snapshot,
    file: &FileName,
    range: Span,
    encoding: Encoding,
) -> Vec<SemanticToken> {
    let Some(document) = snapshot.document(file) else { return Vec::new() };
    if FileRole::of(file.as_str()).is_none() {
        return Vec::new();
    }
    let first = document.position(range.start, encoding).line;
    let last = document.position(range.end, encoding).line;
    let mut found = Vec::new();
    // The line and the character of the last word that was found, and the place in the text.
    let mut last_found = (0, 0);
    for (origin, chunk) in document.chunks_in(range) {
        let mut line = document.position(origin.base, encoding).line;
        let mut start = 0;
        for token in &of_chunk(snapshot, file, chunk, encoding).tokens {
            start = if token.delta_line == 0 { start + token.delta_start } else { token.delta_start };
            line += token.delta_line;
            if line > last {
                break;
            }
            if line >= first {
                let delta_line = line - last_found.0;
                let delta_start = if delta_line == 0 { start - last_found.1 } else { start };
                found.push(SemanticToken { delta_line, delta_start, ..*token });
                last_found = (line, start);
            }
        }
    }
    found
}

fn of_chunk(
    snapshot: &Snapshot,
    file: &FileName,
    chunk: &Arc<syntax::Chunk>,
    encoding: Encoding,
) -> Arc<Encoded> {
    let holder = Holder::of_file(file);
    let compute = || Encoded::new(&chunk.text, classify::words(chunk, holder), encoding);
    snapshot.cache().tokens.get(chunk, (holder, encoding), compute)
}

impl SemanticTokens {
    /// All of them, as they are sent.
    pub fn tokens(&self) -> Vec<SemanticToken> {
        let mut all = Vec::with_capacity(self.len());
        self.0.iter().for_each(|piece| all.extend(piece.tokens()));
        all
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        count(&self.0)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What to change in `old` to get these; `None` when they are the same.
    pub fn edit_from(&self, old: &SemanticTokens) -> Option<TokenEdit> {
        let most = self.0.len().min(old.0.len());
        let same = |(a, b): &(&Piece, &Piece)| a.same(b);
        let before = self.0.iter().zip(old.0.iter()).take_while(same).count();
        let behind = self.0.iter().rev().zip(old.0.iter().rev()).take(most - before).take_while(same).count();
        let middle = |pieces: &'_ Arc<[Piece]>| before..pieces.len() - behind;
        let (new_middle, old_middle) =
            (self.0.get(middle(&self.0)).unwrap_or_default(), old.0.get(middle(&old.0)).unwrap_or_default());
        if new_middle.is_empty() && old_middle.is_empty() {
            return None;
        }
        let insert = new_middle.iter().flat_map(Piece::tokens).collect();
        let start = count(old.0.get(..before).unwrap_or_default());
        Some(TokenEdit { start, delete: count(old_middle), insert })
    }
}

fn count(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| piece.encoded.tokens.len()).sum()
}

impl Piece {
    fn tokens(&self) -> impl Iterator<Item = SemanticToken> + '_ {
        let first_line = |(index, token): (usize, &SemanticToken)| match index {
            0 => SemanticToken { delta_line: self.first_line, ..*token },
            _ => *token,
        };
        self.encoded.tokens.iter().enumerate().map(first_line)
    }

    fn same(&self, other: &Piece) -> bool {
        // A chunk that was read again may well be what it was before.
        let same = Arc::ptr_eq(&self.encoded, &other.encoded) || self.encoded == other.encoded;
        same && self.first_line == other.first_line
    }
}

#[cfg(test)]
mod tests;
