//! `initialize` and `initialized`

use std::path::PathBuf;

use config::{Dialect, Dialects};
use serde_json::Value;
use tower_lsp::lsp_types::{
    DidChangeWatchedFilesRegistrationOptions, FileSystemWatcher, GlobPattern, InitializeParams,
    InitializeResult, MessageType, Registration, ServerInfo,
};

use crate::capabilities::{self, Client};
use crate::document_key::normalized;
use crate::from_proto;
use crate::server::Server;
use crate::session::FilesServed;

/// Files that change what a test means when something else than the editor writes them.
const WATCHED: &[&str] = &[
    "**/*.{tftest,tofutest,tfmock}.{hcl,json}",
    "**/*.{tf,tofu}",
    "**/*.{tf,tofu}.json",
    "**/*.{tfvars,tfvars.json}",
    "**/.terraform/modules/modules.json",
    "**/.{terraform,opentofu}-version",
    "**/.terraform.lock.hcl",
    "**/.runblock/schemas/*.json",
];

pub(crate) fn initialize(server: &Server, params: InitializeParams) -> InitializeResult {
    let client = Client::new(&params.capabilities);
    let capabilities = capabilities::server(&client);
    let (dialects, of_dialect) = dialects(&params);
    let (schemas, of_schemas) = schemas(&params);
    let (files, of_files) = files(&params);
    let folders = folders(params);
    // Without a folder they count from the working directory.
    let root = folders.first().cloned().unwrap_or_default();
    let schemas: Vec<PathBuf> = schemas.iter().map(|path| normalized(&root.join(path))).collect();
    server.session.initialize(client, dialects, &schemas, files, folders);
    for problem in [of_dialect, of_schemas, of_files].into_iter().flatten() {
        let client = server.client.clone();
        // One of the few notifications that a client may get before the answer to `initialize`.
        tokio::spawn(async move { client.show_message(MessageType::WARNING, problem).await });
    }
    InitializeResult {
        capabilities,
        server_info: Some(ServerInfo {
            name: "runblock".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
    }
}

/// The initialization option `dialect`, in the form of the command line's `--dialect`, and what is wrong with it.
fn dialects(params: &InitializeParams) -> (Dialects, Option<String>) {
    let option = params.initialization_options.as_ref().and_then(|options| options.get("dialect"));
    match option.map(|option| (option, option.as_str().map(Dialect::parse))) {
        None | Some((Value::Null, _)) => (Dialects::default(), None),
        Some((_, Some(Ok(dialect)))) => (Dialects::only(dialect), None),
        Some((_, Some(Err(problem)))) => (Dialects::default(), Some(problem)),
        Some((option, None)) => {
            let problem =
                format!("The option \"dialect\" must be a string such as \"terraform@1.15\", not {option}.");
            (Dialects::default(), Some(problem))
        }
    }
}

/// The initialization option `schemas`, files and folders with schemas of providers, and what is wrong with it.
fn schemas(params: &InitializeParams) -> (Vec<String>, Option<String>) {
    let option = params.initialization_options.as_ref().and_then(|options| options.get("schemas"));
    let Some(option) = option.filter(|option| !option.is_null()) else { return (Vec::new(), None) };
    let path = |it: &Value| it.as_str().filter(|path| !path.is_empty()).map(str::to_owned);
    match option.as_array().and_then(|paths| paths.iter().map(path).collect()) {
        Some(paths) => (paths, None),
        None => {
            let problem = format!("The option \"schemas\" must be a list of paths, not {option}.");
            (Vec::new(), Some(problem))
        }
    }
}

/// The initialization option `files`, which files the server speaks about, and what is wrong with it.
fn files(params: &InitializeParams) -> (FilesServed, Option<String>) {
    let option = params.initialization_options.as_ref().and_then(|options| options.get("files"));
    match option {
        None | Some(Value::Null) => (FilesServed::default(), None),
        Some(option) if option == "all" => (FilesServed::All, None),
        Some(option) if option == "tests" => (FilesServed::Tests, None),
        Some(option) => {
            let problem = format!("The option \"files\" must be \"all\" or \"tests\", not {option}.");
            (FilesServed::default(), Some(problem))
        }
    }
}

/// The folders that the client names, in whichever of the protocol's three ways; none is fine.
fn folders(params: InitializeParams) -> Vec<PathBuf> {
    let named = params.workspace_folders.unwrap_or_default();
    let mut folders: Vec<_> = named.iter().filter_map(|folder| from_proto::path(&folder.uri)).collect();
    if folders.is_empty() {
        folders.extend(params.root_uri.as_ref().and_then(from_proto::path));
    }
    folders.iter().map(|folder| normalized(folder)).collect()
}

pub(crate) fn initialized(server: &Server) {
    if !server.session.client().watches_files {
        return;
    }
    let watchers = WATCHED.iter().map(|&pattern| FileSystemWatcher {
        glob_pattern: GlobPattern::String(pattern.to_owned()),
        kind: None,
    });
    let options = DidChangeWatchedFilesRegistrationOptions { watchers: watchers.collect() };
    let registration = Registration {
        id: "watched-files".to_owned(),
        method: "workspace/didChangeWatchedFiles".to_owned(),
        register_options: serde_json::to_value(options).ok(),
    };
    let client = server.client.clone();
    tokio::spawn(async move {
        if let Err(error) = client.register_capability(vec![registration]).await {
            tracing::warn!("the client does not watch files: {error}");
        }
    });
}
