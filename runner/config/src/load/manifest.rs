//! What `init` installed: `.terraform/modules/modules.json`, which says where each module call's module is.

use std::collections::HashMap;

use serde::Deserialize;
use syntax::SmolStr;

use crate::dialect::Tool;
use crate::files::{FileError, Files, join};
use crate::source::ModuleAddress;
use crate::version::Constraint;

/// The installed modules of a working directory, by the names of the calls that lead to them, with dots between.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    modules: HashMap<String, Installed>,
    /// Why it could not be read, in a sentence; then nothing counts as installed.
    pub(super) problem: Option<String>,
}

/// One line of the manifest.
#[derive(Debug, Deserialize)]
pub(super) struct Installed {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "Source", default)]
    source: String,
    #[serde(rename = "Version", default)]
    version: String,
    #[serde(rename = "Dir")]
    pub(super) dir: String,
}

#[derive(Deserialize)]
struct Snapshot {
    #[serde(rename = "Modules", default)]
    modules: Vec<Installed>,
}

/// How a call and what was installed for it differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Outdated {
    Source,
    /// The installed version, as written.
    Version(String),
}

impl Manifest {
    /// Reads the manifest of the working directory `root`. One that is not there lists nothing.
    pub(super) fn read(files: &dyn Files, root: &str) -> Manifest {
        let path = join(root, ".terraform/modules/modules.json");
        let text = match files.read(&path) {
            Ok(text) => text,
            Err(FileError::NotFound) => return Manifest::default(),
            Err(error) => return Manifest::unreadable(&path, &error.to_string()),
        };
        match serde_json::from_str::<Snapshot>(&text) {
            Ok(Snapshot { modules }) => Manifest {
                modules: modules.into_iter().map(|module| (module.key.clone(), module)).collect(),
                problem: None,
            },
            Err(error) => Manifest::unreadable(&path, &error.to_string()),
        }
    }

    fn unreadable(path: &str, why: &str) -> Manifest {
        let problem = format!("The list of installed modules in {path} cannot be read: {why}.");
        Manifest { modules: HashMap::new(), problem: Some(problem) }
    }

    /// The directories of everything that is installed.
    pub(super) fn dirs(&self) -> impl Iterator<Item = &str> {
        self.modules.values().map(|installed| installed.dir.as_str())
    }

    pub(super) fn get(&self, key: &str) -> Option<&Installed> {
        self.modules.get(key)
    }
}

impl Installed {
    /// Whether it is what the call asks for now.
    pub(super) fn check(&self, source: &ModuleAddress, version: Option<&SmolStr>) -> Result<(), Outdated> {
        if !same_source(source, &self.source) {
            return Err(Outdated::Source);
        }
        let constraint = version.and_then(|version| Constraint::parse(version));
        let allowed = constraint.is_none_or(|constraint| constraint.allows_text(&self.version));
        if allowed { Ok(()) } else { Err(Outdated::Version(self.version.clone())) }
    }
}

/// Whether a source is the one that the manifest has in its full form. Short forms that only the installer knows how to
/// complete are taken to be the same.
fn same_source(source: &ModuleAddress, installed: &str) -> bool {
    match source {
        ModuleAddress::Registry(text) => without_public_registry(text) == without_public_registry(installed),
        ModuleAddress::Remote(text) => {
            completed(text).is_none_or(|full| full == installed || **text == *installed)
        }
        ModuleAddress::Local(_) | ModuleAddress::Invalid { .. } => false,
    }
}

/// A registry's source as it is in either tool's own registry.
fn without_public_registry(source: &str) -> &str {
    match source.split_once('/') {
        Some((host, rest)) if Tool::of_registry(host).is_some() => rest,
        _ => source,
    }
}

/// The full form of a remote source, as the installer writes it down.
fn completed(text: &str) -> Option<String> {
    if text.contains("::") || text.contains("://") {
        return Some(text.to_owned());
    }
    if let Some(rest) = text.strip_prefix("github.com/") {
        let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
        let mut parts = path.splitn(3, '/');
        let (owner, name) = (parts.next()?, parts.next()?.trim_end_matches(".git"));
        let below =
            parts.next().map(|below| format!("//{}", below.trim_start_matches('/'))).unwrap_or_default();
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        return Some(format!("git::https://github.com/{owner}/{name}.git{below}{query}"));
    }
    let (user_and_host, path) = text.split_once(':')?;
    user_and_host.contains('@').then(|| format!("git::ssh://{user_and_host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, version: Option<&str>, installed: &str, at: &str) -> Result<(), Outdated> {
        let address = ModuleAddress::parse(source, version.is_some(), Tool::Terraform);
        let entry = Installed {
            key: String::new(),
            source: installed.into(),
            version: at.into(),
            dir: String::new(),
        };
        entry.check(&address, version.map(SmolStr::new).as_ref())
    }

    #[test]
    fn sources_are_compared_in_their_full_form() {
        for (source, installed) in [
            ("a/b/c", "registry.terraform.io/a/b/c"),
            ("a/b/c//sub", "registry.opentofu.org/a/b/c//sub"),
            ("x.example.com/a/b/c", "x.example.com/a/b/c"),
            ("github.com/o/r", "git::https://github.com/o/r.git"),
            ("github.com/o/r//sub?ref=v1", "git::https://github.com/o/r.git//sub?ref=v1"),
            ("git@github.com:o/r.git", "git::ssh://git@github.com/o/r.git"),
            ("git::https://x.example.com/r.git?ref=1", "git::https://x.example.com/r.git?ref=1"),
            ("bitbucket.org/o/r", "git::https://bitbucket.org/o/r.git"),
        ] {
            assert_eq!(check(source, None, installed, ""), Ok(()), "{source}");
        }
        for (source, installed) in [
            ("a/b/c", "registry.terraform.io/a/b/d"),
            ("a/b/c", "x.example.com/a/b/c"),
            ("github.com/o/r", "git::https://github.com/o/other.git"),
            ("git::https://x.example.com/r.git?ref=2", "git::https://x.example.com/r.git?ref=1"),
        ] {
            assert_eq!(check(source, None, installed, ""), Err(Outdated::Source), "{source}");
        }
    }

    #[test]
    fn versions_are_those_that_the_call_allows() {
        let installed =
            |version: &str| check("a/b/c", Some("~> 1.2"), "registry.terraform.io/a/b/c", version);
        assert_eq!(installed("1.4.0"), Ok(()));
        for version in ["2.0.0", "1.1.9", "", "1.4.0-beta1", "nonsense"] {
            assert_eq!(installed(version), Err(Outdated::Version(version.to_owned())), "{version}");
        }
        let exact = check("a/b/c", Some("1.4.0-beta1"), "registry.terraform.io/a/b/c", "1.4.0-beta1");
        assert_eq!(exact, Ok(()));
    }
}
