//! What proposals insert, and what that replaces.

use super::{accept, complete_in};

const FILE: &str = "main.tftest.hcl";

#[track_caller]
fn check(text: &str, label: &str, plain: &str, snippet: &str) {
    assert_eq!(accept(FILE, text, label, false), plain, "{text}");
    assert_eq!(accept(FILE, text, label, true), snippet, "{text}");
}

#[test]
fn names_bring_what_follows_them() {
    check("ru$0", "variables", "variables", "variables {\n  $0\n}");
    check("va$0riables {\n}\n", "variables", "variables {\n}\n", "variables {\n}\n");
    check(
        "run \"a\" {\n  com$0\n}\n",
        "command",
        "run \"a\" {\n  command = \n}\n",
        "run \"a\" {\n  command = ${1|plan,apply|}\n}\n",
    );
    check(
        "run \"a\" {\n  com$0mand = plan\n}\n",
        "command",
        "run \"a\" {\n  command = plan\n}\n",
        "run \"a\" {\n  command = plan\n}\n",
    );
    check(
        "variables {\n  $0\n}\n",
        "name",
        "variables {\n  name = \n}\n",
        "variables {\n  name = \"$0\"\n}\n",
    );
    check(
        "variables {\n  size = { $0 }\n}\n",
        "width",
        "variables {\n  size = { width =  }\n}\n",
        "variables {\n  size = { width = $0 }\n}\n",
    );
    for text in ["wi$0dth = 1", "\"wi$0dth\" = 1", "wi$0dth: 1"] {
        let expected = text.replace("wi$0dth", "width");
        let object = |text: &str| format!("variables {{\n  size = {{ {text} }}\n}}\n");
        check(&object(text), "width", &object(&expected), &object(&expected));
    }
}

#[test]
fn texts_bring_quotes_where_there_are_none() {
    let run = |source: &str| format!("run \"a\" {{\n  module {{\n    source = {source}\n  }}\n}}\n");
    for text in ["$0", "\"$0\"", "\"./s$0\"", "\"./s$0etup\"", "\"$0"] {
        let accepted = accept(FILE, &run(text), "./setup", true);
        let expected = if text == "\"$0" { run("\"./setup") } else { run("\"./setup\"") };
        assert_eq!(accepted, expected, "{text}");
    }
    check(
        "mock_provider $0 {\n}\n",
        "terraform",
        "mock_provider \"terraform\" {\n}\n",
        "mock_provider \"terraform\" {\n}\n",
    );
    check(
        "mock_provider \"te$0\" {\n}\n",
        "terraform",
        "mock_provider \"terraform\" {\n}\n",
        "mock_provider \"terraform\" {\n}\n",
    );
}

#[test]
fn functions_bring_parentheses() {
    let run = |text: &str| format!("run \"a\" {{\n  assert {{\n    condition = {text}\n  }}\n}}\n");
    check(&run("len$0"), "length", &run("length"), &run("length($0)"));
    check(&run("time$0"), "timestamp", &run("timestamp"), &run("timestamp()"));
    check(&run("le$0n(var.name)"), "length", &run("length(var.name)"), &run("length(var.name)"));
    check(&run("var.na$0me == 1"), "name", &run("var.name == 1"), &run("var.name == 1"));
}

#[test]
fn nothing_is_documented_twice() {
    for item in complete_in(FILE, "run \"a\" {\n  assert {\n    condition = $0\n  }\n}\n") {
        assert!(item.documentation.is_none() || item.topic.is_none(), "{item:?}");
    }
}
