//! The moves that a configuration asks for: its `moved` blocks, and those that a changed repetition implies.

use std::sync::Arc;

use config::{AbsResource, InstanceKey, ModuleInstance};
use syntax::{Location, SmolStr};

use super::endpoint::Endpoint;
use crate::program::Program;
use crate::state::State;

/// One move.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    /// The calls that lead to the module that declares it: it is made in every instance of that module.
    pub module: Arc<[SmolStr]>,
    pub from: Endpoint,
    pub to: Endpoint,
    /// The block's header. An implied move has none.
    pub place: Option<Location>,
}

/// The `moved` blocks of all modules, in source order.
pub(super) fn explicit(program: &Program) -> Vec<Statement> {
    let mut statements = Vec::new();
    for (id, module) in program.modules.iter().enumerate() {
        for moved in &program.module(id).moved {
            // What does not fit together has been refused when it was read.
            let Some((from, to)) = &moved.addresses else { continue };
            let Some((from, to)) = Endpoint::pair(from, to) else { continue };
            let module = module.path.iter().cloned().collect();
            let place = Some(moved.locate(moved.header));
            statements.push(Statement { module, from, to, place });
        }
    }
    statements
}

/// A resource that has got or lost its `count`: its object moves between no key and index 0, unless a statement already
/// says where it goes or something is there.
pub(super) fn implied(program: &Program, state: &State, explicit: &[Statement]) -> Vec<Statement> {
    let mut statements = Vec::new();
    for (addr, instances) in state.resources() {
        let Some(resource) = program.resource_at(&addr.module, &addr.resource) else { continue };
        let (from, to) = match (&resource.count, &resource.for_each) {
            (Some(_), _) => (InstanceKey::None, InstanceKey::Int(0)),
            (None, None) => (InstanceKey::Int(0), InstanceKey::None),
            (None, Some(_)) => continue,
        };
        if !instances.contains_key(&from)
            || instances.contains_key(&to)
            || explicit.iter().any(|statement| statement.moves(addr, &from))
        {
            continue;
        }
        statements.push(Statement {
            module: Arc::from([]),
            from: Endpoint::Instance(addr.instance(from)),
            to: Endpoint::Instance(addr.instance(to)),
            place: None,
        });
    }
    statements
}

impl Statement {
    /// The instance of the declaring module that leads to `module`, and the path from there.
    pub fn split(&self, module: &ModuleInstance) -> Option<(ModuleInstance, ModuleInstance)> {
        let count = self.module.len();
        let (outer, inner) = (module.0.get(..count)?, module.0.get(count..)?);
        let same = outer.iter().zip(self.module.iter()).all(|((name, _), call)| name == call);
        same.then(|| (ModuleInstance(outer.into()), ModuleInstance(inner.into())))
    }

    fn moves(&self, resource: &AbsResource, key: &InstanceKey) -> bool {
        let Some((_, inner)) = self.split(&resource.module) else { return false };
        match &self.from {
            Endpoint::Resource(from) => from.module == inner && from.resource == resource.resource,
            Endpoint::Instance(from) => {
                from.module == inner && from.resource == resource.resource && from.key == *key
            }
            Endpoint::Call { .. } | Endpoint::Module(_) => false,
        }
    }

    /// Both ends without keys, from the root: `module.m[*].terraform_data.a[*]`.
    pub fn texts(&self) -> (String, String) {
        let text = |end: &Endpoint| {
            let outer: String = self.module.iter().map(|call| format!("module.{call}[*].")).collect();
            let any = match end {
                Endpoint::Call { .. } | Endpoint::Resource(_) => "[*]",
                Endpoint::Module(_) | Endpoint::Instance(_) => "",
            };
            format!("{outer}{end}{any}")
        };
        (text(&self.from), text(&self.to))
    }

    /// Whether another statement has to be carried out before this one.
    fn depends_on(&self, other: &Statement) -> bool {
        if self.from != self.to && self.module == other.module && self.from.continues(&other.to) {
            return true;
        }
        if self.only_keys() || other.only_keys() && !self.from.is_module() && !self.within(other, &other.to) {
            // A module that gets other keys is where it was, as far as names go.
            return false;
        }
        self.within(other, &other.to) || other.within(self, &self.from)
    }

    /// Whether one of this statement's ends is inside of a module at an end of the other.
    fn within(&self, other: &Statement, outer: &Endpoint) -> bool {
        let outer_calls = other.calls_of(outer);
        let inside = |end: &Endpoint| {
            let calls = self.calls_of(end);
            let deeper = calls.len() > outer_calls.len() || !end.is_module();
            deeper && calls.starts_with(&outer_calls)
        };
        outer.is_module() && (inside(&self.from) || inside(&self.to))
    }

    /// Whether it moves a module between keys of the same call.
    fn only_keys(&self) -> bool {
        self.from.is_module() && self.from.calls() == self.to.calls()
    }

    fn calls_of(&self, end: &Endpoint) -> Vec<SmolStr> {
        self.module.iter().cloned().chain(end.calls()).collect()
    }
}

/// The statements in an order in which each comes after what it depends on, or those that form a circle.
pub(super) fn ordered(statements: &[Statement]) -> Result<Vec<usize>, Vec<usize>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let needs = |at: usize| -> Vec<usize> {
        let own = statements.get(at);
        let others = statements.iter().enumerate().filter(|(other, _)| *other != at);
        others
            .filter(|(_, other)| own.is_some_and(|own| own.depends_on(other)))
            .map(|(other, _)| other)
            .collect()
    };
    let mut marks = vec![Mark::New; statements.len()];
    let mut order = Vec::with_capacity(statements.len());
    for start in 0..statements.len() {
        if marks[start] != Mark::New {
            continue;
        }
        marks[start] = Mark::Open;
        let mut path = vec![(start, needs(start), 0)];
        while let Some((at, needs_of, next)) = path.last_mut() {
            let Some(need) = needs_of.get(*next).copied() else {
                marks[*at] = Mark::Done;
                order.push(*at);
                path.pop();
                continue;
            };
            *next += 1;
            match marks[need] {
                Mark::Done => {}
                Mark::New => {
                    marks[need] = Mark::Open;
                    path.push((need, needs(need), 0));
                }
                Mark::Open => {
                    let begin = path.iter().position(|(at, ..)| *at == need).unwrap_or(0);
                    let mut members: Vec<usize> = path[begin..].iter().map(|(at, ..)| *at).collect();
                    members.sort_unstable();
                    return Err(members);
                }
            }
        }
    }
    Ok(order)
}
