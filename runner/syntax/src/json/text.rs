//! A JSON string: its text with escapes resolved, and where each byte of that text stands in the source.

use smol_str::SmolStr;

use super::places::{map_expr, map_parts};
use super::scan::offset;
use crate::ast::{Expr, TemplatePart};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::parser::{Findings, Parse, bare_template, parse_expression};
use crate::span::{FileName, Span};

/// What a JSON string says, before anything is made of it: a literal text, a template, a reference or a type, as the
/// place it stands in wants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JsonText {
    /// With escapes resolved; not NFC-normalised.
    pub text: SmolStr,
    /// What is wrong with the text as a template, in places of the source. It counts only where it is read as one.
    pub diagnostics: Diagnostics,
    /// Where the text begins in the source: behind the opening quote.
    start: u32,
    /// Behind each escape: the offset in the text, and the one in the source.
    escapes: Box<[(u32, u32)]>,
}

impl JsonText {
    /// Reads a string's token, which begins at `start` in the source.
    ///
    /// `Err` is how many bytes of the token were read when it turned out to be wrong, counting the wrong one.
    pub(super) fn read(token: &str, start: u32) -> Result<JsonText, usize> {
        let (text, escapes) = unescape(token, start)?;
        Ok(JsonText { text, diagnostics: Vec::new(), start: start.saturating_add(1), escapes })
    }

    /// The place in the source of a span of the text.
    pub fn place(&self, span: Span) -> Span {
        Span::new(self.source_offset(span.start), self.source_offset(span.end))
    }

    fn source_offset(&self, offset: u32) -> u32 {
        let index = self.escapes.partition_point(|&(text, _)| text <= offset);
        let (text, source) = match index.checked_sub(1).and_then(|last| self.escapes.get(last)) {
            Some(&behind) => behind,
            None => (0, self.start),
        };
        let place = source.saturating_add(offset - text);
        // Inside an escape that stands for several bytes.
        self.escapes.get(index).map_or(place, |&(_, next)| place.min(next))
    }

    /// The offset in the text of an offset in the source.
    pub fn text_offset(&self, offset: u32) -> u32 {
        let index = self.escapes.partition_point(|&(_, source)| source <= offset);
        let (text, source) = match index.checked_sub(1).and_then(|last| self.escapes.get(last)) {
            Some(&behind) => behind,
            None => (0, self.start),
        };
        let within = text.saturating_add(offset.saturating_sub(source));
        self.escapes.get(index).map_or(within, |&(next, _)| within.min(next))
    }

    /// The text as a template, its spans in the source. `name` words a place of the source for details that mention one.
    pub(super) fn template(&mut self, file: &FileName, name: impl Fn(Span) -> String) -> Box<[TemplatePart]> {
        if !self.text.contains("${") && !self.text.contains("%{") {
            let whole = self.place(Span::new(0, offset(self.text.len())));
            let literal = TemplatePart::Literal { text: self.text.clone(), span: whole };
            return if self.text.is_empty() { Box::default() } else { Box::new([literal]) };
        }
        let (template, findings) = bare_template(file, &self.text);
        let mut parts = template.parts;
        map_parts(&mut parts, &|span| self.place(span));
        self.diagnostics = self.placed(findings).resolve_with(0, name);
        parts
    }

    /// The text as an expression, as references and types are written; its spans in the source.
    pub fn expression(&self, file: &FileName) -> Parse<Expr> {
        let Parse { mut tree, diagnostics } = parse_expression(file, &self.text);
        map_expr(&mut tree, &|span| self.place(span));
        let diagnostics = diagnostics.into_iter().map(|found| self.moved(found)).collect();
        Parse { tree, diagnostics }
    }

    fn placed(&self, findings: Findings) -> Findings {
        let diagnostics = findings.diagnostics.into_iter().map(|found| self.moved(found)).collect();
        let mut mentions = findings.mentions;
        mentions.iter_mut().for_each(|mention| mention.place = self.place(mention.place));
        Findings { diagnostics, mentions }
    }

    fn moved(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        for place in [&mut diagnostic.subject, &mut diagnostic.context].into_iter().flatten() {
            place.span = self.place(place.span);
        }
        diagnostic
    }
}

/// The text of a string's token, and the places behind its escapes.
type Unescaped = (SmolStr, Box<[(u32, u32)]>);

fn unescape(token: &str, start: u32) -> Result<Unescaped, usize> {
    let inside = token.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    if let Some(inside) = inside
        && !inside.contains('\\')
    {
        return Ok((inside.into(), Box::default()));
    }
    let bytes = token.as_bytes();
    let mut text = String::with_capacity(token.len());
    let mut escapes = Vec::new();
    let mut at = 1;
    loop {
        match bytes.get(at) {
            None => return Err(token.len()),
            Some(b'"') => return Ok((text.into(), escapes.into_boxed_slice())),
            Some(b'\\') => {
                let (ch, end) = escape(bytes, at)?;
                text.push(ch);
                at = end;
                escapes.push((offset(text.len()), start.saturating_add(offset(at))));
            }
            Some(_) => {
                let rest = token.get(at..).unwrap_or_default();
                let plain = rest.find(['"', '\\']).unwrap_or(rest.len()).max(1);
                text.push_str(rest.get(..plain).unwrap_or_default());
                at += plain;
            }
        }
    }
}

/// The character of the escape whose backslash is at `at`, and where it ends.
fn escape(bytes: &[u8], at: usize) -> Result<(char, usize), usize> {
    let Some(&letter) = bytes.get(at + 1) else { return Err(bytes.len()) };
    let ch = match letter {
        b'"' | b'\\' | b'/' => char::from(letter),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(bytes, at),
        _ => return Err(at + 2),
    };
    Ok((ch, at + 2))
}

/// `\uXXXX`, or two of them that are one character together. Half of such a pair is U+FFFD.
fn unicode(bytes: &[u8], at: usize) -> Result<(char, usize), usize> {
    let first = unit(bytes, at)?;
    let end = at + 6;
    if let Some(ch) = char::from_u32(first) {
        return Ok((ch, end));
    }
    if let (0xd800..0xdc00, Some(b"\\u")) = (first, bytes.get(end..end + 2))
        && let Ok(second @ 0xdc00..0xe000) = unit(bytes, end)
    {
        let ch = char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
        return Ok((ch.unwrap_or(char::REPLACEMENT_CHARACTER), end + 6));
    }
    Ok((char::REPLACEMENT_CHARACTER, end))
}

/// The number of a `\uXXXX`.
fn unit(bytes: &[u8], at: usize) -> Result<u32, usize> {
    let mut value = 0;
    for index in at + 2..at + 6 {
        let digit = bytes.get(index).map(|&byte| char::from(byte).to_digit(16));
        value = value * 16 + digit.ok_or(bytes.len())?.ok_or(index + 1)?;
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_resolved_and_their_places_known() {
        let token = r#""aé\n\u00e9\ud83d\ude00\"x""#;
        let text = JsonText::read(token, 10).expect("the string is valid");
        assert_eq!(text.text, "aé\né😀\"x");
        let place = |needle: &str| {
            let at = offset(text.text.find(needle).expect("part of the text"));
            let span = text.place(Span::new(at, at + offset(needle.len())));
            token.get(span.start as usize - 10..span.end as usize - 10).unwrap_or_default()
        };
        assert_eq!(place("a"), "a");
        assert_eq!(place("\n"), "\\n");
        assert_eq!(place("😀"), "\\ud83d\\ude00");
        assert_eq!(place("\"x"), "\\\"x");
        assert_eq!(place("é\né"), "é\\n\\u00e9");
        for at in 0..=offset(text.text.len()) {
            if text.text.is_char_boundary(at as usize) {
                assert_eq!(text.text_offset(text.place(Span::at(at)).start), at);
            }
        }
    }

    #[test]
    fn halves_of_pairs_are_replaced() {
        let read = |token: &str| JsonText::read(token, 0).map(|text| text.text.to_string());
        assert_eq!(read(r#""\ud800""#), Ok("\u{fffd}".to_owned()));
        assert_eq!(read(r#""\ud800\u0041""#), Ok("\u{fffd}A".to_owned()));
        assert_eq!(read(r#""\udc00\ud800""#), Ok("\u{fffd}\u{fffd}".to_owned()));
    }

    #[test]
    fn a_wrong_byte_is_counted() {
        let wrong = |token: &str| JsonText::read(token, 0).map(|text| text.text);
        assert_eq!(wrong(r#""\q""#), Err(3));
        assert_eq!(wrong(r#""ab\u12""#), Err(8));
        assert_eq!(wrong("\"x"), Err(2));
        assert_eq!(wrong("\"xyz\\"), Err(5));
        assert_eq!(wrong("\""), Err(1));
    }
}
