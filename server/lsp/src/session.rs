//! What the server knows between messages: the client, the workspace folders, the open documents, the verdicts.
//!
//! Everything stands behind one lock that is held for moments and never across an await. Text-sync handlers change
//! it before they await anything; requests take a [`View`], which nothing changes any more.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use config::{Dialects, FileRole};
use ide::{RunResults, SemanticTokens, Snapshot, Surroundings};
use syntax::{Document, Encoding, FileName};
use tokio::sync::Notify;
use tower_lsp::lsp_types::{TextDocumentContentChangeEvent, TextDocumentItem, Url};

use crate::capabilities::Client;
use crate::folder::{Disk, DiskChange, Folder};
use crate::from_proto;
use crate::schemas::ModuleSchemas;

/// The session of one client.
pub(crate) struct Session {
    state: Mutex<State>,
    /// Woken whenever diagnostics may have changed.
    pub(crate) dirty: Notify,
}

struct State {
    client: Client,
    surroundings: Surroundings,
    schemas: Arc<ModuleSchemas>,
    files: FilesServed,
    folders: Vec<Folder>,
    open: BTreeMap<Url, Open>,
    /// The semantic tokens that the client has of each open document, with the name of that state.
    tokens: BTreeMap<Url, (String, SemanticTokens)>,
    told: u64,
}

/// Which files the server speaks about. It knows them all, whatever it says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum FilesServed {
    #[default]
    All,
    /// Test files and their mocks: module files are another server's.
    Tests,
}

impl FilesServed {
    pub(crate) fn has(self, file: &FileName) -> bool {
        let role = FileRole::of(file.as_str());
        self == FilesServed::All || matches!(role, Some(FileRole::Test | FileRole::Mocks))
    }
}

/// An open document.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    pub(crate) version: i32,
    pub(crate) document: Arc<Document>,
    /// Its folder's root and its name there.
    root: PathBuf,
    pub(crate) file: FileName,
}

/// A folder as it was at one moment, with what it takes to answer a request about it. Cheap to clone.
#[derive(Clone)]
pub(crate) struct View {
    pub(crate) snapshot: Snapshot,
    pub(crate) results: RunResults,
    pub(crate) client: Client,
    pub(crate) encoding: Encoding,
    pub(crate) root: PathBuf,
    pub(crate) files: FilesServed,
    /// The client's own addresses and versions of the folder's open documents.
    pub(crate) open: Arc<BTreeMap<FileName, (Url, i32)>>,
}

impl View {
    /// The address of one of the folder's files: the client's own where it has one.
    pub(crate) fn url(&self, file: &FileName) -> Option<Url> {
        match self.open.get(file) {
            Some((url, _)) => Some(url.clone()),
            None => Url::from_file_path(normalized(&self.root.join(file.as_str()))).ok(),
        }
    }

    /// The version of a file that is open.
    pub(crate) fn version(&self, file: &FileName) -> Option<i32> {
        self.open.get(file).map(|(_, version)| *version)
    }
}

impl Session {
    pub(crate) fn new(surroundings: Surroundings, schemas: ModuleSchemas) -> Session {
        let state = State {
            client: Client::default(),
            surroundings,
            schemas: Arc::new(schemas),
            files: FilesServed::default(),
            folders: Vec::new(),
            open: BTreeMap::new(),
            tokens: BTreeMap::new(),
            told: 0,
        };
        Session { state: Mutex::new(state), dirty: Notify::new() }
    }

    /// Begins the session with a client in its workspace folders.
    pub(crate) fn initialize(
        &self,
        client: Client,
        dialects: Dialects,
        schemas: &[PathBuf],
        files: FilesServed,
        folders: impl IntoIterator<Item = PathBuf>,
    ) {
        let mut state = self.lock();
        state.client = client;
        state.surroundings.dialects = dialects;
        state.schemas.name(schemas);
        state.files = files;
        state.folders = folders.into_iter().map(Folder::new).collect();
    }

    pub(crate) fn client(&self) -> Client {
        self.lock().client
    }

    /// The schemas that the session's modules have.
    pub(crate) fn schemas(&self) -> Arc<ModuleSchemas> {
        Arc::clone(&self.lock().schemas)
    }

    pub(crate) fn add_folder(&self, root: PathBuf) {
        let mut state = self.lock();
        if !state.folders.iter().any(|folder| folder.root == root && !folder.implied) {
            state.folders.push(Folder::new(root));
            state.rehome();
        }
        drop(state);
        self.dirty.notify_one();
    }

    pub(crate) fn remove_folder(&self, root: &Path) {
        let mut state = self.lock();
        state.folders.retain(|folder| folder.root != root);
        state.rehome();
        drop(state);
        self.dirty.notify_one();
    }

    pub(crate) fn open(&self, item: TextDocumentItem) {
        let mut state = self.lock();
        let (root, file) = state.home(&item.uri);
        let document = Arc::new(Document::new(file.clone(), &item.text));
        state.open.insert(item.uri, Open { version: item.version, document, root: root.clone(), file });
        state.forget_snapshot(&root);
        drop(state);
        self.dirty.notify_one();
    }

    /// Applies changes in order. A change without a range replaces the text.
    pub(crate) fn change(&self, uri: &Url, version: i32, changes: &[TextDocumentContentChangeEvent]) {
        let mut state = self.lock();
        let encoding = state.client.encoding;
        let Some(open) = state.open.get_mut(uri) else {
            tracing::warn!("a change of {uri}, which is not open");
            return;
        };
        open.version = version;
        let document = Arc::make_mut(&mut open.document);
        for change in changes {
            match change.range {
                Some(range) => {
                    let span = from_proto::span(document, range, encoding);
                    document.edit(span, &change.text);
                }
                None => *document = Document::new(open.file.clone(), &change.text),
            }
        }
        let root = open.root.clone();
        state.forget_snapshot(&root);
        drop(state);
        self.dirty.notify_one();
    }

    pub(crate) fn close(&self, uri: &Url) {
        let mut state = self.lock();
        state.tokens.remove(uri);
        if let Some(open) = state.open.remove(uri) {
            state.forget_snapshot(&open.root);
            let State { folders, open: others, .. } = &mut *state;
            folders.retain(|folder| !folder.implied || others.values().any(|it| it.root == folder.root));
        }
        drop(state);
        self.dirty.notify_one();
    }

    /// Files were saved, or something outside of the editor changed them.
    pub(crate) fn files_changed(&self, changes: impl IntoIterator<Item = (Url, DiskChange)>) {
        let mut state = self.lock();
        state.schemas.forget();
        for (uri, what) in changes {
            let Some(path) = from_proto::path(&uri).map(|path| normalized(&path)) else { continue };
            state.folders.iter_mut().for_each(|folder| folder.changed_on_disk(&path, what));
        }
        drop(state);
        self.dirty.notify_one();
    }

    /// Looks whether files have changed that nobody said anything about. Takes as long as the disk does.
    pub(crate) fn look_at_disk(&self) {
        let folders = |folder: &Folder| (folder.root.clone(), Arc::clone(folder.disk()));
        let disks: Vec<(PathBuf, Arc<Disk>)> = self.lock().folders.iter().map(folders).collect();
        let changed: Vec<PathBuf> =
            disks.into_iter().filter(|(_, disk)| disk.refresh()).map(|(root, _)| root).collect();
        if changed.is_empty() {
            return;
        }
        let mut state = self.lock();
        changed.iter().for_each(|root| state.forget_snapshot(root));
        drop(state);
        self.dirty.notify_one();
    }

    /// The folder of a document, as it is now. `None` for a document that is not open and in no folder, and for one that
    /// the server is not to speak about.
    pub(crate) fn view(&self, uri: &Url) -> Option<(View, FileName)> {
        let mut state = self.lock();
        let (root, file) = match state.open.get(uri) {
            Some(open) => (open.root.clone(), open.file.clone()),
            None => {
                let path = from_proto::path(uri)?;
                if !path.is_file() {
                    return None;
                }
                state.home(uri)
            }
        };
        if !state.files.has(&file) {
            return None;
        }
        Some((state.view(&root)?, file))
    }

    /// Every folder that has open documents or verdicts.
    pub(crate) fn views(&self) -> Vec<View> {
        let mut state = self.lock();
        let busy = |folder: &&Folder, state: &State| state.open.values().any(|open| open.root == folder.root);
        let roots: Vec<PathBuf> =
            state.folders.iter().filter(|it| busy(it, &state)).map(|it| it.root.clone()).collect();
        roots.iter().filter_map(|root| state.view(root)).collect()
    }

    /// Every folder.
    pub(crate) fn all_views(&self) -> Vec<View> {
        let mut state = self.lock();
        let roots: Vec<PathBuf> = state.folders.iter().map(|folder| folder.root.clone()).collect();
        roots.iter().filter_map(|root| state.view(root)).collect()
    }

    /// Keeps the tokens that the client is about to get, and names them. Those of a document that is not open are not
    /// kept: nobody will ask what has changed.
    pub(crate) fn tell_tokens(&self, uri: &Url, tokens: SemanticTokens) -> String {
        let mut state = self.lock();
        state.told += 1;
        let name = state.told.to_string();
        if state.open.contains_key(uri) {
            state.tokens.insert(uri.clone(), (name.clone(), tokens));
        }
        name
    }

    /// The tokens that the client got under that name, if they are still known.
    pub(crate) fn told_tokens(&self, uri: &Url, name: &str) -> Option<SemanticTokens> {
        let state = self.lock();
        let (told, tokens) = state.tokens.get(uri)?;
        (told == name).then(|| tokens.clone())
    }

    /// The version of a document now; `None` when it is not open.
    pub(crate) fn version(&self, uri: &Url) -> Option<i32> {
        self.lock().open.get(uri).map(|open| open.version)
    }

    /// Changes the verdicts of the folder at `root`.
    pub(crate) fn update_results(&self, root: &Path, change: impl FnOnce(&mut RunResults)) {
        if let Some(folder) = self.lock().folders.iter_mut().find(|folder| folder.root == root) {
            change(&mut folder.results);
        }
        self.dirty.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is valid after every statement; a panic elsewhere must not take the server down.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The folder of a document and the document's name in it. Files outside of every folder get one of their own.
    fn home(&mut self, uri: &Url) -> (PathBuf, FileName) {
        let Some(path) = from_proto::path(uri) else {
            // On no disk, and yet sent here: a test file that has not been saved yet.
            let name = uri.path().rsplit('/').next().unwrap_or_default();
            let name = if name.ends_with(".hcl") { name.to_owned() } else { format!("{name}.tftest.hcl") };
            let root = PathBuf::from(uri.as_str());
            self.imply(&root);
            return (root, FileName::new(&name));
        };
        let path = normalized(&path);
        let explicit = self.folders.iter().filter(|it| !it.implied && path.starts_with(&it.root));
        let root = match explicit.max_by_key(|folder| folder.root.as_os_str().len()) {
            Some(folder) => folder.root.clone(),
            None => {
                let root = crate::folder::implied_root(&path);
                self.imply(&root);
                root
            }
        };
        let name = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        (root, FileName::new(&name))
    }

    fn imply(&mut self, root: &Path) {
        if !self.folders.iter().any(|folder| folder.root == root) {
            self.folders.push(Folder::implied(root.to_owned()));
        }
    }

    /// Finds every open document's folder again after folders came or went.
    fn rehome(&mut self) {
        for uri in self.open.keys().cloned().collect::<Vec<_>>() {
            let (root, file) = self.home(&uri);
            if let Some(open) = self.open.get_mut(&uri) {
                if open.file != file {
                    open.document = Arc::new(Document::new(file.clone(), &open.document.text()));
                }
                (open.root, open.file) = (root, file);
            }
        }
        self.folders.iter_mut().for_each(Folder::forget_snapshot);
    }

    fn forget_snapshot(&mut self, root: &Path) {
        self.folders.iter_mut().filter(|folder| folder.root == root).for_each(Folder::forget_snapshot);
    }

    fn view(&mut self, root: &Path) -> Option<View> {
        let State { client, surroundings, schemas, files, folders, open, .. } = self;
        let folder = folders.iter_mut().find(|folder| folder.root == root)?;
        let open = || open.iter().filter(|(_, it)| it.root == root);
        let snapshot = folder.snapshot(open().map(|(_, it)| &it.document), surroundings, schemas);
        Some(View {
            snapshot,
            results: folder.results.clone(),
            client: *client,
            encoding: client.encoding,
            root: root.to_owned(),
            files: *files,
            open: Arc::new(open().map(|(uri, it)| (it.file.clone(), (uri.clone(), it.version))).collect()),
        })
    }
}

/// The path without `.` and `..`, without looking at the disk.
pub(crate) fn normalized(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}
