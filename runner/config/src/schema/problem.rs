//! What is wrong with a value that a provider gave.

use std::fmt;

use lang::Path;

/// A breach of the rules for providers, in Terraform's words for their developers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Where in the object.
    pub path: Path,
    pub message: String,
}

impl Problem {
    pub(super) fn new(path: &Path, message: impl Into<String>) -> Problem {
        Problem { path: path.clone(), message: message.into() }
    }
}

impl fmt::Display for Problem {
    /// `.disk[0].size: planned value for a non-computed attribute`, as Terraform puts it into its message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_root() {
            return f.write_str(&self.message);
        }
        write!(f, "{}: {}", self.path, self.message)
    }
}
