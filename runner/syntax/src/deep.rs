//! Copying, comparing and printing of the nodes that nest deeply, with enough stack on whatever thread it happens.
//! Derived implementations would overflow a small one at depths that the parser still accepts.

use std::fmt;

use crate::ast::{Expr, TemplatePart};
use crate::depth::with_stack;

impl Clone for Expr {
    fn clone(&self) -> Expr {
        with_stack(|| Expr { kind: self.kind.clone(), span: self.span })
    }
}

impl PartialEq for Expr {
    fn eq(&self, other: &Expr) -> bool {
        self.span == other.span && with_stack(|| self.kind == other.kind)
    }
}

impl fmt::Debug for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        with_stack(|| f.debug_struct("Expr").field("kind", &self.kind).field("span", &self.span).finish())
    }
}

impl Clone for TemplatePart {
    fn clone(&self) -> TemplatePart {
        use TemplatePart as P;
        with_stack(|| match self {
            P::Literal { text, span } => P::Literal { text: text.clone(), span: *span },
            P::Interpolation { expr, span } => P::Interpolation { expr: expr.clone(), span: *span },
            P::If(directive) => P::If(directive.clone()),
            P::For(directive) => P::For(directive.clone()),
        })
    }
}

impl PartialEq for TemplatePart {
    fn eq(&self, other: &TemplatePart) -> bool {
        use TemplatePart as P;
        with_stack(|| match (self, other) {
            (P::Literal { text, span }, P::Literal { text: text2, span: span2 }) => {
                (text, span) == (text2, span2)
            }
            (P::Interpolation { expr, span }, P::Interpolation { expr: expr2, span: span2 }) => {
                (span, expr) == (span2, expr2)
            }
            (P::If(one), P::If(other)) => one == other,
            (P::For(one), P::For(other)) => one == other,
            _ => false,
        })
    }
}

impl fmt::Debug for TemplatePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        with_stack(|| match self {
            TemplatePart::Literal { text, span } => {
                f.debug_struct("Literal").field("text", text).field("span", span).finish()
            }
            TemplatePart::Interpolation { expr, span } => {
                f.debug_struct("Interpolation").field("expr", expr).field("span", span).finish()
            }
            TemplatePart::If(directive) => directive.fmt(f),
            TemplatePart::For(directive) => directive.fmt(f),
        })
    }
}
