//! Symbols, folding, highlights, tokens, rename, links and hints, through the protocol.

use std::path::PathBuf;

use crate::client::{Client, Workspace, full_client, position, uri};
use serde_json::{Value, json};

const MAIN: &str = "variable \"name\" {\n  type = string\n}\noutput \"greeting\" {\n  value = \"hello ${var.name}\"\n}\nmodule \"child\" {\n  source = \"./child\"\n}\n";
const CHILD: &str = "output \"one\" {\n  value = 1\n}\n";
const TESTS: &str = "# A test.\n# It is one.\nvariables {\n  name = \"bob\"\n}\n\nrun \"first\" {\n  command = plan\n}\n\nrun \"second\" {\n  variables {\n    name = run.first.greeting\n  }\n  assert {\n    condition     = run.first.greeting == output.greeting\n    error_message = \"${var.name}\"\n  }\n}\n";

fn workspace() -> Workspace {
    let files = [("main.tf", MAIN), ("child/main.tf", CHILD), ("tests/main.tftest.hcl", TESTS)];
    Workspace::new("navigation", &files)
}

fn open() -> (Workspace, Client, PathBuf) {
    let workspace = workspace();
    let mut client = Client::open(&workspace.root);
    let file = workspace.path("tests/main.tftest.hcl");
    client.did_open(&file, TESTS);
    (workspace, client, file)
}

/// The same with one capability of the client changed.
fn open_with(change: impl Fn(&mut Value)) -> (Workspace, Client, PathBuf, Value) {
    let workspace = workspace();
    let mut params = full_client(&workspace.root);
    change(&mut params);
    let (mut client, result) = Client::initialize(&workspace.root, params);
    let file = workspace.path("tests/main.tftest.hcl");
    client.did_open(&file, TESTS);
    (workspace, client, file, result)
}

fn document(file: &std::path::Path) -> Value {
    json!({"textDocument": {"uri": uri(file)}})
}

fn at(file: &std::path::Path, text: &str, needle: &str, add: usize) -> Value {
    json!({"textDocument": {"uri": uri(file)}, "position": position(text, needle, add)})
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect()
}

#[test]
fn symbols_are_a_tree_or_a_list() {
    let (_workspace, mut client, file) = open();
    let found = client.request("textDocument/documentSymbol", document(&file));
    assert_eq!(names(&found), ["variables", "first", "second"]);
    assert_eq!(found[2]["detail"], "run");
    assert_eq!(found[2]["range"]["start"], position(TESTS, "run \"second\"", 0));
    assert_eq!(found[2]["selectionRange"]["start"], position(TESTS, "\"second\"", 0));
    assert_eq!(names(&found[2]["children"]), ["variables", "assert"]);
    assert_eq!(found[2]["children"][1]["detail"], "run.first.greeting == output.greeting");
    let (_workspace, mut client, file, _) = open_with(|params| {
        params["capabilities"]["textDocument"]["documentSymbol"] = json!({});
    });
    let found = client.request("textDocument/documentSymbol", document(&file));
    assert_eq!(names(&found), ["variables", "name", "first", "second", "variables", "name", "assert"]);
    assert_eq!(found[6]["containerName"], "second");
    assert_eq!(found[6]["location"]["uri"], uri(&file));
}

#[test]
fn workspace_symbols_are_of_every_folder() {
    let (_workspace, mut client, _) = open();
    let other = Workspace::new("other", &[("main.tf", "output \"greeter\" {\n  value = 2\n}\n")]);
    let added = json!({"event": {"added": [{"uri": uri(&other.root), "name": "two"}], "removed": []}});
    client.notify("workspace/didChangeWorkspaceFolders", added);
    let found = client.request("workspace/symbol", json!({"query": "greet"}));
    assert_eq!(names(&found), ["greeter", "greeting"]);
    assert_eq!(found[0]["location"]["uri"], uri(&other.path("main.tf")));
    assert_eq!(client.request("workspace/symbol", json!({"query": "frst"}))[0]["name"], "first");
}

#[test]
fn folds_are_of_lines_or_of_characters() {
    let (_workspace, mut client, file) = open();
    let found = client.request("textDocument/foldingRange", document(&file));
    let lines = |found: &Value| -> Vec<(u64, u64)> {
        let line = |it: &Value, name: &str| it[name].as_u64().unwrap();
        found.as_array().unwrap().iter().map(|it| (line(it, "startLine"), line(it, "endLine"))).collect()
    };
    assert_eq!(lines(&found), [(0, 1), (2, 3), (6, 7), (10, 17), (11, 12), (14, 16)]);
    assert_eq!((&found[0]["kind"], &found[0]["startCharacter"]), (&json!("comment"), &Value::Null));
    let (_workspace, mut client, file, _) = open_with(|params| {
        params["capabilities"]["textDocument"]["foldingRange"] = json!({"lineFoldingOnly": false});
    });
    let found = client.request("textDocument/foldingRange", document(&file));
    assert_eq!(lines(&found)[1], (2, 4));
    assert_eq!((&found[1]["startCharacter"], &found[1]["endCharacter"]), (&json!(11), &json!(0)));
}

#[test]
fn selections_grow_from_every_cursor() {
    let (_workspace, mut client, file) = open();
    let mut params = document(&file);
    params["positions"] = json!([position(TESTS, "output.greeting", 8), {"line": 9999, "character": 3}]);
    let found = client.request("textDocument/selectionRange", params);
    let start = |range: &Value| range["range"]["start"].clone();
    assert_eq!(start(&found[0]), position(TESTS, "output.greeting", 7));
    assert_eq!(start(&found[0]["parent"]), position(TESTS, "output.greeting", 0));
    assert_eq!(start(&found[0]["parent"]["parent"]), position(TESTS, "run.first.greeting ==", 0));
    assert_eq!(found.as_array().map(Vec::len), Some(2));
}

#[test]
fn highlights_tell_writing_from_reading() {
    let (_workspace, mut client, file) = open();
    let found = client.request("textDocument/documentHighlight", at(&file, TESTS, "name = \"bob\"", 1));
    let kinds: Vec<&Value> = found.as_array().unwrap().iter().map(|it| &it["kind"]).collect();
    assert_eq!(kinds, [3, 3, 2]);
    let nothing = client.request("textDocument/documentHighlight", at(&file, TESTS, "# A", 1));
    assert_eq!(nothing, Value::Null);
}

/// The list of numbers that a client has after it has applied the edits.
pub(crate) fn applied(mut data: Vec<Value>, edits: &Value) -> Vec<Value> {
    for edit in edits.as_array().unwrap() {
        let start = edit["start"].as_u64().unwrap() as usize;
        let count = edit["deleteCount"].as_u64().unwrap() as usize;
        data.splice(start..start + count, edit["data"].as_array().cloned().unwrap_or_default());
    }
    data
}

#[test]
fn tokens_come_whole_and_as_differences() {
    let (_workspace, mut client, file) = open();
    let data = |result: &Value| result["data"].as_array().unwrap().clone();
    let full = client.request("textDocument/semanticTokens/full", document(&file));
    assert_eq!(data(&full).len() % 5, 0);
    client.notify(
        "textDocument/didChange",
        json!({
            "textDocument": {"uri": uri(&file), "version": 2},
            "contentChanges": [{"range": {"start": position(TESTS, "plan", 0), "end": position(TESTS, "plan", 4)}, "text": "apply # now\n"}],
        }),
    );
    let mut params = document(&file);
    params["previousResultId"] = full["resultId"].clone();
    let delta = client.request("textDocument/semanticTokens/full/delta", params.clone());
    assert_eq!(delta["edits"].as_array().map(Vec::len), Some(1), "{delta}");
    let now = client.request("textDocument/semanticTokens/full", document(&file));
    assert_eq!(applied(data(&full), &delta["edits"]), data(&now));
    // A state that nobody remembers is answered with the whole list.
    assert_eq!(client.request("textDocument/semanticTokens/full/delta", params)["data"], now["data"]);
    let mut params = document(&file);
    params["previousResultId"] =
        client.request("textDocument/semanticTokens/full", document(&file))["resultId"].clone();
    assert_eq!(client.request("textDocument/semanticTokens/full/delta", params)["edits"], json!([]));
    let mut params = document(&file);
    params["range"] = json!({"start": {"line": 2, "character": 0}, "end": {"line": 3, "character": 0}});
    let some = client.request("textDocument/semanticTokens/range", params);
    assert_eq!(some["data"][0], 2);
    assert_eq!(data(&some).len(), 15);
}

#[test]
fn a_rename_reaches_every_file_or_says_why_not() {
    let (workspace, mut client, file) = open();
    let main = workspace.path("main.tf");
    let place = at(&file, TESTS, "output.greeting", 9);
    let prepared = client.request("textDocument/prepareRename", place.clone());
    assert_eq!(prepared["placeholder"], "greeting");
    assert_eq!(prepared["range"]["start"], position(TESTS, "output.greeting", 7));
    let rename = |place: &Value, name: &str| {
        let mut params = place.clone();
        params["newName"] = json!(name);
        params
    };
    let edit = client.request("textDocument/rename", rename(&place, "salutation"));
    let changes = edit["documentChanges"].as_array().unwrap();
    let shown: Vec<_> = changes
        .iter()
        .map(|it| {
            (
                &it["textDocument"]["uri"],
                &it["textDocument"]["version"],
                it["edits"].as_array().unwrap().len(),
            )
        })
        .collect();
    assert_eq!(shown, [(&json!(uri(&main)), &Value::Null, 1), (&json!(uri(&file)), &json!(1), 3)]);
    let error = client.request_error("textDocument/rename", rename(&place, "not a name"));
    assert_eq!(error["code"], -32803);
    assert!(error["message"].as_str().unwrap().contains("is no name"), "{error}");
    let error = client.request_error("textDocument/prepareRename", at(&main, MAIN, "./child", 3));
    assert!(error["message"].as_str().unwrap().contains("directory"), "{error}");
    assert_eq!(client.request("textDocument/prepareRename", at(&file, TESTS, "# A", 1)), Value::Null);
    let (_workspace, mut client, file, result) = open_with(|params| {
        params["capabilities"]["textDocument"]["rename"] = json!({});
        params["capabilities"]["workspace"]["workspaceEdit"] = json!({});
    });
    assert_eq!(result["capabilities"]["renameProvider"], true);
    let edit = client.request("textDocument/rename", rename(&at(&file, TESTS, "run.first", 6), "start"));
    assert_eq!(edit["changes"][uri(&file)].as_array().map(Vec::len), Some(3), "{edit}");
}

#[test]
fn a_runs_name_is_typed_in_all_its_places() {
    let (_workspace, mut client, file) = open();
    let found = client.request("textDocument/linkedEditingRange", at(&file, TESTS, "\"first\"", 3));
    assert_eq!(found["ranges"].as_array().map(Vec::len), Some(3), "{found}");
    assert_eq!(
        client.request("textDocument/linkedEditingRange", at(&file, TESTS, "\"second\"", 3)),
        Value::Null
    );
}

#[test]
fn links_and_types_lead_to_files() {
    let (workspace, mut client, file) = open();
    let main = workspace.path("main.tf");
    let found = client.request("textDocument/documentLink", document(&main));
    assert_eq!(found[0]["target"], uri(&workspace.path("child/main.tf")));
    assert_eq!(found[0]["range"]["start"], position(MAIN, "./child", 0));
    let found = client.request("textDocument/typeDefinition", at(&file, TESTS, "var.name", 5));
    assert_eq!(found[0]["targetUri"], uri(&main), "{found}");
    assert_eq!(found[0]["targetRange"]["start"], position(MAIN, "string", 0));
    assert_eq!(found[0]["originSelectionRange"]["start"], position(TESTS, "var.name", 0));
}

#[test]
fn hints_show_types_and_then_values() {
    let (_workspace, mut client, file) = open();
    let mut params = document(&file);
    params["range"] = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
    let labels = |found: &Value| -> Vec<String> {
        let label = |it: &Value| it["label"].as_str().unwrap().to_owned();
        found.as_array().unwrap().iter().map(label).collect()
    };
    let found = client.request("textDocument/inlayHint", params.clone());
    assert_eq!(labels(&found), [": string", ": string", ": string"]);
    client.request(
        "workspace/executeCommand",
        json!({"command": "runblock.run", "arguments": [{"uri": uri(&file)}]}),
    );
    client.wait_for("the wish for new hints", |message| message["method"] == "workspace/inlayHint/refresh");
    let mut found = client.request("textDocument/inlayHint", params.clone());
    // The verdicts come one after the other.
    for _ in 0..500 {
        if labels(&found).iter().any(|label| label.starts_with(" =")) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
        found = client.request("textDocument/inlayHint", params.clone());
    }
    let expected = [": string", " = \"hello bob\"", " = \"hello hello bob\""];
    assert_eq!(labels(&found), expected);
    let hover = client.request("textDocument/hover", at(&file, TESTS, "output.greeting", 8));
    let shown = hover["contents"]["value"].as_str().unwrap();
    assert!(shown.contains("Last run:\n```hcl\noutput.greeting = \"hello hello bob\""), "{shown}");
}

#[test]
fn a_client_may_keep_module_files_to_another_server() {
    let (workspace, mut client, file, _) = open_with(|params| {
        params["initializationOptions"] = json!({"files": "tests"});
    });
    let main = workspace.path("main.tf");
    client.did_open(&main, "output \"other\" {\n  value = var.nope\n}\n");
    assert_eq!(client.request("textDocument/documentSymbol", document(&main)), Value::Null);
    assert_eq!(client.request("textDocument/hover", at(&main, MAIN, "variable", 2)), Value::Null);
    // What is typed there counts all the same: the module has no such output now.
    client.diagnostics(&file, |list| {
        list.iter().any(|it| it["message"].as_str().unwrap().contains("greeting"))
    });
    let silent = client.silent(std::time::Duration::from_millis(200), |message| {
        message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri(&main)
    });
    assert!(silent);
    let (_workspace, mut client, _, _) = open_with(|params| {
        params["initializationOptions"] = json!({"files": "some"});
    });
    client.notification("window/showMessage", |params| {
        params["message"].as_str().unwrap().contains("must be \"all\" or \"tests\"")
    });
}

/// Places that are not there, files that are gone, documents that are on no disk: an answer to everything.
#[test]
fn strange_places_are_answered() {
    let (workspace, mut client, file) = open();
    let unsaved = "untitled:Untitled-1";
    client.notify(
        "textDocument/didOpen",
        json!({"textDocument": {"uri": unsaved, "languageId": "terraform-test", "version": 1, "text": "run \"a\" {\n  x = run.a."}}),
    );
    let gone = workspace.path("child/main.tf");
    client.did_open(&gone, CHILD);
    std::fs::remove_dir_all(workspace.path("child")).unwrap();
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": uri(&gone), "type": 3}]}));
    let missing = uri(&workspace.path("no/such.tftest.hcl"));
    for uri in [unsaved.to_owned(), uri(&gone), uri(&file), missing, "git:/x.tf?y".to_owned()] {
        for position in [json!({"line": 0, "character": 5}), json!({"line": 999_999, "character": 999_999})] {
            let range = json!({"start": position, "end": position});
            let params = json!({
                "textDocument": {"uri": uri}, "position": position, "positions": [position], "range": range,
                "newName": "x", "previousResultId": "7", "context": {"includeDeclaration": true, "triggerKind": 1, "isRetrigger": false}, "query": "",
            });
            for method in METHODS {
                let id = client.ask(method, params.clone());
                let response = client.response(id);
                let refused = response["error"]["code"] == -32803;
                assert!(response.get("error").is_none() || refused, "{method} {uri}: {response}");
            }
        }
    }
    assert_eq!(client.leave(), Some(0));
}

/// Everything that can be asked about a document.
pub(crate) const METHODS: &[&str] = &[
    "textDocument/completion",
    "textDocument/hover",
    "textDocument/signatureHelp",
    "textDocument/definition",
    "textDocument/typeDefinition",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/documentSymbol",
    "textDocument/foldingRange",
    "textDocument/selectionRange",
    "textDocument/semanticTokens/full",
    "textDocument/semanticTokens/full/delta",
    "textDocument/semanticTokens/range",
    "textDocument/prepareRename",
    "textDocument/rename",
    "textDocument/linkedEditingRange",
    "textDocument/documentLink",
    "textDocument/inlayHint",
    "textDocument/codeLens",
    "workspace/symbol",
];
