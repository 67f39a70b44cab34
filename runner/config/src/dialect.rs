//! Which tool and version a configuration is written for, and what that tool accepts: one table.

use std::fmt;

/// The tool whose rules a configuration follows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Tool {
    #[default]
    Terraform,
    OpenTofu,
}

/// A released version. Pre-release suffixes do not change what is accepted, so they are not kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Version {
    pub major: u32,
    pub minor: u32,
    pub patch: u32,
}

/// A tool at a version.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Dialect {
    pub tool: Tool,
    pub version: Version,
}

/// Something that not every dialect accepts or does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Feature {
    /// `mock_provider` with `mock_resource` and `mock_data`.
    Mocks,
    /// `override_resource`, `override_data`, `override_module` in files and runs.
    Overrides,
    /// `override_resource` and `override_data` inside `mock_provider`.
    OverridesInMocks,
    /// `mock_provider { source }` and `.tfmock.hcl` files.
    MockSource,
    /// `mock_provider { for_each }`.
    MockForEach,
    /// `run { state_key }`.
    StateKey,
    /// `override_during`.
    OverrideDuring,
    /// The `test` block.
    TestBlock,
    /// `run { parallel }`.
    Parallel,
    /// `variable` blocks in test files.
    VariableBlocks,
    /// Two runs of one name are an error.
    UniqueRunNames,
    /// Two provider blocks of one name and alias in a test file are an error.
    UniqueProviders,
    /// `version` in a test file's `provider` block is an error.
    NoProviderVersions,
    /// `run.x` in assertions.
    RunsInAssertions,
    /// A `var.x` in the file's `variables` block may name an external variable.
    ReferencesInFileVariables,
    /// Function calls in `values`, `outputs` and `defaults`.
    FunctionsInMocks,
    /// `module { source }` of a run may be any remote address.
    RemoteRunModules,
}

/// The first minor version (major 1) of Terraform and of OpenTofu that has a feature. From the tools' change logs.
const TABLE: &[(Feature, Option<u32>, Option<u32>)] = &[
    (Feature::Mocks, Some(7), Some(8)),
    (Feature::Overrides, Some(7), Some(8)),
    (Feature::OverridesInMocks, Some(7), Some(9)),
    (Feature::MockSource, Some(7), None),
    (Feature::MockForEach, None, Some(11)),
    (Feature::StateKey, Some(11), None),
    (Feature::OverrideDuring, Some(11), None),
    (Feature::TestBlock, Some(12), None),
    (Feature::Parallel, Some(12), None),
    (Feature::VariableBlocks, Some(13), None),
    (Feature::UniqueRunNames, Some(6), None),
    (Feature::UniqueProviders, Some(7), None),
    (Feature::NoProviderVersions, Some(9), None),
    (Feature::RunsInAssertions, Some(6), None),
    (Feature::ReferencesInFileVariables, Some(8), Some(8)),
    (Feature::FunctionsInMocks, Some(15), None),
    (Feature::RemoteRunModules, None, Some(10)),
];

impl Dialect {
    pub const fn terraform(minor: u32, patch: u32) -> Dialect {
        Dialect { tool: Tool::Terraform, version: Version { major: 1, minor, patch } }
    }

    pub const fn opentofu(minor: u32, patch: u32) -> Dialect {
        Dialect { tool: Tool::OpenTofu, version: Version { major: 1, minor, patch } }
    }

    /// The dialect of a file when nothing else says: `.tofu` and `.tofutest` files are OpenTofu's.
    pub fn of_file(name: &str) -> Dialect {
        let tofu = [".tofu", ".tofu.json", ".tofutest.hcl", ".tofutest.json"];
        if tofu.iter().any(|suffix| name.ends_with(suffix)) {
            Dialect::opentofu(11, 0)
        } else {
            Dialect::default()
        }
    }

    pub fn has(self, feature: Feature) -> bool {
        let since = TABLE.iter().find(|row| row.0 == feature).and_then(|row| match self.tool {
            Tool::Terraform => row.1,
            Tool::OpenTofu => row.2,
        });
        since.is_some_and(|minor| self.version >= Version { major: 1, minor, patch: 0 })
    }
}

/// Terraform 1.11.4, the version whose answers are recorded.
impl Default for Dialect {
    fn default() -> Dialect {
        Dialect::terraform(11, 4)
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Tool::Terraform => "Terraform",
            Tool::OpenTofu => "OpenTofu",
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_has_one_row() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(TABLE.iter().position(|other| other.0 == row.0), Some(index), "{:?}", row.0);
        }
    }

    #[test]
    fn versions_and_suffixes_decide() {
        assert!(Dialect::default().has(Feature::StateKey));
        assert!(!Dialect::terraform(10, 5).has(Feature::StateKey));
        assert!(!Dialect::default().has(Feature::VariableBlocks));
        let tofu = Dialect::of_file("tests/a.tofutest.hcl");
        assert_eq!(tofu.tool, Tool::OpenTofu);
        assert!(!tofu.has(Feature::UniqueRunNames));
    }
}
