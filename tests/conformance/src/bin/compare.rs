//! Compares runblock with what terraform has just said of some suites: `compare FILE`, where `record.sh --into` wrote the
//! file. Prints every disagreement, and how many suites agree at each level. Ends with 0 when all do.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use runblock_conformance::level::{self, Level};
use runblock_conformance::recorded::Case;
use runblock_conformance::{recorded, tool};

fn main() -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let Some(file) = std::env::args().nth(1) else {
        writeln!(io::stderr(), "compare: which file?")?;
        return Ok(ExitCode::from(2));
    };
    let file = Path::new(&file).canonicalize()?;
    let cases = recorded::suites(&file.to_string_lossy());
    let mut agree = [0_usize; Level::ALL.len()];
    let mut wholly = 0_usize;
    for case in &cases {
        let levels = compare(case, &mut out)?;
        wholly += usize::from(levels == Level::ALL);
        for (count, level) in agree.iter_mut().zip(Level::ALL) {
            *count += usize::from(levels.contains(&level));
        }
    }
    writeln!(out, "{} answers, {wholly} agree, {} disagree", cases.len(), cases.len() - wholly)?;
    for (count, level) in agree.iter().zip(Level::ALL) {
        writeln!(out, "  {:11} {count} agree, {} disagree", level.word(), cases.len() - count)?;
    }
    Ok(if wholly == cases.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The levels at which the two agree on one case; what differs is printed.
fn compare(case: &Case, out: &mut dyn Write) -> io::Result<Vec<Level>> {
    let actual = tool::run(case);
    let levels = level::agreement(&case.expected, &actual, case.is_json());
    if levels != Level::ALL {
        writeln!(out, "{}\n{}", case.name, level::explain(&case.expected, &actual, case.is_json()))?;
    }
    Ok(levels)
}
