//! A provider of which only a guess is there. Mocks are made of it; it does nothing itself.

use std::sync::Arc;

use config::{Inferred, ResourceMode, Schema};
use lang::Value;

use crate::Provider;
use crate::answer::{Answer, Object, Planned, Report};
use crate::request::{ApplyRequest, PlanRequest, ReadRequest};

/// The provider that a configuration seems to use.
pub struct Guess {
    inferred: Inferred,
    configuration: Schema,
}

impl Guess {
    pub fn new(inferred: Inferred) -> Guess {
        Guess { inferred, configuration: Schema::default() }
    }

    fn refused<T>(&self) -> Answer<T> {
        let detail = format!("The provider {} is not at hand.", self.inferred.source);
        Answer::refused(Report::error("Provider not available", detail))
    }
}

impl Provider for Guess {
    fn address(&self) -> &str {
        &self.inferred.source
    }

    fn waits(&self) -> bool {
        false
    }

    fn configuration(&self) -> &Schema {
        &self.configuration
    }

    fn schema(&self, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        self.inferred.schema(mode, kind)
    }

    fn kinds(&self, mode: ResourceMode) -> Vec<&str> {
        self.inferred.kinds(mode).keys().map(AsRef::as_ref).collect()
    }

    fn configure(self: Arc<Self>, _config: &Value) -> Answer<Arc<dyn Provider>> {
        self.refused()
    }

    fn read(&self, _request: &ReadRequest<'_>) -> Answer<Object> {
        self.refused()
    }

    fn plan(&self, _request: &PlanRequest<'_>) -> Answer<Planned> {
        self.refused()
    }

    fn apply(&self, _request: &ApplyRequest<'_>) -> Answer<Object> {
        self.refused()
    }
}
