//! What stands left of the cursor, read from the text, so that it works in half-typed code too.

use syntax::{SmolStr, Span};

/// The traversal that is being typed: `run.a.ou` is the path `run`, `a` and the word `ou`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Path {
    pub(crate) segments: Vec<Segment>,
    /// The unfinished name that the cursor touches, on both of its sides.
    pub(crate) word: Span,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Segment {
    Name(SmolStr),
    /// `[…]`, whatever the key.
    Index,
}

/// Reads the traversal that ends at `offset`. `None` when what stands there cannot be continued with a name:
/// `f(x).`, a number, `"text".`.
pub(crate) fn path_before(text: &str, offset: u32) -> Option<Path> {
    let before = text.get(..offset as usize)?;
    let after = text.get(offset as usize..)?;
    let start = word_start(before);
    let end = offset as usize + after.find(|char| !is_name(char)).unwrap_or(after.len());
    let word = Span::new(u32::try_from(start).ok()?, u32::try_from(end).ok()?);
    let mut segments = Vec::new();
    let mut rest = &before[..start];
    while let Some(object) = rest.strip_suffix('.') {
        rest = object;
        // A key in brackets belongs to the name before it.
        while let Some(open) = rest.strip_suffix(']').and_then(matching_open) {
            segments.push(Segment::Index);
            rest = &rest[..open];
        }
        if let Some(splat) = rest.strip_suffix(".*") {
            segments.push(Segment::Index);
            rest = splat;
        }
        let name = &rest[word_start(rest)..];
        if !name.starts_with(|char: char| char.is_alphabetic() || char == '_') {
            return None;
        }
        segments.push(Segment::Name(name.into()));
        rest = &rest[..rest.len() - name.len()];
    }
    let number = text[start..end].starts_with(|char: char| char.is_ascii_digit());
    if number || (segments.is_empty() && rest.ends_with(']')) {
        return None;
    }
    segments.reverse();
    Some(Path { segments, word })
}

/// Whether `text`, the beginning of an expression, ends inside a quoted text or a comment, where names mean nothing.
pub(crate) fn in_text(text: &str) -> bool {
    #[derive(PartialEq)]
    enum Level {
        Quoted,
        /// An interpolation or a brace; closed by `}`.
        Brace,
    }
    let mut levels: Vec<Level> = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let quoted = levels.last() == Some(&Level::Quoted);
        match char {
            '\\' if quoted => {
                chars.next();
            }
            '"' if quoted => {
                levels.pop();
            }
            '$' | '%' if quoted && chars.peek() == Some(&char) => {
                // `$${` is the text `${`.
                chars.next();
                chars.next_if_eq(&'{');
            }
            '$' | '%' if quoted && chars.peek() == Some(&'{') => {
                chars.next();
                levels.push(Level::Brace);
            }
            '\n' if quoted => {
                levels.pop();
            }
            _ if quoted => {}
            '"' => levels.push(Level::Quoted),
            '{' => levels.push(Level::Brace),
            '}' => {
                levels.pop();
            }
            // A comment without an end; one that ends has been stepped over.
            '#' | '/'
                if (char == '#' || chars.peek() == Some(&'/'))
                    && !chars.by_ref().any(|char| char == '\n') =>
            {
                return true;
            }
            _ => {}
        }
    }
    levels.last() == Some(&Level::Quoted)
}

/// Whether a word at `start` begins an attribute or a block: nothing but an opening brace is before it on its line.
pub(crate) fn begins_item(text: &str, start: u32) -> bool {
    let before = text.get(..start as usize).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default().trim();
    line.is_empty() || (line.ends_with('{') && !line.starts_with('#') && !line.starts_with("//"))
}

fn word_start(text: &str) -> usize {
    text.char_indices()
        .rev()
        .take_while(|(_, char)| is_name(*char))
        .last()
        .map_or(text.len(), |(index, _)| index)
}

fn is_name(char: char) -> bool {
    char.is_alphanumeric() || char == '_' || char == '-'
}

/// The place of the `[` that belongs to a `]` right behind `text`; brackets do not nest across lines here.
fn matching_open(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    for (index, char) in text.char_indices().rev() {
        match char {
            ']' => depth += 1,
            '[' if depth == 0 => return Some(index),
            '[' => depth -= 1,
            '\n' => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&[&str], &str)>) {
        let offset = text.find("$0").unwrap();
        let text = text.replace("$0", "");
        let path = path_before(&text, offset as u32);
        let shown = path.as_ref().map(|path| {
            let names: Vec<String> = path
                .segments
                .iter()
                .map(|segment| match segment {
                    Segment::Name(name) => name.to_string(),
                    Segment::Index => "[]".to_owned(),
                })
                .collect();
            (names, path.word.text(&text))
        });
        let expected = expected.map(|(names, word)| (names.iter().map(|&it| it.to_owned()).collect(), word));
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn reads_the_path_before_the_cursor() {
        check("a = $0", Some((&[], "")));
        check("a = va$0r", Some((&[], "var")));
        check("a = run.$0", Some((&["run"], "")));
        check("a = run.set-up.ou$0t == 1", Some((&["run", "set-up"], "out")));
        check("a = module.m[\"k.x\"].ou$0", Some((&["module", "m", "[]"], "ou")));
        check("a = x.a[0][var.i].$0", Some((&["x", "a", "[]", "[]"], "")));
        check("a = x.a.*.$0", Some((&["x", "a", "[]"], "")));
        check("a = \"${var.$0", Some((&["var"], "")));
        check("a = f(x).$0", None);
        check("a = 1$0", None);
        check("a = 1.$0", None);
    }

    #[test]
    fn tells_text_from_code() {
        for (text, inside) in [
            ("", false),
            ("\"a", true),
            ("\"a\"", false),
            ("\"a ${var.", false),
            ("\"a ${var.x} b", true),
            ("\"a $${", true),
            ("\"\\\"", true),
            ("{ a = \"x\", b = ", false),
            ("[ # note", true),
            ("[ # note\n", false),
            ("[ // note", true),
        ] {
            assert_eq!(in_text(text), inside, "{text}");
        }
    }
}
