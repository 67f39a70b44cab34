//! One type for many values: values that are alike need not keep equal types of their own.

use std::sync::Arc;

use super::{Repr, Value};
use crate::ty::Type;

impl Value {
    /// The same value, which shares the parts of a type wherever it would otherwise keep an equal one of its own. What it
    /// shares with other values already stays as it is.
    ///
    /// An object's type takes as much memory as the object, and comparing types that are shared costs nothing.
    #[must_use]
    pub fn sharing(mut self, ty: &Type) -> Value {
        share(&mut self, ty);
        self
    }
}

fn share(value: &mut Value, ty: &Type) {
    match &mut value.repr {
        Repr::Null(own) => adopt(own, ty),
        Repr::Unknown(unknown) => {
            if let Some(unknown) = Arc::get_mut(unknown) {
                adopt(&mut unknown.ty, ty);
            }
        }
        Repr::Object(object) => {
            let (Some(object), Type::Object(wanted)) = (Arc::get_mut(object), ty) else { return };
            for (name, item) in &mut object.items {
                if let Some(ty) = wanted.attributes.get(name) {
                    share(item, ty);
                }
            }
            adopt(&mut object.ty, ty);
        }
        Repr::Map(map) => {
            let (Some(map), Some(element)) = (Arc::get_mut(map), ty.element_type()) else { return };
            map.items.values_mut().for_each(|item| share(item, element));
            adopt(&mut map.ty, ty);
        }
        Repr::Tuple(tuple) => {
            let (Some(tuple), Type::Tuple(types)) = (Arc::get_mut(tuple), ty) else { return };
            tuple.items.iter_mut().zip(types.iter()).for_each(|(item, ty)| share(item, ty));
            adopt(&mut tuple.ty, ty);
        }
        Repr::List(items) | Repr::Set(items) => {
            let (Some(items), Some(element)) = (Arc::get_mut(items), ty.element_type()) else { return };
            items.items.iter_mut().for_each(|item| share(item, element));
            adopt(&mut items.ty, ty);
        }
        Repr::Dynamic | Repr::Bool(_) | Repr::Number(_) | Repr::String(_) | Repr::Type(_) => {}
    }
}

fn adopt(own: &mut Type, ty: &Type) {
    if own == ty {
        own.clone_from(ty);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(step: i64) -> Value {
        let inner = || Value::object([("step".into(), Value::int(step))].into());
        let parts = [("all", Value::tuple(vec![inner(), Value::null(inner().ty())])), ("one", inner())];
        Value::object(parts.map(|(name, value)| (name.into(), value)).into())
    }

    fn type_of(value: &Value) -> Arc<crate::ty::ObjectType> {
        match value.ty() {
            Type::Object(object) => object,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn values_that_are_alike_have_one_type() {
        let (first, second) = (object(1), object(2));
        assert!(!Arc::ptr_eq(&type_of(&first), &type_of(&second)));
        let ty = first.ty();
        let shared = second.clone().sharing(&ty);
        // Someone else holds it, and it stays as it was.
        assert!(!Arc::ptr_eq(&type_of(&first), &type_of(&shared)));
        drop(shared);
        let shared = second.sharing(&ty);
        assert_eq!(shared, object(2));
        assert!(Arc::ptr_eq(&type_of(&first), &type_of(&shared)));
        let inside = |value: &Value| value.as_map().and_then(|all| all.get("one").cloned());
        let wanted = type_of(&first).attributes.get("one").cloned();
        let [Some(Type::Object(wanted)), Some(Type::Object(own))] =
            [wanted, inside(&shared).map(|it| it.ty())]
        else {
            panic!("both are objects")
        };
        assert!(Arc::ptr_eq(&wanted, &own));
    }

    #[test]
    fn what_is_not_alike_keeps_its_type() {
        let other = Value::object([("one".into(), Value::string("text"))].into());
        assert_eq!(other.clone().sharing(&object(1).ty()).ty(), other.ty());
        assert_eq!(Value::int(1).sharing(&Type::String), Value::int(1));
    }
}
