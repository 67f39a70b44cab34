//! The names in a module's file.

use config::decode::ModuleDeclaration;
use config::{Block, Body, Condition, ModuleCall, ProviderRef, Provisioner, Resource, for_each_expr};

use super::expression::Reader;
use super::provider::From;
use super::{Collector, Mention, Name, Role, Scope};

impl Collector<'_> {
    pub(super) fn module_declaration(&mut self, declaration: &ModuleDeclaration) {
        let reader = &Reader::of_module();
        match declaration {
            ModuleDeclaration::Variable(it) => {
                self.declare(Name::Variable(it.name.clone()), it.name_span);
                self.conditions(reader, &it.validations);
            }
            ModuleDeclaration::Local(it) => {
                self.declare(Name::Local(it.name.clone()), it.name_span);
                self.expr(reader, &it.value, &[]);
            }
            ModuleDeclaration::Output(it) => {
                self.declare(Name::Output(it.name.clone()), it.name_span);
                self.exprs(reader, &it.value);
                self.dependencies(reader, &it.depends_on);
                self.conditions(reader, &it.preconditions);
            }
            ModuleDeclaration::Resource(it) => self.resource(reader, it),
            ModuleDeclaration::Call(it) => self.call(reader, it),
            ModuleDeclaration::Check(it) => {
                self.declare(Name::Check(it.name.clone()), it.name_span);
                self.conditions(reader, &it.asserts);
                if let Some(data) = &it.data {
                    self.resource(reader, data);
                }
            }
            ModuleDeclaration::Provider(it) => {
                self.module_provider(it);
                self.exprs(reader, &it.for_each);
                self.body(reader, &it.body);
            }
            ModuleDeclaration::RequiredProvider(it) => self.required_provider(it),
            ModuleDeclaration::Moved(it) => {
                self.address(&Scope::Own, &it.from);
                self.address(&Scope::Own, &it.to);
            }
            ModuleDeclaration::Removed(it) => {
                self.address(&Scope::Own, &it.from);
                self.blocks(reader, &it.connection);
                it.provisioners.iter().for_each(|it| self.provisioner(reader, it));
            }
            ModuleDeclaration::Import(it) => {
                self.address(&Scope::Own, &it.to);
                self.exprs(reader, it.id.iter().chain(&it.identity).chain(&it.for_each));
                self.provider_use(reader, it.provider.as_ref());
            }
            ModuleDeclaration::ProviderMeta(name, span) => {
                let reference = ProviderRef { name: name.clone(), alias: None };
                self.name(Scope::Own, Name::Provider(reference), *span, Role::Read);
            }
            ModuleDeclaration::RequiredProviders(_)
            | ModuleDeclaration::RequiredVersion(_)
            | ModuleDeclaration::Backend(_)
            | ModuleDeclaration::Cloud(_) => {}
        }
    }

    fn resource(&mut self, reader: &Reader, it: &Resource) {
        self.declare(Name::Resource(it.addr.clone()), it.name_span);
        self.exprs(reader, it.count.iter().chain(&it.for_each));
        self.dependencies(reader, &it.depends_on);
        self.exprs(reader, &it.lifecycle.replace_triggered_by);
        self.conditions(reader, &it.lifecycle.preconditions);
        self.conditions(reader, &it.lifecycle.postconditions);
        self.body(reader, &it.body);
        self.blocks(reader, &it.connection);
        it.provisioners.iter().for_each(|it| self.provisioner(reader, it));
        self.provider_use(reader, it.provider.as_ref());
    }

    fn call(&mut self, reader: &Reader, it: &ModuleCall) {
        self.declare(Name::Call(it.name.clone()), it.name_span);
        self.exprs(reader, it.count.iter().chain(&it.for_each));
        self.dependencies(reader, &it.depends_on);
        if let Some((_, span)) = it.source {
            let mention = Mention {
                scope: Scope::Own,
                calls: vec![it.name.clone()],
                name: Name::Source,
                span,
                word: self.unquoted(span),
                role: Role::Read,
            };
            self.push(mention);
        }
        for argument in it.arguments.values() {
            let span = argument.name_span;
            let mention = Mention {
                scope: Scope::Own,
                calls: vec![it.name.clone()],
                name: Name::Variable(argument.name.clone()),
                span,
                word: self.unquoted(span),
                role: Role::Write,
            };
            self.push(mention);
            self.expr(reader, &argument.value, &[]);
        }
        let child = From { scope: Scope::Own, calls: vec![it.name.clone()] };
        self.passed(reader, &it.passed_providers, &child, &Scope::Own);
    }

    pub(super) fn conditions(&mut self, reader: &Reader, conditions: &[Condition]) {
        for it in conditions {
            self.exprs(reader, [&it.condition, &it.error_message]);
        }
    }

    pub(super) fn body(&mut self, reader: &Reader, body: &Body) {
        for_each_expr(body, &mut |expr, bound| self.expr(reader, expr, bound));
    }

    fn provisioner(&mut self, reader: &Reader, it: &Provisioner) {
        self.body(reader, &it.block.body);
        self.blocks(reader, &it.connection);
    }

    fn blocks<'b>(&mut self, reader: &Reader, blocks: impl IntoIterator<Item = &'b Block>) {
        blocks.into_iter().for_each(|block| self.body(reader, &block.body));
    }
}
