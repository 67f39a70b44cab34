//! Suites written again in the other syntax, by what editors convert files with.

use std::collections::BTreeMap;

use config::convert::{other_syntax, to_json, to_native};
use config::{Dialect, NoSchemas, Schemas};
use syntax::FileName;

/// The rules by which the suites were recorded.
const RECORDED: Dialect = Dialect::terraform(11, 4);

/// The files of a suite with every module file and test file in JSON. `None` when one of them cannot be written so.
pub fn in_json(files: &BTreeMap<String, String>) -> Option<BTreeMap<String, String>> {
    let mut converted = BTreeMap::new();
    for (path, text) in files {
        let file = FileName::new(path);
        let is_module = path.ends_with(".tf");
        let name = match other_syntax(&file).filter(|_| !file.is_json()) {
            Some(name) => name.to_string(),
            None if is_module => format!("{path}.json"),
            None => {
                converted.insert(path.clone(), text.clone());
                continue;
            }
        };
        converted.insert(name, to_json(&file, text, RECORDED).ok()?.text);
    }
    Some(converted)
}

/// The files of a suite with every test and mock file in JSON in the native syntax, and how many those were. `None` when
/// one of them cannot be written so.
pub fn in_native(files: &BTreeMap<String, String>) -> Option<(BTreeMap<String, String>, usize)> {
    let (mut converted, mut count) = (BTreeMap::new(), 0);
    for (path, text) in files {
        let file = FileName::new(path);
        match other_syntax(&file).filter(|_| file.is_json()) {
            // The suite has a file of that name already.
            Some(name) if files.contains_key(name.as_str()) => return None,
            Some(name) => {
                let schema = |_: &str| NoSchemas.provider("");
                converted.insert(name.to_string(), to_native(&file, text, RECORDED, &schema).ok()?.text);
                count += 1;
            }
            None => {
                converted.insert(path.clone(), text.clone());
            }
        }
    }
    Some((converted, count))
}
