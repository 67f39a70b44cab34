//! What may be written where in test, mock, module and variable files, with the words an editor shows about it.
//!
//! `config` decides what is right, and which version has what; these tables only help to type it.

pub(crate) mod in_json;
mod module_file;
mod outside;
mod test_file;

use config::{Dialect, Feature, FileRole, ResourceMode};
use lang::Since;
use syntax::{FileName, SmolStr};

/// The kinds of body that files have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// A test file.
    File,
    Test,
    Run,
    PlanOptions,
    /// The `module` block of a run.
    Module,
    Assert,
    MockProvider,
    /// `mock_resource` and `mock_data`.
    Mock,
    /// `override_resource` and `override_data`.
    OverrideValues,
    OverrideModule,
    /// A file of mocks.
    MockFile,
    /// A `variables` block or a variable file: its names are the variables of the module.
    Variables,
    /// A module's file.
    ModuleFile,
    Terraform,
    RequiredProviders,
    Language,
    CompatibleWith,
    /// A `variable` block of a module.
    Variable,
    /// One of a test file, which has no default.
    TestVariable,
    Output,
    /// `validation`, `precondition` and `postcondition`.
    Condition,
    Call,
    Resource(ResourceMode),
    Lifecycle(ResourceMode),
    Provisioner,
    /// The arguments that a provisioner has for its type.
    LocalExec,
    RemoteExec,
    CopiedFile,
    Connection,
    /// A `backend` block, by its type.
    Backend(&'static str),
    /// A `cloud` block, and the workspaces of one and of a `remote` backend.
    Cloud,
    CloudWorkspaces,
    RemoteWorkspaces,
    Dynamic,
    /// A provider block. What else is in it, its schema says.
    Provider,
    /// A block in a resource, or the content of a dynamic one: all of it is its schema's.
    Nested,
    Moved,
    Removed,
    RemovedLifecycle,
    Import,
    Check,
    /// Names that nobody knows: `locals`, and what backends have in them that is not listed.
    Free,
}

/// One thing that may be written in a body.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) kind: EntryKind,
    /// What is inserted in the native syntax when the client can do snippets.
    pub(crate) snippet: &'static str,
    /// One paragraph of Markdown.
    pub(crate) doc: &'static str,
    pub(crate) needs: Option<Feature>,
    /// Whether a second one in the same body is an error.
    pub(crate) once: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum EntryKind {
    /// With these labels.
    Block(&'static [Label]),
    Attribute(Takes),
}

/// What a block's label names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Label {
    /// Something that the label declares.
    Name,
    /// A provider by the module's name for it.
    Provider,
    /// A variable of the module.
    Variable,
    /// A type of the block's provider, which the module uses or has.
    MockType(ResourceMode),
    /// A type of any provider.
    Type(ResourceMode),
    /// A type of nested blocks.
    Nested,
    /// One of these words.
    Words(&'static [(&'static str, &'static str)]),
}

/// What an attribute takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Takes {
    /// Any expression.
    Expression,
    /// An expression that must give true.
    Condition,
    /// One of these bare words.
    Keyword(&'static [(&'static str, &'static str)]),
    /// A list of addresses that can fail: variables, outputs, checks, resources.
    Checkables,
    /// A list of resource addresses.
    Resources,
    /// A list of managed resources.
    Managed,
    /// One resource address.
    Resource,
    /// One data source address.
    Data,
    /// One module call.
    Call,
    /// A list of the module's own objects.
    Dependencies,
    /// The address of a managed resource or a module call.
    Object,
    /// A list of a resource's attributes, or `all`.
    OwnAttributes,
    /// A provider configuration.
    Provider,
    /// An object of provider configurations.
    Providers,
    /// An object with values for computed attributes.
    Values,
    /// An object with values for outputs.
    Outputs,
    /// A type constraint.
    Type,
    /// A quoted text that only means itself.
    Text,
    /// The source of a module.
    Source,
    /// A directory of mock files.
    MockSource,
    StateKey,
    /// The other name of a provider configuration.
    Alias,
}

impl Place {
    /// The body that a file as a whole is; `None` for files of no interest.
    pub(crate) fn of_file(file: &FileName) -> Option<Place> {
        FileRole::of(file.as_str()).map(|role| match role {
            FileRole::Test => Place::File,
            FileRole::Mocks => Place::MockFile,
            FileRole::Module => Place::ModuleFile,
            FileRole::Variables => Place::Variables,
        })
    }

    /// The body that the block `kind` opens inside this one.
    pub(crate) fn inside(self, kind: &str) -> Option<Place> {
        use ResourceMode::{Data, Ephemeral, Managed};
        Some(match (self, kind) {
            (Place::File, "run") => Place::Run,
            (Place::File, "test") => Place::Test,
            (Place::File | Place::Run, "variables") => Place::Variables,
            (Place::File | Place::ModuleFile, "provider") => Place::Provider,
            (Place::File, "mock_provider") => Place::MockProvider,
            (Place::File, "variable") => Place::TestVariable,
            (
                Place::File | Place::Run | Place::MockProvider | Place::MockFile,
                "override_resource" | "override_data",
            ) => Place::OverrideValues,
            (Place::File | Place::Run, "override_module") => Place::OverrideModule,
            (Place::Run, "plan_options") => Place::PlanOptions,
            (Place::Run, "module") => Place::Module,
            (Place::Run | Place::Check, "assert") => Place::Assert,
            (Place::MockProvider | Place::MockFile, "mock_resource" | "mock_data") => Place::Mock,
            (Place::ModuleFile, "terraform") => Place::Terraform,
            (Place::ModuleFile, "language") => Place::Language,
            (Place::ModuleFile, "variable") => Place::Variable,
            (Place::ModuleFile, "locals") => Place::Free,
            (Place::ModuleFile, "output") => Place::Output,
            (Place::ModuleFile, "module") => Place::Call,
            (Place::ModuleFile, "resource") => Place::Resource(Managed),
            (Place::ModuleFile | Place::Check, "data") => Place::Resource(Data),
            (Place::ModuleFile, "ephemeral") => Place::Resource(Ephemeral),
            (Place::ModuleFile, "moved") => Place::Moved,
            (Place::ModuleFile, "removed") => Place::Removed,
            (Place::ModuleFile, "import") => Place::Import,
            (Place::ModuleFile, "check") => Place::Check,
            (Place::Terraform, "required_providers") => Place::RequiredProviders,
            (Place::Terraform, "backend") => Place::Backend(""),
            (Place::Terraform, "cloud") => Place::Cloud,
            (Place::Cloud, "workspaces") => Place::CloudWorkspaces,
            (Place::Backend("remote"), "workspaces") => Place::RemoteWorkspaces,
            (Place::Terraform, "provider_meta") | (Place::Free | Place::Backend(_), _) => Place::Free,
            (Place::Language, "compatible_with") => Place::CompatibleWith,
            (Place::Variable | Place::TestVariable, "validation")
            | (Place::Output, "precondition")
            | (Place::Lifecycle(_), "precondition" | "postcondition") => Place::Condition,
            (Place::Resource(mode), "lifecycle") => Place::Lifecycle(mode),
            (Place::Resource(Managed) | Place::Removed, "provisioner") => Place::Provisioner,
            (
                Place::Resource(Managed)
                | Place::Removed
                | Place::Provisioner
                | Place::LocalExec
                | Place::RemoteExec
                | Place::CopiedFile,
                "connection",
            ) => Place::Connection,
            (Place::Removed, "lifecycle") => Place::RemovedLifecycle,
            (Place::Resource(_) | Place::Nested | Place::Provider, "dynamic") => Place::Dynamic,
            (Place::Dynamic, "content") => Place::Nested,
            (Place::Resource(_) | Place::Nested | Place::Provider, _) => Place::Nested,
            _ => return None,
        })
    }

    /// The body of a block that this kind of body belongs to, where its labels say more about it.
    pub(crate) fn labelled(self, labels: &[SmolStr]) -> Place {
        let label = labels.first().map_or("", SmolStr::as_str);
        match (self, label) {
            (Place::Provisioner, "local-exec") => Place::LocalExec,
            (Place::Provisioner, "remote-exec") => Place::RemoteExec,
            (Place::Provisioner, "file") => Place::CopiedFile,
            (Place::Backend(_), kind) => module_file::backend(kind).map_or(Place::Free, Place::Backend),
            _ => self,
        }
    }

    /// Everything that may stand in this body in `dialect`, in the order it is usually written.
    pub(crate) fn entries(self, dialect: Dialect) -> impl Iterator<Item = &'static Entry> {
        let all = self.own().iter().chain(self.all());
        all.filter(move |entry| entry.needs.is_none_or(|feature| dialect.has(feature)))
    }

    /// What the block's type adds to what all of its kind have.
    fn own(self) -> &'static [Entry] {
        match self {
            Place::LocalExec => outside::LOCAL_EXEC,
            Place::RemoteExec => outside::REMOTE_EXEC,
            Place::CopiedFile => outside::FILE,
            _ => &[],
        }
    }

    /// Everything that may stand in this body in any dialect.
    pub(crate) fn all(self) -> &'static [Entry] {
        use ResourceMode::{Data, Ephemeral, Managed};
        match self {
            Place::File => test_file::FILE,
            Place::Test => test_file::TEST,
            Place::Run => test_file::RUN,
            Place::PlanOptions => test_file::PLAN_OPTIONS,
            Place::Module => test_file::MODULE,
            Place::Assert => test_file::ASSERT,
            Place::MockProvider => test_file::MOCK_PROVIDER,
            Place::MockFile => test_file::MOCK_FILE,
            Place::Mock => test_file::MOCK,
            Place::OverrideValues => test_file::OVERRIDE_VALUES,
            Place::OverrideModule => test_file::OVERRIDE_MODULE,
            Place::TestVariable => test_file::VARIABLE,
            Place::ModuleFile => module_file::FILE,
            Place::Terraform => module_file::TERRAFORM,
            Place::Language => module_file::LANGUAGE,
            Place::CompatibleWith => module_file::COMPATIBLE_WITH,
            Place::Variable => module_file::VARIABLE,
            Place::Output => module_file::OUTPUT,
            Place::Condition => module_file::CONDITION,
            Place::Call => module_file::CALL,
            Place::Resource(Managed) => module_file::RESOURCE,
            Place::Resource(Data | Ephemeral) => module_file::DATA,
            Place::Lifecycle(Managed) => module_file::LIFECYCLE,
            Place::Lifecycle(Data | Ephemeral) => module_file::CONDITIONS,
            Place::Provisioner | Place::LocalExec | Place::RemoteExec | Place::CopiedFile => {
                module_file::PROVISIONER
            }
            Place::Connection => outside::CONNECTION,
            Place::Backend(kind) => outside::backend(kind).unwrap_or_default(),
            Place::Cloud => outside::CLOUD,
            Place::CloudWorkspaces => outside::CLOUD_WORKSPACES,
            Place::RemoteWorkspaces => outside::REMOTE_WORKSPACES,
            Place::Dynamic => module_file::DYNAMIC,
            Place::Provider => module_file::PROVIDER,
            Place::Moved => module_file::MOVED,
            Place::Removed => module_file::REMOVED,
            Place::RemovedLifecycle => module_file::REMOVED_LIFECYCLE,
            Place::Import => module_file::IMPORT,
            Place::Check => module_file::CHECK,
            Place::Variables | Place::RequiredProviders | Place::Nested | Place::Free => &[],
        }
    }

    /// The entry of that name in any dialect.
    pub(crate) fn entry(self, name: &str) -> Option<&'static Entry> {
        self.own().iter().chain(self.all()).find(|entry| entry.name == name)
    }

    /// What the attribute `name` of this body takes.
    pub(crate) fn takes(self, block: &str, name: &str) -> Takes {
        if self == Place::OverrideValues && name == "target" {
            return if block == "override_data" { Takes::Data } else { Takes::Resource };
        }
        match self.entry(name).map(|entry| entry.kind) {
            Some(EntryKind::Attribute(takes)) => takes,
            _ => Takes::Expression,
        }
    }

    /// Whether names of this body are a schema's, beside those of the language.
    pub(crate) fn has_schema(self) -> bool {
        matches!(self, Place::Resource(_) | Place::Provider | Place::Nested)
    }
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

const BOOL: Takes = Takes::Keyword(&[("true", ""), ("false", "")]);

const fn block(
    name: &'static str,
    labels: &'static [Label],
    snippet: &'static str,
    doc: &'static str,
) -> Entry {
    Entry { name, kind: EntryKind::Block(labels), snippet, doc, needs: None, once: false }
}

const fn attribute(name: &'static str, takes: Takes, snippet: &'static str, doc: &'static str) -> Entry {
    Entry { name, kind: EntryKind::Attribute(takes), snippet, doc, needs: None, once: true }
}
