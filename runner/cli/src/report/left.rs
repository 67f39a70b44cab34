//! What is told of objects that stay: after a second interrupt, and of a state that was written to a file.

use std::collections::BTreeMap;

use config::Tool;
use serde::Serialize;
use suite::{Abandoned, LeftObject, Owner};

use crate::diagnostics::paragraphs;

/// What was made and will not be destroyed, by state.
pub(super) fn abandoned(tool: Tool, file: &str, left: &[Abandoned], width: usize) -> String {
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
    pub(super) fn new(left: &[Abandoned]) -> Interrupt {
        let mut interrupt = Interrupt { state: Vec::new(), states: BTreeMap::new() };
        for Abandoned { of, objects } in left {
            let instances = objects.iter().map(Instance::new).collect();
            match of {
                Owner::Tested => interrupt.state = instances,
                Owner::Key(name) | Owner::Run { name, .. } => {
                    interrupt.states.insert(name.to_string(), instances);
                }
            }
        }
        interrupt
    }
}
