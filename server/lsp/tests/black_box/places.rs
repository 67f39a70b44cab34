//! Where documents are: spellings of addresses, documents on no disk, links, folders in folders, files that come and go.

use std::path::Path;
use std::time::Duration;

use crate::client::{Client, Workspace, full_client, position, uri};
use serde_json::{Value, json};

const MAIN: &str =
    "variable \"name\" {\n  type = string\n}\noutput \"greeting\" {\n  value = \"hello ${var.name}\"\n}\n";
const TESTS: &str = "variables {\n  name = \"bob\"\n}\nrun \"first\" {\n  assert {\n    condition     = output.greeting == \"hello bob\"\n    error_message = \"e\"\n  }\n}\n";

fn open_as(client: &mut Client, uri: &str, language: &str, text: &str) {
    let item = json!({"uri": uri, "languageId": language, "version": 1, "text": text});
    client.notify("textDocument/didOpen", json!({"textDocument": item}));
}

fn change(client: &mut Client, uri: &str, version: i32, text: &str) {
    let params =
        json!({"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]});
    client.notify("textDocument/didChange", params);
}

/// The messages of the diagnostics of exactly this address, once they satisfy `wanted`.
fn summaries(client: &mut Client, uri: &str, wanted: impl Fn(&[String]) -> bool) -> Vec<String> {
    let lines = |params: &Value| {
        let list = params["diagnostics"].as_array().unwrap().iter();
        let first = |it: &Value| it["message"].as_str().unwrap().lines().next().unwrap().to_owned();
        list.map(first).collect::<Vec<_>>()
    };
    let method = "textDocument/publishDiagnostics";
    lines(&client.notification(method, |params| params["uri"] == uri && wanted(&lines(params))))
}

fn at(uri: &str, text: &str, needle: &str, add: usize) -> Value {
    json!({"textDocument": {"uri": uri}, "position": position(text, needle, add)})
}

fn in_folders(folders: &[&Path]) -> Client {
    let mut params = full_client(folders[0]);
    let folder = |it: &&Path| json!({"uri": uri(it), "name": "f"});
    params["workspaceFolders"] = folders.iter().map(folder).collect();
    Client::initialize(folders[0], params).0
}

/// The addresses that an edit touches, with the number of its replacements there.
fn edited(edit: &Value) -> Vec<(String, usize)> {
    let changes = edit["documentChanges"].as_array().unwrap().iter();
    let one = |it: &Value| {
        let uri = it["textDocument"]["uri"].as_str().unwrap();
        (uri.to_owned(), it["edits"].as_array().unwrap().len())
    };
    changes.map(one).collect()
}

#[test]
fn an_address_may_be_spelled_in_several_ways() {
    let workspace = Workspace::new("spelling", &[("a b+c/é/main.tf", MAIN)]);
    let mut client = Client::open(&workspace.root);
    let root = uri(&workspace.root);
    let opened = format!("{root}/a%20b%2bc/%c3%A9/x%5B1%5D.tftest.hcl");
    open_as(&mut client, &opened, "hcl", "run \"a\" {");
    summaries(&mut client, &opened, |list| !list.is_empty());
    // What the server publishes, it publishes to the spelling that the client opened the document by.
    change(&mut client, &format!("{root}/a b+c/é/./x[1].tftest.hcl"), 2, TESTS);
    summaries(&mut client, &opened, <[_]>::is_empty);
    let other = format!("{root}/a%20b+c/%C3%A9/x%5b1%5d.tftest.hcl");
    let found = client.request("textDocument/definition", at(&other, TESTS, "greeting", 1));
    assert_eq!(found[0]["uri"], format!("{root}/a%20b+c/%C3%A9/main.tf"));
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": other}}));
    assert_eq!(client.request("textDocument/hover", at(&opened, TESTS, "greeting", 1)), Value::Null);
    // A drive's letter has no case.
    let drive = "file:///c%3A/no%20such/x.tftest.hcl";
    open_as(&mut client, drive, "hcl", "run \"a\" {");
    summaries(&mut client, drive, |list| !list.is_empty());
    change(&mut client, "file:///C:/no such/x.tftest.hcl", 2, "run \"a\" {}");
    summaries(&mut client, drive, <[_]>::is_empty);
}

#[test]
fn documents_on_no_disk_are_read_alone() {
    let workspace = Workspace::new("alone", &[("main.tf", MAIN)]);
    let mut client = Client::open(&workspace.root);
    let text = "run \"a\" {\n  module {\n    source = \"./m\"\n  }\n}\nrun \"b\" {\n  comand = plan\n  assert {\n    condition     = output.x == run.a.y\n    error_message = \"\"\n  }\n}\n";
    for (uri, language) in [
        ("untitled:Untitled-1".to_owned(), "terraform-test"),
        ("untitled:tests/new.tftest.hcl".to_owned(), "plaintext"),
        (format!("git:{}/main.tftest.hcl?%7B%22ref%22%3A%22~%22%7D", workspace.root.display()), "hcl"),
        (format!("vscode-notebook-cell:{}/n.ipynb#W0sZmlsZQ%3D%3D", workspace.root.display()), "hcl"),
        ("vscode-vfs://github/o/r/main.tftest.hcl".to_owned(), "hcl"),
        ("file://server/share/main.tftest.hcl".to_owned(), "hcl"),
    ] {
        open_as(&mut client, &uri, language, text);
        let found = summaries(&mut client, &uri, |list| !list.is_empty());
        assert_eq!(found, ["Unsupported argument"], "{uri}");
        let items = client.request("textDocument/completion", at(&uri, text, "comand", 2));
        assert!(items.as_array().unwrap().iter().any(|it| it["label"] == "command"), "{uri}: {items}");
        let found = client.request("textDocument/definition", at(&uri, text, "run.a", 5));
        assert_eq!(found[0]["uri"], uri);
        client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    }
    // What a document is without a file's name, its language says.
    for language in ["terraform", "opentofu"] {
        open_as(
            &mut client,
            "untitled:Untitled-2",
            language,
            "run \"a\" {\n}\noutput \"o\" {\n  value = var.x\n}\n",
        );
        let found = summaries(&mut client, "untitled:Untitled-2", |list| !list.is_empty());
        assert_eq!(found, ["Unsupported block type"], "{language}");
        client.notify("textDocument/didClose", json!({"textDocument": {"uri": "untitled:Untitled-2"}}));
        summaries(&mut client, "untitled:Untitled-2", <[_]>::is_empty);
    }
    assert!(client.silent(Duration::from_millis(50), |message| message.get("error").is_some()));
}

#[test]
fn an_unsaved_change_counts_in_every_folder() {
    let files = [
        (
            "tests/main.tftest.hcl",
            "run \"a\" {\n  module {\n    source = \"../lib\"\n  }\n  assert {\n    condition     = output.x == 1\n    error_message = \"\"\n  }\n}\n",
        ),
        ("lib/main.tf", "output \"x\" {\n  value = 1\n}\n"),
    ];
    let workspace = Workspace::new("folders", &files);
    let (tests, lib) = (workspace.path("tests"), workspace.path("lib"));
    let mut client = in_folders(&[&tests, &lib]);
    let (file, module) = (uri(&tests.join("main.tftest.hcl")), uri(&lib.join("main.tf")));
    open_as(&mut client, &file, "hcl", files[0].1);
    summaries(&mut client, &file, <[_]>::is_empty);
    open_as(&mut client, &module, "hcl", files[1].1);
    change(&mut client, &module, 2, "output \"y\" {\n  value = 1\n}\n");
    summaries(&mut client, &file, |list| list == ["Reference to undeclared output value"]);
    change(&mut client, &module, 3, files[1].1);
    summaries(&mut client, &file, <[_]>::is_empty);
    let found = client.request("textDocument/definition", at(&file, files[0].1, "output.x", 7));
    assert_eq!(found[0]["uri"], module);
    // The run sees it, too: nothing of this is saved.
    change(&mut client, &module, 4, "output \"x\" {\n  value = 2\n}\n");
    let run = json!({"command": "runblock.run", "arguments": [{"uri": file}]});
    assert_eq!(client.request("workspace/executeCommand", run)["status"], "fail");
}

#[test]
fn folders_in_folders_say_everything_once() {
    let workspace = Workspace::new("nested", &[("main.tf", MAIN), ("m/main.tf", MAIN)]);
    let inner = workspace.path("m");
    let mut client = in_folders(&[&workspace.root, &inner, &workspace.root]);
    let file = uri(&inner.join("main.tftest.hcl"));
    open_as(&mut client, &file, "hcl", TESTS);
    let params = json!({"textDocument": {"uri": file}, "position": position(TESTS, "greeting", 1), "newName": "salute"});
    let edit = client.request("textDocument/rename", params);
    assert_eq!(edited(&edit), [(uri(&inner.join("main.tf")), 1), (file.clone(), 1)]);
    let found = client.request("workspace/symbol", json!({"query": "greeting"}));
    assert_eq!(found.as_array().unwrap().len(), 2, "{found}");
    // Taken away, the inner folder's documents are the outer one's.
    let removed = json!({"event": {"added": [], "removed": [{"uri": uri(&inner), "name": "m"}]}});
    client.notify("workspace/didChangeWorkspaceFolders", removed);
    let found = client.request("textDocument/definition", at(&file, TESTS, "greeting", 1));
    assert_eq!(found[0]["uri"], uri(&inner.join("main.tf")));
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn files_are_called_as_the_client_calls_them() {
        let files = [
            ("real/main.tf", MAIN),
            ("real/tests/main.tftest.hcl", TESTS),
            (
                "real/shared.tftest.hcl",
                "run \"a\" {\n  module {\n    source = \"../beside\"\n  }\n  assert {\n    condition     = output.x == 1\n    error_message = \"\"\n  }\n}\n",
            ),
            ("beside/main.tf", "output \"x\" {\n  value = 1\n}\n"),
        ];
        let workspace = Workspace::new("links", &files);
        std::fs::create_dir(workspace.path("elsewhere")).unwrap();
        let link = workspace.path("elsewhere/link");
        symlink(workspace.path("real"), &link).unwrap();
        let mut client = in_folders(&[&link]);
        let file = uri(&link.join("tests/main.tftest.hcl"));
        open_as(&mut client, &file, "hcl", TESTS);
        summaries(&mut client, &file, <[_]>::is_empty);
        // The module by the path that is on the client's screen, whichever way it was opened.
        let module = uri(&link.join("main.tf"));
        let params = json!({"textDocument": {"uri": file}, "position": position(TESTS, "greeting", 1), "newName": "salute"});
        let edit = client.request("textDocument/rename", params.clone());
        assert_eq!(edited(&edit), [(module.clone(), 1), (file.clone(), 1)]);
        let real = uri(&workspace.path("real/main.tf"));
        open_as(&mut client, &real, "hcl", "output \"other\" {\n  value = 1\n}\nvariable \"name\" {\n}\n");
        summaries(&mut client, &file, |list| list.iter().any(|it| it.contains("undeclared output")));
        change(&mut client, &real, 2, MAIN);
        summaries(&mut client, &file, <[_]>::is_empty);
        let edit = client.request("textDocument/rename", params.clone());
        let expected = [(file.clone(), 1), (real.clone(), 1)];
        let mut got = edited(&edit);
        got.sort();
        assert_eq!(got, expected);
        // Both at once are two buffers, each with its own text and places.
        open_as(&mut client, &module, "hcl", &format!("\n\n{MAIN}"));
        let symbols = |client: &mut Client, uri: &str| {
            let found = client.request("textDocument/documentSymbol", json!({"textDocument": {"uri": uri}}));
            found[0]["range"]["start"]["line"].clone()
        };
        assert_eq!((symbols(&mut client, &real), symbols(&mut client, &module)), (json!(0), json!(2)));
        // What is above a link is above the place where it leads, as it is for a tool that is started there.
        let shared = uri(&link.join("shared.tftest.hcl"));
        open_as(&mut client, &shared, "hcl", files[2].1);
        summaries(&mut client, &shared, <[_]>::is_empty);
        let found = client.request("textDocument/definition", at(&shared, files[2].1, "output.x", 7));
        assert_eq!(found[0]["uri"], uri(&workspace.path("beside/main.tf")));
    }

    #[test]
    fn a_file_may_have_two_names_in_one_folder() {
        let files = [
            ("common/main.tf", MAIN),
            (
                "app/main.tftest.hcl",
                "run \"a\" {\n  module {\n    source = \"./lib\"\n  }\n  assert {\n    condition     = output.greeting == \"\" && var.name == \"\"\n    error_message = \"\"\n  }\n}\nvariables {\n  name = \"\"\n}\n",
            ),
        ];
        let workspace = Workspace::new("two-names", &files);
        symlink("../common", workspace.path("app/lib")).unwrap();
        let mut client = Client::open(&workspace.root);
        let (file, module) =
            (uri(&workspace.path("app/main.tftest.hcl")), uri(&workspace.path("common/main.tf")));
        open_as(&mut client, &file, "hcl", files[1].1);
        open_as(&mut client, &module, "hcl", &MAIN.replace("greeting", "salute"));
        summaries(&mut client, &file, |list| list.iter().any(|it| it.contains("undeclared output")));
        change(&mut client, &module, 2, MAIN);
        summaries(&mut client, &file, <[_]>::is_empty);
        let found = client.request("textDocument/definition", at(&file, files[1].1, "output.greeting", 8));
        assert_eq!(found[0]["uri"], module);
        // An edit of a file that two names lead to is said once.
        open_as(&mut client, &uri(&workspace.path("app/lib/main.tf")), "hcl", MAIN);
        let params = json!({"textDocument": {"uri": module}, "position": position(MAIN, "\"name\"", 2), "newName": "who"});
        let edit = client.request("textDocument/rename", params);
        let addresses = edited(&edit);
        assert_eq!(addresses.iter().filter(|(uri, _)| *uri == module).count(), 1, "{edit:#}");
        assert!(addresses.iter().all(|(uri, count)| *uri != module || *count == 2), "{edit:#}");
    }

    #[test]
    fn odd_things_in_a_folder_do_no_harm() {
        let workspace = Workspace::new("odd", &[("main.tf", MAIN), ("x.tftest.hcl/main.tf", MAIN)]);
        std::fs::write(workspace.path("latin.tftest.hcl"), b"run \"a\" {\n  # caf\xe9\n}\n").unwrap();
        std::fs::write(workspace.path("latin.tf"), b"# caf\xe9\noutput \"o\" {\n  value = 1\n}\n").unwrap();
        std::fs::write(workspace.path("bom.tf"), "\u{feff}output \"bom\" {\r\n  value = 1\r\n}\r\n").unwrap();
        symlink("nowhere", workspace.path("dangling.tftest.hcl")).unwrap();
        symlink("loop", workspace.path("loop")).unwrap();
        symlink(".", workspace.path("self")).unwrap();
        let made = std::process::Command::new("mkfifo")
            .args([
                workspace.path("pipe.tf"),
                workspace.path("pipe.tftest.hcl"),
                workspace.path("pipe.tfvars"),
            ])
            .status();
        assert!(made.unwrap().success());
        let mut client = Client::open(&workspace.root);
        let file = uri(&workspace.path("main.tftest.hcl"));
        let text = TESTS.replace("output.greeting", "output.bom == output.o || output.greeting");
        open_as(&mut client, &file, "hcl", &text);
        let found = summaries(&mut client, &file, |_| true);
        assert_eq!(found, [""; 0]);
        for pipe in ["pipe.tf", "pipe.tftest.hcl", "x.tftest.hcl", "dangling.tftest.hcl", "latin.tftest.hcl"]
        {
            let uri = uri(&workspace.path(pipe));
            client.request("textDocument/documentSymbol", json!({"textDocument": {"uri": uri}}));
        }
        let found = client.request("workspace/symbol", json!({"query": "bom"}));
        assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
        assert_eq!(found[0]["location"]["range"]["start"]["line"], 0);
        let params = json!({"textDocument": {"uri": file}, "position": position(&text, "greeting", 1), "newName": "salute"});
        assert_eq!(edited(&client.request("textDocument/rename", params)).len(), 2);
        // A directory's name that is opened as a file's.
        open_as(&mut client, &uri(&workspace.path("x.tftest.hcl")), "hcl", TESTS);
        open_as(&mut client, &uri(&workspace.path("pipe.tf")), "hcl", "output \"p\" {\n  value = 1\n}\n");
        client.request("textDocument/documentSymbol", json!({"textDocument": {"uri": file}}));
        assert_eq!(client.leave(), Some(0));
    }
}

#[test]
fn files_change_and_go_under_the_server() {
    let workspace = Workspace::new("changing", &[("m/main.tf", MAIN), ("m/main.tftest.hcl", TESTS)]);
    let mut client = Client::open(&workspace.root);
    let (file, module) = (uri(&workspace.path("m/main.tftest.hcl")), workspace.path("m/main.tf"));
    open_as(&mut client, &file, "hcl", TESTS);
    summaries(&mut client, &file, <[_]>::is_empty);
    let told = |client: &mut Client, path: &Path, kind: u8| {
        let changes = json!({"changes": [{"uri": uri(path), "type": kind}]});
        client.notify("workspace/didChangeWatchedFiles", changes);
    };
    std::fs::write(&module, MAIN.replace("greeting", "salute")).unwrap();
    told(&mut client, &module, 2);
    summaries(&mut client, &file, |list| list.iter().any(|it| it.contains("undeclared output")));
    std::fs::remove_file(&module).unwrap();
    told(&mut client, &module, 3);
    assert_eq!(client.request("textDocument/definition", at(&file, TESTS, "greeting", 1)), Value::Null);
    std::fs::write(&module, MAIN).unwrap();
    told(&mut client, &module, 1);
    summaries(&mut client, &file, <[_]>::is_empty);
    // A client that watches nothing is told with the next keystroke.
    std::fs::write(&module, MAIN.replace("greeting", "other")).unwrap();
    change(&mut client, &file, 2, &format!("{TESTS}\n"));
    summaries(&mut client, &file, |list| list.iter().any(|it| it.contains("undeclared output")));
    // The whole directory is renamed while the test is open; what the editor has counts, and can still be saved.
    std::fs::rename(workspace.path("m"), workspace.path("n")).unwrap();
    change(&mut client, &file, 3, &format!("{TESTS}\n\n"));
    assert_eq!(client.request("textDocument/definition", at(&file, TESTS, "greeting", 1)), Value::Null);
    let symbols = client.request("textDocument/documentSymbol", json!({"textDocument": {"uri": file}}));
    assert_eq!(symbols.as_array().unwrap().len(), 2);
    let moved = uri(&workspace.path("n/main.tftest.hcl"));
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": file}}));
    summaries(&mut client, &file, <[_]>::is_empty);
    assert_eq!(client.request("textDocument/hover", at(&file, TESTS, "greeting", 1)), Value::Null);
    open_as(&mut client, &moved, "hcl", TESTS);
    summaries(&mut client, &moved, |list| !list.is_empty());
    // A file where the folder was.
    std::fs::remove_dir_all(workspace.path("n")).unwrap();
    std::fs::write(workspace.path("n"), "").unwrap();
    told(&mut client, &workspace.path("n"), 2);
    change(&mut client, &moved, 2, TESTS);
    let run = json!({"command": "runblock.run", "arguments": [{"uri": moved}]});
    assert_ne!(client.request("workspace/executeCommand", run)["status"], "pass");
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn beside_another_server_only_tests_are_spoken_of() {
    let workspace = Workspace::new("beside", &[("main.tf", MAIN)]);
    let mut params = full_client(&workspace.root);
    params["initializationOptions"] = json!({"files": "tests"});
    let (mut client, _) = Client::initialize(&workspace.root, params);
    let (file, module) = (uri(&workspace.path("main.tftest.hcl")), uri(&workspace.path("main.tf")));
    open_as(&mut client, &module, "terraform", "output \"greeting\" {\n  value = var.no\n}\nrun {");
    open_as(&mut client, &file, "hcl", TESTS);
    summaries(&mut client, &file, |_| true);
    assert!(client.silent(Duration::from_millis(200), |message| message["params"]["uri"] == module));
    let found = client.request("workspace/symbol", json!({"query": ""}));
    let names: Vec<_> = found.as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
    assert_eq!(names, ["first"]);
}
