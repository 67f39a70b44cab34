//! Reading the JSON that `terraform providers schema -json` prints.
//!
//! Such a document describes thousands of resource types, of which a module uses a handful. So it is read in two steps:
//! first it is indexed, which finds where each schema stands and that the whole is JSON; a schema itself is read when it
//! is asked for, and kept. What stays in memory is the text and what was asked for.

mod error;
mod shape;
mod types;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::value::RawValue;
use syntax::SmolStr;

use super::Schema;
use super::provider::{FunctionSchema, IdentitySchema};
use crate::address::ResourceMode;
pub use error::SchemaError;

/// Everything that one provider offers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ProviderSchemas(Arc<Offer>);

#[derive(Debug)]
struct Offer {
    /// Where the provider comes from: `registry.terraform.io/hashicorp/aws`.
    source: SmolStr,
    text: Arc<[u8]>,
    provider: Option<Entry<Schema>>,
    managed: Entries<Schema>,
    data: Entries<Schema>,
    ephemeral: Entries<Schema>,
    functions: Entries<FunctionSchema>,
    identities: Entries<IdentitySchema>,
}

type Entries<T> = IndexMap<SmolStr, Entry<T>>;

/// A part of the document that is read when it is asked for.
#[derive(Debug)]
struct Entry<T> {
    place: Range<usize>,
    read: OnceLock<Result<Box<T>, Box<SchemaError>>>,
}

/// Finds the schemas in a document: those of each provider that it describes, in its order.
///
/// An error says that the bytes are no such document, or that it has a format which is not known here. What is wrong
/// with a single schema shows when it is asked for.
pub fn read(bytes: impl Into<Arc<[u8]>>) -> Result<Vec<ProviderSchemas>, SchemaError> {
    // Documents are large: what was read from the disk is kept as it is.
    let bytes: Arc<[u8]> = bytes.into();
    let text = std::str::from_utf8(&bytes)
        .map_err(|error| SchemaError::new("", format!("the document is not UTF-8: {error}")))?;
    if text.trim_start().starts_with(|first| first != '{') {
        return Err(SchemaError::new("", "the document is no JSON object"));
    }
    let document: Document<'_> = match serde_json::from_str(text) {
        Ok(document) => document,
        // Another format may look like anything.
        Err(error) => {
            let version =
                serde_json::from_str(text).ok().and_then(|Version { format_version }| format_version);
            check_version(version.as_deref().unwrap_or("1.0"))?;
            return Err(SchemaError::of_json(&error, text, ""));
        }
    };
    let Some(version) = &document.format_version else {
        return Err(SchemaError::new(
            "",
            "the document has no format_version, so it does not hold provider schemas",
        ));
    };
    check_version(version)?;
    let providers = document.provider_schemas.into_iter();
    Ok(providers.map(|(source, provider)| ProviderSchemas::index(source, &provider, &bytes)).collect())
}

/// The versions whose meaning is known: all minor versions of 1, and those that came before it.
fn check_version(version: &str) -> Result<(), SchemaError> {
    let known = version == "0.1" || version == "0.2" || version.split('.').next() == Some("1");
    match known {
        true => Ok(()),
        false => {
            let message = format!(
                "the document has format version {version:?}, and this program reads 0.1, 0.2 and 1.x"
            );
            Err(SchemaError::new("format_version", message))
        }
    }
}

#[derive(Deserialize)]
struct Version {
    format_version: Option<String>,
}

#[derive(Deserialize)]
struct Document<'a> {
    format_version: Option<String>,
    #[serde(borrow, default)]
    provider_schemas: IndexMap<SmolStr, Provider<'a>>,
}

type Raw<'a> = IndexMap<SmolStr, &'a RawValue>;

#[derive(Deserialize)]
struct Provider<'a> {
    #[serde(borrow)]
    provider: Option<&'a RawValue>,
    #[serde(borrow, default)]
    resource_schemas: Raw<'a>,
    #[serde(borrow, default)]
    data_source_schemas: Raw<'a>,
    #[serde(borrow, default)]
    ephemeral_resource_schemas: Raw<'a>,
    #[serde(borrow, default)]
    functions: Raw<'a>,
    #[serde(borrow, default)]
    resource_identity_schemas: Raw<'a>,
}

impl ProviderSchemas {
    fn index(source: SmolStr, provider: &Provider<'_>, text: &Arc<[u8]>) -> ProviderSchemas {
        ProviderSchemas(Arc::new(Offer {
            source,
            text: Arc::clone(text),
            provider: provider.provider.map(|raw| entry(raw, text)),
            managed: entries(&provider.resource_schemas, text),
            data: entries(&provider.data_source_schemas, text),
            ephemeral: entries(&provider.ephemeral_resource_schemas, text),
            functions: entries(&provider.functions, text),
            identities: entries(&provider.resource_identity_schemas, text),
        }))
    }

    /// Whether both were read from the same document at the same time.
    pub fn is_same(&self, other: &ProviderSchemas) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Where the provider comes from: `registry.terraform.io/hashicorp/aws`.
    pub fn source(&self) -> &SmolStr {
        &self.0.source
    }

    /// The schema of the provider's own configuration.
    pub fn provider(&self) -> Result<Option<&Schema>, &SchemaError> {
        self.0.provider.as_ref().map(|entry| self.schema(entry, || ".provider".to_owned())).transpose()
    }

    /// The schema of a resource type; `None` when the provider has no such type.
    pub fn resource(&self, mode: ResourceMode, kind: &str) -> Result<Option<&Schema>, &SchemaError> {
        let (entries, category) = self.entries(mode);
        let entry = entries.get(kind);
        entry.map(|entry| self.schema(entry, || format!(".{category}.{kind}"))).transpose()
    }

    /// The resource types of one mode, in the order of the document.
    pub fn kinds(&self, mode: ResourceMode) -> impl ExactSizeIterator<Item = &str> {
        self.entries(mode).0.keys().map(AsRef::as_ref)
    }

    /// The signature of a function, by its name without the provider's.
    pub fn function(&self, name: &str) -> Result<Option<&FunctionSchema>, &SchemaError> {
        let entry = self.0.functions.get(name);
        entry.map(|entry| self.get(entry, shape::function, || format!(".functions.{name}"))).transpose()
    }

    /// The names of the functions, in the order of the document.
    pub fn functions(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.functions.keys().map(AsRef::as_ref)
    }

    /// What identifies the objects of a managed resource type.
    pub fn identity(&self, kind: &str) -> Result<Option<&IdentitySchema>, &SchemaError> {
        let entry = self.0.identities.get(kind);
        let path = || format!(".resource_identity_schemas.{kind}");
        entry.map(|entry| self.get(entry, shape::identity, path)).transpose()
    }

    fn entries(&self, mode: ResourceMode) -> (&Entries<Schema>, &'static str) {
        match mode {
            ResourceMode::Managed => (&self.0.managed, "resource_schemas"),
            ResourceMode::Data => (&self.0.data, "data_source_schemas"),
            ResourceMode::Ephemeral => (&self.0.ephemeral, "ephemeral_resource_schemas"),
        }
    }

    fn schema<'s>(
        &'s self,
        entry: &'s Entry<Schema>,
        path: impl FnOnce() -> String,
    ) -> Result<&'s Schema, &'s SchemaError> {
        self.get(entry, shape::schema, path)
    }

    /// Reads an entry, or gives what it was read to be before. `path` leads to it from the provider.
    fn get<'s, T>(
        &'s self,
        entry: &'s Entry<T>,
        read: fn(&str) -> serde_json::Result<T>,
        path: impl FnOnce() -> String,
    ) -> Result<&'s T, &'s SchemaError> {
        let read = entry.read.get_or_init(|| {
            let text = self.0.text.get(entry.place.clone()).unwrap_or_default();
            let text = std::str::from_utf8(text).expect("it is a part of what was read as a text");
            read(text).map(Box::new).map_err(|error| {
                let path = format!("provider_schemas[{:?}]{}", self.0.source.as_str(), path());
                Box::new(SchemaError::of_json(&error, text, &path))
            })
        });
        match read {
            Ok(value) => Ok(value),
            Err(error) => Err(error),
        }
    }
}

fn entries<T>(raw: &Raw<'_>, text: &[u8]) -> Entries<T> {
    raw.iter().map(|(name, raw)| (name.clone(), entry(raw, text))).collect()
}

fn entry<T>(raw: &RawValue, text: &[u8]) -> Entry<T> {
    // The raw value is a part of the text.
    let start = (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    Entry { place: start..start + raw.get().len(), read: OnceLock::new() }
}
