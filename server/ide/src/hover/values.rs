//! What a part of an assertion's condition was when its run block last ran.

use std::cell::Cell;
use std::sync::Arc;

use lang::expr::{Node, NodeId};
use lang::functions::{FileReader, NoFiles};
use lang::{Dialect, Expr, Operands, Resolved, Scope, Traversal, Value};
use syntax::{Diagnostic, Diagnostics, FileName, Origin, Shown, Span};

use super::Hover;
use crate::inlay_hints::said;
use crate::json_text::decoded;
use crate::results::RunResults;
use crate::snapshot::Snapshot;

/// The most lines of a value that are shown.
const MOST_LINES: usize = 24;

/// The longest collection that is written in one line, in bytes.
const LONGEST_LINE: usize = 60;

/// How often working a value out may ask whether it should end, about every thousand iterations.
const MOST_LOOKS: u32 = 32;

/// The value of the smallest part of a condition around `offset`: of a name, a call, an operation, or the whole.
pub(super) fn hover(
    snapshot: &Snapshot,
    results: &RunResults,
    file: &FileName,
    offset: u32,
) -> Option<Hover> {
    if results.is_empty() {
        return None;
    }
    let project = snapshot.project(file);
    let test_file = project.test_file(file)?;
    let (index, run) = test_file.runs.touching(Span::at(offset)).next()?;
    let result = snapshot.result_of(results, file, index)?;
    let at = run.asserts.iter().position(|assert| {
        let origin = assert.condition.origin(&run.origin);
        assert.condition.whole_span().shifted(origin.base).touches(offset)
    })?;
    let condition = &run.asserts.get(at)?.condition;
    let origin = condition.origin(&run.origin);
    let here = offset.checked_sub(origin.base)?;
    let operands = result.operands.get(at)?;
    for traversal in condition.traversals().iter().filter(|it| it.span().touches(here)) {
        let name = traversal.to_string();
        let Some(operand) = operands.iter().find(|operand| operand.traversal == name) else { continue };
        let span = traversal.span().shifted(origin.base);
        return Some(shown(&format!("{name} {}", said(&operand.statement)), span));
    }
    let read =
        Read { values: result.read.get(at)?, dialect: test_file.dialect, looks_left: Cell::new(MOST_LOOKS) };
    let part = part_at(condition, here)?;
    let value = read.value(condition, part, origin)?;
    let span = condition.span(part).shifted(origin.base);
    let text = snapshot.document(file)?.text();
    let written = text.get(span.start as usize..span.end as usize)?;
    let written = if file.is_json() { decoded(written) } else { written.to_owned() };
    let label = match written.split_once('\n') {
        Some((first, _)) => format!("{} …", first.trim_end()),
        None => written,
    };
    Some(shown(&format!("{label} = {}", in_words(&lang::render::shown(&value), "")), span))
}

fn shown(text: &str, span: Span) -> Hover {
    let lines: Vec<&str> = text.lines().collect();
    let mut value = lines.iter().take(MOST_LINES).copied().collect::<Vec<_>>().join("\n");
    if lines.len() > MOST_LINES {
        value.push_str("\n…");
    }
    Hover { span, text: format!("Last run:\n```hcl\n{value}\n```") }
}

/// The value as it would be written, with one line for each part of a collection that has others in it or is long.
fn in_words(value: &Shown, indent: &str) -> String {
    let deeper = format!("{indent}  ");
    let (open, parts, close): (_, Vec<String>, _) = match value {
        Shown::Null => return "null".to_owned(),
        Shown::Unknown => return "(known after apply)".to_owned(),
        Shown::Sensitive => return "(sensitive value)".to_owned(),
        Shown::Ephemeral => return "(ephemeral value)".to_owned(),
        Shown::Bool(value) => return value.to_string(),
        Shown::Number(digits) => return digits.clone(),
        Shown::String(text) => return lang::quote(text),
        Shown::Array(items) => ("[", items.iter().map(|item| in_words(item, &deeper)).collect(), "]"),
        Shown::Object(items) => {
            let part = |(name, item): (&Arc<str>, &Shown)| {
                let name = if lang::ty::is_identifier(name) { name.to_string() } else { lang::quote(name) };
                format!("{name} = {}", in_words(item, &deeper))
            };
            ("{", items.iter().map(part).collect(), "}")
        }
    };
    let length: usize = parts.iter().map(|part| part.len() + 2).sum();
    if parts.is_empty() {
        return format!("{open}{close}");
    }
    if length <= LONGEST_LINE && !parts.iter().any(|part| part.contains('\n')) {
        let space = if open == "{" { " " } else { "" };
        return format!("{open}{space}{}{space}{close}", parts.join(", "));
    }
    let lines: String = parts.iter().map(|part| format!("{deeper}{part},\n")).collect();
    format!("{open}\n{lines}{indent}{close}")
}

/// The smallest part around an offset that has a value of its own. What stands in a `for` has another one for every
/// element; there the whole of it counts.
fn part_at(expr: &Expr, offset: u32) -> Option<NodeId> {
    let around = |id: NodeId| expr.span(id).touches(offset);
    let repeated = expr.nodes().filter(|(id, node)| around(*id) && is_repeating(node));
    let outermost = repeated.max_by_key(|(id, _)| expr.span(*id).len()).map(|(id, _)| expr.span(id));
    let is_inside = |span: Span| outermost.is_some_and(|outer| span.len() < outer.len());
    let parts = expr.nodes().filter(|(id, node)| {
        around(*id) && !is_inside(expr.span(*id)) && !matches!(node, Node::Literal(_) | Node::Missing)
    });
    parts.min_by_key(|(id, _)| expr.span(*id).len()).map(|(id, _)| id)
}

fn is_repeating(node: &Node) -> bool {
    matches!(node, Node::For(_) | Node::Splat { .. })
}

/// What a condition read when it was evaluated.
struct Read<'a> {
    values: &'a Operands,
    dialect: Dialect,
    looks_left: Cell<u32>,
}

impl Read<'_> {
    /// The value of a part; `None` when it cannot be worked out from what was read.
    fn value(&self, expr: &Expr, part: NodeId, origin: &Origin) -> Option<Value> {
        let span = expr.span(part);
        let is_within = |id: NodeId| span.start <= expr.span(id).start && expr.span(id).end <= span.end;
        let mut calls = expr.nodes().filter_map(|(id, node)| match node {
            Node::Call(call) if is_within(id) => Some(call.name.as_str()),
            _ => None,
        });
        if calls.any(is_different_now) {
            return None;
        }
        let mut found = Diagnostics::new();
        let value = lang::evaluate_part(expr, part, origin, self, &mut found);
        let failed = found.iter().any(Diagnostic::is_error) || self.looks_left.get() == 0;
        (!failed).then_some(value)
    }
}

/// Whether a function may give another value than it gave in the run, or takes long.
fn is_different_now(name: &str) -> bool {
    let name = name.rsplit("::").next().unwrap_or(name);
    name.contains("file") || ["bcrypt", "timestamp", "plantimestamp", "uuid"].contains(&name)
}

impl Scope for Read<'_> {
    fn resolve(&self, traversal: &Traversal, _: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        let found = self.values.value_of(traversal);
        if found.is_none() {
            sink.push(Diagnostic::error("No value", "The run did not read it."));
        }
        found.map(|(value, consumed)| Resolved { value: value.clone(), consumed })
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }

    fn interrupted(&self) -> bool {
        self.looks_left.set(self.looks_left.get().saturating_sub(1));
        self.looks_left.get() == 0
    }

    fn dialect(&self) -> Dialect {
        self.dialect
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use syntax::Operand;

    use super::*;
    use crate::results::{RunResult, RunStatus};
    use crate::testing::{MODULE, snapshot};

    const CONDITION: &str = "length(local.list) == 2 && [for it in local.list : upper(it)][local.at] == \"B\" && var.secret != upper(timestamp())";

    /// What is said where `$0` stands in the condition, of which `local.list` was `["a", "b"]` and `local.at` 1.
    fn said_at(condition: &str) -> String {
        let at = condition.find("$0").expect("the place is marked");
        assert_eq!(condition.replace("$0", ""), CONDITION);
        let text = format!(
            "run \"a\" {{\n  assert {{\n    condition     = {CONDITION}\n    error_message = \"\"\n  }}\n}}\n"
        );
        let offset = u32::try_from(text.find("length").expect("it is there") + at).expect("it is short");
        let said = said_in("a.tftest.hcl", &text, offset);
        // In JSON the quotes in it are escaped.
        let escaped = |text: &str| text.replace('"', "\\\"");
        let text = format!(
            "{{\"run\": {{\"a\": {{\"assert\": {{\"condition\": \"${{{}}}\", \"error_message\": \"\"}}}}}}}}",
            escaped(CONDITION)
        );
        let before = escaped(condition.get(..at).expect("the place is marked")).len();
        let offset = u32::try_from(text.find("length").expect("it is there") + before).expect("it is short");
        assert_eq!(said_in("a.tftest.json", &text, offset), said, "{condition}");
        said
    }

    fn said_in(name: &str, text: &str, offset: u32) -> String {
        let (snapshot, _) = snapshot(&format!("{MODULE}//- /{name}\n{text}"));
        let file = FileName::new(name);
        let (id, _) = snapshot.runs(&file).swap_remove(0);
        let text_of = |text: &str| lang::Value::string(text);
        let list = lang::Value::tuple(vec![text_of("a"), text_of("b")]);
        let secret = text_of("x").with_marks(lang::Marks::SENSITIVE);
        let values = [
            ("local.list", list),
            ("local.at", lang::Value::number(lang::Number::from_i64(1))),
            ("var.secret", secret),
        ];
        let read: Operands = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let operand = Operand { traversal: "local.at".to_owned(), statement: "is 1".to_owned() };
        let result = RunResult {
            status: RunStatus::Pass,
            elapsed: Duration::ZERO,
            asserts: 1,
            failed_asserts: 0,
            text: snapshot.run_text(&id).expect("it is there"),
            diagnostics: Vec::new(),
            operands: vec![vec![operand]],
            read: vec![read],
            version: None,
        };
        let mut results = RunResults::default();
        results.insert(id, result);
        let found = super::hover(&snapshot, &results, &file, offset);
        let found = found.map(|it| it.text.replace("Last run:\n```hcl\n", "").replace("\n```", ""));
        found.unwrap_or_default()
    }

    #[test]
    fn every_part_of_a_condition() {
        let said = |before: &str, after: &str| {
            let marked = CONDITION.replacen(&format!("{before}{after}"), &format!("{before}$0{after}"), 1);
            said_at(&marked)
        };
        assert_eq!(said("len", "gth(local.list)"), "length(local.list) = 2");
        assert_eq!(said("length(local.list) ", "== 2"), "length(local.list) == 2 = true");
        assert_eq!(said("== ", "2 &&"), "length(local.list) == 2 = true");
        // An element of many: the whole of them.
        let whole = "[for it in local.list : upper(it)] = [\"A\", \"B\"]";
        assert_eq!(said(": up", "per(it)"), whole);
        let element = "[for it in local.list : upper(it)][local.at] = \"B\"";
        assert_eq!(said("[local.at]", " =="), element);
        assert_eq!(said("[local.", "at] =="), "local.at = 1");
        // What the time is now, it was not then.
        assert_eq!(said("var.secret !", "= upper"), "");
        assert_eq!(said("upper(time", "stamp"), "");
    }
}
