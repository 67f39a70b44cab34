//! What may be written in a module's files.

use config::{Feature, ResourceMode};

use super::{BOOL, Entry, Label, Takes, attribute, block};

pub(super) const FILE: &[Entry] = &[
    block(
        "resource",
        &[Label::Type(ResourceMode::Managed), Label::Name],
        "resource \"${1:type}\" \"${2:name}\" {\n  $0\n}",
        "An object that the module creates, changes and destroys.",
    ),
    block(
        "data",
        &[Label::Type(ResourceMode::Data), Label::Name],
        "data \"${1:type}\" \"${2:name}\" {\n  $0\n}",
        "Something that exists elsewhere and is only read.",
    ),
    block(
        "variable",
        &[Label::Name],
        "variable \"${1:name}\" {\n  type        = ${2:string}\n  description = \"${3}\"\n}",
        "An input of the module.",
    ),
    block(
        "output",
        &[Label::Name],
        "output \"${1:name}\" {\n  value = $0\n}",
        "A value that callers and tests can read.",
    ),
    block("locals", &[], "locals {\n  $0\n}", "Names for values that the module uses itself."),
    block(
        "module",
        &[Label::Name],
        "module \"${1:name}\" {\n  source = \"${2:./}\"\n}",
        "Calls another module.",
    ),
    block("provider", &[Label::Provider], "provider \"${1:name}\" {\n  $0\n}", "A provider's configuration."),
    block("terraform", &[], "terraform {\n  $0\n}", "What the module needs: versions, providers, a backend."),
    block(
        "check",
        &[Label::Name],
        "check \"${1:name}\" {\n  assert {\n    condition     = ${2:true}\n    error_message = \"${3}\"\n  }\n}",
        "Conditions whose failure is a warning and no error.",
    ),
    block(
        "moved",
        &[],
        "moved {\n  from = ${1:address}\n  to   = ${2:address}\n}",
        "Says that an object has another address now.",
    ),
    block(
        "import",
        &[],
        "import {\n  to = ${1:address}\n  id = \"${2}\"\n}",
        "Takes over an object that exists already.",
    ),
    block(
        "removed",
        &[],
        "removed {\n  from = ${1:address}\n\n  lifecycle {\n    destroy = ${2|false,true|}\n  }\n}",
        "Says what happens to an object that is no longer in the configuration.",
    )
    .needs(Feature::Removed),
    block(
        "ephemeral",
        &[Label::Type(ResourceMode::Ephemeral), Label::Name],
        "ephemeral \"${1:type}\" \"${2:name}\" {\n  $0\n}",
        "Something that is opened when it is needed and stored nowhere.",
    )
    .needs(Feature::Ephemeral),
    block("language", &[], "language {\n  $0\n}", "Which tools the module is for.")
        .needs(Feature::LanguageBlock),
];

pub(super) const TERRAFORM: &[Entry] = &[
    attribute(
        "required_version",
        Takes::Text,
        "required_version = \"${1:>= 1.9}\"",
        "Which versions of the tool can run the module.",
    ),
    block(
        "required_providers",
        &[],
        "required_providers {\n  ${1:name} = {\n    source = \"${2}\"\n  }\n}",
        "The providers that the module uses, by its own names for them.",
    ),
    block(
        "backend",
        &[Label::Words(BACKENDS)],
        "backend \"${1:local}\" {\n  $0\n}",
        "Where the state is kept.",
    )
    .once(),
    block("cloud", &[], "cloud {\n  $0\n}", "Keeps the state and runs in HCP Terraform.").once(),
    block(
        "provider_meta",
        &[Label::Provider],
        "provider_meta \"${1:name}\" {\n  $0\n}",
        "What the module tells a provider about itself.",
    ),
];

/// The backend of that name.
pub(super) fn backend(name: &str) -> Option<&'static str> {
    BACKENDS.iter().map(|(known, _)| *known).find(|known| *known == name)
}

/// Those that both tools have.
const BACKENDS: &[(&str, &str)] = &[
    ("local", "A file."),
    ("remote", "HCP Terraform and its like."),
    ("azurerm", "A blob in Azure."),
    ("consul", "Consul's key-value store."),
    ("cos", "Tencent Cloud object storage."),
    ("gcs", "A bucket in Google Cloud."),
    ("http", "A server that keeps what it is sent."),
    ("kubernetes", "A secret in a cluster."),
    ("oss", "Alibaba Cloud object storage."),
    ("pg", "A PostgreSQL database."),
    ("s3", "A bucket in Amazon S3."),
];

pub(super) const LANGUAGE: &[Entry] = &[
    attribute(
        "edition",
        Takes::Keyword(&[("tofu2024", "The only one so far, and the default.")]),
        "edition = ${1:tofu2024}",
        "Which edition of the language the module is written in.",
    ),
    attribute(
        "experiments",
        // There are none so far.
        Takes::Keyword(&[]),
        "experiments = [$1]",
        "The experiments of the language that the module takes part in.",
    ),
    block("compatible_with", &[], "compatible_with {\n  $0\n}", "Versions of tools that can run the module.")
        .once(),
];

pub(super) const COMPATIBLE_WITH: &[Entry] = &[attribute(
    "opentofu",
    Takes::Text,
    "opentofu = \"${1:>= 1.12}\"",
    "Which versions of OpenTofu can run the module.",
)];

pub(super) const VALIDATION_BLOCK: Entry = block(
    "validation",
    &[],
    "validation {\n  condition     = ${1:true}\n  error_message = \"${2}\"\n}",
    "A condition that values of the variable must meet.",
);

pub(super) const VARIABLE: &[Entry] = &[
    attribute("type", Takes::Type, "type = ${1:string}", "The type that its values are converted to."),
    attribute("description", Takes::Text, "description = \"${1}\"", "What the variable is for."),
    attribute(
        "default",
        Takes::Expression,
        "default = ${1:null}",
        "Its value when none is given. Without a default, one must be given.",
    ),
    VALIDATION_BLOCK,
    attribute("sensitive", BOOL, "sensitive = ${1|true,false|}", "Whether its values are not to be shown."),
    attribute("nullable", BOOL, "nullable = ${1|false,true|}", "Whether it may be null."),
    attribute("ephemeral", BOOL, "ephemeral = ${1|true,false|}", "Whether its values are stored nowhere.")
        .needs(Feature::Ephemeral),
    attribute("deprecated", Takes::Text, "deprecated = \"${1}\"", "What callers that still set it are told.")
        .needs(Feature::Deprecation),
    attribute("const", BOOL, "const = ${1|true,false|}", "Whether it is known before anything else is.")
        .needs(Feature::ConstVariables),
];

pub(super) const OUTPUT: &[Entry] = &[
    attribute("value", Takes::Expression, "value = $0", "What callers and tests read."),
    attribute("description", Takes::Text, "description = \"${1}\"", "What the output is."),
    attribute("sensitive", BOOL, "sensitive = ${1|true,false|}", "Whether its value is not to be shown."),
    attribute("ephemeral", BOOL, "ephemeral = ${1|true,false|}", "Whether its value is stored nowhere.")
        .needs(Feature::Ephemeral),
    attribute(
        "deprecated",
        Takes::Text,
        "deprecated = \"${1}\"",
        "What callers that still read it are told.",
    )
    .needs(Feature::Deprecation),
    DEPENDS_ON,
    block(
        "precondition",
        &[],
        "precondition {\n  condition     = ${1:true}\n  error_message = \"${2}\"\n}",
        "A condition that must hold before the value is stored.",
    ),
];

pub(super) const CONDITION: &[Entry] = &[
    attribute("condition", Takes::Condition, "condition = ${1:true}", "What must be true."),
    attribute("error_message", Takes::Expression, "error_message = \"${1}\"", "What to say when it is not."),
];

const COUNT: Entry = attribute("count", Takes::Expression, "count = ${1:1}", "How many instances there are.");
const FOR_EACH: Entry = attribute(
    "for_each",
    Takes::Expression,
    "for_each = ${1}",
    "A map or a set of strings: one instance for each element.",
);
const DEPENDS_ON: Entry = attribute(
    "depends_on",
    Takes::Dependencies,
    "depends_on = [$0]",
    "What has to be done first although nothing of it is referred to.",
);
const PROVIDER_ARGUMENT: Entry = attribute(
    "provider",
    Takes::Provider,
    "provider = ${1:name.alias}",
    "Another provider configuration than the one that the type implies.",
);

pub(super) const CALL: &[Entry] = &[
    attribute("source", Takes::Source, "source = \"${1:./}\"", "Where the module is."),
    attribute("version", Takes::Text, "version = \"${1}\"", "A version constraint, for a registry module."),
    COUNT,
    FOR_EACH,
    attribute(
        "providers",
        Takes::Providers,
        "providers = {\n  $0\n}",
        "Which provider configuration the module sees under which name.",
    ),
    DEPENDS_ON,
];

const LIFECYCLE_BLOCK: Entry =
    block("lifecycle", &[], "lifecycle {\n  $0\n}", "When the object is made, kept and replaced.").once();
const CONNECTION_BLOCK: Entry =
    block("connection", &[], "connection {\n  $0\n}", "How provisioners reach the object.").once();
const PROVISIONER_BLOCK: Entry = block(
    "provisioner",
    &[Label::Words(&[
        ("local-exec", "Runs a command here."),
        ("remote-exec", "Runs commands on the object."),
        ("file", "Copies files to the object."),
    ])],
    "provisioner \"${1:local-exec}\" {\n  $0\n}",
    "Something to do when the object was made, or before it is destroyed.",
);
const DYNAMIC_BLOCK: Entry = block(
    "dynamic",
    &[Label::Nested],
    "dynamic \"${1:block}\" {\n  for_each = ${2}\n  content {\n    $0\n  }\n}",
    "Makes a nested block for each element of a collection.",
);

pub(super) const RESOURCE: &[Entry] = &[
    COUNT,
    FOR_EACH,
    PROVIDER_ARGUMENT,
    DEPENDS_ON,
    LIFECYCLE_BLOCK,
    DYNAMIC_BLOCK,
    PROVISIONER_BLOCK,
    CONNECTION_BLOCK,
];

pub(super) const DATA: &[Entry] =
    &[COUNT, FOR_EACH, PROVIDER_ARGUMENT, DEPENDS_ON, LIFECYCLE_BLOCK, DYNAMIC_BLOCK];

pub(super) const LIFECYCLE: &[Entry] = &[
    attribute(
        "create_before_destroy",
        BOOL,
        "create_before_destroy = ${1|true,false|}",
        "Whether a replacement is created before the old object is destroyed.",
    ),
    attribute(
        "prevent_destroy",
        BOOL,
        "prevent_destroy = ${1|true,false|}",
        "Whether a plan that would destroy the object is refused.",
    ),
    attribute(
        "ignore_changes",
        Takes::OwnAttributes,
        "ignore_changes = [$0]",
        "Attributes whose changes are left alone.",
    ),
    attribute(
        "replace_triggered_by",
        Takes::Managed,
        "replace_triggered_by = [$0]",
        "What replaces the object when it changes.",
    ),
    PRECONDITION,
    POSTCONDITION,
];

/// What there is for objects that are only read.
pub(super) const CONDITIONS: &[Entry] = &[PRECONDITION, POSTCONDITION];

const PRECONDITION: Entry = block(
    "precondition",
    &[],
    "precondition {\n  condition     = ${1:true}\n  error_message = \"${2}\"\n}",
    "A condition that must hold before the object is planned.",
);
const POSTCONDITION: Entry = block(
    "postcondition",
    &[],
    "postcondition {\n  condition     = self.${1}\n  error_message = \"${2}\"\n}",
    "A condition that the object must meet.",
);

pub(super) const PROVISIONER: &[Entry] = &[
    attribute(
        "when",
        Takes::Keyword(&[
            ("create", "When the object was made. The default."),
            ("destroy", "Before it is destroyed."),
        ]),
        "when = ${1|create,destroy|}",
        "When it runs.",
    ),
    attribute(
        "on_failure",
        Takes::Keyword(&[
            ("fail", "The object is tainted. The default."),
            ("continue", "It is as if it had worked."),
        ]),
        "on_failure = ${1|fail,continue|}",
        "What happens when it fails.",
    ),
    CONNECTION_BLOCK,
];

pub(super) const DYNAMIC: &[Entry] = &[
    attribute("for_each", Takes::Expression, "for_each = ${1}", "One block for each element."),
    attribute(
        "iterator",
        Takes::Text,
        "iterator = ${1:name}",
        "What the element is called in `content`. Without it, that is the block's type.",
    ),
    attribute("labels", Takes::Expression, "labels = [$0]", "The labels of the blocks."),
    block("content", &[], "content {\n  $0\n}", "What each block holds.").once(),
];

pub(super) const PROVIDER: &[Entry] = &[
    attribute(
        "alias",
        Takes::Alias,
        "alias = \"${1}\"",
        "The configuration's name, as in `provider = name.alias`.",
    ),
    attribute(
        "for_each",
        Takes::Expression,
        "for_each = ${1}",
        "A map or a set of strings: one configuration for each element, as in `provider = name.alias[each.key]`. What it \
         is made of has to be known when the module is loaded.",
    )
    .needs(Feature::ProviderForEach),
];

pub(super) const MOVED: &[Entry] = &[
    attribute("from", Takes::Object, "from = ${1:address}", "The old address."),
    attribute("to", Takes::Object, "to = ${1:address}", "The new address."),
];

pub(super) const REMOVED: &[Entry] = &[
    attribute("from", Takes::Object, "from = ${1:address}", "The address that is no longer there."),
    block("lifecycle", &[], "lifecycle {\n  destroy = ${1|false,true|}\n}", "What happens to the object.")
        .once(),
    PROVISIONER_BLOCK,
    CONNECTION_BLOCK,
];

pub(super) const REMOVED_LIFECYCLE: &[Entry] = &[attribute(
    "destroy",
    BOOL,
    "destroy = ${1|false,true|}",
    "Whether the object is destroyed, and not only forgotten.",
)];

pub(super) const IMPORT: &[Entry] = &[
    attribute("to", Takes::Object, "to = ${1:address}", "The address that the object gets."),
    attribute("id", Takes::Expression, "id = \"${1}\"", "What the provider knows the object by."),
    attribute(
        "identity",
        Takes::Expression,
        "identity = {\n  $0\n}",
        "What identifies the object, in parts.",
    )
    .needs(Feature::ImportByIdentity),
    FOR_EACH.needs(Feature::ImportForEach),
    PROVIDER_ARGUMENT,
];

pub(super) const CHECK: &[Entry] = &[
    block(
        "assert",
        &[],
        "assert {\n  condition     = ${1:true}\n  error_message = \"${2}\"\n}",
        "A condition whose failure is a warning.",
    ),
    block(
        "data",
        &[Label::Type(ResourceMode::Data), Label::Name],
        "data \"${1:type}\" \"${2:name}\" {\n  $0\n}",
        "A data source for the conditions of this check only.",
    )
    .once(),
];
