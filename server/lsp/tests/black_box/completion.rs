//! Completion as clients ask for it: snippets for those that can, documentation when somebody looks, and no list where a
//! line's end may come next.

use crate::client::{Client, Workspace, full_client, position, uri};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

const MAIN: &str = "terraform {\n  required_providers {\n    cloud = { source = \"example/cloud\" }\n  }\n}\n\nvariable \"name\" {\n  type = string\n}\n\nresource \"cloud_machine\" \"a\" {\n}\n";

/// A provider with many resource types.
fn schema() -> String {
    let attribute = json!({"type": "string", "computed": true, "description": "Its **number**."});
    let of_kind = |description: &str| json!({"version": 0, "block": {"description": description, "attributes": {"serial": attribute}}});
    let many = (0..500).map(|n| (format!("cloud_part_{n:03}"), of_kind("A part.")));
    let kinds: serde_json::Map<String, Value> =
        many.chain([("cloud_machine".to_owned(), of_kind("A machine in the cloud."))]).collect();
    let providers = json!({"registry.terraform.io/example/cloud": {"resource_schemas": kinds}});
    json!({"format_version": "1.0", "provider_schemas": providers}).to_string()
}

fn open(name: &str, change: impl FnOnce(&mut Value)) -> (Workspace, Client) {
    let schema = schema();
    let files = [("main.tf", MAIN), (".runblock/schemas/cloud.json", schema.as_str())];
    let workspace = Workspace::new(name, &files);
    let mut params = full_client(&workspace.root);
    change(&mut params);
    let client = Client::initialize(&workspace.root, params).0;
    (workspace, client)
}

/// The answer at `$0` of another test file.
fn complete(workspace: &Workspace, client: &mut Client, text: &str, trigger: Option<&str>) -> Value {
    static FILES: AtomicU32 = AtomicU32::new(0);
    let file = workspace.path(&format!("{}.tftest.hcl", FILES.fetch_add(1, Ordering::Relaxed)));
    let (before, after) = text.split_once("$0").unwrap();
    let whole = format!("{before}{after}");
    client.did_open(&file, &whole);
    let mut params =
        json!({"textDocument": {"uri": uri(&file)}, "position": position(&whole, before, before.len())});
    if let Some(trigger) = trigger {
        params["context"] = json!({"triggerKind": 2, "triggerCharacter": trigger});
    }
    client.request("textDocument/completion", params)
}

fn find<'v>(list: &'v Value, label: &str) -> &'v Value {
    let items = list.as_array().or_else(|| list["items"].as_array()).unwrap();
    items.iter().find(|item| item["label"] == label).unwrap_or_else(|| panic!("no {label} in {list}"))
}

#[test]
fn documentation_comes_when_it_is_looked_at() {
    let (workspace, mut client) = open("completion-resolve", |_| {});
    let text = "run \"a\" {\n  assert {\n    condition = $0\n  }\n}\n";
    let list = complete(&workspace, &mut client, text, None);
    let item = find(&list, "length").clone();
    assert_eq!(item["documentation"], Value::Null);
    let resolved = client.request("completionItem/resolve", item.clone());
    assert_eq!(resolved["documentation"]["kind"], "markdown");
    assert!(resolved["documentation"]["value"].as_str().unwrap().contains("```hcl\nlength("), "{resolved}");
    assert_eq!(resolved["textEdit"], item["textEdit"]);

    let text = "run \"a\" {\n  assert {\n    condition = cloud_machine.a.$0\n  }\n}\n";
    let list = complete(&workspace, &mut client, text, None);
    let resolved = client.request("completionItem/resolve", find(&list, "serial").clone());
    assert!(resolved["documentation"]["value"].as_str().unwrap().contains("Its **number**."), "{resolved}");

    // What has nothing more to say, and what no server of this kind has sent.
    let list = complete(&workspace, &mut client, "run \"a\" {\n  command = $0\n}\n", None);
    let item = find(&list, "plan").clone();
    assert_eq!(client.request("completionItem/resolve", item.clone()), item);
    let foreign = json!({"label": "x", "data": {"uri": 1}});
    assert_eq!(client.request("completionItem/resolve", foreign.clone()), foreign);
}

#[test]
fn snippets_are_for_those_who_can() {
    let text = "run \"a\" {\n  $0\n}\n";
    let (workspace, mut client) = open("completion-snippets", |_| {});
    let list = complete(&workspace, &mut client, text, None);
    let item = find(&list, "variables");
    assert_eq!(item["insertTextFormat"], 2);
    assert_eq!(item["textEdit"]["newText"], "variables {\n  $0\n}");
    let (workspace, mut client) = open("completion-plain", |params| {
        params["capabilities"]["textDocument"]["completion"]["completionItem"]["snippetSupport"] =
            json!(false);
    });
    let list = complete(&workspace, &mut client, text, None);
    for item in list.as_array().unwrap() {
        assert_eq!(item["insertTextFormat"], 1, "{item}");
        assert!(!item["textEdit"]["newText"].as_str().unwrap().contains('$'), "{item}");
    }
    assert_eq!(find(&list, "variables")["textEdit"]["newText"], "variables");
    assert_eq!(find(&list, "command")["textEdit"]["newText"], "command = ");
}

#[test]
fn long_lists_come_in_parts() {
    let (workspace, mut client) = open("completion-long", |_| {});
    let mock =
        |label: &str| format!("mock_provider \"cloud\" {{\n  mock_resource \"{label}$0\" {{\n  }}\n}}\n");
    let list = complete(&workspace, &mut client, &mock(""), None);
    assert_eq!(list["isIncomplete"], true);
    // What the module uses comes first.
    assert_eq!(list["items"][0]["label"], "cloud_machine");
    let resolved = client.request("completionItem/resolve", list["items"][0].clone());
    assert_eq!(resolved["documentation"]["value"], "A machine in the cloud.");
    let list = complete(&workspace, &mut client, &mock("part_499"), None);
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "{list}");
    assert_eq!(list["items"][0]["textEdit"]["newText"], "cloud_part_499");
}

#[test]
fn characters_ask_only_where_something_begins() {
    let (workspace, mut client) = open("completion-triggers", |_| {});
    let mut ask = |text: &str, trigger: &str| complete(&workspace, &mut client, text, Some(trigger));
    assert_eq!(ask("run \"a\" {$0}\n", "{"), Value::Null);
    let variables = |text: &str| format!("run \"a\" {{\n  variables {{\n    name = {text}\n  }}\n}}\n");
    find(&ask(&variables("\"${$0}\""), "{"), "var");
    assert_eq!(ask(&variables("a ? b :$0"), ":"), Value::Null);
    find(&ask("mock_provider \"$0\" {\n}\n", "\""), "cloud");
    assert_eq!(ask(&variables("\"$0\""), "\""), json!([]));
}
