//! Input that explodes, is broken or is not there: a clear message, the right exit code, no crash, and an end: what is
//! not bounded would not come back. Everything goes through the command line's door, on a test thread's own small stack.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use runblock_conformance::tool::Folder;

const TEST: &str = "run \"a\" {}\n";

struct Answer {
    code: i32,
    text: String,
}

fn folder(files: &[(&str, &str)]) -> Folder {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    Folder::of(&files.collect::<BTreeMap<_, _>>())
}

fn ask(environment: &cli::Environment, args: &[&str]) -> Answer {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let args = args.iter().map(|arg| (*arg).to_owned()).collect();
    let code = cli::run(args, environment, &mut stdout, &mut stderr);
    stdout.extend(stderr);
    // Messages are folded at the terminal's width.
    let text = String::from_utf8_lossy(&stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    Answer { code, text }
}

fn test(files: &[(&str, &str)]) -> Answer {
    let folder = folder(files);
    ask(&cli::Environment::new(folder.path().to_owned()), &["test", "-no-color"])
}

/// A module that ends with an error that says all of `words`.
#[track_caller]
fn refused(main: &str, words: &[&str]) {
    let answer = test(&[("main.tf", main), ("t.tftest.hcl", TEST)]);
    assert!(answer.text.len() < 100_000, "a message of {} bytes", answer.text.len());
    let beginning: String = answer.text.chars().take(2000).collect();
    for word in words {
        assert!(answer.text.contains(word), "{word} in: {beginning}");
    }
    assert_eq!(answer.code, 1, "{beginning}");
}

/// `a0 = FIRST`, and forty locals that each are made of two of the one before.
fn doubling(first: &str, double: impl Fn(&str) -> String) -> String {
    let mut text = format!("locals {{\n  a0 = {first}\n");
    for level in 1..=40 {
        text.push_str(&format!("  a{level} = {}\n", double(&format!("local.a{}", level - 1))));
    }
    text + "}\noutput \"o\" { value = length(local.a40) }\n"
}

#[test]
fn strings_that_double() {
    let limit = ["the limit", "67108864 bytes"];
    let sixteen = "\"xxxxxxxxxxxxxxxx\"";
    refused(&doubling(sixteen, |a| format!("\"${{{a}}}${{{a}}}\"")), &limit);
    refused(&doubling(sixteen, |a| format!("join(\"\", [{a}, {a}])")), &limit);
    refused(&doubling(sixteen, |a| format!("format(\"%s%s\", {a}, {a})")), &limit);
}

#[test]
fn collections_that_double() {
    refused(&doubling("[1, 2]", |a| format!("concat({a}, {a})")), &["limit of 1048576 elements"]);
    // Nothing is copied here, but forty levels are a billion values for whoever walks them.
    let shared = doubling("[1, 2]", |a| format!("[{a}, {a}]"));
    refused(&shared, &["Value too large", "268435456 bytes"]);
    let written = shared.replace("length(", "jsonencode(");
    refused(&written, &["Value too large"]);
}

#[test]
fn loops_without_end() {
    refused("locals {\n  a = range(1000000000)\n}\n", &["Error in function call", "1024"]);
    refused(
        "locals {\n  r = range(1000)\n  a = [for i in local.r : [for j in local.r : [for k in local.r : 1]]]\n}\n",
        &["the limit"],
    );
    refused(
        "locals {\n  r = range(1000)\n  a = [for i in local.r : [for j in local.r : [for k in local.r : 1 if false]]]\n}\n",
        &["more than 20000000 iterations, which is the limit"],
    );
    refused(
        "locals {\n  s = format(\"%1000000s\", \"x\")\n  a = [for i in range(1000) : \"${local.s}${i}\"]\n}\n",
        &["Value too large"],
    );
}

#[test]
fn more_instances_than_anybody_needs() {
    let limit = ["Invalid count argument", "10000000 instances", "limit of 100000 instances"];
    refused("resource \"terraform_data\" \"r\" {\n  count = 10000000\n}\n", &limit);
    refused(
        "locals {\n  r = range(1000)\n}\nresource \"terraform_data\" \"r\" {\n  for_each = toset([for p in setproduct(local.r, range(500)) : \"${p[0]}-${p[1]}\"])\n}\n",
        &["Invalid for_each argument", "500000 instances", "limit of 100000 instances"],
    );
}

#[test]
fn modules_that_double() {
    let call = "module \"a\" {\n  source = \"./m\"\n}\nmodule \"b\" {\n  source = \"./m\"\n}\n";
    let count = "module \"a\" {\n  source = \"./m\"\n  count = 2\n}\n";
    for (text, words) in [(call, "more than 10000, which is the limit"), (count, "limit of 200000 instances")]
    {
        let mut path = String::new();
        let mut files = vec![("t.tftest.hcl".to_owned(), TEST)];
        for _ in 0..25 {
            files.push((format!("{path}main.tf"), text));
            path.push_str("m/");
        }
        files.push((format!("{path}main.tf"), "output \"o\" { value = 1 }\n"));
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        let answer = test(&files);
        assert!(answer.text.contains(words), "{words} in {}", answer.text);
        assert_eq!(answer.code, 1);
    }
}

#[test]
fn modules_from_values_that_double() {
    let call = "locals {\n  m = \"./m\"\n}\nmodule \"a\" {\n  source = local.m\n}\nmodule \"b\" {\n  source = local.m\n}\n";
    let mut path = String::new();
    let mut files = vec![("t.tftest.hcl".to_owned(), TEST), (".opentofu-version".to_owned(), "1.12.6\n")];
    for _ in 0..25 {
        files.push((format!("{path}main.tf"), call));
        path.push_str("m/");
    }
    files.push((format!("{path}main.tf"), "output \"o\" { value = 1 }\n"));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let answer = test(&files);
    assert!(answer.text.contains("Too many module calls"), "{}", answer.text);
    assert_eq!(answer.code, 1);
}

#[test]
fn values_deeper_than_the_limit() {
    for wrap in ["[PREVIOUS]", "{ a = PREVIOUS }"] {
        let mut text = String::from("locals {\n  a0 = 1\n");
        for level in 1..=3000 {
            let previous = format!("local.a{}", level - 1);
            text.push_str(&format!("  a{level} = {}\n", wrap.replace("PREVIOUS", &previous)));
        }
        text.push_str("}\noutput \"o\" { value = jsonencode(local.a3000) }\n");
        refused(&text, &["Value too deep", "500 levels of nesting, which is the limit"]);
    }
    // Up to the limit, everything that walks a value works.
    let mut text = String::from("locals {\n  a0 = 1\n");
    for level in 1..=490 {
        text.push_str(&format!("  a{level} = [local.a{}]\n", level - 1));
    }
    text.push_str(
        "}\nresource \"terraform_data\" \"r\" {\n  input = local.a490\n}\noutput \"o\" {\n  value = [length(jsonencode(local.a490)), local.a490 == local.a489, flatten(local.a490)]\n}\n",
    );
    let answer = test(&[("main.tf", text.as_str()), ("t.tftest.hcl", TEST)]);
    assert_eq!(answer.code, 0, "{}", answer.text);
}

#[test]
fn runs_that_nest_what_the_last_one_made() {
    let mut runs = String::from(TEST);
    let mut last = "a".to_owned();
    for index in 0..100 {
        runs.push_str(&format!("run \"r{index}\" {{\n  variables {{ v = run.{last}.o }}\n}}\n"));
        last = format!("r{index}");
    }
    let main = "variable \"v\" { default = 1 }\noutput \"o\" { value = [[[[[[[[[[var.v]]]]]]]]]] }\n";
    let answer = test(&[("main.tf", main), ("t.tftest.hcl", runs.as_str())]);
    assert!(answer.text.contains("Value too deep"), "{}", answer.text);
    assert_eq!(answer.code, 1);
}

#[test]
fn texts_that_are_no_configuration() {
    let bytes = "\0".repeat(100_000);
    let nested = format!("locals {{\n  a = {}1{}\n}}\n", "[".repeat(10_000), "]".repeat(10_000));
    let blocks = format!("{}{}", "a {\n".repeat(10_000), "}\n".repeat(10_000));
    for (text, words) in [
        ("resource \"terraform_data\" \"r", "Error"),
        ("resource \"terraform_data\" \"r\" {\n  input = {\n", "Error"),
        (bytes.as_str(), "Error"),
        (nested.as_str(), "Nesting too deep"),
        (blocks.as_str(), "Nesting too deep"),
    ] {
        refused(text, &[words]);
        // The same in the test file.
        let answer = test(&[("main.tf", ""), ("t.tftest.hcl", text)]);
        assert_eq!(answer.code, 1, "{:.1000}", answer.text);
    }
    let line = format!("output \"o\" {{ value = \"{}\" }}\n", "x".repeat(10_000_000));
    let answer = test(&[("main.tf", line.as_str()), ("t.tftest.hcl", TEST)]);
    assert_eq!(answer.code, 0, "{:.1000}", answer.text);
}

#[test]
fn bytes_that_are_no_text() {
    let folder = folder(&[("t.tftest.hcl", TEST)]);
    fs::write(folder.path().join("main.tf"), b"locals {\n  a = \"\xff\xfe\"\n}\n")
        .expect("the folder is ours");
    let answer = ask(&cli::Environment::new(folder.path().to_owned()), &["test", "-no-color"]);
    assert!(answer.text.contains("Invalid character encoding"), "{}", answer.text);
    assert_eq!(answer.code, 1);
    // They are not meaningless characters besides.
    fs::write(folder.path().join("main.tf"), b"locals {\n  a = \xff\n}\n").expect("the folder is ours");
    for command in [["test", "-no-color"], ["check", "-no-color"], ["fmt", "-no-color"]] {
        let answer = ask(&cli::Environment::new(folder.path().to_owned()), &command);
        assert_eq!(answer.text.matches("Error: Invalid character").count(), 1, "{}", answer.text);
    }
}

#[test]
fn places_that_are_not_there() {
    refused("module \"m\" {\n  source = \"./nowhere\"\n}\n", &["Module not installed", "nowhere"]);
    refused("module \"m\" {\n  source = \"./\"\n}\n", &["Module not installed", "called by itself"]);
    let answer = test(&[
        ("main.tf", ""),
        ("t.tftest.hcl", "run \"a\" {\n  module {\n    source = \"./no\"\n  }\n}\n"),
    ]);
    assert!(answer.text.contains("Module not installed"), "{}", answer.text);
    assert_eq!(answer.code, 1);

    // A directory where a file is expected.
    let folder = folder(&[("t.tftest.hcl", TEST)]);
    fs::create_dir(folder.path().join("main.tf")).expect("the folder is ours");
    let environment = cli::Environment::new(folder.path().to_owned());
    assert_eq!(ask(&environment, &["test", "-no-color"]).code, 0);
    let answer = ask(&environment, &["test", "-no-color", "nowhere"]);
    assert!(answer.code != 0 && answer.text.contains("nowhere"), "{} {}", answer.code, answer.text);
}

/// Terraform's second interrupt, while one expression is evaluated.
/// Either evaluation would go on for hours.
#[test]
fn cancel_ends_a_long_evaluation() {
    let long = "locals {\n  r = range(1000)\n  a = [for i in local.r : [for j in local.r : length([for k in local.r : k if false])]]\n}\n";
    let own = "variables {\n    v = [for i in range(1000) : [for j in range(1000) : length([for k in range(15) : k])]]\n  }";
    let run = format!("run \"a\" {{\n  {own}\n}}\nrun \"b\" {{}}\n");
    for (main, tests) in [(long, TEST), ("variable \"v\" { default = 1 }\n", run.as_str())] {
        let folder = folder(&[("main.tf", main), ("t.tftest.hcl", tests)]);
        let environment = cli::Environment::new(folder.path().to_owned());
        let cancel = Arc::clone(&environment.cancel);
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(300));
                let too_late = over.load(Ordering::Relaxed);
                cancel.stop();
                cancel.cancel();
                too_late
            });
            let answer = ask(&environment, &["test", "-no-color"]);
            over.store(true, Ordering::Relaxed);
            let too_late = waits.join().expect("the waiting thread does not panic");
            assert!(!too_late, "the evaluation is long enough to be interrupted");
            assert_eq!(answer.code, 1, "{}", answer.text);
        });
    }
}

/// Nothing is shared: two suites at once answer as each does alone, and the same suite answers the same.
#[test]
fn suites_do_not_see_each_other() {
    let suite = |name: &str| {
        let main = format!(
            "variable \"v\" {{ default = \"{name}\" }}\nresource \"terraform_data\" \"r\" {{\n  count = 20\n  input = var.v\n}}\noutput \"o\" {{ value = terraform_data.r[*].output }}\n"
        );
        let runs = format!(
            "run \"a\" {{\n  assert {{\n    condition     = alltrue([for o in output.o : o == \"{name}\"])\n    error_message = \"{name}\"\n  }}\n  assert {{\n    condition     = var.v == \"\"\n    error_message = \"{name} fails\"\n  }}\n}}\n"
        );
        folder(&[("main.tf", main.as_str()), ("t.tftest.hcl", runs.as_str())])
    };
    let folders = [suite("left"), suite("right")];
    let answer = |folder: &Folder| {
        let environment = cli::Environment::new(folder.path().to_owned());
        ask(&environment, &["test", "-no-color"]).text
    };
    let alone: Vec<String> = folders.iter().map(answer).collect();
    assert!(alone[0].contains("left fails") && alone[1].contains("right fails"), "{alone:?}");
    std::thread::scope(|scope| {
        let folders = &folders;
        let five = move |which: usize| (0..5).map(|_| answer(&folders[which])).collect::<Vec<_>>();
        let threads: Vec<_> =
            (0..8).map(|at| at % 2).map(|which| (which, scope.spawn(move || five(which)))).collect();
        for (which, thread) in threads {
            for text in thread.join().expect("no suite panics") {
                assert_eq!(text, alone[which]);
            }
        }
    });
}
