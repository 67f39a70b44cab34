//! The language server: a thin adapter between the protocol and `ide`, which knows no protocol.
//!
//! Five rules keep it quick and alive. Handlers are polled in the order of their messages, all at once. Text-sync
//! handlers change the session before they await anything. Requests take an immutable view before they await anything.
//! CPU work runs on the blocking pool, with a cancellation flag and a net under panics. Nobody awaits the client
//! in a text-sync handler: one task publishes.

mod buffers;
mod capabilities;
mod changes;
mod document_key;
mod folder;
mod from_proto;
mod handlers;
mod legend;
mod look_ahead;
pub mod lsp_ext;
mod module_host;
mod plain_text;
mod progress;
mod publisher;
mod run_service;
mod schemas;
mod server;
mod session;
mod stdio;
mod task;
mod to_proto;
mod transport;
mod validation;
mod verdicts;
mod view;
mod workspace;
mod written;

pub use stdio::serve_stdio;
