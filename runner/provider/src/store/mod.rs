//! The schemas of providers that are not running, as `terraform providers schema -json` printed them.

mod files;

use config::schema::document::{self, ProviderSchemas, SchemaError};
use config::schema::provider::FunctionSchema;
use config::{ResourceMode, Schema, Schemas, Tool};
use indexmap::IndexMap;
use syntax::SmolStr;

pub use files::{SCHEMA_DIRECTORY, SCHEMA_VARIABLE, SchemaFiles};

/// Schemas of any number of providers, by source address. Schemas are read when they are asked for; what of a document
/// cannot be read is as if it were not there, and [`SchemaStore::problem`] says why.
#[derive(Clone, Debug, Default)]
pub struct SchemaStore {
    by_address: IndexMap<SmolStr, Described>,
}

#[derive(Clone, Debug)]
struct Described {
    schemas: ProviderSchemas,
    /// The document's file; empty where it came from none.
    file: SmolStr,
}

impl SchemaStore {
    /// Adds the providers of a document. A provider that is there already is replaced.
    pub fn add(&mut self, document: Vec<u8>) -> Result<(), SchemaError> {
        self.extend("", &document::read(document)?);
        Ok(())
    }

    /// Adds what a file describes. A provider that is there already is replaced.
    fn extend(&mut self, file: &str, providers: &[ProviderSchemas]) {
        let file = SmolStr::new(file);
        self.by_address.extend(providers.iter().map(|schemas| {
            (schemas.source().clone(), Described { schemas: schemas.clone(), file: file.clone() })
        }));
    }

    /// The schemas of a provider. What is published in one of the tools' registries is mirrored in the other under the
    /// same name, so one that has none under its own registry may have them under the other.
    pub fn get(&self, address: &str) -> Option<&ProviderSchemas> {
        self.described(address).map(|described| &described.schemas)
    }

    /// Whether both have the very same descriptions of the same providers.
    pub fn is_same(&self, other: &SchemaStore) -> bool {
        let same = |(a, b): ((&SmolStr, &Described), (&SmolStr, &Described))| {
            a.0 == b.0 && a.1.file == b.1.file && a.1.schemas.is_same(&b.1.schemas)
        };
        self.by_address.len() == other.by_address.len()
            && self.by_address.iter().zip(&other.by_address).all(same)
    }

    /// The source addresses that there are schemas for, in the order in which they came.
    pub fn addresses(&self) -> impl ExactSizeIterator<Item = &str> {
        self.by_address.keys().map(AsRef::as_ref)
    }

    /// Why a type that a provider has cannot be used: its schema cannot be read.
    pub fn problem(&self, address: &str, mode: ResourceMode, kind: &str) -> Option<&SchemaError> {
        self.get(address)?.resource(mode, kind).err()
    }

    fn described(&self, address: &str) -> Option<&Described> {
        self.by_address.get(address).or_else(|| {
            let (host, name) = address.split_once('/')?;
            Tool::of_registry(host)?;
            let mirrors = Tool::ALL.map(|tool| format!("{}/{name}", tool.registry()));
            mirrors.iter().find_map(|mirror| self.by_address.get(mirror.as_str()))
        })
    }
}

impl Schemas for SchemaStore {
    fn resource(&self, provider: &str, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        self.get(provider)?.resource(mode, kind).ok().flatten()
    }

    fn provider(&self, provider: &str) -> Option<&Schema> {
        self.get(provider)?.provider().ok().flatten()
    }

    fn unreadable(&self, provider: &str, kind: Option<(ResourceMode, &str)>) -> Option<String> {
        let Described { schemas, file } = self.described(provider)?;
        let read = match kind {
            Some((mode, kind)) => schemas.resource(mode, kind),
            None => schemas.provider(),
        };
        let error = read.err()?;
        Some(if file.is_empty() { error.to_string() } else { format!("{file}: {error}") })
    }

    fn functions(&self, provider: &str) -> Vec<&str> {
        self.get(provider).map(|it| it.functions().collect()).unwrap_or_default()
    }

    fn function(&self, provider: &str, name: &str) -> Option<&FunctionSchema> {
        self.get(provider)?.function(name).ok().flatten()
    }

    fn kinds(&self, provider: &str, mode: ResourceMode) -> Option<Vec<&str>> {
        Some(self.get(provider)?.kinds(mode).collect())
    }
}
