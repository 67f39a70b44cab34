//! Which elements of two lists belong together. Measured on Terraform 1.11.4.

/// More cells than this are not compared: the middle parts of two long lists then have nothing in common.
const MOST_CELLS: usize = 16_000_000;

/// Positions in the old and in the new list, in the order in which they are shown: both for an element that stayed or
/// changed, one for an element that went or came.
///
/// Lists of the same length, of which the new one lacks an element of the old one, are compared position by position.
/// Otherwise what they have in common stays, and around it `may_change` says of which elements one can become the other.
pub(super) fn pairs<T>(
    before: &[T],
    after: &[T],
    same: impl Fn(&T, &T) -> bool,
    may_change: impl Fn(&T) -> bool,
) -> Vec<(Option<usize>, Option<usize>)> {
    let equal = |(a, b): (&T, &T)| same(a, b);
    let by_position = before.len() == after.len()
        && (before.iter().zip(after).all(equal)
            || !before.iter().all(|old| after.iter().any(|new| same(old, new))));
    if by_position {
        return (0..before.len()).map(|at| (Some(at), Some(at))).collect();
    }
    let common = common(before, after, &same);
    let mut common = common.iter().filter_map(|at| before.get(*at)).peekable();
    let mut pairs = Vec::new();
    let (mut old, mut new) = (0, 0);
    loop {
        let next = common.next();
        let is_next = |item: &T| next.is_some_and(|next| same(item, next));
        while let Some(item) = before.get(old).filter(|item| !is_next(item)) {
            let partner =
                after.get(new).filter(|other| may_change(item) && may_change(other) && !is_next(other));
            pairs.push((Some(old), partner.map(|_| new)));
            new += usize::from(partner.is_some());
            old += 1;
        }
        while after.get(new).is_some_and(|item| !is_next(item)) {
            pairs.push((None, Some(new)));
            new += 1;
        }
        if next.is_none() {
            return pairs;
        }
        pairs.push((Some(old), Some(new)));
        old += 1;
        new += 1;
    }
}

/// The positions in the old list of a longest common subsequence; where there are several, the one that keeps the
/// elements that stand late in the old list.
fn common<T>(before: &[T], after: &[T], same: &impl Fn(&T, &T) -> bool) -> Vec<usize> {
    let prefix = match before.len().saturating_mul(after.len()) > MOST_CELLS {
        true => before.iter().zip(after).take_while(|(a, b)| same(a, b)).count(),
        false => 0,
    };
    let (before, after) = (before.get(prefix..).unwrap_or_default(), after.get(prefix..).unwrap_or_default());
    let suffix = before.iter().rev().zip(after.iter().rev()).take_while(|(a, b)| same(a, b)).count();
    let (rows, columns) = (before.len() - suffix, after.len() - suffix);
    let mut middle = Vec::new();
    if rows.saturating_mul(columns) <= MOST_CELLS {
        // lengths[row * width + column]: the longest for the first `row` and `column` elements.
        let width = columns + 1;
        let mut lengths = vec![0_u32; (rows + 1) * width];
        for row in 1..=rows {
            for column in 1..=columns {
                let at = row * width + column;
                lengths[at] = match same(&before[row - 1], &after[column - 1]) {
                    true => lengths[at - width - 1] + 1,
                    false => lengths[at - width].max(lengths[at - 1]),
                };
            }
        }
        let (mut row, mut column) = (rows, columns);
        while row > 0 && column > 0 {
            let at = row * width + column;
            if same(&before[row - 1], &after[column - 1]) {
                (row, column) = (row - 1, column - 1);
                middle.push(prefix + row);
            } else if lengths[at - 1] >= lengths[at - width] {
                column -= 1;
            } else {
                row -= 1;
            }
        }
    }
    middle.reverse();
    (0..prefix).chain(middle).chain((0..suffix).map(|at| prefix + rows + at)).collect()
}

#[cfg(test)]
mod tests {
    use super::pairs;

    /// `-` and `+` before what went and came, `>` between what became what.
    fn check(before: &str, after: &str, want: &str) {
        let (old, new): (Vec<char>, Vec<char>) = (before.chars().collect(), after.chars().collect());
        let shown: Vec<String> = pairs(&old, &new, |a, b| a == b, |_| false)
            .into_iter()
            .map(|pair| match pair {
                (Some(a), Some(b)) if old[a] == new[b] => format!("{}", old[a]),
                (Some(a), Some(b)) => format!("{}>{}", old[a], new[b]),
                (Some(a), None) => format!("-{}", old[a]),
                (None, Some(b)) => format!("+{}", new[b]),
                (None, None) => unreachable!("a pair has a side"),
            })
            .collect();
        assert_eq!(shown.join(" "), want, "{before} to {after}");
    }

    #[test]
    fn lists_are_compared_as_terraform_does() {
        check("ab", "aa", "a b>a");
        check("ab", "ba", "-a b +a");
        check("aa", "ab", "a -a +b");
        check("aabb", "abab", "a -a b +a b");
        check("abcd", "baxd", "a>b b>a c>x d");
        check("abc", "bca", "-a b c +a");
        check("aab", "acb", "a -a +c b");
        check("abcde", "xbcay", "a>x b c d>a e>y");
        check("abcdef", "fbcdea", "-a +f b c d e -f +a");
        check("abac", "abxc", "a b -a +x c");
        check("abcd", "dcba", "-a -b -c d +c +b +a");
        check("abcd", "abdc", "a b -c d +c");
        check("abca", "abcd", "a b c -a +d");
        check("abc", "abca", "a b c +a");
        check("abcd", "cdab", "-a -b c d +a +b");
        check("", "ab", "+a +b");
        check("ab", "", "-a -b");
    }

    #[test]
    fn long_lists_keep_both_ends() {
        let old: Vec<u32> = (0..6000).collect();
        let new: Vec<u32> = (0..100).chain(90_000..96_000).chain(5_900..6000).collect();
        let pairs = pairs(&old, &new, |a, b| a == b, |_| false);
        let kept = pairs.iter().filter(|pair| matches!(pair, (Some(_), Some(_)))).count();
        assert_eq!(kept, 200);
        assert_eq!(pairs.len(), 200 + 5800 + 6000);
    }
}
