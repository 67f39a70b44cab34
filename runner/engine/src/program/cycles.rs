//! Objects that need each other.

use rustc_hash::FxHashSet;
use syntax::{Diagnostic, Diagnostics, Location};

/// One diagnostic for each set of nodes that all need each other, with the names of all that have one. It is about no
/// place more than another; where the first of them stands is its context.
pub fn find_cycles(
    needs: &[Vec<usize>],
    name: impl Fn(usize) -> Option<String>,
    place: impl Fn(usize) -> Option<Location>,
) -> Diagnostics {
    let cycle = |members: Vec<usize>| {
        let context = members.iter().find_map(|member| place(*member));
        let mut seen = FxHashSet::default();
        let mut names: Vec<String> = members.into_iter().filter_map(&name).collect();
        names.retain(|name| seen.insert(name.clone()));
        let error = Diagnostic::error(format!("Cycle: {}", names.join(", ")), "").with_code("cycle");
        Diagnostic { context, ..error }
    };
    components(needs).into_iter().map(cycle).collect()
}

/// The strongly connected components of more than one node, by Tarjan's algorithm without recursion; in each, what was
/// reached last comes first.
fn components(needs: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let mut number = vec![UNSEEN; needs.len()];
    let mut lowest = vec![UNSEEN; needs.len()];
    let mut waiting = vec![false; needs.len()];
    let (mut next_number, mut stack, mut found) = (0, Vec::new(), Vec::new());
    for start in 0..needs.len() {
        if number[start] != UNSEEN {
            continue;
        }
        let mut path = vec![(start, 0)];
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            if *next == 0 && number[node] == UNSEEN {
                (number[node], lowest[node]) = (next_number, next_number);
                next_number += 1;
                waiting[node] = true;
                stack.push(node);
            }
            if let Some(need) = needs[node].get(*next).copied() {
                *next += 1;
                if number[need] == UNSEEN {
                    path.push((need, 0));
                } else if waiting[need] {
                    lowest[node] = lowest[node].min(number[need]);
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                lowest[*parent] = lowest[*parent].min(lowest[node]);
            }
            if lowest[node] == number[node] {
                let mut members = Vec::new();
                while let Some(member) = stack.pop() {
                    waiting[member] = false;
                    members.push(member);
                    if member == node {
                        break;
                    }
                }
                if members.len() > 1 {
                    found.push(members);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_in_a_circle_is_named_once() {
        // 0 and 1 need each other, 2 needs them, 3 to 5 are two circles with a node in common, 6 is free.
        let needs = [vec![1], vec![0], vec![0, 6], vec![4], vec![3, 5], vec![4], vec![]];
        let mut found = components(&needs);
        found.iter_mut().for_each(|members| members.sort_unstable());
        assert_eq!(found, [vec![0, 1], vec![3, 4, 5]]);
    }

    #[test]
    fn a_long_chain_is_no_circle() {
        let needs: Vec<Vec<usize>> =
            (0..100_000).map(|at| if at == 0 { vec![] } else { vec![at - 1] }).collect();
        assert!(components(&needs).is_empty());
    }
}
