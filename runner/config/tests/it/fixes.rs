//! What fixes make of texts: a case has the text, what it is after all safe fixes (`--- fixed`), and what it is after
//! each fix that is only offered (`--- offered TITLE`).

use config::{Dialect, Files, Fix, MemoryFiles, fixes};
use syntax::{Document, Edit, FileName, apply_edits};

use crate::mistakes::{diagnostics, with_module};

/// The fixes of everything that is said about `main.tftest.hcl` or `.json`.
fn all(files: &MemoryFiles, document: &Document) -> Vec<Fix> {
    let mut found = diagnostics(files, None);
    found.dedup();
    found.iter().flat_map(|it| fixes(it, document, Dialect::default())).collect()
}

fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    edits.dedup();
    apply_edits(text, &edits)
}

#[test]
fn fixes_do_what_their_titles_say() {
    let mut wrong = String::new();
    for case in include_str!("mistakes/fixes.txt").split("=== ").skip(1) {
        let (title, rest) = case.split_once('\n').expect("a case has a title");
        let mut parts = rest.split("--- ");
        let text = parts.next().expect("a case has a text");
        let (_, files) = with_module(text);
        let name = match text.starts_with("//- /main.tftest.json") {
            true => "main.tftest.json",
            false => "main.tftest.hcl",
        };
        let text = files.read(name).expect("the case has a test file");
        let document = Document::new(FileName::new(name), &text);
        let found = all(&files, &document);
        let mut offered: Vec<&Fix> = found.iter().filter(|fix| !fix.safe).collect();
        for part in parts {
            let (head, expected) = part.split_once('\n').expect("a part has a head");
            let edits = match head.strip_prefix("offered ") {
                None => found.iter().filter(|fix| fix.safe).flat_map(|fix| fix.edits.clone()).collect(),
                Some(wanted) => {
                    let Some(at) = offered.iter().position(|fix| fix.title == wanted) else {
                        wrong.push_str(&format!("{title}: not offered: {wanted}\n"));
                        continue;
                    };
                    offered.remove(at).edits.clone()
                }
            };
            let fixed = apply(&text, edits);
            let expected = expected.strip_prefix("//- /main.tftest.json\n").unwrap_or(expected);
            if fixed != expected {
                wrong.push_str(&format!("{title}: {head}:\n{fixed}"));
            }
        }
        wrong.extend(offered.iter().map(|fix| format!("{title}: also offered: {}\n", fix.title)));
    }
    assert!(wrong.is_empty(), "{wrong}");
}
