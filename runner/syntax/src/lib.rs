//! Text to tolerant tree: the lexer, the parser, incremental documents, spans and the one `Diagnostic` type.
//!
//! This crate knows HCL and nothing else: no Terraform words, no file system, no editor. Parsing cannot fail:
//! every text gives a tree and a list of diagnostics.

pub mod ast;
mod characters;
mod chunk;
mod context;
mod decode;
mod deep;
mod depth;
mod diagnostic;
mod document;
mod format;
mod json;
mod lexer;
mod name_set;
mod parser;
mod places;
mod position;
mod positions;
mod quote;
mod sequence;
mod shown;
mod span;
mod walk;

pub use characters::characters;
pub use chunk::{Chunk, ChunkSum};
pub use context::context_at;
pub use decode::decode;
pub use depth::{MAX_NESTING, with_stack};
pub use diagnostic::{Deprecation, Diagnostic, Diagnostics, FunctionCall, Location, Operand, Severity};
pub use document::{Document, EditStats};
pub use format::{Edit, Formatted, apply_edits, format, format_on_type, format_range, tidy};
pub use json::JsonText;
pub use lexer::{Token, TokenKind, template_tokens, tokens};
pub use name_set::{NameHash, NameSet};
pub use parser::{Parse, parse_body, parse_expression, parse_template};
pub use places::Places;
pub use position::{Encoding, HclPosition, LineIndex, Position};
pub use positions::Positions;
pub use quote::{is_printable, quote};
pub use sequence::{Iter, Sequence, Summed};
pub use shown::{Comparison, Evidence, Shown};
pub use smol_str::SmolStr;
pub use span::{FileName, Origin, Span};
