//! The arguments of `runblock junit`.

use super::flags::{Arg, Flag, option, read, switch};
use super::{Command, Misuse, Topic, asks_for_help};

/// `runblock junit merge`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JunitArgs {
    /// The files to put together.
    pub files: Vec<String>,
    /// Where the result goes, if not to standard output.
    pub output: Option<String>,
}

const FLAGS: [Flag; 4] = [option("o"), option("output"), switch("help"), switch("h")];

pub(super) fn junit(words: &[String]) -> Result<Command, Misuse> {
    let misuse = |message: String| Misuse { message, topic: Topic::Junit };
    let args = read(words, &FLAGS).map_err(misuse)?;
    if asks_for_help(&args) {
        return Ok(Command::Help(Topic::Junit));
    }
    let mut output = None;
    let mut words = Vec::new();
    for arg in args {
        match arg {
            Arg::Flag(_, path) => output = Some(path),
            Arg::Positional(word) => words.push(word),
            Arg::Switch(..) => {}
        }
    }
    match words.split_first() {
        Some((merge, files)) if merge == "merge" && !files.is_empty() => {
            Ok(Command::Junit(JunitArgs { files: files.to_vec(), output }))
        }
        Some((merge, _)) if merge == "merge" => Err(misuse("Say which files to merge.".to_owned())),
        Some((word, _)) => {
            Err(misuse(format!("There is no command \"junit {word}\". Did you mean \"junit merge\"?")))
        }
        None => Err(misuse("Say what to do: junit merge FILE…".to_owned())),
    }
}
