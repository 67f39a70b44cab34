//! The names in a test file, and in a file of mocks.

use config::decode::TestDeclaration;
use config::{Grammar, MockFile, MockProvider, Override, OverrideKind, ProviderRef, Run};
use syntax::ast::ObjectItem;
use syntax::{SmolStr, Span};

use super::expression::Reader;
use super::provider::From;
use super::{Collector, Mention, Name, Role, Scope};
use crate::parts::{Holder, parts};

impl Collector<'_> {
    pub(super) fn test_declaration(&mut self, declaration: &TestDeclaration) {
        let own = &Reader { scope: Scope::Own, grammar: Grammar::Test };
        match declaration {
            TestDeclaration::Settings(_) => {}
            TestDeclaration::Run(run) => self.run(own, run),
            TestDeclaration::Variables(_, values) => {
                for it in values {
                    self.name(Scope::File, Name::Variable(it.name.clone()), it.name_span, Role::Write);
                    self.expr(own, &it.value, &[]);
                }
            }
            TestDeclaration::Variable(it) => {
                self.name(Scope::File, Name::Variable(it.name.clone()), it.name_span, Role::Write);
                self.conditions(own, &it.validations);
            }
            TestDeclaration::Provider(it) => {
                self.provider_block(Scope::File, it.reference(), it.name_span, it.alias_span, Role::Write);
                self.body(own, &it.body);
            }
            TestDeclaration::MockProvider(it) => self.mock_provider(own, it),
            TestDeclaration::Override(it) => self.override_block(own, it),
        }
    }

    pub(super) fn mock_file(&mut self, file: &MockFile) {
        let own = &Reader { scope: Scope::Own, grammar: Grammar::Test };
        self.exprs(own, file.mocks.iter().filter_map(|mock| mock.defaults.as_ref()));
        file.overrides.iter().for_each(|it| self.override_block(own, it));
    }

    fn run(&mut self, own: &Reader, run: &Run) {
        self.name(Scope::File, Name::Run(run.name.clone()), run.name_span, Role::Declare);
        let scope = match &run.module {
            Some(module) => {
                let scope = Scope::Source(module.source.clone());
                self.name(scope.clone(), Name::Source, module.source_span, Role::Read);
                scope
            }
            None => Scope::Own,
        };
        let inside = &Reader { scope: scope.clone(), grammar: Grammar::Test };
        // The values are the test file's; only the names are the module's.
        for it in run.variables.values() {
            self.name(scope.clone(), Name::Variable(it.name.clone()), it.name_span, Role::Write);
            self.expr(own, &it.value, &[]);
        }
        self.conditions(inside, &run.asserts);
        self.dependencies(inside, &run.expect_failures);
        for target in run.plan_options.target.iter().chain(&run.plan_options.replace) {
            self.address(&scope, target);
        }
        run.overrides.iter().for_each(|it| self.override_block(inside, it));
        self.passed(own, &run.passed_providers, &From::scope(scope), &Scope::File);
    }

    fn mock_provider(&mut self, own: &Reader, it: &MockProvider) {
        let reference = ProviderRef { name: it.name.clone(), alias: it.alias.clone() };
        self.provider_block(Scope::File, reference, it.name_span, it.alias_span, Role::Write);
        let defaults = it.mocks.iter().filter_map(|mock| mock.defaults.as_ref());
        self.exprs(own, it.for_each.iter().chain(defaults));
        it.overrides.iter().for_each(|it| self.override_block(own, it));
    }

    fn override_block(&mut self, reader: &Reader, it: &Override) {
        self.address(&reader.scope, &it.target);
        self.exprs(reader, &it.values);
        if it.kind == OverrideKind::Module
            && let Some(target) = &it.address
        {
            let calls: Vec<SmolStr> = target.module.calls().to_vec();
            for (name, span) in self.outputs_given(it) {
                let (scope, word) = (reader.scope.clone(), self.unquoted(span));
                let (calls, name) = (calls.clone(), Name::Output(name));
                self.push(Mention { scope, calls, name, span, word, role: Role::Write });
            }
        }
    }

    /// The keys of an override's `outputs`. The lowered value of a constant has no places any more.
    fn outputs_given(&self, it: &Override) -> Vec<(SmolStr, Span)> {
        let Some(outputs) = &it.values else { return Vec::new() };
        let at = outputs.whole_span();
        let mut open = parts(self.body, Holder::Test);
        while let Some(part) = open.pop() {
            match part.value {
                Some(value) if part.name == "outputs" && value.span == at => {
                    let key = |item: &ObjectItem| {
                        let name = item.key.as_keyword().or_else(|| item.key.as_plain_string())?;
                        Some((SmolStr::new(name), item.key.span))
                    };
                    return value.properties().filter_map(key).collect();
                }
                Some(_) => {}
                None if part.span.touches(at.start) => open.extend(part.parts()),
                None => {}
            }
        }
        Vec::new()
    }
}
