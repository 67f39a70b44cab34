//! A folder as it was at one moment, with what it takes to answer a request about it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use config::DiskFiles;
use ide::{RunResults, Snapshot};
use syntax::{Encoding, FileName};
use tower_lsp::lsp_types::Url;

use crate::buffers::{BufferedFiles, Buffers, Disk, Links};
use crate::capabilities::Client;
use crate::document_key::{normalized, real};
use crate::session::FilesServed;
use crate::validation::Validation;

/// Nothing changes it any more. Cheap to clone.
#[derive(Clone)]
pub(crate) struct View {
    pub(crate) snapshot: Snapshot,
    pub(crate) results: RunResults,
    pub(crate) client: Client,
    pub(crate) encoding: Encoding,
    pub(crate) root: PathBuf,
    /// Where the root leads when every link is followed.
    pub(crate) real_root: PathBuf,
    pub(crate) files: FilesServed,
    /// The client's own addresses and versions of the folder's open documents.
    pub(crate) open: Arc<BTreeMap<FileName, (Url, i32)>>,
    pub(crate) places: Arc<Places>,
    pub(crate) validation: Validation,
}

/// What the client calls the places on disk that it has shown.
pub(crate) struct Places {
    /// The workspace folders: their roots as the client calls them, and where those really are.
    pub(crate) folders: Vec<(PathBuf, PathBuf)>,
    /// Every open document by where its file really is.
    pub(crate) open: BTreeMap<PathBuf, (Url, i32)>,
    pub(crate) buffers: Buffers,
}

impl View {
    /// The address of one of the folder's files: the client's own where it has one. Reads the disk for files that are
    /// not open.
    pub(crate) fn url(&self, file: &FileName) -> Option<Url> {
        match self.own_address(file) {
            Some((url, _)) => Some(url),
            None => Url::from_file_path(self.path(file)).ok(),
        }
    }

    /// The version of a file that is open.
    pub(crate) fn version(&self, file: &FileName) -> Option<i32> {
        self.own_address(file).map(|(_, version)| version)
    }

    /// The directory of a module of the folder.
    pub(crate) fn directory(&self, dir: &str) -> PathBuf {
        locate(&self.root, &self.real_root, dir)
    }

    /// The files of that directory as the user sees them in any folder, saved or not; names count from it.
    pub(crate) fn files_of(&self, directory: &Path) -> BufferedFiles {
        let disk = Arc::new(Disk::new(DiskFiles::new(directory)));
        BufferedFiles::new(disk, Arc::clone(&self.places.buffers), Arc::new(Links::default()), 0)
    }

    fn own_address(&self, file: &FileName) -> Option<(Url, i32)> {
        if let Some(address) = self.open.get(file) {
            return Some(address.clone());
        }
        if self.places.open.is_empty() {
            return None;
        }
        self.places.open.get(&real(&locate(&self.root, &self.real_root, file.as_str()))).cloned()
    }

    /// The path of a file by which the client would open it.
    fn path(&self, file: &FileName) -> PathBuf {
        let path = locate(&self.root, &self.real_root, file.as_str());
        if path.starts_with(&self.root) {
            return path;
        }
        let place = real(&path);
        let folders = self.places.folders.iter().filter(|(_, real)| place.starts_with(real));
        match folders.max_by_key(|(_, real)| real.as_os_str().len()) {
            Some((root, real)) => root.join(place.strip_prefix(real).unwrap_or(&place)),
            None => path,
        }
    }
}

/// Where a name of the folder at `root` leads. What is above the root is above the place where the root really is, as it
/// is for a tool that is started there.
pub(crate) fn locate(root: &Path, real_root: &Path, name: &str) -> PathBuf {
    let leaves = name == ".." || name.starts_with("../");
    normalized(&if leaves { real_root.join(name) } else { root.join(name) })
}
