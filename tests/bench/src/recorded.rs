//! The recorded suites of `tests/conformance`, each as one process of either program: what small suites cost, where
//! starting is most of it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::process::{self, Cost};
use crate::{median, runs};

#[derive(Deserialize)]
struct Recorded {
    suites: BTreeMap<String, Suite>,
}

#[derive(Deserialize)]
struct Suite {
    files: BTreeMap<String, String>,
    args: Vec<String>,
}

/// How many suites are measured, spread evenly over all of them. Of each, one run per program.
const SAMPLE: usize = 60;

/// Prints what the sampled suites cost together and at the middle.
///
/// # Errors
///
/// Where files cannot be read or written, or a program cannot be run.
pub fn measure() -> io::Result<()> {
    let recording = concat!(env!("CARGO_MANIFEST_DIR"), "/../conformance/suites.json");
    let recorded: Recorded = serde_json::from_str(&std::fs::read_to_string(recording)?)?;
    let runblock = runs::runblock().canonicalize()?;
    let terraform = runs::on_path("terraform");
    let root = std::env::temp_dir().join(format!("runblock-bench-suites-{}", std::process::id()));
    let step = recorded.suites.len().div_ceil(SAMPLE).max(1);
    let (mut ours, mut theirs, mut other_codes) = (Vec::new(), Vec::new(), 0);
    for (number, suite) in recorded.suites.values().step_by(step).enumerate() {
        let directory = root.join(number.to_string());
        write(suite, &directory)?;
        let ask = |program: &Path, first: &[&str]| {
            let given = suite.args.iter().map(String::as_str);
            let arguments: Vec<&str> = first.iter().copied().chain(given).collect();
            process::run(program, &arguments, &directory, None)
        };
        if let Some(terraform) = &terraform {
            process::run(terraform, &["init", "-input=false"], &directory, None)?;
            theirs.push(ask(terraform, &["test", "-no-color"])?);
        }
        ours.push(ask(&runblock, &["test", "-no-color", "--dialect=terraform@1.11"])?);
        let same = theirs
            .last()
            .is_none_or(|theirs: &Cost| Some(theirs.exit_code) == ours.last().map(|it| it.exit_code));
        other_codes += usize::from(!same);
    }
    std::fs::remove_dir_all(&root)?;
    print(&ours, &theirs, other_codes);
    Ok(())
}

fn write(suite: &Suite, directory: &Path) -> io::Result<()> {
    for (path, text) in &suite.files {
        let path: PathBuf = directory.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(directory))?;
        std::fs::write(path, text)?;
    }
    Ok(())
}

fn print(ours: &[Cost], theirs: &[Cost], other_codes: usize) {
    let sum = |costs: &[Cost]| costs.iter().map(|cost| cost.wall).sum::<f64>();
    let middle = |costs: &[Cost]| median(costs.iter().map(|cost| cost.wall).collect());
    println!("{} recorded suites, one process each", ours.len());
    println!("{:<10} {:>9} {:>9}", "program", "sum s", "median s");
    println!("{:<10} {:>9.3} {:>9.4}", "runblock", sum(ours), middle(ours));
    if !theirs.is_empty() {
        println!("{:<10} {:>9.3} {:>9.4}", "terraform", sum(theirs), middle(theirs));
        let ratios = ours.iter().zip(theirs).map(|(ours, theirs)| theirs.wall / ours.wall).collect();
        println!(
            "ratio      {:>8.1}x {:>8.1}x   other exit codes: {other_codes}",
            sum(theirs) / sum(ours),
            median(ratios)
        );
    }
}
