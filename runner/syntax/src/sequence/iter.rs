//! Going over the items of a sequence.

use std::sync::Arc;

use super::Summed;
use super::node::{Children, Node};

/// The items of a [`Sequence`](super::Sequence), in order.
#[derive(Debug)]
pub struct Iter<'s, T: Summed> {
    /// What is left of each level, from the root's children down.
    levels: Vec<std::slice::Iter<'s, Arc<Node<T>>>>,
    items: std::slice::Iter<'s, Arc<T>>,
    left: usize,
}

impl<'s, T: Summed> Iter<'s, T> {
    pub(super) fn new(root: &'s Node<T>, index: usize) -> Iter<'s, T> {
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
