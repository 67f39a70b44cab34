//! The order of an apply: which step waits for which.
//!
//! A plan says what becomes of each object; the schedule says when. Its edges are Terraform's: what depended on an
//! object, by the state, is destroyed before it; a new object waits for what its configuration names; and where the new
//! object comes first, the edges between creating and destroying are turned around. Nothing here executes anything.

use std::hash::Hash;

use config::{AbsResource, ConfigResource, InstanceKey, ModuleInstance, ResourceInstance};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::change::{Action, Change, Changes};
use crate::program::{Node, Program};
use crate::state::{DeposedKey, State};

/// What is done at one point of an apply.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
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
    Barrier(Barrier),
}

impl Step {
    /// As Terraform's graph calls it, where that has such a node.
    pub fn name(&self, program: &Program) -> Option<String> {
        match self {
            Step::Node(node) => Some(program.node_name(*node)),
            Step::Apply(addr) => Some(addr.to_string()),
            Step::Destroy(addr) => Some(format!("{addr} (destroy)")),
            Step::DestroyDeposed(addr, key) => Some(format!("{addr} (destroy deposed {key})")),
            Step::Gather(_) | Step::Barrier(_) => None,
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
    schedule: Schedule,
    index: FxHashMap<Step, usize>,
}

impl<'a> Builder<'a> {
    fn new(program: &'a Program, changes: &'a Changes, prior: &'a State) -> Builder<'a> {
        Builder { program, changes, prior, schedule: Schedule::default(), index: FxHashMap::default() }
    }

    /// The number of a step, which is added when it is new.
    fn step(&mut self, step: Step) -> usize {
        if let Some(at) = self.index.get(&step) {
            return *at;
        }
        let at = self.schedule.steps.len();
        self.schedule.steps.push(step.clone());
        self.schedule.needs.push(Vec::new());
        self.index.insert(step, at);
        at
    }

    fn barrier(&mut self, barrier: Barrier) -> usize {
        self.step(Step::Barrier(barrier))
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

    /// The nodes of the program. What needs a resource waits for all of its instances; where it names one key only,
    /// the failure of another does not matter to it.
    fn nodes(&mut self, wanted: impl Fn(usize) -> bool) {
        let program = self.program;
        for at in program.order.iter().copied().filter(|at| wanted(*at)) {
            let own = self.step(Step::Node(at));
            if matches!(program.nodes.get(at), Some(Node::Resource(..))) {
                let gather = self.step(Step::Gather(at));
                self.wait(gather, own);
            }
        }
        for at in program.order.iter().copied().filter(|at| wanted(*at)) {
            let own = self.step(Step::Node(at));
            let keys = program.keyed.get(at).map_or(&[][..], Vec::as_slice);
            for need in program.needs.get(at).into_iter().flatten().copied().filter(|need| wanted(*need)) {
                if !matches!(program.nodes.get(need), Some(Node::Resource(..))) {
                    let need = self.step(Step::Node(need));
                    self.wait(own, need);
                    continue;
                }
                let gather = self.step(Step::Gather(need));
                let keyed = keys.iter().filter(|(node, _)| *node == need);
                let keyed: Vec<InstanceKey> = keyed.map(|(_, key)| key.clone()).collect();
                self.edge(own, gather, keyed.is_empty());
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
            if let Some(open) = self.index.get(&Step::Node(node)).copied() {
                self.wait(step, open);
            }
            if let Some(gather) = self.index.get(&Step::Gather(node)).copied() {
                self.wait(gather, step);
            }
            // Only where someone waits for this key.
            if let Some(keyed) = self.index.get(&Step::Barrier(Barrier::Keyed(node, addr.key.clone()))) {
                let keyed = *keyed;
                self.wait(keyed, step);
            }
        }
        if change.action == Action::NoOp {
            // Nothing is done to it that anybody would have to wait for.
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
        for needs in &mut self.schedule.needs {
            let mut seen = FxHashSet::default();
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
