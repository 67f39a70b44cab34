//! `workspace/didChangeWorkspaceFolders`

use tower_lsp::lsp_types::WorkspaceFoldersChangeEvent;

use crate::document_key::normalized;
use crate::from_proto;
use crate::session::Session;

pub(crate) fn changed(session: &Session, event: &WorkspaceFoldersChangeEvent) {
    for folder in event.removed.iter().filter_map(|folder| from_proto::path(&folder.uri)) {
        session.remove_folder(&normalized(&folder));
    }
    for folder in event.added.iter().filter_map(|folder| from_proto::path(&folder.uri)) {
        session.add_folder(normalized(&folder));
    }
}
