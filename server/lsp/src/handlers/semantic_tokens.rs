//! `textDocument/semanticTokens/full`, `…/full/delta` and `…/range`

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    SemanticTokens, SemanticTokensDelta, SemanticTokensDeltaParams, SemanticTokensEdit,
    SemanticTokensFullDeltaResult, SemanticTokensFullOptions, SemanticTokensOptions, SemanticTokensParams,
    SemanticTokensRangeParams, SemanticTokensRangeResult, Url, WorkDoneProgressOptions,
};

use crate::from_proto;
use crate::legend::Legend;
use crate::session::Session;
use crate::written::Written;

pub(crate) fn options(legend: &Legend) -> SemanticTokensOptions {
    SemanticTokensOptions {
        work_done_progress_options: WorkDoneProgressOptions::default(),
        legend: legend.told(),
        range: Some(true),
        full: Some(SemanticTokensFullOptions::Delta { delta: Some(true) }),
    }
}

pub(crate) async fn full(session: &Session, params: SemanticTokensParams) -> Result<Written> {
    let uri = params.text_document.uri;
    let Some((view, file)) = session.view(&uri) else { return Ok(Written::nothing()) };
    let name = session.name_tokens();
    let result_id = Some(name.clone());
    let (tokens, written) = session
        .compute(move |_| {
            let tokens = ide::semantic_tokens(&view.snapshot, &file, view.encoding);
            let data = view.client.legend.tokens(tokens.tokens());
            (tokens, Written::of(&SemanticTokens { result_id, data }))
        })
        .await?;
    session.tell_tokens(&uri, name, tokens);
    Ok(written)
}

pub(crate) async fn delta(
    session: &Session,
    params: SemanticTokensDeltaParams,
) -> Result<Option<SemanticTokensFullDeltaResult>> {
    let uri = params.text_document.uri;
    let told = session.told_tokens(&uri, &params.previous_result_id);
    let Some(tokens) = compute_full(session, &uri).await? else { return Ok(None) };
    let legend = session.client().legend;
    // Differences count tokens: where some are left out, only the whole list is right.
    let Some(told) = told.filter(|_| legend.tells_all()) else {
        let data = legend.tokens(tokens.tokens());
        let result_id = Some(named(session, &uri, tokens));
        return Ok(Some(SemanticTokensFullDeltaResult::Tokens(SemanticTokens { result_id, data })));
    };
    // The protocol counts numbers, of which each token has five.
    let numbers = |tokens: usize| u32::try_from(5 * tokens).unwrap_or(u32::MAX);
    let edit = tokens.edit_from(&told).map(|edit| SemanticTokensEdit {
        start: numbers(edit.start),
        delete_count: numbers(edit.delete),
        data: Some(legend.tokens(edit.insert)),
    });
    let result_id = Some(named(session, &uri, tokens));
    let delta = SemanticTokensDelta { result_id, edits: edit.into_iter().collect() };
    Ok(Some(SemanticTokensFullDeltaResult::TokensDelta(delta)))
}

pub(crate) async fn range(
    session: &Session,
    params: SemanticTokensRangeParams,
) -> Result<Option<SemanticTokensRangeResult>> {
    let Some((view, file)) = session.view(&params.text_document.uri) else { return Ok(None) };
    session
        .compute(move |_| {
            let document = view.snapshot.document(&file)?;
            let span = from_proto::span(&document, params.range, view.encoding);
            let tokens = ide::semantic_tokens_in(&view.snapshot, &file, span, view.encoding);
            let data = view.client.legend.tokens(tokens);
            Some(SemanticTokensRangeResult::Tokens(SemanticTokens { result_id: None, data }))
        })
        .await
}

/// Keeps tokens that the client is about to get, under a new name.
fn named(session: &Session, uri: &Url, tokens: ide::SemanticTokens) -> String {
    let name = session.name_tokens();
    session.tell_tokens(uri, name.clone(), tokens);
    name
}

async fn compute_full(session: &Session, uri: &Url) -> Result<Option<ide::SemanticTokens>> {
    let Some((view, file)) = session.view(uri) else { return Ok(None) };
    session.compute(move |_| Some(ide::semantic_tokens(&view.snapshot, &file, view.encoding))).await
}
