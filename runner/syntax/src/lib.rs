//! Text to tolerant tree: the lexer, the parser, incremental documents, spans and the one `Diagnostic` type.
//!
//! This crate knows HCL and nothing else: no Terraform words, no file system, no editor. Parsing cannot fail:
//! every text gives a tree and a list of diagnostics.

pub mod ast;
mod diagnostic;
mod span;

pub use diagnostic::{Diagnostic, Diagnostics, FunctionCall, Location, Operand, Severity};
pub use smol_str::SmolStr;
pub use span::{FileName, Origin, Span};
