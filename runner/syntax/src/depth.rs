//! How deep a tree may be, and how recursion over it gets the stack it needs.

/// How many levels of any construct may stand inside each other, and how many operators or accesses may be
/// chained: Terraform has no such limit, but no text that a person wrote comes near it.
///
/// A body's nesting and an expression's height are each held to it, so a walk over a tree is never deeper than
/// twice this number of nodes, plus one template or `for` level for each.
pub const MAX_NESTING: u32 = 1024;

/// Runs one level of a recursion over a tree with enough stack left for it, whatever thread it runs on.
pub fn with_stack<R>(level: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, level)
}
