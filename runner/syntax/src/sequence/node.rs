//! The nodes of the tree that a sequence is.

use std::ops::Range;
use std::sync::Arc;

use super::Summed;

#[derive(Debug)]
pub(super) struct Node<T: Summed> {
    pub(super) sum: T::Sum,
    /// How many items are below it.
    pub(super) len: usize,
    /// How many levels of nodes are below it: the same on every way down.
    pub(super) height: u32,
    pub(super) children: Children<T>,
}

#[derive(Debug)]
pub(super) enum Children<T: Summed> {
    Items(Vec<Arc<T>>),
    Nodes(Vec<Arc<Node<T>>>),
}

/// The most children of a node.
pub(super) const MOST: usize = 32;
/// Nodes with fewer children are put together with a neighbour where they fit into one.
const FEW: usize = 8;

impl<T: Summed> Node<T> {
    pub(super) fn leaf(items: Vec<Arc<T>>) -> Node<T> {
        let sums: Vec<T::Sum> = items.iter().map(|item| item.sum()).collect();
        let sum = T::total(sums.iter());
        Node { sum, len: items.len(), height: 0, children: Children::Items(items) }
    }

    pub(super) fn inner(nodes: Vec<Arc<Node<T>>>) -> Node<T> {
        let sum = T::total(nodes.iter().map(|node| &node.sum));
        let len = nodes.iter().map(|node| node.len).sum();
        let height = nodes.first().map_or(0, |node| node.height) + 1;
        Node { sum, len, height, children: Children::Nodes(nodes) }
    }

    pub(super) fn width(&self) -> usize {
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

pub(super) fn leaves<T: Summed>(items: Vec<Arc<T>>) -> Vec<Arc<Node<T>>> {
    parted(items).map(|items| Arc::new(Node::leaf(items))).collect()
}

/// The level above.
pub(super) fn grouped<T: Summed>(nodes: Vec<Arc<Node<T>>>) -> Vec<Arc<Node<T>>> {
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
pub(super) fn spliced<T: Summed>(
    node: &Arc<Node<T>>,
    range: Range<usize>,
    fresh: Vec<Arc<T>>,
) -> Vec<Arc<Node<T>>> {
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
pub(super) fn replaced<T: Summed>(node: &Node<T>, start: usize, fresh: &[(usize, Arc<T>)]) -> Arc<Node<T>> {
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

pub(super) fn find<'s, T: Summed>(
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
pub(super) enum End {
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
pub(super) fn common<T: Summed>(a: &Arc<Node<T>>, b: &Arc<Node<T>>, end: End) -> usize {
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
