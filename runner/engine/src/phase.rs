//! What a walk is for.

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    /// With nothing known: finds what is wrong whatever the values are.
    Validate,
    Plan,
    Apply,
    /// Everything that exists is destroyed; names read what exists.
    Destroy,
    /// With what exists and nothing planned: what an expression reads between runs.
    Evaluate,
}
