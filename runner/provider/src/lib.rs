//! Where resources come from: the [`Provider`] trait and the provider that is built into the tool.
//!
//! Values that go through a provider carry no marks; the engine takes them off and puts them back. Nothing here
//! knows test files or editors.

mod builtin;
mod resource;

use config::{Offered, ResourceMode, Schema, Schemas};
use lang::Value;

pub use builtin::Builtin;
pub use resource::{Applied, Attribute, Planned, ProviderError, Random};

/// A provider's resource types and what it does with them. All calls are blocking.
pub trait Provider: Send + Sync {
    /// The schema of a resource type; `None` when the provider has no such type.
    fn schema(&self, mode: ResourceMode, kind: &str) -> Option<&Schema>;

    /// What an object will become. `prior` is null for a new object; `proposed` is the configuration with
    /// what the prior object has for everything the configuration leaves to the provider.
    fn plan(
        &self,
        kind: &str,
        prior: &Value,
        proposed: &Value,
        config: &Value,
    ) -> Result<Planned, ProviderError>;

    /// Makes the planned object real.
    fn apply(
        &self,
        kind: &str,
        prior: &Value,
        planned: &Value,
        random: &mut dyn Random,
    ) -> Result<Applied, ProviderError>;

    /// Removes an object.
    fn destroy(&self, kind: &str, prior: &Value) -> Result<(), ProviderError>;
}

/// The providers of one run, by the local name that a resource type begins with.
#[derive(Default)]
pub struct Providers {
    builtin: Builtin,
}

impl Providers {
    /// Only the built-in provider.
    pub fn builtin() -> Providers {
        Providers::default()
    }

    /// The provider of a resource type: the one whose name the type begins with.
    pub fn of(&self, kind: &str) -> Option<&dyn Provider> {
        match local_name(kind) {
            "terraform" => Some(&self.builtin),
            _ => None,
        }
    }
}

impl Schemas for Providers {
    fn resource(&self, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        self.of(kind)?.schema(mode, kind)
    }

    fn offered(&self, mode: ResourceMode, kind: &str) -> Option<Offered<'_>> {
        let kinds = match mode {
            ResourceMode::Managed => vec!["terraform_data"],
            ResourceMode::Data | ResourceMode::Ephemeral => Vec::new(),
        };
        self.of(kind).map(|_| Offered { provider: "terraform.io/builtin/terraform".into(), kinds })
    }
}

/// `aws` for `aws_instance`: the provider that a resource type belongs to unless the resource says otherwise.
pub fn local_name(kind: &str) -> &str {
    kind.split_once('_').map_or(kind, |(name, _)| name)
}
