//! Code actions, through the protocol.

use crate::client::{Client, Workspace, full_client, position, uri};
use serde_json::{Value, json};

const MAIN: &str = "variable \"name\" {\n  type = string\n}\noutput \"greeting\" {\n  value = var.name\n}\n";
const TESTS: &str = "run \"é\" {\n  comand = plan\n}\n";

fn ask(file: &std::path::Path, at: &Value, context: Value) -> Value {
    json!({"textDocument": {"uri": uri(file)}, "range": {"start": at, "end": at}, "context": context})
}

fn titles(found: &Value) -> Vec<&str> {
    found.as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap()).collect()
}

fn named<'v>(found: &'v Value, title: &str) -> &'v Value {
    let mut all = found.as_array().unwrap().iter();
    all.find(|it| it["title"] == title).unwrap_or_else(|| panic!("no {title}: {found:#}"))
}

#[test]
fn what_an_action_changes_comes_when_it_is_chosen() {
    let workspace = Workspace::new("actions", &[("main.tf", MAIN), ("tests/a.tftest.hcl", TESTS)]);
    let mut client = Client::open(&workspace.root);
    let file = workspace.path("tests/a.tftest.hcl");
    client.did_open(&file, TESTS);
    let at = position("run \"e\" {\n  comand", "comand", 1);
    let found = client.request("textDocument/codeAction", ask(&file, &at, json!({"diagnostics": []})));
    let fix = named(&found, "Change \"comand\" to \"command\"");
    assert_eq!(fix["kind"], "quickfix");
    assert_eq!(fix["isPreferred"], true);
    assert_eq!(fix["diagnostics"][0]["code"], "unsupported-argument");
    assert_eq!(fix.get("edit"), None);
    let fix = client.request("codeAction/resolve", fix.clone());
    let range = json!({"start": {"line": 1, "character": 2}, "end": {"line": 1, "character": 8}});
    let edits = json!([{"range": range, "newText": "command"}]);
    let document = json!({"uri": uri(&file), "version": 1});
    assert_eq!(fix["edit"], json!({"documentChanges": [{"textDocument": document, "edits": edits}]}));
    // Another text in the meantime.
    let old = named(&found, "Fix everything that leaves no doubt").clone();
    client.did_change(&file, 2, "run \"a\" {\n}\n");
    let error = client.request_error("codeAction/resolve", old);
    assert_eq!(error["code"], -32801);
}

#[test]
fn kinds_are_honoured() {
    let workspace = Workspace::new("action-kinds", &[("main.tf", MAIN), ("tests/a.tftest.hcl", TESTS)]);
    let mut client = Client::open(&workspace.root);
    let file = workspace.path("tests/a.tftest.hcl");
    client.did_open(&file, TESTS);
    let at = position("run \"e\" {\n  comand", "comand", 1);
    let mut asked = |only: &str| {
        let context = json!({"diagnostics": [], "only": [only], "triggerKind": 2});
        let found = client.request("textDocument/codeAction", ask(&file, &at, context));
        titles(&found).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let fix = "Change \"comand\" to \"command\"";
    assert_eq!(asked("source.fixAll"), ["Fix everything that leaves no doubt"]);
    assert_eq!(asked("source.fixAll.runblock"), ["Fix everything that leaves no doubt"]);
    assert_eq!(asked("source.fixAll.other"), [""; 0]);
    assert!(asked("quickfix").contains(&fix.to_owned()));
    assert_eq!(asked("source.organizeImports"), [""; 0]);
    assert!(!asked("refactor").contains(&fix.to_owned()));
}

#[test]
fn files_are_made_only_where_the_client_makes_them() {
    let workspace = Workspace::new("action-files", &[("main.tf", MAIN)]);
    let main = workspace.path("main.tf");
    let title = "Create tests/main.tftest.hcl with a run block for the module";
    let start = position(MAIN, "output", 0);
    let ask = ask(&main, &start, json!({"diagnostics": []}));

    let mut client = Client::open(&workspace.root);
    client.did_open(&main, MAIN);
    let found = client.request("textDocument/codeAction", ask.clone());
    let found = client.request("codeAction/resolve", named(&found, title).clone());
    let changes = &found["edit"]["documentChanges"];
    let created = uri(&workspace.path("tests/main.tftest.hcl"));
    assert_eq!(changes[0]["kind"], "create");
    assert_eq!(changes[0]["uri"], created);
    assert_eq!(changes[1]["textDocument"], json!({"uri": created, "version": null}));
    let text = changes[1]["edits"][0]["newText"].as_str().unwrap();
    assert!(text.contains("condition     = output.greeting == \"example\""), "{text}");

    // One that shows why not, and takes everything at once.
    let mut params = full_client(&workspace.root);
    params["capabilities"]["workspace"]["workspaceEdit"] = json!({});
    params["capabilities"]["textDocument"]["codeAction"]["resolveSupport"] = json!(null);
    let mut client = Client::initialize(&workspace.root, params.clone()).0;
    client.did_open(&main, MAIN);
    let found = client.request("textDocument/codeAction", ask.clone());
    let refused = named(&found, title);
    assert_eq!(refused["disabled"]["reason"], "This editor does not create files for a language server.");
    assert_eq!(refused.get("edit"), None);
    let file = workspace.path("a.tftest.hcl");
    client.did_open(&file, TESTS);
    let at = position("run \"e\" {\n  comand", "comand", 1);
    let found = client.request("textDocument/codeAction", self::ask(&file, &at, json!({"diagnostics": []})));
    let fix = named(&found, "Change \"comand\" to \"command\"");
    assert_eq!(fix["edit"]["changes"][uri(&file)][0]["newText"], "command");

    // One that shows nothing of the sort, and one that knows no actions.
    params["capabilities"]["textDocument"]["codeAction"]["disabledSupport"] = json!(false);
    let mut client = Client::initialize(&workspace.root, params.clone()).0;
    client.did_open(&main, MAIN);
    let found = client.request("textDocument/codeAction", ask);
    assert!(!titles(&found).contains(&title), "{found:#}");
    params["capabilities"]["textDocument"]["codeAction"] = json!({});
    let (_client, answer) = Client::initialize(&workspace.root, params);
    assert_eq!(answer["capabilities"].get("codeActionProvider"), None);
}

#[test]
fn a_converted_file_is_renamed_or_made_anew() {
    let text = "run \"é\" {\n  command = plan\n}\n";
    let workspace = Workspace::new("action-convert", &[("main.tf", MAIN), ("a.tftest.hcl", text)]);
    let file = workspace.path("a.tftest.hcl");
    let (old, new) = (uri(&file), uri(&workspace.path("a.tftest.json")));
    let converted = |operations: Value| {
        let mut params = full_client(&workspace.root);
        params["capabilities"]["workspace"]["workspaceEdit"]["resourceOperations"] = operations;
        let mut client = Client::initialize(&workspace.root, params).0;
        client.did_open(&file, text);
        let context = json!({"diagnostics": [], "only": ["refactor.rewrite"]});
        let found = client.request("textDocument/codeAction", ask(&file, &position(text, "run", 0), context));
        assert_eq!(titles(&found), ["Convert to JSON"]);
        client.request("codeAction/resolve", found[0].clone())["edit"]["documentChanges"].take()
    };
    let renamed = converted(json!(["create", "rename", "delete"]));
    assert_eq!((&renamed[0]["kind"], &renamed[0]["oldUri"]), (&json!("rename"), &json!(old)));
    assert_eq!(renamed[1]["textDocument"]["uri"], new);
    assert_eq!(renamed[1]["edits"][0]["range"]["end"], json!({"line": 3, "character": 0}));
    let made = converted(json!(["create", "delete"]));
    assert_eq!((&made[0]["kind"], &made[0]["uri"]), (&json!("create"), &json!(new)));
    assert_eq!((&made[2]["kind"], &made[2]["uri"]), (&json!("delete"), &json!(old)));
}

/// What real editors say they can do is answered with edits that they can make.
#[test]
fn every_editor_gets_an_edit_that_it_can_make() {
    let workspace = Workspace::new("action-editors", &[("main.tf", MAIN)]);
    let file = workspace.path("a.tftest.hcl");
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/black_box/data");
    let mut count = 0;
    for entry in std::fs::read_dir(data).unwrap() {
        let path = entry.unwrap().path();
        if !path.to_string_lossy().ends_with(".initialize.json") {
            continue;
        }
        let captured: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let mut params = captured.get("params").unwrap_or(&captured).clone();
        params["rootUri"] = json!(uri(&workspace.root));
        params["workspaceFolders"] = json!([{"uri": uri(&workspace.root), "name": "w"}]);
        let (mut client, answer) = Client::initialize(&workspace.root, params);
        assert!(answer["capabilities"]["codeActionProvider"].is_object(), "{path:?}");
        client.did_open(&file, TESTS);
        let at = json!({"line": 1, "character": 3});
        let found = client.request("textDocument/codeAction", ask(&file, &at, json!({"diagnostics": []})));
        let mut fix = named(&found, "Change \"comand\" to \"command\"").clone();
        if fix.get("edit").is_none() {
            fix = client.request("codeAction/resolve", fix);
        }
        let edit = fix["edit"].to_string();
        assert!(edit.contains("\"newText\":\"command\""), "{path:?}: {edit}");
        count += 1;
    }
    assert_eq!(count, 8);
}
