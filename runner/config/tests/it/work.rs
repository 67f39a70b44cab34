//! How little is computed again after an edit.

use std::sync::Arc;

use config::{Dialect, Dialects, FactsCache, MemoryFiles, Overlay, load_module, load_tests};
use syntax::{Document, FileName};

#[test]
fn editing_one_run_lowers_one_chunk() {
    let runs: String = (0..20).map(|run| format!("run \"r{run}\" {{\n  command = plan\n}}\n\n")).collect();
    let name = FileName::new("a.tftest.hcl");
    let main = "variable \"a\" {}\n\noutput \"o\" {\n  value = var.a\n}\n";
    let mut document = Document::new(name.clone(), &runs);
    let mut files = Overlay::new(MemoryFiles::new([("main.tf", main)]));
    files.insert(Arc::new(document.clone()));
    let cache = FactsCache::new();
    let before = load_module(&files, ".", Dialect::default(), &cache);
    let tests = load_tests(&files, ".", "tests", Dialects::default(), &cache);
    assert_eq!(tests.iter().map(|test| test.runs.len()).sum::<usize>(), 20);

    let counted = cache.work();
    let at = runs.find("r7").expect("run 7 is there") as u32;
    let at = at + runs.get(at as usize..).and_then(|rest| rest.find("plan")).expect("with a command") as u32;
    document.edit(syntax::Span::new(at, at + 4), "apply");
    files.insert(Arc::new(document));
    let after = load_module(&files, ".", Dialect::default(), &cache);
    let tests = load_tests(&files, ".", "tests", Dialects::default(), &cache);
    let work = cache.work();
    assert_eq!(work.lowered_chunks - counted.lowered_chunks, 1);
    assert_eq!(work.merged_modules, counted.merged_modules);
    assert!(Arc::ptr_eq(&before.module, &after.module));
    let run = tests.first().and_then(|test| test.runs.get(7)).expect("run 7 is still there");
    assert_eq!(run.command, config::Command::Apply);
}
