//! Places of test files.

use expect_test::{Expect, expect};

use super::{check_in, complete_in};
use crate::completion::{CompletionItem, document};
use crate::testing::at_cursor;

#[track_caller]
fn check(text: &str, expected: Expect) {
    check_in("main.tftest.hcl", text, expected);
}

fn complete(text: &str) -> Vec<CompletionItem> {
    complete_in("main.tftest.hcl", text)
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
            greeting (string)
            box (object)
        "#]],
    );
    check_condition(
        "local.box.$0",
        expect![[r#"
            left (number)
            right (object({height=number,width=number}))
        "#]],
    );
    check_condition(
        "output.$0",
        expect![[r#"
            greeting (string)
            box (object)
        "#]],
    );
    check_condition(
        "output.box.$0",
        expect![[r#"
            left (number)
            right (object({height=number,width=number}))
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
            twice (number)
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
            module (the module's directory)
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
            bucket (object({name=string,size=number}))
        "#]],
    );
    check_condition(
        "run.setup.bucket.$0",
        expect![[r#"
            name (string)
            size (number)
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
            greeting (string)
            box (object)
        "#]],
    );
    check(
        "run \"first\" {}\nrun \"a\" {\n  variables {\n    name = \"x-${run.first.gr$0",
        expect![[r#"
            greeting (string)
            box (object)
        "#]],
    );
    let labels = |text: &str| complete(text).into_iter().map(|item| item.label).collect::<Vec<_>>();
    let found = labels("run \"first\" {}\nrun \"a\" {\n  assert {\n    condition = var.name == $0\n");
    assert!(found.contains(&"run.first.greeting".to_owned()), "{found:?}");
    assert!(!found.contains(&"run.a.greeting".to_owned()), "{found:?}");
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
            command
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
            size (object({height=optional(number),width=number}))
        "#]],
    );
    check(
        "run \"a\" {\n  plan_options {\n    target = [$0]\n  }\n}\n",
        expect![[r#"
            terraform_data.main
            data.terraform_remote_state.other
            module.child
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
fn texts_and_comments_stay_quiet() {
    for text in [
        "run \"a\" {\n  variables {\n    name = \"var.$0\"\n  }\n}\n",
        "run \"a\" {\n  # run.$0\n}\n",
        "# $0\n",
        "run \"a\" {\n  module {\n    version = $0\n  }\n}\n",
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
    let (snapshot, file, _) = at_cursor("//- /main.tftest.hcl\n$0");
    let text = document(&snapshot, &file, length.topic.as_ref().unwrap()).unwrap();
    assert!(text.contains("```hcl\nlength("), "{text}");
}

#[test]
fn a_proposal_replaces_the_word_at_the_cursor() {
    let text = "run \"a\" {\n  assert {\n    condition = var.na$0me == \"\"\n  }\n}\n";
    let item = complete(text).into_iter().find(|item| item.label == "name").unwrap();
    assert_eq!(item.replace.text(&text.replace("$0", "")), "name");
    assert_eq!(item.documentation.as_deref(), Some("Whom to greet."));
}

/// Typed values, at any depth.
#[test]
fn values_of_the_wanted_type_come_first() {
    check_condition(
        "output.greeting == $0",
        expect![[r#"
        run.first.greeting (string)
        var.name (string)
        output.greeting (string)
        local.greeting (string)
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
    check_condition(
        "var.size.width > var.$0",
        expect![[r#"
        name (string, required)
        size (object({height=optional(number),width=number}))
    "#]],
    );
    check_condition(
        "run.setup.bucket[\"$0\"] == 1",
        expect![[r#"
        name (string)
        size (number)
    "#]],
    );
    check_condition(
        "alltrue([for k, v in run.setup.bucket : k != $0])",
        expect![[r#"
        k (string)
        v
        run.first.greeting (string)
        var.name (string)
        output.greeting (string)
        local.greeting (string)
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
    check_condition(
        "alltrue([for item in [var.size] : item.$0])",
        expect![[r#"
        height (number)
        width (number)
    "#]],
    );
    check(
        "run \"setup\" {\n  module {\n    source = \"./setup\"\n  }\n}\nrun \"a\" {\n  variables {\n    name = $0\n  }\n}\n",
        expect![[r#"
            var (variables)
            run (outputs of earlier runs)
        "#]],
    );
    check(
        "variables {\n  more = { a = [{ b = 1 }] }\n}\nrun \"a\" {\n  assert {\n    condition = var.more.a[0].$0\n  }\n}\n",
        expect![[r#"
            b (number)
        "#]],
    );
    check(
        "run \"a\" {\n  assert {\n    condition = true\n    error_message = <<-EOT\n      x ${output.$0\n    EOT\n  }\n}\n",
        expect![[r#"
            greeting (string)
            box (object)
        "#]],
    );
}

#[test]
fn objects_have_the_keys_of_their_types() {
    check(
        "variables {\n  size = {\n    $0\n  }\n}\n",
        expect![[r#"
        width (number)
        height (number, optional)
    "#]],
    );
    check(
        "variables {\n  size = { width = 1, he$0 }\n}\n",
        expect![[r#"
        height (number, optional)
    "#]],
    );
    check(
        "variables {\n  size = { width = $0 }\n}\n",
        expect![[r#"
        var (variables)
        run (outputs of earlier runs)
    "#]],
    );
}

#[test]
fn for_expressions_and_directives() {
    check_condition(
        "[$0]",
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
        for
    "#]],
    );
    check_condition(
        "anytrue([for x in var.size : $0])",
        expect![[r#"
            true
            false
            x (number)
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
    check_condition(
        "\"%{ $0",
        expect![[r#"
        if
        for
        else
        endif
        endfor
    "#]],
    );
    check_condition("\"%{ for x in var.size }${x.$0", expect![[""]]);
}

#[test]
fn sources_and_keys_of_states() {
    check(
        "run \"a\" {\n  module {\n    source = \"$0\"\n  }\n}\n",
        expect![[r#"
        ./child
        ./setup
        ../
    "#]],
    );
    check(
        "run \"a\" {\n  module {\n    source = \"./se$0tup\"\n  }\n}\n",
        expect![[r#"
        ./child
        ./setup
    "#]],
    );
    check(
        "run \"a\" {\n  module {\n    source = $0\n  }\n}\n",
        expect![[r#"
        ./child
        ./setup
        ../
    "#]],
    );
    check(
        "run \"a\" {\n  state_key = \"main\"\n}\nrun \"b\" {\n  state_key = \"$0\"\n}\n",
        expect![[r#"
        main
    "#]],
    );
}

#[test]
fn providers_of_tests() {
    check(
        "provider \"$0\" {\n}\n",
        expect![[r#"
        terraform (terraform.io/builtin/terraform)
    "#]],
    );
    check(
        "mock_provider $0",
        expect![[r#"
        terraform (terraform.io/builtin/terraform)
    "#]],
    );
    check(
        "provider \"cloud\" {\n  $0\n}\n",
        expect![[r#"
        region (string, required)
        retries (number)
        alias
    "#]],
    );
    check(
        "provider \"cloud\" {\n  region = \"x\"\n  retries = $0\n}\n",
        expect![[r#"
        var (variables)
        run (outputs of earlier runs)
    "#]],
    );
    let mocks = "mock_provider \"cloud\" {\n  alias = \"fake\"\n}\nprovider \"terraform\" {\n}\n";
    check(
        &format!("{mocks}run \"a\" {{\n  providers = {{\n    $0\n  }}\n}}\n"),
        expect![[r#"
        terraform
    "#]],
    );
    check(
        &format!("{mocks}run \"a\" {{\n  providers = {{\n    cloud = $0\n  }}\n}}\n"),
        expect![[r#"
            cloud.fake
            terraform
        "#]],
    );
    check(
        &format!("{mocks}run \"a\" {{\n  providers = {{\n    cloud = cloud.$0\n  }}\n}}\n"),
        expect![[r#"
        fake
    "#]],
    );
}

#[test]
fn names_follow_the_dialect() {
    for (dialect, text) in [("1.6", "$0"), ("1.11", "run \"a\" {\n  $0\n}\n")] {
        let module = format!("//- /main.tf\nterraform {{\n  required_version = \"~> {dialect}.0\"\n}}\n");
        let items = super::complete_beside(&module, "main.tftest.hcl", text);
        let labels: Vec<&str> = items.iter().map(|item| item.label.as_str()).collect();
        assert!(!labels.contains(&"mock_provider"), "{labels:?}");
        assert_eq!(labels.contains(&"state_key"), dialect == "1.11", "{labels:?}");
        assert!(!labels.contains(&"parallel"), "{labels:?}");
    }
}

/// The first argument tells what the others are.
#[test]
fn arguments_fit_each_other() {
    for (call, expected) in [
        ("contains([var.size.width], $0)", ["var", "run"].as_slice()),
        ("contains([var.name], $0)", &["run.first.greeting", "var.name", "output.greeting"]),
        ("coalesce(var.name, $0)", &["run.first.greeting", "var.name", "output.greeting"]),
        ("lookup({ a = \"x\" }, \"a\", $0)", &["run.first.greeting", "var.name", "output.greeting"]),
        ("true ? var.name == $0 : false", &["run.first.greeting", "var.name", "output.greeting"]),
        ("var.size.width == -$0", &["var", "run"]),
    ] {
        let text =
            format!("run \"first\" {{}}\nrun \"a\" {{\n  assert {{\n    condition = {call}\n  }}\n}}\n");
        let items = complete(&text);
        let labels: Vec<&str> = items.iter().map(|item| item.label.as_str()).take(expected.len()).collect();
        assert_eq!(labels, expected, "{call}");
    }
}

/// The key is what the module calls the configuration, the value what the file does.
#[test]
fn aliases_on_both_sides() {
    let module = "//- /main.tf\nterraform {\n  required_providers {\n    cloud = {\n      source = \"hashicorp/cloud\"\n      \
                  configuration_aliases = [cloud.west]\n    }\n  }\n}\n";
    let file = |run: &str| {
        format!("mock_provider \"cloud\" {{\n  alias = \"fake\"\n}}\nrun \"a\" {{\n  providers = {run}\n}}\n")
    };
    for (run, expected) in [
        ("{ cloud.$0 }", ["west"].as_slice()),
        ("{ cloud.$0 = cloud.fake }", &["west"]),
        ("{ cloud.west = cloud.$0 }", &["fake"]),
        ("{ $0 }", &["cloud", "cloud.west"]),
        ("{ clo$0ud = cloud }", &["cloud", "cloud.west"]),
        ("$0", &[]),
    ] {
        let items = super::complete_beside(module, "main.tftest.hcl", &file(run));
        let labels: Vec<&str> = items.iter().map(|item| item.label.as_str()).collect();
        assert_eq!(labels, expected, "{run}");
    }
    let items = super::complete_beside(module, "main.tftest.hcl", &file("{ clo$0ud = cloud }"));
    assert!(items.iter().all(|item| item.insert == item.label && item.snippet.is_none()), "{items:?}");
}
