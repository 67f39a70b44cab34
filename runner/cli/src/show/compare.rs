//! Two values become a tree of changes, ready to be laid out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lang::{Type, Value, View};

use super::by_type::by_type;
use super::node::{Kind, Node};
use super::pairs::pairs;
use super::read;

/// What became of one value.
#[derive(Debug)]
pub(super) struct Change {
    pub sign: Sign,
    pub what: What,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sign {
    Same,
    Added,
    Changed,
    Removed,
}

#[derive(Debug)]
pub(super) enum What {
    /// Texts of one line. Both are there where the sign is [`Sign::Changed`]; else they are the same.
    Word {
        before: String,
        after: String,
    },
    /// A string of several lines.
    Lines(Vec<(Sign, String)>),
    /// A string that holds a JSON object or array.
    Json {
        inner: Box<Change>,
        only_blanks: bool,
    },
    Array {
        items: Vec<Change>,
        /// Whether what stands next to a change is shown, too.
        context: bool,
    },
    Members {
        members: Vec<Member>,
        kind: Keys,
    },
    /// An attribute that is only ever written, so that nobody knows its value.
    WriteOnly,
    /// With what it was before.
    Unknown(Option<Box<Change>>),
    Sensitive(Option<Disclosure>),
    /// The value has another type than before.
    Type {
        before: Box<Change>,
        after: Box<Change>,
    },
}

/// An attribute or an element of a map.
#[derive(Debug)]
pub(super) struct Member {
    pub name: Arc<str>,
    pub change: Change,
    /// Whether it is why the object is replaced.
    pub forces: bool,
}

/// How names are written, and what their values are called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Keys {
    Attributes,
    /// Attributes that the schema describes one by one.
    Nested,
    Elements,
    /// Elements that are such objects.
    Objects,
}

/// A value begins or ceases to be sensitive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Disclosure {
    pub hides: bool,
    pub unchanged: bool,
}

/// Compares what was with what will be; `None` is nothing at all, not even null.
pub(super) fn compare(before: Option<&Node>, after: Option<&Node>) -> Change {
    compare_at(before, after, lang::value::MAX_DEPTH)
}

/// Compares values of a type that a schema tells.
pub(super) fn typed_change(before: Option<&Node>, after: Option<&Node>, ty: &Type) -> Change {
    guarded(before, after, &|before, after| by_type(before, after, ty))
}

/// Compares a whole attribute or output by `compare`. An empty string is like null to Terraform here, though only what
/// hides it, or takes its place unseen, shows that.
pub(super) fn whole(before: Option<&Node>, after: Option<&Node>, compare: impl FnOnce() -> Change) -> Change {
    let is_text = |node: &&Node| !matches!(&node.kind, Kind::String(text) if text.is_empty());
    if before.is_some_and(|node| node.sensitive) || after.is_some_and(|node| node.sensitive) {
        let hidden = |sign| Change { sign, what: What::Sensitive(None) };
        return match (before.filter(is_text), after.filter(is_text)) {
            (None, None) => hidden(Sign::Same),
            (None, Some(_)) => hidden(Sign::Added),
            (Some(_), None) => hidden(Sign::Removed),
            (Some(_), Some(_)) => compare(),
        };
    }
    if before.is_some_and(|node| !is_text(&node))
        && after.is_some_and(|node| matches!(node.kind, Kind::Unknown))
    {
        let was = Box::new(word_change(Sign::Same, "null".to_owned(), "null".to_owned()));
        return Change { sign: Sign::Changed, what: What::Unknown(Some(was)) };
    }
    compare()
}

/// Compares what is neither sensitive nor unknown by `compare`, and says of the rest what can be said.
pub(super) fn guarded(
    before: Option<&Node>,
    after: Option<&Node>,
    compare: &dyn Fn(Option<&Node>, Option<&Node>) -> Change,
) -> Change {
    let hidden = |node: Option<&Node>| node.is_some_and(|node| node.sensitive);
    if hidden(before) || hidden(after) {
        return sensitive(before, after);
    }
    if after.is_some_and(|after| matches!(after.kind, Kind::Unknown)) {
        return match before.filter(|before| !before.is_null()) {
            None => Change { sign: Sign::Added, what: What::Unknown(None) },
            Some(was) => {
                let was = Box::new(compare(Some(was), None));
                Change { sign: Sign::Changed, what: What::Unknown(Some(was)) }
            }
        };
    }
    compare(before, after)
}

/// A value of a state whose type is known, as outputs have it: attributes that are null are left out, and an empty
/// string looks like null.
pub(super) fn typed(value: &Value) -> Change {
    typed_at(value, lang::value::MAX_DEPTH)
}

impl Sign {
    fn of(before: Option<&Node>, after: Option<&Node>) -> Sign {
        match (before, after) {
            (None, Some(_)) => Sign::Added,
            (Some(_), None) => Sign::Removed,
            (Some(before), Some(after)) if !after.is_wholly_known() || !before.same_json(after) => {
                Sign::Changed
            }
            _ => Sign::Same,
        }
    }

    /// The sign of a container, from its own fate and those of its elements.
    pub fn gather(start: Sign, inner: impl Iterator<Item = Sign>) -> Sign {
        inner.fold(start, |sign, inner| match inner {
            Sign::Same => sign,
            inner if inner == sign => sign,
            _ => Sign::Changed,
        })
    }
}

/// `depth` is how much deeper JSON texts inside strings may go.
fn compare_at(before: Option<&Node>, after: Option<&Node>, depth: usize) -> Change {
    guarded(before, after, &|before, after| as_json(before, after, depth))
}

fn as_json(before: Option<&Node>, after: Option<&Node>, depth: usize) -> Change {
    let depth_inside = depth.saturating_sub(1);
    match (before.map(|node| &node.kind), after.map(|node| &node.kind)) {
        (Some(Kind::Array(old)), Some(Kind::Array(new))) => array(Some(old), Some(new), depth_inside),
        (Some(Kind::Array(old)), None) => array(Some(old), None, depth_inside),
        (None, Some(Kind::Array(new))) => array(None, Some(new), depth_inside),
        (Some(Kind::Object(_)), Some(Kind::Object(_)) | None) | (None, Some(Kind::Object(_))) => {
            object(before, after, depth_inside)
        }
        (Some(Kind::String(old)), Some(Kind::String(new))) => string(Some(old), Some(new), depth),
        (Some(Kind::String(old)), None) => string(Some(old), None, depth),
        (None, Some(Kind::String(new))) => string(None, Some(new), depth),
        (Some(old), Some(new)) if std::mem::discriminant(old) != std::mem::discriminant(new) => {
            let before = Box::new(compare_at(before, None, depth));
            let after = Box::new(compare_at(None, after, depth));
            Change { sign: Sign::Changed, what: What::Type { before, after } }
        }
        (old, new) => {
            let (old, new) = (old.map(word), new.map(word));
            let sign = Sign::of(before, after);
            let (before, after) = (old.clone().or_else(|| new.clone()), new.or(old));
            word_change(sign, before.unwrap_or_default(), after.unwrap_or_default())
        }
    }
}

/// A value of one line without quotes; strings and containers have ways of their own.
fn word(kind: &Kind) -> String {
    match kind {
        Kind::Bool(value) => value.to_string(),
        Kind::Number(digits) => digits.clone(),
        Kind::Unknown => "(known after apply)".to_owned(),
        Kind::Null | Kind::String(_) | Kind::Array(_) | Kind::Object(_) => "null".to_owned(),
    }
}

fn word_change(sign: Sign, before: String, after: String) -> Change {
    Change { sign, what: What::Word { before, after } }
}

fn sensitive(before: Option<&Node>, after: Option<&Node>) -> Change {
    let sign = Sign::of(before, after);
    match (before, after) {
        (Some(before), Some(after)) if before.sensitive != after.sensitive => {
            let disclosure = Disclosure { hides: after.sensitive, unchanged: sign == Sign::Same };
            Change { sign: Sign::Changed, what: What::Sensitive(Some(disclosure)) }
        }
        _ => Change { sign, what: What::Sensitive(None) },
    }
}

fn array(before: Option<&[Node]>, after: Option<&[Node]>, depth: usize) -> Change {
    let start = match (before, after) {
        (None, _) => Sign::Added,
        (_, None) => Sign::Removed,
        _ => Sign::Same,
    };
    let (old, new) = (before.unwrap_or_default(), after.unwrap_or_default());
    let items: Vec<Change> = pairs(old, new, Node::same_json, Node::is_object)
        .into_iter()
        .map(|(was, is)| compare_at(was.and_then(|at| old.get(at)), is.and_then(|at| new.get(at)), depth))
        .collect();
    let sign = Sign::gather(start, items.iter().map(|item| item.sign));
    Change { sign, what: What::Array { items, context: true } }
}

fn object<'n>(before: Option<&'n Node>, after: Option<&'n Node>, depth: usize) -> Change {
    let none = BTreeMap::new();
    let items = |node: Option<&'n Node>| match node.map(|node| &node.kind) {
        Some(Kind::Object(items)) => Some(items),
        _ => None,
    };
    let (before, after) = (items(before), items(after));
    let start = match (before, after) {
        (None, _) => Sign::Added,
        (_, None) => Sign::Removed,
        _ => Sign::Same,
    };
    let (old, new) = (before.unwrap_or(&none), after.unwrap_or(&none));
    let names: BTreeSet<&Arc<str>> = old.keys().chain(new.keys()).collect();
    let members: Vec<Member> = names
        .into_iter()
        .map(|name| Member {
            name: Arc::clone(name),
            change: compare_at(old.get(name), new.get(name), depth),
            forces: false,
        })
        .collect();
    let sign = Sign::gather(start, members.iter().map(|member| member.change.sign));
    Change { sign, what: What::Members { members, kind: Keys::Attributes } }
}

/// At least one of the two is there.
fn string(before: Option<&str>, after: Option<&str>, depth: usize) -> Change {
    let sign = match (before, after) {
        (None, _) => Sign::Added,
        (_, None) => Sign::Removed,
        (Some(before), Some(after)) if before == after => Sign::Same,
        _ => Sign::Changed,
    };
    let json = |text: Option<&str>| {
        text.filter(|text| text.starts_with(['{', '['])).and_then(|text| read::json(text, depth))
    };
    match (json(before), json(after)) {
        (None, None) => {}
        (Some(_), None) | (None, Some(_)) if sign == Sign::Changed => {
            let before = Box::new(string(before, None, depth));
            let after = Box::new(string(None, after, depth));
            return Change { sign, what: What::Type { before, after } };
        }
        (old, new) => {
            let inner = Box::new(compare_at(old.as_ref(), new.as_ref(), depth));
            let only_blanks = sign == Sign::Changed && inner.sign == Sign::Same;
            return Change { sign, what: What::Json { inner, only_blanks } };
        }
    }
    if [before, after].into_iter().flatten().any(|text| text.contains('\n')) {
        return Change { sign, what: What::Lines(lines(sign, before, after)) };
    }
    let (old, new) = (before.or(after).unwrap_or_default(), after.or(before).unwrap_or_default());
    word_change(sign, lang::quote(old), lang::quote(new))
}

fn lines(sign: Sign, before: Option<&str>, after: Option<&str>) -> Vec<(Sign, String)> {
    // A string of one line among those of several keeps its blanks.
    fn split(text: &str) -> Vec<&str> {
        if text.contains('\n') { text.trim().split('\n').collect() } else { vec![text] }
    }
    let (Some(before), Some(after)) = (before, after) else {
        let text = before.or(after).unwrap_or_default();
        return split(text).into_iter().map(|line| (Sign::Same, line.to_owned())).collect();
    };
    let (old, new) = (split(before), split(after));
    if sign == Sign::Same {
        return old.into_iter().map(|line| (Sign::Same, line.to_owned())).collect();
    }
    let mut shown = Vec::new();
    for (was, is) in pairs(&old, &new, |a, b| a == b, |_| false) {
        match (was.and_then(|at| old.get(at)), is.and_then(|at| new.get(at))) {
            (Some(was), Some(is)) if was == is => shown.push((Sign::Same, (*was).to_owned())),
            (was, is) => {
                shown.extend(was.map(|line| (Sign::Removed, (*line).to_owned())));
                shown.extend(is.map(|line| (Sign::Added, (*line).to_owned())));
            }
        }
    }
    shown
}

/// A value that is null where its type says how it would look: a tuple has its elements all the same, and other containers
/// look as if they were empty.
fn absent(ty: &Type) -> Change {
    let what = match ty {
        Type::List(_) | Type::Set(_) => What::Array { items: Vec::new(), context: true },
        Type::Tuple(items) => What::Array { items: items.iter().map(absent).collect(), context: true },
        Type::Map(_) => What::Members { members: Vec::new(), kind: Keys::Elements },
        Type::Object(_) => What::Members { members: Vec::new(), kind: Keys::Attributes },
        _ => return word_change(Sign::Same, "null".to_owned(), "null".to_owned()),
    };
    Change { sign: Sign::Same, what }
}

fn typed_at(value: &Value, depth: usize) -> Change {
    let depth_inside = depth.saturating_sub(1);
    if value.marks().is_sensitive() {
        return Change { sign: Sign::Same, what: What::Sensitive(None) };
    }
    let members = |items: &BTreeMap<Arc<str>, Value>, kind: Keys| {
        let members = items
            .iter()
            .filter(|(_, item)| kind == Keys::Elements || !item.is_null())
            .map(|(name, item)| Member {
                name: Arc::clone(name),
                change: typed_at(item, depth_inside),
                forces: false,
            })
            .collect();
        What::Members { members, kind }
    };
    let what = match value.view() {
        View::List(items) | View::Set(items) | View::Tuple(items) => {
            let items = items.iter().map(|item| typed_at(item, depth_inside)).collect();
            What::Array { items, context: true }
        }
        View::Map(items) => members(items, Keys::Elements),
        View::Object(items) => members(items, Keys::Attributes),
        View::Null => return absent(&value.ty()),
        View::String("") => return word_change(Sign::Same, "null".to_owned(), "null".to_owned()),
        View::String(text) => return string(Some(text), Some(text), depth),
        _ => {
            let text = word(&Node::of(value).kind);
            return word_change(Sign::Same, text.clone(), text);
        }
    };
    Change { sign: Sign::Same, what }
}
