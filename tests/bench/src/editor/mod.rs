//! What an editor waits for: the whole program over its pipes, in files of several lengths, and in a large workspace.

mod client;
mod workload;
mod workspace;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Value, json};

use crate::{rounds, runs};
use client::{Client, uri};

pub use workspace::measure as measure_workspace;

/// The lengths of the test files, in lines.
const LINES: [usize; 3] = [1_000, 10_000, 100_000];

/// Prints, for each length, how long each operation takes and how much memory the server has.
///
/// # Errors
///
/// Where files cannot be written, the server cannot be run or does not answer.
pub fn measure() -> io::Result<()> {
    let server = runs::runblock().canonicalize()?;
    let root = std::env::temp_dir().join(format!("runblock-bench-editor-{}", std::process::id()));
    let mut result = std::fs::create_dir_all(&root);
    let schemas = schemas(&root)?;
    for lines in LINES {
        result = result.and_then(|()| with_lines(&server, &root.join(lines.to_string()), &schemas, lines));
    }
    std::fs::remove_dir_all(&root)?;
    result
}

/// The document with the provider's schemas: the one that is given, or one of the same size.
fn schemas(root: &Path) -> io::Result<PathBuf> {
    if let Some(given) = std::env::var_os("BENCH_SCHEMAS") {
        return PathBuf::from(given).canonicalize();
    }
    let path = root.join("schemas.json");
    std::fs::write(&path, workload::schemas())?;
    Ok(path)
}

fn with_lines(server: &Path, directory: &Path, schemas: &Path, lines: usize) -> io::Result<()> {
    std::fs::create_dir_all(directory)?;
    let (module, test) = (directory.join("main.tf"), directory.join("main.tftest.hcl"));
    let (module_text, test_text) = (workload::module(), workload::test_file(lines));
    std::fs::write(&module, &module_text)?;
    std::fs::write(&test, &test_text)?;
    let start = Instant::now();
    let mut client = Client::start(server, directory, &json!({ "schemas": [schemas] }))?;
    let initialized = milliseconds(start);
    let start = Instant::now();
    client.open(&test, &test_text)?;
    let found = client.diagnostics(&test, None)?;
    println!(
        "{} lines beside {} resources, {:.1} MB of schemas: initialize {initialized:.1} ms, first diagnostics {:.1} ms, {} of them",
        test_text.lines().count(),
        workload::RESOURCES,
        std::fs::metadata(schemas)?.len() as f64 / 1e6,
        milliseconds(start),
        found.as_array().map_or(0, Vec::len),
    );
    println!("  {:<34} {:>9} {:>9} {:>9}", "operation", "p50 ms", "p99 ms", "cpu ms");
    let mut session =
        Session { client, lines: test_text.lines().map(str::to_owned).collect(), test, version: 1 };
    session.keystrokes()?;
    session.requests()?;
    session.tokens()?;
    session.module_edits(&module, &module_text)?;
    let used = session.client.used();
    println!("  memory: {:.0} MiB resident, {:.0} MiB at most", used.resident, used.peak);
    Ok(())
}

/// A server with one test file open.
struct Session {
    client: Client,
    lines: Vec<String>,
    test: PathBuf,
    version: i32,
}

impl Session {
    /// From a letter to the diagnostics of the text with it. Every letter changes what is wrong.
    fn keystrokes(&mut self) -> io::Result<()> {
        let (line, character) = self.place("output.arn_", "output.arn_");
        self.measure("letter to diagnostics", |session, odd| {
            session.version += 1;
            let (test, version) = (session.test.clone(), session.version);
            let (to, text) = if odd { (character + 1, "") } else { (character, "x") };
            let start = Instant::now();
            session.client.change(&test, version, line, (character, to), text)?;
            session.client.diagnostics(&test, Some(version))?;
            Ok(session.client.waited(start))
        })?;
        let (line, character) = self.place("run \"deploys_", "run \"deploys_");
        self.measure("letter in a run's name to diagnostics", |session, odd| {
            session.version += 1;
            let (test, version) = (session.test.clone(), session.version);
            let (to, text) = if odd { (character + 1, "") } else { (character, "x") };
            let start = Instant::now();
            session.client.change(&test, version, line, (character, to), text)?;
            session.client.diagnostics(&test, Some(version))?;
            Ok(session.client.waited(start))
        })?;
        // A line more, and all that follows is one line further down, the error at the end too.
        let blank = self.lines.iter().position(String::is_empty).unwrap_or(0);
        self.measure("line at the top to diagnostics", |session, _| {
            session.version += 1;
            let (test, version) = (session.test.clone(), session.version);
            let start = Instant::now();
            session.client.change(&test, version, blank, (0, 0), "\n")?;
            session.client.diagnostics(&test, Some(version))?;
            session.lines.insert(blank, String::new());
            Ok(session.client.waited(start))
        })
    }

    /// Requests, each right after a keystroke.
    fn requests(&mut self) -> io::Result<()> {
        let (line, character) = self.place("output.arn_", "output.a");
        let (label_line, label) = self.place("run \"deploys_", "run \"dep");
        let position = json!({ "line": line, "character": character });
        let on_label = json!({ "line": label_line, "character": label });
        let visible = json!({
            "start": { "line": line.saturating_sub(30), "character": 0 },
            "end": { "line": line + 30, "character": 0 },
        });
        let document = json!({ "uri": uri(&self.test) });
        let at = |position: &Value| json!({ "textDocument": document, "position": position });
        let of_document = json!({ "textDocument": document });
        let in_range = json!({ "textDocument": document, "range": visible });
        let here = json!({ "start": position, "end": position });
        let acted = json!({ "textDocument": document, "range": here, "context": { "diagnostics": [] } });
        let renamed = |position: &Value| json!({ "textDocument": document, "position": position, "newName": "renamed" });
        for (name, method, params) in [
            ("completion", "completion", at(&position)),
            ("hover", "hover", at(&position)),
            ("definition", "definition", at(&position)),
            ("document highlight", "documentHighlight", at(&position)),
            ("prepare rename", "prepareRename", at(&position)),
            ("rename of an output", "rename", renamed(&position)),
            ("rename of a run", "rename", renamed(&on_label)),
            ("inlay hints of 60 lines", "inlayHint", in_range.clone()),
            ("semantic tokens of 60 lines", "semanticTokens/range", in_range),
            ("code actions", "codeAction", acted),
            ("code lenses", "codeLens", of_document.clone()),
            ("document symbols", "documentSymbol", of_document.clone()),
            ("folding ranges", "foldingRange", of_document),
        ] {
            self.measure(name, |session, odd| {
                session.letter_elsewhere(odd)?;
                let start = Instant::now();
                let answer = session.client.request(&format!("textDocument/{method}"), params.clone())?;
                let spent = session.client.waited(start);
                match answer {
                    Value::Null => Err(io::Error::other(format!("{method} has no answer"))),
                    _ => Ok(spent),
                }
            })?;
        }
        Ok(())
    }

    fn tokens(&mut self) -> io::Result<()> {
        let document = json!({ "uri": uri(&self.test) });
        let mut known = Value::Null;
        self.measure("semantic tokens of the file", |session, odd| {
            session.letter_elsewhere(odd)?;
            let start = Instant::now();
            let params = json!({ "textDocument": document });
            let mut answer = session.client.request("textDocument/semanticTokens/full", params)?;
            known = answer["resultId"].take();
            Ok(session.client.waited(start))
        })?;
        self.measure("semantic tokens, what has changed", |session, odd| {
            session.letter_elsewhere(odd)?;
            let start = Instant::now();
            let params = json!({ "textDocument": document, "previousResultId": known });
            let mut answer = session.client.request("textDocument/semanticTokens/full/delta", params)?;
            known = answer["resultId"].take();
            Ok(session.client.waited(start))
        })
    }

    /// From a letter in the name of one of the module's outputs to the test file's diagnostics.
    fn module_edits(&mut self, module: &Path, text: &str) -> io::Result<()> {
        self.client.open(module, text)?;
        let line = text.lines().position(|line| line.starts_with("output \"arn_7\"")).unwrap_or(0);
        let character = "output \"arn_7".len();
        let mut version = 1;
        self.measure("letter in the module to diagnostics", |session, odd| {
            version += 1;
            let (to, text) = if odd { (character + 1, "") } else { (character, "x") };
            let start = Instant::now();
            session.client.change(module, version, line, (character, to), text)?;
            let test = session.test.clone();
            session.client.diagnostics(&test, None)?;
            Ok(session.client.waited(start))
        })
    }

    /// A letter in a text, which changes nothing that anything is said about.
    fn letter_elsewhere(&mut self, odd: bool) -> io::Result<()> {
        let (line, character) = self.place("needs a value", "needs a v");
        self.version += 1;
        let (test, version) = (self.test.clone(), self.version);
        let (to, text) = if odd { (character + 1, "") } else { (character, "x") };
        self.client.change(&test, version, line, (character, to), text)
    }

    /// The first place of a text below the middle of the file, and how far a part of it reaches.
    fn place(&self, text: &str, part: &str) -> (usize, usize) {
        let middle = self.lines.len() / 2;
        let below = self.lines.iter().enumerate().skip(middle);
        let found = below.filter_map(|(line, it)| Some((line, it.find(text)? + part.len()))).next();
        found.unwrap_or((0, 0))
    }

    /// Does something many times, in pairs, and prints what it took.
    fn measure(
        &mut self,
        name: &str,
        mut once: impl FnMut(&mut Session, bool) -> io::Result<f64>,
    ) -> io::Result<()> {
        // What only the first one pays is not what a keystroke costs.
        for odd in [false, true] {
            once(self, odd)?;
        }
        let pairs = rounds() * 10;
        let before = self.client.used().cpu;
        let mut times = Vec::new();
        for _ in 0..pairs {
            for odd in [false, true] {
                times.push(once(self, odd)?);
            }
        }
        let cpu = (self.client.used().cpu - before) / times.len() as f64;
        times.sort_by(f64::total_cmp);
        let at = |part: f64| times.get((times.len() as f64 * part) as usize).copied().unwrap_or(f64::NAN);
        println!("  {name:<38} {:>9.2} {:>9.2} {cpu:>9.2}", at(0.5), at(0.99));
        Ok(())
    }
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}
