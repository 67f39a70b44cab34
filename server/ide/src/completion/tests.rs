use expect_test::{Expect, expect};

use super::*;
use crate::testing::{MODULE, at_cursor};

/// The labels proposed at the cursor in `main.tftest.hcl` beside the module of `testing`.
#[track_caller]
fn check(test_file: &str, expected: Expect) {
    let items = complete(test_file);
    let lines: Vec<String> = items
        .iter()
        .filter(|item| item.kind != CompletionKind::Function)
        .map(|item| match &item.detail {
            Some(detail) => format!("{} ({detail})\n", item.label),
            None => format!("{}\n", item.label),
        })
        .collect();
    expected.assert_eq(&lines.concat());
}

fn complete(test_file: &str) -> Vec<CompletionItem> {
    let (snapshot, file, offset) = at_cursor(&format!("{MODULE}//- /main.tftest.hcl\n{test_file}"));
    completion(&snapshot, &file, offset)
}

/// The cursor in the condition of an assert of the last of three runs.
#[track_caller]
fn check_condition(condition: &str, expected: Expect) {
    let text = format!(
        "run \"setup\" {{\n  module {{\n    source = \"./setup\"\n  }}\n}}\nrun \"first\" {{\n  command = plan\n}}\n\
         run \"last\" {{\n  assert {{\n    condition = {condition}\n    error_message = \"\"\n  }}\n}}\n\
         run \"later\" {{\n}}\n"
    );
    check(&text, expected);
}

#[test]
fn a_file_begins_with_its_blocks() {
    check(
        "$0",
        expect![[r#"
            run
            variables
            provider
            mock_provider
            override_resource
            override_data
            override_module
            variable
            test
        "#]],
    );
    check(
        "variables {\n}\n\nru$0\n",
        expect![[r#"
            run
            variables
            provider
            mock_provider
            override_resource
            override_data
            override_module
            variable
            test
        "#]],
    );
}

#[test]
fn a_run_block_knows_what_it_holds() {
    check(
        "run \"a\" {\n  command = plan\n  $0\n}\n",
        expect![[r#"
            variables
            assert
            expect_failures
            module
            plan_options
            providers
            state_key
            parallel
            override_resource
            override_data
            override_module
        "#]],
    );
    check(
        "run \"a\" {\n  assert {\n    $0\n  }\n}\n",
        expect![[r#"
        condition
        error_message
    "#]],
    );
    check(
        "run \"a\" {\n  plan_options {\n    $0\n  }\n}\n",
        expect![[r#"
        mode
        refresh
        target
        replace
    "#]],
    );
    check(
        "run \"a\" {\n  module {\n    $0\n  }\n}\n",
        expect![[r#"
        source
        version
    "#]],
    );
}

#[test]
fn keywords() {
    check(
        "run \"a\" {\n  command = $0\n}\n",
        expect![[r#"
        plan
        apply
    "#]],
    );
    check(
        "run \"a\" {\n  plan_options {\n    mode = re$0\n  }\n}\n",
        expect![[r#"
        normal
        refresh-only
    "#]],
    );
}

#[test]
fn variables_are_the_modules() {
    check(
        "run \"a\" {\n  variables {\n    $0\n  }\n}\n",
        expect![[r#"
        name (string, required)
        size (object({height=optional(number),width=number}))
    "#]],
    );
    check(
        "run \"a\" {\n  variables {\n    name = \"\"\n    $0\n  }\n}\n",
        expect![[r#"
        size (object({height=optional(number),width=number}))
    "#]],
    );
    check(
        "run \"a\" {\n  module {\n    source = \"./setup\"\n  }\n  variables {\n    $0\n  }\n}\n",
        expect![[r#"
            seed (string, required)
        "#]],
    );
    check(
        "variables {\n  n$0\n}\n",
        expect![[r#"
        name (string, required)
        size (object({height=optional(number),width=number}))
    "#]],
    );
}

#[test]
fn roots() {
    check_condition(
        "$0",
        expect![[r#"
        var (variables)
        run (outputs of earlier runs)
        output (outputs of the module)
        local (local values of the module)
        module (module calls)
        data (data sources)
        path (paths of the module)
        terraform (the workspace)
        terraform_data
    "#]],
    );
    check(
        "run \"a\" {\n  variables {\n    name = $0\n  }\n}\n",
        expect![[r#"
        var (variables)
        run (outputs of earlier runs)
    "#]],
    );
}

#[test]
fn members_of_every_root() {
    check_condition(
        "var.$0",
        expect![[r#"
        name (string, required)
        size (object({height=optional(number),width=number}))
    "#]],
    );
    check_condition(
        "var.size.$0",
        expect![[r#"
        height (number)
        width (number)
    "#]],
    );
    check_condition(
        "local.$0",
        expect![[r#"
        greeting
        box
    "#]],
    );
    check_condition(
        "local.box.$0",
        expect![[r#"
        left
        right
    "#]],
    );
    check_condition(
        "output.$0",
        expect![[r#"
        greeting
        box
    "#]],
    );
    check_condition(
        "output.box.$0",
        expect![[r#"
        left
        right
    "#]],
    );
    check_condition(
        "module.$0",
        expect![[r#"
        child (./child)
    "#]],
    );
    check_condition(
        "module.child.$0",
        expect![[r#"
        twice
    "#]],
    );
    check_condition(
        "data.$0",
        expect![[r#"
        terraform_remote_state
    "#]],
    );
    check_condition(
        "data.terraform_remote_state.$0",
        expect![[r#"
        other
    "#]],
    );
    check_condition(
        "terraform_data.$0",
        expect![[r#"
        main
    "#]],
    );
    check_condition(
        "terraform_data.main.$0",
        expect![[r#"
        id (string)
        input (any)
        output (any)
        triggers_replace (any)
    "#]],
    );
    check_condition(
        "terraform_data.main[0].$0",
        expect![[r#"
        id (string)
        input (any)
        output (any)
        triggers_replace (any)
    "#]],
    );
    check_condition(
        "path.$0",
        expect![[r#"
        module (the module under test's directory)
        root (the root module's directory)
        cwd (the directory the tool runs in)
    "#]],
    );
    check_condition(
        "terraform.$0",
        expect![[r#"
        workspace (the selected workspace)
    "#]],
    );
}

#[test]
fn only_earlier_runs() {
    check_condition(
        "run.$0",
        expect![[r#"
        setup (apply ./setup, 1 outputs)
        first (plan, 2 outputs)
    "#]],
    );
    check_condition(
        "run.setup.$0",
        expect![[r#"
        bucket
    "#]],
    );
    check_condition(
        "run.setup.bucket.$0",
        expect![[r#"
        name
        size
    "#]],
    );
    check_condition("run.later.$0", expect![[""]]);
    check_condition("run.last.$0", expect![[""]]);
}

#[test]
fn half_typed_blocks_complete_too() {
    check(
        "run \"first\" {}\nrun \"a\" {\n  assert {\n    condition = run.$0",
        expect![[r#"
        first (apply, 2 outputs)
    "#]],
    );
    check(
        "run \"first\" {}\nrun \"a\" {\n  variables {\n    name = run.first.$0\nrun \"b\" {\n}\n",
        expect![[r#"
            greeting
            box
        "#]],
    );
    check(
        "run \"first\" {}\nrun \"a\" {\n  variables {\n    name = \"x-${run.first.gr$0",
        expect![[r#"
        greeting
        box
    "#]],
    );
    check(
        "run \"a\" {\n  assert {\n    condition = length(var.$0\n",
        expect![[r#"
        name (string, required)
        size (object({height=optional(number),width=number}))
    "#]],
    );
    check(
        "run \"a\" {\n  $0",
        expect![[r#"
            run
            variables
            provider
            mock_provider
            override_resource
            override_data
            override_module
            variable
            test
        "#]],
    );
}

#[test]
fn addresses_that_can_fail() {
    check(
        "run \"a\" {\n  expect_failures = [\n    $0\n  ]\n}\n",
        expect![[r#"
        var.name (string, required)
        check.health
        terraform_data.main
    "#]],
    );
    check(
        "run \"a\" {\n  expect_failures = [var.$0]\n}\n",
        expect![[r#"
        name (string, required)
    "#]],
    );
    check(
        "run \"a\" {\n  plan_options {\n    target = [$0]\n  }\n}\n",
        expect![[r#"
        terraform_data.main
        data.terraform_remote_state.other
    "#]],
    );
    check(
        "override_data {\n  target = $0\n}\n",
        expect![[r#"
        data.terraform_remote_state.other
    "#]],
    );
    check(
        "override_module {\n  target = module.$0\n}\n",
        expect![[r#"
        child
    "#]],
    );
}

#[test]
fn texts_comments_and_keys_stay_quiet() {
    for text in [
        "run \"a\" {\n  variables {\n    name = \"var.$0\"\n  }\n}\n",
        "run \"a\" {\n  # run.$0\n}\n",
        "# $0\n",
        "run \"a\" {\n  variables {\n    size = { $0 }\n  }\n}\n",
        "run \"a\" {\n  module {\n    source = $0\n  }\n}\n",
        "run \"$0\" {\n}\n",
        "run \"a\" {\n  variables {\n    n = 1.$0\n  }\n}\n",
    ] {
        let labels: Vec<String> = complete(text).into_iter().map(|item| item.label).collect();
        assert!(labels.is_empty(), "{text}: {labels:?}");
    }
}

#[test]
fn functions_come_with_their_signatures() {
    let items = complete("run \"a\" {\n  assert {\n    condition = leng$0\n  }\n}\n");
    let length = items.iter().find(|item| item.label == "length").unwrap();
    assert_eq!(length.snippet.as_deref(), Some("length($0)"));
    assert!(length.detail.as_deref().unwrap().starts_with("length("), "{length:?}");
    assert!(length.documentation.is_some());
}

#[test]
fn a_proposal_replaces_the_word_at_the_cursor() {
    let text = "run \"a\" {\n  assert {\n    condition = var.na$0me == \"\"\n  }\n}\n";
    let item = complete(text).into_iter().find(|item| item.label == "name").unwrap();
    assert_eq!(item.replace.text(&text.replace("$0", "")), "name");
    assert_eq!(item.documentation.as_deref(), Some("Whom to greet."));
}

/// Wherever the cursor is, also in text that is no JSON.
#[test]
fn json_completes_nothing_and_breaks_nothing() {
    let text = "{\"run\": {\"a\": {\"command\": \"pl\", \"assert\": [{\"condition\": \"${var.}\"}]";
    for end in 0..=text.len() {
        let half = &text[..end];
        let (snapshot, _) = crate::testing::snapshot(&format!("//- /main.tftest.json\n{half}\n"));
        let file = FileName::new("main.tftest.json");
        assert_eq!(completion(&snapshot, &file, end as u32), []);
        crate::diagnostics(&snapshot, &file);
        crate::definition(&snapshot, &file, end as u32);
    }
}
