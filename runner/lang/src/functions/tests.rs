//! The tables in `testdata/`: an expression after `> `, then what terraform 1.11.4 answers, as the console prints it, or
//! `! Summary: detail` (of a Go panic only the first line). `UPDATE_EXPECT=1` does not touch them: they are recordings of another program.
#![expect(clippy::disallowed_methods, reason = "the recording is read from disk")]

use std::path::Path;

use syntax::{FileName, Origin, parse_expression};

use super::{FileError, FileReader, Since};
use crate::render::console;
use crate::{Dialect, Resolved, Scope, Traversal, Value, evaluate, lower_in};

#[test]
fn builtin_provider() {
    check(include_str!("testdata/builtin_provider.txt"));
}

#[test]
fn collection() {
    check(include_str!("testdata/collection.txt"));
}

#[test]
fn encoding() {
    check(include_str!("testdata/encoding.txt"));
}

#[test]
fn filesystem() {
    check(include_str!("testdata/filesystem.txt"));
}

#[test]
fn format() {
    check(include_str!("testdata/format.txt"));
}

#[test]
fn json() {
    check(include_str!("testdata/json.txt"));
}

#[test]
fn network() {
    check(include_str!("testdata/network.txt"));
}

#[test]
fn numeric() {
    check(include_str!("testdata/numeric.txt"));
}

#[test]
fn regex() {
    check(include_str!("testdata/regex.txt"));
}

#[test]
fn string() {
    check(include_str!("testdata/string.txt"));
}

#[test]
fn time() {
    check(include_str!("testdata/time.txt"));
}

#[test]
fn yaml() {
    check(include_str!("testdata/yaml.txt"));
}

#[test]
fn yamldecode() {
    check(include_str!("testdata/yamldecode.txt"));
}

/// Every entry has a documentation and names that are used once.
#[test]
fn entries() {
    let mut names: Vec<&str> = super::all().map(|function| function.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "a name stands in two groups");
    for function in super::all() {
        assert!(function.doc.ends_with('.'), "{} has no documentation", function.name);
        let removed = matches!(function.name, "list" | "map");
        assert!(removed || !function.example.is_empty(), "{} has no example", function.name);
        for param in function.params.iter().chain(&function.variadic) {
            assert!(!param.doc.is_empty(), "{}({}) has no documentation", function.name, param.name);
        }
    }
}

/// Names, order, types and nullness of parameters are those of `terraform metadata functions -json`.
#[test]
fn signatures() {
    // The tool lists neither the removed functions nor how `can` and `try` see their arguments, nor what is not
    // offered everywhere or only by later versions.
    const UNLISTED: &[&str] = &["can", "list", "map", "try", "type", "convert"];
    let recorded = include_str!("testdata/signatures.txt");
    let mut wrong = Vec::new();
    let mut listed = 0;
    for function in super::all() {
        let provided = function.place == super::Place::Provider;
        if function.since.terraform.is_none() || provided || UNLISTED.contains(&function.name) {
            continue;
        }
        listed += 1;
        let show = |param: &super::Param, dots: &str| {
            let null = if param.allow_null { "?" } else { "" };
            format!("{}{null}{dots}: {}", param.name, param.ty)
        };
        let mut params: Vec<String> = function.params.iter().map(|param| show(param, "")).collect();
        params.extend(function.variadic.iter().map(|param| show(param, "...")));
        let ours = format!("{}({})", function.name, params.join(", "));
        if !recorded.lines().any(|line| line == ours) {
            let prefix = format!("{}(", function.name);
            let theirs = recorded.lines().find(|line| line.starts_with(&prefix));
            wrong.push(format!("{ours} is {}", theirs.unwrap_or("not there")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let wanted =
        recorded.lines().filter(|line| !UNLISTED.iter().any(|name| line.starts_with(&format!("{name}("))));
    assert_eq!(listed, wanted.count(), "a function is missing");
}

/// Which versions have which function: `testdata/versions.txt`, from the change logs of both tools.
#[test]
fn versions() {
    let show = |version: Option<(u32, u32)>| match version {
        Some((major, minor)) => format!("{major}.{minor}"),
        None => "-".to_owned(),
    };
    let mut ours: Vec<String> = super::all()
        .map(|function| {
            let provided = function.place == super::Place::Provider;
            let prefix = if provided { "provider::terraform::" } else { "" };
            let Since { terraform, opentofu } = function.since;
            format!("{prefix}{} {} {}", function.name, show(terraform), show(opentofu))
        })
        .collect();
    let mut recorded: Vec<&str> = include_str!("testdata/versions.txt").lines().collect();
    ours.sort_unstable();
    recorded.sort_unstable();
    assert_eq!(ours, recorded);
}

/// A call is of an unknown function in exactly the versions that the same table says, up to those that are not out yet.
#[test]
fn presence() {
    let minor = |since: &str| since.strip_prefix("1.").map(|minor| minor.parse::<u32>().expect("a number"));
    for row in include_str!("testdata/versions.txt").lines() {
        let [name, terraform, opentofu] = *row.split(' ').collect::<Vec<_>>() else { panic!("{row}") };
        let elsewhere = super::lookup(name).is_none_or(|function| function.place != super::Place::Anywhere);
        let terraform =
            (6..=16).map(|at| (Dialect::terraform(at, 0), minor(terraform).is_some_and(|since| since <= at)));
        let opentofu =
            (6..=12).map(|at| (Dialect::opentofu(at, 0), minor(opentofu).is_some_and(|since| since <= at)));
        for (dialect, there) in terraform.chain(opentofu) {
            for call in [format!("{name}()"), format!("core::{name}()")] {
                let (_, found) = evaluated_in(&Versioned(dialect), dialect, &call);
                // Of the words of the namespace of all, terraform says only that this is none.
                let unknown = ["Call to unknown function", "Unknown provider function"];
                let unknown = found.iter().any(|it| unknown.contains(&it.summary.as_str()));
                assert_eq!(unknown, !there || elsewhere, "{call} in {dialect:?}: {found:?}");
            }
        }
    }
}

/// An example gives what it says; those whose result differs each time are at least calls that exist.
#[test]
fn examples() {
    const CHANGING: &[&str] =
        &["plantimestamp", "rsadecrypt", "templatefile", "templatestring", "timestamp", "type", "uuid"];
    for function in super::all().filter(|function| !function.example.is_empty()) {
        let (call, result) = function.example.split_once(" # ").expect("an example says what it gives");
        let file = FileName::from("main.tf");
        let parse = parse_expression(&file, call);
        assert!(parse.diagnostics.is_empty(), "{call}");
        if !CHANGING.contains(&function.name) {
            assert_eq!(as_json(call), as_json(result), "{}", function.example);
        }
    }
}

fn as_json(expression: &str) -> String {
    let (value, sink) = evaluated(expression);
    assert!(sink.is_empty(), "{expression}: {sink:?}");
    crate::render::json(&value.unmark_deep().0).expect("an example gives what JSON can hold")
}

/// Compares every row of a table and reports all that differ.
fn check(table: &str) {
    let mut wrong = String::new();
    let mut rows = 0;
    for row in table.split("\n> ").flat_map(|row| row.strip_prefix("> ").or(Some(row))) {
        let (expression, want) = row.split_once('\n').expect("a row has an answer");
        let got = answer(expression);
        rows += 1;
        if got.trim_end() != want.trim_end() {
            wrong.push_str(&format!("\n> {expression}\n  want {want}\n  got  {got}\n"));
        }
    }
    assert!(rows > 5, "the table has rows");
    assert!(wrong.is_empty(), "{} rows, these differ:\n{wrong}", rows);
}

fn answer(expression: &str) -> String {
    let (value, sink) = evaluated(expression);
    match sink.first() {
        Some(diagnostic) => format!("! {}: {}", diagnostic.summary, diagnostic.detail),
        None => console(&value),
    }
}

fn evaluated(expression: &str) -> (Value, syntax::Diagnostics) {
    evaluated_in(&Empty, Dialect::terraform(15, 0), expression)
}

fn evaluated_in(scope: &dyn Scope, dialect: Dialect, expression: &str) -> (Value, syntax::Diagnostics) {
    let file = FileName::from("main.tf");
    let parse = parse_expression(&file, expression);
    let mut sink = parse.diagnostics;
    let value = evaluate(&lower_in(&parse.tree, dialect), &Origin::new(file, 0), scope, &mut sink);
    (value, sink)
}

/// No names, and the functions of a dialect.
struct Versioned(Dialect);

impl Scope for Versioned {
    fn resolve(&self, _: &Traversal, _: &Origin, _: &mut syntax::Diagnostics) -> Option<Resolved> {
        None
    }

    fn files(&self) -> &dyn FileReader {
        &super::NoFiles
    }

    fn dialect(&self) -> Dialect {
        self.0
    }
}

/// No names, every function of every version, and the files next to the recorded expressions.
struct Empty;

impl Scope for Empty {
    fn resolve(&self, _: &Traversal, _: &Origin, _: &mut syntax::Diagnostics) -> Option<Resolved> {
        None
    }

    fn files(&self) -> &dyn FileReader {
        self
    }

    fn pure(&self) -> bool {
        false
    }

    fn offers(&self, _: &super::Function, _: &str) -> bool {
        true
    }
}

impl FileReader for Empty {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        std::fs::read(place(path)).map_err(failed)
    }

    fn is_file(&self, path: &str) -> Result<bool, FileError> {
        match std::fs::metadata(place(path)) {
            Ok(data) if data.is_dir() => Err(FileError::Directory),
            Ok(_) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    fn read_dir(&self, path: &str) -> Result<Vec<(String, bool)>, FileError> {
        let entries = std::fs::read_dir(place(path)).map_err(failed)?;
        let entry = |entry: std::io::Result<std::fs::DirEntry>| {
            let entry = entry.ok()?;
            Some((entry.file_name().into_string().ok()?, entry.file_type().ok()?.is_dir()))
        };
        Ok(entries.filter_map(entry).collect())
    }

    fn absolute(&self, path: &str) -> String {
        format!("/home/user/project/{path}")
    }

    fn home(&self) -> Option<String> {
        Some("/home/user".to_owned())
    }
}

fn place(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/expressions/files").join(path)
}

fn failed(error: std::io::Error) -> FileError {
    match error.kind() {
        std::io::ErrorKind::NotFound => FileError::NotFound,
        std::io::ErrorKind::IsADirectory => FileError::Directory,
        _ => FileError::Other(error.to_string()),
    }
}
