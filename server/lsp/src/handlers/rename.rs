//! `textDocument/prepareRename` and `textDocument/rename`

use std::collections::BTreeMap;

use ide::{FileEdits, Place, Refusal};
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::lsp_types::{
    PrepareRenameResponse, RenameParams, TextDocumentPositionParams, TextEdit, Url, WorkspaceEdit,
};

use crate::session::Session;
use crate::workspace::Folders;
use crate::{from_proto, to_proto};

pub(crate) async fn prepare_rename(
    session: &Session,
    params: TextDocumentPositionParams,
) -> Result<Option<PrepareRenameResponse>> {
    let Some((folders, file)) = Folders::of(session, &params.text_document.uri) else { return Ok(None) };
    let found = session.compute(move |cancelled| {
        let view = folders.asking();
        let Some(document) = view.snapshot.document(&file) else { return Ok(None) };
        let offset = from_proto::offset(&document, params.position, view.encoding);
        let is_cancelled = || cancelled.is_cancelled();
        let found = ide::prepare_rename(&folders.workspace(&is_cancelled), 0, &file, offset)?;
        Ok(found.map(|it| PrepareRenameResponse::RangeWithPlaceholder {
            range: to_proto::range(&document, it.span, view.encoding),
            placeholder: it.name.to_string(),
        }))
    });
    found.await?.map_err(refused)
}

pub(crate) async fn rename(session: &Session, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
    let at = params.text_document_position;
    let Some((folders, file)) = Folders::of(session, &at.text_document.uri) else { return Ok(None) };
    let found = session.compute(move |cancelled| {
        let view = folders.asking();
        let Some(document) = view.snapshot.document(&file) else { return Ok(None) };
        let offset = from_proto::offset(&document, at.position, view.encoding);
        let is_cancelled = || cancelled.is_cancelled();
        let workspace = folders.workspace(&is_cancelled);
        let found = ide::rename(&workspace, 0, &file, offset, &params.new_name)?;
        Ok(found.map(|files| workspace_edit(&folders, files)))
    });
    found.await?.map_err(refused)
}

/// The edits, with the versions that they count in where the client can take those.
fn workspace_edit(folders: &Folders, files: Vec<Place<FileEdits>>) -> WorkspaceEdit {
    let mut found: BTreeMap<Url, (Option<i32>, Vec<TextEdit>)> = BTreeMap::new();
    for Place { folder, it } in files {
        let Some(view) = folders.view(folder) else { continue };
        let Some((document, uri)) = view.snapshot.document(&it.file).zip(view.url(&it.file)) else {
            continue;
        };
        let (_, known) = found.entry(uri).or_insert_with(|| (view.version(&it.file), Vec::new()));
        for edit in to_proto::text_edits(&document, view.encoding, it.edits) {
            // A file that has two names is found by both.
            if !known.contains(&edit) {
                known.push(edit);
            }
        }
    }
    let edits = found.into_iter().map(|(uri, (version, edits))| (uri, version, edits));
    to_proto::workspace_edit(&folders.asking().client, edits)
}

/// The protocol's "request failed", whose message editors show.
pub(crate) fn refused(refusal: Refusal) -> Error {
    Error { code: ErrorCode::ServerError(-32803), message: refusal.0.into(), data: None }
}
