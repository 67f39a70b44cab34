//! `runblock console` as a process: its standard input is a pipe, and answers come while it stays open.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

fn start(directory: &Path, args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_runblock"))
        .arg("console")
        .args(args)
        .current_dir(directory)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn scope() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/expressions/scope")
}

#[test]
fn answers_stream_while_the_input_stays_open() {
    let mut console = start(&scope(), &["--json"]);
    let mut input = console.stdin.take().unwrap();
    let mut answers = BufReader::new(console.stdout.take().unwrap()).lines();
    for (line, (expression, value)) in [
        ("upper(local.name)", "\"ADA\""),
        ("local.secret", "(sensitive value)"),
        ("local.any", "(known after apply)"),
    ]
    .into_iter()
    .enumerate()
    {
        writeln!(input, "{expression}").unwrap();
        let answer: Value = serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
        assert_eq!((&answer["line"], &answer["value"]), (&json!(line + 1), &json!(value)));
    }
    drop(input);
    assert_eq!(console.wait().unwrap().code(), Some(0));
}

/// The recorded answers that have a value, all through one process.
#[test]
fn recorded_values_come_in_order() {
    let recorded = std::fs::read_to_string(scope().join("../../console.json")).unwrap();
    let recorded: Vec<Value> = serde_json::from_str(&recorded).unwrap();
    let recorded: Vec<&Value> =
        recorded.iter().filter(|it| it["group"] == "generated" && it["code"] == 0).collect();
    let text = |it: &Value, key: &str| it[key].as_str().unwrap().to_owned();
    let expressions: Vec<String> = recorded.iter().map(|it| text(it, "expr")).collect();
    let expected: String = recorded.iter().map(|it| text(it, "stdout")).collect();
    assert!(expressions.len() > 300);
    let mut console = start(&scope(), &["--each", "--dialect", "terraform@1.11.4"]);
    let mut input = console.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        for expression in expressions {
            writeln!(input, "{expression}").unwrap();
        }
    });
    let output = console.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    assert_eq!((output.status.code(), &*String::from_utf8_lossy(&output.stderr)), (Some(0), ""));
}

#[test]
fn an_error_is_the_exit_code() {
    let mut console = start(&scope(), &[]);
    console.stdin.take().unwrap().write_all(b"1\n1 + []\n2\n").unwrap();
    let output = console.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("\nError: Invalid operand\n"));
}
