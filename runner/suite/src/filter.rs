//! What a filter says about files and runs.

use glob::{MatchOptions, Pattern};
use syntax::{FileName, SmolStr};

/// `FILE` or `FILE::RUN`. Both are names or patterns of names, in which `*` and `?` stand for anything but `/`, `[…]` for
/// one of some characters, and `**` for any number of directories.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filter {
    file: Name,
    run: Option<Name>,
}

/// A name, which is also a pattern where it can be read as one.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Name {
    text: SmolStr,
    pattern: Option<Pattern>,
}

impl Filter {
    /// What a person writes.
    pub fn parse(text: &str) -> Filter {
        match text.rsplit_once("::") {
            Some((file, run)) => Filter { file: Name::pattern(file), run: Some(Name::pattern(run)) },
            None => Filter { file: Name::pattern(text), run: None },
        }
    }

    /// This file, or this run of it, whatever characters the names have.
    pub fn exactly(file: &FileName, run: Option<&str>) -> Filter {
        Filter { file: Name::exactly(file.as_str()), run: run.map(Name::exactly) }
    }

    pub(crate) fn takes_file(&self, file: &FileName) -> bool {
        self.file.is(file.as_str())
    }

    /// It is about single runs.
    pub(crate) fn is_for_runs(&self) -> bool {
        self.run.is_some()
    }

    /// Whether it is for a run of this name, in a file that it takes.
    pub(crate) fn takes_run(&self, run: &str) -> bool {
        self.run.as_ref().is_none_or(|name| name.is(run))
    }

    /// Whether `name` is what it says of files, or `given`, another spelling of that.
    pub(crate) fn is_of_file(&self, given: &str, name: &str) -> bool {
        name == given || self.file.is(name)
    }

    /// The file's name or pattern, as written.
    pub(crate) fn file(&self) -> &str {
        &self.file.text
    }

    /// The run's name or pattern, as written.
    pub(crate) fn run(&self) -> Option<&str> {
        self.run.as_ref().map(|name| name.text.as_str())
    }

    /// It says what the tools' own filters say: the name of a file.
    pub(crate) fn is_plain(&self) -> bool {
        self.run.is_none() && !self.file.text.contains(['*', '?', '['])
    }
}

impl Name {
    fn pattern(text: &str) -> Name {
        // What is no pattern is still a name.
        Name { text: text.into(), pattern: Pattern::new(text).ok() }
    }

    fn exactly(text: &str) -> Name {
        Name { text: text.into(), pattern: None }
    }

    fn is(&self, name: &str) -> bool {
        let options = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
        self.text == name || self.pattern.as_ref().is_some_and(|pattern| pattern.matches_with(name, options))
    }
}
