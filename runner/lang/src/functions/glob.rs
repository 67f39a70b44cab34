//! The patterns of `fileset`: `*`, `?`, `[…]`, `{a,b}`, and `**` for any number of directories.
//!
//! As in the Go library, each part of a path is matched on its own (braces hold no `/`), and what is wrong with a pattern
//! is found only when matching comes to it.

use std::cell::Cell;

use super::{FileError, FileReader, FunctionError, Limits};

/// The files below `root` whose path, relative to it, matches.
pub(super) fn find(
    files: &dyn FileReader,
    root: &str,
    pattern: &str,
    limits: &Limits,
) -> Result<Vec<String>, FunctionError> {
    let parts: Vec<Vec<char>> = pattern.split('/').map(|part| part.chars().collect()).collect();
    let steps = Cell::new(limits.max_pattern_steps);
    let failed = |misfit: Misfit| match misfit {
        Misfit::Syntax => {
            let shown = if root == "." { pattern.to_owned() } else { format!("{root}/{pattern}") };
            FunctionError::call(format!(
                "failed to glob pattern {}: syntax error in pattern",
                crate::quote(&shown)
            ))
        }
        Misfit::TooCostly => FunctionError::call(format!(
            "the alternatives of the pattern take more than the limit of {} steps to match",
            limits.max_pattern_steps
        )),
    };
    let mut found = Vec::new();
    let mut start = vec![false; parts.len() + 1];
    start[0] = true;
    skip_directories(&parts, &mut start);
    let mut open = vec![(String::new(), start)];
    let (mut opened, mut seen) = (0, 0_usize);
    while let Some((directory, reached)) = open.pop() {
        opened += 1;
        if opened > limits.max_directories {
            return Err(FunctionError::call(format!(
                "the search would open more than the limit of {} directories",
                limits.max_directories
            )));
        }
        let full = match (root, directory.as_str()) {
            (root, "") => root.to_owned(),
            ("/", below) => format!("/{below}"),
            (root, below) => format!("{root}/{below}"),
        };
        let entries = match files.read_dir(&full) {
            Ok(entries) => entries,
            // What is not there, or is no directory, holds no files.
            Err(FileError::NotFound | FileError::NotRegular | FileError::Directory) => continue,
            Err(FileError::Other(reason)) => {
                return Err(FunctionError::call(format!("failed to glob pattern ({full}): {reason}")));
            }
        };
        seen = seen.saturating_add(entries.len());
        if seen > limits.max_files {
            return Err(FunctionError::call(format!(
                "the search would look at more than the limit of {} files",
                limits.max_files
            )));
        }
        for (name, is_directory) in entries {
            let next = below(&parts, &reached, &name, &steps).map_err(failed)?;
            if !next.contains(&true) {
                continue;
            }
            let path = if directory.is_empty() { name } else { format!("{directory}/{name}") };
            if is_directory {
                if next.iter().rev().skip(1).any(|reached| *reached) {
                    open.push((path, next));
                }
            } else if next.last() == Some(&true) {
                found.push(path);
                limits.check_elements(found.len())?;
            }
        }
    }
    Ok(found)
}

/// Why a name neither fits a pattern nor does not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Misfit {
    /// The pattern is wrong where matching came to.
    Syntax,
    TooCostly,
}

const ANY_DIRECTORIES: [char; 2] = ['*', '*'];

/// How many parts of the pattern can have been used up one level further down, at `name`; `reached` is the same for the
/// level above. A file matches where all of them can have been.
fn below(
    pattern: &[Vec<char>],
    reached: &[bool],
    name: &str,
    steps: &Cell<u32>,
) -> Result<Vec<bool>, Misfit> {
    let name: Vec<char> = name.chars().collect();
    let mut next = vec![false; pattern.len() + 1];
    for (at, part) in pattern.iter().enumerate() {
        if !reached[at] {
            continue;
        }
        if *part == ANY_DIRECTORIES {
            next[at] = true;
        } else if fits(part, &name, steps)? {
            next[at + 1] = true;
        }
    }
    skip_directories(pattern, &mut next);
    Ok(next)
}

/// `**` can stand for no directory at all.
fn skip_directories(pattern: &[Vec<char>], reached: &mut [bool]) {
    for (at, part) in pattern.iter().enumerate() {
        if reached[at] && *part == ANY_DIRECTORIES {
            reached[at + 1] = true;
        }
    }
}

/// One part of a path against one part of a pattern.
fn fits(pattern: &[char], name: &[char], steps: &Cell<u32>) -> Result<bool, Misfit> {
    let (mut p, mut n) = (0, 0);
    // Where to go on when the text after the last `*` does not fit here.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        if steps.get() == 0 {
            return Err(Misfit::TooCostly);
        }
        steps.set(steps.get() - 1);
        let step = match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
                continue;
            }
            Some('?') => Ok(Some(1)),
            Some('[') => class_fits(&pattern[p..], name[n]),
            Some('{') => match alternatives_fit(&pattern[p..], &name[n..], steps) {
                Ok(true) => return Ok(true),
                Ok(false) => Ok(None),
                Err(misfit) => Err(misfit),
            },
            Some('\\') => Ok((pattern.get(p + 1) == name.get(n)).then_some(2)),
            Some(literal) => Ok((*literal == name[n]).then_some(1)),
            None => Ok(None),
        };
        match (step, star) {
            (Ok(Some(length)), _) => {
                p += length;
                n += 1;
            }
            (Err(Misfit::TooCostly), _) => return Err(Misfit::TooCostly),
            // Behind a `*` a wrong pattern is one that fits nothing.
            (Ok(None) | Err(_), Some((at, from))) => {
                star = Some((at, from + 1));
                p = at + 1;
                n = from + 1;
            }
            (Ok(None), None) => return Ok(false),
            (Err(misfit), None) => return Err(misfit),
        }
    }
    Ok(pattern.iter().skip(p).all(|&rest| rest == '*'))
}

/// Whether one of the alternatives that `pattern` begins with, and what follows them, fits the name.
fn alternatives_fit(pattern: &[char], name: &[char], steps: &Cell<u32>) -> Result<bool, Misfit> {
    // The first `}` ends them, whatever was opened in between.
    let end = closing(pattern, '}').ok_or(Misfit::Syntax)?;
    for alternative in pattern[1..end].split(|c| *c == ',') {
        let whole: Vec<char> = alternative.iter().chain(&pattern[end + 1..]).copied().collect();
        // A pattern has as many levels as it has braces.
        if syntax::with_stack(|| fits(&whole, name, steps))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The length of the class at the beginning of `pattern` when it holds `c`.
fn class_fits(pattern: &[char], c: char) -> Result<Option<usize>, Misfit> {
    let end = closing(pattern, ']').ok_or(Misfit::Syntax)?;
    let (negated, class) = match &pattern[1..end] {
        ['^', class @ ..] => (true, class),
        class => (false, class),
    };
    if class.is_empty() {
        return Err(Misfit::Syntax);
    }
    let mut found = false;
    let mut rest = class;
    while !rest.is_empty() {
        let low = class_char(&mut rest)?;
        let high = match rest {
            ['-', after @ ..] => {
                rest = after;
                class_char(&mut rest)?
            }
            _ => low,
        };
        found |= (low..=high).contains(&c);
    }
    Ok((found != negated).then_some(end + 1))
}

/// A character of a class, which may be escaped and is no `-`.
fn class_char(rest: &mut &[char]) -> Result<char, Misfit> {
    let (c, after) = match rest {
        ['\\', c, after @ ..] => (*c, after),
        [c, after @ ..] if !matches!(c, '-' | '\\') => (*c, after),
        _ => return Err(Misfit::Syntax),
    };
    *rest = after;
    Ok(c)
}

/// The place of the first `end` that is not escaped.
fn closing(pattern: &[char], end: char) -> Option<usize> {
    let mut escaped = false;
    pattern.iter().position(|c| {
        let found = *c == end && !escaped;
        escaped = *c == '\\' && !escaped;
        found
    })
}
