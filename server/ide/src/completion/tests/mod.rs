//! What is proposed at each kind of place.

mod json;
mod keys;
mod mocks;
mod modules;
mod settings;
mod test_files;
mod work;
mod written;

use expect_test::Expect;

use super::*;
use crate::testing::{MODULE, at_cursor};

/// The labels proposed at the cursor of `file` beside the module of [`MODULE`], without functions.
#[track_caller]
fn check_in(file: &str, text: &str, expected: Expect) {
    expected.assert_eq(&show(&complete_in(file, text)));
}

fn complete_in(file: &str, text: &str) -> Vec<CompletionItem> {
    complete_beside(MODULE, file, text)
}

fn complete_beside(module: &str, file: &str, text: &str) -> Vec<CompletionItem> {
    let (snapshot, file, offset) = at_cursor(&format!("{module}//- /{file}\n{text}"));
    completion(&snapshot, &file, offset).items
}

fn show(items: &[CompletionItem]) -> String {
    let named = items.iter().filter(|item| item.kind != CompletionKind::Function);
    let line = |item: &CompletionItem| match &item.detail {
        Some(detail) => format!("{} ({detail})\n", item.label),
        None => format!("{}\n", item.label),
    };
    named.map(line).collect()
}

/// The text after the proposal of that label was taken, by a client that can do snippets or by one that cannot.
fn accept(file: &str, text: &str, label: &str, snippets: bool) -> String {
    let items = complete_in(file, text);
    let item = items.iter().find(|item| item.label == label);
    let item = item.unwrap_or_else(|| panic!("no {label} among {}", show(&items)));
    let mut text = text.replace("$0", "");
    let new = item.snippet.as_ref().filter(|_| snippets).unwrap_or(&item.insert);
    text.replace_range(item.replace.start as usize..item.replace.end as usize, new);
    text
}
