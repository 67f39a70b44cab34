//! Names that were meant to be others.

use syntax::{Diagnostic, Span};

use super::Fix;
use crate::suggest::suggest;

/// The name that the message itself proposes.
pub(super) fn nearest(diagnostic: &Diagnostic, text: &str, span: Span) -> Option<Fix> {
    let (said, behind) = diagnostic.detail.split_once("Did you mean \"")?;
    let (meant, _) = behind.split_once("\"?")?;
    if !meant.chars().all(is_part_of_name) {
        return None;
    }
    // The message quotes what is wrong, which need not be the last name: `module.nte.cidr`.
    let is_near = |name: &str| name != meant && suggest(name, [meant]).is_some();
    let mut quoted = said.split('"').skip(1).step_by(2).filter(|name| is_near(name));
    let written = quoted.find_map(|name| place_of(text, name)).or_else(|| last_name(text))?;
    let name = text.get(written.clone()).filter(|name| is_near(name))?;
    let title = format!("Change \"{name}\" to \"{meant}\"");
    Some(Fix::safe(title, part(span, written), meant))
}

/// The only instance by its name alone.
pub(super) fn without_key(text: &str, span: Span) -> Option<Fix> {
    let open = text.rfind('[').filter(|_| text.ends_with(']'))?;
    let key = text.get(open..)?;
    Some(Fix::safe(format!("Remove {key}"), part(span, open..text.len()), ""))
}

/// A source that was meant to be a directory.
pub(super) fn relative_source(diagnostic: &Diagnostic, text: &str, span: Span) -> Option<Fix> {
    let (_, behind) = diagnostic.detail.split_once("current module, use \"")?;
    let (path, _) = behind.split_once('"')?;
    let source = path.strip_prefix("./")?;
    let start = text.find(&format!("\"{source}\""))? + 1;
    Some(Fix::offered(&format!("Use \"{path}\""), part(span, start..start), "./"))
}

fn is_part_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// Where a name stands in a text, for the last time, as a whole.
fn place_of(text: &str, name: &str) -> Option<std::ops::Range<usize>> {
    let mut places = text.rmatch_indices(name).map(|(start, _)| start..start + name.len());
    places.find(|at| {
        let before = text.get(..at.start).and_then(|it| it.chars().next_back());
        let behind = text.get(at.end..).and_then(|it| it.chars().next());
        !before.is_some_and(is_part_of_name) && !behind.is_some_and(is_part_of_name)
    })
}

/// Where the last name of a text is: `b` of `a.b`, `c` of `["c"]`.
fn last_name(text: &str) -> Option<std::ops::Range<usize>> {
    let end = text.trim_end_matches(|c| !is_part_of_name(c)).len();
    let start = text.get(..end)?.trim_end_matches(is_part_of_name).len();
    (start < end).then_some(start..end)
}

/// A part of the text at `span`.
pub(super) fn part(span: Span, part: std::ops::Range<usize>) -> Span {
    let at = |offset: usize| span.start.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
    Span::new(at(part.start), at(part.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_whole_name() {
        let place = |text: &'static str, name: &str| place_of(text, name);
        assert_eq!(place("module.nte.cidr", "nte"), Some(7..10));
        assert_eq!(place("var.var_a.var", "var"), Some(10..13));
        assert_eq!(place("note.x", "not"), None);
    }

    #[test]
    fn finds_the_last_name() {
        let last = |text: &'static str| last_name(text).and_then(|at| text.get(at));
        assert_eq!(last("output.lable"), Some("lable"));
        assert_eq!(last("a[\"key\"]"), Some("key"));
        assert_eq!(last("\"comand\""), Some("comand"));
        assert_eq!(last("naïve"), Some("naïve"));
        assert_eq!(last("…"), None);
    }
}
