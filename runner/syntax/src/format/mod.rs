//! The canonical layout of a configuration text: what `terraform fmt` writes, byte for byte.
//!
//! Two steps, as measured on Terraform 1.11.4. First a few constructs from older versions of the language are written
//! anew (`rewrite`): `"${x}"` as a whole argument becomes `x`, the legacy types `"string"`, `"list"` and `"map"` of a
//! `variable` become type expressions, block labels get quotes. Then the blank space between tokens is decided from
//! the tokens alone (`layout`, `spacing`); lines stay where they are, and heredocs and comments are not touched.
//!
//! Where Terraform's own result would lose something or would not parse any more, this formatter leaves the text as it
//! is: comments between the labels of a block are kept, labels in which `$` or `%` stands beside other characters are
//! kept, the key of `x[true]` is kept, and an interpolation is kept when a comment or a heredoc in it has to end its
//! line.

mod edit;
mod label;
mod layout;
mod partial;
mod piece;
mod rewrite;
mod spacing;
mod tidy;

pub use edit::{Edit, apply_edits};
pub use partial::{format_on_type, format_range};
pub use tidy::tidy;

use crate::ast::Body;
use crate::diagnostic::Diagnostics;
use crate::lexer::{Token, tokens};
use crate::parser::{parse_body, readable};
use crate::span::FileName;

/// What formatting a text comes to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Formatted {
    /// What to change, in order and without overlap; empty when all is well already, or when the text has errors.
    pub edits: Vec<Edit>,
    /// Why the text was not formatted. Layout is decided from tokens, and those of a broken text may mislead.
    pub diagnostics: Diagnostics,
}

/// How `text` has to change to be laid out canonically. A text with syntax errors is left alone.
pub fn format(file: &FileName, text: &str) -> Formatted {
    let text = readable(text);
    let parse = parse_body(file, text);
    if parse.diagnostics.iter().any(crate::Diagnostic::is_error) {
        return Formatted { edits: Vec::new(), diagnostics: parse.diagnostics };
    }
    Formatted { edits: canonical(text, &parse.tree), diagnostics: parse.diagnostics }
}

/// The edits that rewrite and lay out a text whose tree is `body`.
fn canonical(text: &str, body: &Body) -> Vec<Edit> {
    let tokens = tokens(text);
    lay_out(text, &tokens, rewrite::changes(text, &tokens, body))
}

fn lay_out(text: &str, tokens: &[Token], changes: Vec<rewrite::Change>) -> Vec<Edit> {
    let mut pieces = piece::pieces(text, tokens, changes);
    layout::lay_out(&mut pieces, |piece| piece.text(text) == "in");
    edit::edits(text, &pieces)
}
