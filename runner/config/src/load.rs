//! From a directory to a module with the modules it calls, and to its test files.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;
use syntax::{Diagnostic, Diagnostics, Location};

use crate::check::check_providers;
use crate::decode::mock_file;
use crate::dialect::{Dialect, Dialects};
use crate::facts::FactsCache;
use crate::file_role::{FileRole, read_in};
use crate::files::{FileKind, Files, join, normalize};
use crate::item::Item;
use crate::module::{Module, ModuleCall, ModuleTree};
use crate::source::ModuleAddress;
use crate::test_file::{Run, TestFile};

/// How deep module calls may nest before they are taken to be endless.
const MAX_DEPTH: usize = 64;

/// Loads the module in `dir` and, through local sources, every module below it.
///
/// A directory that cannot be read is an empty module with a diagnostic. What is not a local directory is not looked
/// for: `.terraform` is never read.
pub fn load_module(files: &dyn Files, dir: &str, dialect: Dialect, cache: &FactsCache) -> Arc<ModuleTree> {
    let dir = normalize(dir);
    let mut diagnostics = Vec::new();
    if files.kind(&dir) != Some(FileKind::Directory) {
        diagnostics.push(
            Diagnostic::error(
                "Failed to read module directory",
                format!("Module directory {dir} does not exist or cannot be read."),
            )
            .with_code("unreadable-module"),
        );
    }
    let mut loader = Loader { files, dialect, cache, path: Vec::new(), known: HashMap::new() };
    loader.tree(dir, diagnostics)
}

/// Loads the module that a run block of `file` names in place of the one under test; `root_dir` is the module under
/// test's directory, which a local source counts from.
///
/// `Err` is the diagnostic that stands on the run's `module` block.
pub fn load_run_module(
    files: &dyn Files,
    root_dir: &str,
    file: &TestFile,
    run: &Item<Run>,
    cache: &FactsCache,
) -> Option<Result<Arc<ModuleTree>, Diagnostic>> {
    let source = run.module.as_ref()?;
    let place = run.locate(source.header);
    let dir = match ModuleAddress::parse(&source.source, source.version.is_some()) {
        ModuleAddress::Local(path) => join(root_dir, &path),
        _ => return Some(Err(not_installed(place))),
    };
    if files.kind(&dir) != Some(FileKind::Directory) {
        return Some(Err(unreadable(&dir, &run.name, place)));
    }
    let dialect = file.dialect;
    let mut loader = Loader { files, dialect, cache, path: Vec::new(), known: HashMap::new() };
    Some(Ok(loader.tree(dir, Vec::new())))
}

/// Finds and loads the test files of a module: those in its directory, and those directly in `test_directory` below
/// it. In byte order of their names, which is the order in which they run.
pub fn load_tests(
    files: &dyn Files,
    root_dir: &str,
    test_directory: &str,
    dialects: Dialects,
    cache: &FactsCache,
) -> Vec<TestFile> {
    let paths = find_tests(files, root_dir, test_directory, dialects);
    paths.iter().map(|path| load_test_file(files, root_dir, path, dialects, cache)).collect()
}

/// The names of the test files of a module, without reading them.
pub fn find_tests(
    files: &dyn Files,
    root_dir: &str,
    test_directory: &str,
    dialects: Dialects,
) -> Vec<String> {
    let root = normalize(root_dir);
    let tests = join(&root, test_directory);
    let mut dirs = vec![root];
    if !dirs.contains(&tests) {
        dirs.push(tests);
    }
    let in_dir = |dir: &String| files_in(files, dir, FileRole::Test, dialects);
    let mut paths: Vec<String> = dirs.iter().flat_map(in_dir).collect();
    paths.sort();
    paths
}

/// The paths of the files in a directory that have a role, in the order of their names. Of a directory that cannot be
/// read there are none.
fn files_in(files: &dyn Files, dir: &str, role: FileRole, dialects: Dialects) -> Vec<String> {
    let entries = files.list(dir).unwrap_or_default();
    let names: Vec<String> =
        entries.into_iter().filter(|entry| !entry.is_dir).map(|entry| entry.name).collect();
    read_in(&names, role, dialects).into_iter().map(|name| join(dir, name)).collect()
}

/// Loads one test file. One that cannot be read is empty and has a diagnostic.
pub fn load_test_file(
    files: &dyn Files,
    root_dir: &str,
    path: &str,
    dialects: Dialects,
    cache: &FactsCache,
) -> TestFile {
    let dialect = dialects.of_file(path);
    match files.document(path, cache) {
        Ok(document) => {
            let mut file = TestFile::merge(&document, dialect, cache);
            not_text(files, path, &mut file.diagnostics);
            load_mocks(&mut file, files, root_dir, cache);
            file
        }
        Err(error) => {
            let mut file = TestFile { name: path.into(), dialect, ..TestFile::default() };
            file.diagnostics.push(unreadable_file(path, &error.to_string()));
            file
        }
    }
}

/// Reads the mock files that a test file names. What they say is used when mocks are; errors in them count now.
fn load_mocks(file: &mut TestFile, files: &dyn Files, root_dir: &str, cache: &FactsCache) {
    for provider in file.mock_providers.clone() {
        let Some((source, _)) = &provider.source else { continue };
        let dir = join(root_dir, source);
        if files.list(&dir).is_err() {
            file.diagnostics.push(
                Diagnostic::error(
                    "Failed to read mock data directory",
                    format!("Mock data directory {source} does not exist or cannot be read."),
                )
                .at(provider.locate(provider.header))
                .with_code("unreadable-mocks"),
            );
            continue;
        }
        for path in files_in(files, &dir, FileRole::Mocks, Dialects::only(file.dialect)) {
            if let Ok(document) = files.document(&path, cache) {
                let (_, findings) = mock_file(&document, file.dialect);
                file.report(&findings, &document);
            }
        }
    }
}

struct Loader<'a> {
    files: &'a dyn Files,
    dialect: Dialect,
    cache: &'a FactsCache,
    /// The directories from the root to the module being loaded.
    path: Vec<String>,
    /// Trees that are complete, so that a module that is called from many places is loaded once.
    known: HashMap<String, Arc<ModuleTree>>,
}

impl Loader<'_> {
    fn tree(&mut self, dir: String, mut diagnostics: Diagnostics) -> Arc<ModuleTree> {
        if let Some(tree) = self.known.get(&dir) {
            return Arc::clone(tree);
        }
        let module = self.module(&dir, &mut diagnostics);
        self.path.push(dir.clone());
        let mut children = IndexMap::new();
        for (name, call) in &module.calls {
            if let Some(child) = self.child(&dir, &module, call, &mut diagnostics) {
                children.insert(name.clone(), child);
            }
        }
        self.path.pop();
        let tree = Arc::new(ModuleTree { module, children, diagnostics });
        self.known.insert(dir, Arc::clone(&tree));
        tree
    }

    fn module(&self, dir: &str, diagnostics: &mut Diagnostics) -> Arc<Module> {
        let mut documents = Vec::new();
        for path in files_in(self.files, dir, FileRole::Module, Dialects::only(self.dialect)) {
            match self.files.document(&path, self.cache) {
                Ok(document) => {
                    not_text(self.files, &path, diagnostics);
                    documents.push(document);
                }
                Err(error) => diagnostics.push(unreadable_file(&path, &error.to_string())),
            }
        }
        let dialect = self.dialect;
        self.cache
            .merged(dir, dialect, documents, |documents| Module::merge(dir, dialect, documents, self.cache))
    }

    fn child(
        &mut self,
        dir: &str,
        module: &Module,
        call: &Item<ModuleCall>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Arc<ModuleTree>> {
        // A source that is missing or wrong has been reported with the declaration.
        let (source, _) = call.source.as_ref()?;
        let place = call.locate(call.header);
        let path = match ModuleAddress::parse(source, call.version.is_some()) {
            ModuleAddress::Local(path) => path,
            ModuleAddress::Invalid { .. } => return None,
            ModuleAddress::Registry(_) | ModuleAddress::Remote(_) => {
                diagnostics.push(not_installed(place));
                return None;
            }
        };
        let target = join(dir, &path);
        if self.path.contains(&target) || self.path.len() >= MAX_DEPTH {
            diagnostics.push(
                Diagnostic::error(
                    "Module calls itself",
                    format!(
                        "The module in {target} is called by itself, directly or through the modules it calls, so that \
                         its configuration would never end."
                    ),
                )
                .at(place)
                .with_code("recursive-module"),
            );
            return None;
        }
        if self.files.kind(&target) != Some(FileKind::Directory) {
            let line = module.declared_at(&place);
            let line = line.split(',').next().unwrap_or_default();
            diagnostics.push(
                Diagnostic::error(
                    "Unreadable module directory",
                    format!(
                        "The directory {target} could not be read for module {} at {line}.",
                        lang::quote(&call.name)
                    ),
                )
                .at(place)
                .with_code("unreadable-module"),
            );
            return None;
        }
        Some(self.tree(target, Vec::new()))
    }
}

/// Says where a file has bytes that are no text: its document has other characters in their place.
fn not_text(files: &dyn Files, path: &str, sink: &mut Diagnostics) {
    // In JSON such bytes are no mistake.
    if path.ends_with(".json") {
        return;
    }
    let Ok(bytes) = files.read_bytes(path) else { return };
    if std::str::from_utf8(&bytes).is_err() {
        sink.extend(syntax::decode(&path.into(), &bytes).diagnostics);
    }
}

fn not_installed(place: Location) -> Diagnostic {
    Diagnostic::error(
        "Module not installed",
        "This module is not yet installed. Run \"terraform init\" to install all modules required by this \
         configuration.",
    )
    .at(place)
    .with_code("module-not-installed")
}

fn unreadable(dir: &str, run: &str, place: Location) -> Diagnostic {
    Diagnostic::error(
        "Unreadable module directory",
        format!("The directory {dir} could not be read for the module of run {}.", lang::quote(run)),
    )
    .at(place)
    .with_code("unreadable-module")
}

fn unreadable_file(path: &str, why: &str) -> Diagnostic {
    Diagnostic::error(
        "Failed to read file",
        format!("The file {} could not be read: {why}.", lang::quote(path)),
    )
    .with_code("unreadable-file")
}

impl ModuleTree {
    /// Every diagnostic of this module and the modules below it; modules that are called twice count once.
    pub fn all_diagnostics(&self) -> Diagnostics {
        let mut seen = Vec::new();
        let mut all = Vec::new();
        self.collect(&mut seen, &mut all);
        // Of a module that cannot be read at all, Terraform asks nothing more.
        if !self.module.diagnostics.iter().any(Diagnostic::is_error) {
            all.extend(check_providers(self));
        }
        all
    }

    fn collect<'a>(&'a self, seen: &mut Vec<&'a str>, all: &mut Diagnostics) {
        if seen.contains(&self.module.dir.as_str()) {
            return;
        }
        seen.push(&self.module.dir);
        all.extend(self.module.diagnostics.iter().cloned());
        all.extend(self.diagnostics.iter().cloned());
        self.children.values().for_each(|child| child.collect(seen, all));
    }
}
