//! A workspace of very many modules: how long a client waits for its first answers, and what stays in memory.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use super::client::{Client, uri};
use super::{milliseconds, workload};
use crate::runs;

/// How many modules the workspace has, unless `BENCH_MODULES` says otherwise.
const MODULES: usize = 10_000;

/// Prints how long the server takes with the workspace, and how much memory.
///
/// # Errors
///
/// Where files cannot be written, the server cannot be run or does not answer.
pub fn measure() -> io::Result<()> {
    let given = std::env::var("BENCH_MODULES").ok().and_then(|modules| modules.parse().ok());
    let modules = given.unwrap_or(MODULES);
    let root = std::env::temp_dir().join(format!("runblock-bench-workspace-{}", std::process::id()));
    let mut result = Ok(());
    for (path, text) in (0..modules).flat_map(workload::small_module) {
        let path = root.join(path);
        result = result
            .and_then(|()| std::fs::create_dir_all(path.parent().unwrap_or(&root)))
            .and_then(|()| std::fs::write(&path, text));
    }
    let result = result.and_then(|()| session(&root, modules));
    std::fs::remove_dir_all(&root)?;
    result
}

fn session(root: &Path, modules: usize) -> io::Result<()> {
    println!("a workspace of {modules} modules, each with a test file");
    let server = runs::runblock().canonicalize()?;
    let start = Instant::now();
    let mut client = Client::start(&server, root, &json!({}))?;
    said("initialize", milliseconds(start), &client);
    let [(module, module_text), (test, test_text)] = workload::small_module(modules / 2);
    let (module, test) = (root.join(module), root.join(test));
    let start = Instant::now();
    client.open(&test, &test_text)?;
    // A sound file is told nothing about: its lenses show that it was read.
    client.request("textDocument/codeLens", json!({ "textDocument": { "uri": uri(&test) } }))?;
    said("lenses of the first file", milliseconds(start), &client);
    for (name, query) in [("first search for a symbol", "label_77"), ("second search", "labels_4242")] {
        let start = Instant::now();
        client.request("workspace/symbol", json!({ "query": query }))?;
        said(name, milliseconds(start), &client);
    }
    client.open(&module, &module_text)?;
    let line = module_text.lines().position(|line| line.starts_with("output")).unwrap_or(0);
    let position = json!({ "line": line, "character": "output \"la".len() });
    let document = json!({ "uri": uri(&module) });
    for (name, method, params) in [
        (
            "references to an output",
            "references",
            json!({ "textDocument": document, "position": position, "context": { "includeDeclaration": true } }),
        ),
        (
            "rename of an output",
            "rename",
            json!({ "textDocument": document, "position": position, "newName": "renamed" }),
        ),
        ("hover", "hover", json!({ "textDocument": document, "position": position })),
    ] {
        for name in [format!("first {name}"), format!("second {name}")] {
            let start = Instant::now();
            client.request(&format!("textDocument/{method}"), params.clone())?;
            said(&name, milliseconds(start), &client);
        }
    }
    let start = Instant::now();
    client.change(&test, 2, 0, (5, 5), "x")?;
    client.request("textDocument/codeLens", json!({ "textDocument": { "uri": uri(&test) } }))?;
    said("lenses after a keystroke", milliseconds(start), &client);
    std::thread::sleep(Duration::from_secs(1));
    said("at rest", 0.0, &client);
    Ok(())
}

fn said(what: &str, spent: f64, client: &Client) {
    let used = client.used();
    println!(
        "  {what:<34} {spent:>9.1} ms   {:>6.0} MiB resident, {:>4.0} MiB at most",
        used.resident, used.peak
    );
}
