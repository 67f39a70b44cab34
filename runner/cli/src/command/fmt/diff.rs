//! What changes in a file, as `diff -u` shows it.

use std::io::Write as _;
use std::ops::Range;

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};

use super::runs::{Side, settle};

/// Unchanged lines around every change.
const CONTEXT: usize = 3;

/// The unified diff of a file's old and new content.
pub(super) fn unified(name: &str, old: &[u8], new: &[u8]) -> Vec<u8> {
    let (old, new) = (lines(old), lines(new));
    let mut out = format!("--- old/{name}\n+++ new/{name}\n").into_bytes();
    for hunk in group_diff_ops(operations(&old, &new), CONTEXT) {
        push_header(&hunk, &mut out);
        for operation in hunk {
            let (tag, from, to) = operation.as_tag_tuple();
            match tag {
                DiffTag::Equal => push_lines(b' ', &old, from, &mut out),
                DiffTag::Delete | DiffTag::Insert | DiffTag::Replace => {
                    push_lines(b'-', &old, from, &mut out);
                    push_lines(b'+', &new, to, &mut out);
                }
            }
        }
    }
    out
}

/// What is equal and what is not, in order.
fn operations(old: &[&[u8]], new: &[&[u8]]) -> Vec<DiffOp> {
    let mut old = Side { lines: old, changed: vec![true; old.len()] };
    let mut new = Side { lines: new, changed: vec![true; new.len()] };
    for operation in capture_diff_slices(Algorithm::Myers, old.lines, new.lines) {
        if operation.tag() == DiffTag::Equal {
            old.changed.get_mut(operation.old_range()).unwrap_or_default().fill(false);
            new.changed.get_mut(operation.new_range()).unwrap_or_default().fill(false);
        }
    }
    settle(&mut old, &mut new);
    let run = |side: &Side, from: usize, changed: bool| {
        let rest = side.changed.get(from..).unwrap_or_default();
        rest.iter().take_while(|&&line| line == changed).count()
    };
    let mut operations = Vec::new();
    let (mut old_index, mut new_index) = (0, 0);
    loop {
        let len = run(&old, old_index, false).min(run(&new, new_index, false));
        if len > 0 {
            operations.push(DiffOp::Equal { old_index, new_index, len });
        }
        (old_index, new_index) = (old_index + len, new_index + len);
        let (old_len, new_len) = (run(&old, old_index, true), run(&new, new_index, true));
        if old_len + new_len == 0 {
            return operations;
        }
        operations.push(DiffOp::Replace { old_index, old_len, new_index, new_len });
        (old_index, new_index) = (old_index + old_len, new_index + new_len);
    }
}

/// The lines with their ends.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|&byte| byte == b'\n').collect()
}

fn push_header(hunk: &[DiffOp], out: &mut Vec<u8>) {
    let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { return };
    let old = extent(first.old_range().start..last.old_range().end);
    let new = extent(first.new_range().start..last.new_range().end);
    // Writing to a list of bytes cannot fail.
    let _ = writeln!(out, "@@ -{old} +{new} @@");
}

/// `first,count`; a single line is just its number, and no line stands behind the one before.
fn extent(lines: Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => format!("{}", lines.start + 1),
        count => format!("{},{count}", lines.start + 1),
    }
}

fn push_lines(mark: u8, lines: &[&[u8]], range: Range<usize>, out: &mut Vec<u8>) {
    for line in lines.get(range).unwrap_or_default() {
        out.push(mark);
        out.extend_from_slice(line);
        if !line.ends_with(b"\n") {
            out.extend_from_slice(b"\n\\ No newline at end of file\n");
        }
    }
}
