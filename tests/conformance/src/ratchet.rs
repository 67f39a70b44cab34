//! Holds a measurement to a committed list: what agrees once agrees for good.
//!
//! A list has one line per entry, in order; `#` begins a comment line. A test that measures less or more
//! than the list fails, and `UPDATE_EXPECT=1` writes the list anew.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

/// Compares `measured` with the list at `path`, or writes it when `UPDATE_EXPECT` is set.
///
/// `header` becomes the comment at the top of a written list.
///
/// # Errors
/// A text for the person who reads the test's output: which lines are missing from the measurement and
/// which are new in it.
pub fn hold(path: &Path, header: &str, measured: &BTreeSet<String>) -> Result<(), String> {
    if env::var_os("UPDATE_EXPECT").is_some() {
        return fs::write(path, render(header, measured))
            .map_err(|error| format!("{}: {error}", path.display()));
    }
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    compare(&text, measured).map_err(|report| format!("{}:\n{report}", path.display()))
}

fn render(header: &str, measured: &BTreeSet<String>) -> String {
    let comment = header.lines().map(|line| format!("# {line}\n"));
    comment.chain(measured.iter().map(|line| format!("{line}\n"))).collect()
}

fn compare(committed: &str, measured: &BTreeSet<String>) -> Result<(), String> {
    let committed: BTreeSet<&str> =
        committed.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    let gone =
        committed.iter().filter(|line| !measured.contains(**line)).map(|line| format!("  gone: {line}\n"));
    let new = measured
        .iter()
        .filter(|line| !committed.contains(line.as_str()))
        .map(|line| format!("  new:  {line}\n"));
    let report: String = gone.chain(new).collect();
    match report.is_empty() {
        true => Ok(()),
        false => Err(format!("{report}set UPDATE_EXPECT=1 to write the list anew")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(lines: &[&str]) -> BTreeSet<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn a_written_list_holds() {
        let measured = set(&["b text", "a exit"]);
        let list = render("What agrees.\nTwo lines.", &measured);
        assert_eq!(list, "# What agrees.\n# Two lines.\na exit\nb text\n");
        assert_eq!(compare(&list, &measured), Ok(()));
    }

    #[test]
    fn what_is_gone_and_what_is_new_fails() {
        let report = compare("# x\na exit\nb text\n", &set(&["b text", "c exit"])).expect_err("they differ");
        assert!(report.starts_with("  gone: a exit\n  new:  c exit\n"), "{report}");
    }
}
