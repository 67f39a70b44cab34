//! Files that exist only in memory: for tests, and for whoever has texts and no disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Entry, FileError, FileKind, Files, normalize};

/// A tree of files in memory. Directories exist by having files in them; the place itself always does.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles(BTreeMap<String, Arc<[u8]>>);

impl MemoryFiles {
    pub fn new<P: AsRef<str>, T: AsRef<[u8]>>(files: impl IntoIterator<Item = (P, T)>) -> MemoryFiles {
        let mut memory = MemoryFiles::default();
        for (path, text) in files {
            memory.insert(path.as_ref(), text.as_ref());
        }
        memory
    }

    pub fn insert(&mut self, path: &str, content: impl AsRef<[u8]>) {
        self.0.insert(normalize(path), Arc::from(content.as_ref()));
    }

    pub fn remove(&mut self, path: &str) {
        self.0.remove(&normalize(path));
    }

    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl Files for MemoryFiles {
    fn read_bytes(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        let path = normalize(path);
        match self.0.get(&path) {
            Some(content) => Ok(Arc::clone(content)),
            None if self.kind(&path).is_some() => Err(FileError::WrongKind),
            None => Err(FileError::NotFound),
        }
    }

    fn list(&self, dir: &str) -> Result<Vec<Entry>, FileError> {
        let dir = normalize(dir);
        let mut entries: Vec<Entry> = Vec::new();
        for path in self.0.keys() {
            let Some(rest) = below(&dir, path) else { continue };
            let entry = match rest.split_once('/') {
                Some((name, _)) => Entry { name: name.to_owned(), is_dir: true },
                None => Entry { name: rest.to_owned(), is_dir: false },
            };
            entries.push(entry);
        }
        entries.sort();
        entries.dedup();
        match entries.is_empty() && dir != "." {
            false => Ok(entries),
            true if self.0.contains_key(&dir) => Err(FileError::WrongKind),
            true => Err(FileError::NotFound),
        }
    }

    fn kind(&self, path: &str) -> Option<FileKind> {
        let path = normalize(path);
        if self.0.contains_key(&path) {
            return Some(FileKind::File);
        }
        let is_dir = path == "." || self.0.keys().any(|known| below(&path, known).is_some());
        is_dir.then_some(FileKind::Directory)
    }

    fn above(&self) -> usize {
        let depth = |path: &String| path.split('/').take_while(|part| *part == "..").count();
        self.0.keys().map(depth).max().unwrap_or_default()
    }
}

/// The part of `path` inside `dir`.
fn below<'p>(dir: &str, path: &'p str) -> Option<&'p str> {
    match dir {
        "." => (!path.starts_with('/') && !path.starts_with("../")).then_some(path),
        "/" => path.strip_prefix('/'),
        dir => path.strip_prefix(dir)?.strip_prefix('/'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_what_stands_in_a_directory() {
        let files = MemoryFiles::new([("main.tf", ""), ("m/a.tf", ""), ("m/n/b.tf", ""), ("../x/c.tf", "")]);
        let names = |dir: &str| {
            files.list(dir).map(|entries| entries.into_iter().map(|entry| entry.name).collect::<Vec<_>>())
        };
        assert_eq!(names("."), Ok(vec!["m".to_owned(), "main.tf".to_owned()]));
        assert_eq!(names("./m/"), Ok(vec!["a.tf".to_owned(), "n".to_owned()]));
        assert_eq!(names("../x"), Ok(vec!["c.tf".to_owned()]));
        assert_eq!(names("nope"), Err(FileError::NotFound));
        assert_eq!(names("main.tf"), Err(FileError::WrongKind));
        assert_eq!(files.kind("m/n"), Some(FileKind::Directory));
        assert_eq!(files.read_bytes("m"), Err(FileError::WrongKind));
    }
}
