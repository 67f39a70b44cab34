//! Which dialect files are read in, and why.
//!
//! What a person asked for, on the command line or in the editor's settings, beats everything. Otherwise the module
//! under test decides, once for all its files, and the modules that it calls follow it.
//!
//! The tool, from what says most to what says least:
//!
//! 1. The name of a test file, for that file alone: only OpenTofu reads `.tofutest.hcl`.
//! 2. A `.tofu` file of the module that stands in the place of no `.tf` file: Terraform would not see what it declares.
//!    One that stands beside a `.tf` file of the same name says that both tools are meant.
//! 3. The nearest `.terraform-version` or `.opentofu-version`, in the module's directory or above it: somebody chose
//!    what is run here. Both in one directory say that both tools are meant.
//! 4. The lock file: the registry of its providers tells which tool wrote it.
//! 5. Otherwise Terraform.
//!
//! The version of that tool:
//!
//! 1. The nearest version file of the tool. It names one version, and that is what version managers run; where
//!    `required_version` forbids it, the tool refuses the module, and so do we.
//! 2. `required_version`: the newest release that the module and the modules it calls allow. It says what may be run and
//!    not what is run, so it comes second. OpenTofu from 1.12 on takes it from `.tofu` files only.
//! 3. The newest release.
//!
//! A version without a patch is the newest patch of its minor version. A release candidate is only chosen where nothing
//! that is released will do.

mod choose;
mod feature;
mod requirements;
mod version_file;

use std::fmt;

pub use feature::Feature;
pub use lang::{Dialect, Tool, Version};
use syntax::{FileName, Location, SmolStr};

use crate::decode::REQUIRED_VERSION;
use crate::facts::FactsCache;
use crate::file_role;
use crate::files::Files;
use crate::module::RequiredVersion;

/// Whose rules the files of a project follow: the dialect that was asked for, or what the files say.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Dialects {
    /// What a person or a setting asked for.
    pub asked: Option<Dialect>,
}

/// A dialect and why it is that one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Choice {
    pub dialect: Dialect,
    pub reason: Reason,
}

/// Why files are read in a dialect.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Reason {
    /// A person or a setting asked for it.
    Asked,
    /// A version that the module requires, with its place.
    RequiredVersion { required: RequiredVersion, place: Location },
    /// A file for version managers, and what it says.
    VersionFile { file: FileName, text: SmolStr },
    /// The lock file has providers of the tool's registry.
    LockFile { file: FileName },
    /// A file that only OpenTofu reads.
    FileName { file: FileName },
    /// Nothing says anything else.
    #[default]
    Newest,
}

impl Dialects {
    /// The dialect of everything in the project.
    pub fn only(dialect: Dialect) -> Dialects {
        Dialects { asked: Some(dialect) }
    }

    /// The dialect of the module in `dir`.
    pub fn of_module(self, files: &dyn Files, dir: &str, cache: &FactsCache) -> Choice {
        match self.asked {
            Some(dialect) => dialect.into(),
            None => choose::choose(files, dir, None, cache),
        }
    }

    /// The dialect of a file that belongs to the module in `dir`, and for a test file that of the module that it tests.
    pub fn of_file(self, files: &dyn Files, dir: &str, name: &str, cache: &FactsCache) -> Choice {
        if self.asked.is_some() || !file_role::is_test_of_opentofu(name) {
            return self.of_module(files, dir, cache);
        }
        let reason = Reason::FileName { file: FileName::new(name) };
        choose::choose(files, dir, Some((Tool::OpenTofu, reason)), cache)
    }
}

/// What a caller asks for.
impl From<Dialect> for Choice {
    fn from(dialect: Dialect) -> Choice {
        Choice { dialect, reason: Reason::Asked }
    }
}

impl Reason {
    /// Where it stands, when it is said in a file.
    pub fn place(&self) -> Option<&Location> {
        match self {
            Reason::RequiredVersion { place, .. } => Some(place),
            _ => None,
        }
    }
}

impl Choice {
    /// Why, as the second half of a sentence: "this module says …". `None` when there is nothing to point at.
    pub fn because(&self) -> Option<String> {
        let base = |file: &FileName| file.as_str().rsplit('/').next().unwrap_or_default().to_owned();
        Some(match &self.reason {
            Reason::RequiredVersion { required, .. } => {
                format!("this module says `{} = {}`", required.argument, lang::quote(&required.constraint))
            }
            Reason::VersionFile { file, text } => format!("`{}` says {text}", base(file)),
            Reason::LockFile { file } => format!("`{}` is {}'s", base(file), self.dialect.tool),
            Reason::FileName { file } => format!("only {} reads `{}`", self.dialect.tool, base(file)),
            Reason::Asked | Reason::Newest => return None,
        })
    }
}

/// A few words: `required_version ">= 1.9"`.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Asked => f.write_str("as asked"),
            Reason::RequiredVersion { required, .. } => {
                write!(f, "{} {}", required.argument, lang::quote(&required.constraint))
            }
            Reason::VersionFile { file, .. } | Reason::LockFile { file } | Reason::FileName { file } => {
                f.write_str(file.as_str())
            }
            Reason::Newest => f.write_str("the newest release"),
        }
    }
}

/// `Terraform 1.15.9 (required_version ">= 1.9")`
impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.dialect, self.reason)
    }
}

/// Whether a tool looks at a version that a file requires.
pub(crate) fn binds(dialect: Dialect, required: &RequiredVersion, file: &str) -> bool {
    let of_language = required.argument != REQUIRED_VERSION;
    if dialect.has(Feature::LanguageBlock) {
        return of_language || file_role::is_of_opentofu(file);
    }
    !of_language
}
