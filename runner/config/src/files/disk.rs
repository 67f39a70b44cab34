//! Files on disk: the one place in this crate that touches the operating system.
#![expect(clippy::disallowed_methods, reason = "this is the door through which files are read")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use super::{Entry, FileError, FileKind, Files, Stamp};

/// The files below (and beside) a directory, which is the directory that the tool runs in.
#[derive(Clone, Debug)]
pub struct DiskFiles {
    root: PathBuf,
}

impl DiskFiles {
    pub fn new(root: impl Into<PathBuf>) -> DiskFiles {
        DiskFiles { root: root.into() }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where a name leads on this machine.
    pub fn locate(&self, path: &str) -> PathBuf {
        if path == "." { self.root.clone() } else { self.root.join(path) }
    }
}

impl Files for DiskFiles {
    fn read_bytes(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        fs::read(self.locate(path)).map(Arc::from).map_err(|error| file_error(&error))
    }

    fn list(&self, dir: &str) -> Result<Vec<Entry>, FileError> {
        let read = fs::read_dir(self.locate(dir)).map_err(|error| file_error(&error))?;
        let mut entries = Vec::new();
        for entry in read {
            let entry = entry.map_err(|error| file_error(&error))?;
            // A name that is no text cannot be named in a configuration either.
            let Ok(name) = entry.file_name().into_string() else { continue };
            if let Ok(kind) = entry.file_type()
                && (kind.is_dir() || kind.is_file())
            {
                entries.push(Entry { name, is_dir: kind.is_dir() });
                continue;
            }
            let metadata = fs::metadata(entry.path()).ok();
            let is_dir = metadata.as_ref().is_some_and(|metadata| metadata.is_dir());
            // A pipe or a device has no text, and reading it may never end. A link that leads nowhere is there to be
            // complained about.
            if is_dir || metadata.is_none_or(|metadata| metadata.is_file()) {
                entries.push(Entry { name, is_dir });
            }
        }
        entries.sort();
        Ok(entries)
    }

    fn kind(&self, path: &str) -> Option<FileKind> {
        let metadata = fs::metadata(self.locate(path)).ok()?;
        Some(if metadata.is_dir() { FileKind::Directory } else { FileKind::File })
    }

    fn is_link(&self, path: &str) -> bool {
        fs::symlink_metadata(self.locate(path)).is_ok_and(|metadata| metadata.is_symlink())
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        let metadata = fs::metadata(self.locate(path)).ok()?;
        let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Stamp { modified, length: metadata.len() })
    }

    fn above(&self) -> usize {
        fs::canonicalize(&self.root).map_or(0, |root| root.ancestors().count() - 1)
    }
}

/// The system's reason, in the way of Go: without what the standard library adds to it, and not as a sentence.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let reason = text.split(" (os error").next().unwrap_or(&text);
    let mut characters = reason.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_lowercase).collect();
    first + characters.as_str()
}

fn file_error(error: &io::Error) -> FileError {
    match error.kind() {
        io::ErrorKind::NotFound => FileError::NotFound,
        io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => FileError::WrongKind,
        _ => FileError::Other(reason(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_this_crate() {
        let files = DiskFiles::new(env!("CARGO_MANIFEST_DIR"));
        let text = files.read("src/files/../lib.rs");
        assert!(text.is_ok_and(|text| text.starts_with("//!")));
        assert_eq!(files.kind("src"), Some(FileKind::Directory));
        assert_eq!(files.kind("nope"), None);
        let length = |path| files.stamp(path).map(|stamp| stamp.length);
        assert_eq!(length("src/lib.rs"), files.read_bytes("src/lib.rs").ok().map(|it| it.len() as u64));
        assert_eq!(length("nope"), None);
        assert_eq!(files.read_bytes("nope"), Err(FileError::NotFound));
        assert_eq!(files.read_bytes("src"), Err(FileError::WrongKind));
        assert!(files.above() >= 2 && files.kind(&vec![".."; files.above()].join("/")).is_some());
        let entries = files.list("src/files").unwrap_or_default();
        assert!(entries.is_sorted() && entries.iter().any(|entry| entry.name == "disk.rs" && !entry.is_dir));
    }
}
