//! What is kept from one snapshot of a folder to the next; none of it is needed.

use std::sync::{Arc, Mutex};

use config::{Dialect, FactsCache};
use syntax::Encoding;

use crate::checked::CheckedFiles;
use crate::folding::Fold;
use crate::inventory::KnownInventory;
use crate::known_files::KnownFiles;
use crate::links::Candidate;
use crate::mentions::Mention;
use crate::outline::Outline;
use crate::parts::Holder;
use crate::per_chunk::PerChunk;
use crate::semantic_tokens::Encoded;
use crate::world::World;

/// Answers that stay right as long as the chunks and texts they are about are the same. Shared by reference between
/// threads.
#[derive(Default)]
pub struct Cache {
    pub(crate) facts: FactsCache,
    pub(crate) checked: CheckedFiles,
    /// The last snapshot's.
    pub(crate) world: Mutex<Arc<World>>,
    pub(crate) inventory: KnownInventory,
    /// How many comments a chunk would lose in JSON; `None` where it cannot be converted.
    pub(crate) comments: PerChunk<(Holder, Dialect), Option<usize>>,
    pub(crate) outlines: PerChunk<Holder, Vec<Outline>>,
    pub(crate) folds: PerChunk<(), Vec<Fold>>,
    pub(crate) links: PerChunk<Holder, Vec<Candidate>>,
    pub(crate) mentions: PerChunk<(Holder, Dialect), Vec<Mention>>,
    pub(crate) files: KnownFiles,
    pub(crate) tokens: PerChunk<(Holder, Encoding), Encoded>,
}

impl Cache {
    pub fn new() -> Cache {
        Cache::default()
    }
}
