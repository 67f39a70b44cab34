//! What must hold for any input, as functions of bytes that panic when it does not.
//!
//! `libfuzzer/` hands them the inputs that it makes up; `tests/corpus.rs` hands them every input that was ever kept,
//! so that `cargo test` needs no fuzzer.

mod edits;
mod evaluation;
mod syntax;

pub use edits::{edits, json_edits};
pub use evaluation::evaluation;
pub use syntax::syntax;

/// Panics when something does not hold for an input.
pub type Target = fn(&[u8]);

/// Every target with its name, which is that of its folder below `corpus/`.
pub const TARGETS: &[(&str, Target)] =
    &[("syntax", syntax), ("edits", edits), ("json_edits", json_edits), ("evaluation", evaluation)];

/// Longer inputs find nothing that shorter ones do not, and take their time.
const MAX_BYTES: usize = 1 << 16;

/// The text that a file of these bytes holds.
fn text_of(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes.get(..MAX_BYTES).unwrap_or(bytes))
}
