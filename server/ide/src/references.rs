//! Find references.

use syntax::{FileName, Location};

use crate::workspace::{Place, Workspace};

/// Every place in any open folder that names what stands at `offset` of `file` in `folder`: in modules, in those that
/// call them, in their tests, mocks and variable files. Sorted by folder, file and position.
pub fn references(
    workspace: &Workspace<'_>,
    folder: usize,
    file: &FileName,
    offset: u32,
    declaration: bool,
) -> Vec<Place<Location>> {
    let snapshot = workspace.snapshot(folder);
    let Some(here) = snapshot.and_then(|it| it.occurrence_at(file, offset)) else { return Vec::new() };
    let mut found: Vec<Place<Location>> = workspace
        .occurrences_of(folder, file, &here.symbol)
        .into_iter()
        .filter(|place| declaration || !place.it.is_definition())
        .map(|place| Place { folder: place.folder, it: place.it.location })
        .collect();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::testing::{MODULE, at_cursor, show, workspace};

    const TESTS: &str = r#"
//- /tests/a.tftest.hcl
variables {
  name = "a"
}
run "setup" {
  module {
    source = "./setup"
  }
}
run "main" {
  variables {
    name = run.setup.bucket.name
  }
  expect_failures = [var.name]
  assert {
    condition     = output.greeting == var.name
    error_message = "${output.greeting}, ${local.greeting}"
  }
}
//- /b.tftest.hcl
run "other" {
  variables {
    name = "b"
  }
}
"#;

    #[track_caller]
    fn check(needle: &str, expected: Expect) {
        let text = format!("{MODULE}{}", TESTS.trim_start());
        let marked = text.replacen(needle, &format!("$0{needle}"), 1);
        assert_ne!(text, marked, "{needle}");
        let (snapshot, file, offset) = at_cursor(&marked);
        let workspace = workspace(&snapshot);
        let found = references(&workspace, 0, &file, offset + 1, true);
        let lines: Vec<String> =
            found.iter().map(|place| format!("{}\n", show(&snapshot, &place.it))).collect();
        expected.assert_eq(&lines.concat());
        let declarations = found.len() - references(&workspace, 0, &file, offset + 1, false).len();
        assert_eq!(declarations, 1, "{needle}");
    }

    #[test]
    fn from_the_module_to_its_tests_and_back() {
        check(
            "name\" {\n  type        = string",
            expect![[r#"
            b.tftest.hcl:3:5 name
            main.tf:1:10 "name"
            main.tf:5:21 var.name
            main.tf:14:23 var.name
            tests/a.tftest.hcl:2:3 name
            tests/a.tftest.hcl:11:5 name
            tests/a.tftest.hcl:13:22 var.name
            tests/a.tftest.hcl:15:40 var.name
        "#]],
        );
        check(
            "greeting = \"hello",
            expect![[r#"
            main.tf:14:3 greeting
            main.tf:18:11 local.greeting
            main.tf:41:17 local.greeting
            tests/a.tftest.hcl:16:44 local.greeting
        "#]],
        );
        check(
            "greeting\" {\n  description",
            expect![[r#"
            main.tf:39:8 "greeting"
            tests/a.tftest.hcl:15:21 output.greeting
            tests/a.tftest.hcl:16:24 output.greeting
        "#]],
        );
        check(
            "bucket.name",
            expect![[r#"
            setup/main.tf:4:8 "bucket"
            tests/a.tftest.hcl:11:22 bucket
        "#]],
        );
        check(
            "setup\" {\n  module",
            expect![[r#"
            tests/a.tftest.hcl:4:5 "setup"
            tests/a.tftest.hcl:11:12 run.setup
        "#]],
        );
        check(
            "depth  = 2",
            expect![[r#"
            child/main.tf:1:10 "depth"
            child/main.tf:5:11 var.depth
            main.tf:31:3 depth
        "#]],
        );
    }
}
