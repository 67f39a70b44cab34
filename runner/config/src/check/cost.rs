//! What calls of functions take, roughly, for those who evaluate while somebody types.

use lang::Value;
use lang::functions::Function;

/// In about tens of nanoseconds. What a call reads and what it makes take time by their size; some functions take more.
pub(super) fn cost(function: &Function, arguments: &[Value]) -> usize {
    let weight = arguments.iter().map(Value::weight).fold(0, usize::saturating_add);
    let text = |index: usize| arguments.get(index).and_then(Value::as_str).unwrap_or_default();
    let length = |index: usize| arguments.get(index).and_then(Value::len).unwrap_or_default();
    weight.saturating_add(match function.name {
        // Slow on purpose.
        "bcrypt" => usize::MAX,
        // A key of the greatest length takes a quarter of a second.
        "rsadecrypt" => usize::MAX,
        "regex" | "regexall" => matching(text(0), text(1)),
        "replace" if text(1).len() > 1 && text(1).starts_with('/') && text(1).ends_with('/') => {
            matching(text(1), text(0))
        }
        // Each key is looked for in all of the others.
        "matchkeys" => length(1).saturating_mul(length(2)),
        "setproduct" => (0..arguments.len()).map(length).fold(arguments.len(), usize::saturating_mul),
        // Aliases are read as often as they are named.
        "yamldecode" => weight.saturating_mul(8),
        _ => 0,
    })
}

/// Every place of the text is compared with every part of the pattern.
fn matching(pattern: &str, text: &str) -> usize {
    // How often parts of it are repeated, which is written out before.
    let repeats = pattern.split(|char: char| !char.is_ascii_digit()).filter_map(|word| word.parse().ok());
    let repeated = repeats.max().unwrap_or(1_usize).clamp(1, 1000);
    // One class may stand for thousands of characters.
    let per_part =
        if pattern.contains("\\p") || pattern.contains("\\P") || pattern.contains("(?i") { 64 } else { 4 };
    let parts = pattern.len().saturating_mul(repeated).saturating_mul(per_part);
    parts.saturating_add(parts.saturating_mul(text.len()) / 64)
}
