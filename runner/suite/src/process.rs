//! Commands of a configuration, run by the operating system.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use engine::{CommandEnd, LocalCommand};

/// How many bytes of a command's output are kept: the last ones, as Terraform keeps them.
const KEPT: usize = 8 * 1024;

/// Runs a command below `root` and waits for its end.
pub(crate) fn run(command: &LocalCommand<'_>, root: &Path) -> CommandEnd {
    let mut output = Vec::new();
    let failure = match execute(command, root, &mut output) {
        Ok(status) if status.success() => None,
        Ok(status) => Some(describe(status)),
        Err(failure) => Some(failure),
    };
    CommandEnd { failure, output: String::from_utf8_lossy(&output).into_owned() }
}

fn execute(command: &LocalCommand<'_>, root: &Path, output: &mut Vec<u8>) -> Result<ExitStatus, String> {
    let Some((program, arguments)) = command.words.split_first() else {
        return Err("there is no command".to_owned());
    };
    let directory = command.directory.map_or_else(|| root.to_owned(), |directory| root.join(directory));
    if let (Some(given), false) = (command.directory, directory.is_dir()) {
        return Err(format!("chdir {given}: no such file or directory"));
    }
    let (mut reader, writer) = io::pipe().map_err(|error| error.to_string())?;
    let second = writer.try_clone().map_err(|error| error.to_string())?;
    let mut process = Command::new(program);
    process.args(arguments).envs(command.environment.iter().map(|(name, value)| (name, value)));
    process.current_dir(&directory).stdin(Stdio::null()).stdout(writer).stderr(second);
    let mut child = process.spawn().map_err(|error| not_started(program, &error))?;
    // It holds this side's ends of the pipe, which would keep it open.
    drop(process);
    let read = read_last(&mut reader, output);
    let status = child.wait().map_err(|error| error.to_string())?;
    read.map_err(|error| error.to_string())?;
    Ok(status)
}

/// Reads to the end and keeps the last bytes.
fn read_last(reader: &mut impl Read, kept: &mut Vec<u8>) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        let count = match reader.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        kept.extend(buffer.iter().take(count));
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
    }
}

/// Go's words for a program that could not be started.
fn not_started(program: &str, error: &io::Error) -> String {
    let is_path = program.contains('/');
    match error.kind() {
        io::ErrorKind::NotFound if is_path => format!("fork/exec {program}: no such file or directory"),
        io::ErrorKind::NotFound => format!("exec: {program:?}: executable file not found in $PATH"),
        io::ErrorKind::PermissionDenied => format!("fork/exec {program}: permission denied"),
        _ => format!("fork/exec {program}: {error}"),
    }
}

/// Go's words for an end that is no success.
fn describe(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        let name = match signal {
            1 => "hangup",
            2 => "interrupt",
            3 => "quit",
            6 => "aborted",
            9 => "killed",
            11 => "segmentation fault",
            13 => "broken pipe",
            14 => "alarm clock",
            15 => "terminated",
            _ => return format!("signal: signal {signal}"),
        };
        return format!("signal: {name}");
    }
    match status.code() {
        Some(code) => format!("exit status {code}"),
        None => "it ended without a status".to_owned(),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn sh(command: &str, environment: &[(String, String)], directory: Option<&str>) -> CommandEnd {
        let words = ["/bin/sh", "-c", command].map(String::from);
        run(&LocalCommand { words: &words, environment, directory }, &std::env::temp_dir())
    }

    #[test]
    fn both_outputs_come_in_their_order() {
        let variable = [("WORD".to_owned(), "out".to_owned())];
        let end = sh("echo $WORD; echo err >&2; exit 3", &variable, None);
        assert_eq!(end, CommandEnd { failure: Some("exit status 3".into()), output: "out\nerr\n".into() });
        assert_eq!(sh("true", &[], None).failure, None);
    }

    #[test]
    fn only_the_end_of_a_long_output_is_kept() {
        let end = sh("i=0; while [ $i -lt 4000 ]; do echo line; i=$((i+1)); done; echo last", &[], None);
        assert!(end.output.len() == KEPT && end.output.ends_with("line\nlast\n"));
    }

    #[test]
    fn what_cannot_run_says_why() {
        let failure = |end: CommandEnd| end.failure.unwrap_or_default();
        assert_eq!(failure(sh("true", &[], Some("no/such"))), "chdir no/such: no such file or directory");
        assert_eq!(failure(sh("kill -9 $$", &[], None)), "signal: killed");
        let words = ["/no/such/program".to_owned()];
        let command = LocalCommand { words: &words, environment: &[], directory: None };
        let end = run(&command, &std::env::temp_dir());
        assert_eq!(failure(end), "fork/exec /no/such/program: no such file or directory");
    }
}
