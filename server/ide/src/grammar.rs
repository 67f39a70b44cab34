//! What may be written where in a test file, with the words an editor shows about it.
//!
//! `config` decides what is right, and which version has what; this table only helps to type it.

use config::{Dialect, Feature};
use lang::Since;

/// The kinds of body a test file has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    File,
    Test,
    Run,
    PlanOptions,
    Module,
    Assert,
    MockProvider,
    /// `mock_resource` and `mock_data`.
    Mock,
    /// `override_resource` and `override_data`.
    OverrideValues,
    OverrideModule,
    /// A `variables` block: its names are the variables of the module.
    Variables,
    /// A body that a provider's schema describes.
    Provider,
}

/// One thing that may be written in a body.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) kind: EntryKind,
    /// What is inserted when the client can do snippets.
    pub(crate) snippet: &'static str,
    /// One paragraph of Markdown.
    pub(crate) doc: &'static str,
    pub(crate) needs: Option<Feature>,
    /// Whether a second one in the same body is an error.
    pub(crate) once: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum EntryKind {
    Block,
    Attribute(Takes),
}

/// What an attribute takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Takes {
    /// Any expression.
    Expression,
    /// One of these bare words.
    Keyword(&'static [(&'static str, &'static str)]),
    /// A list of addresses that can fail: variables, outputs, checks, resources.
    Checkables,
    /// A list of resource addresses.
    Resources,
    /// One resource address.
    Resource,
    /// One data source address.
    Data,
    /// One module call.
    Call,
    /// A quoted text that only means itself.
    Text,
}

impl Place {
    /// The body that the block `kind` opens inside this one.
    pub(crate) fn inside(self, kind: &str) -> Option<Place> {
        Some(match (self, kind) {
            (Place::File, "run") => Place::Run,
            (Place::File, "test") => Place::Test,
            (Place::File | Place::Run, "variables") => Place::Variables,
            (Place::File, "provider") => Place::Provider,
            (Place::File, "mock_provider") => Place::MockProvider,
            (Place::File | Place::Run | Place::MockProvider, "override_resource" | "override_data") => {
                Place::OverrideValues
            }
            (Place::File | Place::Run, "override_module") => Place::OverrideModule,
            (Place::Run, "plan_options") => Place::PlanOptions,
            (Place::Run, "module") => Place::Module,
            (Place::Run, "assert") => Place::Assert,
            (Place::MockProvider, "mock_resource" | "mock_data") => Place::Mock,
            _ => return None,
        })
    }

    /// Everything that may stand in this body in `dialect`, in the order it is usually written.
    pub(crate) fn entries(self, dialect: Dialect) -> impl Iterator<Item = &'static Entry> {
        self.all().iter().filter(move |entry| entry.needs.is_none_or(|feature| dialect.has(feature)))
    }

    /// Everything that may stand in this body in any dialect.
    pub(crate) fn all(self) -> &'static [Entry] {
        match self {
            Place::File => FILE,
            Place::Test => TEST,
            Place::Run => RUN,
            Place::PlanOptions => PLAN_OPTIONS,
            Place::Module => MODULE,
            Place::Assert => ASSERT,
            Place::MockProvider => MOCK_PROVIDER,
            Place::Mock => MOCK,
            Place::OverrideValues => OVERRIDE_VALUES,
            Place::OverrideModule => OVERRIDE_MODULE,
            Place::Variables | Place::Provider => &[],
        }
    }

    /// What the attribute `name` of this body takes.
    pub(crate) fn takes(self, block: &str, name: &str) -> Takes {
        if self == Place::OverrideValues && name == "target" {
            return if block == "override_data" { Takes::Data } else { Takes::Resource };
        }
        let mut entries = self.all().iter();
        match entries.find(|entry| entry.name == name).map(|entry| entry.kind) {
            Some(EntryKind::Attribute(takes)) => takes,
            _ => Takes::Expression,
        }
    }
}

const COMMANDS: Takes = Takes::Keyword(&[
    ("plan", "Plan only: nothing is created, values that only an apply makes are unknown."),
    ("apply", "Create the objects and check them; they are destroyed when the file has run. The default."),
]);
const DURING: Takes = Takes::Keyword(&[
    ("plan", "The values are known while planning."),
    ("apply", "The values appear when applying. The default."),
]);
const BOOL: Takes = Takes::Keyword(&[("true", ""), ("false", "")]);

const fn block(name: &'static str, snippet: &'static str, doc: &'static str) -> Entry {
    Entry { name, kind: EntryKind::Block, snippet, doc, needs: None, once: false }
}

const fn attribute(name: &'static str, takes: Takes, snippet: &'static str, doc: &'static str) -> Entry {
    Entry { name, kind: EntryKind::Attribute(takes), snippet, doc, needs: None, once: true }
}

impl Entry {
    /// What it is for, and since when where that is not always.
    pub(crate) fn documentation(&self) -> String {
        match self.needs {
            Some(feature) => format!("{}\n\nSince {}.", self.doc, Since::from(feature)),
            None => self.doc.to_owned(),
        }
    }

    const fn once(mut self) -> Entry {
        self.once = true;
        self
    }

    const fn needs(mut self, feature: Feature) -> Entry {
        self.needs = Some(feature);
        self
    }
}

const OVERRIDE_RESOURCE_BLOCK: Entry = block(
    "override_resource",
    "override_resource {\n  target = ${1:address}\n  values = {\n    $0\n  }\n}",
    "Replaces a managed resource: its provider is not called, and computed attributes take these values.",
)
.needs(Feature::Overrides);
const OVERRIDE_DATA_BLOCK: Entry = block(
    "override_data",
    "override_data {\n  target = ${1:data.address}\n  values = {\n    $0\n  }\n}",
    "Replaces a data source: nothing is read, and computed attributes take these values.",
)
.needs(Feature::Overrides);
const OVERRIDE_MODULE_BLOCK: Entry = block(
    "override_module",
    "override_module {\n  target  = ${1:module.name}\n  outputs = {\n    $0\n  }\n}",
    "Replaces a whole module call: none of its resources exist, and its outputs take these values.",
)
.needs(Feature::Overrides);

const FILE: &[Entry] = &[
    block(
        "run",
        "run \"${1:name}\" {\n  command = ${2|plan,apply|}\n\n  assert {\n    condition     = ${3:true}\n    error_message = \"$4\"\n  }\n}",
        "One test: plans or applies the module and checks conditions on the result. Runs execute in the order \
         they are written.",
    ),
    block(
        "variables",
        "variables {\n  $0\n}",
        "Values for the module's variables, for every run of this file.",
    )
    .once(),
    block(
        "provider",
        "provider \"${1:name}\" {\n  $0\n}",
        "A provider configuration for the runs of this file.",
    ),
    block(
        "mock_provider",
        "mock_provider \"${1:name}\" {\n  $0\n}",
        "Replaces a provider: nothing real is created, computed attributes get made-up values.",
    )
    .needs(Feature::Mocks),
    OVERRIDE_RESOURCE_BLOCK,
    OVERRIDE_DATA_BLOCK,
    OVERRIDE_MODULE_BLOCK,
    block("variable", "variable \"${1:name}\" {\n  $0\n}", "Declares a variable of this test file.")
        .needs(Feature::VariableBlocks),
    block("test", "test {\n  $0\n}", "Settings for the whole file.").once().needs(Feature::TestBlock),
];

const TEST: &[Entry] = &[attribute(
    "parallel",
    BOOL,
    "parallel = ${1|true,false|}",
    "Whether runs that do not depend on each other may execute at the same time.",
)];

const RUN: &[Entry] = &[
    attribute(
        "command",
        COMMANDS,
        "command = ${1|plan,apply|}",
        "What this run does: `plan`, or `apply`, which is the default.",
    ),
    block("variables", "variables {\n  $0\n}", "Values for the module's variables, for this run only.")
        .once(),
    block(
        "assert",
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
        "module {\n  source = \"${1:./}\"\n}",
        "Runs another module than the one under test, with a state of its own: a set-up or a helper.",
    )
    .once(),
    block("plan_options", "plan_options {\n  $0\n}", "How to plan: mode, refresh, targets, replacements.")
        .once(),
    attribute(
        "providers",
        Takes::Expression,
        "providers = {\n  $0\n}",
        "Which provider configuration of this file the module sees under which name.",
    ),
    attribute(
        "state_key",
        Takes::Text,
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

const PLAN_OPTIONS: &[Entry] = &[
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
        Takes::Resources,
        "replace = [\n  $0\n]",
        "Replace these resources even without a change.",
    ),
];

const MODULE: &[Entry] = &[
    attribute(
        "source",
        Takes::Text,
        "source = \"${1:./}\"",
        "Where the module is: a local path, relative to the module under test, or a registry address.",
    ),
    attribute("version", Takes::Text, "version = \"${1}\"", "A version constraint, for a registry module."),
];

const ASSERT: &[Entry] = &[
    attribute(
        "condition",
        Takes::Expression,
        "condition = ${1:true}",
        "What must be true. It can use `var`, `local`, `output`, `run`, resources and data sources.",
    ),
    attribute("error_message", Takes::Expression, "error_message = \"${1}\"", "What to say when it is not."),
];

const MOCK_PROVIDER: &[Entry] = &[
    attribute(
        "alias",
        Takes::Text,
        "alias = \"${1}\"",
        "The configuration's name, as in `provider = name.alias`.",
    ),
    attribute("source", Takes::Text, "source = \"${1:./}\"", "A directory of `.tfmock.hcl` files.")
        .needs(Feature::MockSource),
    attribute("override_during", DURING, "override_during = ${1|plan,apply|}", "When made-up values appear.")
        .needs(Feature::OverrideDuring),
    attribute("for_each", Takes::Expression, "for_each = ${1}", "One configuration per element.")
        .needs(Feature::MockForEach),
    block(
        "mock_resource",
        "mock_resource \"${1:type}\" {\n  defaults = {\n    $0\n  }\n}",
        "Default values for computed attributes of one resource type.",
    ),
    block(
        "mock_data",
        "mock_data \"${1:type}\" {\n  defaults = {\n    $0\n  }\n}",
        "Default values for computed attributes of one data source type.",
    ),
    OVERRIDE_RESOURCE_BLOCK.needs(Feature::OverridesInMocks),
    OVERRIDE_DATA_BLOCK.needs(Feature::OverridesInMocks),
];

const MOCK: &[Entry] = &[
    attribute("defaults", Takes::Expression, "defaults = {\n  $0\n}", "Values for computed attributes."),
    attribute("override_during", DURING, "override_during = ${1|plan,apply|}", "When the values appear.")
        .needs(Feature::OverrideDuring),
];

const OVERRIDE_VALUES: &[Entry] = &[
    attribute("target", Takes::Resource, "target = ${1:address}", "The resource to replace."),
    attribute("values", Takes::Expression, "values = {\n  $0\n}", "Values for its computed attributes."),
    attribute("override_during", DURING, "override_during = ${1|plan,apply|}", "When the values appear.")
        .needs(Feature::OverrideDuring),
];

const OVERRIDE_MODULE: &[Entry] = &[
    attribute("target", Takes::Call, "target = ${1:module.name}", "The module call to replace."),
    attribute("outputs", Takes::Expression, "outputs = {\n  $0\n}", "Values for its outputs."),
    attribute("override_during", DURING, "override_during = ${1|plan,apply|}", "When the values appear.")
        .needs(Feature::OverrideDuring),
];
