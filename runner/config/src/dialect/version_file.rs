//! `.terraform-version` and `.opentofu-version`: the version that version managers run in a directory.

use syntax::{FileName, SmolStr};

use super::requirements::Requirements;
use super::{Choice, Dialect, Reason, Tool};
use crate::files::{Files, join};

const NAMES: [(Tool, &str); 2] =
    [(Tool::Terraform, ".terraform-version"), (Tool::OpenTofu, ".opentofu-version")];

/// No version is longer than this, in bytes.
const LONGEST: usize = 64;

/// A version file and the first line in it that is no comment.
pub(super) struct VersionFile {
    tool: Tool,
    file: FileName,
    text: SmolStr,
}

/// The version files of the nearest directory that has one: of a directory and all those above it, as version managers
/// look for them.
pub(super) fn nearest(files: &dyn Files, dir: &str) -> Vec<VersionFile> {
    let mut found = ancestors(files, dir)
        .map(|dir| NAMES.iter().filter_map(|(tool, name)| read(files, &dir, *tool, name)).collect());
    found.find(|found: &Vec<VersionFile>| !found.is_empty()).unwrap_or_default()
}

/// The nearest version file of one tool.
pub(super) fn of_tool(files: &dyn Files, dir: &str, tool: Tool) -> Option<VersionFile> {
    let (_, name) = NAMES.iter().find(|(known, _)| *known == tool)?;
    ancestors(files, dir).find_map(|dir| read(files, &dir, tool, name))
}

impl VersionFile {
    pub(super) fn tool(&self) -> Tool {
        self.tool
    }

    pub(super) fn reason(&self) -> Reason {
        Reason::VersionFile { file: self.file.clone(), text: self.text.clone() }
    }

    /// The version that it means; `None` when it means none that can run test files, or leaves the matter to
    /// `required_version`.
    pub(super) fn choose(&self, requirements: &Requirements) -> Option<Choice> {
        let dialect = match self.text.split_once(':') {
            None => self.named(requirements)?,
            Some(("latest", pattern)) => self.latest(pattern)?,
            Some(_) => return None,
        };
        Some(Choice { dialect, reason: self.reason() })
    }

    fn named(&self, requirements: &Requirements) -> Option<Dialect> {
        match self.text.as_str() {
            "latest" => Some(Dialect::newest(self.tool)),
            "min-required" => {
                let known: Vec<Dialect> = Dialect::known(self.tool).collect();
                known.into_iter().filter(|known| requirements.allow(*known)).min_by_key(|known| known.version)
            }
            text => self.numbered(text),
        }
    }

    /// The newest release whose version a pattern such as `^1.9` matches. Of regular expressions this is the part that
    /// people use.
    fn latest(&self, pattern: &str) -> Option<Dialect> {
        let text = pattern.trim_start_matches('^').trim_end_matches('$').replace('\\', "");
        let matches = |version: &str| match (pattern.starts_with('^'), pattern.ends_with('$')) {
            (true, true) => version == text,
            (true, false) => version.starts_with(&text),
            (false, true) => version.ends_with(&text),
            (false, false) => version.contains(&text),
        };
        Dialect::known(self.tool).find(|known| matches(&known.version.to_string()))
    }

    /// `1.9.5`, `v1.9.5`, `1.9`, `1.10.0-rc1`. One that is newer than all that are known has the rules of the newest.
    fn numbered(&self, text: &str) -> Option<Dialect> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let numbers = text.split(['-', '+']).next().unwrap_or(text);
        let newest = Dialect::known(self.tool).max_by_key(|known| known.version)?;
        let minor: u32 = numbers.strip_prefix("1.")?.split('.').next()?.parse().ok()?;
        if minor > newest.version.minor {
            return Some(newest);
        }
        Dialect::parse(&format!("{}@{numbers}", self.tool.command())).ok()
    }
}

fn read(files: &dyn Files, dir: &str, tool: Tool, name: &str) -> Option<VersionFile> {
    let path = join(dir, name);
    let text = files.read(&path).ok()?;
    let mut lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let line = lines.find(|line| !line.is_empty()).filter(|line| line.len() <= LONGEST)?;
    Some(VersionFile { tool, file: FileName::new(&path), text: line.into() })
}

/// A directory and those above it, beyond the one that names count from too: a terminal in a part of a repository and an
/// editor on the whole of it mean the same version.
fn ancestors(files: &dyn Files, dir: &str) -> impl Iterator<Item = String> {
    let named = std::iter::successors(Some(dir), |dir| match dir.rsplit_once('/') {
        Some(("", _)) | None => (*dir != "." && *dir != ".." && !dir.starts_with('/')).then_some("."),
        Some((_, "..")) => None,
        Some((above, _)) => Some(above),
    });
    let above = if dir.starts_with('/') { 0 } else { files.above() };
    named.map(str::to_owned).chain((1..=above).map(|count| vec![".."; count].join("/")))
}
