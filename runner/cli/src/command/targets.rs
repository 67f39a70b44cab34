//! From the paths of a command line to the modules that are meant, and the files that are to be told of.

use std::collections::BTreeSet;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use config::{DiskFiles, FileRole, Tested};
use glob::{MatchOptions, Pattern, glob_with};
use syntax::FileName;

/// A module, or some of its files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Target {
    /// The module's directory.
    pub(super) directory: PathBuf,
    /// The files that are meant, by their names from the module's directory; `None` for all of them.
    pub(super) only: Option<BTreeSet<FileName>>,
    /// Where the tests are of which one is meant, from the module's directory; `None` for the usual place.
    pub(super) test_directory: Option<String>,
}

/// The targets of some paths, which count from `base`; of no path, `base` itself. A directory stands for the module in it,
/// a file for itself, and a pattern for whatever it matches. The error is a sentence.
pub(super) fn targets(paths: &[String], base: &Path) -> Result<Vec<Target>, String> {
    let mut targets = Vec::new();
    if paths.is_empty() {
        add(&mut targets, Target { directory: base.to_owned(), only: None, test_directory: None });
    }
    for path in paths {
        let found = base.join(path);
        if found.exists() {
            add(&mut targets, target(&found).ok_or_else(|| unread(path))?);
        } else if path.contains(['*', '?', '[']) {
            let matching: Vec<Target> = matching(path, base)?.iter().filter_map(|it| target(it)).collect();
            if matching.is_empty() {
                return Err(format!("Nothing that Terraform or OpenTofu reads matches {path}."));
            }
            matching.into_iter().for_each(|it| add(&mut targets, it));
        } else {
            return Err(format!("There is no file or directory {path}."));
        }
    }
    Ok(targets)
}

fn unread(path: &str) -> String {
    format!("{path} is no file that Terraform or OpenTofu reads.")
}

/// Several files of one module are one target.
fn add(targets: &mut Vec<Target>, target: Target) {
    let same = |other: &&mut Target| {
        other.directory == target.directory && other.test_directory == target.test_directory
    };
    match targets.iter_mut().find(same) {
        Some(known) => match (&mut known.only, target.only) {
            (Some(known), Some(more)) => known.extend(more),
            (known, _) => *known = None,
        },
        None => targets.push(target),
    }
}

/// What a path that exists stands for; `None` for a file that nobody reads.
fn target(path: &Path) -> Option<Target> {
    if path.is_dir() {
        return Some(Target { directory: path.to_owned(), only: None, test_directory: None });
    }
    FileRole::of(&path.to_string_lossy())?;
    // The module may be anywhere above.
    let path = path.canonicalize().ok()?;
    let root = path.ancestors().last()?;
    let name = slashed(path.strip_prefix(root).ok()?);
    let tested = Tested::by(&name, &DiskFiles::new(root));
    let inside = match tested.dir.as_str() {
        "." => name.clone(),
        dir => name.strip_prefix(dir)?.trim_start_matches('/').to_owned(),
    };
    let is_test = FileRole::of(&name) == Some(FileRole::Test) && inside.contains('/');
    Some(Target {
        directory: root.join(&tested.dir),
        only: Some(BTreeSet::from([FileName::new(&inside)])),
        test_directory: is_test
            .then_some(tested.test_directory)
            .filter(|it| it != suite::DEFAULT_TEST_DIRECTORY),
    })
}

/// The paths that a pattern matches, in order.
fn matching(pattern: &str, base: &Path) -> Result<Vec<PathBuf>, String> {
    let whole = format!("{}/{pattern}", Pattern::escape(&base.to_string_lossy()));
    let options = MatchOptions {
        require_literal_separator: true,
        require_literal_leading_dot: true,
        ..MatchOptions::new()
    };
    let found =
        glob_with(&whole, options).map_err(|error| format!("{pattern} is no pattern: {}.", error.msg))?;
    // What cannot be looked into has nothing that is meant.
    Ok(found.flatten().collect())
}

/// A path with `/` on every machine.
fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace(MAIN_SEPARATOR, "/")
}
