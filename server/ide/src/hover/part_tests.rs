//! Names in values that nothing declares.

use config::Dialect;
use config::convert::to_json;
use fixture::Fixture;
use syntax::FileName;

use super::*;
use crate::testing::{MODULE, at_cursor, snapshot};

/// The first line that is shown, and what it is about; in both syntaxes the same.
#[track_caller]
fn check(text: &str, expected: Option<(&str, &str)>) {
    let shown = |files: &str| {
        let (snapshot, file, offset) = at_cursor(&format!("{MODULE}{files}"));
        let found = hover(&snapshot, &RunResults::default(), &file, offset)?;
        let document = snapshot.document(&file).unwrap();
        let line = found.text.trim_start_matches("```hcl\n").lines().next().unwrap_or_default().to_owned();
        Some((found.span.text(&document.text()).trim_matches('"').to_owned(), line))
    };
    let expected = expected.map(|(about, line)| (about.to_owned(), line.to_owned()));
    assert_eq!(shown(&format!("//- /main.tftest.hcl\n{text}")), expected, "{text}");
    // A mark that is a name, so that the conversion leaves it where it is.
    let marked = text.replace("$0", "MARK");
    let json = to_json(&FileName::new("main.tftest.hcl"), &marked, Dialect::default()).unwrap().text;
    let json = json.replace("MARK", "$0");
    assert_eq!(shown(&format!("//- /main.tftest.json\n{json}")), expected, "{json}");
}

#[track_caller]
fn check_condition(condition: &str, expected: Option<(&str, &str)>) {
    check(
        &format!("run \"first\" {{}}\nrun \"last\" {{\n  assert {{\n    condition = {condition}\n  }}\n}}\n"),
        expected,
    );
}

#[test]
fn parts_of_values_have_types() {
    check_condition("var.size.wid$0th == 1", Some(("width", "width: number")));
    check_condition(
        "run.first.box.ri$0ght.width == 1",
        Some(("right", "right: object({height=number,width=number})")),
    );
    check_condition("output.box.right.$0width == 1", Some(("width", "width: number")));
    check_condition("values(local.box)[0] == local.box.le$0ft", Some(("left", "left: number")));
    check_condition("one([var.size]).hei$0ght == 1", Some(("height", "height: number")));
    check_condition("var.size.depth$0 == 1", None);
}

#[test]
fn names_of_for_expressions_have_types() {
    check_condition(
        "alltrue([for it in [var.size] : i$0t.width == 1])",
        Some(("it", "it: object({height=number,width=number})")),
    );
    check_condition("alltrue([for k, v in { a = 1 } : k$0 == v])", Some(("k", "k: string")));
}

#[test]
fn keys_of_objects_have_types() {
    check("variables {\n  size = { wi$0dth = 1 }\n}\n", Some(("width", "width: number")));
    check(
        "run \"a\" {\n  variables {\n    size = {\n      $0height = 1\n    }\n  }\n}\n",
        Some(("height", "height: number")),
    );
    check("variables {\n  size = { de$0pth = 1 }\n}\n", None);
}

/// Also in a module's own files, where the language has words about what every block has.
#[test]
fn in_modules() {
    for (text, expected) in [
        ("locals {\n  a = local.box.le$0ft\n}\n", "left: number"),
        (
            "module \"n\" {\n  source = \"./child\"\n  for_each = { a = { b = 1 } }\n  depth = each.value.$0b\n}\n",
            "b: number",
        ),
        ("locals {\n  a = terraform.wor$0kspace\n}\n", "The name of the selected workspace."),
    ] {
        let (snapshot, file, offset) = at_cursor(&format!("{MODULE}//- /more.tf\n{text}"));
        let shown =
            hover(&snapshot, &RunResults::default(), &file, offset).unwrap_or_else(|| panic!("{text}"));
        assert!(shown.text.contains(expected), "{text}: {}", shown.text);
    }
}

/// Wherever the pointer is.
#[test]
fn half_a_text_breaks_nothing() {
    let text = "run \"a\" {\n  assert {\n    condition = [for é in var.size : é.width]";
    for (end, _) in text.char_indices() {
        let fixture = format!("{MODULE}//- /main.tftest.hcl\n{}\n", &text[..end]);
        let (snapshot, fixture): (_, Fixture) = snapshot(&fixture);
        drop(fixture);
        for offset in 0..=end as u32 {
            hover(&snapshot, &RunResults::default(), &FileName::new("main.tftest.hcl"), offset);
        }
    }
}
