//! Places of a module's own files.

use expect_test::{Expect, expect};

use super::show;
use crate::testing::MODULE;

/// A provider with schemas besides.
const MORE: &str = r#"//- /providers.tf
terraform {
  required_providers {
    cloud = {
      source                = "hashicorp/cloud"
      configuration_aliases = [cloud.west]
    }
  }
}
provider "cloud" {
  region = "here"
}
"#;

#[track_caller]
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&show(&super::complete_beside(&format!("{MODULE}{MORE}"), "more.tf", text)));
}

#[test]
fn bodies() {
    check(
        "$0",
        expect![[r#"
        resource
        data
        variable
        output
        locals
        module
        provider
        terraform
        check
        moved
        import
        removed
        ephemeral
    "#]],
    );
    check(
        "terraform {\n  $0\n}\n",
        expect![[r#"
        required_version
        required_providers
        backend
        cloud
        provider_meta
    "#]],
    );
    check(
        "terraform {\n  required_providers {\n    x = {\n      $0\n    }\n  }\n}\n",
        expect![[r#"
        source
        version
        configuration_aliases
    "#]],
    );
    check(
        "terraform {\n  backend \"$0\" {\n  }\n}\n",
        expect![[r#"
        local
        remote
        azurerm
        consul
        cos
        gcs
        http
        kubernetes
        oss
        pg
        s3
    "#]],
    );
    check(
        "variable \"x\" {\n  type = string\n  $0\n}\n",
        expect![[r#"
        description
        default
        validation
        sensitive
        nullable
        ephemeral
        deprecated
        const
    "#]],
    );
    check(
        "variable \"x\" {\n  validation {\n    $0\n  }\n}\n",
        expect![[r#"
        condition
        error_message
    "#]],
    );
    check(
        "output \"x\" {\n  $0\n}\n",
        expect![[r#"
        value
        description
        sensitive
        ephemeral
        deprecated
        depends_on
        precondition
    "#]],
    );
    check("locals {\n  $0\n}\n", expect![[""]]);
    check(
        "moved {\n  $0\n}\n",
        expect![[r#"
        from
        to
    "#]],
    );
    check(
        "removed {\n  $0\n}\n",
        expect![[r#"
        from
        lifecycle
        provisioner
        connection
    "#]],
    );
    check(
        "import {\n  $0\n}\n",
        expect![[r#"
        to
        id
        identity
        for_each
        provider
    "#]],
    );
    check(
        "check \"x\" {\n  $0\n}\n",
        expect![[r#"
        assert
        data
    "#]],
    );
    check(
        "check \"x\" {\n  data \"cloud_image\" \"y\" {\n    $0\n  }\n}\n",
        expect![[r#"
        name (string)
        provider
        depends_on
        dynamic
    "#]],
    );
    check(
        "provider \"cloud\" {\n  $0\n}\n",
        expect![[r#"
        region (string, required)
        retries (number)
        alias
    "#]],
    );
}

#[test]
fn resources_have_the_arguments_of_their_schemas() {
    check(
        "resource \"$0\" \"x\" {\n}\n",
        expect![[r#"
            terraform_data
            cloud_bucket
            cloud_machine
        "#]],
    );
    check(
        "data \"cl$0\n",
        expect![[r#"
        terraform_remote_state
        cloud_image
    "#]],
    );
    check(
        "resource \"cloud_machine\" \"x\" {\n  name = \"x\"\n  $0\n}\n",
        expect![[r#"
        size (number)
        address (string)
        enabled (bool)
        tags (map(string))
        settings (object({mode=string,token=string}))
        disk
        network
        count
        for_each
        provider
        depends_on
        lifecycle
        dynamic
        provisioner
        connection
    "#]],
    );
    check(
        "resource \"cloud_machine\" \"x\" {\n  disk {\n    $0\n  }\n}\n",
        expect![[r#"
        size (number, required)
    "#]],
    );
    check(
        "resource \"cloud_machine\" \"x\" {\n  dynamic \"$0\" {\n  }\n}\n",
        expect![[r#"
        disk
        network
    "#]],
    );
    check(
        "resource \"cloud_machine\" \"x\" {\n  dynamic \"disk\" {\n    $0\n  }\n}\n",
        expect![[r#"
        for_each
        iterator
        labels
        content
    "#]],
    );
    check(
        "resource \"cloud_machine\" \"x\" {\n  dynamic \"disk\" {\n    for_each = [{ a = 1 }]\n    content {\n      $0\n    }\n  }\n}\n",
        expect![[r#"
            size (number, required)
        "#]],
    );
    check(
        "resource \"cloud_machine\" \"x\" {\n  dynamic \"disk\" {\n    for_each = [{ a = 1 }]\n    content {\n      size = disk.$0\n    }\n  }\n}\n",
        expect![[r#"
            key (this element's key)
            value (this element)
        "#]],
    );
    check(
        "resource \"cloud_machine\" \"x\" {\n  dynamic \"disk\" {\n    for_each = [{ a = 1 }]\n    content {\n      size = disk.value.$0\n    }\n  }\n}\n",
        expect![[r#"
            a (number)
        "#]],
    );
    check(
        "resource \"cloud_machine\" \"x\" {\n  settings = { $0 }\n}\n",
        expect![[r#"
            mode (string)
        "#]],
    );
    check(
        "resource \"cloud_machine\" \"x\" {\n  lifecycle {\n    $0\n  }\n}\n",
        expect![[r#"
        create_before_destroy
        prevent_destroy
        ignore_changes
        replace_triggered_by
        precondition
        postcondition
    "#]],
    );
    check(
        "resource \"cloud_machine\" \"x\" {\n  lifecycle {\n    ignore_changes = $0\n  }\n}\n",
        expect![[r#"
            all
        "#]],
    );
    check(
        "resource \"cloud_machine\" \"x\" {\n  lifecycle {\n    ignore_changes = [$0]\n  }\n}\n",
        expect![[r#"
            name
            size
            address
            enabled
            tags
            settings
            disk
            network
        "#]],
    );
    check(
        "resource \"cloud_machine\" \"x\" {\n  lifecycle {\n    replace_triggered_by = [$0]\n  }\n}\n",
        expect![[r#"
            terraform_data.main
        "#]],
    );
    check(
        "resource \"cloud_machine\" \"x\" {\n  provider = $0\n}\n",
        expect![[r#"
        cloud
        cloud.west
        terraform
    "#]],
    );
    check(
        "resource \"cloud_machine\" \"x\" {\n  provider = cloud.$0\n}\n",
        expect![[r#"
        west
    "#]],
    );
    check(
        "resource \"cloud_machine\" \"x\" {\n  depends_on = [$0]\n}\n",
        expect![[r#"
            terraform_data.main
            data.terraform_remote_state.other
            module.child
        "#]],
    );
    check(
        "resource \"cloud_machine\" \"x\" {\n  provisioner \"$0\" {\n  }\n}\n",
        expect![[r#"
        local-exec
        remote-exec
        file
    "#]],
    );
    for (kind, expected) in [
        (
            "local-exec",
            expect![[r#"
            command
            working_dir
            interpreter
            environment
            quiet
            when
            on_failure
            connection
        "#]],
        ),
        (
            "remote-exec",
            expect![[r#"
            inline
            script
            scripts
            when
            on_failure
            connection
        "#]],
        ),
        (
            "file",
            expect![[r#"
            source
            content
            destination
            when
            on_failure
            connection
        "#]],
        ),
    ] {
        let text =
            format!("resource \"cloud_machine\" \"x\" {{\n  provisioner \"{kind}\" {{\n    $0\n  }}\n}}\n");
        check(&text, expected);
    }
    check(
        "resource \"cloud_machine\" \"x\" {\n  provisioner \"file\" {\n    connection {\n      host = \"\"\n      bas$0\n    }\n  }\n}\n",
        expect![[r#"
            type
            user
            password
            port
            timeout
            script_path
            private_key
            certificate
            agent
            agent_identity
            host_key
            target_platform
            bastion_host
            bastion_port
            bastion_user
            bastion_password
            bastion_private_key
            bastion_certificate
            bastion_host_key
            proxy_scheme
            proxy_host
            proxy_port
            proxy_user_name
            proxy_user_password
            https
            insecure
            use_ntlm
            cacert
        "#]],
    );
    check(
        "terraform {\n  backend \"pg\" {\n    $0\n  }\n}\n",
        expect![[r#"
        conn_str
        schema_name
        skip_schema_creation
    "#]],
    );
    check("terraform {\n  backend \"mine\" {\n    $0\n  }\n}\n", expect![[r#""#]]);
    let json = "{\"terraform\": {\"backend\": {\"local\": {\"$0\": 1}}}}";
    expect![[r#"
        path
        workspace_dir
    "#]]
    .assert_eq(&show(&super::complete_beside(MODULE, "more.tf.json", json)));
    check(
        "resource \"cloud_machine\" \"x\" {\n  provisioner \"file\" {\n    when = $0\n  }\n}\n",
        expect![[r#"
            create
            destroy
        "#]],
    );
}

#[test]
fn module_calls_have_the_variables_of_their_modules() {
    check(
        "module \"x\" {\n  $0\n}\n",
        expect![[r#"
        source
        version
        count
        for_each
        providers
        depends_on
    "#]],
    );
    check(
        "module \"x\" {\n  source = \"./child\"\n  $0\n}\n",
        expect![[r#"
            depth (number, required)
            count
            for_each
            providers
            depends_on
        "#]],
    );
    check(
        "module \"x\" {\n  source = \"./child\"\n  depth = $0\n}\n",
        expect![[r#"
        var (variables)
        local (local values of the module)
        module (module calls)
        data (data sources)
        path (paths of the module)
        terraform (the workspace)
        terraform_data
    "#]],
    );
    check(
        "module \"x\" {\n  source = \"./$0\"\n}\n",
        expect![[r#"
        ./child
        ./setup
        ../
    "#]],
    );
    check(
        "module \"x\" {\n  source = \"./child\"\n  providers = {\n    cloud = $0\n  }\n}\n",
        expect![[r#"
        cloud
        cloud.west
        terraform
    "#]],
    );
}

#[test]
fn names() {
    let value = |text: &str| format!("output \"x\" {{\n  value = {text}\n}}\n");
    check(
        &value("$0"),
        expect![[r#"
        var (variables)
        local (local values of the module)
        module (module calls)
        data (data sources)
        path (paths of the module)
        terraform (the workspace)
        terraform_data
    "#]],
    );
    check(
        &value("var.$0"),
        expect![[r#"
        name (string, required)
        size (object({height=optional(number),width=number}))
    "#]],
    );
    check(
        &value("local.$0"),
        expect![[r#"
        greeting (string)
        box (object)
    "#]],
    );
    check(
        &value("local.box.$0"),
        expect![[r#"
        left (number)
        right (object({height=number,width=number}))
    "#]],
    );
    check(&value("run.$0"), expect![[""]]);
    check(&value("output.$0"), expect![[""]]);
    check(
        &value("module.child.$0"),
        expect![[r#"
        twice (number)
    "#]],
    );
    check(
        &value("terraform_data.main.$0"),
        expect![[r#"
        id (string)
        input (any)
        output (any)
        triggers_replace (any)
    "#]],
    );
    check(
        &value("data.terraform_remote_state.$0"),
        expect![[r#"
        other
    "#]],
    );
    check(&value("[for k, v in local.box : v.$0]"), expect![[""]]);
    check(
        &value("provider::$0"),
        expect![[r#"
        cloud::
    "#]],
    );
    check("variable \"x\" {\n  default = $0\n}\n", expect![[""]]);
    check(
        "locals {\n  x = { a = \"${local.$0\n}\n",
        expect![[r#"
            greeting (string)
            box (object)
        "#]],
    );
}

#[test]
fn instances_and_the_object_itself() {
    let machine = |text: &str| format!("resource \"cloud_machine\" \"x\" {{\n  {text}\n}}\n");
    check(
        &machine("count = 2\n  size = $0"),
        expect![[r#"
        count (this instance)
        var (variables)
        local (local values of the module)
        module (module calls)
        data (data sources)
        path (paths of the module)
        terraform (the workspace)
        cloud_machine
        terraform_data
    "#]],
    );
    check(
        &machine("count = 2\n  size = count.$0"),
        expect![[r#"
        index (this instance's number)
    "#]],
    );
    check(
        &machine("for_each = { a = { b = 1 } }\n  size = each.$0"),
        expect![[r#"
        key (this instance's key)
        value (this instance's value)
    "#]],
    );
    check(
        &machine("for_each = { a = { b = 1 } }\n  size = each.value.$0"),
        expect![[r#"
        b (number)
    "#]],
    );
    check(&machine("size = each.$0"), expect![[""]]);
    check(
        &machine("lifecycle {\n    postcondition {\n      condition = self.$0\n    }\n  }"),
        expect![[r#"
        enabled (bool)
        address (string)
        disk (list(object({serial=string,size=number})))
        id (string)
        name (string)
        network (list(object({subnet=string})))
        settings (object({mode=string,token=string}))
        size (number)
        tags (map(string))
    "#]],
    );
    check(&machine("lifecycle {\n    precondition {\n      condition = self.$0\n    }\n  }"), expect![[""]]);
    check(
        &machine("for_each = {}\n  name = \"x\"\n}\noutput \"y\" {\n  value = cloud_machine.x.$0"),
        expect![[""]],
    );
    check(
        &machine("count = 1\n  name = \"x\"\n}\noutput \"y\" {\n  value = cloud_machine.x[0].$0"),
        expect![[r#"
            address (string)
            disk (list(object({serial=string,size=number})))
            enabled (bool)
            id (string)
            name (string)
            network (list(object({subnet=string})))
            settings (object({mode=string,token=string}))
            size (number)
            tags (map(string))
        "#]],
    );
    check(
        &machine("count = 1\n  name = \"x\"\n}\noutput \"y\" {\n  value = cloud_machine.x[*].disk[0].$0"),
        expect![[r#"
            serial (string)
            size (number)
        "#]],
    );
}

#[test]
fn types_and_addresses() {
    check(
        "variable \"x\" {\n  type = $0\n}\n",
        expect![[r#"
        string
        number
        bool
        list
        map
        set
        object
        tuple
        any
    "#]],
    );
    check(
        "variable \"x\" {\n  type = object({\n    a = $0\n  })\n}\n",
        expect![[r#"
        optional
        string
        number
        bool
        list
        map
        set
        object
        tuple
        any
    "#]],
    );
    check(
        "variable \"x\" {\n  sensitive = $0\n}\n",
        expect![[r#"
        true
        false
    "#]],
    );
    check(
        "moved {\n  from = terraform_data.old\n  to = $0\n}\n",
        expect![[r#"
        terraform_data.main
        module.child
    "#]],
    );
    check(
        "removed {\n  from = module.$0\n}\n",
        expect![[r#"
        child
    "#]],
    );
    check(
        "import {\n  to = terraform_data.$0\n}\n",
        expect![[r#"
        main
    "#]],
    );
}

#[test]
fn a_check_has_a_data_source_of_its_own() {
    let check_of = |value: &str| {
        format!(
            "check \"x\" {{\n  data \"cloud_image\" \"y\" {{\n  }}\n  assert {{\n    condition = {value}\n  }}\n}}\n"
        )
    };
    check(
        &check_of("data.$0"),
        expect![[r#"
        cloud_image
        terraform_remote_state
    "#]],
    );
    check(
        &check_of("data.cloud_image.$0"),
        expect![[r#"
        y
    "#]],
    );
    check(
        &check_of("data.cloud_image.y.$0"),
        expect![[r#"
        name (string)
        versions (list(string))
    "#]],
    );
    check(
        "output \"x\" {\n  value = data.$0\n}\ncheck \"x\" {\n  data \"cloud_image\" \"y\" {\n  }\n}\n",
        expect![[r#"
            terraform_remote_state
        "#]],
    );
}

#[test]
fn files_that_functions_read() {
    check(
        "locals {\n  x = file(\"$0\")\n}\n",
        expect![[r#"
        child/
        setup/
        main.tf
        more.tf
        providers.tf
    "#]],
    );
    check(
        "locals {\n  x = templatefile(\"./child/$0\", {})\n}\n",
        expect![[r#"
        ./child/main.tf
    "#]],
    );
    check(
        "locals {\n  x = jsondecode(file(\"${path.module}/$0\"))\n}\n",
        expect![[r#"
        ${path.module}/child/
        ${path.module}/setup/
        ${path.module}/main.tf
        ${path.module}/more.tf
        ${path.module}/providers.tf
    "#]],
    );
    check("locals {\n  x = upper(\"$0\")\n}\n", expect![[""]]);
}

#[test]
fn functions_of_providers() {
    let text = |namespace: &str| format!("locals {{\n  x = {namespace}$0\n}}\n");
    let functions = |namespace: &str| {
        let module = format!("{MODULE}{MORE}");
        let items = super::complete_beside(&module, "more.tf", &text(namespace));
        items.into_iter().map(|item| (item.label, item.detail.unwrap_or_default())).collect::<Vec<_>>()
    };
    let found = functions("provider::cloud::");
    assert_eq!(found, [("region_of".to_owned(), "region_of(name: string) -> string".to_owned())]);
    assert_eq!(functions("provider::nothing::"), []);
    assert!(functions("core::").iter().any(|(name, _)| name == "upper"));
}

#[test]
fn providers_with_instances() {
    let labels = |text: &str| -> Vec<String> {
        let module = format!("//- /.opentofu-version\n1.12.0\n{MORE}");
        let items = super::complete_beside(&module, "more.tf", text);
        items.into_iter().map(|item| item.label).collect()
    };
    let has = |labels: &[String], label: &str| labels.iter().any(|it| it == label);
    assert!(has(&labels("provider \"cloud\" {\n  alias = \"by\"\n  $0\n}\n"), "for_each"));
    let repeated = "  alias    = \"by\"\n  for_each = { a = \"here\" }\n";
    assert!(has(&labels(&format!("provider \"cloud\" {{\n{repeated}  region = $0\n}}\n")), "each"));
    assert_eq!(
        labels(&format!("provider \"cloud\" {{\n{repeated}  region = each.$0\n}}\n")),
        ["key", "value"]
    );
    // In Terraform there is no such thing.
    let terraform =
        super::complete_beside(MORE, "more.tf", "provider \"cloud\" {\n  alias = \"by\"\n  $0\n}\n");
    assert!(terraform.iter().all(|item| item.label != "for_each"));
}
