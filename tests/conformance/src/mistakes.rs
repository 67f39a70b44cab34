//! Mistakes, each with what terraform says of it and with the files put right.
//!
//! A file `mistakes/TOPIC.txt` holds the cases of a topic:
//!
//! ```text
//! # A comment, before the first case.
//! === what is wrong
//! ours: warning Unknown target
//! theirs: error Invalid index
//! output "a" {
//!   vlue = 1
//! }
//! //- /sub/main.tf
//! …
//! --- corrected
//! output "a" {
//!   value = 1
//! }
//! ```
//!
//! What stands before the first `//- /path` is `main.tf`. Of the corrected files only those are written that differ. A line
//! `ours: …` names what runblock says and terraform does not, because it stops at an earlier error or has no such rule;
//! `theirs: …` names what only terraform says. A first line `dialect: tofu@1.9` is for another tool or version than the one that
//! answers here: everything that is said of such a case stands in lines `ours: …`. The answers are recorded in `mistakes.json`: `SEVERITY PLACE SUMMARY: DETAIL`,
//! where the place is `main.tf:1:2-1:5` and `-` stands for none.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use fixture::Fixture;

use crate::recorded::{home, read_json};

/// A mistake.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// `TOPIC/what is wrong`
    pub name: String,
    pub wrong: BTreeMap<String, String>,
    pub corrected: BTreeMap<String, String>,
    /// `SEVERITY SUMMARY` of what only runblock says.
    pub ours: BTreeSet<String>,
    /// The same of what only terraform says.
    pub theirs: BTreeSet<String>,
    /// What terraform said.
    pub said: BTreeSet<String>,
    /// As `--dialect` takes it, where it is not the recorded one.
    pub dialect: Option<String>,
}

/// Every case, in the order of the files.
///
/// # Panics
/// When a file is not in the form above, or a case is not recorded: they are part of the sources.
pub fn mistakes() -> Vec<Mistake> {
    let mut said: BTreeMap<String, BTreeSet<String>> = read_json("mistakes.json");
    let folder = home().join("mistakes");
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let mut mistakes = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let topic = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for case in text.split("\n=== ").skip(1) {
            mistakes.push(mistake(&topic, case, &mut said));
        }
    }
    assert!(said.is_empty(), "recorded, but no longer there: {:?}", said.keys());
    mistakes
}

fn mistake(topic: &str, case: &str, recorded: &mut BTreeMap<String, BTreeSet<String>>) -> Mistake {
    let case = format!("{case}\n");
    let (title, rest) = case.split_once('\n').expect("it ends with a line");
    let name = format!("{topic}/{title}");
    let (mut wrong, corrected) =
        rest.split_once("--- corrected\n").unwrap_or_else(|| panic!("{name} is not corrected"));
    let mut dialect = None;
    if let Some((name, rest)) = wrong.strip_prefix("dialect: ").and_then(|rest| rest.split_once('\n')) {
        dialect = Some(name.to_owned());
        wrong = rest;
    }
    let (mut ours, mut theirs) = (BTreeSet::new(), BTreeSet::new());
    while let Some((line, rest)) = wrong.split_once('\n') {
        let (only, words) = match (line.strip_prefix("ours: "), line.strip_prefix("theirs: ")) {
            (Some(words), _) => (&mut ours, words),
            (_, Some(words)) => (&mut theirs, words),
            _ => break,
        };
        only.insert(words.to_owned());
        wrong = rest;
    }
    let said = match dialect {
        Some(_) => BTreeSet::new(),
        None => recorded.remove(&name).unwrap_or_else(|| panic!("{name} is not recorded")),
    };
    let wrong = files(wrong);
    let mut right = wrong.clone();
    right.extend(files(corrected));
    Mistake { name, wrong, corrected: right, ours, theirs, said, dialect }
}

fn files(text: &str) -> BTreeMap<String, String> {
    let fixture = Fixture::parse(text);
    fixture.pairs().map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}
