//! Workspace symbols: everything that the open folders declare, by name.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use config::Stamp;
use syntax::{Document, FileName, Location, SmolStr, Span};

use crate::outline::{self, Outline, OutlineKind};
use crate::snapshot::Snapshot;
use crate::workspace::{Place, Workspace};

/// One thing that is declared somewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WorkspaceSymbol {
    pub name: SmolStr,
    pub kind: OutlineKind,
    /// The file's name, which tells namesakes apart.
    pub container: String,
    /// The name in the file.
    pub location: Location,
}

/// More answers than this help nobody to choose.
const MOST: usize = 256;

/// The declarations in any open folder whose names have the letters of `query` in that order, best first: those that
/// begin with it, then those that have it as it is, then the rest. Only files that are `wanted` are looked at.
pub fn workspace_symbols(
    workspace: &Workspace<'_>,
    query: &str,
    wanted: impl Fn(&FileName) -> bool,
) -> Vec<Place<WorkspaceSymbol>> {
    let query: Vec<char> =
        query.chars().flat_map(char::to_lowercase).filter(|char| !char.is_whitespace()).collect();
    let mut found: Vec<(u32, Place<WorkspaceSymbol>)> = Vec::new();
    for (index, folder) in workspace.folders().iter().enumerate() {
        let files = folder.snapshot.inventory().iter();
        for file in files.filter(|file| wanted(file) && workspace.owns(index, file)) {
            if workspace.is_cancelled() {
                return Vec::new();
            }
            for it in folder.snapshot.declared(file).iter() {
                let Some(rank) = rank(&it.name, &query) else { continue };
                let location = Location { file: file.clone(), span: it.span };
                let (name, container) = (it.name.clone(), file.to_string());
                let it = WorkspaceSymbol { name, kind: it.kind, container, location };
                found.push((rank, Place { folder: index, it }));
            }
        }
    }
    found.sort_by(|(a_rank, a), (b_rank, b)| (a_rank, &a.it.name).cmp(&(b_rank, &b.it.name)));
    found.truncate(MOST);
    found.into_iter().map(|(_, place)| place).collect()
}

/// How far a name is from a query: less is nearer; `None` when it has not its letters.
fn rank(name: &str, query: &[char]) -> Option<u32> {
    let name: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
    if name.starts_with(query) {
        return Some(u32::from(name.len() != query.len()));
    }
    if name.windows(query.len()).any(|part| part == query) {
        return Some(2);
    }
    let mut rest = query.iter();
    let mut next = rest.next();
    for char in &name {
        if next == Some(char) {
            next = rest.next();
        }
    }
    next.is_none().then_some(3)
}

/// What a file declares, in few bytes: a folder may have very many files, and their trees are not kept for this.
#[derive(Debug)]
pub(crate) struct Declared {
    name: SmolStr,
    kind: OutlineKind,
    span: Span,
}

/// What files declared when they were last looked at.
#[derive(Debug, Default)]
pub(crate) struct DeclaredIn(Mutex<HashMap<FileName, Look>>);

/// The state of a file when it was looked at, and what was seen.
type Look = (State, Arc<[Declared]>);

/// What tells whether a file is still what it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Stamp(Stamp),
    Hash(u64),
}

impl Snapshot {
    fn declared(&self, file: &FileName) -> Arc<[Declared]> {
        if self.is_open(file) {
            return declarations(&crate::outline(self, file));
        }
        let known = &self.cache().declared.0;
        let lock = || known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.files().stamp(file.as_str()).map(State::Stamp);
        let is_same = |then: &State| state == Some(*then);
        if let Some((_, declared)) = lock().get(file).filter(|(then, _)| is_same(then)) {
            return Arc::clone(declared);
        }
        let text = self.files().read(file.as_str()).unwrap_or_default();
        if state.is_none() {
            let mut hasher = DefaultHasher::new();
            text.hash(&mut hasher);
            state = Some(State::Hash(hasher.finish()));
            if let Some((_, declared)) = lock().get(file).filter(|(then, _)| state == Some(*then)) {
                return Arc::clone(declared);
            }
        }
        let document = Document::new(file.clone(), &text);
        let declared = declarations(&outline::of_document(&document));
        if let Some(state) = state {
            lock().insert(file.clone(), (state, Arc::clone(&declared)));
        }
        declared
    }
}

/// What of an outline can be looked for: names that are declared, not values that are given.
fn declarations(outline: &[Outline]) -> Arc<[Declared]> {
    let mut found: Vec<Declared> = Vec::new();
    for it in outline {
        let named = match it.kind {
            OutlineKind::Run
            | OutlineKind::Variable
            | OutlineKind::Output
            | OutlineKind::Resource
            | OutlineKind::Data
            | OutlineKind::Module
            | OutlineKind::Check
            | OutlineKind::Provider
            | OutlineKind::Mock => std::slice::from_ref(it),
            OutlineKind::Group if it.name == "locals" => it.children.as_slice(),
            _ => &[],
        };
        let declared = |it: &Outline| Declared {
            name: it.name.as_str().into(),
            kind: if it.kind == OutlineKind::Value { OutlineKind::Variable } else { it.kind },
            span: it.selection,
        };
        found.extend(named.iter().map(declared));
    }
    found.into()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::testing::{MODULE, show, snapshot, workspace};

    #[track_caller]
    fn check(query: &str, expected: Expect) {
        let tests = "//- /a.tftest.hcl\nvariables {\n  name = 1\n}\nrun \"names_things\" {\n}\nmock_provider \"aws\" {}\n";
        let (snapshot, _) = snapshot(&format!("{MODULE}{tests}"));
        let show = |place: Place<WorkspaceSymbol>| {
            format!("{:?} {} {}\n", place.it.kind, place.it.name, show(&snapshot, &place.it.location))
        };
        let found = workspace_symbols(&workspace(&snapshot), query, |_| true);
        expected.assert_eq(&found.into_iter().map(show).collect::<String>());
    }

    #[test]
    fn names_are_found_by_their_letters() {
        check(
            "name",
            expect![[r#"
            Variable name main.tf:1:10 "name"
            Run names_things a.tftest.hcl:4:5 "names_things"
        "#]],
        );
        check(
            "GREET",
            expect![[r#"
            Variable greeting main.tf:14:3 greeting
            Output greeting main.tf:39:8 "greeting"
        "#]],
        );
        check(
            "tdm",
            expect![[r#"
            Resource terraform_data.main main.tf:17:27 "main"
        "#]],
        );
        check(
            "terraform_data.main",
            expect![[r#"
            Resource terraform_data.main main.tf:17:27 "main"
        "#]],
        );
        check("nothing at all", expect![[""]]);
        let (snapshot, _) = snapshot(MODULE);
        assert_eq!(workspace_symbols(&workspace(&snapshot), "", |_| true).len(), 14);
        // A second look reads no file again.
        let parsed = snapshot.cache().facts.work().parsed_files;
        workspace_symbols(&workspace(&snapshot), "x", |_| true);
        assert_eq!(snapshot.cache().facts.work().parsed_files, parsed);
        let tests = |file: &FileName| file.as_str().ends_with(".tftest.hcl");
        assert_eq!(workspace_symbols(&workspace(&snapshot), "", tests), Vec::new());
    }
}
