//! Go's regular expression syntax (RE2), read into `regex-syntax`'s intermediate form and run by `regex-automata`.
//!
//! The two engines agree on what a match is (leftmost, first alternative wins); they disagree on the language.
//! In Go `\d`, `\w`, `\s` and `\b` are ASCII only, `[a&&b]` is a plain set, `\Q…\E` quotes, octal escapes exist,
//! and `a**`, `a{1001}` and `(?x)` are errors. So the text is parsed here, with Go's rules and Go's error codes, and
//! only the matching is borrowed. This module knows nothing about values.

use regex_automata::meta;
use regex_automata::util::captures;

mod escape;
mod parse;
mod tables;

use parse::Parser;

/// A compiled pattern.
pub(in crate::functions) struct Regex {
    engine: meta::Regex,
    /// One entry per capturing group, in order of the opening parenthesis; `None` for a group without a name.
    pub(in crate::functions) groups: Vec<Option<String>>,
}

/// The byte ranges of a match and its groups; index 0 is the whole match.
pub(in crate::functions) type Captures = Vec<Option<(usize, usize)>>;

/// What is wrong with a pattern: Go's error code and the part of the pattern that it blames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::functions) struct PatternError {
    pub(in crate::functions) code: &'static str,
    pub(in crate::functions) part: String,
}

impl Regex {
    /// Compiles `pattern`; the compiled form may take at most `max_bytes`.
    pub(in crate::functions) fn new(pattern: &str, max_bytes: usize) -> Result<Regex, PatternError> {
        let mut parser = Parser::new(pattern);
        let hir = parser.parse()?;
        let engine = meta::Builder::new()
            .configure(
                meta::Config::new()
                    .nfa_size_limit(Some(max_bytes))
                    .onepass_size_limit(Some(max_bytes / 8))
                    .dfa(false)
                    .utf8_empty(true),
            )
            .build_from_hir(&hir)
            .map_err(|_| PatternError { code: "expression too large", part: pattern.to_owned() })?;
        Ok(Regex { engine, groups: parser.groups })
    }

    /// The first match and its groups, as byte ranges; index 0 is the whole match.
    pub(in crate::functions) fn captures(&self, text: &str) -> Option<Captures> {
        let mut captures = self.engine.create_captures();
        self.engine.captures(text, &mut captures);
        captures.is_match().then(|| ranges(&captures))
    }

    /// Every non-overlapping match, leftmost first.
    pub(in crate::functions) fn captures_all<'a>(
        &'a self,
        text: &'a str,
    ) -> impl Iterator<Item = Captures> + 'a {
        self.engine.captures_iter(text).map(|captures| ranges(&captures))
    }

    /// The groups that `name` refers to in a replacement: the one with this number, or those with this name.
    pub(in crate::functions) fn group_indices(&self, name: &str) -> impl Iterator<Item = usize> {
        let number = name.bytes().all(|byte| byte.is_ascii_digit()).then(|| name.parse().ok()).flatten();
        let named = (1..=self.groups.len()).filter(move |&index| {
            number.is_none() && self.groups.get(index - 1).and_then(Option::as_deref) == Some(name)
        });
        number.into_iter().chain(named.collect::<Vec<usize>>())
    }
}

fn ranges(captures: &captures::Captures) -> Captures {
    captures.iter().map(|span| span.map(|span| (span.start, span.end))).collect()
}

fn error<T>(code: &'static str, part: &str) -> Result<T, PatternError> {
    Err(PatternError { code, part: part.to_owned() })
}

/// The part of `from` before its suffix `rest`.
fn consumed<'p>(from: &'p str, rest: &str) -> &'p str {
    from.get(..from.len().saturating_sub(rest.len())).unwrap_or(from)
}

fn next_char(text: &str) -> Option<(char, &str)> {
    let mut chars = text.chars();
    chars.next().map(|c| (c, chars.as_str()))
}
