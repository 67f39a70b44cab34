//! The recorded cases: `cases.json` (files inside, most of them in the human form), `cases_json.json` (the same
//! files, the JSON form), `suites.json` and `mocks.json` (both forms, files inside) and `workspaces.json` (both forms, files
//! in `tests/workspaces`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::observation::Output;
use crate::text;

/// One command line on one folder, with what terraform answered.
#[derive(Debug, Clone)]
pub struct Case {
    /// `case/NAME/FORM`, `suite/TOPIC/NAME/FORM`, `mock/NAME/FORM` or `workspace/NAME/FORM`, where the form is `human` or `json`.
    pub name: String,
    /// Text files by path relative to the folder that the command runs in.
    pub files: BTreeMap<String, String>,
    /// What follows `test` on the command line.
    pub args: Vec<String>,
    /// Variables of the environment, on top of an empty one.
    pub env: BTreeMap<String, String>,
    /// What terraform printed and its exit code.
    pub expected: Output,
}

impl Case {
    /// Whether the output is JSON lines.
    pub fn is_json(&self) -> bool {
        self.args.iter().any(|arg| arg == "-json")
    }
}

/// Every recorded case, in the order of the files and by name.
pub fn all() -> Vec<Case> {
    let mut cases = load_cases();
    cases.extend(suites("suites.json"));
    cases.extend(load_mocks());
    cases.extend(load_workspaces());
    cases
}

/// `tests/conformance` of this checkout.
pub fn home() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Reads a recorded JSON file of `tests/conformance`.
///
/// # Panics
/// When the file cannot be read or does not have the form: the recordings are part of the sources.
pub fn read_json<T: for<'de> Deserialize<'de>>(name: &str) -> T {
    let path = home().join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All text files below `folder`, by path relative to it with `/` between the parts.
pub fn read_tree(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    collect(folder, "", &mut files);
    files
}

#[derive(Deserialize)]
struct CaseFile {
    cases: BTreeMap<String, RecordedCase>,
}

#[derive(Deserialize)]
struct RecordedCase {
    files: BTreeMap<String, String>,
    args: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    code: i32,
    stdout: String,
    stderr: String,
    /// The file that the command wrote.
    junit: Option<String>,
}

#[derive(Deserialize)]
struct JsonFile {
    cases: BTreeMap<String, Output>,
}

#[derive(Deserialize)]
struct SuiteFile {
    suites: BTreeMap<String, RecordedSuite>,
}

#[derive(Deserialize)]
struct RecordedSuite {
    files: BTreeMap<String, String>,
    args: Vec<String>,
    human: Output,
    json: Output,
    /// The file that the command wrote.
    junit: Option<String>,
}

impl RecordedSuite {
    /// The outputs in the human form and in JSON, each with the file behind it.
    fn outputs(&self) -> [Output; 2] {
        let junit = self.junit.as_deref().map(text::with_junit).unwrap_or_default();
        [&self.human, &self.json]
            .map(|output| Output { stdout: format!("{}{junit}", output.stdout), ..output.clone() })
    }
}

#[derive(Deserialize)]
struct MockFile {
    schemas: serde_json::Value,
    suites: BTreeMap<String, RecordedSuite>,
}

#[derive(Deserialize)]
struct WorkspaceFile {
    workspaces: BTreeMap<String, RecordedWorkspace>,
}

#[derive(Deserialize)]
struct RecordedWorkspace {
    human: Output,
    json: Output,
}

fn load_cases() -> Vec<Case> {
    let recorded: CaseFile = read_json("cases.json");
    let mut in_json: JsonFile = read_json("cases_json.json");
    let mut cases = Vec::new();
    for (name, recorded) in recorded.cases {
        let junit = recorded.junit.as_deref().map(text::with_junit).unwrap_or_default();
        let first = Case {
            name: String::new(),
            files: recorded.files,
            args: recorded.args,
            env: recorded.env,
            expected: Output {
                code: recorded.code,
                stdout: recorded.stdout + &junit,
                stderr: recorded.stderr,
            },
        };
        let form = if first.is_json() { "json" } else { "human" };
        if let Some(mut expected) = in_json.cases.remove(&name) {
            expected.stdout.push_str(&junit);
            let args = first.args.iter().map(|arg| arg.replace("-no-color", "-json")).collect();
            cases.push(Case { name: format!("case/{name}/json"), args, expected, ..first.clone() });
        }
        cases.push(Case { name: format!("case/{name}/{form}"), ..first });
    }
    cases
}

/// The suites of a file that `record.sh` wrote: `suites.json`, or one of the caller's by its absolute path.
///
/// # Panics
/// When the file cannot be read or does not have the form.
pub fn suites(file: &str) -> Vec<Case> {
    let recorded: SuiteFile = read_json(file);
    let both = |(name, suite): (String, RecordedSuite)| {
        let outputs = suite.outputs();
        in_both_forms(&format!("suite/{name}"), &suite.files, &suite.args, outputs)
    };
    recorded.suites.into_iter().flat_map(both).collect()
}

/// Suites of mocks whose provider is described in a file, where terraform had it running.
fn load_mocks() -> Vec<Case> {
    let recorded: MockFile = read_json("mocks.json");
    let schemas = recorded.schemas.to_string();
    let both = |(name, mut suite): (String, RecordedSuite)| {
        suite.files.insert(".runblock/schemas/oracle.json".to_owned(), schemas.clone());
        let outputs = suite.outputs();
        in_both_forms(&format!("mock/{name}"), &suite.files, &suite.args, outputs)
    };
    recorded.suites.into_iter().flat_map(both).collect()
}

fn load_workspaces() -> Vec<Case> {
    let recorded: WorkspaceFile = read_json("workspaces.json");
    let both = |(name, workspace): (String, RecordedWorkspace)| {
        let files = read_tree(&home().join("../workspaces").join(&name));
        in_both_forms(&format!("workspace/{name}"), &files, &[], [workspace.human, workspace.json])
    };
    recorded.workspaces.into_iter().flat_map(both).collect()
}

fn in_both_forms(
    name: &str,
    files: &BTreeMap<String, String>,
    args: &[String],
    expected: [Output; 2],
) -> Vec<Case> {
    let mut cases = Vec::new();
    for (flags, expected) in [&["-no-color"][..], &["-no-color", "-json"]].into_iter().zip(expected) {
        let form = if flags.len() == 1 { "human" } else { "json" };
        cases.push(Case {
            name: format!("{name}/{form}"),
            files: files.clone(),
            args: flags.iter().map(|flag| (*flag).to_owned()).chain(args.iter().cloned()).collect(),
            env: BTreeMap::new(),
            expected,
        });
    }
    cases
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if name.starts_with(".terraform") {
            continue;
        }
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            files.insert(format!("{prefix}{name}"), text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recording_can_be_read() {
        let cases = all();
        assert_eq!(cases.iter().filter(|case| case.name.starts_with("case/")).count(), 129 + 117);
        assert!(cases.iter().any(|case| case.name == "workspace/greeting/json"));
        assert!(cases.iter().all(|case| !case.files.is_empty()));
    }

    #[test]
    fn every_workspace_is_recorded() {
        let names: Vec<String> = all().into_iter().map(|case| case.name).collect();
        for entry in
            fs::read_dir(home().join("../workspaces")).expect("the workspaces are part of the sources")
        {
            let entry = entry.expect("a readable folder");
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() {
                assert!(names.contains(&format!("workspace/{name}/human")), "{name}: run record.sh");
            }
        }
    }
}
