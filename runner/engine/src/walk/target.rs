//! `target` of `plan_options`: which part of a program is wanted.

use config::{InstanceKey, ModuleInstance, ResourceAddr, ResourceInstance};
use rustc_hash::FxHashSet;
use syntax::SmolStr;

use super::Walk;
use crate::program::{ModuleId, Node, Program};
use crate::schedule::{Schedule, Step};

/// A resource or a module, whole or one instance.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub module: ModuleInstance,
    pub resource: Option<(ResourceAddr, InstanceKey)>,
}

/// What the targets leave of a program.
pub(super) struct Targeted {
    /// For each node, whether it is a target, an output that is made of nothing else, or needed by one of these.
    pub wanted: Vec<bool>,
    /// Resources that are targets themselves: of these, only the targeted instances are wanted.
    partly: FxHashSet<(ModuleId, usize)>,
    outputs: FxHashSet<(ModuleId, usize)>,
}

impl Targeted {
    /// `None` without targets: then everything is wanted.
    pub fn new(program: &Program, targets: &[Target]) -> Option<Targeted> {
        if targets.is_empty() {
            return None;
        }
        let targeted = |node: &Node| match *node {
            Node::Resource(module, resource) => {
                let path = &program.modules[module].path;
                let addr = program.module(module).resources.get_index(resource).map(|(addr, _)| addr);
                targets.iter().any(|target| target.covers(path, addr))
            }
            _ => false,
        };
        let mut wanted: Vec<bool> = program.nodes.iter().map(targeted).collect();
        with_needs(program, &mut wanted);
        let is_resource = |index: usize| matches!(program.nodes[index], Node::Resource(..));
        // Whether a node is made of wanted resources only, and of any at all.
        let mut made_of = vec![(true, false); wanted.len()];
        for index in program.order.iter().copied() {
            let mut own = (true, false);
            for need in program.needs[index].iter().copied() {
                let below = made_of[need];
                own.0 &= below.0 && (wanted[need] || !is_resource(need));
                own.1 |= below.1 || is_resource(need);
            }
            made_of[index] = own;
            // The root module's outputs come along where resources bring them, and with them what they are made of.
            wanted[index] |= matches!(program.nodes[index], Node::Output(0, _)) && own == (true, true);
        }
        with_needs(program, &mut wanted);
        let partly = program.nodes.iter().filter(|node| targeted(node));
        let partly = partly
            .filter_map(|node| match *node {
                Node::Resource(module, resource) => Some((module, resource)),
                _ => None,
            })
            .collect();
        let outputs = program.nodes.iter().zip(&wanted).filter(|(_, wanted)| **wanted);
        let outputs = outputs
            .filter_map(|(node, _)| match *node {
                Node::Output(module, output) => Some((module, output)),
                _ => None,
            })
            .collect();
        Some(Targeted { wanted, partly, outputs })
    }

    /// Whether an output is evaluated, and not just looked at.
    pub fn wants_output(&self, output: (ModuleId, usize)) -> bool {
        self.outputs.contains(&output)
    }

    /// Whether only some instances of a resource are wanted.
    pub fn is_part(&self, resource: (ModuleId, usize)) -> bool {
        self.partly.contains(&resource)
    }

    /// Whether an instance of a wanted resource is wanted.
    pub fn wants(
        &self,
        resource: (ModuleId, usize),
        instance: &ResourceInstance,
        targets: &[Target],
    ) -> bool {
        !self.partly.contains(&resource) || targets.iter().any(|target| target.covers_instance(instance))
    }
}

/// Whatever something wanted needs is wanted too.
fn with_needs(program: &Program, wanted: &mut [bool]) {
    for index in program.order.iter().rev() {
        if wanted[*index] {
            for need in &program.needs[*index] {
                wanted[*need] = true;
            }
        }
    }
}

impl Target {
    fn covers(&self, path: &[SmolStr], addr: Option<&ResourceAddr>) -> bool {
        let within = self.module.0.len() <= path.len()
            && self.module.0.iter().zip(path).all(|((name, _), at)| name == at);
        match &self.resource {
            None => within,
            Some((resource, _)) => within && self.module.0.len() == path.len() && addr == Some(resource),
        }
    }

    /// As [`Target::covers`], with keys. A module without a key stands for all of its instances where it is what is
    /// wanted, and for the one that has none where it is only on the way there.
    pub fn covers_instance(&self, instance: &ResourceInstance) -> bool {
        let any = |wanted: &InstanceKey, key: &InstanceKey| *wanted == InstanceKey::None || wanted == key;
        match &self.resource {
            Some((resource, wanted)) => {
                self.module == instance.module && *resource == instance.resource && any(wanted, &instance.key)
            }
            None => {
                let Some(((name, wanted), way)) = self.module.0.split_last() else { return true };
                let path = &instance.module.0;
                path.starts_with(way)
                    && path.get(way.len()).is_some_and(|(at, key)| at == name && any(wanted, key))
            }
        }
    }
}

impl Walk<'_> {
    /// The steps that the targets leave: those of targeted instances, what these wait for, and outputs that are made of
    /// nothing else. A plan makes no such difference between the instances that something targeted needs, so that it
    /// may have planned more. `None` without targets: then every step is wanted.
    pub(super) fn targeted_steps(&self, schedule: &Schedule) -> Option<Vec<bool>> {
        let targeted = self.targeted.as_ref()?;
        let program = self.inputs.program;
        let targets = &self.inputs.options.targets;
        let is_target = |step: &Step| match step {
            Step::Node(node) => match program.nodes[*node] {
                Node::Resource(module, index) => targeted.is_part((module, index)),
                _ => false,
            },
            Step::Apply(addr) | Step::Destroy(addr) | Step::DestroyDeposed(addr, _) => {
                targets.iter().any(|target| target.covers_instance(addr))
            }
            Step::Gather(_) | Step::Barrier => false,
        };
        let mut wanted: Vec<bool> = schedule.steps.iter().map(is_target).collect();
        let seeds: Vec<usize> = (0..wanted.len()).filter(|at| wanted[*at]).collect();
        let all: FxHashSet<usize> = before(schedule, seeds).collect();
        for at in &all {
            wanted[*at] = true;
        }
        let is_object = |at: &usize| match &schedule.steps[*at] {
            Step::Node(node) => matches!(program.nodes[*node], Node::Resource(..)),
            Step::Apply(_) | Step::Destroy(_) | Step::DestroyDeposed(..) => true,
            Step::Gather(_) | Step::Barrier => false,
        };
        for (at, step) in schedule.steps.iter().enumerate() {
            let is_output = matches!(step, Step::Node(node)
                if matches!(program.nodes[*node], Node::Output(0, _)) && targeted.wanted[*node]);
            if !is_output || wanted[at] {
                continue;
            }
            let needed: Vec<usize> = before(schedule, vec![at]).collect();
            if needed.iter().filter(|need| is_object(need)).all(|need| all.contains(need)) {
                needed.into_iter().for_each(|need| wanted[need] = true);
            }
        }
        Some(wanted)
    }
}

/// Some steps, and every step that comes before them.
fn before(schedule: &Schedule, steps: Vec<usize>) -> impl Iterator<Item = usize> {
    let mut seen: FxHashSet<usize> = steps.iter().copied().collect();
    let mut open = steps;
    std::iter::from_fn(move || {
        let step = open.pop()?;
        let needs = schedule.needs.get(step).into_iter().flatten();
        open.extend(needs.map(|need| need.step).filter(|need| seen.insert(*need)));
        Some(step)
    })
}
