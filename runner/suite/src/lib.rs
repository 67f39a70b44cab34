//! Many run blocks: which files and runs there are, which of them are wanted, which values they get, in which order
//! they run, and what is destroyed afterwards.
//!
//! Everything that happens is told to a [`Sink`] as [`Event`]s; this crate knows no terminal and no editor. [`run`] is
//! the only way to run anything.

mod check;
mod console;
mod event;
mod file;
mod load;
mod order;
mod os_host;
mod outside;
mod process;
mod request;
mod run;
mod scope;
mod select;
mod state_file;
mod teardown;
mod tfvars;
mod variables;
mod watched;

#[cfg(test)]
mod tests;

use config::{Files, TestFile, TestId};
use syntax::{Diagnostic, Diagnostics};

pub use check::check;
pub use console::{Answer, CONSOLE_INPUT, Console, ConsoleModule, ConsoleRequest};
pub use engine::{AssertOutcome, Cancel, Host, State, Status, Timings, Verdict};
pub use event::{Abandoned, DiscoveredFile, Event, Owner, RunFinished, RunResult, Sink, Summary, Verbose};
pub use load::DEFAULT_TEST_DIRECTORY;
pub use os_host::OsHost;
pub use outside::parse_assignment;
pub use request::{Filter, Request, VariableArgument};

use file::{FileRun, Suite};
use load::Loaded;
use outside::Outside;
use select::Step;
use watched::Watched;

/// Runs what `request` selects and tears it down again.
///
/// Errors in the module, in a test file or in a variable file are reported, and then nothing runs. After
/// [`Cancel::stop`] the current run is finished, the rest is skipped, and everything is destroyed; after
/// [`Cancel::cancel`] nothing more is done, and what was made is listed.
pub fn run(
    request: &Request,
    files: &dyn Files,
    host: &dyn Host,
    cancel: &Cancel,
    sink: &mut dyn Sink,
) -> Summary {
    let mut sink = Watched::new(sink);
    let start = host.elapsed();
    let prepared = prepare(request, files, &mut sink);
    sink.event(Event::Loaded { elapsed: host.elapsed().saturating_sub(start) });
    let summary = match prepared {
        Some((loaded, outside)) => {
            let suite = Suite { request, loaded: &loaded, outside: &outside, files, host, cancel };
            execute(suite, &mut sink)
        }
        None => return Summary { status: Status::Error, ..Summary::default() },
    };
    sink.event(Event::Finished(summary));
    summary
}

/// Loads everything. `None` after errors, which have been reported.
fn prepare(request: &Request, files: &dyn Files, sink: &mut Watched<'_>) -> Option<(Loaded, Outside)> {
    let mut diagnostics = Diagnostics::new();
    let loaded = Loaded::new(request, files, &mut diagnostics);
    // As in Terraform, values are of no interest while there is nothing that could take them.
    let outside = match diagnostics.iter().any(Diagnostic::is_error) {
        true => Outside::default(),
        false => Outside::collect(request, files, &mut diagnostics),
    };
    let failed = diagnostics.iter().any(Diagnostic::is_error);
    if !failed {
        // A module that no known version runs is refused by its runs; one for another version is only named.
        diagnostics.extend(other_versions(&loaded));
        diagnostics.extend(loaded.guessed.iter().cloned());
    }
    diagnostics.extend(outside.test_problems.iter().cloned());
    if !diagnostics.is_empty() {
        sink.event(Event::Diagnostics { diagnostics });
    }
    (!failed).then_some((loaded, outside))
}

/// What is said once about modules that are meant for other versions of the tool.
fn other_versions(loaded: &Loaded) -> Diagnostics {
    let mut found = Diagnostics::new();
    for tree in loaded.trees() {
        for diagnostic in config::check_versions(tree) {
            if !diagnostic.is_error() && !found.contains(&diagnostic) {
                found.push(diagnostic);
            }
        }
    }
    found
}

fn execute(suite: Suite<'_>, sink: &mut Watched<'_>) -> Summary {
    let selected = select_all(suite, sink);
    let files = selected.iter().map(|(file, steps)| discovered(suite.request, file, steps)).collect();
    sink.event(Event::Discovered { files });
    let mut summary = Summary { status: Status::Pass, ..Summary::default() };
    for (file, steps) in selected {
        if suite.cancel.is_cancelled() {
            summary.status = Status::Error;
            break;
        }
        let status = FileRun::new(suite, file).execute(&steps, &mut summary, sink);
        summary.status = summary.status.merge(status);
    }
    summary
}

/// The selected files with their steps. A run that is asked for and not there is worth a warning; a file that is not
/// there is passed over in silence, as Terraform does.
fn select_all<'a>(suite: Suite<'a>, sink: &mut Watched<'_>) -> Vec<(&'a TestFile, Vec<Step>)> {
    let filters = &suite.request.filters;
    let files: Vec<&TestFile> = suite.loaded.test_files().collect();
    let diagnostics: Diagnostics = select::unmatched_runs(&files, filters);
    if !diagnostics.is_empty() {
        sink.event(Event::Diagnostics { diagnostics });
    }
    files.into_iter().filter_map(|file| Some((file, select::steps(file, filters, suite.loaded)?))).collect()
}

fn discovered(request: &Request, file: &TestFile, steps: &[Step]) -> DiscoveredFile {
    let ids = TestId::of_runs(&request.directory, file);
    let runs = steps.iter().filter_map(|step| ids.get(step.index)).map(|id| (id.clone(), id.run.clone()));
    DiscoveredFile { file: file.name.clone(), runs: runs.collect() }
}
