//! What a run of either tool says, read from its output: verdict per run block and diagnostics.
//!
//! Both the human form (`-no-color`) and the JSON lines are understood. The human form says less: an
//! errored run reads "fail", and a diagnostic has only a file and a line.

use serde::Deserialize;
use serde_json::Value;

use crate::text;

/// Exit code and streams of one command.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Output {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// The comparable facts of an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    pub code: i32,
    /// `FILE::RUN status` in the order of completion.
    pub verdicts: Vec<String>,
    /// `severity: summary @ place` in the order of appearance, standard output first.
    pub diagnostics: Vec<String>,
}

impl Observation {
    /// Reads an output; `json` says which form it has.
    pub fn of(output: &Output, json: bool) -> Self {
        let mut seen = Self { code: output.code, verdicts: Vec::new(), diagnostics: Vec::new() };
        if json {
            seen.read_events(&output.stdout);
        } else {
            // A report behind it tells everything once more.
            let stdout = output.stdout.split(text::JUNIT).next().unwrap_or_default();
            seen.read_progress(stdout);
            seen.read_diagnostics(stdout);
        }
        seen.read_diagnostics(&output.stderr);
        seen
    }

    fn read_events(&mut self, stdout: &str) {
        for event in text::events(stdout) {
            let run = &event["test_run"];
            if run["progress"] == "complete" {
                self.verdicts.push(format!(
                    "{}::{} {}",
                    word(&run["path"]),
                    word(&run["run"]),
                    word(&run["status"])
                ));
            }
            if event["type"] == "diagnostic" {
                self.diagnostics.push(diagnostic(&event["diagnostic"]));
            }
        }
    }

    fn read_progress(&mut self, stdout: &str) {
        let mut file = "";
        for line in stdout.lines() {
            if let Some(name) = line.strip_suffix("... in progress") {
                file = name;
            } else if let Some((run, status)) =
                line.strip_prefix("  run \"").and_then(|rest| rest.split_once("\"... "))
            {
                self.verdicts.push(format!("{file}::{run} {status}"));
            }
        }
    }

    fn read_diagnostics(&mut self, stream: &str) {
        let lines: Vec<&str> = stream.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let after_blank = at == 0 || lines.get(at - 1).is_some_and(|previous| previous.is_empty());
            let Some((severity, summary)) = header(line).filter(|_| after_blank) else { continue };
            // The place stands in the paragraph after the header, below the address if there is one.
            let rest = lines.get(at + 1..).unwrap_or_default();
            let rest = rest.strip_prefix(&[""]).unwrap_or(rest);
            let place = rest
                .iter()
                .take_while(|line| line.starts_with("  ") || line.is_empty())
                .find_map(|l| place(l));
            let place = place.unwrap_or_else(|| "nowhere".to_owned());
            let summary = text::steady_cycle(summary);
            self.diagnostics.push(format!("{severity}: {summary} @ {place}"));
        }
    }
}

/// `FILE::RUN status` and `FILE status` of everything that JSON lines give a status to, a line each, in their order.
pub fn statuses(stdout: &str) -> String {
    let status = |event: Value| {
        let (run, file) = (&event["test_run"], &event["test_file"]);
        if let Some(status) = run["status"].as_str() {
            return Some(format!("{}::{} {status}\n", word(&run["path"]), word(&run["run"])));
        }
        file["status"].as_str().map(|status| format!("{} {status}\n", word(&file["path"])))
    };
    text::events(stdout).into_iter().filter_map(status).collect()
}

fn header(line: &str) -> Option<(&'static str, &str)> {
    let error = line.strip_prefix("Error: ").map(|summary| ("error", summary));
    error.or_else(|| line.strip_prefix("Warning: ").map(|summary| ("warning", summary)))
}

/// `FILE:LINE` of a line such as `  on main.tf line 3, in output "x":`.
fn place(line: &str) -> Option<String> {
    let (file, rest) = line.strip_prefix("  on ")?.split_once(" line ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(format!("{file}:{digits}"))
}

fn diagnostic(found: &Value) -> String {
    let at = |side: &str| {
        let position = &found["range"][side];
        format!("{}:{}", position["line"], position["column"])
    };
    let place = match found["range"].is_object() {
        true => format!("{}:{}-{}", word(&found["range"]["filename"]), at("start"), at("end")),
        false => "nowhere".to_owned(),
    };
    format!("{}: {} @ {place}", word(&found["severity"]), word(&found["summary"]))
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded;

    fn observed(name: &str) -> Observation {
        let case = recorded::all().into_iter().find(|case| case.name == name).expect("a recorded case");
        Observation::of(&case.expected, case.is_json())
    }

    #[test]
    fn human_form() {
        let seen = observed("workspace/stops_at_error/human");
        assert_eq!(seen.code, 1);
        assert_eq!(
            seen.verdicts,
            [
                "a_errors.tftest.hcl::starts_well pass",
                "a_errors.tftest.hcl::no_steps fail",
                "a_errors.tftest.hcl::never_runs skip",
                "a_errors.tftest.hcl::nor_does_this skip",
                "b_fails.tftest.hcl::fails fail",
                "b_fails.tftest.hcl::goes_on pass",
            ]
        );
        assert_eq!(
            seen.diagnostics,
            [
                "error: Invalid index @ main.tf:12",
                "error: Test assertion failed @ b_fails.tftest.hcl:5",
                "error: Test assertion failed @ b_fails.tftest.hcl:10",
            ]
        );
    }

    #[test]
    fn json_form() {
        let seen = observed("workspace/stops_at_error/json");
        assert_eq!(seen.verdicts[1], "a_errors.tftest.hcl::no_steps error");
        assert_eq!(seen.diagnostics[0], "error: Invalid index @ main.tf:12:20-12:43");
    }

    #[test]
    fn both_forms_tell_of_the_same_runs_and_diagnostics() {
        let cases = recorded::all();
        for case in cases.iter().filter(|case| case.name.ends_with("/human")) {
            let twin = case.name.replace("/human", "/json");
            let Some(twin) = cases.iter().find(|case| case.name == twin) else { continue };
            let human = Observation::of(&case.expected, false);
            let json = Observation::of(&twin.expected, true);
            let verdicts: Vec<String> = json.verdicts.iter().map(|v| v.replace(" error", " fail")).collect();
            assert_eq!(human.verdicts, verdicts, "{}", case.name);
            // Equal warnings are told once in the human form.
            assert!(human.diagnostics.len() <= json.diagnostics.len(), "{}", case.name);
            assert_eq!(human.diagnostics.is_empty(), json.diagnostics.is_empty(), "{}", case.name);
        }
    }

    #[test]
    fn warnings_and_diagnostics_without_a_place() {
        let seen = observed("case/expect_pre_apply_listed/human");
        assert_eq!(seen.verdicts, ["t.tftest.hcl::a fail", "t.tftest.hcl::after skip"]);
        assert_eq!(seen.diagnostics[0], "warning: Expected failure while planning @ nowhere");
        assert_eq!(seen.diagnostics.len(), 2);
    }

    #[test]
    fn every_failing_case_has_an_error() {
        for case in recorded::all().iter().filter(|case| case.expected.code != 0) {
            let seen = Observation::of(&case.expected, case.is_json());
            assert!(seen.diagnostics.iter().any(|d| d.starts_with("error: ")), "{}", case.name);
        }
    }
}
