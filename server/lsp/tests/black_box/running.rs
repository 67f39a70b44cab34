//! Runs from the editor: lenses, verdicts, diagnostics, progress, cancellation.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::client::{Client, Workspace, position, uri};

const MAIN: &str = r#"variable "name" {
  type = string
}
resource "terraform_data" "main" {
  input = var.name
}
output "greeting" {
  value = "hello ${terraform_data.main.output}"
}
"#;

const TESTS: &str = r#"variables {
  name = "bob"
}

run "passes" {
  assert {
    condition     = output.greeting == "hello bob"
    error_message = "Nobody was greeted."
  }
}

run "fails" {
  variables {
    name = "eve"
  }
  assert {
    condition     = output.greeting == "hello bob"
    error_message = "The wrong one was greeted."
  }
  assert {
    condition     = var.name == "eve"
    error_message = "Not eve."
  }
}
"#;

struct Bench {
    workspace: Workspace,
    client: Client,
    file: PathBuf,
}

fn open(tests: &str) -> Bench {
    let workspace = Workspace::new("running", &[("main.tf", MAIN), ("tests/main.tftest.hcl", tests)]);
    let mut client = Client::open(&workspace.root);
    let file = workspace.path("tests/main.tftest.hcl");
    client.did_open(&file, tests);
    Bench { workspace, client, file }
}

fn run_command(file: &Path, run: Option<&str>) -> Value {
    let argument = match run {
        Some(run) => json!({"uri": uri(file), "run": run}),
        None => json!({"uri": uri(file)}),
    };
    json!({"command": "runblock.run", "arguments": [argument]})
}

impl Bench {
    fn run(&mut self, run: Option<&str>) -> Value {
        self.client.request("workspace/executeCommand", run_command(&self.file, run))
    }

    /// `line: title` of every lens.
    fn lenses(&mut self) -> Vec<String> {
        let list =
            self.client.request("textDocument/codeLens", json!({"textDocument": {"uri": uri(&self.file)}}));
        let show = |lens: &Value| {
            let title = lens["command"]["title"].as_str().unwrap();
            // How long it took is the machine's business.
            let title = if title.ends_with(" ms") { "✓ n ms" } else { title };
            format!("{}: {title}", lens["range"]["start"]["line"])
        };
        list.as_array().unwrap().iter().map(show).collect()
    }
}

#[test]
fn a_file_is_run_and_its_verdicts_are_shown() {
    let mut bench = open(TESTS);
    assert_eq!(bench.lenses(), ["0: ▶ Run file", "4: ▶ Run", "11: ▶ Run"]);
    let summary = bench.run(None);
    assert_eq!(summary, json!({"status": "fail", "passed": 1, "failed": 1, "errored": 0, "skipped": 0}));
    let lenses =
        ["0: ▶ Run file", "0: ✗ 1 of 2 failed", "4: ▶ Run", "4: ✓ n ms", "11: ▶ Run", "11: ✗ 1 of 2 asserts"];
    assert_eq!(bench.lenses(), lenses);
    let found = bench.client.diagnostics(&bench.file, |list| !list.is_empty());
    assert_eq!(found.len(), 1, "{found:#?}");
    let at = position(TESTS, "fails", 0)["line"].as_u64().unwrap() + 5;
    assert_eq!(found[0]["range"]["start"], json!({"line": at, "character": 20}));
    assert_eq!(
        found[0]["message"],
        "Test assertion failed\n\nThe wrong one was greeted.\n\noutput.greeting is \"hello eve\""
    );
    bench.client.wait_for("a request to draw the lenses again", |message| {
        message["method"] == "workspace/codeLens/refresh"
    });
    assert!(bench.workspace.root.exists());
}

#[test]
fn one_run_is_run_alone_and_can_be_asked_about() {
    let mut bench = open(TESTS);
    let summary = bench.run(Some("passes"));
    assert_eq!(summary, json!({"status": "pass", "passed": 1, "failed": 0, "errored": 0, "skipped": 0}));
    assert_eq!(bench.lenses(), ["0: ▶ Run file", "4: ▶ Run", "4: ✓ n ms", "11: ▶ Run"]);
    let ask =
        json!({"command": "runblock.showResult", "arguments": [{"uri": uri(&bench.file), "run": "passes"}]});
    bench.client.request("workspace/executeCommand", ask);
    let shown = bench.client.notification("window/showMessage", |_| true);
    assert!(shown["message"].as_str().unwrap().starts_with("run \"passes\": ✓"), "{shown}");
}

#[test]
fn verdicts_fade_with_the_text_they_are_about() {
    let mut bench = open(TESTS);
    bench.run(None);
    bench.client.diagnostics(&bench.file, |list| list.len() == 1);
    // Text above moves the verdicts and leaves them standing.
    let moved = TESTS.replacen("\n\n", "\n\n\n\n", 1);
    bench.client.did_change(&bench.file, 2, &moved);
    let found = bench.client.diagnostics(&bench.file, |list| list.len() == 1);
    assert_eq!(
        found[0]["range"]["start"],
        position(&moved, "output.greeting == \"hello bob\"\n    error_message = \"The", 0)
    );
    assert!(bench.lenses().contains(&"13: ✗ 1 of 2 asserts".to_owned()));
    // Editing the run block ends them, for this block only.
    bench.client.did_change(
        &bench.file,
        3,
        &moved.replace("\"eve\"\n  }\n  assert", "\"bob\"\n  }\n  assert"),
    );
    bench.client.diagnostics(&bench.file, |list| list.is_empty());
    assert_eq!(bench.lenses(), ["0: ▶ Run file", "6: ▶ Run", "6: ✓ n ms", "13: ▶ Run"]);
    // What runs is what is in the editor, saved or not.
    let summary = bench.run(Some("fails"));
    assert_eq!(summary["status"], "fail", "{summary}");
    let found = bench.client.diagnostics(&bench.file, |list| list.len() == 1);
    assert!(found[0]["message"].as_str().unwrap().contains("Not eve."), "{found:#?}");
}

#[test]
fn an_unsaved_module_is_what_runs() {
    let mut bench = open(TESTS);
    let main = bench.workspace.path("main.tf");
    bench.client.did_open(&main, &MAIN.replace("hello ${terraform_data.main.output}", "hello bob"));
    assert_eq!(bench.run(None)["passed"], 2);
}

#[test]
fn an_error_stands_where_it_happened() {
    let mut bench = open(TESTS);
    let main = bench.workspace.path("main.tf");
    let broken = MAIN.replace("input = var.name", "input = [][length(var.name)]");
    std::fs::write(&main, &broken).unwrap();
    let summary = bench.run(Some("passes"));
    assert_eq!((&summary["status"], &summary["errored"]), (&json!("error"), &json!(1)));
    // The module's file is not open; its diagnostics are published all the same.
    let found = bench.client.diagnostics(&main, |list| !list.is_empty());
    assert_eq!(found[0]["range"]["start"]["line"], 4, "{found:#?}");
    assert!(bench.lenses().contains(&"4: ✗ error".to_owned()));
    // And they go when it runs well again.
    std::fs::write(&main, MAIN).unwrap();
    bench.run(Some("passes"));
    bench.client.diagnostics(&main, |list| list.is_empty());
}

#[test]
fn a_file_with_errors_does_not_run() {
    let mut bench = open("run \"a\" {\n  nonsense = 1\n}\nvariables {\n  name = \"bob\"\n}\n");
    let summary = bench.run(None);
    assert_eq!(summary["status"], "error", "{summary}");
    let message = bench.client.notification("window/showMessage", |_| true);
    assert_eq!(message["message"], "Unsupported argument (tests/main.tftest.hcl)");
    let found = bench.client.diagnostics(&bench.file, |list| !list.is_empty());
    let same = found.iter().filter(|it| it["message"].as_str().unwrap().starts_with("Unsupported argument"));
    assert_eq!(same.count(), 1, "the same is not said twice: {found:#?}");
}

#[test]
fn a_run_shows_its_progress() {
    let mut bench = open(TESTS);
    bench.run(Some("passes"));
    let token = bench.client.wait_for("a progress token", |message| {
        message["method"] == "window/workDoneProgress/create"
    })["params"]["token"]
        .take();
    let kinds = ["begin", "report", "end"].map(|kind| {
        bench
            .client
            .notification("$/progress", |params| params["token"] == token && params["value"]["kind"] == kind)
    });
    assert_eq!(kinds[0]["value"]["title"], "Testing run \"passes\"");
    assert_eq!(kinds[0]["value"]["cancellable"], true);
    assert_eq!(kinds[1]["value"]["message"], "run \"passes\"");
    assert_eq!(kinds[2]["value"]["message"], "1 passed");
    // A client's own token is used as it is.
    let mut command = run_command(&bench.file, Some("passes"));
    command["workDoneToken"] = json!("mine");
    bench.client.request("workspace/executeCommand", command);
    bench
        .client
        .notification("$/progress", |params| params["token"] == "mine" && params["value"]["kind"] == "end");
}

/// A file whose runs take long enough to be cancelled.
fn long_file() -> String {
    let run = |index: usize| {
        format!(
            "run \"r{index}\" {{\n  assert {{\n    condition = length([for a in range(300) : [for b in range(100) : \
             \"${{output.greeting}}${{a}}${{b}}\"]]) == 300\n    error_message = \"\"\n  }}\n}}\n"
        )
    };
    let runs: Vec<String> = (0..400).map(run).collect();
    format!("variables {{\n  name = \"x\"\n}}\n{}", runs.concat())
}

#[test]
fn a_long_run_is_cancelled_from_its_progress() {
    let mut bench = open(&long_file());
    let mut command = run_command(&bench.file, None);
    command["workDoneToken"] = json!("long");
    let id = bench.client.ask("workspace/executeCommand", command);
    bench.client.notification("$/progress", |params| params["value"]["kind"] == "report");
    assert!(bench.lenses().iter().any(|lens| lens.contains("⏳ running…")));
    bench.client.notify("window/workDoneProgress/cancel", json!({"token": "long"}));
    let response = bench.client.response(id);
    let summary = &response["result"];
    let ended = summary["passed"].as_u64().unwrap();
    assert!(ended < 400, "{summary}");
    assert!(!bench.lenses().iter().any(|lens| lens.contains("⏳ running…")));
}

#[test]
fn a_cancelled_request_stops_its_run() {
    let mut bench = open(&long_file());
    let mut command = run_command(&bench.file, None);
    command["workDoneToken"] = json!("long");
    let id = bench.client.ask("workspace/executeCommand", command);
    bench.client.notification("$/progress", |params| params["value"]["kind"] == "report");
    bench.client.notify("$/cancelRequest", json!({"id": id}));
    assert_eq!(bench.client.response(id)["error"]["code"], -32800);
    let end = bench.client.notification("$/progress", |params| params["value"]["kind"] == "end");
    assert!(!end["value"]["message"].as_str().unwrap().starts_with("400 passed"), "{end}");
    // The module is free again.
    assert_eq!(bench.run(Some("r0"))["passed"], 1);
}

#[test]
fn the_server_leaves_in_the_middle_of_a_run() {
    let mut bench = open(&long_file());
    let mut command = run_command(&bench.file, None);
    command["workDoneToken"] = json!("long");
    bench.client.ask("workspace/executeCommand", command);
    bench.client.notification("$/progress", |params| params["value"]["kind"] == "report");
    assert_eq!(bench.client.leave(), Some(0));
}

#[test]
fn wrong_arguments_are_answered() {
    let mut bench = open(TESTS);
    for (command, arguments) in [
        ("runblock.run", json!([])),
        ("runblock.run", json!([{"uri": 7}])),
        ("runblock.run", json!([{"uri": uri(&bench.workspace.path("nowhere.tftest.hcl"))}])),
        ("runblock.unknown", json!([])),
    ] {
        let params = json!({"command": command, "arguments": arguments});
        let error = bench.client.request_error("workspace/executeCommand", params);
        assert_eq!(error["code"], -32602, "{command} {arguments}");
    }
    let nothing = bench.run(Some("no-such-run"));
    assert_eq!((&nothing["passed"], &nothing["failed"]), (&json!(0), &json!(0)));
}

/// Ctrl-C on the command line: what runs is finished, the rest is skipped, everything is torn down.
#[cfg(unix)]
#[test]
fn an_interrupt_stops_the_command_line() {
    stops_at("INT");
}

/// What machines send that cancel a job is the same.
#[cfg(unix)]
#[test]
fn a_request_to_end_stops_the_command_line() {
    stops_at("TERM");
}

#[cfg(unix)]
fn stops_at(signal: &str) {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let name = format!("interrupt-{signal}");
    let workspace = Workspace::new(&name, &[("main.tf", MAIN), ("long.tftest.hcl", &long_file())]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_runblock"))
        .args(["test", "--no-color"])
        .current_dir(&workspace.root)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut lines = String::new();
    while !lines.contains("run \"r0\"") {
        assert!(output.read_line(&mut lines).unwrap() > 0, "{lines}");
    }
    let signal =
        Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap();
    assert!(signal.success());
    for line in output.lines() {
        lines.push_str(&line.unwrap());
        lines.push('\n');
    }
    let end = child.wait().unwrap();
    assert_eq!(end.code(), Some(0), "{lines}");
    assert!(lines.contains("run \"r399\"... skip"), "{lines}");
    assert!(lines.contains("long.tftest.hcl... tearing down"), "{lines}");
}

#[test]
fn a_json_file_runs_like_any_other() {
    let tests = r#"{
  "variables": {"name": "bob"},
  "run": {
    "passes": {"assert": {"condition": "${output.greeting == \"hello bob\"}", "error_message": "Nobody."}},
    "fails":
    {
      "assert": [
        {"condition": "${true || var.name == \"\"}", "error_message": "Never."},
        {"condition": "${output.greeting == \"h\u00e9\"}", "error_message": "No."}
      ]
    }
  }
}
"#;
    let workspace = Workspace::new("running-json", &[("main.tf", MAIN), ("tests/main.tftest.json", tests)]);
    let mut client = Client::open(&workspace.root);
    let file = workspace.path("tests/main.tftest.json");
    client.did_open(&file, tests);
    let mut bench = Bench { workspace, client, file };
    assert_eq!(bench.lenses(), ["0: ▶ Run file", "3: ▶ Run", "4: ▶ Run"]);
    bench.run(None);
    assert_eq!(
        bench.lenses(),
        ["0: ▶ Run file", "0: ✗ 1 of 2 failed", "3: ▶ Run", "3: ✓ n ms", "4: ▶ Run", "4: ✗ 1 of 2 asserts"]
    );
    let found = bench.client.diagnostics(&bench.file, |list| !list.is_empty());
    assert_eq!(found[0]["range"]["start"], position(tests, "\"${output.greeting == \\\"h\\u", 0));
    // An edit of one run leaves the other's verdict.
    let edited = tests.replace("Never.", "Not.");
    bench.client.did_change(&bench.file, 2, &edited);
    assert_eq!(bench.lenses(), ["0: ▶ Run file", "3: ▶ Run", "3: ✓ n ms", "4: ▶ Run"]);
}
