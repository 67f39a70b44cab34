//! What has to come before what in a file: which runs wait for which, and which variables and provider blocks they use.
//!
//! Terraform executes runs that do not wait for each other at the same time. Here those alone do that wait for something
//! outside; everything else is executed one after the other, in an order in which Terraform could have come to its ends: a
//! run begins as soon as nothing that it waits for is left, and of several the first in the file begins first.

mod teardown;

use std::collections::{BTreeMap, BTreeSet};

use config::{Feature, Module, ProviderRef, References, Run, Subject, TestFile, for_each_expr};
use engine::find_cycles;
use lang::Expr;
use syntax::{Diagnostic, Diagnostics, SmolStr};

use crate::load::Loaded;
use crate::select::{collect, state_key};

pub(crate) use teardown::Destroyed;

/// Something in a file that is evaluated on its own.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Node {
    /// A `variable` block or an entry of `variables`.
    Variable(SmolStr),
    /// A provider block, by its place among the file's.
    Provider(usize),
    /// A mock provider whose values are evaluated once for the file, by its place among the file's.
    Mock(usize),
    /// A run block, by its place among the file's.
    Run(usize),
}

/// A file's nodes and what each of them waits for.
pub(crate) struct Graph<'a> {
    file: &'a TestFile,
    nodes: Vec<Node>,
    index: BTreeMap<Node, usize>,
    /// What a node refers to, by its own expressions and by the variables and providers that its module takes.
    references: Vec<Vec<usize>>,
    /// The runs that a run comes after because of its state, or because one of the two is not parallel. Without those that
    /// others of them come after anyway.
    earlier: Vec<Vec<usize>>,
    /// Both.
    needs: Vec<Vec<usize>>,
    /// What of it can be waited for.
    waits_for: Vec<Vec<usize>>,
}

impl<'a> Graph<'a> {
    /// The graph of some of the file's runs, given by their places.
    pub(crate) fn of(file: &'a TestFile, runs: &[usize], loaded: &'a Loaded) -> Graph<'a> {
        let module = |run: Option<&Run>| -> Option<&'a Module> {
            loaded.tree(file, run.and_then(|run| run.module.as_ref())).map(|tree| &*tree.module)
        };
        let mut names: BTreeSet<&SmolStr> = file.variables.keys().collect();
        names.extend(file.variable_blocks.keys());
        let mut nodes: Vec<Node> = names.into_iter().cloned().map(Node::Variable).collect();
        nodes.extend((0..file.providers.len()).map(Node::Provider));
        let mocks = if file.dialect.has(Feature::FunctionsInMocks) { file.mock_providers.len() } else { 0 };
        nodes.extend((0..mocks).map(Node::Mock));
        nodes.extend(runs.iter().copied().filter(|run| *run < file.runs.len()).map(Node::Run));
        let index = nodes.iter().cloned().enumerate().map(|(at, node)| (node, at)).collect();
        let mut named: BTreeMap<&SmolStr, Vec<usize>> = BTreeMap::new();
        file.runs.decls().enumerate().for_each(|(at, run)| named.entry(&run.name).or_default().push(at));
        let mut graph = Graph {
            file,
            nodes,
            index,
            references: Vec::new(),
            earlier: Vec::new(),
            needs: Vec::new(),
            waits_for: Vec::new(),
        };
        graph.earlier = graph.earlier();
        graph.references = (0..graph.nodes.len())
            .map(|at| graph.references(at, &module, &named).into_iter().collect())
            .collect();
        let all = |(references, earlier): (&Vec<usize>, &Vec<usize>)| {
            let all: BTreeSet<usize> = references.iter().chain(earlier).copied().collect();
            all.into_iter().collect()
        };
        graph.needs = graph.references.iter().zip(&graph.earlier).map(all).collect();
        graph.waits_for = graph.needs.clone();
        if !file.dialect.has(Feature::FileGraph) {
            // To read a run that comes later is an error when the run begins.
            graph.waits_for.iter_mut().enumerate().for_each(|(at, needs)| needs.retain(|need| *need < at));
        }
        graph
    }

    /// The nodes that have to be over before a node begins.
    pub(crate) fn waits_for(&self, at: usize) -> &[usize] {
        self.waits_for.get(at).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn node(&self, at: usize) -> Option<&Node> {
        self.nodes.get(at)
    }

    /// What is to be done, in the order in which it begins as far as [`Graph::waits_for`] allows.
    ///
    /// # Errors
    /// The circles that there are, as Terraform names them.
    pub(crate) fn order(&self) -> Result<Vec<usize>, Diagnostics> {
        let dialect = self.file.dialect;
        let circles = if dialect.has(Feature::RunGraph) { self.circles() } else { Diagnostics::new() };
        if !circles.is_empty() {
            return Err(circles);
        }
        if !dialect.has(Feature::FileGraph) {
            // What a run waits for stands before it, and everything else is evaluated when a run asks for it.
            return Ok((0..self.nodes.len()).filter(|at| matches!(self.nodes[*at], Node::Run(_))).collect());
        }
        // Variables and providers come before runs, because their nodes do.
        Ok((0..self.nodes.len()).collect())
    }

    /// The nodes that have to have come to an end before the node can be evaluated; where one of them has not, the node
    /// is skipped.
    pub(crate) fn depends_on(&self, at: usize) -> BTreeSet<usize> {
        let mut depends: BTreeSet<usize> = self.references.get(at).into_iter().flatten().copied().collect();
        let is_parallel =
            |at: usize| matches!(self.nodes.get(at), Some(Node::Run(run)) if self.is_parallel(*run));
        for earlier in self.earlier.get(at).into_iter().flatten() {
            let only_in_order =
                is_parallel(at) && !is_parallel(*earlier) && self.key(at) != self.key(*earlier);
            if !only_in_order || self.file.dialect.has(Feature::ParallelAfterOthers) {
                depends.insert(*earlier);
            }
        }
        depends
    }

    /// The runs that come before a run in every order, by their places in the file.
    pub(crate) fn before(&self, run: usize) -> Vec<usize> {
        self.runs_from(run, |_, need| self.needs.get(need).map_or(&[], Vec::as_slice))
    }

    /// The runs whose outputs a run reads, itself or through variables and providers.
    pub(crate) fn read_by(&self, run: usize) -> Vec<usize> {
        self.runs_from(run, |start, at| match self.nodes.get(at) {
            Some(Node::Run(_)) if at != start => &[],
            _ => self.references.get(at).map_or(&[], Vec::as_slice),
        })
    }

    fn runs_from<'s>(&'s self, run: usize, follow: impl Fn(usize, usize) -> &'s [usize]) -> Vec<usize> {
        let Some(start) = self.at(&Node::Run(run)) else { return Vec::new() };
        let mut seen = vec![false; self.nodes.len()];
        let (mut open, mut runs) = (follow(start, start).to_vec(), Vec::new());
        while let Some(at) = open.pop() {
            if seen.get_mut(at).is_none_or(|seen| std::mem::replace(seen, true)) {
                continue;
            }
            if let Some(Node::Run(run)) = self.nodes.get(at) {
                runs.push(*run);
            }
            open.extend_from_slice(follow(start, at));
        }
        runs
    }

    fn at(&self, node: &Node) -> Option<usize> {
        self.index.get(node).copied()
    }

    fn is_parallel(&self, run: usize) -> bool {
        self.file.runs.decl(run).is_some_and(|run| self.file.is_parallel(run))
    }

    fn key(&self, at: usize) -> Option<SmolStr> {
        match self.nodes.get(at)? {
            Node::Run(run) => self.file.runs.decl(*run).map(|run| state_key(run)),
            Node::Variable(_) | Node::Provider(_) | Node::Mock(_) => None,
        }
    }

    fn earlier(&self) -> Vec<Vec<usize>> {
        let mut earlier = vec![Vec::new(); self.nodes.len()];
        // The last run that is not parallel, the parallel ones after it, and the last one of each state.
        let (mut barrier, mut since, mut of_state) = (None, Vec::new(), BTreeMap::new());
        for (at, node) in self.nodes.iter().enumerate() {
            let Node::Run(run) = node else { continue };
            earlier[at].extend(barrier);
            earlier[at].extend(of_state.insert(self.key(at), at));
            if self.is_parallel(*run) {
                since.push(at);
            } else {
                earlier[at].append(&mut since);
                barrier = Some(at);
            }
        }
        earlier
    }

    fn references(
        &self,
        at: usize,
        modules: &dyn Fn(Option<&Run>) -> Option<&'a Module>,
        named: &BTreeMap<&SmolStr, Vec<usize>>,
    ) -> BTreeSet<usize> {
        let (mut variables, mut runs) = (BTreeSet::new(), BTreeSet::new());
        let mut read = |expr: &Expr| {
            collect(expr, "var", &mut variables);
            collect(expr, "run", &mut runs);
        };
        let mut providers = Vec::new();
        match &self.nodes[at] {
            Node::Variable(name) => {
                self.file.variables.get(name).into_iter().for_each(|variable| read(&variable.value));
            }
            Node::Provider(index) => {
                let provider = self.file.providers.get(*index);
                provider.into_iter().for_each(|provider| {
                    for_each_expr(&provider.body, &mut |expr, _| read(expr));
                });
            }
            // Its values are made of constants and functions.
            Node::Mock(_) => {}
            Node::Run(index) => {
                if let Some(run) = &self.file.runs.get(*index) {
                    for subject in References::of_run(run).subjects() {
                        match subject {
                            Subject::Variable(name) => drop(variables.insert(name.clone())),
                            Subject::Run(name) => drop(runs.insert(name.clone())),
                            _ => {}
                        }
                    }
                    let module = modules(Some(run));
                    // The module takes a variable of the file by its name alone, unless the run sets it.
                    let taken = module.into_iter().flat_map(|module| module.variables.keys());
                    variables.extend(taken.filter(|name| !run.variables.contains_key(*name)).cloned());
                    let uses = |name: &SmolStr, alias: &Option<SmolStr>| match (module, modules(None)) {
                        (Some(module), Some(tested)) => uses(
                            run,
                            &ProviderRef { name: name.clone(), alias: alias.clone() },
                            module,
                            tested,
                        ),
                        _ => false,
                    };
                    let all = self.file.providers.iter().enumerate();
                    let all = all.filter(|(_, it)| uses(&it.name, &it.alias));
                    providers.extend(all.map(|(index, _)| Node::Provider(index)));
                    let mocks = self.file.mock_providers.iter().enumerate();
                    let mocks = mocks.filter(|(_, it)| uses(&it.name, &it.alias));
                    providers.extend(mocks.map(|(index, _)| Node::Mock(index)));
                }
            }
        }
        let runs = runs.iter().filter_map(|name| named.get(name)).flatten().copied().map(Node::Run);
        let variables = variables.iter().cloned().map(Node::Variable);
        runs.chain(variables).chain(providers).filter_map(|node| self.at(&node)).collect()
    }

    fn circles(&self) -> Diagnostics {
        // Only the graph of the whole file can have a circle of several: before, a run refers to earlier ones only.
        let whole = self.file.dialect.has(Feature::FileGraph);
        let mut found =
            if whole { find_cycles(&self.needs, |at| self.name(at), |_| None) } else { Diagnostics::new() };
        for (at, needs) in self.needs.iter().enumerate() {
            let counts = whole || matches!(self.nodes[at], Node::Run(_));
            if let Some(name) = self.name(at).filter(|_| counts && needs.contains(&at)) {
                found.push(Diagnostic::error(format!("Self reference: {name}"), "").with_code("cycle"));
            }
        }
        found
    }

    /// What Terraform calls a node.
    fn name(&self, at: usize) -> Option<String> {
        Some(match self.nodes.get(at)? {
            Node::Variable(name) => format!("var.{name}"),
            Node::Provider(index) => provider_name(&self.file.providers.get(*index)?.reference()),
            // Nothing refers to it and it refers to nothing.
            Node::Mock(_) => return None,
            Node::Run(index) => {
                let name = &self.file.runs.decl(*index)?.name;
                match self.file.dialect.has(Feature::FileGraph) {
                    true => format!("{}.run.{name}", self.file.name),
                    false => format!("{}.{name}", self.file.name),
                }
            }
        })
    }
}

fn provider_name(provider: &ProviderRef) -> String {
    match &provider.alias {
        Some(alias) => format!("provider.{}.{alias}", provider.name),
        None => format!("provider.{}", provider.name),
    }
}

/// Whether a provider block of the file serves a run: because the run passes it, or because the module that the run
/// executes has something of this provider and alias.
fn uses(run: &Run, provider: &ProviderRef, module: &Module, tested: &Module) -> bool {
    if !run.passed_providers.is_empty() {
        let is_it =
            |name: &SmolStr, alias: &Option<SmolStr>| *name == provider.name && *alias == provider.alias;
        return run
            .passed_providers
            .iter()
            .any(|passed| is_it(&passed.parent.reference.name, &passed.parent.reference.alias));
    }
    // Local names are those of the module under test.
    let source = tested.provider_source(&provider.name);
    let is_it = |name: &str, alias: Option<&SmolStr>| {
        alias == provider.alias.as_ref() && module.provider_source(name) == source
    };
    module.required_providers.values().any(|required| {
        is_it(&required.name, None) || required.aliases.iter().any(|it| is_it(&it.name, it.alias.as_ref()))
    }) || module.providers.iter().any(|it| is_it(&it.name, it.alias.as_ref()))
        || module.resources.values().any(|resource| {
            let it = resource.provider_ref();
            is_it(&it.name, it.alias.as_ref())
        })
        || module.calls.values().any(|call| {
            call.passed_providers
                .iter()
                .any(|passed| is_it(&passed.parent.reference.name, passed.parent.reference.alias.as_ref()))
        })
}
