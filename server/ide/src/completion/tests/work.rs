//! What a list costs: nothing is looked up or put together that nobody sees.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use config::{MemoryFiles, ResourceMode, Schema, Schemas};
use syntax::{Document, FileName};

use crate::completion::{Completions, completion};
use crate::{Cache, Snapshot, Surroundings};

/// A provider of many types, which counts how often the schema of one is read.
#[derive(Default)]
struct Many {
    kinds: Vec<String>,
    schema: Schema,
    read: AtomicUsize,
}

impl Schemas for Many {
    fn resource(&self, _: &str, _: ResourceMode, _: &str) -> Option<&Schema> {
        self.read.fetch_add(1, Ordering::Relaxed);
        Some(&self.schema)
    }

    fn kinds(&self, _: &str, _: ResourceMode) -> Option<Vec<&str>> {
        Some(self.kinds.iter().map(String::as_str).collect())
    }
}

fn complete(schemas: &Arc<Many>, file: &str, text: &str) -> Completions {
    let main = "resource \"many_used\" \"a\" {\n}\n";
    let offset = text.find("$0").unwrap();
    let file = FileName::new(file);
    let open = Arc::new(Document::new(file.clone(), &text.replace("$0", "")));
    let schemas = Arc::clone(schemas);
    let schemas = Arc::new(move |_: &str| Arc::clone(&schemas) as Arc<dyn Schemas + Send + Sync>);
    let surroundings = Surroundings { schemas, ..Surroundings::default() };
    let files = Arc::new(MemoryFiles::new([("main.tf", main)]));
    let snapshot = Snapshot::new(files, [&open], Arc::new(Cache::new()), surroundings);
    completion(&snapshot, &file, offset as u32)
}

#[test]
fn lists_of_types_read_no_schema_and_have_an_end() {
    let kinds = (0..2000).map(|n| format!("many_{n:04}")).collect();
    let schemas = Arc::new(Many { kinds, ..Many::default() });
    for (file, text) in [
        ("a.tftest.hcl", "mock_provider \"many\" {\n  mock_resource \"$0\" {\n  }\n}\n"),
        ("more.tf", "resource \"$0\n"),
    ] {
        let found = complete(&schemas, file, text);
        assert!(found.incomplete);
        assert!(found.items.len() <= 300, "{}", found.items.len());
        assert_eq!(found.items[0].label, "many_used");
    }
    let found = complete(&schemas, "more.tf", "data \"ny_19$0\" \"x\" {\n}\n");
    let wrong = found.items.iter().find(|item| !item.label.starts_with("many_"));
    assert!(found.items.len() < 300 && wrong.is_none(), "{found:?}");
    assert_eq!(schemas.read.load(Ordering::Relaxed), 0);
}
