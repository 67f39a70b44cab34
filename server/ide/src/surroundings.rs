//! What a workspace folder's meaning depends on besides its files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use config::decode::variable_file;
use config::files::join;
use config::{Dialects, FactsCache, Files, ModuleTree, Schemas, automatic_variable_files};
use syntax::{Diagnostics, FileName, SmolStr};

/// The schemas of the providers that a module has, by the module's directory.
pub type SchemasOf = Arc<dyn Fn(&str) -> Arc<dyn Schemas + Send + Sync> + Send + Sync>;

/// What is wrong with a module that is looked at as the root of a configuration, beyond single declarations. The files are
/// there for messages that quote a place. `None` when it was given up, because it took too long or a newer text was there.
pub type Validate = Arc<dyn Fn(&Arc<ModuleTree>, &dyn Files) -> Option<Diagnostics> + Send + Sync>;

/// Resource types and outside values, as arguments: this crate asks no process and no environment.
#[derive(Clone)]
pub struct Surroundings {
    /// Asked once for each module that is looked at.
    pub schemas: SchemasOf,
    /// What a run of a module would say before it plans anything. Where it is not given, what can be told without
    /// evaluating anything.
    pub validate: Option<Validate>,
    /// The names of variables that the environment sets.
    pub variables: Arc<BTreeSet<SmolStr>>,
    /// Whose rules the files follow.
    pub dialects: Dialects,
    /// Whether the documents are on no disk, so that nothing is known of the files that they will once stand beside.
    pub alone: bool,
}

impl Surroundings {
    /// Whether the other ones give the same answers, as far as that is cheap to tell.
    pub(crate) fn is_same(&self, other: &Surroundings) -> bool {
        Arc::ptr_eq(&self.schemas, &other.schemas)
            && Arc::ptr_eq(&self.variables, &other.variables)
            && self.dialects == other.dialects
            && self.alone == other.alone
    }
}

impl Default for Surroundings {
    fn default() -> Surroundings {
        let none: Arc<dyn Schemas + Send + Sync> = Arc::new(config::NoSchemas);
        Surroundings {
            schemas: Arc::new(move |_| Arc::clone(&none)),
            validate: None,
            variables: Arc::default(),
            dialects: Dialects::default(),
            alone: false,
        }
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings")
            .field("variables", &self.variables)
            .field("dialects", &self.dialects)
            .field("alone", &self.alone)
            .finish_non_exhaustive()
    }
}

/// The names that variable files which are read without being asked for give values to, each with the file whose value
/// counts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Given {
    of_module: BTreeMap<SmolStr, FileName>,
    /// From the tests' directory; they count for the tests there, and before the others.
    of_tests: BTreeMap<SmolStr, FileName>,
}

impl Given {
    /// Those of `terraform.tfvars` and `*.auto.tfvars`, and of their JSON forms, in the module's and its tests'
    /// directories.
    pub(crate) fn read(files: &dyn Files, dir: &str, test_directory: &str, cache: &FactsCache) -> Given {
        let of = |dir: &str| {
            let mut given = BTreeMap::new();
            for path in automatic_variable_files(files, dir) {
                let Ok(document) = files.document(&path, cache) else { continue };
                let file = document.file();
                let values = variable_file(file, &document.text()).tree;
                given.extend(values.into_iter().map(|value| (value.name, file.clone())));
                // Of a file that is being typed, what can be read.
                let attributes = document.chunks().flat_map(|(_, chunk)| chunk.body.attributes());
                given.extend(attributes.map(|attribute| (attribute.name.text.clone(), file.clone())));
            }
            given
        };
        Given { of_module: of(dir), of_tests: of(&join(dir, test_directory)) }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.of_module.contains_key(name) || self.of_tests.contains_key(name)
    }

    /// The file whose value a test sees; `beside` says whether the test lies in the tests' directory.
    pub(crate) fn file_of(&self, name: &str, beside: bool) -> Option<&FileName> {
        let of_tests = if beside { self.of_tests.get(name) } else { None };
        of_tests.or_else(|| self.of_module.get(name))
    }
}
