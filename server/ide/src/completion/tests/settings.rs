//! Places of a module's files that tests have little to do with: where its state is kept, and what old providers want.

use expect_test::{Expect, expect};

use super::{MODULE, check_in, complete_beside};

#[track_caller]
fn check(text: &str, expected: Expect) {
    check_in("more.tf", text, expected);
}

#[test]
fn clouds_and_their_workspaces() {
    check(
        "terraform {\n  cloud {\n    $0\n  }\n}\n",
        expect![[r#"
            organization
            hostname
            token
            workspaces
        "#]],
    );
    check(
        "terraform {\n  cloud {\n    workspaces {\n      $0\n    }\n  }\n}\n",
        expect![[r#"
            name
            tags
            project
        "#]],
    );
    check(
        "terraform {\n  backend \"remote\" {\n    workspaces {\n      $0\n    }\n  }\n}\n",
        expect![[r#"
            name
            prefix
        "#]],
    );
    check("terraform {\n  cloud {\n    organization = $0\n  }\n}\n", expect![[""]]);
}

#[test]
fn providers_that_are_used_can_be_required() {
    let module =
        "//- /main.tf\nresource \"cloud_machine\" \"a\" {\n}\nresource \"terraform_data\" \"b\" {\n}\n";
    for (file, text, snippet) in [
        (
            "versions.tf",
            "terraform {\n  required_providers {\n    $0\n  }\n}\n",
            "cloud = {\n  source = \"${1:hashicorp/cloud}\"\n}",
        ),
        (
            "versions.tf.json",
            "{\"terraform\": {\"required_providers\": {$0}}}",
            "\"cloud\": {\n  \"source\": \"${1:hashicorp/cloud}\"\n}",
        ),
    ] {
        let items = complete_beside(module, file, text);
        let snippets: Vec<_> = items.iter().map(|item| item.snippet.as_deref().unwrap_or_default()).collect();
        assert_eq!(snippets, [snippet], "{file}");
    }
}

#[test]
fn whether_it_is_an_apply() {
    for (version, has_it) in [("1.9", false), ("1.10", true)] {
        let module =
            format!("{MODULE}//- /versions.tf\nterraform {{\n  required_version = \"~> {version}.0\"\n}}\n");
        for (file, text, may) in [
            ("more.tf", "locals {\n  a = terraform.$0\n}\n", has_it),
            ("a.tftest.hcl", "run \"a\" {\n  assert {\n    condition = terraform.$0\n  }\n}\n", false),
        ] {
            let labels: Vec<String> =
                complete_beside(&module, file, text).into_iter().map(|item| item.label).collect();
            assert_eq!(labels.contains(&"applying".to_owned()), may, "{version} {file}: {labels:?}");
        }
    }
}

#[test]
fn blocks_that_are_attributes_for_old_providers() {
    let resource = |body: &str| format!("resource \"cloud_firewall\" \"x\" {{\n  {body}\n}}\n");
    check(
        &resource("dynamic \"$0\" {\n  }"),
        expect![[r#"
            rule
        "#]],
    );
    check(
        &resource("rule {\n    $0\n  }"),
        expect![[r#"
            port (number)
            protocol (string)
        "#]],
    );
    check(
        &resource("dynamic \"rule\" {\n    for_each = [1]\n    content {\n      $0\n    }\n  }"),
        expect![[r#"
            port (number)
            protocol (string)
        "#]],
    );
    // One does not keep others away.
    let items = complete_beside(MODULE, "more.tf", &resource("rule {\n  }\n  $0"));
    let rule = items.iter().find(|item| item.label == "rule").and_then(|item| item.snippet.as_deref());
    assert_eq!(rule, Some("rule {\n  $0\n}"));
}
