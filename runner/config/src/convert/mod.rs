//! Files in the other one of the two syntaxes: native text as JSON, and JSON as native text, with the same meaning.
//!
//! The two read texts differently: a string is a template in one place, a reference, a type or nothing but its text in
//! another. Which it is, `place` tells.

mod changes;
mod json;
mod place;
mod text;
mod to_json;
mod to_native;

use syntax::FileName;

pub use changes::{At, JsonChanges};
pub use to_json::{comments_without_place, to_json};
pub use to_native::to_native;

/// A file in its other syntax.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Converted {
    pub text: String,
    /// How many comments have no place in the other syntax.
    pub dropped_comments: usize,
}

/// Why a file cannot be converted: a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unconvertible(pub String);

/// The name of a test or mock file in its other syntax; `None` of other files.
pub fn other_syntax(file: &FileName) -> Option<FileName> {
    let name = file.as_str();
    let is_one = |end: &str| {
        [".tftest", ".tofutest", ".tfmock"].iter().any(|kind| name.ends_with(&format!("{kind}{end}")))
    };
    let (end, other) = if is_one(".hcl") { (".hcl", ".json") } else { (".json", ".hcl") };
    let stem = name.strip_suffix(end).filter(|_| is_one(end))?;
    Some(FileName::new(&format!("{stem}{other}")))
}

fn refuse<T>(why: impl Into<String>) -> Result<T, Unconvertible> {
    Err(Unconvertible(why.into()))
}

#[cfg(test)]
mod tests;
