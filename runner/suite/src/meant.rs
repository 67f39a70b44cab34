//! What a filter that names nothing may have meant: "Did you mean" for the names of files and runs.

use config::{TestFile, normalize};
use syntax::SmolStr;

use crate::filter::Filter;

/// How many names are offered at most.
const OFFERED: usize = 3;

/// For a filter that no file fits: a sentence behind a space, or nothing.
///
/// People leave out the directory or the ending, write `./` before a name, or name a run without its file.
pub(crate) fn file(filter: &Filter, files: &[&TestFile]) -> String {
    let given = normalize(filter.file());
    let run = filter.run().map(|run| format!("::{run}")).unwrap_or_default();
    let names = || files.iter().map(|file| file.name.as_str());
    let fits = |name: &str| {
        let base = name.rsplit('/').next().unwrap_or(name);
        let stem = base.split(".tf").next().unwrap_or(base);
        let stem = stem.split(".tofu").next().unwrap_or(stem);
        [name, base, stem].into_iter().any(|name| filter.is_of_file(&given, name))
    };
    let mut found: Vec<String> =
        names().filter(|name| fits(name)).map(|name| format!("{name}{run}")).collect();
    if found.is_empty() && filter.run().is_none() {
        let of_file = |file: &&TestFile| {
            let runs = file.runs.iter().filter(|run| filter.is_of_file(filter.file(), &run.name));
            let name = file.name.clone();
            runs.map(move |run| format!("{name}::{}", run.name)).collect::<Vec<_>>()
        };
        found = files.iter().flat_map(of_file).collect();
    }
    if found.is_empty() {
        found.extend(config::suggest(&given, names()).map(|name| format!("{name}{run}")));
    }
    sentence(found)
}

/// For a filter whose file is there and whose run is not.
pub(crate) fn run(filter: &Filter, files: &[&TestFile]) -> String {
    let Some(run) = filter.run() else { return String::new() };
    let taken = files.iter().filter(|file| filter.takes_file(&file.name));
    let near = taken.filter_map(|file| {
        let names: Vec<SmolStr> = file.runs.iter().map(|run| run.name.clone()).collect();
        let near = config::suggest(run, names.iter().map(SmolStr::as_str))?;
        Some(format!("{}::{near}", file.name))
    });
    sentence(near.collect())
}

fn sentence(mut names: Vec<String>) -> String {
    let more = names.len() > OFFERED;
    names.truncate(OFFERED);
    let Some(last) = names.pop() else { return String::new() };
    match (names.is_empty(), more) {
        (true, _) => format!(" Did you mean {last}?"),
        (false, false) => format!(" Did you mean {} or {last}?", names.join(", ")),
        (false, true) => format!(" Did you mean {}, {last}, or another?", names.join(", ")),
    }
}
