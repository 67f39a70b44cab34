//! `textDocument/codeAction`

use ide::{Action, ActionKind, ActionRequest, Refusal};
use serde::{Deserialize, Serialize};
use syntax::{Diagnostic, Document, FileName};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    CodeAction, CodeActionContext, CodeActionDisabled, CodeActionKind, CodeActionOptions, CodeActionParams,
    CodeActionProviderCapability, CodeActionResponse, CodeActionTriggerKind, Range, Url,
    WorkDoneProgressOptions,
};

use crate::changes::workspace_edit;
use crate::publisher::said_of;
use crate::session::Session;
use crate::view::View;
use crate::{from_proto, to_proto};

/// Every kind that there is.
pub(crate) const KINDS: &[ActionKind] = &[
    ActionKind::QuickFix,
    ActionKind::Generate,
    ActionKind::Extract,
    ActionKind::Rewrite,
    ActionKind::FixAll,
];

/// What an action that was not worked out yet comes back with.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Later {
    pub(crate) uri: Url,
    pub(crate) version: Option<i32>,
    pub(crate) range: Range,
}

pub(crate) fn options() -> CodeActionProviderCapability {
    CodeActionProviderCapability::Options(CodeActionOptions {
        code_action_kinds: Some(KINDS.iter().map(|kind| kind.name().into()).collect()),
        resolve_provider: Some(true),
        work_done_progress_options: WorkDoneProgressOptions::default(),
    })
}

pub(crate) async fn code_action(
    session: &Session,
    params: CodeActionParams,
) -> Result<Option<CodeActionResponse>> {
    let uri = params.text_document.uri;
    let Some((view, file)) = session.view(&uri) else { return Ok(None) };
    session
        .compute(move |_| {
            let document = view.snapshot.document(&file)?;
            let diagnostics = said_of(&view, &file);
            let wanted = |kind| is_wanted(kind, params.context.only.as_deref());
            let request = ActionRequest {
                file: &file,
                range: from_proto::span(&document, params.range, view.encoding),
                diagnostics: &diagnostics,
                wanted: &wanted,
                invoked: is_invoked(&params.context),
            };
            let later = view.client.code_actions.resolves;
            let found = ide::actions(&view.snapshot, &request, later);
            let version = view.version(&file);
            let actions = found.into_iter().filter_map(|action| {
                let later = Later { uri: uri.clone(), version, range: params.range };
                code_action_of(&view, &document, action, later)
            });
            Some(actions.map(Into::into).collect())
        })
        .await
}

/// Whether a kind is one of those that the client has asked for, or below one.
fn is_wanted(kind: ActionKind, only: Option<&[CodeActionKind]>) -> bool {
    let name = kind.name();
    let below = |asked: &CodeActionKind| {
        let asked = asked.as_str();
        asked.is_empty()
            || name.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    only.is_none_or(|only| only.iter().any(below))
}

/// Clients that say nothing about it mean that somebody has asked.
fn is_invoked(context: &CodeActionContext) -> bool {
    context.only.is_some() || context.trigger_kind != Some(CodeActionTriggerKind::AUTOMATIC)
}

/// The action as the client takes it; `None` for one that cannot be done where the client does not show why.
fn code_action_of(view: &View, document: &Document, action: Action, later: Later) -> Option<CodeAction> {
    let diagnostics: Vec<_> =
        action.diagnostics.iter().map(|it: &Diagnostic| to_proto::diagnostic(view, document, it)).collect();
    let mut found = CodeAction {
        title: action.title,
        kind: Some(action.kind.name().into()),
        diagnostics: (!diagnostics.is_empty()).then_some(diagnostics),
        is_preferred: (action.preferred && view.client.code_actions.preferred).then_some(true),
        ..CodeAction::default()
    };
    match action.changes {
        None => found.data = serde_json::to_value(later).ok(),
        Some(changes) => match changes.map_or_else(|why| Some(Err(why)), |it| workspace_edit(view, it))? {
            Ok(edit) => found.edit = Some(edit),
            Err(Refusal(reason)) if view.client.code_actions.shows_disabled => {
                found.disabled = Some(CodeActionDisabled { reason });
            }
            Err(_) => return None,
        },
    }
    Some(found)
}

/// The kind of that name.
pub(crate) fn kind_of(name: Option<&CodeActionKind>) -> Option<ActionKind> {
    KINDS.iter().copied().find(|kind| name.is_some_and(|name| name.as_str() == kind.name()))
}

/// What `view` says of the file, for an action that is worked out later.
pub(crate) fn changes_of(
    view: &View,
    file: &FileName,
    action: &CodeAction,
    later: &Later,
) -> Option<Changes> {
    let document = view.snapshot.document(file)?;
    let diagnostics = said_of(view, file);
    let kind = kind_of(action.kind.as_ref())?;
    let request = ActionRequest {
        file,
        range: from_proto::span(&document, later.range, view.encoding),
        diagnostics: &diagnostics,
        wanted: &|other| other == kind,
        invoked: true,
    };
    let changes = ide::resolve(&view.snapshot, &request, kind, &action.title)?;
    changes.map_or_else(|why| Some(Err(why)), |changes| workspace_edit(view, changes))
}

type Changes = std::result::Result<tower_lsp::lsp_types::WorkspaceEdit, Refusal>;
