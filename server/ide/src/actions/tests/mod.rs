//! Before and after, as data.
//!
//! A case of one of the files here begins with `=== what it shows`. Behind its fixture, `--- offered` has what can be done
//! at the cursor, `--- offered everywhere` also what is only offered when somebody asks; a part `--- TITLE` has the files
//! that the action of that title changes, or why it cannot be done. `UPDATE_EXPECT=1` writes what is behind these heads.
//!
//! Of every action it is checked that the files still parse, that they are laid out where they were, that what it mends is
//! mended, and that nothing is wrong afterwards that was not before.

mod in_json;
mod schemas;

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{MemoryFiles, Schemas};
use fixture::Fixture;
use syntax::{Document, FileName, Span, apply_edits};

use super::*;
use crate::{Cache, Surroundings};

type Texts = BTreeMap<String, String>;

fn snapshot(texts: &Texts) -> Snapshot {
    let pairs = || texts.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    let open: Vec<Arc<Document>> =
        pairs().map(|(path, text)| Arc::new(Document::new(FileName::new(path), text))).collect();
    let schemas = Arc::new(|_: &str| Arc::new(schemas::Known::new()) as Arc<dyn Schemas + Send + Sync>);
    let surroundings = Surroundings { schemas, ..Surroundings::default() };
    Snapshot::new(Arc::new(MemoryFiles::new(pairs())), &open, Arc::new(Cache::new()), surroundings)
}

/// The files after the changes.
fn changed(texts: &Texts, changes: &[Change]) -> Texts {
    let mut texts = texts.clone();
    for change in changes {
        match change {
            Change::Edit(FileEdits { file, edits }) => {
                let text = texts.get_mut(file.as_str()).expect("the file is there");
                *text = apply_edits(text, edits);
            }
            Change::Create { file, text } => {
                let before = texts.insert(file.to_string(), text.clone());
                assert_eq!(before, None, "{file} is there already");
            }
            Change::Replace { from, to, text } => {
                texts.remove(from.as_str()).expect("the file is there");
                texts.insert(to.to_string(), text.clone());
            }
        }
    }
    texts
}

/// What is said of all files: of each its errors and warnings.
fn said(texts: &Texts) -> Vec<(FileName, Diagnostic)> {
    let snapshot = snapshot(texts);
    let files = texts.keys().map(|path| FileName::new(path));
    let said = files.flat_map(|file| {
        let found = crate::diagnostics(&snapshot, &file);
        found.into_iter().map(move |it| (file.clone(), it)).collect::<Vec<_>>()
    });
    said.collect()
}

struct Case<'t> {
    texts: Texts,
    file: FileName,
    at: u32,
    fixture: &'t str,
    parts: Vec<(&'t str, &'t str)>,
}

impl<'t> Case<'t> {
    fn read(text: &'t str) -> Case<'t> {
        let mut parts = text.split("\n--- ");
        let fixture = parts.next().expect("a case has a fixture");
        let parsed = Fixture::parse(&format!("{fixture}\n"));
        let texts: Texts = parsed.pairs().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
        let cursor = parsed.cursor();
        let (file, at) = (FileName::new(&cursor.path), u32::try_from(cursor.offset).expect("a small text"));
        let parts = parts.map(|part| part.split_once('\n').unwrap_or((part, ""))).collect();
        Case { texts, file, at, fixture, parts }
    }

    fn actions(&self, invoked: bool) -> Vec<Action> {
        let snapshot = snapshot(&self.texts);
        let diagnostics = crate::diagnostics(&snapshot, &self.file);
        let request = ActionRequest {
            file: &self.file,
            range: Span::at(self.at),
            diagnostics: &diagnostics,
            wanted: &|_| true,
            invoked,
        };
        let found = actions(&snapshot, &request, false);
        // Worked out later, it is the same.
        let later = actions(&snapshot, &request, true);
        assert!(later.iter().all(|action| action.changes.is_none()));
        for action in &found {
            assert_eq!(
                resolve(&snapshot, &request, action.kind, &action.title),
                action.changes,
                "{}",
                action.title
            );
            let same = found.iter().filter(|it| (it.kind, &it.title) == (action.kind, &action.title)).count();
            assert_eq!(same, 1, "{}", action.title);
        }
        found
    }

    /// The part that this head has now.
    fn shown(&self, head: &str) -> String {
        match head {
            "offered" | "offered everywhere" => {
                let actions = self.actions(head != "offered");
                let lines = actions.iter().map(|it| {
                    let preferred = if it.preferred { " (preferred)" } else { "" };
                    format!("{}: {}{preferred}\n", it.kind.name(), it.title)
                });
                lines.collect()
            }
            title => match self.actions(true).into_iter().find(|action| action.title == title) {
                None => "not offered\n".to_owned(),
                Some(Action { changes: Some(Err(Refusal(why))), .. }) => format!("cannot be done: {why}\n"),
                Some(action) => self.after(&action),
            },
        }
    }

    /// The files that differ afterwards.
    fn after(&self, action: &Action) -> String {
        let changes = action.changes.as_ref().and_then(|it| it.as_ref().ok()).expect("it can be done");
        let after = changed(&self.texts, changes);
        self.is_sound(action, &after);
        let differs = |(path, text): &(&String, &String)| self.texts.get(*path) != Some(*text);
        let mut shown: String = self
            .texts
            .keys()
            .filter(|path| !after.contains_key(*path))
            .map(|path| format!("//- gone /{path}\n"))
            .collect();
        shown.extend(after.iter().filter(differs).map(|(path, text)| format!("//- /{path}\n{text}")));
        shown
    }

    fn is_sound(&self, action: &Action, after: &Texts) {
        let title = &action.title;
        let (before, now) = (said(&self.texts), said(after));
        let count = |said: &[(FileName, Diagnostic)], it: &Diagnostic| {
            let same =
                |other: &&(FileName, Diagnostic)| other.1.code == it.code && other.1.summary == it.summary;
            said.iter().filter(same).count()
        };
        for (file, it) in &now {
            let new = count(&now, it) > count(&before, it);
            // A rule that nothing breaks: the new run says so.
            let expected = ["constant-condition", "missing-expected-failure"];
            let allowed = !it.is_error() || it.code.is_some_and(|code| expected.contains(&code));
            assert!(!new || allowed, "{title}: {file}: {it:#?}\n{after:#?}");
        }
        for it in &action.diagnostics {
            assert!(count(&now, it) < count(&before, it), "{title} leaves {it:#?}\n{after:#?}");
        }
        for (path, text) in after.iter().filter(|(path, _)| !path.ends_with(".json")) {
            let is_laid_out = |text: &str| {
                let found = syntax::format(&FileName::new(path), text);
                found.edits.is_empty() && found.diagnostics.is_empty()
            };
            let was = self.texts.get(path).is_none_or(|before| is_laid_out(before));
            assert!(!was || is_laid_out(text), "{title}: {path} is not laid out:\n{text}");
        }
    }
}

fn check(name: &str, text: &str) {
    let mut wrong = String::new();
    let mut updated = String::new();
    for (index, case) in text.split("=== ").enumerate() {
        if index == 0 {
            updated.push_str(case);
            continue;
        }
        let (title, rest) = case.split_once('\n').expect("a case has a title");
        let case = Case::read(rest.strip_suffix('\n').unwrap_or(rest));
        updated.push_str(&format!("=== {title}\n{}\n", case.fixture));
        for (head, expected) in &case.parts {
            let shown = case.shown(head);
            let expected = if expected.is_empty() { String::new() } else { format!("{expected}\n") };
            if shown != expected {
                wrong.push_str(&format!("{name}: {title}: {head}:\n{shown}\n"));
            }
            updated.push_str(&format!("--- {head}\n{shown}"));
        }
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        renew(name, &updated);
    } else {
        assert!(wrong.is_empty(), "{wrong}");
    }
}

#[expect(clippy::disallowed_methods, reason = "a test renews its own data, when it is asked to")]
fn renew(name: &str, text: &str) {
    let path = format!("{}/src/actions/tests/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    std::fs::write(path, text).expect("the file can be written");
}

macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        /// Every file of cases, by its name.
        const CASES: &[(&str, &str)] =
            &[$((stringify!($name), include_str!(concat!(stringify!($name), ".txt")))),*];

        $(#[test]
        fn $name() {
            check(stringify!($name), include_str!(concat!(stringify!($name), ".txt")));
        })*
    };
}

cases! {
    fixes,
    add_variables,
    create_run,
    mock_provider,
    extract_mocks,
    nearest_name,
    override_target,
    plan_value,
    assert_output,
    expect_failure,
    convert,
    json,
}

/// Texts with carriage returns get no other line ends.
#[test]
fn line_ends_are_kept() {
    let main = "variable \"name\" {\n  type = string\n}\nresource \"aws_s3_bucket\" \"logs\" {}\n";
    let tests = "# é\nrun \"a\" {\n  command = plan\n}\n".replace('\n', "\r\n");
    let texts: Texts =
        [("main.tf".to_owned(), main.to_owned()), ("a.tftest.hcl".to_owned(), tests.clone())].into();
    for at in ["run", "# ", "\r\n"] {
        let at = u32::try_from(tests.rfind(at).expect("it is there")).expect("a small text");
        let case = Case {
            texts: texts.clone(),
            file: FileName::new("a.tftest.hcl"),
            at,
            fixture: "",
            parts: Vec::new(),
        };
        let actions = case.actions(true);
        assert!(!actions.is_empty());
        for action in actions {
            let Some(Ok(changes)) = &action.changes else { continue };
            for (path, text) in changed(&texts, changes).iter().filter(|(path, _)| *path != "main.tf") {
                let text = text.replace("\r\n", "");
                assert!(!text.contains(['\n', '\r']), "{}: {path}: {text:?}", action.title);
            }
        }
    }
}
