//! Lines from a person: with editing, history and completion on a terminal, as they come elsewhere. Knows nothing of
//! what the lines mean.

use std::cell::Cell;
use std::io::BufRead;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{Config, Context, Editor, Helper};

use crate::report::Streams;

/// What a person did at the prompt.
pub(super) enum Typed {
    Line(Vec<u8>),
    /// Control-C with something on the line: it is given up.
    Abandoned,
    /// Control-D, Control-C on an empty line, or the end of the input.
    Done,
}

/// Where lines are read from.
pub(super) enum Prompt<'a> {
    Editor(Box<Editor<Words, MemHistory>>),
    Plain(&'a mut dyn BufRead),
}

impl<'a> Prompt<'a> {
    /// Edits lines when asked to and the terminal can; `words` are offered for completion.
    pub(super) fn new(edit: bool, words: Vec<String>, stdin: &'a mut dyn BufRead) -> Prompt<'a> {
        let config = Config::builder().auto_add_history(true).build();
        let editor = || Editor::with_history(config, MemHistory::new()).ok();
        match edit.then(editor).flatten() {
            Some(mut editor) => {
                editor.set_helper(Some(Words { words, empty: Cell::new(true) }));
                Prompt::Editor(Box::new(editor))
            }
            None => Prompt::Plain(stdin),
        }
    }

    /// Asks for a line, which ends with its newline. The error is a sentence for the user.
    pub(super) fn ask(&mut self, prompt: &str, streams: &mut Streams<'_>) -> Result<Typed, String> {
        let editor = match self {
            Prompt::Editor(editor) => editor,
            Prompt::Plain(stdin) => {
                streams.out(prompt);
                let mut line = Vec::new();
                if super::console::next_line(*stdin, &mut line)? {
                    return Ok(Typed::Line(line));
                }
                streams.out("\n");
                return Ok(Typed::Done);
            }
        };
        match editor.readline(prompt) {
            Ok(line) => Ok(Typed::Line((line + "\n").into_bytes())),
            Err(ReadlineError::Interrupted) if editor.helper().is_some_and(|words| !words.empty.get()) => {
                Ok(Typed::Abandoned)
            }
            Err(ReadlineError::Interrupted | ReadlineError::Eof) => Ok(Typed::Done),
            Err(error) => Err(format!("The terminal cannot be read: {error}.")),
        }
    }
}

/// The words that the editor completes.
pub(super) struct Words {
    words: Vec<String>,
    /// Whether nothing stands on the line, as last seen: an interrupt does not tell.
    empty: Cell<bool>,
}

impl Completer for Words {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let before = line.get(..at).unwrap_or(line);
        let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
        let start = before.trim_end_matches(part).len();
        let word = before.get(start..).unwrap_or_default();
        let found = self.words.iter().filter(|known| known.starts_with(word)).cloned();
        Ok((start, found.collect()))
    }
}

impl Hinter for Words {
    type Hint = String;

    fn hint(&self, line: &str, _: usize, _: &Context<'_>) -> Option<String> {
        self.empty.set(line.is_empty());
        None
    }
}

impl Highlighter for Words {}
impl Validator for Words {}
impl Helper for Words {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_before_the_cursor_is_completed() {
        let words = ["local.name", "local.size", "lower(", "var.name"].map(str::to_owned).to_vec();
        let words = Words { words, empty: Cell::new(true) };
        let history = MemHistory::new();
        let complete = |line: &str| {
            let (start, found) =
                words.complete(line, line.len(), &Context::new(&history)).expect("completes");
            format!("{start} {}", found.join(" "))
        };
        assert_eq!(complete("lo"), "0 local.name local.size lower(");
        assert_eq!(complete("[1, local.s"), "4 local.size");
        assert_eq!(complete("upper(v"), "6 var.name");
        assert_eq!(complete("é ${x"), "5 ");
    }
}
