//! Go to definition.

use syntax::{FileName, Location, Span};

use crate::links::file_at;
use crate::snapshot::Snapshot;
use crate::symbol::Symbol;

/// A place to go to, and the text that leads there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Definition {
    /// What stands under the cursor, in the asking file.
    pub origin: Span,
    pub target: Location,
}

/// Where the name at `offset` of `file` is declared, or what the path leads to that stands there.
pub fn definition(snapshot: &Snapshot, file: &FileName, offset: u32) -> Vec<Definition> {
    let Some(here) = snapshot.occurrence_at(file, offset) else {
        let found = file_at(snapshot, file, offset).into_iter();
        let target = |file| Location { file, span: Span::at(0) };
        return found.map(|(origin, file)| Definition { origin, target: target(file) }).collect();
    };
    let origin = here.location.span;
    let targets = match &here.symbol {
        Symbol::Module { dir } => snapshot.start_of_module(dir).into_iter().collect(),
        symbol => snapshot.definitions(file, symbol).into_iter().map(|it| it.location).collect::<Vec<_>>(),
    };
    targets.into_iter().map(|target| Definition { origin, target }).collect()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::testing::{MODULE, at_cursor, show};

    #[track_caller]
    fn check(test_file: &str, expected: Expect) {
        let (snapshot, file, offset) = at_cursor(&format!("{MODULE}//- /tests/main.tftest.hcl\n{test_file}"));
        let found = definition(&snapshot, &file, offset);
        let lines: Vec<String> =
            found.iter().map(|it| format!("{}\n", show(&snapshot, &it.target))).collect();
        expected.assert_eq(&lines.concat());
    }

    #[track_caller]
    fn check_condition(condition: &str, expected: Expect) {
        check(
            &format!(
                "run \"setup\" {{\n  module {{\n    source = \"./setup\"\n  }}\n}}\n\
                 run \"main\" {{\n  assert {{\n    condition = {condition}\n    error_message = \"\"\n  }}\n}}\n"
            ),
            expected,
        );
    }

    #[test]
    fn paths_lead_to_files() {
        let mocks = "//- /mocks/a.tfmock.hcl\n\n";
        for (file, text) in [
            ("main.tftest.hcl", "mock_provider \"cloud\" {\n  source = \"./mo$0cks\"\n}\n"),
            ("main.tftest.json", "{\"mock_provider\": {\"cloud\": {\"source\": \"./mo$0cks\"}}}"),
            ("main.tftest.hcl", "variables {\n  name = file(\"./mocks/a.tf$0mock.hcl\")\n}\n"),
        ] {
            let (snapshot, file, offset) = at_cursor(&format!("{MODULE}{mocks}//- /{file}\n{text}\n"));
            let found = definition(&snapshot, &file, offset);
            let targets: Vec<&str> = found.iter().map(|it| it.target.file.as_str()).collect();
            assert_eq!(targets, ["mocks/a.tfmock.hcl"], "{text}");
        }
    }

    #[test]
    fn names_lead_to_declarations() {
        check_condition(
            "var.na$0me == 1",
            expect![[r#"
            main.tf:1:10 "name"
        "#]],
        );
        check_condition(
            "local.$0box.left == 1",
            expect![[r#"
            main.tf:15:3 box
        "#]],
        );
        check_condition(
            "output.greeting$0 == 1",
            expect![[r#"
            main.tf:39:8 "greeting"
        "#]],
        );
        check_condition(
            "terraform_data.main$0.id == 1",
            expect![[r#"
            main.tf:17:27 "main"
        "#]],
        );
        check_condition(
            "data.terraform_remote_state.ot$0her.x == 1",
            expect![[r#"
            main.tf:26:31 "other"
        "#]],
        );
        check_condition(
            "module.ch$0ild.twice == 1",
            expect![[r#"
            main.tf:29:8 "child"
        "#]],
        );
        check_condition(
            "module.child.tw$0ice == 1",
            expect![[r#"
            child/main.tf:4:8 "twice"
        "#]],
        );
        check_condition(
            "run.se$0tup.bucket == 1",
            expect![[r#"
            tests/main.tftest.hcl:1:5 "setup"
        "#]],
        );
        check_condition(
            "run.setup.buck$0et.name == 1",
            expect![[r#"
            setup/main.tf:4:8 "bucket"
        "#]],
        );
        check_condition(
            "\"x-${run.setup.buck$0et.name}\" == 1",
            expect![[r#"
            setup/main.tf:4:8 "bucket"
        "#]],
        );
        check_condition("var.nowhere$0 == 1", expect![[""]]);
        check_condition("tr$0ue", expect![[""]]);
    }

    #[test]
    fn keys_of_variables_lead_to_the_module() {
        check(
            "variables {\n  na$0me = 1\n}\n",
            expect![[r#"
            main.tf:1:10 "name"
        "#]],
        );
        check(
            "run \"a\" {\n  module {\n    source = \"./setup\"\n  }\n  variables {\n    se$0ed = 1\n  }\n}\n",
            expect![[r#"
                setup/main.tf:1:10 "seed"
            "#]],
        );
        check(
            "variables {\n  mine = 1\n}\nrun \"a\" {\n  variables {\n    name = var.mi$0ne\n  }\n}\n",
            expect![[r#"
                tests/main.tftest.hcl:2:3 mine
            "#]],
        );
    }

    #[test]
    fn a_source_leads_to_the_module() {
        check(
            "run \"a\" {\n  module {\n    source = \"./se$0tup\"\n  }\n}\n",
            expect![[r#"
            setup/main.tf:1:1 
        "#]],
        );
    }

    #[test]
    fn names_in_json_lead_to_declarations() {
        let check = |text: &str, expected: Expect| {
            let (snapshot, file, offset) = at_cursor(&format!("{MODULE}//- /tests/main.tftest.json\n{text}"));
            let found = definition(&snapshot, &file, offset);
            let show = |it: &Definition| {
                let origin = show(&snapshot, &Location { file: file.clone(), span: it.origin });
                format!("{origin} -> {}\n", show_target(&snapshot, it))
            };
            expected.assert_eq(&found.iter().map(show).collect::<String>());
        };
        let test = |condition: &str, rest: &str| {
            format!(
                "{{\"run\": {{\n\"setup\": {{\"module\": {{\"source\": \"./setup\"}}}},\n\"main\": {{\"assert\": \
                 {{\"condition\": \"{condition}\", \"error_message\": \"\"}}{rest}}}}}}}\n"
            )
        };
        check(
            &test(r#"${\"\u00e9\" == var.na$0me}"#, ""),
            expect![[r#"
                tests/main.tftest.json:3:51 var.name -> main.tf:1:10 "name"
            "#]],
        );
        check(
            &test("${run.setup.buck$0et.name == 1}", ""),
            expect![[r#"
                tests/main.tftest.json:3:47 bucket -> setup/main.tf:4:8 "bucket"
            "#]],
        );
        check(
            &test("${run.se$0tup.bucket == 1}", ""),
            expect![[r#"
                tests/main.tftest.json:3:37 run.setup -> tests/main.tftest.json:2:1 "setup"
            "#]],
        );
        check(
            &test("${true}", ", \"expect_failures\": [\"check.hea$0lth\"]"),
            expect![[r#"
                tests/main.tftest.json:3:88 check.health -> main.tf:33:7 "health"
            "#]],
        );
        check(
            &test("${true}", ", \"variables\": {\"na$0me\": 1}"),
            expect![[r#"
                tests/main.tftest.json:3:81 "name" -> main.tf:1:10 "name"
            "#]],
        );
    }

    fn show_target(snapshot: &Snapshot, it: &Definition) -> String {
        show(snapshot, &it.target)
    }

    #[test]
    fn expected_failures_lead_to_what_should_fail() {
        check(
            "run \"a\" {\n  expect_failures = [check.hea$0lth]\n}\n",
            expect![[r#"
            main.tf:33:7 "health"
        "#]],
        );
    }
}
