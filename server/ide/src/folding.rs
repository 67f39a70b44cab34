//! Folding ranges: what can be shown as one line.

use syntax::ast::{Expr, ExprKind};
use syntax::{Chunk, FileName, Span, TokenKind};

use crate::snapshot::Snapshot;

/// A piece of text of several lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fold {
    /// Of something in brackets or a heredoc, from its opening to its closing mark, both included.
    pub span: Span,
    pub kind: FoldKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FoldKind {
    /// A block, a list, an object, a call's arguments, a heredoc. The line of its closing mark stays to be seen.
    Brackets,
    /// A comment of several lines, or several that stand below each other.
    Comment,
}

/// What can be folded in a file, from top to bottom.
pub fn folds(snapshot: &Snapshot, file: &FileName) -> Vec<Fold> {
    let Some(document) = snapshot.document(file) else { return Vec::new() };
    let mut found = Vec::new();
    for (origin, chunk) in document.chunks() {
        let of_chunk = snapshot.cache().folds.get(chunk, (), || of_chunk(chunk));
        found.extend(of_chunk.iter().map(|it| Fold { span: it.span.shifted(origin.base), ..*it }));
    }
    found
}

fn of_chunk(chunk: &Chunk) -> Vec<Fold> {
    let mut found = match &chunk.body.json {
        Some(json) => of_json(&json.value),
        None => of_tokens(&chunk.text),
    };
    found.retain(|fold| fold.span.text(&chunk.text).contains('\n'));
    found.sort_by_key(|fold| (fold.span.start, std::cmp::Reverse(fold.span.end)));
    // They are kept for as long as the chunk is.
    found.shrink_to_fit();
    found
}

fn of_tokens(text: &str) -> Vec<Fold> {
    let mut found = Vec::new();
    let mut open: Vec<(TokenKind, u32)> = Vec::new();
    let mut comments: Option<Span> = None;
    let mut before = [TokenKind::Newline, TokenKind::Newline];
    for token in syntax::tokens(text) {
        let [older, last] = before;
        match token.kind {
            // One that stands behind code is no part of a run.
            TokenKind::Comment if last == TokenKind::Newline => {
                let goes_on = older == TokenKind::Comment;
                let run = comments.take();
                match run {
                    Some(run) if goes_on => comments = Some(run.to(token.span)),
                    _ => {
                        found.extend(run.map(|span| Fold { span, kind: FoldKind::Comment }));
                        comments = Some(token.span);
                    }
                }
            }
            TokenKind::OpenBrace
            | TokenKind::OpenBracket
            | TokenKind::OpenParen
            | TokenKind::OpenHeredoc
            | TokenKind::OpenInterpolation
            | TokenKind::OpenDirective => open.push((token.kind, token.span.start)),
            _ => {
                if let Some(start) = closed(&mut open, token.kind) {
                    let span = Span::new(start, token.span.end);
                    found.push(Fold { span, kind: FoldKind::Brackets });
                }
            }
        }
        before = [last, token.kind];
    }
    found.extend(comments.map(|span| Fold { span, kind: FoldKind::Comment }));
    found
}

/// Where the bracket that `kind` closes was opened. Brackets that were left open inside of it are given up.
fn closed(open: &mut Vec<(TokenKind, u32)>, kind: TokenKind) -> Option<u32> {
    let opens = |opening: TokenKind| match kind {
        TokenKind::CloseBrace => opening == TokenKind::OpenBrace,
        TokenKind::CloseBracket => opening == TokenKind::OpenBracket,
        TokenKind::CloseParen => opening == TokenKind::OpenParen,
        TokenKind::CloseHeredoc => opening == TokenKind::OpenHeredoc,
        TokenKind::CloseSequence => {
            matches!(opening, TokenKind::OpenInterpolation | TokenKind::OpenDirective)
        }
        _ => false,
    };
    let index = open.iter().rposition(|(opening, _)| opens(*opening))?;
    let (opening, start) = *open.get(index)?;
    open.truncate(index);
    // What a template computes is part of its text.
    (!matches!(opening, TokenKind::OpenInterpolation | TokenKind::OpenDirective)).then_some(start)
}

fn of_json(root: &Expr) -> Vec<Fold> {
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(expr) = open.pop() {
        match &expr.kind {
            ExprKind::Object(items) => open.extend(items.iter().map(|item| &item.value)),
            ExprKind::Tuple(items) => open.extend(items),
            _ => continue,
        }
        found.push(Fold { span: expr.span, kind: FoldKind::Brackets });
    }
    found
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::testing::snapshot;

    #[track_caller]
    fn check(file: &str, text: &str, expected: Expect) {
        let (snapshot, _) = snapshot(&format!("//- /{file}\n{text}"));
        let line = |offset: u32| text[..offset as usize].matches('\n').count() + 1;
        let lines: Vec<String> = folds(&snapshot, &FileName::new(file))
            .into_iter()
            .map(|it| format!("{}-{} {:?}\n", line(it.span.start), line(it.span.end), it.kind))
            .collect();
        expected.assert_eq(&lines.concat());
    }

    #[test]
    fn blocks_lists_heredocs_and_comments() {
        check(
            "a.tftest.hcl",
            r#"# One
# and the same.

# Another.
run "a" {
  variables {
    list = [
      1, # not
      2, # these
    ]
    text = <<-EOT
      ${upper(
        var.x
      )}
    EOT
    one = { a = 1 }
  }
}
/* Several
   lines */
# and one

variables {
  a = f(
    1
"#,
            expect![[r#"
                1-2 Comment
                5-18 Brackets
                6-17 Brackets
                7-10 Brackets
                11-15 Brackets
                12-14 Brackets
                19-21 Comment
            "#]],
        );
    }

    #[test]
    fn json_folds_by_its_tree() {
        check(
            "a.tftest.json",
            "{\n  \"run\": {\n    \"a\": {\n      \"x\": [\n        1\n      ],\n      \"y\": {}\n    }\n  }\n}\n",
            expect![[r#"
                1-10 Brackets
                2-9 Brackets
                3-8 Brackets
                4-6 Brackets
            "#]],
        );
    }
}
