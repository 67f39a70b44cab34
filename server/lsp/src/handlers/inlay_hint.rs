//! `textDocument/inlayHint`

use ide::InlayHintKind;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{self as proto, InlayHint, InlayHintLabel, InlayHintParams, InlayHintTooltip};

use crate::session::Session;
use crate::{from_proto, to_proto};

pub(crate) async fn inlay_hint(session: &Session, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
    let Some((view, file)) = session.view(&params.text_document.uri) else { return Ok(None) };
    session
        .compute(move |_| {
            let document = view.snapshot.document(&file)?;
            let range = from_proto::span(&document, params.range, view.encoding);
            let found = ide::inlay_hints(&view.snapshot, &view.results, &file, range).into_iter();
            let hint = |it: ide::InlayHint| InlayHint {
                position: to_proto::position(&document, it.offset, view.encoding),
                label: InlayHintLabel::String(it.label),
                kind: match it.kind {
                    InlayHintKind::Type => Some(proto::InlayHintKind::TYPE),
                    InlayHintKind::Value => None,
                },
                text_edits: None,
                tooltip: it.tooltip.map(InlayHintTooltip::String),
                padding_left: None,
                padding_right: None,
                data: None,
            };
            Some(found.map(hint).collect())
        })
        .await
}
