//! Go's words for what the network and the file system say, since Terraform passes them on.

use std::io;

/// An error without its number, in lower case: `connection refused`.
pub(super) fn of(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::TimedOut => "i/o timeout".to_owned(),
        io::ErrorKind::UnexpectedEof => "EOF".to_owned(),
        _ => {
            let text = error.to_string();
            let text = text.split_once(" (os error").map_or(text.as_str(), |(text, _)| text);
            let mut letters = text.chars();
            letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
        }
    }
}

/// The failure of an operation on a path.
pub(super) fn on_path(operation: &str, path: &str, error: &io::Error) -> String {
    format!("{operation} {path}: {}", of(error))
}
