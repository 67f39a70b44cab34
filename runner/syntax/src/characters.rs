//! What Terraform counts as one character: columns, `length` and `substr` all go by it.
//!
//! Terraform 1.11 knows the grapheme clusters of Unicode 15.0, in which a conjunct of Indic consonants is not yet one.

use unicode_segmentation::UnicodeSegmentation;

/// The characters of a text.
pub fn characters(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.graphemes(true).flat_map(|cluster| Parts { rest: cluster })
}

/// A cluster of today in the clusters that it was then.
struct Parts<'t> {
    rest: &'t str,
}

impl<'t> Iterator for Parts<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let end = self.rest.char_indices().skip(1).find(|&(_, ch)| begins_part(ch));
        self.split(end.map_or(self.rest.len(), |(at, _)| at)).map(|(first, rest)| {
            self.rest = rest;
            first
        })
    }
}

impl DoubleEndedIterator for Parts<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let start = self.rest.char_indices().rev().find(|&(_, ch)| begins_part(ch));
        self.split(start.map_or(0, |(at, _)| at)).map(|(rest, last)| {
            self.rest = rest;
            last
        })
    }
}

impl<'t> Parts<'t> {
    /// The two sides of a place; `None` when nothing is left.
    fn split(&self, at: usize) -> Option<(&'t str, &'t str)> {
        if self.rest.is_empty() { None } else { self.rest.split_at_checked(at) }
    }
}

/// Whether a character that joins the ones before it today did not then: the next consonant of a conjunct, and marks
/// that came later than Unicode 15.0 (measured on Terraform 1.11.4, which was asked for `length("a…")` of each).
fn begins_part(ch: char) -> bool {
    match ch {
        '\u{897}'
        | '\u{1acf}'..='\u{1aeb}'
        | '\u{10d69}'..='\u{10d6d}'
        | '\u{10efa}'..='\u{10efc}'
        | '\u{113b8}'..='\u{113e2}'
        | '\u{11b60}'..='\u{11b67}'
        | '\u{11f5a}'
        | '\u{1611e}'..='\u{1612f}'
        | '\u{1e5ee}'..='\u{1e5ef}'
        | '\u{1e6e3}'..='\u{1e6f5}' => true,
        '\u{900}'..='\u{dff}' => !joins_before(ch),
        _ => false,
    }
}

/// Whether a character never begins a cluster.
fn joins_before(ch: char) -> bool {
    ['a', ch].iter().collect::<String>().graphemes(true).count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded from `length` of Terraform 1.11.4.
    #[test]
    fn characters_are_counted_as_terraform_counts_them() {
        for (text, parts) in [
            ("", &[][..]),
            ("e\u{301}\r\na", &["e\u{301}", "\r\n", "a"]),
            ("\u{915}\u{94d}\u{937}\u{93f}", &["\u{915}\u{94d}", "\u{937}\u{93f}"]),
            ("\u{915}\u{94d}\u{937}\u{94d}\u{92f}x", &["\u{915}\u{94d}", "\u{937}\u{94d}", "\u{92f}", "x"]),
            ("a\u{897}", &["a", "\u{897}"]),
            ("\u{1f468}\u{200d}\u{1f469}", &["\u{1f468}\u{200d}\u{1f469}"]),
        ] {
            assert_eq!(characters(text).collect::<Vec<_>>(), parts, "{text:?}");
            let mut back: Vec<_> = characters(text).rev().collect();
            back.reverse();
            assert_eq!(back, parts, "{text:?} from its end");
        }
    }
}
