//! Schemas of providers: where the server finds them, and what it does with them.

use crate::client::{Client, Workspace, full_client, position, uri};
use serde_json::{Value, json};

const MAIN: &str = "terraform {\n  required_providers {\n    cloud = { source = \"example/cloud\" }\n  }\n}\n\nresource \"cloud_machine\" \"a\" {\n  nmae = \"x\"\n}\n";
const TEST: &str =
    "run \"a\" {\n  assert {\n    condition     = cloud_machine.a.\n    error_message = \"\"\n  }\n}\n";

/// A provider whose one resource type has that attribute.
fn schema(attribute: &str) -> String {
    let block =
        json!({"attributes": {attribute: {"type": "string", "optional": true, "description": "So called."}}});
    let kinds = json!({"cloud_machine": {"version": 0, "block": block}});
    let providers = json!({"registry.terraform.io/example/cloud": {"resource_schemas": kinds}});
    json!({"format_version": "1.0", "provider_schemas": providers}).to_string()
}

fn says(message: &'static str) -> impl Fn(&[Value]) -> bool {
    move |list| list.iter().any(|it| it["message"].as_str().unwrap().contains(message))
}

fn labels(client: &mut Client, file: &std::path::Path) -> Vec<String> {
    let needle = "cloud_machine.a.";
    let at = json!({"textDocument": {"uri": uri(file)}, "position": position(TEST, needle, needle.len())});
    let list = client.request("textDocument/completion", at);
    list.as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_modules_own_schemas_count_in_it_and_follow_their_file() {
    let workspace = Workspace::new(
        "schemas-own",
        &[
            ("m/main.tf", MAIN),
            ("m/main.tftest.hcl", TEST),
            ("m/.runblock/schemas/cloud.json", &schema("name")),
            ("n/main.tf", MAIN),
        ],
    );
    let mut client = Client::open(&workspace.root);
    client.wait_for("the registration of watched files", |message| {
        message["method"] == "client/registerCapability"
            && message.to_string().contains("**/.runblock/schemas/*.json")
    });
    let (main, test, other) =
        (workspace.path("m/main.tf"), workspace.path("m/main.tftest.hcl"), workspace.path("n/main.tf"));
    client.did_open(&main, MAIN);
    let found = client.diagnostics(&main, says("An argument named \"nmae\" is not expected here."));
    assert_eq!(found[0]["range"]["start"], position(MAIN, "nmae", 0));
    client.did_open(&test, TEST);
    assert_eq!(labels(&mut client, &test), ["name"]);
    // The module beside it has none.
    client.did_open(&other, MAIN);
    client.diagnostics(&other, |list| list.is_empty());

    let file = workspace.path("m/.runblock/schemas/cloud.json");
    std::fs::write(&file, schema("nmae")).unwrap();
    let changed = |kind: u32| json!({"changes": [{"uri": uri(&file), "type": kind}]});
    client.notify("workspace/didChangeWatchedFiles", changed(2));
    client.diagnostics(&main, |list| list.is_empty());
    assert_eq!(labels(&mut client, &test), ["nmae"]);

    std::fs::write(&file, "{\"format_version\": \"1.0\", ").unwrap();
    client.notify("workspace/didChangeWatchedFiles", changed(2));
    let told = client.notification("window/showMessage", |params| {
        params["message"].as_str().unwrap().starts_with("Failed to read provider schemas: The file ")
    });
    assert!(told["message"].as_str().unwrap().contains("m/.runblock/schemas/cloud.json"), "{told}");

    std::fs::write(&file, schema("name")).unwrap();
    client.notify("workspace/didChangeWatchedFiles", changed(2));
    client.diagnostics(&main, says("An argument named \"nmae\" is not expected here."));
    std::fs::remove_file(&file).unwrap();
    client.notify("workspace/didChangeWatchedFiles", changed(3));
    client.diagnostics(&main, |list| list.is_empty());
}

#[test]
fn the_client_may_name_files() {
    let workspace = Workspace::new(
        "schemas-option",
        &[("m/main.tf", MAIN), ("given/cloud.json", &schema("name")), ("last.json", &schema("nmae"))],
    );
    let main = workspace.path("m/main.tf");
    let start = |option: Value| {
        let mut params = full_client(&workspace.root);
        params["initializationOptions"] = json!({ "schemas": option });
        let mut client = Client::initialize(&workspace.root, params).0;
        client.did_open(&main, MAIN);
        client
    };
    let wrong = says("An argument named \"nmae\" is not expected here.");
    start(json!(["given"])).diagnostics(&main, &wrong);
    start(json!([workspace.path("given/cloud.json")])).diagnostics(&main, &wrong);
    // The last one counts.
    start(json!(["last.json", "given"])).diagnostics(&main, &wrong);
    start(json!(["given", "last.json"])).diagnostics(&main, |list| list.is_empty());
    start(json!(null)).diagnostics(&main, |list| list.is_empty());
    for (option, expected) in [
        (json!("given"), "The option \"schemas\" must be a list of paths, not \"given\"."),
        (json!([1]), "The option \"schemas\" must be a list of paths, not [1]."),
    ] {
        start(option).notification("window/showMessage", |params| params["message"] == expected);
    }
    let told =
        start(json!(["nowhere.json"])).notification("window/showMessage", |params| params["type"] == 2);
    assert!(told["message"].as_str().unwrap().contains("nowhere.json"), "{told}");
}
