//! Scripts: put on the other machine, run there, and emptied.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use engine::{Material, Platform};

use super::command::Output;
use super::machine::{Machine, Way};
use super::scp::Content;
use super::{upload, words};

/// What a script starts with that does not say what runs it.
const SHEBANG: &[u8] = b"#!/bin/sh\n";

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
pub(super) async fn run(way: &Way<'_>, scripts: Vec<Script>, random: &dyn Fn() -> u32) -> Result<(), String> {
    let mut machine = Machine::connect(way).await?;
    for script in scripts {
        let path = machine.script_path().replace("%RAND%", &random().to_string());
        let put = put(&mut machine, &path, script).await;
        put.map_err(|why| format!("Failed to upload script: {why}"))?;
        let started = machine.start_on_terminal(&path).await;
        let started = started.map_err(|why| format!("Error starting script: {why}"))?;
        started.finish(&mut Output::default()).await.map_err(|why| executing(&path, &why))?;
        // What a script said may be secret, so nothing of it stays. Where that fails, it has still run.
        let _ = upload(&mut machine, &path, Content::Bytes(b"")).await;
    }
    Ok(())
}

/// Puts a script on the machine and makes it executable.
async fn put(machine: &mut Machine<'_>, path: &str, script: Script) -> Result<(), String> {
    let unreadable = |why| format!("Error reading script: {why}");
    let mut text = script.map_err(unreadable)?;
    if text.len() < 2 {
        return Err(unreadable("EOF".to_owned()));
    }
    if machine.platform() == Platform::Unix && !text.starts_with(b"#!") {
        text.splice(0..0, SHEBANG.iter().copied());
    }
    upload(machine, path, Content::Bytes(&text)).await?;
    if machine.platform() == Platform::Windows {
        return Ok(());
    }
    const FAILED: &str = "Error chmodding script file to 0777 in remote machine";
    let command = format!("chmod 0777 {path}");
    let started = machine.start_on_terminal(&command).await.map_err(|why| format!("{FAILED}: {why}"))?;
    let mut output = Output::default();
    started.finish(&mut output).await.map_err(|why| {
        let (stdout, stderr) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        format!("{FAILED} {}: {stdout} {stderr}", executing(&command, &why))
    })
}

fn executing(command: &str, why: &str) -> String {
    format!("error executing {}: {why}", lang::quote(command))
}
