//! `runblock fmt`: files in their canonical layout.

mod diff;
mod format;
mod runs;
mod targets;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use syntax::{Diagnostic, Diagnostics, FileName};

use crate::args::FmtArgs;
use crate::diagnostics::{Source, Style, consolidated, render, sorted};
use crate::report::Streams;
use crate::{Environment, MISUSE, SUCCESS, UNFORMATTED};

use format::{Outcome, format_bytes, format_file, format_files};
use targets::{File, Found, find};

/// What standard input is called.
const STDIN: &str = "<stdin>";

/// Formats the targets, which are relative to `base`.
pub(crate) fn fmt(
    args: &FmtArgs,
    base: &Path,
    env: &Environment,
    input: &mut dyn Read,
    mut streams: Streams<'_>,
) -> i32 {
    let stdin = args.targets.first().is_some_and(|target| target == "-");
    let mut run = Run {
        diff: args.diff,
        check: args.check,
        ..Run::new(args.list && !stdin, args.write && !args.check && !stdin)
    };
    if stdin {
        run.standard_input(input, &mut streams);
    } else {
        run.targets(args, base, &mut streams);
    }
    let failed = !run.problems.is_empty();
    if args.check && !failed && run.list {
        streams.out_bytes(&run.held);
    }
    let style = Style::new(env.colour() && !args.no_color, env.width());
    let sources = |file: &FileName| run.broken.get(file).cloned();
    for problem in consolidated(sorted(&run.problems)) {
        streams.err(&format!("{}\n", render(&problem, &sources, style)));
    }
    match (failed, args.check && run.unformatted) {
        (true, _) => MISUSE,
        (false, true) => UNFORMATTED,
        (false, false) => SUCCESS,
    }
}

/// What is done with every file, and what came of it so far.
struct Run {
    list: bool,
    write: bool,
    diff: bool,
    check: bool,
    /// With `check`, what is printed when all went well.
    held: Vec<u8>,
    unformatted: bool,
    problems: Diagnostics,
    /// The texts that the problems point into.
    broken: BTreeMap<FileName, Arc<Source>>,
}

impl Run {
    fn new(list: bool, write: bool) -> Run {
        Run {
            list,
            write,
            diff: false,
            check: false,
            held: Vec::new(),
            unformatted: false,
            problems: Vec::new(),
            broken: BTreeMap::new(),
        }
    }

    fn standard_input(&mut self, input: &mut dyn Read, streams: &mut Streams<'_>) {
        let mut bytes = Vec::new();
        match input.read_to_end(&mut bytes) {
            Ok(_) => {
                let outcome = format_bytes(&FileName::new(STDIN), bytes);
                self.report(&File::unnamed(STDIN), outcome, streams);
            }
            Err(_) => self.problem(format!("Failed to read {STDIN}")),
        }
    }

    fn targets(&mut self, args: &FmtArgs, base: &Path, streams: &mut Streams<'_>) {
        let here = [String::from(".")];
        let targets = if args.targets.is_empty() { &here[..] } else { &args.targets };
        for target in targets {
            let name = targets::relative(base, target);
            match find(base, &name, args.recursive) {
                Found::Nothing => {
                    self.problem(format!("No file or directory at {name}"));
                    // What follows may rest on a misspelt word.
                    return;
                }
                Found::WrongKind => self.problem(
                    "Only .tf, .tfvars, and .tftest.hcl files can be processed with terraform fmt".to_owned(),
                ),
                Found::Files { files, unreadable } => {
                    // What a link leads to may be another of the files: each is read when the one before is written.
                    if files.iter().any(|file| file.is_link) {
                        files.iter().for_each(|file| self.report(file, format_file(file), streams));
                    } else {
                        let outcomes = files.iter().zip(format_files(&files));
                        outcomes.for_each(|(file, outcome)| self.report(file, outcome, streams));
                    }
                    for directory in unreadable {
                        self.problem(format!("Cannot read directory {directory}"));
                    }
                }
            }
        }
    }

    fn report(&mut self, file: &File, outcome: Outcome, streams: &mut Streams<'_>) {
        let name = file.name.as_str();
        match outcome {
            Outcome::Unreadable => self.problem(format!("Failed to read file {name}")),
            Outcome::Broken { text, diagnostics } => {
                let file = FileName::new(name);
                self.broken.insert(file.clone(), Arc::new(Source::new(&file, text.into())));
                self.problems.extend(diagnostics);
            }
            Outcome::Formatted { old, new } => {
                let changed = old != new;
                self.unformatted |= changed;
                if changed && self.list {
                    self.out(name.as_bytes(), streams);
                }
                if changed && self.diff {
                    self.out(&diff::unified(name, &old, &new), streams);
                }
                if changed && self.write {
                    match super::save::replace(&file.path, &old, &new) {
                        Ok(true) => {}
                        Ok(false) => {
                            self.problem(format!("Failed to write {name}: it has changed meanwhile"))
                        }
                        Err(_) => self.problem(format!("Failed to write {name}")),
                    }
                }
                if !self.list && !self.diff && !self.write && !self.check {
                    self.out(&new, streams);
                }
            }
        }
    }

    /// Prints something that ends in a newline, whether or not it has one.
    fn out(&mut self, bytes: &[u8], streams: &mut Streams<'_>) {
        self.held.extend_from_slice(bytes);
        if !bytes.ends_with(b"\n") {
            self.held.push(b'\n');
        }
        if !self.check {
            streams.out_bytes(&self.held);
            self.held.clear();
        }
    }

    fn problem(&mut self, summary: String) {
        self.problems.push(Diagnostic::error(summary, ""));
    }
}

#[cfg(test)]
mod tests;
