//! What an action changes, as an edit of the workspace that the client can make.

use ide::{Change, FileEdits, Refusal};
use tower_lsp::lsp_types::{
    CreateFile, CreateFileOptions, DeleteFile, DeleteFileOptions, DocumentChangeOperation, DocumentChanges,
    Position, Range, RenameFile, RenameFileOptions, ResourceOp, TextEdit, Url, WorkspaceEdit,
};

use crate::to_proto;
use crate::view::View;

/// The changes as one edit, or why this client cannot make them. `None` when one of the files is not there any more.
pub(crate) fn workspace_edit(view: &View, changes: Vec<Change>) -> Option<Result<WorkspaceEdit, Refusal>> {
    if let Some(why) = changes.iter().find_map(|change| refusal(view, change)) {
        return Some(Err(Refusal(why.to_owned())));
    }
    let only_edits = changes.iter().all(|change| matches!(change, Change::Edit(_)));
    if only_edits {
        let edits = changes.into_iter().filter_map(|change| match change {
            Change::Edit(it) => edited(view, it),
            _ => None,
        });
        return Some(Ok(to_proto::workspace_edit(&view.client, edits)));
    }
    let mut operations = Vec::new();
    for change in changes {
        operate(view, change, &mut operations)?;
    }
    let document_changes = Some(DocumentChanges::Operations(operations));
    Some(Ok(WorkspaceEdit { document_changes, ..WorkspaceEdit::default() }))
}

fn refusal(view: &View, change: &Change) -> Option<&'static str> {
    let can = view.client.code_actions;
    match change {
        Change::Edit(_) => None,
        Change::Create { .. } if can.creates_files => None,
        Change::Create { .. } => Some("This editor does not create files for a language server."),
        Change::Replace { .. } if can.renames_files || (can.creates_files && can.deletes_files) => None,
        Change::Replace { .. } => Some("This editor does not rename files for a language server."),
    }
}

fn edited(view: &View, it: FileEdits) -> Option<(Url, Option<i32>, Vec<TextEdit>)> {
    let document = view.snapshot.document(&it.file)?;
    let edits = to_proto::text_edits(&document, view.encoding, it.edits);
    Some((view.url(&it.file)?, view.version(&it.file), edits))
}

/// Adds the steps that a change takes.
fn operate(view: &View, change: Change, operations: &mut Vec<DocumentChangeOperation>) -> Option<()> {
    match change {
        Change::Edit(it) => {
            let (uri, version, edits) = edited(view, it)?;
            let edit = to_proto::text_document_edit(uri, version, edits);
            operations.push(DocumentChangeOperation::Edit(edit));
        }
        Change::Create { file, text } => create(view.url(&file)?, text, operations),
        Change::Replace { from, to, text } => {
            let (from_uri, to_uri) = (view.url(&from)?, view.url(&to)?);
            if !view.client.code_actions.renames_files {
                create(to_uri, text, operations);
                let options = DeleteFileOptions {
                    recursive: None,
                    ignore_if_not_exists: Some(true),
                    annotation_id: None,
                };
                let delete = DeleteFile { uri: from_uri, options: Some(options) };
                operations.push(DocumentChangeOperation::Op(ResourceOp::Delete(delete)));
                return Some(());
            }
            let options = RenameFileOptions { overwrite: Some(false), ignore_if_exists: Some(false) };
            let rename = RenameFile {
                old_uri: from_uri,
                new_uri: to_uri.clone(),
                options: Some(options),
                annotation_id: None,
            };
            operations.push(DocumentChangeOperation::Op(ResourceOp::Rename(rename)));
            let document = view.snapshot.document(&from)?;
            let whole = to_proto::range(&document, syntax::Span::new(0, document.len()), view.encoding);
            let edit = TextEdit { range: whole, new_text: text };
            operations.push(DocumentChangeOperation::Edit(to_proto::text_document_edit(
                to_uri,
                None,
                vec![edit],
            )));
        }
    }
    Some(())
}

fn create(uri: Url, text: String, operations: &mut Vec<DocumentChangeOperation>) {
    let options = CreateFileOptions { overwrite: Some(false), ignore_if_exists: Some(false) };
    let create = CreateFile { uri: uri.clone(), options: Some(options), annotation_id: None };
    operations.push(DocumentChangeOperation::Op(ResourceOp::Create(create)));
    let start = Range::new(Position::new(0, 0), Position::new(0, 0));
    let edit = TextEdit { range: start, new_text: text };
    operations.push(DocumentChangeOperation::Edit(to_proto::text_document_edit(uri, None, vec![edit])));
}
