//! `runblock junit merge`: the JUnit files of the shards of a suite become the one of the whole.

use std::fs;
use std::path::Path;

use crate::args::JunitArgs;
use crate::junit::{TestSuite, merged, read};
use crate::report::Streams;
use crate::{FAILURE, SUCCESS};

/// Paths count from `base`. Nothing is written when a file cannot be read.
pub(crate) fn junit(args: &JunitArgs, base: &Path, mut streams: Streams<'_>) -> i32 {
    let mut suites = Vec::new();
    let mut broken = false;
    for path in &args.files {
        match suites_in(base, path) {
            Ok(more) => suites.extend(more),
            Err(message) => {
                streams.err(&format!("Error: {message}\n"));
                broken = true;
            }
        }
    }
    if broken {
        return FAILURE;
    }
    let text = merged(suites);
    match &args.output {
        None => streams.out(&text),
        Some(path) => {
            if let Err(error) = fs::write(base.join(path), text) {
                streams.err(&format!("Error: {path} cannot be written: {}.\n", config::reason(&error)));
                return FAILURE;
            }
        }
    }
    SUCCESS
}

/// The suites of a JUnit file; the error is a sentence.
pub(super) fn suites_in(base: &Path, path: &str) -> Result<Vec<TestSuite>, String> {
    let text = fs::read_to_string(base.join(path))
        .map_err(|error| format!("{path} cannot be read: {}.", config::reason(&error)))?;
    read(&text).map_err(|why| format!("{path} cannot be read as a JUnit file, because {why}."))
}
