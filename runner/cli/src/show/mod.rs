//! What `terraform test -verbose` shows: what an apply left, what a plan would do.
//!
//! Everything here turns values into text and knows nothing of runs. Terraform shows values as JSON, so they become
//! [`node`]s. [`json`] writes them as they are; for people, two of them make a [`compare::Change`], which [`write`] lays
//! out. What a provider's schema says of an object decides how it is compared: see [`object`] and [`by_type`].

mod by_type;
mod compare;
mod infinity;
mod json;
mod node;
mod object;
mod pairs;
mod plan;
mod read;
mod state;
mod write;

use config::Tool;

use crate::style::Paint;

/// Where and in whose name something is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// The tool's name: `Terraform`.
    pub tool: Tool,
    /// Columns of the output.
    pub width: usize,
    pub paint: Paint,
}

pub(crate) use infinity::unshowable;
pub(crate) use json::{change_in_json, json};
pub(crate) use plan::{change, plan};
pub(crate) use state::state;
