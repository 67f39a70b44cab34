//! "Did you mean": the nearest of the names that would have been right.

/// The first candidate that is fewer than three edits away, as both HCL and Terraform choose it.
///
/// Terraform offers candidates in sorted order where they come from a map, so callers sort them.
pub fn suggest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given: Vec<char> = given.chars().collect();
    candidates.into_iter().find(|candidate| within_two_edits(&given, candidate))
}

/// ` Did you mean "x"?`, or nothing.
pub fn did_you_mean<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    match suggest(given, candidates) {
        Some(name) => format!(" Did you mean {}?", lang::quote(name)),
        None => String::new(),
    }
}

/// The same in words that no tool has: then the nearest of the candidates is named, not the first.
pub fn did_you_mean_nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let chars: Vec<char> = given.chars().collect();
    let near = candidates.into_iter().filter(|candidate| within_two_edits(&chars, candidate));
    let nearest = near.min_by_key(|candidate| distance(&chars, &candidate.chars().collect::<Vec<_>>()));
    did_you_mean(given, nearest)
}

fn within_two_edits(given: &[char], candidate: &str) -> bool {
    let candidate: Vec<char> = candidate.chars().collect();
    if given.len().abs_diff(candidate.len()) > 2 {
        return false;
    }
    distance(given, &candidate) < 3
}

/// The Levenshtein distance: insertions, deletions and substitutions.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (slot, to) in row.iter_mut().skip(1).zip(b) {
            let substitute = diagonal + usize::from(from != to);
            diagonal = *slot;
            left = substitute.min(diagonal + 1).min(left + 1);
            *slot = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        let distance = |a: &str, b: &str| {
            super::distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
        };
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "ab"), 2);
        assert_eq!(distance("foo", "to"), 2);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn takes_the_first_near_name() {
        assert_eq!(suggest("nam", ["name", "names"]), Some("name"));
        assert_eq!(suggest("x", ["a", "x"]), Some("a"));
        assert_eq!(suggest("greeting", ["name"]), None);
        assert_eq!(did_you_mean("arm", ["acl", "arn"]), " Did you mean \"acl\"?");
        assert_eq!(did_you_mean_nearest("arm", ["acl", "arn"]), " Did you mean \"arn\"?");
        assert_eq!(did_you_mean_nearest("greeting", ["name"]), "");
    }
}
