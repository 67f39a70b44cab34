//! Where the files of a project name things: the index behind "go to definition" and "find references".

use std::sync::Arc;

use config::{Condition, Item, Module, ModuleTree, ResourceAddr, ResourceMode, Run, TestFile};
use lang::{Expr, StepKind, Traversal};
use syntax::{Origin, SmolStr, Span};

use crate::project::Project;
use crate::symbol::{Occurrence, Symbol};

/// Everything that a test file names.
pub(crate) fn of_test_file(project: &Project, file: &TestFile) -> Vec<Occurrence> {
    let mut found = Found::default();
    let root = Names { project, file: Some(file), tree: Some(project.tree()) };
    for value in file.variables.values() {
        found.variable_name(&root, &value.origin, &value.name, value.name_span, true);
        found.expr(&root, &value.origin, &value.value);
    }
    for provider in &file.providers {
        for attribute in &provider.body.attributes {
            found.expr(&root, &provider.origin, &attribute.value);
        }
    }
    for item in &file.overrides {
        found.expr(&root, &item.origin, &item.target);
        item.values.iter().for_each(|values| found.expr(&root, &item.origin, values));
    }
    for run in &file.runs {
        let tree = project.module_of(run).map(|tree| &**tree);
        found.run(&Names { project, file: Some(file), tree }, run, file);
    }
    found.0
}

/// Everything that the files of one module name.
pub(crate) fn of_module(project: &Project, tree: &ModuleTree) -> Vec<Occurrence> {
    let mut found = Found::default();
    let names = Names { project, file: None, tree: Some(tree) };
    let module = &tree.module;
    let dir = || module.dir.clone();
    for it in module.variables.values() {
        let symbol = Symbol::Variable { module: dir(), name: it.name.clone() };
        found.definition(symbol, &it.origin, it.name_span);
        found.conditions(&names, &it.origin, &it.validations);
    }
    for it in module.locals.values() {
        found.definition(Symbol::Local { module: dir(), name: it.name.clone() }, &it.origin, it.name_span);
        found.expr(&names, &it.origin, &it.value);
    }
    for it in module.outputs.values() {
        found.definition(Symbol::Output { module: dir(), name: it.name.clone() }, &it.origin, it.name_span);
        found.exprs(&names, &it.origin, it.value.iter().chain(&it.depends_on));
        found.conditions(&names, &it.origin, &it.preconditions);
    }
    for it in module.resources.values() {
        found.resource(&names, it);
    }
    for it in module.calls.values() {
        found.call(&names, it, tree);
    }
    for it in module.checks.values() {
        found.definition(Symbol::Check { module: dir(), name: it.name.clone() }, &it.origin, it.name_span);
        found.conditions(&names, &it.origin, &it.asserts);
        if let Some(data) = &it.data {
            found.resource(&names, &Item::new(Arc::clone(data), it.origin.clone()));
        }
    }
    for it in &module.providers {
        found.body(&names, &it.origin, &it.body);
    }
    found.0
}

/// What the names of an expression are looked up in.
struct Names<'a> {
    project: &'a Project,
    /// Set in a test file, where `run` and `output` mean something.
    file: Option<&'a TestFile>,
    /// `None` when the module cannot be read.
    tree: Option<&'a ModuleTree>,
}

#[derive(Default)]
struct Found(Vec<Occurrence>);

impl Found {
    fn push(&mut self, symbol: Symbol, origin: &Origin, span: Span, definition: bool) {
        self.0.push(Occurrence { symbol, location: origin.locate(span), definition });
    }

    fn definition(&mut self, symbol: Symbol, origin: &Origin, span: Span) {
        self.push(symbol, origin, span, true);
    }

    fn run(&mut self, names: &Names<'_>, run: &Item<Run>, file: &TestFile) {
        let origin = &run.origin;
        let symbol = Symbol::Run { file: file.name.clone(), name: run.name.clone() };
        self.definition(symbol, origin, run.name_span);
        // The values are the test file's; only the names are the module's.
        let values = Names { project: names.project, file: names.file, tree: Some(names.project.tree()) };
        for value in run.variables.values() {
            self.variable_name(names, origin, &value.name, value.name_span, false);
            self.expr(&values, origin, &value.value);
        }
        if let (Some(source), Some(tree)) = (&run.module, names.tree) {
            self.push(Symbol::Module { dir: tree.module.dir.clone() }, origin, source.source_span, false);
        }
        self.conditions(names, origin, &run.asserts);
        self.exprs(names, origin, &run.expect_failures);
        self.exprs(names, origin, run.plan_options.target.iter().chain(&run.plan_options.replace));
        for item in &run.overrides {
            self.exprs(names, origin, std::iter::once(&item.target).chain(&item.values));
        }
    }

    /// The key of a `variables` block.
    fn variable_name(&mut self, names: &Names<'_>, origin: &Origin, name: &SmolStr, span: Span, file: bool) {
        if let Some(symbol) = names.variable(name) {
            let definition = file && matches!(symbol, Symbol::FileVariable { .. });
            self.push(symbol, origin, span, definition);
        }
    }

    fn resource(&mut self, names: &Names<'_>, it: &Item<config::Resource>) {
        let Some(tree) = names.tree else { return };
        let symbol = Symbol::Resource { module: tree.module.dir.clone(), addr: it.addr.clone() };
        self.definition(symbol, &it.origin, it.name_span);
        self.exprs(names, &it.origin, it.count.iter().chain(&it.for_each).chain(&it.depends_on));
        self.exprs(names, &it.origin, &it.lifecycle.replace_triggered_by);
        self.conditions(names, &it.origin, &it.lifecycle.preconditions);
        self.conditions(names, &it.origin, &it.lifecycle.postconditions);
        self.body(names, &it.origin, &it.body);
    }

    fn call(&mut self, names: &Names<'_>, it: &Item<config::ModuleCall>, tree: &ModuleTree) {
        let dir = tree.module.dir.clone();
        self.definition(Symbol::ModuleCall { module: dir, name: it.name.clone() }, &it.origin, it.name_span);
        self.exprs(names, &it.origin, it.count.iter().chain(&it.for_each).chain(&it.depends_on));
        let child = tree.children.get(&it.name).map(|child| child.module.dir.clone());
        if let (Some(dir), Some((_, span))) = (child.clone(), &it.source) {
            self.push(Symbol::Module { dir }, it.source_origin(), *span, false);
        }
        for argument in it.arguments.values() {
            if let Some(module) = child.clone() {
                let symbol = Symbol::Variable { module, name: argument.name.clone() };
                self.push(symbol, argument.origin(&it.origin), argument.name_span, false);
            }
            self.expr(names, &it.origin, &argument.value);
        }
    }

    fn body(&mut self, names: &Names<'_>, origin: &Origin, body: &config::Body) {
        body.attributes.iter().for_each(|attribute| self.expr(names, origin, &attribute.value));
        body.blocks.iter().for_each(|block| self.body(names, origin, &block.body));
    }

    fn conditions(&mut self, names: &Names<'_>, origin: &Origin, conditions: &[Condition]) {
        for it in conditions {
            self.exprs(names, origin, [&it.condition, &it.error_message]);
        }
    }

    fn exprs<'e>(&mut self, names: &Names<'_>, origin: &Origin, exprs: impl IntoIterator<Item = &'e Expr>) {
        exprs.into_iter().for_each(|expr| self.expr(names, origin, expr));
    }

    fn expr(&mut self, names: &Names<'_>, origin: &Origin, expr: &Expr) {
        let origin = expr.origin(origin);
        for traversal in expr.traversals() {
            names.resolve(traversal, |symbol, span| self.push(symbol, origin, span, false));
        }
    }
}

impl Names<'_> {
    fn module(&self) -> Option<&Module> {
        self.tree.map(|tree| &*tree.module)
    }

    /// Tells `found` every symbol along a traversal: for `module.m.out`, the call and the child's output.
    fn resolve(&self, traversal: &Traversal, mut found: impl FnMut(Symbol, Span)) {
        let Some(name) = traversal.attr(0) else { return };
        let span = traversal.span_of(1);
        match traversal.root.as_str() {
            "var" => {
                if let Some(symbol) = self.variable(name) {
                    found(symbol, span);
                }
            }
            "run" if self.file.is_some() => self.resolve_run(traversal, name, found),
            "local" => self.in_module(|module| found(Symbol::Local { module, name: name.clone() }, span)),
            "output" if self.file.is_some() => {
                self.in_module(|module| found(Symbol::Output { module, name: name.clone() }, span));
            }
            "check" if self.file.is_some() => {
                self.in_module(|module| found(Symbol::Check { module, name: name.clone() }, span));
            }
            "module" => self.resolve_call(traversal, name, found),
            "data" | "ephemeral" => {
                let mode =
                    if traversal.root == "data" { ResourceMode::Data } else { ResourceMode::Ephemeral };
                if let Some(second) = traversal.attr(1) {
                    let addr = ResourceAddr { mode, kind: name.clone(), name: second.clone() };
                    self.in_module(|module| found(Symbol::Resource { module, addr }, traversal.span_of(2)));
                }
            }
            "each" | "count" | "self" | "path" | "terraform" => {}
            kind => {
                let addr = ResourceAddr::managed(kind, name);
                self.in_module(|module| found(Symbol::Resource { module, addr }, span));
            }
        }
    }

    fn in_module(&self, found: impl FnOnce(SmolStr)) {
        if let Some(module) = self.module() {
            found(module.dir.clone());
        }
    }

    /// `var.name`: the module's variable, or the one that the test file alone gives.
    fn variable(&self, name: &SmolStr) -> Option<Symbol> {
        let declared = self.module().filter(|module| module.variables.contains_key(name));
        match (declared, self.file) {
            (Some(module), _) => Some(Symbol::Variable { module: module.dir.clone(), name: name.clone() }),
            (None, Some(file)) if file.variables.contains_key(name) => {
                Some(Symbol::FileVariable { file: file.name.clone(), name: name.clone() })
            }
            _ => self.module().map(|it| Symbol::Variable { module: it.dir.clone(), name: name.clone() }),
        }
    }

    fn resolve_run(&self, traversal: &Traversal, name: &SmolStr, mut found: impl FnMut(Symbol, Span)) {
        let Some(file) = self.file else { return };
        found(Symbol::Run { file: file.name.clone(), name: name.clone() }, traversal.span_of(1));
        let run = file.runs.iter().find(|run| run.name == *name);
        let tree = run.and_then(|run| self.project.module_of(run));
        if let (Some(tree), Some((output, span))) = (tree, step(traversal, 1)) {
            found(Symbol::Output { module: tree.module.dir.clone(), name: output }, span);
        }
    }

    fn resolve_call(&self, traversal: &Traversal, name: &SmolStr, mut found: impl FnMut(Symbol, Span)) {
        let Some(tree) = self.tree else { return };
        let call = Symbol::ModuleCall { module: tree.module.dir.clone(), name: name.clone() };
        found(call, traversal.span_of(1));
        let Some(child) = tree.children.get(name) else { return };
        // `module.m.out`, `module.m[0].out`, `module.m["k"].out`.
        let output =
            if matches!(traversal.steps.get(1).map(|it| &it.kind), Some(StepKind::Attr(_))) { 1 } else { 2 };
        if let Some((output, span)) = step(traversal, output) {
            found(Symbol::Output { module: child.module.dir.clone(), name: output }, span);
        }
    }
}

/// The name of a `.name` step and the span of the name alone.
fn step(traversal: &Traversal, index: usize) -> Option<(SmolStr, Span)> {
    let name = traversal.attr(index)?.clone();
    let span = traversal.steps.get(index)?.span;
    let start = span.end.saturating_sub(u32::try_from(name.len()).ok()?);
    Some((name, Span::new(start.max(span.start), span.end)))
}
