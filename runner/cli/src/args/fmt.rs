//! The arguments of `runblock fmt`.

use super::flags::{Arg, Flag, read, switch};
use super::{Command, Misuse, Topic, asks_for_help};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FmtArgs {
    /// Files, directories, or `-` alone for standard input; the working directory unless given.
    pub targets: Vec<String>,
    /// Name the files that were not formatted.
    pub list: bool,
    /// Write them back.
    pub write: bool,
    /// Show what changes.
    pub diff: bool,
    /// Change nothing, and tell by the exit code whether something would change.
    pub check: bool,
    /// Go into directories within directories.
    pub recursive: bool,
    pub no_color: bool,
}

impl Default for FmtArgs {
    fn default() -> FmtArgs {
        FmtArgs {
            targets: Vec::new(),
            list: true,
            write: true,
            diff: false,
            check: false,
            recursive: false,
            no_color: false,
        }
    }
}

const FLAGS: [Flag; 8] = [
    switch("list"),
    switch("write"),
    switch("diff"),
    switch("check"),
    switch("recursive"),
    switch("no-color"),
    switch("help"),
    switch("h"),
];

pub(super) fn fmt(words: &[String]) -> Result<Command, Misuse> {
    let args = read(words, &FLAGS).map_err(|message| Misuse { message, topic: Topic::Fmt })?;
    if asks_for_help(&args) {
        return Ok(Command::Help(Topic::Fmt));
    }
    let mut fmt = FmtArgs::default();
    for arg in args {
        match arg {
            Arg::Switch("list", on) => fmt.list = on,
            Arg::Switch("write", on) => fmt.write = on,
            Arg::Switch("diff", on) => fmt.diff = on,
            Arg::Switch("check", on) => fmt.check = on,
            Arg::Switch("recursive", on) => fmt.recursive = on,
            Arg::Switch("no-color", on) => fmt.no_color = on,
            Arg::Positional(target) => fmt.targets.push(target),
            Arg::Flag(..) | Arg::Switch(..) => {}
        }
    }
    Ok(Command::Fmt(fmt))
}
