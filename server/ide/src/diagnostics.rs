//! What is wrong with a file, without running anything.

use config::{FileRole, is_guess};
use syntax::{Diagnostic, FileName, Location};

use crate::snapshot::{Snapshot, is_module_file, is_test_file};

/// What files say that are not there.
const OF_OTHER_FILES: [&str; 4] =
    ["module-not-installed", "unreadable-manifest", "unreadable-mocks", "unreadable-module"];

/// The diagnostics of `file`, from top to bottom. Of a document that is on no disk, what can be told from it alone.
pub fn diagnostics(snapshot: &Snapshot, file: &FileName) -> Vec<Diagnostic> {
    let mut found = if is_test_file(file) {
        of_test_file(snapshot, file)
    } else if is_module_file(file.as_str()) {
        of_module_file(snapshot, file)
    } else if FileRole::of(file.as_str()) == Some(FileRole::Mocks) {
        of_mock_file(snapshot, file)
    } else if FileRole::of(file.as_str()) == Some(FileRole::Variables) {
        of_variable_file(snapshot, file)
    } else {
        Vec::new()
    };
    found.retain(|it| it.subject.as_ref().is_none_or(|subject| subject.file == *file));
    if snapshot.is_alone() {
        found.retain(|it| !it.code.is_some_and(|code| OF_OTHER_FILES.contains(&code)));
    }
    hide_half_typed(&mut found);
    hide_guesses(snapshot, file, &mut found);
    found.sort_by_key(|it| it.subject.as_ref().map(|subject| (subject.span, it.severity)));
    found.dedup();
    found
}

/// Terraform says of a condition that is still being written that it refers to nothing. While somebody types, only what
/// cannot be read is worth saying.
fn hide_half_typed(found: &mut Vec<Diagnostic>) {
    let span = |it: &Diagnostic| it.subject.as_ref().map(|subject| subject.span);
    let is_constant = |it: &Diagnostic| it.code == Some("constant-condition");
    let errors: Vec<_> =
        found.iter().filter(|it| it.is_error() && !is_constant(it)).filter_map(span).collect();
    let is_unfinished = |it: &Diagnostic| {
        span(it).is_some_and(|at| errors.iter().any(|error| error.touches(at.start) || error.touches(at.end)))
    };
    found.retain(|it| !(is_constant(it) && is_unfinished(it)));
}

/// A block that cannot be read whole has names in it that are about to become others. What it may yet declare, nobody
/// else is told to miss.
fn hide_guesses(snapshot: &Snapshot, file: &FileName, found: &mut Vec<Diagnostic>) {
    let Some(document) = snapshot.document(file) else { return };
    if is_module_file(file.as_str()) {
        let tree = snapshot.project(file).tree().clone();
        let faulty = tree.module.diagnostics.iter().any(|it| it.is_error() && it.code == Some("syntax"));
        if faulty {
            found.retain(|it| !it.code.is_some_and(is_guess));
            return;
        }
    }
    let is_whole = |it: &Diagnostic| {
        let Some(subject) = &it.subject else { return true };
        !document.has_errors_at(subject.span.start)
    };
    found.retain(|it| !it.code.is_some_and(is_guess) || is_whole(it));
}

/// Places that the detail of a diagnostic mentions, with a word about each: the first of two declarations, or what a run
/// finds in another file.
pub fn related(snapshot: &Snapshot, diagnostic: &Diagnostic) -> Vec<(Location, String)> {
    if let (Some(subject), Some(context)) = (&diagnostic.subject, &diagnostic.context)
        && subject.file != context.file
    {
        return vec![(context.clone(), "this is what the run is about".to_owned())];
    }
    if !diagnostic.code.is_some_and(|code| code.starts_with("duplicate-")) {
        return Vec::new();
    }
    let Some(subject) = &diagnostic.subject else { return Vec::new() };
    let first = snapshot.occurrence_at(&subject.file, subject.span.end).and_then(|again| {
        let others = snapshot.definitions(&subject.file, &again.symbol).into_iter();
        others.filter(|it| it.location != again.location).map(|it| it.location).next()
    });
    first.map(|place| (place, "first declared here".to_owned())).into_iter().collect()
}

fn of_test_file(snapshot: &Snapshot, file: &FileName) -> Vec<Diagnostic> {
    let project = snapshot.project(file);
    let Some(test_file) = project.test_file(file) else {
        return snapshot.document(file).map(|document| document.diagnostics()).unwrap_or_default();
    };
    let declared = test_file.diagnostics.iter().chain(&project.problems).cloned();
    declared.chain(project.check_test_file(test_file, &snapshot.cache().checked)).collect()
}

fn of_mock_file(snapshot: &Snapshot, file: &FileName) -> Vec<Diagnostic> {
    let Some(document) = snapshot.document(file) else { return Vec::new() };
    let project = snapshot.project(file);
    let dialect = snapshot.dialect(file);
    let (tree, schemas) = (project.tree(), project.schemas());
    let mut found = config::check_mock_file(&document, dialect, tree, project.tests(), schemas);
    // What the folder's files say together, as test files read them.
    let together = project.tests().iter().flat_map(|test| &test.diagnostics);
    found
        .extend(together.filter(|it| is_about_mocks(it) && !found.contains(it)).cloned().collect::<Vec<_>>());
    found
}

fn of_variable_file(snapshot: &Snapshot, file: &FileName) -> Vec<Diagnostic> {
    let Some(document) = snapshot.document(file) else { return Vec::new() };
    snapshot.project(file).check_values(&document)
}

fn is_about_mocks(found: &Diagnostic) -> bool {
    matches!(found.code, Some("duplicate-mock" | "duplicate-override"))
}

/// What is wrong with the declarations of the module, and with those of modules that it calls.
fn of_module_file(snapshot: &Snapshot, file: &FileName) -> Vec<Diagnostic> {
    let project = snapshot.project(file);
    let tree = project.tree();
    let declared = tree.module.diagnostics.iter().chain(&tree.unread).chain(&tree.diagnostics);
    let mut found: Vec<Diagnostic> = declared.cloned().collect();
    found.extend(project.module_checks(snapshot.files(), snapshot.surroundings()));
    found.extend(config::check_versions(tree));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MODULE, snapshot};

    /// Every annotated message, and no other, in `main.tftest.hcl` beside the module of `testing`.
    #[track_caller]
    fn check(test_file: &str) {
        let (snapshot, fixture) = snapshot(&format!("{MODULE}//- /main.tftest.hcl\n{test_file}"));
        let file = FileName::new("main.tftest.hcl");
        let mut found: Vec<(usize, usize, String)> = diagnostics(&snapshot, &file)
            .into_iter()
            .map(|it| {
                let span = it.subject.map_or(syntax::Span::at(0), |subject| subject.span);
                (span.start as usize, span.end as usize, it.summary)
            })
            .collect();
        let mut expected: Vec<(usize, usize, String)> =
            fixture.annotations.into_iter().map(|it| (it.start, it.end, it.message)).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_sound_file_is_quiet() {
        check(
            r#"
variables {
  name = "bob"
}
run "setup" {
  variables {
    seed = "s"
  }
  module {
    source = "./setup"
  }
}
run "main" {
  variables {
    name = run.setup.bucket.name
  }
  assert {
    condition     = output.greeting == "hello ${var.name}" && local.box.left == 1
    error_message = "No."
  }
}
"#,
        );
    }

    #[test]
    fn of_a_document_alone_only_what_it_says_itself() {
        let text = "run \"a\" {\n  module {\n    source = \"./m\"\n  }\n}\nrun \"b\" {\n  comand = plan\n  assert {\n    condition     = output.x == run.c.y && var.z\n    error_message = \"\"\n  }\n}\nmock_provider \"a\" {\n  source = \"./mocks\"\n}\n";
        let file = FileName::new("main.tftest.hcl");
        let summaries = |alone| {
            let document = std::sync::Arc::new(syntax::Document::new(file.clone(), text));
            let surroundings = crate::Surroundings { alone, ..Default::default() };
            let disk = std::sync::Arc::new(config::MemoryFiles::default());
            let snapshot = Snapshot::new(disk, [&document], Default::default(), surroundings);
            diagnostics(&snapshot, &file).into_iter().map(|it| it.summary).collect::<Vec<_>>()
        };
        assert_eq!(summaries(true), ["Unsupported argument"]);
        assert!(summaries(false).len() > 3, "{:?}", summaries(false));
    }

    #[test]
    fn names_that_are_nowhere() {
        check(
            r#"
variables {
  name = "bob"
}
run "first" {
  assert {
    condition     = var.nope == 1
#                   ^^^^^^^^ Reference to undeclared input variable
    error_message = ""
  }
  assert {
    condition     = output.nope == 1
#                   ^^^^^^^^^^^ Reference to undeclared output value
    error_message = ""
  }
  assert {
    condition     = local.nope == 1
#                   ^^^^^^^^^^ Reference to undeclared local value
    error_message = ""
  }
  assert {
    condition     = terraform_data.nope.id == 1
#                   ^^^^^^^^^^^^^^^^^^^ Reference to undeclared resource
    error_message = ""
  }
}
"#,
        );
    }

    #[test]
    fn shape_of_blocks() {
        check(
            r#"
variables {
  name = "bob"
}
run "first" {
  comand = plan
# ^^^^^^ Unsupported argument
}
  runn "second" {
# ^^^^ Unsupported block type
  }
"#,
        );
    }

    #[test]
    fn what_a_variable_file_gives_is_not_missed() {
        let text = format!(
            "{MODULE}//- /main.tftest.hcl\nrun \"a\" {{\n  variables {{\n    name = var.outside\n  }}\n}}\n"
        );
        let file = FileName::new("main.tftest.hcl");
        let count = |text: &str| diagnostics(&snapshot(text).0, &file).len();
        assert_eq!(count(&text), 1);
        assert_eq!(count(&format!("{text}//- /terraform.tfvars\noutside = \"x\"\n")), 0);
        assert_eq!(count(&format!("{text}//- /x.auto.tfvars.json\n{{\"outside\": 1}}\n")), 0);
        assert_eq!(count(&format!("{text}//- /x.auto.tfvars.json\n{{}}\n")), 1);
    }

    #[test]
    fn values_of_variable_files() {
        let module = "//- /main.tf\nvariable \"size\" {\n  type = number\n}\nvariable \"secret\" {\n  sensitive = true\n  type      = number\n  default   = 1\n}\n";
        let said = |text: &str, path: &str| -> Vec<(String, String)> {
            let (snapshot, fixture) = snapshot(&format!("{module}{text}"));
            let text = fixture.pairs().find(|(it, _)| *it == path).map_or("", |(_, text)| text).to_owned();
            let found = diagnostics(&snapshot, &FileName::new(path)).into_iter();
            let place = |it: &Diagnostic| it.subject.as_ref().map_or("", |at| at.span.text(&text)).to_owned();
            found.map(|it| (place(&it), it.summary)).collect()
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let automatic = "//- /terraform.tfvars\nsize   = \"large\"\nsise   = 1\nsecret = \"x\"\n";
        let expected = [
            pair("\"large\"", "Invalid value for input variable"),
            pair("sise", "Value for undeclared variable"),
            pair("\"x\"", "Invalid value for input variable"),
        ];
        assert_eq!(said(automatic, "terraform.tfvars"), expected);
        let named = automatic.replace("terraform.tfvars", "prod.tfvars");
        assert_eq!(said(&named, "prod.tfvars"), expected);
        let hidden =
            format!("{automatic}//- /a.auto.tfvars\nsize = 2\n//- /a.tftest.hcl\nrun \"a\" {{\n}}\n");
        assert_eq!(said(&hidden, "a.auto.tfvars"), []);
        let json = "//- /tests/terraform.tfvars.json\n{\"size\": [], \"size\": 1}\n";
        assert_eq!(said(json, "tests/terraform.tfvars.json").len(), 1, "a name twice");
        let broken = "//- /terraform.tfvars\nsize = \n";
        assert_eq!(said(broken, "terraform.tfvars").len(), 1);
        assert_eq!(said("//- /terraform.tfvars\nsize = 3\n", "terraform.tfvars"), []);
    }

    #[test]
    fn json_has_places_in_its_own_text() {
        let test = r#"{"variables": {"name": "bob"}, "run": {"a": {
  "assert": {"condition": "${\"\u00e9\" == var.nope}", "error_message": "${1 +}"},
  "comand": "plan"
}}}"#;
        let (snapshot, _) = snapshot(&format!("{MODULE}//- /main.tftest.json\n{test}\n"));
        let found = diagnostics(&snapshot, &FileName::new("main.tftest.json"));
        let shown: Vec<(String, &str)> = found
            .iter()
            .map(|it| {
                let span = it.subject.as_ref().map(|subject| subject.span).unwrap_or_default();
                (it.summary.clone(), span.text(test))
            })
            .collect();
        let shown: Vec<(&str, &str)> =
            shown.iter().map(|(summary, text)| (summary.as_str(), *text)).collect();
        assert_eq!(
            shown,
            [
                ("Reference to undeclared input variable", "var.nope"),
                ("Invalid expression", "}"),
                ("Extraneous JSON object property", "\"comand\""),
            ]
        );
    }

    #[test]
    fn a_file_of_mocks_by_itself() {
        let module = "//- /main.tf\nresource \"terraform_data\" \"a\" {\n}\n";
        let mocks = "mock_resource \"terraform_data\" {\n  defaults = { id = [], di = 1 }\n}\n";
        let test = "mock_provider \"terraform\" {\n  source = \"./tests/mocks\"\n}\nrun \"a\" {\n}\n";
        let file = FileName::new("tests/mocks/a.tfmock.hcl");
        let said = |text: &str| -> Vec<String> {
            let (snapshot, _) = snapshot(text);
            diagnostics(&snapshot, &file).into_iter().map(|it| it.summary).collect()
        };
        let alone = format!("{module}//- /tests/mocks/a.tfmock.hcl\n{mocks}");
        assert_eq!(said(&alone), ["Failed to compute attribute", "Unknown attribute"]);
        let named = format!("{alone}//- /a.tftest.hcl\n{test}");
        assert_eq!(said(&named), ["Failed to compute attribute", "Unknown attribute"]);
        let twice =
            format!("{named}//- /tests/mocks/0.tfmock.hcl\nmock_resource \"terraform_data\" {{\n}}\n");
        let expected = ["Duplicate mock resource block", "Failed to compute attribute", "Unknown attribute"];
        assert_eq!(said(&twice), expected);
        assert_eq!(said(&alone.replace("id = [], di = 1", "id = \"x\"")), [] as [&str; 0]);
    }

    #[test]
    fn the_first_of_two_is_related() {
        let (snapshot, _) =
            snapshot(&format!("{MODULE}//- /main.tftest.hcl\nrun \"a\" {{\n}}\nrun \"a\" {{\n}}\n"));
        let found = diagnostics(&snapshot, &FileName::new("main.tftest.hcl"));
        let twice = found.iter().find(|it| it.summary.starts_with("Duplicate")).unwrap();
        let related = related(&snapshot, twice);
        assert_eq!(related.len(), 1);
        assert_eq!(related[0].0.span.start, 4);
    }
}
