//! The edits that changes of a JSON text come to, and how what is new is laid out.

use syntax::ast::{Expr, ExprKind};
use syntax::{Edit, Span, apply_edits, with_stack};

use super::super::json::{Json, Layout};
use super::super::to_json::{Member, grouped};
use super::{JsonChanges, New, Slot, slots};

/// Longer lines are broken.
const WIDTH: usize = 100;

impl<'t> JsonChanges<'t> {
    /// The edits of a value.
    pub(super) fn of(&self, value: &Expr) -> Vec<Edit> {
        let range = value.span.start..value.span.end.max(value.span.start.saturating_add(1));
        let changes = self.new.range(range.clone()).next().is_some()
            || self.beside.range(range.clone()).next().is_some()
            || self.replaced.range(range.clone()).next().is_some()
            || self.removed.range(range).next().is_some();
        if !changes {
            return Vec::new();
        }
        if let Some(json) = self.replaced.get(&value.span.start) {
            let new_text = json.rendered(&self.layout, self.indentation(value.span.start));
            return vec![Edit { span: value.span, new_text }];
        }
        let own = with_stack(|| self.of_container(value));
        match self.beside.get(&value.span.start) {
            None => own,
            Some(more) => vec![self.in_array(value, &own, more)],
        }
    }

    fn of_container(&self, value: &Expr) -> Vec<Edit> {
        let slots = slots(value);
        let inner: Vec<Vec<Edit>> = slots.iter().map(|slot| self.of(slot.value)).collect();
        let none = Vec::new();
        let new = self.new.get(&value.span.start).unwrap_or(&none);
        let is_removed = |slot: &Slot<'_>| self.removed.contains(&slot.span.start);
        if new.is_empty() && !slots.iter().any(is_removed) {
            return inner.concat();
        }
        let first = slots.first().map(|slot| slot.span.start);
        let in_lines =
            first.is_some_and(|first| Span::new(value.span.start, first).text(self.text).contains('\n'));
        let outer = self.indentation(value.span.start);
        let indent = match first.filter(|_| in_lines) {
            Some(first) => self.indentation(first).to_owned(),
            None if first.is_some() && value.span.text(self.text).contains('\n') => outer.to_owned(),
            None => format!("{outer}{}", self.layout.unit),
        };
        let short = new.iter().all(|it| it.is_short());
        let is_array = matches!(value.kind, ExprKind::Tuple(_));
        let width: usize = new.iter().map(|it| it.width()).sum::<usize>() + self.line(value.span.start).len();
        let inline = self.layout.one_line
            || !in_lines
                && match first {
                    None => is_array && short,
                    // What begins on the line of the bracket and ends on another one goes on like that.
                    Some(_) => value.span.text(self.text).contains('\n') || short && width < WIDTH,
                };
        let comma = if inline { self.layout.comma().to_owned() } else { format!(",\n{indent}") };
        if !slots.iter().any(is_removed) && first.is_some() && (in_lines || inline) {
            return self.with_new(&slots, &inner.concat(), new, &comma, &indent);
        }
        vec![self.anew(value, &slots, &inner, new, inline, (&comma, &indent, outer))]
    }

    /// What is new beside what is there.
    fn with_new(
        &self,
        slots: &[Slot<'_>],
        inner: &[Edit],
        new: &[New],
        comma: &str,
        indent: &str,
    ) -> Vec<Edit> {
        let mut edits = inner.to_vec();
        let mut indices: Vec<usize> = new.iter().map(|it| it.index).collect();
        indices.sort_unstable();
        indices.dedup();
        for index in indices {
            let here = new.iter().filter(|it| it.index == index);
            let texts = here.map(|it| it.text(&self.layout, indent)).collect::<Vec<_>>().join(comma);
            edits.extend(match (slots.get(index), slots.last()) {
                (Some(next), _) => {
                    Some(Edit { span: Span::at(next.span.start), new_text: format!("{texts}{comma}") })
                }
                (None, Some(last)) => {
                    Some(Edit { span: Span::at(last.span.end), new_text: format!("{comma}{texts}") })
                }
                (None, None) => None,
            });
        }
        edits
    }

    /// An object or array with what is left of it and what is new.
    fn anew(
        &self,
        value: &Expr,
        slots: &[Slot<'_>],
        inner: &[Vec<Edit>],
        new: &[New],
        inline: bool,
        (comma, indent, outer): (&str, &str, &str),
    ) -> Edit {
        let mut texts = Vec::new();
        for index in 0..=slots.len() {
            texts.extend(
                new.iter()
                    .filter(|it| it.index.min(slots.len()) == index)
                    .map(|it| it.text(&self.layout, indent)),
            );
            if let (Some(slot), Some(edits)) = (slots.get(index), inner.get(index))
                && !self.removed.contains(&slot.span.start)
            {
                texts.push(self.changed(slot.span, edits));
            }
        }
        let (open, close) = if matches!(value.kind, ExprKind::Tuple(_)) { ('[', ']') } else { ('{', '}') };
        let new_text = match texts.is_empty() || inline {
            true => format!("{open}{}{close}", texts.join(comma)),
            false => format!("{open}\n{indent}{}\n{outer}{close}", texts.join(comma)),
        };
        Edit { span: value.span, new_text }
    }

    /// The only block of a type as the first of an array.
    fn in_array(&self, value: &Expr, own: &[Edit], more: &[Json]) -> Edit {
        let old = self.changed(value.span, own);
        let new_text = if self.layout.one_line {
            let more = more.iter().map(|it| it.rendered(&self.layout, ""));
            format!("[{}]", std::iter::once(old).chain(more).collect::<Vec<_>>().join(self.layout.comma()))
        } else {
            let outer = self.indentation(value.span.start);
            let indent = format!("{outer}{}", self.layout.unit);
            let old = old.replace('\n', &format!("\n{}", self.layout.unit));
            let more = more.iter().map(|it| it.rendered(&self.layout, &indent));
            let all = std::iter::once(old).chain(more).collect::<Vec<_>>().join(&format!(",\n{indent}"));
            format!("[\n{indent}{all}\n{outer}]")
        };
        Edit { span: value.span, new_text }
    }

    /// A part of the text with its edits.
    fn changed(&self, span: Span, edits: &[Edit]) -> String {
        let from = |at: u32| at.saturating_sub(span.start);
        let own = |edit: &Edit| Edit {
            span: Span::new(from(edit.span.start), from(edit.span.end)),
            new_text: edit.new_text.clone(),
        };
        apply_edits(span.text(self.text), &edits.iter().map(own).collect::<Vec<_>>())
    }

    /// The blank space that the line of a place begins with.
    fn indentation(&self, at: u32) -> &'t str {
        let line = self.line(at);
        line.get(..line.len() - line.trim_start_matches([' ', '\t']).len()).unwrap_or_default()
    }

    /// The line that a place is on.
    fn line(&self, at: u32) -> &'t str {
        let start =
            self.text.get(..at as usize).and_then(|it| it.rfind('\n')).map_or(0, |newline| newline + 1);
        self.text.get(start..).and_then(|it| it.lines().next()).unwrap_or_default()
    }
}

impl New {
    fn text(&self, layout: &Layout, indent: &str) -> String {
        let value = self.json();
        match &self.name {
            Some(name) => value.property(name, layout, indent),
            None => value.rendered(layout, indent),
        }
    }

    fn json(&self) -> Json {
        match &self.value {
            Member::Value(value) => value.clone(),
            Member::Blocks(blocks) => grouped(blocks.clone()),
        }
    }

    fn is_short(&self) -> bool {
        self.json().is_short()
    }

    fn width(&self) -> usize {
        self.text(&Layout::default(), "").len() + 2
    }
}
