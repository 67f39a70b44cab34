//! `runblock check`: what is wrong with a module and its test files, without running anything.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use config::DiskFiles;
use suite::{Host, OsHost, Request};
use syntax::{Diagnostic, FileName, Severity};

use super::fix::{fix, fixes_of};
use super::version::VERSION;
use super::{FileSources, providers, request, variables};
use crate::args::{CheckArgs, CheckFormat};
use crate::diagnostics::{Explain, Sarif, SarifFix, Style};
use crate::report::{GitHub, Human, Json, Reporter, Streams, Voice, below};
use crate::{Environment, FAILURE, MISUSE, SUCCESS};

/// Checks the module in `directory`. Other paths in the arguments count from `base`.
pub(crate) fn check(
    args: &CheckArgs,
    base: &Path,
    directory: PathBuf,
    env: &Environment,
    mut streams: Streams<'_>,
) -> i32 {
    let files = DiskFiles::new(&directory);
    let (variables, mut problems) = variables(&args.variables);
    let (providers, found) = providers(&files, base, &args.schemas, env);
    problems.extend(found);
    let request = request(&files, args.test_directory.as_deref(), args.dialect, providers, env);
    let request = Request { variables, ..request };
    let dialect = suite::dialect(&request, &files);
    let host = OsHost::new(directory.clone(), env.var("HOME").map(str::to_owned)).started_in(&env.cwd);
    let mut found = suite::check(&request, &files, &host);
    let mut note = String::new();
    if args.fix {
        match mend(&request, &files, &host, found) {
            Ok(mended) => (found, note) = mended,
            Err(message) => {
                streams.err(&format!("Error: {message}\n"));
                return MISUSE;
            }
        }
    }
    problems.extend(found);
    let found = problems;
    let sources = FileSources::new(&files);
    let voice = Voice { dialect };
    let workspace = env.var("GITHUB_WORKSPACE").map_or(env.cwd.as_path(), Path::new);
    match args.format {
        CheckFormat::Json => {
            let now = || -> Duration {
                SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
            };
            Json::new(streams, &sources, &now, Explain::default(), voice).diagnostics(&found);
        }
        CheckFormat::Sarif => {
            let inside = directory.strip_prefix(workspace).unwrap_or(&directory);
            let path = |file: &FileName| below(inside, file.as_str());
            let fixes = |it: &Diagnostic| -> Vec<SarifFix> {
                let fixes = fixes_of(&files, dialect, it).into_iter();
                fixes.map(|fix| SarifFix { title: fix.title, edits: fix.edits }).collect()
            };
            let document = Sarif::new(&found, &sources, dialect.tool, VERSION, &path, &fixes);
            let text = serde_json::to_string_pretty(&document).unwrap_or_default();
            streams.out(&format!("{text}\n"));
        }
        CheckFormat::Human | CheckFormat::GitHub => {
            let style = Style::new(env.colour() && !args.no_color, env.width());
            let mut human = Human::new(streams, &sources, style, voice);
            human.diagnostics(&found);
            human.line(&format!("{note}{}", closing_line(&found)));
            if args.format == CheckFormat::GitHub {
                let mut github = GitHub::new(&sources, Explain::default(), &directory, workspace);
                github.annotate(&found, None);
                human.note(github.commands());
            }
        }
    }
    if found.iter().any(Diagnostic::is_error) { FAILURE } else { SUCCESS }
}

/// Makes the safe fixes of what was found, and those of what is found then. What is left, and a sentence about what was
/// done. The error is a sentence.
fn mend(
    request: &Request,
    files: &DiskFiles,
    host: &dyn Host,
    mut found: Vec<Diagnostic>,
) -> Result<(Vec<Diagnostic>, String), String> {
    /// One mistake may hide another; but there is an end.
    const ROUNDS: usize = 8;
    let (mut count, mut changed) = (0, std::collections::BTreeSet::new());
    for _ in 0..ROUNDS {
        let fixed = fix(files, suite::dialect(request, files), &found);
        if !fixed.problems.is_empty() {
            return Err(fixed.problems.join(" "));
        }
        if fixed.count == 0 {
            break;
        }
        count += fixed.count;
        changed.extend(fixed.files);
        found = suite::check(request, files, host);
    }
    let note = match count {
        0 => String::new(),
        count => format!("Fixed {} in {}.\n", counted(count, "problem"), counted(changed.len(), "file")),
    };
    Ok((found, note))
}

/// `3 problems: 2 errors, 1 warning`.
fn closing_line(found: &[Diagnostic]) -> String {
    let count = |severity| found.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if errors + warnings == 0 {
        return "No problems found.".to_owned();
    }
    let parts: Vec<String> = [(errors, "error"), (warnings, "warning")]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, noun)| counted(n, noun))
        .collect();
    format!("\n{}: {}.", counted(errors + warnings, "problem"), parts.join(", "))
}

fn counted(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
