//! Runs the test file of a fixture, run after run on one state.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ::provider::{Provider, Providers};
use config::{Dialect, Dialects, FactsCache, Files, MemoryFiles, load_module, load_test_file};
use engine::{
    Cancel, CommandEnd, Connection, DestroyOutcome, DestroyRequest, FileMocks, GivenValue, Host, Lingering,
    LocalCommand, Program, ProviderInstances, RemoteTask, RunOutcome, RunRequest, RunValues, State,
    TestProviders, VariableInput, VariableSource, destroy, run_block,
};
use fixture::Fixture;
use lang::functions::{FileError, FileReader};
use lang::{Resolved, Scope, Traversal, Value};
use syntax::{Diagnostic, Diagnostics, Origin, SmolStr};

/// A host whose files are those of the fixture; it counts how often one is read.
#[derive(Default)]
pub struct TestHost {
    files: BTreeMap<String, String>,
    pub reads: AtomicUsize,
    /// The commands that provisioners ran. One that ends with `fail` does.
    pub commands: Mutex<Vec<String>>,
    /// What provisioners did on other machines. What has to do with `fail` does.
    pub tasks: Mutex<Vec<String>>,
}

impl Host for TestHost {
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn random(&self) -> [u8; 16] {
        [7; 16]
    }

    fn files(&self) -> &dyn FileReader {
        self
    }

    fn working_directory(&self) -> &str {
        "/module"
    }

    fn run_command(&self, command: &LocalCommand<'_>) -> CommandEnd {
        let text = command.words.last().cloned().unwrap_or_default();
        let failure = text.ends_with("fail").then(|| "exit status 1".to_owned());
        self.commands.lock().expect("no test panics while it writes").push(text);
        CommandEnd { failure, output: String::new() }
    }

    fn reach(&self, task: &RemoteTask<'_>) -> Result<(), String> {
        let machine = match task.connection {
            Connection::Ssh(connection) => format!("{:?}", connection.target),
            Connection::WinRm(connection) => format!("{connection:?}"),
        };
        let text = format!("{machine}: {:?}", task.action);
        let failed = text.contains("fail");
        self.tasks.lock().expect("no test panics while it writes").push(text);
        if failed { Err("it was to".to_owned()) } else { Ok(()) }
    }
}

impl FileReader for TestHost {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.files.get(path).map(|text| text.clone().into_bytes()).ok_or(FileError::NotFound)
    }

    fn is_file(&self, path: &str) -> Result<bool, FileError> {
        Ok(self.files.contains_key(path))
    }

    fn read_dir(&self, _: &str) -> Result<Vec<(String, bool)>, FileError> {
        Ok(Vec::new())
    }

    fn absolute(&self, path: &str) -> String {
        format!("/module/{path}")
    }

    fn home(&self) -> Option<String> {
        None
    }
}

/// What provider blocks of the test file see: the file's variables as they are given.
struct TestNames<'a>(&'a BTreeMap<SmolStr, VariableInput>, &'a TestHost);

impl Scope for TestNames<'_> {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        let given = traversal.attr(0).and_then(|name| self.0.get(name));
        match given.map(|given| &given.value) {
            Some(GivenValue::Value(value)) => Some(Resolved { value: value.clone(), consumed: 1 }),
            _ => {
                let place = origin.locate(traversal.root_span);
                sink.push(Diagnostic::error("Invalid reference", traversal.to_string()).at(place));
                None
            }
        }
    }

    fn files(&self) -> &dyn FileReader {
        self.1
    }
}

/// The outcomes of all runs of `t.tftest.hcl`, in order.
pub fn run_all(text: &str, provider: Option<Arc<dyn Provider>>) -> Vec<RunOutcome> {
    run_with(text, provider, &BTreeMap::new()).0
}

/// As [`run_all`], with values for variables, and the host that was used.
pub fn run_with(
    text: &str,
    provider: Option<Arc<dyn Provider>>,
    variables: &BTreeMap<SmolStr, Value>,
) -> (Vec<RunOutcome>, TestHost) {
    run_from((State::new(), Dialect::default()), text, provider, variables)
}

/// As [`run_with`], in a dialect, on what another configuration has left.
pub fn run_from(
    start: (State, Dialect),
    text: &str,
    provider: Option<Arc<dyn Provider>>,
    variables: &BTreeMap<SmolStr, Value>,
) -> (Vec<RunOutcome>, TestHost) {
    let (outcomes, host, _) = execute(start, None, text, provider, variables);
    (outcomes, host)
}

/// How runs are executed in which operations wait.
#[derive(Clone, Copy)]
pub struct AtOnce {
    pub operations: usize,
    pub dialect: Dialect,
    /// Whether what was made is destroyed in the end.
    pub destroys: bool,
}

/// As [`run_all`], with some operations at once where they wait, and with plans.
pub fn run_at_once(
    how: AtOnce,
    text: &str,
    provider: Arc<dyn Provider>,
) -> (Vec<RunOutcome>, Option<DestroyOutcome>) {
    let start = (State::new(), how.dialect);
    let (outcomes, _, destroyed) = execute(start, Some(how), text, Some(provider), &BTreeMap::new());
    (outcomes, destroyed)
}

fn execute(
    (mut state, dialect): (State, Dialect),
    at_once: Option<AtOnce>,
    text: &str,
    provider: Option<Arc<dyn Provider>>,
    variables: &BTreeMap<SmolStr, Value>,
) -> (Vec<RunOutcome>, TestHost, Option<DestroyOutcome>) {
    let fixture = Fixture::parse(text);
    let texts = fixture.files.iter().map(|file| (file.path.to_string(), file.text.to_string()));
    let host = TestHost { files: texts.collect(), ..TestHost::default() };
    let files = MemoryFiles::new(host.files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let cache = FactsCache::new();
    let tree = load_module(&files, ".", dialect, &cache);
    assert_eq!(tree.all_diagnostics(), [], "the module can be loaded");
    let program = Program::new(&tree);
    let file = load_test_file(&files, ".", "t.tftest.hcl", Dialects::only(dialect), &cache);
    assert_eq!(file.diagnostics, [], "the test file can be loaded");
    let mut providers = Providers::builtin();
    if let Some(provider) = provider {
        providers = providers.with(provider);
    }
    let variables = variables.iter().map(|(name, value)| {
        let source = VariableSource::CommandLine;
        (name.clone(), VariableInput { value: GivenValue::Value(value.clone()), source })
    });
    let variables: BTreeMap<SmolStr, VariableInput> = variables.collect();
    let mut outcomes = Vec::new();
    for run in 0..file.runs.len() {
        let names = TestNames(&variables, &host);
        let block = file.runs.get(run).expect("there are so many");
        let own = block.variables.iter().map(|(name, said)| {
            let value = lang::evaluate(&said.value, &block.origin, &names, &mut Diagnostics::new());
            let source = VariableSource::Test(said.value.location(&block.origin));
            (name.clone(), VariableInput { value: GivenValue::Value(value), source })
        });
        let given: BTreeMap<SmolStr, VariableInput> = variables.clone().into_iter().chain(own).collect();
        let request = RunRequest {
            program: &program,
            instances: &ProviderInstances::default(),
            pulse: &|| (),
            operations_at_once: at_once.map_or(1, |how| how.operations),
            creates: &|_| (),
            file: &file,
            run,
            values: &|| RunValues { given: given.clone(), ..RunValues::default() },
            state: &state,
            finished_runs: &BTreeMap::new(),
            workspace: "default",
            verbose: at_once.is_some(),
            timed: false,
            providers: &providers,
            test_names: &names,
            mocks: &FileMocks::default(),
            lingering: &Lingering::default(),
            files: &files as &dyn Files,
        };
        let outcome = run_block(&request, &host, &Cancel::new());
        state = outcome.state.clone();
        outcomes.push(outcome);
    }
    let last = file.runs.iter().last().filter(|_| at_once.is_some_and(|how| how.destroys));
    let destroyed = last.as_ref().map(|run| {
        let names = TestNames(&variables, &host);
        let request = DestroyRequest {
            program: &program,
            instances: &ProviderInstances::default(),
            variables: &variables,
            state: &state,
            workspace: "default",
            providers: &providers,
            test_providers: TestProviders { file: &file, run, names: &names },
            mocks: &FileMocks::default(),
            lingering: &Lingering::default(),
            files: &files as &dyn Files,
            pulse: &|| (),
            operations_at_once: at_once.map_or(1, |how| how.operations),
        };
        destroy(&request, &host, &Cancel::new())
    });
    (outcomes, host, destroyed)
}

/// Severity, summary and detail of each diagnostic, a line each.
pub fn show(diagnostics: &[Diagnostic]) -> String {
    let line = |it: &Diagnostic| {
        let place = it.subject.as_ref().map_or(String::new(), |it| format!(" ({}:{:?})", it.file, it.span));
        format!("{:?}: {}: {}{place}\n", it.severity, it.summary, it.detail)
    };
    diagnostics.iter().map(line).collect()
}
