//! A workspace folder at one moment: its files, the unsaved ones over those on disk, and what they declare.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use config::{Choice, Dialect, Dialects, FactsCache, FileRole, Files, Overlay, Run, TestFile, TestId};
use syntax::{Chunk, Document, FileName, Location, SmolStr, Span};

use crate::pieces;
use crate::project::{Project, ProjectKey};
use crate::surroundings::Surroundings;
use crate::symbol::{Occurrence, Symbol};

/// What every feature reads. Cheap to clone; nothing in it changes.
#[derive(Clone)]
pub struct Snapshot(Arc<Inner>);

struct Inner {
    files: Overlay<Arc<dyn Files>>,
    cache: Arc<FactsCache>,
    surroundings: Surroundings,
    open: BTreeMap<FileName, Arc<Document>>,
    /// Read when first asked for, and never again: a change of any file makes another snapshot.
    projects: Mutex<Projects>,
    /// The dialects of files by their names, chosen when first asked for.
    choices: Mutex<HashMap<FileName, Choice>>,
}

/// By the dialect that their modules are read in, too: a folder may have test files of both tools.
type Projects = HashMap<(ProjectKey, Dialect), Arc<Project>>;

/// A chunk and the place of its first byte.
pub(crate) struct PlacedChunk {
    pub(crate) base: u32,
    pub(crate) chunk: Arc<Chunk>,
}

impl Snapshot {
    /// The folder whose saved files are `disk` and whose unsaved ones are `open`. `cache` keeps what chunks declare
    /// from one snapshot to the next.
    pub fn new<'d>(
        disk: Arc<dyn Files>,
        open: impl IntoIterator<Item = &'d Arc<Document>>,
        cache: Arc<FactsCache>,
        surroundings: Surroundings,
    ) -> Snapshot {
        let mut files = Overlay::new(disk);
        let mut documents = BTreeMap::new();
        for document in open {
            files.insert(Arc::clone(document));
            documents.insert(document.file().clone(), Arc::clone(document));
        }
        Snapshot(Arc::new(Inner {
            files,
            cache,
            surroundings,
            open: documents,
            projects: Mutex::default(),
            choices: Mutex::default(),
        }))
    }

    /// The folder's files as the user sees them, saved or not.
    pub fn files(&self) -> &dyn Files {
        &self.0.files
    }

    /// The text of a file with its tree.
    pub fn document(&self, file: &FileName) -> Option<Arc<Document>> {
        match self.0.open.get(file) {
            Some(document) => Some(Arc::clone(document)),
            None => self.0.files.document(file.as_str(), &self.0.cache).ok(),
        }
    }

    /// The module that a file belongs to, with its tests.
    pub fn project(&self, file: &FileName) -> Arc<Project> {
        self.load(ProjectKey::of_file(file, &self.0.files), self.choice(file))
    }

    /// A test file as its project has read it; `None` for other files.
    pub fn test_file(&self, file: &FileName) -> Option<TestFile> {
        self.project(file).test_file(file).cloned()
    }

    /// The dialect that a file is read in.
    pub fn dialect(&self, file: &FileName) -> Dialect {
        self.choice(file).dialect
    }

    /// The dialect that a file is read in, and why.
    pub fn choice(&self, file: &FileName) -> Choice {
        let choices = || self.0.choices.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(choice) = choices().get(file) {
            return choice.clone();
        }
        let dir = ProjectKey::of_file(file, &self.0.files).dir;
        let choice = self.dialects().of_file(&self.0.files, &dir, file.as_str(), &self.0.cache);
        choices().entry(file.clone()).or_insert(choice).clone()
    }

    /// Whose rules the folder's files follow.
    pub fn dialects(&self) -> Dialects {
        self.0.surroundings.dialects
    }

    /// The run blocks of a test file with their ids.
    pub fn runs(&self, file: &FileName) -> Vec<(TestId, config::Item<Run>)> {
        let project = self.project(file);
        let Some(test_file) = project.test_file(file) else { return Vec::new() };
        let ids = TestId::of_runs(project.dir(), test_file);
        ids.into_iter().zip(test_file.runs.iter().cloned()).collect()
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
        let touches = |it: &&Occurrence| it.location.file == *file && it.location.span.touches(offset);
        self.projects_with(file)
            .iter()
            .flat_map(|project| project.occurrences().iter().filter(touches))
            .min_by_key(|it| (it.location.span.len(), it.location.span.start))
            .cloned()
    }

    /// Every place that names `symbol` in the projects that `file` is part of.
    pub(crate) fn occurrences_of(&self, file: &FileName, symbol: &Symbol) -> Vec<Occurrence> {
        let projects = self.projects_with(file);
        let all = projects.iter().flat_map(|project| project.occurrences());
        let mut found: Vec<Occurrence> = all.filter(|it| it.symbol == *symbol).cloned().collect();
        found.sort_by(|a, b| (&a.location.file, a.location.span).cmp(&(&b.location.file, b.location.span)));
        found.dedup();
        found
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
        if is_test_file(file) {
            return projects;
        }
        let dir = directory(file);
        for test_file in self.0.open.keys().filter(|file| is_test_file(file)) {
            let project = self.project(test_file);
            let known = projects.iter().any(|other| Arc::ptr_eq(other, &project));
            if !known && project.reads_module(dir) {
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
        let project =
            Arc::new(Project::load(&self.0.files, &key.0, choice, &self.0.cache, &self.0.surroundings));
        Arc::clone(self.projects().entry(key).or_insert(project))
    }

    fn projects(&self) -> std::sync::MutexGuard<'_, Projects> {
        self.0.projects.lock().unwrap_or_else(PoisonError::into_inner)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Editing one run block of many reads that block again and nothing else.
    #[test]
    fn an_edit_is_little_work() {
        let run = |n: usize| {
            format!(
                "run \"r{n}\" {{\n  assert {{\n    condition     = output.x == {n}\n    error_message = \"\"\n  }}\n}}\n"
            )
        };
        let text: String = (0..50).map(run).collect();
        let files = config::MemoryFiles::new([("main.tf", "output \"x\" {\n  value = 1\n}\n")]);
        let files: Arc<dyn Files> = Arc::new(files);
        let cache = Arc::new(FactsCache::new());
        let file = FileName::new("main.tftest.hcl");
        let mut document = Document::new(file.clone(), &text);
        let look = |document: &Document| {
            let open = Arc::new(document.clone());
            let snapshot =
                Snapshot::new(Arc::clone(&files), [&open], Arc::clone(&cache), Surroundings::default());
            crate::diagnostics(&snapshot, &file).len()
        };
        assert_eq!(look(&document), 0);
        let before = cache.work();
        let at = text.find("x == 7").unwrap() as u32;
        let stats = document.edit(Span::new(at, at + 1), "y");
        assert_eq!(stats.reparsed_chunks, 1);
        assert_eq!(look(&document), 1);
        let after = cache.work();
        assert_eq!(after.lowered_chunks - before.lowered_chunks, 1);
        assert_eq!((after.parsed_files, after.merged_modules), (before.parsed_files, before.merged_modules));
    }
}
