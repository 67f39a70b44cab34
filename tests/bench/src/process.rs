//! One program run to its end: how long, how much work, how much memory.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// What one run of a program cost.
pub struct Cost {
    /// Seconds from start to end.
    pub wall: f64,
    /// Seconds of processor time, user and system, with that of its children. Not a number where it is unknown.
    pub cpu: f64,
    /// The most memory that was resident at once, in MiB. Not a number where it is unknown.
    pub memory: f64,
    pub exit_code: Option<i32>,
    /// What it wrote to standard output.
    pub output: Vec<u8>,
}

/// Where GNU time is. It waits for the program itself, so its own cost is not counted.
const GNU_TIME: &str = "/usr/bin/time";

/// Runs `program` in `directory`, with the text of the file `input` there as standard input.
pub fn run(program: &Path, arguments: &[&str], directory: &Path, input: Option<&str>) -> io::Result<Cost> {
    let timed = Path::new(GNU_TIME).exists();
    let report = directory.with_extension("time");
    let mut command = if timed {
        let mut command = Command::new(GNU_TIME);
        command.args(["--quiet", "--format=%U %S %M", "--output"]).arg(&report).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.args(arguments).current_dir(directory);
    // Settings of the one who measures are not part of the workload.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TF_")) {
        command.env_remove(name);
    }
    let stdin = match input {
        Some(input) => File::open(directory.join(input))?.into(),
        None => Stdio::null(),
    };
    command.stdin(stdin).stderr(Stdio::null());
    let start = Instant::now();
    let done = command.output()?;
    let wall = start.elapsed().as_secs_f64();
    let report = if timed { std::fs::read_to_string(&report)? } else { String::new() };
    let mut numbers = report.split_whitespace().map(|number| number.parse().unwrap_or(f64::NAN));
    let mut next = || numbers.next().unwrap_or(f64::NAN);
    let cpu = next() + next();
    Ok(Cost { wall, cpu, memory: next() / 1024.0, exit_code: done.status.code(), output: done.stdout })
}
