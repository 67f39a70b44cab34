//! Places of the JSON profile.

use expect_test::{Expect, expect};

use super::{accept, check_in, complete_in};

#[track_caller]
fn check(text: &str, expected: Expect) {
    check_in("main.tftest.json", text, expected);
}

#[test]
fn names_of_blocks_and_attributes() {
    check(
        "{$0}",
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
        "{\"ru$0\"}",
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
        "{\"variables\": {}, \"$0",
        expect![[r#"
        run
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
        "{\"run\": {\"a\": {\"command\": \"plan\", $0}}}",
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
        "{\"run\": {\"a\": {\"assert\": [{\"$0\"}]}}}",
        expect![[r#"
        condition
        error_message
    "#]],
    );
    check(
        "{\"run\": {\"a\": {\"variables\": {\"$0\"}}}}",
        expect![[r#"
        name (string, required)
        size (object({height=optional(number),width=number}))
    "#]],
    );
    check("{\"run\": {\"$0\"}}", expect![[""]]);
    check(
        "{\"mock_provider\": {\"$0\"}}",
        expect![[r#"
        terraform (terraform.io/builtin/terraform)
    "#]],
    );
}

#[test]
fn values() {
    check(
        "{\"run\": {\"a\": {\"command\": \"$0\"}}}",
        expect![[r#"
        plan
        apply
    "#]],
    );
    check(
        "{\"run\": {\"a\": {\"command\": $0}}}",
        expect![[r#"
        plan
        apply
    "#]],
    );
    check(
        "{\"run\": {\"a\": {\"parallel\": $0}}}",
        expect![[r#"
        true
        false
    "#]],
    );
    check(
        "{\"run\": {\"a\": {\"module\": {\"source\": \"./$0\"}}}}",
        expect![[r#"
        ./child
        ./setup
        ../
    "#]],
    );
    check(
        "{\"run\": {\"a\": {\"expect_failures\": [\"$0\"]}}}",
        expect![[r#"
        var.name (string, required)
        check.health
        terraform_data.main
    "#]],
    );
    check(
        "{\"run\": {\"a\": {\"expect_failures\": [\"var.$0\"]}}}",
        expect![[r#"
        name (string, required)
        size (object({height=optional(number),width=number}))
    "#]],
    );
    check(
        "{\"run\": {\"a\": {\"expect_failures\": [$0]}}}",
        expect![[r#"
        var.name (string, required)
        check.health
        terraform_data.main
    "#]],
    );
    check(
        "{\"run\": {\"a\": {\"plan_options\": {\"target\": [\"terraform_data.$0\"]}}}}",
        expect![[r#"
        main
    "#]],
    );
    check(
        "{\"override_module\": {\"target\": \"module.child\", \"outputs\": {\"$0\"}}}",
        expect![[r#"
        twice (number)
    "#]],
    );
    check(
        "{\"run\": {\"a\": {\"variables\": {\"size\": {\"$0\"}}}}}",
        expect![[r#"
        width (number)
        height (number, optional)
    "#]],
    );
    check(
        "{\"run\": {\"a\": {\"variables\": {\"name\": $0}}}}",
        expect![[r#"
        ${…}
    "#]],
    );
}

#[test]
fn expressions() {
    let condition = |text: &str| {
        format!(
            "{{\"run\": {{\"first\": {{}}, \"a\": {{\"assert\": [{{\"condition\": \"{text}\", \"error_message\": \"\"}}]}}, \"later\": {{}}}}}}"
        )
    };
    check(
        &condition("${$0}"),
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
        &condition("${run.$0}"),
        expect![[r#"
        first (apply, 2 outputs)
    "#]],
    );
    check(
        &condition("${run.first.$0 == \\\"x\\\"}"),
        expect![[r#"
        greeting (string)
        box (object)
    "#]],
    );
    check(
        &condition("${output.greeting == \\\"x\\\" && var.size.$0"),
        expect![[r#"
        height (number)
        width (number)
    "#]],
    );
    check(&condition("some text $0"), expect![[""]]);
    check(
        &condition("$0"),
        expect![[r#"
        ${…}
    "#]],
    );
    check(
        "{\"run\": {\"first\": {}, \"a\": {\"assert\": {\"condition\": \"${run.first.gr$0",
        expect![[r#"
        greeting (string)
        box (object)
    "#]],
    );
}

#[test]
fn modules_and_variable_files() {
    check_in(
        "more.tf.json",
        "{\"$0\"}",
        expect![[r#"
        resource
        data
        variable
        output
        locals
        module
        provider
        terraform
        check
        moved
        import
        removed
        ephemeral
    "#]],
    );
    check_in(
        "more.tf.json",
        "{\"resource\": {\"terraform_data\": {\"x\": {\"$0\"}}}}",
        expect![[r#"
        input (any)
        triggers_replace (any)
        count
        for_each
        provider
        depends_on
        lifecycle
        dynamic
        provisioner
        connection
    "#]],
    );
    check_in(
        "more.tf.json",
        "{\"resource\": {\"cloud_machine\": {\"x\": {\"disk\": [{\"$0\"}]}}}}",
        expect![[r#"
            size (number, required)
        "#]],
    );
    check_in(
        "more.tf.json",
        "{\"output\": {\"x\": {\"value\": \"${local.$0}\"}}}",
        expect![[r#"
        greeting (string)
        box (object)
    "#]],
    );
    check_in(
        "more.tf.json",
        "{\"variable\": {\"x\": {\"type\": \"$0\"}}}",
        expect![[r#"
        string
        number
        bool
        list
        map
        set
        object
        tuple
        any
    "#]],
    );
    check_in(
        "terraform.tfvars.json",
        "{\"$0\"}",
        expect![[r#"
        name (string, required)
        size (object({height=optional(number),width=number}))
    "#]],
    );
}

/// Blocks with labels may stand in arrays too.
#[test]
fn blocks_in_arrays() {
    check(
        "{\"run\": [{\"a\": {\"assert\": [{\"$0\"}]}}]}",
        expect![[r#"
            condition
            error_message
        "#]],
    );
    check(
        "{\"run\": [{\"a\": {}}, {\"b\": [{\"plan_options\": {\"mode\": \"$0\"}}]}]}",
        expect![[r#"
            normal
            refresh-only
        "#]],
    );
    check(
        "{\"mock_provider\": [{\"cloud\": {\"mock_data\": [{\"$0\"}]}}]}",
        expect![[r#"
            cloud_image
        "#]],
    );
}

/// A text that is one expression is what that is.
#[test]
fn a_whole_expression_has_its_own_type() {
    check(
        "{\"run\": {\"a\": {\"variables\": {\"size\": {\"width\": \"${$0}\"}}}}}",
        expect![[r#"
            var (variables)
            run (outputs of earlier runs)
        "#]],
    );
    check(
        "{\"run\": {\"a\": {\"assert\": {\"error_message\": \"x${$0}\"}}}}",
        expect![[r#"
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
}

/// What is written around a name depends on what is there.
#[test]
fn proposals_bring_what_is_missing() {
    for (text, label, expected) in [
        ("{$0}", "variables", "{\"variables\": }"),
        ("{\"va$0\"}", "variables", "{\"variables\": }"),
        ("{\"va$0\": {}}", "variables", "{\"variables\": {}}"),
        ("{\"va$0", "variables", "{\"variables\": "),
        ("{\"run\": {\"a\": {\"command\": $0}}}", "plan", "{\"run\": {\"a\": {\"command\": \"plan\"}}}"),
        (
            "{\"run\": {\"a\": {\"command\": \"ap$0\"}}}",
            "plan",
            "{\"run\": {\"a\": {\"command\": \"plan\"}}}",
        ),
        (
            "{\"run\": {\"a\": {\"assert\": {\"condition\": \"${var.si$0 > 1}\"}}}}",
            "size",
            "{\"run\": {\"a\": {\"assert\": {\"condition\": \"${var.size > 1}\"}}}}",
        ),
    ] {
        assert_eq!(accept("main.tftest.json", text, label, false), expected, "{text}");
    }
    let whole = accept("main.tftest.json", "{\"ru$0\"}", "run", true);
    let assertion =
        "\"assert\": {\n      \"condition\": \"\\${${3:true}}\",\n      \"error_message\": \"$4\"\n    }";
    let run = format!("\"${{1:name}}\": {{\n    \"command\": \"${{2|plan,apply|}}\",\n    {assertion}\n  }}");
    assert_eq!(whole, format!("{{\"run\": {{\n  {run}\n}}}}"));
    let place = |text: &str| format!("{{\"run\": {{\"a\": {{\"assert\": {{\"condition\": {text}}}}}}}}}");
    assert_eq!(accept("main.tftest.json", &place("$0"), "${…}", false), place("\"${}\""));
    assert_eq!(accept("main.tftest.json", &place("$0"), "${…}", true), place("\"\\${$1}\""));
    assert_eq!(accept("main.tftest.json", &place("\"$0\""), "${…}", false), place("\"${}\""));
    let length = accept("main.tftest.json", &place("\"${le$0n(var.name)}\""), "length", true);
    assert_eq!(length, place("\"${length(var.name)}\""));
    let item =
        complete_in("main.tftest.json", "{\"ru$0\"}").into_iter().find(|it| it.label == "run").unwrap();
    assert_eq!(item.filter.as_deref(), Some("\"run\""));
}

/// Wherever the cursor is, also in text that is no JSON.
#[test]
fn half_a_text_breaks_nothing() {
    let text = "{\"run\": {\"a\": {\"command\": \"pl\", \"assert\": [{\"condition\": \"${var.}\"}], é}";
    for (end, _) in text.char_indices() {
        for rest in ["", "}", "\"", "]}", ": 1"] {
            complete_in("main.tftest.json", &format!("{}$0{rest}\n", &text[..end]));
        }
    }
}
