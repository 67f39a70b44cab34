//! Values of a type that a schema tells become changes.

use std::collections::BTreeSet;
use std::sync::Arc;

use lang::Type;

use super::compare::{Change, Keys, Member, Sign, What, compare, typed_change};
use super::node::{Kind, Node};
use super::pairs::pairs;

/// Compares two values that are neither sensitive nor unknown. One that does not fit the type is compared as it is.
pub(super) fn by_type(before: Option<&Node>, after: Option<&Node>, ty: &Type) -> Change {
    let parts = |node: Option<&Node>| node.is_none_or(|node| matches!(node.kind, Kind::Array(_)));
    let keyed = |node: Option<&Node>| node.is_none_or(Node::is_object);
    let (arrays, objects) = (parts(before) && parts(after), keyed(before) && keyed(after));
    match ty {
        Type::List(element) if arrays => list(before, after, element),
        Type::Set(element) if arrays => set(before, after, element),
        Type::Tuple(elements) if arrays => {
            let (old, new) = (Node::items(before), Node::items(after));
            let part = |(at, ty): (usize, &Type)| typed_change(old.get(at), new.get(at), ty);
            array(before, after, elements.iter().enumerate().map(part).collect(), true)
        }
        Type::Map(element) if objects => members(before, after, Keys::Elements, |_| Some(element)),
        Type::Object(object) if objects => {
            members(before, after, Keys::Attributes, |name| object.attributes.get(name))
        }
        _ => compare(before, after),
    }
}

fn list(before: Option<&Node>, after: Option<&Node>, element: &Type) -> Change {
    let (old, new) = (Node::items(before), Node::items(after));
    let is_object = matches!(element, Type::Object(_));
    let pairs = pairs(old, new, Node::same_json, |_| is_object).into_iter();
    let change = |(was, is): (Option<usize>, Option<usize>)| {
        typed_change(was.and_then(|at| old.get(at)), is.and_then(|at| new.get(at)), element)
    };
    array(before, after, pairs.map(change).collect(), true)
}

/// What was there, then what has come. An element that has changed is another.
fn set(before: Option<&Node>, after: Option<&Node>, element: &Type) -> Change {
    let (old, new) = (Node::items(before), Node::items(after));
    let stays = |was: &Node| new.iter().find(|is| was.same_json(is));
    let is_new = |is: &&Node| !old.iter().any(|was| was.same_json(is));
    let mut changes: Vec<Change> =
        old.iter().map(|was| typed_change(Some(was), stays(was), element)).collect();
    changes.extend(new.iter().filter(is_new).map(|is| typed_change(None, Some(is), element)));
    array(before, after, changes, false)
}

fn array(before: Option<&Node>, after: Option<&Node>, items: Vec<Change>, context: bool) -> Change {
    let sign = Sign::gather(own_sign(before, after), items.iter().map(|item| item.sign));
    Change { sign, what: What::Array { items, context } }
}

/// Attributes that are null on both sides are not there; elements of a map are.
fn members<'t>(
    before: Option<&Node>,
    after: Option<&Node>,
    kind: Keys,
    ty: impl Fn(&Arc<str>) -> Option<&'t Type>,
) -> Change {
    let names: BTreeSet<&Arc<str>> = Node::keys(before).chain(Node::keys(after)).collect();
    let is_there = |node: Option<&Node>| node.is_some_and(|node| kind == Keys::Elements || !node.is_null());
    let members: Vec<Member> = names
        .into_iter()
        .filter_map(|name| {
            let side = |node| Node::member(node, name).filter(|node| is_there(Some(node)));
            let (old, new) = (side(before), side(after));
            if old.is_none() && new.is_none() {
                return None;
            }
            let change = typed_change(old, new, ty(name).unwrap_or(&Type::Dynamic));
            Some(Member { name: Arc::clone(name), change, forces: false })
        })
        .collect();
    let sign = Sign::gather(own_sign(before, after), members.iter().map(|member| member.change.sign));
    Change { sign, what: What::Members { members, kind } }
}

fn own_sign(before: Option<&Node>, after: Option<&Node>) -> Sign {
    match (before, after) {
        (None, Some(_)) => Sign::Added,
        (Some(_), None) => Sign::Removed,
        _ => Sign::Same,
    }
}
