//! The apply walk: the steps of a schedule, taken in its order.

use config::ResourceInstance;
use rustc_hash::FxHashSet;
use syntax::Diagnostic;

use super::{Walk, interrupted};
use crate::change::Action;
use crate::finding::Finding;
use crate::program::Node;
use crate::schedule::{Schedule, Step};
use crate::timings::Times;

impl Walk<'_> {
    /// Takes the steps of a schedule. One that fails takes with it whatever needs it; everything else goes on.
    pub fn apply(&mut self, schedule: &Schedule) {
        self.take_steps(schedule);
        self.close_all();
    }

    fn take_steps(&mut self, schedule: &Schedule) {
        let program = self.inputs.program;
        if let Some(cycle) = &schedule.cycle {
            let names: Vec<String> =
                cycle.iter().filter_map(|at| schedule.steps.get(*at)?.name(program)).collect();
            let cycle = Diagnostic::error(format!("Cycle: {}", names.join(", ")), "").with_code("cycle");
            self.findings.push(Finding::plain(cycle));
            self.stuck = true;
            return;
        }
        self.forget();
        let mut failed = vec![false; schedule.steps.len()];
        let targeted = self.targeted_steps(schedule);
        let is_wanted = |at: usize| targeted.as_ref().is_none_or(|wanted| wanted[at]);
        let mut times = Times::new(self.inputs.timed, self.inputs.host, failed.len());
        // Checks are about what an apply leaves, so they come last.
        let is_check =
            |step: &Step| matches!(step, Step::Node(node) if matches!(program.nodes[*node], Node::Check(..)));
        let (checks, others): (Vec<usize>, Vec<usize>) =
            schedule.order.iter().partition(|at| is_check(&schedule.steps[**at]));
        for at in others.into_iter().chain(checks) {
            if self.inputs.is_cancelled() {
                self.findings.push(Finding::plain(interrupted()));
                return;
            }
            let needs = schedule.needs.get(at).map_or(&[][..], Vec::as_slice);
            failed[at] = needs.iter().any(|need| need.binding && failed[need.step]);
            let before = self.findings.len();
            times.begin();
            self.renew();
            match &schedule.steps[at] {
                Step::Node(node) => {
                    if failed[at] || !is_wanted(at) {
                        self.look(program.nodes[*node]);
                        continue;
                    }
                    self.visit(program.nodes[*node]);
                    failed[at] |= self.is_broken(program.nodes[*node]);
                }
                Step::Gather(node) => {
                    // A resource that fails has values as well: assertions read them.
                    if let Node::Resource(module, index) = program.nodes[*node] {
                        for instance in self.by_module[module].clone() {
                            self.gather(instance, index);
                        }
                    }
                }
                Step::Barrier => {}
                _ if failed[at] || !is_wanted(at) => {}
                Step::Apply(addr) => self.apply_instance(addr),
                Step::Destroy(addr) => self.destroy_instance(addr),
                Step::DestroyDeposed(addr, key) => self.destroy_deposed(addr, key),
            }
            times.end(at);
            failed[at] |= self.failed_since(before);
        }
        self.slowest = times.slowest(|step| schedule.steps.get(step)?.name(program));
    }

    /// The steps that the targets leave: those of targeted instances, what these wait for, and outputs that are made of
    /// nothing else. A plan makes no such difference between the instances that something targeted needs, so that it
    /// may have planned more. `None` without targets: then every step is wanted.
    fn targeted_steps(&self, schedule: &Schedule) -> Option<Vec<bool>> {
        let targeted = self.targeted.as_ref()?;
        let program = self.inputs.program;
        let targets = &self.inputs.options.targets;
        let is_target = |step: &Step| match step {
            Step::Node(node) => match program.nodes[*node] {
                Node::Variable(0, _) => true,
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

    /// Takes out of the state what is left to itself.
    fn forget(&mut self) {
        let forgotten = self.changes.iter().filter(|(_, change)| change.action == Action::Forget);
        let forgotten: Vec<ResourceInstance> = forgotten.map(|(addr, _)| addr).collect();
        for addr in forgotten {
            self.state.remove(&addr);
        }
        let deposed = self.changes.deposed().filter(|(.., action)| *action == Action::Forget);
        let deposed: Vec<_> = deposed.map(|(addr, key, _)| (addr.clone(), key.clone())).collect();
        for (addr, key) in deposed {
            self.state.remove_deposed(&addr, &key);
        }
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
