//! Absolute addresses as the user writes them in `target`, `replace` and overrides.

use std::fmt;

use lang::{Step, StepKind, Traversal};
use syntax::{SmolStr, Span};

use crate::address::{InstanceKey, ModuleInstance, ResourceAddr, ResourceMode};

/// A module, a resource, or one instance of either.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Target {
    pub module: ModuleInstance,
    /// `None` targets the module itself. The key is [`InstanceKey::None`] for a whole resource.
    pub resource: Option<(ResourceAddr, InstanceKey)>,
}

/// Why a traversal is no address, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TargetError {
    pub summary: &'static str,
    pub detail: String,
    pub span: Span,
}

/// Words that begin references, so that they cannot begin the address of a resource.
const RESERVED: &[&str] =
    &["var", "local", "path", "terraform", "count", "each", "self", "module", "template", "lazy", "arg"];

impl Target {
    pub fn parse(traversal: &Traversal) -> Result<Target, TargetError> {
        let (target, rest) = Target::beginning(traversal)?;
        let Some(step) = rest.first() else { return Ok(target) };
        let keyless = target.resource.as_ref().is_some_and(|(_, key)| *key == InstanceKey::None);
        let (step, detail) = match rest.get(1).filter(|_| keyless) {
            None if keyless => (step, "Resource instance key must be given in square brackets."),
            None => (step, "Unexpected extra operators after address."),
            Some(second) => (second, "Unexpected extra operators after address."),
        };
        Err(TargetError { summary: INVALID, detail: detail.to_owned(), span: step.span })
    }

    /// The address that a traversal begins with, and the steps behind it.
    pub(crate) fn beginning(traversal: &Traversal) -> Result<(Target, &[Step]), TargetError> {
        Parser { traversal, next: 0, plain: false }.target()
    }

    /// The same where no instance can be named: modules may not have keys, and what stands behind a resource is left. The
    /// words that begin references are types of resources like all others, except for `data`.
    pub(crate) fn plain_beginning(traversal: &Traversal) -> Result<(Target, &[Step]), TargetError> {
        Parser { traversal, next: 0, plain: true }.target()
    }
}

const INVALID: &str = "Invalid address";

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((resource, key)) = &self.resource else { return write!(f, "{}", self.module) };
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        write!(f, "{resource}{key}")
    }
}

/// Reads a traversal name by name; position 0 is the root.
struct Parser<'a> {
    traversal: &'a Traversal,
    next: usize,
    plain: bool,
}

impl<'a> Parser<'a> {
    fn target(mut self) -> Result<(Target, &'a [Step]), TargetError> {
        let mut module = ModuleInstance::default();
        while self.name(self.next).is_some_and(|name| name == "module") {
            let span = self.span(self.next);
            let Some(name) = self.name(self.next + 1).cloned() else {
                let span =
                    if self.next < self.traversal.steps.len() { self.span(self.next + 1) } else { span };
                return Err(TargetError {
                    summary: "Invalid address operator",
                    detail: "Prefix \"module.\" must be followed by a module name.".to_owned(),
                    span,
                });
            };
            self.next += 2;
            if let Some(step) = self.keyed().filter(|_| self.plain) {
                return Err(TargetError {
                    summary: "Module instance keys not allowed",
                    detail:
                        "Module address must be a module (e.g. \"module.foo\"), not a module instance (e.g. \
                             \"module.foo[1]\")."
                            .to_owned(),
                    span: step.span,
                });
            }
            let key = self.key().map_err(|error| TargetError {
                summary: "Invalid address operator",
                detail: format!("Invalid module index: {NO_WHOLE_NUMBER}."),
                span: error.span,
            })?;
            module = module.child(name, key);
        }
        if self.next > self.traversal.steps.len() {
            return Ok((Target { module, resource: None }, &[]));
        }
        if !module.is_root() && self.name(self.next).is_none() {
            return Err(TargetError {
                summary: "Invalid address operator",
                detail: "Module address prefix must be followed by dot and then a name.".to_owned(),
                span: self.span(self.next),
            });
        }
        let mode = match self.name(self.next).map(SmolStr::as_str) {
            Some("data") => ResourceMode::Data,
            Some("ephemeral") if !self.plain => ResourceMode::Ephemeral,
            Some(word) if !self.plain && RESERVED.contains(&word) => {
                let detail = format!(
                    "The keyword {word:?} is reserved and cannot be used to target a resource address. If you are \
                     targeting a resource type that uses a reserved keyword, please prefix your address with \
                     \"resource.\"."
                );
                let end = self.traversal.span().end;
                return self.fail(detail, Span::new(self.span(self.next).start, end));
            }
            Some("resource") if !self.plain => {
                self.next += 1;
                return self.resource(module, ResourceMode::Managed);
            }
            _ => return self.resource(module, ResourceMode::Managed),
        };
        self.next += 1;
        self.resource(module, mode)
    }

    fn resource(
        mut self,
        module: ModuleInstance,
        mode: ResourceMode,
    ) -> Result<(Target, &'a [Step]), TargetError> {
        let last = self.traversal.steps.len();
        if self.next + 1 > last {
            let detail = "Resource specification must include a resource type and name.";
            return self.fail(detail, self.span(last));
        }
        let Some(kind) = self.name(self.next).cloned() else {
            let detail = match mode {
                ResourceMode::Managed => "A resource type name is required.",
                ResourceMode::Data => "A data source name is required.",
                ResourceMode::Ephemeral => "An ephemeral resource type name is required.",
            };
            return self.fail(detail, self.span(self.next));
        };
        let Some(name) = self.name(self.next + 1).cloned() else {
            return self.fail("A resource name is required.", self.span(self.next + 1));
        };
        self.next += 2;
        let addr = ResourceAddr { mode, kind, name };
        let key = if self.plain { InstanceKey::None } else { self.key()? };
        let rest = self.traversal.steps.get(self.next - 1..).unwrap_or_default();
        Ok((Target { module, resource: Some((addr, key)) }, rest))
    }

    /// The name at a position: the root, or a `.name` step.
    fn name(&self, position: usize) -> Option<&SmolStr> {
        match position.checked_sub(1) {
            None => Some(&self.traversal.root),
            Some(step) => self.traversal.attr(step),
        }
    }

    fn span(&self, position: usize) -> Span {
        match position.checked_sub(1).and_then(|step| self.traversal.steps.get(step)) {
            Some(step) => step.span,
            None => self.traversal.root_span,
        }
    }

    /// The step at the current position, if it is in brackets.
    fn keyed(&self) -> Option<&'a Step> {
        let step = self.next.checked_sub(1).and_then(|step| self.traversal.steps.get(step))?;
        instance_key(&step.kind).map(|_| step)
    }

    /// An instance key at the current position, if there is one.
    fn key(&mut self) -> Result<InstanceKey, TargetError> {
        let Some(step) = self.keyed() else { return Ok(InstanceKey::None) };
        let Some(key) = instance_key(&step.kind) else { return Ok(InstanceKey::None) };
        self.next += 1;
        match key {
            Ok(key) => Ok(key),
            Err(why) => self.fail(format!("Invalid resource instance key: {why}."), step.span),
        }
    }

    fn fail<T>(&self, detail: impl Into<String>, span: Span) -> Result<T, TargetError> {
        Err(TargetError { summary: INVALID, detail: detail.into(), span })
    }
}

/// What is wrong with a number that is no instance key.
pub(crate) const NO_WHOLE_NUMBER: &str =
    "value must be a whole number, between -9223372036854775808 and 9223372036854775807";

/// The instance key that a step gives; `None` for a step that is not in brackets.
pub(crate) fn instance_key(step: &StepKind) -> Option<Result<InstanceKey, &'static str>> {
    match step {
        StepKind::Key(key) => Some(Ok(InstanceKey::String(key.clone()))),
        StepKind::Number(number) => Some(number.to_i64().map(InstanceKey::Int).ok_or(NO_WHOLE_NUMBER)),
        StepKind::Attr(_) | StepKind::Missing => None,
    }
}
