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
            assert_eq!(sequence.get(index).map(|item| **item), expected.get(index).copied(), "round {round}");
            assert!(sequence.iter_from(index).map(|item| **item).eq(expected.iter().copied().skip(index)));
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
