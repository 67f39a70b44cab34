//! The patterns of `fileset`: `*`, `?`, `[…]`, `{a,b}`, and `**` for any number of directories.

use super::{FileError, FileReader, FunctionError, Limits};

/// The most directories that one search opens.
const MAX_DIRECTORIES: usize = 100_000;

/// The files below `root` whose path, relative to it, matches.
pub(super) fn find(
    files: &dyn FileReader,
    root: &str,
    pattern: &str,
    limits: &Limits,
) -> Result<Vec<String>, FunctionError> {
    let patterns: Vec<Vec<String>> = braces(pattern, limits)?
        .iter()
        .map(|pattern| pattern.split('/').map(str::to_owned).collect())
        .collect();
    let mut found = Vec::new();
    let mut open = vec![String::new()];
    let mut opened = 0;
    while let Some(directory) = open.pop() {
        opened += 1;
        if opened > MAX_DIRECTORIES {
            return Err(FunctionError::call(format!(
                "the search would open more than the limit of {MAX_DIRECTORIES} directories"
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
        for (name, is_directory) in entries {
            let path = if directory.is_empty() { name } else { format!("{directory}/{name}") };
            let parts: Vec<&str> = path.split('/').collect();
            if is_directory {
                if patterns.iter().any(|pattern| may_contain(pattern, &parts)) {
                    open.push(path);
                }
            } else if patterns.iter().any(|pattern| matches(pattern, &parts)) {
                found.push(path);
                limits.check_elements(found.len())?;
            }
        }
    }
    Ok(found)
}

/// Every alternative of the braces in a pattern.
fn braces(pattern: &str, limits: &Limits) -> Result<Vec<String>, FunctionError> {
    let mut pending = vec![pattern.to_owned()];
    let mut done = Vec::new();
    while let Some(pattern) = pending.pop() {
        match split_braces(&pattern) {
            None => done.push(pattern),
            Some((before, alternatives, after)) => {
                pending.extend(alternatives.iter().map(|one| format!("{before}{one}{after}")));
            }
        }
        limits.check_elements((pending.len() + done.len()).saturating_mul(1024))?;
    }
    Ok(done)
}

/// The text before the first braces, their alternatives, and the text after them.
fn split_braces(pattern: &str) -> Option<(&str, Vec<&str>, &str)> {
    let open = pattern.find('{')?;
    let mut depth = 0_usize;
    let mut start = open + 1;
    let mut alternatives = Vec::new();
    for (at, byte) in pattern.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b',' if depth == 1 => {
                alternatives.push(&pattern[start..at]);
                start = at + 1;
            }
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    alternatives.push(&pattern[start..at]);
                    return Some((&pattern[..open], alternatives, &pattern[at + 1..]));
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether a directory can hold something that matches.
fn may_contain(pattern: &[String], path: &[&str]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some((first, _)), _) if first == "**" => true,
        (Some((first, rest)), Some((name, below))) => part_matches(first, name) && may_contain(rest, below),
    }
}

/// Whether a whole path matches: one row per pattern part, so that `**/**/…` costs no more than its length.
fn matches(pattern: &[String], path: &[&str]) -> bool {
    let mut reachable = vec![false; path.len() + 1];
    reachable[0] = true;
    for part in pattern {
        let mut next = vec![false; path.len() + 1];
        for at in 0..=path.len() {
            if !reachable[at] {
                continue;
            }
            if part == "**" {
                next[at..].fill(true);
                break;
            }
            if path.get(at).is_some_and(|name| part_matches(part, name)) {
                next[at + 1] = true;
            }
        }
        reachable = next;
    }
    reachable.last().copied().unwrap_or(false)
}

/// One part of a path against one part of a pattern.
fn part_matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    // Where to go on when the text after the last `*` does not fit here.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        let step = match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
                continue;
            }
            Some('?') => Some(1),
            Some('[') => name.get(n).and_then(|&c| class_matches(&pattern[p..], c)),
            Some('\\') => (pattern.get(p + 1) == name.get(n)).then_some(2),
            Some(literal) => (Some(literal) == name.get(n)).then_some(1),
            None => None,
        };
        match (step, star) {
            (Some(length), _) => {
                p += length;
                n += 1;
            }
            (None, Some((at, from))) => {
                star = Some((at, from + 1));
                p = at + 1;
                n = from + 1;
            }
            (None, None) => return false,
        }
    }
    pattern.iter().skip(p).all(|&rest| rest == '*')
}

/// The length of the class at the beginning of `pattern` when it holds `c`.
fn class_matches(pattern: &[char], c: char) -> Option<usize> {
    let negated = matches!(pattern.get(1), Some('!' | '^'));
    let mut at = if negated { 2 } else { 1 };
    let first = at;
    let mut found = false;
    loop {
        let low = *pattern.get(at)?;
        if low == ']' && at > first {
            break;
        }
        let high = match (pattern.get(at + 1), pattern.get(at + 2)) {
            (Some('-'), Some(&high)) if high != ']' => {
                at += 2;
                high
            }
            _ => low,
        };
        found |= (low..=high).contains(&c);
        at += 1;
    }
    (found != negated).then_some(at + 1)
}
