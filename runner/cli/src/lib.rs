//! The command line: arguments, reporters and exit codes. Every command of the program but `lsp` is here.

pub mod args;
mod command;
pub mod diagnostics;
mod environment;
mod junit;
mod report;
mod show;
mod style;

use std::io::{BufRead, Write, empty};
use std::path::{Path, PathBuf};

pub use environment::Environment;

use args::{Command, Misuse};
use report::Streams;

/// Everything passed, or nothing was wrong.
pub const SUCCESS: i32 = 0;
/// A run failed or could not be carried out, or a file has errors.
pub const FAILURE: i32 = 1;
/// `fmt -check` found something that is not formatted.
pub const UNFORMATTED: i32 = 3;
/// The command line means nothing, or the machine failed.
pub const MISUSE: i32 = 2;

/// [`run_with_input`] with nothing to read.
pub fn run(args: Vec<String>, env: &Environment, stdout: &mut dyn Write, stderr: &mut dyn Write) -> i32 {
    run_with_input(args, env, &mut empty(), stdout, stderr)
}

/// Carries out the command that `args` (the words after the program's name) ask for and returns the exit code.
pub fn run_with_input(
    args: Vec<String>,
    env: &Environment,
    stdin: &mut dyn BufRead,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> i32 {
    let mut streams = Streams::new(stdout, stderr);
    let args = match args::with_extra(args, |name| env.var(name).map(str::to_owned)) {
        Ok(args) => args,
        Err(variable) => {
            let message =
                format!("{variable} cannot be split into words, because a quote in it is not closed.");
            return fail(&message, &mut streams);
        }
    };
    let invocation = match args::parse(&args) {
        Ok(invocation) => invocation,
        Err(misuse) => return refuse(&misuse, &mut streams),
    };
    let base = match &invocation.chdir {
        Some(directory) => env.cwd.join(directory),
        None => env.cwd.clone(),
    };
    let base = match existing(base, invocation.chdir.as_deref()) {
        Ok(base) => base,
        Err(message) => return fail(&message, &mut streams),
    };
    match invocation.command {
        Command::Help(topic) => {
            streams.out(args::help_text(topic));
            SUCCESS
        }
        Command::Version { json } => command::version(json, streams),
        Command::Test(test) => match tested(&base, test.directory.as_deref()) {
            Ok(directory) => command::test(&test, &base, directory, env, streams),
            Err(message) => fail(&message, &mut streams),
        },
        Command::Fmt(fmt) => command::fmt(&fmt, &base, env, stdin, streams),
        Command::Check(check) => command::check(&check, &base, env, streams),
        Command::Junit(junit) => command::junit(&junit, &base, streams),
        Command::Console(console) => command::console(&console, base, env, stdin, streams),
    }
}

/// The directory that a command works in, as an error message when there is none.
fn directory(base: &Path, given: Option<&str>) -> Result<PathBuf, String> {
    match given {
        Some(directory) => existing(base.join(directory), Some(directory)),
        None => Ok(base.to_owned()),
    }
}

/// The same for the tests of a module. Who names a test file gets to know how to run it.
fn tested(base: &Path, given: Option<&str>) -> Result<PathBuf, String> {
    directory(base, given).map_err(|message| {
        let Some(given) = given else { return message };
        let file = given.split_once("::").map_or(given, |(file, _)| file);
        if base.join(file).is_file() {
            format!("{file} is a file. To run it alone: runblock test --filter {given}")
        } else {
            message
        }
    })
}

fn existing(directory: PathBuf, given: Option<&str>) -> Result<PathBuf, String> {
    match given {
        Some(name) if !directory.is_dir() => Err(format!("There is no directory {name}.")),
        _ => Ok(directory),
    }
}

fn refuse(misuse: &Misuse, streams: &mut Streams<'_>) -> i32 {
    let help = match misuse.topic {
        args::Topic::Program => "runblock help",
        args::Topic::Test => "runblock help test",
        args::Topic::Check => "runblock help check",
        args::Topic::Console => "runblock help console",
        args::Topic::Fmt => "runblock help fmt",
        args::Topic::Junit => "runblock help junit",
    };
    streams.err(&format!("Error: {}\n\nFor what there is, see: {help}\n", misuse.message));
    MISUSE
}

fn fail(message: &str, streams: &mut Streams<'_>) -> i32 {
    streams.err(&format!("Error: {message}\n"));
    MISUSE
}

#[cfg(test)]
mod tests;
