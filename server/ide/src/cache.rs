//! What is kept from one snapshot of a folder to the next: all of it about chunks and texts, none of it needed.

use config::{Dialect, FactsCache};
use syntax::Encoding;

use crate::folding::Fold;
use crate::links::Candidate;
use crate::mentions::Mention;
use crate::outline::Outline;
use crate::parts::Holder;
use crate::per_chunk::PerChunk;
use crate::semantic_tokens::Encoded;
use crate::workspace_symbols::DeclaredIn;

/// Answers that stay right as long as the chunks they are about exist. Shared by reference between threads.
#[derive(Debug, Default)]
pub struct Cache {
    pub(crate) facts: FactsCache,
    pub(crate) outlines: PerChunk<Holder, Vec<Outline>>,
    pub(crate) folds: PerChunk<(), Vec<Fold>>,
    pub(crate) links: PerChunk<Holder, Vec<Candidate>>,
    pub(crate) mentions: PerChunk<(Holder, Dialect), Vec<Mention>>,
    pub(crate) declared: DeclaredIn,
    pub(crate) tokens: PerChunk<(Holder, Encoding), Encoded>,
}

impl Cache {
    pub fn new() -> Cache {
        Cache::default()
    }
}
