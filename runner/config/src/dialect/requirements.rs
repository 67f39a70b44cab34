//! The versions that a module and the modules it calls can be run by.

use std::collections::HashSet;

use syntax::{FileName, Location, SmolStr};

use super::{Choice, Dialect, Reason, Tool, Version, binds};
use crate::decode::requirements;
use crate::facts::FactsCache;
use crate::file_role::{FileRole, Readers};
use crate::files::{Files, join, normalize};
use crate::load::{files_in, installed_modules};
use crate::module::RequiredVersion;
use crate::version::Constraint;

/// How many directories are looked into. Nobody calls more modules than that from one.
const MOST_MODULES: usize = 10_000;

/// What a patch release is looked for up to, where none that is known will do: a newer one changes no rule.
const LAST_PATCH: u32 = 99;

/// Version constraints in the order of files and of their texts.
pub(super) struct Requirements {
    /// The module's own.
    own: Vec<Required>,
    /// Those of the modules that it calls: local ones, and what is installed.
    called: Vec<Required>,
}

struct Required {
    constraint: Constraint,
    required: RequiredVersion,
    place: Location,
}

impl Requirements {
    /// Reads what the files in `dir` that `tool` reads ask for, and those below it.
    pub(super) fn of(files: &dyn Files, dir: &str, tool: Tool, cache: &FactsCache) -> Requirements {
        let mut found = Requirements { own: Vec::new(), called: Vec::new() };
        let mut seen = HashSet::new();
        // Installed modules are looked at where they lie, whichever call they are for.
        let mut waiting = installed_modules(files, dir);
        waiting.push(normalize(dir));
        while let Some(next) = waiting.pop() {
            if seen.len() >= MOST_MODULES || !seen.insert(next.clone()) {
                continue;
            }
            let kept = if seen.len() == 1 { &mut found.own } else { &mut found.called };
            for path in files_in(files, &next, FileRole::Module, Readers::Only(tool)) {
                let Ok(document) = files.document(&path, cache) else { continue };
                let name = FileName::new(&path);
                for (origin, chunk) in document.chunks() {
                    let asked = requirements(chunk, &name);
                    kept.extend(asked.versions.into_iter().filter_map(|required| {
                        let constraint = Constraint::parse(&required.constraint)?;
                        let place = origin.locate(required.span);
                        Some(Required { constraint, required, place })
                    }));
                    let local = |source: &&SmolStr| source.starts_with("./") || source.starts_with("../");
                    waiting.extend(asked.sources.iter().filter(local).map(|source| join(&next, source)));
                }
            }
        }
        found
    }

    /// Whether the module allows a version of a tool.
    pub(super) fn allow(&self, dialect: Dialect) -> bool {
        self.own.iter().all(|required| required.allows(dialect))
    }

    /// The newest version of the tool that everything allows, or that the module itself allows where the modules it
    /// calls cannot all be met. `None` when nothing is required, or no version will do.
    pub(super) fn newest(&self, tool: Tool) -> Option<Choice> {
        let all =
            |dialect| self.allow(dialect) && self.called.iter().all(|required| required.allows(dialect));
        let newest = |allowed: &dyn Fn(Dialect) -> bool| {
            Dialect::known(tool).find_map(|known| allowed_patch(known, allowed))
        };
        let dialect = newest(&all).or_else(|| newest(&|dialect| self.allow(dialect)))?;
        let binding: Vec<&Required> = self.own.iter().filter(|required| required.binds(dialect)).collect();
        if binding.is_empty() && dialect == Dialect::newest(tool) {
            return None;
        }
        // Of several constraints the one that forbids the newest release says most.
        let newest = Dialect::newest(tool);
        let reason = self.own.iter().find(|required| !required.allows(newest)).or(binding.first().copied());
        let reason = match reason {
            Some(Required { required, place, .. }) => {
                Reason::RequiredVersion { required: required.clone(), place: place.clone() }
            }
            None => Reason::Newest,
        };
        Some(Choice { dialect, reason })
    }
}

impl Required {
    fn allows(&self, dialect: Dialect) -> bool {
        !self.binds(dialect) || self.constraint.allows(dialect.version)
    }

    fn binds(&self, dialect: Dialect) -> bool {
        binds(dialect, &self.required, self.place.file.as_str())
    }
}

/// The newest patch of a minor version that is allowed.
fn allowed_patch(known: Dialect, allowed: &dyn Fn(Dialect) -> bool) -> Option<Dialect> {
    let released = (0..=known.version.patch).rev();
    let patches = released.chain(known.version.patch + 1..=LAST_PATCH);
    let dialect = |patch| Dialect { version: Version { patch, ..known.version }, ..known };
    patches.map(dialect).find(|dialect| allowed(*dialect))
}
