//! What the names in a file stand for, as seen by one project.

use std::sync::Arc;

use config::{Module, ModuleTree, ProviderRef, TestFile};
use syntax::{FileName, SmolStr};

use crate::mentions::{Mention, Name, Scope};
use crate::project::Project;
use crate::symbol::{Home, Symbol};

/// A file in a project: where the names in it are looked up.
pub(crate) struct Site<'a> {
    project: &'a Project,
    /// Set in a test file, which has variables and providers of its own.
    file: Option<&'a TestFile>,
    /// The module that the file belongs to, or the one under test. `None` when it cannot be read.
    own: Option<&'a ModuleTree>,
}

impl<'a> Site<'a> {
    /// A test file of the project.
    pub(crate) fn of_test_file(project: &'a Project, file: &'a TestFile) -> Site<'a> {
        Site { project, file: Some(file), own: Some(project.tree()) }
    }

    /// A file of the module in `dir`; one of variables or mocks counts as a file of the module that it is for.
    pub(crate) fn of_module(project: &'a Project, dir: &str) -> Site<'a> {
        Site { project, file: None, own: project.tree_in(dir).map(|tree| &**tree) }
    }

    /// Everything that a name stands for: usually one thing, none when it cannot be told, and several where a test
    /// file gives one value to the variables of several modules.
    pub(crate) fn symbols(&self, mention: &Mention) -> Vec<Symbol> {
        match &mention.name {
            Name::Run(name) => {
                let run = |file: &TestFile| Symbol::Run { file: file.name.clone(), name: name.clone() };
                self.file.map(run).into_iter().collect()
            }
            Name::Provider(reference) => {
                let homes = match (&mention.scope, self.file) {
                    (Scope::File, Some(file)) => self.provider_homes(file, reference),
                    _ => self
                        .tree_of(mention)
                        .map(|tree| Home::Module(tree.module.dir.clone()))
                        .into_iter()
                        .collect(),
                };
                let symbol = |home| Symbol::Provider { home, reference: reference.clone() };
                homes.into_iter().map(symbol).collect()
            }
            Name::Variable(name) => self.variables(mention, name),
            _ => self.tree_of(mention).and_then(|tree| in_module(tree, &mention.name)).into_iter().collect(),
        }
    }

    /// The module that a mention's name is looked up in.
    fn tree_of(&self, mention: &Mention) -> Option<&'a ModuleTree> {
        let mut tree = match &mention.scope {
            Scope::Own | Scope::File => self.own?,
            Scope::Source(source) => self.project.run_module(source)?,
            Scope::Run(name) => {
                let runs = &self.file?.runs;
                let run = runs.decl(runs.named(name)?)?;
                self.project.module_of(run)?
            }
        };
        for call in &mention.calls {
            tree = tree.children.get(call)?;
        }
        Some(tree)
    }

    /// The directories of the modules that the names of a test file may be looked up in.
    pub(crate) fn modules(&self) -> Vec<SmolStr> {
        let trees = match self.file {
            Some(file) => self.modules_run(file),
            None => self.own.into_iter().collect(),
        };
        trees.into_iter().map(|tree| tree.module.dir.clone()).collect()
    }

    /// What modules have by a name, a test file puts something in the place of: a provider is called as in the module under
    /// test, its configurations as in all that the runs run.
    fn provider_homes(&self, file: &TestFile, reference: &ProviderRef) -> Vec<Home> {
        let trees = match reference.alias {
            None => self.own.into_iter().collect(),
            Some(_) => self.modules_run(file),
        };
        let having = trees.into_iter().filter(|tree| has_provider(&tree.module, reference));
        let mut homes: Vec<Home> = having.map(|tree| Home::Module(tree.module.dir.clone())).collect();
        if homes.is_empty() {
            homes.push(Home::File(file.name.clone()));
        }
        homes
    }

    fn variables(&self, mention: &Mention, name: &SmolStr) -> Vec<Symbol> {
        let in_tree =
            |tree: &ModuleTree| Symbol::Variable { module: tree.module.dir.clone(), name: name.clone() };
        let tree = self.tree_of(mention);
        let Some(file) = self.file.filter(|_| mention.calls.is_empty()) else {
            return tree.map(in_tree).into_iter().collect();
        };
        let declares = |tree: &&ModuleTree| tree.module.variables.contains_key(name);
        let of_file = file.variables.contains_key(name) || file.variable_blocks.contains_key(name);
        match (&mention.scope, tree.filter(declares)) {
            (Scope::File, _) => {}
            (_, Some(tree)) => return vec![in_tree(tree)],
            (_, None) if of_file => {}
            (_, None) => return tree.map(in_tree).into_iter().collect(),
        }
        // What the file gives is for every module that its runs run.
        let mut found: Vec<Symbol> =
            self.modules_run(file).into_iter().filter(declares).map(in_tree).collect();
        found.dedup();
        if found.is_empty() {
            found.push(Symbol::FileVariable { file: file.name.clone(), name: name.clone() });
        }
        found
    }

    /// The modules that the runs of a file run, the one under test first; it counts even if none of them does.
    fn modules_run(&self, file: &TestFile) -> Vec<&'a ModuleTree> {
        let mut found: Vec<&ModuleTree> = self.own.into_iter().collect();
        for run in file.runs.naming_modules() {
            if let Some(tree) = self.project.module_of(&run)
                && found.iter().all(|other| other.module.dir != tree.module.dir)
            {
                found.push(tree);
            }
        }
        found
    }
}

/// Whether a module has a provider or one of its configurations by that name.
fn has_provider(module: &Module, wanted: &ProviderRef) -> bool {
    let required = module.required_providers.get(&wanted.name);
    if wanted.alias.is_some() {
        return module.providers.iter().any(|it| it.reference() == *wanted)
            || required.is_some_and(|required| required.aliases.contains(wanted));
    }
    required.is_some()
        || module.providers.iter().any(|it| it.name == wanted.name)
        || module.resources.values().any(|resource| resource.provider_ref().name == wanted.name)
}

fn in_module(tree: &ModuleTree, name: &Name) -> Option<Symbol> {
    let module = tree.module.dir.clone();
    Some(match name {
        Name::Local(name) => Symbol::Local { module, name: name.clone() },
        Name::Output(name) => Symbol::Output { module, name: name.clone() },
        Name::Resource(addr) => Symbol::Resource { module, addr: addr.clone() },
        Name::Call(name) => Symbol::ModuleCall { module, name: name.clone() },
        Name::Check(name) => Symbol::Check { module, name: name.clone() },
        Name::Source => Symbol::Module { dir: module },
        Name::AllOutputs => Symbol::Outputs { module },
        Name::Variable(_) | Name::Run(_) | Name::Provider(_) => return None,
    })
}

/// A project and a file in it.
pub(crate) struct Placed {
    pub(crate) project: Arc<Project>,
    pub(crate) file: FileName,
}

impl Placed {
    pub(crate) fn site(&self) -> Site<'_> {
        match self.project.test_file(&self.file) {
            Some(file) => Site::of_test_file(&self.project, file),
            None => Site::of_module(&self.project, self.project.module_of_file(&self.file)),
        }
    }
}
