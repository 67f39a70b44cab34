//! The provisioners `file` and `remote-exec`.

use lang::Value;

use super::{connection, text};
use crate::host::{Cancel, Host};
use crate::remote::{Material, RemoteAction, RemoteTask};

/// Does what is asked for on the machine of the connection, and says why it could not.
pub(super) fn run(
    kind: &str,
    config: &Value,
    connection: Option<&Value>,
    host: &dyn Host,
    cancel: &Cancel,
) -> Result<(), String> {
    let Some(connection) = connection else {
        return Err("Missing connection configuration for provisioner.".to_owned());
    };
    let connection = &connection::read(connection)?;
    if kind == "file" {
        let source = match (text(config, "content"), text(config, "source")) {
            (Some(content), _) => Material::Text(content),
            (None, source) => Material::File(source.unwrap_or_default()),
        };
        let destination = text(config, "destination").unwrap_or_default();
        let action = RemoteAction::Copy { source, destination };
        return host.reach(&RemoteTask { connection, action, cancel });
    }
    let inline = lines(config)?;
    let scripts = match &inline {
        Some(inline) => vec![Material::Text(inline)],
        None => scripts(config)?,
    };
    host.reach(&RemoteTask { connection, action: RemoteAction::Run { scripts: &scripts }, cancel })
}

/// The lines of `inline` as one script.
fn lines(config: &Value) -> Result<Option<String>, String> {
    let Some(inline) = list(config, "inline") else { return Ok(None) };
    let mut script = String::new();
    for line in inline {
        script.push_str(not_empty(line, "scripts")?);
        script.push('\n');
    }
    Ok(Some(script))
}

fn scripts(config: &Value) -> Result<Vec<Material<'_>>, String> {
    let script = config.as_map().and_then(|all| all.get("script")).filter(|script| !script.is_null());
    let all = script.into_iter().chain(list(config, "scripts").unwrap_or_default());
    all.map(|script| Ok(Material::File(not_empty(script, "script")?))).collect()
}

/// The list may be called another name than its own in an error: so Terraform calls it.
fn not_empty<'v>(value: &'v Value, name: &str) -> Result<&'v str, String> {
    match value.as_str() {
        None => Err(format!("invalid null string in '{name}'")),
        Some("") => Err(format!("invalid empty string in '{name}'")),
        Some(text) => Ok(text),
    }
}

fn list<'v>(config: &'v Value, name: &str) -> Option<&'v [Value]> {
    config.as_map()?.get(name)?.as_slice()
}
