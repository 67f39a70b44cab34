//! What a provider may return from an apply. Terraform holds the object against the plan, and refuses one that breaks
//! these rules as "Provider produced inconsistent result after apply".

use std::collections::HashMap;

use lang::{Path, Type, Value, View};

use super::go_syntax::go_syntax;
use super::parts::{attribute, element};
use super::valid::step;
use super::{BlockSchema, Nesting, Problem, Schema};

/// What is wrong with an object that came of a plan. Both have the schema's type, or are null.
///
/// Everything that the plan knew is as it was planned; what it did not know may be anything that keeps the plan's
/// promises.
pub fn assert_object_compatible(schema: &Schema, planned: &Value, actual: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    body(schema, planned, actual, &Path::root(), &mut problems);
    problems
}

fn body(schema: &Schema, planned: &Value, actual: &Value, path: &Path, problems: &mut Vec<Problem>) {
    let root = if path.is_root() { "Root object " } else { "" };
    let message = match (planned.is_null(), actual.is_null()) {
        (true, true) => return,
        (true, false) => "was absent, but now present",
        (false, true) => "was present, but now absent",
        (false, false) => {
            attributes(schema, planned, actual, path, problems);
            return;
        }
    };
    problems.push(Problem::new(path, format!("{root}{message}")));
}

fn attributes(schema: &Schema, planned: &Value, actual: &Value, path: &Path, problems: &mut Vec<Problem>) {
    for (name, known) in &schema.attributes {
        let planned = attribute(planned, name, &known.ty);
        let actual = attribute(actual, name, &known.ty);
        if planned.is_wholly_known() && planned.raw_eq(&actual) {
            continue;
        }
        let sensitive =
            known.sensitive || planned.marks_deep().is_sensitive() || actual.marks_deep().is_sensitive();
        let path = path.attr(name.as_str());
        let mut found = Vec::new();
        value(&planned.unmark_deep().0, &actual.unmark_deep().0, &path, &mut found);
        if sensitive && !found.is_empty() {
            problems.push(Problem::new(&path, "inconsistent values for sensitive attribute"));
        } else {
            problems.append(&mut found);
        }
    }
    for (name, known) in schema.blocks.iter().filter(|(name, _)| !schema.attributes.contains_key(*name)) {
        let Some(ty) = schema.ty().attribute(name) else { continue };
        let (planned, _) = attribute(planned, name, ty).unmark();
        let (actual, _) = attribute(actual, name, ty).unmark();
        block(known, &planned, &actual, &path.attr(name.as_str()), problems);
    }
}

fn block(schema: &BlockSchema, planned: &Value, actual: &Value, path: &Path, problems: &mut Vec<Problem>) {
    if matches!(schema.nesting, Nesting::Single | Nesting::Group) {
        // Blocks that were not known may turn out to be none.
        if planned.is_known() || !actual.is_null() {
            body(&schema.body, planned, actual, path, problems);
        }
        return;
    }
    let (Some(planned_count), Some(actual_count)) = (planned.len(), actual.len()) else { return };
    if schema.nesting == Nesting::Set {
        sets(planned, actual, path, problems, &|planned, actual, path| {
            let mut found = Vec::new();
            body(&schema.body, planned, actual, path, &mut found);
            found.is_empty()
        });
        if planned_count < actual_count {
            let message = format!("block set length changed from {planned_count} to {actual_count}");
            problems.push(Problem::new(path, message));
        }
        return;
    }
    let is_object = matches!(planned.view(), View::Object(_));
    if planned_count != actual_count && !is_object {
        let message = format!("block count changed from {planned_count} to {actual_count}");
        problems.push(Problem::new(path, message));
        return;
    }
    let ty = schema.body.ty();
    for (key, planned) in planned.elements().into_iter().flatten() {
        match element(actual, &key, ty) {
            Some(actual) => {
                body(&schema.body, &planned, &actual, &path.child(step(key, is_object)), problems);
            }
            None if is_object => {
                problems.push(Problem::new(path, format!("block key {} has vanished", key_text(&key))));
            }
            None => {}
        }
    }
    if is_object {
        for (key, _) in actual.elements().into_iter().flatten() {
            if element(planned, &key, ty).is_none() {
                problems.push(Problem::new(path, format!("new block key {} has appeared", key_text(&key))));
            }
        }
    }
}

/// A value without marks that came of a planned one.
fn value(planned: &Value, actual: &Value, path: &Path, problems: &mut Vec<Problem>) {
    let (ty, actual_ty) = (planned.ty(), actual.ty());
    if ty == Type::Dynamic {
        return;
    }
    let mut problem = |message: String| problems.push(Problem::new(path, message));
    if !actual_ty.conforms_to(&ty) {
        problem(format!("wrong final value type: {}", lang::mismatch_message(&actual_ty, &ty)));
        return;
    }
    if !planned.is_known() {
        if planned.is_definitely_not_null() && actual.is_null() {
            problem(format!(
                "final value {} does not conform to planning placeholder {}",
                go_syntax(actual),
                go_syntax(planned)
            ));
        }
        return;
    }
    match (planned.is_null(), actual.is_null()) {
        (true, true) => return,
        (false, true) => return problem(format!("was {}, but now null", go_syntax(planned))),
        (true, false) => return problem(format!("was null, but now {}", go_syntax(actual))),
        (false, false) => {}
    }
    if !actual.is_known() {
        return problem("was known, but now unknown".to_owned());
    }
    match planned.view() {
        View::Set(_) => {
            sets(planned, actual, path, problems, &|planned, actual, path| {
                let mut found = Vec::new();
                value(planned, actual, path, &mut found);
                found.is_empty()
            });
            let (planned, actual) = (planned.len().unwrap_or(0), actual.len().unwrap_or(0));
            if planned < actual {
                problems.push(Problem::new(path, format!("length changed from {planned} to {actual}")));
            }
        }
        View::List(_) | View::Map(_) | View::Tuple(_) | View::Object(_) => {
            let is_object = matches!(planned.view(), View::Object(_));
            for (key, before) in planned.elements().into_iter().flatten() {
                match element(actual, &key, &Type::Dynamic) {
                    Some(after) => value(&before, &after, &path.child(step(key, is_object)), problems),
                    None => {
                        let message = format!("element {} has vanished", key_text(&key));
                        problems.push(Problem::new(path, message));
                    }
                }
            }
            for (key, _) in actual.elements().into_iter().flatten() {
                if element(planned, &key, &Type::Dynamic).is_none() {
                    let message = format!("new element {} has appeared", key_text(&key));
                    problems.push(Problem::new(path, message));
                }
            }
        }
        _ if !actual.raw_eq(planned) => {
            problem(format!("was {}, but now {}", go_syntax(planned), go_syntax(actual)));
        }
        _ => {}
    }
}

/// Every element of the one set has to come of an element of the other. Elements have no names, so each is held against
/// all.
fn sets(
    planned: &Value,
    actual: &Value,
    path: &Path,
    problems: &mut Vec<Problem>,
    came_of: &dyn Fn(&Value, &Value, &Path) -> bool,
) {
    let (planned, actual) = (planned.as_slice().unwrap_or_default(), actual.as_slice().unwrap_or_default());
    let mut planned_found = vec![false; planned.len()];
    let mut actual_found = vec![false; actual.len()];
    // Most elements are as they were planned, which need not be found out by trying.
    let places: HashMap<&Value, usize> = actual.iter().enumerate().map(|(at, value)| (value, at)).collect();
    for (before, found) in planned.iter().zip(&mut planned_found).filter(|(it, _)| it.is_wholly_known()) {
        if let Some(after) = places.get(before).and_then(|at| actual_found.get_mut(*at)) {
            (*found, *after) = (true, true);
        }
    }
    for (before, before_found) in planned.iter().zip(&mut planned_found) {
        for (after, after_found) in actual.iter().zip(&mut actual_found) {
            if !(*before_found && *after_found) && came_of(before, after, &path.index(after.clone())) {
                (*before_found, *after_found) = (true, true);
            }
        }
    }
    let mut lost = Vec::new();
    for (element, _) in planned.iter().zip(&planned_found).filter(|(_, found)| !**found) {
        let shown = go_syntax(element);
        lost.push(Problem::new(
            path,
            format!("planned set element {shown} does not correlate with any element in actual"),
        ));
    }
    if lost.is_empty() {
        for (element, _) in actual.iter().zip(&actual_found).filter(|(_, found)| !**found) {
            let shown = go_syntax(element);
            lost.push(Problem::new(
                path,
                format!("actual set element {shown} does not correlate with any element in plan"),
            ));
        }
    }
    problems.append(&mut lost);
}

/// An index as a number, a key in quotes.
fn key_text(key: &Value) -> String {
    match key.view() {
        View::String(text) => lang::quote(text),
        View::Number(number) => number.to_string(),
        _ => go_syntax(key),
    }
}
