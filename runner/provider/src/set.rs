//! The providers at hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{ResourceMode, Schema, Schemas};
use syntax::SmolStr;

use crate::{Builtin, Provider};

/// The providers that a suite has, by source address. The built-in one is always among them. None of them is configured.
#[derive(Clone)]
pub struct Providers {
    by_address: BTreeMap<SmolStr, Arc<dyn Provider>>,
}

impl Providers {
    /// Only the built-in provider.
    pub fn builtin() -> Providers {
        Providers { by_address: BTreeMap::new() }.with(Arc::new(Builtin::default()))
    }

    /// Adds a provider, in place of one of the same address.
    #[must_use]
    pub fn with(mut self, provider: Arc<dyn Provider>) -> Providers {
        self.by_address.insert(provider.address().into(), provider);
        self
    }

    /// The provider of a source address.
    pub fn get(&self, address: &str) -> Option<&Arc<dyn Provider>> {
        self.by_address.get(address)
    }
}

impl Default for Providers {
    fn default() -> Providers {
        Providers::builtin()
    }
}

impl Schemas for Providers {
    fn resource(&self, provider: &str, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        self.get(provider)?.schema(mode, kind)
    }

    fn provider(&self, provider: &str) -> Option<&Schema> {
        Some(self.get(provider)?.configuration())
    }

    fn kinds(&self, provider: &str, mode: ResourceMode) -> Option<Vec<&str>> {
        Some(self.get(provider)?.kinds(mode))
    }
}
