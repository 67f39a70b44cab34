//! A workspace folder at one moment: its files, the unsaved ones over those on disk, and what they declare.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use config::{
    Choice, Dialect, Dialects, FileRole, Files, Module, ModuleTree, Overlay, Run, TestFile, TestId,
};
use syntax::{Chunk, Document, FileName, Location, Operand, Origin, SmolStr, Span};

use crate::cache::Cache;
use crate::mentions::{self, Mention, Scope};
use crate::occurrences::Placed;
use crate::parts::Holder;
use crate::pieces;
use crate::project::{Project, ProjectKey};
use crate::results::{RunResult, RunResults};
use crate::surroundings::Surroundings;
use crate::symbol::{Home, Occurrence, Role, Symbol};
use crate::world::World;

/// What every feature reads. Cheap to clone; nothing in it changes.
#[derive(Clone)]
pub struct Snapshot(Arc<Inner>);

struct Inner {
    files: Overlay<Arc<dyn Files>>,
    cache: Arc<Cache>,
    surroundings: Surroundings,
    open: BTreeMap<FileName, Arc<Document>>,
    /// Read when first asked for, and never again: a change of any file makes another snapshot.
    projects: Mutex<Projects>,
    world: Arc<World>,
    inventory: OnceLock<Arc<[FileName]>>,
}

/// By the dialect that their modules are read in, too: a folder may have test files of both tools.
type Projects = HashMap<(ProjectKey, Dialect), Arc<Project>>;

/// A chunk and the place of its first byte.
pub(crate) struct PlacedChunk {
    pub(crate) base: u32,
    pub(crate) chunk: Arc<Chunk>,
}

impl Snapshot {
    /// The folder whose saved files are `disk` and whose unsaved ones are `open`. `cache` keeps what is known about
    /// chunks from one snapshot to the next.
    pub fn new<'d>(
        disk: Arc<dyn Files>,
        open: impl IntoIterator<Item = &'d Arc<Document>>,
        cache: Arc<Cache>,
        surroundings: Surroundings,
    ) -> Snapshot {
        let mut files = Overlay::new(disk);
        let mut documents = BTreeMap::new();
        for document in open {
            files.insert(Arc::clone(document));
            documents.insert(document.file().clone(), Arc::clone(document));
        }
        let world = World::of(files.below(), documents.values(), &surroundings, &cache.world);
        Snapshot(Arc::new(Inner {
            files,
            cache,
            surroundings,
            open: documents,
            projects: Mutex::default(),
            world,
            inventory: OnceLock::new(),
        }))
    }

    /// The folder's files as the user sees them, saved or not.
    pub fn files(&self) -> &dyn Files {
        &self.0.files
    }

    /// What is known about chunks.
    pub(crate) fn cache(&self) -> &Cache {
        &self.0.cache
    }

    /// The text of a file with its tree.
    pub fn document(&self, file: &FileName) -> Option<Arc<Document>> {
        match self.0.open.get(file) {
            Some(document) => Some(Arc::clone(document)),
            None => self.0.files.document(file.as_str(), &self.0.cache.facts).ok(),
        }
    }

    /// The module that a file belongs to, with its tests.
    pub fn project(&self, file: &FileName) -> Arc<Project> {
        self.load(self.0.world.key(file, &self.0.files), self.choice(file))
    }

    /// A test file as its project has read it; `None` for other files.
    pub fn test_file(&self, file: &FileName) -> Option<Arc<TestFile>> {
        self.project(file).test_file(file).cloned()
    }

    /// The dialect that a file is read in.
    pub fn dialect(&self, file: &FileName) -> Dialect {
        self.choice(file).dialect
    }

    /// The dialect that a file is read in, and why.
    pub fn choice(&self, file: &FileName) -> Choice {
        let Inner { world, files, surroundings, cache, .. } = &*self.0;
        world.choice(file, files, surroundings, &cache.facts)
    }

    /// Whose rules the folder's files follow.
    pub fn dialects(&self) -> Dialects {
        self.0.surroundings.dialects
    }

    pub(crate) fn surroundings(&self) -> &Surroundings {
        &self.0.surroundings
    }

    /// Whether the documents are on no disk, and nothing is known of the files beside them.
    pub(crate) fn is_alone(&self) -> bool {
        self.0.surroundings.alone
    }

    /// The run blocks of a test file with their ids.
    pub fn runs(&self, file: &FileName) -> Vec<(TestId, config::Item<Run>)> {
        let project = self.project(file);
        let Some(test_file) = project.test_file(file) else { return Vec::new() };
        let ids = TestId::of_runs(project.dir(), test_file);
        ids.into_iter().zip(test_file.runs.iter()).collect()
    }

    /// The run block of a test file that `offset` lies in.
    pub(crate) fn run_at(&self, file: &FileName, offset: u32) -> Option<config::Item<Run>> {
        let (_, run) = self.project(file).test_file(file)?.runs.touching(Span::at(offset)).next()?;
        Some(run)
    }

    /// The values of the operands of each assertion of a file's run block when it ran; `None` when it has not run, or has
    /// changed since.
    pub(crate) fn values_of<'r>(
        &self,
        results: &'r RunResults,
        file: &FileName,
        run: usize,
    ) -> Option<&'r [Vec<Operand>]> {
        self.result_of(results, file, run).map(|result| &*result.operands)
    }

    /// The verdict of a file's run block; `None` when it has not run, or has changed since.
    pub(crate) fn result_of<'r>(
        &self,
        results: &'r RunResults,
        file: &FileName,
        run: usize,
    ) -> Option<&'r RunResult> {
        if results.is_empty() {
            return None;
        }
        let project = self.project(file);
        let id = &TestId::of_run(project.dir(), project.test_file(file)?, run)?;
        results.get(id).filter(|result| result.is_current(id, self))
    }

    /// The text of a run block.
    pub fn run_text(&self, id: &TestId) -> Option<Arc<str>> {
        let project = self.project(&id.file);
        let run = project.run(id)?;
        self.piece_at(&id.file, run.locate(run.name_span).span.start).map(|(_, text)| text)
    }

    /// The text of the block (or attribute) around `offset`, and where it begins.
    pub(crate) fn piece_at(&self, file: &FileName, offset: u32) -> Option<(u32, Arc<str>)> {
        pieces::piece_at(&*self.document(file)?, offset)
    }

    /// Where the block of this text begins now; of several, the one nearest to `near`.
    pub(crate) fn find_piece(&self, file: &FileName, text: &str, near: u32) -> Option<u32> {
        pieces::find(&*self.document(file)?, text, near)
    }

    /// The chunk that the cursor is in or behind.
    pub(crate) fn chunk_touching(&self, file: &FileName, offset: u32) -> Option<PlacedChunk> {
        let document = self.document(file)?;
        let (origin, chunk) = document.chunk_at(offset)?;
        Some(PlacedChunk { base: origin.base, chunk: Arc::clone(chunk) })
    }

    /// What is named at `offset`: the shortest name there.
    pub(crate) fn occurrence_at(&self, file: &FileName, offset: u32) -> Option<Occurrence> {
        self.occurrences_at(file, offset).into_iter().next()
    }

    /// Everything that the shortest name at `offset` stands for.
    pub(crate) fn occurrences_at(&self, file: &FileName, offset: u32) -> Vec<Occurrence> {
        let Some(document) = self.document(file) else { return Vec::new() };
        let placed = self.placed(file);
        let touching = Span::new(offset.saturating_sub(1), offset);
        let mut found: Vec<Occurrence> = Vec::new();
        for (origin, chunk) in document.chunks_in(touching) {
            let mentions = self.mentions(file, chunk);
            let here = mentions.iter().filter(|it| it.span.shifted(origin.base).touches(offset));
            found.extend(here.flat_map(|it| occurrences_of_mention(&placed, it, &origin)));
        }
        found.retain(|it| !matches!(it.symbol, Symbol::Outputs { .. }));
        let shortest = |it: &Occurrence| (it.location.span.len(), it.location.span.start);
        let least = found.iter().map(shortest).min();
        found.retain(|it| Some(shortest(it)) == least);
        found
    }

    /// Every place of one file that names `symbol`, from top to bottom.
    pub(crate) fn occurrences_in(&self, file: &FileName, symbol: &Symbol) -> Vec<Occurrence> {
        let Some(document) = self.document(file) else { return Vec::new() };
        let mut found = Vec::new();
        let mut placed = None;
        let finder = symbol.name().map(|name| memchr::memmem::Finder::new(name.as_bytes()));
        for (origin, chunk) in document.chunks() {
            // Names that are escaped in JSON are still names.
            let has = |finder: &memchr::memmem::Finder<'_>| finder.find(chunk.text.as_bytes()).is_some();
            if !finder.as_ref().is_none_or(has) && chunk.body.json.is_none() {
                continue;
            }
            let placed = placed.get_or_insert_with(|| self.placed(file));
            for mention in self.mentions(file, chunk).iter().filter(|it| it.may_be(symbol)) {
                let all = occurrences_of_mention(placed, mention, &origin);
                found.extend(all.into_iter().filter(|it| it.symbol == *symbol));
            }
        }
        found.sort_by_key(|it| it.location.span);
        found.dedup();
        found
    }

    /// Where `symbol` is declared: the declaration that counts, or every run block of that name.
    pub(crate) fn definitions(&self, file: &FileName, symbol: &Symbol) -> Vec<Occurrence> {
        let place = match symbol {
            Symbol::Run { file, .. } | Symbol::FileVariable { file, .. } => {
                let all = self.occurrences_in(file, symbol);
                return all.into_iter().filter(Occurrence::is_definition).collect();
            }
            Symbol::Provider { home, .. } => {
                let files = match home {
                    Home::File(file) => vec![file.clone()],
                    Home::Module(dir) => self.files_of_module(file, dir),
                };
                let all = files.iter().flat_map(|file| self.occurrences_in(file, symbol));
                return all.filter(Occurrence::is_definition).collect();
            }
            Symbol::Module { .. } | Symbol::Outputs { .. } => None,
            Symbol::Variable { module, .. }
            | Symbol::Local { module, .. }
            | Symbol::Output { module, .. }
            | Symbol::Resource { module, .. }
            | Symbol::ModuleCall { module, .. }
            | Symbol::Check { module, .. } => {
                self.tree(file, module).and_then(|tree| declared_in(&tree.module, symbol))
            }
        };
        let word = |place: &Location| {
            let text = self.document(&place.file).map(|document| document.slice(place.span));
            unquoted(text.as_deref().unwrap_or_default(), place.span)
        };
        let occurrence = |location: Location| Occurrence {
            symbol: symbol.clone(),
            word: word(&location),
            location,
            role: Role::Declare,
        };
        place.map(occurrence).into_iter().collect()
    }

    /// The module in `dir`, with the modules it calls as the projects of `file` see them.
    pub(crate) fn tree(&self, file: &FileName, dir: &str) -> Option<Arc<ModuleTree>> {
        let known = self.projects_with(file).into_iter().find_map(|project| project.tree_in(dir).cloned());
        known.or_else(|| {
            let key = ProjectKey { dir: dir.to_owned(), test_directory: "tests".to_owned() };
            Some(Arc::clone(self.load(key, self.choice(file)).tree()))
        })
    }

    pub(crate) fn files_of_module(&self, file: &FileName, dir: &str) -> Vec<FileName> {
        let Some(tree) = self.tree(file, dir) else { return Vec::new() };
        tree.module.sources.iter().map(|document| document.file().clone()).collect()
    }

    /// The names of every file of the folder that declares or names something, in order.
    pub(crate) fn inventory(&self) -> &[FileName] {
        self.0.inventory.get_or_init(|| self.cache().inventory.read(&self.0.files, self.0.open.keys()))
    }

    /// Whether the editor has the file open.
    pub(crate) fn is_open(&self, file: &FileName) -> bool {
        self.0.open.contains_key(file)
    }

    /// The names in a chunk of a file.
    pub(crate) fn mentions(&self, file: &FileName, chunk: &Arc<Chunk>) -> Arc<Vec<Mention>> {
        let (holder, dialect) = (Holder::of_file(file), self.dialect(file));
        let cache = self.cache();
        cache
            .mentions
            .get(chunk, (holder, dialect), || mentions::of_chunk(chunk, file, holder, dialect, &cache.facts))
    }

    /// The file in every project that it is part of.
    pub(crate) fn placed(&self, file: &FileName) -> Vec<Placed> {
        let placed = |project| Placed { project, file: file.clone() };
        self.projects_with(file).into_iter().map(placed).collect()
    }

    /// The beginning of a module: of `main.tf`, or of its first file.
    pub(crate) fn start_of_module(&self, dir: &SmolStr) -> Option<Location> {
        let entries = self.0.files.list(dir).ok()?;
        let mut names = entries.iter().map(|entry| &entry.name).filter(|name| is_module_file(name));
        let main = names.clone().find(|name| ["main.tf", "main.tf.json"].contains(&name.as_str()));
        let name = config::files::join(dir, main.or_else(|| names.next())?);
        Some(Location { file: FileName::new(&name), span: Span::at(0) })
    }

    /// The file's own project, and those of open test files that read it as part of their modules.
    fn projects_with(&self, file: &FileName) -> Vec<Arc<Project>> {
        let own = self.project(file);
        let mut projects = vec![Arc::clone(&own)];
        if !is_module_file(file.as_str()) {
            return projects;
        }
        let dir = directory(file);
        for test_file in self.0.open.keys().filter(|file| is_test_file(file)) {
            let project = self.project(test_file);
            let known = projects.iter().any(|other| Arc::ptr_eq(other, &project));
            if !known && project.tree_in(dir).is_some() {
                projects.push(project);
            }
        }
        projects
    }

    fn load(&self, key: ProjectKey, choice: Choice) -> Arc<Project> {
        let key = (key, choice.dialect);
        if let Some(project) = self.projects().get(&key) {
            return Arc::clone(project);
        }
        // Loading outside of the lock: another thread may do the same work, and both get the same answer.
        let Inner { world, files, surroundings, cache, .. } = &*self.0;
        let modules = world.modules(&key.0, choice, files, surroundings, &cache.facts);
        let project = Project::load(files, &key.0, modules, surroundings.dialects, &cache.facts);
        let project = Arc::new(project);
        Arc::clone(self.projects().entry(key).or_insert(project))
    }

    fn projects(&self) -> std::sync::MutexGuard<'_, Projects> {
        self.0.projects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a mention stands for in each of a file's projects.
fn occurrences_of_mention(placed: &[Placed], mention: &Mention, origin: &Origin) -> Vec<Occurrence> {
    let mut found: Vec<Occurrence> = Vec::new();
    for symbol in placed.iter().flat_map(|it| it.site().symbols(mention)) {
        let role = match symbol {
            Symbol::FileVariable { .. } if mention.scope == Scope::File => Role::Declare,
            Symbol::Provider { home: Home::File(_), .. } if mention.role == Role::Write => Role::Declare,
            _ => mention.role,
        };
        let (location, word) = (origin.locate(mention.span), mention.word.shifted(origin.base));
        let occurrence = Occurrence { symbol, location, word, role };
        if !found.contains(&occurrence) {
            found.push(occurrence);
        }
    }
    found
}

/// The declaration in a module, after its files were put together.
fn declared_in(module: &Module, symbol: &Symbol) -> Option<Location> {
    match symbol {
        Symbol::Variable { name, .. } => module.variables.get(name).map(|it| it.locate(it.name_span)),
        Symbol::Local { name, .. } => module.locals.get(name).map(|it| it.locate(it.name_span)),
        Symbol::Output { name, .. } => module.outputs.get(name).map(|it| it.locate(it.name_span)),
        Symbol::ModuleCall { name, .. } => module.calls.get(name).map(|it| it.locate(it.name_span)),
        Symbol::Check { name, .. } => module.checks.get(name).map(|it| it.locate(it.name_span)),
        Symbol::Resource { addr, .. } => match module.resources.get(addr) {
            Some(it) => Some(it.locate(it.name_span)),
            None => module.checks.values().find_map(|it| {
                let data = it.data.as_ref().filter(|data| data.addr == *addr)?;
                Some(it.locate(data.name_span))
            }),
        },
        _ => None,
    }
}

/// The span of a text without the quotes around it.
pub(crate) fn unquoted(text: &str, span: Span) -> Span {
    if text.len() >= 2 && text.starts_with('"') && text.ends_with('"') {
        Span::new(span.start + 1, span.end - 1)
    } else {
        span
    }
}

/// Whether a name is that of a test file.
pub(crate) fn is_test_file(file: &FileName) -> bool {
    FileRole::of(file.as_str()) == Some(FileRole::Test)
}

/// Whether a name is that of a module's file.
pub(crate) fn is_module_file(name: &str) -> bool {
    FileRole::of(name) == Some(FileRole::Module)
}

/// The directory of a file; `.` for the folder itself.
pub(crate) fn directory(file: &FileName) -> &str {
    file.as_str().rsplit_once('/').map_or(".", |(dir, _)| dir)
}
