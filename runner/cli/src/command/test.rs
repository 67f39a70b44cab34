//! `runblock test`.

use std::path::PathBuf;
use std::time::Duration;

use config::DiskFiles;
use suite::{Filter, Host, OsHost, Request, Sink, Status};

use super::version::{TERRAFORM_VERSION, VERSION};
use super::{FileSources, request, variables};
use crate::args::TestArgs;
use crate::diagnostics::Style;
use crate::report::{Human, Json, Streams, Timed};
use crate::{Environment, FAILURE, SUCCESS};

/// Runs the tests of the module in `directory`.
pub(crate) fn test(args: &TestArgs, directory: PathBuf, env: &Environment, streams: Streams<'_>) -> i32 {
    let files = DiskFiles::new(&directory);
    let host = OsHost::new(directory, env.var("HOME").map(str::to_owned)).running_commands();
    let (variables, problems) = variables(&args.variables);
    let filters = args.filters.iter().map(|filter| Filter::parse(filter)).collect();
    let request = request(&files, args.test_directory.as_deref(), args.dialect, env);
    let request = Request { filters, variables, verbose: args.verbose, timed: args.timings, ..request };
    let sources = FileSources::new(&files);
    let now = || -> Duration { host.now() };
    let run = |sink: &mut dyn Sink| suite::run(&request, &files, &host, &env.cancel, sink);
    let status = if args.json {
        let mut json = Json::new(streams, &sources, &now);
        json.version(VERSION, TERRAFORM_VERSION);
        json.diagnostics(&problems, None, None);
        if !problems.is_empty() {
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
        if !problems.is_empty() {
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
