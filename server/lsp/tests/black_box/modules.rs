//! What a module's own files are told.

use crate::client::{Client, Workspace, position};

/// A module is evaluated with nothing known, as every run does first; its functions read files beside it.
#[test]
fn what_every_run_would_say_is_said_in_the_module() {
    const MAIN: &str = "locals {\n  a = local.b\n  b = local.a\n}\n";
    const FILES: &str = "locals {\n  here  = file(\"x.txt\")\n  there = file(\"${path.module}/x.txt\")\n}\n\
                         resource \"terraform_data\" \"a\" {\n  count = \"many\"\n}\n";
    let workspace = Workspace::new(
        "modules-evaluated",
        &[
            ("a/main.tf", MAIN),
            ("b/main.tf", FILES),
            ("b/x.txt", "x"),
            ("b/t.tftest.hcl", "run \"a\" {\n}\n"),
        ],
    );
    let mut client = Client::open(&workspace.root);
    let cycle = workspace.path("a/main.tf");
    client.did_open(&cycle, MAIN);
    let found = client.diagnostics(&cycle, |list| !list.is_empty());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["message"], "Cycle: local.b (expand), local.a (expand)");
    assert_eq!(found[0]["range"]["start"], position(MAIN, "b = ", 0));
    let files = workspace.path("b/main.tf");
    client.did_open(&files, FILES);
    let found = client.diagnostics(&files, |list| !list.is_empty());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["range"]["start"], position(FILES, "\"many\"", 0));
    client.did_change(&files, 2, &FILES.replace("\"many\"", "1"));
    client.diagnostics(&files, <[_]>::is_empty);
}

/// Only a root module may not have such outputs; whether a module without tests is one, nobody knows.
#[test]
fn a_module_that_may_be_called_has_ephemeral_outputs() {
    const MAIN: &str = "terraform {\n  required_version = \"~> 1.13.0\"\n}\nvariable \"token\" {\n  ephemeral = true\n}\noutput \"token\" {\n  value     = var.token\n  \
                        ephemeral = true\n}\n";
    let test = "variables {\n  token = \"\"\n}\nrun \"a\" {\n}\n";
    let workspace =
        Workspace::new("modules-root", &[("a/main.tf", MAIN), ("b/main.tf", MAIN), ("b/t.tftest.hcl", test)]);
    let mut client = Client::open(&workspace.root);
    client.did_open(&workspace.path("b/main.tf"), MAIN);
    let found = client.diagnostics(&workspace.path("b/main.tf"), |list| !list.is_empty());
    assert_eq!(found[0]["code"], "ephemeral-output");
    client.did_open(&workspace.path("a/main.tf"), MAIN);
    client.diagnostics(&workspace.path("a/main.tf"), <[_]>::is_empty);
}

#[test]
fn a_module_that_computes_for_ever_holds_nothing_up() {
    let endless = "output \"x\" {\n  value = length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : [for d in range(1000) : a]]]])\n}\n";
    let workspace = Workspace::new("endless", &[]);
    let mut client = Client::open(&workspace.root);
    let (main, file) = (workspace.path("main.tf"), workspace.path("main.tftest.hcl"));
    client.did_open(&main, endless);
    client.did_open(&file, "rn \"a\" {\n}\n");
    // Without a word more, after a while; with one, at once.
    client.diagnostics(&file, |list| list.len() == 1);
    let began = std::time::Instant::now();
    for version in 2..12 {
        client.did_change(&main, version, &format!("{endless}#{version}"));
        client.did_change(
            &file,
            version,
            if version % 2 == 0 { "run \"a\" {\n}\n" } else { "rn \"a\" {\n}\n" },
        );
    }
    client.did_change(&main, 12, "output \"x\" {\n}\n");
    client.diagnostics(&main, |list| list.len() == 1);
    assert!(began.elapsed() < std::time::Duration::from_secs(20), "{:?}", began.elapsed());
    assert_eq!(client.leave(), Some(0));
}
