//! The house keeps its walls: which crate may import which, and what stands at the top of the repository.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Each room and the rooms it may import. Rooms under `tests/` may import anything.
const DOORS: &[(&str, &[&str])] = &[
    ("runblock-syntax", &[]),
    ("runblock-lang", &["runblock-syntax"]),
    ("runblock-config", &["runblock-lang", "runblock-syntax"]),
    ("runblock-provider", &["runblock-config", "runblock-lang", "runblock-syntax"]),
    ("runblock-engine", &["runblock-provider", "runblock-config", "runblock-lang", "runblock-syntax"]),
    (
        "runblock-suite",
        &["runblock-engine", "runblock-provider", "runblock-config", "runblock-lang", "runblock-syntax"],
    ),
    (
        "runblock-cli",
        &[
            "runblock-suite",
            "runblock-engine",
            "runblock-provider",
            "runblock-config",
            "runblock-lang",
            "runblock-syntax",
        ],
    ),
    ("runblock-ide", &["runblock-config", "runblock-lang", "runblock-syntax"]),
    (
        "runblock",
        &[
            "runblock-ide",
            "runblock-cli",
            "runblock-suite",
            "runblock-engine",
            "runblock-provider",
            "runblock-config",
            "runblock-lang",
            "runblock-syntax",
        ],
    ),
];

/// Libraries that only some rooms may know. `suite` awaits what other machines answer, and nothing else.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("tower-lsp", &["runblock"]),
    ("lsp-types", &["runblock"]),
    ("tokio", &["runblock", "runblock-suite"]),
    ("russh", &["runblock-suite"]),
];

const TOP_LEVEL: &[&str] =
    &["Cargo.lock", "Cargo.toml", "LICENSE", "README.md", "editors", "runner", "server", "tests"];

/// Made by tools and ignored by git.
const GENERATED: &[&str] = &["target"];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The dependencies of every package of the workspace, without those that only its tests use.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    packages
        .iter()
        .map(|package| {
            let name = package["name"].as_str().expect("a name").to_owned();
            let dependencies = package["dependencies"].as_array().expect("a list of dependencies");
            let names = dependencies
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .filter_map(|dependency| dependency["name"].as_str().map(str::to_owned));
            (name, names.collect())
        })
        .collect()
}

#[test]
fn every_room_imports_only_through_its_doors() {
    let doors: BTreeMap<&str, &[&str]> = DOORS.iter().copied().collect();
    let mut broken = Vec::new();
    for (package, imports) in dependencies() {
        let Some(allowed) = doors.get(package.as_str()) else {
            assert!(root().join("tests").exists());
            continue;
        };
        for import in imports.iter().filter(|import| import.starts_with("runblock")) {
            if !allowed.contains(&import.as_str()) {
                broken.push(format!("{package} imports {import}"));
            }
        }
        for (library, rooms) in ONLY_IN {
            if imports.contains(*library) && !rooms.contains(&package.as_str()) {
                broken.push(format!("{package} imports {library}"));
            }
        }
    }
    assert!(broken.is_empty(), "doors that the design does not have:\n{}", broken.join("\n"));
}

#[test]
fn every_room_of_the_design_is_there() {
    let packages = dependencies();
    let missing: Vec<_> =
        DOORS.iter().map(|(room, _)| *room).filter(|room| !packages.contains_key(*room)).collect();
    assert!(missing.is_empty(), "rooms without a crate: {missing:?}");
}

#[test]
fn the_top_level_is_what_the_design_says() {
    let found: BTreeSet<String> = std::fs::read_dir(root())
        .expect("the repository can be read")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && !GENERATED.contains(&name.as_str()))
        .collect();
    let wanted: BTreeSet<String> = TOP_LEVEL.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(found, wanted);
}

/// Every code that a diagnostic can have is explained in `config::rule`, with a page of the documentation.
#[test]
fn every_code_is_a_rule() {
    let mut missing = BTreeSet::new();
    let mut folders = vec![root().join("runner"), root().join("server")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a readable folder").flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            if path.is_dir() && name != "tests" {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && name != "tests.rs" {
                let text = std::fs::read_to_string(&path).expect("a readable source");
                let text = text.split("#[cfg(test)]").next().unwrap_or_default();
                missing.extend(codes(text).filter(|code| config::rule(code).is_none()).map(str::to_owned));
            }
        }
    }
    assert!(missing.is_empty(), "no rule for {missing:?}");
}

/// The literals in `with_code("...")`.
fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split("with_code(\"").skip(1).filter_map(|rest| rest.split('"').next())
}
