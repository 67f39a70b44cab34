//! Constants: expressions that may hold neither references nor function calls.

use std::cell::RefCell;
use std::collections::VecDeque;

use syntax::{Diagnostic, Diagnostics, Location, Origin, Span, ast};

use crate::eval::evaluate;
use crate::expr::lower_constant;
use crate::functions::{FileReader, NoFiles};
use crate::scope::{Resolved, Scope};
use crate::{Traversal, Value};

/// Stands in a finding's detail for the range of an earlier place of the same chunk.
pub const PLACE: &str = "\u{1}";

/// A diagnostic of one chunk. Its spans are relative; a place that its detail names is filled in when the chunk's
/// position in the file is known, so that what was found stays the same when text above the chunk is edited.
#[derive(Clone, Debug)]
pub struct Finding {
    pub diagnostic: Diagnostic,
    /// What [`PLACE`] in the detail stands for.
    pub previous: Option<Span>,
}

impl From<Diagnostic> for Finding {
    fn from(diagnostic: Diagnostic) -> Finding {
        Finding { diagnostic, previous: None }
    }
}

impl Finding {
    /// The absolute diagnostic of a chunk at `origin`; `range` words the earlier place that its detail names.
    pub fn place(&self, origin: &Origin, range: impl FnOnce(&Location) -> String) -> Diagnostic {
        let mut diagnostic = self.diagnostic.clone();
        for place in [&mut diagnostic.subject, &mut diagnostic.context].into_iter().flatten() {
            *place = origin.locate(place.span);
        }
        if let Some(previous) = self.previous {
            diagnostic.detail = diagnostic.detail.replace(PLACE, &range(&origin.locate(previous)));
        }
        diagnostic
    }
}

/// Evaluates an expression that may hold neither references nor function calls. `None` means that there is an error
/// among the findings.
pub fn constant(expr: &ast::Expr, origin: &Origin, findings: &mut Vec<Finding>) -> Option<Value> {
    let (value, failed) = constant_or_unknown(expr, origin, findings);
    (!failed).then_some(value)
}

/// The same, and whether there is an error among the findings. An expression with one goes on as an unknown value, of a type
/// where its operator has one.
pub fn constant_or_unknown(expr: &ast::Expr, origin: &Origin, findings: &mut Vec<Finding>) -> (Value, bool) {
    let lowered = lower_constant(expr);
    let scope = NoNames::default();
    let mut diagnostics = Diagnostics::new();
    let value = evaluate(&lowered, origin, &scope, &mut diagnostics);
    let mut places = scope.places.into_inner();
    let failed = diagnostics.iter().any(Diagnostic::is_error);
    findings.extend(diagnostics.into_iter().map(|diagnostic| {
        let previous = if diagnostic.detail.contains(PLACE) { places.pop_front() } else { None };
        Finding { diagnostic, previous }
    }));
    (value, failed)
}

/// The scope of constants: nothing can be named in it. A place that a detail names is left as [`PLACE`].
#[derive(Default)]
struct NoNames {
    /// The places that were left, in order.
    places: RefCell<VecDeque<Span>>,
}

impl Scope for NoNames {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        sink.push(crate::variables_not_allowed(traversal, origin).with_code("reference-not-allowed"));
        // What stands beside it is looked at all the same.
        Some(Resolved { value: Value::dynamic(), consumed: traversal.steps.len() })
    }

    fn allows_calls(&self) -> bool {
        false
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }

    fn place(&self, location: &Location) -> String {
        self.places.borrow_mut().push_back(location.span);
        PLACE.to_owned()
    }
}
