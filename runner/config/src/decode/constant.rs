//! The scope of constants: nothing can be named in it.

use lang::functions::{FileError, FileReader};
use lang::{Expr, Resolved, Scope, Traversal, Value, evaluate};
use syntax::{Diagnostic, Diagnostics, Origin};

/// Evaluates without any names; each reference is an error.
pub(super) fn evaluate_constant(expr: &Expr, origin: &Origin, sink: &mut Diagnostics) -> Value {
    evaluate(expr, origin, &NoNames, sink)
}

struct NoNames;

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
        &NoNames
    }
}

/// Functions cannot be called in a constant, so nothing is ever read.
impl FileReader for NoNames {
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
