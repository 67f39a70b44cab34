//! The files of a folder that declare or name something.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use config::files::Generation;
use config::{FileRole, Files, is_leftover, join};
use syntax::FileName;

/// Deeper than any project; a folder that holds itself in some way ends here.
const DEEPEST: usize = 48;
/// More directories than this are not looked into: an editor that was opened on a whole disk must not hang.
const MOST_DIRECTORIES: usize = 200_000;

/// The names that were found last, and when.
#[derive(Default)]
pub(crate) struct KnownInventory(Mutex<Option<Known>>);

struct Known {
    saved: Generation,
    open: Vec<FileName>,
    names: Arc<[FileName]>,
}

impl KnownInventory {
    /// Walks the folder, unless nothing can have come or gone since that was done last.
    pub(crate) fn read<'o>(
        &self,
        files: &dyn Files,
        open: impl Iterator<Item = &'o FileName>,
    ) -> Arc<[FileName]> {
        let open: Vec<FileName> = open.cloned().collect();
        let saved = files.generation();
        let last = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(saved), Some(known)) = (saved, &*last())
            && (known.saved.names, &known.open) == (saved.names, &open)
        {
            return Arc::clone(&known.names);
        }
        let names: Arc<[FileName]> = read(files, open.iter()).into();
        if let Some(saved) = saved {
            *last() = Some(Known { saved, open, names: Arc::clone(&names) });
        }
        names
    }
}

/// Walks the folder. Hidden directories are not looked into, where tools keep what they fetched, and neither are links,
/// because what is behind them has a name already. Open documents count wherever they are.
fn read<'o>(files: &dyn Files, open: impl Iterator<Item = &'o FileName>) -> Vec<FileName> {
    let mut found: BTreeSet<FileName> =
        open.filter(|file| FileRole::of(file.as_str()).is_some()).cloned().collect();
    let mut directories = vec![(".".to_owned(), 0)];
    let mut looked = 0;
    while let Some((dir, depth)) = directories.pop() {
        looked += 1;
        if looked > MOST_DIRECTORIES {
            break;
        }
        for entry in files.list_once(&dir).unwrap_or_default() {
            if entry.is_dir {
                let hidden = entry.name.starts_with('.') || entry.name == "node_modules";
                let path = join(&dir, &entry.name);
                if !hidden && depth < DEEPEST && !files.is_link(&path) {
                    directories.push((path, depth + 1));
                }
            } else if FileRole::of(&entry.name).is_some() && !is_leftover(&entry.name) {
                found.insert(FileName::new(&join(&dir, &entry.name)));
            }
        }
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_counts() {
        let files = config::MemoryFiles::new([
            ("main.tf", ""),
            ("README.md", ""),
            (".terraform/modules/m/main.tf", ""),
            ("a/b/x.tfmock.hcl", ""),
            ("a/.x.tf", ""),
            ("terraform.tfvars", ""),
            ("tests/a.tftest.json", ""),
        ]);
        let open = [FileName::new("new/x.tftest.hcl"), FileName::new("new/x.txt")];
        let found = read(&files, open.iter());
        let names: Vec<&str> = found.iter().map(FileName::as_str).collect();
        let expected =
            ["a/b/x.tfmock.hcl", "main.tf", "new/x.tftest.hcl", "terraform.tfvars", "tests/a.tftest.json"];
        assert_eq!(names, expected);
    }
}
