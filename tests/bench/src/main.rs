//! Times whole test runs against terraform, and the parts that an editor waits for. See the README beside this.
//!
//! Nothing here is a test: what is slow is printed, not refused.
#![expect(clippy::print_stdout, reason = "printing is what a bench is for")]

mod editor;
mod parts;
mod process;
mod recorded;
mod runs;
mod text;
mod workload;

fn main() -> std::io::Result<()> {
    let only = std::env::args().nth(1);
    let wanted = |group: &str| only.as_deref().is_none_or(|only| only == group);
    if wanted("parts") {
        parts::measure();
    }
    if wanted("runs") {
        runs::measure(&workload::tests())?;
    }
    if wanted("suites") {
        recorded::measure()?;
    }
    if wanted("console") {
        runs::measure(&workload::expressions())?;
    }
    if wanted("editor") {
        editor::measure()?;
    }
    if wanted("workspace") {
        editor::measure_workspace()?;
    }
    Ok(())
}

/// The middle one of some measurements; of an even number, the upper middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// How often each thing is measured.
fn rounds() -> usize {
    std::env::var("BENCH_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(5)
}
