//! Completion, definitions and references, through the protocol.

use crate::client::{Client, Workspace, full_client, position, uri};
use serde_json::{Value, json};

const MAIN: &str =
    "variable \"name\" {\n  type = string\n}\noutput \"greeting\" {\n  value = \"hello ${var.name}\"\n}\n";
const TESTS: &str = "variables {\n  name = \"bob\"\n}\n\nrun \"first\" {\n  command = plan\n}\n\nrun \"second\" {\n  assert {\n    condition     = run.first.greeting == output.greeting\n    error_message = \"${var.name}\"\n  }\n}\n";

fn open() -> (Workspace, Client, std::path::PathBuf) {
    let workspace = Workspace::new("features", &[("main.tf", MAIN), ("tests/main.tftest.hcl", TESTS)]);
    let mut client = Client::open(&workspace.root);
    let file = workspace.path("tests/main.tftest.hcl");
    client.did_open(&file, TESTS);
    (workspace, client, file)
}

fn labels(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap()).collect()
}

#[test]
fn completion_follows_unsaved_text() {
    let (workspace, mut client, file) = open();
    let at = |text: &str, needle: &str| json!({"textDocument": {"uri": uri(&file)}, "position": position(text, needle, needle.len())});
    let list = client.request("textDocument/completion", at(TESTS, "run.first."));
    assert_eq!(labels(&list), ["greeting"]);
    let item = &list[0];
    assert_eq!(item["textEdit"]["newText"], "greeting");
    assert_eq!(item["textEdit"]["range"]["start"], position(TESTS, "run.first.", 10));
    // An unsaved change of the module counts at once, and so does a half-typed block.
    let main = workspace.path("main.tf");
    client.did_open(&main, &format!("{MAIN}output \"other\" {{\n  value = 1\n}}\n"));
    let half = format!("{TESTS}run \"third\" {{\n  assert {{\n    condition = run.second.");
    client.did_change(&file, 2, &half);
    let list = client.request("textDocument/completion", at(&half, "run.second."));
    assert_eq!(labels(&list), ["greeting", "other"]);
    let list = client.request("textDocument/completion", at(&half, "\n    condition     ="));
    assert!(labels(&list).contains(&"length"), "{list}");
    let nothing = at("", "");
    let list = client.request("textDocument/completion", nothing);
    assert!(labels(&list).contains(&"mock_provider"), "{list}");
    assert_eq!(list[0]["insertTextFormat"], 2);
}

#[test]
fn hover_and_signature_help_follow_unsaved_text() {
    let (_workspace, mut client, file) = open();
    let whole = "run \"a\" {\n  assert {\n    condition     = element([var.name], 0) == \"e\"\n    error_message = \"\"\n  }\n}\n";
    client.did_change(&file, 2, whole);
    let at = |text: &str, needle: &str, add: usize| json!({"textDocument": {"uri": uri(&file)}, "position": position(text, needle, add)});
    let hover = client.request("textDocument/hover", at(whole, "element", 3));
    assert_eq!(hover["contents"]["kind"], "markdown");
    let shown = hover["contents"]["value"].as_str().unwrap();
    let expected = "```hcl\nelement(list: any, index: number) -> any\n```\n\nReturns one element";
    assert!(shown.starts_with(expected), "{shown}");
    assert_eq!(hover["range"]["start"], position(whole, "element", 0));
    assert_eq!(hover["range"]["end"], position(whole, "element", 7));
    let hover = client.request("textDocument/hover", at(whole, "var.name", 5));
    assert!(hover["contents"]["value"].as_str().unwrap().contains("variable \"name\" {"), "{hover}");
    let hover = client.request("textDocument/hover", at(whole, "condition", 2));
    assert!(hover["contents"]["value"].as_str().unwrap().starts_with("What must be true."), "{hover}");
    assert_eq!(client.request("textDocument/hover", at(whole, "\"e\"", 1)), Value::Null);

    let half = "run \"a\" {\n  assert {\n    condition     = element([var.name], upper(\"e\"), \n";
    client.did_change(&file, 3, half);
    let mut help =
        |needle: &str, add: usize| client.request("textDocument/signatureHelp", at(half, needle, add));
    assert_eq!(help("condition", 2), Value::Null);
    assert_eq!(help("upper(\"", 7), Value::Null);
    assert_eq!(help("upper(", 6)["signatures"][0]["label"], "upper(str: string) -> string");
    // One argument too many still shows the last parameter.
    assert_eq!(help("), \n", 3)["activeParameter"], 1);
    let second = help("upper(", 1);
    assert_eq!(second["activeParameter"], 1, "{second}");
    assert_eq!(second["signatures"][0]["parameters"][1]["label"], "index: number");
}

#[test]
fn definitions_and_references_cross_files() {
    let (workspace, mut client, file) = open();
    let at = |needle: &str, add: usize| {
        json!({
            "textDocument": {"uri": uri(&file)},
            "position": position(TESTS, needle, add),
            "context": {"includeDeclaration": true},
        })
    };
    let main = uri(&workspace.path("main.tf"));
    let found = client.request("textDocument/definition", at("output.greeting", 9));
    assert_eq!(found[0]["uri"], main);
    assert_eq!(found[0]["range"]["start"], position(MAIN, "\"greeting\"", 0));
    let found = client.request("textDocument/definition", at("run.first", 5));
    assert_eq!(found[0]["uri"], uri(&file));
    assert_eq!(found[0]["range"]["start"], position(TESTS, "\"first\"", 0));
    let found = client.request("textDocument/references", at("name = \"bob\"", 1));
    let places: Vec<_> =
        found.as_array().unwrap().iter().map(|it| (&it["uri"], &it["range"]["start"])).collect();
    let here = json!(uri(&file));
    let there = json!(main);
    assert_eq!(
        places,
        [
            (&there, &position(MAIN, "\"name\"", 0)),
            (&there, &position(MAIN, "var.name", 0)),
            (&here, &position(TESTS, "name = \"bob\"", 0)),
            (&here, &position(TESTS, "var.name", 0)),
        ]
    );
    assert_eq!(client.request("textDocument/definition", at("condition", 0)), Value::Null);
    // From the module's file, which is not open, to the tests.
    let from = json!({
        "textDocument": {"uri": main},
        "position": position(MAIN, "\"greeting\"", 3),
        "context": {"includeDeclaration": false},
    });
    let found = client.request("textDocument/references", from);
    assert_eq!(found.as_array().map(Vec::len), Some(2), "{found}");
}

#[test]
fn duplicates_name_the_first_declaration() {
    let (_workspace, mut client, file) = open();
    client.did_change(&file, 2, "run \"a\" {\n}\nrun \"a\" {\n}\n");
    let is_it = |it: &Value| it["code"] == "duplicate-run";
    let found = client.diagnostics(&file, |list| list.iter().any(is_it));
    let duplicate = found.iter().find(|it| is_it(it)).unwrap();
    assert_eq!(duplicate["range"]["start"]["line"], 2);
    let related = &duplicate["relatedInformation"][0];
    assert_eq!(related["location"]["range"]["start"], json!({"line": 0, "character": 4}), "{found:#?}");
}

#[test]
fn the_client_may_choose_the_dialect() {
    let main = "output \"n\" {\n  value = convert(\"5\", number)\n}\n";
    let workspace = Workspace::new("dialect", &[("main.tf", main)]);
    let file = workspace.path("main.tf");
    let start = |dialect: Value| {
        let mut params = full_client(&workspace.root);
        params["initializationOptions"] = json!({ "dialect": dialect });
        let mut client = Client::initialize(&workspace.root, params).0;
        client.did_open(&file, main);
        client
    };
    // Nothing else than `convert`, which older versions do not have, reads `number` as a type.
    let unknown = |list: &[Value]| {
        list.iter().any(|it| {
            it["message"].as_str().unwrap().contains("A reference to a resource type must be followed")
        })
    };
    start(json!("terraform@1.14")).diagnostics(&file, unknown);
    start(json!(null)).diagnostics(&file, |list| list.is_empty());
    let mut client = start(json!("terraform@7"));
    client.notification("window/showMessage", |params| {
        params["message"].as_str().unwrap().starts_with("There is no dialect \"terraform@7\".")
    });
    client.diagnostics(&file, |list| list.is_empty());
    start(json!(7)).notification("window/showMessage", |params| params["type"] == 2);
}

#[test]
fn two_folders_do_not_mix() {
    let one = Workspace::new("folder-one", &[("main.tf", "output \"one\" {\n  value = 1\n}\n")]);
    let two = Workspace::new("folder-two", &[("main.tf", "output \"two\" {\n  value = 2\n}\n")]);
    let mut client = Client::open(&one.root);
    client.notify(
        "workspace/didChangeWorkspaceFolders",
        json!({"event": {"added": [{"uri": uri(&two.root), "name": "two"}], "removed": []}}),
    );
    let text = "run \"a\" {\n  assert {\n    condition = output.\n  }\n}\n";
    for (workspace, output) in [(&one, "one"), (&two, "two")] {
        let file = workspace.path("x.tftest.hcl");
        client.did_open(&file, text);
        let at = json!({"textDocument": {"uri": uri(&file)}, "position": position(text, "output.", 7)});
        assert_eq!(labels(&client.request("textDocument/completion", at)), [output]);
    }
}

#[test]
fn saved_files_that_change_outside_count() {
    let (workspace, mut client, file) = open();
    client.wait_for("the registration of watched files", |message| {
        message["method"] == "client/registerCapability"
    });
    std::fs::write(workspace.path("main.tf"), "output \"new\" {\n  value = 1\n}\n").unwrap();
    client.notify(
        "workspace/didChangeWatchedFiles",
        json!({"changes": [{"uri": uri(&workspace.path("main.tf")), "type": 2}]}),
    );
    let at = json!({"textDocument": {"uri": uri(&file)}, "position": position(TESTS, "run.first.", 10)});
    assert_eq!(labels(&client.request("textDocument/completion", at)), ["new"]);
}
