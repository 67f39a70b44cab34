//! Whether a provider can have another local name.
//!
//! The name is more than a name: where nothing requires the provider, it says which provider it is, and resources find
//! theirs by the first word of their types.

use config::decode::is_provider_name;
use config::{Resource, implied_provider};
use syntax::FileName;

use super::safety::Change;
use super::{Refusal, refuse};
use crate::snapshot::is_test_file;
use crate::symbol::{Home, Symbol};

impl Change<'_> {
    /// Whether the provider that is called `old` in a module may be called `new`.
    pub(super) fn may_be_provider(&self, home: &Home) -> Result<(), Refusal> {
        let (old, new) = (self.old, &self.new);
        if !is_provider_name(new) {
            return refuse(format!(
                "\"{new}\" is no name of a provider, which has only lower-case letters, digits and single dashes between \
                 them."
            ));
        }
        let implied = || refuse(format!("Nothing requires \"{old}\": its name says which provider it is."));
        let Home::Module(dir) = home else { return implied() };
        let tree = self.workspace.snapshot(self.folder).and_then(|snapshot| snapshot.tree(self.file, dir));
        let Some(tree) = tree else { return Ok(()) };
        if !tree.module.required_providers.contains_key(old) {
            return implied();
        }
        let in_checks = tree.module.checks.values().filter_map(|check| check.data.as_deref());
        let resources = tree.module.resources.values().map(|resource| &*resource.decl).chain(in_checks);
        let by_type =
            |name: &str, it: &&Resource| it.provider.is_none() && implied_provider(&it.addr.kind) == name;
        for resource in resources {
            if by_type(old, &resource) {
                return refuse(format!(
                    "{} has no provider argument: it finds its provider by the first word of its type, \"{old}\".",
                    resource.addr
                ));
            }
            if by_type(new, &resource) {
                return refuse(format!(
                    "{} has no provider argument, and would find its provider by the name \"{new}\".",
                    resource.addr
                ));
            }
        }
        Ok(())
    }

    /// A configuration of a test file and one of a module that its runs run must not come to have one name: one would
    /// begin to stand in the other's place.
    pub(super) fn alias_is_free(&self, home: &Home) -> Result<(), Refusal> {
        let Some(snapshot) = self.workspace.snapshot(self.folder) else { return Ok(()) };
        let Symbol::Provider { reference, .. } = self.symbol.renamed(&self.new) else { return Ok(()) };
        let there = |file: &FileName, home: Home| {
            let symbol = Symbol::Provider { home, reference: reference.clone() };
            snapshot.occurrences_in(file, &symbol).into_iter().next()
        };
        let taken = match home {
            Home::File(file) => {
                snapshot.modules_run(file).into_iter().find_map(|module| there(file, Home::Module(module)))
            }
            Home::Module(module) => {
                let tests = snapshot.inventory().iter().filter(|file| is_test_file(file));
                let tests = tests.filter(|file| snapshot.may_name(file, &self.new));
                let taken = |file: &FileName| {
                    there(file, Home::File(file.clone()))
                        .filter(|_| snapshot.modules_run(file).contains(module))
                };
                tests.into_iter().find_map(taken)
            }
        };
        match taken {
            None => Ok(()),
            Some(taken) => {
                let at = self.at(self.folder, &taken.location);
                refuse(format!("A configuration is called \"{}\" already, {at}.", self.new))
            }
        }
    }
}
