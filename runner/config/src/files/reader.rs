//! The files that functions such as `file` read.

use lang::functions::{FileError as ReadError, FileReader};

use super::{FileError, FileKind, Files, normalize};

/// [`Files`] as the functions of the language see them.
pub struct Reader<'a> {
    pub files: &'a dyn Files,
    /// The absolute path of the directory the tool runs in, with `/`.
    pub working_directory: &'a str,
    /// The user's home directory, for a leading `~`.
    pub home: Option<&'a str>,
}

impl FileReader for Reader<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        match self.files.kind(path) {
            Some(FileKind::Directory) => Err(ReadError::Directory),
            _ => self.files.read_bytes(path).map(|bytes| bytes.to_vec()).map_err(read_error),
        }
    }

    fn is_file(&self, path: &str) -> Result<bool, ReadError> {
        match self.files.kind(path) {
            Some(FileKind::File) => Ok(true),
            Some(FileKind::Directory) => Err(ReadError::Directory),
            None => Ok(false),
        }
    }

    fn read_dir(&self, path: &str) -> Result<Vec<(String, bool)>, ReadError> {
        let entries = self.files.list(path).map_err(read_error)?;
        Ok(entries.into_iter().map(|entry| (entry.name, entry.is_dir)).collect())
    }

    fn absolute(&self, path: &str) -> String {
        match path.starts_with('/') {
            true => normalize(path),
            false => normalize(&format!("{}/{path}", self.working_directory)),
        }
    }

    fn home(&self) -> Option<String> {
        self.home.map(str::to_owned)
    }
}

fn read_error(error: FileError) -> ReadError {
    match error {
        FileError::NotFound => ReadError::NotFound,
        FileError::WrongKind => ReadError::NotRegular,
        FileError::NotText => ReadError::Other("not a UTF-8 text".to_owned()),
        FileError::Other(message) => ReadError::Other(message),
    }
}
