//! Reading parts of values: traversal steps, computed indexes, attributes.

use syntax::Span;

use super::Evaluator;
use crate::expr::NodeId;
use crate::{Number, Step, StepKind, Traversal, Type, Value, convert, ops};

/// Why a step cannot be made, in HCL's words.
pub(super) struct AccessError {
    pub summary: &'static str,
    pub detail: String,
}

impl AccessError {
    fn new(summary: &'static str, detail: impl Into<String>) -> AccessError {
        AccessError { summary, detail: detail.into() }
    }

    fn invalid_index(reason: &str) -> AccessError {
        AccessError::new(
            "Invalid index",
            format!("The given key does not identify an element in this collection value{reason}."),
        )
    }
}

impl Evaluator<'_> {
    pub(super) fn reference(&mut self, id: NodeId, index: u32) -> Value {
        let expr = self.expr;
        let index = index as usize;
        let (Some(traversal), Some(root)) = (expr.traversals().get(index), self.references.get(index)) else {
            return Value::dynamic();
        };
        let value = root.value.clone();
        let steps = traversal.steps.get(root.consumed..).unwrap_or_default();
        self.walk(id, value, steps)
    }

    pub(super) fn local(&mut self, id: NodeId, slot: u32, traversal: &Traversal) -> Value {
        let value = self.locals.get(slot as usize).cloned().unwrap_or_else(Value::dynamic);
        self.walk(id, value, &traversal.steps)
    }

    pub(super) fn relative(&mut self, id: NodeId, object: NodeId, steps: &[Step]) -> Value {
        let value = self.eval(object);
        self.walk(id, value, steps)
    }

    fn walk(&mut self, id: NodeId, mut value: Value, steps: &[Step]) -> Value {
        for at in steps {
            match step(&value, &at.kind) {
                Ok(next) => value = next,
                Err(error) => {
                    self.error_without_context(id, error, at.span);
                    return Value::dynamic();
                }
            }
        }
        value
    }

    pub(super) fn computed_index(
        &mut self,
        id: NodeId,
        collection: NodeId,
        key: NodeId,
        open: Span,
    ) -> Value {
        let collection = self.eval(collection);
        let key = self.eval(key);
        match index(&collection, &key) {
            Ok(value) => value,
            Err(error) => {
                let brackets = Span::new(open.start, self.span(id).end);
                self.error_without_context(id, error, brackets);
                Value::dynamic()
            }
        }
    }

    fn error_without_context(&mut self, id: NodeId, error: AccessError, subject: Span) {
        self.error(id, error.summary, error.detail, subject, subject);
        if let Some(diagnostic) = self.sink.last_mut() {
            diagnostic.context = None;
        }
    }

    pub(super) fn ambiguous_key(&mut self, id: NodeId) -> Value {
        let span = self.span(id);
        let detail = "If this expression is intended to be a reference, wrap it in parentheses. If it's instead \
                      intended as a literal name containing periods, wrap it in quotes to create a string literal.";
        self.error_without_context(id, AccessError::new("Ambiguous attribute key", detail), span);
        Value::dynamic()
    }
}

/// One traversal step, without a place.
pub(super) fn step(value: &Value, step: &StepKind) -> Result<Value, AccessError> {
    match step {
        StepKind::Attr(name) => attribute(value, name),
        StepKind::Key(key) => index(value, &Value::string(key)),
        StepKind::Number(number) => index(value, &Value::number(number.clone())),
        StepKind::Missing => Ok(Value::dynamic()),
    }
}

fn attribute(value: &Value, name: &str) -> Result<Value, AccessError> {
    const UNSUPPORTED: &str = "Unsupported attribute";
    if value.is_null() {
        return Err(AccessError::new(
            "Attempt to get attribute from null value",
            "This value is null, so it does not have any attributes.",
        ));
    }
    match value.ty() {
        Type::Dynamic => Ok(Value::dynamic().with_marks(value.marks())),
        Type::Object(object) if !object.attributes.contains_key(name) => Err(AccessError::new(
            UNSUPPORTED,
            format!("This object does not have an attribute named {}.", crate::quote(name)),
        )),
        Type::Object(_) => {
            ops::get_attr(value, name).map_err(|error| AccessError::new(UNSUPPORTED, error.to_string()))
        }
        Type::Map(element) => {
            if !value.is_known() {
                return Ok(Value::unknown((*element).clone()).with_marks(value.marks()));
            }
            ops::index(value, &Value::string(name)).map_err(|_| {
                AccessError::new(
                    "Missing map element",
                    format!("This map does not have an element with the key {}.", crate::quote(name)),
                )
            })
        }
        Type::List(element) if matches!(*element, Type::Object(_)) => Err(AccessError::new(
            UNSUPPORTED,
            format!(
                "Can't access attributes on a list of objects. Did you mean to access attribute {} for a specific \
                 element of the list, or across all elements of the list?",
                crate::quote(name)
            ),
        )),
        Type::Set(element) if matches!(*element, Type::Object(_)) => Err(AccessError::new(
            UNSUPPORTED,
            format!(
                "Can't access attributes on a set of objects. Did you mean to access an attribute {} across all \
                 elements of the set?",
                crate::quote(name)
            ),
        )),
        ty @ (Type::Bool | Type::Number | Type::String) => Err(AccessError::new(
            UNSUPPORTED,
            format!("Can't access attributes on a primitive-typed value ({}).", ty.friendly_name()),
        )),
        _ => Err(AccessError::new(UNSUPPORTED, "This value does not have any attributes.")),
    }
}

/// `collection[key]` with HCL's rules and words.
pub(super) fn index(collection: &Value, key: &Value) -> Result<Value, AccessError> {
    if collection.is_null() {
        return Err(AccessError::new(
            "Attempt to index null value",
            "This value is null, so it does not have any indices.",
        ));
    }
    if key.is_null() {
        return Err(AccessError::new("Invalid index", "Can't use a null value as an indexing key."));
    }
    let ty = collection.ty();
    // What is not known yet has the marks of the collection, and not those of the key.
    let unknown = |ty: Type| Value::unknown(ty).with_marks(collection.marks());
    if key.ty() == Type::Dynamic || ty == Type::Dynamic {
        return Ok(unknown(Type::Dynamic));
    }
    match &ty {
        Type::List(_) | Type::Tuple(_) => index_sequence(collection, key, &ty),
        Type::Map(element) => {
            let key = convert_key(key, &Type::String)?;
            if !collection.is_known() || !key.is_known() {
                return Ok(unknown((**element).clone()));
            }
            ops::index(collection, &key).map_err(|_| AccessError::invalid_index(""))
        }
        Type::Object(object) => {
            let numeric = key.ty() == Type::Number;
            if !collection.is_known() && key.ty() != Type::String {
                // Only for a string does HCL look whether there is such an attribute.
                return Ok(unknown(Type::Dynamic));
            }
            let key = convert_key(key, &Type::String)?;
            let (key, marks) = key.unmark();
            let Some(name) = key.as_str() else { return Ok(unknown(Type::Dynamic)) };
            if !object.attributes.contains_key(name) {
                return Err(AccessError::new(
                    "Invalid index",
                    if numeric {
                        "The given key does not identify an element in this collection value. An object only \
                         supports looking up attributes by name, not by numeric index."
                    } else {
                        "The given key does not identify an element in this collection value."
                    },
                ));
            }
            if !collection.is_known() {
                // Only `.name` keeps the attribute's type.
                return Ok(unknown(Type::Dynamic));
            }
            let value = ops::get_attr(collection, name).map_err(|_| AccessError::invalid_index(""))?;
            Ok(value.with_marks(marks))
        }
        Type::Set(_) => Err(AccessError::new(
            "Invalid index",
            "Elements of a set are identified only by their value and don't have any separate index or key to \
             select with, so it's only possible to perform operations across all elements of the set.",
        )),
        _ => Err(AccessError::new("Invalid index", "This value does not have any indices.")),
    }
}

fn index_sequence(collection: &Value, key: &Value, ty: &Type) -> Result<Value, AccessError> {
    let key = convert_key(key, &Type::Number)?;
    let known_length = match ty {
        Type::Tuple(items) => Some(items.len()),
        _ => collection.len(),
    };
    let (Some(number), Some(length)) = (key.as_number(), known_length) else {
        let element = match ty {
            Type::List(element) => (**element).clone(),
            _ => Type::Dynamic,
        };
        return Ok(Value::unknown(element).with_marks(collection.marks()));
    };
    let position = number.to_i64().and_then(|index| usize::try_from(index).ok());
    if position.is_some_and(|position| position < length) {
        return ops::index(collection, &key).map_err(|_| AccessError::invalid_index(""));
    }
    let reason = sequence_reason(number, length);
    // The length of a marked collection is as private as its elements.
    let private = !collection.marks().is_empty() && number.is_integer() && !number.is_sign_negative();
    Err(AccessError::invalid_index(if private { "" } else { &reason }))
}

fn sequence_reason(number: &Number, length: usize) -> String {
    if !number.is_integer() {
        return ": indexing a sequence requires a whole number, but the given index has a fractional part"
            .to_owned();
    }
    if number.is_sign_negative() {
        return ": a negative number is not a valid index for a sequence".to_owned();
    }
    // HCL names the length only when the index is exactly one too great.
    match number.to_i64().and_then(|index| usize::try_from(index).ok()) == Some(length) {
        true if length == 0 => ": the collection has no elements".to_owned(),
        true => ": the given index is greater than or equal to the length of the collection".to_owned(),
        false => String::new(),
    }
}

fn convert_key(key: &Value, ty: &Type) -> Result<Value, AccessError> {
    convert(key, ty).map_err(|error| AccessError::invalid_index(&format!(": {error}")))
}
