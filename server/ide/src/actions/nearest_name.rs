//! Names that lead nowhere and of which Terraform's message proposes none: the nearest one that would lead somewhere.

use config::{ModuleTree, ResourceMode, TestFile, suggest};
use syntax::{Diagnostic, Edit, Span};

use super::{ActionKind, Asked, Offer, edited};

pub(super) fn offer<'s>(asked: &'s Asked<'_>, offers: &mut Vec<Offer<'s>>) {
    for diagnostic in asked.diagnostics_here() {
        let Some((wrong, meant)) = nearest(asked, diagnostic) else { continue };
        let title = format!("Change \"{}\" to \"{meant}\"", asked.document.slice(wrong));
        // A message may propose the same.
        if offers.iter().any(|offer| offer.title == title) {
            continue;
        }
        let make =
            move || Ok(vec![edited(&asked.document, vec![Edit { span: wrong, new_text: meant.clone() }])]);
        let diagnostics = vec![diagnostic.clone()];
        offers.push(Offer { preferred: true, diagnostics, ..Offer::new(ActionKind::QuickFix, title, make) });
    }
}

/// The name that is wrong, and the one that was meant.
fn nearest(asked: &Asked<'_>, diagnostic: &Diagnostic) -> Option<(Span, String)> {
    let span = diagnostic.subject.as_ref().filter(|it| it.file == *asked.file)?.span;
    let test_file = asked.project.test_file(asked.file);
    let tree = match test_file.and_then(|test_file| asked.run_at(test_file, span.start)) {
        Some(run) => asked.project.module_of(&run)?,
        None => asked.project.tree(),
    };
    let text = asked.document.slice(span);
    let value = value_of(&text, asked.file.is_json());
    let names = names_in(text.get(value.clone())?, span.start + u32::try_from(value.start).unwrap_or(0));
    match diagnostic.code? {
        "unknown-resource" | "unknown-target" | "unknown-override-target" => resource(tree, &names),
        "unknown-run" => {
            let runs = test_file?.runs.decls().map(|run| run.name.as_str());
            near(names.get(1)?, runs)
        }
        "unknown-run-output" => output(asked, test_file?, span),
        "unavailable-variable" => {
            let file = test_file?;
            let given = file.variables.keys().chain(file.variable_blocks.keys());
            near(names.get(1)?, given.map(|name| name.as_str()))
        }
        _ => None,
    }
}

/// Where in a text the value is: some messages are about a whole argument, and in JSON there are quotes around it.
fn value_of(text: &str, is_json: bool) -> std::ops::Range<usize> {
    let sign = if is_json { "\":" } else { "=" };
    let behind = text.find(sign).map_or(0, |at| at + sign.len());
    let value = text.get(behind..).unwrap_or_default();
    let quote = if is_json { '"' } else { '\0' };
    let start = text.len() - value.trim_start().trim_start_matches(quote).len();
    let end = text.trim_end_matches(quote).len();
    start..end.max(start)
}

/// The names that dots part, each with its place.
fn names_in(text: &str, start: u32) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    let mut at = start;
    for part in text.split('.') {
        let name = part.split('[').next().unwrap_or_default();
        let length = u32::try_from(name.len()).unwrap_or(0);
        found.push((name.to_owned(), Span::new(at, at + length)));
        at += u32::try_from(part.len()).unwrap_or(0) + 1;
    }
    found
}

fn near<'n>(wrong: &(String, Span), names: impl Iterator<Item = &'n str>) -> Option<(Span, String)> {
    let mut names: Vec<&str> = names.filter(|name| *name != wrong.0).collect();
    names.sort_unstable();
    Some((wrong.1, suggest(&wrong.0, names)?.to_owned()))
}

/// A resource by a name that is near, or by a type that is; or a module on the way to it.
fn resource(mut tree: &ModuleTree, mut names: &[(String, Span)]) -> Option<(Span, String)> {
    while let [(word, _), call, rest @ ..] = names
        && word == "module"
    {
        match tree.children.get(call.0.as_str()) {
            Some(child) => (tree, names) = (child, rest),
            None => return near(call, tree.module.calls.keys().map(|name| name.as_str())),
        }
    }
    let is_data = names.first()?.0 == "data";
    let mode = if is_data { ResourceMode::Data } else { ResourceMode::Managed };
    let [kind, name, ..] = names.get(usize::from(is_data)..)? else { return None };
    let declared = || tree.module.resources.keys().filter(move |addr| addr.mode == mode);
    let of_kind = declared().filter(|addr| addr.kind == kind.0).map(|addr| addr.name.as_str());
    let of_name = declared().filter(|addr| addr.name == name.0).map(|addr| addr.kind.as_str());
    near(name, of_kind).or_else(|| near(kind, of_name))
}

/// An output of the module of `run.x`, where `.out` stands.
fn output(asked: &Asked<'_>, test_file: &TestFile, step: Span) -> Option<(Span, String)> {
    let text = asked.document.text();
    let word = step.text(&text).trim_start_matches('.');
    let start = step.end - u32::try_from(word.len()).ok()?;
    let (object, run) = text.get(..start as usize)?.strip_suffix('.')?.rsplit_once('.')?;
    let named = test_file.runs.named(run).filter(|_| object.ends_with("run"))?;
    let run = test_file.runs.decl(named)?;
    let outputs = &asked.project.module_of(run)?.module.outputs;
    let wrong = (word.to_owned(), Span::new(start, step.end));
    near(&wrong, outputs.keys().map(|name| name.as_str()))
}
