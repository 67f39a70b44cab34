//! Which lines count as changed where there is a choice.
//!
//! When a changed run of lines begins like what follows it, the run can slide: of two equal lines either one is the new
//! one. `diff` slides a run until it meets another run or a change of the other text, and otherwise as far down as it
//! goes; so does this.

/// A text's lines and whether each is changed: not in the other text.
pub(super) struct Side<'a> {
    pub(super) lines: &'a [&'a [u8]],
    pub(super) changed: Vec<bool>,
}

/// Slides the changed runs of both texts to where `diff` shows them.
pub(super) fn settle(old: &mut Side, new: &mut Side) {
    slide(old, &new.changed);
    slide(new, &old.changed);
}

fn slide(side: &mut Side, other: &[bool]) {
    let mut run = Run { start: 0, end: 0, across: 0 };
    while run.find_next(side, other) {
        let mut meets;
        loop {
            let length = run.end - run.start;
            while run.up(side, other) {}
            // The last place where a change of the other text stands beside the end of the run.
            meets = before(run.across).is_some_and(|above| is_changed(other, above)).then_some(run.end);
            while let Some(met) = run.down(side, other) {
                meets = if met { Some(run.end) } else { meets };
            }
            // Having swallowed another run, it may slide further.
            if run.end - run.start == length {
                break;
            }
        }
        while meets.is_some_and(|end| end < run.end) && run.up(side, other) {}
    }
}

/// A run of changed lines, `start..end`.
struct Run {
    start: usize,
    end: usize,
    /// Where the unchanged line behind the run stands in the other text.
    across: usize,
}

impl Run {
    /// Goes on to the next run; `false` when there is none.
    fn find_next(&mut self, side: &Side, other: &[bool]) -> bool {
        let mut at = self.end;
        while at < side.lines.len() && !is_changed(&side.changed, at) {
            // An unchanged line stands in both texts.
            self.across = end_of_run(other, self.across) + 1;
            at += 1;
        }
        self.start = at;
        self.end = end_of_run(&side.changed, at);
        self.across = end_of_run(other, self.across);
        self.start < self.end
    }

    /// Slides up by one line, if the line above the run is like its last one, and swallows a run that it meets.
    fn up(&mut self, side: &mut Side, other: &[bool]) -> bool {
        let (Some(above), Some(last)) = (before(self.start), before(self.end)) else { return false };
        if side.lines.get(above) != side.lines.get(last) {
            return false;
        }
        // The unchanged line above is below now.
        let Some(across) = (0..self.across).rev().find(|&index| !is_changed(other, index)) else {
            return false;
        };
        side.changed.swap(above, last);
        (self.start, self.end, self.across) = (start_of_run(&side.changed, above), last, across);
        true
    }

    /// Slides down by one line, if the line below the run is like its first one, and swallows a run that it meets. Says
    /// whether a change of the other text stands there.
    fn down(&mut self, side: &mut Side, other: &[bool]) -> Option<bool> {
        if self.end >= side.lines.len() || side.lines.get(self.start) != side.lines.get(self.end) {
            return None;
        }
        side.changed.swap(self.start, self.end);
        self.start += 1;
        self.end = end_of_run(&side.changed, self.end);
        let below = self.across + 1;
        self.across = end_of_run(other, below);
        Some(self.across > below)
    }
}

fn is_changed(changed: &[bool], index: usize) -> bool {
    changed.get(index).copied().unwrap_or(false)
}

fn before(index: usize) -> Option<usize> {
    index.checked_sub(1)
}

/// The first unchanged place at or after `index`.
fn end_of_run(changed: &[bool], index: usize) -> usize {
    let run = changed.get(index..).unwrap_or_default();
    index + run.iter().take_while(|&&changed| changed).count()
}

/// Where the run of changed lines begins that `index` belongs to.
fn start_of_run(changed: &[bool], index: usize) -> usize {
    let run = changed.get(..index).unwrap_or_default();
    index - run.iter().rev().take_while(|&&changed| changed).count()
}
