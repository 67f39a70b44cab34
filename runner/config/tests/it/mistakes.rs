//! The mistakes that test files have, each with its place and Terraform's words, and each corrected.
//!
//! A file of `mistakes/` holds cases:
//!
//! ```text
//! === what is wrong (terraform@1.12)
//! run "a" {
//!   comand = plan
//! # ^^^^^^ Unsupported argument
//! }
//! --- corrected
//! run "a" {
//!   command = plan
//! }
//! ```
//!
//! Without a dialect the rules are those of Terraform 1.11. The text is `main.tftest.hcl` beside the files of `mistakes/module.txt`, which a case may replace; other files begin
//! with `//- /path`. A message begins with `warning:` or `hint:` where it is no error. In JSON nothing can be marked:
//! there, lines behind `--- expected` name the text and the message; `(again)` means the second place of the text. Everything that is said must be expected, in all
//! files, and of the corrected files nothing may be said at all.

use std::collections::BTreeMap;

use config::schema::document::{ProviderSchemas, read};
use config::{Dialect, Dialects, MemoryFiles, ResourceMode, Schema, Schemas};
use fixture::Fixture;
use syntax::Diagnostic;

use crate::support::{Builtin, Loaded, severity};

/// `example/cloud`, and the provider that is part of the tool.
pub(crate) struct Cloud(ProviderSchemas, Builtin);

impl Cloud {
    pub(crate) fn new() -> Cloud {
        let mut found =
            read(include_str!("mistakes/cloud.json").as_bytes().to_vec()).expect("the schemas can be read");
        Cloud(found.remove(0), Builtin::new())
    }

    fn has(&self, provider: &str) -> bool {
        provider == self.0.source()
    }
}

impl Schemas for Cloud {
    fn resource(&self, provider: &str, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        match self.has(provider) {
            true => self.0.resource(mode, kind).ok().flatten(),
            false => self.1.resource(provider, mode, kind),
        }
    }

    fn provider(&self, provider: &str) -> Option<&Schema> {
        self.has(provider).then(|| self.0.provider().ok().flatten())?
    }

    fn kinds(&self, provider: &str, mode: ResourceMode) -> Option<Vec<&str>> {
        match self.has(provider) {
            true => Some(self.0.kinds(mode).collect()),
            false => self.1.kinds(provider, mode),
        }
    }
}

struct Case<'t> {
    title: &'t str,
    dialect: Option<Dialect>,
    wrong: &'t str,
    expected: Option<&'t str>,
    corrected: &'t str,
}

fn cases(text: &str) -> Vec<Case<'_>> {
    let cases = text.split("=== ").skip(1).map(|case| {
        let (title, rest) = case.split_once('\n').expect("a case has a title");
        let (wrong, corrected) = rest.split_once("--- corrected\n").expect("a case is corrected");
        let (wrong, expected) = match wrong.split_once("--- expected\n") {
            Some((wrong, expected)) => (wrong, Some(expected)),
            None => (wrong, None),
        };
        let version = title.split_once(" (").map(|(_, version)| version.trim_end_matches(')'));
        let dialect = version.map(|version| Dialect::parse(version).expect("a dialect in brackets"));
        Case { title, dialect, wrong, expected, corrected }
    });
    cases.collect()
}

/// The case's files, and those of the module that it does not replace.
pub(crate) fn with_module(text: &str) -> (Fixture, MemoryFiles) {
    let fixture = Fixture::parse(&format!("//- /main.tftest.hcl\n{text}"));
    let module = Fixture::parse(include_str!("mistakes/module.txt"));
    let mut files: BTreeMap<&str, &str> = module.pairs().collect();
    files.extend(fixture.pairs());
    let replaced = fixture.pairs().any(|(path, _)| path == "main.tftest.json");
    files.retain(|path, text| !(replaced && *path == "main.tftest.hcl" && text.trim().is_empty()));
    let files = MemoryFiles::new(files);
    (fixture, files)
}

/// Everything that is said of the files' texts: `path`, place, message.
type Said = Vec<(String, usize, usize, String)>;

/// What loading and the checks of the test files say.
pub(crate) fn diagnostics(files: &MemoryFiles, dialect: Option<Dialect>) -> Vec<Diagnostic> {
    let asked = Some(dialect.unwrap_or(Dialect::terraform(11, 4)));
    let loaded = Loaded::in_dialect(files.clone(), Dialects { asked });
    let mut found = loaded.load_diagnostics();
    found.extend(loaded.run_module_problems());
    found.extend(loaded.plan_diagnostics());
    found.extend(loaded.test_diagnostics(&Cloud::new()));
    found
}

fn said(files: &MemoryFiles, dialect: Option<Dialect>) -> (Said, Vec<Diagnostic>) {
    let found = diagnostics(files, dialect);
    let mut said: Said = found
        .iter()
        .map(|it| {
            let (file, span) = match &it.subject {
                Some(place) => (place.file.to_string(), place.span),
                None => (String::new(), syntax::Span::at(0)),
            };
            let message = match severity(it) {
                "error" => it.summary.clone(),
                other => format!("{other}: {}", it.summary),
            };
            (file, span.start as usize, span.end as usize, message)
        })
        .collect();
    said.sort();
    said.dedup();
    (said, found)
}

fn check(name: &str, text: &str) {
    let mut wrong = String::new();
    for case in cases(text) {
        let (fixture, files) = with_module(case.wrong);
        let (said, found) = said(&files, case.dialect);
        let mut expected: Said = fixture
            .annotations
            .iter()
            .map(|it| (it.path.clone(), it.start, it.end, it.message.clone()))
            .collect();
        for line in case.expected.into_iter().flat_map(str::lines) {
            let (part, message) = line.split_once("  ").expect("the text, two spaces, the message");
            let (part, nth) = match part.strip_suffix(" (again)") {
                Some(part) => (part, 1),
                None => (part, 0),
            };
            let (path, text) = fixture
                .pairs()
                .find(|(_, text)| text.contains(part))
                .unwrap_or_else(|| panic!("{}: no file has {part}", case.title));
            let start = text.match_indices(part).nth(nth).expect("it is there as often").0;
            expected.push((path.to_owned(), start, start + part.len(), message.to_owned()));
        }
        expected.sort();
        for line in said.iter().filter(|line| !expected.contains(line)) {
            wrong.push_str(&format!("{name}: {}: also said: {}\n", case.title, show(&fixture, line)));
        }
        for line in expected.iter().filter(|line| !said.contains(line)) {
            wrong.push_str(&format!("{name}: {}: not said: {}\n", case.title, show(&fixture, line)));
        }
        if case.expected.is_none() && fixture.annotations.is_empty() {
            wrong.push_str(&format!("{name}: {}: expects nothing\n", case.title));
        }
        for it in &found {
            match it.code.and_then(config::rule) {
                None => wrong.push_str(&format!("{name}: {}: no rule: {it:?}\n", case.title)),
                Some(rule) => assert!(rule.link(Dialect::default().tool).starts_with("https://")),
            }
        }
        let (fixture, files) = with_module(case.corrected);
        let (said, _) = self::said(&files, case.dialect);
        for line in &said {
            wrong.push_str(&format!("{name}: {}: corrected, but: {}\n", case.title, show(&fixture, line)));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn show(fixture: &Fixture, (path, start, end, message): &(String, usize, usize, String)) -> String {
    let text = fixture.pairs().find(|(other, _)| other == path).map_or("", |(_, text)| text);
    format!("{path}:{start}-{end} {:?} {message}", text.get(*start..*end).unwrap_or_default())
}

macro_rules! mistakes {
    ($($name:ident),* $(,)?) => {
        $(#[test]
        fn $name() {
            check(stringify!($name), include_str!(concat!("mistakes/", stringify!($name), ".txt")));
        })*
    };
}

mistakes! {
    blocks,
    names,
    values,
    variables,
    providers,
    overrides,
    mock_values,
    expected_failures,
    plan_options,
    plan_time,
    functions,
    modules,
    unused,
    json,
    versions,
    imports,
    variable_files,
    declarations,
}
