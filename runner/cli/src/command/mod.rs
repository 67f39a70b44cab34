//! One file per command.

mod check;
mod console;
mod fix;
mod fmt;
mod junit;
mod prompt;
mod save;
mod targets;
mod test;
mod version;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{MAIN_SEPARATOR, Path};
use std::sync::Arc;

use config::{Dialect, Dialects, DiskFiles, Files};
use provider::{Providers, SCHEMA_VARIABLE, SchemaFiles};
use suite::{Request, VariableArgument, parse_assignment};
use syntax::{Diagnostic, FileName, SmolStr};

use crate::Environment;
use crate::args::VariableArg;
use crate::diagnostics::{Source, Sources};

pub(crate) use check::check;
pub(crate) use console::console;
pub(crate) use fmt::fmt;
pub(crate) use junit::junit;
pub(crate) use test::test;
pub(crate) use version::version;

/// The texts that diagnostics quote, each read once. A name in angle brackets is no file: `<value for var.x>`.
struct FileSources<'a> {
    files: &'a DiskFiles,
    known: RefCell<BTreeMap<FileName, Option<Arc<Source>>>>,
}

impl FileSources<'_> {
    fn new(files: &DiskFiles) -> FileSources<'_> {
        FileSources { files, known: RefCell::default() }
    }
}

impl Sources for FileSources<'_> {
    fn source(&self, file: &FileName) -> Option<Arc<Source>> {
        let read = || {
            let bytes = self.files.read_bytes(file.as_str()).ok()?;
            Some(Arc::new(Source::new(file, String::from_utf8_lossy(&bytes).into())))
        };
        self.known.borrow_mut().entry(file.clone()).or_insert_with(read).clone()
    }
}

/// The providers at hand with the schemas that the module, the environment and the arguments name, and what is wrong
/// with these. `given` counts from `base`, the directory that the command was started in.
fn providers(
    files: &DiskFiles,
    base: &Path,
    given: &[String],
    env: &Environment,
) -> (Providers, Vec<Diagnostic>) {
    let listed = std::env::split_paths(env.var(SCHEMA_VARIABLE).unwrap_or_default());
    let listed = listed.filter(|path| !path.as_os_str().is_empty());
    let listed = listed.map(|path| named(&path, &env.cwd, files));
    let given = given.iter().map(|path| named(Path::new(path), base, files));
    let paths: Vec<String> = listed.chain(given).collect();
    let (schemas, found) = SchemaFiles::default().load(files, ".", &paths);
    (env.providers.clone().described_by(schemas), found)
}

/// The name among `files` of what `path` leads to from a directory.
fn named(path: &Path, directory: &Path, files: &DiskFiles) -> String {
    let path = if directory == files.root() { path.to_owned() } else { directory.join(path) };
    path.to_string_lossy().replace(MAIN_SEPARATOR, "/")
}

/// A request for everything in the files' root, with the values that the environment gives.
fn request(
    files: &DiskFiles,
    test_directory: Option<&str>,
    dialect: Option<Dialect>,
    providers: Providers,
    env: &Environment,
) -> Request {
    const PREFIX: &str = "TF_VAR_";
    let environment = env.vars.iter();
    let environment = environment.filter_map(|(name, text)| Some((name.strip_prefix(PREFIX)?, text)));
    Request {
        directory: SmolStr::new_static("."),
        test_directory: test_directory.unwrap_or(suite::DEFAULT_TEST_DIRECTORY).into(),
        dialects: Dialects { asked: dialect },
        filters: Vec::new(),
        shard: None,
        runs_at_once: suite::DEFAULT_RUNS_AT_ONCE,
        operations_at_once: suite::DEFAULT_OPERATIONS_AT_ONCE,
        fail_fast: false,
        explains: false,
        variables: Vec::new(),
        environment: environment.map(|(name, text)| (name.to_owned(), text.clone())).collect(),
        providers,
        workspace: workspace(files, env),
        verbose: false,
        timed: false,
    }
}

/// The `-var` and `-var-file` arguments, and what is wrong with them.
fn variables(args: &[VariableArg]) -> (Vec<VariableArgument>, Vec<Diagnostic>) {
    let mut variables = Vec::new();
    let mut problems = Vec::new();
    for argument in args {
        match argument {
            VariableArg::File(path) => variables.push(VariableArgument::File { path: path.clone() }),
            VariableArg::Value(text) => match parse_assignment(text) {
                Ok(argument) => variables.push(argument),
                Err(problem) => problems.push(*problem),
            },
        }
    }
    (variables, problems)
}

/// The selected workspace: `TF_WORKSPACE`, or what `terraform workspace select` wrote down.
fn workspace(files: &DiskFiles, env: &Environment) -> SmolStr {
    let given = env.var("TF_WORKSPACE").map(str::to_owned);
    let data = env.var("TF_DATA_DIR").unwrap_or(".terraform");
    let selected = || files.read(&format!("{data}/environment")).ok().map(|text| text.trim().to_owned());
    let name = given.filter(|name| !name.is_empty()).or_else(selected).filter(|name| !name.is_empty());
    name.map_or(SmolStr::new_static("default"), SmolStr::new)
}
