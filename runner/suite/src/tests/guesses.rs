//! Mocks of providers that nothing describes.

use provider::{Providers, SchemaStore};

use super::Fixture;

/// Runs one run block with these assertions, each of which must hold, and returns what is said.
fn said(main: &str, mock: &str, asserts: &[&str]) -> Vec<String> {
    let asserts: String = asserts
        .iter()
        .map(|condition| {
            format!("  assert {{\n    condition = {condition}\n    error_message = \"no\"\n  }}\n")
        })
        .collect();
    let test = format!("mock_provider \"cloud\" {{\n{mock}}}\nrun \"a\" {{\n{asserts}}}\n");
    Fixture::new([("main.tf", main), ("t.tftest.hcl", &test)]).events()
}

fn passes(main: &str, mock: &str, asserts: &[&str]) {
    let events = said(main, mock, asserts);
    assert!(events.iter().any(|line| line.contains("1 passed, 0 failed, 0 errored")), "{events:#?}");
    let guessed = events.iter().filter(|line| line.contains("Mock goes by guessed types")).count();
    assert_eq!(guessed, 1, "{events:#?}");
}

#[test]
fn what_is_set_is_kept_and_what_is_only_read_is_made_up() {
    let main = "resource \"cloud_net\" \"n\" {\n  range = \"10.0.0.0/8\"\n  tags = { a = 1 }\n}\n\
                resource \"cloud_machine\" \"m\" {\n  net = cloud_net.n.id\n}\n";
    passes(
        main,
        "",
        &[
            "cloud_net.n.range == \"10.0.0.0/8\" && cloud_net.n.tags.a == 1",
            "length(cloud_net.n.id) == 8 && cloud_machine.m.net == cloud_net.n.id",
            "length(cloud_machine.m.address) == 8 && cloud_machine.m.cores + 1 == 1 && !cloud_machine.m.on",
        ],
    );
}

#[test]
fn reads_are_followed_from_name_to_name() {
    let main = "resource \"cloud_net\" \"n\" {\n  count = 2\n}\n\
                locals {\n  nets = cloud_net.n\n  first = local.nets[0]\n}\n\
                module \"m\" {\n  source = \"./m\"\n  net = local.first\n}\n\
                output \"names\" { value = [for n in local.nets : n.name] }\n\
                output \"zones\" { value = cloud_net.n[*].zone }\n\
                output \"gate\" { value = module.m.gate }\n";
    let module = "variable \"net\" {}\noutput \"gate\" { value = var.net.gate }\n";
    let test = "mock_provider \"cloud\" {}\nrun \"a\" {\n  assert {\n    condition = length(output.names[1]) == 8 && \
                length(output.zones) == 2 && length(output.gate) == 8\n    error_message = \"no\"\n  }\n}\n";
    let files = [("main.tf", main), ("m/main.tf", module), ("t.tftest.hcl", test)];
    let events = Fixture::new(files).events();
    assert!(events.iter().any(|line| line.contains("1 passed, 0 failed, 0 errored")), "{events:#?}");
}

#[test]
fn names_that_lead_back_to_themselves_are_refused_and_not_followed() {
    let main =
        "resource \"cloud_net\" \"n\" {}\nlocals {\n  a = local.b\n  b = [for x in local.a : x.y]\n}\n";
    let events = said(main, "", &["cloud_net.n.id != \"\""]);
    assert!(events.iter().any(|line| line.contains("Cycle")), "{events:#?}");
}

#[test]
fn blocks_are_as_they_are_written() {
    let main = "resource \"cloud_machine\" \"m\" {\n  disk {\n    size = 1\n  }\n  disk {\n    size = 2\n  }\n  \
                boot {\n    order = \"n\"\n  }\n  dynamic \"port\" {\n    for_each = [80, 443]\n    content {\n      \
                number = port.value\n    }\n  }\n}\n";
    passes(
        main,
        "",
        &[
            "cloud_machine.m.disk[1].size == 2 && length(cloud_machine.m.disk[0].id) == 8",
            "cloud_machine.m.boot.order == \"n\" && length(cloud_machine.m.boot.device) == 8",
            "[for p in cloud_machine.m.port : p.number] == [80, 443]",
        ],
    );
}

/// The same module in both syntaxes makes the same mocks.
#[test]
fn blocks_in_json_are_blocks_where_they_are_read_as_such() {
    let native = "resource \"cloud_machine\" \"m\" {\n  tags = { a = \"x\" }\n  names = { a = { size = 1 } }\n  disk {\n    \
                  size = 1\n  }\n  disk {\n    size = 2\n  }\n  boot {\n    order = \"n\"\n    net {\n      port = 1\n    \
                  }\n  }\n  dynamic \"port\" {\n    for_each = [80, 443]\n    content {\n      number = port.value\n    }\n  \
                  }\n}\n";
    let json = r#"{"resource": {"cloud_machine": {"m": {
        "tags": {"a": "x"},
        "names": {"a": {"size": 1}},
        "disk": [{"size": 1}, {"size": 2}],
        "boot": {"order": "n", "net": {"port": 1}},
        "dynamic": {"port": {"for_each": [80, 443], "content": {"number": "${port.value}"}}}
    }}}}"#;
    let asserts = [
        "cloud_machine.m.disk[1].size == 2 && length(cloud_machine.m.disk[0].serial) == 8",
        "cloud_machine.m.boot[0].order == \"n\" && length(cloud_machine.m.boot[0].device) == 8",
        "length(cloud_machine.m.boot[0].net[0].address) == 8 && cloud_machine.m.boot[0].net[0].port == 1",
        "[for p in cloud_machine.m.port : p.number] == [80, 443]",
        "cloud_machine.m.tags.a == \"x\" && [for k in [\"a\"] : cloud_machine.m.tags[k]] == [\"x\"]",
        "[for k in [\"a\"] : cloud_machine.m.names[k].size] == [1]",
        "[for d in cloud_machine.m.disk : length(d.serial)] == [8, 8]",
    ];
    let asserts = asserts.map(|condition| {
        format!(
            "  assert {{\n    condition = {condition}\n    error_message = <<EOT\n{condition}\nEOT\n  }}\n"
        )
    });
    let test = format!("mock_provider \"cloud\" {{}}\nrun \"a\" {{\n{}}}\n", asserts.concat());
    for (file, main) in [("main.tf", native), ("main.tf.json", json)] {
        let events = Fixture::new([(file, main), ("t.tftest.hcl", &test)]).events();
        let passed = events.iter().any(|line| line.contains("1 passed, 0 failed, 0 errored"));
        assert!(passed, "{file}: {events:#?}");
    }
}

#[test]
fn values_of_mocks_and_overrides_count() {
    let main = "resource \"cloud_net\" \"n\" {}\nresource \"cloud_net\" \"o\" {}\ndata \"cloud_zone\" \"z\" {\n  \
                name = \"z\"\n}\n";
    let mock = "  mock_resource \"cloud_net\" {\n    defaults = { zones = [\"a\", \"b\"], size = 3 }\n  }\n  \
                mock_data \"cloud_zone\" {\n    defaults = { hosts = { a = 1 } }\n  }\n  \
                override_resource {\n    target = cloud_net.o\n    values = { size = 4 }\n  }\n";
    passes(
        main,
        mock,
        &[
            "cloud_net.n.zones[1] == \"b\" && cloud_net.n.size == 3 && cloud_net.o.size == 4",
            "data.cloud_zone.z.hosts.a == 1 && data.cloud_zone.z.name == \"z\"",
        ],
    );
}

#[test]
fn a_provider_that_is_described_is_not_guessed() {
    let mut schemas = SchemaStore::default();
    let cloud = r#"{"format_version": "1.0", "provider_schemas": {"registry.terraform.io/hashicorp/cloud": {
        "resource_schemas": {"cloud_net": {"block": {"attributes": {
            "size": {"type": "number", "computed": true}, "id": {"type": "string", "computed": true}}}}}}}}"#;
    schemas.add(cloud.into()).unwrap();
    let test = "mock_provider \"cloud\" {}\nrun \"a\" {\n  assert {\n    condition = cloud_net.n.size == 0\n    \
                error_message = \"no\"\n  }\n}\n";
    let files = [("main.tf", "resource \"cloud_net\" \"n\" {}\n"), ("t.tftest.hcl", test)];
    let mut fixture = Fixture::new(files);
    fixture.request.providers = Providers::builtin().described_by(schemas);
    let events = fixture.events();
    assert!(events.iter().any(|line| line.contains("1 passed")), "{events:#?}");
    assert!(!events.iter().any(|line| line.contains("guessed")), "{events:#?}");
}

#[test]
fn who_watches_is_told_of_mocks_that_no_schema_knows() {
    let mut schemas = SchemaStore::default();
    let cloud = r#"{"format_version": "1.0", "provider_schemas": {"registry.terraform.io/hashicorp/cloud": {
        "resource_schemas": {"cloud_net": {"block": {"attributes": {
            "size": {"type": "number", "computed": true}}}}}}}}"#;
    schemas.add(cloud.into()).unwrap();
    let test = "mock_provider \"cloud\" {\n  mock_resource \"cloud_nett\" {\n    defaults = {}\n  }\n  mock_resource \
                \"cloud_net\" {\n    defaults = { sizes = 1 }\n  }\n}\nrun \"a\" {\n}\n";
    let files = [("main.tf", "resource \"cloud_net\" \"n\" {}\n"), ("t.tftest.hcl", test)];
    let mut fixture = Fixture::new(files);
    fixture.request.providers = Providers::builtin().described_by(schemas);
    let about_mocks = |events: &[String]| {
        let unknown = |line: &&str| line.contains("Unknown mock type") || line.contains("Unknown attribute");
        events.iter().flat_map(|event| event.lines()).filter(unknown).count()
    };
    assert_eq!(about_mocks(&fixture.events()), 0, "the tool says nothing");
    fixture.request.explains = true;
    let events = fixture.events();
    assert_eq!(about_mocks(&events), 2, "{events:#?}");
    assert!(events.iter().any(|line| line.contains("1 passed")), "{events:#?}");
}
