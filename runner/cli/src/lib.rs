//! The command line.
pub mod args;
pub mod diagnostics;
mod style;
