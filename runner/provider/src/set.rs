//! The providers at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
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

    /// Those of the source addresses that are at hand.
    #[must_use]
    pub fn among(&self, addresses: &BTreeSet<SmolStr>) -> Providers {
        let wanted = self.by_address.iter().filter(|(address, _)| addresses.contains(*address));
        Providers { by_address: wanted.map(|(address, it)| (address.clone(), Arc::clone(it))).collect() }
    }

    /// Every provider, by source address.
    pub fn iter(&self) -> impl Iterator<Item = (&SmolStr, &Arc<dyn Provider>)> {
        self.by_address.iter()
    }
}

impl fmt::Debug for Providers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.by_address.keys()).finish()
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
