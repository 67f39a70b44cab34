//! What to run and with which outside values.

use config::Dialects;
use provider::Providers;
use syntax::SmolStr;

use crate::{Filter, Shard};

/// How many runs go on at once when nobody says otherwise: as many as in Terraform.
pub const DEFAULT_RUNS_AT_ONCE: usize = 10;

/// How many operations of one run go on at once when nobody says otherwise: as many as in Terraform.
pub const DEFAULT_OPERATIONS_AT_ONCE: usize = 10;

/// One invocation.
#[derive(Clone, Debug)]
pub struct Request {
    /// The module's directory, relative to the files' root; `.` for that place itself.
    pub directory: SmolStr,
    /// `tests` unless given.
    pub test_directory: SmolStr,
    /// Whose rules the files follow.
    pub dialects: Dialects,
    /// Nothing selects everything.
    pub filters: Vec<Filter>,
    /// Of what the filters select, the share that is run.
    pub shard: Option<Shard>,
    /// Whether somebody watches who wants to hear of what is of no use also where the tool is silent: of every filter that
    /// names nothing, and of what it may have meant; of mocks and overrides that no schema knows.
    pub explains: bool,
    /// Values from outside in Terraform's order of precedence, lowest first; files among them are read by suite.
    pub variables: Vec<VariableArgument>,
    /// `TF_VAR_*` of the environment, without the prefix.
    pub environment: Vec<(String, String)>,
    /// The providers at hand, and the schemas of others.
    pub providers: Providers,
    /// `terraform.workspace`.
    pub workspace: SmolStr,
    /// How many runs, and how many destructions of states, go on at once where nothing keeps them in order and they wait
    /// for something outside; at least one.
    pub runs_at_once: usize,
    /// How many operations go on at once in a run, and in the destruction of a state, where they wait for something
    /// outside and not for each other; at least one.
    pub operations_at_once: usize,
    /// Whether everything after a run that does not pass is skipped.
    pub fail_fast: bool,
    /// Whether finished runs carry their plan or state to be shown.
    pub verbose: bool,
    /// Whether finished runs say what took longest in them.
    pub timed: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum VariableArgument {
    /// `-var name=value`
    Value { name: String, text: String },
    /// `-var-file path`
    File { path: String },
}
