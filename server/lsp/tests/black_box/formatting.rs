//! Formatting, through the protocol.

use crate::client::{Client, Workspace, position, uri};
use serde_json::{Value, json};

fn open(text: &str) -> (Workspace, Client, std::path::PathBuf) {
    let workspace = Workspace::new("formatting", &[("main.tf", ""), ("a.tftest.hcl", text)]);
    let mut client = Client::open(&workspace.root);
    let file = workspace.path("a.tftest.hcl");
    client.did_open(&file, text);
    (workspace, client, file)
}

fn insertion(line: u32, character: u32, new_text: &str) -> Value {
    let place = json!({"line": line, "character": character});
    json!({"range": {"start": place, "end": place}, "newText": new_text})
}

#[test]
fn a_document_gets_small_edits() {
    let text = "run \"😀\" {\n command=plan # é\n}\n";
    let (_workspace, mut client, file) = open(text);
    let options = json!({"tabSize": 8, "insertSpaces": false});
    let params = json!({"textDocument": {"uri": uri(&file)}, "options": options});
    let edits = client.request("textDocument/formatting", params.clone());
    assert_eq!(edits, json!([insertion(1, 0, " "), insertion(1, 8, " "), insertion(1, 9, " ")]));
    client.did_change(&file, 2, "run \"a\" {\n  command = plan\n}\n");
    assert_eq!(client.request("textDocument/formatting", params.clone()), json!([]));
    // What does not parse is left alone, without an error.
    client.did_change(&file, 3, "run \"a\" {\n  command=\n}\n");
    assert_eq!(client.request("textDocument/formatting", params), json!([]));
}

#[test]
fn a_range_is_formatted_in_a_broken_document() {
    let text = "run \"a\" {\ncommand=plan\n}\nrun \"b\" {\n  command =\n}\n";
    let (_workspace, mut client, file) = open(text);
    let place = position(text, "command=plan", 0);
    let params = json!({
        "textDocument": {"uri": uri(&file)},
        "range": {"start": place, "end": place},
        "options": {"tabSize": 2, "insertSpaces": true},
    });
    let edits = client.request("textDocument/rangeFormatting", params);
    assert_eq!(edits, json!([insertion(1, 0, "  "), insertion(1, 7, " "), insertion(1, 8, " ")]));
}

#[test]
fn typing_a_newline_aligns_the_line_above_and_indents_the_new_one() {
    let text = "variables {\n  name  = 1\n  a=2\n\n}\n";
    let (_workspace, mut client, file) = open(text);
    let params = json!({
        "textDocument": {"uri": uri(&file)},
        "position": {"line": 3, "character": 0},
        "ch": "\n",
        "options": {"tabSize": 2, "insertSpaces": true},
    });
    let edits = client.request("textDocument/onTypeFormatting", params);
    let removal = json!({
        "range": {"start": {"line": 1, "character": 6}, "end": {"line": 1, "character": 7}},
        "newText": "",
    });
    assert_eq!(edits, json!([removal, insertion(2, 3, "    "), insertion(2, 4, " "), insertion(3, 0, "  ")]));
}
