//! Scripts: put on the other machine, run there, and emptied.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use engine::Material;

use super::content::Content;
use super::{Communicator, words};

/// The text of a script, or why it could not be read. One that cannot even be opened keeps all from running.
pub(super) type Script = Result<Vec<u8>, String>;

pub(super) fn read(script: &Material<'_>, root: &Path) -> Result<Script, String> {
    let path = match script {
        Material::Text(text) => return Ok(Ok(text.as_bytes().to_vec())),
        Material::File(path) => path,
    };
    let mut file = File::open(root.join(path)).map_err(|error| {
        let why = words::on_path("open", path, &error);
        format!("Failed to open script '{path}': {why}")
    })?;
    let mut text = Vec::new();
    let read = file.read_to_end(&mut text).map_err(|error| words::on_path("read", path, &error));
    Ok(read.map(|_| text))
}

/// Runs scripts one after the other, until one fails.
pub(super) async fn run(
    machine: &mut impl Communicator,
    scripts: Vec<Script>,
    random: &dyn Fn() -> u32,
) -> Result<(), String> {
    for script in scripts {
        let path = machine.script_path().replace("%RAND%", &random().to_string());
        let put = machine.upload_script(&path, script).await;
        put.map_err(|why| format!("Failed to upload script: {why}"))?;
        machine.run(&path).await?;
        // What a script said may be secret, so nothing of it stays. Where that fails, it has still run.
        let _ = machine.upload(&path, Content::Bytes(b"")).await;
    }
    Ok(())
}
