//! What can be named from a place, and what is said when something cannot.
//!
//! The static checks and the engine's scopes both resolve through [`resolve`], so that the editor and the runner say the
//! same words about the same places.

mod test_file;

pub use test_file::{User, unavailable_run, unknown_root};

use lang::{StepKind, Traversal};
use syntax::{Deprecation, Diagnostic, Diagnostics, FileName, Location, Origin, SmolStr, Span};

use crate::address::{InstanceKey, ResourceAddr, ResourceMode};
use crate::check::Asked;
use crate::dialect::{Dialect, Feature, Tool};
use crate::members;
use crate::module::ModuleTree;
use crate::reference::{Grammar, Reference, Subject, parse_reference_for};
use crate::schema::{Schema, Schemas};
use crate::suggest::did_you_mean;
use crate::test_file::TestFile;

/// A place in a configuration, as far as names are concerned.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    /// The module whose objects can be named: the one the expression stands in, or the one under test.
    pub tree: &'a ModuleTree,
    /// How messages name that module: `the root module`, `module.a`.
    pub module_name: &'a str,
    pub schemas: &'a dyn Schemas,
    pub place: Place<'a>,
    /// The block around has `for_each`.
    pub each: bool,
    /// The block around has `count`.
    pub count: bool,
    /// The resource that `self` is.
    pub self_object: Option<&'a ResourceAddr>,
    /// The check block around, whose data source can be named.
    pub check: Option<&'a str>,
    /// The calls of the module whose modules have errors already.
    pub faulty: &'a [&'a str],
}

/// The kind of place.
#[derive(Clone, Copy)]
pub enum Place<'a> {
    /// An expression of the module itself.
    Module,
    /// `condition` or `error_message` of an `assert` block.
    Assert(TestNames<'a>),
    /// A value in a run's `variables` block.
    RunVariables(TestNames<'a>),
    /// An argument of a test file's provider.
    TestProvider(TestNames<'a>),
    /// A value in the file's `variables` block.
    FileVariables(TestNames<'a>),
}

/// What a test file adds to the names.
#[derive(Clone, Copy)]
pub struct TestNames<'a> {
    pub file: &'a TestFile,
    /// The index of the run that the place belongs to; the runs before it have been executed. `None` for places that
    /// belong to no run, from which every run can be named.
    pub run: Option<usize>,
    /// Whether a variable has a value from outside: command line, environment, value files.
    pub external: &'a dyn Fn(&str) -> bool,
    /// Where questions about other runs are written down; see [`Asked`].
    pub asked: Option<&'a Asked>,
}

impl<'a> Names<'a> {
    /// An expression of a module that stands in no repeated block.
    pub fn of_module(tree: &'a ModuleTree, module_name: &'a str, schemas: &'a dyn Schemas) -> Names<'a> {
        Names {
            tree,
            module_name,
            schemas,
            place: Place::Module,
            each: false,
            count: false,
            self_object: None,
            check: None,
            faulty: &[],
        }
    }

    /// A place of a test file, about the module under test.
    pub fn of_test(tree: &'a ModuleTree, schemas: &'a dyn Schemas, place: Place<'a>) -> Names<'a> {
        Names { place, ..Names::of_module(tree, "the root module", schemas) }
    }

    /// The dialect of the file that the expression stands in.
    pub(crate) fn dialect(&self) -> Dialect {
        match self.place {
            Place::Module => self.tree.module.dialect,
            Place::Assert(test)
            | Place::RunVariables(test)
            | Place::TestProvider(test)
            | Place::FileVariables(test) => test.file.dialect,
        }
    }
}

/// Finds what a traversal refers to, or says in Terraform's words why it refers to nothing.
pub fn resolve(traversal: &Traversal, origin: &Origin, names: &Names<'_>) -> Result<Reference, Diagnostic> {
    let resolver = Resolver { traversal, origin, names };
    match names.place {
        Place::Module => resolver.in_module(resolver.parse(Grammar::Module)?),
        Place::Assert(test) => resolver.in_assert(test),
        Place::RunVariables(test) => resolver.in_run(test, User::Run),
        Place::TestProvider(test) => resolver.in_run(test, User::Provider),
        Place::FileVariables(test) => resolver.in_file_variables(test),
    }
}

/// What Terraform says besides when a reference such as `local` lacks the name: it goes on with an empty one, and
/// with an empty place.
pub fn nameless(traversal: &Traversal, origin: &Origin, names: &Names<'_>) -> Option<Diagnostic> {
    let in_test = matches!(names.place, Place::RunVariables(_));
    let subject = match traversal.root.as_str() {
        "var" => Subject::Variable,
        "local" => Subject::Local,
        "path" => Subject::Path,
        "terraform" => Subject::Terraform,
        "count" => Subject::Count,
        "each" => Subject::Each,
        "run" if in_test => Subject::Run,
        "output" if in_test => Subject::Output,
        "check" if in_test => Subject::Check,
        _ => return None,
    };
    if traversal.attr(0).is_some() {
        return None;
    }
    let reference = Reference { subject: subject(SmolStr::default()), consumed: 0, span: Span::default() };
    let resolver = Resolver { traversal, origin, names };
    let mut diagnostic = match names.place {
        Place::Module => resolver.in_module(reference),
        Place::RunVariables(test) => resolver.of_run(reference, test, User::Run),
        _ => return None,
    }
    .err()?;
    diagnostic.subject = Some(Location { file: FileName::new(""), span: Span::default() });
    Some(diagnostic)
}

/// The codes of what is wrong with names of resources, modules and `self`, whatever their values are.
const STATIC: [&str; 6] = [
    "unknown-resource",
    "unknown-module",
    "unexpected-instance-key",
    "missing-instance-key",
    "unknown-attribute",
    "misplaced-self",
];

/// The codes of what is wrong with the other names.
const OTHERS: [&str; 5] =
    ["unknown-variable", "unknown-local", "invalid-attribute", "misplaced-each", "misplaced-count"];

/// Whether a diagnostic is about a name that leads nowhere whatever the values are: Terraform looks these up first.
pub fn is_static(found: &Diagnostic) -> bool {
    found.code.is_some_and(|code| STATIC.contains(&code))
}

/// Whether a diagnostic is about a name that leads nowhere.
pub fn is_about_name(found: &Diagnostic) -> bool {
    is_static(found) || found.code.is_some_and(|code| OTHERS.contains(&code))
}

/// Leaves of the diagnostics from `before` on, which are those of one evaluation, what Terraform says: where a name of a
/// resource or module leads nowhere, it does not look for the others, and where any leads nowhere, nothing is read.
pub fn looked_up_in_order(found: &mut Diagnostics, before: usize) {
    let own = || found.iter().skip(before);
    let hidden: &[&str] = if own().any(is_static) {
        &["unknown-output", OTHERS[0], OTHERS[1], OTHERS[2], OTHERS[3], OTHERS[4]]
    } else if own().any(is_about_name) {
        &["unknown-output"]
    } else {
        return;
    };
    let mut at = 0;
    found.retain(|diagnostic| {
        at += 1;
        at <= before || !diagnostic.code.is_some_and(|code| hidden.contains(&code))
    });
}

/// The warning that a traversal reads an attribute which should not be used any more.
pub(crate) fn deprecated(
    traversal: &Traversal,
    reference: &Reference,
    origin: &Origin,
    names: &Names<'_>,
) -> Option<Diagnostic> {
    let Subject::Resource(addr, _) = &reference.subject else { return None };
    let resolver = Resolver { traversal, origin, names };
    let schema = resolver.schema(addr)?;
    let (name, span) = members::deprecated(schema, traversal.steps.get(reference.consumed..)?)?;
    let (dialect, quoted) = (names.dialect(), lang::quote(name));
    let warning = if dialect.tool == Tool::Terraform && dialect.has(Feature::Deprecation) {
        let detail = format!(
            "Deprecated resource attribute {quoted} used. Refer to the provider documentation for details."
        );
        let deprecation = Deprecation { originates_from: Some(format!("{addr}.{name}")), group: None };
        let warning = Diagnostic::warning("Deprecated value used", detail);
        Diagnostic { deprecation: Some(Box::new(deprecation)), ..warning.at(origin.locate(traversal.span())) }
    } else {
        let detail =
            format!("The attribute {quoted} is deprecated. Refer to the provider documentation for details.");
        Diagnostic::warning("Deprecated attribute", detail).at(origin.locate(span))
    };
    Some(warning.with_code("deprecated"))
}

struct Resolver<'a> {
    traversal: &'a Traversal,
    origin: &'a Origin,
    names: &'a Names<'a>,
}

impl Resolver<'_> {
    fn parse(&self, grammar: Grammar) -> Result<Reference, Diagnostic> {
        parse_reference_for(self.traversal, self.origin, grammar, self.names.dialect().tool)
    }

    /// A name of the module itself.
    fn in_module(&self, reference: Reference) -> Result<Reference, Diagnostic> {
        let module = &self.names.tree.module;
        match &reference.subject {
            Subject::Variable(name) if !module.variables.contains_key(name) => {
                let mut hint = did_you_mean(name, sorted(module.variables.keys()));
                let name = lang::quote(name);
                if hint.is_empty() {
                    hint = format!(" This variable can be declared with a variable {name} {{}} block.");
                }
                Err(self.error(
                    "unknown-variable",
                    "Reference to undeclared input variable",
                    format!("An input variable with the name {name} has not been declared.{hint}"),
                    reference.span,
                ))
            }
            Subject::Local(name) if !module.locals.contains_key(name) => {
                let hint = did_you_mean(name, sorted(module.locals.keys()));
                Err(self.error(
                    "unknown-local",
                    "Reference to undeclared local value",
                    format!("A local value with the name {} has not been declared.{hint}", lang::quote(name)),
                    reference.span,
                ))
            }
            Subject::Module { name, .. } if !module.calls.contains_key(name) => {
                let hint = did_you_mean(name, sorted(module.calls.keys()));
                Err(self.error(
                    "unknown-module",
                    "Reference to undeclared module",
                    format!(
                        "No module call named {} is declared in {}.{hint}",
                        lang::quote(name),
                        self.names.module_name
                    ),
                    reference.span,
                ))
            }
            Subject::Resource(addr, key) => {
                self.check_resource(addr, key.as_ref(), &reference)?;
                Ok(reference)
            }
            Subject::Path(name) if !PATHS.contains(&name.as_str()) => {
                let hint = did_you_mean(name, PATHS.iter().copied());
                Err(self.error(
                    "invalid-attribute",
                    "Invalid \"path\" attribute",
                    format!(
                        "The \"path\" object does not have an attribute named {}.{hint}",
                        lang::quote(name)
                    ),
                    reference.span,
                ))
            }
            Subject::Terraform(name) => self.check_terraform(name, &reference).map(|()| reference),
            Subject::Each(name) => self.check_each(name, &reference).map(|()| reference),
            Subject::Count(name) => self.check_count(name, &reference).map(|()| reference),
            Subject::SelfObject if self.names.self_object.is_none() => Err(self.error(
                "misplaced-self",
                "Invalid \"self\" reference",
                "The \"self\" object is not available in this context. This object can be used only in resource \
                 provisioner, connection, and postcondition blocks."
                    .to_owned(),
                reference.span,
            )),
            Subject::SelfObject => {
                if let Some(addr) = self.names.self_object {
                    self.check_attributes(addr, &reference)?;
                }
                Ok(reference)
            }
            _ => Ok(reference),
        }
    }

    fn check_each(&self, name: &str, reference: &Reference) -> Result<(), Diagnostic> {
        match name {
            "key" | "value" if self.names.each => Ok(()),
            "value" => Err(self.error(
                "misplaced-each",
                "each.value cannot be used in this context",
                "A reference to \"each.value\" has been used in a context in which it is unavailable, such as when the \
                 configuration no longer contains the value in its \"for_each\" expression. Remove this reference to \
                 each.value in your configuration to work around this error."
                    .to_owned(),
                reference.span,
            )),
            "key" => Err(self.error(
                "misplaced-each",
                "Reference to \"each\" in context without for_each",
                "The \"each\" object can be used only in \"module\" or \"resource\" blocks, and only when the \
                 \"for_each\" argument is set."
                    .to_owned(),
                reference.span,
            )),
            name => Err(self.error(
                "invalid-attribute",
                "Invalid \"each\" attribute",
                format!(
                    "The \"each\" object does not have an attribute named {}. The supported attributes are each.key \
                     and each.value, the current key and value pair of the \"for_each\" attribute set.",
                    lang::quote(name)
                ),
                reference.span,
            )),
        }
    }

    fn check_count(&self, name: &str, reference: &Reference) -> Result<(), Diagnostic> {
        match name {
            "index" if self.names.count => Ok(()),
            "index" => Err(self.error(
                "misplaced-count",
                "Reference to \"count\" in non-counted context",
                "The \"count\" object can only be used in \"module\", \"resource\", and \"data\" blocks, and only when \
                 the \"count\" argument is set."
                    .to_owned(),
                reference.span,
            )),
            name => Err(self.error(
                "invalid-attribute",
                "Invalid \"count\" attribute",
                format!(
                    "The \"count\" object does not have an attribute named {}. The only supported attribute is \
                     count.index, which is the index of each instance of a resource block that has the \"count\" \
                     argument set.",
                    lang::quote(name)
                ),
                reference.span,
            )),
        }
    }

    fn check_terraform(&self, name: &str, reference: &Reference) -> Result<(), Diagnostic> {
        let detail = match name {
            "workspace" | "applying" => return Ok(()),
            "env" => "The terraform.env attribute was deprecated in v0.10 and removed in v0.12. The \"state \
                      environment\" concept was renamed to \"workspace\" in v0.12, and so the workspace name can now \
                      be accessed using the terraform.workspace attribute."
                .to_owned(),
            name => format!(
                "The \"terraform\" object does not have an attribute named {}. The only supported attributes are \
                 terraform.workspace, the name of the currently-selected workspace, and terraform.applying, a boolean \
                 which is true only during apply.",
                lang::quote(name)
            ),
        };
        Err(self.error("invalid-attribute", "Invalid \"terraform\" attribute", detail, reference.span))
    }

    fn check_resource(
        &self,
        addr: &ResourceAddr,
        key: Option<&InstanceKey>,
        reference: &Reference,
    ) -> Result<(), Diagnostic> {
        let module = &self.names.tree.module;
        let rest = self.traversal.steps.get(reference.consumed..).unwrap_or_default();
        let declared = match module.resources.get(addr) {
            Some(item) => Some(&*item.decl),
            None => match module.scoped_data(addr) {
                Some((check, data)) if self.names.check == Some(check.as_str()) => Some(&**data),
                Some(_) => {
                    return Err(self.error(
                        "unknown-resource",
                        "Reference to scoped resource",
                        format!(
                            "The referenced {} resource {} {} is not available from this context.",
                            mode_word(addr.mode),
                            lang::quote(&addr.kind),
                            lang::quote(&addr.name)
                        ),
                        reference.span,
                    ));
                }
                None => None,
            },
        };
        let Some(resource) = declared else {
            return Err(self.undeclared_resource(addr, reference.span));
        };
        match key {
            Some(_) if resource.count.is_none() && resource.for_each.is_none() => {
                return Err(self.error(
                    "unexpected-instance-key",
                    "Unexpected resource instance key",
                    format!(
                        "Because {addr} does not have \"count\" or \"for_each\" set, references to it must not include \
                         an index key. Remove the bracketed index to refer to the single instance of this resource."
                    ),
                    reference.span,
                ));
            }
            None if !rest.is_empty() => {
                let repetition = match (&resource.count, &resource.for_each) {
                    (Some(_), _) => Some(("count", "count.index")),
                    (None, Some(_)) => Some(("for_each", "each.key")),
                    (None, None) => None,
                };
                // A half-typed dot is not an attribute yet.
                let typed = !matches!(rest.first().map(|step| &step.kind), Some(StepKind::Missing));
                if let Some((argument, index)) = repetition.filter(|_| typed) {
                    return Err(self.error(
                        "missing-instance-key",
                        "Missing resource instance key",
                        format!(
                            "Because {addr} has {argument:?} set, its attributes must be accessed on specific \
                             instances.\n\nFor example, to correlate with indices of a referring resource, use:\n    \
                             {addr}[{index}]"
                        ),
                        reference.span,
                    ));
                }
            }
            _ => {}
        }
        let is_count =
            rest.first().is_some_and(|step| matches!(&step.kind, StepKind::Attr(name) if name == "count"));
        if is_count && self.schema(addr).is_none_or(|schema| !schema.has("count")) {
            return Err(self.error(
                "invalid-attribute",
                "Invalid resource count attribute",
                format!(
                    "The special \"count\" attribute is no longer supported after {} v0.12. Instead, use \
                     length({addr}) to count resource instances.",
                    self.names.dialect().tool
                ),
                reference.span,
            ));
        }
        self.check_attributes(addr, reference)
    }

    /// What is read from the resource, where its schema is known.
    fn check_attributes(&self, addr: &ResourceAddr, reference: &Reference) -> Result<(), Diagnostic> {
        let Some(schema) = self.schema(addr) else { return Ok(()) };
        let rest = self.traversal.steps.get(reference.consumed..).unwrap_or_default();
        match members::check(schema, rest) {
            Some((summary, detail, span)) => Err(self.error("unknown-attribute", summary, detail, span)),
            None => Ok(()),
        }
    }

    fn schema(&self, addr: &ResourceAddr) -> Option<&Schema> {
        let module = &self.names.tree.module;
        let resource = match module.resources.get(addr) {
            Some(item) => &*item.decl,
            None => &**module.scoped_data(addr)?.1,
        };
        self.names.schemas.resource(&module.provider_of(resource), addr.mode, &addr.kind)
    }

    fn undeclared_resource(&self, addr: &ResourceAddr, span: Span) -> Diagnostic {
        let article = if addr.mode == ResourceMode::Ephemeral { "An" } else { "A" };
        let mut detail = format!(
            "{article} {} resource {} {} has not been declared in {}.",
            mode_word(addr.mode),
            lang::quote(&addr.kind),
            lang::quote(&addr.name),
            self.names.module_name
        );
        if addr.mode == ResourceMode::Managed {
            let data = ResourceAddr { mode: ResourceMode::Data, ..addr.clone() };
            if self.names.tree.module.resources.contains_key(&data) {
                detail.push_str(&format!("\n\nDid you mean the data resource {data}?"));
            }
        }
        self.error("unknown-resource", "Reference to undeclared resource", detail, span)
    }

    fn error(&self, code: &'static str, summary: &str, detail: String, span: Span) -> Diagnostic {
        Diagnostic::error(summary, detail).at(self.origin.locate(span)).with_code(code)
    }
}

const PATHS: &[&str] = &["module", "root", "cwd"];

fn mode_word(mode: ResourceMode) -> &'static str {
    match mode {
        ResourceMode::Managed => "managed",
        ResourceMode::Data => "data",
        ResourceMode::Ephemeral => "ephemeral",
    }
}

fn sorted<'n>(names: impl Iterator<Item = &'n syntax::SmolStr>) -> Vec<&'n str> {
    let mut names: Vec<&str> = names.map(syntax::SmolStr::as_str).collect();
    names.sort_unstable();
    names
}
