//! The providers at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use config::{ResourceMode, Schema, Schemas};
use syntax::SmolStr;

use crate::stand_in::NoValues;
use crate::{Builtin, Provider, SchemaStore, StandIn};

/// The providers that a suite has, by source address. The built-in one is always among them. None of them is configured.
///
/// Of others there may be the schemas alone: configuration can be checked against these, and nothing more.
#[derive(Clone)]
pub struct Providers {
    by_address: BTreeMap<SmolStr, Arc<dyn Provider>>,
    described: Arc<SchemaStore>,
    inferred: Arc<BTreeMap<SmolStr, Arc<dyn Provider>>>,
}

impl Providers {
    /// Only the built-in provider.
    pub fn builtin() -> Providers {
        let none =
            Providers { by_address: BTreeMap::new(), described: Arc::default(), inferred: Arc::default() };
        none.with(Arc::new(Builtin::default()))
    }

    /// Adds a provider, in place of one of the same address.
    #[must_use]
    pub fn with(mut self, provider: Arc<dyn Provider>) -> Providers {
        self.by_address.insert(provider.address().into(), provider);
        self
    }

    /// Adds the schemas of providers that are not at hand, in place of those that were there before.
    #[must_use]
    pub fn described_by(self, schemas: SchemaStore) -> Providers {
        Providers { described: Arc::new(schemas), ..self }
    }

    /// Adds what is guessed of providers that nothing describes. Only mocks are made of it: nothing is checked against a
    /// guess.
    #[must_use]
    pub fn guessed_by(self, inferred: impl IntoIterator<Item = Arc<dyn Provider>>) -> Providers {
        let inferred = inferred.into_iter().map(|provider| (provider.address().into(), provider));
        Providers { inferred: Arc::new(inferred.collect()), ..self }
    }

    /// What a mock of a provider goes by: the provider, or else what is known of it, or at least guessed.
    pub fn to_mock(&self, address: &str) -> Option<Arc<dyn Provider>> {
        match self.inferred.get(address).filter(|_| self.get(address).is_none()) {
            Some(guess) => Some(Arc::clone(guess)),
            None => self.to_check(address),
        }
    }

    /// What configuration is checked against: the provider, or else what is known of it, and no guess.
    pub fn to_check(&self, address: &str) -> Option<Arc<dyn Provider>> {
        if let Some(provider) = self.get(address) {
            return Some(Arc::clone(provider));
        }
        let schemas = self.described.get(address)?.clone();
        Some(Arc::new(StandIn::new(schemas, Arc::new(NoValues)).at(address)))
    }

    /// Whether anything is known of a provider.
    pub fn knows(&self, address: &str) -> bool {
        self.get(address).is_some() || self.described.get(address).is_some()
    }

    /// The provider of a source address.
    pub fn get(&self, address: &str) -> Option<&Arc<dyn Provider>> {
        self.by_address.get(address)
    }

    /// Those of the source addresses that are at hand, and what stands in for others of them.
    #[must_use]
    pub fn among(&self, addresses: &BTreeSet<SmolStr>) -> Providers {
        let wanted = addresses.iter().filter_map(|address| Some((address.clone(), self.to_mock(address)?)));
        Providers {
            by_address: wanted.collect(),
            described: Arc::clone(&self.described),
            inferred: Arc::clone(&self.inferred),
        }
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

/// A provider that is at hand knows best what it offers; of others, the schemas tell.
impl Schemas for Providers {
    fn resource(&self, provider: &str, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        match self.get(provider) {
            Some(provider) => provider.schema(mode, kind),
            None => self.described.resource(provider, mode, kind),
        }
    }

    fn provider(&self, provider: &str) -> Option<&Schema> {
        match self.get(provider) {
            Some(provider) => Some(provider.configuration()),
            None => self.described.provider(provider),
        }
    }

    fn unreadable(&self, provider: &str, kind: Option<(ResourceMode, &str)>) -> Option<String> {
        match self.get(provider) {
            Some(_) => None,
            None => self.described.unreadable(provider, kind),
        }
    }

    fn kinds(&self, provider: &str, mode: ResourceMode) -> Option<Vec<&str>> {
        match self.get(provider) {
            Some(provider) => Some(provider.kinds(mode)),
            None => self.described.kinds(provider, mode),
        }
    }
}
