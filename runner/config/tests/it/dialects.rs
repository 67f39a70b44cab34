//! Which dialect a module is read in, and why; and what is said about constructs of other versions.

use config::{Dialect, Dialects, FactsCache, MemoryFiles, load_module, load_tests};

use crate::support::Loaded;

/// The dialect of the module in `.` with the reason.
fn chosen(files: &[(&str, &str)]) -> String {
    chosen_in(".", files)
}

fn chosen_in(dir: &str, files: &[(&str, &str)]) -> String {
    let files = MemoryFiles::new(files.iter().copied());
    Dialects::default().of_module(&files, dir, &FactsCache::new()).to_string()
}

fn requires(constraint: &str) -> String {
    format!("terraform {{\n  required_version = \"{constraint}\"\n}}\n")
}

const LOCK: &str = "provider \"registry.opentofu.org/hashicorp/null\" {\n  version = \"3.2.0\"\n}\n";

#[test]
fn the_newest_release_that_the_module_allows() {
    for (constraint, expected) in [
        (">= 1.9", "Terraform 1.15.9 (required_version \">= 1.9\")"),
        ("~> 1.9.0", "Terraform 1.9.8 (required_version \"~> 1.9.0\")"),
        ("~> 1.9", "Terraform 1.15.9 (required_version \"~> 1.9\")"),
        (">= 1.6, < 1.12.0", "Terraform 1.11.4 (required_version \">= 1.6, < 1.12.0\")"),
        ("1.9.3", "Terraform 1.9.3 (required_version \"1.9.3\")"),
        ("!= 1.15.9", "Terraform 1.15.8 (required_version \"!= 1.15.9\")"),
        // A patch that is not known yet has the rules of its series.
        (">= 1.13.8, < 1.14", "Terraform 1.13.8 (required_version \">= 1.13.8, < 1.14\")"),
        // Of release candidates nobody is given one that asks for less.
        (">= 1.16", "Terraform 1.16.0 (required_version \">= 1.16\")"),
        // What no version meets is refused when it runs.
        (">= 99.0", "Terraform 1.15.9 (the newest release)"),
        ("~> 1.5.0", "Terraform 1.15.9 (the newest release)"),
        ("nonsense", "Terraform 1.15.9 (the newest release)"),
    ] {
        assert_eq!(chosen(&[("main.tf", &requires(constraint))]), expected);
    }
    assert_eq!(chosen(&[("main.tf", "")]), "Terraform 1.15.9 (the newest release)");
    assert_eq!(chosen(&[]), "Terraform 1.15.9 (the newest release)");
}

#[test]
fn several_constraints_hold_together_and_the_one_that_binds_is_named() {
    let files = [("a.tf", requires(">= 1.6")), ("b.tf", requires("< 1.10"))];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    assert_eq!(chosen(&files), "Terraform 1.9.8 (required_version \"< 1.10\")");
    let json = ("main.tf.json", r#"{"terraform": [{"required_version": "~> 1.8.0"}]}"#);
    assert_eq!(chosen(&[json]), "Terraform 1.8.5 (required_version \"~> 1.8.0\")");
}

#[test]
fn modules_that_are_called_must_allow_it_too() {
    let main = format!("{}module \"m\" {{\n  source = \"./m\"\n}}\n", requires(">= 1.6"));
    let inner = format!("{}module \"again\" {{\n  source = \"../m\"\n}}\n", requires("< 1.13"));
    let with = |inner: &str| chosen(&[("main.tf", &main), ("m/main.tf", inner)]);
    assert_eq!(with(&inner), "Terraform 1.12.2 (required_version \">= 1.6\")");
    // When they cannot be met together, the module itself counts, and the rest is an error.
    assert_eq!(with(&requires("< 1.0")), "Terraform 1.15.9 (required_version \">= 1.6\")");
    let manifest = r#"{"Modules": [{"Key": "", "Source": "", "Dir": "."}, {"Key": "m", "Source": "registry.terraform.io/a/b/c", "Version": "1.0.0", "Dir": ".terraform/modules/m"}]}"#;
    let installed = [
        ("main.tf", "module \"m\" {\n  source = \"a/b/c\"\n}\n"),
        (".terraform/modules/modules.json", manifest),
        (".terraform/modules/m/main.tf", &requires("~> 1.7.0")),
    ];
    assert_eq!(chosen(&installed), "Terraform 1.7.5 (the newest release)");
}

#[test]
fn version_files_name_one_version() {
    for (text, expected) in [
        ("1.9.5\n", "Terraform 1.9.5"),
        ("v1.9.5", "Terraform 1.9.5"),
        ("# ours\n1.10.0-rc1 # soon\n", "Terraform 1.10.0"),
        ("1.12", "Terraform 1.12.2"),
        ("1.23.4", "Terraform 1.16.0"),
        ("latest", "Terraform 1.15.9"),
        ("latest:^1.9", "Terraform 1.9.8"),
        ("latest:^1\\.1", "Terraform 1.15.9"),
        ("min-required", "Terraform 1.8.5"),
        // What cannot run tests, or says nothing, leaves the matter to the constraint.
        ("1.5.7", "Terraform 1.13.5"),
        ("latest-allowed", "Terraform 1.13.5"),
        ("latest:x", "Terraform 1.13.5"),
        ("nonsense", "Terraform 1.13.5"),
        ("", "Terraform 1.13.5"),
    ] {
        let found = chosen(&[(".terraform-version", text), ("main.tf", &requires(">= 1.8, < 1.14"))]);
        assert_eq!(found.split(" (").next(), Some(expected), "{text:?}");
    }
}

#[test]
fn a_version_file_counts_below_it_and_the_nearest_one_counts() {
    let files = [
        (".terraform-version", "1.9.5"),
        ("a/.terraform-version", "1.8.2"),
        ("a/b/main.tf", ""),
        ("c/main.tf", ""),
        ("d/.opentofu-version", "1.10.3"),
    ];
    assert_eq!(chosen_in("a/b", &files), "Terraform 1.8.2 (a/.terraform-version)");
    assert_eq!(chosen_in("c", &files), "Terraform 1.9.5 (.terraform-version)");
    assert_eq!(chosen_in("d", &files), "OpenTofu 1.10.3 (d/.opentofu-version)");
    // Version managers look above the directory that they run in.
    let above = [("../../.terraform-version", "1.7.5"), ("a/main.tf", ""), ("../b/main.tf", "")];
    for dir in [".", "a", "../b"] {
        assert_eq!(chosen_in(dir, &above), "Terraform 1.7.5 (../../.terraform-version)");
    }
}

#[test]
fn tools_are_told_apart() {
    let newest = "OpenTofu 1.12.6";
    assert_eq!(chosen(&[(".terraform.lock.hcl", LOCK)]), format!("{newest} (.terraform.lock.hcl)"));
    assert_eq!(chosen(&[("main.tofu", "")]), format!("{newest} (main.tofu)"));
    assert_eq!(chosen(&[("main.tf", ""), ("main.tofu", "")]), "Terraform 1.15.9 (the newest release)");
    // A version file says more than a lock file, and a name more than both.
    assert_eq!(
        chosen(&[(".terraform.lock.hcl", LOCK), (".terraform-version", "1.9.5")]),
        "Terraform 1.9.5 (.terraform-version)"
    );
    assert_eq!(chosen(&[("a.tofu", ""), (".terraform-version", "1.9.5")]), format!("{newest} (a.tofu)"));
    let both = [(".terraform-version", "1.9.5"), (".opentofu-version", "1.8.1")];
    assert_eq!(chosen(&both), "Terraform 1.9.5 (.terraform-version)");
    let with_lock = [both[0], both[1], (".terraform.lock.hcl", LOCK)];
    assert_eq!(chosen(&with_lock), "OpenTofu 1.8.1 (.opentofu-version)");
}

/// OpenTofu takes `required_version` of `.tf` files for Terraform's, from 1.12 on.
#[test]
fn what_binds_opentofu() {
    let tofu = |file: &str, text: &str| chosen(&[(".terraform.lock.hcl", LOCK), (file, text)]);
    assert_eq!(tofu("main.tf", &requires("~> 1.9.0")), "OpenTofu 1.12.6 (.terraform.lock.hcl)");
    assert_eq!(tofu("main.tofu", &requires("~> 1.9.0")), "OpenTofu 1.9.4 (required_version \"~> 1.9.0\")");
    let language =
        "language {\n  compatible_with {\n    opentofu = \">= 1.12, < 1.12.5\"\n    other = 1\n  }\n}\n";
    assert_eq!(tofu("main.tf", language), "OpenTofu 1.12.4 (opentofu \">= 1.12, < 1.12.5\")");
}

#[test]
fn what_is_asked_for_beats_everything() {
    let files = MemoryFiles::new([
        (".terraform-version", "1.9.5"),
        ("main.tf", requires("~> 1.9.0").as_str()),
        ("a.tofutest.hcl", ""),
        ("b.tftest.hcl", ""),
    ]);
    let cache = FactsCache::new();
    let asked = Dialects::only(Dialect::terraform(15, 9));
    assert_eq!(asked.of_module(&files, ".", &cache).to_string(), "Terraform 1.15.9 (as asked)");
    assert_eq!(
        asked.of_file(&files, ".", "a.tofutest.hcl", &cache).to_string(),
        "Terraform 1.15.9 (as asked)"
    );
    let names = |dialects| {
        let tests = load_tests(&files, ".", "tests", dialects, &cache);
        tests.iter().map(|test| format!("{} by {}", test.name, test.dialect)).collect::<Vec<_>>()
    };
    assert_eq!(names(asked), ["b.tftest.hcl by Terraform 1.15.9"]);
    assert_eq!(
        names(Dialects::default()),
        ["a.tofutest.hcl by OpenTofu 1.12.6", "b.tftest.hcl by Terraform 1.9.5"]
    );
}

#[test]
fn constructs_of_other_versions_are_explained() {
    let files = |module: &str| {
        MemoryFiles::new([
            ("main.tf", format!("{module}variable \"v\" {{\n  deprecated = \"no\"\n}}\n").as_str()),
            ("t.tftest.hcl", "test {\n}\nrun \"a\" {\n  state_key = \"k\"\n  bogus = 1\n}\n"),
        ])
    };
    let said = |files: &MemoryFiles, dialects: Dialects| {
        let cache = FactsCache::new();
        let choice = dialects.of_module(files, ".", &cache);
        let mut found = load_module(files, ".", choice, &cache).all_diagnostics();
        found.extend(
            load_tests(files, ".", "tests", dialects, &cache)
                .into_iter()
                .flat_map(|it| it.diagnostics.clone()),
        );
        found.into_iter().map(|it| it.detail).collect::<Vec<_>>()
    };
    let reason = "this module says `required_version = \"~> 1.9.0\"`.";
    let files_of_old = files(&requires("~> 1.9.0"));
    let expected = [
        format!(
            "An argument named \"deprecated\" is not expected here.\n\n`deprecated` needs Terraform 1.15, OpenTofu 1.10; {reason}"
        ),
        format!(
            "Blocks of type \"test\" are not expected here.\n\nThe `test` block needs Terraform 1.12; {reason}"
        ),
        format!(
            "An argument named \"state_key\" is not expected here.\n\n`state_key` needs Terraform 1.11; {reason}"
        ),
        "An argument named \"bogus\" is not expected here.".to_owned(),
    ];
    assert_eq!(said(&files_of_old, Dialects::default()), expected);
    // Who asked for a version gets the words of its tool.
    for detail in said(&files_of_old, Dialects::only(Dialect::terraform(9, 8))) {
        assert!(!detail.contains('\n'), "{detail}");
    }
    let tofu = MemoryFiles::new([("t.tofutest.hcl", "run \"a\" {\n  parallel = true\n}\n")]);
    assert_eq!(
        said(&tofu, Dialects::default()),
        [
            "An argument named \"parallel\" is not expected here.\n\n`parallel` needs Terraform 1.12; only OpenTofu reads `t.tofutest.hcl`."
        ]
    );
    let newest =
        MemoryFiles::new([("t.tftest.hcl", "mock_provider \"x\" {\n  alias = \"a\"\n  for_each = {}\n}\n")]);
    assert_eq!(
        said(&newest, Dialects::default()),
        [
            "An argument named \"for_each\" is not expected here.\n\n`for_each` in `mock_provider` needs OpenTofu 1.11; this file is read by the rules of Terraform 1.15.9, which the setting \"dialect\" changes."
        ]
    );
}

/// Every value of a bad file is bounded: a version file that is no version, a deep directory, constraints without end.
#[test]
fn odd_files_choose_something() {
    let long = "x".repeat(1 << 20);
    let deep = vec!["d"; 300].join("/");
    let many = vec![">= 1.6"; 20_000].join(", ");
    let files = [(".terraform-version", long.as_str()), ("main.tf", &requires(&many))];
    assert!(chosen(&files).starts_with("Terraform 1.15.9"));
    assert!(chosen_in(&deep, &[]).starts_with("Terraform 1.15.9"));
    for dir in ["..", "../..", "../x", "/", "/a/b", ""] {
        assert!(chosen_in(dir, &[]).starts_with("Terraform 1.15.9"), "{dir}");
    }
    let loaded = Loaded::parse(
        "module \"m\" {\n  source = \"./m\"\n}\n//- /m/main.tf\nmodule \"n\" {\n  source = \"../m\"\n}\n",
    );
    let choice = Dialects::default().of_module(&loaded.files, ".", &loaded.cache);
    assert_eq!(choice.dialect, Dialect::default());
}
