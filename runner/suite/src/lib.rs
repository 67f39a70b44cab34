//! Many run blocks: which files and runs there are, which of them are wanted, which values they get, in which order
//! they run, and what is destroyed afterwards.
//!
//! Everything that happens is told to a [`Sink`] as [`Event`]s; this crate knows no terminal and no editor. [`run`] is
//! the only way to run anything.

mod beat;
mod check;
mod console;
mod early;
mod event;
mod file;
mod filter;
mod going_on;
mod instances;
mod interrupt;
mod known;
mod load;
mod meant;
mod order;
mod os_host;
mod outside;
mod process;
mod remote;
mod request;
mod run;
mod scope;
mod select;
mod shard;
mod state_file;
mod teardown;
mod tfvars;
mod variables;
mod watched;

#[cfg(test)]
mod tests;

use config::{Feature, Files, TestFile, TestId, Tool};
use engine::Lingering;
use syntax::{Diagnostic, Diagnostics};

pub use check::{check, check_files, check_module};
pub use console::{Answer, CONSOLE_INPUT, Console, ConsoleModule, ConsoleRequest};
pub use engine::{AssertOutcome, Cancel, Host, State, Status, Timings, Verdict};
pub use event::{
    Abandoned, Creating, DiscoveredFile, DiscoveredRun, Event, LeftObject, Owner, RunFinished, RunResult,
    Sink, Summary, Verbose,
};
pub use filter::Filter;
pub use load::{DEFAULT_TEST_DIRECTORY, dialect};
pub use os_host::OsHost;
pub use outside::parse_assignment;
pub use request::{DEFAULT_OPERATIONS_AT_ONCE, DEFAULT_RUNS_AT_ONCE, Request, VariableArgument};
pub use shard::Shard;

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
    let (mut loaded, mut outside) = prepare(request, files, host, &mut sink);
    if let Some(values) = &outside {
        let found = loaded.repeat_providers(request, values, files, host, cancel);
        if found.iter().any(Diagnostic::is_error) {
            outside = None;
        }
        tell(found, &mut sink);
    }
    let elapsed = host.elapsed().saturating_sub(start);
    sink.event(Event::Loaded { elapsed, dialects: loaded.choices.clone() });
    let Some(outside) = outside else {
        return Summary { status: Status::Error, ..Summary::default() };
    };
    let suite = Suite { request, loaded: &loaded, outside: &outside, files, host, cancel };
    let summary = execute(suite, &mut sink);
    sink.event(Event::Finished(summary));
    // Terraform says so when everything is over.
    if loaded.dialect().has(Feature::UnknownFilters) || request.explains {
        tell(select::unknown_files(&test_files(&loaded), request), &mut sink);
    }
    summary
}

/// What [`run`] would execute, in its order. `None` after errors, which are among the diagnostics.
pub fn list(
    request: &Request,
    files: &dyn Files,
    host: &dyn Host,
) -> (Diagnostics, Option<Vec<DiscoveredFile>>) {
    let mut found = Diagnostics::new();
    let mut collect = |event: Event| {
        if let Event::Diagnostics { diagnostics } = event {
            found.extend(diagnostics);
        }
    };
    let mut sink = Watched::new(&mut collect);
    let (loaded, outside) = prepare(request, files, host, &mut sink);
    let listed = outside.map(|_| {
        let selected = select_all(request, &loaded, &mut sink);
        if request.explains {
            tell(select::unknown_files(&test_files(&loaded), request), &mut sink);
        }
        selected.iter().map(|(file, steps)| discovered(request, file, steps)).collect()
    });
    (found, listed)
}

/// Loads everything. Without values from outside after errors, which have been reported.
fn prepare(
    request: &Request,
    files: &dyn Files,
    host: &dyn Host,
    sink: &mut Watched<'_>,
) -> (Loaded, Option<Outside>) {
    let mut diagnostics = Diagnostics::new();
    let loaded = Loaded::new(request, files, host, &mut diagnostics);
    // As in Terraform, values are of no interest while there is nothing that could take them.
    let outside = match diagnostics.iter().any(Diagnostic::is_error) {
        true => Outside::default(),
        false => Outside::collect(request, loaded.dialect(), files, &mut diagnostics),
    };
    let failed = diagnostics.iter().any(Diagnostic::is_error);
    if !failed {
        diagnostics.extend(loaded.guessed.iter().cloned());
        if request.explains {
            diagnostics.extend(check::useless_mocks(&loaded, &outside));
        }
    }
    diagnostics.extend(outside.test_problems.iter().cloned());
    if !diagnostics.is_empty() {
        sink.event(Event::Diagnostics { diagnostics });
    }
    (loaded, (!failed).then_some(outside))
}

fn execute(suite: Suite<'_>, sink: &mut Watched<'_>) -> Summary {
    let selected = select_all(suite.request, suite.loaded, sink);
    let files = selected.iter().map(|(file, steps)| discovered(suite.request, file, steps)).collect();
    sink.event(Event::Discovered { files });
    let mut summary = Summary { status: Status::Pass, ..Summary::default() };
    let mut lingering = Lingering::default();
    for (file, steps) in selected {
        if suite.cancel.is_cancelled() {
            summary.status = Status::Error;
            summary.cut_short = true;
            break;
        }
        let run = FileRun::new(suite, file, lingering);
        let status;
        (status, lingering) = run.execute(&steps, &mut summary, sink);
        summary.status = summary.status.merge(status);
    }
    summary.cut_short |= suite.cancel.is_cancelled() && suite.loaded.dialect().tool == Tool::OpenTofu;
    summary
}

/// The selected files with their steps. What selects nothing is worth a warning, except where the tool's own filters are
/// passed over in silence.
fn select_all<'a>(
    request: &Request,
    loaded: &'a Loaded,
    sink: &mut Watched<'_>,
) -> Vec<(&'a TestFile, Vec<Step>)> {
    let (filters, files) = (&request.filters, test_files(loaded));
    let mut found = select::without_effect(&files, filters);
    let steps = |file: &'a TestFile| Some((file, select::steps(file, filters, loaded)?));
    let selected: Vec<_> = files.into_iter().filter_map(steps).collect();
    let plain = !filters.is_empty() && filters.iter().all(Filter::is_plain);
    if plain && selected.is_empty() && loaded.dialect().has(Feature::EmptyFilters) {
        found.push(select::nothing_left());
    }
    tell(found, sink);
    match &request.shard {
        Some(shard) => shard.take(selected),
        None => selected,
    }
}

fn test_files(loaded: &Loaded) -> Vec<&TestFile> {
    loaded.test_files().collect()
}

fn tell(diagnostics: Diagnostics, sink: &mut Watched<'_>) {
    if !diagnostics.is_empty() {
        sink.event(Event::Diagnostics { diagnostics });
    }
}

fn discovered(request: &Request, file: &TestFile, steps: &[Step]) -> DiscoveredFile {
    let ids = TestId::of_runs(&request.directory, file);
    let run = |step: &Step| {
        let id = ids.get(step.index)?.clone();
        Some(DiscoveredRun { id, prerequisite: step.prerequisite })
    };
    DiscoveredFile { file: file.name.clone(), runs: steps.iter().filter_map(run).collect() }
}
