//! Files to formatted files, several at once.

use std::num::NonZero;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use syntax::{Diagnostics, Edit, FileName, decode};

use super::targets::File;

/// What formatting one file came to.
pub(super) enum Outcome {
    Unreadable,
    /// It has syntax errors.
    Broken {
        text: String,
        diagnostics: Diagnostics,
    },
    Formatted {
        old: Vec<u8>,
        new: Vec<u8>,
    },
}

/// The outcomes of `files`, in their order.
pub(super) fn format_files(files: &[File]) -> Vec<Outcome> {
    /// Fewer files than this are done sooner than a thread is started.
    const WORTH_A_THREAD: usize = 8;
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let threads = cores.min(files.len() / WORTH_A_THREAD).max(1);
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::with_capacity(files.len()));
    let work = || {
        while let Some((index, file)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            files.get(index).map(|file| (index, file))
        } {
            let outcome = format_file(file);
            outcomes.lock().unwrap_or_else(PoisonError::into_inner).push((index, outcome));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let mut outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcomes.sort_by_key(|(index, _)| *index);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

pub(super) fn format_file(file: &File) -> Outcome {
    match std::fs::read(&file.path) {
        Ok(bytes) => format_bytes(&FileName::new(&file.name), bytes),
        Err(_) => Outcome::Unreadable,
    }
}

pub(super) fn format_bytes(file: &FileName, old: Vec<u8>) -> Outcome {
    let decoded = decode(file, &old);
    let formatted = syntax::format(file, &decoded.tree);
    let mut diagnostics = decoded.diagnostics;
    diagnostics.extend(formatted.diagnostics);
    if !diagnostics.is_empty() {
        return Outcome::Broken { text: decoded.tree, diagnostics };
    }
    let new = apply(&old, &formatted.edits);
    Outcome::Formatted { old, new }
}

/// The bytes after `edits`, which count in the bytes' text. Comments may have bytes that are no text and are kept.
fn apply(bytes: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut new = Vec::with_capacity(bytes.len() + bytes.len() / 4);
    let mut edits = edits.iter().peekable();
    // Where the part begins that is looked at, in the text.
    let mut start = 0_usize;
    // What is replaced up to there.
    let mut replaced = 0_usize;
    for part in bytes.utf8_chunks() {
        let valid = part.valid();
        let end = start + valid.len();
        while let Some(edit) = edits.next_if(|edit| (edit.span.start as usize) <= end) {
            let kept = replaced.max(start) - start..(edit.span.start as usize).saturating_sub(start);
            new.extend_from_slice(valid.get(kept).unwrap_or_default().as_bytes());
            new.extend_from_slice(edit.new_text.as_bytes());
            replaced = edit.span.end as usize;
        }
        let kept = replaced.max(start) - start..;
        new.extend_from_slice(valid.get(kept).unwrap_or_default().as_bytes());
        start = end;
        if !part.invalid().is_empty() {
            new.extend_from_slice(part.invalid());
            start += char::REPLACEMENT_CHARACTER.len_utf8();
        }
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(old: &[u8], expected: &[u8]) {
        match format_bytes(&FileName::new("a.tf"), old.to_vec()) {
            Outcome::Formatted { new, .. } => assert_eq!(new, expected),
            Outcome::Broken { diagnostics, .. } => panic!("{diagnostics:?}"),
            Outcome::Unreadable => unreachable!("it was not read"),
        }
    }

    #[test]
    fn bytes_in_comments_that_are_no_text_are_kept() {
        check(b"a=1 #\xff\nbb=2#\xe9\xe9\n# \xef\xbb", b"a  = 1 #\xff\nbb = 2 #\xe9\xe9\n# \xef\xbb");
    }
}
