//! Verdicts.

use lang::Operands;
use syntax::{Location, Operand};

/// The verdict of a run, a file or a suite; the worst of several is the greatest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub enum Status {
    #[default]
    Pending,
    Skip,
    Pass,
    Fail,
    Error,
}

impl Status {
    /// The worse of the two.
    #[must_use]
    pub fn merge(self, other: Status) -> Status {
        self.max(other)
    }

    /// The word in Terraform's JSON output.
    pub fn word(self) -> &'static str {
        match self {
            Status::Pending => "pending",
            Status::Skip => "skip",
            Status::Pass => "pass",
            Status::Fail => "fail",
            Status::Error => "error",
        }
    }
}

/// What became of one `assert` block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AssertOutcome {
    pub verdict: Verdict,
    /// The condition.
    pub location: Location,
    /// The error message, when the assertion failed.
    pub message: String,
    /// The operands' values, also when the assertion passed.
    pub operands: Vec<Operand>,
    /// What the condition read.
    pub read: Operands,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verdict {
    Passed,
    Failed,
    /// The condition or the message could not be evaluated.
    Errored,
}
