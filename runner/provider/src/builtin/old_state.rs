//! The outputs in state files of format versions 1 to 3, which Terraform wrote before version 0.12.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::{Type, Value};
use serde_json::Value as Json;

use crate::answer::Report;
use crate::json;

/// The outputs of the root module. These files know no types but text, lists and maps, and the newer two do not tell
/// which, so that each value is taken for what it looks like.
pub(super) fn read(file: &Json, version: u64) -> Result<BTreeMap<Arc<str>, Value>, Vec<Report>> {
    let failed = |reason: &str| {
        let detail = format!("Error upgrading state file format from version 3 to version 4: {reason}.");
        vec![Report::without_place("State format upgrade failed", detail)]
    };
    if file.get("serial").and_then(Json::as_i64).is_some_and(|serial| serial < 0) {
        return Err(failed("state has serial less than zero, which is invalid"));
    }
    let mut outputs = BTreeMap::new();
    for module in file.get("modules").and_then(Json::as_array).into_iter().flatten() {
        let path: Vec<&str> = module
            .get("path")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
            .collect();
        // Some files of version 1 leave the path of the root module out.
        let is_root = path == ["root"] || (version == 1 && path.is_empty());
        if !is_root && path.first() != Some(&"root") {
            let shown: Vec<String> = path.iter().map(|name| lang::quote(name)).collect();
            return Err(failed(&format!(
                "state contains invalid module path []string{{{}}}",
                shown.join(", ")
            )));
        }
        let stored = module.get("outputs").and_then(Json::as_object);
        for (name, output) in stored.into_iter().flatten().filter(|_| is_root) {
            let value = if version == 1 { output } else { output.get("value").unwrap_or(&Json::Null) };
            outputs.insert(Arc::from(name.as_str()), plain(value));
        }
    }
    Ok(outputs)
}

/// A value of the type that it looks like: what is all of one type is a list or a map of it.
fn plain(value: &Json) -> Value {
    let value = json::untyped(value);
    lang::convert(&value, &simple(&value.ty())).unwrap_or(value)
}

fn simple(ty: &Type) -> Type {
    match ty {
        Type::Tuple(elements) => match elements.split_first() {
            Some((first, rest)) if rest.iter().all(|other| other == first) => Type::list(simple(first)),
            _ => ty.clone(),
        },
        Type::Object(object) => {
            let mut types = object.attributes.values();
            match types.next() {
                Some(first) if types.all(|other| other == first) => Type::map(simple(first)),
                _ => ty.clone(),
            }
        }
        _ => ty.clone(),
    }
}
