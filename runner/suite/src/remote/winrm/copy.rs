//! Copies files to a machine on which only commands can be run: line by line as Base64 into a temporary file, which
//! PowerShell then makes into what it is to be.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Machine;
use crate::remote::content::{Content, entries, open_file};
use crate::remote::words;

/// What Windows takes for one command, less what surrounds the bytes and the path.
const LONGEST_LINE: usize = 8000;

/// How many commands a shell is asked to run; versions of Windows refuse more than these.
const COMMANDS_OF_A_SHELL: usize = 15;

/// Puts a file at a path, and makes the directories that it needs.
pub(super) async fn file(machine: &mut Machine<'_>, path: &str, content: Content<'_>) -> Result<(), String> {
    let name = machine.temporary_name();
    let (temporary, path) = (format!("$env:TEMP\\{name}"), path_of_windows(path));
    let sent = send(machine, &format!("%TEMP%\\{name}"), content).await;
    sent.map_err(|why| format!("Error uploading file to {temporary}: {why}"))?;
    let restored = powershell(machine, &restoring(&temporary, &path), "restore").await;
    restored.map_err(|why| format!("Error restoring file from {temporary} to {path}: {why}"))?;
    let removed = powershell(machine, &removing(&temporary), "cleanup").await;
    removed.map_err(|why| format!("Error removing temporary file {temporary}: {why}"))
}

/// Puts every file in a directory, and in those in it, at the same place below a path. Links to directories are not
/// followed, and empty directories are not made.
pub(super) async fn directory(
    machine: &mut Machine<'_>,
    path: &str,
    source: &str,
    root: &Path,
) -> Result<(), String> {
    let all = files(source, root)?;
    for below in all {
        let shown = Path::new(source).join(&below).to_string_lossy().into_owned();
        let content = open_file(&shown, root).map_err(|why| format!("Couldn't read file {shown}: {why}"))?;
        let below = below.to_string_lossy();
        let target = match path.trim_end_matches('/') {
            "" => below.into_owned(),
            path => format!("{path}/{below}"),
        };
        file(machine, &target, content).await?;
    }
    Ok(())
}

/// The files below a directory, by their paths from there, in the order of a walk through it.
fn files(source: &str, root: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    // How deep directories are, others decide: a stack of our own, whose top is next.
    let mut open = vec![PathBuf::new()];
    while let Some(below) = open.pop() {
        let path = Path::new(source).join(&below);
        let shown = path.to_string_lossy();
        let is_directory = match below.as_os_str().is_empty() {
            true => true,
            false => {
                let found = root.join(&path).symlink_metadata();
                found.map_err(|error| words::on_path("lstat", &shown, &error))?.is_dir()
            }
        };
        if is_directory {
            open.extend(entries(&shown, root)?.into_iter().rev().map(|name| below.join(name)));
        } else if below.file_name().is_some_and(|name| name != ".DS_Store") {
            found.push(below);
        }
    }
    Ok(found)
}

async fn send(machine: &mut Machine<'_>, path: &str, mut content: Content<'_>) -> Result<(), String> {
    // Three bytes become four letters.
    let size = LONGEST_LINE.saturating_sub(path.len()) / 4 * 3;
    loop {
        let shell = machine.create().await.map_err(|why| format!("Couldn't create shell: {why}"))?;
        let sent = send_some(machine, &shell, path, &mut content, size).await;
        machine.delete(&shell).await;
        if sent? {
            return Ok(());
        }
    }
}

/// As much as one shell takes. Whether that was all.
async fn send_some(
    machine: &mut Machine<'_>,
    shell: &str,
    path: &str,
    content: &mut Content<'_>,
    size: usize,
) -> Result<bool, String> {
    for _ in 0..COMMANDS_OF_A_SHELL {
        let chunk = content.next(size)?;
        if chunk.is_empty() {
            return Ok(true);
        }
        let line = format!("echo {} >> \"{path}\"", STANDARD.encode(chunk));
        match machine.execute(shell, &line).await? {
            0 => {}
            code => return Err(format!("upload operation returned code={code}")),
        }
    }
    Ok(false)
}

/// Runs a script in a shell of its own.
async fn powershell(machine: &mut Machine<'_>, script: &str, name: &str) -> Result<(), String> {
    match machine.run_in_shell(&encoded(script)).await? {
        0 => Ok(()),
        code => Err(format!("{name} operation returned code={code}")),
    }
}

/// The command that runs a script, whatever characters are in it.
fn encoded(script: &str) -> String {
    // Else PowerShell tells of its progress where errors are told.
    let script = format!("$ProgressPreference = 'SilentlyContinue'\n{script}");
    let wide: Vec<u8> = script.encode_utf16().flat_map(u16::to_le_bytes).collect();
    format!("powershell.exe -EncodedCommand {}", STANDARD.encode(wide))
}

/// Decodes the lines at one path into a file at another. In both, variables such as `$env:TEMP` count.
fn restoring(from: &str, to: &str) -> String {
    format!(
        "$ErrorActionPreference = 'Stop'
$from = [IO.Path]::GetFullPath(\"{from}\")
$to = [IO.Path]::GetFullPath(\"{to}\".Trim(\"'\"))
if (Test-Path -LiteralPath $to -PathType Container) {{ exit 1 }}
$folder = [IO.Path]::GetDirectoryName($to)
if ($folder) {{ [void][IO.Directory]::CreateDirectory($folder) }}
$file = [IO.File]::Create($to)
try {{
  if (Test-Path -LiteralPath $from) {{
    $lines = New-Object IO.StreamReader $from
    try {{
      while ($null -ne ($line = $lines.ReadLine())) {{
        $bytes = [Convert]::FromBase64String($line)
        $file.Write($bytes, 0, $bytes.Length)
      }}
    }} finally {{ $lines.Close() }}
  }}
}} finally {{ $file.Close() }}
"
    )
}

fn removing(path: &str) -> String {
    format!(
        "$path = [IO.Path]::GetFullPath(\"{path}\")
if (Test-Path -LiteralPath $path) {{ Remove-Item -LiteralPath $path -ErrorAction SilentlyContinue }}
"
    )
}

/// With the separators of Windows, and in quotes where there are spaces.
fn path_of_windows(path: &str) -> String {
    let path = match path.contains(' ') {
        true => format!("'{}'", path.trim_matches(['\'', '"'])),
        false => path.to_owned(),
    };
    path.replace('/', "\\")
}
