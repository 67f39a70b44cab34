//! What an editor asks about test files, answered in offsets, ranges and labels.
//!
//! Every feature is a pure function of a [`Snapshot`] in a file of its own. Nothing here knows the protocol, runs
//! anything, starts a thread or touches a disk.

mod actions;
mod cache;
mod calls;
mod checked;
mod completion;
mod definition;
mod describe;
mod diagnostics;
mod folding;
mod format;
mod given;
mod grammar;
mod highlight;
mod hover;
mod inlay_hints;
mod inventory;
mod json_text;
mod known_files;
mod lenses;
mod linked_editing;
mod links;
mod mentions;
mod mocks;
mod modules;
mod occurrences;
mod outline;
mod parts;
mod per_chunk;
mod pieces;
mod placeholder;
mod project;
mod references;
mod rename;
mod results;
mod selection;
mod semantic_tokens;
mod shapes;
mod signature_help;
mod snapshot;
mod surroundings;
mod symbol;
mod trail;
mod type_definition;
mod types;
mod workspace;
mod workspace_symbols;
mod world;

pub use actions::{Action, ActionKind, ActionRequest, Change, actions, resolve};
pub use cache::Cache;
pub use completion::{CompletionItem, CompletionKind, Completions, Topic, completion, document};
pub use definition::{Definition, definition};
pub use diagnostics::{diagnostics, related};
pub use folding::{Fold, FoldKind, folds};
pub use format::{format, format_on_type, format_range};
pub use highlight::{Highlight, highlights};
pub use hover::{Hover, hover};
pub use inlay_hints::{InlayHint, InlayHintKind, inlay_hints};
pub use known_files::look_at_files;
pub use lenses::{Lens, LensCommand, lenses, verdict};
pub use linked_editing::{WORD_PATTERN, linked_ranges};
pub use links::{Link, LinkTarget, links};
pub use outline::{Outline, OutlineKind, outline, outline_in_pieces};
pub use project::{Project, ProjectKey};
pub use references::references;
pub use rename::{FileEdits, Refusal, Renamable, prepare_rename, rename};
pub use results::{Anchor, Anchored, RunResult, RunResults, RunStatus};
pub use selection::selection;
pub use semantic_tokens::{
    SemanticToken, SemanticTokens, TOKEN_MODIFIERS, TokenEdit, TokenType, semantic_tokens, semantic_tokens_in,
};
pub use signature_help::{Parameter, SignatureHelp, signature_help};
pub use snapshot::Snapshot;
pub use surroundings::{SchemasOf, Surroundings, Validate};
pub use symbol::{Home, Occurrence, Role, Symbol};
pub use type_definition::type_definition;
pub use workspace::{Place, Workspace, WorkspaceFolder};
pub use workspace_symbols::{WorkspaceSymbol, workspace_symbols};

#[cfg(test)]
mod both_syntaxes;
#[cfg(test)]
mod every_state;
#[cfg(test)]
mod half_typed;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod work;
