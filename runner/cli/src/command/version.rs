//! `runblock version`.

use std::collections::BTreeMap;

use config::{Dialect, Tool};

use crate::SUCCESS;
use crate::report::Streams;

/// The version of this program.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(crate) fn version(json: bool, mut streams: Streams<'_>) -> i32 {
    let unasked = Dialect::default();
    if json {
        let versions = BTreeMap::from([
            ("runblock_version", VERSION.to_owned()),
            ("terraform_version", unasked.version.to_string()),
        ]);
        // A map of texts always serializes.
        let text = serde_json::to_string_pretty(&versions).unwrap_or_default();
        streams.out(&format!("{text}\n"));
    } else {
        let [terraform, opentofu] = Tool::ALL.map(span);
        streams.out(&format!(
            "runblock {VERSION}\nfollows {terraform} and {opentofu}; where nothing chooses, {} {}\n",
            unasked.tool, unasked.version
        ));
    }
    SUCCESS
}

/// The versions of a tool that are followed: `Terraform 1.6 to 1.16`.
fn span(tool: Tool) -> String {
    let minor = |dialect: Dialect| (dialect.version.major, dialect.version.minor);
    let (first, last) = (Dialect::known(tool).map(minor).min(), Dialect::known(tool).map(minor).max());
    match (first, last) {
        (Some((from, oldest)), Some((to, newest))) => format!("{tool} {from}.{oldest} to {to}.{newest}"),
        _ => tool.to_string(),
    }
}
