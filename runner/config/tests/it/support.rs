//! Loading a fixture and printing everything that is said about it.

use std::sync::Arc;

use config::decode::variable_file;
use config::{
    AttributeSchema, BUILT_IN_PROVIDER, Dialect, Dialects, FactsCache, Files, Item, MemoryFiles,
    ModuleSource, ModuleTree, ResourceMode, Run, Schema, Schemas, Sources, TestContext, TestFile,
    ValuesContext, ValuesFor, automatic_variable_files, check_module, check_plan, check_test_file,
    check_variable_file, load_module, load_run_module, load_tests,
};
use fixture::Fixture;
use lang::Type;
use syntax::{Diagnostic, LineIndex, Location, Severity};

/// The dialect of terraform 1.11.4, whose words the tests compare with.
pub(crate) const RECORDED: Dialect = Dialect::terraform(11, 4);

/// A loaded configuration: the module, its test files, and the texts.
pub(crate) struct Loaded {
    pub(crate) files: MemoryFiles,
    pub(crate) cache: FactsCache,
    pub(crate) tree: Arc<ModuleTree>,
    pub(crate) tests: Vec<Arc<TestFile>>,
}

impl Loaded {
    pub(crate) fn new(files: MemoryFiles) -> Loaded {
        Loaded::in_dialect(files, Dialects::only(RECORDED))
    }

    pub(crate) fn in_dialect(files: MemoryFiles, dialects: Dialects) -> Loaded {
        let cache = FactsCache::new();
        let tree = load_module(&files, ".", dialects.asked.unwrap_or(RECORDED), &cache);
        let tests = load_tests(&files, ".", "tests", dialects, &cache);
        Loaded { files, cache, tree, tests }
    }

    pub(crate) fn parse(text: &str) -> Loaded {
        Loaded::new(MemoryFiles::new(Fixture::parse(text).pairs()))
    }

    /// What loading says.
    pub(crate) fn load_diagnostics(&self) -> Vec<Diagnostic> {
        let mut all = self.tree.all_diagnostics();
        for test in &self.tests {
            all.extend(test.diagnostics.iter().cloned());
        }
        all
    }

    /// What the static checks say.
    pub(crate) fn static_diagnostics(&self) -> Vec<Diagnostic> {
        self.static_diagnostics_with(&|_| false)
    }

    /// The same with values from outside for some variables.
    pub(crate) fn static_diagnostics_with(&self, external: &dyn Fn(&str) -> bool) -> Vec<Diagnostic> {
        let schemas = Builtin::new();
        let mut all = check_module(&self.tree, &schemas);
        all.extend(self.test_diagnostics_with(&schemas, external));
        all
    }

    /// What the static checks say of the test files alone.
    pub(crate) fn test_diagnostics(&self, schemas: &dyn Schemas) -> Vec<Diagnostic> {
        self.test_diagnostics_with(schemas, &|name| self.given_last(name).is_some())
    }

    /// What the variable files say, and what the module under test is checked for besides.
    pub(crate) fn plan_diagnostics(&self) -> Vec<Diagnostic> {
        let mut all = check_plan(&self.tree);
        for (path, values_for) in [(".", ValuesFor::All), ("tests", ValuesFor::Tests)].into_iter().flat_map(
            |(directory, values_for)| {
                let paths = automatic_variable_files(&self.files, directory).into_iter();
                paths.map(move |path| (path, values_for))
            },
        ) {
            let document = self.files.document(&path, &self.cache).expect("it is listed");
            let file = document.file().clone();
            let values = variable_file(&file, &document.text());
            all.extend(values.diagnostics);
            let context = ValuesContext {
                values_for,
                tree: Some(&self.tree),
                tests: &self.tests,
                resolve: &|test, run| match &run.module {
                    None => Some(Arc::clone(&self.tree)),
                    Some(source) => self.run_module(test, source),
                },
                counts: &|_, name| self.given_last(name).as_deref() == Some(file.as_str()),
                sources: &Sources::new([document]),
            };
            all.extend(check_variable_file(&file, &values.tree, &context));
        }
        all
    }

    /// The variable file whose value of that name counts.
    pub(crate) fn given_last(&self, name: &str) -> Option<String> {
        let paths = automatic_variable_files(&self.files, ".").into_iter();
        let paths = paths.chain(automatic_variable_files(&self.files, "tests"));
        let gives = |path: &String| {
            let text = self.files.read(path).unwrap_or_default();
            let values = variable_file(&path.as_str().into(), &text);
            values.tree.iter().any(|value| value.name == name)
        };
        paths.filter(gives).last()
    }

    fn test_diagnostics_with(
        &self,
        schemas: &dyn Schemas,
        external: &dyn Fn(&str) -> bool,
    ) -> Vec<Diagnostic> {
        let mut all = Vec::new();
        for test in &self.tests {
            let resolve = |source: Option<&ModuleSource>| match source {
                None => Some(Arc::clone(&self.tree)),
                Some(source) => self.run_module(test, source),
            };
            let context = TestContext { resolve: &resolve, schemas, external, asked: None };
            all.extend(check_test_file(test, &context));
        }
        all
    }

    /// What is wrong with the `module` blocks of runs.
    pub(crate) fn run_module_problems(&self) -> Vec<Diagnostic> {
        let runs = self.tests.iter().flat_map(|test| test.runs.iter().map(move |run| (test, run)));
        let load = |(test, run): (&Arc<config::TestFile>, Item<Run>)| {
            load_run_module(&self.files, ".", test, &run, &self.cache)?.err()
        };
        runs.filter_map(load).collect()
    }

    fn run_module(&self, test: &TestFile, source: &ModuleSource) -> Option<Arc<ModuleTree>> {
        let same = |run: &Item<Run>| run.module.as_ref().is_some_and(|module| module.source == source.source);
        let run = test.runs.iter().find(same)?;
        load_run_module(&self.files, ".", test, &run, &self.cache)?.ok()
    }

    /// `main.tf:1,2-3`
    pub(crate) fn place(&self, place: &Location) -> String {
        let text = self.files.read(place.file.as_str()).unwrap_or_default();
        LineIndex::new(&text).hcl_range(&text, &place.file, place.span)
    }

    pub(crate) fn render(&self, diagnostics: &[Diagnostic]) -> String {
        let mut out = String::new();
        for diagnostic in diagnostics {
            let place = diagnostic.subject.as_ref().map_or(String::new(), |place| self.place(place));
            let code = diagnostic.code.unwrap_or("?");
            out.push_str(&format!("{} {place} [{code}] {}\n", severity(diagnostic), diagnostic.summary));
            if !diagnostic.detail.is_empty() {
                out.push_str(&format!("    {}\n", diagnostic.detail.replace('\n', "\n    ")));
            }
        }
        out
    }
}

pub(crate) fn severity(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    }
}

/// The schemas of Terraform's built-in provider, as far as the tests use them.
pub(crate) struct Builtin {
    data: Schema,
    remote_state: Schema,
}

impl Builtin {
    pub(crate) fn new() -> Builtin {
        let attribute = |ty: Type, computed: bool| match computed {
            true => AttributeSchema::computed(ty),
            false => AttributeSchema::optional(ty),
        };
        let mut data = Schema::default();
        data.attributes.insert("id".into(), attribute(Type::String, true));
        data.attributes.insert("input".into(), attribute(Type::Dynamic, false));
        data.attributes.insert("output".into(), attribute(Type::Dynamic, true));
        data.attributes.insert("triggers_replace".into(), attribute(Type::Dynamic, false));
        let mut remote_state = Schema::default();
        let backend = AttributeSchema::required(Type::String);
        remote_state.attributes.insert("backend".into(), backend);
        remote_state.attributes.insert("config".into(), attribute(Type::Dynamic, false));
        remote_state.attributes.insert("defaults".into(), attribute(Type::Dynamic, false));
        remote_state.attributes.insert("outputs".into(), attribute(Type::Dynamic, true));
        remote_state.attributes.insert("workspace".into(), attribute(Type::String, false));
        Builtin { data, remote_state }
    }
}

impl Schemas for Builtin {
    fn resource(&self, provider: &str, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        match (mode, kind) {
            _ if provider != BUILT_IN_PROVIDER => None,
            (ResourceMode::Managed, "terraform_data") => Some(&self.data),
            (ResourceMode::Data, "terraform_remote_state") => Some(&self.remote_state),
            _ => None,
        }
    }

    fn kinds(&self, provider: &str, mode: ResourceMode) -> Option<Vec<&str>> {
        let kinds = match mode {
            ResourceMode::Managed => vec!["terraform_data"],
            ResourceMode::Data => vec!["terraform_remote_state"],
            ResourceMode::Ephemeral => vec![],
        };
        (provider == BUILT_IN_PROVIDER).then_some(kinds)
    }
}
