//! Where texts come from: the one door between configuration and storage.
//!
//! Names are relative to the directory the tool runs in, with `/` between the parts; `../x` and absolute names are
//! allowed. Every name is normalised by [`normalize`] before it reaches an implementation.

mod disk;
mod kept;
mod memory;
mod overlay;
mod reader;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use syntax::{Document, FileName};

use crate::facts::FactsCache;

pub use disk::{DiskFiles, reason};
pub use kept::Kept;
pub use memory::MemoryFiles;
pub use overlay::Overlay;
pub use reader::Reader;

/// A tree of files.
pub trait Files: Send + Sync {
    /// The content of a file.
    fn read_bytes(&self, path: &str) -> Result<Arc<[u8]>, FileError>;

    /// The names in a directory, in byte order, without `.` and `..`.
    fn list(&self, dir: &str) -> Result<Vec<Entry>, FileError>;

    /// What stands at a path, following links; `None` when nothing does.
    fn kind(&self, path: &str) -> Option<FileKind>;

    /// Whether a link to something else stands at a path, so that what is below it has another name already.
    fn is_link(&self, path: &str) -> bool {
        let _ = path;
        false
    }

    /// What changes whenever the content of a file does; `None` where only reading it would tell.
    fn stamp(&self, path: &str) -> Option<Stamp> {
        let _ = path;
        None
    }

    /// How many directories stand above the one that names are relative to, as far as files can be read there.
    fn above(&self) -> usize {
        0
    }

    /// The content of a text file.
    fn read(&self, path: &str) -> Result<Arc<str>, FileError> {
        let bytes = self.read_bytes(path)?;
        match std::str::from_utf8(&bytes) {
            Ok(text) => Ok(Arc::from(text)),
            Err(_) => Err(FileError::NotText),
        }
    }

    /// Whether a file has nothing in it that is no text.
    fn is_text(&self, path: &str) -> bool {
        self.read_bytes(path).is_ok_and(|bytes| std::str::from_utf8(&bytes).is_ok())
    }

    /// As [`Files::list`], by somebody who looks at very many directories, each once: nothing of it is worth keeping.
    fn list_once(&self, dir: &str) -> Result<Vec<Entry>, FileError> {
        self.list(dir)
    }

    /// What changes whenever something in the tree may have; `None` where nobody knows.
    fn generation(&self) -> Option<Generation> {
        None
    }

    /// The document of a file: a live one where a buffer is open, else one that `cache` keeps as long as the text
    /// stays the same.
    ///
    /// Bytes that are no UTF-8 are replaced, so that the parser can say where they stand.
    fn document(&self, path: &str, cache: &FactsCache) -> Result<Arc<Document>, FileError> {
        let bytes = self.read_bytes(path)?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(cache.document(&FileName::new(path), &Arc::from(text.as_ref())))
    }
}

/// What is asked of a pointer is asked of what it points to.
macro_rules! ask_what_it_points_to {
    ($($pointer:ty),*) => {$(
        impl<F: Files + ?Sized> Files for $pointer {
            fn read_bytes(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
                (**self).read_bytes(path)
            }

            fn list(&self, dir: &str) -> Result<Vec<Entry>, FileError> {
                (**self).list(dir)
            }

            fn kind(&self, path: &str) -> Option<FileKind> {
                (**self).kind(path)
            }

            fn is_link(&self, path: &str) -> bool {
                (**self).is_link(path)
            }

            fn stamp(&self, path: &str) -> Option<Stamp> {
                (**self).stamp(path)
            }

            fn is_text(&self, path: &str) -> bool {
                (**self).is_text(path)
            }

            fn list_once(&self, dir: &str) -> Result<Vec<Entry>, FileError> {
                (**self).list_once(dir)
            }

            fn generation(&self) -> Option<Generation> {
                (**self).generation()
            }

            fn above(&self) -> usize {
                (**self).above()
            }

            fn document(&self, path: &str, cache: &FactsCache) -> Result<Arc<Document>, FileError> {
                (**self).document(path, cache)
            }
        }
    )*};
}

ask_what_it_points_to!(&F, Arc<F>);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileKind {
    File,
    Directory,
}

/// When a file was written last, and how long it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    /// Since 1970.
    pub modified: Duration,
    /// In bytes.
    pub length: u64,
}

/// Which state of a tree of files was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Generation {
    /// Counts changes of any kind.
    pub content: u64,
    /// Counts those after which there may be other files.
    pub names: u64,
}

/// One name in a directory.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Entry {
    pub name: String,
    pub is_dir: bool,
}

/// Why a file could not be read. This is the machine failing; what it means to the user is the caller's to say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FileError {
    NotFound,
    /// A directory where a file was wanted, or the other way round.
    WrongKind,
    /// Not UTF-8.
    NotText,
    /// The operating system's words.
    Other(String),
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileError::NotFound => f.write_str("no such file or directory"),
            FileError::WrongKind => f.write_str("not a regular file or directory"),
            FileError::NotText => f.write_str("not a UTF-8 text"),
            FileError::Other(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for FileError {}

/// The shortest name of the same place: `./a//b/../c` is `a/c`, the place itself is `.`.
pub fn normalize(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&"..") | None if !absolute => parts.push(".."),
                Some(_) => {
                    parts.pop();
                }
                None => {}
            },
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// The place that `path` names when it is read in `dir`.
pub fn join(dir: &str, path: &str) -> String {
    if path.starts_with('/') { normalize(path) } else { normalize(&format!("{dir}/{path}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised() {
        for (from, to) in [
            ("", "."),
            (".", "."),
            ("./m/", "m"),
            ("a//b/../c", "a/c"),
            ("../x", "../x"),
            ("a/../../x", "../x"),
            ("../../x/..", "../.."),
            ("/a/../../b", "/b"),
            ("/", "/"),
        ] {
            assert_eq!(normalize(from), to, "{from}");
        }
        assert_eq!(join(".", "./m"), "m");
        assert_eq!(join("m", "../n"), "n");
        assert_eq!(join("m", "/n"), "/n");
    }
}
