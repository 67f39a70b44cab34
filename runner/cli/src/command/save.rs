//! Writing a file so that at every moment it is either the old one or the new one, wherever the file may be replaced by
//! another. One with several names or of another owner, or in a directory that takes no new files, is written over.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Result, Write as _};
use std::path::{Path, PathBuf};

/// Replaces `old` in a file by `bytes` and keeps its permissions. A link is followed. `false` when something else than
/// `old` is in the file, which somebody has saved in the meantime.
///
/// # Errors
/// When the file cannot be written. It then has its old content, except where it had to be written over.
pub(super) fn replace(path: &Path, old: &[u8], bytes: &[u8]) -> Result<bool> {
    let path = std::fs::canonicalize(path)?;
    // Renaming would go around a file's own protection.
    let file = OpenOptions::new().write(true).open(&path)?;
    let new = if has_one_name(&file)? { beside(&path, &file)? } else { None };
    if std::fs::read(&path)? != old {
        if let Some((new_path, _)) = new {
            std::fs::remove_file(new_path)?;
        }
        return Ok(false);
    }
    let Some((new_path, new)) = new else { return overwrite(&file, bytes).map(|()| true) };
    let written = fill(new, bytes).and_then(|()| std::fs::rename(&new_path, path));
    if written.is_err() {
        // It is not wanted any more; that it stays behind harms nobody.
        let _ = std::fs::remove_file(&new_path);
    }
    written.map(|()| true)
}

/// A new file in the same directory, hidden and with a name that no other process takes, that can take the place of
/// `old`: its owner and its permissions are the same before anything is in it. `None` where there can be none.
fn beside(path: &Path, old: &File) -> Result<Option<(PathBuf, File)>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let new_path = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let new = match private().write(true).create_new(true).open(&new_path) {
        Ok(new) => new,
        Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::AlreadyExists) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    if same_owner(old, &new)? && new.set_permissions(old.metadata()?.permissions()).is_ok() {
        return Ok(Some((new_path, new)));
    }
    std::fs::remove_file(&new_path)?;
    Ok(None)
}

/// Everything is on the disk before the name is.
fn fill(mut new: File, bytes: &[u8]) -> Result<()> {
    new.write_all(bytes)?;
    new.sync_all()
}

fn overwrite(mut file: &File, bytes: &[u8]) -> Result<()> {
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)
}

/// Variable files hold secrets: nobody else reads a new file before it has the old one's permissions.
#[cfg(unix)]
fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(not(unix))]
fn private() -> OpenOptions {
    OpenOptions::new()
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
