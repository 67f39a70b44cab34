//! How much work a run is: a walk visits each object once for each instance of its module.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use config::{Dialect, Dialects, FactsCache, MemoryFiles, load_module, load_test_file};
use engine::{Cancel, Host, Program, RunRequest, State, Status, run_block};
use lang::functions::{FileError, FileReader};
use provider::Providers;

/// Counts how often `file` is called.
#[derive(Default)]
struct Counting(AtomicUsize);

impl Host for Counting {
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn random(&self) -> [u8; 16] {
        [7; 16]
    }

    fn files(&self) -> &dyn FileReader {
        self
    }

    fn working_directory(&self) -> &str {
        "/module"
    }
}

impl FileReader for Counting {
    fn read(&self, _: &str) -> Result<Vec<u8>, FileError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(b"text".to_vec())
    }

    fn is_file(&self, _: &str) -> Result<bool, FileError> {
        Ok(true)
    }

    fn read_dir(&self, _: &str) -> Result<Vec<(String, bool)>, FileError> {
        Ok(Vec::new())
    }

    fn absolute(&self, path: &str) -> String {
        format!("/module/{path}")
    }

    fn home(&self) -> Option<String> {
        None
    }
}

#[test]
fn each_object_is_visited_once_for_each_instance() {
    let files = MemoryFiles::new([
        (
            "main.tf",
            "module \"m\" {\n  source = \"./m\"\n  count = 3\n}\noutput \"o\" { value = module.m[*].o }\n",
        ),
        // Read by everything below it, evaluated once.
        (
            "m/main.tf",
            "locals { text = file(\"x\") }\nresource \"terraform_data\" \"r\" {\n  count = 5\n  input = local.text\n}\noutput \"o\" { value = \"${local.text}${local.text}\" }\n",
        ),
        (
            "t.tftest.hcl",
            "run \"plan\" {\n  command = plan\n}\nrun \"apply\" {\n  assert {\n    condition     = output.o[2] == \"texttext\"\n    error_message = \"o\"\n  }\n}\n",
        ),
    ]);
    let cache = FactsCache::new();
    let program = Program::new(&load_module(&files, ".", Dialect::default(), &cache));
    let file = load_test_file(&files, ".", "t.tftest.hcl", Dialects::default(), &cache);
    let providers = Providers::builtin();
    // Once to validate, then three times for each of planning and applying.
    for (run, reads) in [(0, 1 + 3), (1, 1 + 3 + 3)] {
        let host = Counting::default();
        let request = RunRequest {
            program: &program,
            file: &file,
            run,
            variables: &BTreeMap::new(),
            state: &State::new(),
            finished_runs: &BTreeMap::new(),
            workspace: "default",
            verbose: false,
            timed: false,
            providers: &providers,
            files: &files,
        };
        let outcome = run_block(&request, &host, &Cancel::new());
        assert_eq!(outcome.status, Status::Pass, "{:?}", outcome.diagnostics);
        assert_eq!(host.0.load(Ordering::Relaxed), reads);
    }
}
