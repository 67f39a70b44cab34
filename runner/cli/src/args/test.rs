//! The arguments of `runblock test`.

use config::Dialect;
use lang::Since;

use super::flags::{Arg, Flag, option, read, switch};
use super::{Command, Misuse, Topic, VariableArg, asks_for_help, one_directory, path};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TestArgs {
    /// The module under test; the working directory unless given.
    pub directory: Option<String>,
    /// `FILE` or `FILE::RUN`, as written.
    pub filters: Vec<String>,
    pub format: Format,
    /// Where the JSON stream goes besides.
    pub json_into: Option<String>,
    pub junit_xml: Option<String>,
    pub no_color: bool,
    pub verbose: bool,
    /// Say afterwards where the time went.
    pub timings: bool,
    /// How many of the slowest runs to name afterwards, if that was said.
    pub slowest: Option<usize>,
    /// Name the runs and execute none.
    pub list: bool,
    /// Skip everything after a run that does not pass.
    pub fail_fast: bool,
    pub shard: Option<Shard>,
    /// A JUnit file that tells how long test files take.
    pub durations: Option<String>,
    /// Warnings alone are named, not explained.
    pub compact_warnings: bool,
    /// Warnings of one summary are told once.
    pub consolidate_warnings: bool,
    /// So are errors.
    pub consolidate_errors: bool,
    /// How many operations of a run go on at once.
    pub parallelism: Option<usize>,
    /// How many runs go on at once.
    pub run_parallelism: Option<usize>,
    pub test_directory: Option<String>,
    pub dialect: Option<Dialect>,
    /// Files and folders with schemas of providers, the last one counting most.
    pub schemas: Vec<String>,
    /// `-var` and `-var-file` in the order given, since the later one wins.
    pub variables: Vec<VariableArg>,
}

/// What standard output is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    #[default]
    Human,
    Json,
    /// For people, with annotations for GitHub's pages.
    GitHub,
}

/// One of several machines that share a suite.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shard {
    /// From 1.
    pub number: usize,
    pub of: usize,
}

impl Default for TestArgs {
    fn default() -> TestArgs {
        TestArgs {
            directory: None,
            filters: Vec::new(),
            format: Format::default(),
            json_into: None,
            junit_xml: None,
            no_color: false,
            verbose: false,
            timings: false,
            slowest: None,
            list: false,
            fail_fast: false,
            shard: None,
            durations: None,
            compact_warnings: false,
            consolidate_warnings: true,
            consolidate_errors: false,
            parallelism: None,
            run_parallelism: None,
            test_directory: None,
            dialect: None,
            schemas: Vec::new(),
            variables: Vec::new(),
        }
    }
}

const FLAGS: [Flag; 26] = [
    option("dialect"),
    option("filter"),
    option("format"),
    switch("json"),
    option("json-into"),
    option("junit-xml"),
    switch("no-color"),
    option("schemas"),
    option("test-directory"),
    option("var"),
    option("var-file"),
    switch("verbose"),
    switch("timings"),
    option("slowest"),
    switch("list"),
    switch("fail-fast"),
    option("shard"),
    option("durations"),
    switch("compact-warnings"),
    switch("consolidate-warnings"),
    switch("consolidate-errors"),
    option("parallelism"),
    option("run-parallelism"),
    option("cloud-run"),
    switch("help"),
    switch("h"),
];

/// The flags that not every version of the tools has. They are refused where the dialect that is asked for has none.
const SINCE: [(&str, Since); 7] = [
    ("junit-xml", Since::terraform_only((1, 11))),
    ("parallelism", Since::terraform_only((1, 12))),
    ("run-parallelism", Since::terraform_only((1, 13))),
    ("json-into", Since::opentofu_only((1, 12))),
    ("consolidate-warnings", Since::opentofu_only((1, 12))),
    ("consolidate-errors", Since::opentofu_only((1, 12))),
    ("compact-warnings", Since::new((1, 6), (1, 12))),
];

pub(super) fn test(words: &[String]) -> Result<Command, Misuse> {
    let misuse = |message: String| Misuse { message, topic: Topic::Test };
    let args = read(words, &FLAGS).map_err(misuse)?;
    if asks_for_help(&args) {
        return Ok(Command::Help(Topic::Test));
    }
    let mut test = TestArgs::default();
    let mut given = Vec::new();
    for arg in args {
        if let Arg::Flag(name, _) | Arg::Switch(name, _) = &arg {
            given.push(*name);
        }
        test.take(arg).map_err(misuse)?;
    }
    match test.dialect.and_then(|dialect| given.into_iter().find_map(|flag| not_in(flag, dialect))) {
        Some(message) => Err(misuse(message)),
        None => Ok(Command::Test(test)),
    }
}

impl TestArgs {
    fn take(&mut self, arg: Arg) -> Result<(), String> {
        match arg {
            Arg::Flag("dialect", value) => self.dialect = Some(Dialect::parse(&value)?),
            Arg::Flag("schemas", value) => self.schemas.push(path(value)?),
            Arg::Flag("filter", value) => self.filters.push(value),
            Arg::Flag("format", value) => self.format = format(&value)?,
            Arg::Flag("json-into", value) => self.json_into = Some(value),
            // As in Terraform, an empty name is none.
            Arg::Flag("junit-xml", value) => self.junit_xml = Some(value).filter(|path| !path.is_empty()),
            Arg::Flag("test-directory", value) => self.test_directory = Some(value),
            Arg::Flag("var", value) => self.variables.push(VariableArg::Value(value)),
            Arg::Flag("var-file", value) => self.variables.push(VariableArg::File(value)),
            Arg::Flag("slowest", value) => self.slowest = Some(number("slowest", &value)?),
            Arg::Flag("shard", value) => self.shard = Some(shard(&value)?),
            Arg::Flag("durations", value) => self.durations = Some(value),
            Arg::Flag("parallelism", value) => self.parallelism = Some(number("parallelism", &value)?),
            Arg::Flag("run-parallelism", value) => {
                self.run_parallelism = Some(number("run-parallelism", &value)?);
            }
            Arg::Switch("json", true) => self.format = Format::Json,
            Arg::Switch("no-color", on) => self.no_color = on,
            Arg::Switch("verbose", on) => self.verbose = on,
            Arg::Switch("timings", on) => self.timings = on,
            Arg::Switch("list", on) => self.list = on,
            Arg::Switch("fail-fast", on) => self.fail_fast = on,
            Arg::Switch("compact-warnings", on) => self.compact_warnings = on,
            Arg::Switch("consolidate-warnings", on) => self.consolidate_warnings = on,
            Arg::Switch("consolidate-errors", on) => self.consolidate_errors = on,
            Arg::Flag("cloud-run", _) => {
                return Err("Remote test runs (--cloud-run) are not supported; tests run here.".to_owned());
            }
            Arg::Positional(directory) if self.directory.is_none() => self.directory = Some(directory),
            Arg::Positional(extra) => return Err(one_directory(&extra)),
            Arg::Flag(..) | Arg::Switch(..) => {}
        }
        Ok(())
    }
}

/// Why a flag means nothing in a dialect.
fn not_in(flag: &str, dialect: Dialect) -> Option<String> {
    let (_, since) = SINCE.iter().find(|(name, _)| *name == flag)?;
    if dialect.has(*since) {
        return None;
    }
    Some(format!("The flag --{flag} needs {since}, and {dialect} was asked for."))
}

fn format(value: &str) -> Result<Format, String> {
    match value {
        "human" => Ok(Format::Human),
        "json" => Ok(Format::Json),
        "github" => Ok(Format::GitHub),
        _ => Err(format!("There is no format \"{value}\". Known are human, json and github.")),
    }
}

fn number(flag: &str, value: &str) -> Result<usize, String> {
    value.parse().map_err(|_| format!("The flag --{flag} needs a number; \"{value}\" is none."))
}

fn shard(value: &str) -> Result<Shard, String> {
    let parts = value.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
    match parts {
        Some((number, of)) if 1 <= number && number <= of => Ok(Shard { number, of }),
        _ => Err(format!(
            "The flag --shard needs the number of a shard and how many there are, as in 1/3; \"{value}\" is not that."
        )),
    }
}
