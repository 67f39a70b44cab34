//! The JSON profile: what it declares, and what is kept of it while it is typed.

use config::{
    AttributeSchema, BlockSchema, Command, FactsCache, MemoryFiles, Nesting, ResourceMode, Schema, TestFile,
    find_tests,
};
use expect_test::{Expect, expect};
use lang::Type;
use syntax::Origin;

use crate::support::Loaded;

/// Everything that is said about a fixture.
fn check(fixture: &str, expected: Expect) {
    let loaded = Loaded::parse(fixture);
    let mut diagnostics = loaded.load_diagnostics();
    diagnostics.extend(loaded.static_diagnostics());
    expected.assert_eq(&loaded.render(&diagnostics));
}

fn runs(test: &TestFile) -> Vec<(&str, Command)> {
    test.runs.decls().map(|run| (run.name.as_str(), run.command)).collect()
}

#[test]
fn a_file_that_is_being_typed_keeps_its_runs() {
    for broken in [
        r#"{"run": {"a": {"command": "plan"}, "b": {"command": "plan", "#,
        r#"{"run": {"a": {"command": "plan", }, "b": {"command": "plan"}}}"#,
        r#"{"run": {"a": {"command" "plan", "command": "plan"}, "b": {"command": "plan"}}}"#,
        r#"{"run": {"a": {"command": "plan", "assert": [{"cond]}, "b": {}}}, "b": {"command": "plan"}}"#,
    ] {
        let loaded = Loaded::parse(&format!("\n//- /t.tftest.json\n{broken}\n"));
        let test = loaded.tests.first().expect("a test file");
        assert_eq!(runs(test).first(), Some(&("a", Command::Plan)), "{broken}");
        // Nothing is said about the shape of what Terraform drops.
        let found: Vec<_> = loaded.load_diagnostics().into_iter().filter_map(|found| found.code).collect();
        assert!(found.iter().all(|code| ["syntax", "json-value-type"].contains(code)), "{broken} {found:?}");
    }
}

#[test]
fn mock_files_are_read() {
    check(
        r#"
//- /t.tftest.json
{"mock_provider": {"aws": {"source": "./mocks"}}}
//- /mocks/a.tfmock.json
{"mock_resource": {"x": {"defaults": {"a": "${b}"}}}}
//- /mocks/b.tfmock.json
{"mock_data": {"x": {"default": 1}}}
//- /mocks/c.tfmock.json
{"mock_data": [
"#,
        expect![[r#"
            error mocks/b.tfmock.json:1,22-31 [unsupported-argument] Extraneous JSON object property
                No argument or block type is named "default". Did you mean "defaults"?
            error mocks/c.tfmock.json:2,1-1 [syntax] Missing value
                The JSON data ends prematurely.
            error mocks/c.tfmock.json:1,15-16 [syntax] Unclosed object
                No closing bracket was found for this JSON array.
            error mocks/c.tfmock.json:1,1-2 [syntax] Unclosed object
                No closing brace was found for this JSON object.
            error mocks/c.tfmock.json:1,1-2 [syntax] Root value must be object
                The root value in a JSON-based configuration must be either a JSON object or a JSON array of objects.
        "#]],
    );
}

#[test]
fn test_files_of_both_forms_run_in_the_order_of_their_names() {
    let names = [
        "b.tftest.json",
        "a.tftest.hcl",
        "a.tftest.json",
        "c.tofutest.json",
        "c.tftest.json",
        "d.tofutest.json",
        "tests/a.tftest.json",
        "other/a.tftest.json",
        ".hidden.tftest.json",
        "x.tftest.json~",
        "x.json",
    ];
    let files = MemoryFiles::new(names.map(|name| (name, "{}")));
    assert_eq!(
        find_tests(&files, ".", "tests", config::Dialects::default(), &FactsCache::new()),
        [
            "a.tftest.hcl",
            "a.tftest.json",
            "b.tftest.json",
            "c.tftest.json",
            "d.tofutest.json",
            "tests/a.tftest.json"
        ]
    );
}

fn attribute(ty: Type) -> AttributeSchema {
    AttributeSchema::optional(ty)
}

fn block(nesting: Nesting, body: Schema) -> BlockSchema {
    BlockSchema { nesting, min_items: 0, max_items: 0, body }
}

/// Two levels of blocks, one of them with labels.
fn schema() -> Schema {
    let leaf = Schema { attributes: [("size".into(), attribute(Type::Number))].into(), ..Schema::default() };
    let disk = Schema {
        attributes: [("name".into(), attribute(Type::String))].into(),
        blocks: [("part".into(), block(Nesting::List, leaf.clone()))].into(),
        ..Schema::default()
    };
    Schema {
        attributes: [("tags".into(), attribute(Type::map(Type::String)))].into(),
        blocks: [("disk".into(), block(Nesting::List, disk)), ("zone".into(), block(Nesting::Map, leaf))]
            .into(),
        ..Schema::default()
    }
}

/// A body as an outline: attributes, then blocks with their labels.
fn outline(body: &config::Body, schema: &Schema, sink: &mut Vec<syntax::Diagnostic>) -> String {
    let body = body.shaped(schema, &Origin::new("main.tf.json".into(), 0), sink);
    let mut parts: Vec<String> = body.attributes.iter().map(|it| it.name.to_string()).collect();
    for block in &body.blocks {
        let labels: String = block.labels.iter().map(|(label, _)| format!(" {label}")).collect();
        let inner = schema.blocks.get(&block.kind).map(|known| &known.body);
        let inner = outline(&block.body, inner.unwrap_or(&Schema::default()), sink);
        parts.push(format!("{}{labels} {{{inner}}}", block.kind));
    }
    parts.join(", ")
}

#[test]
fn a_schema_makes_blocks_of_properties() {
    let shaped = |arguments: &str| {
        let loaded = Loaded::parse(&format!(
            "\n//- /main.tf.json\n{{\"resource\": {{\"x\": {{\"a\": {arguments}}}}}}}\n"
        ));
        let resource = loaded.tree.module.resources.values().next().expect("a resource").clone();
        assert_eq!(resource.mode, ResourceMode::Managed);
        let mut found = Vec::new();
        let outline = outline(&resource.body, &schema(), &mut found);
        let said: Vec<String> = found.into_iter().map(|it| it.summary).collect();
        (outline, said)
    };
    let fine = |arguments: &str| {
        let (outline, said) = shaped(arguments);
        assert_eq!(said, Vec::<String>::new());
        outline
    };
    assert_eq!(
        fine(r#"{"tags": {"a": "b"}, "disk": {"name": "x", "part": [{"size": 1}, {"size": 2}]}}"#),
        "tags, disk {name, part {size}, part {size}}"
    );
    assert_eq!(
        fine(r#"{"disk": [{"name": "x"}, {}], "zone": {"k": {"size": 1}}}"#),
        "disk {name}, disk {}, zone k {size}"
    );
    assert_eq!(fine(r#"{"disk": null, "other": 1}"#), "other");
    assert_eq!(
        fine(r#"{"dynamic": {"disk": {"for_each": ["a"], "content": {"name": "${disk.value}"}}}}"#),
        "dynamic disk {for_each, content {name}}"
    );
    assert_eq!(shaped(r#"{"disk": 3, "zone": {}}"#).1, ["Incorrect JSON value type", "Missing block label"]);
}

#[test]
fn a_dynamic_block_binds_its_name_in_json_too() {
    check(
        r#"
//- /main.tf.json
{"resource": {"x": {"a": {"dynamic": {"disk": {"for_each": ["a"], "content": {"name": "${disk.value}"}}}}}}}
"#,
        expect![[""]],
    );
}

#[test]
fn a_large_object_is_read_in_one_go() {
    let locals: Vec<String> = (0..20_000).map(|n| format!("\"l{n}\": {n}")).collect();
    let text = format!("{{\"locals\": {{{}}}}}", locals.join(", "));
    let files = MemoryFiles::new([("main.tf.json", text.as_str())]);
    let tree = config::load_module(&files, ".", config::Dialect::default(), &FactsCache::new());
    assert_eq!(tree.module.locals.len(), 20_000);
}

/// Each level would be a copy of everything in it.
#[test]
fn dynamic_blocks_do_not_nest_without_end() {
    let levels = 300;
    let open = r#"{"dynamic": {"disk": {"for_each": [1], "content": "#.repeat(levels);
    let bulk: Vec<String> = (0..2000).map(|n| format!("\"a{n}\": [{n}]")).collect();
    let text = format!(
        "{{\"resource\": {{\"x\": {{\"a\": {open}{{{}}}{}}}}}}}",
        bulk.join(", "),
        "}}}".repeat(levels)
    );
    let files = MemoryFiles::new([("main.tf.json", text.as_str())]);
    let tree = config::load_module(&files, ".", config::Dialect::default(), &FactsCache::new());
    assert_eq!(tree.module.resources.len(), 1);
}
