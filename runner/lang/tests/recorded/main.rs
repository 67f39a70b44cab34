//! What terraform 1.11.4 answered (`tests/data/*.json`, made by `record.py` there), against our own answers.
#![expect(clippy::disallowed_methods, reason = "the recording is read from disk")]

mod notation;

use std::path::Path;

use lang::{Number, Type, Value, convert, render, unify_unsafe};
use serde_json::Value as Json;

/// Runs one check per recorded row and shows all failures, not just the first.
fn check(file: &str, mut run: impl FnMut(&Json) -> Result<(), String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file);
    let text = std::fs::read_to_string(&path).expect("the data file is part of the repository");
    let rows: Vec<Json> = serde_json::from_str(&text).expect("the data file is JSON");
    assert!(rows.len() > 50, "{file} has only {} rows", rows.len());
    let failures: Vec<String> =
        rows.iter().filter_map(|row| run(row).err().map(|error| format!("{row}\n{error}"))).collect();
    let shown = failures.len().min(12);
    assert!(
        failures.is_empty(),
        "{} of {} rows of {file} differ\n\n{}",
        failures.len(),
        rows.len(),
        failures[..shown].join("\n\n")
    );
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, ours: T, theirs: T) -> Result<(), String> {
    if ours == theirs { Ok(()) } else { Err(format!("{what}\n  ours   {ours:?}\n  theirs {theirs:?}")) }
}

#[test]
fn arithmetic() {
    check("arithmetic.json", |row| {
        let ours = notation::arithmetic(&row["tree"]).map(|value| match convert(&value, &Type::String) {
            Ok(text) => text.as_str().unwrap_or("?").to_owned(),
            Err(error) => error.message,
        });
        same("text", ours.unwrap_or_else(|| "error".into()), row["text"].as_str().unwrap_or("?").into())
    });
}

#[test]
fn numbers_from_text() {
    check("numbers.json", |row| {
        let text = row["text"].as_str().expect("texts are strings");
        let ours = Number::parse(text).map_or_else(|| "error".into(), |number| number.to_string());
        same("number", ours, row["number"].as_str().unwrap_or("?").into())
    });
}

#[test]
fn rendering() {
    check("render.json", |row| {
        let value = notation::value(&row["value"]);
        same("console", render::console(&value), row["console"].as_str().unwrap_or("?").into())?;
        same("type", render::type_text(&value.ty()), row["type"].as_str().unwrap_or("?").into())?;
        let json = render::json(&value).unwrap_or_else(|error| error.to_string());
        same("json", json, row["json"].as_str().unwrap_or("?").into())?;
        match row["statement"].as_str() {
            Some(statement) => same("statement", render::statement(&value), statement.into()),
            None => Ok(()),
        }
    });
}

#[test]
fn unification() {
    check("unify.json", |row| {
        let (a, b) = (notation::value(&row["a"]), notation::value(&row["b"]));
        let text = |ty: Option<Type>| ty.map(|ty| render::type_text(&ty));
        let list = convert(&Value::tuple(vec![a.clone(), b.clone()]), &Type::list(Type::Dynamic)).ok();
        same("tolist", text(list.map(|list| list.ty())), row["list"].as_str().map(Into::into))?;
        // The conditional operator treats an untyped null on its own, without unification.
        if a.ty().is_dynamic() || b.ty().is_dynamic() {
            return Ok(());
        }
        // Beside a list, Terraform applies the second step of a tuple's conversion to the tuple instead of to the list
        // that the first step made; with elements of several types that fails. Ours does what was meant.
        let mixed =
            |value: &Value| value.ty().as_tuple().is_some_and(|types| types.iter().any(|ty| *ty != types[0]));
        if mixed(&a) && b.ty().is_list() && row["conditional"].is_null() {
            return Ok(());
        }
        let common = unify_unsafe(&[a.ty(), b.ty()]);
        let converted = common.and_then(|ty| convert(&a, &ty).ok()).map(|value| value.ty());
        same("conditional", text(converted), row["conditional"].as_str().map(Into::into))
    });
}

#[test]
fn conversions() {
    check("conversions.json", converts);
}

#[test]
fn defaults() {
    check("defaults.json", converts);
}

fn converts(row: &Json) -> Result<(), String> {
    let ty = notation::ty(&row["type"]);
    let value = notation::defaults(&row["type"], &ty).apply(&notation::value(&row["value"]));
    match (convert(&value, &ty), row["error"].as_str()) {
        (Ok(ours), Some(error)) => Err(format!("ours {ours:?}, theirs fails: {error}")),
        (Err(ours), None) => Err(format!("ours fails: {ours}, theirs {}", row["json"])),
        (Err(ours), Some(theirs)) => {
            // Which of several wrong attributes terraform names is random; ours is the first by name.
            let unnamed = |text: &str| text.split('"').step_by(2).collect::<String>();
            if theirs.ends_with(&format!(": {ours}."))
                || value.as_map().is_some() && unnamed(theirs).ends_with(&unnamed(&format!(": {ours}.")))
            {
                Ok(())
            } else {
                Err(format!("ours {ours:?}\n  theirs {theirs:?}"))
            }
        }
        (Ok(ours), None) => {
            same("type", notation::type_json(&ours.ty()), row["result"].clone())?;
            let json = render::json(&ours).map_err(|error| error.to_string())?;
            same("value", serde_json::from_str(&json).unwrap_or_default(), row["json"].clone())
        }
    }
}
