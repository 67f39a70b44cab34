//! What the server offers, and what it reads from a client's capabilities.

use syntax::Encoding;
use tower_lsp::lsp_types::{
    ClientCapabilities, CodeActionCapabilityResolveSupport, CodeLensOptions, CompletionOptions,
    DiagnosticTag, DocumentLinkOptions, ExecuteCommandOptions, FoldingRangeProviderCapability,
    HoverProviderCapability, LinkedEditingRangeServerCapabilities, MarkupKind, OneOf, PositionEncodingKind,
    RenameOptions, ResourceOperationKind, SelectionRangeProviderCapability, ServerCapabilities,
    SignatureHelpOptions, TextDocumentClientCapabilities, TextDocumentSyncCapability, TextDocumentSyncKind,
    TextDocumentSyncOptions, TypeDefinitionProviderCapability, WorkDoneProgressOptions,
    WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
};

use crate::handlers::{code_action, execute_command, on_type_formatting, semantic_tokens};
use crate::legend::Legend;

/// The parts of a client's capabilities that change what the server sends.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Client {
    pub(crate) encoding: Encoding,
    pub(crate) snippets: bool,
    pub(crate) related_information: bool,
    /// Whether it shows a link beside a diagnostic's code.
    pub(crate) code_descriptions: bool,
    /// Whether it shows faded what is of no use.
    pub(crate) unnecessary_tag: bool,
    /// Where it takes text with marks, and not plain text only.
    pub(crate) markdown: Markdown,
    /// Whether it shows what a link leads to before it is followed.
    pub(crate) link_tooltips: bool,
    /// The semantic tokens that it knows.
    pub(crate) legend: Legend,
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
    pub(crate) code_actions: CodeActions,
}

/// What a client does with code actions.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CodeActions {
    /// Whether it takes actions at all, and not only commands.
    pub(crate) literals: bool,
    /// Whether it asks for the edit of an action when somebody has chosen it, and sends back what it was given.
    pub(crate) resolves: bool,
    /// Whether it shows actions that cannot be done, with the reason.
    pub(crate) shows_disabled: bool,
    pub(crate) preferred: bool,
    /// Whether it makes and renames files.
    pub(crate) creates_files: bool,
    pub(crate) renames_files: bool,
    pub(crate) deletes_files: bool,
}

impl CodeActions {
    fn new(capabilities: &ClientCapabilities) -> CodeActions {
        let document = capabilities.text_document.as_ref();
        let actions = document.and_then(|it| it.code_action.as_ref());
        let edits = capabilities.workspace.as_ref().and_then(|it| it.workspace_edit.as_ref());
        let operations = edits.filter(|it| it.document_changes == Some(true));
        let operations = operations.and_then(|it| it.resource_operations.as_deref()).unwrap_or_default();
        let edit = |it: &CodeActionCapabilityResolveSupport| it.properties.iter().any(|name| name == "edit");
        let keeps_data = actions.and_then(|it| it.data_support).unwrap_or(false);
        CodeActions {
            literals: actions.is_some_and(|it| it.code_action_literal_support.is_some()),
            resolves: keeps_data && actions.and_then(|it| it.resolve_support.as_ref()).is_some_and(edit),
            shows_disabled: actions.and_then(|it| it.disabled_support).unwrap_or(false),
            preferred: actions.and_then(|it| it.is_preferred_support).unwrap_or(false),
            creates_files: operations.contains(&ResourceOperationKind::Create),
            renames_files: operations.contains(&ResourceOperationKind::Rename),
            deletes_files: operations.contains(&ResourceOperationKind::Delete),
        }
    }
}

/// What takes text with marks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Markdown {
    pub(crate) hover: bool,
    pub(crate) completion: bool,
    pub(crate) signature: bool,
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
            code_descriptions: document
                .and_then(|it| it.publish_diagnostics.as_ref()?.code_description_support)
                .unwrap_or(false),
            unnecessary_tag: document
                .and_then(|it| it.publish_diagnostics.as_ref()?.tag_support.as_ref())
                .is_some_and(|tags| tags.value_set.contains(&DiagnosticTag::UNNECESSARY)),
            markdown: document.map(Markdown::of).unwrap_or_default(),
            link_tooltips: document
                .and_then(|it| it.document_link.as_ref()?.tooltip_support)
                .unwrap_or(false),
            legend: Legend::of(document.and_then(|it| it.semantic_tokens.as_ref())),
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
            code_actions: CodeActions::new(capabilities),
        }
    }
}

impl Markdown {
    /// What the client says it takes, best first. One that says nothing takes plain text.
    fn of(document: &TextDocumentClientCapabilities) -> Markdown {
        let is_first = |formats: Option<&Vec<MarkupKind>>| {
            formats.and_then(|formats| formats.first()) == Some(&MarkupKind::Markdown)
        };
        let item = document.completion.as_ref().and_then(|it| it.completion_item.as_ref());
        let signature = document.signature_help.as_ref().and_then(|it| it.signature_information.as_ref());
        Markdown {
            hover: is_first(document.hover.as_ref().and_then(|it| it.content_format.as_ref())),
            completion: is_first(item.and_then(|it| it.documentation_format.as_ref())),
            signature: is_first(signature.and_then(|it| it.documentation_format.as_ref())),
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
            trigger_characters: Some([".", "\"", "{", "[", "/", ":"].map(str::to_owned).into()),
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
        semantic_tokens_provider: Some(semantic_tokens::options(&client.legend).into()),
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
        code_action_provider: client.code_actions.literals.then(code_action::options),
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
