//! `runblock test`.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use config::DiskFiles;
use suite::{Filter, Host, OsHost, Request, Shard, Sink, Status};
use syntax::{Diagnostic, FileName};

use super::junit::suites_in;
use super::version::VERSION;
use super::{FileSources, providers, request, variables};
use crate::args::{Format, TestArgs};
use crate::diagnostics::{Explain, Sources, Style};
use crate::report::{
    Folding, GitHub, Human, Json, Junit, Many, Progress, Reporter, Streams, Times, TofuOrder, Voice,
};
use crate::{Environment, FAILURE, MISUSE, SUCCESS};

/// Runs the tests of the module in `directory`. Paths in the arguments count from `base`.
pub(crate) fn test(
    args: &TestArgs,
    base: &Path,
    directory: PathBuf,
    env: &Environment,
    mut streams: Streams<'_>,
) -> i32 {
    let files = DiskFiles::new(&directory);
    let variable = |name: &str| env.var(name).map(str::to_owned);
    let host = OsHost::new(directory.clone(), variable("HOME"))
        .started_in(&env.cwd)
        .running_commands()
        .with_agent(variable("SSH_AUTH_SOCK"));
    let (variables, mut problems) = variables(&args.variables);
    let (providers, found) = providers(&files, base, &args.schemas, env);
    problems.extend(found);
    let (shard, copy) = match outside(args, base) {
        Ok(opened) => opened,
        Err(message) => {
            streams.err(&format!("Error: {message}\n"));
            return MISUSE;
        }
    };
    let request = request(&files, args.test_directory.as_deref(), args.dialect, providers, env);
    let filters = args.filters.iter().map(|filter| Filter::parse(filter)).collect();
    let request = Request {
        filters,
        shard,
        variables,
        fail_fast: args.fail_fast,
        explains: args.list || (env.stdout_is_terminal && args.format == Format::Human),
        verbose: args.verbose,
        timed: args.timings,
        runs_at_once: limit(args.run_parallelism, suite::DEFAULT_RUNS_AT_ONCE),
        operations_at_once: limit(args.parallelism, suite::DEFAULT_OPERATIONS_AT_ONCE),
        ..request
    };
    let sources = FileSources::new(&files);
    let now = || -> Duration { host.now() };
    let voice = Voice { dialect: suite::dialect(&request, &files) };
    let explain = Explain::of(voice.dialect, args.verbose);
    let told = Told { args, env, sources: &sources, now: &now, explain, voice };

    let mut progress = told.progress();
    if let Some(progress) = &progress {
        streams = streams.above(progress.line());
    }
    let mut reporter = told.reporter(streams);
    reporter.diagnostics(&problems);
    if problems.iter().any(Diagnostic::is_error) {
        return FAILURE;
    }
    if args.list {
        let (found, listed) = suite::list(&request, &files, &host);
        reporter.diagnostics(&found);
        return listed.map_or(FAILURE, |files| {
            reporter.listed(&files);
            SUCCESS
        });
    }
    let mut reporter = TofuOrder::new(reporter, voice.is_tofu());
    let mut times = Times::default();
    let mut junit = args.junit_xml.as_ref().map(|_| Junit::new(&sources, &now, explain, voice));
    let mut github = (args.format == Format::GitHub).then(|| told.github(&directory));
    let (mut copy, mut nowhere) = (copy, io::sink());
    let mut copied = copy.as_mut().map(|file| told.copied(file, &mut nowhere));
    let mut sinks: Vec<&mut dyn Sink> = vec![&mut times];
    sinks.extend(progress.as_mut().map(|it| -> &mut dyn Sink { it }));
    sinks.extend(junit.as_mut().map(|it| -> &mut dyn Sink { it }));
    sinks.extend(github.as_mut().map(|it| -> &mut dyn Sink { it }));
    sinks.extend(copied.as_mut().map(|it| -> &mut dyn Sink { it }));
    sinks.push(&mut reporter);
    let summary = suite::run(&request, &files, &host, &env.cancel, &mut Many(sinks));
    drop(progress);

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
    if let Some(github) = &github {
        reporter.note(github.commands());
    }
    if summary.status == Status::Pass && saved.is_ok() { SUCCESS } else { FAILURE }
}

/// What the arguments ask of other files: the share of the suite, and a file for a copy of the JSON stream. The error is a
/// sentence.
fn outside(args: &TestArgs, base: &Path) -> Result<(Option<Shard>, Option<File>), String> {
    let mut shard =
        args.shard.map(|it| Shard { number: it.number, of: it.of, durations: Default::default() });
    if let Some(path) = &args.durations {
        let durations =
            suites_in(base, path)?.into_iter().map(|suite| (FileName::new(&suite.name), suite.time));
        if let Some(shard) = &mut shard {
            shard.durations = durations.collect();
        }
    }
    let create = |path: &String| {
        File::create(base.join(path))
            .map_err(|error| format!("{path} cannot be written: {}.", config::reason(&error)))
    };
    Ok((shard, args.json_into.as_ref().map(create).transpose()?))
}

/// As in Terraform, none or less is no limit that anybody means.
fn limit(given: Option<usize>, usual: usize) -> usize {
    given.filter(|most| *most > 0).unwrap_or(usual)
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
        let Told { args, env, sources, explain, voice, .. } = *self;
        match args.format {
            Format::Json => Box::new(self.json(streams)),
            Format::Human | Format::GitHub => {
                let style = Style { explain, ..Style::new(env.colour() && !args.no_color, env.width()) };
                let folding = Folding {
                    warnings: args.consolidate_warnings,
                    errors: args.consolidate_errors,
                    compact: args.compact_warnings,
                };
                let human = Human::new(streams, sources, style, voice).folding(folding).listing(args.list);
                Box::new(human.introducing(env.stdout_is_terminal && !args.list))
            }
        }
    }

    fn json<'s>(&self, streams: Streams<'s>) -> Json<'s, 'a> {
        let mut json = Json::new(streams, self.sources, self.now, self.explain, self.voice);
        json.version(VERSION);
        json
    }

    /// The JSON stream once more, in a file.
    fn copied<'r, 's: 'r>(&self, file: &'s mut File, nowhere: &'s mut dyn Write) -> TofuOrder<'r>
    where
        'a: 'r,
    {
        TofuOrder::new(Box::new(self.json(Streams::new(file, nowhere))), self.voice.is_tofu())
    }

    fn progress(&self) -> Option<Progress> {
        let Told { args, env, .. } = self;
        let wanted = env.shows_progress() && args.format == Format::Human && !args.no_color && !args.list;
        wanted.then(|| Progress::on(Box::new(io::stderr()), env.width(), env.cancel.clone()))
    }

    fn github(&self, directory: &Path) -> GitHub<'a> {
        let workspace = self.env.var("GITHUB_WORKSPACE").map_or(self.env.cwd.as_path(), Path::new);
        GitHub::new(self.sources, self.explain, directory, workspace)
    }
}

/// Writes the JUnit file; the error is Terraform's.
fn save(path: &str, base: &Path, text: &str) -> Result<(), Diagnostic> {
    fs::write(base.join(path), text).map_err(|error| {
        let summary = format!("error saving JUnit XML to file {}", lang::quote(path));
        Diagnostic::error(summary, format!("open {path}: {}", config::reason(&error)))
    })
}
