//! The projects that are edited: copies, so that nothing which is done to them lasts.

use std::path::{Path, PathBuf};

use crate::client::Workspace;
use crate::stress::typing::Random;

/// More files than this are not copied, nor longer ones.
const MOST_FILES: usize = 60;
const LONGEST: u64 = 200_000;

/// What every project has besides its own files: the other forms.
const EXTRA: &[(&str, &str)] = &[
    ("extra.tftest.json", include_str!("../data/stress.tftest.json")),
    ("extra.tftest.hcl", include_str!("../data/stress.tftest.hcl")),
    ("mocks/extra.tfmock.hcl", include_str!("../data/stress.tfmock.hcl")),
    ("extra.tf.json", "{\"output\": {\"from_json\": {\"value\": \"${1 + 1}\"}}}\n"),
];

/// Directories of modules with tests, in order.
pub(crate) fn all() -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/workspaces");
    let mut found = below(&own);
    if let Some(more) = std::env::var_os("RUNBLOCK_STRESS_FILES") {
        found.extend(below(Path::new(&more)));
    }
    assert!(!found.is_empty());
    found
}

fn below(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&dir) else { continue };
        let mut has_tests = false;
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type().unwrap();
            if kind.is_dir() && !name.starts_with('.') {
                open.push(entry.path());
            }
            has_tests |= kind.is_file() && (name.contains(".tftest.") || name.contains(".tofutest."));
        }
        if has_tests {
            let is_tests = dir.file_name().is_some_and(|name| name == "tests");
            found.push(if is_tests { dir.parent().unwrap().to_owned() } else { dir });
        }
    }
    found.sort();
    found.dedup();
    found
}

/// A copy of one of the projects, the names of its text files, and whether its tests may be run: those that start
/// processes may not.
pub(crate) fn copy(projects: &[PathBuf], random: &mut Random) -> (Workspace, Vec<String>, bool) {
    let project = random.of(projects).unwrap();
    let mut files = Vec::new();
    read(project, "", &mut files);
    let runs = !files.iter().any(|(_, text): &(String, String)| text.contains("provisioner"));
    files.extend(EXTRA.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
    let texts: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    let workspace = Workspace::new("projects", &texts);
    println!("project {}, {} files", project.display(), files.len());
    (workspace, files.into_iter().map(|(name, _)| name).collect(), runs)
}

fn read(dir: &Path, below: &str, files: &mut Vec<(String, String)>) {
    let mut entries: Vec<_> = std::fs::read_dir(dir).into_iter().flatten().flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(metadata) = entry.metadata() else { continue };
        if metadata.is_dir() && !name.starts_with('.') {
            read(&entry.path(), &format!("{below}{name}/"), files);
        }
        let is_ours = [".tf", ".hcl", ".json", ".tfvars", ".tofu"].iter().any(|it| name.ends_with(it));
        if files.len() < MOST_FILES
            && metadata.is_file()
            && is_ours
            && metadata.len() <= LONGEST
            && let Ok(text) = std::fs::read_to_string(entry.path())
        {
            files.push((format!("{below}{name}"), text));
        }
    }
}
