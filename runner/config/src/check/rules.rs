//! The codes of diagnostics: what each is about, and the page of the tool's documentation that explains it.
//!
//! A code is stable: filters, editors and the reports of continuous integration know diagnostics by it. Messages are
//! Terraform's and may change with its versions.

use lang::Tool;

use crate::dialect::Feature;

/// What a code stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rule {
    pub code: &'static str,
    /// What is found, as a sentence without its full stop that begins in lower case.
    pub about: &'static str,
    page: Page,
    /// Whether what is found could be left out; editors show that as faded text.
    pub unnecessary: bool,
}

impl Rule {
    /// Where the documentation of a tool explains what the rule is about.
    pub fn link(&self, tool: Tool) -> String {
        let (terraform, opentofu) = self.page.paths();
        match tool {
            Tool::Terraform => format!("https://developer.hashicorp.com/terraform/{terraform}"),
            Tool::OpenTofu => format!("https://opentofu.org/docs/{opentofu}/"),
        }
    }
}

/// The rule of that code.
pub fn rule(code: &str) -> Option<Rule> {
    let row = TABLE.iter().find(|row| row.0 == code);
    let found = row.map(|&(code, page, about)| Rule { code, about, page, unnecessary: is_unnecessary(code) });
    found.or_else(|| Feature::of_code(code).map(of_version))
}

/// Every rule, apart from those that only tell which version a construct needs.
pub fn rules() -> impl Iterator<Item = Rule> {
    TABLE.iter().filter_map(|row| rule(row.0))
}

fn of_version(feature: Feature) -> Rule {
    let about = "the construct needs another version of the tool";
    Rule { code: feature.code(), about, page: Page::Tests, unnecessary: false }
}

fn is_unnecessary(code: &str) -> bool {
    ["ignored-mock-value", "unreachable-override", "unused-variable"].contains(&code)
}

/// A page of both tools' documentation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Page {
    Tests,
    Mocks,
    Variables,
    Outputs,
    Locals,
    Modules,
    ModuleSources,
    Refactoring,
    PassedProviders,
    Providers,
    Requirements,
    Resources,
    References,
    Functions,
    Types,
    Conditions,
    Checks,
    Dynamic,
    Versions,
    Lifecycle,
    DependsOn,
    Count,
    ForEach,
    Provisioners,
    Import,
    OverrideFiles,
    Syntax,
    Json,
    Settings,
    Backends,
    Init,
    ProviderSchemas,
    Expressions,
}

impl Page {
    /// Terraform's path and OpenTofu's.
    fn paths(self) -> (&'static str, &'static str) {
        // Most have the same one.
        let language = match self {
            Page::Tests => return ("language/tests", "cli/commands/test"),
            Page::Mocks => return ("language/tests/mocking", "cli/commands/test"),
            Page::Init => "cli/commands/init",
            Page::ProviderSchemas => "cli/commands/providers/schema",
            Page::Variables => "language/values/variables",
            Page::Outputs => "language/values/outputs",
            Page::Locals => "language/values/locals",
            Page::Modules => "language/modules/syntax",
            Page::ModuleSources => "language/modules/sources",
            Page::Refactoring => "language/modules/develop/refactoring",
            Page::PassedProviders => "language/modules/develop/providers",
            Page::Providers => "language/providers/configuration",
            Page::Requirements => "language/providers/requirements",
            Page::Resources => "language/resources/syntax",
            Page::References => "language/expressions/references",
            Page::Functions => "language/functions",
            Page::Types => "language/expressions/type-constraints",
            Page::Conditions => "language/expressions/custom-conditions",
            Page::Checks => "language/checks",
            Page::Dynamic => "language/expressions/dynamic-blocks",
            Page::Versions => "language/expressions/version-constraints",
            Page::Lifecycle => "language/meta-arguments/lifecycle",
            Page::DependsOn => "language/meta-arguments/depends_on",
            Page::Count => "language/meta-arguments/count",
            Page::ForEach => "language/meta-arguments/for_each",
            Page::Provisioners => "language/resources/provisioners/syntax",
            Page::Import => "language/import",
            Page::OverrideFiles => "language/files/override",
            Page::Syntax => "language/syntax/configuration",
            Page::Json => "language/syntax/json",
            Page::Settings => "language/settings",
            Page::Backends => return ("language/backend", "language/settings/backends/configuration"),
            Page::Expressions => "language/expressions",
        };
        (language, language)
    }
}

/// Code, page, and what is found.
const TABLE: &[(&str, Page, &str)] = &[
    // Test files
    ("assertion-failed", Page::Tests, "the condition of an assertion is false"),
    ("broken-rule", Page::Variables, "a value breaks a rule of its variable"),
    ("constant-condition", Page::Conditions, "a condition refers to nothing"),
    ("duplicate-run", Page::Tests, "two run blocks have one name"),
    ("duplicate-skip-cleanup", Page::Tests, "two runs of one state say whether it is cleaned up"),
    ("early-failure", Page::Tests, "an expected failure comes before anything is applied"),
    ("experimental", Page::Tests, "the argument is one of experimental builds only"),
    ("incompatible-plan-options", Page::Tests, "two options of a plan exclude each other"),
    ("interrupted", Page::Tests, "the run was interrupted"),
    ("invalid-expected-failure", Page::Tests, "an entry of expect_failures cannot fail"),
    ("invalid-run-backend", Page::Tests, "a run cannot have a backend there"),
    ("invalid-keyword", Page::Tests, "a keyword is none of those that are known here"),
    ("later-run", Page::Tests, "a run block refers to one that comes later"),
    ("limit", Page::Tests, "something is larger than can be handled"),
    ("misplaced-check", Page::Tests, "a check block is referred to outside of expect_failures"),
    ("misplaced-reference", Page::Tests, "what is referred to cannot be seen from here"),
    ("missing-expected-failure", Page::Tests, "an expected failure does not happen"),
    ("missing-module-source", Page::Tests, "the module block of a run has no source"),
    ("missing-provider", Page::Tests, "a provider configuration is asked for that is nowhere"),
    ("missing-variable", Page::Variables, "a required variable has no value"),
    ("no-tests", Page::Tests, "no test is left to run"),
    ("provider-mismatch", Page::PassedProviders, "one name stands for two providers"),
    ("provider-version-in-test", Page::Tests, "a provider block of a test file has a version"),
    ("unavailable-variable", Page::Tests, "a variable cannot be seen from here"),
    ("unknown-check", Page::Checks, "a check depends on a value that is known only after apply"),
    ("undeclared-variable", Page::Tests, "a value is given for a variable that nothing declares"),
    ("unknown-condition", Page::Tests, "a condition depends on a value that is known only after apply"),
    ("unknown-run", Page::Tests, "there is no run block of that name"),
    ("unknown-run-output", Page::Tests, "the module of a run block has no output of that name"),
    ("refused-replacement", Page::Tests, "a run that only refreshes is to replace objects"),
    ("unknown-target", Page::Tests, "a target of plan_options is not in the configuration"),
    ("unknown-test-file", Page::Tests, "there is no test file of that name"),
    ("unknown-value", Page::Tests, "a value of an earlier run is known only after apply"),
    ("unused-variable", Page::Tests, "nothing reads a variable of the file"),
    ("variable-value", Page::Variables, "a value does not suit its variable"),
    // Mocks and overrides
    ("duplicate-mock", Page::Mocks, "two mocks are for one type"),
    ("duplicate-override", Page::Mocks, "two overrides have one target"),
    ("guessed-types", Page::Mocks, "a mock goes by guesses, because nothing describes its provider"),
    ("ignored-mock-value", Page::Mocks, "a mock gives a value that only the configuration sets"),
    ("invalid-override", Page::Mocks, "an override cannot be carried out"),
    ("invalid-override-target", Page::Mocks, "the target of an override is of another kind"),
    ("object-expected", Page::Mocks, "the values of a mock or an override are no object"),
    ("invalid-override-values", Page::Mocks, "the values of an override are no object"),
    ("missing-override-target", Page::Mocks, "an override has no target"),
    ("mock-value-type", Page::Mocks, "a mock or an override gives a value of the wrong type"),
    ("no-mock-files", Page::Mocks, "a folder of mock files has none"),
    ("unknown-mock-type", Page::Mocks, "a mock is for a type that the provider does not have"),
    ("unknown-mock-value", Page::Mocks, "a mock or an override gives a value for what does not exist"),
    ("unknown-override-target", Page::Mocks, "the target of an override is not in the configuration"),
    ("unreachable-override", Page::Mocks, "another override hides the target of an override"),
    ("unreadable-mocks", Page::Mocks, "a folder of mock files cannot be read"),
    // Names
    ("invalid-attribute", Page::References, "the object has no such attribute"),
    (
        "invalid-reference",
        Page::References,
        "a reference is not complete, or leads to nothing that can be read",
    ),
    ("misplaced-count", Page::Count, "count is referred to where nothing is counted"),
    ("misplaced-each", Page::ForEach, "each is referred to where nothing is repeated"),
    ("misplaced-self", Page::References, "self is referred to where it means nothing"),
    ("misplaced-variable", Page::Variables, "a variable is referred to where it cannot be"),
    ("missing-instance-key", Page::References, "an instance of several is referred to without its key"),
    ("reference-not-allowed", Page::References, "a reference stands where only constants may"),
    ("reserved-name", Page::References, "the name is kept for a later version"),
    ("self-reference", Page::References, "something refers to itself"),
    ("unexpected-instance-key", Page::References, "the only instance is referred to with a key"),
    ("unknown-attribute", Page::References, "the object has no such attribute"),
    ("unknown-local", Page::Locals, "there is no local value of that name"),
    ("unknown-module", Page::Modules, "there is no module call of that name"),
    ("unknown-output", Page::Outputs, "there is no output of that name"),
    ("unknown-resource", Page::References, "there is no resource of that name"),
    ("unknown-name", Page::References, "there is nothing of that name here"),
    ("undefined-variable", Page::Variables, "a variable is referred to without a definition"),
    ("unknown-variable", Page::Variables, "there is no variable of that name"),
    ("unsupported-attribute", Page::References, "the value has no such attribute"),
    ("variables-not-allowed", Page::References, "a reference stands where only constants may"),
    // Functions
    ("argument-count", Page::Functions, "a function is called with too few or too many arguments"),
    ("function-not-allowed", Page::Functions, "a function is called where only constants may stand"),
    ("unknown-function", Page::Functions, "there is no function of that name"),
    // Shape
    ("attribute-type", Page::Types, "the value of an argument has the wrong type"),
    ("block-count", Page::Resources, "there are too few or too many blocks of a type"),
    ("duplicate-argument", Page::Syntax, "an argument is set twice"),
    ("duplicate-block", Page::Syntax, "there are two blocks where there may be one"),
    ("duplicate-declaration", Page::Syntax, "two declarations have one name"),
    ("extraneous-label", Page::Syntax, "a block has too many labels"),
    ("invalid-default", Page::Variables, "a default does not suit its variable"),
    ("invalid-expression", Page::Expressions, "an expression of another form is wanted"),
    ("invalid-name", Page::Syntax, "a name is no identifier"),
    ("invalid-type", Page::Types, "a type is none"),
    ("json-value-type", Page::Json, "a JSON value has the wrong type"),
    ("language-edition", Page::Settings, "the edition of the language is not known"),
    ("ephemeral-output", Page::Outputs, "a root module has an output that is never kept"),
    (
        "ephemeral-value",
        Page::Outputs,
        "an output is ephemeral where its value is not, or the other way round",
    ),
    ("evaluation", Page::Expressions, "an expression has no value, whatever the values of variables are"),
    ("experiments", Page::Settings, "the module takes part in experiments"),
    ("missing-argument", Page::Syntax, "a required argument is not there"),
    ("nested-data", Page::Checks, "the data block of a check has what only others may have"),
    ("missing-assert", Page::Checks, "a check block asserts nothing"),
    ("missing-block", Page::Resources, "a required block is not there"),
    ("missing-label", Page::Syntax, "a block has too few labels"),
    ("quoted-keyword", Page::Syntax, "a keyword stands in quotes"),
    ("empty-deprecation", Page::Variables, "a deprecation says nothing"),
    ("quoted-reference", Page::References, "a reference stands in quotes"),
    ("reserved-argument", Page::Syntax, "the name of an argument is kept for a later version"),
    ("reserved-block", Page::Syntax, "the type of a block is kept for a later version"),
    ("syntax", Page::Syntax, "the text cannot be read"),
    ("unexpected-block", Page::Syntax, "a block stands where only arguments may"),
    ("unsuitable-value", Page::Types, "a value has the wrong type"),
    ("unsupported-argument", Page::Syntax, "there is no argument of that name"),
    ("unsupported-block", Page::Syntax, "there is no block of that type"),
    // Modules and what they declare
    ("backend-and-cloud", Page::Backends, "a module has a backend and a cloud block"),
    ("count-and-for-each", Page::ForEach, "count and for_each exclude each other"),
    ("cycle", Page::References, "objects depend on each other in a circle"),
    ("deprecated", Page::Variables, "something should not be used any more"),
    ("deprecated-root-output", Page::Variables, "an output of the root module is deprecated"),
    ("hidden-message", Page::Conditions, "an error message cannot be shown"),
    ("ignored-backend", Page::Backends, "a backend has no effect here"),
    ("import", Page::Import, "an import cannot be carried out"),
    ("invalid-address", Page::References, "an address is none"),
    ("action-reference", Page::DependsOn, "an action is named where only other objects can be"),
    ("invalid-dependency", Page::DependsOn, "a dependency is no whole object"),
    ("invalid-dynamic", Page::Dynamic, "a dynamic block cannot be expanded"),
    ("invalid-expansion", Page::ForEach, "a value cannot be used for count or for_each"),
    ("invalid-ignore-changes", Page::Lifecycle, "ignore_changes names no attribute"),
    ("invalid-import", Page::Import, "an import block is not complete"),
    ("invalid-lifecycle", Page::Lifecycle, "a lifecycle argument is not allowed here"),
    ("invalid-module-source", Page::ModuleSources, "a module source is no address"),
    ("invalid-replace-trigger", Page::Lifecycle, "replace_triggered_by names no resource"),
    ("prerelease-constraint", Page::Versions, "a version constraint names a prerelease"),
    ("provider-meta", Page::Requirements, "provider_meta is not written rightly"),
    ("ineffective-version", Page::Versions, "a version constraint allows versions that cannot read it"),
    ("invalid-version", Page::Versions, "a version constraint is none"),
    ("misplaced-import", Page::Import, "an import stands in a module that is called"),
    ("misplaced-postcondition", Page::Conditions, "a postcondition stands where it cannot be checked"),
    ("module-not-installed", Page::Init, "a module is not installed"),
    ("recursive-module", Page::Modules, "a module calls itself"),
    ("redundant-ignore-changes", Page::Lifecycle, "ignore_changes names what only the provider sets"),
    ("sensitive-output", Page::Outputs, "an output shows a sensitive value without saying so"),
    ("unknown-expansion", Page::ForEach, "a value for count or for_each is known only after apply"),
    ("unknown-import-target", Page::Import, "the target of an import is not in the configuration"),
    ("unknown-resource-type", Page::Resources, "the provider has no such type"),
    ("unreadable-file", Page::Modules, "a file cannot be read"),
    ("unreadable-manifest", Page::Init, "the list of installed modules cannot be read"),
    ("unreadable-module", Page::Modules, "the folder of a module cannot be read"),
    ("unrelated-validation", Page::Variables, "a validation does not look at its own variable"),
    ("unsupported-version", Page::Versions, "the configuration is not for this version"),
    // Override files
    ("missing-override-base", Page::OverrideFiles, "an override file changes what is not declared"),
    // Moved and removed objects, provisioners
    ("cyclic-move", Page::Refactoring, "objects move in a circle"),
    ("destroy-reference", Page::Provisioners, "a provisioner refers to what is gone when it runs"),
    ("invalid-move", Page::Refactoring, "an object cannot move like that"),
    ("invalid-provisioner", Page::Provisioners, "a provisioner is not written rightly"),
    ("moved", Page::Refactoring, "an object cannot move like that"),
    ("provisioner", Page::Provisioners, "a provisioner failed"),
    ("removed-exists", Page::Refactoring, "what was removed is still declared"),
    ("removed-provisioner", Page::Provisioners, "the provisioner is one that was removed from the tool"),
    // Providers
    (
        "empty-provider-block",
        Page::PassedProviders,
        "a module has an empty provider block for one that it is passed",
    ),
    ("missing-alias", Page::Providers, "a repeated provider configuration has no alias"),
    ("deprecated-provider-version", Page::Requirements, "a provider block has a version"),
    ("duplicate-provider", Page::Providers, "two provider blocks have one name"),
    ("duplicate-provider-address", Page::PassedProviders, "one provider is passed twice"),
    ("invalid-provider-alias", Page::Providers, "an alias is no identifier"),
    ("invalid-provider-name", Page::Requirements, "the name of a provider is none"),
    ("invalid-provider-reference", Page::Providers, "a reference to a provider is none"),
    ("invalid-provider-schema", Page::ProviderSchemas, "a schema cannot be read"),
    ("invalid-provider-source", Page::Requirements, "the source of a provider is no address"),
    ("invalid-required-provider", Page::Requirements, "a required provider is not written rightly"),
    (
        "misplaced-required-providers",
        Page::Requirements,
        "required_providers stands outside of a terraform block",
    ),
    (
        "missing-provider-configuration",
        Page::PassedProviders,
        "a module needs a provider that it does not get",
    ),
    ("overridden-provider", Page::PassedProviders, "a passed provider hides one of the module's own"),
    ("provider-bug", Page::Providers, "a provider does not keep to the rules"),
    ("provider-in-expanded-module", Page::PassedProviders, "a module that is repeated configures a provider"),
    (
        "provider-instance",
        Page::Providers,
        "an instance of a repeated provider configuration is not chosen rightly",
    ),
    ("provider-not-available", Page::Providers, "a provider is not at hand"),
    (
        "same-for-each",
        Page::Providers,
        "a provider configuration and what it serves go away together, so that nothing can destroy it",
    ),
    ("undefined-provider", Page::PassedProviders, "a provider is passed that the module does not know"),
    ("unreadable-schemas", Page::ProviderSchemas, "a file of schemas cannot be read"),
];
