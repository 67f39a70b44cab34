//! Layout of documents, of ranges and of what was just typed.

use syntax::{Document, Edit, FileName, Span};

use crate::snapshot::Snapshot;

/// How a file has to change to stand as `terraform fmt` would write it; nothing for a file with syntax errors, whose
/// diagnostics say enough, and for JSON.
pub fn format(snapshot: &Snapshot, file: &FileName) -> Vec<Edit> {
    with_document(snapshot, file, |document| syntax::format(file, &document.text()).edits)
}

/// The same for the top-level blocks and arguments that `range` touches. Syntax errors elsewhere do not matter.
pub fn format_range(snapshot: &Snapshot, file: &FileName, range: Span) -> Vec<Edit> {
    with_document(snapshot, file, |document| syntax::format_range(document, range))
}

/// How to lay out what was finished by typing the character before `offset`: a newline or a `}`.
pub fn format_on_type(snapshot: &Snapshot, file: &FileName, offset: u32, typed: char) -> Vec<Edit> {
    with_document(snapshot, file, |document| syntax::format_on_type(document, offset, typed))
}

fn with_document(
    snapshot: &Snapshot,
    file: &FileName,
    edits: impl FnOnce(&Document) -> Vec<Edit>,
) -> Vec<Edit> {
    if file.as_str().ends_with(".json") {
        return Vec::new();
    }
    snapshot.document(file).map(|document| edits(&document)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use syntax::apply_edits;

    use super::*;
    use crate::testing::at_cursor;

    /// The text around the cursor after `edits`.
    fn edited(marked: &str, edits: impl FnOnce(&Snapshot, &FileName, u32) -> Vec<Edit>) -> String {
        let (snapshot, file, offset) = at_cursor(marked);
        let text = snapshot.document(&file).unwrap().text();
        apply_edits(&text, &edits(&snapshot, &file, offset))
    }

    #[test]
    fn a_document_is_formatted_when_it_parses() {
        let whole = |marked: &str| edited(marked, |snapshot, file, _| format(snapshot, file));
        assert_eq!(
            whole("//- /a.tftest.hcl\nrun a {\n$0command=plan\n}\n"),
            "run \"a\" {\n  command = plan\n}\n"
        );
        assert_eq!(whole("//- /a.tftest.hcl\nrun a {\n$0command=\n}\n"), "run a {\ncommand=\n}\n");
        assert_eq!(whole("//- /a.tftest.json\n{$0\"run\":  {}}\n"), "{\"run\":  {}}\n");
    }

    #[test]
    fn a_range_needs_no_whole_document() {
        let range = |marked: &str| {
            edited(marked, |snapshot, file, offset| format_range(snapshot, file, Span::at(offset)))
        };
        assert_eq!(
            range("//- /a.tftest.hcl\nrun a {\n$0command=plan\n}\nrun b {\nx=\n}\nrun c {\nx=1\n}\n"),
            "run \"a\" {\n  command = plan\n}\nrun b {\nx=\n}\nrun c {\nx=1\n}\n"
        );
    }

    #[test]
    fn typing_lays_out_what_is_finished() {
        let typed = |typed: char, marked: &str| {
            edited(marked, |snapshot, file, offset| format_on_type(snapshot, file, offset, typed))
        };
        assert_eq!(
            typed('\n', "//- /a.tftest.hcl\nrun \"a\" {\n  command=plan\n$0\n}\n"),
            "run \"a\" {\n  command = plan\n  \n}\n"
        );
        assert_eq!(
            typed('}', "//- /a.tftest.hcl\nvariables {\nx={a=1}$0\n}\n"),
            "variables {\n  x = { a = 1 }\n}\n"
        );
    }
}
