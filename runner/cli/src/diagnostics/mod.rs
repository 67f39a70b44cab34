//! Diagnostics as text, as JSON and as SARIF: pure functions of a diagnostic and the sources it points into.
//!
//! The layout is that of Terraform 1.11, column for column, because scripts and eyes are used to it. Nothing here
//! knows about streams or runs.

mod evidence;
mod human;
mod json;
mod order;
mod sarif;
mod snippet;
mod source;
mod wrap;

use std::sync::Arc;

use syntax::FileName;

pub use evidence::Explain;
pub use human::{Style, render};
pub use json::JsonDiagnostic;
pub use order::{consolidated, sorted};
pub(crate) use order::{consolidated_of, folded};
pub use sarif::{Sarif, SarifFix};
pub(crate) use snippet::place;
pub use source::Source;
pub(crate) use wrap::paragraphs;

/// Gives the text of a file that a diagnostic points into.
pub trait Sources {
    /// `None` when there is no such file, as for a value given on the command line.
    fn source(&self, file: &FileName) -> Option<Arc<Source>>;
}

impl<F: Fn(&FileName) -> Option<Arc<Source>>> Sources for F {
    fn source(&self, file: &FileName) -> Option<Arc<Source>> {
        self(file)
    }
}

#[cfg(test)]
mod tests;
