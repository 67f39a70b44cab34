//! One file for each message of the protocol, named after it.

pub(crate) mod initialize;
pub(crate) mod workspace_folders;
