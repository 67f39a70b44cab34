//! What is to be done next, where some things have to be over before others begin.

use std::collections::{BTreeMap, BTreeSet};

/// Things to do, by number, each after those that it needs.
#[derive(Debug)]
pub(crate) struct Agenda {
    /// The things in the order in which they begin, as far as their needs allow.
    order: Vec<usize>,
    place: BTreeMap<usize, usize>,
    /// By place: how much of what a thing needs is not over yet, and which things need it.
    waits_for: Vec<usize>,
    needed_by: Vec<Vec<usize>>,
    /// The places of what can begin.
    ready: BTreeSet<usize>,
}

impl Agenda {
    /// What is not in `order` needs not to be waited for. Where things need each other, none of them is ever ready.
    pub(crate) fn new<'n>(order: Vec<usize>, needs: impl Fn(usize) -> &'n [usize]) -> Agenda {
        let place: BTreeMap<usize, usize> = order.iter().enumerate().map(|(at, it)| (*it, at)).collect();
        let mut agenda = Agenda {
            waits_for: vec![0; order.len()],
            needed_by: vec![Vec::new(); order.len()],
            ready: BTreeSet::new(),
            place,
            order,
        };
        for (at, it) in agenda.order.iter().enumerate() {
            let needs: BTreeSet<usize> =
                needs(*it).iter().filter_map(|need| agenda.place.get(need).copied()).collect();
            agenda.waits_for[at] = needs.len();
            needs.into_iter().for_each(|need| agenda.needed_by[need].push(at));
            if agenda.waits_for[at] == 0 {
                agenda.ready.insert(at);
            }
        }
        agenda
    }

    /// What begins next: of everything that is ready, the first. `None` while something has to be over first.
    pub(crate) fn next(&mut self) -> Option<usize> {
        let at = self.ready.pop_first()?;
        self.order.get(at).copied()
    }

    /// Something has come to its end, whatever that was.
    pub(crate) fn is_over(&mut self, it: usize) {
        let Some(at) = self.place.get(&it).copied() else { return };
        for next in std::mem::take(&mut self.needed_by[at]) {
            self.waits_for[next] -= 1;
            if self.waits_for[next] == 0 {
                self.ready.insert(next);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ready_begins_in_order_and_the_rest_waits() {
        let needs: [&[usize]; 5] = [&[], &[0], &[], &[1, 2], &[9]];
        let mut agenda = Agenda::new(vec![2, 0, 1, 3, 4], |it| needs[it]);
        assert_eq!(
            [agenda.next(), agenda.next(), agenda.next(), agenda.next()],
            [Some(2), Some(0), Some(4), None]
        );
        agenda.is_over(2);
        assert_eq!(agenda.next(), None);
        agenda.is_over(0);
        assert_eq!((agenda.next(), agenda.next()), (Some(1), None));
        agenda.is_over(1);
        assert_eq!((agenda.next(), agenda.next()), (Some(3), None));
    }
}
