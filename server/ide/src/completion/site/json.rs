//! The cursor's place in the JSON profile. Which properties are blocks, the grammar says.

use syntax::ast::{Expr, ExprKind, ObjectItem};
use syntax::{SmolStr, Span};

use super::{Around, Inside, IsBlock, Quotes, Site, Slot, Spot};
use crate::completion::reading::{At, Reading, Start, Step, read};
use crate::grammar::{EntryKind, Place, Takes};
use crate::json_text::decoded;

pub(super) fn site<'t>(
    text: &'t str,
    value: &'t Expr,
    root: Place,
    at: u32,
    is_block: IsBlock<'_>,
) -> Site<'t> {
    let mut walk = Walk { text, at, is_block, blocks: Vec::new() };
    let slot = walk.body(value, Some(root));
    let body = walk.blocks.last().map_or(Inside::Json(Some(value)), |block| block.body.clone());
    let place = walk.blocks.last().map_or(Some(root), |block| block.place);
    Site { blocks: walk.blocks, body, place, slot, json: true }
}

struct Walk<'t, 'f> {
    text: &'t str,
    at: u32,
    is_block: IsBlock<'f>,
    blocks: Vec<Around<'t>>,
}

/// What of an object the cursor is in.
enum Property<'t> {
    Nothing,
    /// A name that is to be typed.
    New(Spot),
    Key(&'t ObjectItem),
    Value(&'t ObjectItem),
}

impl<'t> Walk<'t, '_> {
    /// In a body, or in one of several in an array.
    fn body(&mut self, value: &'t Expr, place: Option<Place>) -> Slot<'t> {
        let value = match &value.kind {
            ExprKind::Tuple(values) => match values.iter().find(|it| self.is_in(it)) {
                Some(value) => value,
                None => return Slot::Nothing,
            },
            _ => value,
        };
        if let Some(block) = self.blocks.last_mut() {
            block.body = Inside::Json(Some(value));
        }
        let item = match self.property(value) {
            Property::Nothing => return Slot::Nothing,
            Property::New(spot) => return Slot::Name(spot),
            Property::Key(item) => return Slot::Name(self.key_spot(item)),
            Property::Value(item) => item,
        };
        let name = SmolStr::from(item.key.as_plain_string().unwrap_or_default());
        let labels = match place.and_then(|place| place.entry(&name)).map(|entry| entry.kind) {
            Some(EntryKind::Block(labels)) => Some(labels.len()),
            Some(EntryKind::Attribute(_)) => None,
            None => (self.is_block)(&self.blocks, &name).map(usize::from),
        };
        match labels {
            Some(labels) => {
                let inside = place.and_then(|place| place.inside(&name));
                self.labels(name, Vec::new(), labels, &item.value, inside)
            }
            None => {
                let kind = self.blocks.last().map_or("", |block| block.kind.as_str());
                let takes = place.map_or(Takes::Expression, |place| place.takes(kind, &name));
                let value = Some(&item.value);
                match self.value(&item.value, takes, Vec::new()) {
                    Some((reading, spot)) => Slot::Value { name, value, reading, spot },
                    None => Slot::Nothing,
                }
            }
        }
    }

    /// In what stands behind a block's type: a property for each label, and then the body.
    fn labels(
        &mut self,
        kind: SmolStr,
        mut before: Vec<SmolStr>,
        wanted: usize,
        value: &'t Expr,
        place: Option<Place>,
    ) -> Slot<'t> {
        if before.len() == wanted {
            let place = place.map(|place| place.labelled(&before));
            self.blocks.push(Around { kind, labels: before, place, body: Inside::Json(Some(value)) });
            return self.body(value, place);
        }
        let value = match &value.kind {
            ExprKind::Tuple(values) => match values.iter().find(|it| self.is_in(it)) {
                Some(value) => value,
                None => return Slot::Nothing,
            },
            _ => value,
        };
        match self.property(value) {
            Property::Nothing => Slot::Nothing,
            Property::New(spot) => Slot::Label { kind, before, spot },
            Property::Key(item) => Slot::Label { kind, before, spot: self.key_spot(item) },
            Property::Value(item) => {
                before.push(item.key.as_plain_string().unwrap_or_default().into());
                self.labels(kind, before, wanted, &item.value, place)
            }
        }
    }

    /// In an attribute's value.
    fn value(&self, value: &'t Expr, takes: Takes, mut steps: Vec<Step>) -> Option<(Reading, Spot)> {
        if self.in_string(value.span) {
            return Some(self.string(value.span, takes, steps));
        }
        match &value.kind {
            ExprKind::Object(_) if self.is_in(value) => match self.property(value) {
                Property::Nothing => None,
                Property::New(spot) => Some((self.key(value, steps, false), spot)),
                Property::Key(item) => Some((self.key(value, steps, true), self.key_spot(item))),
                Property::Value(item) => {
                    steps.push(Step::Key(item.key.as_plain_string().unwrap_or_default().into()));
                    self.value(&item.value, takes, steps)
                }
            },
            ExprKind::Tuple(values) if self.is_in(value) => {
                let index = values.iter().position(|it| self.is_in(it) || it.span.touches(self.at));
                let before = values.iter().filter(|it| it.span.end <= self.at).count();
                steps.push(Step::Element(index.unwrap_or(before)));
                match index.and_then(|index| values.get(index)) {
                    Some(value) => self.value(value, takes, steps),
                    None => self.bare(['[', ','], steps),
                }
            }
            ExprKind::Object(_) | ExprKind::Tuple(_) | ExprKind::JsonString(_) => None,
            _ => self.bare([':', '[', ','].as_slice(), steps),
        }
    }

    /// A value that is to be typed, behind one of these characters.
    fn bare(&self, behind: impl AsRef<[char]>, steps: Vec<Step>) -> Option<(Reading, Spot)> {
        let word = self.word();
        let before = self.text.get(..word.start as usize)?.trim_end();
        if !before.ends_with(behind.as_ref()) {
            return None;
        }
        let at = At::Name { path: Vec::new(), first_of_list: false };
        let spot = Spot { replace: word, quotes: Quotes::Missing, followed: false };
        Some((self.reading(at, steps, word), spot))
    }

    fn key(&self, object: &Expr, steps: Vec<Step>, quoted: bool) -> Reading {
        let ExprKind::Object(items) = &object.kind else {
            return self.reading(At::Nothing, steps, self.word());
        };
        let others = items.iter().filter(|item| !item.key.span.touches(self.at));
        let taken = others.filter_map(|item| item.key.as_plain_string()).map(SmolStr::from).collect();
        self.reading(At::Key { quoted, taken }, steps, self.word())
    }

    fn string(&self, span: Span, takes: Takes, steps: Vec<Step>) -> (Reading, Spot) {
        let content = self.content(span);
        let before = decoded(Span::new(content.start, self.at).text(self.text));
        let after = Span::new(self.at, content.end).text(self.text);
        let mut reading = match takes {
            Takes::Expression | Takes::Condition | Takes::Values | Takes::Outputs => {
                read(&before, after, Start::Template)
            }
            Takes::Keyword(_)
            | Takes::Text
            | Takes::Source
            | Takes::MockSource
            | Takes::StateKey
            | Takes::Alias => self.reading(At::Text { whole: true }, Vec::new(), content),
            _ => read(&before, after, Start::Value),
        };
        if let At::Text { .. } = reading.at {
            reading.left = self.at - content.start;
            reading.right = content.end - self.at;
        }
        reading.steps.splice(0..0, steps);
        let replace = Span::new(
            self.at.saturating_sub(reading.left).max(content.start),
            self.at.saturating_add(reading.right).min(content.end),
        );
        let followed = reading.is_followed(Span::new(replace.end, content.end).text(self.text));
        (reading, Spot { replace, quotes: Quotes::Around, followed })
    }

    fn reading(&self, at: At, steps: Vec<Step>, word: Span) -> Reading {
        let (left, right) = (self.at.saturating_sub(word.start), word.end.saturating_sub(self.at));
        Reading { at, steps, left, right, ..Reading::default() }
    }

    fn property(&self, object: &'t Expr) -> Property<'t> {
        let ExprKind::Object(items) = &object.kind else { return Property::Nothing };
        if !self.is_in(object) {
            return Property::Nothing;
        }
        let last = items.iter().rfind(|item| item.key.span.start < self.at);
        if let Some(item) = last {
            if self.in_string(item.key.span) {
                return Property::Key(item);
            }
            let behind_colon = item.separator.is_some_and(|separator| separator.end <= self.at);
            let ends = item.value.span.end;
            if behind_colon && (self.at <= ends || item.value.is_missing() && self.only_blank_since(ends)) {
                return Property::Value(item);
            }
        }
        let word = self.word();
        let before = self.text.get(..word.start as usize).unwrap_or_default().trim_end();
        match before.ends_with(['{', ',']) {
            true => Property::New(Spot { replace: word, quotes: Quotes::Missing, followed: false }),
            false => Property::Nothing,
        }
    }

    fn only_blank_since(&self, start: u32) -> bool {
        Span::new(start, self.at).text(self.text).chars().all(|char| char.is_whitespace() || is_name(char))
    }

    /// A key is replaced with its quotes, unless its value is there already.
    fn key_spot(&self, item: &ObjectItem) -> Spot {
        let content = self.content(item.key.span);
        match item.separator {
            Some(_) => Spot { replace: content, quotes: Quotes::Around, followed: true },
            None => Spot { replace: self.whole(item.key.span), quotes: Quotes::Replaced, followed: false },
        }
    }

    /// Whether the cursor is between the brackets of an object or array, or behind the opening one of one that is open.
    fn is_in(&self, value: &Expr) -> bool {
        let close = match value.kind {
            ExprKind::Object(_) => '}',
            ExprKind::Tuple(_) => ']',
            _ => return self.in_string(value.span),
        };
        let text = value.span.text(self.text);
        let closed = text.len() > 1 && text.ends_with(close);
        value.span.start < self.at && (!closed || self.at < value.span.end)
    }

    /// Whether the cursor is between the quotes of what is, or is to become, a string.
    fn in_string(&self, span: Span) -> bool {
        let text = span.text(self.text);
        text.starts_with('"')
            && span.start < self.at
            && if is_closed(text) { self.at < span.end } else { self.at <= span.end }
    }

    /// A string without its quotes. One that is not closed may have swallowed the rest of its line.
    fn content(&self, span: Span) -> Span {
        let whole = self.whole(span);
        let closed = is_closed(whole.text(self.text));
        Span::new(whole.start + 1, if closed { whole.end - 1 } else { whole.end })
    }

    fn whole(&self, span: Span) -> Span {
        if is_closed(span.text(self.text)) {
            span
        } else {
            Span::new(span.start, self.word().end.max(self.at))
        }
    }

    /// The name around the cursor.
    fn word(&self) -> Span {
        let before = self.text.get(..self.at as usize).unwrap_or_default();
        let after = self.text.get(self.at as usize..).unwrap_or_default();
        let left = before.len() - before.trim_end_matches(is_name).len();
        let right = if left > 0 { after.len() - after.trim_start_matches(is_name).len() } else { 0 };
        let length = |bytes: usize| u32::try_from(bytes).unwrap_or(0);
        Span::new(self.at - length(left), self.at + length(right))
    }
}

fn is_closed(text: &str) -> bool {
    let Some(inside) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return false };
    let backslashes = inside.len() - inside.trim_end_matches('\\').len();
    backslashes.is_multiple_of(2)
}

fn is_name(char: char) -> bool {
    char.is_alphanumeric() || char == '_' || char == '-'
}
