//! The messages of test explorers: what there is, what happens, the end.

use serde_json::{Value, json};

use crate::client::{Client, Workspace, full_client, uri};

const MAIN: &str =
    "variable \"name\" {\n  type = string\n}\noutput \"greeting\" {\n  value = \"hello ${var.name}\"\n}\n";
const TESTS: &str = "variables {\n  name = \"bob\"\n}\nrun \"passes\" {\n}\nrun \"fails\" {\n  assert {\n    condition     = output.greeting == \"\"\n    error_message = \"Greeted.\"\n  }\n}\n";

fn open() -> (Workspace, Client, std::path::PathBuf) {
    let workspace = Workspace::new("explorer", &[("m/main.tf", MAIN), ("m/tests/main.tftest.hcl", TESTS)]);
    let mut params = full_client(&workspace.root);
    params["capabilities"]["experimental"] = json!({"testingApi": true});
    let (mut client, result) = Client::initialize(&workspace.root, params);
    assert_eq!(result["capabilities"]["experimental"]["testingApi"], true);
    let file = workspace.path("m/tests/main.tftest.hcl");
    client.did_open(&file, TESTS);
    (workspace, client, file)
}

fn progress(client: &mut Client, id: u32, kind: &str) -> Value {
    client.notification("runblock/testRunProgress", |params| {
        params["id"] == id && params["message"]["type"] == kind
    })["message"]
        .take()
}

#[test]
fn tests_are_listed_as_they_are_typed() {
    let (_workspace, mut client, file) = open();
    let listed = client.notification("runblock/testModule", |_| true);
    assert_eq!(listed["textDocument"], json!({"uri": uri(&file), "version": 1}));
    assert_eq!(listed["label"], "m/tests/main.tftest.hcl");
    let id = "m/tests/main.tftest.hcl::passes";
    assert_eq!(listed["tests"][0]["id"], id);
    assert_eq!(listed["tests"][1]["label"], "fails");
    assert_eq!(listed["tests"][0]["range"]["start"], json!({"line": 3, "character": 0}));
    client.did_change(&file, 2, &TESTS.replace("passes", "renamed"));
    let listed = client.notification("runblock/testModule", |_| true);
    assert_eq!(listed["tests"][0]["label"], "renamed");
}

#[test]
fn a_run_tells_its_story() {
    let (_workspace, mut client, file) = open();
    let enqueued = client.request("runblock/testRun", json!({"id": 7}));
    let ids = ["m/tests/main.tftest.hcl::passes", "m/tests/main.tftest.hcl::fails"];
    assert_eq!(enqueued, json!({"enqueued": [{"uri": uri(&file), "ids": ids}]}));
    assert_eq!(progress(&mut client, 7, "started")["test"]["id"], ids[0]);
    let passed = progress(&mut client, 7, "passed");
    assert_eq!((&passed["test"]["id"], &passed["version"]), (&json!(ids[0]), &json!(1)));
    let failed = progress(&mut client, 7, "failed");
    let message = &failed["messages"][0];
    assert!(message["message"].as_str().unwrap().ends_with("output.greeting is \"hello bob\""), "{failed}");
    assert_eq!(message["location"]["uri"], uri(&file));
    assert_eq!(message["location"]["range"]["start"]["line"], 7);
    progress(&mut client, 7, "end");
}

#[test]
fn one_run_is_run_and_strange_ids_are_left_out() {
    let (_workspace, mut client, file) = open();
    let one = json!({"uri": uri(&file), "id": "m/tests/main.tftest.hcl::fails"});
    let gone = json!({"uri": uri(&file), "id": "gone"});
    let enqueued = client.request("runblock/testRun", json!({"id": 1, "include": [one, gone]}));
    assert_eq!(enqueued["enqueued"][0]["ids"], json!(["m/tests/main.tftest.hcl::fails"]));
    progress(&mut client, 1, "failed");
    progress(&mut client, 1, "end");
    let nothing = client.request("runblock/testRun", json!({"id": 2, "include": []}));
    assert_eq!(nothing, json!({"enqueued": []}));
    progress(&mut client, 2, "end");
    client.request("runblock/testRunCancel", json!({"id": 99}));
}
