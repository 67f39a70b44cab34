//! The one diagnostic type: what the terminal prints, the JSON stream carries and the editor underlines.

use crate::shown::Evidence;
use crate::span::{FileName, Span};

/// How bad it is. Hints are for editors only; no run is stopped by one and no Terraform output shows one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Severity {
    Hint,
    Warning,
    Error,
}

/// An absolute place in a file.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Location {
    pub file: FileName,
    pub span: Span,
}

/// The value of one traversal of a failed expression, as Terraform words it: `var.x` / `is "a"`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Operand {
    /// The traversal as written, normalised: `var.list[0]`.
    pub traversal: String,
    /// Everything after the traversal: `is "hello bob"`, `is a string, known only after apply`.
    pub statement: String,
}

/// The function call that an error came from.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FunctionCall {
    /// The name as called, with its namespace if it has one.
    pub name: String,
    /// The parameters in order, for `while calling element(list, index)`; a variadic one ends in `...`.
    pub parameters: Vec<String>,
}

/// What is said of something deprecated besides that it is.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Deprecation {
    /// Where the value comes from, which stands below the snippet: `module.m.old`.
    pub originates_from: Option<String>,
    /// What it is folded by, besides its summary.
    pub group: Option<String>,
}

/// A message about the user's files: data, never an `Err`.
///
/// Summary and detail are Terraform's own wherever Terraform has them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    pub severity: Severity,
    pub summary: String,
    /// Longer explanation; may be empty. Paragraphs are separated by an empty line; a line that starts with a
    /// space is never wrapped.
    pub detail: String,
    /// What exactly is wrong; `None` when no single place is at fault.
    pub subject: Option<Location>,
    /// The construct around the subject, shown as the snippet's extent.
    pub context: Option<Location>,
    /// A stable identifier such as `unknown-run`, for editors and filters.
    pub code: Option<&'static str>,
    /// The object the diagnostic is about, as `with module.m.terraform_data.a,` shows it.
    pub address: Option<String>,
    /// Values of the operands of the failed expression, in Terraform's order.
    pub operands: Vec<Operand>,
    /// Set when the error was returned by a function.
    pub function_call: Option<FunctionCall>,
    /// Set where it tells of something deprecated.
    pub deprecation: Option<Box<Deprecation>>,
    /// Whether it is printed for itself, however many others have the same summary.
    pub alone: bool,
    /// Set for an assertion that failed.
    pub evidence: Option<Box<Evidence>>,
}

/// A list of diagnostics in the order they were found.
pub type Diagnostics = Vec<Diagnostic>;

impl Diagnostic {
    pub fn new(severity: Severity, summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity,
            summary: summary.into(),
            detail: detail.into(),
            subject: None,
            context: None,
            code: None,
            address: None,
            operands: Vec::new(),
            function_call: None,
            deprecation: None,
            alone: false,
            evidence: None,
        }
    }

    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, summary, detail)
    }

    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, summary, detail)
    }

    pub fn hint(summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Hint, summary, detail)
    }

    #[must_use]
    pub fn at(mut self, subject: Location) -> Diagnostic {
        self.subject = Some(subject);
        self
    }

    #[must_use]
    pub fn within(mut self, context: Location) -> Diagnostic {
        self.context = Some(context);
        self
    }

    #[must_use]
    pub fn with_code(mut self, code: &'static str) -> Diagnostic {
        self.code = Some(code);
        self
    }

    #[must_use]
    pub fn with_address(mut self, address: impl Into<String>) -> Diagnostic {
        self.address = Some(address.into());
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The same diagnostic counted from `base` bytes earlier: from chunk-relative to absolute.
    #[must_use]
    pub fn shifted(mut self, base: u32) -> Diagnostic {
        for place in [&mut self.subject, &mut self.context].into_iter().flatten() {
            place.span = place.span.shifted(base);
        }
        self
    }
}
