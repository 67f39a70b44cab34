//! What is copied to another machine.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use super::words;

/// Bytes at hand, or a file of which `size` bytes are sent.
pub(super) enum Content<'a> {
    Bytes(&'a [u8]),
    File { file: File, size: u64, path: String },
}

/// A file of this machine. Pipes and devices have no size that could be announced.
pub(super) fn open_file(path: &str, root: &Path) -> Result<Content<'static>, String> {
    let told = |error: &io::Error| words::on_path("open", path, error);
    let found = fs::metadata(root.join(path)).map_err(|error| told(&error))?;
    if !found.is_file() {
        return Err(format!("open {path}: this is no regular file"));
    }
    let file = File::open(root.join(path)).map_err(|error| told(&error))?;
    Ok(Content::File { file, size: found.len(), path: path.to_owned() })
}

/// The names in a directory, in their order.
pub(super) fn entries(path: &str, root: &Path) -> Result<Vec<String>, String> {
    let told = |error: io::Error| words::on_path("open", path, &error);
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join(path)).map_err(told)? {
        names.push(entry.map_err(told)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

impl Content<'_> {
    /// How many bytes are sent.
    pub(super) fn size(&self) -> u64 {
        match self {
            Content::Bytes(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Content::File { size, .. } => *size,
        }
    }

    /// The next bytes, `most` of them at most and fewer only at the end; none after it.
    pub(super) fn next(&mut self, most: usize) -> Result<Vec<u8>, String> {
        match self {
            Content::Bytes(bytes) => {
                let (chunk, rest) = bytes.split_at(most.min(bytes.len()));
                *bytes = rest;
                Ok(chunk.to_vec())
            }
            Content::File { file, size, path } => {
                let wanted = u64::try_from(most).unwrap_or(u64::MAX).min(*size);
                let mut chunk = Vec::new();
                file.take(wanted)
                    .read_to_end(&mut chunk)
                    .map_err(|error| words::on_path("read", path, &error))?;
                // One that has become shorter since ends early.
                *size = size.saturating_sub(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
                Ok(chunk)
            }
        }
    }
}
