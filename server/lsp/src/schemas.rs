//! The schemas of providers, as the editor's features and the runs of a session share them.
//!
//! They are read when a module is looked at for the first time, and again after files have changed; of several modules
//! that name one file, the first reads it for all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use config::DiskFiles;
use provider::{Providers, SCHEMA_VARIABLE, SchemaFiles, SchemaStore};

/// What is known of providers in each module's directory.
#[derive(Default)]
pub(crate) struct ModuleSchemas {
    files: SchemaFiles,
    /// What relative paths count from: the process's working directory.
    working_directory: PathBuf,
    state: Mutex<State>,
    /// Held while files are read, so that nobody reads what somebody else is reading.
    reading: Mutex<()>,
}

#[derive(Default)]
struct State {
    /// Files and folders that count in every module: those of the environment, then those that the client names.
    of_environment: Vec<String>,
    of_client: Vec<String>,
    /// By directory.
    modules: BTreeMap<PathBuf, Arc<Providers>>,
    /// What was known before everything was forgotten, with the schemas that it came from.
    before: BTreeMap<PathBuf, (SchemaStore, Arc<Providers>)>,
    /// How often everything was forgotten.
    generation: u64,
    /// What the user was told to be wrong, by directory.
    told: BTreeMap<PathBuf, Vec<String>>,
    untold: Vec<String>,
}

impl ModuleSchemas {
    /// With the files and folders that the process's environment names.
    pub(crate) fn new(environment: &BTreeMap<String, String>, working_directory: PathBuf) -> ModuleSchemas {
        let listed = environment.get(SCHEMA_VARIABLE).map(String::as_str).unwrap_or_default();
        let listed = std::env::split_paths(listed).filter(|path| !path.as_os_str().is_empty());
        let of_environment = listed.map(|path| text(&working_directory.join(path))).collect();
        let state = State { of_environment, ..State::default() };
        ModuleSchemas { working_directory, state: Mutex::new(state), ..ModuleSchemas::default() }
    }

    /// Adds the files and folders that the client names, in place of those that it named before.
    pub(crate) fn name(&self, paths: &[PathBuf]) {
        self.lock().of_client = paths.iter().map(|path| text(&self.working_directory.join(path))).collect();
        self.forget();
    }

    /// The providers that the module in a directory has. Reads files the first time.
    pub(crate) fn of_module(&self, directory: &Path) -> Arc<Providers> {
        if let Some(known) = self.known(directory) {
            return known;
        }
        let _reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = self.known(directory) {
            return known;
        }
        let (paths, generation) = {
            let state = self.lock();
            ([&*state.of_environment, &*state.of_client].concat(), state.generation)
        };
        let (schemas, found) = self.files.load(&DiskFiles::new(directory), &text(directory), &paths);
        // Where nothing is new, the same ones: then whatever was checked against them still holds.
        let before = self.lock().before.get(directory).cloned();
        let providers = match before {
            Some((store, providers)) if store.is_same(&schemas) => providers,
            _ => Arc::new(Providers::builtin().described_by(schemas.clone())),
        };
        let problems: Vec<String> =
            found.iter().map(|problem| format!("{}: {}", problem.summary, problem.detail)).collect();
        let mut state = self.lock();
        for problem in &problems {
            if !state.told.values().flatten().any(|told| told == problem) {
                state.untold.push(problem.clone());
            }
        }
        state.told.insert(directory.to_owned(), problems);
        if state.generation == generation {
            state.modules.insert(directory.to_owned(), Arc::clone(&providers));
            state.before.insert(directory.to_owned(), (schemas, Arc::clone(&providers)));
        }
        providers
    }

    /// Files may have changed.
    pub(crate) fn forget(&self) {
        let mut state = self.lock();
        state.modules.clear();
        state.generation += 1;
    }

    /// What is wrong with files and nobody has been told yet.
    pub(crate) fn take_problems(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().untold)
    }

    fn known(&self, directory: &Path) -> Option<Arc<Providers>> {
        self.lock().modules.get(directory).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A path as files are named.
fn text(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

#[cfg(test)]
mod tests {
    use config::{ResourceMode, Schemas};

    use super::*;

    #[test]
    fn the_environment_names_files_and_what_is_wrong_is_told_once() {
        let root = std::env::temp_dir().join(format!("runblock-module-schemas-{}", std::process::id()));
        std::fs::create_dir_all(&root).unwrap();
        let kinds = r#"{"resource_schemas": {"a_b": {"block": {}}}}"#;
        let document = format!(r#"{{"format_version": "1.0", "provider_schemas": {{"h/n/a": {kinds}}}}}"#);
        std::fs::write(root.join("a.json"), document).unwrap();
        let listed = std::env::join_paths(["a.json", "", "b.json"]).unwrap().into_string().unwrap();
        let environment = BTreeMap::from([(SCHEMA_VARIABLE.to_owned(), listed)]);
        let schemas = ModuleSchemas::new(&environment, root.clone());
        for module in ["m", "n", "m"] {
            let providers = schemas.of_module(&root.join(module));
            assert_eq!(providers.kinds("h/n/a", ResourceMode::Managed), Some(vec!["a_b"]));
            schemas.forget();
        }
        let problems = schemas.take_problems();
        assert!(matches!(&*problems, [problem] if problem.contains("b.json")), "{problems:?}");
        std::fs::remove_dir_all(&root).unwrap();
        schemas.forget();
        assert_eq!(schemas.of_module(&root.join("m")).kinds("h/n/a", ResourceMode::Managed), None);
        assert_eq!(schemas.take_problems().len(), 1);
    }
}
