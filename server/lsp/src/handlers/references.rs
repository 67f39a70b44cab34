//! `textDocument/references`

use std::collections::BTreeSet;

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Location, ReferenceParams};

use crate::from_proto;
use crate::session::Session;
use crate::workspace::Folders;

pub(crate) async fn references(session: &Session, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
    let at = params.text_document_position;
    let declaration = params.context.include_declaration;
    let Some((folders, file)) = Folders::of(session, &at.text_document.uri) else { return Ok(None) };
    session
        .compute(move |cancelled| {
            let view = folders.asking();
            let document = view.snapshot.document(&file)?;
            let offset = from_proto::offset(&document, at.position, view.encoding);
            let is_cancelled = || cancelled.is_cancelled();
            let found = ide::references(&folders.workspace(&is_cancelled), 0, &file, offset, declaration);
            let mut locations: Vec<Location> =
                found.iter().filter_map(|place| folders.location(place)).collect();
            // A file that has two names is found by both.
            let mut seen = BTreeSet::new();
            locations.retain(|it| seen.insert((it.uri.clone(), it.range.start, it.range.end)));
            Some(locations)
        })
        .await
}
