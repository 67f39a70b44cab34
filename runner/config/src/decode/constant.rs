//! The scope of constants: nothing can be named in it.

use std::cell::RefCell;
use std::collections::VecDeque;

use lang::functions::{FileError, FileReader};
use lang::{Expr, Resolved, Scope, Traversal, Value, evaluate};
use syntax::{Diagnostic, Diagnostics, Location, Origin, Span};

use super::sink::PLACE;

/// Evaluates without any names; each reference is an error. A place that a detail names is left as [`PLACE`]; those
/// places are the other half of the result.
pub(super) fn evaluate_constant(
    expr: &Expr,
    origin: &Origin,
    sink: &mut Diagnostics,
) -> (Value, VecDeque<Span>) {
    let scope = NoNames::default();
    let value = evaluate(expr, origin, &scope, sink);
    (value, scope.places.into_inner())
}

#[derive(Default)]
struct NoNames {
    places: RefCell<VecDeque<Span>>,
}

impl Scope for NoNames {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        sink.push(
            Diagnostic::error("Variables not allowed", "Variables may not be used here.")
                .at(origin.locate(traversal.root_span))
                .with_code("reference-not-allowed"),
        );
        None
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }

    fn place(&self, location: &Location) -> String {
        self.places.borrow_mut().push_back(location.span);
        PLACE.to_owned()
    }
}

struct NoFiles;

/// Functions cannot be called in a constant, so nothing is ever read.
impl FileReader for NoFiles {
    fn read(&self, _path: &str) -> Result<Vec<u8>, FileError> {
        Err(FileError::NotFound)
    }

    fn is_file(&self, _path: &str) -> Result<bool, FileError> {
        Ok(false)
    }

    fn read_dir(&self, _path: &str) -> Result<Vec<(String, bool)>, FileError> {
        Err(FileError::NotFound)
    }

    fn absolute(&self, path: &str) -> String {
        path.to_owned()
    }

    fn home(&self) -> Option<String> {
        None
    }
}
