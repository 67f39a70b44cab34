//! What the server offers, and what it reads from a client's capabilities.

use syntax::Encoding;
use tower_lsp::lsp_types::{
    ClientCapabilities, CodeLensOptions, CompletionOptions, DocumentLinkOptions, ExecuteCommandOptions,
    FoldingRangeProviderCapability, HoverProviderCapability, LinkedEditingRangeServerCapabilities, OneOf,
    PositionEncodingKind, RenameOptions, SelectionRangeProviderCapability, ServerCapabilities,
    SignatureHelpOptions, TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TypeDefinitionProviderCapability, WorkDoneProgressOptions, WorkspaceFoldersServerCapabilities,
    WorkspaceServerCapabilities,
};

use crate::handlers::{execute_command, on_type_formatting, semantic_tokens};

/// The parts of a client's capabilities that change what the server sends.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Client {
    pub(crate) encoding: Encoding,
    pub(crate) snippets: bool,
    pub(crate) related_information: bool,
    pub(crate) work_done_progress: bool,
    pub(crate) code_lens_refresh: bool,
    /// Whether the client has a test explorer that speaks [`crate::lsp_ext`]; it says so with
    /// `experimental.testingApi`.
    pub(crate) testing: bool,
    /// Whether the client watches files for the server.
    pub(crate) watches_files: bool,
    /// Whether it shows a tree of symbols.
    pub(crate) hierarchical_symbols: bool,
    /// Whether it folds whole lines only.
    pub(crate) line_folding_only: bool,
    /// Whether it asks before it renames.
    pub(crate) prepares_renames: bool,
    /// Whether it shows the text that leads to a definition.
    pub(crate) definition_links: bool,
    pub(crate) type_definition_links: bool,
    pub(crate) inlay_hint_refresh: bool,
    /// Whether it takes edits with the versions of the documents that they count in.
    pub(crate) document_changes: bool,
}

impl Client {
    pub(crate) fn new(capabilities: &ClientCapabilities) -> Client {
        let document = capabilities.text_document.as_ref();
        let workspace = capabilities.workspace.as_ref();
        let window = capabilities.window.as_ref();
        Client {
            encoding: encoding(capabilities),
            snippets: document
                .and_then(|it| it.completion.as_ref()?.completion_item.as_ref()?.snippet_support)
                .unwrap_or(false),
            related_information: document
                .and_then(|it| it.publish_diagnostics.as_ref()?.related_information)
                .unwrap_or(false),
            work_done_progress: window.and_then(|it| it.work_done_progress).unwrap_or(false),
            code_lens_refresh: workspace
                .and_then(|it| it.code_lens.as_ref()?.refresh_support)
                .unwrap_or(false),
            testing: capabilities
                .experimental
                .as_ref()
                .and_then(|it| it.get("testingApi")?.as_bool())
                .unwrap_or(false),
            watches_files: workspace
                .and_then(|it| it.did_change_watched_files.as_ref()?.dynamic_registration)
                .unwrap_or(false),
            hierarchical_symbols: document
                .and_then(|it| it.document_symbol.as_ref()?.hierarchical_document_symbol_support)
                .unwrap_or(false),
            line_folding_only: document
                .and_then(|it| it.folding_range.as_ref()?.line_folding_only)
                .unwrap_or(false),
            prepares_renames: document.and_then(|it| it.rename.as_ref()?.prepare_support).unwrap_or(false),
            definition_links: document.and_then(|it| it.definition.as_ref()?.link_support).unwrap_or(false),
            type_definition_links: document
                .and_then(|it| it.type_definition.as_ref()?.link_support)
                .unwrap_or(false),
            inlay_hint_refresh: workspace
                .and_then(|it| it.inlay_hint.as_ref()?.refresh_support)
                .unwrap_or(false),
            document_changes: workspace
                .and_then(|it| it.workspace_edit.as_ref()?.document_changes)
                .unwrap_or(false),
        }
    }
}

/// UTF-8 whenever the client can, because that is what offsets are; UTF-16, the protocol's default, otherwise.
fn encoding(capabilities: &ClientCapabilities) -> Encoding {
    let offered = capabilities.general.as_ref().and_then(|it| it.position_encodings.as_deref());
    let offered = offered.unwrap_or_default();
    if offered.contains(&PositionEncodingKind::UTF8) {
        Encoding::Utf8
    } else if offered.contains(&PositionEncodingKind::UTF32)
        && !offered.contains(&PositionEncodingKind::UTF16)
    {
        Encoding::Utf32
    } else {
        Encoding::Utf16
    }
}

/// What the server can do for this client.
pub(crate) fn server(client: &Client) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(match client.encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(true.into()),
            ..TextDocumentSyncOptions::default()
        })),
        completion_provider: Some(CompletionOptions {
            // What stands in quotes is no word that editors complete by themselves, and `${` and `::` neither.
            trigger_characters: Some([".", "\"", "{", "/", ":"].map(str::to_owned).into()),
            resolve_provider: Some(true),
            ..CompletionOptions::default()
        }),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        signature_help_provider: Some(SignatureHelpOptions {
            trigger_characters: Some(vec!["(".to_owned(), ",".to_owned()]),
            ..SignatureHelpOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        type_definition_provider: Some(TypeDefinitionProviderCapability::Simple(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        document_link_provider: Some(DocumentLinkOptions {
            resolve_provider: Some(false),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        }),
        inlay_hint_provider: Some(OneOf::Left(true)),
        linked_editing_range_provider: Some(LinkedEditingRangeServerCapabilities::Simple(true)),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        selection_range_provider: Some(SelectionRangeProviderCapability::Simple(true)),
        semantic_tokens_provider: Some(semantic_tokens::options().into()),
        rename_provider: Some(if client.prepares_renames {
            OneOf::Right(RenameOptions {
                prepare_provider: Some(true),
                work_done_progress_options: WorkDoneProgressOptions::default(),
            })
        } else {
            OneOf::Left(true)
        }),
        document_formatting_provider: Some(OneOf::Left(true)),
        document_range_formatting_provider: Some(OneOf::Left(true)),
        document_on_type_formatting_provider: Some(on_type_formatting::options()),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(false) }),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: execute_command::COMMANDS.iter().map(|&name| name.to_owned()).collect(),
            work_done_progress_options: WorkDoneProgressOptions { work_done_progress: Some(true) },
        }),
        experimental: Some(serde_json::json!({ "testingApi": true })),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            file_operations: None,
        }),
        ..ServerCapabilities::default()
    }
}
