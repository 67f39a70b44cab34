//! What `terraform test -verbose` shows: what an apply left, what a plan would do.
//!
//! Everything here turns values into text and knows nothing of runs. Terraform shows values as JSON, so they become
//! [`node`]s. [`json`] writes them as they are; for people, two of them make a [`compare::Change`], which [`write`] lays
//! out. There are no colours: the text is that of `-no-color`, wrapped as for an output that is no terminal.

mod compare;
mod infinity;
mod json;
mod node;
mod pairs;
mod plan;
mod read;
mod state;
mod write;

pub(crate) use infinity::unshowable;
pub(crate) use json::json;
pub(crate) use plan::plan;
pub(crate) use state::state;
