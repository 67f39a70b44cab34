//! What is wrong with a file, without running anything.

use config::{FileRole, Sources};
use syntax::{Diagnostic, FileName, Location, Origin};

use crate::snapshot::{Snapshot, is_module_file, is_test_file};

/// The diagnostics of `file`, from top to bottom.
pub fn diagnostics(snapshot: &Snapshot, file: &FileName) -> Vec<Diagnostic> {
    let mut found = if is_test_file(file) {
        of_test_file(snapshot, file)
    } else if is_module_file(file.as_str()) {
        of_module_file(snapshot, file)
    } else if FileRole::of(file.as_str()) == Some(FileRole::Mocks) {
        of_mock_file(snapshot, file)
    } else {
        Vec::new()
    };
    found.retain(|it| it.subject.as_ref().is_none_or(|subject| subject.file == *file));
    hide_half_typed(&mut found);
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
    let mut found = document.diagnostics();
    let (_, findings) = config::decode::mock_file(&document, snapshot.dialect(file));
    let (origin, sources) = (Origin::new(file.clone(), 0), Sources::new([document]));
    found.extend(findings.iter().map(|it| it.place(&origin, |place| sources.range(place))));
    found
}

/// What is wrong with the declarations of the module, and with those of modules that it calls.
fn of_module_file(snapshot: &Snapshot, file: &FileName) -> Vec<Diagnostic> {
    let project = snapshot.project(file);
    let tree = project.tree();
    let declared = tree.module.diagnostics.iter().chain(&tree.unread).chain(&tree.diagnostics);
    let mut found: Vec<Diagnostic> = declared.chain(project.module_checks()).cloned().collect();
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
