//! What not every dialect of test files accepts or does, in one table; and which dialect a file is read in.

use lang::Since;
pub use lang::{Dialect, Tool, Version};

use crate::file_role;

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
    /// `import { identity }`.
    ImportByIdentity,
    /// `deprecated` in variables and outputs.
    Deprecation,
    /// `variable { const }`.
    ConstVariables,
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
    (Feature::ImportByIdentity, Some(12), None),
    (Feature::Deprecation, Some(15), Some(10)),
    (Feature::ConstVariables, Some(15), None),
    (Feature::RemoteRunModules, None, Some(10)),
];

/// Whose rules the files of a project follow: the dialect that was asked for, or what each file's name says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Dialects {
    /// What a person or a setting asked for.
    pub asked: Option<Dialect>,
}

impl Dialects {
    /// The dialect of everything in the project.
    pub fn only(dialect: Dialect) -> Dialects {
        Dialects { asked: Some(dialect) }
    }

    /// The dialect of a module when no test file asks for it.
    pub fn of_modules(self) -> Dialect {
        self.asked.unwrap_or_default()
    }

    /// The dialect of a file, and of the module that a test file tests. Names that only OpenTofu gives a meaning to make
    /// a file OpenTofu's unless another tool was asked for.
    pub fn of_file(self, name: &str) -> Dialect {
        match self.asked {
            Some(dialect) => dialect,
            None if file_role::is_of_opentofu(name) => Dialect::opentofu(11, 0),
            None => Dialect::default(),
        }
    }
}

/// For [`Dialect::has`].
impl From<Feature> for Since {
    fn from(feature: Feature) -> Since {
        let minor = |minor: Option<u32>| minor.map(|minor| (1, minor));
        let row = TABLE.iter().find(|row| row.0 == feature);
        row.map_or(Since { terraform: None, opentofu: None }, |row| Since {
            terraform: minor(row.1),
            opentofu: minor(row.2),
        })
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
        let tofu = Dialects::default().of_file("tests/a.tofutest.hcl");
        assert_eq!(tofu.tool, Tool::OpenTofu);
        assert!(!tofu.has(Feature::UniqueRunNames));
        let asked = Dialects::only(Dialect::terraform(15, 0));
        assert_eq!(asked.of_file("tests/a.tofutest.hcl"), asked.of_modules());
    }
}
