//! What the static checks say of declarations, told by the walk that validates: a declaration that is wrong keeps whatever
//! needs it from being evaluated, and of that nothing is said.

use config::{Declared, check_declarations};
use rustc_hash::FxHashMap;
use syntax::{Diagnostic, Diagnostics, Location};

use super::{TestProviders, Walk};
use crate::finding::Finding;
use crate::program::{Node, Program, StaticModule, import_targets};

/// The findings of the static checks by the node that they belong to, and those that belong to none.
#[derive(Default)]
pub(super) struct OfDeclarations {
    nodes: FxHashMap<Node, Diagnostics>,
    others: Diagnostics,
    /// Calls with arguments that their modules do not have, or without some that they need. Without these, Terraform has
    /// no graph, and says nothing else.
    calls: Diagnostics,
}

impl OfDeclarations {
    pub fn new(
        program: &Program,
        providers: &::provider::Providers,
        test: Option<TestProviders<'_>>,
    ) -> OfDeclarations {
        let mut all = OfDeclarations::default();
        for (id, module) in program.modules.iter().enumerate() {
            for (declared, found) in check_declarations(&module.tree, &module.name(), providers) {
                let node = match declared {
                    Declared::Local(at) => Some(Node::Local(id, at)),
                    Declared::Output(at) => Some(Node::Output(id, at)),
                    Declared::Resource(at) => Some(Node::Resource(id, at)),
                    Declared::Call(at) => Some(Node::Call(id, at)),
                    Declared::Parameters(_) => {
                        match found.iter().any(Diagnostic::is_error) {
                            true => all.calls.extend(found),
                            false => all.others.extend(found),
                        }
                        continue;
                    }
                    Declared::Argument(call, name) => parameter(program, module, call, &name),
                    Declared::Check(at) => Some(Node::Check(id, at)),
                    Declared::Provider(at) => {
                        let block = module.tree.module.providers.get(at);
                        let replaced = block.zip(test).is_some_and(|(block, test)| {
                            id == 0 && test.replaces(&module.tree.module, block)
                        });
                        if replaced {
                            continue;
                        }
                        let configurations = program.serving.configurations.iter().take(program.serving.used);
                        let mut configurations = configurations.enumerate();
                        let own = configurations.find(|(_, it)| it.module == id && it.block == Some(at));
                        own.map(|(id, _)| Node::Provider(id))
                    }
                    Declared::Import(at) => imported(program, at),
                };
                match node {
                    Some(node) => all.nodes.entry(node).or_default().extend(found),
                    None => all.others.extend(found),
                }
            }
        }
        all
    }
}

/// The resource that a block of the root module imports an object for.
fn imported(program: &Program, at: usize) -> Option<Node> {
    let import = program.root().imports.get(at)?;
    let target = import_targets(program.root()).find(|(it, _)| std::ptr::eq(*it, import))?.1.config();
    let mut calls = target.module.iter();
    let module =
        calls.try_fold(0, |module: usize, call| program.modules.get(module)?.children.get(call).copied())?;
    Some(Node::Resource(module, program.module(module).resources.get_index_of(&target.resource)?))
}

/// The variable of the called module that an argument is for.
fn parameter(program: &Program, module: &StaticModule, call: usize, name: &str) -> Option<Node> {
    let (call, _) = module.tree.module.calls.get_index(call)?;
    let child = *module.children.get(call)?;
    let at = program.module(child).variables.get_index_of(name)?;
    Some(Node::Variable(child, at))
}

impl Walk<'_> {
    /// Reports what the static checks say of no node. Whether there is a graph at all.
    pub(super) fn report_others(&mut self) -> bool {
        let calls = std::mem::take(&mut self.declared.calls);
        if !calls.is_empty() {
            self.report(calls);
            return false;
        }
        let others = std::mem::take(&mut self.declared.others);
        self.report(others);
        true
    }

    /// Whether the static checks have found something wrong with a node.
    pub(super) fn is_refused(&self, node: Node) -> bool {
        self.declared.nodes.get(&node).is_some_and(|found| found.iter().any(Diagnostic::is_error))
    }

    /// Adds what the static checks say of a node to what its evaluation has found since `before`. What both say is said
    /// once, and of names the checks have the last word, except in conditions and provisioners, which they leave to the
    /// evaluation.
    pub(super) fn report_declared(&mut self, node: Node, before: usize) {
        let Some(checked) = self.declared.nodes.remove(&node) else { return };
        let conditions = self.conditions_of(node);
        let in_condition = |found: &Diagnostic| {
            found.subject.as_ref().is_some_and(|place| {
                conditions.iter().any(|it| {
                    it.file == place.file
                        && it.span.start <= place.span.start
                        && place.span.end <= it.span.end
                })
            })
        };
        let evaluated = self.findings.split_off(before);
        let failed =
            evaluated.iter().any(|found| found.diagnostic.is_error() && in_condition(&found.diagnostic));
        // The value of an output is not asked for when its preconditions cannot be evaluated.
        let checked = if failed && matches!(node, Node::Output(..)) { Diagnostics::new() } else { checked };
        let wrong = checked.iter().any(Diagnostic::is_error);
        let left = evaluated.into_iter().filter(|Finding { diagnostic, .. }| {
            let known = checked
                .iter()
                .filter(|seen| seen.summary == diagnostic.summary && seen.subject == diagnostic.subject)
                .any(|seen| seen.subject.is_some() || seen.detail == diagnostic.detail);
            let hidden = wrong && config::is_about_name(diagnostic) && !in_condition(diagnostic);
            !known && !hidden
        });
        let left: Vec<Finding> = left.collect();
        self.report(checked);
        self.findings.extend(left);
    }

    /// The places of a node's pre- and postconditions, assertions and provisioners.
    fn conditions_of(&self, node: Node) -> Vec<Location> {
        let (Node::Output(module, at) | Node::Resource(module, at) | Node::Check(module, at)) = node else {
            return Vec::new();
        };
        let module = self.inputs.program.module(module);
        let mut places = Vec::new();
        let (rules, origin) = match node {
            Node::Output(..) => match module.outputs.get_index(at) {
                Some((_, output)) => (output.preconditions.iter().collect::<Vec<_>>(), &output.origin),
                None => return Vec::new(),
            },
            Node::Check(..) => match module.checks.get_index(at) {
                Some((_, check)) => (check.asserts.iter().collect(), &check.origin),
                None => return Vec::new(),
            },
            _ => match module.resources.get_index(at) {
                Some((_, resource)) => {
                    let lifecycle = &resource.lifecycle;
                    let connections = resource.provisioners.iter().filter_map(|it| it.connection.as_ref());
                    let blocks = resource.provisioners.iter().map(|it| &it.block);
                    let blocks = blocks.chain(connections).chain(&resource.connection);
                    let origin = &resource.origin;
                    places.extend(blocks.map(|block| block.origin(origin).locate(block.span)));
                    (
                        lifecycle.preconditions.iter().chain(&lifecycle.postconditions).collect(),
                        &resource.origin,
                    )
                }
                None => return Vec::new(),
            },
        };
        let exprs = rules.into_iter().flat_map(|rule| [&rule.condition, &rule.error_message]);
        places.extend(exprs.map(|expr| expr.location(origin)));
        places
    }
}
