//! What differs between a module before an edit and after it, for those who know what they have read of it.
//!
//! A declaration has changed when it is another one than before, or when it reads one that has changed: an output whose
//! value is made of a resource means something else when the resource does. What has changed is told by names such as
//! `var.size`, `output.id` or `aws_vpc.main`; a run that names none of them, and of which nothing was wrong, would be
//! found sound again. What concerns runs that do not name it, such as a variable that has to be given, changes
//! everything.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use lang::{Expr, StepKind, Traversal};
use syntax::{Diagnostic, NameHash, NameSet};

use super::keys::looks_into;
use super::providers::{asks_for_alias, asks_for_aliases};
use crate::check::guess::has_syntax_errors;
use crate::item::Item;
use crate::module::{Check, Condition, ModuleCall, ModuleTree, Output, Resource, Variable};
use crate::refs::for_each_expr;
use crate::test_file::Run;

/// What of a module may mean something else than before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ChangedModule {
    Everything,
    /// What is declared under these names, which may be nothing.
    Named(NameSet),
}

impl ChangedModule {
    pub fn between(then: Option<&Arc<ModuleTree>>, now: Option<&Arc<ModuleTree>>) -> ChangedModule {
        let (then, now) = match (then, now) {
            (None, None) => return ChangedModule::Named(NameSet::default()),
            (Some(then), Some(now)) => (then, now),
            _ => return ChangedModule::Everything,
        };
        let is_faulty = |tree: &ModuleTree| has_syntax_errors(&tree.module.diagnostics);
        match (is_faulty(then), is_faulty(now)) {
            _ if Arc::ptr_eq(then, now) => ChangedModule::Named(NameSet::default()),
            // Nobody looks into such a module.
            (true, true) => ChangedModule::Named(NameSet::default()),
            (false, false) if same_settings(then, now) => changed(then, now),
            _ => ChangedModule::Everything,
        }
    }

    /// Whether it can mean something to somebody who was content with the module as it was and has read these names.
    pub fn may_concern(&self, read: &NameSet) -> bool {
        match self {
            ChangedModule::Everything => true,
            ChangedModule::Named(names) => names.meets(read),
        }
    }
}

/// What the check of a run can read of modules by name; `None` when it may read anything, because the run takes all
/// outputs of another one as one value.
pub(super) fn read_by(run: &Run) -> Option<Vec<NameHash>> {
    let mut found: Vec<NameHash> = run.variables.keys().map(|name| hash("var", name)).collect();
    let conditions = run.asserts.iter().flat_map(|assert| [&assert.condition, &assert.error_message]);
    let options = run.plan_options.target.iter().chain(&run.plan_options.replace);
    let overrides = run.overrides.iter().flat_map(|it| [Some(&it.target), it.values.as_ref()]).flatten();
    let values = run.variables.values().map(|value| &value.value);
    let exprs = conditions.chain(values).chain(&run.expect_failures).chain(options).chain(overrides);
    for traversal in exprs.chain(&run.providers).flat_map(Expr::traversals) {
        if traversal.root != "run" {
            found.extend(named(traversal));
            continue;
        }
        match traversal.steps.get(1).map(|step| &step.kind) {
            Some(StepKind::Attr(output) | StepKind::Key(output)) => found.push(hash("output", output)),
            // What is being typed is not judged, and a number is always wrong.
            Some(StepKind::Missing | StepKind::Number(_)) => {}
            None => return None,
        }
    }
    // The same addresses in JSON are texts.
    for target in run.overrides.iter().filter_map(|it| it.address.as_ref()) {
        found.extend(target.module.0.first().map(|(call, _)| hash("module", call)));
        found.extend(target.resource.as_ref().map(|(addr, _)| NameHash::of(&addr.to_string())));
    }
    Some(found)
}

fn hash(kind: &str, name: &str) -> NameHash {
    NameHash::of(&format!("{kind}.{name}"))
}

/// The declaration of its module that a traversal leads to.
fn named(traversal: &Traversal) -> Option<NameHash> {
    let (root, first) = (traversal.root.as_str(), traversal.attr(0)?);
    match root {
        "data" | "ephemeral" => Some(hash(&format!("{root}.{first}"), traversal.attr(1)?)),
        "resource" => Some(hash(first, traversal.attr(1)?)),
        _ => Some(hash(root, first)),
    }
}

/// Whether everything is the same that has no name, or concerns declarations that do not name it.
fn same_settings(then: &ModuleTree, now: &ModuleTree) -> bool {
    // Configurations of providers are looked for only where nothing is wrong.
    if (asks_for_aliases(then) || asks_for_aliases(now)) && has_errors(then) != has_errors(now) {
        return false;
    }
    let (then, now) = (&then.module, &now.module);
    fn all_same<'i, T: 'i>(
        a: impl ExactSizeIterator<Item = &'i Item<T>>,
        b: impl ExactSizeIterator<Item = &'i Item<T>>,
    ) -> bool {
        a.len() == b.len() && a.zip(b).all(|(a, b)| Arc::ptr_eq(&a.decl, &b.decl))
    }
    then.dialect == now.dialect
        && all_same(then.providers.iter(), now.providers.iter())
        && all_same(then.required_providers.values(), now.required_providers.values())
        && all_same(then.required_versions.iter(), now.required_versions.iter())
        && all_same(then.imports.iter(), now.imports.iter())
        && then.sources.iter().next().is_some() == now.sources.iter().next().is_some()
}

fn has_errors(tree: &ModuleTree) -> bool {
    // Modules that call each other twice are looked at once.
    let (mut open, mut seen) = (vec![tree], HashSet::new());
    while let Some(tree) = open.pop() {
        let said = [&tree.module.diagnostics, &tree.diagnostics, &tree.unread];
        if said.into_iter().flatten().any(Diagnostic::is_error) {
            return true;
        }
        let children = tree.children.values().map(|child| &**child);
        open.extend(children.filter(|child| seen.insert(std::ptr::from_ref(*child))));
    }
    false
}

/// A declaration of a module.
struct Declared<'m> {
    name: NameHash,
    what: What<'m>,
    /// Tells it from another one of its name.
    identity: (usize, usize),
}

enum What<'m> {
    Variable(&'m Variable),
    Local(&'m Expr),
    Output(&'m Output),
    Resource(&'m Resource),
    /// With the module that it calls.
    Call(&'m ModuleCall, Option<&'m ModuleTree>),
    Check(&'m Check),
}

fn changed(then: &ModuleTree, now: &ModuleTree) -> ChangedModule {
    let (then, now) = (declared(then), declared(now));
    let identities = |all: &[Declared<'_>]| -> HashMap<NameHash, (usize, usize)> {
        all.iter().map(|it| (it.name, it.identity)).collect()
    };
    let (old, new) = (identities(&then), identities(&now));
    let mut open: Vec<NameHash> =
        old.keys().chain(new.keys()).copied().filter(|name| old.get(name) != new.get(name)).collect();
    open.sort_unstable();
    open.dedup();
    // What was there before and has changed reads what it read then, too.
    let mut all: HashMap<NameHash, Vec<&Declared<'_>>> = HashMap::new();
    let mut readers: HashMap<NameHash, Vec<NameHash>> = HashMap::new();
    let gone = then.iter().filter(|it| open.binary_search(&it.name).is_ok());
    for it in now.iter().chain(gone) {
        all.entry(it.name).or_default().push(it);
        it.what.for_each_expr(&mut |expr| {
            for read in expr.traversals().iter().filter_map(named) {
                readers.entry(read).or_default().push(it.name);
            }
        });
    }
    let (mut names, mut looked_into) = (Vec::new(), Vec::new());
    while let Some(name) = open.pop() {
        if names.contains(&name) {
            continue;
        }
        if all.get(&name).into_iter().flatten().any(|it| it.what.concerns_all()) {
            return ChangedModule::Everything;
        }
        names.push(name);
        // Whoever gives a variable is told which of its elements are read.
        let mut given = Vec::new();
        for it in all.get(&name).into_iter().flatten() {
            it.what.for_each_expr(&mut |expr| {
                given.extend(expr.traversals().iter().filter_map(looks_into).map(|name| hash("var", name)));
            });
        }
        looked_into.extend(given);
        open.extend(readers.get(&name).into_iter().flatten());
    }
    ChangedModule::Named(names.into_iter().chain(looked_into).collect())
}

fn declared(tree: &ModuleTree) -> Vec<Declared<'_>> {
    fn identity<T>(item: &Item<T>) -> usize {
        Arc::as_ptr(&item.decl) as usize
    }
    let module = &*tree.module;
    let mut all = Vec::new();
    let mut add = |name, what, identity: usize, other: usize| {
        all.push(Declared { name, what, identity: (identity, other) })
    };
    for (name, it) in &module.variables {
        add(hash("var", name), What::Variable(it), identity(it), 0);
    }
    for (name, it) in &module.locals {
        add(hash("local", name), What::Local(&it.value), identity(it), 0);
    }
    for (name, it) in &module.outputs {
        add(hash("output", name), What::Output(it), identity(it), 0);
    }
    for (addr, it) in &module.resources {
        add(NameHash::of(&addr.to_string()), What::Resource(it), identity(it), 0);
    }
    for (name, it) in &module.calls {
        // Another module under it is another call.
        let child = tree.children.get(name);
        let called = child.map_or(0, |child| Arc::as_ptr(child) as usize);
        add(hash("module", name), What::Call(it, child.map(|child| &**child)), identity(it), called);
    }
    for (name, it) in &module.checks {
        add(hash("check", name), What::Check(it), identity(it), 0);
    }
    all
}

impl What<'_> {
    /// Whether runs look at it that do not name it: every plan checks the conditions of `check` blocks, and every run has
    /// to have the values of variables, and the provider configurations that are asked for by other names.
    fn concerns_all(&self) -> bool {
        match self {
            What::Variable(it) => it.default.is_none() || !it.validations.is_empty(),
            What::Check(_) => true,
            What::Resource(it) => asks_for_alias(it),
            What::Call(it, child) => !it.passed_providers.is_empty() || child.is_some_and(asks_for_aliases),
            What::Local(_) | What::Output(_) => false,
        }
    }

    fn for_each_expr(&self, visit: &mut dyn FnMut(&Expr)) {
        match self {
            What::Variable(it) => conditions(&it.validations, visit),
            What::Local(value) => visit(value),
            What::Output(it) => {
                it.value.iter().chain(&it.depends_on).for_each(&mut *visit);
                conditions(&it.preconditions, visit);
            }
            What::Resource(it) => resource(it, visit),
            What::Call(it, _) => {
                it.count.iter().chain(&it.for_each).chain(&it.depends_on).for_each(&mut *visit);
                it.arguments.values().for_each(|argument| visit(&argument.value));
            }
            What::Check(it) => {
                conditions(&it.asserts, visit);
                it.data.iter().for_each(|data| resource(data, visit));
            }
        }
    }
}

fn resource(it: &Resource, visit: &mut dyn FnMut(&Expr)) {
    it.count.iter().chain(&it.for_each).chain(&it.depends_on).for_each(&mut *visit);
    let key = it.provider.as_ref().and_then(|used| used.key.as_ref());
    key.iter().for_each(|key| visit(&key.value));
    it.lifecycle.replace_triggered_by.iter().for_each(&mut *visit);
    conditions(&it.lifecycle.preconditions, visit);
    conditions(&it.lifecycle.postconditions, visit);
    for_each_expr(&it.body, &mut |expr, _| visit(expr));
}

fn conditions(all: &[Condition], visit: &mut dyn FnMut(&Expr)) {
    for it in all {
        visit(&it.condition);
        visit(&it.error_message);
    }
}
