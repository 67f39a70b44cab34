//! A module with everything below it, as it is written.

use config::{
    Dialect, Feature, Item, Module, ModuleCall, ModuleTree, Output, Resource, ResourceMode, Schemas,
};
use lang::{Expr, Type};
use provider::Providers;
use syntax::Origin;

use super::super::{Fields, list, mode, number, text, type_node};
use super::expressions::{expression, of_body, told};
use super::providers::Configurations;
use super::{constant, names};
use crate::show::node::Node;

/// What all modules are told with.
struct Telling<'a> {
    configurations: Configurations,
    providers: &'a Providers,
    dialect: Dialect,
}

pub(super) fn node(tree: &ModuleTree, providers: &Providers, dialect: Dialect) -> Node {
    let telling = Telling { configurations: Configurations::new(tree, providers), providers, dialect };
    let mut fields = Fields::default();
    let configured = telling.configurations.fields();
    if !configured.is_empty() {
        fields.set("provider_config", configured.node());
    }
    fields.set("root_module", telling.module(tree, ""));
    fields.node()
}

impl Telling<'_> {
    fn module(&self, tree: &ModuleTree, path: &str) -> Node {
        let module = &*tree.module;
        let mut fields = Fields::default();
        let mut outputs = Fields::default();
        for (name, output) in &module.outputs {
            outputs.set(name, self.output(output));
        }
        let in_checks = module.checks.values().filter_map(|check| {
            let data = check.data.as_deref()?;
            Some((data.addr.to_string(), data, &check.origin))
        });
        let resources = module.resources.values();
        let resources = resources.map(|it| (it.addr.to_string(), &*it.decl, &it.origin));
        let mut resources: Vec<_> = resources.chain(in_checks).collect();
        let group = |mode: ResourceMode| match mode {
            ResourceMode::Managed => 0,
            ResourceMode::Data => 1,
            ResourceMode::Ephemeral => 2,
        };
        resources.sort_by(|a, b| (group(a.1.mode), &a.0).cmp(&(group(b.1.mode), &b.0)));
        let resources: Vec<Node> = resources
            .into_iter()
            .map(|(_, resource, origin)| self.resource(module, path, resource, origin))
            .collect();
        let mut calls = Fields::default();
        for (name, call) in &module.calls {
            if let Some(child) = tree.children.get(name) {
                calls.set(name, syntax::with_stack(|| self.call(call, child, path)));
            }
        }
        if !outputs.is_empty() {
            fields.set("outputs", outputs.node());
        }
        if !resources.is_empty() {
            fields.set("resources", list(resources));
        }
        if !calls.is_empty() {
            fields.set("module_calls", calls.node());
        }
        let variables = self.variables(module);
        if !variables.is_empty() {
            fields.set("variables", variables.node());
        }
        fields.node()
    }

    fn variables(&self, module: &Module) -> Fields {
        let mut variables = Fields::default();
        for (name, variable) in &module.variables {
            let mut fields = Fields::default();
            if self.dialect.has(Feature::Ephemeral) {
                if variable.ty != Type::Dynamic {
                    fields.set("type", type_node(&variable.ty));
                }
                fields.set_if(variable.default.is_none(), "required");
                fields.set_if(variable.ephemeral, "ephemeral");
            }
            fields.set_some("default", variable.default.as_ref().map(constant));
            fields.set_some("description", described(variable.description.as_deref()));
            fields.set_if(variable.sensitive, "sensitive");
            fields.set_some(
                "deprecated",
                described(variable.deprecated.as_ref().map(|it| it.message.as_str())),
            );
            variables.set(name, fields.node());
        }
        variables
    }

    fn output(&self, output: &Item<Output>) -> Node {
        let mut fields = Fields::default();
        fields.set_if(output.sensitive, "sensitive");
        fields.set_if(output.ephemeral && self.dialect.has(Feature::Ephemeral), "ephemeral");
        fields.set_some("deprecated", described(output.deprecated.as_ref().map(|it| it.message.as_str())));
        let value = output.value.as_ref().map(|value| expression(value, &output.origin));
        fields.set("expression", value.unwrap_or_else(|| Fields::default().node()));
        fields.set_some("depends_on", dependencies(&output.depends_on, &output.origin));
        fields.set_some("description", described(output.description.as_deref()));
        fields.node()
    }

    fn resource(&self, module: &Module, path: &str, resource: &Resource, origin: &Origin) -> Node {
        let addr = &resource.addr;
        let mut fields = Fields::default();
        fields.set("address", text(&addr.to_string()));
        fields.set("mode", mode(addr.mode));
        fields.set("type", text(&addr.kind));
        fields.set("name", text(&addr.name));
        let configuration = resource.provider_ref().to_string();
        fields.set("provider_config_key", text(&self.configurations.key(path, &configuration)));
        repetition(&mut fields, resource.count.as_ref(), resource.for_each.as_ref(), origin);
        let source = module.provider_of(resource);
        if let Some(schema) = Schemas::resource(self.providers, &source, addr.mode, &addr.kind) {
            fields.set("schema_version", number(schema.version));
            let inside = of_body(&resource.body, schema, origin);
            if !inside.is_empty() {
                fields.set("expressions", inside.node());
            }
        }
        if !resource.provisioners.is_empty() {
            fields.set("provisioners", list(resource.provisioners.iter().map(|it| provisioner(it, origin))));
        }
        fields.set_some("depends_on", dependencies(&resource.depends_on, origin));
        fields.node()
    }

    fn call(&self, call: &Item<ModuleCall>, child: &ModuleTree, path: &str) -> Node {
        let mut fields = Fields::default();
        fields.set_some("source", described(call.source.as_ref().map(|(source, _)| source.as_str())));
        fields.set_some(
            "version_constraint",
            described(call.version.as_ref().map(|(version, _)| version.as_str())),
        );
        repetition(&mut fields, call.count.as_ref(), call.for_each.as_ref(), &call.origin);
        let mut inside = Fields::default();
        for (name, argument) in &call.arguments {
            if child.module.variables.contains_key(name) {
                inside.set(name, expression(&argument.value, &call.origin));
            }
        }
        if !inside.is_empty() {
            fields.set("expressions", inside.node());
        }
        let inside = match path {
            "" => format!("module.{}", call.name),
            path => format!("{path}.module.{}", call.name),
        };
        fields.set("module", self.module(child, &inside));
        fields.set_some("depends_on", dependencies(&call.depends_on, &call.origin));
        fields.node()
    }
}

fn provisioner(provisioner: &config::Provisioner, origin: &Origin) -> Node {
    let mut fields = Fields::default();
    fields.set("type", text(&provisioner.kind));
    let mut inside = Fields::default();
    for attribute in &provisioner.block.body.attributes {
        if !matches!(attribute.name.as_str(), "when" | "on_failure") {
            inside.set(&attribute.name, expression(&attribute.value, origin));
        }
    }
    if !inside.is_empty() {
        fields.set("expressions", inside.node());
    }
    fields.node()
}

fn repetition(fields: &mut Fields, count: Option<&Expr>, for_each: Option<&Expr>, origin: &Origin) {
    match told(count, origin) {
        Some(count) => fields.set("count_expression", count),
        None => fields.set_some("for_each_expression", told(for_each, origin)),
    }
}

fn dependencies(depends_on: &[Expr], origin: &Origin) -> Option<Node> {
    let whole = |expr: &Expr| {
        let traversal = lang::static_traversal(expr)?;
        let reference = config::parse_reference(traversal, origin, config::Grammar::Module).ok()?;
        Some(reference.subject.to_string())
    };
    (!depends_on.is_empty()).then(|| names(depends_on.iter().filter_map(whole)))
}

/// A text that is there and not empty.
fn described(said: Option<&str>) -> Option<Node> {
    said.filter(|said| !said.is_empty()).map(text)
}
