//! What not every dialect accepts or does, in one table. The grammar of files, the messages about constructs of other
//! versions and the editor's words all read it.

use lang::Since;

use super::Choice;

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
    /// `provider { for_each }`, and references to provider configurations with the key of an instance.
    ProviderForEach,
    /// A key of an instance is told from one that the module's configuration does not have for want of the block.
    MissingInstancedProvider,
    /// Keys of provider instances that are numbers or truth values are taken for strings.
    KeysOfProvidersAreStrings,
    /// What is wrong with a `for_each` is said under one summary, whatever is wrong.
    ForEachInOneCheck,
    /// `run { state_key }`.
    StateKey,
    /// An empty `state_key` names the state of the module under test. Before, it is as if there were none.
    EmptyStateKey,
    /// `override_during`.
    OverrideDuring,
    /// The `test` block.
    TestBlock,
    /// `parallel` in `test` and `run`.
    Parallel,
    /// `variable` blocks in test files.
    VariableBlocks,
    /// `skip_cleanup` in `test` and `run` is known, and refused by stable releases.
    SkipCleanup,
    /// `backend` in `run` is known, and refused by stable releases.
    RunBackend,
    /// The name of a run must be an identifier.
    RunIdentifiers,
    /// Two runs of one name are an error.
    UniqueRunNames,
    /// That error stands at the name and no longer at the block's header.
    DuplicateRunAtName,
    /// Two provider blocks of one name and alias in a test file are an error.
    UniqueProviders,
    /// `version` in a test file's `provider` block is an error.
    NoProviderVersions,
    /// `run.x` in assertions.
    RunsInAssertions,
    /// A `var.x` in the file's `variables` block may name an external variable.
    ReferencesInFileVariables,
    /// Function calls in the file's `variables`.
    FunctionsInFileVariables,
    /// Function calls in the `variables` of runs.
    FunctionsInRunVariables,
    /// Variable files in the test directory count for the test files there.
    TestVariableFiles,
    /// They count for every test file.
    TestVariableFilesForAll,
    /// What runs refer to is checked before the first begins, and so is what is wrong with each of them whatever the
    /// values are.
    RunGraph,
    /// Variables, providers and runs of a file are evaluated in the order of their references to each other: the file's
    /// variables may refer to anything in the file, and to run blocks.
    FileGraph,
    /// What is wrong with the arguments of a provider block is told; in the version before, the block fails in silence.
    ProviderErrorsTold,
    /// That the test file uses a value from outside for which it has no `variable` block is deprecated.
    UndeclaredDeprecated,
    /// What expressions of the test file see of a value from outside is its text, and of the module's variables what
    /// they were given, or their defaults.
    RawTestVariables,
    /// The outputs of a run are those in the state that it wrote last; others are not available.
    RunsByState,
    /// An error skips the runs that depend on the one that has it, and not all that follow.
    SkipByDependency,
    /// A run that is parallel depends on the earlier runs that are not.
    ParallelAfterOthers,
    /// A file starts as passed, and not as skipped.
    FileStartsPassed,
    /// Where an assertion has a name that leads nowhere, it is not evaluated.
    NamesDecideAssertions,
    /// Assertions and later runs read a run's outputs as they were evaluated, and not as they stand in the state.
    OutputsAsEvaluated,
    /// A refresh that finds nothing new but outputs that are not known is an error.
    RefusesVainRefresh,
    /// A missing expected failure of an apply run is a failure, and no error.
    MissingFailureFails,
    /// After that, the assertions are evaluated.
    AssertsAfterMissingFailure,
    /// With `-verbose` diagnostics are shown as they were, expected or not.
    VerboseShowsExpected,
    /// Expected failures that come while planning an apply run are explained: all of them, or for variables.
    ExplainsPlanFailures,
    ExplainsVariableFailures,
    /// States are destroyed in the reverse order of the runs that wrote them last; before, the main state came first.
    TeardownInReverse,
    /// Those that others depend on are destroyed after these.
    TeardownByDependency,
    /// Nothing is looked at before it is destroyed.
    TeardownWithoutRefresh,
    /// `prevent_destroy` does not hold when a test's own objects are destroyed.
    TeardownPrevails,
    /// What cannot be destroyed does not change the file's status.
    TeardownKeepsStatus,
    /// It is written to a file.
    LeftStateFile,
    /// An ephemeral variable that the plan of a run was not given is none that its apply lacks.
    EphemeralMayStayUnset,
    /// Root modules may have ephemeral outputs in tests.
    EphemeralRootOutputs,
    /// What an ephemeral output is set to need not be ephemeral itself.
    AnyEphemeralOutputs,
    /// A `cloud` block of a called module is told to mean nothing, as a `backend` is.
    IgnoresCloud,
    /// After a second interrupt states are told by their keys, and not by the runs that wrote them.
    AbandonedByKey,
    /// Function calls in `values`, `outputs` and `defaults`, which are evaluated when they are used.
    FunctionsInMocks,
    /// Actions cannot be referred to where objects of the module are listed.
    Actions,
    /// A provider's name may not begin with `opentofu-` either.
    RefusesOpenTofuPrefix,
    /// `.tofu` and `.tofutest` files, which stand in the place of `.tf` and `.tftest` ones.
    OpenTofuNames,
    /// Every name with the ending of a test file in the test directory is a test file: hidden ones and leftovers of
    /// editors too.
    HiddenTests,
    /// The `language` block. From that version on, `required_version` counts in `.tofu` files only: elsewhere it is meant
    /// for the other tool.
    LanguageBlock,
    /// `import { for_each }`, and computed keys in `to`.
    ImportForEach,
    /// `import { identity }`.
    ImportByIdentity,
    /// Sources and versions of module calls may be made of variables and locals.
    EarlySources,
    /// Plans can leave objects out, with `-exclude`.
    Exclude,
    /// Where a number of instances is not known yet, that is the advice.
    SuggestsExclude,
    /// `removed` blocks.
    Removed,
    /// `ephemeral` blocks, variables and outputs.
    Ephemeral,
    /// `deprecated` in variables and outputs.
    Deprecation,
    /// Warnings about deprecated variables and outputs are folded by what is deprecated; before, only by their summary.
    FoldsByCause,
    /// `variable { const }`.
    ConstVariables,
    /// `module { source }` of a run may be any remote address.
    RemoteRunModules,
    /// Messages about the values of mocks write paths in full; before, only the names in them.
    FullMockPaths,
    /// The overrides of a mock provider are found by its source; before, only where the name that the module gives it is
    /// the last part of that.
    MocksBySource,
    /// A filter that names no file is warned about; before, the warning was lost.
    UnknownFilters,
    /// Filters that leave nothing are warned about.
    EmptyFilters,
    /// The JSON stream's form is of version 1.3.
    JsonForm13,
    /// In JUnit's form, errors of a file stand with the file.
    FileErrorsInReports,
    /// The operands of an assertion that does not hold are shown in full, and those of a comparison as a difference.
    OperandsInFull,
    /// Below the operands of an `==` that does not hold stands the change from one to the other.
    ChangeBelowOperands,
}

/// One feature.
struct Row {
    feature: Feature,
    /// The code of the diagnostic about it in a version that does not have it.
    code: &'static str,
    /// The beginning of a sentence that ends in a version; empty when no version helps.
    needs: &'static str,
    since: Since,
}

const fn row(feature: Feature, code: &'static str, needs: &'static str, since: Since) -> Row {
    Row { feature, code, needs, since }
}

/// The first minor version of major 1 of Terraform and of OpenTofu; 0 for a tool that has it in no stable release.
const fn since(terraform: u32, opentofu: u32) -> Since {
    Since {
        terraform: if terraform == 0 { None } else { Some((1, terraform)) },
        opentofu: if opentofu == 0 { None } else { Some((1, opentofu)) },
    }
}

/// From the tools' change logs and their sources at the last patch of every minor version.
const TABLE: &[Row] = &[
    row(Feature::Mocks, "needs-mocks", "Mocks need", since(7, 8)),
    row(Feature::Overrides, "needs-overrides", "Overrides need", since(7, 8)),
    row(
        Feature::OverridesInMocks,
        "needs-overrides-in-mocks",
        "Overrides in `mock_provider` need",
        since(7, 9),
    ),
    row(Feature::MockSource, "needs-mock-source", "`source` in `mock_provider` needs", since(7, 0)),
    row(Feature::MockForEach, "needs-mock-for-each", "`for_each` in `mock_provider` needs", since(0, 11)),
    row(Feature::ProviderForEach, "needs-provider-for-each", "`for_each` in `provider` needs", since(0, 9)),
    row(Feature::MissingInstancedProvider, "missing-instanced-provider", "", since(0, 10)),
    row(Feature::KeysOfProvidersAreStrings, "provider-keys-are-strings", "", since(0, 10)),
    row(Feature::ForEachInOneCheck, "for-each-in-one-check", "", since(0, 10)),
    row(Feature::StateKey, "needs-state-key", "`state_key` needs", since(11, 0)),
    row(Feature::EmptyStateKey, "empty-state-key", "", since(14, 0)),
    row(Feature::OverrideDuring, "needs-override-during", "`override_during` needs", since(11, 0)),
    row(Feature::TestBlock, "needs-test-block", "The `test` block needs", since(12, 0)),
    row(Feature::Parallel, "needs-parallel", "`parallel` needs", since(12, 0)),
    row(
        Feature::VariableBlocks,
        "needs-variable-blocks",
        "`variable` blocks in test files need",
        since(13, 0),
    ),
    row(Feature::SkipCleanup, "needs-skip-cleanup", "", since(14, 0)),
    row(Feature::RunBackend, "needs-run-backend", "", since(14, 0)),
    row(Feature::RunIdentifiers, "run-identifiers", "", since(7, 7)),
    row(Feature::UniqueRunNames, "unique-run-names", "", since(6, 0)),
    row(Feature::DuplicateRunAtName, "duplicate-run-at-name", "", since(14, 0)),
    row(Feature::UniqueProviders, "unique-providers", "", since(7, 0)),
    row(Feature::NoProviderVersions, "no-provider-versions", "", since(9, 0)),
    row(Feature::RunsInAssertions, "needs-runs-in-assertions", "`run` in assertions needs", since(6, 0)),
    row(
        Feature::ReferencesInFileVariables,
        "needs-references-in-file-variables",
        "References in a file's `variables` need",
        since(8, 8),
    ),
    row(
        Feature::FunctionsInFileVariables,
        "needs-functions-in-file-variables",
        "Functions in a file's `variables` need",
        since(7, 11),
    ),
    row(
        Feature::FunctionsInRunVariables,
        "needs-functions-in-run-variables",
        "Functions in a run's `variables` need",
        since(7, 11),
    ),
    row(Feature::TestVariableFiles, "test-variable-files", "", since(7, 7)),
    row(Feature::TestVariableFilesForAll, "test-variable-files-for-all", "", since(0, 7)),
    row(Feature::RunGraph, "run-graph", "", since(12, 0)),
    row(
        Feature::FileGraph,
        "needs-file-graph",
        "References between a file's variables and to its runs need",
        since(13, 0),
    ),
    row(Feature::ProviderErrorsTold, "provider-errors-told", "", since(14, 0)),
    row(Feature::UndeclaredDeprecated, "undeclared-deprecated", "", since(13, 0)),
    row(Feature::RawTestVariables, "raw-test-variables", "", since(0, 6)),
    row(Feature::RunsByState, "runs-by-state", "", since(0, 6)),
    row(Feature::SkipByDependency, "skip-by-dependency", "", since(13, 0)),
    row(Feature::ParallelAfterOthers, "parallel-after-others", "", since(14, 0)),
    row(Feature::FileStartsPassed, "file-starts-passed", "", since(0, 6)),
    row(Feature::NamesDecideAssertions, "names-decide-assertions", "", since(10, 0)),
    row(Feature::OutputsAsEvaluated, "outputs-as-evaluated", "", since(15, 0)),
    row(Feature::RefusesVainRefresh, "refuses-vain-refresh", "", since(8, 0)),
    row(Feature::MissingFailureFails, "missing-failure-fails", "", since(12, 0)),
    row(Feature::AssertsAfterMissingFailure, "asserts-after-missing-failure", "", since(14, 0)),
    row(Feature::VerboseShowsExpected, "verbose-shows-expected", "", since(14, 0)),
    row(Feature::ExplainsPlanFailures, "explains-plan-failures", "", since(6, 0)),
    row(Feature::ExplainsVariableFailures, "explains-variable-failures", "", since(0, 9)),
    row(Feature::TeardownInReverse, "teardown-in-reverse", "", since(7, 7)),
    row(Feature::TeardownByDependency, "teardown-by-dependency", "", since(13, 0)),
    row(Feature::TeardownWithoutRefresh, "teardown-without-refresh", "", since(14, 0)),
    row(Feature::TeardownPrevails, "teardown-prevails", "", since(14, 0)),
    row(Feature::TeardownKeepsStatus, "teardown-keeps-status", "", since(0, 6)),
    row(Feature::LeftStateFile, "left-state-file", "", since(0, 7)),
    row(Feature::EphemeralMayStayUnset, "ephemeral-may-stay-unset", "", since(16, 0)),
    row(Feature::EphemeralRootOutputs, "ephemeral-root-outputs", "", since(14, 0)),
    row(Feature::AnyEphemeralOutputs, "any-ephemeral-outputs", "", since(12, 11)),
    row(Feature::IgnoresCloud, "ignores-cloud", "", since(13, 0)),
    row(Feature::AbandonedByKey, "abandoned-by-key", "", since(14, 0)),
    row(
        Feature::FunctionsInMocks,
        "needs-functions-in-mocks",
        "Functions in mocks and overrides need",
        since(15, 0),
    ),
    row(Feature::Actions, "actions", "", since(14, 0)),
    row(Feature::RefusesOpenTofuPrefix, "refuses-opentofu-prefix", "", since(0, 11)),
    row(Feature::OpenTofuNames, "opentofu-names", "", since(0, 8)),
    row(Feature::HiddenTests, "hidden-tests", "", since(13, 0)),
    row(Feature::LanguageBlock, "needs-language-block", "The `language` block needs", since(0, 12)),
    row(Feature::ImportForEach, "needs-import-for-each", "`for_each` in `import` needs", since(7, 7)),
    row(Feature::ImportByIdentity, "needs-import-by-identity", "`identity` in `import` needs", since(12, 12)),
    row(Feature::EarlySources, "early-sources", "", since(15, 8)),
    row(Feature::Exclude, "exclude", "", since(0, 9)),
    row(Feature::SuggestsExclude, "suggests-exclude", "", since(0, 10)),
    row(Feature::Removed, "needs-removed", "`removed` needs", since(7, 7)),
    row(Feature::Ephemeral, "needs-ephemeral", "`ephemeral` needs", since(10, 11)),
    row(Feature::Deprecation, "needs-deprecation", "`deprecated` needs", since(15, 10)),
    row(Feature::FoldsByCause, "folds-by-cause", "", since(0, 11)),
    row(Feature::ConstVariables, "needs-const-variables", "`const` needs", since(15, 12)),
    row(
        Feature::RemoteRunModules,
        "needs-remote-run-modules",
        "Remote modules in `run` blocks need",
        since(0, 10),
    ),
    row(Feature::FullMockPaths, "full-mock-paths", "", since(12, 0)),
    row(Feature::MocksBySource, "mocks-by-source", "", since(13, 6)),
    row(Feature::UnknownFilters, "unknown-filters", "", since(16, 0)),
    row(Feature::EmptyFilters, "empty-filters", "", since(0, 10)),
    row(Feature::JsonForm13, "json-form-1.3", "", since(15, 0)),
    row(Feature::FileErrorsInReports, "file-errors-in-reports", "", since(15, 0)),
    row(Feature::OperandsInFull, "operands-in-full", "", since(12, 0)),
    row(Feature::ChangeBelowOperands, "change-below-operands", "", since(0, 11)),
];

impl Feature {
    /// The code of the diagnostic about a construct that a version does not have.
    pub fn code(self) -> &'static str {
        self.row().map_or("", |row| row.code)
    }

    /// The feature that a diagnostic of that code misses.
    pub fn of_code(code: &str) -> Option<Feature> {
        TABLE.iter().find(|row| row.code == code).map(|row| row.feature)
    }

    /// Whether a file can be refused for want of it.
    pub fn is_construct(self) -> bool {
        self.row().is_some_and(|row| !row.needs.is_empty())
    }

    /// Which version has it and why it is not the one that was chosen: "`state_key` needs Terraform 1.11; this module
    /// says `required_version = "~> 1.9"`." `None` when no version would help.
    pub fn explain(self, choice: &Choice) -> Option<String> {
        let row = self.row().filter(|row| !row.needs.is_empty())?;
        let why = choice.because().unwrap_or_else(|| {
            format!(
                "this file is read by the rules of {}, which the setting \"dialect\" changes",
                choice.dialect
            )
        });
        Some(format!("{} {}; {why}.", row.needs, row.since))
    }

    fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.feature == self)
    }
}

/// For [`lang::Dialect::has`].
impl From<Feature> for Since {
    fn from(feature: Feature) -> Since {
        feature.row().map_or(Since { terraform: None, opentofu: None }, |row| row.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_has_one_row() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(
                TABLE.iter().position(|other| other.feature == row.feature),
                Some(index),
                "{:?}",
                row.feature
            );
            assert_eq!(Feature::of_code(row.code), Some(row.feature));
        }
    }
}
