//! Which elements of two lists belong together. Measured on Terraform 1.11.4.

use std::ops::Range;

/// A table with more cells than this is not filled: the middle parts of two long lists then have nothing in common.
const MOST_CELLS: usize = 16_000_000;

/// A position in the old and one in the new list: both for an element that stayed or changed, one for an element that
/// went or came.
pub(super) type Pair = (Option<usize>, Option<usize>);

/// The elements of both lists in the order in which they are shown.
///
/// Lists of the same length, of which the new one lacks an element of the old one, are compared position by position.
/// Otherwise what they have in common stays, and between two elements that stay `may_change` says of which elements
/// one can become the other.
pub(super) fn pairs<T>(
    before: &[T],
    after: &[T],
    same: impl Fn(&T, &T) -> bool,
    may_change: impl Fn(&T) -> bool,
) -> Vec<Pair> {
    if before.len() == after.len() {
        let equal = before.iter().zip(after).all(|(old, new)| same(old, new));
        let lacks = |old: &T| !after.iter().any(|new| same(old, new));
        if equal || before.iter().any(lacks) {
            return (0..before.len()).map(|at| (Some(at), Some(at))).collect();
        }
    }
    let can_become = |from: usize, to: usize| may_change(&before[from]) && may_change(&after[to]);
    let mut pairs = Vec::with_capacity(before.len().max(after.len()));
    let (mut old, mut new) = (0, 0);
    for kept in longest_common(before, after, &same) {
        // Of several equal elements the first is the one that stays, whichever of them the subsequence was made of.
        let find = |list: &[T], from: usize| (from..list.len()).find(|at| same(&list[*at], kept));
        let (Some(old_kept), Some(new_kept)) = (find(before, old), find(after, new)) else { break };
        pair_gap(old..old_kept, new..new_kept, can_become, &mut pairs);
        pairs.push((Some(old_kept), Some(new_kept)));
        (old, new) = (old_kept + 1, new_kept + 1);
    }
    pair_gap(old..before.len(), new..after.len(), can_become, &mut pairs);
    pairs
}

/// Pairs what lies between two elements that stay. An element becomes the first that came and has no partner yet, or
/// goes; what came and finds no partner follows.
fn pair_gap(
    went: Range<usize>,
    came: Range<usize>,
    can_become: impl Fn(usize, usize) -> bool,
    pairs: &mut Vec<Pair>,
) {
    let mut came = came.peekable();
    for from in went {
        let partner = came.next_if(|to| can_become(from, *to));
        pairs.push((Some(from), partner));
    }
    pairs.extend(came.map(|to| (None, Some(to))));
}

/// A longest common subsequence; where there are several, the one whose elements stand late in the old list.
fn longest_common<'t, T>(
    mut before: &'t [T],
    mut after: &'t [T],
    same: &impl Fn(&T, &T) -> bool,
) -> Vec<&'t T> {
    let mut tail = Vec::new();
    while let ([olds @ .., old], [news @ .., new]) = (before, after)
        && same(old, new)
    {
        tail.push(old);
        (before, after) = (olds, news);
    }
    let mut common = Vec::new();
    if !fits(before, after) {
        while let ([old, olds @ ..], [new, news @ ..]) = (before, after)
            && same(old, new)
        {
            common.push(old);
            (before, after) = (olds, news);
        }
    }
    let mut middle = Vec::new();
    if fits(before, after) {
        let lengths = lengths(before, after, same);
        while let ([olds @ .., old], [news @ .., new]) = (before, after) {
            if same(old, new) {
                middle.push(old);
                (before, after) = (olds, news);
            } else if lengths[before.len()][news.len()] >= lengths[olds.len()][after.len()] {
                after = news;
            } else {
                before = olds;
            }
        }
    }
    common.extend(middle.into_iter().rev());
    common.extend(tail.into_iter().rev());
    common
}

fn fits<T>(before: &[T], after: &[T]) -> bool {
    before.len().saturating_mul(after.len()) <= MOST_CELLS
}

/// `lengths[m][n]` is the length of a longest common subsequence of the first `m` old and the first `n` new elements.
fn lengths<T>(before: &[T], after: &[T], same: &impl Fn(&T, &T) -> bool) -> Vec<Vec<u32>> {
    let mut lengths = vec![vec![0; after.len() + 1]];
    for (m, old) in before.iter().enumerate() {
        let shorter = &lengths[m];
        let mut row = Vec::with_capacity(shorter.len());
        row.push(0);
        for (n, new) in after.iter().enumerate() {
            row.push(if same(old, new) { shorter[n] + 1 } else { shorter[n + 1].max(row[n]) });
        }
        lengths.push(row);
    }
    lengths
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
