//! What fixes make of texts: a case has the text, what it is after all safe fixes (`--- fixed`), and what it is after
//! each fix that is only offered (`--- offered TITLE`).

use config::{Dialect, Files, Fix, MemoryFiles, fixes};
use syntax::{Diagnostic, Document, Edit, FileName, apply_edits, tidy};

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

/// All mistakes, so that none of the fixes can break a file.
const MISTAKES: &[&str] = &[
    include_str!("mistakes/blocks.txt"),
    include_str!("mistakes/names.txt"),
    include_str!("mistakes/variables.txt"),
    include_str!("mistakes/providers.txt"),
    include_str!("mistakes/overrides.txt"),
    include_str!("mistakes/expected_failures.txt"),
    include_str!("mistakes/plan_options.txt"),
    include_str!("mistakes/plan_time.txt"),
    include_str!("mistakes/functions.txt"),
    include_str!("mistakes/modules.txt"),
    include_str!("mistakes/unused.txt"),
    include_str!("mistakes/json.txt"),
    include_str!("mistakes/versions.txt"),
];

#[test]
fn every_fix_mends_its_mistake() {
    let mut count = 0;
    let mut wrong = String::new();
    for case in MISTAKES.iter().flat_map(|text| text.split("=== ").skip(1)) {
        let (title, rest) = case.split_once('\n').expect("a case has a title");
        let text = rest.split("--- ").next().expect("a case has a text");
        let (_, files) = with_module(text);
        let dialect =
            title.split_once(" (").and_then(|(_, it)| Dialect::parse(it.trim_end_matches(')')).ok());
        let before = diagnostics(&files, dialect);
        for diagnostic in &before {
            let Some(place) = &diagnostic.subject else { continue };
            let Ok(text) = files.read(place.file.as_str()) else { continue };
            let document = Document::new(place.file.clone(), &text);
            for fix in fixes(diagnostic, &document, dialect.unwrap_or_default()) {
                count += 1;
                let mut edits = fix.edits.clone();
                edits.sort_by_key(|edit| edit.span);
                let fixed = apply_edits(&text, &tidy(&document, edits));
                let broken = syntax::parse_body(&place.file, &fixed).diagnostics;
                let mut changed = files.clone();
                changed.insert(place.file.as_str(), fixed.as_str());
                let after = diagnostics(&changed, dialect);
                let same = |found: &[Diagnostic]| {
                    let is_it = |it: &&Diagnostic| {
                        (it.code, &it.summary, &it.detail)
                            == (diagnostic.code, &diagnostic.summary, &diagnostic.detail)
                    };
                    found.iter().filter(is_it).count()
                };
                if !broken.is_empty() || same(&after) >= same(&before) {
                    wrong.push_str(&format!("{title}: {} for {}:\n{fixed}\n", fix.title, diagnostic.summary));
                }
            }
        }
    }
    assert!(count > 20, "{count}");
    assert!(wrong.is_empty(), "{wrong}");
}
