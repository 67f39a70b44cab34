//! Variable files: what they give.

use config::decode::variable_file;
use config::{FileError, FileKind, Files};
use syntax::{Diagnostic, Diagnostics, FileName, Origin, SmolStr};

use crate::outside::Given;

/// The values of a variable file; none when it has errors.
pub(crate) fn read(files: &dyn Files, path: &str, sink: &mut Diagnostics) -> Vec<(SmolStr, Given)> {
    let bytes = match files.read_bytes(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            sink.push(unreadable(files, path, &error));
            return Vec::new();
        }
    };
    let file = FileName::new(path);
    let text = syntax::decode(&file, &bytes);
    if !file.is_json() && !text.diagnostics.is_empty() {
        sink.extend(text.diagnostics);
        return Vec::new();
    }
    let values = variable_file(&file, &text.tree);
    let broken = values.diagnostics.iter().any(Diagnostic::is_error);
    sink.extend(values.diagnostics);
    if broken {
        return Vec::new();
    }
    let origin = Origin::new(file, 0);
    let given = |expr| Given::Expression { expr, origin: origin.clone() };
    values.tree.into_iter().map(|value| (value.name, given(value.value))).collect()
}

fn unreadable(files: &dyn Files, path: &str, error: &FileError) -> Diagnostic {
    let detail = match error {
        FileError::NotFound => format!("Given variables file {path} does not exist."),
        _ if files.kind(path) == Some(FileKind::Directory) => {
            format!("Error while reading {path}: read {path}: is a directory.")
        }
        error => format!("Error while reading {path}: {error}."),
    };
    Diagnostic::error("Failed to read variables file", detail)
}
