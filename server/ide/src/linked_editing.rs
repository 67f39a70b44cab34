//! Linked editing: a run's label and the names that lead to it, which are typed as one.

use std::collections::BTreeSet;

use syntax::{FileName, Span};

use crate::snapshot::Snapshot;
use crate::symbol::{Occurrence, Symbol};

/// What a name is made of, as a regular expression that JavaScript reads too.
pub const WORD_PATTERN: &str = "[A-Za-z_][A-Za-z0-9_-]*";

/// The places that change together with the one at `offset`; none where that is no run's name, where nothing refers to
/// the run, or where two runs have the name.
pub fn linked_ranges(snapshot: &Snapshot, file: &FileName, offset: u32) -> Vec<Span> {
    let Some(here) = snapshot.occurrence_at(file, offset) else { return Vec::new() };
    if !matches!(here.symbol, Symbol::Run { .. }) || !here.word.touches(offset) {
        return Vec::new();
    }
    let all = snapshot.occurrences_in(file, &here.symbol);
    let Some(document) = snapshot.document(file) else { return Vec::new() };
    let words: BTreeSet<Span> = all.iter().map(|it| it.word).collect();
    let name = document.slice(here.word);
    let is_one = all.iter().filter(|it| Occurrence::is_definition(it)).count() == 1;
    if !is_one || words.len() < 2 || words.iter().any(|word| document.slice(*word) != name) {
        return Vec::new();
    }
    words.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at_cursor;

    #[track_caller]
    fn check(text: &str, lines: &[u32]) {
        let (snapshot, file, offset) = at_cursor(&format!("//- /a.tftest.hcl\n{text}"));
        let document = snapshot.document(&file).unwrap();
        let line = |span: Span| document.position(span.start, syntax::Encoding::Utf8).line + 1;
        let found: Vec<u32> = linked_ranges(&snapshot, &file, offset).into_iter().map(line).collect();
        assert_eq!(found, lines, "{text}");
    }

    #[test]
    fn a_runs_label_goes_with_its_references() {
        const REST: &str = "run \"b\" {\n  variables {\n    x = run.a.y + run.a.z\n  }\n}\n";
        check(&format!("run \"a$0\" {{\n}}\n{REST}"), &[1, 5, 5]);
        check(&format!("run \"a\" {{\n}}\n{}", REST.replacen("run.a", "run.a$0", 1)), &[1, 5, 5]);
        check(&format!("run \"a\" {{\n}}\n{}", REST.replacen("run.a", "r$0un.a", 1)), &[]);
        check(&format!("run \"a$0\" {{\n}}\nrun \"a\" {{\n}}\n{REST}"), &[]);
        check(&format!("run \"a\" {{\n}}\n{}", REST.replacen("\"b", "\"b$0", 1)), &[]);
    }
}
