//! The provisioners that are part of Terraform: their arguments, and what they do with them.
//!
//! All of them act through the host, where that allows it: `local-exec` runs a command, `file` and `remote-exec` do
//! something on another machine.

mod connection;
mod remote;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use config::{AttributeSchema, Schema};
use lang::{Type, Value};
use syntax::{Diagnostic, SmolStr};

use crate::host::{Cancel, CommandEnd, Host, LocalCommand};
use crate::program::Program;

pub(crate) use connection::schema as connection_schema;

/// The arguments of a type of provisioner; `None` for a type that Terraform does not have.
pub(crate) fn schema(kind: &str) -> Option<&'static Schema> {
    static SCHEMAS: OnceLock<BTreeMap<&'static str, Schema>> = OnceLock::new();
    let schemas = SCHEMAS.get_or_init(|| {
        let texts = || Type::list(Type::String);
        BTreeMap::from([
            (
                "local-exec",
                arguments(&[
                    ("command", Type::String, true),
                    ("interpreter", texts(), false),
                    ("working_dir", Type::String, false),
                    ("environment", Type::map(Type::String), false),
                    ("quiet", Type::Bool, false),
                ]),
            ),
            (
                "file",
                arguments(&[
                    ("source", Type::String, false),
                    ("content", Type::String, false),
                    ("destination", Type::String, true),
                ]),
            ),
            (
                "remote-exec",
                arguments(&[
                    ("inline", texts(), false),
                    ("script", Type::String, false),
                    ("scripts", texts(), false),
                ]),
            ),
        ])
    });
    schemas.get(kind)
}

fn arguments(arguments: &[(&str, Type, bool)]) -> Schema {
    let attribute = |(name, ty, required): &(&str, Type, bool)| {
        let attribute = match required {
            true => AttributeSchema::required(ty.clone()),
            false => AttributeSchema::optional(ty.clone()),
        };
        (SmolStr::from(*name), attribute)
    };
    Schema { attributes: arguments.iter().map(attribute).collect(), ..Schema::default() }
}

/// The first type of provisioner that Terraform does not have. Nothing can be said of the configuration then.
pub(crate) fn missing(program: &Program) -> Option<Diagnostic> {
    let modules = (0..program.modules.len()).map(|id| program.module(id));
    let mut used = modules.flat_map(|module| module.resources.values().flat_map(|it| &it.provisioners));
    let missing = used.find(|provisioner| schema(&provisioner.kind).is_none())?;
    let detail = format!(
        "This configuration requires provisioner plugin \"{}\", which isn't available. If you're intending to use an \
         external provisioner plugin, you must install it manually into one of the plugin search directories before \
         running {}.",
        missing.kind,
        program.root().dialect.tool
    );
    Some(Diagnostic::error("Missing required provisioner plugin", detail).with_code("provisioner"))
}

/// What is wrong with arguments that have the right names and types.
pub(crate) fn validate(kind: &str, config: &Value) -> Option<Diagnostic> {
    let is_set = |name: &str| config.as_map().and_then(|all| all.get(name)).is_some_and(|it| !it.is_null());
    let set = |names: &[&str]| names.iter().filter(|name| is_set(name)).count();
    let (summary, detail) = match (kind, set(&["source", "content"]), set(&["inline", "script", "scripts"])) {
        ("file", 2, _) => ("Cannot set both 'source' and 'content'", ""),
        ("file", 0, _) => ("Must provide one of 'source' or 'content'", ""),
        ("remote-exec", _, 0 | 2 | 3) => (
            "Invalid remote-exec provisioner configuration",
            "Only one of \"inline\", \"script\", or \"scripts\" must be set",
        ),
        _ => return None,
    };
    Some(Diagnostic::error(summary, detail).with_code("provisioner"))
}

/// What a provisioner is asked to do, so that it can be done anywhere. The values carry no marks.
#[derive(Debug)]
pub(crate) struct Order {
    pub kind: SmolStr,
    pub config: Value,
    pub connection: Option<Value>,
}

/// What became of an order: nothing, or the summary and the detail of an error.
pub(crate) type Done = Result<(), (String, String)>;

impl Order {
    /// Does what is asked for, which may take any time, and says why it could not be done.
    pub fn carry_out(&self, host: &dyn Host, cancel: &Cancel) -> Done {
        let Order { kind, config, connection } = self;
        if kind == "local-exec" {
            return local_exec(config, host, cancel);
        }
        let done = remote::run(kind, config, connection.as_ref(), host, cancel);
        done.map_err(|failure| (format!("{kind} provisioner error"), failure))
    }
}

fn local_exec(config: &Value, host: &dyn Host, cancel: &Cancel) -> Done {
    let Some(command) = text(config, "command").filter(|command| !command.is_empty()) else {
        let summary = "Invalid local-exec provisioner command".to_owned();
        return Err((summary, "The command must be a non-empty string.".to_owned()));
    };
    let list = |name: &str| config.as_map()?.get(name)?.as_slice();
    let mut words: Vec<String> =
        list("interpreter").into_iter().flatten().filter_map(Value::as_str).map(String::from).collect();
    if words.is_empty() {
        let shell: &[&str] = if cfg!(windows) { &["cmd", "/C"] } else { &["/bin/sh", "-c"] };
        words = shell.iter().map(|word| (*word).to_owned()).collect();
    }
    words.push(command.to_owned());
    let environment = config.as_map().and_then(|all| all.get("environment")).and_then(Value::as_map);
    let environment: Vec<(String, String)> = environment
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.to_string(), value.as_str()?.to_owned())))
        .collect();
    let directory = text(config, "working_dir").filter(|directory| !directory.is_empty());
    let wanted = LocalCommand { words: &words, environment: &environment, directory, cancel };
    let CommandEnd { failure, output } = host.run_command(&wanted);
    match failure {
        None => Ok(()),
        Some(failure) => Err((
            "local-exec provisioner error".to_owned(),
            format!("Error running command '{command}': {failure}. Output: {output}"),
        )),
    }
}

fn text<'v>(object: &'v Value, name: &str) -> Option<&'v str> {
    object.as_map()?.get(name)?.as_str()
}
