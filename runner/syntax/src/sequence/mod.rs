//! A sequence of which an edit makes another one at little cost.
//!
//! It is a tree of nodes with few children each. Both sequences share every node in which nothing was replaced, so
//! replacing a few items of very many makes as many new nodes as the tree is high. Each node has a sum of what is below
//! it; what is looked for is found by these sums, without going over the items.

mod iter;
mod node;

use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

use node::{Children, End, MOST, Node, common, find, grouped, leaves, replaced, spliced};

pub use iter::Iter;

/// What a [`Sequence`] is made of.
pub trait Summed {
    /// What is to be known of items without looking at each.
    type Sum: Clone + Debug;

    fn sum(&self) -> Self::Sum;

    /// Looks at the sum. Items that keep theirs need not make another one for it.
    fn with_sum<R>(&self, look: impl FnOnce(&Self::Sum) -> R) -> R {
        look(&self.sum())
    }

    /// The sum of neighbours, in order.
    fn total<'s>(sums: impl Iterator<Item = &'s Self::Sum> + Clone) -> Self::Sum
    where
        Self::Sum: 's;
}

/// Items in order. Cheap to clone.
#[derive(Debug)]
pub struct Sequence<T: Summed> {
    root: Arc<Node<T>>,
}

impl<T: Summed> Sequence<T> {
    pub fn new(items: Vec<Arc<T>>) -> Sequence<T> {
        Sequence::of(leaves(items))
    }

    pub fn len(&self) -> usize {
        self.root.len
    }

    pub fn is_empty(&self) -> bool {
        self.root.len == 0
    }

    /// The sum of all items.
    pub fn sum(&self) -> &T::Sum {
        &self.root.sum
    }

    pub fn get(&self, index: usize) -> Option<&Arc<T>> {
        self.iter_from(index).next()
    }

    pub fn iter(&self) -> Iter<'_, T> {
        self.iter_from(0)
    }

    /// The items from an index on.
    pub fn iter_from(&self, index: usize) -> Iter<'_, T> {
        Iter::new(&self.root, index)
    }

    /// The first item that is wanted, with its index. `skip` is asked about the sums of nodes and of items, from front to
    /// back and from the whole down, and only items that are not skipped are looked at.
    pub fn find<'s>(
        &'s self,
        mut skip: impl FnMut(&T::Sum) -> bool,
        mut wanted: impl FnMut(usize, &'s Arc<T>) -> bool,
    ) -> Option<(usize, &'s Arc<T>)> {
        find(&self.root, 0, &mut skip, &mut wanted)
    }

    /// The sequence with other items in place of those in `range`, which ends at the sequence's end if it does not
    /// before.
    #[must_use]
    pub fn spliced(&self, range: Range<usize>, fresh: Vec<Arc<T>>) -> Sequence<T> {
        let end = range.end.min(self.len());
        Sequence::of(spliced(&self.root, range.start.min(end)..end, fresh))
    }

    /// The sequence with other items at some places, each with its index, in order. Whatever lies between them is shared.
    #[must_use]
    pub fn replaced(&self, fresh: &[(usize, Arc<T>)]) -> Sequence<T> {
        match fresh {
            [] => self.clone(),
            fresh => Sequence { root: replaced(&self.root, 0, fresh) },
        }
    }

    /// How many items at the front, and how many others at the back, are the same in both.
    pub fn common(&self, other: &Sequence<T>) -> (usize, usize) {
        let same = |(a, b): &(&Arc<T>, &Arc<T>)| Arc::ptr_eq(a, b);
        // Whole nodes first, and what lies at other places in its node behind them.
        let mut front = common(&self.root, &other.root, End::Front);
        front += self.iter_from(front).zip(other.iter_from(front)).take_while(same).count();
        let most = self.len().min(other.len()) - front;
        let mut back = common(&self.root, &other.root, End::Back).min(most);
        while back < most {
            let step = MOST.min(most - back);
            let before = |of: &'_ Sequence<T>| of.len() - back - step;
            let ours: Vec<&Arc<T>> = self.iter_from(before(self)).take(step).collect();
            let theirs: Vec<&Arc<T>> = other.iter_from(before(other)).take(step).collect();
            let here = ours.into_iter().rev().zip(theirs.into_iter().rev()).take_while(same).count();
            back += here;
            if here < step {
                break;
            }
        }
        (front, back)
    }

    /// Whether every item is the same.
    pub fn is_same(&self, other: &Sequence<T>) -> bool {
        self.len() == other.len() && self.common(other).0 == self.len()
    }

    fn of(mut nodes: Vec<Arc<Node<T>>>) -> Sequence<T> {
        while nodes.len() > 1 {
            nodes = grouped(nodes);
        }
        let mut root = nodes.pop().unwrap_or_else(|| Arc::new(Node::leaf(Vec::new())));
        // A node above a single one only makes the way longer.
        while let Children::Nodes(nodes) = &root.children
            && let [only] = nodes.as_slice()
        {
            root = Arc::clone(only);
        }
        Sequence { root }
    }
}

impl<T: Summed> Clone for Sequence<T> {
    fn clone(&self) -> Sequence<T> {
        Sequence { root: Arc::clone(&self.root) }
    }
}

impl<T: Summed> Default for Sequence<T> {
    fn default() -> Sequence<T> {
        Sequence::new(Vec::new())
    }
}

#[cfg(test)]
mod tests;
