//! `codeAction/resolve`: what an action changes, once somebody has chosen it.

use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::CodeAction;

use super::code_action::{Later, changes_of};
use super::rename::refused;
use crate::session::Session;

pub(crate) async fn code_action_resolve(session: &Session, mut action: CodeAction) -> Result<CodeAction> {
    let Some(data) = action.data.take() else { return Ok(action) };
    let later: Later = serde_json::from_value(data)
        .map_err(|_| Error::invalid_params("The action is none of this server's."))?;
    let Some((view, file)) = session.view(&later.uri) else { return Err(Error::content_modified()) };
    if view.version(&file) != later.version {
        return Err(Error::content_modified());
    }
    let asked = action.clone();
    let found = session.compute(move |_| changes_of(&view, &file, &asked, &later)).await?;
    let edit = found.ok_or_else(Error::content_modified)?;
    action.edit = Some(edit.map_err(refused)?);
    Ok(action)
}
