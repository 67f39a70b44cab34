//! Which module a file is about.

use crate::file_role::FileRole;
use crate::files::Files;

/// A module and the directory of its tests.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tested {
    /// The module's directory.
    pub dir: String,
    /// The directory of its tests, relative to `dir`.
    pub test_directory: String,
}

impl Tested {
    /// The module that a file is about.
    ///
    /// A module's file belongs to the module in its own directory. A test file tests the module in its own directory; in
    /// a directory called `tests`, the one above; and where there is no module, the nearest one further up that has
    /// files. Files with values of variables or of mocks go with the tests.
    pub fn by(file: &str, files: &dyn Files) -> Tested {
        let own = file.rsplit_once('/').map_or(".", |(directory, _)| directory);
        let role = FileRole::of(file);
        let beside = matches!(role, Some(FileRole::Test | FileRole::Mocks | FileRole::Variables));
        let start = if beside && base_name(own) == "tests" { parent(own).unwrap_or(own) } else { own };
        let mut dir = start;
        if beside {
            while !has_module(files, dir) {
                match parent(dir) {
                    Some(above) => dir = above,
                    None => {
                        dir = start;
                        break;
                    }
                }
            }
        }
        let below =
            if dir == "." { Some(own) } else { own.strip_prefix(dir).and_then(|it| it.strip_prefix('/')) };
        let test_directory = below.filter(|it| role == Some(FileRole::Test) && !it.is_empty() && *it != ".");
        Tested { dir: dir.to_owned(), test_directory: test_directory.unwrap_or("tests").to_owned() }
    }
}

fn has_module(files: &dyn Files, dir: &str) -> bool {
    let entries = files.list(dir).unwrap_or_default();
    entries.iter().any(|entry| !entry.is_dir && FileRole::of(&entry.name) == Some(FileRole::Module))
}

/// The directory above; `None` above the first one.
fn parent(dir: &str) -> Option<&str> {
    match dir.rsplit_once('/') {
        Some((above, _)) => Some(above),
        None if dir != "." => Some("."),
        None => None,
    }
}

fn base_name(dir: &str) -> &str {
    dir.rsplit('/').next().unwrap_or(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_file_finds_its_module() {
        let files = crate::MemoryFiles::new([
            ("main.tf", ""),
            ("modules/a/main.tf", ""),
            ("modules/a/tests/x.tftest.hcl", ""),
            ("docs/readme.md", ""),
        ]);
        for (file, dir, test_directory) in [
            ("main.tftest.hcl", ".", "tests"),
            ("tests/main.tftest.hcl", ".", "tests"),
            ("tests/unit/main.tftest.hcl", ".", "tests/unit"),
            ("modules/a/x.tftest.hcl", "modules/a", "tests"),
            ("modules/a/tests/x.tftest.hcl", "modules/a", "tests"),
            ("modules/a/checks/x.tftest.hcl", "modules/a", "checks"),
            ("docs/x.tftest.hcl", ".", "docs"),
            ("modules/a/main.tf", "modules/a", "tests"),
            ("docs/x.tf", "docs", "tests"),
            ("prod.tfvars", ".", "tests"),
            ("modules/a/tests/x.tfvars", "modules/a", "tests"),
            ("modules/a/tests/mocks/aws/x.tfmock.hcl", "modules/a", "tests"),
        ] {
            let key = Tested::by(file, &files);
            assert_eq!((key.dir.as_str(), key.test_directory.as_str()), (dir, test_directory), "{file}");
        }
        let nothing = crate::MemoryFiles::default();
        let key = Tested::by("a/tests/x.tftest.hcl", &nothing);
        assert_eq!(key, Tested { dir: "a".to_owned(), test_directory: "tests".to_owned() });
    }
}
