//! What follows from a schema: the types of what it describes, and whether anything in it is special.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use lang::{Type, Value};

use super::{AttributeSchema, BlockSchema, NestedNesting, NestedType, Nesting, Schema};

/// Keeps what was worked out about a schema.
#[derive(Clone, Debug, Default)]
pub struct Implied(OnceLock<Facts>);

#[derive(Clone, Debug)]
struct Facts {
    ty: Type,
    /// Has something of dynamic type.
    dynamic: bool,
    empty: Value,
    /// Has a sensitive attribute at any depth.
    sensitive: bool,
    /// Has a write-only attribute at any depth.
    write_only: bool,
    /// Has nothing that providers for Terraform's old language could not declare.
    legacy: bool,
}

impl Schema {
    /// The type of a decoded body: an object with an attribute for every attribute and block type.
    ///
    /// A list or map of blocks in which anything has a dynamic type is itself dynamic, because its values are tuples and
    /// objects.
    pub fn ty(&self) -> &Type {
        &self.facts().ty
    }

    /// Whether any attribute, at any depth, is sensitive.
    pub fn has_sensitive(&self) -> bool {
        self.facts().sensitive
    }

    /// Whether any attribute, at any depth, is write-only.
    pub fn has_write_only(&self) -> bool {
        self.facts().write_only
    }

    pub(crate) fn is_legacy(&self) -> bool {
        self.facts().legacy
    }

    /// The value of a body that sets nothing: null attributes, no blocks.
    pub fn empty_value(&self) -> Value {
        self.facts().empty.clone()
    }

    fn facts(&self) -> &Facts {
        self.implied.0.get_or_init(|| {
            let attributes = self.attributes.iter().map(|(name, it)| (name, it.ty.clone(), it.null()));
            let blocks = self.blocks.iter().map(|(name, it)| (name, it.ty(), it.empty_value()));
            // An attribute goes before a block of the same name.
            let (mut types, mut empty) = (BTreeMap::new(), BTreeMap::new());
            for (name, ty, value) in attributes.chain(blocks) {
                let name: Arc<str> = Arc::from(name.as_str());
                types.entry(Arc::clone(&name)).or_insert(ty);
                empty.entry(name).or_insert(value);
            }
            let ty = Type::object(types);
            Facts {
                dynamic: ty.has_dynamic(),
                empty: Value::object_like(&ty, empty),
                ty,
                sensitive: any(self.attributes.values(), &|attribute| attribute.sensitive)
                    || self.blocks.values().any(|block| block.body.has_sensitive()),
                write_only: any(self.attributes.values(), &|attribute| attribute.write_only)
                    || self.blocks.values().any(|block| block.body.has_write_only()),
                legacy: self.attributes.values().all(AttributeSchema::is_legacy)
                    && self.blocks.values().all(|block| block.body.is_legacy()),
            }
        })
    }
}

impl BlockSchema {
    /// The type of all blocks of this type together.
    pub fn ty(&self) -> Type {
        let body = self.body.ty().clone();
        match self.nesting {
            Nesting::Single | Nesting::Group => body,
            Nesting::List | Nesting::Map if self.body.facts().dynamic => Type::Dynamic,
            Nesting::List => Type::list(body),
            Nesting::Set => Type::set(body),
            Nesting::Map => Type::map(body),
        }
    }

    /// The value where there is no such block.
    pub fn empty_value(&self) -> Value {
        let body = self.body.ty();
        match self.nesting {
            Nesting::Single => Value::null(body.clone()),
            Nesting::Group => self.body.empty_value(),
            Nesting::List if self.body.facts().dynamic => Value::empty_tuple(),
            Nesting::List => Value::list(body.clone(), Vec::new()),
            Nesting::Set => Value::set(body.clone(), Vec::new()),
            Nesting::Map if self.body.facts().dynamic => Value::empty_object(),
            Nesting::Map => Value::map(body.clone(), BTreeMap::new()),
        }
    }
}

impl NestedType {
    /// The type of its values.
    pub fn ty(&self) -> Type {
        self.constraint().without_optional()
    }

    /// The type of one of the objects.
    pub fn object_ty(&self) -> Type {
        self.object_constraint().without_optional()
    }

    /// What a configured value is converted to: attributes that need not be set may be left out.
    pub fn constraint(&self) -> Type {
        let object = self.object_constraint();
        match self.nesting {
            NestedNesting::Single => object,
            NestedNesting::List => Type::list(object),
            NestedNesting::Set => Type::set(object),
            NestedNesting::Map => Type::map(object),
        }
    }

    fn object_constraint(&self) -> Type {
        let mut types = BTreeMap::new();
        let mut optional = BTreeSet::new();
        for (name, attribute) in &self.attributes {
            let name: Arc<str> = Arc::from(name.as_str());
            if attribute.optional || attribute.computed {
                optional.insert(Arc::clone(&name));
            }
            types.insert(name, attribute.constraint().clone());
        }
        Type::object_with_optional(types, optional)
    }
}

impl AttributeSchema {
    /// The value of an attribute that is not set.
    pub fn null(&self) -> Value {
        Value::null(self.ty.clone())
    }

    fn is_legacy(&self) -> bool {
        let fits = match &self.ty {
            Type::Tuple(_) | Type::Object(_) => false,
            Type::Map(element) if element.is_object() => false,
            ty => match ty.element_type().and_then(Type::element_type) {
                Some(inner) => inner.is_primitive(),
                None => true,
            },
        };
        fits && self.nested.is_none()
    }
}

/// Whether any of the attributes, or of those nested in them, is such.
fn any<'a>(
    mut attributes: impl Iterator<Item = &'a AttributeSchema>,
    is: &dyn Fn(&AttributeSchema) -> bool,
) -> bool {
    attributes.any(|attribute| {
        is(attribute) || attribute.nested.as_ref().is_some_and(|nested| any(nested.attributes.values(), is))
    })
}
