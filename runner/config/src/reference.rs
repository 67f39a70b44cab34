//! What a traversal refers to: `var.x`, `terraform_data.a[0]`, `module.m.out`.

use std::fmt;

use lang::{StepKind, Traversal};
use syntax::{Diagnostic, Origin, SmolStr, Span};

use crate::address::{InstanceKey, ResourceAddr, ResourceMode};
use crate::dialect::Tool;
use crate::target::instance_key;

/// A traversal's beginning, understood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference {
    pub subject: Subject,
    /// How many steps after the root the subject takes up; what follows reads its value.
    pub consumed: usize,
    /// The place of the subject, relative to the chunk.
    pub span: Span,
}

/// The object that a reference names.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Subject {
    /// `var.name`
    Variable(SmolStr),
    /// `local.name`
    Local(SmolStr),
    /// A resource as a whole, or one instance of it.
    Resource(ResourceAddr, Option<InstanceKey>),
    /// A module call as a whole, one instance of it, or one output of either.
    Module { name: SmolStr, key: Option<InstanceKey>, output: Option<SmolStr> },
    /// `each.key`, `each.value`
    Each(SmolStr),
    /// `count.index`
    Count(SmolStr),
    /// `self`
    SelfObject,
    /// `path.module`
    Path(SmolStr),
    /// `terraform.workspace`
    Terraform(SmolStr),
    /// `output.name`, in tests only
    Output(SmolStr),
    /// `run.name`, in tests only
    Run(SmolStr),
    /// `check.name`, in tests only
    Check(SmolStr),
}

/// Which words may begin a reference.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Grammar {
    /// A module's own expressions.
    #[default]
    Module,
    /// Test files, where `output`, `run` and `check` mean something.
    Test,
}

/// Reads the beginning of a traversal, without looking whether it exists.
///
/// The error is Terraform's: `Invalid reference`, `Reserved symbol name`.
pub fn parse_reference(
    traversal: &Traversal,
    origin: &Origin,
    grammar: Grammar,
) -> Result<Reference, Diagnostic> {
    parse_reference_for(traversal, origin, grammar, Tool::Terraform)
}

/// The same with the error in the words of a tool.
pub fn parse_reference_for(
    traversal: &Traversal,
    origin: &Origin,
    grammar: Grammar,
    tool: Tool,
) -> Result<Reference, Diagnostic> {
    let parser = Parser { traversal, origin, tool };
    match (grammar, traversal.root.as_str()) {
        (Grammar::Test, "output") => parser.single(Subject::Output),
        (Grammar::Test, "run") => parser.single(Subject::Run),
        (Grammar::Test, "check") => parser.single(Subject::Check),
        // Without a name they are read as types of resources.
        (Grammar::Test, "plan" | "state") if traversal.attr(0).is_some() => Err(parser.reserved()),
        _ => parser.module(),
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Variable(name) => write!(f, "var.{name}"),
            Subject::Local(name) => write!(f, "local.{name}"),
            Subject::Resource(addr, key) => {
                write!(f, "{addr}")?;
                key.as_ref().map_or(Ok(()), |key| write!(f, "{key}"))
            }
            Subject::Module { name, key, output } => {
                write!(f, "module.{name}")?;
                key.as_ref().map_or(Ok(()), |key| write!(f, "{key}"))?;
                output.as_ref().map_or(Ok(()), |output| write!(f, ".{output}"))
            }
            Subject::Each(name) => write!(f, "each.{name}"),
            Subject::Count(name) => write!(f, "count.{name}"),
            Subject::SelfObject => f.write_str("self"),
            Subject::Path(name) => write!(f, "path.{name}"),
            Subject::Terraform(name) => write!(f, "terraform.{name}"),
            Subject::Output(name) => write!(f, "output.{name}"),
            Subject::Run(name) => write!(f, "run.{name}"),
            Subject::Check(name) => write!(f, "check.{name}"),
        }
    }
}

struct Parser<'a> {
    traversal: &'a Traversal,
    origin: &'a Origin,
    tool: Tool,
}

impl Parser<'_> {
    fn module(&self) -> Result<Reference, Diagnostic> {
        match self.traversal.root.as_str() {
            "var" => self.single(Subject::Variable),
            "local" => self.single(Subject::Local),
            "each" => self.single(Subject::Each),
            "count" => self.single(Subject::Count),
            "path" => self.single(Subject::Path),
            "terraform" => self.single(Subject::Terraform),
            "self" => Ok(self.reference(Subject::SelfObject, 0)),
            "module" => self.module_call(),
            "data" => self.prefixed(ResourceMode::Data, "data source"),
            "ephemeral" => self.prefixed(ResourceMode::Ephemeral, "ephemeral resource"),
            "resource" => self.prefixed(ResourceMode::Managed, "resource"),
            "template" | "lazy" | "arg" => Err(self.reserved()),
            kind => self.resource(ResourceMode::Managed, kind.into(), 0),
        }
    }

    /// `root.name`
    fn single(&self, subject: impl FnOnce(SmolStr) -> Subject) -> Result<Reference, Diagnostic> {
        let name = self.attribute()?;
        Ok(self.reference(subject(name), 1))
    }

    fn attribute(&self) -> Result<SmolStr, Diagnostic> {
        let root = lang::quote(&self.traversal.root);
        match self.traversal.steps.first() {
            None => Err(self.invalid(
                format!(
                    "The {root} object cannot be accessed directly. Instead, access one of its attributes."
                ),
                self.traversal.root_span,
            )),
            Some(step) => {
                match &step.kind {
                    StepKind::Attr(name) => Ok(name.clone()),
                    _ => Err(self
                        .invalid(format!("The {root} object does not support this operation."), step.span)),
                }
            }
        }
    }

    /// The key of an instance of `what`, if one stands at a step.
    fn key(&self, at: usize, what: &str) -> Result<Option<InstanceKey>, Diagnostic> {
        let Some(step) = self.traversal.steps.get(at) else { return Ok(None) };
        let invalid = |why| {
            let detail = format!("Invalid index for {what} instance: {why}.");
            self.error("invalid-reference", "Invalid index key", detail, step.span)
        };
        instance_key(&step.kind).transpose().map_err(invalid)
    }

    fn module_call(&self) -> Result<Reference, Diagnostic> {
        let name = self.attribute()?;
        let mut consumed = 1;
        let key = self.key(consumed, "module")?;
        consumed += usize::from(key.is_some());
        let output = self.traversal.attr(consumed).cloned();
        consumed += usize::from(output.is_some());
        Ok(self.reference(Subject::Module { name, key, output }, consumed))
    }

    /// `data.type.name` and the like.
    fn prefixed(&self, mode: ResourceMode, what: &str) -> Result<Reference, Diagnostic> {
        let root = lang::quote(&self.traversal.root);
        if self.traversal.steps.len() < 2 {
            return Err(self.invalid(
                format!(
                    "The {root} object must be followed by two attribute names: the {what} type and the resource name."
                ),
                self.traversal.span(),
            ));
        }
        match self.traversal.attr(0) {
            Some(kind) => self.resource(mode, kind.clone(), 1),
            None => {
                let span = self.traversal.steps.first().map_or(self.traversal.root_span, |step| step.span);
                Err(self.invalid(format!("The {root} object does not support this operation."), span))
            }
        }
    }

    /// A resource whose type is known; `at` is the step that must name it.
    fn resource(&self, mode: ResourceMode, kind: SmolStr, at: usize) -> Result<Reference, Diagnostic> {
        let step = self.traversal.steps.get(at);
        let name = match step.map(|step| &step.kind) {
            Some(StepKind::Attr(name)) => name.clone(),
            _ => {
                let what = match mode {
                    ResourceMode::Managed => "resource type",
                    ResourceMode::Data => "data source",
                    ResourceMode::Ephemeral => "ephemeral resource type",
                };
                return Err(self.invalid(
                    format!(
                        "A reference to a {what} must be followed by at least one attribute access, specifying the \
                         resource name."
                    ),
                    step.map_or(self.traversal.span(), |step| step.span),
                ));
            }
        };
        let addr = ResourceAddr { mode, kind, name };
        let mut consumed = at + 1;
        let key = self.key(consumed, "resource")?;
        consumed += usize::from(key.is_some());
        Ok(self.reference(Subject::Resource(addr, key), consumed))
    }

    fn reference(&self, subject: Subject, consumed: usize) -> Reference {
        Reference { subject, consumed, span: self.traversal.span_of(consumed) }
    }

    fn reserved(&self) -> Diagnostic {
        let root = lang::quote(&self.traversal.root);
        self.error(
            "reserved-name",
            "Reserved symbol name",
            format!(
                "The symbol name {root} is reserved for use in a future {} version. If you are using a provider that already \
                 uses this as a resource type name, add the prefix \"resource.\" to force interpretation as a resource \
                 type name.",
                self.tool
            ),
            self.traversal.root_span,
        )
    }

    fn invalid(&self, detail: String, span: Span) -> Diagnostic {
        self.error("invalid-reference", "Invalid reference", detail, span)
    }

    fn error(&self, code: &'static str, summary: &str, detail: String, span: Span) -> Diagnostic {
        Diagnostic::error(summary, detail).at(self.origin.locate(span)).with_code(code)
    }
}
