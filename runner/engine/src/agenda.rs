//! What is to be done next, where some things have to be over before others begin. It knows nothing of what is done.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Things to do, by number, each after those that it needs.
#[derive(Debug)]
pub struct Agenda {
    /// The things in the order in which they begin, as far as their needs allow.
    order: Vec<usize>,
    /// By number: the place in the order, where there is one.
    places: Vec<Option<usize>>,
    /// By place: how much of what a thing needs is not over yet, and which things need it.
    waits_for: Vec<usize>,
    needed_by: Vec<Vec<usize>>,
    /// The places of what can begin.
    ready: BinaryHeap<Reverse<usize>>,
}

impl Agenda {
    /// What is not in `order` needs not to be waited for. Where things need each other, none of them is ever ready.
    pub fn new<N: IntoIterator<Item = usize>>(order: Vec<usize>, needs: impl Fn(usize) -> N) -> Agenda {
        let mut places = vec![None; order.iter().max().map_or(0, |most| most + 1)];
        for (at, it) in order.iter().enumerate() {
            places[*it] = Some(at);
        }
        let mut agenda = Agenda {
            waits_for: vec![0; order.len()],
            needed_by: vec![Vec::new(); order.len()],
            ready: BinaryHeap::new(),
            places,
            order,
        };
        for (at, it) in agenda.order.iter().enumerate() {
            for need in needs(*it).into_iter().filter_map(|need| *agenda.places.get(need)?) {
                agenda.waits_for[at] += 1;
                agenda.needed_by[need].push(at);
            }
            if agenda.waits_for[at] == 0 {
                agenda.ready.push(Reverse(at));
            }
        }
        agenda
    }

    /// What begins next: of everything that is ready, the first. `None` while something has to be over first.
    pub fn take(&mut self) -> Option<usize> {
        let Reverse(at) = self.ready.pop()?;
        self.order.get(at).copied()
    }

    /// Whether anything can begin now.
    pub fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Something has come to its end, whatever that was.
    pub fn is_over(&mut self, it: usize) {
        let Some(at) = self.places.get(it).copied().flatten() else { return };
        for next in std::mem::take(&mut self.needed_by[at]) {
            self.waits_for[next] -= 1;
            if self.waits_for[next] == 0 {
                self.ready.push(Reverse(next));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ready_begins_in_order_and_the_rest_waits() {
        let needs: [&[usize]; 5] = [&[], &[0, 0], &[], &[1, 2], &[9]];
        let mut agenda = Agenda::new(vec![2, 0, 1, 3, 4], |it| needs[it].iter().copied());
        assert_eq!(
            [agenda.take(), agenda.take(), agenda.take(), agenda.take()],
            [Some(2), Some(0), Some(4), None]
        );
        agenda.is_over(2);
        assert_eq!(agenda.take(), None);
        assert!(!agenda.has_ready());
        agenda.is_over(0);
        assert!(agenda.has_ready());
        assert_eq!((agenda.take(), agenda.take()), (Some(1), None));
        agenda.is_over(1);
        assert_eq!((agenda.take(), agenda.take()), (Some(3), None));
    }
}
