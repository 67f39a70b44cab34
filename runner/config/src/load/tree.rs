//! A module with the modules below it.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;
use syntax::{Diagnostic, Diagnostics, Location, SmolStr};

use super::early_source::called;
use super::manifest::{Manifest, Outdated};
use super::passing::MOST_CALLS;
use super::{explain, files_in, not_text, unreadable_file};
use crate::dialect::{Choice, Dialect, Feature, Reason, Tool};
use crate::early::Early;
use crate::facts::FactsCache;
use crate::file_role::{FileRole, Readers};
use crate::files::{FileKind, Files, join};
use crate::item::Item;
use crate::module::{Import, Module, ModuleCall, ModuleTree};
use crate::source::ModuleAddress;
use crate::static_values::Frame;

/// How deep module calls may nest before they are taken to be endless.
const MAX_DEPTH: usize = 64;

pub(super) struct Loader<'a> {
    files: &'a dyn Files,
    /// The working directory, which has the list of installed modules.
    root: String,
    choice: Choice,
    cache: &'a FactsCache,
    early: &'a dyn Early,
    /// The directories from the root to the module being loaded.
    path: Vec<String>,
    /// Trees that are complete and have no installed module in them, so that a module that is called from many places is
    /// loaded once. Which installed module a call means depends on the path to it.
    known: HashMap<String, Arc<ModuleTree>>,
    /// Read when the first module is looked for that is no local directory.
    manifest: Option<Manifest>,
    /// How many modules were looked for in the manifest, or by what their callers were given.
    looked_up: usize,
    /// How many calls with sources that are made of values were followed.
    early_calls: usize,
}

/// A module that is called, and the places that messages about it name.
pub(super) struct Wanted<'a> {
    /// The names of the calls from the root, with dots between.
    pub(super) key: String,
    pub(super) address: ModuleAddress,
    pub(super) version: Option<&'a SmolStr>,
    /// The calling block's header.
    pub(super) header: Location,
    /// What a message about the source points at.
    pub(super) source: Location,
    /// What a message calls the module.
    pub(super) who: &'a dyn Fn(&Location) -> String,
}

impl<'a> Loader<'a> {
    pub(super) fn new(
        files: &'a dyn Files,
        root: &str,
        choice: Choice,
        cache: &'a FactsCache,
        early: &'a dyn Early,
    ) -> Loader<'a> {
        Loader {
            files,
            root: root.to_owned(),
            choice,
            cache,
            early,
            path: Vec::new(),
            known: HashMap::new(),
            manifest: None,
            looked_up: 0,
            early_calls: 0,
        }
    }

    /// The module in `dir`, to which the calls of `key` lead, and what is below it.
    pub(super) fn tree(
        &mut self,
        dir: String,
        key: &str,
        caller: Option<(&Frame<'_>, &Item<ModuleCall>)>,
        mut unread: Diagnostics,
    ) -> Arc<ModuleTree> {
        if let Some(tree) = self.known.get(&dir) {
            return Arc::clone(tree);
        }
        let looked_up = self.looked_up;
        let module = self.module(&dir, &mut unread);
        let mut diagnostics = Diagnostics::new();
        if !key.is_empty() {
            diagnostics.extend(module.imports.first().map(|import| misplaced(import, key)));
            diagnostics
                .extend(module.backend.as_ref().map(|place| ignored_backend(place, self.choice.dialect)));
            let cloud = module.cloud.as_ref().filter(|_| self.choice.dialect.has(Feature::IgnoresCloud));
            diagnostics.extend(cloud.map(ignored_cloud));
        }
        self.path.push(dir.clone());
        let frame = Frame { module: &module, caller };
        let mut children = IndexMap::new();
        for (name, call) in &module.calls {
            // OpenTofu finds it while it reads the module, Terraform while it looks for the modules below.
            let early = match self.tool() {
                Tool::OpenTofu => &mut unread,
                Tool::Terraform => &mut diagnostics,
            };
            let Some(asked) = self.asked(call, &frame, early) else { continue };
            if let Some(child) = self.child(&dir, key, &frame, call, asked, &mut diagnostics) {
                children.insert(name.clone(), child);
            }
        }
        self.path.pop();
        let tree = self.cache.same_tree(ModuleTree { module, children, unread, diagnostics });
        if self.looked_up == looked_up {
            self.known.insert(dir, Arc::clone(&tree));
        }
        tree
    }

    pub(super) fn module(&self, dir: &str, diagnostics: &mut Diagnostics) -> Arc<Module> {
        let mut documents = Vec::new();
        for path in files_in(self.files, dir, FileRole::Module, Readers::of(self.choice.dialect)) {
            match self.files.document(&path, self.cache) {
                Ok(document) => {
                    not_text(self.files, &path, diagnostics);
                    documents.push(document);
                }
                Err(_) => diagnostics.push(unreadable_file(&path)),
            }
        }
        let dialect = self.choice.dialect;
        let merge = |documents: &[_]| Module::merge(dir, dialect, documents, self.cache);
        let mut module = self.cache.merged(dir, dialect, documents, merge);
        let mut explained = module.diagnostics.clone();
        explain(&mut explained, &self.choice);
        if explained != module.diagnostics {
            module = Arc::new(Module { diagnostics: explained, ..Arc::unwrap_or_clone(module) });
        }
        module
    }

    /// What a call asks for. `None` after errors.
    fn asked(
        &mut self,
        call: &Item<ModuleCall>,
        frame: &Frame<'_>,
        sink: &mut Diagnostics,
    ) -> Option<(ModuleAddress, Option<SmolStr>)> {
        if call.source_expr.is_some() || call.version_expr.is_some() {
            self.looked_up += 1;
            self.early_calls += 1;
            if self.early_calls > MOST_CALLS {
                // Said once: of every module that a call leads to in several ways, each counts.
                let detail = format!(
                    "More than {MOST_CALLS} module calls have sources that are made of values. The rest is not loaded."
                );
                let error = Diagnostic::error("Too many module calls", detail).with_code("limit");
                let first = self.early_calls == MOST_CALLS + 1;
                sink.extend(first.then(|| error.at(call.locate(call.header))));
                return None;
            }
        }
        called(call, frame, self.early, sink)
    }

    fn child(
        &mut self,
        dir: &str,
        key: &str,
        frame: &Frame<'_>,
        call: &Item<ModuleCall>,
        (address, version): (ModuleAddress, Option<SmolStr>),
        diagnostics: &mut Diagnostics,
    ) -> Option<Arc<ModuleTree>> {
        // A source that is missing or wrong has been reported with the declaration.
        let source = match (&call.source_expr, &call.source) {
            (Some(expr), _) => expr.location(&call.origin),
            (None, source) => call.source_origin().locate(source.as_ref()?.1),
        };
        let who = |place: &Location| {
            let line = frame.module.declared_at(place);
            format!("module {} at {}", lang::quote(&call.name), line.split(',').next().unwrap_or_default())
        };
        let wanted = Wanted {
            key: if key.is_empty() { call.name.to_string() } else { format!("{key}.{}", call.name) },
            address,
            version: version.as_ref(),
            header: call.locate(call.header),
            source,
            who: &who,
        };
        let target = match self.find(dir, &wanted)? {
            Ok(target) => target,
            Err(problem) => {
                diagnostics.push(problem);
                return None;
            }
        };
        if self.path.contains(&target) || self.path.len() >= MAX_DEPTH {
            // Terraform's "init" gives up on such a module, and so it is never installed.
            let mut problem = not_installed(NOT_YET, &wanted, self.tool()).with_code("recursive-module");
            self.explain(&mut problem, || {
                format!(
                    "The module in {target} is called by itself, directly or through the modules it calls, so that \
                     its configuration would never end."
                )
            });
            diagnostics.push(problem);
            return None;
        }
        Some(self.tree(target, &wanted.key, Some((frame, call)), Vec::new()))
    }

    /// The directory of a module that is called from the one in `dir`. `None` when its source means nothing, of which an
    /// error speaks already.
    pub(super) fn find(&mut self, dir: &str, wanted: &Wanted<'_>) -> Option<Result<String, Diagnostic>> {
        match &wanted.address {
            ModuleAddress::Local(path) => {
                let target = join(dir, path);
                let kind = self.files.kind(&target);
                if kind == Some(FileKind::Directory) {
                    return Some(Ok(target));
                }
                // In the list of what is installed, a directory that was not found has no name.
                let listed = if kind.is_some() { self.below_root(&target) } else { "" };
                let mut problem =
                    unreadable_directory(listed, wanted, self.tool()).with_code("unreadable-module");
                self.explain(&mut problem, || {
                    let who = (wanted.who)(&wanted.header);
                    let what = if kind.is_some() { "is no directory" } else { "does not exist" };
                    format!("For {who}, {target} {what}. \"init\" would not make it.")
                });
                Some(Err(problem))
            }
            ModuleAddress::Invalid { .. } => None,
            ModuleAddress::Registry(_) | ModuleAddress::Remote(_) => Some(self.installed(wanted)),
        }
    }

    /// The directory in which `init` put a module.
    fn installed(&mut self, wanted: &Wanted<'_>) -> Result<String, Diagnostic> {
        self.looked_up += 1;
        let tool = self.tool();
        let manifest = self.manifest.get_or_insert_with(|| Manifest::read(self.files, &self.root));
        if let Some(problem) = &manifest.problem {
            return Err(unreadable_manifest(problem, wanted, tool));
        }
        let Some(entry) = manifest.get(&wanted.key) else {
            return Err(not_installed(NOT_YET, wanted, tool));
        };
        entry.check(&wanted.address, wanted.version).map_err(|outdated| changed(&outdated, wanted, tool))?;
        let dir = join(&self.root, &entry.dir);
        if self.files.kind(&dir) != Some(FileKind::Directory) {
            return Err(unreadable_directory(&entry.dir, wanted, tool));
        }
        Ok(dir)
    }

    fn tool(&self) -> Tool {
        self.choice.dialect.tool
    }

    /// A path as it counts from the root module's directory.
    fn below_root<'p>(&self, path: &'p str) -> &'p str {
        path.strip_prefix(&self.root).and_then(|below| below.strip_prefix('/')).unwrap_or(path)
    }

    /// Adds what Terraform does not say. Whoever asked for a dialect gets the words of its tool alone.
    fn explain(&self, problem: &mut Diagnostic, explanation: impl FnOnce() -> String) {
        if self.choice.reason != Reason::Asked {
            problem.detail.push_str("\n\n");
            problem.detail.push_str(&explanation());
        }
    }
}

/// Objects are imported by the root module alone. The first block of a module is told of.
fn misplaced(import: &Item<Import>, key: &str) -> Diagnostic {
    let path = format!("module.{}", key.replace('.', ".module."));
    let detail = format!(
        "An import block was detected in {}. Import blocks are only allowed in the root module.",
        lang::quote(&path)
    );
    Diagnostic::error("Invalid import configuration", detail)
        .at(import.locate(import.header))
        .with_code("misplaced-import")
}

/// Where states are kept is the root module's to say.
fn ignored_backend(backend: &Location, dialect: Dialect) -> Diagnostic {
    let expected = if dialect.has(Feature::IgnoresCloud) { "backend" } else { "provider" };
    let detail = format!(
        "Any selected backend applies to the entire configuration, so {} expects {expected} configurations only in the root \
         module.{}this backend configuration block will have no effect.",
        dialect.tool, NO_ERROR
    );
    Diagnostic::warning("Backend configuration ignored", detail)
        .at(backend.clone())
        .with_code("ignored-backend")
}

fn ignored_cloud(cloud: &Location) -> Diagnostic {
    let detail = format!(
        "A cloud configuration block applies to the entire configuration, so Terraform expects 'cloud' blocks to only be in \
         the root module.{NO_ERROR}this cloud configuration block will have no effect."
    );
    Diagnostic::warning("Cloud configuration ignored", detail).at(cloud.clone()).with_code("ignored-backend")
}

const NO_ERROR: &str = "\n\nThis is a warning rather than an error because it's sometimes convenient to temporarily call a \
    root module as a child module for testing purposes, but ";

const NOT_YET: &str = "This module is not yet installed.";

fn init(tool: Tool) -> String {
    format!("Run \"{} init\" to install all modules required by this configuration.", tool.command())
}

fn not_installed(why: &str, wanted: &Wanted<'_>, tool: Tool) -> Diagnostic {
    Diagnostic::error("Module not installed", format!("{why} {}", init(tool)))
        .at(wanted.header.clone())
        .with_code("module-not-installed")
}

fn unreadable_manifest(why: &str, wanted: &Wanted<'_>, tool: Tool) -> Diagnostic {
    Diagnostic::error("Failed to read module manifest", format!("{why} Run \"{} init\".", tool.command()))
        .at(wanted.header.clone())
        .with_code("unreadable-manifest")
}

fn unreadable_directory(dir: &str, wanted: &Wanted<'_>, tool: Tool) -> Diagnostic {
    not_installed(&format!("This module's local cache directory {dir} could not be read."), wanted, tool)
}

fn changed(outdated: &Outdated, wanted: &Wanted<'_>, tool: Tool) -> Diagnostic {
    let (summary, why) = match outdated {
        Outdated::Source => (
            "Module source has changed",
            "The source address was changed since this module was installed.".to_owned(),
        ),
        Outdated::Version(version) => {
            let version = if version.is_empty() { String::new() } else { format!(" ({version})") };
            (
                "Module version requirements have changed",
                format!(
                    "The version requirements have changed since this module was installed and the installed \
                     version{version} is no longer acceptable."
                ),
            )
        }
    };
    Diagnostic::error(summary, format!("{why} {}", init(tool)))
        .at(wanted.source.clone())
        .with_code("module-not-installed")
}
