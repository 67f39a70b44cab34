//! From a directory to a module with the modules it calls, and to its test files.

mod early_source;
mod instances;
mod manifest;
mod passing;
mod test_file;
mod tree;

use std::cell::LazyCell;
use std::collections::HashMap;
use std::sync::Arc;

use syntax::{Diagnostic, Diagnostics, SmolStr};

use crate::dialect::{Choice, Dialects, Feature, Reason, Tool};
use crate::early::{Defaults, Early, OfRun};
use crate::facts::FactsCache;
use crate::file_role::{FileRole, Readers, is_test_of_opentofu, read_even_hidden, read_in};
use crate::files::{FileKind, Files, join, normalize};
use crate::item::Item;
use crate::module::ModuleTree;
use crate::source::ModuleAddress;
use crate::test_file::{Run, TestFile};

use manifest::Manifest;
use passing::MOST_CALLS;
pub(crate) use test_file::ReadTest;
use test_file::load_in;
pub use test_file::load_test_file;
use tree::{Loader, Wanted};

/// Loads the module in `dir` and, through local sources, every module below it.
///
/// A directory that cannot be read is an empty module with a diagnostic. Modules that are no local directories have to be
/// installed: `terraform init` has written down where they are.
pub fn load_module(
    files: &dyn Files,
    dir: &str,
    choice: impl Into<Choice>,
    cache: &FactsCache,
) -> Arc<ModuleTree> {
    load_module_with(files, dir, choice, cache, &Defaults)
}

/// The same where it is known what variables are given: sources of modules may be made of them.
pub fn load_module_with(
    files: &dyn Files,
    dir: &str,
    choice: impl Into<Choice>,
    cache: &FactsCache,
    early: &dyn Early,
) -> Arc<ModuleTree> {
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
    let mut loader = Loader::new(files, &dir, choice.into(), cache, early);
    with_passing(loader.tree(dir, "", None, diagnostics), cache)
}

/// The whole tree, with what is wrong with the provider configurations that its calls pass.
///
/// Of a root module that has errors itself, Terraform looks no further.
fn with_passing(tree: Arc<ModuleTree>, cache: &FactsCache) -> Arc<ModuleTree> {
    if tree.own_diagnostics().iter().any(Diagnostic::is_error) {
        return tree;
    }
    let found = passing::check(&tree);
    if found.is_empty() {
        return tree;
    }
    let mut tree = Arc::unwrap_or_clone(tree);
    tree.diagnostics.extend(found);
    cache.same_root(tree)
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
    load_run_module_with(files, root_dir, (file, run), cache, &Defaults)
}

/// The same where it is known what variables are given.
pub fn load_run_module_with(
    files: &dyn Files,
    root_dir: &str,
    (file, run): (&TestFile, &Item<Run>),
    cache: &FactsCache,
    early: &dyn Early,
) -> Option<Result<Arc<ModuleTree>, Diagnostic>> {
    let source = run.module.as_ref()?;
    let request = Wanted {
        key: run_key(root_dir, file.name.as_str(), &run.name),
        address: ModuleAddress::parse(&source.source, source.version.is_some(), file.dialect.tool),
        version: source.version.as_ref().map(|(version, _)| version),
        header: run.locate(source.header),
        source: run.locate(source.source_argument),
        who: &|_| format!("the module of run {}", lang::quote(&run.name)),
    };
    let choice = Choice { dialect: file.dialect, reason: file.reason.clone() };
    let tested = Loader::new(files, root_dir, choice.clone(), cache, early);
    let tested = move || tested.module(&normalize(root_dir), &mut Diagnostics::new());
    let early = OfRun { tested: LazyCell::new(Box::new(tested)), run, outside: early };
    let mut loader = Loader::new(files, root_dir, choice, cache, &early);
    let found = loader.find(root_dir, &request)?;
    Some(found.map(|dir| with_passing(loader.tree(dir, &request.key, None, Vec::new()), cache)))
}

/// The key under which `init` writes down the module of a run: `test.tests.main.setup` for the run `setup` of
/// `tests/main.tftest.hcl`.
fn run_key(root_dir: &str, file: &str, run: &str) -> String {
    let root = normalize(root_dir);
    let below = file.strip_prefix(&root).and_then(|below| below.strip_prefix('/')).unwrap_or(file);
    let stem = [".hcl", ".json"].iter().find_map(|end| below.strip_suffix(end)).unwrap_or(below);
    let stem = [".tftest", ".tofutest"].iter().find_map(|end| stem.strip_suffix(end)).unwrap_or(stem);
    format!("test.{}.{run}", stem.replace('/', "."))
}

/// The directories of what `init` installed for the working directory `root`.
pub(crate) fn installed_modules(files: &dyn Files, root: &str) -> Vec<String> {
    let manifest = Manifest::read(files, root);
    manifest.dirs().map(|dir| join(root, dir)).collect()
}

/// Finds and loads the test files of a module: those in its directory, and those directly in `test_directory` below
/// it. In byte order of their names, which is the order in which they run.
pub fn load_tests(
    files: &dyn Files,
    root_dir: &str,
    test_directory: &str,
    dialects: Dialects,
    cache: &FactsCache,
) -> Vec<Arc<TestFile>> {
    let of_module = dialects.of_module(files, root_dir, cache);
    let paths = test_paths(files, root_dir, test_directory, dialects, &of_module);
    // Files of both tools may stand side by side, and all files of one tool are read alike.
    let mut of_opentofu = None;
    let load = |path: &String| {
        let choice = match is_test_of_opentofu(path) {
            false => &of_module,
            true => of_opentofu.get_or_insert_with(|| dialects.of_file(files, root_dir, path, cache)),
        };
        load_in(files, root_dir, path, choice, cache)
    };
    paths.iter().map(load).collect()
}

/// The names of the test files of a module, without reading them.
pub fn find_tests(
    files: &dyn Files,
    root_dir: &str,
    test_directory: &str,
    dialects: Dialects,
    cache: &FactsCache,
) -> Vec<String> {
    let choice = dialects.of_module(files, root_dir, cache);
    test_paths(files, root_dir, test_directory, dialects, &choice)
}

fn test_paths(
    files: &dyn Files,
    root_dir: &str,
    test_directory: &str,
    dialects: Dialects,
    choice: &Choice,
) -> Vec<String> {
    let root = normalize(root_dir);
    let tests = join(&root, test_directory);
    let readers = match (dialects.asked, choice.dialect.tool) {
        (None, Tool::Terraform) => Readers::Both,
        _ => Readers::of(choice.dialect),
    };
    let mut paths = files_in(files, &root, FileRole::Test, readers);
    if tests != root {
        if choice.dialect.has(Feature::HiddenTests) {
            // Whatever stands there, a directory too, which then cannot be read.
            let entries = files.list(&tests).unwrap_or_default();
            let names: Vec<String> = entries.into_iter().map(|entry| entry.name).collect();
            let names = read_even_hidden(&names, FileRole::Test, readers);
            paths.extend(names.into_iter().map(|name| join(&tests, name)));
        } else {
            paths.extend(files_in(files, &tests, FileRole::Test, readers));
        }
    }
    paths.sort();
    paths
}

/// The paths of the files in a directory that have a role, in the order of their names. Of a directory that cannot be
/// read there are none.
pub(crate) fn files_in(files: &dyn Files, dir: &str, role: FileRole, readers: Readers) -> Vec<String> {
    let names = names_in(files, dir);
    read_in(&names, role, readers).into_iter().map(|name| join(dir, name)).collect()
}

/// The names of the files in a directory.
pub(crate) fn names_in(files: &dyn Files, dir: &str) -> Vec<String> {
    let entries = files.list(dir).unwrap_or_default();
    // A link to a directory counts as a file, which then cannot be read.
    let is_link = |name: &str| FileRole::of(name).is_some() && files.is_link(&join(dir, name));
    entries
        .into_iter()
        .filter(|entry| !entry.is_dir || is_link(&entry.name))
        .map(|entry| entry.name)
        .collect()
}

/// Adds to errors about constructs of other versions which version has them, and why this one was chosen. Whoever asked
/// for a dialect knows why, and gets the words of its tool.
fn explain(diagnostics: &mut Diagnostics, choice: &Choice) {
    if choice.reason == Reason::Asked {
        return;
    }
    for diagnostic in diagnostics {
        let feature = diagnostic.code.and_then(Feature::of_code);
        if let Some(explanation) = feature.and_then(|feature| feature.explain(choice)) {
            diagnostic.detail.push_str("\n\n");
            diagnostic.detail.push_str(&explanation);
        }
    }
}

/// Says where a file has bytes that are no text: its document has other characters in their place.
fn not_text(files: &dyn Files, path: &str, sink: &mut Diagnostics) {
    // In JSON such bytes are no mistake.
    if path.ends_with(".json") || files.is_text(path) {
        return;
    }
    let Ok(bytes) = files.read_bytes(path) else { return };
    sink.extend(syntax::decode(&path.into(), &bytes).diagnostics);
}

fn unreadable_file(path: &str) -> Diagnostic {
    let detail = format!("The file {} could not be read.", lang::quote(path));
    Diagnostic::error("Failed to read file", detail).with_code("unreadable-file")
}

impl ModuleTree {
    /// Whether the other one is made of the very same modules and has the same to say about them.
    pub(crate) fn is_same(&self, other: &ModuleTree) -> bool {
        let children = || self.children.values().zip(other.children.values());
        Arc::ptr_eq(&self.module, &other.module)
            && self.children.keys().eq(other.children.keys())
            && children().all(|(a, b)| Arc::ptr_eq(a, b))
            && self.unread == other.unread
            && self.diagnostics == other.diagnostics
    }

    /// Every diagnostic of this module and the modules below it; modules that are called twice count once.
    ///
    /// Of a root module that has errors itself, Terraform looks no further.
    pub fn all_diagnostics(&self) -> Diagnostics {
        let own = self.own_diagnostics();
        if own.iter().any(Diagnostic::is_error) {
            return own;
        }
        let mut seen = Vec::new();
        let mut all = Vec::new();
        self.collect(&mut seen, &mut all);
        all
    }

    /// What is wrong with the module as it stands, whatever becomes of its calls.
    pub fn own_diagnostics(&self) -> Diagnostics {
        self.module.diagnostics.iter().chain(&self.unread).cloned().collect()
    }

    /// Every diagnostic as Terraform says it: a module is loaded for each call that leads to it, and what is wrong with
    /// its declarations is found each time. A file is parsed once, however often it is asked for.
    ///
    /// `parsed` are the directories whose files have been parsed so far.
    pub fn diagnostics_of_calls(&self, parsed: &mut Vec<SmolStr>) -> Diagnostics {
        let own = self.own_diagnostics();
        let mut all = Vec::new();
        let mut walk = Calls { parsed, silent: HashMap::new(), left: MOST_CALLS };
        walk.collect(self, &mut all);
        if own.iter().any(Diagnostic::is_error) { own } else { all }
    }

    fn collect<'a>(&'a self, seen: &mut Vec<&'a str>, all: &mut Diagnostics) {
        if seen.contains(&self.module.dir.as_str()) {
            return;
        }
        seen.push(&self.module.dir);
        all.extend(self.own_diagnostics());
        all.extend(self.diagnostics.iter().cloned());
        self.children.values().for_each(|child| child.collect(seen, all));
    }
}

/// The way through a configuration on which a module is met once per call.
struct Calls<'p> {
    /// The directories whose files have been parsed so far.
    parsed: &'p mut Vec<SmolStr>,
    /// Whether nothing is wrong with a module and those below it, by where it is kept.
    silent: HashMap<*const ModuleTree, bool>,
    left: usize,
}

impl Calls<'_> {
    fn collect(&mut self, tree: &ModuleTree, all: &mut Diagnostics) {
        let mut own = tree.own_diagnostics();
        if self.parsed.contains(&tree.module.dir) {
            let syntax: Diagnostics =
                tree.module.sources.iter().flat_map(|document| document.diagnostics()).collect();
            let same = |one: &Diagnostic, other: &Diagnostic| {
                one.subject == other.subject && one.summary == other.summary
            };
            own.retain(|found| !syntax.iter().any(|other| same(found, other)));
        } else {
            self.parsed.push(tree.module.dir.clone());
        }
        all.append(&mut own);
        all.extend(tree.diagnostics.iter().cloned());
        for child in tree.children.values() {
            if self.is_silent(child) {
                continue;
            }
            let Some(left) = self.left.checked_sub(1) else { return };
            self.left = left;
            self.collect(child, all);
        }
    }

    fn is_silent(&mut self, tree: &Arc<ModuleTree>) -> bool {
        if let Some(known) = self.silent.get(&Arc::as_ptr(tree)) {
            return *known;
        }
        let own = tree.diagnostics.is_empty() && tree.own_diagnostics().is_empty();
        let is_silent = own && tree.children.values().all(|child| self.is_silent(child));
        self.silent.insert(Arc::as_ptr(tree), is_silent);
        is_silent
    }
}
