//! `textDocument/codeLens`

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{CodeLens, CodeLensParams};

use crate::session::Session;
use crate::task::compute;
use crate::to_proto;

pub(crate) async fn code_lens(session: &Session, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
    let uri = params.text_document.uri;
    let Some((view, file)) = session.view(&uri) else { return Ok(None) };
    compute(move |_| {
        let document = view.snapshot.document(&file)?;
        let lenses = ide::lenses(&view.snapshot, &view.results, &file).into_iter();
        Some(lenses.map(|lens| to_proto::code_lens(&uri, &document, view.encoding, lens)).collect())
    })
    .await
}
