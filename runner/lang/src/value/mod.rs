//! Values: known, null or unknown, of any type, with marks.
//!
//! A value is cheap to clone: everything larger than a machine word is behind an `Arc`, and containers know their type,
//! depth and marks from when they were built. Nothing here can be changed after it was made.

mod build;
mod elements;
mod set;
mod share;
mod walk;

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use build::{container, element_type_of, fitting, only_value, retyped, typed};
pub use elements::Elements;
pub(crate) use set::hash_bytes;

use crate::marks::Marks;
use crate::number::Number;
use crate::refine::Refinements;
use crate::ty::Type;

/// The deepest nesting of containers that readers of input (JSON, YAML, msgpack) and the evaluator may build.
///
/// Dropping, comparing and printing walk values recursively, so whoever makes a value out of input checks
/// [`Value::depth`] against this and reports an error instead of going deeper.
pub const MAX_DEPTH: usize = 500;

/// The greatest [`Value::weight`] that the evaluator lets a value have.
///
/// Parts of a value may be shared, so that thirty lines of doubling make a value of which a billion copies of one
/// part can be seen, although it takes no memory. Whatever walks it would never end.
pub const MAX_WEIGHT: usize = 256 << 20;

/// What one value weighs besides its text: about its size in memory.
const WEIGHT_OF_ONE: usize = 32;

/// A value of the language. At most 32 bytes; cloning never copies contents.
///
/// `==` is [`Value::raw_eq`]: type, nulls, unknowns and marks must be the same. The language's own equality, which can
/// be unknown, is [`crate::ops::equals`].
#[derive(Clone)]
pub struct Value {
    repr: Repr,
    marks: Marks,
}

const _: () = assert!(size_of::<Value>() <= 32);

#[derive(Clone)]
enum Repr {
    Null(Type),
    /// An unknown of which not even the type is known.
    Dynamic,
    Unknown(Arc<Unknown>),
    Bool(bool),
    Number(Number),
    String(Arc<str>),
    List(Arc<Container<Vec<Value>>>),
    Set(Arc<Container<Vec<Value>>>),
    Tuple(Arc<Container<Vec<Value>>>),
    Map(Arc<Container<BTreeMap<Arc<str>, Value>>>),
    Object(Arc<Container<BTreeMap<Arc<str>, Value>>>),
    Type(Arc<Type>),
}

struct Unknown {
    ty: Type,
    refinements: Refinements,
}

struct Container<T> {
    ty: Type,
    facts: Facts,
    items: T,
}

/// What a container knows about everything inside it.
#[derive(Clone, Copy)]
struct Facts {
    depth: u16,
    weight: usize,
    wholly_known: bool,
    marks: Marks,
}

impl Facts {
    fn of<'a>(values: impl Iterator<Item = &'a Value>) -> Facts {
        let mut facts = Facts { depth: 1, weight: WEIGHT_OF_ONE, wholly_known: true, marks: Marks::EMPTY };
        for value in values {
            let inner = value.facts();
            facts.weight = facts.weight.saturating_add(inner.weight);
            facts.depth = facts.depth.max(inner.depth.saturating_add(1));
            facts.wholly_known &= inner.wholly_known;
            facts.marks = facts.marks | inner.marks | value.marks;
        }
        facts
    }
}

/// What a value is, for matching. Marks are not part of it.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    Null,
    Unknown(&'a Refinements),
    Bool(bool),
    Number(&'a Number),
    String(&'a str),
    List(&'a [Value]),
    Set(&'a [Value]),
    Tuple(&'a [Value]),
    Map(&'a BTreeMap<Arc<str>, Value>),
    Object(&'a BTreeMap<Arc<str>, Value>),
    Type(&'a Arc<Type>),
}

static NO_REFINEMENTS: Refinements = Refinements::NONE;

impl Value {
    pub fn bool(value: bool) -> Value {
        Value::from_repr(Repr::Bool(value))
    }

    pub fn number(value: Number) -> Value {
        Value::from_repr(Repr::Number(value))
    }

    /// An integer as functions make it, with 64 bits of precision.
    pub fn int(value: i64) -> Value {
        Value::number(Number::from_i64(value))
    }

    /// A string, normalised to NFC.
    pub fn string(text: impl AsRef<str>) -> Value {
        Value::from_repr(Repr::String(normalize(text.as_ref())))
    }

    /// The null of a type; of [`Type::Dynamic`] if nothing is known about it.
    pub fn null(ty: Type) -> Value {
        Value::from_repr(Repr::Null(ty))
    }

    pub fn unknown(ty: Type) -> Value {
        Value::unknown_refined(ty, Refinements::NONE)
    }

    /// An unknown with promises about it. Where they leave one value only, the result is that value.
    /// Promises that do not fit the type are dropped.
    pub fn unknown_refined(ty: Type, refinements: Refinements) -> Value {
        if ty.is_dynamic() {
            return Value::dynamic();
        }
        let refinements = fitting(&ty, refinements);
        if refinements.not_null
            && let Some(known) = only_value(&ty, &refinements)
        {
            return known;
        }
        Value::from_repr(Repr::Unknown(Arc::new(Unknown { ty, refinements })))
    }

    /// The unknown of unknown type.
    pub fn dynamic() -> Value {
        Value::from_repr(Repr::Dynamic)
    }

    /// A list. The elements have the element type; an element of unknown type takes it. With [`Type::Dynamic`] the
    /// type is that of the elements.
    pub fn list(element: Type, items: Vec<Value>) -> Value {
        let (element, items) = typed(element, items);
        Value::from_repr(Repr::List(container(Type::list(element), items)))
    }

    /// A set: sorted in cty's order, without duplicates. Marks on elements move to the set.
    pub fn set(element: Type, items: Vec<Value>) -> Value {
        let mut marks = Marks::EMPTY;
        let items = items
            .iter()
            .map(|item| {
                let (item, inner) = item.unmark_deep();
                marks = marks | inner;
                item
            })
            .collect();
        let (element, items) = typed(element, items);
        let items = set::sorted(&element, items);
        Value::from_repr(Repr::Set(container(Type::set(element), items))).with_marks(marks)
    }

    /// A map. See [`Value::list`] for the element type.
    pub fn map(element: Type, items: BTreeMap<Arc<str>, Value>) -> Value {
        let element = element_type_of(element, items.values());
        let items: BTreeMap<_, _> =
            items.into_iter().map(|(key, item)| (key, retyped(item, &element))).collect();
        Value::from_repr(Repr::Map(container(Type::map(element), items)))
    }

    pub fn tuple(items: Vec<Value>) -> Value {
        let ty = Type::tuple(items.iter().map(Value::ty).collect());
        Value::from_repr(Repr::Tuple(container(ty, items)))
    }

    pub fn object(attributes: BTreeMap<Arc<str>, Value>) -> Value {
        let ty = Type::object(attributes.iter().map(|(name, value)| (name.clone(), value.ty())).collect());
        Value::from_repr(Repr::Object(container(ty, attributes)))
    }

    /// An object that is probably of that type, which is then shared rather than put together again.
    pub fn object_like(ty: &Type, attributes: BTreeMap<Arc<str>, Value>) -> Value {
        let same = ty.as_object().is_some_and(|object| {
            object.optional.is_empty()
                && object.attributes.len() == attributes.len()
                && object
                    .attributes
                    .iter()
                    .zip(&attributes)
                    .all(|((name, ty), (given, value))| name == given && value.ty() == *ty)
        });
        match same {
            true => Value::from_repr(Repr::Object(container(ty.clone(), attributes))),
            false => Value::object(attributes),
        }
    }

    pub fn empty_object() -> Value {
        Value::object(BTreeMap::new())
    }

    pub fn empty_tuple() -> Value {
        Value::tuple(Vec::new())
    }

    /// A type as a value. As in cty it is equal to nothing but itself and its clones.
    pub fn type_itself(ty: Type) -> Value {
        Value::from_repr(Repr::Type(Arc::new(ty)))
    }

    /// The type. Costs no walk over the contents.
    pub fn ty(&self) -> Type {
        match &self.repr {
            Repr::Null(ty) => ty.clone(),
            Repr::Dynamic => Type::Dynamic,
            Repr::Unknown(unknown) => unknown.ty.clone(),
            Repr::Bool(_) => Type::Bool,
            Repr::Number(_) => Type::Number,
            Repr::String(_) => Type::String,
            Repr::List(it) | Repr::Set(it) | Repr::Tuple(it) => it.ty.clone(),
            Repr::Map(it) | Repr::Object(it) => it.ty.clone(),
            Repr::Type(_) => Type::Type,
        }
    }

    /// What the value is, ignoring its marks.
    pub fn view(&self) -> View<'_> {
        match &self.repr {
            Repr::Null(_) => View::Null,
            Repr::Dynamic => View::Unknown(&NO_REFINEMENTS),
            Repr::Unknown(unknown) => View::Unknown(&unknown.refinements),
            Repr::Bool(value) => View::Bool(*value),
            Repr::Number(value) => View::Number(value),
            Repr::String(value) => View::String(value),
            Repr::List(it) => View::List(&it.items),
            Repr::Set(it) => View::Set(&it.items),
            Repr::Tuple(it) => View::Tuple(&it.items),
            Repr::Map(it) => View::Map(&it.items),
            Repr::Object(it) => View::Object(&it.items),
            Repr::Type(ty) => View::Type(ty),
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self.repr, Repr::Null(_))
    }

    /// Not an unknown itself; what is inside it may be.
    pub fn is_known(&self) -> bool {
        !matches!(self.repr, Repr::Unknown(_) | Repr::Dynamic)
    }

    /// Neither unknown nor containing one.
    pub fn is_wholly_known(&self) -> bool {
        self.facts().wholly_known
    }

    /// How deep containers are nested: 0 for a primitive, a null or an unknown, 1 for `[]`.
    pub fn depth(&self) -> usize {
        self.facts().depth.into()
    }

    /// How much there is to walk: the bytes of all texts and some for every value, parts that are shared counted
    /// wherever they are seen.
    pub fn weight(&self) -> usize {
        self.facts().weight
    }

    /// Certainly not null: known, or promised.
    pub fn is_definitely_not_null(&self) -> bool {
        match self.view() {
            View::Null => false,
            View::Unknown(refinements) => refinements.not_null,
            _ => true,
        }
    }

    /// The promises about an unknown value; `None` for a known one.
    pub fn refinements(&self) -> Option<&Refinements> {
        match self.view() {
            View::Unknown(refinements) => Some(refinements),
            _ => None,
        }
    }

    /// The same value, if unknown with the promise that it is not null. A null stays as it is.
    pub fn refine_not_null(&self) -> Value {
        match &self.repr {
            Repr::Unknown(unknown) if !unknown.refinements.not_null => {
                let refinements = unknown.refinements.clone().with_not_null();
                Value::unknown_refined(unknown.ty.clone(), refinements).with_marks(self.marks)
            }
            _ => self.clone(),
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self.view() {
            View::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub fn as_number(&self) -> Option<&Number> {
        match self.view() {
            View::Number(value) => Some(value),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self.view() {
            View::String(value) => Some(value),
            _ => None,
        }
    }

    /// The string without copying it.
    pub fn as_arc_str(&self) -> Option<Arc<str>> {
        match &self.repr {
            Repr::String(value) => Some(value.clone()),
            _ => None,
        }
    }

    /// The elements of a list, set or tuple.
    pub fn as_slice(&self) -> Option<&[Value]> {
        match self.view() {
            View::List(items) | View::Set(items) | View::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// The elements of a map or object.
    pub fn as_map(&self) -> Option<&BTreeMap<Arc<str>, Value>> {
        match self.view() {
            View::Map(items) | View::Object(items) => Some(items),
            _ => None,
        }
    }

    /// The number of elements of a known container; of a set with unknowns, the most that it can have.
    pub fn len(&self) -> Option<usize> {
        self.as_slice().map(<[Value]>::len).or_else(|| self.as_map().map(BTreeMap::len))
    }

    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Keys and values in cty's order; `None` when there is nothing to iterate over.
    ///
    /// Keys of lists and tuples are numbers, of maps and objects strings (in byte order); an element of a set is its
    /// own key.
    pub fn elements(&self) -> Option<Elements<'_>> {
        Elements::of(self.view())
    }

    /// The value's own marks, without those of its elements.
    pub fn marks(&self) -> Marks {
        self.marks
    }

    /// All marks on the value and everything inside it.
    pub fn marks_deep(&self) -> Marks {
        self.marks | self.facts().marks
    }

    pub fn is_sensitive(&self) -> bool {
        self.marks.is_sensitive()
    }

    /// Some value inside, or this one, has a mark.
    pub fn has_mark_deep(&self) -> bool {
        !self.marks_deep().is_empty()
    }

    /// The same value with more marks.
    #[must_use]
    pub fn with_marks(mut self, marks: Marks) -> Value {
        self.marks = self.marks | marks;
        self
    }

    /// The value without its own marks, and those.
    pub fn unmark(&self) -> (Value, Marks) {
        (Value { repr: self.repr.clone(), marks: Marks::EMPTY }, self.marks)
    }

    /// Type, nulls, unknowns with their refinements, contents and marks are all the same.
    pub fn raw_eq(&self, other: &Value) -> bool {
        if self.marks != other.marks {
            return false;
        }
        match (&self.repr, &other.repr) {
            (Repr::Null(a), Repr::Null(b)) => a == b,
            (Repr::Dynamic, Repr::Dynamic) => true,
            (Repr::Unknown(a), Repr::Unknown(b)) => {
                Arc::ptr_eq(a, b) || (a.ty == b.ty && a.refinements == b.refinements)
            }
            (Repr::Bool(a), Repr::Bool(b)) => a == b,
            (Repr::Number(a), Repr::Number(b)) => a == b,
            (Repr::String(a), Repr::String(b)) => a == b,
            (Repr::List(a), Repr::List(b))
            | (Repr::Set(a), Repr::Set(b))
            | (Repr::Tuple(a), Repr::Tuple(b)) => Arc::ptr_eq(a, b) || (a.ty == b.ty && a.items == b.items),
            (Repr::Map(a), Repr::Map(b)) | (Repr::Object(a), Repr::Object(b)) => {
                Arc::ptr_eq(a, b) || (a.ty == b.ty && a.items == b.items)
            }
            (Repr::Type(a), Repr::Type(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    fn from_repr(repr: Repr) -> Value {
        Value { repr, marks: Marks::EMPTY }
    }

    fn facts(&self) -> Facts {
        match &self.repr {
            Repr::List(it) | Repr::Set(it) | Repr::Tuple(it) => it.facts,
            Repr::Map(it) | Repr::Object(it) => it.facts,
            repr => Facts {
                depth: 0,
                weight: WEIGHT_OF_ONE + if let Repr::String(text) = repr { text.len() } else { 0 },
                wholly_known: !matches!(repr, Repr::Dynamic | Repr::Unknown(_)),
                marks: Marks::EMPTY,
            },
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        self.raw_eq(other)
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_bytes(self).hash(state);
    }
}

impl fmt::Debug for Value {
    /// For test failures and logs: `sensitive` and `unknown` are words around the contents.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.marks.is_empty() {
            write!(f, "marked{:?} ", self.marks)?;
        }
        match self.view() {
            View::Null => write!(f, "null({})", self.ty().constraint_name()),
            View::Unknown(refinements) if refinements.is_none() => {
                write!(f, "unknown({})", self.ty().constraint_name())
            }
            View::Unknown(refinements) => {
                write!(f, "unknown({}, {refinements:?})", self.ty().constraint_name())
            }
            View::Bool(value) => write!(f, "{value}"),
            View::Number(value) => write!(f, "{value}"),
            View::String(value) => write!(f, "{value:?}"),
            View::List(items) => f.debug_list().entries(items).finish(),
            View::Tuple(items) => {
                f.write_str("tuple")?;
                f.debug_list().entries(items).finish()
            }
            View::Set(items) => f.debug_set().entries(items).finish(),
            View::Map(items) => f.debug_map().entries(items).finish(),
            View::Object(items) => {
                f.write_str("object")?;
                f.debug_map().entries(items).finish()
            }
            View::Type(ty) => f.write_str(&ty.constraint_name()),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::bool(value)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::string(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::string(text)
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Value {
        Value::number(number)
    }
}

/// A name as registries write it: without compatibility characters, and in lower case.
pub fn folded(name: &str) -> String {
    match name.is_ascii() {
        true => name.to_ascii_lowercase(),
        false => name.nfkc().collect::<String>().to_lowercase(),
    }
}

/// A string in NFC, as every string of the language is.
pub fn normalize(text: &str) -> Arc<str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        text.into()
    } else {
        text.nfc().collect::<String>().into()
    }
}
