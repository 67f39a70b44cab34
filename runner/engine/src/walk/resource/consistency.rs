//! Whether a provider keeps its word.

use config::Schema;
use lang::Value;
use provider::Provider;

use super::{At, Walk};
use crate::change::Change;

impl Walk<'_> {
    /// Whether what is to be applied is what was planned, as far as that was known.
    pub(super) fn as_planned(
        &mut self,
        provider: &dyn Provider,
        schema: &Schema,
        at: &At<'_>,
        planned: &Change,
        now: &Change,
    ) -> bool {
        let _ = (provider, schema, at, planned, now);
        true
    }

    pub(super) fn check_applied(
        &mut self,
        provider: &dyn Provider,
        schema: &Schema,
        at: &At<'_>,
        planned: &Value,
        made: Option<&Value>,
    ) {
        let _ = (provider, schema, at, planned, made);
    }
}
