//! What the command line knows of the process it runs in, as values.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

use provider::Providers;
use suite::Cancel;

/// Everything from outside that is not an argument.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Absolute.
    pub cwd: PathBuf,
    /// The environment variables; those that are no Unicode are left out.
    pub vars: BTreeMap<String, String>,
    /// Decides about colours, together with `-no-color` and `NO_COLOR`.
    pub stdout_is_terminal: bool,
    /// Whether a person types the input.
    pub stdin_is_terminal: bool,
    /// Whether a prompt may take the process's terminal over, to edit lines.
    pub edits_lines: bool,
    /// Standard output and standard error are one terminal, on which this process may draw.
    pub draws: bool,
    /// The terminal's width; Terraform takes 78 where there is none.
    pub columns: Option<usize>,
    /// Set by whoever handles interrupts.
    pub cancel: Arc<Cancel>,
    /// The providers at hand.
    pub providers: Providers,
}

impl Environment {
    /// An environment without a terminal and without variables.
    pub fn new(cwd: PathBuf) -> Environment {
        Environment {
            cwd,
            vars: BTreeMap::new(),
            stdout_is_terminal: false,
            stdin_is_terminal: false,
            edits_lines: false,
            draws: false,
            columns: None,
            cancel: Arc::new(Cancel::new()),
            providers: Providers::builtin(),
        }
    }

    /// The environment of this process.
    ///
    /// # Errors
    /// When there is no working directory.
    pub fn of_process(cancel: Arc<Cancel>) -> std::io::Result<Environment> {
        let text =
            |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        Ok(Environment {
            cwd: std::env::current_dir()?,
            vars: std::env::vars_os().filter_map(text).collect(),
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stdin_is_terminal: std::io::stdin().is_terminal(),
            edits_lines: std::io::stdout().is_terminal(),
            draws: std::io::stdout().is_terminal() && std::io::stderr().is_terminal(),
            columns: terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)),
            cancel,
            providers: Providers::builtin(),
        })
    }

    pub(crate) fn var(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(String::as_str)
    }

    /// Whether output is coloured, unless `-no-color` or `-json` say otherwise.
    pub(crate) fn colour(&self) -> bool {
        self.stdout_is_terminal && self.var("NO_COLOR").is_none_or(str::is_empty)
    }

    /// Whether a line at the bottom tells how far things are: not where output is watched by no person, or on a terminal
    /// that cannot take a line away.
    pub(crate) fn shows_progress(&self) -> bool {
        let set = |name| self.var(name).is_some_and(|value| !value.is_empty());
        self.draws && !set("NO_COLOR") && !set("CI") && self.var("TERM") != Some("dumb")
    }

    pub(crate) fn width(&self) -> usize {
        const WITHOUT_TERMINAL: usize = 78;
        self.columns.unwrap_or(WITHOUT_TERMINAL)
    }
}
