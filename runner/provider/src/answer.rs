//! What providers answer.

use std::sync::Arc;
use std::time::Duration;

use config::ResourceMode;
use lang::{Path, Value};
use syntax::{Location, Severity, SmolStr};

/// What a provider says. Even where there are errors among the reports, something may have been done, and then the
/// value is there as well.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    pub value: Option<T>,
    pub reports: Vec<Report>,
}

/// A warning or an error of a provider.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    pub severity: Severity,
    pub summary: String,
    pub detail: String,
    /// The argument that it is about; the root when it is about the whole, and `None` when it is about nothing that
    /// stands in the configuration.
    pub attribute: Option<Path>,
    /// Where what is wrong is written, when that is not the configuration of the object.
    pub place: Option<Location>,
}

/// What a provider keeps with an object for itself. Nobody else reads it.
pub type Private = Arc<[u8]>;

/// A real object, or what its provider knows of it.
#[derive(Clone, Debug)]
pub struct Object {
    /// Null when there is no such object.
    pub value: Value,
    pub private: Private,
}

/// The answer to a plan.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The object as it will be, unknown where only applying tells; null when it is to be destroyed.
    pub value: Value,
    /// Attributes whose change cannot be made in place.
    pub requires_replace: Vec<Path>,
    pub private: Private,
}

/// One object of an import.
#[derive(Clone, Debug)]
pub struct Imported {
    pub kind: SmolStr,
    pub object: Object,
}

/// An ephemeral resource that was opened.
#[derive(Clone, Debug)]
pub struct Opened {
    pub value: Value,
    pub private: Private,
    /// Time until it has to be renewed; `None` when it never has to be.
    pub renew_after: Option<Duration>,
}

/// An ephemeral resource that stays open.
#[derive(Clone, Debug)]
pub struct Renewed {
    pub private: Private,
    pub renew_after: Option<Duration>,
}

impl<T> Answer<T> {
    /// The value, and nothing to report.
    pub fn of(value: T) -> Answer<T> {
        Answer { value: Some(value), reports: Vec::new() }
    }

    /// Nothing, and why.
    pub fn refused(report: Report) -> Answer<T> {
        Answer { value: None, reports: vec![report] }
    }

    pub fn has_errors(&self) -> bool {
        self.reports.iter().any(Report::is_error)
    }
}

impl Report {
    /// An error about the whole.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Report {
        let (summary, detail) = (summary.into(), detail.into());
        Report { severity: Severity::Error, summary, detail, attribute: Some(Path::root()), place: None }
    }

    /// An error about something that does not stand in the configuration.
    pub fn without_place(summary: impl Into<String>, detail: impl Into<String>) -> Report {
        Report { attribute: None, ..Report::error(summary, detail) }
    }

    /// The provider at `address` has no such type.
    pub fn unknown_kind(address: &str, mode: ResourceMode, kind: &str) -> Report {
        let (summary, what) = match mode {
            ResourceMode::Managed => ("Invalid resource type", "resource type"),
            ResourceMode::Data => ("Invalid data source", "data source"),
            ResourceMode::Ephemeral => ("Invalid ephemeral resource", "ephemeral resource"),
        };
        Report::error(summary, format!("The provider {address} does not support {what} {kind:?}."))
    }

    #[must_use]
    pub fn about(mut self, attribute: Path) -> Report {
        self.attribute = Some(attribute);
        self
    }

    /// The same about something that is written elsewhere.
    #[must_use]
    pub fn written_at(mut self, place: Location) -> Report {
        self.place = Some(place);
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
