//! The arguments of a block as a value.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{Body, Schema};
use lang::{Scope, Value};
use syntax::{Diagnostic, Diagnostics, Origin};

/// The arguments of a body as an object of the schema's type; what is not set is null. `address` is the object that the
/// block is about.
pub(super) fn configuration(
    body: &Body,
    origin: &Origin,
    schema: &Schema,
    scope: &dyn Scope,
    address: &str,
    sink: &mut Diagnostics,
) -> Option<Value> {
    let before = sink.len();
    let mut attributes = BTreeMap::new();
    for (name, attribute) in &schema.attributes {
        let given = body.attributes.iter().find(|given| given.name == *name);
        if given.is_some() && !attribute.optional && !attribute.required {
            // Terraform's check of read-only arguments knows no place.
            sink.push(Diagnostic::error(format!("\"{name}\" attribute is read-only"), ""));
        }
        let value = match given {
            None => Value::null(attribute.ty.clone()),
            Some(given) => {
                let value = lang::evaluate(&given.value, origin, scope, sink);
                match lang::convert(&value, &attribute.ty) {
                    Ok(value) => value,
                    Err(error) => {
                        let detail =
                            format!("Inappropriate value for attribute \"{name}\": {}.", error.with_path());
                        let place = given.value.location(origin);
                        sink.push(
                            Diagnostic::error("Incorrect attribute value type", detail)
                                .at(place)
                                .with_address(address),
                        );
                        Value::unknown(attribute.ty.clone())
                    }
                }
            }
        };
        attributes.insert(Arc::from(name.as_str()), value);
    }
    let failed = sink[before..].iter().any(Diagnostic::is_error);
    (!failed).then(|| Value::object(attributes))
}
