//! From words to a command. Nothing here touches files or runs anything.

mod check;
mod flags;
mod fmt;
mod help;
mod junit;
mod test;
mod words;

use config::Dialect;
use flags::{Arg, Flag, distance, option, read, switch};

pub use check::{CheckArgs, CheckFormat, FailOn};
pub use fmt::FmtArgs;
pub use help::{Topic, text as help_text};
pub use junit::JunitArgs;
pub use test::{Format, Shard, TestArgs};
pub use words::with_extra;

/// What the user asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    Test(TestArgs),
    Check(CheckArgs),
    Console(ConsoleArgs),
    Fmt(FmtArgs),
    Junit(JunitArgs),
    Version { json: bool },
    Help(Topic),
}

/// A command and where to carry it out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invocation {
    /// `-chdir=DIR`, given before the command.
    pub chdir: Option<String>,
    pub command: Command,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum VariableArg {
    /// `name=value`, not yet split: what is wrong with it is a diagnostic.
    Value(String),
    File(String),
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ConsoleArgs {
    /// Answer every line, where Terraform answers the last.
    pub each: bool,
    pub json: bool,
    pub no_color: bool,
    pub plan: bool,
    pub dialect: Option<Dialect>,
    /// As for [`TestArgs`].
    pub schemas: Vec<String>,
    /// The state file, if not the workspace's own.
    pub state: Option<String>,
    /// As for [`TestArgs`].
    pub variables: Vec<VariableArg>,
}

/// A command line that means nothing: a sentence, and the help that would have told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misuse {
    pub message: String,
    pub topic: Topic,
}

const HELP: [Flag; 2] = [switch("help"), switch("h")];
const CONSOLE: [Flag; 12] = [
    option("dialect"),
    switch("each"),
    switch("json"),
    switch("no-color"),
    switch("plan"),
    option("schemas"),
    option("state"),
    option("var"),
    option("var-file"),
    switch("compact-warnings"),
    switch("help"),
    switch("h"),
];
const VERSION: [Flag; 3] = [switch("json"), switch("help"), switch("h")];
const COMMANDS: [&str; 8] = ["test", "check", "console", "fmt", "junit", "lsp", "version", "help"];

/// Reads the words after the program's name.
pub fn parse(words: &[String]) -> Result<Invocation, Misuse> {
    let misuse = |message: String| Misuse { message, topic: Topic::Program };
    let mut chdir = None;
    let mut words = words;
    while let Some((first, rest)) = words.split_first() {
        let command = match first.as_str() {
            "test" => test::test(rest)?,
            "check" => check::check(rest)?,
            "console" => console(rest)?,
            "fmt" => fmt::fmt(rest)?,
            "junit" => junit::junit(rest)?,
            "version" => version(rest)?,
            "-v" | "-version" | "--version" | "-V" => Command::Version { json: false },
            "help" => help(rest),
            // The program serves before it reads arguments, unless it is asked for help.
            "lsp" if chdir.is_none() => Command::Help(Topic::Program),
            "lsp" => {
                return Err(misuse(
                    "The command lsp takes no -chdir: editors say where they are.".to_owned(),
                ));
            }
            "-h" | "-help" | "--help" => Command::Help(Topic::Program),
            word => match word.strip_prefix("--chdir=").or_else(|| word.strip_prefix("-chdir=")) {
                Some("") => return Err(misuse("The flag -chdir needs a directory: -chdir=DIR.".to_owned())),
                Some(directory) => {
                    chdir = Some(directory.to_owned());
                    words = rest;
                    continue;
                }
                None => return Err(misuse(unknown_command(word))),
            },
        };
        return Ok(Invocation { chdir, command });
    }
    Err(misuse("Say what to do: test, check, console, fmt, junit, lsp, version or help.".to_owned()))
}

fn unknown_command(word: &str) -> String {
    if word.starts_with('-') {
        return format!("There is no flag {word} before the command.");
    }
    let near = COMMANDS.iter().map(|name| (distance(word, name), name)).filter(|(d, _)| *d <= 2).min();
    match near {
        Some((_, near)) => format!("There is no command \"{word}\". Did you mean \"{near}\"?"),
        None => format!("There is no command \"{word}\"."),
    }
}

fn help(words: &[String]) -> Command {
    Command::Help(match words.first().map(String::as_str) {
        Some("test") => Topic::Test,
        Some("check") => Topic::Check,
        Some("console") => Topic::Console,
        Some("fmt") => Topic::Fmt,
        Some("junit") => Topic::Junit,
        _ => Topic::Program,
    })
}

fn asks_for_help(args: &[Arg]) -> bool {
    args.iter()
        .any(|arg| matches!(arg, Arg::Switch(name, true) if HELP.iter().any(|flag| flag.name == *name)))
}

fn console(words: &[String]) -> Result<Command, Misuse> {
    let misuse = |message: String| Misuse { message, topic: Topic::Console };
    let args = read(words, &CONSOLE).map_err(misuse)?;
    if asks_for_help(&args) {
        return Ok(Command::Help(Topic::Console));
    }
    let mut console = ConsoleArgs::default();
    for arg in args {
        match arg {
            Arg::Flag("dialect", value) => console.dialect = Some(Dialect::parse(&value).map_err(misuse)?),
            Arg::Flag("schemas", value) => console.schemas.push(path(value).map_err(misuse)?),
            Arg::Flag("state", path) => console.state = Some(path),
            Arg::Flag("var", value) => console.variables.push(VariableArg::Value(value)),
            Arg::Flag("var-file", value) => console.variables.push(VariableArg::File(value)),
            Arg::Switch("each", on) => console.each = on,
            Arg::Switch("json", on) => console.json = on,
            Arg::Switch("no-color", on) => console.no_color = on,
            Arg::Switch("plan", on) => console.plan = on,
            Arg::Positional(extra) => {
                return Err(misuse(format!(
                    "The command console takes no argument \"{extra}\". Did you mean -chdir={extra} before it?"
                )));
            }
            Arg::Flag(..) | Arg::Switch(..) => {}
        }
    }
    Ok(Command::Console(console))
}

/// A path among the schemas. An empty one would stand for the whole directory.
fn path(value: String) -> Result<String, String> {
    if value.is_empty() { Err("The flag --schemas needs a file.".to_owned()) } else { Ok(value) }
}

fn one_directory(extra: &str) -> String {
    format!("One directory at most: \"{extra}\" is one too many.")
}

fn version(words: &[String]) -> Result<Command, Misuse> {
    let misuse = |message: String| Misuse { message, topic: Topic::Program };
    let args = read(words, &VERSION).map_err(misuse)?;
    if asks_for_help(&args) {
        return Ok(Command::Help(Topic::Program));
    }
    match args.iter().find(|arg| matches!(arg, Arg::Positional(_))) {
        Some(Arg::Positional(extra)) => {
            Err(misuse(format!("The command version takes no argument \"{extra}\".")))
        }
        _ => Ok(Command::Version { json: args.contains(&Arg::Switch("json", true)) }),
    }
}

#[cfg(test)]
mod tests;
