//! The order of an apply: which step waits for which.
//!
//! A plan says what becomes of each object; the schedule says when. Its edges are Terraform's: what depended on an
//! object, by the state, is destroyed before it; a new object waits for what its configuration names; and where the new
//! object comes first, the edges between creating and destroying are turned around. Nothing here executes anything.

use std::hash::Hash;

use config::{AbsResource, ConfigResource, InstanceKey, ModuleInstance, ResourceInstance, ResourceMode};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::change::{Action, Change, Changes};
use crate::program::{Node, Program};
use crate::state::{DeposedKey, State};

/// What is done at one point of an apply.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A node of the program, as a walk visits it; of a resource only its expansion.
    Node(usize),
    /// All instances of a resource are as they will be: their values are put together.
    Gather(usize),
    /// The current object of an instance is made, changed, or looked at again.
    Apply(ResourceInstance),
    /// The object of an instance is destroyed: the current one, or the one that its replacement has deposed.
    Destroy(ResourceInstance),
    /// An object that was deposed by an earlier apply is destroyed.
    DestroyDeposed(ResourceInstance, DeposedKey),
    /// Nothing by itself: it stands for many steps, so that many others can wait for them.
    Barrier,
}

impl Step {
    /// As Terraform's graph calls it, where that has such a node.
    pub fn name(&self, program: &Program) -> Option<String> {
        match self {
            Step::Node(node) => Some(program.node_name(*node)),
            Step::Apply(addr) => Some(addr.to_string()),
            Step::Destroy(addr) => Some(format!("{addr} (destroy)")),
            Step::DestroyDeposed(addr, key) => Some(format!("{addr} (destroy deposed {key})")),
            Step::Gather(_) | Step::Barrier => None,
        }
    }
}

/// The steps that a barrier stands for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Barrier {
    /// The instances of one key, in whatever module instance: what a reference with that key waits for.
    Keyed(usize, InstanceKey),
    /// The destruction of everything that depended on a resource.
    DependentsDestroyed(Place),
    /// The same, without what is destroyed only after its replacement was made.
    DependentsDestroyedFirst(Place),
    /// The creation of everything that depended on a resource.
    DependentsApplied(Place),
    /// The destruction of a resource's objects that are destroyed before their replacement is made.
    DestroyedFirst(Place),
    /// The creation of a resource's objects.
    Applied(Place),
}

/// A resource, and the one instance of its module that is meant where both ends of an edge lie in the same module:
/// instances of one module do not wait for each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Place(ConfigResource, Option<ModuleInstance>);

/// Steps with what each waits for, and an order that respects it.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    pub steps: Vec<Step>,
    /// For each step, the steps that come before it.
    pub needs: Vec<Vec<Need>>,
    /// Indexes of `steps`.
    pub order: Vec<usize>,
    /// Steps that wait for each other, the last reached first. Nothing can be applied then.
    pub cycle: Option<Vec<usize>>,
}

/// A step that comes before another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Need {
    pub step: usize,
    /// Whether its failure keeps the other from being taken.
    pub binding: bool,
}

impl Schedule {
    /// The schedule of an apply. `whole` is false for the destruction of everything: then only the nodes in `wanted`
    /// are visited.
    pub fn new(
        program: &Program,
        changes: &Changes,
        prior: &State,
        wanted: impl Fn(usize) -> bool,
    ) -> Schedule {
        let mut builder = Builder::new(program, changes, prior);
        builder.nodes(wanted);
        builder.changes();
        builder.finish()
    }
}

struct Builder<'a> {
    program: &'a Program,
    changes: &'a Changes,
    prior: &'a State,
    /// Whether anything is destroyed. Where nothing is, objects wait for what their configuration names and for nothing
    /// else, and what they depended on before need not be looked at.
    destroys: bool,
    schedule: Schedule,
    /// The steps of the program's nodes, and those that gather a resource, by node.
    nodes: Vec<Option<usize>>,
    gathers: Vec<Option<usize>>,
    barriers: FxHashMap<Barrier, usize>,
}

impl<'a> Builder<'a> {
    fn new(program: &'a Program, changes: &'a Changes, prior: &'a State) -> Builder<'a> {
        let destroys = changes.iter().any(|(_, change)| change.action.destroys())
            || changes.deposed().any(|(.., action)| action.destroys());
        let count = program.nodes.len();
        Builder {
            program,
            changes,
            prior,
            destroys,
            schedule: Schedule::default(),
            nodes: vec![None; count],
            gathers: vec![None; count],
            barriers: FxHashMap::default(),
        }
    }

    /// Adds a step and returns its number.
    fn step(&mut self, step: Step) -> usize {
        let at = self.schedule.steps.len();
        self.schedule.steps.push(step);
        self.schedule.needs.push(Vec::new());
        at
    }

    /// The number of a barrier, which is added when it is new.
    fn barrier(&mut self, barrier: Barrier) -> usize {
        if let Some(at) = self.barriers.get(&barrier) {
            return *at;
        }
        let at = self.step(Step::Barrier);
        self.barriers.insert(barrier, at);
        at
    }

    fn wait(&mut self, step: usize, need: usize) {
        self.edge(step, need, true);
    }

    fn edge(&mut self, step: usize, need: usize, binding: bool) {
        if step != need
            && let Some(needs) = self.schedule.needs.get_mut(step)
        {
            needs.push(Need { step: need, binding });
        }
    }

    /// The nodes of the program. What needs a resource waits for all of its instances; where it names one key only, for
    /// that instance alone.
    fn nodes(&mut self, wanted: impl Fn(usize) -> bool) {
        let program = self.program;
        for at in program.order.iter().copied().filter(|at| wanted(*at)) {
            let own = self.step(Step::Node(at));
            self.nodes[at] = Some(own);
            if matches!(program.nodes.get(at), Some(Node::Resource(..))) {
                let gather = self.step(Step::Gather(at));
                self.gathers[at] = Some(gather);
                self.wait(gather, own);
            }
        }
        for at in program.order.iter().copied() {
            let Some(own) = self.nodes[at] else { continue };
            let keys = program.keyed.get(at).map_or(&[][..], Vec::as_slice);
            for need in program.needs.get(at).into_iter().flatten().copied() {
                let Some(gather) = self.gathers[need] else {
                    if let Some(need) = self.nodes[need] {
                        self.wait(own, need);
                    }
                    continue;
                };
                let keyed = keys.iter().filter(|(node, _)| *node == need);
                let keyed: Vec<InstanceKey> = keyed.map(|(_, key)| key.clone()).collect();
                if keyed.is_empty() {
                    self.wait(own, gather);
                    continue;
                }
                if let Some(expansion) = self.nodes[need] {
                    self.wait(own, expansion);
                }
                for key in keyed {
                    let barrier = self.barrier(Barrier::Keyed(need, key));
                    self.wait(own, barrier);
                }
            }
        }
    }

    fn changes(&mut self) {
        for (addr, change) in self.changes.iter() {
            self.change(&addr, change);
        }
        for (addr, key, _) in self.changes.deposed().filter(|(.., action)| action.destroys()) {
            let step = self.step(Step::DestroyDeposed(addr.clone(), key.clone()));
            let object = self.prior.instance(addr).and_then(|objects| objects.deposed.get(key));
            let dependencies = object.map(|object| &*object.dependencies).unwrap_or_default();
            self.destroyer(step, addr, dependencies, true);
        }
        self.data_of_checks();
    }

    /// The data of checks are read when everything is applied, and not at all where that has failed.
    fn data_of_checks(&mut self) {
        let program = self.program;
        let reads = |(at, node): (usize, &Node)| match node {
            Node::Check(module, index) => {
                let (_, check) = program.module(*module).checks.get_index(*index)?;
                check.data.is_some().then_some(at)
            }
            _ => None,
        };
        let readers: Vec<usize> = program.nodes.iter().enumerate().filter_map(reads).collect();
        if readers.is_empty() {
            return;
        }
        let everything = self.step(Step::Barrier);
        for at in 0..everything {
            if matches!(&self.schedule.steps[at], Step::Apply(addr) if addr.resource.mode == ResourceMode::Managed)
            {
                self.wait(everything, at);
            }
        }
        for own in readers.into_iter().filter_map(|at| self.nodes[at]).collect::<Vec<_>>() {
            self.wait(own, everything);
        }
    }

    fn change(&mut self, addr: &ResourceInstance, change: &Change) {
        let dependencies = self.prior.get(addr).map(|object| object.dependencies.clone()).unwrap_or_default();
        let apply = change.action.applies().then(|| self.step(Step::Apply(addr.clone())));
        let destroy = change.action.destroys().then(|| self.step(Step::Destroy(addr.clone())));
        if let Some(apply) = apply {
            self.applier(apply, addr, change, &dependencies);
        }
        if let Some(destroy) = destroy {
            self.destroyer(destroy, addr, &dependencies, change.create_before_destroy);
        }
        if let (Some(apply), Some(destroy)) = (apply, destroy) {
            match change.create_before_destroy {
                true => self.wait(destroy, apply),
                false => self.wait(apply, destroy),
            }
        }
    }

    fn applier(
        &mut self,
        step: usize,
        addr: &ResourceInstance,
        change: &Change,
        dependencies: &[ConfigResource],
    ) {
        if let Some(node) = self.program.resource_node(&addr.module, &addr.resource) {
            if let Some(open) = self.nodes[node] {
                self.wait(step, open);
            }
            if let Some(gather) = self.gathers[node] {
                self.wait(gather, step);
            }
            // Only where someone waits for this key.
            if let Some(keyed) = self.barriers.get(&Barrier::Keyed(node, addr.key.clone())).copied() {
                self.wait(keyed, step);
            }
        }
        if change.action == Action::NoOp || !self.destroys {
            // Nothing is done to it that a destruction would have to wait for, or there is none.
            return;
        }
        let own = addr.whole();
        for place in places(&own) {
            let freed = self.barrier(Barrier::DependentsDestroyedFirst(place.clone()));
            self.wait(step, freed);
            let applied = self.barrier(Barrier::Applied(place));
            self.wait(applied, step);
        }
        for dependency in dependencies.iter().filter(|dependency| **dependency != own.config()) {
            let place = place_of(dependency, &addr.module);
            let destroyed = self.barrier(Barrier::DestroyedFirst(place.clone()));
            self.wait(step, destroyed);
            let dependents = self.barrier(Barrier::DependentsApplied(place));
            self.wait(dependents, step);
        }
    }

    fn destroyer(
        &mut self,
        step: usize,
        addr: &ResourceInstance,
        dependencies: &[ConfigResource],
        create_first: bool,
    ) {
        let own = addr.whole();
        for place in places(&own) {
            let dependents = self.barrier(Barrier::DependentsDestroyed(place.clone()));
            self.wait(step, dependents);
            if create_first {
                let applied = self.barrier(Barrier::DependentsApplied(place));
                self.wait(step, applied);
            } else {
                let destroyed = self.barrier(Barrier::DestroyedFirst(place));
                self.wait(destroyed, step);
            }
        }
        for dependency in dependencies.iter().filter(|dependency| **dependency != own.config()) {
            let place = place_of(dependency, &addr.module);
            let all = self.barrier(Barrier::DependentsDestroyed(place.clone()));
            self.wait(all, step);
            if create_first {
                let applied = self.barrier(Barrier::Applied(place));
                self.wait(step, applied);
            } else {
                let first = self.barrier(Barrier::DependentsDestroyedFirst(place));
                self.wait(first, step);
            }
        }
    }

    /// In which round each step would be taken if everything that waits for nothing were done at once, and every object
    /// took as long as another. Terraform does things about in this order.
    fn rounds(&self, order: &[usize]) -> Vec<usize> {
        let mut rounds = vec![0; order.len()];
        for step in order.iter().copied() {
            let needs = self.schedule.needs[step].iter();
            let before = needs.map(|need| rounds[need.step]).max().unwrap_or(0);
            let works = matches!(
                self.schedule.steps[step],
                Step::Apply(_) | Step::Destroy(_) | Step::DestroyDeposed(..)
            );
            rounds[step] = before + usize::from(works);
        }
        rounds
    }

    fn finish(mut self) -> Schedule {
        let mut seen = FxHashSet::default();
        for needs in self.schedule.needs.iter_mut().filter(|needs| needs.len() > 1) {
            seen.clear();
            needs.retain(|need| seen.insert((need.step, need.binding)));
        }
        let (mut order, cycle) = order(&self.schedule.needs);
        if cycle.is_none() {
            let rounds = self.rounds(&order);
            order.sort_by_key(|step| rounds[*step]);
        }
        Schedule { order, cycle, ..self.schedule }
    }
}

/// Under which places others look for a resource: by its own module instance when they are in the same module, and by
/// the resource alone when they are not.
fn places(resource: &AbsResource) -> [Place; 2] {
    let config = resource.config();
    [Place(config.clone(), Some(resource.module.clone())), Place(config, None)]
}

/// Where an object in `module` finds what it depends on.
fn place_of(dependency: &ConfigResource, module: &ModuleInstance) -> Place {
    let same = dependency.module.len() == module.0.len()
        && dependency.module.iter().zip(module.0.iter()).all(|(call, (name, _))| call == name);
    Place(dependency.clone(), same.then(|| module.clone()))
}

/// Every step after what it needs, otherwise as they were added.
fn order(needs: &[Vec<Need>]) -> (Vec<usize>, Option<Vec<usize>>) {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; needs.len()];
    let mut order = Vec::with_capacity(needs.len());
    let mut cycle = None;
    for start in 0..needs.len() {
        if marks[start] != Mark::New {
            continue;
        }
        marks[start] = Mark::Open;
        let mut path = vec![(start, 0)];
        while let Some((step, next)) = path.last_mut() {
            let Some(need) = needs[*step].get(*next) else {
                marks[*step] = Mark::Done;
                order.push(*step);
                path.pop();
                continue;
            };
            *next += 1;
            match marks[need.step] {
                Mark::Done => {}
                Mark::New => {
                    marks[need.step] = Mark::Open;
                    path.push((need.step, 0));
                }
                Mark::Open => {
                    let begin = path.iter().position(|(step, _)| *step == need.step).unwrap_or(0);
                    cycle.get_or_insert_with(|| path[begin..].iter().rev().map(|(step, _)| *step).collect());
                }
            }
        }
    }
    (order, cycle)
}
