//! The names in expressions and addresses.

use std::collections::HashSet;

use config::{Grammar, ResourceAddr, ResourceMode, Subject, parse_reference};
use lang::expr::{Node, NodeId};
use lang::{Expr, Step, StepKind, Traversal};
use syntax::{Origin, SmolStr, Span};

use super::{Collector, Mention, Name, Role, Scope};

/// Where the names of an expression are looked up, and what words may begin them.
#[derive(Clone)]
pub(super) struct Reader {
    pub(super) scope: Scope,
    pub(super) grammar: Grammar,
}

impl Reader {
    /// In a module's own files.
    pub(super) fn of_module() -> Reader {
        Reader { scope: Scope::Own, grammar: Grammar::Module }
    }
}

impl Collector<'_> {
    pub(super) fn exprs<'e>(&mut self, reader: &Reader, exprs: impl IntoIterator<Item = &'e Expr>) {
        exprs.into_iter().for_each(|expr| self.expr(reader, expr, &[]));
    }

    /// Every name in an expression except those that a block around it binds.
    pub(super) fn expr(&mut self, reader: &Reader, expr: &Expr, bound: &[SmolStr]) {
        let opened = self.opened(reader, expr);
        self.provider_calls(&reader.scope, expr);
        for (index, traversal) in expr.traversals().iter().enumerate() {
            if !bound.contains(&traversal.root) {
                self.traversal(reader, traversal, !opened.contains(&index));
            }
        }
    }

    /// Names that only order things: a call named here gives no value.
    pub(super) fn dependencies<'e>(&mut self, reader: &Reader, exprs: impl IntoIterator<Item = &'e Expr>) {
        for traversal in exprs.into_iter().flat_map(Expr::traversals) {
            self.traversal(reader, traversal, false);
        }
    }

    /// `whole` says that what is read is the value of the whole traversal.
    fn traversal(&mut self, reader: &Reader, traversal: &Traversal, whole: bool) {
        let Ok(reference) = parse_reference(traversal, &Origin::default(), reader.grammar) else { return };
        let (span, scope) = (reference.span, &reader.scope);
        match reference.subject {
            Subject::Variable(name) => self.step(scope, Name::Variable(name), traversal, 1),
            Subject::Local(name) => self.step(scope, Name::Local(name), traversal, 1),
            Subject::Output(name) => self.step(scope, Name::Output(name), traversal, 1),
            Subject::Check(name) => self.step(scope, Name::Check(name), traversal, 1),
            Subject::Resource(addr, _) => {
                let prefix =
                    usize::from(matches!(traversal.root.as_str(), "data" | "ephemeral" | "resource"));
                self.step(scope, Name::Resource(addr), traversal, prefix + 1);
            }
            Subject::Module { name, output, .. } => {
                self.step(scope, Name::Call(name.clone()), traversal, 1);
                match output {
                    Some(output) => {
                        let step = traversal.steps.get(reference.consumed - 1);
                        self.output(scope.clone(), vec![name], output, step);
                    }
                    None if whole => self.all_outputs(scope.clone(), vec![name], span),
                    None => {}
                }
            }
            Subject::Run(name) => {
                self.step(&Scope::File, Name::Run(name.clone()), traversal, 1);
                let inside = Scope::Run(name);
                match traversal.steps.get(1) {
                    Some(step) => {
                        if let StepKind::Attr(output) | StepKind::Key(output) = &step.kind {
                            self.output(inside, Vec::new(), output.clone(), Some(step));
                        }
                    }
                    None if whole => self.all_outputs(inside, Vec::new(), span),
                    None => {}
                }
            }
            Subject::Each(_)
            | Subject::Count(_)
            | Subject::SelfObject
            | Subject::Path(_)
            | Subject::Terraform(_) => {}
        }
    }

    /// The name that is the last one of a traversal's first `steps`.
    fn step(&mut self, scope: &Scope, name: Name, traversal: &Traversal, steps: usize) {
        let Some(step) = steps.checked_sub(1).and_then(|last| traversal.steps.get(last)) else { return };
        let Some(word) = word_of(step) else { return };
        let (scope, span) = (scope.clone(), traversal.span_of(steps));
        self.push(Mention { scope, calls: Vec::new(), name, span, word, role: Role::Read });
    }

    fn output(&mut self, scope: Scope, calls: Vec<SmolStr>, name: SmolStr, step: Option<&Step>) {
        if let Some(word) = step.and_then(word_of) {
            self.push(Mention { scope, calls, name: Name::Output(name), span: word, word, role: Role::Read });
        }
    }

    fn all_outputs(&mut self, scope: Scope, calls: Vec<SmolStr>, span: Span) {
        let name = Name::AllOutputs;
        self.push(Mention { scope, calls, name, span, word: span, role: Role::Read });
    }

    /// Reads the outputs of `module.m[*].out` and `module.m[each.key].out`, which no single traversal has. Returns the
    /// traversals that those begin with.
    fn opened(&mut self, reader: &Reader, expr: &Expr) -> HashSet<usize> {
        let mut opened = HashSet::new();
        for (_, node) in expr.nodes() {
            let (from, steps) = match node {
                Node::Splat { source, each, slot, .. } => match expr.node(*each) {
                    Node::Local { slot: read, traversal } if read == slot => (*source, &*traversal.steps),
                    _ => continue,
                },
                Node::Relative { object, steps } => match expr.node(*object) {
                    Node::Index { collection, .. } => (*collection, &**steps),
                    _ => continue,
                },
                _ => continue,
            };
            let Some((index, call)) = whole_call(reader, expr, from) else { continue };
            if let Some(step) = steps.first()
                && let StepKind::Attr(output) | StepKind::Key(output) = &step.kind
            {
                opened.insert(index);
                self.output(reader.scope.clone(), vec![call], output.clone(), Some(step));
            }
        }
        opened
    }

    /// An address as `target`, `moved` and overrides have it: `module.a["k"].module.b.terraform_data.x[0]`.
    pub(super) fn address(&mut self, scope: &Scope, expr: &Expr) {
        let Some(traversal) = expr.traversals().first() else { return };
        let mut calls: Vec<SmolStr> = Vec::new();
        // Position 0 is the root, which has no step.
        let name_at = |position: usize| match position.checked_sub(1) {
            None => Some(&traversal.root),
            Some(step) => traversal.attr(step),
        };
        let mut at = 0;
        while name_at(at).is_some_and(|name| name == "module") {
            let Some(call) = name_at(at + 1).cloned() else { return };
            let span = traversal.span_of(at + 1);
            let from = match at.checked_sub(1).and_then(|step| traversal.steps.get(step)) {
                Some(step) => Span::new(step.span.start + 1, span.end),
                None => span,
            };
            if let Some(word) = traversal.steps.get(at).and_then(word_of) {
                self.push(Mention {
                    scope: scope.clone(),
                    calls: calls.clone(),
                    name: Name::Call(call.clone()),
                    span: from,
                    word,
                    role: Role::Read,
                });
            }
            calls.push(call);
            at += 2;
            while traversal.steps.get(at - 1).is_some_and(|step| !matches!(step.kind, StepKind::Attr(_))) {
                at += 1;
            }
        }
        let mode = match name_at(at).map(SmolStr::as_str) {
            Some("data") => ResourceMode::Data,
            Some("ephemeral") => ResourceMode::Ephemeral,
            _ => ResourceMode::Managed,
        };
        let prefixed = mode != ResourceMode::Managed || name_at(at).is_some_and(|name| name == "resource");
        let first = at + usize::from(prefixed);
        let (Some(kind), Some(name)) = (name_at(first), name_at(first + 1)) else { return };
        let Some(step) = traversal.steps.get(first) else { return };
        let Some(word) = word_of(step) else { return };
        let from = match at.checked_sub(1).and_then(|step| traversal.steps.get(step)) {
            // Behind the dot.
            Some(step) => step.span.start + 1,
            None => traversal.root_span.start,
        };
        let addr = ResourceAddr { mode, kind: kind.clone(), name: name.clone() };
        let span = Span::new(from, step.span.end);
        self.push(Mention {
            scope: scope.clone(),
            calls,
            name: Name::Resource(addr),
            span,
            word,
            role: Role::Read,
        });
    }
}

/// Which traversal `node` is, and the call that it names, if it names nothing else.
fn whole_call(reader: &Reader, expr: &Expr, node: NodeId) -> Option<(usize, SmolStr)> {
    let Node::Reference(index) = expr.node(node) else { return None };
    let index = *index as usize;
    let traversal = expr.traversals().get(index)?;
    match parse_reference(traversal, &Origin::default(), reader.grammar).ok()?.subject {
        Subject::Module { name, key: None, output: None } => Some((index, name)),
        _ => None,
    }
}

/// The name alone of a `.name` or `["name"]` step.
fn word_of(step: &Step) -> Option<Span> {
    let (name, behind) = match &step.kind {
        StepKind::Attr(name) => (name, 0),
        StepKind::Key(name) => (name, 2),
        StepKind::Number(_) | StepKind::Missing => return None,
    };
    let end = step.span.end.checked_sub(behind)?;
    let start = end.checked_sub(u32::try_from(name.len()).ok()?)?;
    (start >= step.span.start).then_some(Span::new(start, end))
}
