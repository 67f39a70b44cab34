//! The host of a module that is looked at as part of a workspace folder.
//!
//! Its files have names from the folder on, and so do `path.module` and `path.root`; what else functions read counts from
//! the module's own directory, where a run would be started.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lang::functions::{FileError, FileReader};
use suite::{Host, OsHost};

pub(crate) struct ModuleHost {
    module: OsHost,
    folder: OsHost,
}

impl ModuleHost {
    /// Both are absolute directories.
    pub(crate) fn new(folder: &Path, module: PathBuf) -> ModuleHost {
        ModuleHost { module: OsHost::new(module, None), folder: OsHost::new(folder.to_owned(), None) }
    }

    /// What the module's directory has, else what the folder has.
    fn either<T>(&self, read: impl Fn(&dyn FileReader) -> Result<T, FileError>) -> Result<T, FileError> {
        read(self.module.files()).or_else(|error| read(self.folder.files()).map_err(|_| error))
    }
}

impl Host for ModuleHost {
    fn elapsed(&self) -> Duration {
        self.module.elapsed()
    }

    fn now(&self) -> Duration {
        self.module.now()
    }

    fn random(&self) -> [u8; 16] {
        self.module.random()
    }

    fn files(&self) -> &dyn FileReader {
        self
    }

    fn working_directory(&self) -> &str {
        self.module.working_directory()
    }
}

impl FileReader for ModuleHost {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        self.either(|files| files.read(path))
    }

    fn is_file(&self, path: &str) -> Result<bool, FileError> {
        match self.module.files().is_file(path) {
            Ok(true) => Ok(true),
            _ => self.folder.files().is_file(path),
        }
    }

    fn read_dir(&self, path: &str) -> Result<Vec<(String, bool)>, FileError> {
        self.either(|files| files.read_dir(path))
    }

    fn absolute(&self, path: &str) -> String {
        self.module.files().absolute(path)
    }

    fn home(&self) -> Option<String> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_count_from_the_module_or_from_the_folder() {
        let folder = fixture::Folder::of([("a/x.txt", "x"), ("b/y.txt", "y")]);
        let host = ModuleHost::new(folder.path(), folder.path().join("a"));
        for (path, text) in
            [("x.txt", "x"), ("./x.txt", "x"), ("a/x.txt", "x"), ("b/y.txt", "y"), ("../b/y.txt", "y")]
        {
            assert_eq!(host.read(path), Ok(text.as_bytes().to_vec()), "{path}");
            assert_eq!(host.is_file(path), Ok(true), "{path}");
        }
        assert_eq!(host.read("y.txt"), Err(FileError::NotFound));
        assert_eq!(host.is_file("y.txt"), Ok(false));
        assert_eq!(host.read_dir("b").map(|names| names.len()), Ok(1));
    }
}
