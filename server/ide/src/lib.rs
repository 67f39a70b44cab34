//! What an editor asks about test files, answered in offsets, ranges and labels.
//!
//! Every feature is a pure function of a [`Snapshot`] in a file of its own. Nothing here knows the protocol, runs
//! anything, starts a thread or touches a disk.

mod diagnostics;
mod snapshot;

pub use diagnostics::diagnostics;
pub use snapshot::Snapshot;
