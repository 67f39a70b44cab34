//! The language server: one line for each message, the work is in `handlers`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;

use ide::Surroundings;
use syntax::SmolStr;

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;
use tower_lsp::{Client, ClientSocket, LanguageServer, LspService};

use crate::folder::DiskChange;
use crate::handlers;
use crate::look_ahead::look_ahead;
use crate::lsp_ext;
use crate::publisher;
use crate::run_service::RunService;
use crate::schemas::ModuleSchemas;
use crate::session::Session;
use crate::written::{self, Written};

/// One client's server.
pub(crate) struct Server {
    pub(crate) client: Client,
    pub(crate) session: Arc<Session>,
    pub(crate) runs: Arc<RunService>,
}

/// The service and its end of the connection, to be given to [`crate::transport::serve`].
pub(crate) fn service() -> (LspService<Server>, ClientSocket) {
    LspService::build(|client| {
        let environment = environment();
        // Without a working directory, relative names lead nowhere.
        let directory = std::env::current_dir().unwrap_or_default();
        let schemas = ModuleSchemas::new(&environment, directory);
        let session = Arc::new(Session::new(surroundings(&environment), schemas));
        let runs = Arc::new(RunService::new(Arc::clone(&session), client.clone(), environment));
        Server { client, session, runs }
    })
    .custom_method("window/workDoneProgress/cancel", Server::cancel_progress)
    .custom_method("runblock/testRun", Server::test_run)
    .custom_method("runblock/testRunCancel", Server::cancel_test_run)
    .custom_method(written::CODE_LENS, Server::code_lens)
    .custom_method(written::DOCUMENT_SYMBOL, Server::document_symbol)
    .custom_method(written::FOLDING_RANGE, Server::folding_range)
    .custom_method(written::SEMANTIC_TOKENS_FULL, Server::semantic_tokens_full)
    .finish()
}

/// The environment of the process, as runs see it.
fn environment() -> BTreeMap<String, String> {
    let text =
        |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
    std::env::vars_os().filter_map(text).collect()
}

fn surroundings(environment: &BTreeMap<String, String>) -> Surroundings {
    let variables = environment.keys().filter_map(|name| name.strip_prefix("TF_VAR_")).map(SmolStr::new);
    Surroundings { variables: Arc::new(variables.collect()), ..Surroundings::default() }
}

impl Server {
    /// What runs tests, for the end of the process.
    pub(crate) fn runs(&self) -> Arc<RunService> {
        Arc::clone(&self.runs)
    }

    async fn cancel_progress(&self, params: WorkDoneProgressCancelParams) {
        self.runs.cancel_progress(&params.token);
    }

    async fn test_run(&self, params: lsp_ext::TestRunParams) -> Result<lsp_ext::TestRunResponse> {
        handlers::test_run::test_run(self, params).await
    }

    async fn cancel_test_run(&self, params: lsp_ext::TestRunCancelParams) -> Result<()> {
        self.runs.cancel_test_run(params.id);
        Ok(())
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Written> {
        handlers::code_lens::code_lens(&self.session, params).await
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Written> {
        handlers::document_symbol::document_symbol(&self.session, params).await
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Written> {
        handlers::folding_range::folding_range(&self.session, params).await
    }

    async fn semantic_tokens_full(&self, params: SemanticTokensParams) -> Result<Written> {
        handlers::semantic_tokens::full(&self.session, params).await
    }
}

#[tower_lsp::async_trait]
impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        Ok(handlers::initialize::initialize(self, params))
    }

    async fn initialized(&self, _: InitializedParams) {
        tokio::spawn(publisher::publish(Arc::clone(&self.session), self.client.clone()));
        // A document may have been opened before the task was there to hear of it.
        self.session.dirty.notify_one();
        tokio::spawn(look_ahead(Arc::clone(&self.session)));
        handlers::initialize::initialized(self);
    }

    async fn shutdown(&self) -> Result<()> {
        self.runs.cancel_all();
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        self.session.open(params.text_document);
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        self.session.change(&document.uri, document.version, &params.content_changes);
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        self.session.files_changed([(params.text_document.uri, DiskChange::Written)]);
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.session.close(&params.text_document.uri);
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        let change = |it: FileEvent| match it.typ {
            FileChangeType::CHANGED => (it.uri, DiskChange::Written),
            _ => (it.uri, DiskChange::CameOrWent),
        };
        self.session.files_changed(params.changes.into_iter().map(change));
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        handlers::workspace_folders::changed(&self.session, &params.event);
        tokio::spawn(look_ahead(Arc::clone(&self.session)));
    }

    async fn did_change_configuration(&self, _: DidChangeConfigurationParams) {}

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        handlers::completion::completion(&self.session, params).await
    }

    async fn completion_resolve(&self, item: CompletionItem) -> Result<CompletionItem> {
        handlers::completion::resolve(&self.session, item).await
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        handlers::hover::hover(&self.session, params).await
    }

    async fn signature_help(&self, params: SignatureHelpParams) -> Result<Option<SignatureHelp>> {
        handlers::signature_help::signature_help(&self.session, params).await
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        handlers::definition::definition(&self.session, params).await
    }

    async fn goto_type_definition(
        &self,
        params: request::GotoTypeDefinitionParams,
    ) -> Result<Option<request::GotoTypeDefinitionResponse>> {
        handlers::type_definition::type_definition(&self.session, params).await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        handlers::references::references(&self.session, params).await
    }

    async fn document_highlight(
        &self,
        params: DocumentHighlightParams,
    ) -> Result<Option<Vec<DocumentHighlight>>> {
        handlers::document_highlight::document_highlight(&self.session, params).await
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<Vec<SymbolInformation>>> {
        handlers::workspace_symbol::workspace_symbol(&self.session, params).await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        handlers::document_link::document_link(&self.session, params).await
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        handlers::inlay_hint::inlay_hint(&self.session, params).await
    }

    async fn linked_editing_range(
        &self,
        params: LinkedEditingRangeParams,
    ) -> Result<Option<LinkedEditingRanges>> {
        handlers::linked_editing_range::linked_editing_range(&self.session, params).await
    }

    async fn selection_range(&self, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
        handlers::selection_range::selection_range(&self.session, params).await
    }

    async fn semantic_tokens_full_delta(
        &self,
        params: SemanticTokensDeltaParams,
    ) -> Result<Option<SemanticTokensFullDeltaResult>> {
        handlers::semantic_tokens::delta(&self.session, params).await
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        handlers::semantic_tokens::range(&self.session, params).await
    }

    async fn prepare_rename(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<PrepareRenameResponse>> {
        handlers::rename::prepare_rename(&self.session, params).await
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        handlers::rename::rename(&self.session, params).await
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        handlers::formatting::formatting(&self.session, params).await
    }

    async fn range_formatting(&self, params: DocumentRangeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        handlers::range_formatting::range_formatting(&self.session, params).await
    }

    async fn on_type_formatting(
        &self,
        params: DocumentOnTypeFormattingParams,
    ) -> Result<Option<Vec<TextEdit>>> {
        handlers::on_type_formatting::on_type_formatting(&self.session, params).await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        handlers::code_action::code_action(&self.session, params).await
    }

    async fn code_action_resolve(&self, action: CodeAction) -> Result<CodeAction> {
        handlers::code_action_resolve::code_action_resolve(&self.session, action).await
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<serde_json::Value>> {
        handlers::execute_command::execute_command(self, params).await
    }
}
