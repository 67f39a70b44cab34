//! Changes of a JSON text: new blocks and arguments put where they belong, values replaced, properties taken out; in the
//! layout that the text has.
//!
//! What is to change is collected by where it is in the tree, and written out at once, so that changes of what is within
//! each other go together.

mod write;

use std::collections::{BTreeMap, BTreeSet};

use lang::Dialect;
use syntax::ast::{Expr, ExprKind, ObjectItem};
use syntax::{Document, Edit, Span, with_stack};

use super::json::{Json, Layout};
use super::place::Place;
use super::to_json::{Labelled, Member, grouped, members};
use super::{Unconvertible, refuse};
use crate::compose::{Body, Expression, with_line_ends};
use crate::file_role::FileRole;

/// Where among the properties of an object something new goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum At {
    End,
    /// In front of the one that is there.
    Before(u32),
    /// Behind the last one that begins in front of there.
    After(u32),
}

/// What is to change. The spans of all trees that are handed over count from the text's beginning.
pub struct JsonChanges<'t> {
    text: &'t str,
    root: &'t Expr,
    broken: bool,
    place: Place,
    dialect: Dialect,
    layout: Layout,
    /// New properties and elements, by where the object or array begins.
    new: BTreeMap<u32, Vec<New>>,
    /// More blocks beside an only one, by where that begins.
    beside: BTreeMap<u32, Vec<Json>>,
    /// By where the value begins.
    replaced: BTreeMap<u32, Json>,
    /// By where the property or element begins.
    removed: BTreeSet<u32>,
}

/// A property or an element in front of the one with that index.
struct New {
    index: usize,
    /// Of a property.
    name: Option<String>,
    value: Member,
}

/// A property or an element that is there.
struct Slot<'t> {
    span: Span,
    value: &'t Expr,
}

impl<'t> JsonChanges<'t> {
    /// No changes yet of a document; `None` of one in the native syntax.
    pub fn new(document: &'t Document, dialect: Dialect) -> Option<JsonChanges<'t>> {
        // A text in JSON is one chunk.
        let (_, chunk) = document.chunks().next()?;
        let json = chunk.body.json.as_ref()?;
        let role = FileRole::of(document.file().as_str())?;
        Some(JsonChanges {
            text: &chunk.text,
            root: &json.value,
            broken: !document.diagnostics().is_empty(),
            place: Place::of_file(role).unwrap_or(Place::Values),
            dialect,
            layout: Layout::of(&chunk.text),
            new: BTreeMap::new(),
            beside: BTreeMap::new(),
            replaced: BTreeMap::new(),
            removed: BTreeSet::new(),
        })
    }

    /// The value that the text is.
    pub fn root(&self) -> &'t Expr {
        self.root
    }

    /// The body of the block of a type around a place, at the file's root.
    pub fn block_at(&self, kind: &str, at: u32) -> Option<&'t Expr> {
        let (_, labels) = self.place.block(kind)?;
        let around = |it: &&ObjectItem| it.key.span.to(it.value.span).touches(at);
        let mut value = &self.root.properties().filter(around).find(|it| key(it) == kind)?.value;
        for _ in 0..labels {
            value = &value.properties().find(around)?.value;
        }
        match &value.kind {
            ExprKind::Tuple(elements) => elements.iter().find(|it| it.span.touches(at)),
            _ => Some(value),
        }
    }

    /// The argument of a body.
    pub fn argument(&self, body: &'t Expr, name: &str) -> Option<&'t Expr> {
        body.properties().rfind(|item| key(item) == name).map(|item| &item.value)
    }

    /// New blocks and arguments in `body`, which is that of a block with the types `kinds`, from the file's root on.
    pub fn add(&mut self, kinds: &[&str], body: &'t Expr, items: &Body, at: At) -> Result<(), Unconvertible> {
        for (name, member) in members(items, self.place_of(kinds), self.dialect)? {
            let there = body.properties().rfind(|item| key(item) == name);
            match (there, member) {
                (None, member) => self.add_member(body, name, member, at)?,
                (Some(there), Member::Blocks(blocks)) => self.add_blocks(&there.value, blocks, at)?,
                (Some(there), Member::Value(Json::Text(text))) if name == "//" => {
                    let old = there.value.as_plain_string().unwrap_or_default();
                    self.replaced.insert(there.value.span.start, Json::Text(format!("{old}\n{text}")));
                }
                (Some(_), Member::Value(_)) => return refuse(format!("\"{name}\" is there already.")),
            }
        }
        Ok(())
    }

    /// New items in the object that is the value of an argument of such a block.
    pub fn add_to_object(
        &mut self,
        kinds: &[&str],
        argument: &str,
        object: &'t Expr,
        items: impl IntoIterator<Item = (String, Expression)>,
    ) -> Result<(), Unconvertible> {
        let items: Vec<_> = items.into_iter().collect();
        let mut body = Body::new();
        body.attribute(argument, Expression::object(items.iter().map(|(k, v)| (k.as_str(), v.clone()))));
        for (_, member) in members(&body, self.place_of(kinds), self.dialect)? {
            let Member::Value(Json::Object(items)) = member else { return refuse("It is no object.") };
            for (name, value) in items {
                self.add_member(object, name, Member::Value(value), At::End)?;
            }
        }
        Ok(())
    }

    /// One more text at the end of a list.
    pub fn add_text(&mut self, list: &'t Expr, text: &str) -> Result<(), Unconvertible> {
        let ExprKind::Tuple(elements) = &list.kind else { return refuse("It is no list.") };
        let value = Member::Value(Json::Text(text.to_owned()));
        self.push(list, New { index: elements.len(), name: None, value });
        Ok(())
    }

    /// A text in the place of a value.
    pub fn set_text(&mut self, value: &Expr, text: &str) {
        self.replaced.insert(value.span.start, Json::Text(text.to_owned()));
    }

    /// Takes out the property, or the block, of a body that covers `span`, with the objects that only lead to it.
    pub fn remove(&mut self, body: &Expr, span: Span) {
        // The body itself stays, even when nothing is left in it.
        let _is_empty = self.remove_in(body, span);
    }

    /// The edits that make the changes, in order. `None` of a text that cannot be read as a whole.
    pub fn edits(&self) -> Option<Vec<Edit>> {
        if self.broken {
            return None;
        }
        let mut edits = self.of(self.root);
        for edit in &mut edits {
            edit.new_text = with_line_ends(&edit.new_text, self.text).into_owned();
        }
        edits.sort_by_key(|edit| edit.span);
        Some(edits)
    }

    fn place_of(&self, kinds: &[&str]) -> Place {
        kinds.iter().fold(self.place, |place, kind| place.block(kind).map_or(Place::Free, |(inner, _)| inner))
    }

    /// A property that is not there yet; it may be among what is new.
    fn add_member(
        &mut self,
        body: &'t Expr,
        name: String,
        value: Member,
        at: At,
    ) -> Result<(), Unconvertible> {
        let object = match &body.kind {
            ExprKind::Tuple(elements) => elements.iter().rfind(|it| matches!(it.kind, ExprKind::Object(_))),
            _ => Some(body),
        };
        let Some(object) = object.filter(|it| matches!(it.kind, ExprKind::Object(_))) else {
            return refuse("It is no object.");
        };
        let pending = self.new.entry(object.span.start).or_default();
        if let Some(same) = pending.iter_mut().find(|it| it.name.as_deref() == Some(&name)) {
            match (&mut same.value, value) {
                (Member::Blocks(blocks), Member::Blocks(more)) => blocks.extend(more),
                _ => return refuse(format!("\"{name}\" is there already.")),
            }
            return Ok(());
        }
        let index = place_among(&slots(object), object.span, at);
        pending.push(New { index, name: Some(name), value });
        Ok(())
    }

    /// More blocks of a type of which there are some: `value` is what its name, or a label, leads to.
    fn add_blocks(&mut self, value: &'t Expr, blocks: Vec<Labelled>, at: At) -> Result<(), Unconvertible> {
        let labelled = blocks.iter().any(|block| !block.labels.is_empty());
        match &value.kind {
            ExprKind::Tuple(_) => {
                let index = place_among(&slots(value), value.span, at);
                for block in blocks {
                    self.push(value, New { index, name: None, value: Member::Value(block.wrapped()) });
                }
            }
            ExprKind::Object(items) if labelled => {
                for mut block in blocks {
                    if block.labels.is_empty() {
                        return refuse("A label is missing.");
                    }
                    let label = block.labels.remove(0);
                    match items.iter().rfind(|item| key(item) == label) {
                        Some(there) => with_stack(|| self.add_blocks(&there.value, vec![block], at))?,
                        None => self.add_member(value, label, Member::Blocks(vec![block]), at)?,
                    }
                }
            }
            ExprKind::Object(_) => {
                let more = self.beside.entry(value.span.start).or_default();
                more.extend(blocks.into_iter().map(|block| block.value));
            }
            ExprKind::Null => {
                self.replaced.insert(value.span.start, grouped(blocks));
            }
            _ => return refuse("It is neither an object nor an array."),
        }
        Ok(())
    }

    fn push(&mut self, container: &Expr, new: New) {
        self.new.entry(container.span.start).or_default().push(new);
    }

    /// Whether there is nothing left in the value.
    fn remove_in(&mut self, value: &Expr, span: Span) -> bool {
        let slots = slots(value);
        let Some(slot) = slots.iter().find(|slot| slot.span.start <= span.start && span.end <= slot.span.end)
        else {
            return false;
        };
        // A part of a property that is an object of labels, or an array of blocks, is inside of its value.
        let is_it = slot.span == span || slot.value.span == span;
        if is_it || with_stack(|| self.remove_in(slot.value, span)) {
            self.removed.insert(slot.span.start);
        }
        slots.iter().all(|slot| self.removed.contains(&slot.span.start))
    }
}

/// The properties of an object or the elements of an array.
fn slots(value: &Expr) -> Vec<Slot<'_>> {
    match &value.kind {
        ExprKind::Object(items) => {
            items.iter().map(|it| Slot { span: it.key.span.to(it.value.span), value: &it.value }).collect()
        }
        ExprKind::Tuple(elements) => elements.iter().map(|it| Slot { span: it.span, value: it }).collect(),
        _ => Vec::new(),
    }
}

fn key(item: &ObjectItem) -> &str {
    item.key.as_plain_string().unwrap_or_default()
}

/// The index of what follows the place.
fn place_among(slots: &[Slot<'_>], container: Span, at: At) -> usize {
    let (At::Before(offset) | At::After(offset)) = at else { return slots.len() };
    if offset < container.start || container.end < offset {
        return slots.len();
    }
    match at {
        At::Before(_) => slots.iter().position(|slot| offset < slot.span.end).unwrap_or(slots.len()),
        _ => slots.iter().take_while(|slot| slot.span.start <= offset).count(),
    }
}
