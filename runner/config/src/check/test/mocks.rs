//! What mocks and overrides give values for: types that the provider has, attributes of their schemas, outputs of the
//! module. Terraform passes over what it does not know, so most of this is a warning or a hint.

use std::sync::Arc;

use syntax::{Diagnostic, Diagnostics, Document, FileName, Origin, SmolStr};

use super::TestContext;
use super::mock_needs::Needs;
use super::mock_values::{Purpose, Values};
use super::run::RunChecker;
use crate::address::ResourceMode;
use crate::check::guess::has_syntax_errors;
use crate::dialect::{Dialect, Feature};
use crate::item::Item;
use crate::module::ModuleTree;
use crate::schema::Schemas;
use crate::sources::Sources;
use crate::suggest::did_you_mean_nearest;
use crate::target::Target;
use crate::test_file::{Mock, MockFile, MockProvider, Override, Run, TestFile};

/// The mock providers and overrides of the file, and the files of mocks that it names.
pub(super) fn of_file(
    file: &TestFile,
    trees: &[Arc<ModuleTree>],
    context: &TestContext<'_>,
    sink: &mut Diagnostics,
) {
    let checker = Checker::of_test_file(file, context, trees);
    let needs = Needs { file, context };
    for (index, mock) in file.mock_providers.iter().enumerate() {
        let files = file.mock_files.get(index).map_or(&[] as &[_], Vec::as_slice);
        if files.is_empty() {
            sink.extend(no_mock_files(file, mock.source.as_ref().map(|(_, span)| mock.locate(*span))));
        }
        let own = mock.overrides.iter().map(|it| (it, &mock.origin));
        let of_files = files.iter().flat_map(|file| file.overrides.iter().map(move |it| (it, &file.origin)));
        for (over, origin) in own.chain(of_files) {
            checker.values(over, origin, &|_| false, sink);
        }
        let Some(main) = trees.first() else { continue };
        // The name is the one that the module under test gives the provider.
        let source = main.module.provider_source(&mock.name);
        for it in &mock.mocks {
            let is_needed = |attribute: &str| needs.of_mock(mock, it, &source, attribute);
            checker.mock(it, &mock.origin, std::slice::from_ref(&source), &is_needed, sink);
        }
        // The mocks of a folder may be for several providers, which all have it; it is looked at once.
        let sharing = sharing(file, mock);
        let is_first = sharing.first().is_some_and(|first| std::ptr::eq(*first, mock));
        for of_folder in files.iter().filter(|_| is_first) {
            checker.folder(of_folder, &sharing, main, needs, sink);
        }
    }
    for over in &file.overrides {
        checker.values(over, &over.origin, &|attribute| needs.of_override(over, None, attribute), sink);
    }
}

/// A file of mocks by itself: what it says, and whether that is right. It is for the providers that name its directory in
/// one of the `tests`; where nobody does, every type is taken for one of the provider that `tree` has for it. `tree` is
/// the module under test.
pub fn check_mock_file(
    document: &Arc<Document>,
    dialect: Dialect,
    tree: &Arc<ModuleTree>,
    tests: &[Arc<TestFile>],
    schemas: &dyn Schemas,
) -> Diagnostics {
    let mut sink = document.diagnostics();
    let origin = Origin::new(document.file().clone(), 0);
    let sources = Sources::new([Arc::clone(document)]);
    let (file, findings) = crate::decode::mock_file(document, dialect);
    sink.extend(findings.iter().map(|it| it.place(&origin, |place| sources.range(place))));
    let providers = providers_of(document.file(), tree, tests);
    let checker = Checker { sources: &sources, dialect, schemas, trees: std::slice::from_ref(tree) };
    for mock in &file.mocks {
        let implied = [tree.module.provider_source(crate::served::implied_provider(&mock.kind))];
        let sources: &[SmolStr] = if providers.is_empty() { &implied } else { &providers };
        checker.mock(mock, &origin, sources, &|_| false, &mut sink);
    }
    for over in &file.overrides {
        checker.values(over, &origin, &|_| false, &mut sink);
    }
    sink
}

impl RunChecker<'_> {
    pub(super) fn override_values(&mut self, tree: &Arc<ModuleTree>) {
        let checker = Checker::of_test_file(self.file, self.context, std::slice::from_ref(tree));
        let needs = Needs { file: self.file, context: self.context };
        let run: &Run = self.run;
        for over in &run.overrides {
            let is_needed = |attribute: &str| needs.of_override(over, Some(run), attribute);
            checker.values(over, &self.run.origin, &is_needed, &mut self.sink);
        }
    }
}

/// The addresses of the providers for which tests read the mocks in a file's directory.
fn providers_of(file: &FileName, tree: &ModuleTree, tests: &[Arc<TestFile>]) -> Vec<SmolStr> {
    let own = file.as_str().rsplit_once('/').map_or(".", |(directory, _)| directory);
    let mut found = Vec::new();
    for mock in tests.iter().flat_map(|test| &test.mock_providers) {
        let is_there =
            mock.source.as_ref().is_some_and(|(source, _)| crate::join(&tree.module.dir, source) == own);
        let source = tree.module.provider_source(&mock.name);
        if is_there && !found.contains(&source) {
            found.push(source);
        }
    }
    found
}

/// The mock providers that have the same folder.
fn sharing<'f>(file: &'f TestFile, mock: &MockProvider) -> Vec<&'f Item<MockProvider>> {
    let folder = |mock: &MockProvider| mock.source.as_ref().map(|(source, _)| source.clone());
    let wanted = folder(mock);
    file.mock_providers.iter().filter(|other| wanted.is_some() && folder(other) == wanted).collect()
}

/// A hint at a folder without files of mocks, which Terraform reads without a word.
fn no_mock_files(file: &TestFile, source: Option<syntax::Location>) -> Option<Diagnostic> {
    let place = source.filter(|_| !file.diagnostics.iter().any(Diagnostic::is_error))?;
    let detail =
        "There are no files of mocks in this folder: their names end in .tfmock.hcl or .tfmock.json.";
    Some(Diagnostic::hint("No mock files", detail).at(place).with_code("no-mock-files"))
}

struct Checker<'a> {
    sources: &'a Sources,
    dialect: Dialect,
    schemas: &'a dyn Schemas,
    /// What overrides may be of.
    trees: &'a [Arc<ModuleTree>],
}

impl<'a> Checker<'a> {
    fn of_test_file(
        file: &'a TestFile,
        context: &TestContext<'a>,
        trees: &'a [Arc<ModuleTree>],
    ) -> Checker<'a> {
        Checker { sources: &file.sources, dialect: file.dialect, schemas: context.schemas, trees }
    }

    fn given(&self) -> Values<'_> {
        Values { sources: self.sources, dialect: self.dialect }
    }

    /// The mocks in one file of a folder.
    fn folder(
        &self,
        file: &Item<MockFile>,
        sharing: &[&Item<MockProvider>],
        main: &ModuleTree,
        needs: Needs<'_>,
        sink: &mut Diagnostics,
    ) {
        let sources: Vec<SmolStr> =
            sharing.iter().map(|mock| main.module.provider_source(&mock.name)).collect();
        for it in &file.mocks {
            let is_needed = |attribute: &str| {
                let mut all = sharing.iter().zip(&sources);
                all.any(|(mock, source)| needs.of_mock(mock, it, source, attribute))
            };
            self.mock(it, &file.origin, &sources, &is_needed, sink);
        }
    }

    /// A mock of a type that one of the providers should have.
    fn mock(
        &self,
        it: &Mock,
        origin: &Origin,
        providers: &[SmolStr],
        is_needed: &dyn Fn(&str) -> bool,
        sink: &mut Diagnostics,
    ) {
        let (mode, kind) = (it.mode, &it.kind);
        if let Some(schema) = providers.iter().find_map(|source| self.schemas.resource(source, mode, kind)) {
            let place = origin.locate(it.defaults_argument.unwrap_or(it.header));
            let purpose = Purpose { kind, schema, place, is_needed };
            if let Some(defaults) = &it.defaults {
                self.given().check(defaults, origin, &purpose, sink);
            }
            return;
        }
        let mut kinds = Vec::new();
        for source in providers {
            let Some(known) = self.schemas.kinds(source, mode) else { return };
            if known.contains(&kind.as_str()) || self.schemas.unreadable(source, Some((mode, kind))).is_some()
            {
                return;
            }
            kinds.extend(known);
        }
        kinds.sort_unstable();
        let what = if mode == ResourceMode::Data { "data source" } else { "resource type" };
        let who = match providers {
            [source] => format!("The provider {source} has"),
            _ => "The providers that this is for have".to_owned(),
        };
        let detail = format!(
            "{who} no {what} {}, so nothing is ever made of this mock.{}",
            lang::quote(kind),
            did_you_mean_nearest(kind, kinds)
        );
        let warning = Diagnostic::warning("Unknown mock type", detail);
        sink.push(warning.at(origin.locate(it.kind_span)).with_code("unknown-mock-type"));
    }

    /// The values of an override of something in one of the modules.
    fn values(
        &self,
        over: &Override,
        origin: &Origin,
        is_needed: &dyn Fn(&str) -> bool,
        sink: &mut Diagnostics,
    ) {
        if let Some(error) = self.no_object(over, origin) {
            sink.push(error);
            return;
        }
        let Some(Target { module, resource }) = &over.address else { return };
        // Values that are no object the loader refuses, or they were refused just now.
        let Some(values) =
            over.values.as_ref().filter(|it| it.as_literal().is_none_or(|it| it.ty().is_object()))
        else {
            return;
        };
        let calls = module.calls();
        let found = self.trees.iter().find_map(|tree| {
            let tree =
                calls.iter().try_fold(&**tree, |tree, call| tree.children.get(call).map(|it| &**it))?;
            let declares = match resource {
                Some((addr, _)) => tree.module.resources.contains_key(addr),
                None => !has_syntax_errors(&tree.module.diagnostics),
            };
            declares.then_some(tree)
        });
        let Some(tree) = found else { return };
        let Some((addr, _)) = resource else {
            let mut outputs: Vec<&str> = tree.module.outputs.keys().map(SmolStr::as_str).collect();
            outputs.sort_unstable();
            for (name, place) in self.given().keys(&values.location(origin)) {
                if !outputs.contains(&name.as_str()) {
                    let detail = format!(
                        "The module {module} has no output named {}, so the value has no effect.{}",
                        lang::quote(&name),
                        did_you_mean_nearest(&name, outputs.iter().copied())
                    );
                    let warning = Diagnostic::warning("Unknown output", detail);
                    sink.push(warning.at(place).with_code("unknown-mock-value"));
                }
            }
            return;
        };
        let Some(declared) = tree.module.resources.get(addr) else { return };
        let source = tree.module.provider_of(declared);
        if let Some(schema) = self.schemas.resource(&source, addr.mode, &addr.kind) {
            let place = origin.locate(over.header);
            let purpose = Purpose { kind: &addr.kind, schema, place, is_needed };
            self.given().check(values, origin, &purpose, sink);
        }
    }

    /// Values that are no object, where not the loader but the run finds that out.
    fn no_object(&self, over: &Override, origin: &Origin) -> Option<Diagnostic> {
        let values = over.values.as_ref()?.as_literal()?;
        if values.ty().is_object() || !self.dialect.has(Feature::FunctionsInMocks) {
            return None;
        }
        let name = over.kind.block_name();
        let detail = format!("{name} blocks must specify an outputs attribute that is an object.");
        let place = origin.locate(over.values_argument.unwrap_or(over.header));
        let error = Diagnostic::error("Invalid outputs attribute", detail);
        Some(error.at(place).with_code("invalid-override-values"))
    }
}
