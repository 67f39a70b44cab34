//! How much work an edit is, counted.

use std::sync::Arc;

use config::files::Kept;
use config::{Files, MemoryFiles, Work};
use syntax::{Diagnostic, Document, FileName, Span};

use crate::{Cache, Snapshot, Surroundings};

mod kept;
mod modules;

/// A folder in an editor.
struct Editor {
    disk: Arc<Kept<MemoryFiles>>,
    cache: Arc<Cache>,
    surroundings: Surroundings,
    open: Vec<Arc<Document>>,
}

/// What was done between two moments.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Done {
    checked_runs: u64,
    /// Runs of which it was asked whether what was found still holds.
    doubted_runs: u64,
    /// How often what stands outside of runs was checked.
    checked_files: u64,
    facts: Work,
}

impl Editor {
    /// The files of a fixture, none of them open.
    fn new(text: &str) -> Editor {
        let fixture = fixture::Fixture::parse(text);
        Editor {
            disk: Arc::new(Kept::new(MemoryFiles::new(fixture.pairs()))),
            cache: Arc::new(Cache::new()),
            surroundings: Surroundings::default(),
            open: Vec::new(),
        }
    }

    fn open(&mut self, name: &str, text: &str) {
        self.open.push(Arc::new(Document::new(FileName::new(name), text)));
    }

    fn snapshot(&self) -> Snapshot {
        let disk: Arc<dyn Files> = Arc::<Kept<MemoryFiles>>::clone(&self.disk);
        Snapshot::new(disk, &self.open, Arc::clone(&self.cache), self.surroundings.clone())
    }

    /// Replaces a text, which must be there, by another.
    fn edit(&mut self, name: &str, from: &str, to: &str) {
        let document = self.open.iter_mut().find(|it| it.file().as_str() == name).unwrap();
        let at = document.text().find(from).unwrap_or_else(|| panic!("no {from} in {name}")) as u32;
        Arc::make_mut(document).edit(Span::new(at, at + from.len() as u32), to);
    }

    fn diagnostics(&self, name: &str) -> Vec<Diagnostic> {
        crate::diagnostics(&self.snapshot(), &FileName::new(name))
    }

    /// What an action does until the diagnostics of every open file are known.
    fn work(&mut self, act: impl FnOnce(&mut Editor)) -> Done {
        let look = |editor: &Editor| {
            let snapshot = editor.snapshot();
            editor.open.iter().for_each(|it| drop(crate::diagnostics(&snapshot, it.file())));
        };
        look(self);
        let now = |editor: &Editor| (editor.cache.checked.work(), editor.cache.facts.work());
        let ((runs, doubted, files), before) = now(self);
        act(self);
        look(self);
        let ((runs_now, doubted_now, files_now), after) = now(self);
        Done {
            checked_runs: runs_now - runs,
            doubted_runs: doubted_now - doubted,
            checked_files: files_now - files,
            facts: Work {
                lowered_chunks: after.lowered_chunks - before.lowered_chunks,
                parsed_files: after.parsed_files - before.parsed_files,
                merged_modules: after.merged_modules - before.merged_modules,
                merged_tests: after.merged_tests - before.merged_tests,
                merged_chunks: after.merged_chunks - before.merged_chunks,
            },
        }
    }
}

const SOURCE: &str = "\n//- /main.tf\nvariable \"size\" {\n  default = 1\n}\noutput \"x\" {\n  value = 1\n}\noutput \"y\" {\n  value = 1\n}\n//- /other/main.tf\noutput \"o\" {\n  value = 1\n}\n//- /second/main.tf\noutput \"s\" {\n  value = 1\n}\n";

/// Runs, each of which reads the one before it, below variables of the file.
fn runs(count: usize) -> String {
    let run = |n: usize| {
        let before = if n == 0 { "1".to_owned() } else { format!("run.r{}.x", n - 1) };
        format!(
            "run \"r{n}\" {{\n  variables {{\n    size = {n}\n  }}\n  assert {{\n    condition     = output.x == {n} && {before} == 1\n    error_message = \"\"\n  }}\n}}\n"
        )
    };
    let runs: String = (0..count).map(run).collect();
    format!("variables {{\n  size = 3\n}}\n{runs}")
}

fn editor() -> Editor {
    editor_of(50)
}

fn editor_of(count: usize) -> Editor {
    let mut editor = Editor::new(SOURCE);
    editor.open("main.tftest.hcl", &runs(count));
    assert_eq!(editor.diagnostics("main.tftest.hcl"), []);
    editor
}

/// One chunk is lowered; to merge the file, only the one with its variables is looked at.
const ONE_CHUNK: Work =
    Work { lowered_chunks: 1, parsed_files: 0, merged_modules: 0, merged_tests: 1, merged_chunks: 1 };

#[test]
fn a_keystroke_in_a_run_checks_that_run() {
    let mut editor = editor();
    let done = editor.work(|it| it.edit("main.tftest.hcl", "output.x == 7", "output.xy == 7"));
    // The one behind it reads it, and finds what it wants to know unchanged.
    assert_eq!(done, Done { checked_runs: 1, doubted_runs: 1, checked_files: 0, facts: ONE_CHUNK });
    assert_eq!(editor.diagnostics("main.tftest.hcl").len(), 1);
    // Nothing is done for a text that is only looked at again, or that moves.
    assert_eq!(editor.work(|_| {}), Done::default());
    let done = editor.work(|it| it.edit("main.tftest.hcl", "variables {", "\n\nvariables {"));
    assert_eq!(done.checked_runs, 0);
    let found = editor.diagnostics("main.tftest.hcl");
    let text = editor.open[0].text();
    assert_eq!(found[0].subject.as_ref().unwrap().span.text(&text), "output.xy");
}

/// Every kind of work that an edit makes is the same in a file of a hundred runs and in one of two thousand.
#[test]
fn the_cost_of_an_edit_does_not_grow_with_the_file() {
    let edits = [
        ("a letter", "output.x == 77 ", "output.xy == 77 "),
        ("an error mended", "output.xy == 77 ", "output.x == 77 "),
        ("half a word", "run.r76.x", "run.r76."),
        ("the rest of it", "run.r76. ", "run.r76.x "),
        ("a run's name", "run \"r77\"", "run \"r77b\""),
        ("the name as it was", "run \"r77b\"", "run \"r77\""),
        ("the name of another run", "run \"r77\"", "run \"r3\""),
        (
            "its own name again",
            "run \"r3\" {\n  variables {\n    size = 77",
            "run \"r77\" {\n  variables {\n    size = 77",
        ),
        ("another command", "run \"r77\" {", "run \"r77\" {\n  command = plan"),
        ("a blank line at the top", "variables {", "\nvariables {"),
        ("a value for all runs", "size = 3", "size = 4"),
        ("another run", "run \"r50\"", "run \"new\" {\n}\nrun \"r50\""),
        ("a run less", "run \"new\" {\n}\n", ""),
    ];
    let all = |count: usize| {
        let mut editor = editor_of(count);
        let done =
            edits.map(|(what, from, to)| (what, editor.work(|it| it.edit("main.tftest.hcl", from, to))));
        assert_eq!(editor.diagnostics("main.tftest.hcl"), editor_of(0).diagnostics("main.tftest.hcl"));
        done
    };
    let (few, many) = (all(100), all(2_000));
    assert_eq!(few, many);
    for (what, done) in few {
        assert!(
            done.checked_runs <= 3 && done.doubted_runs <= 4 && done.facts.merged_chunks <= 4,
            "{what}: {done:?}"
        );
    }
}

#[test]
fn half_a_word_checks_no_other_run() {
    let mut editor = editor();
    for (from, to) in [("output.x == 7", "output.x == \"7"), ("\"7", "${"), ("${", "7")] {
        let done = editor.work(|it| it.edit("main.tftest.hcl", from, to));
        assert!(done.checked_runs <= 2, "{done:?} after {to}");
    }
    assert_eq!(editor.diagnostics("main.tftest.hcl"), []);
}

#[test]
fn a_new_name_checks_the_runs_that_name_it() {
    let mut editor = editor();
    let done = editor.work(|it| it.edit("main.tftest.hcl", "run \"r7\"", "run \"r7b\""));
    // The run itself, and the one that reads it.
    assert_eq!(done.checked_runs, 2);
    assert_eq!(editor.diagnostics("main.tftest.hcl").len(), 1);
    let done = editor.work(|it| it.edit("main.tftest.hcl", "run \"r7b\"", "run \"r7\""));
    assert_eq!((done.checked_runs, editor.diagnostics("main.tftest.hcl").len()), (2, 0));
    // A run of another module has other outputs.
    let module = "run \"r7\" {\n  module {\n    source = \"./other\"\n  }\n";
    let done = editor.work(|it| it.edit("main.tftest.hcl", "run \"r7\" {\n", module));
    assert_eq!(done.checked_runs, 2);
}

#[test]
fn an_edit_of_what_all_runs_see_checks_them_all() {
    let mut editor = editor();
    // What they see of the file's variables is the names.
    let done = editor.work(|it| it.edit("main.tftest.hcl", "size = 3", "size = 4"));
    assert_eq!(done, Done { checked_files: 1, facts: ONE_CHUNK, ..Done::default() });
    let done = editor.work(|it| it.edit("main.tftest.hcl", "size = 4", "sise = 4"));
    assert_eq!(done, Done { checked_runs: 50, checked_files: 1, facts: ONE_CHUNK, ..Done::default() });
    let done = editor.work(|it| it.edit("main.tftest.hcl", "variables", "mock_provider \"a\" {}\nvariables"));
    assert_eq!(done.checked_runs, 50);
}

#[test]
fn requests_after_a_keystroke_read_nothing_again() {
    let mut editor = editor();
    editor.work(|it| it.edit("main.tftest.hcl", "output.x == 7", "output.x == 77"));
    let before = editor.cache.facts.work();
    let snapshot = editor.snapshot();
    let file = FileName::new("main.tftest.hcl");
    let at = editor.open[0].text().find("output.x == 77").unwrap() as u32 + 8;
    assert!(!crate::completion(&snapshot, &file, at).items.is_empty());
    let results = crate::RunResults::default();
    assert!(crate::hover(&snapshot, &results, &file, at - 3).is_some());
    assert!(!crate::definition(&snapshot, &file, at).is_empty());
    assert!(!crate::lenses(&snapshot, &results, &file).is_empty());
    assert!(!crate::outline(&snapshot, &file).is_empty());
    let after = editor.cache.facts.work();
    assert_eq!(after, before);
}

/// After a keystroke, of a file however long, one run is looked at for whatever is asked about all of it; what can be done
/// at a place makes nothing of the rest.
#[test]
fn requests_about_a_whole_file_look_at_what_has_changed() {
    for count in [20, 400] {
        let mut editor = editor_of(count);
        let file = FileName::new("main.tftest.hcl");
        let looked_at = |editor: &Editor| {
            let snapshot = editor.snapshot();
            crate::outline(&snapshot, &file);
            crate::folds(&snapshot, &file);
            crate::semantic_tokens(&snapshot, &file, syntax::Encoding::Utf16);
            crate::links(&snapshot, &file);
            let at = editor.open[0].text().find("output.x == 7").unwrap() as u32;
            let diagnostics = crate::diagnostics(&snapshot, &file);
            let request = crate::ActionRequest {
                file: &file,
                range: Span::at(at),
                diagnostics: &diagnostics,
                wanted: &|_| true,
                invoked: true,
            };
            let actions = crate::actions(&snapshot, &request, true);
            let titles: Vec<&str> = actions.iter().map(|it| it.title.as_str()).collect();
            assert_eq!(titles.last(), Some(&"Convert to JSON, without a comment inside of a value"));
            let cache = &editor.cache;
            [
                cache.outlines.computed(),
                cache.folds.computed(),
                cache.tokens.computed(),
                cache.links.computed(),
                cache.comments.computed(),
            ]
        };
        editor.edit("main.tftest.hcl", "size = 7\n", "size = [\n      7, # one\n    ]\n");
        let before = looked_at(&editor);
        let mentions = editor.cache.mentions.computed();
        editor.edit("main.tftest.hcl", "output.x == 7", "output.x == 7 + 1");
        assert_eq!(looked_at(&editor), before.map(|looked| looked + 1));
        assert!(editor.cache.mentions.computed() <= mentions + 1);
    }
}

#[test]
fn a_saved_file_is_read_once() {
    let mut editor = editor();
    let done = editor.work(|it| it.disk.written("main.tftest.hcl"));
    assert_eq!(done, Done::default());
    let done = editor.work(|it| it.disk.changed("main.tf"));
    assert_eq!(done, Done::default());
}

/// Where nothing has changed, what concerns a whole workspace reads nothing again, and at no time what cannot matter.
#[test]
fn a_workspace_is_read_once() {
    let module = |n: usize| {
        format!(
            "//- /m{n}/main.tf\nvariable \"v{n}\" {{}}\noutput \"o{n}\" {{\n  value = var.v{n}\n}}\n//- /m{n}/tests/a.tftest.hcl\nrun \"r{n}\" {{\n  assert {{\n    condition     = output.o{n} == 1\n    error_message = \"\"\n  }}\n}}\n"
        )
    };
    let mut editor = Editor::new(&format!("\n{}", (0..200).map(module).collect::<String>()));
    editor.open("m7/main.tf", "variable \"v7\" {}\noutput \"o7\" {\n  value = var.v7\n}\n");
    crate::look_at_files(&editor.snapshot(), &|| false);
    let read = |editor: &Editor| (editor.cache.files.read(), editor.cache.facts.work().parsed_files);
    assert_eq!(read(&editor), (399, 0));
    let folder = crate::testing::workspace(&editor.snapshot());
    assert_eq!(crate::workspace_symbols(&folder, "o150", |_| true).len(), 1);
    assert_eq!(read(&editor), (399, 0));
    let file = FileName::new("m7/main.tf");
    let at = editor.open[0].text().find("o7").unwrap() as u32;
    assert_eq!(crate::references(&folder, 0, &file, at, true).len(), 2);
    // The test that names it, and no other file.
    assert_eq!(read(&editor), (399, 1));
    let edits = crate::rename(&folder, 0, &file, at, "renamed").unwrap().unwrap();
    assert_eq!((edits.len(), read(&editor)), (2, (399, 1)));
    // After a keystroke no directory is walked again.
    let done = editor.work(|it| it.edit("m7/main.tf", "var.v7", "var.v"));
    assert_eq!((done.facts.parsed_files, read(&editor).0), (0, 399));
}

#[test]
fn a_keystroke_in_json_checks_the_run_around_it() {
    let run = |n: usize| {
        let before = if n == 0 { "1".to_owned() } else { format!("run.r{}.x", n - 1) };
        format!(
            "    \"r{n}\": {{\"assert\": {{\"condition\": \"${{output.x == {n} && {before} == 1}}\", \"error_message\": \"\"}},\n      \"override_resource\": {{\"target\": \"terraform_data.t\", \"values\": {{\"id\": \"x\"}}}}}}"
        )
    };
    let text = |count: usize| {
        let runs = (0..count).map(run).collect::<Vec<_>>().join(",\n");
        format!("{{\n  \"variables\": {{\"size\": 3}},\n  \"run\": {{\n{runs}\n  }}\n}}\n")
    };
    for count in [50, 1000] {
        let resource = "//- /more.tf\nresource \"terraform_data\" \"t\" {\n}\n";
        let mut editor = Editor::new(&format!("{SOURCE}{resource}"));
        editor.surroundings = crate::testing::surroundings();
        editor.open("main.tftest.json", &text(count));
        assert_eq!(editor.diagnostics("main.tftest.json"), []);
        let done = editor.work(|it| it.edit("main.tftest.json", "output.x == 7 ", "output.xy == 7 "));
        assert_eq!(done, Done { checked_runs: 1, doubted_runs: 1, checked_files: 0, facts: ONE_CHUNK });
        let found = editor.diagnostics("main.tftest.json");
        // Nobody has read more of the text than that.
        assert!(found.len() == 1 && !editor.open[0].was_read_whole());
        let text = editor.open[0].text();
        assert_eq!(found[0].subject.as_ref().unwrap().span.text(&text), "output.xy");
        // What moves all runs checks none of them.
        let done = editor.work(|it| it.edit("main.tftest.json", "\"size\": 3", "\"size\": 34"));
        assert_eq!((done.checked_runs, done.facts.lowered_chunks), (0, 1));
        let done = editor.work(|it| it.edit("main.tftest.json", "\"r7\":", "\"r7b\":"));
        assert_eq!((done.checked_runs, done.facts.lowered_chunks), (2, 1));
    }
}
