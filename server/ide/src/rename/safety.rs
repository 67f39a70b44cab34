//! Whether a new name changes nothing but the name: it is a name, nobody has it, and every place that has the old one is
//! known.

use config::decode::{RESERVED_VARIABLES, is_identifier};
use syntax::{Diagnostic, FileName, Location, SmolStr, Span, TokenKind};

use super::{Refusal, refuse};
use crate::snapshot::{Snapshot, is_test_file};
use crate::symbol::{Home, Occurrence, Symbol};
use crate::workspace::{Place, Workspace};

/// A name that is about to become another one.
pub(super) struct Change<'a> {
    pub(super) workspace: &'a Workspace<'a>,
    /// The file that asks, whose names the symbol has.
    pub(super) folder: usize,
    pub(super) file: &'a FileName,
    pub(super) symbol: &'a Symbol,
    pub(super) old: &'a SmolStr,
    pub(super) new: SmolStr,
}

impl Change<'_> {
    /// Every place that has to change, when changing them is safe.
    pub(super) fn places(&self) -> Result<Vec<Place<Occurrence>>, Refusal> {
        self.is_a_name()?;
        self.is_free()?;
        let places = self.workspace.occurrences_of(self.folder, self.file, self.symbol);
        for place in &places {
            self.is_plain(place)?;
        }
        self.outputs_are_read_by_name()?;
        self.nothing_is_hidden(&places)?;
        if self.workspace.is_cancelled() {
            return refuse("The search for the places to change was given up.");
        }
        Ok(places)
    }

    fn is_a_name(&self) -> Result<(), Refusal> {
        let new = &self.new;
        if let Symbol::Provider { home, reference } = self.symbol
            && reference.alias.is_none()
        {
            return self.may_be_provider(home);
        }
        if !is_identifier(new) {
            return refuse(format!(
                "\"{new}\" is no name: a name begins with a letter or an underscore and has only letters, digits, \
                 underscores and dashes."
            ));
        }
        if matches!(self.symbol, Symbol::Variable { .. } | Symbol::FileVariable { .. })
            && RESERVED_VARIABLES.contains(&new.as_str())
        {
            return refuse(format!(
                "A variable cannot be called \"{new}\", which means something in module blocks."
            ));
        }
        Ok(())
    }

    /// Nothing of the kind has the new name, is asked for by it, or gets a value by it.
    fn is_free(&self) -> Result<(), Refusal> {
        let renamed = self.symbol.renamed(&self.new);
        let taken = self.workspace.occurrences_of(self.folder, self.file, &renamed);
        if let Some(place) = taken.iter().find(|place| place.it.is_definition()) {
            return refuse(format!(
                "\"{}\" is declared already, {}.",
                self.new,
                self.at(place.folder, &place.it.location)
            ));
        }
        if let Some(place) = taken.first() {
            let at = self.at(place.folder, &place.it.location);
            return refuse(format!("\"{}\" would get a meaning that it does not have now, {at}.", self.new));
        }
        match self.symbol {
            Symbol::Variable { module, .. } => self.no_file_gives(module),
            Symbol::FileVariable { file, .. } => self.no_module_takes(file),
            Symbol::Provider { home, .. } => self.alias_is_free(home),
            _ => Ok(()),
        }
    }

    /// A test file that has a variable of its own by the new name would begin to set the module's.
    fn no_file_gives(&self, module: &SmolStr) -> Result<(), Refusal> {
        let Some(snapshot) = self.workspace.snapshot(self.folder) else { return Ok(()) };
        let tests = snapshot.inventory().iter().filter(|file| is_test_file(file));
        for file in tests.filter(|file| snapshot.may_name(file, &self.new)) {
            let own = Symbol::FileVariable { file: file.clone(), name: self.new.clone() };
            let given = snapshot.occurrences_in(file, &own);
            let runs_it = || snapshot.modules_run(file).contains(module);
            if let Some(first) = given.first().filter(|_| runs_it()) {
                let at = self.at(self.folder, &first.location);
                return refuse(format!(
                    "A variable of the test file is called \"{}\" already, {at}.",
                    self.new
                ));
            }
        }
        Ok(())
    }

    /// A module that the file's runs run and that has a variable of the new name would begin to get the file's value.
    fn no_module_takes(&self, file: &FileName) -> Result<(), Refusal> {
        let Some(snapshot) = self.workspace.snapshot(self.folder) else { return Ok(()) };
        for module in snapshot.modules_run(file) {
            let taker = Symbol::Variable { module, name: self.new.clone() };
            if let Some(taken) = snapshot.definitions(file, &taker).first() {
                let at = self.at(self.folder, &taken.location);
                return refuse(format!("A module that the file runs has a variable \"{}\", {at}.", self.new));
            }
        }
        Ok(())
    }

    /// The place has the name as it is, and nothing else by it.
    fn is_plain(&self, place: &Place<Occurrence>) -> Result<(), Refusal> {
        let Some(snapshot) = self.workspace.snapshot(place.folder) else { return Ok(()) };
        let it = &place.it;
        let written = snapshot.document(&it.location.file).map(|document| document.slice(it.word));
        if written.as_deref() != Some(self.old.as_str()) {
            let at = self.at(place.folder, &it.location);
            return refuse(format!("\"{}\" is written with escapes, {at}.", self.old));
        }
        let others = snapshot.occurrences_at(&it.location.file, it.word.start);
        if others
            .iter()
            .any(|other| other.word == it.word && other.symbol.name().is_some() && other.symbol != it.symbol)
        {
            let at = self.at(place.folder, &it.location);
            return refuse(format!("\"{}\" stands for something in several modules, {at}.", self.old));
        }
        Ok(())
    }

    /// Whoever reads all outputs as one value may look for one of them in ways that cannot be followed.
    fn outputs_are_read_by_name(&self) -> Result<(), Refusal> {
        let Symbol::Output { module, .. } = self.symbol else { return Ok(()) };
        let all = Symbol::Outputs { module: module.clone() };
        match self.workspace.occurrences_of(self.folder, self.file, &all).first() {
            None => Ok(()),
            Some(place) => {
                let at = self.at(place.folder, &place.it.location);
                refuse(format!(
                    "All outputs of the module are read as one value, {at}, so that \"{}\" may be read there.",
                    self.old
                ))
            }
        }
    }

    /// No file that sees the symbol has the old name where it could not be understood.
    fn nothing_is_hidden(&self, places: &[Place<Occurrence>]) -> Result<(), Refusal> {
        for (index, folder) in self.workspace.folders().iter().enumerate() {
            let Some(symbol) = self.workspace.seen_from(self.symbol, self.folder, index) else { continue };
            for file in self.workspace.files_naming(index, self.file, &symbol) {
                if sees(&folder.snapshot, &file, &symbol) {
                    let known: Vec<Span> = places
                        .iter()
                        .filter(|place| place.folder == index && place.it.location.file == file)
                        .map(|place| place.it.word)
                        .collect();
                    self.file_hides_nothing(index, &folder.snapshot, &file, &known)?;
                }
            }
        }
        Ok(())
    }

    fn file_hides_nothing(
        &self,
        folder: usize,
        snapshot: &Snapshot,
        file: &FileName,
        known: &[Span],
    ) -> Result<(), Refusal> {
        let Some(document) = snapshot.document(file) else { return Ok(()) };
        for (origin, chunk) in document.chunks() {
            if !chunk.text.contains(self.old.as_str()) {
                continue;
            }
            if let Some(error) = chunk.diagnostics.iter().find(|it| Diagnostic::is_error(it)) {
                let span = error.subject.as_ref().map_or(Span::at(0), |subject| subject.span);
                let at = self.at(folder, &origin.locate(span));
                return refuse(format!("A file that has \"{}\" in it does not parse, {at}.", self.old));
            }
            if chunk.body.json.is_some() {
                continue;
            }
            let mentions = snapshot.mentions(file, chunk);
            let words = references(&chunk.text, self.prefix(), self.old);
            let hidden = words.into_iter().find(|word| {
                mentions.iter().all(|it| it.word != *word) && !known.contains(&word.shifted(origin.base))
            });
            if let Some(word) = hidden {
                let at = self.at(folder, &origin.locate(word));
                return refuse(format!("It cannot be told what \"{}\" stands for, {at}.", self.old));
            }
        }
        Ok(())
    }

    /// The word that a reference to the symbol begins with.
    fn prefix(&self) -> &str {
        match self.symbol {
            Symbol::Variable { .. } | Symbol::FileVariable { .. } => "var",
            Symbol::Local { .. } => "local",
            Symbol::Output { .. } => "output",
            Symbol::Resource { addr, .. } => &addr.kind,
            Symbol::ModuleCall { .. } => "module",
            Symbol::Check { .. } => "check",
            Symbol::Run { .. } => "run",
            Symbol::Provider { .. } | Symbol::Module { .. } | Symbol::Outputs { .. } => "",
        }
    }

    /// `in main.tf on line 3`
    pub(super) fn at(&self, folder: usize, place: &Location) -> String {
        let document = self.workspace.snapshot(folder).and_then(|snapshot| snapshot.document(&place.file));
        let line = document.map(|it| it.position(place.span.start, syntax::Encoding::Utf8).line + 1);
        match line {
            Some(line) => format!("in {} on line {line}", place.file),
            None => format!("in {}", place.file),
        }
    }
}

/// Whether a file is part of what the symbol can be named in.
fn sees(snapshot: &Snapshot, file: &FileName, symbol: &Symbol) -> bool {
    let module = match symbol {
        Symbol::Run { file: own, .. } | Symbol::FileVariable { file: own, .. } => return own == file,
        Symbol::Variable { module, .. }
        | Symbol::Local { module, .. }
        | Symbol::Output { module, .. }
        | Symbol::Resource { module, .. }
        | Symbol::ModuleCall { module, .. }
        | Symbol::Check { module, .. } => module,
        Symbol::Provider { home: Home::File(own), .. } => return own == file,
        Symbol::Provider { home: Home::Module(module), .. } => module,
        Symbol::Module { .. } | Symbol::Outputs { .. } => return false,
    };
    snapshot.placed(file).iter().any(|placed| placed.project.tree_in(module).is_some())
}

/// The names behind `prefix.` in a text that are `name`.
fn references(text: &str, prefix: &str, name: &str) -> Vec<Span> {
    let tokens = syntax::tokens(text);
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if token.kind != TokenKind::Ident || token.span.text(text) != name {
            continue;
        }
        let before = |back: usize| index.checked_sub(back).and_then(|at| tokens.get(at));
        let is_behind = before(1).is_some_and(|it| it.kind == TokenKind::Dot)
            && before(2).is_some_and(|it| it.kind == TokenKind::Ident && it.span.text(text) == prefix)
            && before(3).is_none_or(|it| it.kind != TokenKind::Dot);
        if is_behind {
            found.push(token.span);
        }
    }
    found
}

impl Snapshot {
    /// The directories of the modules that the runs of a test file run, and of the one under test.
    pub(super) fn modules_run(&self, file: &FileName) -> Vec<SmolStr> {
        let placed = self.placed(file);
        let mut found: Vec<SmolStr> = placed.iter().flat_map(|it| it.site().modules()).collect();
        found.sort();
        found.dedup();
        found
    }
}
