//! `runblock check`: what is wrong with a module and its test files, without running anything.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use config::DiskFiles;
use syntax::{Diagnostic, Severity};

use super::{FileSources, providers, request};
use crate::args::CheckArgs;
use crate::diagnostics::{Explain, Style};
use crate::report::{Human, Json, Reporter, Streams, Voice};
use crate::{Environment, FAILURE, SUCCESS};

/// Checks the module in `directory`. Other paths in the arguments count from `base`.
pub(crate) fn check(
    args: &CheckArgs,
    base: &Path,
    directory: PathBuf,
    env: &Environment,
    streams: Streams<'_>,
) -> i32 {
    let files = DiskFiles::new(directory);
    let sources = FileSources::new(&files);
    let (providers, mut found) = providers(&files, base, &args.schemas, env);
    let request = request(&files, args.test_directory.as_deref(), args.dialect, providers, env);
    found.extend(suite::check(&request, &files));
    let voice = Voice { dialect: suite::dialect(&request, &files) };
    if args.json {
        let now =
            || -> Duration { SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default() };
        Json::new(streams, &sources, &now, Explain::default(), voice).diagnostics(&found);
    } else {
        let style = Style::new(env.colour() && !args.no_color, env.width());
        let mut human = Human::new(streams, &sources, style, voice);
        human.diagnostics(&found);
        human.line(&closing_line(&found));
    }
    if found.iter().any(Diagnostic::is_error) { FAILURE } else { SUCCESS }
}

/// `3 problems: 2 errors, 1 warning`.
fn closing_line(found: &[Diagnostic]) -> String {
    let count = |severity| found.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if errors + warnings == 0 {
        return "No problems found.".to_owned();
    }
    let counted = |n: usize, noun: &str| format!("{n} {noun}{}", if n == 1 { "" } else { "s" });
    let parts: Vec<String> = [(errors, "error"), (warnings, "warning")]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, noun)| counted(n, noun))
        .collect();
    format!("\n{}: {}.", counted(errors + warnings, "problem"), parts.join(", "))
}
