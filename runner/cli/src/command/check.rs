//! `runblock check`: what is wrong with a module and its test files, without running anything.

use std::collections::{BTreeSet, HashSet};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

use config::{Dialect, DiskFiles};
use suite::{OsHost, Request};
use syntax::{Diagnostic, FileName, Severity};

use super::fix::{fix, fixable, fixes_of};
use super::targets::{Target, targets};
use super::version::VERSION;
use super::{FileSources, providers, request, variables};
use crate::args::{CheckArgs, CheckFormat, FailOn};
use crate::diagnostics::{Explain, Sarif, SarifFix, Style};
use crate::report::{GitHub, Human, Json, Reporter, Streams, Voice, below};
use crate::{Environment, FAILURE, MISUSE, SUCCESS};

/// Checks what the arguments name, by paths that count from `base`.
pub(crate) fn check(args: &CheckArgs, base: &Path, env: &Environment, mut streams: Streams<'_>) -> i32 {
    let mut fail = |message: &str| {
        streams.err(&format!("Error: {message}\n"));
        MISUSE
    };
    let targets = match targets(&args.paths, base) {
        Ok(targets) => targets,
        Err(message) => return fail(&message),
    };
    let mut found = Vec::new();
    let mut fixed = Mended::default();
    let mut dialect = None;
    for target in &targets {
        match of_target(target, args, base, env) {
            Ok(checked) => {
                dialect.get_or_insert(checked.dialect);
                fixed.count += checked.mended.count;
                fixed.files.extend(checked.mended.files);
                found.extend(checked.found);
            }
            Err(message) => return fail(&message),
        }
    }
    // What two modules say of one that both call is said once.
    let mut seen = HashSet::new();
    found.retain(|it: &Diagnostic| seen.insert((it.subject.clone(), it.summary.clone(), it.detail.clone())));
    let files = DiskFiles::new(base);
    report(
        &Report { args, base, env, files: &files, dialect: dialect.unwrap_or_default() },
        &found,
        &fixed,
        streams,
    );
    let fails = |it: &Diagnostic| match it.severity {
        Severity::Error => args.fail_on != FailOn::Never,
        Severity::Warning => matches!(args.fail_on, FailOn::Warning | FailOn::Hint),
        Severity::Hint => args.fail_on == FailOn::Hint,
    };
    if found.iter().any(fails) { FAILURE } else { SUCCESS }
}

/// What one module said.
struct Checked {
    found: Vec<Diagnostic>,
    mended: Mended,
    dialect: Dialect,
}

/// What was put right.
#[derive(Default)]
struct Mended {
    count: usize,
    files: BTreeSet<FileName>,
}

/// Files are named from `base` on in what is found. The error is a sentence.
fn of_target(target: &Target, args: &CheckArgs, base: &Path, env: &Environment) -> Result<Checked, String> {
    let files = DiskFiles::new(&target.directory);
    let (variables, mut problems) = variables(&args.variables);
    let (providers, found) = providers(&files, base, &args.schemas, env);
    problems.extend(found);
    let test_directory = args.test_directory.as_deref().or(target.test_directory.as_deref());
    let request = request(&files, test_directory, args.dialect, providers, env);
    let request = Request { variables, ..request };
    let dialect = suite::dialect(&request, &files);
    let host = OsHost::new(target.directory.clone(), env.var("HOME").map(str::to_owned)).started_in(&env.cwd);
    let check = || suite::check_files(&request, &files, &host, target.only.as_ref());
    let mut found = check();
    let mut mended = Mended::default();
    if args.fix {
        (found, mended) = mend(&files, dialect, found, &check)?;
    }
    problems.extend(found);
    let prefix = prefix(&target.directory, base);
    let whole = |file: &FileName| match file.as_str() {
        name if name.is_empty() || name.starts_with('<') => file.clone(),
        name => FileName::new(&below(&prefix, name)),
    };
    for it in &mut problems {
        for place in [&mut it.subject, &mut it.context].into_iter().flatten() {
            place.file = whole(&place.file);
        }
    }
    mended.files = mended.files.iter().map(whole).collect();
    Ok(Checked { found: problems, mended, dialect })
}

/// The way from `base` to a directory, which may be written through links.
fn prefix(directory: &Path, base: &Path) -> PathBuf {
    if let Ok(inside) = directory.strip_prefix(base) {
        return inside.to_owned();
    }
    let (Ok(to), Ok(from)) = (directory.canonicalize(), base.canonicalize()) else {
        return directory.to_owned();
    };
    let common = to.components().zip(from.components()).take_while(|(a, b)| a == b).count();
    if common < 2 {
        // Only the root, or not even that.
        return directory.to_owned();
    }
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    up.chain(to.components().skip(common)).collect()
}

/// Where findings are told.
struct Report<'a> {
    args: &'a CheckArgs,
    base: &'a Path,
    env: &'a Environment,
    /// Below `base`.
    files: &'a DiskFiles,
    dialect: Dialect,
}

fn report(to: &Report<'_>, found: &[Diagnostic], mended: &Mended, mut streams: Streams<'_>) {
    let Report { args, base, env, files, dialect } = *to;
    let sources = FileSources::new(files);
    let voice = Voice { dialect };
    let workspace = env.var("GITHUB_WORKSPACE").map_or(env.cwd.as_path(), Path::new);
    let note = match mended.count {
        0 => String::new(),
        count => {
            format!("Fixed {} in {}.\n", counted(count, "problem"), counted(mended.files.len(), "file"))
        }
    };
    match args.format {
        CheckFormat::Json => {
            streams.err(&note);
            let now = || -> Duration {
                SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
            };
            Json::new(streams, &sources, &now, Explain::default(), voice).diagnostics(found);
        }
        CheckFormat::Sarif => {
            streams.err(&note);
            let inside = base.strip_prefix(workspace).unwrap_or(base);
            let path = |file: &FileName| below(inside, file.as_str());
            let fixes = |it: &Diagnostic| -> Vec<SarifFix> {
                let fixes = fixes_of(files, dialect, it).into_iter();
                fixes.map(|fix| SarifFix { title: fix.title, edits: fix.edits }).collect()
            };
            let document = Sarif::new(found, &sources, dialect.tool, VERSION, &path, &fixes);
            let text = serde_json::to_string_pretty(&document).unwrap_or_default();
            streams.out(&format!("{text}\n"));
        }
        CheckFormat::Human | CheckFormat::GitHub => {
            let style = Style::new(env.colour() && !args.no_color, env.width());
            let mut human = Human::new(streams, &sources, style, voice);
            human.diagnostics(found);
            let fixable = if args.fix { 0 } else { fixable(files, dialect, found) };
            human.line(&format!("{note}{}", closing_line(found, fixable)));
            if args.format == CheckFormat::GitHub {
                let mut github = GitHub::new(&sources, Explain::default(), base, workspace);
                github.annotate(found, None);
                human.note(github.commands());
            }
        }
    }
}

/// Makes the safe fixes of what was found, and those of what is found then. What is left, and what was done. The error is
/// a sentence.
fn mend(
    files: &DiskFiles,
    dialect: Dialect,
    mut found: Vec<Diagnostic>,
    check: &dyn Fn() -> Vec<Diagnostic>,
) -> Result<(Vec<Diagnostic>, Mended), String> {
    /// One mistake may hide another; but there is an end.
    const ROUNDS: usize = 8;
    let mut mended = Mended::default();
    for _ in 0..ROUNDS {
        let fixed = fix(files, dialect, &found);
        if !fixed.problems.is_empty() {
            return Err(fixed.problems.join(" "));
        }
        if fixed.count == 0 {
            break;
        }
        mended.count += fixed.count;
        mended.files.extend(fixed.files);
        found = check();
    }
    Ok((found, mended))
}

/// `3 problems: 2 errors, 1 warning. 1 can be fixed with --fix.`
fn closing_line(found: &[Diagnostic], fixable: usize) -> String {
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
    let hint = match fixable {
        0 => String::new(),
        count => format!(" {count} can be fixed with --fix."),
    };
    format!("\n{}: {}.{hint}", counted(errors + warnings, "problem"), parts.join(", "))
}

fn counted(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
