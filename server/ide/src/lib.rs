//! What an editor asks about test files, answered in offsets, ranges and labels.
//!
//! Every feature is a pure function of a [`Snapshot`] in a file of its own. Nothing here knows the protocol, runs
//! anything, starts a thread or touches a disk.

mod completion;
mod cursor;
mod definition;
mod describe;
mod diagnostics;
mod grammar;
mod lenses;
mod occurrences;
mod pieces;
mod project;
mod references;
mod results;
mod snapshot;
mod surroundings;
mod symbol;

pub use completion::{CompletionItem, CompletionKind, completion};
pub use definition::{Definition, definition};
pub use diagnostics::{diagnostics, related};
pub use lenses::{Lens, LensCommand, lenses, verdict};
pub use project::{Project, ProjectKey};
pub use references::references;
pub use results::{Anchor, Anchored, RunResult, RunResults, RunStatus};
pub use snapshot::Snapshot;
pub use surroundings::Surroundings;
pub use symbol::{Occurrence, Symbol};

#[cfg(test)]
mod testing;
