//! The header of the block that a diagnostic points into.

use syntax::FileName;

/// The header of the top-level block around the byte before `offset`. Terraform looks one byte ahead of the subject,
/// so a diagnostic about a block's own header names no block.
pub(super) fn header(file: &FileName, text: &str, offset: u32) -> Option<String> {
    let before = offset.checked_sub(1)?;
    syntax::context_at(&syntax::parse_body(file, text).tree, before)
}
