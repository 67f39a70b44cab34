//! Version constraints: `>= 1.2, < 2.0`, `~> 1.11.0`.

use crate::dialect::Version;

/// A list of conditions that a version must all meet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Constraint(Vec<(Operator, Wanted)>);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Pessimistic,
}

/// A version as written; how many parts there are matters to `~>`.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Wanted {
    version: Version,
    parts: usize,
    suffix: String,
}

impl Constraint {
    /// `None` when the text is not a constraint.
    pub fn parse(text: &str) -> Option<Constraint> {
        text.split(',').map(condition).collect::<Option<Vec<_>>>().map(Constraint)
    }

    /// The parts of a constraint that name a pre-release, as written.
    pub fn prereleases(text: &str) -> Vec<&str> {
        let is_one = |part: &&str| condition(part).is_some_and(|(_, wanted)| wanted.suffix.starts_with('-'));
        text.split(',').filter(is_one).collect()
    }

    /// Whether a version that may have a suffix (`1.4.0-beta1`) meets the conditions. One with a suffix is only allowed
    /// where it is asked for by name. What is no version is never allowed.
    pub fn allows_text(&self, text: &str) -> bool {
        let Some(wanted) = wanted(text) else { return false };
        match wanted.suffix.is_empty() {
            true => self.allows(wanted.version),
            false => self.0.iter().all(|(operator, asked)| *operator == Operator::Equal && *asked == wanted),
        }
    }

    pub fn allows(&self, version: Version) -> bool {
        self.0.iter().all(|(operator, wanted)| match operator {
            Operator::Equal => version == wanted.version,
            Operator::NotEqual => version != wanted.version,
            Operator::Greater => version > wanted.version,
            Operator::Less => version < wanted.version,
            Operator::GreaterOrEqual => version >= wanted.version,
            Operator::LessOrEqual => version <= wanted.version,
            Operator::Pessimistic => version >= wanted.version && same_series(version, wanted),
        })
    }
}

/// `~> 1.2` allows every 1.x from 1.2, `~> 1.2.3` every 1.2.x from 1.2.3.
fn same_series(version: Version, wanted: &Wanted) -> bool {
    let major = version.major == wanted.version.major;
    match wanted.parts {
        0 | 1 => true,
        2 => major,
        _ => major && version.minor == wanted.version.minor,
    }
}

fn condition(text: &str) -> Option<(Operator, Wanted)> {
    const OPERATORS: &[(&str, Operator)] = &[
        ("!=", Operator::NotEqual),
        (">=", Operator::GreaterOrEqual),
        ("<=", Operator::LessOrEqual),
        ("~>", Operator::Pessimistic),
        ("=", Operator::Equal),
        (">", Operator::Greater),
        ("<", Operator::Less),
    ];
    let text = text.trim();
    let found = OPERATORS
        .iter()
        .find_map(|(symbol, operator)| text.strip_prefix(symbol).map(|rest| (*operator, rest)));
    let (operator, rest) = found.unwrap_or((Operator::Equal, text));
    Some((operator, wanted(rest.trim())?))
}

fn wanted(text: &str) -> Option<Wanted> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let end = text.find(|c: char| c != '.' && !c.is_ascii_digit()).unwrap_or(text.len());
    let (numbers, suffix) = text.split_at_checked(end)?;
    let suffix_is_valid = suffix.is_empty()
        || (suffix.starts_with(['-', '+', '~'])
            && suffix.len() > 1
            && suffix.chars().all(|c| c.is_ascii_alphanumeric() || "-+~.".contains(c)));
    if !suffix_is_valid {
        return None;
    }
    let parts = numbers.split('.').map(|part| part.parse().ok()).collect::<Option<Vec<u32>>>()?;
    let part = |index: usize| parts.get(index).copied().unwrap_or(0);
    let version = Version { major: part(0), minor: part(1), patch: part(2) };
    Some(Wanted { version, parts: parts.len(), suffix: suffix.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(constraint: &str, minor: u32, patch: u32) -> bool {
        let version = Version { major: 1, minor, patch };
        Constraint::parse(constraint).is_some_and(|constraint| constraint.allows(version))
    }

    #[test]
    fn compares_versions() {
        assert!(allows(">= 1.6", 11, 4));
        assert!(allows(">= 1.6, < 2.0.0", 11, 4));
        assert!(!allows("< 1.11", 11, 4));
        assert!(allows("~> 1.6", 11, 4));
        assert!(!allows("~> 1.10.0", 11, 4));
        assert!(allows("!= 1.11.3", 11, 4));
        assert!(allows("1.11.4", 11, 4));
    }

    #[test]
    fn refuses_what_is_no_constraint() {
        for text in ["nope", "", ">= ", "1.x", "=> 1.0", "1.0 || 2.0"] {
            assert_eq!(Constraint::parse(text), None, "{text}");
        }
    }
}
