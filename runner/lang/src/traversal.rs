//! Static paths through named values: `var.list[0].name`.

use std::fmt;

use syntax::{SmolStr, Span};

use crate::Number;

/// A root name followed by steps whose keys are literals. A step with a computed key ends the traversal;
/// what follows is evaluated as an index or attribute of its value.
#[derive(Clone, PartialEq, Debug)]
pub struct Traversal {
    pub root: SmolStr,
    pub root_span: Span,
    pub steps: Vec<Step>,
}

/// One step. Its span runs from the `.` or `[` to the end of the step.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    pub kind: StepKind,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub enum StepKind {
    /// `.name`
    Attr(SmolStr),
    /// `["key"]`
    Key(SmolStr),
    /// `[0]`, or the legacy `.0`
    Number(Number),
    /// A half-typed `.` with nothing behind it; evaluating it is an error, completion starts there.
    Missing,
}

impl Traversal {
    /// From the root's first byte to the last step's last.
    pub fn span(&self) -> Span {
        self.steps.last().map_or(self.root_span, |step| self.root_span.to(step.span))
    }

    /// The span of the root and the first `steps` steps.
    pub fn span_of(&self, steps: usize) -> Span {
        match steps.checked_sub(1).and_then(|last| self.steps.get(last)) {
            Some(step) => self.root_span.to(step.span),
            None => self.root_span,
        }
    }

    /// The name of the `index`-th step when it is written `.name`.
    pub fn attr(&self, index: usize) -> Option<&SmolStr> {
        match self.steps.get(index).map(|step| &step.kind) {
            Some(StepKind::Attr(name)) => Some(name),
            _ => None,
        }
    }
}

impl fmt::Display for StepKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StepKind::Attr(name) => write!(f, ".{name}"),
            StepKind::Key(key) => write!(f, "[{key:?}]"),
            StepKind::Number(number) => write!(f, "[{number}]"),
            StepKind::Missing => f.write_str("."),
        }
    }
}

impl fmt::Display for Traversal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.root)?;
        self.steps.iter().try_for_each(|step| step.kind.fmt(f))
    }
}
