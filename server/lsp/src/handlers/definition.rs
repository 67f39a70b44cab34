//! `textDocument/definition`

use syntax::Document;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{GotoDefinitionParams, GotoDefinitionResponse, LocationLink};

use crate::session::Session;
use crate::view::View;
use crate::{from_proto, to_proto};

pub(crate) async fn definition(
    session: &Session,
    params: GotoDefinitionParams,
) -> Result<Option<GotoDefinitionResponse>> {
    let at = params.text_document_position_params;
    let Some((view, file)) = session.view(&at.text_document.uri) else { return Ok(None) };
    session
        .compute(move |_| {
            let document = view.snapshot.document(&file)?;
            let offset = from_proto::offset(&document, at.position, view.encoding);
            let found = ide::definition(&view.snapshot, &file, offset);
            response(&view, &document, &found, view.client.definition_links)
        })
        .await
}

/// The places to go to; with the text that leads there, where the client can show it.
pub(super) fn response(
    view: &View,
    document: &Document,
    found: &[ide::Definition],
    links: bool,
) -> Option<GotoDefinitionResponse> {
    let places = found.iter().filter_map(|it| Some((it.origin, to_proto::location(view, &it.target)?)));
    let response = if links {
        let link = |(origin, place): (_, tower_lsp::lsp_types::Location)| LocationLink {
            origin_selection_range: Some(to_proto::range(document, origin, view.encoding)),
            target_uri: place.uri,
            target_range: place.range,
            target_selection_range: place.range,
        };
        GotoDefinitionResponse::Link(places.map(link).collect())
    } else {
        GotoDefinitionResponse::Array(places.map(|(_, place)| place).collect())
    };
    (!found.is_empty()).then_some(response)
}
