//! Whole processes: runblock and terraform in turn on the same workload.

use std::io;
use std::path::{Path, PathBuf};

use crate::process::{self, Cost};
use crate::workload::Workload;
use crate::{median, rounds};

/// Prints a line for each workload and program.
///
/// # Errors
///
/// Where files cannot be written, a program cannot be run, a run does not pass, or the programs do not print the same
/// values.
pub fn measure(workloads: &[Workload]) -> io::Result<()> {
    let runblock = runblock().canonicalize()?;
    let terraform = on_path("terraform");
    let root = std::env::temp_dir().join(format!("runblock-bench-{}", std::process::id()));
    println!(
        "{:<15} {:<10} {:>9} {:>9} {:>9} {:>8}",
        "workload", "program", "wall s", "cpu s", "peak MiB", "ratio"
    );
    let mut result = Ok(());
    for workload in workloads {
        result = result.and_then(|()| compare(workload, &root, &runblock, terraform.as_deref()));
    }
    std::fs::remove_dir_all(&root)?;
    result
}

fn compare(workload: &Workload, root: &Path, runblock: &Path, terraform: Option<&Path>) -> io::Result<()> {
    let terraform = terraform.filter(|_| !workload.alone);
    let directory = root.join(workload.name);
    for (path, text) in &workload.files {
        let path = directory.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(&directory))?;
        std::fs::write(path, text)?;
    }
    if let Some(terraform) = terraform {
        process::run(terraform, &["init", "-input=false"], &directory, None)?;
    }
    // Terraform's tests are coloured also where no terminal is.
    let arguments: &[&str] =
        if workload.command == "test" { &["test", "-no-color"] } else { &[workload.command] };
    let run = |program| process::run(program, arguments, &directory, workload.input);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..rounds() {
        ours.push(run(runblock)?);
        if let Some(terraform) = terraform {
            theirs.push(run(terraform)?);
        }
    }
    if ours.iter().chain(&theirs).any(|cost| cost.exit_code != Some(0)) {
        return Err(io::Error::other(format!("{}: a run did not pass", workload.name)));
    }
    if ours.iter().chain(&theirs).any(|cost| Some(&cost.output) != ours.first().map(|first| &first.output)) {
        return Err(io::Error::other(format!("{}: what was printed differs", workload.name)));
    }
    let our_wall = print(workload.name, "runblock", &ours, None);
    if !theirs.is_empty() {
        print(workload.name, "terraform", &theirs, Some(our_wall));
    }
    Ok(())
}

/// Prints the medians of one program's costs and returns that of its wall time.
fn print(workload: &str, program: &str, costs: &[Cost], compared_to: Option<f64>) -> f64 {
    let of = |part: fn(&Cost) -> f64| median(costs.iter().map(part).collect());
    let wall = of(|cost| cost.wall);
    let cpu = of(|cost| cost.cpu);
    let memory = costs.iter().map(|cost| cost.memory).fold(f64::NAN, f64::max);
    let ratio = compared_to.map_or(String::new(), |other| format!("{:.1}x", wall / other));
    println!("{workload:<15} {program:<10} {wall:>9.3} {cpu:>9.3} {memory:>9.1} {ratio:>8}");
    wall
}

pub fn runblock() -> PathBuf {
    let built = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/release/runblock");
    std::env::var_os("RUNBLOCK_BIN").map_or_else(|| PathBuf::from(built), PathBuf::from)
}

pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join(program)).find(|file| file.is_file())
}
