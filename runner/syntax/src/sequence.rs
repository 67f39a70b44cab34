//! A sequence of which an edit makes another one at little cost.
//!
//! It is a tree of nodes with few children each. Both sequences share every node in which nothing was replaced, so
//! replacing a few items of very many makes as many new nodes as the tree is high. Each node has a sum of what is below
//! it; what is looked for is found by these sums, without going over the items.

use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

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

#[derive(Debug)]
struct Node<T: Summed> {
    sum: T::Sum,
    /// How many items are below it.
    len: usize,
    /// How many levels of nodes are below it: the same on every way down.
    height: u32,
    children: Children<T>,
}

#[derive(Debug)]
enum Children<T: Summed> {
    Items(Vec<Arc<T>>),
    Nodes(Vec<Arc<Node<T>>>),
}

/// The most children of a node.
const MOST: usize = 32;
/// Nodes with fewer children are put together with a neighbour where they fit into one.
const FEW: usize = 8;

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

impl<T: Summed> Node<T> {
    fn leaf(items: Vec<Arc<T>>) -> Node<T> {
        let sums: Vec<T::Sum> = items.iter().map(|item| item.sum()).collect();
        let sum = T::total(sums.iter());
        Node { sum, len: items.len(), height: 0, children: Children::Items(items) }
    }

    fn inner(nodes: Vec<Arc<Node<T>>>) -> Node<T> {
        let sum = T::total(nodes.iter().map(|node| &node.sum));
        let len = nodes.iter().map(|node| node.len).sum();
        let height = nodes.first().map_or(0, |node| node.height) + 1;
        Node { sum, len, height, children: Children::Nodes(nodes) }
    }

    fn width(&self) -> usize {
        match &self.children {
            Children::Items(items) => items.len(),
            Children::Nodes(nodes) => nodes.len(),
        }
    }

    /// One node with the children of two of the same height.
    fn joined(&self, next: &Node<T>) -> Node<T> {
        match (&self.children, &next.children) {
            (Children::Items(a), Children::Items(b)) => Node::leaf([a.as_slice(), b].concat()),
            (Children::Nodes(a), Children::Nodes(b)) => Node::inner([a.as_slice(), b].concat()),
            _ => unreachable!("neighbours are of the same height"),
        }
    }
}

fn leaves<T: Summed>(items: Vec<Arc<T>>) -> Vec<Arc<Node<T>>> {
    parted(items).map(|items| Arc::new(Node::leaf(items))).collect()
}

/// The level above.
fn grouped<T: Summed>(nodes: Vec<Arc<Node<T>>>) -> Vec<Arc<Node<T>>> {
    parted(nodes).map(|nodes| Arc::new(Node::inner(nodes))).collect()
}

/// Parts of about the same size, none larger than a node may be.
fn parted<C>(all: Vec<C>) -> impl Iterator<Item = Vec<C>> {
    let size = all.len().div_ceil(all.len().div_ceil(MOST).max(1)).max(1);
    let mut all = all.into_iter();
    std::iter::from_fn(move || {
        Some(all.by_ref().take(size).collect()).filter(|part: &Vec<C>| !part.is_empty())
    })
}

/// The nodes, of the height of `node`, that take its place; there may be none.
fn spliced<T: Summed>(node: &Arc<Node<T>>, range: Range<usize>, fresh: Vec<Arc<T>>) -> Vec<Arc<Node<T>>> {
    let children = match &node.children {
        Children::Items(items) => {
            let before = items.iter().take(range.start).cloned();
            let behind = items.iter().skip(range.end).cloned();
            return leaves(before.chain(fresh).chain(behind).collect());
        }
        Children::Nodes(nodes) => nodes,
    };
    let mut below: Vec<Arc<Node<T>>> = Vec::with_capacity(children.len() + 1);
    let mut fresh = Some(fresh);
    let mut at = 0;
    for (number, child) in children.iter().enumerate() {
        let start = at;
        at += child.len;
        let part = range.start.clamp(start, at) - start..range.end.clamp(start, at) - start;
        // What is new goes to the child that it begins in, or behind the last one.
        let is_here = range.start < at || number + 1 == children.len();
        let taken = if is_here { fresh.take() } else { None };
        match taken {
            None if part.is_empty() => below.push(Arc::clone(child)),
            None if part.len() == child.len => {}
            taken => below.extend(spliced(child, part, taken.unwrap_or_default())),
        }
    }
    let mut joined: Vec<Arc<Node<T>>> = Vec::with_capacity(below.len());
    for node in below {
        match joined.last_mut() {
            Some(last) if last.width().min(node.width()) < FEW && last.width() + node.width() <= MOST => {
                *last = Arc::new(last.joined(&node));
            }
            _ => joined.push(node),
        }
    }
    grouped(joined)
}

/// The node with other items in place of some of those below it, of which there is at least one. `start` is the index of
/// the first item below it; what lies outside of it is not looked at.
fn replaced<T: Summed>(node: &Node<T>, start: usize, fresh: &[(usize, Arc<T>)]) -> Arc<Node<T>> {
    match &node.children {
        Children::Items(items) => {
            let mut items = items.clone();
            for (index, item) in fresh {
                if let Some(slot) = index.checked_sub(start).and_then(|at| items.get_mut(at)) {
                    *slot = Arc::clone(item);
                }
            }
            Arc::new(Node::leaf(items))
        }
        Children::Nodes(nodes) => {
            let mut at = start;
            let below = nodes.iter().map(|child| {
                let (from, to) = (at, at + child.len);
                at = to;
                let first = fresh.partition_point(|(index, _)| *index < from);
                let last = fresh.partition_point(|(index, _)| *index < to);
                match fresh.get(first..last) {
                    None | Some([]) => Arc::clone(child),
                    Some(inside) => replaced(child, from, inside),
                }
            });
            Arc::new(Node::inner(below.collect()))
        }
    }
}

fn find<'s, T: Summed>(
    node: &'s Node<T>,
    start: usize,
    skip: &mut impl FnMut(&T::Sum) -> bool,
    wanted: &mut impl FnMut(usize, &'s Arc<T>) -> bool,
) -> Option<(usize, &'s Arc<T>)> {
    if skip(&node.sum) {
        return None;
    }
    match &node.children {
        Children::Items(items) => {
            let mut items = items.iter().enumerate();
            let (index, item) =
                items.find(|(index, item)| !item.with_sum(&mut *skip) && wanted(start + index, item))?;
            Some((start + index, item))
        }
        Children::Nodes(nodes) => {
            let mut at = start;
            nodes.iter().find_map(|node| {
                let here = at;
                at += node.len;
                find(node, here, skip, wanted)
            })
        }
    }
}

#[derive(Clone, Copy)]
enum End {
    Front,
    Back,
}

impl End {
    fn of<C>(self, children: &[C]) -> Option<&C> {
        match self {
            End::Front => children.first(),
            End::Back => children.last(),
        }
    }

    /// The neighbours at this place, counted from the end.
    fn pairs<'c, C>(self, a: &'c [C], b: &'c [C]) -> impl Iterator<Item = (&'c C, &'c C)> {
        let most = a.len().min(b.len());
        (0..most).filter_map(move |at| match self {
            End::Front => Some((a.get(at)?, b.get(at)?)),
            End::Back => Some((a.get(a.len() - 1 - at)?, b.get(b.len() - 1 - at)?)),
        })
    }
}

/// How many items from that end on are the same; too few where the nodes were cut at other places.
fn common<T: Summed>(a: &Arc<Node<T>>, b: &Arc<Node<T>>, end: End) -> usize {
    if Arc::ptr_eq(a, b) {
        return a.len;
    }
    match (&a.children, &b.children) {
        (Children::Nodes(nodes), _) if a.height > b.height => {
            end.of(nodes).map_or(0, |node| common(node, b, end))
        }
        (_, Children::Nodes(nodes)) if a.height < b.height => {
            end.of(nodes).map_or(0, |node| common(a, node, end))
        }
        (Children::Items(a), Children::Items(b)) => {
            end.pairs(a, b).take_while(|(a, b)| Arc::ptr_eq(a, b)).count()
        }
        (Children::Nodes(a), Children::Nodes(b)) => {
            let mut same = 0;
            for (a, b) in end.pairs(a, b) {
                let here = common(a, b, end);
                same += here;
                if here < a.len || here < b.len {
                    break;
                }
            }
            same
        }
        _ => 0,
    }
}

/// The items of a [`Sequence`], in order.
#[derive(Debug)]
pub struct Iter<'s, T: Summed> {
    /// What is left of each level, from the root's children down.
    levels: Vec<std::slice::Iter<'s, Arc<Node<T>>>>,
    items: std::slice::Iter<'s, Arc<T>>,
    left: usize,
}

impl<'s, T: Summed> Iter<'s, T> {
    fn new(root: &'s Node<T>, index: usize) -> Iter<'s, T> {
        let mut iter = Iter { levels: Vec::new(), items: [].iter(), left: root.len.saturating_sub(index) };
        let (mut node, mut skipped) = (root, index.min(root.len));
        loop {
            match &node.children {
                Children::Items(items) => {
                    iter.items = items.get(skipped..).unwrap_or_default().iter();
                    return iter;
                }
                Children::Nodes(nodes) => {
                    let mut nodes = nodes.iter();
                    let Some(first) = nodes.by_ref().find(|node| {
                        let here = skipped < node.len;
                        skipped -= if here { 0 } else { node.len };
                        here
                    }) else {
                        return iter;
                    };
                    iter.levels.push(nodes);
                    node = first;
                }
            }
        }
    }
}

impl<'s, T: Summed> Iterator for Iter<'s, T> {
    type Item = &'s Arc<T>;

    fn next(&mut self) -> Option<&'s Arc<T>> {
        loop {
            if let Some(item) = self.items.next() {
                self.left -= 1;
                return Some(item);
            }
            match self.levels.last_mut()?.next() {
                None => drop(self.levels.pop()),
                Some(node) => match &node.children {
                    Children::Items(items) => self.items = items.iter(),
                    Children::Nodes(nodes) => self.levels.push(nodes.iter()),
                },
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T: Summed> ExactSizeIterator for Iter<'_, T> {}

impl<T: Summed> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        Iter { levels: self.levels.clone(), items: self.items.clone(), left: self.left }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Summed for u64 {
        type Sum = u64;

        fn sum(&self) -> u64 {
            *self
        }

        fn total<'s>(sums: impl Iterator<Item = &'s u64> + Clone) -> u64 {
            sums.sum()
        }
    }

    fn items(numbers: impl IntoIterator<Item = u64>) -> Vec<Arc<u64>> {
        numbers.into_iter().map(Arc::new).collect()
    }

    fn check(sequence: &Sequence<u64>, expected: &[u64]) {
        fn check_node(node: &Node<u64>, is_root: bool) {
            assert!(node.width() <= MOST && (is_root || node.width() > 0));
            if let Children::Nodes(nodes) = &node.children {
                assert_eq!(node.len, nodes.iter().map(|node| node.len).sum::<usize>());
                assert!(nodes.iter().all(|below| below.height + 1 == node.height));
                nodes.iter().for_each(|node| check_node(node, false));
            }
        }
        check_node(&sequence.root, true);
        assert_eq!(sequence.iter().map(|item| **item).collect::<Vec<_>>(), expected);
        assert_eq!((sequence.len(), *sequence.sum()), (expected.len(), expected.iter().sum()));
    }

    #[test]
    fn replacing_items_is_what_it_is_in_a_vector() {
        let mut random = 7_u64;
        let mut below = |end: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) as usize % end.max(1)
        };
        for round in 0..30 {
            let mut expected: Vec<u64> = (0..below(3000) as u64).collect();
            let mut sequence = Sequence::new(items(expected.clone()));
            check(&sequence, &expected);
            for step in 0..60 {
                let start = below(expected.len() + 1);
                let most = if step % 7 == 0 { 400 } else { 3 };
                let end = (start + below(most)).min(expected.len());
                let fresh: Vec<u64> = (0..below(most)).map(|n| 1_000_000 + n as u64 * step).collect();
                let before = sequence.clone();
                sequence = sequence.spliced(start..end, items(fresh.clone()));
                expected.splice(start..end, fresh);
                check(&sequence, &expected);
                let index = below(expected.len() + 2);
                assert_eq!(
                    sequence.get(index).map(|item| **item),
                    expected.get(index).copied(),
                    "round {round}"
                );
                assert!(
                    sequence.iter_from(index).map(|item| **item).eq(expected.iter().copied().skip(index))
                );
                assert_eq!(sequence.iter_from(index).len(), expected.len().saturating_sub(index));
                let (front, back) = before.common(&sequence);
                assert!(front + back <= before.len().min(sequence.len()));
                assert!(before.iter().zip(sequence.iter()).take(front).all(|(a, b)| Arc::ptr_eq(a, b)));
                let ends = (before.iter_from(before.len() - back), sequence.iter_from(sequence.len() - back));
                assert!(ends.0.eq(ends.1));
                assert!(before.is_same(&before.clone()));
            }
        }
    }

    #[test]
    fn items_are_replaced_where_they_stand() {
        for length in [1_u64, 20, 33, 3_000] {
            let before = Sequence::new(items(0..length));
            let places: Vec<usize> = (0..length as usize).filter(|at| at % 7 == 0 && at % 5 != 1).collect();
            let fresh: Vec<_> = places.iter().map(|at| (*at, Arc::new(*at as u64 + 10_000))).collect();
            let mut expected: Vec<u64> = (0..length).collect();
            places.iter().for_each(|at| expected[*at] += 10_000);
            check(&before.replaced(&fresh), &expected);
            check(&before, &(0..length).collect::<Vec<_>>());
            let one = before.replaced(&fresh[..1]);
            assert_eq!(before.common(&one), (0, length as usize - 1));
            assert!(before.replaced(&[]).is_same(&before));
        }
    }

    #[test]
    fn what_is_looked_for_is_found_by_sums() {
        let sequence = Sequence::new(items(vec![3; 10_000]));
        let mut at = 0;
        let mut asked = 0;
        let found = sequence.find(
            |sum| {
                asked += 1;
                let skipped = at + sum <= 29_998;
                at += if skipped { *sum } else { 0 };
                skipped
            },
            |_, _| true,
        );
        assert_eq!((found, at), (Some((9999, &Arc::new(3))), 29_997));
        assert!(asked < 4 * MOST + 4, "{asked}");
        assert_eq!(sequence.find(|_| true, |_, _| true), None);
    }

    #[test]
    fn one_of_many_is_replaced_on_the_way_down_to_it_only() {
        fn nodes(node: &Arc<Node<u64>>, found: &mut Vec<*const Node<u64>>) {
            found.push(Arc::as_ptr(node));
            if let Children::Nodes(below) = &node.children {
                below.iter().for_each(|node| nodes(node, found));
            }
        }
        let all = |sequence: &Sequence<u64>| {
            let mut found = Vec::new();
            nodes(&sequence.root, &mut found);
            found
        };
        for (length, height) in [(100, 2), (10_000, 3), (1_000_000, 4)] {
            let before = Sequence::new(items(vec![1; length]));
            let after = before.spliced(length / 2..length / 2 + 1, items([2]));
            let known: std::collections::HashSet<_> = all(&before).into_iter().collect();
            assert_eq!(all(&after).iter().filter(|node| !known.contains(*node)).count(), height);
            assert_eq!(before.common(&after), (length / 2, length - length / 2 - 1));
        }
    }
}
