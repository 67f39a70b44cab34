//! `runblock version`.

use std::collections::BTreeMap;

use crate::SUCCESS;
use crate::report::Streams;

/// The version of this program.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The version of Terraform whose behaviour and output this program follows.
pub(crate) const TERRAFORM_VERSION: &str = "1.11.4";

pub(crate) fn version(json: bool, mut streams: Streams<'_>) -> i32 {
    if json {
        let versions =
            BTreeMap::from([("runblock_version", VERSION), ("terraform_version", TERRAFORM_VERSION)]);
        // A map of texts always serializes.
        let text = serde_json::to_string_pretty(&versions).unwrap_or_default();
        streams.out(&format!("{text}\n"));
    } else {
        streams.out(&format!("runblock {VERSION}\nfollows terraform {TERRAFORM_VERSION}\n"));
    }
    SUCCESS
}
