//! Writing a file so that at every moment it is either the old one or the new one.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Result, Write as _};
use std::path::{Path, PathBuf};

/// Replaces what is in a file and keeps its permissions. A link is followed.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let path = std::fs::canonicalize(path)?;
    // Renaming would go around a file's own protection.
    let file = OpenOptions::new().write(true).open(&path)?;
    if has_one_name(&file)? && by_renaming(&path, &file, bytes).is_ok() {
        return Ok(());
    }
    overwrite(&file, bytes)
}

fn by_renaming(path: &Path, old: &File, bytes: &[u8]) -> Result<()> {
    let (new_path, mut new) = beside(path)?;
    let written = new
        .write_all(bytes)
        .and_then(|()| new.set_permissions(old.metadata()?.permissions()))
        .and_then(|()| if same_owner(old, &new)? { Ok(()) } else { Err(Error::from(ErrorKind::Other)) })
        .and_then(|()| std::fs::rename(&new_path, path));
    if written.is_err() {
        // It is not wanted any more; that it stays behind harms nobody.
        let _ = std::fs::remove_file(&new_path);
    }
    written
}

/// A new file in the same directory, hidden and with a name that no other process takes.
fn beside(path: &Path) -> Result<(PathBuf, File)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let new_path = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let file = OpenOptions::new().write(true).create_new(true).open(&new_path)?;
    Ok((new_path, file))
}

/// For files that have to stay the same file: with several names, of another owner, in a directory that takes no new
/// ones.
fn overwrite(mut file: &File, bytes: &[u8]) -> Result<()> {
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)
}

#[cfg(unix)]
fn has_one_name(file: &File) -> Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = file.metadata()?;
    Ok(metadata.is_file() && metadata.nlink() == 1)
}

#[cfg(not(unix))]
fn has_one_name(file: &File) -> Result<bool> {
    Ok(file.metadata()?.is_file())
}

#[cfg(unix)]
fn same_owner(old: &File, new: &File) -> Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let (old, new) = (old.metadata()?, new.metadata()?);
    Ok((old.uid(), old.gid()) == (new.uid(), new.gid()))
}

#[cfg(not(unix))]
fn same_owner(_: &File, _: &File) -> Result<bool> {
    Ok(true)
}
