//! The steps of a walk, each when those that it needs are over: the nodes of a program, as a plan visits them, or the steps
//! of an apply's schedule. While parts of some steps wait for something outside, others are taken, as many at once as may;
//! the walk itself never leaves its thread. What is found is told in the order of the steps, whatever comes to its end
//! first.

use std::collections::BTreeMap;
use std::thread;

use rustc_hash::FxHashMap;

use super::visit::Visit;
use super::waiting::{Rest, Wait};
use super::{Inputs, Walk};
use crate::agenda::Agenda;
use crate::finding::Finding;
use crate::pool::Pool;
use crate::program::Program;
use crate::schedule::{Need, Schedule, Step};
use crate::timings::Times;

/// What a walk takes step by step.
#[derive(Clone, Copy)]
pub(super) enum Steps<'s> {
    /// The nodes of a program; one step more is what a state has and the program has no resource for.
    Nodes(&'s Program),
    /// What an apply does.
    Scheduled(&'s Schedule),
}

/// Steps that are being taken, and what came of them.
pub(super) struct Taking<'s, 'a> {
    pub steps: Steps<'s>,
    /// By step: whether it is among what is targeted; everything is where nothing is.
    pub wanted: Option<Vec<bool>>,
    pub failed: Vec<bool>,
    times: Times<'a>,
    /// By step: its place among all.
    places: Vec<usize>,
    /// The steps that have begun and are not over.
    open: FxHashMap<usize, Open<'a>>,
    /// By place: what was found by the steps that are over.
    found: BTreeMap<usize, Vec<Finding>>,
}

/// A step that has begun.
#[derive(Default)]
struct Open<'a> {
    /// The node that is visited, where the step is one that is.
    visit: Option<Visit<'a>>,
    /// How many parts have begun, and how many of these are not over.
    begun: usize,
    going_on: usize,
    /// Whether there are no others.
    all_begun: bool,
    /// By part: what was found. Of a part that waits, what was found before.
    found: BTreeMap<usize, Vec<Finding>>,
    timed: bool,
}

/// A part of a step, by its number.
type Part = (usize, usize);

impl<'a> Walk<'a> {
    /// Takes steps, round by round. One that fails, or that is `broken` from the beginning, takes with it whatever needs it;
    /// everything else goes on.
    pub(super) fn take_steps<const ROUNDS: usize>(
        &mut self,
        steps: Steps<'_>,
        rounds: [Vec<usize>; ROUNDS],
        wanted: Option<Vec<bool>>,
        broken: &[usize],
    ) {
        let count = steps.count();
        let mut places = vec![0; count];
        rounds.iter().flatten().enumerate().for_each(|(place, at)| places[*at] = place);
        let mut taking = Taking {
            steps,
            wanted,
            failed: (0..count).map(|at| broken.contains(&at)).collect(),
            times: Times::new(self.inputs.timed, self.inputs.host, count),
            places,
            open: FxHashMap::default(),
            found: BTreeMap::new(),
        };
        for round in rounds {
            self.take(round, &mut taking);
        }
        self.findings.extend(taking.found.into_values().flatten());
        let program = self.inputs.program;
        self.slowest = taking.times.slowest(|at| steps.name(at, program));
    }

    /// Takes some steps, and comes back when all of them are over.
    fn take(&mut self, order: Vec<usize>, taking: &mut Taking<'_, 'a>) {
        let Inputs { host, cancel, operations_at_once, .. } = self.inputs;
        let steps = taking.steps;
        let mut agenda = Agenda::new(order, |at| steps.needs(at).map(|need| need.step));
        thread::scope(|scope| {
            let mut pool: Pool<'_, '_, (usize, Rest<'a>)> = Pool::new(scope, operations_at_once);
            // The step of which parts have still to begin.
            let mut at_hand = None;
            loop {
                if at_hand.is_none() && pool.has_room() {
                    at_hand = agenda.take();
                }
                let (part, mut wait) = if let Some(at) = at_hand.filter(|_| pool.has_room()) {
                    let Some(begun) = self.begin(at, taking) else {
                        at_hand = None;
                        if self.is_over(at, taking) {
                            agenda.is_over(at);
                        }
                        continue;
                    };
                    begun
                } else if pool.is_idle() {
                    break;
                } else if let Some((at, (number, rest))) = pool.wait() {
                    ((at, number), self.go_on((at, number), rest, taking))
                } else {
                    (self.inputs.pulse)();
                    self.renew();
                    continue;
                };
                // Where nothing else could be done meanwhile, it is done here.
                let others = agenda.has_ready() || at_hand.is_some_and(|at| taking.has_others(at));
                while let Some(work) =
                    wait.take_if(|_| pool.is_idle() && (operations_at_once <= 1 || !others))
                {
                    wait = self.go_on(part, work.work(host, cancel), taking);
                }
                let (at, number) = part;
                match wait {
                    Some(wait) => pool.begin(at, move || (number, wait.work(host, cancel))),
                    None => {
                        if let Some(open) = taking.open.get_mut(&at) {
                            open.going_on -= 1;
                        }
                        if self.is_over(at, taking) {
                            agenda.is_over(at);
                        }
                    }
                }
            }
        });
    }

    /// Begins the next part of a step; `None` where all have begun. A part is over where it has nothing to wait for.
    fn begin(&mut self, at: usize, taking: &mut Taking<'_, 'a>) -> Option<(Part, Option<Wait<'a>>)> {
        let mut open = taking.open.remove(&at).unwrap_or_default();
        let part = (at, open.begun);
        let before = self.findings.len();
        self.place = (taking.places[at], open.begun);
        let wait = match open.begun {
            0 => Some(self.begin_step(at, taking, &mut open)),
            _ => open.visit.as_mut().and_then(|visit| self.next_part(visit)),
        };
        match &wait {
            Some(_) => (open.begun, open.going_on) = (open.begun + 1, open.going_on + 1),
            None => open.all_begun = true,
        }
        taking.open.insert(at, open);
        let wait = wait?;
        self.put_aside(part, before, taking);
        Some((part, wait))
    }

    /// Begins a step, with the first of its parts.
    fn begin_step(
        &mut self,
        at: usize,
        taking: &mut Taking<'_, 'a>,
        open: &mut Open<'a>,
    ) -> Option<Wait<'a>> {
        taking.failed[at] |= taking.steps.needs(at).any(|need| need.binding && taking.failed[need.step]);
        self.renew();
        if self.inputs.is_cancelled() {
            self.leave_out(at, taking);
            return None;
        }
        let left_out = taking.failed[at] || taking.wanted.as_ref().is_some_and(|wanted| !wanted[at]);
        let visit = match (taking.steps, taking.steps.node(at)) {
            (steps, Some(node)) if left_out => {
                let nodes = &self.inputs.program.nodes;
                if matches!(steps, Steps::Nodes(_)) && self.only_lacks_provider(node, &taking.failed) {
                    self.report_declared(nodes[node], self.findings.len());
                }
                self.look(nodes[node]);
                return None;
            }
            (_, Some(node)) => Some(self.inputs.program.nodes[node]),
            (Steps::Nodes(_), None) => None,
            (Steps::Scheduled(schedule), None) => {
                taking.times.begin(at);
                open.timed = true;
                return self.step(&schedule.steps[at], left_out);
            }
        };
        taking.times.begin(at);
        open.timed = true;
        let visit = self.begin_visit(visit);
        let visit = open.visit.insert(visit);
        self.next_part(visit).flatten()
    }

    /// Goes on with a part that has waited.
    fn go_on(&mut self, part: Part, rest: Rest<'a>, taking: &mut Taking<'_, 'a>) -> Option<Wait<'a>> {
        let (at, number) = part;
        let before = self.findings.len();
        self.place = (taking.places[at], number);
        let found = taking.open.get_mut(&at).and_then(|open| open.found.remove(&number));
        self.findings.extend(found.unwrap_or_default());
        let wait = rest(self);
        self.put_aside(part, before, taking);
        wait
    }

    /// Puts aside what was found for a part, which waits or is over.
    fn put_aside(&mut self, (at, number): Part, before: usize, taking: &mut Taking<'_, 'a>) {
        if self.findings.len() > before
            && let Some(open) = taking.open.get_mut(&at)
        {
            open.found.insert(number, self.findings.split_off(before));
        }
    }

    /// Ends a step when all of its parts are over. Whether they are.
    fn is_over(&mut self, at: usize, taking: &mut Taking<'_, 'a>) -> bool {
        if taking.open.get(&at).is_none_or(|open| !open.all_begun || open.going_on > 0) {
            return false;
        }
        let Some(open) = taking.open.remove(&at) else { return false };
        let before = self.findings.len();
        self.findings.extend(open.found.into_values().flatten());
        self.place = (taking.places[at], open.begun);
        if let Some(visit) = open.visit {
            taking.failed[at] |= self.end_visit(visit, before);
        }
        taking.failed[at] |= self.failed_since(before);
        if open.timed {
            taking.times.end(at);
        }
        let found = self.findings.split_off(before);
        if !found.is_empty() {
            taking.found.insert(taking.places[at], found);
        }
        true
    }
}

impl Taking<'_, '_> {
    /// Whether a step has parts that have not begun.
    fn has_others(&self, at: usize) -> bool {
        let visit = self.open.get(&at).and_then(|open| open.visit.as_ref());
        visit.is_some_and(Visit::has_others)
    }
}

impl<'s> Steps<'s> {
    fn count(self) -> usize {
        match self {
            Steps::Nodes(program) => program.nodes.len() + 1,
            Steps::Scheduled(schedule) => schedule.steps.len(),
        }
    }

    /// What comes before a step. Nothing is built on a node that has failed.
    fn needs(self, at: usize) -> impl Iterator<Item = Need> + 's {
        let (nodes, steps) = match self {
            Steps::Nodes(program) => (program.needs.get(at), None),
            Steps::Scheduled(schedule) => (None, schedule.needs.get(at)),
        };
        let nodes = nodes.into_iter().flatten().map(|node| Need { step: *node, binding: true });
        nodes.chain(steps.into_iter().flatten().copied())
    }

    /// The node of the program that a step visits.
    fn node(self, at: usize) -> Option<usize> {
        match self {
            Steps::Nodes(program) => (at < program.nodes.len()).then_some(at),
            Steps::Scheduled(schedule) => match schedule.steps[at] {
                Step::Node(node) => Some(node),
                _ => None,
            },
        }
    }

    fn name(self, at: usize, program: &Program) -> Option<String> {
        match self {
            Steps::Nodes(program) => self.node(at).map(|node| program.node_name(node)),
            Steps::Scheduled(schedule) => schedule.steps.get(at)?.name(program),
        }
    }
}
