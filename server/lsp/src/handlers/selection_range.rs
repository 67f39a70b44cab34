//! `textDocument/selectionRange`

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{SelectionRange, SelectionRangeParams};

use crate::session::Session;
use crate::{from_proto, to_proto};

pub(crate) async fn selection_range(
    session: &Session,
    params: SelectionRangeParams,
) -> Result<Option<Vec<SelectionRange>>> {
    let Some((view, file)) = session.view(&params.text_document.uri) else { return Ok(None) };
    session
        .compute(move |_| {
            let document = view.snapshot.document(&file)?;
            let chains = params.positions.into_iter().map(|position| {
                let offset = from_proto::offset(&document, position, view.encoding);
                let mut around = None;
                for span in ide::selection(&view.snapshot, &file, offset).into_iter().rev() {
                    let range = to_proto::range(&document, span, view.encoding);
                    around = Some(SelectionRange { range, parent: around.map(Box::new) });
                }
                // Every position has an answer, and the answers are told apart by their order.
                let here = tower_lsp::lsp_types::Range::new(position, position);
                around.unwrap_or(SelectionRange { range: here, parent: None })
            });
            Some(chains.collect())
        })
        .await
}
