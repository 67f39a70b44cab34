//! The shapes of the document's parts, as serde reads them. Properties that are not known are passed over, so that later
//! minor versions can be read.

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use syntax::SmolStr;

use super::types::TypeJson;
use crate::schema::provider::{FunctionSchema, IdentityAttribute, IdentitySchema, ParameterSchema};
use crate::schema::{AttributeSchema, BlockSchema, NestedNesting, NestedType, Nesting, Schema, TextKind};

/// Reads the schema of a resource type or a provider.
pub(super) fn schema(text: &str) -> serde_json::Result<Schema> {
    let SchemaJson { version, block } = serde_json::from_str(text)?;
    Ok(Schema { version, ..block.into() })
}

pub(super) fn function(text: &str) -> serde_json::Result<FunctionSchema> {
    let json: FunctionJson = serde_json::from_str(text)?;
    Ok(FunctionSchema {
        parameters: json.parameters.into_iter().map(ParameterSchema::from).collect(),
        variadic: json.variadic_parameter.map(ParameterSchema::from),
        returns: json.return_type.0,
        summary: json.summary,
        description: json.description,
        description_kind: json.description_kind.0,
        deprecation: json.deprecation_message,
    })
}

pub(super) fn identity(text: &str) -> serde_json::Result<IdentitySchema> {
    let IdentityJson { version, attributes } = serde_json::from_str(text)?;
    let attributes = attributes.into_iter().map(|(name, json)| {
        let attribute = IdentityAttribute {
            ty: json.ty.0,
            description: json.description,
            required_for_import: json.required_for_import,
            optional_for_import: json.optional_for_import,
        };
        (name, attribute)
    });
    Ok(IdentitySchema { version, attributes: attributes.collect() })
}

#[derive(Deserialize)]
struct SchemaJson {
    #[serde(default)]
    version: u64,
    #[serde(default)]
    block: BlockJson,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct BlockJson {
    attributes: IndexMap<SmolStr, AttributeJson>,
    block_types: IndexMap<SmolStr, BlockTypeJson>,
    description: Option<SmolStr>,
    description_kind: TextKindJson,
    deprecated: bool,
}

#[derive(Deserialize)]
#[serde(try_from = "AttributeFields")]
struct AttributeJson(AttributeSchema);

#[derive(Deserialize, Default)]
#[serde(default)]
struct AttributeFields {
    #[serde(rename = "type")]
    ty: Option<TypeJson>,
    nested_type: Option<NestedTypeJson>,
    description: Option<SmolStr>,
    description_kind: TextKindJson,
    required: bool,
    optional: bool,
    computed: bool,
    sensitive: bool,
    write_only: bool,
    deprecated: bool,
}

#[derive(Deserialize)]
struct NestedTypeJson {
    #[serde(default)]
    attributes: IndexMap<SmolStr, AttributeJson>,
    nesting_mode: NestedNestingJson,
}

#[derive(Deserialize)]
struct BlockTypeJson {
    nesting_mode: NestingJson,
    #[serde(default)]
    block: BlockJson,
    #[serde(default)]
    min_items: u64,
    #[serde(default)]
    max_items: u64,
}

#[derive(Deserialize)]
struct FunctionJson {
    #[serde(default)]
    parameters: Vec<ParameterJson>,
    variadic_parameter: Option<ParameterJson>,
    return_type: TypeJson,
    summary: Option<SmolStr>,
    description: Option<SmolStr>,
    #[serde(default)]
    description_kind: TextKindJson,
    deprecation_message: Option<SmolStr>,
}

#[derive(Deserialize)]
struct ParameterJson {
    #[serde(default)]
    name: SmolStr,
    #[serde(rename = "type")]
    ty: TypeJson,
    description: Option<SmolStr>,
    #[serde(default)]
    description_kind: TextKindJson,
    #[serde(default)]
    is_nullable: bool,
    #[serde(default)]
    allow_unknown_values: bool,
}

#[derive(Deserialize)]
struct IdentityJson {
    #[serde(default)]
    version: u64,
    #[serde(default)]
    attributes: IndexMap<SmolStr, IdentityAttributeJson>,
}

#[derive(Deserialize)]
struct IdentityAttributeJson {
    #[serde(rename = "type")]
    ty: TypeJson,
    description: Option<SmolStr>,
    #[serde(default)]
    required_for_import: bool,
    #[serde(default)]
    optional_for_import: bool,
}

#[derive(Default)]
struct TextKindJson(TextKind);

struct NestingJson(Nesting);

struct NestedNestingJson(NestedNesting);

impl<'de> Deserialize<'de> for TextKindJson {
    /// A kind of text that is not known is shown as it is.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<TextKindJson, D::Error> {
        let kind = SmolStr::deserialize(deserializer)?;
        Ok(TextKindJson(if kind == "markdown" { TextKind::Markdown } else { TextKind::Plain }))
    }
}

impl<'de> Deserialize<'de> for NestingJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<NestingJson, D::Error> {
        let mode = SmolStr::deserialize(deserializer)?;
        Ok(NestingJson(match mode.as_str() {
            "single" => Nesting::Single,
            "group" => Nesting::Group,
            "list" => Nesting::List,
            "set" => Nesting::Set,
            "map" => Nesting::Map,
            _ => return Err(unknown_nesting(&mode)),
        }))
    }
}

impl<'de> Deserialize<'de> for NestedNestingJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<NestedNestingJson, D::Error> {
        let mode = SmolStr::deserialize(deserializer)?;
        Ok(NestedNestingJson(match mode.as_str() {
            "single" => NestedNesting::Single,
            "list" => NestedNesting::List,
            "set" => NestedNesting::Set,
            "map" => NestedNesting::Map,
            _ => return Err(unknown_nesting(&mode)),
        }))
    }
}

fn unknown_nesting<E: Error>(mode: &str) -> E {
    E::custom(format!("unknown nesting mode {mode:?}"))
}

impl From<BlockJson> for Schema {
    fn from(json: BlockJson) -> Schema {
        Schema {
            attributes: attributes(json.attributes),
            blocks: json.block_types.into_iter().map(|(name, block)| (name, block.into())).collect(),
            description: json.description,
            description_kind: json.description_kind.0,
            deprecated: json.deprecated,
            ..Schema::default()
        }
    }
}

impl From<BlockTypeJson> for BlockSchema {
    fn from(json: BlockTypeJson) -> BlockSchema {
        BlockSchema {
            nesting: json.nesting_mode.0,
            min_items: json.min_items,
            max_items: json.max_items,
            body: json.block.into(),
        }
    }
}

impl TryFrom<AttributeFields> for AttributeJson {
    type Error = &'static str;

    fn try_from(json: AttributeFields) -> Result<AttributeJson, &'static str> {
        let base = match (json.nested_type, json.ty) {
            (Some(nested), None) => AttributeSchema::nested(NestedType {
                nesting: nested.nesting_mode.0,
                attributes: attributes(nested.attributes),
            }),
            (None, Some(ty)) => AttributeSchema::of_type(ty.0),
            (Some(_), Some(_)) => return Err("an attribute has either type or nested_type, not both"),
            (None, None) => return Err("an attribute needs type or nested_type"),
        };
        Ok(AttributeJson(AttributeSchema {
            required: json.required,
            optional: json.optional,
            computed: json.computed,
            sensitive: json.sensitive,
            write_only: json.write_only,
            deprecated: json.deprecated,
            description: json.description,
            description_kind: json.description_kind.0,
            ..base
        }))
    }
}

impl From<ParameterJson> for ParameterSchema {
    fn from(json: ParameterJson) -> ParameterSchema {
        ParameterSchema {
            name: json.name,
            ty: json.ty.0,
            allow_null: json.is_nullable,
            allow_unknown: json.allow_unknown_values,
            description: json.description,
            description_kind: json.description_kind.0,
        }
    }
}

fn attributes(json: IndexMap<SmolStr, AttributeJson>) -> IndexMap<SmolStr, AttributeSchema> {
    json.into_iter().map(|(name, attribute)| (name, attribute.0)).collect()
}
