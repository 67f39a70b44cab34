//! The schemas of two providers: one that describes a few things of Amazon's, and the one that is part of the tool.

use config::schema::document::{ProviderSchemas, read};
use config::{AttributeSchema, BUILT_IN_PROVIDER, ResourceMode, Schema, Schemas};
use lang::Type;

pub(super) struct Known {
    aws: ProviderSchemas,
    data: Schema,
}

impl Known {
    pub(super) fn new() -> Known {
        let mut found = read(include_bytes!("aws.json").to_vec()).expect("the schemas can be read");
        let mut data = Schema::default();
        data.attributes.insert("id".into(), AttributeSchema::computed(Type::String));
        data.attributes.insert("input".into(), AttributeSchema::optional(Type::Dynamic));
        data.attributes.insert("output".into(), AttributeSchema::computed(Type::Dynamic));
        data.attributes.insert("triggers_replace".into(), AttributeSchema::optional(Type::Dynamic));
        Known { aws: found.remove(0), data }
    }
}

impl Schemas for Known {
    fn resource(&self, provider: &str, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        if provider == self.aws.source() {
            return self.aws.resource(mode, kind).ok().flatten();
        }
        ((provider, mode, kind) == (BUILT_IN_PROVIDER, ResourceMode::Managed, "terraform_data"))
            .then_some(&self.data)
    }

    fn provider(&self, provider: &str) -> Option<&Schema> {
        (provider == self.aws.source()).then(|| self.aws.provider().ok().flatten())?
    }

    fn kinds(&self, provider: &str, mode: ResourceMode) -> Option<Vec<&str>> {
        (provider == self.aws.source()).then(|| self.aws.kinds(mode).collect())
    }
}
