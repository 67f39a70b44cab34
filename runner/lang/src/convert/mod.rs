//! Conversion of values to a type constraint: cty's rules, with optional attributes, unknowns, nulls and marks.

mod mismatch;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub use mismatch::mismatch_message;

use crate::number::Number;
use crate::path::{Path, Step};
use crate::refine::Refinements;
use crate::ty::{ObjectType, Type};
use crate::unify::{unify, unify_unsafe};
use crate::value::{Value, View};

/// Why a value does not convert.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConvertError {
    /// The part of the value at fault; empty when the types already say that it cannot work.
    pub path: Path,
    /// What is wrong, in Terraform's words, without a full stop.
    pub message: String,
}

impl ConvertError {
    fn new(path: &[Step], message: impl Into<String>) -> ConvertError {
        ConvertError { path: Path(path.to_vec()), message: message.into() }
    }

    /// The message after its path: `.a[0]: a number is required`.
    pub fn with_path(&self) -> String {
        if self.path.is_root() { self.message.clone() } else { format!("{}: {}", self.path, self.message) }
    }
}

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConvertError {}

/// The value as a value of the wanted type.
///
/// Marks stay where they are, unknowns stay unknown and keep the promises that still hold, nulls get the type.
pub fn convert(value: &Value, want: &Type) -> Result<Value, ConvertError> {
    convert_at(value, want, &mut Vec::new())
}

/// Whether some values of the one type convert to the other.
pub fn can_convert(from: &Type, to: &Type) -> bool {
    exists(from, to, true)
}

/// Whether all values of the one type convert to the other.
pub fn can_convert_safely(from: &Type, to: &Type) -> bool {
    exists(from, to, false)
}

fn convert_at(value: &Value, want: &Type, path: &mut Vec<Step>) -> Result<Value, ConvertError> {
    let ty = value.ty();
    if ty == *want || (want.has_optional() && ty == want.without_optional()) {
        return Ok(value.clone());
    }
    if !exists(&ty, want, true) {
        return Err(ConvertError::new(path, mismatch_message(&ty, want)));
    }
    Converter { path }.apply(value, want)
}

/// Whether there is a conversion, looking at types only.
fn exists(from: &Type, to: &Type, unsafely: bool) -> bool {
    let same_or_exists = |from: &Type, to: &Type| from == to || exists(from, to, unsafely);
    match (from, to) {
        (_, Type::Dynamic) => true,
        (Type::Dynamic, _) => unsafely,
        (Type::Number | Type::Bool, Type::String) => true,
        (Type::String, Type::Number | Type::Bool) => unsafely,
        (Type::Object(from), Type::Object(to)) => {
            to.attributes.iter().all(|(name, want)| match from.attributes.get(name) {
                Some(have) => same_or_exists(have, want),
                None => to.optional.contains(name),
            })
        }
        (Type::Tuple(from), Type::Tuple(to)) => {
            from.len() == to.len() && from.iter().zip(to.iter()).all(|(from, to)| same_or_exists(from, to))
        }
        (Type::List(from) | Type::Set(from), Type::List(to)) | (Type::Set(from), Type::Set(to)) => {
            same_or_exists(from, to)
        }
        (Type::List(from), Type::Set(to)) => unsafely && same_or_exists(from, to),
        (Type::Map(from), Type::Map(to)) => same_or_exists(from, to),
        (Type::Tuple(from), Type::List(to) | Type::Set(to)) => {
            let Some(element) = common(from.iter(), to, unsafely) else { return false };
            // A common type "anything" is no type for a collection of things that have one.
            if to.is_dynamic() && element.is_dynamic() && !from.iter().all(Type::is_dynamic) {
                return false;
            }
            from.iter().all(|from| same_or_exists(from, &element))
        }
        (Type::Object(from), Type::Map(to)) => {
            let Some(element) = common(from.attributes.values(), to, unsafely) else { return false };
            from.attributes.values().all(|from| same_or_exists(from, &element))
        }
        (Type::Map(from), Type::Object(to)) => {
            unsafely
                && to
                    .attributes
                    .iter()
                    .all(|(name, want)| same_or_exists(from, want) || to.optional.contains(name))
        }
        _ => false,
    }
}

/// The element type that a structural value's elements convert to: the wanted one, or their common one.
fn common<'a>(
    elements: impl ExactSizeIterator<Item = &'a Type>,
    want: &Type,
    unsafely: bool,
) -> Option<Type> {
    if !want.is_dynamic() || elements.len() == 0 {
        return Some(want.clone());
    }
    let elements: Vec<Type> = elements.cloned().collect();
    if unsafely { unify_unsafe(&elements) } else { unify(&elements) }
}

/// An attribute of a converted object: where it is null, cty makes the null anew, without the marks of the old one.
fn bare_null(attribute: Value) -> Value {
    if attribute.is_null() { Value::null(attribute.ty()) } else { attribute }
}

struct Converter<'a> {
    path: &'a mut Vec<Step>,
}

type Attributes = BTreeMap<Arc<str>, Value>;

impl Converter<'_> {
    /// The conversion of one value, which is known to exist for its type.
    fn apply(&mut self, value: &Value, want: &Type) -> Result<Value, ConvertError> {
        if want.is_dynamic() {
            return Ok(value.clone());
        }
        let marks = value.marks();
        let converted = match value.view() {
            View::Null => Value::null(replace_dynamic(&value.ty(), &want.without_optional())),
            View::Unknown(refinements) => {
                let ty = value.ty();
                let target = replace_dynamic(&ty, &want.without_optional());
                convert_unknown(&ty, refinements, target)
            }
            View::Bool(value) => match want {
                Type::String => Value::string(if value { "true" } else { "false" }),
                _ => return self.mismatch(&Type::Bool, want),
            },
            View::Number(number) => match want {
                Type::String => Value::string(number.to_string()),
                _ => return self.mismatch(&Type::Number, want),
            },
            View::String(text) => match want {
                Type::Number => match Number::parse_checked(text) {
                    Ok(number) => Value::number(number),
                    Err(error) => return self.fail(error.to_string()),
                },
                Type::Bool => self.parse_bool(text)?,
                _ => return self.mismatch(&Type::String, want),
            },
            View::Type(_) => return self.mismatch(&Type::Type, want),
            View::List(items) | View::Set(items) => match want {
                Type::List(element) => self.collection_to_list(value, items, element)?,
                Type::Set(element) => {
                    let items = self.items(items, element)?;
                    self.set(items, element, &value.ty())?
                }
                _ => return self.mismatch(&value.ty(), want),
            },
            View::Tuple(items) => match want {
                Type::Tuple(elements) => self.tuple_to_tuple(items, elements)?,
                Type::List(element) => self.tuple_to_list(value, items, element)?,
                Type::Set(element) => {
                    let items = self.tuple_items(value, items, element)?;
                    self.set(items, element, &value.ty())?
                }
                _ => return self.mismatch(&value.ty(), want),
            },
            View::Map(items) => match want {
                Type::Map(element) => self.map_to_map(value, items, element)?,
                Type::Object(object) => self.map_to_object(items, object)?,
                _ => return self.mismatch(&value.ty(), want),
            },
            View::Object(items) => match want {
                Type::Object(object) => self.object_to_object(items, object)?,
                Type::Map(element) => self.object_to_map(value, items, element)?,
                _ => return self.mismatch(&value.ty(), want),
            },
        };
        Ok(converted.with_marks(marks))
    }

    /// One element, unless it has the type already.
    fn element(&mut self, step: Step, value: &Value, want: &Type) -> Result<Value, ConvertError> {
        let ty = value.ty();
        if ty == *want || want.is_dynamic() {
            return Ok(value.clone());
        }
        self.path.push(step);
        let result = if ty.is_dynamic() || exists(&ty, want, true) {
            self.apply(value, want)
        } else {
            self.mismatch(&ty, want)
        };
        self.path.pop();
        result
    }

    fn items(&mut self, items: &[Value], element: &Type) -> Result<Vec<Value>, ConvertError> {
        items.iter().enumerate().map(|(index, item)| self.element(at(index), item, element)).collect()
    }

    fn collection_to_list(
        &mut self,
        value: &Value,
        items: &[Value],
        element: &Type,
    ) -> Result<Value, ConvertError> {
        if matches!(value.view(), View::Set(_)) && items.len() > 1 && !value.is_wholly_known() {
            // How many elements the set has is not known yet.
            let inner = value.ty().element_type().cloned().unwrap_or(Type::Dynamic);
            return Ok(Value::unknown(Type::list(inner)));
        }
        let items = self.items(items, element)?;
        self.list(items, element, &value.ty())
    }

    /// The elements of a tuple, converted to what they will be in a collection.
    fn tuple_items(
        &mut self,
        value: &Value,
        items: &[Value],
        element: &Type,
    ) -> Result<Vec<Value>, ConvertError> {
        let ty = value.ty();
        let common = match ty.as_tuple() {
            Some(types) => common(types.iter(), element, true),
            None => None,
        };
        let Some(common) = common else { return self.mismatch(&ty, &Type::list(element.clone())) };
        self.items(items, &common)
    }

    fn tuple_to_list(
        &mut self,
        value: &Value,
        items: &[Value],
        element: &Type,
    ) -> Result<Value, ConvertError> {
        let items = self.tuple_items(value, items, element)?;
        if items.is_empty() || !element.has_dynamic() {
            return self.list(items, element, &value.ty());
        }
        let types: Vec<Type> = items.iter().map(Value::ty).collect();
        let Some(unified) = unify_unsafe(&types) else {
            return self.fail("cannot find a common base type for all elements");
        };
        let items = self.items(&items, &unified)?;
        self.list(items, &unified, &value.ty())
    }

    fn list(&self, items: Vec<Value>, element: &Type, from: &Type) -> Result<Value, ConvertError> {
        if items.is_empty() {
            return Ok(Value::list(empty_element(element, from), items));
        }
        if element.has_dynamic() && !consistent(items.iter()) {
            return self.fail("element types must all match for conversion to list");
        }
        Ok(Value::list(Type::Dynamic, items))
    }

    fn set(&self, items: Vec<Value>, element: &Type, from: &Type) -> Result<Value, ConvertError> {
        if items.is_empty() {
            return Ok(Value::set(empty_element(element, from), items));
        }
        if element.has_dynamic() && !consistent(items.iter()) {
            return self.fail("element types must all match for conversion to set");
        }
        Ok(Value::set(Type::Dynamic, items))
    }

    fn tuple_to_tuple(&mut self, items: &[Value], elements: &[Type]) -> Result<Value, ConvertError> {
        let items = items.iter().zip(elements).enumerate();
        let items = items.map(|(index, (item, want))| self.element(at(index), item, want));
        Ok(Value::tuple(items.collect::<Result<_, _>>()?))
    }

    fn map_to_map(
        &mut self,
        value: &Value,
        items: &Attributes,
        element: &Type,
    ) -> Result<Value, ConvertError> {
        let items = self.keyed(items, element)?;
        if items.is_empty() {
            return Ok(Value::map(empty_element(element, &value.ty()), items));
        }
        self.map(items, element, "element types must all match for conversion to map")
    }

    fn object_to_map(
        &mut self,
        value: &Value,
        items: &Attributes,
        element: &Type,
    ) -> Result<Value, ConvertError> {
        if items.is_empty() {
            return Ok(Value::map(element.without_optional(), Attributes::new()));
        }
        let ty = value.ty();
        let common = match ty.as_object() {
            Some(object) => common(object.attributes.values(), element, true),
            None => None,
        };
        let Some(common) = common else { return self.mismatch(&ty, &Type::map(element.clone())) };
        let items = self.keyed(items, &common)?;
        self.map(items, &common, "attribute types must all match for conversion to map")
    }

    fn keyed(&mut self, items: &Attributes, element: &Type) -> Result<Attributes, ConvertError> {
        items
            .iter()
            .map(|(key, item)| {
                let step = Step::Index(Value::string(key));
                Ok((key.clone(), self.element(step, item, element)?))
            })
            .collect()
    }

    fn map(&mut self, items: Attributes, element: &Type, message: &str) -> Result<Value, ConvertError> {
        if !element.has_dynamic() {
            return Ok(Value::map(Type::Dynamic, items));
        }
        let mut items = items;
        if element.is_collection() || element.is_object() {
            // Elements converted to `list(any)` and the like may each have become something else.
            let types: Vec<Type> = items.values().map(Value::ty).collect();
            let Some(unified) = unify_unsafe(&types) else {
                return self.fail("cannot find a common base type for all elements");
            };
            items = self.keyed(&items, &unified)?;
        }
        if !consistent(items.values()) {
            return self.fail(message);
        }
        Ok(Value::map(Type::Dynamic, items))
    }

    fn object_to_object(&mut self, items: &Attributes, want: &ObjectType) -> Result<Value, ConvertError> {
        let mut attributes = Attributes::new();
        for (name, ty) in &want.attributes {
            let attribute = match items.get(name) {
                Some(item) => bare_null(self.element(Step::Attr(name.clone()), item, ty)?),
                None => Value::null(ty.without_optional()),
            };
            attributes.insert(name.clone(), attribute);
        }
        Ok(Value::object(attributes))
    }

    fn map_to_object(&mut self, items: &Attributes, want: &ObjectType) -> Result<Value, ConvertError> {
        let mut attributes = Attributes::new();
        for (name, ty) in &want.attributes {
            let Some(item) = items.get(name) else {
                if !want.optional.contains(name) {
                    let name = crate::quote(name);
                    return self.fail(format!("map has no element for required attribute {name}"));
                }
                attributes.insert(name.clone(), Value::null(ty.without_optional()));
                continue;
            };
            let have = item.ty();
            if have != *ty && !exists(&have, ty, true) {
                return self.fail(format!(
                    "map element type is incompatible with attribute {}: {}",
                    crate::quote(name),
                    mismatch_message(&have, ty)
                ));
            }
            let attribute = self.element(Step::Index(Value::string(name)), item, ty)?;
            attributes.insert(name.clone(), bare_null(attribute));
        }
        Ok(Value::object(attributes))
    }

    fn parse_bool(&self, text: &str) -> Result<Value, ConvertError> {
        match text {
            "true" | "1" => Ok(Value::bool(true)),
            "false" | "0" => Ok(Value::bool(false)),
            _ => match text.to_lowercase().as_str() {
                word @ ("true" | "false") => {
                    self.fail(format!("a bool is required; to convert from string, use lowercase \"{word}\""))
                }
                _ => self.fail("a bool is required"),
            },
        }
    }

    fn mismatch<T>(&self, have: &Type, want: &Type) -> Result<T, ConvertError> {
        self.fail(mismatch_message(have, want))
    }

    fn fail<T>(&self, message: impl Into<String>) -> Result<T, ConvertError> {
        Err(ConvertError::new(self.path, message))
    }
}

fn at(index: usize) -> Step {
    Step::Index(Value::number(Number::from_usize(index)))
}

/// The element type of an empty collection: the wanted one, or what the source had.
fn empty_element(element: &Type, from: &Type) -> Type {
    match from.element_type() {
        Some(inner) if element.is_dynamic() => inner.clone(),
        _ => element.without_optional(),
    }
}

/// All of one type, where unknown types fit every one.
fn consistent<'a>(items: impl Iterator<Item = &'a Value>) -> bool {
    let mut found: Option<Type> = None;
    for item in items {
        let ty = item.ty();
        match &found {
            _ if ty.is_dynamic() => {}
            None => found = Some(ty),
            Some(found) if *found == ty => {}
            Some(_) => return false,
        }
    }
    true
}

/// An unknown of the target type with what the source's promises still say about it.
fn convert_unknown(from: &Type, refinements: &Refinements, target: Type) -> Value {
    let not_null = refinements.not_null;
    let with =
        |lower: usize, upper: Option<usize>| Refinements { not_null, ..Refinements::length(lower, upper) };
    let kept = match (from, &target) {
        (Type::Object(from), Type::Map(_)) => with(from.attributes.len(), Some(from.attributes.len())),
        (Type::Tuple(from), Type::List(_)) => with(from.len(), Some(from.len())),
        // Elements of a set may turn out to be equal.
        (Type::Tuple(from), Type::Set(_)) => with(from.len().min(1), Some(from.len())),
        (from, target) if from.is_collection() && target.is_collection() => {
            let lower = refinements.length_lower.unwrap_or(0);
            let lower = if target.is_set() { lower.min(1) } else { lower };
            with(lower, refinements.length_upper)
        }
        _ => Refinements { not_null, ..Refinements::default() },
    };
    Value::unknown_refined(target, kept)
}

/// The wanted type with every `any` replaced by what the source has in that place.
fn replace_dynamic(from: &Type, want: &Type) -> Type {
    let unified = |types: Vec<Type>| unify_unsafe(&types).unwrap_or(Type::Dynamic);
    match (from, want) {
        _ if !want.has_dynamic() => want.clone(),
        (Type::Dynamic, _) => want.clone(),
        (_, Type::Dynamic) => from.clone(),
        (Type::Map(from), Type::Map(want)) => Type::map(replace_dynamic(from, want)),
        (Type::Object(from), Type::Map(want)) => {
            Type::map(replace_dynamic(&unified(from.attributes.values().cloned().collect()), want))
        }
        (Type::Map(from), Type::Object(want)) => Type::object(
            want.attributes.iter().map(|(name, ty)| (name.clone(), replace_dynamic(from, ty))).collect(),
        ),
        (Type::Object(from), Type::Object(want)) => Type::object(
            want.attributes
                .iter()
                .map(|(name, ty)| {
                    let ty = from
                        .attributes
                        .get(name)
                        .map_or_else(|| ty.clone(), |from| replace_dynamic(from, ty));
                    (name.clone(), ty)
                })
                .collect(),
        ),
        (Type::Set(from) | Type::List(from), Type::Set(want)) => Type::set(replace_dynamic(from, want)),
        (Type::Set(from) | Type::List(from), Type::List(want)) => Type::list(replace_dynamic(from, want)),
        (Type::Tuple(from), Type::Set(want)) => Type::set(replace_dynamic(&unified(from.to_vec()), want)),
        (Type::Tuple(from), Type::List(want)) => Type::list(replace_dynamic(&unified(from.to_vec()), want)),
        (Type::Tuple(from), Type::Tuple(want)) => Type::tuple(
            from.iter().zip(want.iter()).map(|(from, want)| replace_dynamic(from, want)).collect(),
        ),
        _ => want.clone(),
    }
}
