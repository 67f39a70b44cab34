//! The lines above run blocks: run this, run the file, and how it went.

use syntax::{FileName, Span};

use crate::results::{RunResult, RunResults, RunStatus};
use crate::snapshot::Snapshot;

/// One clickable text above a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lens {
    pub span: Span,
    pub title: String,
    pub command: LensCommand,
}

/// What a click does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LensCommand {
    RunFile,
    Run { run: String },
    ShowFileResult,
    ShowResult { run: String },
}

/// The lenses of a test file, from top to bottom; empty for other files.
pub fn lenses(snapshot: &Snapshot, results: &RunResults, file: &FileName) -> Vec<Lens> {
    let runs = snapshot.runs(file);
    if runs.is_empty() {
        return Vec::new();
    }
    let current = |id| results.get(id).filter(|result| result.is_current(id, snapshot));
    let verdicts: Vec<_> = runs.iter().filter_map(|(id, _)| current(id)).collect();
    let top = Span::at(0);
    let mut lenses =
        vec![Lens { span: top, title: "▶ Run file".to_owned(), command: LensCommand::RunFile }];
    if let Some(title) = file_verdict(&verdicts, runs.len()) {
        lenses.push(Lens { span: top, title, command: LensCommand::ShowFileResult });
    }
    for (id, run) in &runs {
        let span = run.locate(run.header).span;
        let name = run.name.to_string();
        lenses.push(Lens {
            span,
            title: "▶ Run".to_owned(),
            command: LensCommand::Run { run: name.clone() },
        });
        if let Some(result) = current(id) {
            let command = LensCommand::ShowResult { run: name };
            lenses.push(Lens { span, title: verdict(result), command });
        }
    }
    lenses
}

/// A run block's result in a few words: `✓ 12 ms`, `✗ 1 of 3 asserts`.
pub fn verdict(result: &RunResult) -> String {
    match result.status {
        RunStatus::Running => "⏳ running…".to_owned(),
        RunStatus::Pass => format!("✓ {}", elapsed(result)),
        RunStatus::Fail if result.failed_asserts > 0 => {
            format!("✗ {} of {} asserts", result.failed_asserts, result.asserts)
        }
        RunStatus::Fail => "✗ failed".to_owned(),
        RunStatus::Error => "✗ error".to_owned(),
        RunStatus::Skip => "○ skipped".to_owned(),
    }
}

/// The file's verdict, once every run block has one: `✓ 3 passed`, `✗ 1 of 3 failed`.
fn file_verdict(verdicts: &[&RunResult], runs: usize) -> Option<String> {
    let count = |wanted: &[RunStatus]| verdicts.iter().filter(|it| wanted.contains(&it.status)).count();
    let bad = count(&[RunStatus::Fail, RunStatus::Error]);
    if count(&[RunStatus::Running]) > 0 {
        Some("⏳ running…".to_owned())
    } else if verdicts.len() < runs {
        None
    } else if bad > 0 {
        Some(format!("✗ {bad} of {runs} failed"))
    } else if count(&[RunStatus::Skip]) > 0 {
        Some(format!("○ {} of {runs} skipped", count(&[RunStatus::Skip])))
    } else {
        Some(format!("✓ {runs} passed"))
    }
}

fn elapsed(result: &RunResult) -> String {
    let milliseconds = result.elapsed.as_millis();
    match milliseconds {
        0 => "< 1 ms".to_owned(),
        1..1000 => format!("{milliseconds} ms"),
        1000..60_000 => format!("{:.1} s", result.elapsed.as_secs_f64()),
        _ => format!("{} min {} s", milliseconds / 60_000, milliseconds % 60_000 / 1000),
    }
}
