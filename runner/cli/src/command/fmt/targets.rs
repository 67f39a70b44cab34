//! Which files there are to format, and what they are called.

use std::path::{Component, Path, PathBuf};

use config::{FileRole, is_leftover};

/// A file to format.
pub(super) struct File {
    /// Its path as the user sees it: relative to the working directory.
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) is_link: bool,
}

impl File {
    /// A text that is in no file.
    pub(super) fn unnamed(name: &str) -> File {
        File { name: name.to_owned(), path: PathBuf::new(), is_link: false }
    }
}

/// What a target leads to.
pub(super) enum Found {
    Nothing,
    /// A file that is not formatted, such as a JSON file.
    WrongKind,
    /// A single file, or those of a directory with the directories that could not be read.
    Files {
        files: Vec<File>,
        unreadable: Vec<String>,
    },
}

/// The files at `name`, a path relative to `base`; those of a directory sorted by name.
pub(super) fn find(base: &Path, name: &str, recursive: bool) -> Found {
    let path = base.join(name);
    match std::fs::metadata(&path) {
        Err(_) => Found::Nothing,
        Ok(metadata) if metadata.is_dir() => {
            let (mut files, mut unreadable) = (Vec::new(), Vec::new());
            list(&path, name, recursive, &mut files, &mut unreadable);
            Found::Files { files, unreadable }
        }
        Ok(_) if is_formatted(name) => {
            let file = File { name: name.to_owned(), path, is_link: false };
            Found::Files { files: vec![file], unreadable: Vec::new() }
        }
        Ok(_) => Found::WrongKind,
    }
}

/// Directories behind links are not entered.
fn list(directory: &Path, name: &str, recursive: bool, files: &mut Vec<File>, unreadable: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        unreadable.push(name.to_owned());
        return;
    };
    // A name need not be text: what is shown of it may differ from the path that leads to the file.
    let named = |entry: std::fs::DirEntry| {
        Some((entry.file_name().to_string_lossy().into_owned(), entry.path(), entry.file_type().ok()?))
    };
    let mut entries: Vec<_> = entries.filter_map(Result::ok).filter_map(named).collect();
    entries.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    for (entry, path, kind) in entries {
        if is_leftover(&entry) {
            continue;
        }
        let name = if name == "." { entry.clone() } else { format!("{name}/{entry}") };
        if kind.is_dir() {
            if recursive {
                list(&path, &name, recursive, files, unreadable);
            }
        } else if is_formatted(&entry) {
            files.push(File { name, path, is_link: kind.is_symlink() });
        }
    }
}

fn is_formatted(name: &str) -> bool {
    FileRole::of(name).is_some() && !name.ends_with(".json")
}

/// The shortest way from `base` to `target`, which may be absolute, with `/` between its parts. Links are not followed.
pub(super) fn relative(base: &Path, target: &str) -> String {
    let base = cleaned(base);
    let target = cleaned(&base.join(target));
    let shared = base.components().zip(target.components()).take_while(|(a, b)| a == b).count();
    let up = base.components().skip(shared).map(|_| "..".to_owned());
    let down = target.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = up.chain(down).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

fn cleaned(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(cleaned.pop()),
            part => cleaned.push(part),
        }
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_relative_and_clean() {
        let name = |target| relative(Path::new("/work/module"), target);
        assert_eq!(name("main.tf"), "main.tf");
        assert_eq!(name("./tests//../tests/a.tftest.hcl"), "tests/a.tftest.hcl");
        assert_eq!(name(""), ".");
        assert_eq!(name("../module"), ".");
        assert_eq!(name("/work/other/x.tf"), "../other/x.tf");
        assert_eq!(name("/../../x.tf"), "../../x.tf");
    }

    #[test]
    fn backups_and_hidden_files_are_ignored() {
        let ignored: Vec<&str> = [".x.tf", "x.tf~", "#x.tf#", "#x.tf", "x.tf"]
            .into_iter()
            .filter(|name| is_leftover(name))
            .collect();
        assert_eq!(ignored, [".x.tf", "x.tf~", "#x.tf#"]);
    }
}
