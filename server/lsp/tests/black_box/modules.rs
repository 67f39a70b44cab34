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
    const MAIN: &str = "variable \"token\" {\n  ephemeral = true\n}\noutput \"token\" {\n  value     = var.token\n  \
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
