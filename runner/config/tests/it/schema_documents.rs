//! Reading the JSON of provider schemas.

use config::ResourceMode::{Data, Ephemeral, Managed};
use config::schema::document::{ProviderSchemas, read};
use config::{NestedNesting, Nesting, TextKind};
use expect_test::{Expect, expect};
use lang::Value;

const ADDRESS: &str = "registry.terraform.io/example/cloud";

/// A document with one provider, of which `parts` are written.
fn document(parts: &str) -> String {
    format!(r#"{{"format_version": "1.0", "provider_schemas": {{"{ADDRESS}": {{{parts}}}}}}}"#)
}

fn provider(parts: &str) -> ProviderSchemas {
    read(document(parts).into_bytes()).expect("the document can be read").remove(0)
}

fn machine(block: &str) -> ProviderSchemas {
    provider(&format!(r#""resource_schemas": {{"cloud_machine": {{"version": 3, "block": {block}}}}}"#))
}

const RICH: &str = r#"{
  "description": "A *machine*.", "description_kind": "markdown", "deprecated": true,
  "attributes": {
    "name": {"type": "string", "required": true, "description": "Its name.", "description_kind": "plain"},
    "key": {"type": "string", "optional": true, "write_only": true, "new_in_a_later_version": [1]},
    "tags": {"type": ["map", "string"], "optional": true, "computed": true},
    "free": {"type": "dynamic", "optional": true, "deprecated": true},
    "shape": {"type": ["object", {"a": ["tuple", ["bool", "number"]], "b": ["set", "string"]}, ["b"]], "computed": true},
    "keys": {"optional": true, "nested_type": {"nesting_mode": "list", "attributes": {
      "id": {"type": "string", "required": true},
      "text": {"type": "string", "optional": true, "sensitive": true}}}}
  },
  "block_types": {
    "disk": {"nesting_mode": "list", "min_items": 1, "max_items": 4, "block": {
      "attributes": {"size": {"type": "number", "required": true}, "token": {"type": "string", "computed": true, "sensitive": true}},
      "block_types": {"part": {"nesting_mode": "set", "block": {}}}}},
    "net": {"nesting_mode": "single", "block": {}},
    "meta": {"nesting_mode": "group", "block": {"attributes": {"note": {"type": "string", "optional": true}}}},
    "label": {"nesting_mode": "map", "block": {}},
    "loose": {"nesting_mode": "list", "block": {"attributes": {"any": {"type": "dynamic", "optional": true}}}}
  }
}"#;

#[test]
fn a_schema_has_what_the_document_says() {
    let provider = machine(RICH);
    assert_eq!(provider.source(), ADDRESS);
    let schema = provider.resource(Managed, "cloud_machine").expect("it can be read").expect("it is there");
    assert_eq!(schema.version, 3);
    assert_eq!(
        (schema.description.as_deref(), schema.description_kind),
        (Some("A *machine*."), TextKind::Markdown)
    );
    assert!(schema.deprecated);
    let flags = |name: &str| {
        let it = &schema.attributes[name];
        let flags = [it.required, it.optional, it.computed, it.sensitive, it.write_only, it.deprecated];
        let names = ["required", "optional", "computed", "sensitive", "write_only", "deprecated"];
        let set: Vec<&str> =
            names.into_iter().zip(flags).filter(|(_, set)| *set).map(|(name, _)| name).collect();
        set.join(" ")
    };
    assert_eq!(flags("name"), "required");
    assert_eq!(flags("key"), "optional write_only");
    assert_eq!(flags("tags"), "optional computed");
    assert_eq!(flags("free"), "optional deprecated");
    let keys = schema.attributes["keys"].nested.as_ref().expect("it has a schema of its own");
    assert_eq!(keys.nesting, NestedNesting::List);
    assert!(keys.attributes["text"].sensitive);
    let disk = &schema.blocks["disk"];
    assert_eq!((disk.nesting, disk.min_items, disk.max_items), (Nesting::List, 1, 4));
    expect!["object({disk=list(object({part=set(object({})),size=number,token=string})),free=any,key=string,keys=list(object({id=string,text=string})),label=map(object({})),loose=any,meta=object({note=string}),name=string,net=object({}),shape=object({a=tuple([bool,number]),b=set(string)}),tags=map(string)})"]
    .assert_eq(&schema.ty().constraint_name());
    expect![[r#"list(object({id=string,text=optional(string)}))"#]]
        .assert_eq(&schema.attributes["keys"].constraint().constraint_name());
    expect![[r#"object{"disk": [], "free": null(any), "key": null(string), "keys": null(list(object({id=string,text=string}))), "label": {}, "loose": tuple[], "meta": object{"note": null(string)}, "name": null(string), "net": null(object({})), "shape": null(object({a=tuple([bool,number]),b=set(string)})), "tags": null(map(string))}"#]]
    .assert_eq(&format!("{:?}", schema.empty_value()));
}

#[test]
fn sensitive_and_write_only_values_are_found_at_any_depth() {
    let provider = machine(RICH);
    let schema = provider.resource(Managed, "cloud_machine").expect("it can be read").expect("it is there");
    let object = lang::convert(
        &serde_value(
            r#"{"keys": [{"id": "a", "text": "t"}], "disk": [{"size": 1, "token": "x"}, {"size": 2}]}"#,
        ),
        &optional(schema.ty()),
    )
    .expect("the value fits");
    let places: Vec<String> =
        schema.sensitive_paths(&object).iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(places, [".keys[0].text", ".disk[0].token", ".disk[1].token"]);
    let write_only: Vec<String> = schema.write_only_paths(&object).iter().map(ToString::to_string).collect();
    assert_eq!(write_only, [".key"]);
    assert_eq!(schema.with_sensitive(&object).marked_paths().len(), 3);
}

/// The type with everything optional, so that a test need not spell out the nulls.
fn optional(ty: &lang::Type) -> lang::Type {
    use lang::Type;
    match ty {
        Type::List(element) => Type::list(optional(element)),
        Type::Set(element) => Type::set(optional(element)),
        Type::Map(element) => Type::map(optional(element)),
        Type::Object(object) => Type::object_with_optional(
            object.attributes.iter().map(|(name, ty)| (name.clone(), optional(ty))).collect(),
            object.attributes.keys().cloned().collect(),
        ),
        other => other.clone(),
    }
}

fn serde_value(text: &str) -> Value {
    let file = syntax::FileName::from("value.tf");
    let expr = lang::lower(&syntax::parse_expression(&file, text).tree);
    struct Nothing;
    impl lang::Scope for Nothing {
        fn resolve(
            &self,
            _traversal: &lang::Traversal,
            _origin: &syntax::Origin,
            _sink: &mut syntax::Diagnostics,
        ) -> Option<lang::Resolved> {
            None
        }

        fn files(&self) -> &dyn lang::functions::FileReader {
            unreachable!("a constant reads nothing")
        }
    }
    lang::evaluate(&expr, &syntax::Origin::default(), &Nothing, &mut Vec::new())
}

#[test]
fn everything_else_that_a_provider_offers() {
    let provider = provider(
        r#""provider": {"version": 0, "block": {"attributes": {"region": {"type": "string", "optional": true}}}},
        "data_source_schemas": {"cloud_image": {"version": 0, "block": {}}},
        "ephemeral_resource_schemas": {"cloud_token": {"version": 0, "block": {}}},
        "functions": {"join": {"description": "Joins.", "summary": "Joins", "return_type": "string",
          "parameters": [{"name": "separator", "type": "string", "is_nullable": true}],
          "variadic_parameter": {"name": "parts", "type": ["list", "string"]},
          "deprecation_message": "Use join."}},
        "resource_identity_schemas": {"cloud_machine": {"version": 1, "attributes": {
          "id": {"type": "string", "required_for_import": true}, "zone": {"type": "string", "optional_for_import": true}}}},
        "list_resource_schemas": {"of a later version": 1}"#,
    );
    let configuration = provider.provider().expect("it can be read").expect("it is there");
    assert_eq!(configuration.attributes.keys().collect::<Vec<_>>(), ["region"]);
    assert_eq!(provider.kinds(Data).collect::<Vec<_>>(), ["cloud_image"]);
    assert_eq!(provider.kinds(Ephemeral).collect::<Vec<_>>(), ["cloud_token"]);
    assert_eq!(provider.functions().collect::<Vec<_>>(), ["join"]);
    let join = provider.function("join").expect("it can be read").expect("it is there");
    assert!(join.parameters[0].allow_null);
    assert_eq!(join.variadic.as_ref().map(|it| it.ty.constraint_name()).as_deref(), Some("list(string)"));
    assert_eq!(join.deprecation.as_deref(), Some("Use join."));
    let identity = provider.identity("cloud_machine").expect("it can be read").expect("it is there");
    assert!(identity.attributes["id"].required_for_import && identity.attributes["zone"].optional_for_import);
    assert!(provider.resource(Managed, "cloud_nothing").expect("nothing was read").is_none());
}

fn refused(text: &str, expected: Expect) {
    let error =
        read(text.as_bytes().to_vec()).map(|providers| providers.len()).expect_err("it cannot be read");
    expected.assert_eq(&error.to_string());
}

#[test]
fn a_document_that_is_none_is_refused() {
    refused("", expect![[r#"the document is cut off at line 1, column 0"#]]);
    let whole = document(r#""resource_schemas": {"cloud_machine": {"block": {}}}"#);
    refused(&whole[..whole.len() - 30], expect!["the document is cut off at line 1, column 112"]);
    refused(
        "{\n \"format_version\": 1.0,,\n}",
        expect!["format_version: invalid type: floating point `1.0`, expected a string"],
    );
    refused("[]", expect!["the document is no JSON object"]);
    refused("{}", expect![[r#"the document has no format_version, so it does not hold provider schemas"#]]);
    refused(
        r#"{"format_version": "2.0", "provider_schemas": []}"#,
        expect![[
            r#"format_version: the document has format version "2.0", and this program reads 0.1, 0.2 and 1.x"#
        ]],
    );
    refused(
        r#"{"format_version": "0.3", "provider_schemas": {}}"#,
        expect![[
            r#"format_version: the document has format version "0.3", and this program reads 0.1, 0.2 and 1.x"#
        ]],
    );
    refused(
        &document(r#""resource_schemas": []"#),
        expect![[
            r#"provider_schemas["registry.terraform.io/example/cloud"].resource_schemas: invalid type: sequence, expected a map"#
        ]],
    );
    for version in ["0.1", "0.2", "1.0", "1.3"] {
        let text = format!(r#"{{"format_version": "{version}"}}"#);
        assert_eq!(read(text.into_bytes()).map(|providers| providers.len()), Ok(0), "{version}");
    }
    let error = read(b"{\"format_version\": \"\xff\"}".to_vec()).expect_err("it is no text");
    assert_eq!(
        error.to_string(),
        "the document is not UTF-8: invalid utf-8 sequence of 1 bytes from index 20"
    );
}

#[test]
fn a_part_that_cannot_be_read_says_where_it_is_wrong() {
    let said = |block: &str, expected: Expect| {
        let provider = machine(block);
        let error = provider.resource(Managed, "cloud_machine").expect_err("it cannot be read");
        expected.assert_eq(&error.to_string());
    };
    said(
        r#"{"attributes": {"a": {"type": "strng"}}}"#,
        expect![[
            r#"provider_schemas["registry.terraform.io/example/cloud"].resource_schemas.cloud_machine.block.attributes.a.type: unknown type "strng""#
        ]],
    );
    said(
        r#"{"attributes": {"a": {"type": ["list", ["lst", "string"]]}}}"#,
        expect![[
            r#"provider_schemas["registry.terraform.io/example/cloud"].resource_schemas.cloud_machine.block.attributes.a.type[1][0]: unknown kind of type "lst""#
        ]],
    );
    said(
        r#"{"attributes": {"a": {"optional": true}}}"#,
        expect![[
            r#"provider_schemas["registry.terraform.io/example/cloud"].resource_schemas.cloud_machine.block.attributes.a: an attribute needs type or nested_type"#
        ]],
    );
    said(
        r#"{"block_types": {"b": {"block": {"block_types": {"c": {"nesting_mode": "many"}}}, "nesting_mode": "list"}}}"#,
        expect![[
            r#"provider_schemas["registry.terraform.io/example/cloud"].resource_schemas.cloud_machine.block.block_types.b.block.block_types.c.nesting_mode: unknown nesting mode "many""#
        ]],
    );
    said(
        r#"{"block_types": {"b": {"nesting_mode": "list", "min_items": -1}}}"#,
        expect![[
            r#"provider_schemas["registry.terraform.io/example/cloud"].resource_schemas.cloud_machine.block.block_types.b.min_items: invalid value: integer `-1`, expected u64"#
        ]],
    );
}

/// Neither the text nor a type is followed to any depth.
#[test]
fn depth_is_an_error() {
    let deep = format!("{}\"string\"{}", "[\"list\",".repeat(10_000), "]".repeat(10_000));
    let provider = machine(&format!(r#"{{"attributes": {{"a": {{"type": {deep}}}}}}}"#));
    let error = provider.resource(Managed, "cloud_machine").expect_err("it is too deep");
    assert!(error.to_string().contains("recursion limit exceeded"), "{error}");
    let text = format!("{{\"format_version\": {}", "[".repeat(100_000));
    assert!(read(text.into_bytes()).is_err());
}
