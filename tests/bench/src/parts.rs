//! In-process: parsing, one keystroke, one large expression.

use std::hint::black_box;
use std::time::Instant;

use lang::functions::{FileReader, NoFiles};
use lang::{Resolved, Scope, Traversal};
use syntax::{Diagnostics, Document, FileName, Origin, Span};

use crate::text::{LINES_PER_RUN, module_file, test_file};
use crate::workload::FOR;
use crate::{median, rounds};

pub fn measure() {
    parsing();
    keystroke();
    evaluation();
}

fn parsing() {
    if let Ok(path) = std::env::var("BENCH_TEXT") {
        return parsing_of("given", &std::fs::read_to_string(path).expect("BENCH_TEXT names a text file"));
    }
    parsing_of("module", &module_file(1_700));
    parsing_of("dense", &test_file(4_000));
}

fn parsing_of(name: &str, text: &str) {
    let file = FileName::new("main.tf");
    let megabytes = text.len() as f64 / 1e6;
    let density = text.len() as f64 / syntax::tokens(text).len() as f64;
    println!("{name} text: {megabytes:.1} MB, {density:.1} bytes a token");
    let parse = seconds(|| syntax::parse_body(&file, text));
    println!("  parse_body: {:.0} MB/s", megabytes / parse);
    let document = seconds(|| Document::new(file.clone(), text));
    println!("  Document::new: {:.0} MB/s", megabytes / document);
}

/// A letter typed into a name in the middle of the file, and taken back, which is two edits.
fn keystroke() {
    let text = test_file(10_000 / LINES_PER_RUN);
    let at = text.len() / 2;
    let at = at + text.get(at..).and_then(|rest| rest.find("command")).unwrap_or(0);
    let at = u32::try_from(at).expect("the text is shorter than 4 GiB");
    let mut document = Document::new(FileName::new("main.tftest.hcl"), &text);
    let edits = 100;
    let all = seconds(|| {
        for _ in 0..edits / 2 {
            black_box(document.edit(Span::at(at), "x"));
            black_box(document.edit(Span::new(at, at + 1), ""));
        }
    });
    let each = all / f64::from(edits) * 1e6;
    println!("one keystroke in {} lines: {each:.1} microseconds", text.lines().count());
}

fn evaluation() {
    let file = FileName::new("main.tf");
    let expression = lang::lower(&syntax::parse_expression(&file, FOR).tree);
    let origin = Origin::new(file, 0);
    let mut found = Diagnostics::new();
    let spent = seconds(|| lang::evaluate(&expression, &origin, &Nothing, &mut found));
    println!("for over 10,000 elements: {:.2} milliseconds, {} diagnostics", spent * 1e3, found.len());
}

/// Median seconds of `work`, without the time that freeing its result takes.
fn seconds<R>(mut work: impl FnMut() -> R) -> f64 {
    let once = |_| {
        let start = Instant::now();
        let result = black_box(work());
        let spent = start.elapsed().as_secs_f64();
        drop(result);
        spent
    };
    median((0..rounds() * 3).map(once).collect())
}

/// A scope without names and files.
struct Nothing;

impl Scope for Nothing {
    fn resolve(&self, _: &Traversal, _: &Origin, _: &mut Diagnostics) -> Option<Resolved> {
        None
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }
}
