//! Random edits: the server's text stays equal to the client's, and it answers throughout.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use syntax::{Document, FileName};

use crate::client::{Client, Workspace, uri};
use crate::navigation::{METHODS, applied};
use typing::{Random, edit, place};

mod answers;
mod projects;
mod session;
mod typing;

const TESTS: &str = include_str!("../data/stress.tftest.hcl");
const MAIN: &str =
    "variable \"name\" {\n  type = string\n}\noutput \"greeting\" {\n  value = \"hello ${var.name}\"\n}\n";

/// `RUNBLOCK_STRESS_SECONDS` makes it longer.
fn duration() -> Duration {
    let seconds = std::env::var("RUNBLOCK_STRESS_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(3))
}

#[test]
fn random_edits_keep_the_document_and_the_server_alive() {
    let workspace = Workspace::new("stress", &[("main.tf", MAIN)]);
    let mut client = Client::open(&workspace.root);
    let file = workspace.path("main.tftest.hcl");
    client.did_open(&file, TESTS);
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut document = Document::new(FileName::new("main.tftest.hcl"), TESTS);
    let mut version = 1;
    let end = Instant::now() + duration();
    let mut rounds = 0_u32;
    let mut tokens = None;
    while Instant::now() < end || rounds < 3 {
        rounds += 1;
        for _ in 0..25 {
            version += 1;
            let change = edit(&mut random, &mut document);
            client.notify(
                "textDocument/didChange",
                json!({"textDocument": {"uri": uri(&file), "version": version}, "contentChanges": [change]}),
            );
        }
        let offset = random.below(document.len() as usize + 1) as u32;
        let at = place(&document, offset);
        let asked = Instant::now();
        ask_everything(&mut client, &mut random, &file, &document, &at);
        tokens = follow_tokens(&mut client, &file, tokens);
        assert!(asked.elapsed() < Duration::from_secs(10), "an answer took {:?}", asked.elapsed());
        if rounds.is_multiple_of(4) {
            // The incremental tree is the one of a fresh parse, and so is what the server makes of it.
            let fresh = Document::new(FileName::new("main.tftest.hcl"), &document.text());
            assert!(document.chunks().eq(fresh.chunks()), "{:?}", document.text());
            compare_with_fresh(&mut client, &workspace, &file, &document, version);
        }
        if rounds.is_multiple_of(16) || document.len() > 40_000 {
            version += 1;
            document = Document::new(FileName::new("main.tftest.hcl"), TESTS);
            client.did_change(&file, version, TESTS);
        }
    }
    assert_eq!(client.leave(), Some(0));
}

/// Whole projects: the repository's own workspaces, and those below the folder that `RUNBLOCK_STRESS_FILES` names. A
/// session says its seed; `RUNBLOCK_STRESS_SEED` begins with that one, and `RUNBLOCK_STRESS_SECONDS=0` ends after it.
#[test]
fn random_edits_of_projects_keep_the_server_alive() {
    let projects = projects::all();
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let first = number("RUNBLOCK_STRESS_SEED").unwrap_or(1);
    let end = Instant::now() + duration();
    let mut sessions = 0;
    let mut asked = 0;
    while sessions == 0 || Instant::now() < end {
        asked += session::run(&projects, first + sessions);
        sessions += 1;
    }
    println!("seeds {first} to {}: {asked} requests", first + sessions - 1);
}

/// Every request about the place, and one about another place in the module's file. A rename may be refused; nothing else
/// may fail.
fn ask_everything(client: &mut Client, random: &mut Random, file: &Path, document: &Document, at: &Value) {
    let other = place(document, random.below(document.len() as usize + 1) as u32);
    let line = |place: &Value| place["line"].as_u64().unwrap();
    let (start, end) = if line(at) <= line(&other) { (at, &other) } else { (&other, at) };
    let name = ["x", "first", "", "a b", "name"][random.below(5)];
    let params = json!({
        "textDocument": {"uri": uri(file)}, "position": at, "positions": [at, other],
        "range": {"start": start, "end": end}, "newName": name, "previousResultId": "",
        "context": {"includeDeclaration": true, "triggerKind": 1, "isRetrigger": false}, "query": name,
    });
    let ids: Vec<(&str, i64)> =
        METHODS.iter().map(|method| (*method, client.ask(method, params.clone()))).collect();
    for (method, id) in ids {
        let response = client.response(id);
        let refused = response["error"]["code"] == -32803;
        assert!(response.get("error").is_none() || refused, "{method}: {response}\n{:?}", document.text());
    }
}

/// What a client makes of the differences is what it would have got whole.
fn follow_tokens(client: &mut Client, file: &Path, before: Option<(Value, Value)>) -> Option<(Value, Value)> {
    let params = json!({"textDocument": {"uri": uri(file)}});
    if let Some((id, data)) = before {
        let mut params = params.clone();
        params["previousResultId"] = id;
        let delta = client.request("textDocument/semanticTokens/full/delta", params.clone());
        let full = client.request("textDocument/semanticTokens/full", params);
        if delta.get("edits").is_some() {
            let applied = applied(data.as_array().cloned().unwrap_or_default(), &delta["edits"]);
            assert_eq!(Value::Array(applied), full["data"]);
        }
        return Some((full["resultId"].clone(), full["data"].clone()));
    }
    let full = client.request("textDocument/semanticTokens/full", params);
    Some((full["resultId"].clone(), full["data"].clone()))
}

/// The server's diagnostics of the edited document are those of another file opened with the same text.
fn compare_with_fresh(
    client: &mut Client,
    workspace: &Workspace,
    file: &std::path::Path,
    document: &Document,
    version: i32,
) {
    // A request's answer comes after the changes before it; the lenses tell where the runs are.
    let lenses = |client: &mut Client, path: &std::path::Path| {
        let list = client.request("textDocument/codeLens", json!({"textDocument": {"uri": uri(path)}}));
        let list = list.as_array().unwrap().iter();
        list.map(|lens| (lens["range"].clone(), lens["command"]["title"].clone())).collect::<Vec<_>>()
    };
    let other = workspace.path("fresh.tftest.hcl");
    client.did_open(&other, &document.text());
    let fresh = lenses(client, &other);
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri(&other)}}));
    assert_eq!(lenses(client, file), fresh, "version {version}");
    client.forget();
}
