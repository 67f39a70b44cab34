//! Which tool and version a configuration is written for. What a dialect has and has not is data: a [`Since`].

use std::fmt;

/// The tool whose rules a configuration follows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Tool {
    #[default]
    Terraform,
    OpenTofu,
}

/// A released version. Pre-release suffixes do not change what is accepted, so they are not kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Version {
    pub major: u32,
    pub minor: u32,
    pub patch: u32,
}

/// A tool at a version.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Dialect {
    pub tool: Tool,
    pub version: Version,
}

/// The first minor version (major, minor) of each tool that has something; `None` for a tool that has it in no stable
/// release.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Since {
    pub terraform: Option<(u32, u32)>,
    pub opentofu: Option<(u32, u32)>,
}

/// `&&` and `||` are decided by one operand where that is enough, and what is wrong with the other one is not said.
/// (OpenTofu 1.10; Terraform 1.12.)
pub const SHORT_CIRCUIT: Since = Since::new((1, 12), (1, 10));

/// `contains` may look for null. (Terraform 1.16; OpenTofu in no stable release.)
pub const NULL_NEEDLE: Since = Since::terraform_only((1, 16));

impl Dialect {
    pub const fn terraform(minor: u32, patch: u32) -> Dialect {
        Dialect { tool: Tool::Terraform, version: Version { major: 1, minor, patch } }
    }

    pub const fn opentofu(minor: u32, patch: u32) -> Dialect {
        Dialect { tool: Tool::OpenTofu, version: Version { major: 1, minor, patch } }
    }

    /// What a person calls it: `terraform@1.15`, `tofu@1.10.2`, or the tool alone for its newest release. A version
    /// without its last part is the newest patch of that minor version.
    ///
    /// The error is a sentence for that person.
    pub fn parse(text: &str) -> Result<Dialect, String> {
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (text, None),
        };
        let series =
            SERIES.iter().find(|series| series.names.contains(&name)).ok_or_else(|| unknown(text))?;
        let version = match version {
            None => series.newest(),
            Some(version) => series.version(version).ok_or_else(|| unknown(text))?,
        };
        Ok(Dialect { tool: series.tool, version })
    }

    /// The newest release of a tool that is known.
    pub fn newest(tool: Tool) -> Dialect {
        Dialect { tool, version: Series::of(tool).newest() }
    }

    /// The newest patch of each minor version of a tool that can run test files: the released ones from the newest to
    /// the oldest, and then those that are release candidates so far.
    pub fn known(tool: Tool) -> impl Iterator<Item = Dialect> {
        let series = Series::of(tool);
        let (released, candidates) = (0..series.released, series.released..series.patches.len());
        released
            .rev()
            .chain(candidates)
            .filter_map(|index| series.at(index))
            .map(move |version| Dialect { tool, version })
    }

    /// The name by which [`Dialect::parse`] knows a minor version: `tofu@1.10`.
    pub fn name(self) -> String {
        let name = Series::of(self.tool).names.first().copied().unwrap_or_default();
        format!("{name}@{}.{}", self.version.major, self.version.minor)
    }

    /// Whether this version of this tool has it.
    pub fn has(self, what: impl Into<Since>) -> bool {
        let what = what.into();
        let since = match self.tool {
            Tool::Terraform => what.terraform,
            Tool::OpenTofu => what.opentofu,
        };
        since.is_some_and(|(major, minor)| self.version >= Version { major, minor, patch: 0 })
    }
}

impl Tool {
    pub const ALL: [Tool; 2] = [Tool::Terraform, Tool::OpenTofu];

    /// The name of its program.
    pub const fn command(self) -> &'static str {
        match self {
            Tool::Terraform => "terraform",
            Tool::OpenTofu => "tofu",
        }
    }

    /// The host of the public registry, which the addresses of providers and modules mean that name none.
    pub const fn registry(self) -> &'static str {
        match self {
            Tool::Terraform => "registry.terraform.io",
            Tool::OpenTofu => "registry.opentofu.org",
        }
    }

    /// The tool whose public registry a host is.
    pub fn of_registry(host: &str) -> Option<Tool> {
        Tool::ALL.into_iter().find(|tool| tool.registry() == host)
    }
}

/// The newest Terraform, which is what nobody needs to ask for.
impl Default for Dialect {
    fn default() -> Dialect {
        Dialect::newest(Tool::Terraform)
    }
}

/// The versions of a tool that can run test files.
struct Series {
    tool: Tool,
    /// What people call it.
    names: [&'static str; 2],
    /// The newest patch of each minor version, from 1.6 on.
    patches: &'static [u32],
    /// How many of them are released; of the others there are only release candidates.
    released: usize,
}

/// The first minor version that can run test files, of both tools.
const FIRST: u32 = 6;

const SERIES: [Series; 2] = [TERRAFORM, OPENTOFU];

const TERRAFORM: Series = Series {
    tool: Tool::Terraform,
    names: ["terraform", "tf"],
    patches: &[6, 5, 5, 8, 5, 4, 2, 5, 9, 9, 0],
    released: 10,
};

const OPENTOFU: Series = Series {
    tool: Tool::OpenTofu,
    names: ["tofu", "opentofu"],
    patches: &[3, 10, 11, 4, 10, 14, 6],
    released: 7,
};

impl Series {
    fn of(tool: Tool) -> &'static Series {
        match tool {
            Tool::Terraform => &TERRAFORM,
            Tool::OpenTofu => &OPENTOFU,
        }
    }

    fn newest(&self) -> Version {
        self.at(self.released.saturating_sub(1)).unwrap_or(Version { major: 1, minor: FIRST, patch: 0 })
    }

    /// The newest patch of a minor version, by its place in the table.
    fn at(&self, index: usize) -> Option<Version> {
        let minor = FIRST + u32::try_from(index).ok()?;
        self.patches.get(index).map(|&patch| Version { major: 1, minor, patch })
    }

    /// A version of the series in two or three numbers.
    fn version(&self, text: &str) -> Option<Version> {
        let numbers: Vec<u32> = text.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let (minor, patch) = match *numbers.as_slice() {
            [1, minor] => (minor, None),
            [1, minor, patch] => (minor, Some(patch)),
            _ => return None,
        };
        let newest = self.at(usize::try_from(minor.checked_sub(FIRST)?).ok()?)?;
        Some(Version { patch: patch.unwrap_or(newest.patch), ..newest })
    }
}

fn unknown(text: &str) -> String {
    let [terraform, tofu] = SERIES.map(|series| {
        let [name, _] = series.names;
        let last = series.patches.len().saturating_sub(1);
        let last = series.at(last).unwrap_or(series.newest());
        format!("{name}@1.{FIRST} to {name}@{}.{}", last.major, last.minor)
    });
    format!(
        "There is no dialect \"{text}\". Known are {terraform} and {tofu}, or the tool's name alone for its newest \
         version."
    )
}

impl Since {
    /// In every version of both tools that is supported.
    pub const ALWAYS: Since = Since::new((1, 0), (1, 6));

    pub const fn new(terraform: (u32, u32), opentofu: (u32, u32)) -> Since {
        Since { terraform: Some(terraform), opentofu: Some(opentofu) }
    }

    pub const fn terraform_only(terraform: (u32, u32)) -> Since {
        Since { terraform: Some(terraform), opentofu: None }
    }

    pub const fn opentofu_only(opentofu: (u32, u32)) -> Since {
        Since { terraform: None, opentofu: Some(opentofu) }
    }
}

/// `Terraform 1.9, OpenTofu 1.7`; the tools that do not have it are left out.
impl fmt::Display for Since {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tools = [(Tool::Terraform, self.terraform), (Tool::OpenTofu, self.opentofu)];
        let mut separator = "";
        for (tool, since) in tools {
            if let Some((major, minor)) = since {
                write!(f, "{separator}{tool} {major}.{minor}")?;
                separator = ", ";
            }
        }
        Ok(())
    }
}

/// `Terraform 1.11.4`.
impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.tool, self.version)
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Tool::Terraform => "Terraform",
            Tool::OpenTofu => "OpenTofu",
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() {
        for (text, dialect) in [
            ("terraform", Dialect::terraform(15, 9)),
            ("terraform@1.15", Dialect::terraform(15, 9)),
            ("terraform@1.11", Dialect::terraform(11, 4)),
            ("terraform@1.11.2", Dialect::terraform(11, 2)),
            ("terraform@1.16", Dialect::terraform(16, 0)),
            ("tofu", Dialect::opentofu(12, 6)),
            ("opentofu@1.10", Dialect::opentofu(10, 10)),
        ] {
            assert_eq!(Dialect::parse(text), Ok(dialect), "{text}");
        }
        let wrong = [
            "",
            "pulumi",
            "@1.10",
            "terraform@",
            "terraform@1",
            "terraform@1.5",
            "terraform@1.17",
            "tofu@1.13",
            "terraform@2.0",
            "terraform@1.15.x",
            "terraform@1.15.0.0",
            "terraform@1.99999999999",
            "Terraform",
        ];
        for text in wrong {
            let message = Dialect::parse(text).unwrap_err();
            assert!(message.contains(&format!("\"{text}\"")), "{message}");
        }
        assert_eq!(
            Dialect::parse("tofu@2").unwrap_err(),
            "There is no dialect \"tofu@2\". Known are terraform@1.6 to terraform@1.16 and tofu@1.6 to tofu@1.12, or \
             the tool's name alone for its newest version."
        );
        assert_eq!(Dialect::newest(Tool::OpenTofu), Dialect::opentofu(12, 6));
        assert_eq!(Dialect::default(), Dialect::terraform(15, 9));
        assert_eq!(Dialect::opentofu(10, 2).name(), "tofu@1.10");
    }

    #[test]
    fn released_versions_come_before_candidates() {
        let minors: Vec<u32> = Dialect::known(Tool::Terraform).map(|dialect| dialect.version.minor).collect();
        assert_eq!(minors, [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 16]);
        let patches: Vec<u32> = Dialect::known(Tool::OpenTofu).map(|dialect| dialect.version.patch).collect();
        assert_eq!(patches, [6, 14, 10, 4, 11, 10, 3]);
    }

    #[test]
    fn versions_and_tools_decide() {
        let since = Since::new((1, 12), (1, 10));
        assert!(!Dialect::terraform(11, 4).has(since));
        assert!(Dialect::terraform(12, 0).has(since));
        assert!(Dialect::opentofu(10, 0).has(since));
        assert!(!Dialect::opentofu(15, 0).has(Since::terraform_only((1, 6))));
        assert!(!Dialect::terraform(15, 0).has(Since::opentofu_only((1, 7))));
        assert_eq!(since.to_string(), "Terraform 1.12, OpenTofu 1.10");
        assert_eq!(Since::opentofu_only((1, 7)).to_string(), "OpenTofu 1.7");
    }
}
