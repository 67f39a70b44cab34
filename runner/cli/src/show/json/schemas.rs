//! Providers' schemas in the form of `terraform providers schema -json`.

use config::schema::{NestedNesting, NestedType, Nesting, TextKind};
use config::{AttributeSchema, BUILT_IN_PROVIDER, BlockSchema, ResourceMode, Schema};
use lang::functions::{Function, Param, Place, all, return_type};
use provider::{Provider, Providers};
use syntax::SmolStr;

use super::super::node::{Kind, Node};
use super::{Fields, list, number, text, type_node};

/// The schemas by source address; nothing where there are no providers.
pub(super) fn schemas(providers: &Providers) -> Fields {
    let mut fields = Fields::default();
    for (address, provider) in providers.iter() {
        fields.set(address, schemas_of(&**provider));
    }
    fields
}

fn schemas_of(provider: &dyn Provider) -> Node {
    let mut fields = Fields::default();
    let found = provider.configuration();
    let described = match provider.address() == BUILT_IN_PROVIDER {
        true => without_block(found),
        false => schema(found),
    };
    fields.set("provider", described);
    let kinds = [
        (ResourceMode::Managed, "resource_schemas"),
        (ResourceMode::Data, "data_source_schemas"),
        (ResourceMode::Ephemeral, "ephemeral_resource_schemas"),
    ];
    for (mode, name) in kinds {
        let mut schemas = Fields::default();
        for kind in provider.kinds(mode) {
            if let Some(found) = provider.schema(mode, kind) {
                schemas.set(kind, schema(found));
            }
        }
        if !schemas.is_empty() {
            fields.set(name, schemas.node());
        }
    }
    // The functions of the built-in provider are part of the language; what others offer cannot be called.
    if provider.address() == BUILT_IN_PROVIDER {
        let mut functions = Fields::default();
        for found in all().filter(|function| function.place == Place::Provider) {
            functions.set(found.name, function(found));
        }
        fields.set("functions", functions.node());
    }
    fields.node()
}

/// The built-in provider does not say that it has no arguments; every other one does.
fn without_block(schema: &Schema) -> Node {
    let mut fields = Fields::default();
    fields.set("version", number(schema.version));
    fields.node()
}

fn schema(schema: &Schema) -> Node {
    let mut fields = Fields::default();
    fields.set("version", number(schema.version));
    fields.set("block", block(schema));
    fields.node()
}

fn block(schema: &Schema) -> Node {
    let mut fields = Fields::default();
    if !schema.attributes.is_empty() {
        fields.set("attributes", attributes(&schema.attributes));
    }
    let mut blocks = Fields::default();
    for (name, nested) in &schema.blocks {
        blocks.set(name, block_type(nested));
    }
    if !blocks.is_empty() {
        fields.set("block_types", blocks.node());
    }
    described(&mut fields, schema.description.as_ref(), schema.description_kind);
    fields.set_if(schema.deprecated, "deprecated");
    fields.node()
}

fn block_type(nested: &BlockSchema) -> Node {
    let mut fields = Fields::default();
    let nesting = match nested.nesting {
        Nesting::Single => "single",
        Nesting::Group => "group",
        Nesting::List => "list",
        Nesting::Set => "set",
        Nesting::Map => "map",
    };
    fields.set("nesting_mode", text(nesting));
    fields.set("block", block(&nested.body));
    for (name, items) in [("min_items", nested.min_items), ("max_items", nested.max_items)] {
        if items > 0 {
            fields.set(name, number(items));
        }
    }
    fields.node()
}

fn attributes<'s>(attributes: impl IntoIterator<Item = (&'s SmolStr, &'s AttributeSchema)>) -> Node {
    let mut fields = Fields::default();
    for (name, found) in attributes {
        fields.set(name, attribute(found));
    }
    fields.node()
}

fn attribute(attribute: &AttributeSchema) -> Node {
    let mut fields = Fields::default();
    match &attribute.nested {
        Some(nested) => fields.set("nested_type", nested_type(nested)),
        None => fields.set("type", type_node(&attribute.ty)),
    }
    described(&mut fields, attribute.description.as_ref(), attribute.description_kind);
    fields.set_if(attribute.required, "required");
    fields.set_if(attribute.optional, "optional");
    fields.set_if(attribute.computed, "computed");
    fields.set_if(attribute.sensitive, "sensitive");
    fields.set_if(attribute.write_only, "write_only");
    fields.set_if(attribute.deprecated, "deprecated");
    fields.node()
}

fn nested_type(nested: &NestedType) -> Node {
    let mut fields = Fields::default();
    let nesting = match nested.nesting {
        NestedNesting::Single => "single",
        NestedNesting::List => "list",
        NestedNesting::Set => "set",
        NestedNesting::Map => "map",
    };
    fields.set("nesting_mode", text(nesting));
    fields.set("attributes", attributes(&nested.attributes));
    fields.node()
}

fn described(fields: &mut Fields, description: Option<&SmolStr>, kind: TextKind) {
    if let Some(description) = description {
        fields.set("description", text(description));
    }
    let kind = match kind {
        TextKind::Plain => "plain",
        TextKind::Markdown => "markdown",
    };
    fields.set("description_kind", text(kind));
}

fn function(function: &Function) -> Node {
    let mut fields = Fields::default();
    fields.set("description", text(function.doc));
    fields.set("return_type", type_node(&return_type(function)));
    if !function.params.is_empty() {
        fields.set("parameters", list(function.params.iter().map(parameter)));
    }
    if let Some(variadic) = &function.variadic {
        fields.set("variadic_parameter", parameter(variadic));
    }
    fields.node()
}

fn parameter(parameter: &Param) -> Node {
    let mut fields = Fields::default();
    fields.set("name", text(parameter.name));
    fields.set("type", type_node(&parameter.ty.to_type()));
    Node::new(Kind::Object(fields.0))
}
