//! From words with byte spans to lines and characters, inside one chunk.

use syntax::{Encoding, Span};

use super::classify::Word;
use super::{SemanticToken, TokenType};

/// The words of one chunk; the first one's line counts from the chunk's first line.
#[derive(PartialEq, Eq, Debug, Default)]
pub(crate) struct Encoded {
    pub(crate) tokens: Vec<SemanticToken>,
    /// How many lines end in the chunk.
    pub(crate) lines: u32,
    /// The line of the last word, in the chunk.
    pub(crate) last_line: u32,
}

impl Encoded {
    /// `words` are in order and do not overlap. A chunk begins at the beginning of a line.
    pub(super) fn new(text: &str, words: Vec<Word>, encoding: Encoding) -> Encoded {
        let mut lines = Lines::new(text);
        let mut tokens = Vec::with_capacity(words.len());
        let mut last = (0, 0);
        for word in words {
            for span in on_lines(text, word.span) {
                let (line, line_start) = lines.at(span.start);
                let start = encoding.measure(Span::new(line_start, span.start).text(text));
                let delta_line = line - last.0;
                let delta_start = if delta_line == 0 { start - last.1 } else { start };
                tokens.push(SemanticToken {
                    delta_line,
                    delta_start,
                    length: encoding.measure(span.text(text)),
                    token_type: number(word.token_type),
                    modifiers: word.modifiers,
                });
                last = (line, start);
            }
        }
        let (count, _) = lines.at(u32::try_from(text.len()).unwrap_or(u32::MAX));
        Encoded { tokens, lines: count, last_line: last.0 }
    }
}

fn number(token_type: TokenType) -> u32 {
    let index = TokenType::ALL.iter().position(|other| *other == token_type);
    index.and_then(|index| u32::try_from(index).ok()).unwrap_or(0)
}

/// The span without its lines' ends, one piece for each line that has something: many editors show no token of several
/// lines.
fn on_lines(text: &str, span: Span) -> Vec<Span> {
    let mut start = span.start;
    let mut found = Vec::new();
    for line in span.text(text).split_inclusive(['\n', '\r']) {
        let shown = u32::try_from(line.trim_end_matches(['\n', '\r']).len()).unwrap_or(0);
        if shown > 0 {
            found.push(Span::new(start, start + shown));
        }
        start += u32::try_from(line.len()).unwrap_or(0);
    }
    found
}

/// Counts lines as editors do, from front to back.
struct Lines<'t> {
    bytes: &'t [u8],
    next: usize,
    line: u32,
    line_start: u32,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Lines<'t> {
        Lines { bytes: text.as_bytes(), next: 0, line: 0, line_start: 0 }
    }

    /// The line of an offset, and where that line begins. Offsets are asked for in order.
    fn at(&mut self, offset: u32) -> (u32, u32) {
        while self.next < offset as usize {
            let Some(byte) = self.bytes.get(self.next) else { break };
            let ends = match byte {
                b'\n' => true,
                b'\r' => self.bytes.get(self.next + 1) != Some(&b'\n'),
                _ => false,
            };
            self.next += 1;
            if ends {
                self.line += 1;
                self.line_start = u32::try_from(self.next).unwrap_or(u32::MAX);
            }
        }
        (self.line, self.line_start)
    }
}
