//! What the provider `test` offers, as the tool that recorded the cases had it.

use config::{AttributeSchema, Schema};
use lang::Type;
use lang::functions::{ProvidedFunction, ProvidedParam};

pub(super) struct Schemas {
    pub(super) configuration: Schema,
    pub(super) resource: Schema,
    pub(super) data: Schema,
    pub(super) ephemeral: Schema,
    pub(super) functions: Vec<ProvidedFunction>,
}

impl Schemas {
    pub(super) fn new() -> Schemas {
        let (optional, computed) = (AttributeSchema::optional, AttributeSchema::computed);
        let either = |ty| AttributeSchema { optional: true, ..AttributeSchema::computed(ty) };
        let write_only = AttributeSchema { write_only: true, ..optional(Type::String) };
        Schemas {
            configuration: schema([
                ("data_prefix", optional(Type::String)),
                ("resource_prefix", optional(Type::String)),
            ]),
            resource: schema([
                ("id", either(Type::String)),
                ("value", optional(Type::String)),
                ("interrupt_count", optional(Type::Number)),
                ("destroy_fail", either(Type::Bool)),
                ("create_wait_seconds", optional(Type::Number)),
                ("destroy_wait_seconds", optional(Type::Number)),
                ("write_only", write_only.clone()),
            ]),
            data: schema([
                ("id", AttributeSchema::required(Type::String)),
                ("value", computed(Type::String)),
                ("interrupt_count", computed(Type::Number)),
                ("destroy_fail", computed(Type::Bool)),
                ("create_wait_seconds", computed(Type::Number)),
                ("destroy_wait_seconds", computed(Type::Number)),
                ("write_only", write_only),
            ]),
            ephemeral: schema([("value", computed(Type::String))]),
            functions: vec![ProvidedFunction {
                name: "is_true".to_owned(),
                description: String::new(),
                params: vec![ProvidedParam {
                    name: "input".to_owned(),
                    description: String::new(),
                    ty: Type::Bool,
                    allow_null: false,
                    allow_unknown: false,
                }],
                variadic: None,
                returns: Type::Bool,
            }],
        }
    }
}

fn schema<const N: usize>(attributes: [(&str, AttributeSchema); N]) -> Schema {
    let attributes = attributes.into_iter().map(|(name, attribute)| (name.into(), attribute));
    Schema { attributes: attributes.collect(), ..Schema::default() }
}
