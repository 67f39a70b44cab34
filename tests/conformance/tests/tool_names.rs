//! What is said in OpenTofu's dialect is said in OpenTofu's name.

use std::collections::BTreeSet;

use runblock_conformance::{recorded, text, tool};
use serde_json::Value;

/// Where OpenTofu itself speaks of the other tool: of what it once was, and of provider names that begin with it.
const OF_THE_OTHER: &[&str] = &[
    "was deprecated in Terraform v0.12 and is not available in OpenTofu;",
    "version control repositories for Terraform providers,",
    "redundant to name a Terraform provider with that prefix",
    "Provider names must be normalized. Replace \"Terraform\" with",
];

#[test]
fn no_diagnostic_of_opentofu_speaks_for_terraform() {
    let mut wrong: BTreeSet<String> = BTreeSet::new();
    let mut diagnostics = 0;
    for case in recorded::all().iter().filter(|case| case.is_json()) {
        let args = ["test", "--dialect=tofu@1.12"].map(str::to_owned);
        let args = args.into_iter().chain(case.args.iter().cloned()).collect();
        let output = tool::run_interrupted(&case.files, args, &case.env, &[]);
        assert_ne!(output.code, tool::PANIC, "{}: {}", case.name, output.stderr);
        for event in text::events(&output.stdout) {
            let said = |name: &str| event.pointer(&format!("/diagnostic/{name}")).and_then(Value::as_str);
            let (Some(summary), Some(detail)) = (said("summary"), said("detail")) else { continue };
            diagnostics += 1;
            for text in [summary, detail] {
                let written = case.files.values().any(|file| file.contains(text));
                let theirs = OF_THE_OTHER.iter().any(|allowed| text.contains(allowed));
                if !written && !theirs && (text.contains("Terraform") || text.contains("terraform init")) {
                    wrong.insert(format!("{}: {text}", case.name));
                }
            }
        }
    }
    println!("{diagnostics} diagnostics");
    assert!(diagnostics > 1000, "{diagnostics}");
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{} texts\n{}", wrong.len(), wrong.join("\n"));
}
