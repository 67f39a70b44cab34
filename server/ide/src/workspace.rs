//! All folders that are open at once: what is declared in one of them may be named in another.

use config::files::{join, normalize};
use syntax::{FileName, Location, SmolStr};

use crate::snapshot::Snapshot;
use crate::symbol::{Home, Occurrence, Symbol};

/// A folder and where it is.
#[derive(Clone)]
pub struct WorkspaceFolder {
    /// Absolute, with `/` between the parts; something else for documents that are on no disk.
    pub root: String,
    pub snapshot: Snapshot,
}

/// The open folders. Places in them are told by the folder's index.
pub struct Workspace<'c> {
    folders: Vec<WorkspaceFolder>,
    cancelled: &'c dyn Fn() -> bool,
}

/// Something in one of the folders.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place<T = Location> {
    pub folder: usize,
    pub it: T,
}

impl<'c> Workspace<'c> {
    /// `cancelled` is asked now and then whether the answer is still wanted; when it is not, the rest is left out.
    pub fn new(folders: Vec<WorkspaceFolder>, cancelled: &'c dyn Fn() -> bool) -> Workspace<'c> {
        Workspace { folders, cancelled }
    }

    pub fn folders(&self) -> &[WorkspaceFolder] {
        &self.folders
    }

    /// Whether nobody waits for the answer any more.
    pub(crate) fn is_cancelled(&self) -> bool {
        (self.cancelled)()
    }

    pub(crate) fn snapshot(&self, folder: usize) -> Option<&Snapshot> {
        self.folders.get(folder).map(|folder| &folder.snapshot)
    }

    /// Every place in any folder that names `symbol`, a symbol of `file` in `folder`; by folder, file and position.
    pub(crate) fn occurrences_of(
        &self,
        folder: usize,
        file: &FileName,
        symbol: &Symbol,
    ) -> Vec<Place<Occurrence>> {
        let mut found = Vec::new();
        for (index, other) in self.folders.iter().enumerate() {
            let Some(symbol) = self.seen_from(symbol, folder, index) else { continue };
            for file in self.files_naming(index, file, &symbol) {
                if self.is_cancelled() {
                    return found;
                }
                let all = other.snapshot.occurrences_in(&file, &symbol);
                found.extend(all.into_iter().map(|it| Place { folder: index, it }));
            }
        }
        found
    }

    /// The files of a folder that are worth looking at.
    pub(crate) fn files_naming(&self, folder: usize, asking: &FileName, symbol: &Symbol) -> Vec<FileName> {
        let Some(snapshot) = self.snapshot(folder) else { return Vec::new() };
        let (own, dir) = match symbol {
            Symbol::Run { file, .. }
            | Symbol::FileVariable { file, .. }
            | Symbol::Provider { home: Home::File(file), .. } => return vec![file.clone()],
            Symbol::Module { dir } => (asking, Some(dir)),
            Symbol::Variable { module, .. }
            | Symbol::Local { module, .. }
            | Symbol::Output { module, .. }
            | Symbol::Resource { module, .. }
            | Symbol::ModuleCall { module, .. }
            | Symbol::Check { module, .. }
            | Symbol::Outputs { module }
            | Symbol::Provider { home: Home::Module(module), .. } => (asking, Some(module)),
        };
        let mut files: Vec<FileName> =
            snapshot.inventory().iter().filter(|file| self.owns(folder, file)).cloned().collect();
        // A module that was fetched is in no inventory, and names what it has.
        let fetched = dir.filter(|dir| is_fetched(dir));
        files.extend(fetched.into_iter().flat_map(|dir| snapshot.files_of_module(own, dir)));
        files.sort();
        files.dedup();
        files.retain(|file| !self.is_cancelled() && snapshot.may_mention(file, symbol));
        files
    }

    /// Whether a file belongs to the folder and not to one inside of it.
    pub(crate) fn owns(&self, folder: usize, file: &FileName) -> bool {
        let Some(own) = self.folders.get(folder) else { return false };
        let inside = |other: &WorkspaceFolder| {
            let below = other.root.strip_prefix(&own.root).and_then(|below| below.strip_prefix('/'));
            below.is_some_and(|below| {
                file.as_str().strip_prefix(below).is_some_and(|rest| rest.starts_with('/'))
            })
        };
        !self.folders.iter().any(inside)
    }

    /// A symbol of one folder in the names of another; `None` when it cannot be named there.
    pub(crate) fn seen_from(&self, symbol: &Symbol, from: usize, to: usize) -> Option<Symbol> {
        if from == to {
            return Some(symbol.clone());
        }
        let (from, to) = (self.folders.get(from)?, self.folders.get(to)?);
        let moved = |path: &SmolStr| relative(&from.root, path, &to.root).map(SmolStr::from);
        let mut symbol = symbol.clone();
        match &mut symbol {
            Symbol::Run { .. }
            | Symbol::FileVariable { .. }
            | Symbol::Provider { home: Home::File(_), .. } => {
                return None;
            }
            Symbol::Module { dir: module }
            | Symbol::Variable { module, .. }
            | Symbol::Local { module, .. }
            | Symbol::Output { module, .. }
            | Symbol::Resource { module, .. }
            | Symbol::ModuleCall { module, .. }
            | Symbol::Check { module, .. }
            | Symbol::Outputs { module }
            | Symbol::Provider { home: Home::Module(module), .. } => *module = moved(module)?,
        }
        Some(symbol)
    }

    /// The folder that a file of another folder's names belongs to, and its name there.
    pub(crate) fn home_of(&self, folder: usize, file: &FileName) -> Option<(usize, FileName)> {
        let own = self.folders.get(folder)?;
        let absolute = join(&own.root, file.as_str());
        let below = |root: &str| {
            let rest = absolute.strip_prefix(root)?.strip_prefix('/')?;
            Some(rest.to_owned())
        };
        let homes = self.folders.iter().enumerate();
        let homes = homes.filter_map(|(index, it)| Some((index, it.root.len(), below(&it.root)?)));
        let (index, _, name) = homes.max_by_key(|(_, length, _)| *length)?;
        Some((index, FileName::new(&name)))
    }
}

/// Whether a directory is one that a tool fetched a module to.
pub(crate) fn is_fetched(dir: &str) -> bool {
    dir.split('/').any(|part| part == ".terraform")
}

/// The path `path`, which counts from `from`, as it is counted from `to`. Both roots are absolute.
fn relative(from: &str, path: &str, to: &str) -> Option<String> {
    let is_absolute = |root: &str| root.starts_with('/') || root.get(1..3) == Some(":/");
    if !is_absolute(from) || !is_absolute(to) {
        return None;
    }
    let absolute = if path.starts_with('/') { path.to_owned() } else { format!("{from}/{path}") };
    let absolute = normalize(&absolute);
    let there: Vec<&str> = absolute.split('/').filter(|part| !part.is_empty()).collect();
    let root: Vec<&str> = to.split('/').filter(|part| !part.is_empty()).collect();
    let same = there.iter().zip(&root).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", root.len() - same);
    let parts: Vec<&str> = up.chain(there.iter().skip(same).copied()).collect();
    Some(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_counted_from_another_root() {
        for (from, path, to, expected) in [
            ("/w/a", ".", "/w/b", "../a"),
            ("/w/a", "modules/x", "/w/b", "../a/modules/x"),
            ("/w/a", "../b/x", "/w/b", "x"),
            ("/w/a", "../b", "/w/b", "."),
            ("/w", "a/x", "/w/a", "x"),
            ("/w/a", "x", "/w", "a/x"),
            ("/w/a", "/v", "/w/b", "../../v"),
            ("c:/w/a", "x", "c:/w", "a/x"),
        ] {
            assert_eq!(relative(from, path, to).as_deref(), Some(expected), "{from} {path} {to}");
        }
        assert_eq!(relative("untitled:x", ".", "/w"), None);
    }
}
