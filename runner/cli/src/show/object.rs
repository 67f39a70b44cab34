//! An object of a provider becomes a tree of changes, by its schema: attributes by their types, and blocks.

use std::collections::BTreeSet;
use std::sync::Arc;

use config::schema::{NestedNesting, Nesting};
use config::{AttributeSchema, BlockSchema, Schema};
use engine::ForcedBy;
use indexmap::IndexMap;
use lang::{View, path};
use syntax::SmolStr;

use super::compare::{Change, Disclosure, Keys, Member, Sign, What, guarded, typed_change, whole};
use super::node::{Kind, Node};

/// What became of the inside of an object or block.
#[derive(Debug)]
pub(super) struct Body {
    pub attributes: Vec<Member>,
    /// By type, in the order of their names.
    pub blocks: Vec<Blocks>,
}

/// The blocks of one type.
#[derive(Debug)]
pub(super) struct Blocks {
    pub name: Arc<str>,
    pub parts: Vec<Part>,
}

/// One block.
#[derive(Debug)]
pub(super) struct Part {
    /// What a block of a map stands under.
    pub label: Option<Arc<str>>,
    pub sign: Sign,
    pub inside: Inside,
    /// Whether it is why the object is replaced.
    pub forces: bool,
}

#[derive(Debug)]
pub(super) enum Inside {
    Body(Body),
    /// Something in the blocks of this type is sensitive where Terraform cannot tell which of them has it.
    Hidden(Option<Disclosure>),
    /// How many blocks there will be is not known.
    Unknown,
}

/// An object, or a part of one: what it was, what it will be, and where in it a change makes a replacement necessary. What
/// is null is not there.
struct Sides<'n> {
    before: Option<&'n Node>,
    after: Option<&'n Node>,
    forced: Vec<&'n [path::Step]>,
}

/// Compares two states of an object. Without a schema, everything is an attribute of any type.
pub(super) fn object(
    before: Option<&Node>,
    after: Option<&Node>,
    schema: Option<&Schema>,
    forced: &[ForcedBy],
) -> Body {
    let forced = forced.iter().filter(|it| it.told).map(|it| it.path.0.as_slice()).collect();
    let sides = Sides { before: there(before), after: there(after), forced };
    match schema {
        Some(schema) => sides.body(schema),
        None => Body { attributes: sides.anything(), blocks: Vec::new() },
    }
}

impl<'n> Sides<'n> {
    fn body(&self, schema: &Schema) -> Body {
        let mut blocks: Vec<Blocks> =
            schema.blocks.iter().filter_map(|(name, schema)| self.attr(name).blocks(name, schema)).collect();
        blocks.sort_by(|a, b| a.name.cmp(&b.name));
        let compare = |sides: &Sides<'n>, schema: &AttributeSchema| {
            whole(sides.before, sides.after, || sides.attribute(schema))
        };
        Body { attributes: self.attributes(&schema.attributes, compare), blocks }
    }

    /// The attributes that have a value before or after, and all that are only ever written.
    fn attributes(
        &self,
        schemas: &IndexMap<SmolStr, AttributeSchema>,
        compare: impl Fn(&Sides<'n>, &AttributeSchema) -> Change,
    ) -> Vec<Member> {
        let mut members: Vec<Member> = schemas
            .iter()
            .filter_map(|(name, schema)| {
                let sides = self.attr(name);
                let change = match schema.write_only {
                    true => Change { sign: self.sign(), what: What::WriteOnly },
                    false if sides.is_nothing() => return None,
                    false => compare(&sides, schema),
                };
                let forces = match schema.nested {
                    Some(_) => sides.forces(),
                    None => !sides.forced.is_empty(),
                };
                Some(Member { name: name.as_str().into(), change, forces })
            })
            .collect();
        members.sort_by(|a, b| a.name.cmp(&b.name));
        members
    }

    fn attribute(&self, schema: &AttributeSchema) -> Change {
        let Some(nested) = &schema.nested else {
            return typed_change(self.before, self.after, &schema.ty);
        };
        let attributes = &nested.attributes;
        guarded(self.before, self.after, &|before, after| {
            let sides = Sides { before, after, forced: self.forced.clone() };
            match nested.nesting {
                NestedNesting::Single => sides.nested(attributes),
                NestedNesting::Map => {
                    let element = |key: Arc<str>, sides: Sides<'_>| Member {
                        change: sides.element(attributes),
                        forces: sides.forces(),
                        name: key,
                    };
                    let members: Vec<Member> =
                        sides.by_key().into_iter().map(|(key, sides)| element(key, sides)).collect();
                    let sign = Sign::gather(sides.sign(), members.iter().map(|member| member.change.sign));
                    Change { sign, what: What::Members { members, kind: Keys::Objects } }
                }
                NestedNesting::List | NestedNesting::Set => {
                    let parts = match nested.nesting {
                        NestedNesting::Set => sides.as_set(),
                        _ => sides.by_position(),
                    };
                    let items: Vec<Change> = parts.iter().map(|sides| sides.element(attributes)).collect();
                    let sign = Sign::gather(sides.sign(), items.iter().map(|item| item.sign));
                    Change { sign, what: What::Array { items, context: false } }
                }
            }
        })
    }

    /// An element of a nested attribute of several.
    fn element(&self, attributes: &IndexMap<SmolStr, AttributeSchema>) -> Change {
        guarded(self.before, self.after, &|before, after| {
            Sides { before, after, forced: self.forced.clone() }.nested(attributes)
        })
    }

    fn nested(&self, attributes: &IndexMap<SmolStr, AttributeSchema>) -> Change {
        let members = self.attributes(attributes, Sides::attribute);
        let sign = Sign::gather(self.sign(), members.iter().map(|member| member.change.sign));
        Change { sign, what: What::Members { members, kind: Keys::Nested } }
    }

    /// Of nothing that is known: every attribute as it comes.
    fn anything(&self) -> Vec<Member> {
        let members = self.by_key().into_iter().filter(|(_, sides)| !sides.is_nothing());
        let member = |(name, sides): (Arc<str>, Sides<'_>)| {
            let (before, after) = (sides.before, sides.after);
            let change = whole(before, after, || typed_change(before, after, &lang::Type::Dynamic));
            Member { name, change, forces: !sides.forced.is_empty() }
        };
        members.map(member).collect()
    }

    /// The blocks of a type; `None` where there are none before or after.
    fn blocks(&self, name: &str, schema: &BlockSchema) -> Option<Blocks> {
        let hides = |node: Option<&Node>| node.is_some_and(|node| node.sensitive);
        let (was_hidden, is_hidden) = (hides(self.before), hides(self.after));
        let mut parts = Vec::new();
        let is_unknown = self.after.is_some_and(|after| matches!(after.kind, Kind::Unknown));
        if is_unknown {
            let sign = if self.before.is_none_or(Node::is_empty) { Sign::Added } else { Sign::Changed };
            parts.push(Part { label: None, sign, inside: Inside::Unknown, forces: self.forces() });
        }
        let all = Sides {
            before: self.before,
            after: self.after.filter(|_| !is_unknown),
            forced: self.forced.clone(),
        };
        let (labels, sides): (Vec<Option<Arc<str>>>, Vec<Sides<'_>>) = match schema.nesting {
            Nesting::Map => all.by_key().into_iter().map(|(key, sides)| (Some(key), sides)).unzip(),
            Nesting::Single | Nesting::Group => (vec![None], vec![all]),
            Nesting::List => all.by_position().into_iter().map(|sides| (None, sides)).unzip(),
            Nesting::Set => all.as_set().into_iter().map(|sides| (None, sides)).unzip(),
        };
        for (label, sides) in labels.into_iter().zip(sides).filter(|(_, sides)| !sides.is_nothing()) {
            let body = sides.body(&schema.body);
            let mut sign = body.sign(sides.sign());
            let hidden = match sign {
                Sign::Added => is_hidden,
                Sign::Removed => was_hidden,
                Sign::Same | Sign::Changed => is_hidden || was_hidden,
            };
            let inside = if hidden {
                let both = matches!(sign, Sign::Same | Sign::Changed);
                let turns = both && was_hidden != is_hidden;
                if turns {
                    sign = Sign::Changed;
                }
                Inside::Hidden(turns.then_some(Disclosure { hides: is_hidden, unchanged: false }))
            } else {
                Inside::Body(body)
            };
            let forces = sides.forces() || self.forces();
            parts.push(Part { label, sign, inside, forces });
        }
        (!parts.is_empty()).then(|| Blocks { name: name.into(), parts })
    }

    /// Its own fate, whatever is in it.
    fn sign(&self) -> Sign {
        match (self.before, self.after) {
            (None, Some(_)) => Sign::Added,
            (Some(_), None) => Sign::Removed,
            _ => Sign::Same,
        }
    }

    fn is_nothing(&self) -> bool {
        self.before.is_none() && self.after.is_none()
    }

    fn forces(&self) -> bool {
        self.forced.iter().any(|path| path.is_empty())
    }

    fn attr(&self, name: &str) -> Sides<'n> {
        let step = |step: &path::Step| matches!(step, path::Step::Attr(attr) if **attr == *name);
        Sides {
            before: there(Node::member(self.before, name)),
            after: there(Node::member(self.after, name)),
            forced: self.below(step),
        }
    }

    /// The elements of a map, or the attributes of an object.
    fn by_key(&self) -> Vec<(Arc<str>, Sides<'n>)> {
        let keys: BTreeSet<&Arc<str>> = Node::keys(self.before).chain(Node::keys(self.after)).collect();
        let of = |key: &Arc<str>| {
            let is_it = |step: &path::Step| match step {
                path::Step::Attr(name) => name == key,
                path::Step::Index(index) => matches!(index.view(), View::String(text) if text == &**key),
            };
            let (before, after) =
                (there(Node::member(self.before, key)), there(Node::member(self.after, key)));
            Sides { before, after, forced: self.below(is_it) }
        };
        keys.into_iter().map(|key| (Arc::clone(key), of(key))).collect()
    }

    /// The elements of a list: each with the one that had its place.
    fn by_position(&self) -> Vec<Sides<'n>> {
        let (before, after) = (Node::items(self.before), Node::items(self.after));
        let of = |at: usize| {
            let is_it = |step: &path::Step| match step {
                path::Step::Index(index) => {
                    matches!(index.view(), View::Number(number) if number.to_string() == at.to_string())
                }
                path::Step::Attr(_) => false,
            };
            let (before, after) = (there(before.get(at)), there(after.get(at)));
            Sides { before, after, forced: self.below(is_it) }
        };
        (0..before.len().max(after.len())).map(of).collect()
    }

    /// The elements of a set: those that were there, then those that have come. One that has changed is another.
    fn as_set(&self) -> Vec<Sides<'n>> {
        let (before, after) = (Node::items(self.before), Node::items(self.after));
        let sides = |before, after| Sides { before, after, forced: Vec::new() };
        let stays = |old: &Node| after.iter().find(|new| old.same_json(new));
        let is_new = |new: &&Node| !before.iter().any(|old| old.same_json(new));
        let old = before.iter().map(|old| sides(Some(old), stays(old)));
        old.chain(after.iter().filter(is_new).map(|new| sides(None, Some(new)))).collect()
    }

    fn below(&self, is_step: impl Fn(&path::Step) -> bool) -> Vec<&'n [path::Step]> {
        let paths = self.forced.iter().filter_map(|path| path.split_first());
        paths.filter(|(step, _)| is_step(step)).map(|(_, rest)| rest).collect()
    }
}

impl Body {
    /// The sign of what has this inside, from its own fate.
    fn sign(&self, own: Sign) -> Sign {
        let attributes = self.attributes.iter().map(|member| member.change.sign);
        let blocks = self.blocks.iter().flat_map(|blocks| &blocks.parts).map(|part| part.sign);
        Sign::gather(own, attributes.chain(blocks))
    }
}

fn there(node: Option<&Node>) -> Option<&Node> {
    node.filter(|node| !node.is_null())
}
