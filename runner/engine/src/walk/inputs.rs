//! What a walk reads.

use std::collections::BTreeMap;

use config::{Files, ResourceInstance};
use lang::Dialect;
use syntax::{Location, SmolStr};

use super::{Target, TestProviders};
use crate::host::{Cancel, Host, Pulse};
use crate::input::VariableInput;
use crate::overrides::Overrides;
use crate::program::Program;
use crate::provider_instances::ProviderInstances;
use crate::state::State;

/// Reads a file again for messages that quote lines and columns.
#[derive(Clone, Copy)]
pub struct Sources<'a>(pub &'a dyn Files);

impl Sources<'_> {
    /// `main.tf:3,5-12`: HCL's text for a range.
    pub(crate) fn place(&self, location: &Location) -> String {
        match self.0.read(location.file.as_str()) {
            Ok(text) => lang::place_in(&text, location.file.as_str(), location.span),
            Err(_) => location.file.to_string(),
        }
    }
}

/// Everything a walk reads.
#[derive(Clone, Copy)]
pub(crate) struct Inputs<'a> {
    pub program: &'a Program,
    pub variables: &'a BTreeMap<SmolStr, VariableInput>,
    pub prior: &'a State,
    pub options: &'a Options,
    pub run_name: &'a str,
    pub workspace: &'a str,
    pub providers: &'a ::provider::Providers,
    /// The provider blocks of the test file, where there is one.
    pub test_providers: Option<TestProviders<'a>>,
    pub overrides: &'a Overrides,
    /// What the module's provider configurations with `for_each` are repeated for.
    pub instances: &'a ProviderInstances,
    pub sources: Sources<'a>,
    pub host: &'a dyn Host,
    pub cancel: &'a Cancel,
    pub pulse: Pulse<'a>,
    /// How many steps of an apply wait for something outside at once.
    pub operations_at_once: usize,
    pub dialect: Dialect,
    /// When the plan is made, in seconds since 1970-01-01 UTC.
    pub plan_time: i64,
    /// Whether the time of each node is kept.
    pub timed: bool,
}

impl Inputs<'_> {
    /// Whether to end now; until then, it goes on.
    pub fn is_cancelled(&self) -> bool {
        (self.pulse)();
        self.cancel.is_cancelled()
    }
}

/// How to plan; see `plan_options`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub refresh_only: bool,
    /// Everything is going to be destroyed.
    pub before_destroy: bool,
    /// Take the state's word for what exists.
    pub skip_refresh: bool,
    /// Resources to plan, with what they need; empty means all.
    pub targets: Vec<Target>,
    pub replace: Vec<ResourceInstance>,
    /// A variable that has no value is unknown, where a run would refuse to start.
    pub open_variables: bool,
    /// A provider that is not at hand is passed over, where a run would end in an error.
    pub open_providers: bool,
}
