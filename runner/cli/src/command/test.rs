//! `runblock test`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use config::DiskFiles;
use suite::{Filter, Host, OsHost, Request, Sink, Status};
use syntax::Diagnostic;

use super::version::{TERRAFORM_VERSION, VERSION};
use super::{FileSources, providers, request, variables};
use crate::args::TestArgs;
use crate::diagnostics::Style;
use crate::report::{Human, Json, Streams, Timed};
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
    let refused = problems.iter().any(Diagnostic::is_error);
    let filters = args.filters.iter().map(|filter| Filter::parse(filter)).collect();
    let request = request(&files, args.test_directory.as_deref(), args.dialect, providers, env);
    let request = Request { filters, variables, verbose: args.verbose, timed: args.timings, ..request };
    let sources = FileSources::new(&files);
    let now = || -> Duration { host.now() };
    let run = |sink: &mut dyn Sink| suite::run(&request, &files, &host, &env.cancel, sink);
    let status = if args.json {
        let mut json = Json::new(streams, &sources, &now);
        json.version(VERSION, TERRAFORM_VERSION);
        json.diagnostics(&problems, None, None);
        if refused {
            return FAILURE;
        }
        let mut timed = Timed::new(json);
        let status = run(&mut timed).status;
        if args.timings {
            timed.reporter.timings(&timed.times.payload());
        }
        status
    } else {
        let style = Style { colour: env.colour() && !args.no_color, width: env.width() };
        let mut human = Human::new(streams, &sources, style);
        human.diagnostics(&problems);
        if refused {
            return FAILURE;
        }
        let mut timed = Timed::new(human);
        let status = run(&mut timed).status;
        if args.timings {
            timed.reporter.text(&timed.times.table());
        }
        status
    };
    if status == Status::Pass { SUCCESS } else { FAILURE }
}
