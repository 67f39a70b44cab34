//! The apply walk: what the steps of its schedule do.

use config::ResourceInstance;
use syntax::Diagnostic;

use super::Walk;
use super::taking::{Steps, Taking};
use super::waiting::Wait;
use crate::change::Action;
use crate::finding::Finding;
use crate::program::Node;
use crate::schedule::{Schedule, Step};

impl<'a> Walk<'a> {
    /// Takes the steps of a schedule.
    pub fn apply(&mut self, schedule: &Schedule) {
        self.take_schedule(schedule);
        self.close_all();
    }

    fn take_schedule(&mut self, schedule: &Schedule) {
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
        // Checks are about what an apply leaves, so they come last.
        let is_check =
            |step: &Step| matches!(step, Step::Node(node) if matches!(program.nodes[*node], Node::Check(..)));
        let (checks, others): (Vec<usize>, Vec<usize>) =
            schedule.order.iter().partition(|at| is_check(&schedule.steps[**at]));
        let wanted = self.targeted_steps(schedule);
        self.take_steps(Steps::Scheduled(schedule), [others, checks], wanted, &[]);
        self.is_interrupted();
    }

    /// Takes a step that is no node of the program. Of one that is left out only the values are put together.
    pub(super) fn step(&mut self, step: &Step, left_out: bool) -> Option<Wait<'a>> {
        match step {
            Step::Gather(node) => {
                // A resource that fails has values as well: assertions read them.
                if let Node::Resource(module, index) = self.inputs.program.nodes[*node] {
                    for instance in self.by_module[module].clone() {
                        self.gather(instance, index);
                    }
                }
                None
            }
            Step::Node(_) | Step::Barrier => None,
            _ if left_out => None,
            Step::Apply(addr) => self.apply_instance(addr),
            Step::Destroy(addr) => self.destroy_instance(addr),
            Step::DestroyDeposed(addr, key) => self.destroy_deposed(addr, key),
        }
    }

    /// Leaves out a step after the walk was cancelled. As in Terraform each object that was to be changed says so, of which
    /// nothing else has failed.
    pub(super) fn leave_out(&mut self, at: usize, taking: &Taking<'_, 'a>) {
        let Steps::Scheduled(schedule) = taking.steps else { return };
        let says = match &schedule.steps[at] {
            Step::Apply(addr) => match self.changes.get(addr).map(|change| change.action) {
                // It would only be looked at again.
                Some(Action::NoOp) => self.locate(addr).is_some_and(|at| {
                    let lifecycle = &at.resource.lifecycle;
                    !lifecycle.preconditions.is_empty() || !lifecycle.postconditions.is_empty()
                }),
                action => action.is_some(),
            },
            Step::Destroy(_) | Step::DestroyDeposed(..) => true,
            Step::Node(_) | Step::Gather(_) | Step::Barrier => false,
        };
        let wanted = taking.wanted.as_ref().is_none_or(|wanted| wanted[at]);
        if says && wanted && !taking.failed[at] {
            self.halts();
        }
    }

    /// Whether the walk was cancelled, after saying at this point of the work on an object that it goes no further.
    pub(super) fn halts(&mut self) -> bool {
        let halts = self.inputs.cancel.is_cancelled();
        if halts {
            let halted = Diagnostic::error("execution halted", "").with_code("interrupted");
            self.findings.push(Finding::plain(halted));
        }
        halts
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
