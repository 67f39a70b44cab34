//! The apply walk: the steps of a schedule, each when those that it needs are over. While some of them wait for something
//! outside, others are taken, as many at once as may; the walk itself never leaves its thread. What is found is told in
//! the order of the schedule, whatever comes to its end first.

use std::collections::BTreeMap;
use std::thread;

use config::ResourceInstance;
use syntax::Diagnostic;

use super::waiting::{Rest, Wait};
use super::{Inputs, Walk};
use crate::agenda::Agenda;
use crate::change::Action;
use crate::finding::Finding;
use crate::pool::Pool;
use crate::program::Node;
use crate::schedule::{Schedule, Step};
use crate::timings::Times;

/// A schedule of which steps are being taken.
struct Taking<'s, 'a> {
    schedule: &'s Schedule,
    /// By step: whether it is among what is targeted; everything is where nothing is.
    wanted: Option<Vec<bool>>,
    failed: Vec<bool>,
    times: Times<'a>,
    /// By step: its place among all.
    places: Vec<usize>,
    /// By place: what was found. Of a step that waits, what was found before.
    found: BTreeMap<usize, Vec<Finding>>,
}

impl<'a> Walk<'a> {
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
        // Checks are about what an apply leaves, so they come last.
        let is_check =
            |step: &Step| matches!(step, Step::Node(node) if matches!(program.nodes[*node], Node::Check(..)));
        let (checks, others): (Vec<usize>, Vec<usize>) =
            schedule.order.iter().partition(|at| is_check(&schedule.steps[**at]));
        let mut places = vec![0; schedule.steps.len()];
        others.iter().chain(&checks).enumerate().for_each(|(place, at)| places[*at] = place);
        let mut taking = Taking {
            schedule,
            wanted: self.targeted_steps(schedule),
            failed: vec![false; schedule.steps.len()],
            times: Times::new(self.inputs.timed, self.inputs.host, schedule.steps.len()),
            places,
            found: BTreeMap::new(),
        };
        self.take(others, &mut taking);
        self.take(checks, &mut taking);
        self.findings.extend(taking.found.into_values().flatten());
        self.is_interrupted();
        self.slowest = taking.times.slowest(|step| schedule.steps.get(step)?.name(program));
    }

    /// Takes some steps, and comes back when all of them are over.
    fn take(&mut self, order: Vec<usize>, taking: &mut Taking<'_, 'a>) {
        let Inputs { host, cancel, operations_at_once, .. } = self.inputs;
        let schedule = taking.schedule;
        let needs = |at: usize| schedule.needs.get(at).into_iter().flatten().map(|need| need.step);
        let mut agenda = Agenda::new(order, needs);
        thread::scope(|scope| {
            let mut pool: Pool<'_, '_, Rest<'a>> = Pool::new(scope, operations_at_once);
            loop {
                let (at, mut wait) = if let Some(at) = pool.has_room().then(|| agenda.take()).flatten() {
                    (at, self.begin(at, taking))
                } else if pool.is_idle() {
                    break;
                } else if let Some((at, rest)) = pool.wait() {
                    (at, self.go_on(at, rest, taking))
                } else {
                    (self.inputs.pulse)();
                    self.renew();
                    continue;
                };
                // Where nothing else could be done meanwhile, it is done here.
                while let Some(work) =
                    wait.take_if(|_| pool.is_idle() && (operations_at_once <= 1 || !agenda.has_ready()))
                {
                    wait = self.go_on(at, work.work(host, cancel), taking);
                }
                match wait {
                    None => agenda.is_over(at),
                    Some(wait) => pool.begin(at, move || wait.work(host, cancel)),
                }
            }
        });
    }

    /// Begins a step. It is over where it has nothing to wait for.
    fn begin(&mut self, at: usize, taking: &mut Taking<'_, 'a>) -> Option<Wait<'a>> {
        let needs = taking.schedule.needs.get(at).map_or(&[][..], Vec::as_slice);
        taking.failed[at] = needs.iter().any(|need| need.binding && taking.failed[need.step]);
        let before = self.findings.len();
        taking.times.begin(at);
        self.renew();
        let wait = match self.inputs.is_cancelled() {
            true => {
                self.leave_out(at, taking);
                None
            }
            false => self.step(at, taking),
        };
        self.pause(at, wait, before, taking)
    }

    /// Goes on with a step that has waited.
    fn go_on(&mut self, at: usize, rest: Rest<'a>, taking: &mut Taking<'_, 'a>) -> Option<Wait<'a>> {
        let before = self.findings.len();
        self.findings.extend(taking.found.remove(&taking.places[at]).unwrap_or_default());
        let wait = rest(self);
        self.pause(at, wait, before, taking)
    }

    /// Puts aside what was found for a step, which waits or is over.
    fn pause(
        &mut self,
        at: usize,
        wait: Option<Wait<'a>>,
        before: usize,
        taking: &mut Taking<'_, 'a>,
    ) -> Option<Wait<'a>> {
        if wait.is_none() {
            taking.times.end(at);
            taking.failed[at] |= self.failed_since(before);
        }
        let found = self.findings.split_off(before);
        if !found.is_empty() {
            taking.found.insert(taking.places[at], found);
        }
        wait
    }

    fn step(&mut self, at: usize, taking: &mut Taking<'_, 'a>) -> Option<Wait<'a>> {
        let program = self.inputs.program;
        let left_out = taking.failed[at] || taking.wanted.as_ref().is_some_and(|wanted| !wanted[at]);
        match &taking.schedule.steps[at] {
            Step::Node(node) if left_out => {
                self.look(program.nodes[*node]);
                taking.times.forget(at);
            }
            Step::Node(node) => {
                self.visit(program.nodes[*node]);
                taking.failed[at] |= self.is_broken(program.nodes[*node]);
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
            _ if left_out => {}
            Step::Apply(addr) => return self.apply_instance(addr),
            Step::Destroy(addr) => return self.destroy_instance(addr),
            Step::DestroyDeposed(addr, key) => return self.destroy_deposed(addr, key),
        }
        None
    }

    /// Leaves out a step after the walk was cancelled. As in Terraform each object says so of which nothing else has failed.
    fn leave_out(&mut self, at: usize, taking: &Taking<'_, 'a>) {
        let says = match &taking.schedule.steps[at] {
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
