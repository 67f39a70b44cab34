//! What files are for, by the ends of their names: the one place that knows the endings, and which file hides which.

use crate::dialect::{Dialect, Feature, Tool};

/// What a file is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileRole {
    /// Declarations of the module in its directory.
    Module,
    /// Run blocks.
    Test,
    /// Values for the mocks of a test file's provider.
    Mocks,
    /// Values of variables.
    Variables,
}

/// An ending, what files with it are for, and the one tool that reads them if it is only one. In place of `hides`,
/// that tool reads a file with this ending and the same name before it.
struct Ending {
    text: &'static str,
    role: FileRole,
    tool: Option<Tool>,
    hides: Option<&'static str>,
}

const fn of_both(text: &'static str, role: FileRole) -> Ending {
    Ending { text, role, tool: None, hides: None }
}

const fn of_opentofu(text: &'static str, role: FileRole, hides: &'static str) -> Ending {
    Ending { text, role, tool: Some(Tool::OpenTofu), hides: Some(hides) }
}

const fn of_terraform(text: &'static str, role: FileRole) -> Ending {
    Ending { text, role, tool: Some(Tool::Terraform), hides: None }
}

const ENDINGS: [Ending; 12] = [
    of_both(".tf", FileRole::Module),
    of_both(".tf.json", FileRole::Module),
    of_opentofu(".tofu", FileRole::Module, ".tf"),
    of_opentofu(".tofu.json", FileRole::Module, ".tf.json"),
    of_both(".tftest.hcl", FileRole::Test),
    of_both(".tftest.json", FileRole::Test),
    of_opentofu(".tofutest.hcl", FileRole::Test, ".tftest.hcl"),
    of_opentofu(".tofutest.json", FileRole::Test, ".tftest.json"),
    of_terraform(".tfmock.hcl", FileRole::Mocks),
    of_terraform(".tfmock.json", FileRole::Mocks),
    of_both(".tfvars", FileRole::Variables),
    of_both(".tfvars.json", FileRole::Variables),
];

impl FileRole {
    /// What a file of that name is for, for either tool; `None` for files of no interest.
    pub fn of(name: &str) -> Option<FileRole> {
        ending(name).map(|ending| ending.role)
    }
}

/// Who reads the files of a directory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Readers {
    Only(Tool),
    /// Either, each in its own way. Of two files of the same name, Terraform's is read.
    Both,
}

impl Readers {
    /// Who reads files in a dialect. Before OpenTofu had names of its own, it read the same ones as Terraform.
    pub(crate) fn of(dialect: Dialect) -> Readers {
        match dialect.tool {
            Tool::OpenTofu if !dialect.has(Feature::OpenTofuNames) => Readers::Only(Tool::Terraform),
            tool => Readers::Only(tool),
        }
    }
}

/// Whether a file's name means something to OpenTofu alone.
pub(crate) fn is_of_opentofu(name: &str) -> bool {
    ending(name).is_some_and(|ending| ending.tool == Some(Tool::OpenTofu))
}

/// Whether a test file's name means something to OpenTofu alone.
pub(crate) fn is_test_of_opentofu(name: &str) -> bool {
    is_of_opentofu(name) && FileRole::of(name) == Some(FileRole::Test)
}

/// The first file of that role that only OpenTofu reads, and that stands in the place of no other.
pub(crate) fn lone_opentofu_file(names: &[String], role: FileRole) -> Option<&str> {
    read_in(names, role, Readers::Only(Tool::OpenTofu)).into_iter().find(|name| {
        let hides = ending(name).and_then(|ending| Some((name.strip_suffix(ending.text)?, ending.hides?)));
        hides.is_some_and(|(stem, other)| !is_there(names, stem, other))
    })
}

fn is_there(names: &[String], stem: &str, end: &str) -> bool {
    names.iter().any(|name| name.strip_suffix(end) == Some(stem))
}

/// Of the names in one directory those of files with that role that are read, in the given order.
pub(crate) fn read_in(names: &[String], role: FileRole, readers: Readers) -> Vec<&str> {
    let mut names = read_even_hidden(names, role, readers);
    names.retain(|name| !is_leftover(name));
    names
}

/// The same with hidden files and leftovers.
pub(crate) fn read_even_hidden(names: &[String], role: FileRole, readers: Readers) -> Vec<&str> {
    let is_hidden = |name: &str, ending: &Ending| {
        let stem = name.strip_suffix(ending.text).unwrap_or(name);
        match readers {
            Readers::Only(Tool::OpenTofu) => {
                let mut others = ENDINGS.iter().filter(|other| other.hides == Some(ending.text));
                others.any(|other| is_there(names, stem, other.text))
            }
            Readers::Only(Tool::Terraform) => false,
            Readers::Both => ending.hides.is_some_and(|other| is_there(names, stem, other)),
        }
    };
    let is_of_reader = |ending: &&Ending| match (ending.tool, readers) {
        (Some(tool), Readers::Only(reader)) => tool == reader,
        _ => true,
    };
    let is_read = |name: &str| {
        let ending = ending(name).filter(|ending| ending.role == role);
        ending.filter(is_of_reader).is_some_and(|ending| !is_hidden(name, ending))
    };
    names.iter().map(String::as_str).filter(|name| is_read(name)).collect()
}

/// Whether a module's file only changes declarations of the module's other files.
pub(crate) fn is_override(name: &str) -> bool {
    let base = name.rsplit('/').next().unwrap_or(name);
    let stem = ending(base).and_then(|ending| base.strip_suffix(ending.text)).unwrap_or(base);
    stem == "override" || stem.ends_with("_override")
}

/// Names that Terraform takes for editors' leftovers, and reads no file of.
pub fn is_leftover(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}

fn ending(name: &str) -> Option<&'static Ending> {
    ENDINGS.iter().find(|ending| name.ends_with(ending.text))
}

#[cfg(test)]
mod tests {
    use super::*;
    /// The files of that role among `names` that both tools, Terraform and OpenTofu read.
    fn read(role: FileRole, names: &[&str]) -> [String; 3] {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let readers = [Readers::Both, Readers::Only(Tool::Terraform), Readers::Only(Tool::OpenTofu)];
        readers.map(|readers| read_in(&names, role, readers).join(" "))
    }

    #[test]
    fn a_file_in_the_place_of_another_is_not_alone() {
        let alone = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            lone_opentofu_file(&names, FileRole::Module).map(str::to_owned)
        };
        assert_eq!(alone(&["a.tf", "a.tofu", "b.tf"]), None);
        assert_eq!(alone(&["a.tf", "a.tofu", "b.tofu.json"]).as_deref(), Some("b.tofu.json"));
        assert_eq!(alone(&["a.tf", ".b.tofu"]), None);
    }

    #[test]
    fn opentofus_files_stand_in_the_place_of_terraforms() {
        let names =
            ["a.tf", "a.tofu", "a.tf.json", "b.tofu.json", "c.tf", "c_override.tf", "c_override.tofu"];
        let [_, terraform, tofu] = read(FileRole::Module, &names);
        assert_eq!(terraform, "a.tf a.tf.json c.tf c_override.tf");
        assert_eq!(tofu, "a.tofu a.tf.json b.tofu.json c.tf c_override.tofu");
    }

    #[test]
    fn without_a_tool_every_test_is_read_once() {
        let names =
            ["a.tftest.hcl", "a.tofutest.hcl", "a.tofutest.json", "b.tftest.json", "b.tofutest.hcl", "x.hcl"];
        assert_eq!(
            read(FileRole::Test, &names),
            [
                "a.tftest.hcl a.tofutest.json b.tftest.json b.tofutest.hcl",
                "a.tftest.hcl b.tftest.json",
                "a.tofutest.hcl a.tofutest.json b.tftest.json b.tofutest.hcl",
            ]
        );
    }

    #[test]
    fn leftovers_are_not_read() {
        let names = [".tf", ".a.tf", "a.tf~", "#a.tf#", "#b.tf", "a.tf.bak", "tf"];
        assert_eq!(read(FileRole::Module, &names)[1], "#b.tf");
    }

    #[test]
    fn overrides_are_known_by_the_name_before_the_ending() {
        for name in
            ["override.tf", "x/override.tf.json", "a_override.tf", "override.tofu", "a_override.tofu.json"]
        {
            assert!(is_override(name), "{name}");
        }
        for name in ["overrides.tf", "my-override.tf", "override_a.tf", "a_override/main.tf"] {
            assert!(!is_override(name), "{name}");
        }
    }

    #[test]
    fn roles_are_told_by_the_end() {
        assert_eq!(FileRole::of("a/b.tofu.json"), Some(FileRole::Module));
        assert_eq!(FileRole::of("tests/b.tofutest.hcl"), Some(FileRole::Test));
        assert_eq!(FileRole::of("b.tfmock.json"), Some(FileRole::Mocks));
        assert_eq!(FileRole::of("x.auto.tfvars"), Some(FileRole::Variables));
        assert_eq!(FileRole::of("b.hcl"), None);
    }
}
