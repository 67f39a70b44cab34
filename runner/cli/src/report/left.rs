//! What is told of objects that stay: after a second interrupt, and of a state that was written to a file.

use std::collections::BTreeMap;

use config::Tool;
use serde::Serialize;
use suite::{Abandoned, Creating, LeftObject, Owner};

use crate::diagnostics::paragraphs;

/// What was made and will not be destroyed, by state, and what may have been made.
pub(super) fn abandoned(
    tool: Tool,
    (file, run): (&str, Option<&str>),
    left: &[Abandoned],
    creating: &Creating,
    width: usize,
) -> String {
    let mut text = paragraphs(
        &format!(
            "\n{tool} was interrupted while executing {file}, and may not have performed the expected cleanup operations."
        ),
        width,
    );
    for Abandoned { of, objects } in left {
        let of = match of {
            Owner::Tested => "from the module under test".to_owned(),
            Owner::Key(key) => format!("for \"{key}\""),
            Owner::Run { name, source } => format!("for \"{name}\" from \"{source}\""),
        };
        let heading = format!("\n{tool} has already created the following resources {of}:");
        text.push_str(&paragraphs(&heading, width));
        objects.iter().for_each(|object| text.push_str(&format!("  - {object}\n")));
    }
    if let (Some(run), false) = (run, creating.addresses.is_empty()) {
        let module = match &creating.source {
            None => "the module under test".to_owned(),
            Some(source) => format!("\"{source}\""),
        };
        let heading = format!(
            "\n{tool} was in the process of creating the following resources for \"{run}\" from {module}, and they may not \
             have been destroyed:"
        );
        text.push_str(&paragraphs(&heading, width));
        creating.addresses.iter().for_each(|address| text.push_str(&format!("  - {address}\n")));
    }
    text
}

/// The message of the JSON form, whose payload is [`Interrupt`].
pub(super) fn interrupted(tool: Tool) -> String {
    format!(
        "{tool} was interrupted during test execution, and may not have performed the expected cleanup operations."
    )
}

/// That a state has been written to a file, or why it has not.
pub(super) fn state_kept(path: &str, failure: Option<&str>) -> String {
    match failure {
        None => format!("Writing state to file: {path}"),
        Some(failure) => format!("Writing state to file: {path}: {failure}"),
    }
}

/// `test_interrupt`.
#[derive(Serialize)]
pub(super) struct Interrupt {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    state: Vec<Instance>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    states: BTreeMap<String, Vec<Instance>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    planned: Vec<String>,
}

/// An object that is left.
#[derive(Serialize)]
pub(super) struct Instance {
    instance: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    deposed_key: Option<String>,
}

impl Instance {
    pub(super) fn new(object: &LeftObject) -> Instance {
        Instance { instance: object.address.clone(), deposed_key: object.deposed.clone() }
    }
}

impl Interrupt {
    /// `None` where there is nothing to tell.
    pub(super) fn new(left: &[Abandoned], creating: &Creating) -> Option<Interrupt> {
        if left.is_empty() && creating.addresses.is_empty() {
            return None;
        }
        let planned = creating.addresses.clone();
        let mut interrupt = Interrupt { state: Vec::new(), states: BTreeMap::new(), planned };
        for Abandoned { of, objects } in left {
            let instances = objects.iter().map(Instance::new).collect();
            match of {
                Owner::Tested => interrupt.state = instances,
                Owner::Key(name) | Owner::Run { name, .. } => {
                    interrupt.states.insert(name.to_string(), instances);
                }
            }
        }
        Some(interrupt)
    }
}
