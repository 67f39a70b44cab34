//! Blocks that change what a state says before anything is planned: `moved`, `removed` and `import`.

mod crossing;
mod endpoint;
mod moves;
mod removed;
mod statements;
mod validate;

pub(crate) use moves::{Moves, apply_moves};
pub(crate) use removed::{Removals, forgotten};
pub(crate) use validate::validate;
