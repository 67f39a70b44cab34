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

    /// The dialect of a file when nothing else says: `.tofu` and `.tofutest` files are OpenTofu's.
    pub fn of_file(name: &str) -> Dialect {
        let tofu = [".tofu", ".tofu.json", ".tofutest.hcl", ".tofutest.json"];
        if tofu.iter().any(|suffix| name.ends_with(suffix)) {
            Dialect::opentofu(11, 0)
        } else {
            Dialect::default()
        }
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

/// Terraform 1.11.4, the version whose answers are recorded.
impl Default for Dialect {
    fn default() -> Dialect {
        Dialect::terraform(11, 4)
    }
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
    fn versions_and_tools_decide() {
        let since = Since::new((1, 12), (1, 10));
        assert!(!Dialect::default().has(since));
        assert!(Dialect::terraform(12, 0).has(since));
        assert!(Dialect::opentofu(10, 0).has(since));
        assert!(!Dialect::opentofu(15, 0).has(Since::terraform_only((1, 6))));
        assert!(!Dialect::terraform(15, 0).has(Since::opentofu_only((1, 7))));
        assert_eq!(since.to_string(), "Terraform 1.12, OpenTofu 1.10");
        assert_eq!(Since::opentofu_only((1, 7)).to_string(), "OpenTofu 1.7");
    }
}
