//! The arguments of `runblock check`.

use config::Dialect;

use super::flags::{Arg, Flag, option, read, switch};
use super::{Command, Misuse, Topic, VariableArg, asks_for_help, path};

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CheckArgs {
    /// Directories of modules, files and patterns; of none, the module in the working directory.
    pub paths: Vec<String>,
    pub format: CheckFormat,
    pub fail_on: FailOn,
    /// Make the fixes that leave no doubt.
    pub fix: bool,
    pub no_color: bool,
    pub test_directory: Option<String>,
    pub dialect: Option<Dialect>,
    /// Files and folders with schemas of providers, the last one counting most.
    pub schemas: Vec<String>,
    /// As for `runblock test`: which variables have a value from outside.
    pub variables: Vec<VariableArg>,
}

/// What standard output is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum CheckFormat {
    #[default]
    Human,
    Json,
    /// One SARIF document, for tools that collect what others find.
    Sarif,
    /// For people, with annotations for GitHub's pages.
    GitHub,
}

/// The least severity of a finding that makes the exit code 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FailOn {
    #[default]
    Error,
    Warning,
    Hint,
    /// Nothing does.
    Never,
}

const FLAGS: [Flag; 12] = [
    option("dialect"),
    option("fail-on"),
    switch("fix"),
    option("format"),
    switch("json"),
    switch("no-color"),
    option("schemas"),
    option("test-directory"),
    option("var"),
    option("var-file"),
    switch("help"),
    switch("h"),
];

pub(super) fn check(words: &[String]) -> Result<Command, Misuse> {
    let misuse = |message: String| Misuse { message, topic: Topic::Check };
    let args = read(words, &FLAGS).map_err(misuse)?;
    if asks_for_help(&args) {
        return Ok(Command::Help(Topic::Check));
    }
    let mut check = CheckArgs::default();
    for arg in args {
        match arg {
            Arg::Flag("dialect", value) => check.dialect = Some(Dialect::parse(&value).map_err(misuse)?),
            Arg::Flag("fail-on", value) => check.fail_on = fail_on(&value).map_err(misuse)?,
            Arg::Flag("format", value) => check.format = format(&value).map_err(misuse)?,
            Arg::Flag("schemas", value) => check.schemas.push(path(value).map_err(misuse)?),
            Arg::Flag("test-directory", value) => check.test_directory = Some(value),
            Arg::Flag("var", value) => check.variables.push(VariableArg::Value(value)),
            Arg::Flag("var-file", value) => check.variables.push(VariableArg::File(value)),
            Arg::Switch("fix", on) => check.fix = on,
            Arg::Switch("json", true) => check.format = CheckFormat::Json,
            Arg::Switch("no-color", on) => check.no_color = on,
            Arg::Positional(path) => check.paths.push(path),
            Arg::Flag(..) | Arg::Switch(..) => {}
        }
    }
    Ok(Command::Check(check))
}

fn fail_on(value: &str) -> Result<FailOn, String> {
    match value {
        "error" => Ok(FailOn::Error),
        "warning" => Ok(FailOn::Warning),
        "hint" => Ok(FailOn::Hint),
        "never" => Ok(FailOn::Never),
        _ => Err(format!("There is no severity \"{value}\". Known are error, warning, hint and never.")),
    }
}

fn format(value: &str) -> Result<CheckFormat, String> {
    match value {
        "human" => Ok(CheckFormat::Human),
        "json" => Ok(CheckFormat::Json),
        "sarif" => Ok(CheckFormat::Sarif),
        "github" => Ok(CheckFormat::GitHub),
        _ => Err(format!("There is no format \"{value}\". Known are human, json, sarif and github.")),
    }
}
