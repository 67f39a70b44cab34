//! Diagnostics for people: plain lines, or on a terminal a coloured box.

use std::fmt::Write as _;

use syntax::{Diagnostic, Severity};

use super::snippet::{Place, Snippet, place};
use super::{Sources, wrap};
use crate::style::Paint;

/// How to lay out a diagnostic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// A box with colours, or plain lines after an empty one.
    pub colour: bool,
    /// Columns of the terminal; Terraform takes 78 where there is none.
    pub width: usize,
}

/// The diagnostic's text, ending in a newline.
pub fn render(diagnostic: &Diagnostic, sources: &dyn Sources, style: Style) -> String {
    if style.colour {
        boxed(diagnostic, sources, style.width)
    } else {
        plain(diagnostic, sources, style.width)
    }
}

fn plain(diagnostic: &Diagnostic, sources: &dyn Sources, width: usize) -> String {
    let mut out = format!("\n{}: {}\n\n", word(diagnostic), diagnostic.summary);
    write_body(&mut out, diagnostic, sources, Paint::new(false), width);
    out
}

fn boxed(diagnostic: &Diagnostic, sources: &dyn Sources, width: usize) -> String {
    const RULE_WIDTH: usize = 2;
    let paint = Paint::new(true);
    let hue = if diagnostic.is_error() { "red" } else { "yellow" };
    let mut inner = paint.format(&[("bold", ""), (hue, &format!("{}: ", word(diagnostic))), ("reset", "")]);
    inner += &paint.format(&[("bold", &diagnostic.summary), ("reset", "\n\n")]);
    write_body(&mut inner, diagnostic, sources, paint, width.saturating_sub(RULE_WIDTH));

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

fn write_body(out: &mut String, diagnostic: &Diagnostic, sources: &dyn Sources, paint: Paint, width: usize) {
    if let Some(address) = &diagnostic.address {
        let _ = writeln!(out, "  with {address},");
    }
    if let Some(place) = place(diagnostic, sources) {
        write_place(out, diagnostic, &place, paint);
        out.push('\n');
    }
    if !diagnostic.detail.is_empty() {
        out.push_str(&wrap::paragraphs(&diagnostic.detail, width));
    }
}

fn write_place(out: &mut String, diagnostic: &Diagnostic, place: &Place, paint: Paint) {
    let (file, line) = (&place.file, place.start.line);
    let Some(snippet) = &place.snippet else {
        let _ = writeln!(out, "  on {file} line {line}:\n  (source code not available)");
        return;
    };
    let context = snippet.context.as_ref().map(|header| format!(", in {header}")).unwrap_or_default();
    let _ = writeln!(out, "  on {file} line {line}{context}:");
    write_code(out, snippet, paint);
    write_values(out, diagnostic, paint);
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
fn write_values(out: &mut String, diagnostic: &Diagnostic, paint: Paint) {
    // A call without a known signature, as inside a `for` expression, is not shown.
    let call = diagnostic.function_call.as_ref().filter(|call| !call.parameters.is_empty());
    if diagnostic.operands.is_empty() && call.is_none() {
        return;
    }
    *out += &paint.format(&[("", "    "), ("dark_gray", "├────────────────"), ("reset", "\n")]);
    let margin = [("", "    "), ("dark_gray", "│"), ("reset", " ")];
    let [indent, bar, gap] = margin;
    if let Some(call) = call {
        let calling = ("reset", " while calling ");
        *out += &paint.format(&[indent, bar, calling, ("bold", &call.name), ("reset", "(")]);
        let _ = writeln!(out, "{})", call.parameters.join(", "));
    }
    for operand in &diagnostic.operands {
        let statement = format!(" {}\n", operand.statement);
        *out += &paint.format(&[indent, bar, gap, ("bold", &operand.traversal), ("reset", &statement)]);
    }
}
