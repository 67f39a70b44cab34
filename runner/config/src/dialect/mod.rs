//! What not every dialect of test files accepts or does, in one table; and which dialect a file is read in.

mod feature;

pub use feature::Feature;
pub use lang::{Dialect, Tool, Version};

use crate::file_role;

/// Whose rules the files of a project follow: the dialect that was asked for, or what each file's name says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Dialects {
    /// What a person or a setting asked for.
    pub asked: Option<Dialect>,
}

impl Dialects {
    /// The dialect of everything in the project.
    pub fn only(dialect: Dialect) -> Dialects {
        Dialects { asked: Some(dialect) }
    }

    /// The dialect of a module when no test file asks for it.
    pub fn of_modules(self) -> Dialect {
        self.asked.unwrap_or_default()
    }

    /// The dialect of a file, and of the module that a test file tests. Names that only OpenTofu gives a meaning to make
    /// a file OpenTofu's unless another tool was asked for.
    pub fn of_file(self, name: &str) -> Dialect {
        match self.asked {
            Some(dialect) => dialect,
            None if file_role::is_of_opentofu(name) => Dialect::opentofu(11, 0),
            None => Dialect::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_suffixes_decide() {
        assert!(Dialect::default().has(Feature::StateKey));
        assert!(!Dialect::terraform(10, 5).has(Feature::StateKey));
        assert!(!Dialect::default().has(Feature::VariableBlocks));
        let tofu = Dialects::default().of_file("tests/a.tofutest.hcl");
        assert_eq!(tofu.tool, Tool::OpenTofu);
        assert!(!tofu.has(Feature::UniqueRunNames));
        let asked = Dialects::only(Dialect::terraform(15, 0));
        assert_eq!(asked.of_file("tests/a.tofutest.hcl"), asked.of_modules());
    }
}
