//! Runs runblock on a recorded case, in a folder of its own, without starting a process.

use std::collections::BTreeMap;
use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::{fs, io};

pub use fixture::Folder;
use provider::Provider;

use crate::observation::Output;
use crate::recorded::Case;
use crate::test_provider::{self, TestProvider};
use crate::text;

/// The exit code that stands for a panic, the one thing that no case may answer with.
pub const PANIC: i32 = 101;

/// The dialect of the terraform that the cases are recorded from.
pub const RECORDED: &str = "--dialect=terraform@1.11";

/// `runblock test` with the arguments and the environment of `case`. A JUnit file that it writes stands behind its standard
/// output.
pub fn run(case: &Case) -> Output {
    let args = ["test", RECORDED].map(String::from).into_iter().chain(case.args.iter().cloned()).collect();
    run_in(&Folder::of(&case.files), args, case.env.clone())
}

/// `runblock check --json` on a folder with these files.
pub fn check(files: &BTreeMap<String, String>) -> Output {
    let args = ["check", RECORDED, "--json"].map(String::from).to_vec();
    run_in(&Folder::of(files), args, BTreeMap::new())
}

/// `runblock check --format sarif` on a folder with these files, by the rules of a dialect or of the recorded one.
pub fn check_in_sarif(files: &BTreeMap<String, String>, dialect: Option<&str>) -> Output {
    let dialect = dialect.map_or(RECORDED.to_owned(), |dialect| format!("--dialect={dialect}"));
    let args = vec!["check".to_owned(), dialect, "--format=sarif".to_owned()];
    run_in(&Folder::of(files), args, BTreeMap::new())
}

/// `runblock check --json` with the arguments and the environment of `case`, as far as they concern it.
pub fn check_case(case: &Case) -> Output {
    let mut args = ["check", RECORDED, "--json"].map(String::from).to_vec();
    let concerns = |arg: &&String| ["-var", "-test-directory"].iter().any(|flag| arg.starts_with(flag));
    args.extend(case.args.iter().filter(concerns).cloned());
    run_in(&Folder::of(&case.files), args, case.env.clone())
}

/// A command on a folder with these files that is interrupted when its standard output says what `interrupts` has, each
/// once and in their order: first softly, then hard.
pub fn run_interrupted(
    files: &BTreeMap<String, String>,
    args: Vec<String>,
    vars: &BTreeMap<String, String>,
    interrupts: &[String],
) -> Output {
    let folder = Folder::of(files);
    let environment = environment(&folder, vars.clone());
    let cancel = Arc::clone(&environment.cancel);
    let mut done = 0;
    let look = |text: &[u8]| {
        while interrupts.get(done).is_some_and(|at| String::from_utf8_lossy(text).contains(at.as_str())) {
            if done == 0 {
                cancel.stop()
            } else {
                cancel.cancel()
            }
            done += 1;
        }
    };
    run_with(args, &environment, Interrupting { written: Vec::new(), look })
}

/// A command in a folder, with one provider more.
pub fn run_with_provider(folder: &Folder, args: Vec<String>, provider: impl Provider + 'static) -> Output {
    let mut environment = environment(folder, BTreeMap::new());
    environment.providers = environment.providers.with(Arc::new(provider));
    run_with(args, &environment, Interrupting { written: Vec::new(), look: |_: &[u8]| () })
}

fn run_in(folder: &Folder, args: Vec<String>, vars: BTreeMap<String, String>) -> Output {
    let environment = environment(folder, vars);
    run_with(args, &environment, Interrupting { written: Vec::new(), look: |_: &[u8]| () })
}

/// The environment of a case: these variables alone, and the provider `test` with an empty store.
fn environment(folder: &Folder, vars: BTreeMap<String, String>) -> cli::Environment {
    let mut environment = cli::Environment::new(folder.path().to_owned());
    environment.vars = vars;
    let test = TestProvider::new(Arc::clone(&environment.cancel));
    for address in test_provider::ADDRESSES {
        environment.providers = environment.providers.with(Arc::new(test.at(address)));
    }
    environment
}

fn run_with(
    args: Vec<String>,
    environment: &cli::Environment,
    mut stdout: Interrupting<impl FnMut(&[u8])>,
) -> Output {
    let mut stderr = Vec::new();
    let junit = args.iter().find_map(|arg| arg.strip_prefix("-junit-xml=")).map(str::to_owned);
    let code =
        panic::catch_unwind(AssertUnwindSafe(|| cli::run(args, environment, &mut stdout, &mut stderr)));
    let lossy = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let mut stdout = lossy(stdout.written);
    if let Some(written) = junit.and_then(|path| fs::read_to_string(environment.cwd.join(path)).ok()) {
        stdout.push_str(&text::with_junit(&written));
    }
    Output { code: code.unwrap_or(PANIC), stdout, stderr: lossy(stderr) }
}

/// Standard output that is looked at whenever something was written.
struct Interrupting<F> {
    written: Vec<u8>,
    look: F,
}

impl<F: FnMut(&[u8])> Write for Interrupting<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.extend_from_slice(bytes);
        (self.look)(&self.written);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
