//! Blank space: how far lines are indented, what stands between tokens, what is aligned.
//!
//! A line is cut into up to three cells: what leads, an assignment from its `=` on, and a comment that ends the line.
//! Assignments of consecutive lines are aligned, and so are comments. A line is a line of tokens: a heredoc is part of
//! the line that it begins on.

use std::ops::Range;

use super::piece::Piece;
use super::spacing::{Neighbour, bracket_change, space_between};
use crate::lexer::TokenKind;

/// Spaces for one level.
const INDENT: u32 = 2;

/// Decides the spaces before every piece but the one that ends the text. `is_in` tells of a piece whether it is the
/// word `in`.
pub(super) fn lay_out(pieces: &mut [Piece], is_in: impl Fn(&Piece) -> bool) {
    let Some((_, pieces)) = pieces.split_last_mut() else { return };
    let lines = lines(pieces);
    for (line, level) in lines.iter().zip(levels(pieces, &lines)) {
        if let Some(first) = pieces.get_mut(line.lead.start) {
            first.spaces = if first.kind == TokenKind::Newline { 0 } else { level * INDENT };
        }
    }
    for line in &lines {
        space(pieces, line.lead.clone(), &is_in);
        space(pieces, line.assign.clone(), &is_in);
    }
    align(pieces, &lines, |line| line.lead.clone(), |line| line.assign.clone());
    align(pieces, &lines, |line| line.lead.start..line.assign.end, |line| line.comment.clone());
}

/// The cells of a line, each possibly empty, as ranges of pieces. They follow one another; the line's end belongs to
/// none of them when a comment stands before it, and to the last one otherwise.
struct Line {
    lead: Range<usize>,
    assign: Range<usize>,
    comment: Range<usize>,
}

fn lines(pieces: &[Piece]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (index, piece) in pieces.iter().enumerate() {
        if piece.kind == TokenKind::Newline {
            lines.push(line(pieces, start..index + 1));
            start = index + 1;
        }
    }
    if start < pieces.len() {
        lines.push(line(pieces, start..pieces.len()));
    }
    lines
}

fn line(pieces: &[Piece], whole: Range<usize>) -> Line {
    let last = whole.end - 1;
    let kind = |index: usize| pieces.get(index).map(|piece| piece.kind);
    // A comment up to the line's end is a cell, and so is any comment that ends the text.
    let comment = match kind(last) {
        Some(TokenKind::Newline) => {
            let before = last.checked_sub(1).and_then(|index| pieces.get(index));
            before.is_some_and(|piece| piece.line_comment).then(|| last - 1)
        }
        Some(TokenKind::Comment) => Some(last),
        _ => None,
    };
    let comment = comment.filter(|&index| index > whole.start);
    let end = comment.unwrap_or(whole.end);
    let comment = comment.map_or(end..end, |index| index..index + 1);
    let equals = (whole.start + 1..end).find(|&index| kind(index) == Some(TokenKind::Equal));
    // An assignment that leaves a bracket open goes on below and is not aligned.
    let equals = equals.filter(|&equals| brackets(pieces, equals..end) == 0).unwrap_or(end);
    Line { lead: whole.start..equals, assign: equals..end, comment }
}

fn brackets(pieces: &[Piece], range: Range<usize>) -> i64 {
    pieces.get(range).unwrap_or_default().iter().map(|piece| bracket_change(piece.kind)).sum()
}

/// How many levels each line is indented. Brackets opened on one line are one level, however many they are.
fn levels(pieces: &[Piece], lines: &[Line]) -> Vec<u32> {
    // For every level, how many of its brackets are still open.
    let mut levels: Vec<i64> = Vec::new();
    let mut of_line = |line: &Line| {
        let change = change_up_to_heredoc(pieces, &line.lead) + change_up_to_heredoc(pieces, &line.assign);
        let mut closed = -change;
        while closed > 0
            && let Some(open) = levels.last_mut()
        {
            let here = closed.min(*open);
            *open -= here;
            closed -= here;
            if *open == 0 {
                levels.pop();
            }
        }
        let level = u32::try_from(levels.len()).unwrap_or(u32::MAX / INDENT);
        if change > 0 {
            levels.push(change);
        }
        level
    };
    lines.iter().map(&mut of_line).collect()
}

/// How many spaces the line that begins at `start` is indented, in a text that may be broken; `None` when no line of
/// tokens begins there.
pub(super) fn indentation(pieces: &[Piece], start: u32) -> Option<u32> {
    let lines = lines(pieces);
    let begins = |line: &Line| {
        let before = line.lead.start.checked_sub(1).and_then(|index| pieces.get(index));
        before.map_or(0, |before| before.span.end) == start
    };
    let mut levels = lines.iter().zip(levels(pieces, &lines));
    levels.find(|(line, _)| begins(line)).map(|(_, level)| level * INDENT)
}

/// What a cell does to the number of open brackets, as far as a heredoc that begins in it.
fn change_up_to_heredoc(pieces: &[Piece], cell: &Range<usize>) -> i64 {
    let cell = pieces.get(cell.clone()).unwrap_or_default().iter().map(|piece| piece.kind);
    cell.take_while(|&kind| kind != TokenKind::OpenHeredoc).map(bracket_change).sum()
}

/// The spaces between the pieces of a cell.
fn space(pieces: &mut [Piece], cell: Range<usize>, is_in: impl Fn(&Piece) -> bool) {
    let cell = pieces.get_mut(cell).unwrap_or_default();
    let mut before = None;
    let mut rest = cell.iter_mut();
    let Some(mut left) = rest.next() else { return };
    for right in rest {
        let neighbour = Neighbour { kind: left.kind, is_in: left.kind == TokenKind::Ident && is_in(left) };
        right.spaces = u32::from(space_between(before, neighbour, right.kind));
        before = Some(left.kind);
        left = right;
    }
}

/// Aligns the cells that `moved` finds, in every group of consecutive lines that have one, behind what `left` finds.
fn align(
    pieces: &mut [Piece],
    lines: &[Line],
    left: impl Fn(&Line) -> Range<usize>,
    moved: impl Fn(&Line) -> Range<usize>,
) {
    for group in lines.chunk_by(|a, b| moved(a).is_empty() == moved(b).is_empty()) {
        if group.first().is_none_or(|line| moved(line).is_empty()) {
            continue;
        }
        let widest = group.iter().map(|line| columns(pieces, left(line))).max().unwrap_or(0);
        for line in group {
            let columns = columns(pieces, left(line));
            if let Some(first) = pieces.get_mut(moved(line).start) {
                first.spaces = widest - columns + 1;
            }
        }
    }
}

fn columns(pieces: &[Piece], range: Range<usize>) -> u32 {
    let pieces = pieces.get(range).unwrap_or_default().iter();
    pieces.fold(0, |sum: u32, piece| sum.saturating_add(piece.spaces).saturating_add(piece.width))
}
