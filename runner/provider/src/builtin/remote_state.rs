//! `terraform_remote_state`: the outputs of another configuration, from a state file on this machine.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{AttributeSchema, Schema};
use lang::functions::{FileError, FileReader};
use lang::{Dialect, Path, Tool, Type, Value};

use super::{get, state_outputs};
use crate::answer::{Answer, Report};

pub(super) const KIND: &str = "terraform_remote_state";

/// The file of the default workspace, and what that of another one is called.
const FILE: &str = "terraform.tfstate";
const WORKSPACE_DIRECTORY: &str = "terraform.tfstate.d";

/// Where Terraform 1.11 can keep states, besides files.
const OTHER_BACKENDS: &[&str] =
    &["azurerm", "cloud", "consul", "cos", "gcs", "http", "inmem", "kubernetes", "oss", "pg", "remote", "s3"];
const REMOVED_BACKENDS: &[&str] = &["artifactory", "etcd", "etcdv3", "manta", "swift"];

pub(super) fn schema() -> Schema {
    let attributes = [
        ("backend", AttributeSchema::required(Type::String), "The remote backend to use."),
        ("config", AttributeSchema::optional(Type::Dynamic), "The configuration of the remote backend."),
        (
            "defaults",
            AttributeSchema::optional(Type::Dynamic),
            "Values for outputs that the state does not have.",
        ),
        ("outputs", AttributeSchema::computed(Type::Dynamic), "Every output of the state's root module."),
        ("workspace", AttributeSchema::optional(Type::String), "The workspace whose state is read."),
    ];
    let attributes = attributes.into_iter().map(|(name, attribute, description)| {
        (name.into(), AttributeSchema { description: Some(description.into()), ..attribute })
    });
    Schema { attributes: attributes.collect(), ..Schema::default() }
}

/// What can be said before the state is read. Arguments may be unknown.
pub(super) fn validate(config: &Value, tool: Tool) -> Vec<Report> {
    let mut found = Vec::new();
    let backend_config = get(config, "config");
    if backend_config.is_wholly_known() && get(config, "backend").is_known() {
        found.extend(local_backend(config, tool).err());
    } else if !may_be_object(&backend_config) {
        found.push(about("config", INVALID, "The configuration must be an object value."));
    }
    if !may_be_object(&get(config, "defaults")) {
        found.push(about("defaults", "Invalid default values", "Defaults must be given in an object value."));
    }
    found
}

/// Reads the state that the arguments name.
pub(super) fn read(config: &Value, files: &dyn FileReader, dialect: Dialect) -> Answer<Value> {
    let backend = match local_backend(config, dialect.tool) {
        Ok(backend) => backend,
        Err(report) => return Answer::refused(report),
    };
    let path = backend.path(get(config, "workspace").as_str().unwrap_or("default"));
    let missing = || about("workspace", "Unable to find remote state", NOTHING_STORED);
    let text = match files.read(&path) {
        Ok(text) if text.is_empty() => return Answer::refused(missing()),
        Ok(text) => text,
        Err(FileError::NotFound) => return Answer::refused(missing()),
        Err(error) => {
            let reason = match error {
                FileError::NotFound => "no such file or directory".to_owned(),
                FileError::Directory => format!("read {path}: is a directory"),
                FileError::NotRegular => format!("read {path}: not a regular file"),
                FileError::Other(reason) => format!("open {path}: {reason}"),
            };
            let detail = format!("The state file could not be read: {reason}");
            return Answer::refused(Report::without_place("Failed to read state file", detail));
        }
    };
    let stored = match state_outputs::read(&text, dialect) {
        Ok(stored) => stored,
        Err(reports) => return Answer { value: None, reports },
    };
    let mut outputs: BTreeMap<Arc<str>, Value> =
        get(config, "defaults").as_map().cloned().unwrap_or_default();
    outputs.extend(stored);
    let mut object = config.as_map().cloned().unwrap_or_default();
    object.insert("outputs".into(), Value::object(outputs));
    Answer::of(Value::object(object))
}

/// The arguments of the local backend.
struct Local {
    path: Option<String>,
    workspace_directory: Option<String>,
}

impl Local {
    fn path(&self, workspace: &str) -> String {
        if workspace == "default" {
            return self.path.clone().unwrap_or_else(|| FILE.to_owned());
        }
        let directory = self.workspace_directory.as_deref().unwrap_or(WORKSPACE_DIRECTORY);
        format!("{directory}/{workspace}/{FILE}")
    }
}

/// Reads `backend` and `config`, which are known.
fn local_backend(config: &Value, tool: Tool) -> Result<Local, Report> {
    let backend = get(config, "backend");
    let kind = match backend.as_str() {
        // An old name for it.
        Some("_local") => "local",
        Some(kind) => kind,
        None => return Err(about("backend", INVALID, "A backend must be named.")),
    };
    if kind != "local" {
        let detail = match kind {
            "azure" => "The \"azure\" backend name has been removed, please use \"azurerm\".".to_owned(),
            kind if REMOVED_BACKENDS.contains(&kind) => {
                format!("The \"{kind}\" backend is not supported in {tool} v1.3 or later.")
            }
            kind if OTHER_BACKENDS.contains(&kind) => format!(
                "This version of runblock reads state only from local files: the \"{kind}\" backend is not available."
            ),
            kind => format!("There is no backend type named {}.", lang::quote(kind)),
        };
        return Err(about("backend", INVALID, detail));
    }
    let invalid = |reason: &str| {
        about(
            "config",
            INVALID,
            format!("The given configuration is not valid for backend \"local\": {reason}."),
        )
    };
    let given = get(config, "config");
    if given.is_null() {
        return Ok(Local { path: None, workspace_directory: None });
    }
    let Some(arguments) = given.as_map() else { return Err(invalid("an object is required")) };
    let known = ["path", "workspace_dir"];
    if let Some(name) = arguments.keys().find(|name| !known.contains(&&***name)) {
        return Err(invalid(&format!("unexpected attribute {}", lang::quote(name))));
    }
    let text = |name: &str| match arguments.get(name) {
        None => Ok(None),
        Some(value) => match lang::convert(value, &Type::String) {
            Ok(value) => Ok(value.as_str().map(str::to_owned)),
            Err(error) => Err(invalid(&format!(".{name}: {error}"))),
        },
    };
    let local = Local { path: text("path")?, workspace_directory: text("workspace_dir")? };
    let empty = |summary: &str, name: &str| {
        let detail = format!("The \"{name}\" attribute value must not be empty.");
        Err(Report::error(summary, detail).about(Path::root().attr(name)))
    };
    match (&local.path, &local.workspace_directory) {
        (Some(path), _) if path.is_empty() => empty("Invalid local state file path", "path"),
        (_, Some(directory)) if directory.is_empty() => {
            empty("Invalid local workspace directory path", "workspace_dir")
        }
        _ => Ok(local),
    }
}

fn may_be_object(value: &Value) -> bool {
    matches!(value.ty(), Type::Dynamic | Type::Object(_) | Type::Map(_))
}

fn about(argument: &str, summary: &str, detail: impl Into<String>) -> Report {
    Report::error(summary, detail).about(Path::root().attr(argument))
}

const INVALID: &str = "Invalid backend configuration";
const NOTHING_STORED: &str = "No stored state was found for the given workspace in the given backend.";
