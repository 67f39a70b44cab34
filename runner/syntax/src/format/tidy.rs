//! Changes of a text that keep the layout of what was laid out.

use super::canonical;
use super::edit::{Edit, apply_edits};
use super::partial::{Region, length, region_around};
use crate::document::Document;
use crate::parser::parse_body;
use crate::span::Span;

/// `edits`, with the changes of blank space that they bring about: where what they touch is laid out canonically, it is so
/// afterwards too. Where it is not, or would not parse any more, nothing is added: nobody has asked for another layout.
///
/// The edits are in order and do not overlap, before as after.
pub fn tidy(document: &Document, edits: Vec<Edit>) -> Vec<Edit> {
    if document.file().is_json() {
        return edits;
    }
    let mut tidied = Vec::new();
    let mut open: Option<(Region, Vec<Edit>)> = None;
    for edit in edits {
        let region = region_around(document, edit.span);
        match (&mut open, region) {
            (Some((around, inside)), Some(region)) if region.span() == around.span() => inside.push(edit),
            (_, region) => {
                tidied.extend(
                    open.take().into_iter().flat_map(|(around, inside)| laid_out(document, &around, inside)),
                );
                match region {
                    Some(region) => open = Some((region, vec![edit])),
                    None => tidied.push(edit),
                }
            }
        }
    }
    tidied.extend(open.into_iter().flat_map(|(around, inside)| laid_out(document, &around, inside)));
    tidied
}

/// The edits of one region, which no blank space connects with another.
fn laid_out(document: &Document, region: &Region, edits: Vec<Edit>) -> Vec<Edit> {
    let parse = |text: &str| parse_body(document.file(), text);
    let fits = |edit: &Edit| region.span().start <= edit.span.start && edit.span.end <= region.span().end;
    if !edits.iter().all(fits) || !canonical(&region.text, &parse(&region.text).tree).is_empty() {
        return edits;
    }
    let own: Vec<Edit> = edits.iter().map(|edit| edit.clone().unshifted(region.base)).collect();
    let changed = apply_edits(&region.text, &own);
    let parsed = parse(&changed);
    if parsed.diagnostics.iter().any(crate::Diagnostic::is_error) {
        return edits;
    }
    let layout = canonical(&changed, &parsed.tree);
    compose(&changed, &own, &layout).into_iter().map(|edit| edit.shifted(region.base)).collect()
}

/// The edits that do what `first` and then `second` do. `between` is the text after `first`.
fn compose(between: &str, first: &[Edit], second: &[Edit]) -> Vec<Edit> {
    // What the first ones have written, in the text between.
    let mut grown = 0_i64;
    let mut written: Vec<(Span, Span)> = Vec::new();
    for edit in first {
        let start = moved(edit.span.start, grown);
        written.push((edit.span, Span::new(start, start + length(&edit.new_text))));
        grown += i64::from(length(&edit.new_text)) - i64::from(edit.span.len());
    }
    let mut places: Vec<Span> = written.iter().map(|(_, new)| *new).collect();
    places.extend(second.iter().map(|edit| edit.span));
    places.sort_unstable();
    let mut regions: Vec<Span> = Vec::new();
    for place in places {
        match regions.last_mut() {
            Some(last) if place.start <= last.end => *last = last.to(place),
            _ => regions.push(place),
        }
    }
    // A place of the text between that no edit has written, in the text before.
    let before = |at: u32| {
        let behind = written.iter().take_while(|(_, new)| new.end <= at).last();
        behind.map_or(at, |(old, new)| moved(at, i64::from(old.end) - i64::from(new.end)))
    };
    let composed = regions.iter().map(|region| {
        let inside =
            second.iter().filter(|edit| region.start <= edit.span.start && edit.span.end <= region.end);
        let inside: Vec<Edit> = inside.map(|edit| edit.clone().unshifted(region.start)).collect();
        let new_text = apply_edits(region.text(between), &inside);
        let of_first = written.iter().filter(|(_, new)| region.start <= new.start && new.end <= region.end);
        let (mut start, mut end) = (None, before(region.end));
        for (old, new) in of_first {
            start.get_or_insert(moved(old.start, i64::from(region.start) - i64::from(new.start)));
            end = moved(old.end, i64::from(region.end) - i64::from(new.end));
        }
        Edit { span: Span::new(start.unwrap_or_else(|| before(region.start)), end), new_text }
    });
    composed.collect()
}

fn moved(at: u32, by: i64) -> u32 {
    u32::try_from(i64::from(at) + by).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::FileName;

    /// The text after a tidy replacement of each `old` by `new`, and how many edits that took.
    fn check(text: &str, changes: &[(&str, &str)], expected: &str, count: usize) {
        let document = Document::new(FileName::new("a.tf"), text);
        let edit = |(old, new): &(&str, &str)| {
            let start = u32::try_from(text.find(old).expect("it is there")).expect("a small text");
            Edit { span: Span::new(start, start + length(old)), new_text: (*new).to_owned() }
        };
        let edits = tidy(&document, changes.iter().map(edit).collect());
        assert_eq!(apply_edits(text, &edits), expected, "{edits:?}");
        assert_eq!(edits.len(), count, "{edits:?}");
    }

    #[test]
    fn what_is_laid_out_stays_so() {
        let text = "run \"a\" {\n  comand = plan\n  # é\n  x = 1\n  y = 2\n}\n";
        check(text, &[("comand", "command")], &text.replace("comand", "command"), 1);
        let grown = "run \"a\" {\n  comand = plan\n  # é\n  longer = 1\n  y      = 2\n}\n";
        check(text, &[("x", "longer")], grown, 2);
        let both = "run \"a\" {\n  c = plan\n  # é\n  longer = 1\n  y      = 20\n}\n";
        check(text, &[("comand", "c"), ("x", "longer"), ("2", "20")], both, 4);
        check(text, &[("  x = 1\n", "")], &text.replace("  x = 1\n", ""), 1);
        let inserted = "run \"a\" {\n  comand = plan\n  # é\n  long = 0\n  x    = 1\n  y    = 2\n}\n";
        check(text, &[("  x = 1", "long=0\nx = 1")], inserted, 2);
    }

    #[test]
    fn other_layouts_are_kept() {
        let text = "run \"a\" {\n   x = 1\n  y   =2\n}\n\nb = 1\n";
        check(text, &[("x", "longer")], &text.replace('x', "longer"), 1);
        check(text, &[("b", "longer")], &text.replace("b = ", "longer = "), 1);
        let broken = "run \"a\" {\n  x = 1\n  y = 2\n}\n";
        check(broken, &[("1", "")], &broken.replace('1', ""), 1);
    }
}
