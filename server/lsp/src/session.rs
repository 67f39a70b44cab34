//! What the server knows between messages: the client, the workspace folders, the open documents, the verdicts.
//!
//! Everything stands behind one lock that is held for moments and never across an await. Text-sync handlers change
//! it before they await anything; requests take a [`View`], which nothing changes any more.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use config::{Dialects, FileRole};
use ide::{RunResults, SemanticTokens, Surroundings};
use syntax::{Document, FileName};
use tokio::sync::Notify;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{TextDocumentContentChangeEvent, TextDocumentItem, Url};

use crate::buffers::{Buffers, Disk};
use crate::capabilities::Client;
use crate::document_key::{DocumentKey, normalized, real};
use crate::folder::{DiskChange, Folder};
use crate::from_proto;
use crate::schemas::ModuleSchemas;
use crate::task::{Cancelled, Workers};
use crate::view::{Places, View};

/// The session of one client.
pub(crate) struct Session {
    state: Mutex<State>,
    /// Woken whenever diagnostics may have changed.
    pub(crate) dirty: Notify,
    workers: Workers,
}

struct State {
    client: Client,
    surroundings: Surroundings,
    schemas: Arc<ModuleSchemas>,
    files: FilesServed,
    folders: Vec<Folder>,
    open: BTreeMap<DocumentKey, Open>,
    /// The semantic tokens that the client has of each open document, with the name of that state.
    tokens: BTreeMap<DocumentKey, (String, SemanticTokens)>,
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
    /// As the client has spelled it.
    uri: Url,
    pub(crate) version: i32,
    pub(crate) document: Arc<Document>,
    /// Where its file really is, if it is on a disk.
    real: Option<PathBuf>,
    /// What the client says it is written in.
    language: String,
    /// Its folder's root and its name there.
    root: PathBuf,
    pub(crate) file: FileName,
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
        Session { state: Mutex::new(state), dirty: Notify::new(), workers: Workers::default() }
    }

    /// Runs work on one of the session's threads, as [`Workers::compute`] does.
    pub(crate) async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Cancelled) -> T + Send + 'static,
    ) -> Result<T> {
        self.workers.compute(work).await
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
        for root in folders {
            state.add_folder(root);
        }
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
        state.add_folder(root);
        state.rehome();
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
        let key = DocumentKey::of(&item.uri);
        let (root, file) = state.home(&key, &item.language_id);
        let document = Arc::new(Document::new(file.clone(), &item.text));
        let real = match &key {
            DocumentKey::File(path) => Some(real(path)),
            DocumentKey::Other(_) => None,
        };
        let mut others = state.open.iter();
        let taken = others.any(|(other, it)| *other != key && it.root == root && it.file == file);
        let TextDocumentItem { uri, version, language_id: language, .. } = item;
        state.open.insert(key, Open { uri, version, document, real, language, root, file });
        if taken {
            state.rehome();
        }
        state.folders.iter_mut().for_each(Folder::forget_links);
        drop(state);
        self.dirty.notify_one();
    }

    /// Applies changes in order. A change without a range replaces the text.
    pub(crate) fn change(&self, uri: &Url, version: i32, changes: &[TextDocumentContentChangeEvent]) {
        let mut state = self.lock();
        let encoding = state.client.encoding;
        let Some(open) = state.open.get_mut(&DocumentKey::of(uri)) else {
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
        let (root, real) = (open.root.clone(), open.real.clone());
        for folder in &mut state.folders {
            if folder.root == root {
                folder.forget_snapshot();
            } else if let Some(real) = &real {
                folder.forget_snapshot_with(real);
            }
        }
        drop(state);
        self.dirty.notify_one();
    }

    pub(crate) fn close(&self, uri: &Url) {
        let mut state = self.lock();
        let key = DocumentKey::of(uri);
        state.tokens.remove(&key);
        if let Some(closed) = state.open.remove(&key) {
            if closed.real.is_some() && state.open.values().any(|it| it.real == closed.real) {
                state.rehome();
            }
            let State { folders, open: others, .. } = &mut *state;
            folders.retain(|folder| !folder.implied || others.values().any(|it| it.root == folder.root));
            folders.iter_mut().for_each(Folder::forget_links);
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
        state.folders.iter_mut().for_each(Folder::forget_links);
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
        let folders = state.folders.iter_mut().filter(|folder| changed.contains(&folder.root));
        folders.for_each(Folder::forget_links);
        drop(state);
        self.dirty.notify_one();
    }

    /// The folder of a document, as it is now. `None` for a document that is not open and in no folder, and for one that
    /// the server is not to speak about.
    pub(crate) fn view(&self, uri: &Url) -> Option<(View, FileName)> {
        let mut state = self.lock();
        let key = DocumentKey::of(uri);
        let (root, file) = match state.open.get(&key) {
            Some(open) => (open.root.clone(), open.file.clone()),
            None => {
                let path = from_proto::path(uri)?;
                if !path.is_file() {
                    return None;
                }
                state.home(&key, "")
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

    /// Looks again when a folder was looked at just as a document of another one changed.
    pub(crate) fn catch_up(&self) {
        if self.lock().folders.iter().any(Folder::is_outdated) {
            self.dirty.notify_one();
        }
    }

    /// Every folder.
    pub(crate) fn all_views(&self) -> Vec<View> {
        let mut state = self.lock();
        let roots: Vec<PathBuf> = state.folders.iter().map(|folder| folder.root.clone()).collect();
        roots.iter().filter_map(|root| state.view(root)).collect()
    }

    /// A name for tokens that the client is about to get.
    pub(crate) fn name_tokens(&self) -> String {
        let mut state = self.lock();
        state.told += 1;
        state.told.to_string()
    }

    /// Keeps the tokens that the client is about to get under that name. Those of a document that is not open are not
    /// kept: nobody will ask what has changed.
    pub(crate) fn tell_tokens(&self, uri: &Url, name: String, tokens: SemanticTokens) {
        let mut state = self.lock();
        let key = DocumentKey::of(uri);
        if state.open.contains_key(&key) {
            state.tokens.insert(key, (name, tokens));
        }
    }

    /// The tokens that the client got under that name, if they are still known.
    pub(crate) fn told_tokens(&self, uri: &Url, name: &str) -> Option<SemanticTokens> {
        let state = self.lock();
        let (told, tokens) = state.tokens.get(&DocumentKey::of(uri))?;
        (told == name).then(|| tokens.clone())
    }

    /// The version of a document now; `None` when it is not open.
    pub(crate) fn version(&self, uri: &Url) -> Option<i32> {
        self.lock().open.get(&DocumentKey::of(uri)).map(|open| open.version)
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
    fn home(&mut self, key: &DocumentKey, language: &str) -> (PathBuf, FileName) {
        let path = match key {
            DocumentKey::File(path) => path,
            DocumentKey::Other(uri) => {
                let root = PathBuf::from(uri.as_str());
                self.imply(&root);
                return (root, FileName::new(&name_of_unsaved(uri, language)));
            }
        };
        let name = |below: &Path| FileName::new(&below.to_string_lossy().replace('\\', "/"));
        if let Some((root, below)) = self.innermost(path, |folder| &folder.root) {
            return (root, name(below));
        }
        // Opened by where it really is, in a folder that was opened by way of a link.
        let place = real(path);
        if let Some((root, below)) = self.innermost(&place, |folder| &folder.real_root) {
            let file = name(below);
            // Unless it is open by that way, too: two buffers have two texts.
            let mut open = self.open.iter();
            if !open.any(|(other, it)| other != key && it.root == root && it.file == file) {
                return (root, file);
            }
        }
        let root = crate::folder::implied_root(path);
        self.imply(&root);
        let file = name(path.strip_prefix(&root).unwrap_or(path));
        (root, file)
    }

    /// The innermost of the client's folders around a path, and the rest of the path.
    fn innermost<'p>(
        &self,
        path: &'p Path,
        root: impl Fn(&Folder) -> &PathBuf,
    ) -> Option<(PathBuf, &'p Path)> {
        let around = self.folders.iter().filter(|it| !it.implied && path.starts_with(root(it)));
        let folder = around.max_by_key(|folder| root(folder).as_os_str().len())?;
        Some((folder.root.clone(), path.strip_prefix(root(folder)).ok()?))
    }

    /// A folder that is named twice is one.
    fn add_folder(&mut self, root: PathBuf) {
        if !self.folders.iter().any(|folder| folder.root == root && !folder.implied) {
            self.folders.push(Folder::new(root));
        }
    }

    fn imply(&mut self, root: &Path) {
        if !self.folders.iter().any(|folder| folder.root == root) {
            self.folders.push(Folder::implied(root.to_owned()));
        }
    }

    /// Finds every open document's folder again after folders came or went.
    fn rehome(&mut self) {
        for key in self.open.keys().cloned().collect::<Vec<_>>() {
            let language = self.open.get(&key).map(|open| open.language.clone()).unwrap_or_default();
            let (root, file) = self.home(&key, &language);
            if let Some(open) = self.open.get_mut(&key) {
                if open.file != file {
                    open.document = Arc::new(Document::new(file.clone(), &open.document.text()));
                }
                (open.root, open.file) = (root, file);
            }
        }
        self.folders.iter_mut().for_each(Folder::forget_links);
    }

    fn view(&mut self, root: &Path) -> Option<View> {
        let places = Arc::new(self.places());
        let State { client, surroundings, schemas, files, folders, open, .. } = self;
        let folder = folders.iter_mut().find(|folder| folder.root == root)?;
        let open = || open.values().filter(|it| it.root == root);
        let documents = open().map(|it| &it.document);
        Some(View {
            snapshot: folder.snapshot(documents, &places.buffers, surroundings, schemas),
            results: folder.results.clone(),
            client: *client,
            encoding: client.encoding,
            root: root.to_owned(),
            real_root: folder.real_root.clone(),
            files: *files,
            open: Arc::new(open().map(|it| (it.file.clone(), (it.uri.clone(), it.version))).collect()),
            places,
            validation: folder.validation().clone(),
        })
    }

    fn places(&self) -> Places {
        let explicit = self.folders.iter().filter(|folder| !folder.implied);
        let on_disk = || self.open.values().filter_map(|it| Some((it.real.clone()?, it)));
        let buffers: Buffers =
            Arc::new(on_disk().map(|(real, it)| (real, Arc::clone(&it.document))).collect());
        Places {
            folders: explicit.map(|folder| (folder.root.clone(), folder.real_root.clone())).collect(),
            open: on_disk().map(|(real, it)| (real, (it.uri.clone(), it.version))).collect(),
            buffers,
        }
    }
}

/// The file name of a document that is on no disk: its own where that says what it is for; else one that the language
/// says. A client that has nothing better sends us what it takes for a test.
fn name_of_unsaved(uri: &Url, language: &str) -> String {
    let name = uri.path().rsplit('/').next().unwrap_or_default();
    if FileRole::of(name).is_some() {
        return name.to_owned();
    }
    let ending = match language {
        "terraform" | "opentofu" => "tf",
        "terraform-vars" | "opentofu-vars" => "tfvars",
        "terraform-mock" => "tfmock.hcl",
        "terraform-test-json" | "json" => "tftest.json",
        _ => "tftest.hcl",
    };
    format!("{name}.{ending}")
}
