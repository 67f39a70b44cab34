//! What may be written in test files and files of mocks.

use config::{Feature, ResourceMode};

use super::module_file::VALIDATION_BLOCK;
use super::{BOOL, Entry, Label, Takes, attribute, block};

const COMMANDS: Takes = Takes::Keyword(&[
    ("plan", "Plan only: nothing is created, values that only an apply makes are unknown."),
    ("apply", "Create the objects and check them; they are destroyed when the file has run. The default."),
]);
const DURING: Takes = Takes::Keyword(&[
    ("plan", "The values are known while planning."),
    ("apply", "The values appear when applying. The default."),
]);

const OVERRIDE_RESOURCE_BLOCK: Entry = block(
    "override_resource",
    &[],
    "override_resource {\n  target = ${1:address}\n  values = {\n    $0\n  }\n}",
    "Replaces a managed resource: its provider is not called, and computed attributes take these values.",
)
.needs(Feature::Overrides);
const OVERRIDE_DATA_BLOCK: Entry = block(
    "override_data",
    &[],
    "override_data {\n  target = ${1:data.address}\n  values = {\n    $0\n  }\n}",
    "Replaces a data source: nothing is read, and computed attributes take these values.",
)
.needs(Feature::Overrides);
const OVERRIDE_MODULE_BLOCK: Entry = block(
    "override_module",
    &[],
    "override_module {\n  target  = ${1:module.name}\n  outputs = {\n    $0\n  }\n}",
    "Replaces a whole module call: none of its resources exist, and its outputs take these values.",
)
.needs(Feature::Overrides);

const MOCK_RESOURCE_BLOCK: Entry = block(
    "mock_resource",
    &[Label::MockType(ResourceMode::Managed)],
    "mock_resource \"${1:type}\" {\n  defaults = {\n    $0\n  }\n}",
    "Default values for computed attributes of one resource type.",
);
const MOCK_DATA_BLOCK: Entry = block(
    "mock_data",
    &[Label::MockType(ResourceMode::Data)],
    "mock_data \"${1:type}\" {\n  defaults = {\n    $0\n  }\n}",
    "Default values for computed attributes of one data source type.",
);

pub(super) const FILE: &[Entry] = &[
    block(
        "run",
        &[Label::Name],
        "run \"${1:name}\" {\n  command = ${2|plan,apply|}\n\n  assert {\n    condition     = ${3:true}\n    error_message = \"$4\"\n  }\n}",
        "One test: plans or applies the module and checks conditions on the result. Runs execute in the order \
         they are written.",
    ),
    block(
        "variables",
        &[],
        "variables {\n  $0\n}",
        "Values for the module's variables, for every run of this file.",
    )
    .once(),
    block(
        "provider",
        &[Label::Provider],
        "provider \"${1:name}\" {\n  $0\n}",
        "A provider configuration for the runs of this file.",
    ),
    block(
        "mock_provider",
        &[Label::Provider],
        "mock_provider \"${1:name}\" {\n  $0\n}",
        "Replaces a provider: nothing real is created, computed attributes get made-up values.",
    )
    .needs(Feature::Mocks),
    OVERRIDE_RESOURCE_BLOCK,
    OVERRIDE_DATA_BLOCK,
    OVERRIDE_MODULE_BLOCK,
    block(
        "variable",
        &[Label::Variable],
        "variable \"${1:name}\" {\n  $0\n}",
        "Declares a variable of this test file.",
    )
    .needs(Feature::VariableBlocks),
    block("test", &[], "test {\n  $0\n}", "Settings for the whole file.").once().needs(Feature::TestBlock),
];

pub(super) const TEST: &[Entry] = &[attribute(
    "parallel",
    BOOL,
    "parallel = ${1|true,false|}",
    "Whether runs that do not depend on each other may execute at the same time.",
)];

pub(super) const RUN: &[Entry] = &[
    attribute(
        "command",
        COMMANDS,
        "command = ${1|plan,apply|}",
        "What this run does: `plan`, or `apply`, which is the default.",
    ),
    block("variables", &[], "variables {\n  $0\n}", "Values for the module's variables, for this run only.")
        .once(),
    block(
        "assert",
        &[],
        "assert {\n  condition     = ${1:true}\n  error_message = \"${2}\"\n}",
        "A condition that must hold after the run.",
    ),
    attribute(
        "expect_failures",
        Takes::Checkables,
        "expect_failures = [\n  $0\n]",
        "Variables, outputs, checks and resources whose own conditions must fail. The run passes only if every \
         one of them does.",
    ),
    block(
        "module",
        &[],
        "module {\n  source = \"${1:./}\"\n}",
        "Runs another module than the one under test, with a state of its own: a set-up or a helper.",
    )
    .once(),
    block(
        "plan_options",
        &[],
        "plan_options {\n  $0\n}",
        "How to plan: mode, refresh, targets, replacements.",
    )
    .once(),
    attribute(
        "providers",
        Takes::Providers,
        "providers = {\n  $0\n}",
        "Which provider configuration of this file the module sees under which name.",
    ),
    attribute(
        "state_key",
        Takes::StateKey,
        "state_key = \"${1}\"",
        "Runs with the same key share a state. Without it, runs of the same module do.",
    )
    .needs(Feature::StateKey),
    attribute(
        "parallel",
        BOOL,
        "parallel = ${1|true,false|}",
        "Whether this run may execute at the same time as others that do not depend on it.",
    )
    .needs(Feature::Parallel),
    OVERRIDE_RESOURCE_BLOCK,
    OVERRIDE_DATA_BLOCK,
    OVERRIDE_MODULE_BLOCK,
];

pub(super) const PLAN_OPTIONS: &[Entry] = &[
    attribute(
        "mode",
        Takes::Keyword(&[
            ("normal", "Plan changes. The default."),
            ("refresh-only", "Only take over what changed outside."),
        ]),
        "mode = ${1|normal,refresh-only|}",
        "`normal`, or `refresh-only`.",
    ),
    attribute(
        "refresh",
        BOOL,
        "refresh = ${1|true,false|}",
        "Whether objects are read again before planning.",
    ),
    attribute(
        "target",
        Takes::Resources,
        "target = [\n  $0\n]",
        "Plan only these resources and what they need.",
    ),
    attribute(
        "replace",
        Takes::Managed,
        "replace = [\n  $0\n]",
        "Replace these resources even without a change.",
    ),
];

pub(super) const MODULE: &[Entry] = &[
    attribute(
        "source",
        Takes::Source,
        "source = \"${1:./}\"",
        "Where the module is: a local path, relative to the module under test, or a registry address.",
    ),
    attribute("version", Takes::Text, "version = \"${1}\"", "A version constraint, for a registry module."),
];

pub(super) const ASSERT: &[Entry] = &[
    attribute(
        "condition",
        Takes::Condition,
        "condition = ${1:true}",
        "What must be true. It can use `var`, `local`, `output`, `run`, resources and data sources.",
    ),
    attribute("error_message", Takes::Expression, "error_message = \"${1}\"", "What to say when it is not."),
];

pub(super) const MOCK_PROVIDER: &[Entry] = &[
    attribute(
        "alias",
        Takes::Alias,
        "alias = \"${1}\"",
        "The configuration's name, as in `provider = name.alias`.",
    ),
    attribute("source", Takes::MockSource, "source = \"${1:./}\"", "A directory of `.tfmock.hcl` files.")
        .needs(Feature::MockSource),
    attribute("override_during", DURING, "override_during = ${1|plan,apply|}", "When made-up values appear.")
        .needs(Feature::OverrideDuring),
    attribute("for_each", Takes::Expression, "for_each = ${1}", "One configuration per element.")
        .needs(Feature::MockForEach),
    MOCK_RESOURCE_BLOCK,
    MOCK_DATA_BLOCK,
    OVERRIDE_RESOURCE_BLOCK.needs(Feature::OverridesInMocks),
    OVERRIDE_DATA_BLOCK.needs(Feature::OverridesInMocks),
];

pub(super) const MOCK_FILE: &[Entry] =
    &[MOCK_RESOURCE_BLOCK, MOCK_DATA_BLOCK, OVERRIDE_RESOURCE_BLOCK, OVERRIDE_DATA_BLOCK];

pub(super) const MOCK: &[Entry] = &[
    attribute("defaults", Takes::Values, "defaults = {\n  $0\n}", "Values for computed attributes."),
    attribute("override_during", DURING, "override_during = ${1|plan,apply|}", "When the values appear.")
        .needs(Feature::OverrideDuring),
];

pub(super) const OVERRIDE_VALUES: &[Entry] = &[
    attribute("target", Takes::Resource, "target = ${1:address}", "The resource or data source to replace."),
    attribute("values", Takes::Values, "values = {\n  $0\n}", "Values for its computed attributes."),
    attribute("override_during", DURING, "override_during = ${1|plan,apply|}", "When the values appear.")
        .needs(Feature::OverrideDuring),
];

pub(super) const OVERRIDE_MODULE: &[Entry] = &[
    attribute("target", Takes::Call, "target = ${1:module.name}", "The module call to replace."),
    attribute("outputs", Takes::Outputs, "outputs = {\n  $0\n}", "Values for its outputs."),
    attribute("override_during", DURING, "override_during = ${1|plan,apply|}", "When the values appear.")
        .needs(Feature::OverrideDuring),
];

/// Values of such a variable come from outside only.
pub(super) const VARIABLE: &[Entry] = &[
    attribute("type", Takes::Type, "type = ${1:string}", "The type that its values are converted to."),
    attribute("description", Takes::Text, "description = \"${1}\"", "What the variable is for."),
    attribute("sensitive", BOOL, "sensitive = ${1|true,false|}", "Whether its values are not to be shown."),
    attribute("nullable", BOOL, "nullable = ${1|false,true|}", "Whether it may be null."),
    attribute("ephemeral", BOOL, "ephemeral = ${1|true,false|}", "Whether its values are stored nowhere.")
        .needs(Feature::Ephemeral),
    VALIDATION_BLOCK,
];
