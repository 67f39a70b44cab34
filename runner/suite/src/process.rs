//! Commands of a configuration, run by the operating system.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use engine::{CommandEnd, LocalCommand};

/// How many bytes of a command's output are kept: the last ones, as Terraform keeps them.
const KEPT: usize = 8 * 1024;

/// How long a command that ends soon is waited for before anybody looks again, and one that takes longer.
const SOON: Duration = Duration::from_millis(1);
const LATER: Duration = Duration::from_millis(20);

/// Runs a command below `root` and waits for its end, which comes at once when it is cancelled.
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
    // A group of its own, so that it can be ended as a whole.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut process, 0);
    let mut child = process.spawn().map_err(|error| not_started(program, &error))?;
    // It holds this side's ends of the pipe, which would keep it open.
    drop(process);
    let (status, read) = thread::scope(|scope| {
        // What the command has started may write longer than the command runs.
        let reading = scope.spawn(|| read_last(&mut reader, output));
        let status = wait(&mut child, || reading.is_finished(), || command.cancel.is_cancelled());
        (status, reading.join())
    });
    read.map_err(|_| "its output could not be read".to_owned())?.map_err(|error| error.to_string())?;
    status.map_err(|error| error.to_string())
}

/// Waits until a process has ended and nobody writes to its outputs any more. Kills it when it is cancelled.
fn wait(
    child: &mut Child,
    is_silent: impl Fn() -> bool,
    is_cancelled: impl Fn() -> bool,
) -> io::Result<ExitStatus> {
    let mut pause = SOON;
    loop {
        let status = child.try_wait()?;
        if let Some(status) = status.filter(|_| is_silent()) {
            return Ok(status);
        }
        if is_cancelled() {
            kill(child);
            return child.wait();
        }
        thread::sleep(pause);
        pause = LATER.min(pause * 2);
    }
}

/// Ends a process, and where that can be done, everything that it has started.
fn kill(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        // Whoever has ended already needs no signal.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
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
    use std::time::Instant;

    use engine::Cancel;

    use super::*;

    fn sh(command: &str, environment: &[(String, String)], directory: Option<&str>) -> CommandEnd {
        let words = ["/bin/sh", "-c", command].map(String::from);
        let cancel = &Cancel::new();
        run(&LocalCommand { words: &words, environment, directory, cancel }, &std::env::temp_dir())
    }

    #[test]
    fn both_outputs_come_in_their_order() {
        let variable = [("WORD".to_owned(), "out".to_owned())];
        let end = sh("echo $WORD; echo err >&2; exit 3", &variable, None);
        assert_eq!(end, CommandEnd { failure: Some("exit status 3".into()), output: "out\nerr\n".into() });
        assert_eq!(sh("true", &[], None).failure, None);
    }

    #[test]
    fn a_cancelled_command_ends_with_everything_that_it_started() {
        let words = ["/bin/sh", "-c", "echo begun; sleep 60 & sleep 60; echo never"].map(String::from);
        let cancel = Cancel::new();
        let start = Instant::now();
        let end = thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(200));
                cancel.stop();
                thread::sleep(Duration::from_millis(200));
                cancel.cancel();
            });
            let command = LocalCommand { words: &words, environment: &[], directory: None, cancel: &cancel };
            run(&command, &std::env::temp_dir())
        });
        assert!(start.elapsed() >= Duration::from_millis(400), "to be stopped is not to be cancelled");
        assert!(start.elapsed() < Duration::from_secs(30));
        assert_eq!(end, CommandEnd { failure: Some("signal: killed".into()), output: "begun\n".into() });
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
        let cancel = &Cancel::new();
        let command = LocalCommand { words: &words, environment: &[], directory: None, cancel };
        let end = run(&command, &std::env::temp_dir());
        assert_eq!(failure(end), "fork/exec /no/such/program: no such file or directory");
    }
}
