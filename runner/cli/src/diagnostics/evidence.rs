//! What a failed assertion is explained with: every tool and version has its own way.

use config::Feature;
use lang::Dialect;
use lang::render::json_string;
use syntax::{Comparison, Diagnostic, Evidence, Operand, Shown};

use crate::style::Paint;

/// How assertions that failed are explained.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Explain {
    /// The operands in a few words.
    #[default]
    Briefly,
    /// The operands in full, and where the sides of a comparison differ line by line. (Terraform 1.12.)
    InFull {
        /// Both sides and the operands of a comparison, too: `-verbose`.
        verbose: bool,
    },
    /// The operands in a few words, and what becomes of one side of an `==` on the way to the other. (OpenTofu 1.11.)
    WithChange,
}

impl Explain {
    pub fn of(dialect: Dialect, verbose: bool) -> Explain {
        if dialect.has(Feature::OperandsInFull) {
            Explain::InFull { verbose }
        } else if dialect.has(Feature::ChangeBelowOperands) {
            Explain::WithChange
        } else {
            Explain::Briefly
        }
    }

    /// The operands as they are listed.
    pub(crate) fn operands(self, diagnostic: &Diagnostic) -> Vec<Operand> {
        let (Explain::InFull { .. }, Some(evidence)) = (self, &diagnostic.evidence) else {
            return diagnostic.operands.clone();
        };
        let in_full = |traversal: &str| evidence.operands.iter().any(|(other, _)| other == traversal);
        let briefly = diagnostic.operands.iter().filter(|operand| !in_full(&operand.traversal)).cloned();
        let known = evidence.operands.iter().map(|(traversal, value)| Operand {
            traversal: traversal.clone(),
            statement: format!("is {}", json(value)),
        });
        let mut operands: Vec<Operand> = known.chain(briefly).collect();
        operands.sort_by(|a, b| a.traversal.cmp(&b.traversal));
        operands
    }

    /// The sides of the comparison, where they are shown as JSON.
    pub(super) fn sides(self, diagnostic: &Diagnostic) -> Option<Sides> {
        let Explain::InFull { verbose } = self else { return None };
        let Comparison { left, right, different_types, .. } = comparison(diagnostic)?;
        Some(Sides { left: json(left), right: json(right), different_types: *different_types, verbose })
    }

    /// The text of the change from one side to the other.
    pub(super) fn change(self, diagnostic: &Diagnostic, paint: Paint) -> Option<String> {
        self.changed(diagnostic).map(|(left, right)| crate::show::change(left, right, paint))
    }

    /// The same as JSON, in the form that changes have in plans.
    pub(super) fn change_in_json(self, diagnostic: &Diagnostic) -> Option<String> {
        self.changed(diagnostic).map(|(left, right)| crate::show::change_in_json(left, right))
    }

    fn changed(self, diagnostic: &Diagnostic) -> Option<(&Shown, &Shown)> {
        let Explain::WithChange = self else { return None };
        let Comparison { left, right, is_equality, .. } = comparison(diagnostic)?;
        (*is_equality && !holds_ephemeral(left) && !holds_ephemeral(right)).then_some((left, right))
    }
}

/// The two sides of a comparison, as JSON.
pub(super) struct Sides {
    pub(super) left: String,
    pub(super) right: String,
    pub(super) different_types: bool,
    pub(super) verbose: bool,
}

/// Terraform's remark about the types of the two sides.
pub(super) const DIFFERENT_TYPES: &str = "LHS and RHS values are of different types";

impl Sides {
    /// Whether who reads their difference still does not know why the assertion failed: there is none, or it is that of
    /// two truth values, as for `a && b`.
    pub(super) fn tell_nothing(&self) -> bool {
        let is_truth_value = |side: &str| side == "true" || side == "false";
        self.left == self.right || (is_truth_value(&self.left) && is_truth_value(&self.right))
    }

    /// The lines of both sides, each behind `-`, `+` or a blank. As in Terraform, the lines are compared place by place
    /// and not by what they have in common.
    pub(super) fn difference(&self) -> Vec<(char, &str)> {
        let (mut left, mut right) = (self.left.split('\n'), self.right.split('\n'));
        let mut lines = Vec::new();
        let (mut went, mut came) = (Vec::new(), Vec::new());
        loop {
            match (left.next(), right.next()) {
                (None, None) => break,
                (Some(same), Some(other)) if same == other => {
                    lines.append(&mut went);
                    lines.append(&mut came);
                    lines.push((' ', same));
                }
                (old, new) => {
                    went.extend(old.map(|line| ('-', line)));
                    came.extend(new.map(|line| ('+', line)));
                }
            }
        }
        lines.append(&mut went);
        lines.append(&mut came);
        lines
    }
}

fn comparison(diagnostic: &Diagnostic) -> Option<&Comparison> {
    let Evidence { comparison, .. } = diagnostic.evidence.as_deref()?;
    comparison.as_ref()
}

fn holds_ephemeral(value: &Shown) -> bool {
    match value {
        Shown::Ephemeral => true,
        Shown::Array(items) => items.iter().any(holds_ephemeral),
        Shown::Object(items) => items.values().any(holds_ephemeral),
        _ => false,
    }
}

/// The value as JSON, indented by two; what is not shown is a text that says so.
fn json(value: &Shown) -> String {
    let mut out = String::new();
    write(value, 0, &mut out);
    out
}

fn write(value: &Shown, indent: usize, out: &mut String) {
    match value {
        Shown::Null => out.push_str("null"),
        Shown::Unknown => out.push_str("\"(not yet known)\""),
        Shown::Sensitive => out.push_str("\"(sensitive value)\""),
        Shown::Ephemeral => out.push_str("\"(ephemeral value)\""),
        Shown::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Shown::Number(digits) => out.push_str(digits),
        Shown::String(text) => out.push_str(&json_string(text)),
        Shown::Array(items) => {
            let items = items.iter().map(|item| (None, item));
            write_all(['[', ']'], items, indent, out);
        }
        Shown::Object(items) => {
            let items = items.iter().map(|(name, item)| (Some(name.as_ref()), item));
            write_all(['{', '}'], items, indent, out);
        }
    }
}

fn write_all<'s>(
    [open, close]: [char; 2],
    items: impl ExactSizeIterator<Item = (Option<&'s str>, &'s Shown)>,
    indent: usize,
    out: &mut String,
) {
    let line = |indent: usize, out: &mut String| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", indent));
    };
    out.push(open);
    let count = items.len();
    for (at, (name, item)) in items.enumerate() {
        line(indent + 1, out);
        if let Some(name) = name {
            out.push_str(&json_string(name));
            out.push_str(": ");
        }
        write(item, indent + 1, out);
        if at + 1 < count {
            out.push(',');
        }
    }
    if count > 0 {
        line(indent, out);
    }
    out.push(close);
}
