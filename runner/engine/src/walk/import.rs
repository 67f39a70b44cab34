//! Objects that a configuration takes over.

use config::Schema;
use provider::Provider;
use syntax::SmolStr;

use super::Walk;
use super::resource::At;

impl Walk<'_> {
    pub(super) fn import(
        &mut self,
        provider: &dyn Provider,
        schema: &Schema,
        at: &At<'_>,
    ) -> Option<Option<SmolStr>> {
        let _ = (provider, schema, at);
        Some(None)
    }
}
