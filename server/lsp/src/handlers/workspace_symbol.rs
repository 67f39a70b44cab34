//! `workspace/symbol`

use ide::{Place, WorkspaceSymbol};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{SymbolInformation, WorkspaceSymbolParams};

use super::document_symbol::kind;
use crate::session::Session;
use crate::workspace::Folders;

pub(crate) async fn workspace_symbol(
    session: &Session,
    params: WorkspaceSymbolParams,
) -> Result<Option<Vec<SymbolInformation>>> {
    let Some(folders) = Folders::all(session) else { return Ok(None) };
    session
        .compute(move |cancelled| {
            let is_cancelled = || cancelled.is_cancelled();
            let served = folders.asking().files;
            let workspace = folders.workspace(&is_cancelled);
            let found = ide::workspace_symbols(&workspace, &params.query, |file| served.has(file));
            Some(found.into_iter().filter_map(|it| symbol(&folders, it)).collect())
        })
        .await
}

#[expect(deprecated, reason = "a field that must be there, and that nothing is written to")]
fn symbol(folders: &Folders, place: Place<WorkspaceSymbol>) -> Option<SymbolInformation> {
    let Place { folder, it } = place;
    let location = folders.location(&Place { folder, it: it.location })?;
    Some(SymbolInformation {
        name: it.name.to_string(),
        kind: kind(it.kind),
        tags: None,
        deprecated: None,
        location,
        container_name: Some(it.container),
    })
}
