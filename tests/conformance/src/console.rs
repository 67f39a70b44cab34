//! Expressions at `runblock console`: what terraform's console printed, to the letter.
//!
//! Everything here goes through the command line, from the bytes of standard input to those of the output streams.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::{fs, io};

use serde::Deserialize;

use crate::expressions::Expression;
use crate::observation::Output;
use crate::recorded;
use crate::tool::{Folder, PANIC, RECORDED};

/// What terraform's console answered to one line.
#[derive(Debug, Clone, Deserialize)]
pub struct Answered {
    pub group: String,
    pub expr: String,
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// The answers in `console.json`.
pub fn all() -> Vec<Answered> {
    recorded::read_json("console.json")
}

/// The module of `expressions/scope` with the files of `expressions/files`, in a folder of its own.
#[derive(Debug)]
pub struct Module(Folder);

impl Module {
    /// # Panics
    /// When the folder cannot be written: nothing can be measured then.
    pub fn of_scope() -> Self {
        let home = recorded::home().join("expressions");
        let folder = Folder::of(&recorded::read_tree(&home.join("scope")));
        copy_files(&home.join("files"), folder.path()).unwrap_or_else(|error| panic!("{error}"));
        Self(folder)
    }

    /// A folder with nothing but the files of `expressions/files`.
    ///
    /// # Panics
    /// As [`Module::of_scope`].
    pub fn empty() -> Self {
        let folder = Folder::of(&BTreeMap::from([("main.tf".to_owned(), String::new())]));
        copy_files(&recorded::home().join("expressions/files"), folder.path())
            .unwrap_or_else(|error| panic!("{error}"));
        Self(folder)
    }

    /// `runblock console` with `input` on standard input.
    pub fn ask(&self, input: &str) -> Output {
        let environment = cli::Environment::new(self.0.path().to_owned());
        let args = vec!["console".to_owned(), RECORDED.to_owned()];
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let code = panic::catch_unwind(AssertUnwindSafe(|| {
            let mut stdin = Cursor::new(input.as_bytes());
            cli::run_with_input(args, &environment, &mut stdin, &mut stdout, &mut stderr)
        }));
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Output { code: code.unwrap_or(PANIC), stdout: text(stdout), stderr: text(stderr) }
    }
}

/// The parts of the answer that are not as recorded; empty when all agree.
pub fn differences(expected: &Answered, output: &Output) -> Vec<&'static str> {
    let parts = [
        ("code", expected.code == output.code),
        ("stdout", expected.stdout == output.stdout),
        ("stderr", expected.stderr == output.stderr),
    ];
    parts.into_iter().filter(|(_, holds)| !holds).map(|(part, _)| part).collect()
}

/// Whether the console prints for an expression what was recorded for it as the value of a local: the text of the value
/// or, after an error, its exit code. `None` where the two cannot be compared, because the expression has more lines or
/// calls `type`, which exists at the console only.
pub fn agrees(expected: &Expression, module: &Module) -> Option<bool> {
    if expected.expr.contains(['\n', '\r']) || matches!(&*expected.expr, "type(1)" | "core::type(1)") {
        return None;
    }
    let output = module.ask(&format!("{}\n", expected.expr));
    Some(match &expected.console {
        Some(text) => output.code == 0 && output.stdout == format!("{text}\n"),
        None => output.code == 1 && output.stdout.is_empty() && output.stderr.starts_with("\nError: "),
    })
}

fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if let Some(name) = path.file_name().filter(|_| path.is_file()) {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}
