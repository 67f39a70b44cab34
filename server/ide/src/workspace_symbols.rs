//! Workspace symbols: everything that the open folders declare, by name.

use syntax::{FileName, Location, SmolStr};

use crate::outline::OutlineKind;
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
            folder.snapshot.declared(file, |it| {
                let Some(rank) = rank(&it.name, &query) else { return };
                let location = Location { file: file.clone(), span: it.span };
                let (name, container) = (it.name.clone(), file.to_string());
                let it = WorkspaceSymbol { name, kind: it.kind, container, location };
                found.push((rank, Place { folder: index, it }));
            });
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
        let tests = |file: &FileName| file.as_str().ends_with(".tftest.hcl");
        assert_eq!(workspace_symbols(&workspace(&snapshot), "", tests), Vec::new());
    }
}
