//! The identity of a document: what the spellings of one address have in common, and what the names of one file do.

use std::path::{Component, Path, PathBuf};

use tower_lsp::lsp_types::Url;

use crate::from_proto;

/// Which document an address is about. `file:///c%3A/a%20b.tf` and `file:///C:/a b.tf` are one, whichever of them the
/// client writes in a message; two names of one file, by way of a link, are two documents.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum DocumentKey {
    /// The file's path.
    File(PathBuf),
    /// On no disk: an address of another scheme, or of another machine.
    Other(Url),
}

impl DocumentKey {
    pub(crate) fn of(uri: &Url) -> DocumentKey {
        match from_proto::path(uri) {
            Some(path) => DocumentKey::File(with_small_drive(normalized(&path))),
            None => DocumentKey::Other(uri.clone()),
        }
    }
}

/// The path with the letter of its drive, which has no case, in lower case: clients differ in it.
pub(crate) fn with_small_drive(path: PathBuf) -> PathBuf {
    let Some(text) = path.to_str() else { return path };
    let start = usize::from(text.starts_with('/'));
    match text.as_bytes().get(start..start + 2) {
        Some([letter, b':']) if letter.is_ascii_uppercase() => {
            let mut text = text.to_owned();
            text.replace_range(start..start + 1, &char::from(letter.to_ascii_lowercase()).to_string());
            PathBuf::from(text)
        }
        _ => path,
    }
}

/// The path without `.` and `..`, without looking at the disk.
pub(crate) fn normalized(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

/// Where a path leads when every link is followed, as far as there is anything: a file that is yet to be saved is in a
/// directory that may be a link. Reads the disk.
pub(crate) fn real(path: &Path) -> PathBuf {
    let mut missing = Vec::new();
    let mut there = path;
    loop {
        if let Ok(real) = there.canonicalize() {
            return missing.into_iter().rev().fold(real, |real, part| real.join(part));
        }
        match (there.parent(), there.file_name()) {
            (Some(parent), Some(name)) => {
                missing.push(name);
                there = parent;
            }
            _ => return normalized(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_one_document() {
        let key = |text: &str| DocumentKey::of(&Url::parse(text).unwrap());
        for (one, other) in [
            ("file:///c%3A/x", "file:///C:/x"),
            ("file:///a%20b/x%2By", "file:///a b/x+y"),
            ("file:///%e2%82%ac", "file:///%E2%82%AC"),
            ("file:///%c3%a9", "file:///é"),
            ("file://localhost/a", "file:///a"),
            ("file:///a/./b/../c", "file:///a/c"),
        ] {
            assert_eq!(key(one), key(other), "{one} {other}");
        }
        for (one, other) in [
            ("file:///a", "file:///A"),
            ("file:///%C3%A9", "file:///e%CC%81"),
            ("file:///a%2Fb", "untitled:a%2Fb"),
            ("file:///a", "git:/a"),
            ("untitled:Untitled-1", "untitled:Untitled-2"),
            ("file://server/share/a", "file:///share/a"),
        ] {
            assert_ne!(key(one), key(other), "{one} {other}");
        }
    }

    #[test]
    fn what_is_not_there_yet_has_a_place() {
        let here = std::env::temp_dir().canonicalize().unwrap();
        assert_eq!(real(&here.join("no-such-directory/x.tf")), here.join("no-such-directory/x.tf"));
        assert_eq!(real(Path::new("untitled:x")), PathBuf::from("untitled:x"));
    }
}
