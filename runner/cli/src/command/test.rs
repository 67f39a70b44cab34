//! `runblock test`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use config::DiskFiles;
use suite::{Filter, Host, OsHost, Request, Sink, Status};
use syntax::Diagnostic;

use super::version::VERSION;
use super::{FileSources, providers, request, variables};
use crate::args::{Format, TestArgs};
use crate::diagnostics::{Explain, Sources, Style};
use crate::report::{Human, Json, Junit, Many, Reporter, Streams, Times, TofuOrder, Voice};
use crate::{Environment, FAILURE, SUCCESS};

/// Runs the tests of the module in `directory`. Paths of schemas count from `base`.
pub(crate) fn test(
    args: &TestArgs,
    base: &Path,
    directory: PathBuf,
    env: &Environment,
    streams: Streams<'_>,
) -> i32 {
    let files = DiskFiles::new(&directory);
    let host = OsHost::new(directory, env.var("HOME").map(str::to_owned)).running_commands();
    let (variables, mut problems) = variables(&args.variables);
    let (providers, found) = providers(&files, base, &args.schemas, env);
    problems.extend(found);
    let filters = args.filters.iter().map(|filter| Filter::parse(filter)).collect();
    let request = request(&files, args.test_directory.as_deref(), args.dialect, providers, env);
    let request = Request { filters, variables, verbose: args.verbose, timed: args.timings, ..request };
    let sources = FileSources::new(&files);
    let now = || -> Duration { host.now() };
    let voice = Voice { dialect: request.dialects.of_modules() };
    let explain = Explain::of(voice.dialect, args.verbose);
    let told = Told { args, env, sources: &sources, now: &now, explain, voice };

    let mut reporter = TofuOrder::new(told.reporter(streams), voice.is_tofu());
    reporter.reporter.diagnostics(&problems);
    if problems.iter().any(Diagnostic::is_error) {
        return FAILURE;
    }
    let mut times = Times::default();
    let mut junit = args.junit_xml.as_ref().map(|_| Junit::new(&sources, &now, explain, voice));
    let mut sinks: Vec<&mut dyn Sink> = vec![&mut times];
    sinks.extend(junit.as_mut().map(|junit| -> &mut dyn Sink { junit }));
    sinks.push(&mut reporter);
    let summary = suite::run(&request, &files, &host, &env.cancel, &mut Many(sinks));

    let mut reporter = reporter.reporter;
    let saved = match (&args.junit_xml, junit.and_then(|junit| junit.text())) {
        (Some(path), Some(text)) => save(path, base, &text),
        _ => Ok(()),
    };
    if let Err(problem) = &saved {
        reporter.diagnostics(std::slice::from_ref(problem));
    }
    if args.timings {
        reporter.times(&times);
    } else if let Some(most) = args.slowest.or_else(|| slow(&times, env)) {
        reporter.note(&times.slowest_text(most));
    }
    if summary.status == Status::Pass && saved.is_ok() { SUCCESS } else { FAILURE }
}

/// How many of the slowest runs a person gets to see without asking: some, when there was time to get impatient.
fn slow(times: &Times, env: &Environment) -> Option<usize> {
    const PATIENCE: Duration = Duration::from_secs(5);
    const SHOWN: usize = 3;
    (env.stdout_is_terminal && times.total() >= PATIENCE).then_some(SHOWN)
}

/// What decides about the form of the output.
struct Told<'a> {
    args: &'a TestArgs,
    env: &'a Environment,
    sources: &'a dyn Sources,
    now: &'a dyn Fn() -> Duration,
    explain: Explain,
    voice: Voice,
}

impl<'a> Told<'a> {
    fn reporter<'r, 's: 'r>(&self, streams: Streams<'s>) -> Box<dyn Reporter + 'r>
    where
        'a: 'r,
    {
        let Told { args, env, sources, now, explain, voice } = *self;
        match args.format {
            Format::Json => {
                let mut json = Json::new(streams, sources, now, explain, voice);
                json.version(VERSION);
                Box::new(json)
            }
            Format::Human | Format::GitHub => {
                let style = Style { explain, ..Style::new(env.colour() && !args.no_color, env.width()) };
                Box::new(Human::new(streams, sources, style, voice))
            }
        }
    }
}

/// Writes the JUnit file; the error is Terraform's.
fn save(path: &str, base: &Path, text: &str) -> Result<(), Diagnostic> {
    fs::write(base.join(path), text).map_err(|error| {
        let summary = format!("error saving JUnit XML to file {}", lang::quote(path));
        Diagnostic::error(summary, format!("open {path}: {}", why(&error)))
    })
}

/// The system's reason, without what the standard library adds to it.
fn why(error: &std::io::Error) -> String {
    let text = error.to_string();
    let reason = text.split(" (os error").next().unwrap_or(&text);
    let mut characters = reason.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().collect::<String>() + characters.as_str())
}
