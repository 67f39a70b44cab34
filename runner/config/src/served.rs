//! Which provider serves a resource: local names, and the source addresses that they stand for in a module.

use syntax::SmolStr;

use crate::address::ResourceMode;
use crate::dialect::Tool;
use crate::module::{Module, ProviderRef, Resource};

/// The source address of the provider that is part of the tool.
pub const BUILT_IN_PROVIDER: &str = "terraform.io/builtin/terraform";

const NAMESPACE: &str = "hashicorp";

impl Module {
    /// The source address of the provider that serves a resource: of the one that its `provider` argument names, or
    /// else of the one that its type begins with.
    pub fn provider_of(&self, resource: &Resource) -> SmolStr {
        self.provider_source(&resource.provider_ref().name)
    }

    /// The source address that a local name stands for: the one that the module requires, or the one that the name
    /// implies.
    pub fn provider_source(&self, local: &str) -> SmolStr {
        let tool = self.dialect.tool;
        let required = self.required_providers.get(local).and_then(|required| required.source.as_ref());
        match required {
            Some(source) => full_source(source, tool),
            None if local == "terraform" => BUILT_IN_PROVIDER.into(),
            None => full_source(local, tool),
        }
    }
}

impl Module {
    /// Whether anything in the module itself names a configuration: its requirements, its provider blocks, its resources,
    /// or what its calls pass on. Only such a one is taken from a test file.
    pub fn names_provider(&self, source: &str, alias: Option<&str>) -> bool {
        let is = |name: &str, own: Option<&SmolStr>| {
            own.map(SmolStr::as_str) == alias && self.provider_source(name) == source
        };
        let named = |reference: &ProviderRef| is(&reference.name, reference.alias.as_ref());
        let in_checks = self.checks.values().filter_map(|check| check.data.as_deref());
        let mut resources = self.resources.values().map(|resource| &*resource.decl).chain(in_checks);
        let mut passed = self.calls.values().flat_map(|call| &call.passed_providers);
        self.required_providers
            .iter()
            .any(|(name, required)| is(name, None) || required.aliases.iter().any(named))
            || self.providers.iter().any(|block| is(&block.name, block.alias.as_ref()))
            || resources.any(|it| it.addr.mode != ResourceMode::Ephemeral && named(&it.provider_ref()))
            || passed.any(|passed| named(&passed.parent.reference))
    }
}

impl Resource {
    /// The provider configuration that the resource asks for, by its name in the module.
    pub fn provider_ref(&self) -> ProviderRef {
        match &self.provider {
            Some(used) => used.reference.clone(),
            None => ProviderRef { name: implied_provider(&self.addr.kind).into(), alias: None },
        }
    }
}

/// `aws` for `aws_instance`: the local name of the provider that a type belongs to unless the resource says otherwise.
pub fn implied_provider(kind: &str) -> &str {
    kind.split_once('_').map_or(kind, |(name, _)| name)
}

/// An address without the host that every user of the tool knows.
pub(crate) fn display_source(source: &str, tool: Tool) -> &str {
    source.strip_prefix(tool.registry()).and_then(|rest| rest.strip_prefix('/')).unwrap_or(source)
}

/// `hashicorp/aws` and `aws` with everything that may be left out.
pub fn full_source(source: &str, tool: Tool) -> SmolStr {
    let host = tool.registry();
    let source = source.to_ascii_lowercase();
    match source.split('/').count() {
        1 => format!("{host}/{NAMESPACE}/{source}").into(),
        2 => format!("{host}/{source}").into(),
        _ => source.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_completed() {
        let cases = [
            ("aws", Tool::Terraform, "registry.terraform.io/hashicorp/aws", "hashicorp/aws"),
            ("aws", Tool::OpenTofu, "registry.opentofu.org/hashicorp/aws", "hashicorp/aws"),
            ("Azure/azapi", Tool::Terraform, "registry.terraform.io/azure/azapi", "azure/azapi"),
            (
                "registry.terraform.io/a/b",
                Tool::OpenTofu,
                "registry.terraform.io/a/b",
                "registry.terraform.io/a/b",
            ),
            ("terraform.io/builtin/terraform", Tool::OpenTofu, BUILT_IN_PROVIDER, BUILT_IN_PROVIDER),
        ];
        for (given, tool, full, shown) in cases {
            assert_eq!(full_source(given, tool), full);
            assert_eq!(display_source(full, tool), shown);
        }
    }

    #[test]
    fn a_type_begins_with_its_provider() {
        assert_eq!(implied_provider("aws_s3_bucket"), "aws");
        assert_eq!(implied_provider("null"), "null");
    }
}
