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
        with_stack(|| match self {
            TemplatePart::Literal { text, span } => TemplatePart::Literal { text: text.clone(), span: *span },
            TemplatePart::Interpolation { expr, span } => {
                TemplatePart::Interpolation { expr: expr.clone(), span: *span }
            }
            TemplatePart::If { condition, then, otherwise, span } => TemplatePart::If {
                condition: condition.clone(),
                then: then.clone(),
                otherwise: otherwise.clone(),
                span: *span,
            },
            TemplatePart::For { key_var, value_var, collection, body, span } => TemplatePart::For {
                key_var: key_var.clone(),
                value_var: value_var.clone(),
                collection: collection.clone(),
                body: body.clone(),
                span: *span,
            },
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
            (
                P::If { condition, then, otherwise, span },
                P::If { condition: condition2, then: then2, otherwise: otherwise2, span: span2 },
            ) => (span, condition, then, otherwise) == (span2, condition2, then2, otherwise2),
            (
                P::For { key_var, value_var, collection, body, span },
                P::For {
                    key_var: key2,
                    value_var: value2,
                    collection: collection2,
                    body: body2,
                    span: span2,
                },
            ) => (span, key_var, value_var, collection, body) == (span2, key2, value2, collection2, body2),
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
            TemplatePart::If { condition, then, otherwise, span } => f
                .debug_struct("If")
                .field("condition", condition)
                .field("then", then)
                .field("otherwise", otherwise)
                .field("span", span)
                .finish(),
            TemplatePart::For { key_var, value_var, collection, body, span } => f
                .debug_struct("For")
                .field("key_var", key_var)
                .field("value_var", value_var)
                .field("collection", collection)
                .field("body", body)
                .field("span", span)
                .finish(),
        })
    }
}
