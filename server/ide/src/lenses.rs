//! The lines above run blocks: run this, run the file, and how it went.

use config::Dialect;
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
    let title = match run_by(snapshot, file) {
        Some(rules) => format!("▶ Run file by {rules}"),
        None => "▶ Run file".to_owned(),
    };
    let mut lenses = vec![Lens { span: top, title, command: LensCommand::RunFile }];
    if let Some(title) = file_verdict(&verdicts, runs.len()) {
        lenses.push(Lens { span: top, title, command: LensCommand::ShowFileResult });
    }
    for (id, run) in &runs {
        // In JSON a block's header is its bracket, which may stand below the name.
        let header = if file.is_json() { run.name_span } else { run.header };
        let span = run.locate(header).span;
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

/// Whose rules the file follows, where anything asks for others than the newest release's.
fn run_by(snapshot: &Snapshot, file: &FileName) -> Option<String> {
    let choice = snapshot.choice(file);
    let Dialect { tool, version } = choice.dialect;
    let is_usual = choice.dialect == Dialect::default();
    (!is_usual).then(|| format!("{tool} {}.{}", version.major, version.minor))
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use syntax::{Diagnostic, Location};

    use super::*;
    use crate::results::Anchored;
    use crate::testing::snapshot;

    const TWO: &str = "//- /main.tftest.hcl\n# note\nrun \"a\" {\n}\nrun \"b\" {\n  command = plan\n}\n";

    fn titles(snapshot: &Snapshot, results: &RunResults) -> Vec<String> {
        let lenses = lenses(snapshot, results, &FileName::new("main.tftest.hcl"));
        lenses.into_iter().map(|lens| format!("{} {}", lens.span.start, lens.title)).collect()
    }

    fn result(snapshot: &Snapshot, run: usize, status: RunStatus) -> (config::TestId, RunResult) {
        let (id, _) = snapshot.runs(&FileName::new("main.tftest.hcl")).swap_remove(run);
        let text = snapshot.run_text(&id).unwrap();
        let result = RunResult {
            status,
            elapsed: Duration::from_millis(12),
            asserts: 3,
            failed_asserts: 0,
            text,
            diagnostics: Vec::new(),
            operands: Vec::new(),
            read: Vec::new(),
            version: None,
        };
        (id, result)
    }

    #[test]
    fn verdicts_in_a_few_words() {
        let (snapshot, _) = snapshot(TWO);
        let (_, mut it) = result(&snapshot, 0, RunStatus::Pass);
        assert_eq!(verdict(&it), "✓ 12 ms");
        it.elapsed = Duration::from_millis(2_340);
        assert_eq!(verdict(&it), "✓ 2.3 s");
        it.elapsed = Duration::from_secs(125);
        assert_eq!(verdict(&it), "✓ 2 min 5 s");
        it.elapsed = Duration::from_micros(5);
        assert_eq!(verdict(&it), "✓ < 1 ms");
        it = RunResult { status: RunStatus::Fail, failed_asserts: 1, ..it };
        assert_eq!(verdict(&it), "✗ 1 of 3 asserts");
        it.failed_asserts = 0;
        assert_eq!(verdict(&it), "✗ failed");
    }

    #[test]
    fn other_rules_than_the_usual_ones_are_named() {
        let first = |files: &str| titles(&snapshot(files).0, &RunResults::default()).swap_remove(0);
        let with = |file: &str| first(&format!("{file}{TWO}"));
        assert_eq!(with("//- /.terraform-version\n1.9.5\n"), "0 ▶ Run file by Terraform 1.9");
        assert_eq!(
            with("//- /main.tf\nterraform {\n  required_version = \"< 1.14\"\n}\n"),
            "0 ▶ Run file by Terraform 1.13"
        );
        assert_eq!(with("//- /main.tf\nterraform {\n  required_version = \">= 1.6\"\n}\n"), "0 ▶ Run file");
        assert_eq!(with("//- /.opentofu-version\n1.10.3\n"), "0 ▶ Run file by OpenTofu 1.10");
    }

    #[test]
    fn results_stay_as_long_as_their_block() {
        let (before, _) = snapshot(TWO);
        let mut results = RunResults::default();
        assert_eq!(titles(&before, &results), ["0 ▶ Run file", "7 ▶ Run", "19 ▶ Run"]);
        for (run, status) in [(0, RunStatus::Pass), (1, RunStatus::Fail)] {
            let (id, result) = result(&before, run, status);
            results.insert(id, result);
        }
        let expected =
            ["0 ▶ Run file", "0 ✗ 1 of 2 failed", "7 ▶ Run", "7 ✓ 12 ms", "19 ▶ Run", "19 ✗ failed"];
        assert_eq!(titles(&before, &results), expected);
        let (edited, _) = snapshot(&TWO.replace("plan", "apply").replace("# note", "# a longer note\n"));
        assert_eq!(titles(&edited, &results), ["0 ▶ Run file", "17 ▶ Run", "17 ✓ 12 ms", "29 ▶ Run"]);
    }

    #[test]
    fn diagnostics_move_with_their_block_and_go_with_it() {
        let (before, _) = snapshot(TWO);
        let (id, mut failed) = result(&before, 1, RunStatus::Fail);
        let place = Location { file: FileName::new("main.tftest.hcl"), span: Span::new(30, 37) };
        let diagnostic = Diagnostic::error("Test assertion failed", "").at(place);
        failed.diagnostics = vec![Anchored::new(diagnostic, &before)];
        let mut results = RunResults::default();
        results.insert(id, failed);
        let spans = |text: &str| -> Vec<Span> {
            let found = results.diagnostics(&snapshot(text).0);
            found.iter().filter_map(|it| it.subject.as_ref().map(|subject| subject.span)).collect()
        };
        assert_eq!(spans(TWO), [Span::new(30, 37)]);
        assert_eq!(spans(&TWO.replace("# note", "# notes")), [Span::new(31, 38)]);
        assert_eq!(spans(&TWO.replace("plan", "apply")), []);
        assert_eq!(spans("//- /main.tftest.hcl\n"), []);
    }

    #[test]
    fn a_run_in_json_has_its_own_results() {
        const JSON: &str = "//- /main.tftest.json\n{\n  \"run\": {\n    \"a\": {},\n    \"b\":\n    {\"command\": \"plan\"}\n  }\n}\n";
        let file = FileName::new("main.tftest.json");
        let titles = |text: &str, results: &RunResults| -> Vec<String> {
            let (snapshot, _) = snapshot(text);
            let text = snapshot.document(&file).unwrap().text();
            let show = |it: Lens| format!("{} {}", it.span.text(&text), it.title);
            lenses(&snapshot, results, &file).into_iter().skip(1).map(show).collect()
        };
        let mut results = RunResults::default();
        let (before, _) = snapshot(JSON);
        for (id, run) in before.runs(&file) {
            let place = Location { file: file.clone(), span: run.locate(run.name_span).span };
            let found = Anchored::new(Diagnostic::error("failed", "").at(place), &before);
            let text = before.run_text(&id).unwrap();
            let result = RunResult {
                status: RunStatus::Fail,
                elapsed: Duration::ZERO,
                asserts: 1,
                failed_asserts: 1,
                text,
                diagnostics: vec![found],
                operands: Vec::new(),
                read: Vec::new(),
                version: None,
            };
            results.insert(id, result);
        }
        let failed = "✗ 1 of 1 asserts";
        let both = ["\"a\" ▶ Run", &format!("\"a\" {failed}"), "\"b\" ▶ Run", &format!("\"b\" {failed}")];
        assert_eq!(titles(JSON, &results)[1..], both);
        let edited = JSON.replace("plan", "apply").replace("\"run\"", "\"//\": 1, \"run\"");
        assert_eq!(titles(&edited, &results), [both[0], both[1], both[2]]);
        let shown = results.diagnostics(&snapshot(&edited).0);
        assert_eq!(shown.len(), 1);
        assert_eq!(shown[0].subject.as_ref().unwrap().span.text(edited.split_once('\n').unwrap().1), "\"a\"");
    }

    #[test]
    fn clones_of_results_do_not_see_changes() {
        let (snapshot, _) = snapshot(TWO);
        let mut results = RunResults::default();
        let before = results.clone();
        assert!(RunResults::same(&before, &results));
        let (id, result) = result(&snapshot, 0, RunStatus::Running);
        results.insert(id.clone(), result);
        assert!(before.get(&id).is_none() && !RunResults::same(&before, &results));
        assert_eq!(results.get(&id).map(|it| Arc::strong_count(&it.text) > 0), Some(true));
        results.forget_running(|_| true);
        assert!(results.is_empty());
    }
}
