//! The names in a chunk, before anyone has looked up what they stand for: a pure function of the chunk, kept with it.
//!
//! `occurrences` gives them their meaning. Until then a name is only looked up somewhere: in the module at hand, in the
//! one that a run runs, in one that a call leads to.

mod expression;
mod module_file;
mod provider;
mod test_file;

use config::decode::mock_facts;
use config::{Dialect, ProviderRef, ResourceAddr};
use syntax::ast::Body;
use syntax::{Chunk, FileName, SmolStr, Span};

use crate::parts::{Holder, parts};
use crate::snapshot::unquoted;
use crate::symbol::Symbol;

/// One name in a chunk. Spans count from the chunk's beginning.
#[derive(Clone, Debug)]
pub(crate) struct Mention {
    pub(crate) scope: Scope,
    /// The calls that lead from the scope's module to the one that has the name; usually none.
    pub(crate) calls: Vec<SmolStr>,
    pub(crate) name: Name,
    /// What editors show as the place: `var.name`, a label with its quotes.
    pub(crate) span: Span,
    /// The name alone, which a rename replaces.
    pub(crate) word: Span,
    pub(crate) role: Role,
}

/// What is named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Name {
    Variable(SmolStr),
    Local(SmolStr),
    Output(SmolStr),
    Resource(ResourceAddr),
    Call(SmolStr),
    Check(SmolStr),
    Run(SmolStr),
    Provider(ProviderRef),
    /// The module as a whole, by its `source`.
    Source,
    /// The value of a call or a run as a whole: whoever reads it may read any output.
    AllOutputs,
}

/// Where a name is looked up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Scope {
    /// In the module whose file this is; in a test file, in the module under test.
    Own,
    /// In the test file itself: its variables and providers.
    File,
    /// In the module that a run's `module` block names.
    Source(SmolStr),
    /// In the module that the run of that name runs.
    Run(SmolStr),
}

/// What is done with what is named.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Declare,
    /// A value is given to it.
    Write,
    Read,
}

/// The names in a chunk of a file of that kind, in no particular order.
pub(crate) fn of_chunk(
    chunk: &std::sync::Arc<Chunk>,
    file: &FileName,
    holder: Holder,
    dialect: Dialect,
    facts: &config::FactsCache,
) -> Vec<Mention> {
    let mut found = Collector { text: &chunk.text, body: &chunk.body, found: Vec::new() };
    match holder {
        Holder::Module => {
            let facts = facts.module_facts(chunk, file, dialect);
            facts.declarations.iter().for_each(|it| found.module_declaration(it));
        }
        Holder::Test => {
            let facts = facts.test_facts(chunk, file, dialect);
            facts.declarations.iter().for_each(|it| found.test_declaration(it));
        }
        Holder::Mocks => found.mock_file(&mock_facts(chunk, file, dialect)),
        Holder::Values => {
            for part in parts(&chunk.body, holder).iter().filter(|part| part.value.is_some()) {
                found.name(Scope::Own, Name::Variable(part.name.into()), part.name_span, Role::Write);
            }
        }
        _ => {}
    }
    // They are kept for as long as the chunk is.
    found.found.shrink_to_fit();
    found.found
}

impl Mention {
    /// Whether it can stand for `symbol`, before it is looked up.
    pub(crate) fn may_be(&self, symbol: &Symbol) -> bool {
        match (&self.name, symbol) {
            (
                Name::Variable(name),
                Symbol::Variable { name: other, .. } | Symbol::FileVariable { name: other, .. },
            )
            | (Name::Local(name), Symbol::Local { name: other, .. })
            | (Name::Output(name), Symbol::Output { name: other, .. })
            | (Name::Call(name), Symbol::ModuleCall { name: other, .. })
            | (Name::Check(name), Symbol::Check { name: other, .. })
            | (Name::Run(name), Symbol::Run { name: other, .. }) => name == other,
            (Name::Resource(addr), Symbol::Resource { addr: other, .. }) => addr == other,
            (Name::Provider(reference), Symbol::Provider { reference: other, .. }) => reference == other,
            (Name::Source, Symbol::Module { .. }) | (Name::AllOutputs, Symbol::Outputs { .. }) => true,
            _ => false,
        }
    }
}

struct Collector<'t> {
    text: &'t str,
    body: &'t Body,
    found: Vec<Mention>,
}

impl Collector<'_> {
    /// A name that stands for itself: a label or a key, in quotes or not.
    fn name(&mut self, scope: Scope, name: Name, span: Span, role: Role) {
        let word = self.unquoted(span);
        self.push(Mention { scope, calls: Vec::new(), name, span, word, role });
    }

    fn declare(&mut self, name: Name, span: Span) {
        self.name(Scope::Own, name, span, Role::Declare);
    }

    fn push(&mut self, mention: Mention) {
        self.found.push(mention);
    }

    fn unquoted(&self, span: Span) -> Span {
        unquoted(span.text(self.text), span)
    }
}
