//! What can be done about a diagnostic: edits of the file that it stands in.
//!
//! A fix is worked out when somebody asks for it, from the diagnostic and the text, so that diagnostics cost nothing
//! more. An editor offers all of them; `runblock check --fix` makes those that are safe.

mod keyword;
mod name;
mod run;

use lang::Dialect;
use syntax::{Diagnostic, Document, Edit, Span, tidy};

use crate::dialect::Feature;

/// One way to mend what is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What it does, in the imperative: `Change "nmae" to "name"`.
    pub title: String,
    /// In the diagnostic's file, counted in its text as it is. They do not overlap.
    pub edits: Vec<Edit>,
    /// Whether it leaves no doubt about what was meant, so that a program may do it unasked.
    pub safe: bool,
}

impl Fix {
    fn safe(title: String, span: Span, new_text: impl Into<String>) -> Fix {
        Fix { title, edits: vec![Edit { span, new_text: new_text.into() }], safe: true }
    }

    fn offered(title: &str, span: Span, new_text: impl Into<String>) -> Fix {
        Fix { safe: false, ..Fix::safe(title.to_owned(), span, new_text) }
    }
}

/// The fixes of a diagnostic, the best one first. `document` is the file that its subject is in.
pub fn fixes(diagnostic: &Diagnostic, document: &Document, dialect: Dialect) -> Vec<Fix> {
    let Some(subject) = diagnostic.subject.as_ref().filter(|subject| subject.file == *document.file()) else {
        return Vec::new();
    };
    let span = subject.span;
    let text = slice(document, span);
    let mut found = Vec::new();
    found.extend(name::nearest(diagnostic, &text, span));
    match diagnostic.code.unwrap_or_default() {
        "invalid-keyword" => found.extend(keyword::known(diagnostic, &text, span, document.file().is_json())),
        "quoted-reference" | "quoted-keyword" => found.extend(keyword::unquoted(&text, span)),
        "unexpected-instance-key" => found.extend(name::without_key(&text, span)),
        "invalid-module-source" => found.extend(name::relative_source(diagnostic, &text, span)),
        "unused-variable" => found.extend(run::without_variable(document, span, dialect)),
        "unknown-condition" | "unknown-check" => {
            found.extend(run::with_command(document, span, "apply", dialect));
            if dialect.has(Feature::OverrideDuring) {
                found.extend(run::with_overrides_in_plan(document, span, dialect));
            }
        }
        "early-failure" => found.extend(run::with_command(document, span, "plan", dialect)),
        _ => {}
    }
    found
}

/// The edits of all fixes of some diagnostics that leave no doubt, and how many those are. Of two that meet, the first is
/// made. In order; what was laid out stays so.
pub fn safe_edits(found: &[&Diagnostic], document: &Document, dialect: Dialect) -> (Vec<Edit>, usize) {
    let safe = found.iter().flat_map(|it| fixes(it, document, dialect)).filter(|fix| fix.safe);
    let mut edits: Vec<Edit> = Vec::new();
    let mut count = 0;
    for fix in safe {
        let meets = |edit: &Edit| {
            let mut others = edits.iter();
            others.any(|other| edit.span.start <= other.span.end && other.span.start <= edit.span.end)
        };
        if !fix.edits.iter().any(meets) {
            count += 1;
            edits.extend(fix.edits);
        }
    }
    edits.sort_by_key(|edit| edit.span);
    (tidy(document, edits), count)
}

fn slice(document: &Document, span: Span) -> String {
    let slice = document.rope().get_byte_slice(span.start as usize..span.end as usize);
    slice.map(|slice| slice.to_string()).unwrap_or_default()
}
