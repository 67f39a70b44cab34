//! The server as any client meets it: greeting, text sync, garbage, leaving.

use std::path::Path;
use std::time::Duration;

use crate::client::{Client, Workspace, full_client, position, uri};
use serde_json::{Value, json};

/// What eight editors really send first, with their machines' paths taken out.
const GREETINGS: [&str; 8] = [
    include_str!("data/emacs-eglot-30.1.initialize.json"),
    include_str!("data/helix-25.01.1.initialize.json"),
    include_str!("data/kakoune-lsp-22.initialize.json"),
    include_str!("data/neovim-10.initialize.json"),
    include_str!("data/neovim-12.initialize.json"),
    include_str!("data/vim-lsp.initialize.json"),
    include_str!("data/vscode-1.100.3.initialize.json"),
    include_str!("data/vscode-1.139.1.initialize.json"),
];

fn greeting(text: &str, root: &Path) -> Value {
    serde_json::from_str(&text.replace("/WORKSPACE", root.to_str().unwrap())).unwrap()
}

#[test]
fn every_editor_is_greeted_and_served() {
    for text in GREETINGS {
        let module = ("main.tf", "output \"a\" {\n  value = 1\n}\n");
        let workspace = Workspace::new("greeting", &[module]);
        let params = greeting(text, &workspace.root);
        let name = params["clientInfo"]["name"].clone();
        let offered = params["capabilities"]["general"]["positionEncodings"].clone();
        let (mut client, result) = Client::initialize(&workspace.root, params);
        assert_eq!(result["serverInfo"]["name"], "runblock", "{name}");
        let encoding = &result["capabilities"]["positionEncoding"];
        let fits = encoding == "utf-16" || offered.as_array().is_some_and(|list| list.contains(encoding));
        assert!(fits, "{name}: {encoding} of {offered}");
        let file = workspace.path("main.tftest.hcl");
        client.did_open(&file, "run \"a\" {\n  command = \n}\n");
        let found = client.diagnostics(&file, |list| !list.is_empty());
        assert_eq!(found[0]["source"], "runblock", "{name}: {found:#?}");
        client.did_change(&file, 2, "run \"a\" {\n  command = plan\n}\n");
        client.diagnostics(&file, |list| list.is_empty());
        assert_eq!(client.leave(), Some(0), "{name}");
    }
}

#[test]
fn positions_count_in_the_agreed_units() {
    for (encoding, character) in [("utf-8", 15), ("utf-16", 13), ("utf-32", 12)] {
        let workspace = Workspace::new(encoding, &[]);
        let mut params = full_client(&workspace.root);
        params["capabilities"]["general"]["positionEncodings"] = json!([encoding]);
        let (mut client, result) = Client::initialize(&workspace.root, params);
        assert_eq!(result["capabilities"]["positionEncoding"], encoding);
        let file = workspace.path("a.tftest.hcl");
        client.did_open(&file, "variables {\n  x = \"𝒳ab\" y\n}\n");
        let is_error = |it: &Value| it["severity"] == 1;
        let found = client.diagnostics(&file, |list| list.iter().any(is_error));
        let error = found.iter().find(|it| is_error(it)).unwrap();
        assert_eq!(
            error["range"]["start"],
            json!({"line": 1, "character": character}),
            "{encoding}: {found:#?}"
        );
        // Takes the `b` away and puts the whole fault right with it.
        let change = json!({"start": {"line": 1, "character": character - 3}, "end": {"line": 1, "character": character + 1}});
        client.notify(
            "textDocument/didChange",
            json!({
                "textDocument": {"uri": uri(&file), "version": 2},
                "contentChanges": [{"range": change, "text": "\""}],
            }),
        );
        client.diagnostics(&file, |list| !list.iter().any(is_error));
    }
}

#[test]
fn diagnostics_follow_typing_and_go_with_the_document() {
    let workspace = Workspace::new("typing", &[("main.tf", "output \"x\" {\n  value = 1\n}\n")]);
    let mut client = Client::open(&workspace.root);
    let file = workspace.path("main.tftest.hcl");
    let text = "run \"a\" {\n  command = plan\n}\n";
    client.did_open(&file, text);
    let mut version = 1;
    let mut type_at = |client: &mut Client, at: Value, text: &str| {
        version += 1;
        client.notify(
            "textDocument/didChange",
            json!({
                "textDocument": {"uri": uri(&file), "version": version},
                "contentChanges": [{"range": {"start": at, "end": at}, "text": text}],
            }),
        );
    };
    type_at(&mut client, position(text, "\n}", 0), "\n  assert {");
    client.diagnostics(&file, |list| !list.is_empty());
    type_at(
        &mut client,
        json!({"line": 2, "character": 10}),
        "\n    condition = output.x == 1\n    error_message = \"e\"\n  }",
    );
    client.diagnostics(&file, |list| list.is_empty());
    client.did_change(&file, 9, "run {");
    client.diagnostics(&file, |list| !list.is_empty());
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri(&file)}}));
    client.diagnostics(&file, |list| list.is_empty());
}

#[test]
fn an_unsaved_module_checks_its_open_tests_again() {
    let main = "output \"x\" {\n  value = 1\n}\n";
    let workspace = Workspace::new("recheck", &[("main.tf", main)]);
    let mut client = Client::open(&workspace.root);
    let (module, file) = (workspace.path("main.tf"), workspace.path("tests/main.tftest.hcl"));
    let text = "variables {\n  other = 1\n}\nrun \"a\" {\n  assert {\n    condition     = output.x == 1\n    error_message = \"e\"\n  }\n}\n";
    client.did_open(&file, text);
    let found = client.diagnostics(&file, |list| !list.is_empty());
    // A hint that is shown faded, with a page that explains it.
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["code"], &found[0]["tags"]), (&json!("unused-variable"), &json!([1])));
    let href = found[0]["codeDescription"]["href"].as_str().unwrap();
    assert!(href.starts_with("https://developer.hashicorp.com/terraform/language/tests"), "{href}");
    client.did_open(&module, main);
    client.did_change(&module, 2, "output \"y\" {\n  value = 1\n}\nvariable \"other\" {\n}\n");
    let found = client.diagnostics(&file, |list| list.iter().any(|it| it["code"] == "unknown-output"));
    assert_eq!(found.len(), 1, "{found:?}");
    // What a run misses in another file stands at the run's name, and leads there.
    client.did_change(&module, 3, &format!("{main}variable \"must\" {{\n}}\n"));
    let found = client.diagnostics(&file, |list| list.iter().any(|it| it["code"] == "missing-variable"));
    let missing = found.iter().find(|it| it["code"] == "missing-variable").unwrap();
    assert_eq!(missing["range"]["start"], position(text, "\"a\"", 0));
    assert_eq!(missing["relatedInformation"][0]["location"]["uri"], json!(uri(&module)));
}

#[test]
fn a_file_without_a_folder_is_served() {
    let workspace = Workspace::new("single", &[]);
    let params = json!({"processId": null, "rootUri": null, "capabilities": {}});
    let (mut client, result) = Client::initialize(&workspace.root, params);
    assert_eq!(result["capabilities"]["positionEncoding"], "utf-16");
    let missing = workspace.path("no/such/directory/main.tftest.hcl");
    client.did_open(&missing, "run \"a\" {");
    client.diagnostics(&missing, |list| !list.is_empty());
    client.notify(
        "textDocument/didOpen",
        json!({"textDocument": {"uri": "untitled:Untitled-1", "languageId": "terraform-test", "version": 1, "text": "run \"a\" {"}}),
    );
    client.notification("textDocument/publishDiagnostics", |params| {
        params["uri"] == "untitled:Untitled-1" && params["diagnostics"] != json!([])
    });
}

#[test]
fn garbage_is_answered_and_survived() {
    let workspace = Workspace::new("garbage", &[]);
    let mut client = Client::open(&workspace.root);
    let error = |client: &mut Client, bytes: &[u8], code: i64| {
        client.send_raw(bytes);
        let message = client.wait_for("an error response", |message| message.get("error").is_some());
        assert_eq!((&message["error"]["code"], &message["id"]), (&json!(code), &Value::Null), "{message}");
    };
    error(&mut client, b"Content-Length: 9\r\n\r\n{\"jsonrpc", -32700);
    error(&mut client, b"Content-Length: 4\r\n\r\n\xff\xfe\x00\x01", -32700);
    error(&mut client, b"Content-Length: 2\r\n\r\n[]", -32600);
    error(&mut client, b"Content-Length: 2\r\n\r\n{}", -32600);
    // Noise is reported once a header follows it, and that header's message still counts.
    client.send_raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n\x00\x01\x02\n");
    client.send_raw(b"Content-Length: what\r\n\r\n");
    let unknown = client.request_error("no/such/method", json!({}));
    assert_eq!(unknown["code"], -32601);
    client.wait_for("the report of the noise", |message| message["error"]["code"] == -32700);
    let unknown = client.request_error("$/noSuchMethod", json!({}));
    assert_eq!(unknown["code"], -32601);
    let wrong = client.request_error("textDocument/definition", json!({"textDocument": 7}));
    assert_eq!(wrong["code"], -32602);
    let wrong = client.request_error("workspace/executeCommand", json!(null));
    assert_eq!(wrong["code"], -32602);
    // Notifications have no answer, however wrong they are.
    client.notify(
        "textDocument/didChange",
        json!({"textDocument": {"uri": "file:///nowhere", "version": 3}, "contentChanges": [{"text": "x"}]}),
    );
    client.notify("textDocument/didOpen", json!({"nothing": true}));
    client.notify("$/unknown", json!({}));
    client.notify("no/such/notification", json!({}));
    let twice = client.request_error("initialize", full_client(&workspace.root));
    assert_eq!(twice["code"], -32600);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn nothing_is_served_before_the_greeting_or_after_the_farewell() {
    let workspace = Workspace::new("order", &[]);
    let mut client = Client::start(&workspace.root);
    let at =
        json!({"textDocument": {"uri": "file:///x.tftest.hcl"}, "position": {"line": 0, "character": 0}});
    assert_eq!(client.request_error("textDocument/definition", at.clone())["code"], -32002);
    client.request("initialize", full_client(&workspace.root));
    client.notify("initialized", json!({}));
    client.request("shutdown", Value::Null);
    assert_eq!(client.request_error("textDocument/definition", at)["code"], -32600);
    client.notify("exit", Value::Null);
    assert_eq!(client.exit_code(), Some(0));
}

#[test]
fn exit_ends_the_process_while_stdin_stays_open() {
    let workspace = Workspace::new("exit", &[]);
    let mut client = Client::open(&workspace.root);
    client.notify("exit", Value::Null);
    assert_eq!(client.exit_code(), Some(1), "exit without shutdown");
    let mut client = Client::start(&workspace.root);
    client.notify("exit", Value::Null);
    assert_eq!(client.exit_code(), Some(1), "exit without anything");
}

#[test]
fn the_process_ends_with_its_input() {
    let workspace = Workspace::new("closed", &[]);
    let mut client = Client::open(&workspace.root);
    client.close_stdin();
    assert_eq!(client.exit_code(), Some(0));
    let mut client = Client::start(&workspace.root);
    client.send_raw(b"Content-Length: 100\r\n\r\n{\"half\":");
    client.close_stdin();
    assert_eq!(client.exit_code(), Some(0));
}

#[test]
fn hostile_texts_do_no_harm() {
    let workspace = Workspace::new("hostile", &[]);
    let mut client = Client::open(&workspace.root);
    let file = workspace.path("main.tftest.hcl");
    client.did_open(&file, "");
    let texts = [
        "\0".repeat(4096),
        "a".repeat(10 << 20),
        format!("run \"a\" {{ x = {}", "(".repeat(10_000)),
        "run \"a\" {\n".repeat(10_000),
        "\"${".repeat(10_000),
        "\u{feff}\r\n\r\r\n<<EOT".to_owned(),
    ];
    for (version, text) in texts.iter().enumerate() {
        client.did_change(&file, version as i32 + 2, text);
        client.diagnostics(&file, |list| !list.is_empty());
    }
    client.did_change(&file, 99, "");
    client.diagnostics(&file, |list| list.is_empty());
    assert!(client.silent(Duration::from_millis(50), |message| message.get("error").is_some()));
    assert_eq!(client.leave(), Some(0));
}
