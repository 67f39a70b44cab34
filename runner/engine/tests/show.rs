//! What `-verbose` prints, byte for byte as terraform 1.11.4 does: every folder of `tests/data/show` is a module with
//! a test file and, in `expected.txt`, what `record.py` there recorded.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use config::{DiskFiles, FactsCache, Item, Run, TestFile};
use engine::{Cancel, GivenValue, Host, Program, RunRequest, State, Status, VariableInput, VariableSource};
use lang::functions::{FileError, FileReader};
use lang::{Resolved, Scope, Traversal};
use provider::Providers;
use syntax::{Diagnostics, Origin, SmolStr};

#[test]
fn values() {
    check("values");
}

#[test]
fn strings_of_several_lines_and_json() {
    check("text");
}

#[test]
fn actions_and_their_reasons() {
    check("actions");
}

#[test]
fn differences_inside_values() {
    check("differences");
}

#[test]
fn sensitive_values() {
    check("sensitive");
}

#[test]
fn outputs_of_all_types() {
    check("outputs");
}

#[test]
fn nothing_to_do_and_expected_failures() {
    check("nothing");
}

#[test]
fn numbers_names_and_addresses() {
    check("corners");
}

#[test]
fn without_planning() {
    check("refresh_only");
}

#[test]
fn the_state_of_another_module() {
    check("state_key");
}

#[test]
fn a_root_module_without_objects() {
    check("only_modules");
}

#[test]
fn errors_of_the_run_and_of_its_assertions() {
    check("apply_error");
    check("assert_error");
}

/// Executes the folder's runs in order, all on one state, until one cannot be executed.
fn check(folder: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/show").join(folder);
    let expected = std::fs::read_to_string(path.join("expected.txt")).expect("the recording is there");
    let files = DiskFiles::new(&path);
    let cache = FactsCache::new();
    let tree = config::load_module(&files, ".", &cache);
    assert!(tree.all_diagnostics().is_empty(), "{:?}", tree.all_diagnostics());
    let tests = config::load_tests(&files, ".", "tests", &cache);
    let [file] = tests.as_slice() else { panic!("{folder} has one test file") };
    assert!(file.diagnostics.is_empty(), "{:?}", file.diagnostics);
    let mut state = State::new();
    let mut differences = Vec::new();
    for (index, run) in file.runs.iter().enumerate() {
        let own = config::load_run_module(&files, ".", run, &cache);
        let program = match &own {
            Some(own) => Program::new(own.as_ref().expect("the run's module is there")),
            None => Program::new(&tree),
        };
        let variables = given(file, run);
        let request = RunRequest {
            program: &program,
            file,
            run: index,
            variables: &variables,
            state: &state,
            finished_runs: &BTreeMap::new(),
            workspace: "default",
            providers: &Providers::builtin(),
            files: &files,
            verbose: true,
        };
        let outcome = engine::run_block(&request, &TestHost::default(), &Cancel::new());
        let want = section(&expected, &run.name);
        let got = with_zero_ids(outcome.verbose.as_deref().unwrap_or_default());
        // What follows the text is told by diagnostics: warnings are printed there.
        let same = if outcome.diagnostics.is_empty() { got == want } else { want.starts_with(&got) };
        if !same || outcome.verbose.is_some() == want.is_empty() {
            differences.push(format!("{}: {}", run.name, difference(&got, want)));
        }
        if outcome.status == Status::Error {
            break;
        }
        state = outcome.state;
    }
    assert!(differences.is_empty(), "{} runs differ\n{}", differences.len(), differences.join("\n"));
}

fn given(file: &TestFile, run: &Item<Run>) -> BTreeMap<SmolStr, VariableInput> {
    let values = file.variables.iter().map(|(name, value)| (name, &value.value, &value.origin));
    let values = values.chain(run.variables.iter().map(|(name, value)| (name, &value.value, &run.origin)));
    values
        .map(|(name, expr, origin)| {
            let mut sink = Diagnostics::new();
            let value = lang::evaluate(expr, origin, &NoNames, &mut sink);
            assert!(sink.is_empty(), "{sink:?}");
            let source = VariableSource::Test(expr.location(origin));
            (name.clone(), VariableInput { value: GivenValue::Value(value), source })
        })
        .collect()
}

/// What stands between the line of a run and the next line about a run or the file.
fn section<'t>(expected: &'t str, run: &str) -> &'t str {
    let line = format!("  run \"{run}\"... ");
    let start = expected.find(&line).unwrap_or_else(|| panic!("there is no {line}"));
    let (_, rest) = expected[start..].split_once('\n').expect("the line ends");
    let end = ["  run \"", "main.tftest.hcl..."].iter().filter_map(|next| rest.find(next)).min();
    &rest[..end.expect("something follows")]
}

fn with_zero_ids(text: &str) -> String {
    const ID: &str = "00000000-0000-0000-0000-000000000000";
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let is_id = rest.get(..ID.len()).is_some_and(|word| {
            word.bytes()
                .zip(ID.bytes())
                .all(|(b, zero)| if zero == b'-' { b == zero } else { b.is_ascii_hexdigit() })
        });
        let (text, length) = if is_id { (ID, ID.len()) } else { (&rest[..c.len_utf8()], c.len_utf8()) };
        out.push_str(text);
        rest = &rest[length..];
    }
    out
}

/// The first line that differs, with those around it.
fn difference(got: &str, want: &str) -> String {
    let (got, want): (Vec<&str>, Vec<&str>) = (got.split('\n').collect(), want.split('\n').collect());
    let at = got.iter().zip(&want).take_while(|(got, want)| got == want).count();
    let around = |lines: &[&str]| {
        let shown = &lines[at.saturating_sub(6)..lines.len().min(at + 6)];
        shown.iter().map(|line| format!("    |{line}|\n")).collect::<String>()
    };
    format!("line {}\n  ours\n{}  theirs\n{}", at + 1, around(&got), around(&want))
}

/// Every id begins with another digit, as random ones may.
#[derive(Default)]
struct TestHost {
    ids: AtomicU8,
}

impl Host for TestHost {
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn random(&self) -> [u8; 16] {
        [self.ids.fetch_add(1, Ordering::Relaxed); 16]
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }

    fn working_directory(&self) -> &str {
        "/"
    }
}

struct NoFiles;

impl FileReader for NoFiles {
    fn read(&self, _: &str) -> Result<Vec<u8>, FileError> {
        Err(FileError::NotFound)
    }

    fn is_file(&self, _: &str) -> Result<bool, FileError> {
        Ok(false)
    }

    fn read_dir(&self, _: &str) -> Result<Vec<(String, bool)>, FileError> {
        Err(FileError::NotFound)
    }

    fn absolute(&self, path: &str) -> String {
        path.to_owned()
    }

    fn home(&self) -> Option<String> {
        None
    }
}

/// The values of the recorded runs are constants.
struct NoNames;

impl Scope for NoNames {
    fn resolve(&self, _: &Traversal, _: &Origin, _: &mut Diagnostics) -> Option<Resolved> {
        None
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }
}
