//! Diagnostics for people: plain lines, or on a terminal a coloured box.

use std::fmt::Write as _;

use syntax::{Diagnostic, Severity};

use super::evidence::{DIFFERENT_TYPES, Sides};
use super::snippet::{Place, Snippet, place};
use super::{Explain, Sources, wrap};
use crate::style::Paint;

/// How to lay out a diagnostic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// A box with colours, or plain lines after an empty one.
    pub colour: bool,
    /// Columns of the terminal; Terraform takes 78 where there is none.
    pub width: usize,
    /// How failed assertions are explained.
    pub explain: Explain,
}

impl Style {
    /// With operands in a few words.
    pub fn new(colour: bool, width: usize) -> Style {
        Style { colour, width, explain: Explain::default() }
    }
}

/// The diagnostic's text, ending in a newline.
pub fn render(diagnostic: &Diagnostic, sources: &dyn Sources, style: Style) -> String {
    if style.colour { boxed(diagnostic, sources, style) } else { plain(diagnostic, sources, style) }
}

fn plain(diagnostic: &Diagnostic, sources: &dyn Sources, style: Style) -> String {
    let mut out = format!("\n{}: {}\n\n", word(diagnostic), diagnostic.summary);
    write_body(&mut out, diagnostic, sources, Paint::new(false), style);
    out
}

fn boxed(diagnostic: &Diagnostic, sources: &dyn Sources, style: Style) -> String {
    const RULE_WIDTH: usize = 2;
    let paint = Paint::new(true);
    let hue = if diagnostic.is_error() { "red" } else { "yellow" };
    let mut inner = paint.format(&[("bold", ""), (hue, &format!("{}: ", word(diagnostic))), ("reset", "")]);
    inner += &paint.format(&[("bold", &diagnostic.summary), ("reset", "\n\n")]);
    let inside = Style { width: style.width.saturating_sub(RULE_WIDTH), ..style };
    write_body(&mut inner, diagnostic, sources, paint, inside);

    let mut out = paint.format(&[(hue, "╷"), ("reset", "")]) + "\n";
    let rule = paint.format(&[(hue, "│"), ("reset", " ")]);
    for line in inner.lines() {
        out.push_str(if line.is_empty() { rule.trim_end() } else { &rule });
        out.push_str(line);
        out.push('\n');
    }
    out + &paint.format(&[(hue, "╵"), ("reset", "")]) + "\n"
}

fn word(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Hint => "Hint",
    }
}

fn write_body(out: &mut String, diagnostic: &Diagnostic, sources: &dyn Sources, paint: Paint, style: Style) {
    if let Some(address) = &diagnostic.address {
        let _ = writeln!(out, "  with {address},");
    }
    if let Some(place) = place(diagnostic, sources) {
        write_place(out, diagnostic, &place, paint, style.explain);
        out.push('\n');
    }
    if !diagnostic.detail.is_empty() {
        out.push_str(&wrap::paragraphs(&diagnostic.detail, style.width));
    }
}

fn write_place(out: &mut String, diagnostic: &Diagnostic, place: &Place, paint: Paint, explain: Explain) {
    let (file, line) = (&place.file, place.start.line);
    let Some(snippet) = &place.snippet else {
        let _ = writeln!(out, "  on {file} line {line}:\n  (source code not available)");
        return;
    };
    let context = snippet.context.as_ref().map(|header| format!(", in {header}")).unwrap_or_default();
    let _ = writeln!(out, "  on {file} line {line}{context}:");
    write_code(out, snippet, paint);
    write_values(out, diagnostic, paint, explain);
    if let Some(change) = explain.change(diagnostic, paint) {
        write_change(out, &change, paint);
    }
    if let Some(origin) = diagnostic.deprecation.as_ref().and_then(|it| it.originates_from.as_ref()) {
        let _ = writeln!(out, "\n  The deprecation originates from {origin}");
    }
}

fn write_code(out: &mut String, snippet: &Snippet, paint: Paint) {
    let (code, highlight) = (&snippet.code, snippet.highlight);
    let before = code.get(..highlight.start as usize).unwrap_or_default();
    let after = code.get(highlight.end as usize..).unwrap_or_default();
    let code = paint.format(&[("", before), ("underline", highlight.text(code)), ("reset", after)]);
    for (index, line) in code.split('\n').enumerate() {
        let _ = writeln!(out, "{:4}: {line}", snippet.start_line + index);
    }
}

/// The values of the failed expression's operands, and the function call that failed.
fn write_values(out: &mut String, diagnostic: &Diagnostic, paint: Paint, explain: Explain) {
    // A call without a known signature, as inside a `for` expression, is not shown.
    let call = diagnostic.function_call.as_ref().filter(|call| !call.parameters.is_empty());
    let (operands, sides) = (explain.operands(diagnostic), explain.sides(diagnostic));
    if operands.is_empty() && call.is_none() && sides.is_none() {
        return;
    }
    write_rule(out, paint);
    let [indent, bar, gap] = margin();
    if let Some(call) = call {
        let calling = ("reset", " while calling ");
        *out += &paint.format(&[indent, bar, calling, ("bold", &call.name), ("reset", "(")]);
        let _ = writeln!(out, "{})", call.parameters.join(", "));
    }
    if let Some(sides) = &sides {
        write_sides(out, sides, paint);
        out.push('\n');
    }
    // Terraform leaves it at the difference unless it was asked for more. In a box, which nobody compares with
    // Terraform's own, there is no need to ask.
    let says_more = |sides: &Sides| sides.verbose || (paint.is_on() && sides.tell_nothing());
    if !sides.as_ref().is_none_or(says_more) {
        return;
    }
    for operand in &operands {
        let mut lines = operand.statement.split('\n');
        let statement = format!(" {}\n", lines.next().unwrap_or_default());
        *out += &paint.format(&[indent, bar, gap, ("bold", &operand.traversal), ("reset", &statement)]);
        for line in lines {
            *out += &paint.format(&[indent, bar, ("reset", "   "), ("", line), ("", "\n")]);
        }
    }
}

/// Both sides of a comparison, and where they differ.
fn write_sides(out: &mut String, sides: &Sides, paint: Paint) {
    let [indent, bar, gap] = margin();
    if sides.verbose {
        for (name, side) in [("LHS", &sides.left), ("RHS", &sides.right)] {
            *out += &paint.format(&[indent, bar, gap, ("bold", name), ("reset", ":\n")]);
            for line in side.split('\n') {
                *out += &paint.format(&[indent, bar, ("reset", "   "), ("", line), ("", "\n")]);
            }
        }
    }
    if sides.different_types {
        let remark = format!(": {DIFFERENT_TYPES}\n");
        *out += &paint.format(&[indent, bar, gap, ("bold", "Warning"), ("reset", &remark)]);
    }
    if sides.left == sides.right {
        return;
    }
    *out += &paint.format(&[indent, bar, gap, ("bold", "Diff"), ("reset", ":\n")]);
    *out += &paint.format(&[indent, bar, gap, ("red", ""), ("bold", "--- actual"), ("reset", "\n")]);
    *out += &paint.format(&[indent, bar, gap, ("green", ""), ("bold", "+++ expected"), ("reset", "\n")]);
    for (sign, line) in sides.difference() {
        let hue = match sign {
            '-' => "red",
            '+' => "green",
            _ => "",
        };
        let sign = sign.to_string();
        *out += &paint.format(&[indent, bar, gap, (hue, &sign), ("reset", " "), ("", line), ("", "\n")]);
    }
}

/// OpenTofu's difference of the two sides.
fn write_change(out: &mut String, change: &str, paint: Paint) {
    let [indent, bar, gap] = margin();
    write_rule(out, paint);
    *out += &paint.format(&[indent, bar, gap, ("bold", "Diff: "), ("reset", "")]);
    for (at, line) in change.split('\n').enumerate() {
        let first = if at == 0 { "    " } else { "" };
        *out += "\n";
        *out += &paint.format(&[indent, bar, gap]);
        *out += first;
        *out += line;
    }
    out.push('\n');
}

fn write_rule(out: &mut String, paint: Paint) {
    *out += &paint.format(&[("", "    "), ("dark_gray", "├────────────────"), ("reset", "\n")]);
}

/// What a line beside the rule begins with.
fn margin() -> [(&'static str, &'static str); 3] {
    [("", "    "), ("dark_gray", "│"), ("reset", " ")]
}
