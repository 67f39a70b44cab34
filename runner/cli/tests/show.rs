//! What `-verbose` prints, byte for byte as terraform 1.11.4 does: every folder of `tests/data/show` is a module with
//! a test file and, in `expected.txt`, what `record.py` there recorded.

use std::path::Path;

use cli::Environment;

#[test]
fn values() {
    check("values");
}

#[test]
fn strings_of_several_lines_and_json() {
    check("text");
}

#[test]
fn actions_and_their_reasons() {
    check("actions");
}

#[test]
fn differences_inside_values() {
    check("differences");
}

#[test]
fn sensitive_values() {
    check("sensitive");
}

#[test]
fn outputs_of_all_types() {
    check("outputs");
}

#[test]
fn nothing_to_do_and_expected_failures() {
    check("nothing");
}

#[test]
fn numbers_names_and_addresses() {
    check("corners");
}

#[test]
fn without_planning() {
    check("refresh_only");
}

#[test]
fn the_state_of_another_module() {
    check("state_key");
}

#[test]
fn a_root_module_without_objects() {
    check("only_modules");
}

#[test]
fn several_kinds_in_one_file() {
    check("mixed");
}

#[test]
fn errors_of_the_run_and_of_its_assertions() {
    check("apply_error");
    check("assert_error");
}

/// Runs the folder's test file and compares the whole of standard output, plain and coloured.
#[track_caller]
fn check(folder: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/show").join(folder);
    let mut environment = Environment::new(path.clone());
    compare(&environment, folder, "expected.txt");
    environment.stdout_is_terminal = true;
    environment.columns = Some(78);
    compare(&environment, folder, "coloured.txt");
}

#[track_caller]
fn compare(environment: &Environment, folder: &str, recording: &str) {
    let expected = std::fs::read_to_string(environment.cwd.join(recording)).expect("the recording is there");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let words = ["test", "-verbose", "--dialect", "terraform@1.11.4"].map(str::to_owned).to_vec();
    cli::run(words, environment, &mut out, &mut err);
    let mut out = with_zero_ids(&String::from_utf8(out).expect("the output is text"));
    if environment.stdout_is_terminal
        && let Some((first, rest)) = out.split_once('\n')
    {
        assert_eq!(first, "\u{1b}[90mBy the rules of Terraform 1.11.4 (as asked)\u{1b}[0m");
        // The reset of the line stands before the next one.
        out = rest.strip_prefix("\u{1b}[0m").unwrap_or(rest).to_owned();
    }
    let errors = String::from_utf8_lossy(&err);
    assert!(out == expected, "{folder}/{recording}: {}\n{errors}", difference(&out, &expected));
}

fn with_zero_ids(text: &str) -> String {
    const ID: &str = "00000000-0000-0000-0000-000000000000";
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let is_id = rest.get(..ID.len()).is_some_and(|word| {
            word.bytes()
                .zip(ID.bytes())
                .all(|(b, zero)| if zero == b'-' { b == zero } else { b.is_ascii_hexdigit() })
        });
        let (text, length) = if is_id { (ID, ID.len()) } else { (&rest[..c.len_utf8()], c.len_utf8()) };
        out.push_str(text);
        rest = &rest[length..];
    }
    out
}

/// The first line that differs, with those around it.
fn difference(got: &str, want: &str) -> String {
    let (got, want): (Vec<&str>, Vec<&str>) = (got.split('\n').collect(), want.split('\n').collect());
    let at = got.iter().zip(&want).take_while(|(got, want)| got == want).count();
    let around = |lines: &[&str]| {
        let shown = &lines[at.saturating_sub(6)..lines.len().min(at + 6)];
        shown.iter().map(|line| format!("    |{line}|\n")).collect::<String>()
    };
    format!("line {}\n  ours\n{}  theirs\n{}", at + 1, around(&got), around(&want))
}
