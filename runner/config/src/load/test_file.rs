//! One test file with the mock files that it names, read again only when one of them has changed.

use std::sync::Arc;

use syntax::{Diagnostic, Diagnostics, Document};

use super::{explain, files_in, not_text, unreadable_file};
use crate::dialect::{Choice, Dialects};
use crate::facts::{FactsCache, same_document};
use crate::file_role::{FileRole, Readers};
use crate::files::{Files, join};
use crate::item::Item;
use crate::test_file::{MockProvider, TestFile};

/// A test file and what it was read from.
#[derive(Debug)]
pub(crate) struct ReadTest {
    choice: Choice,
    document: Arc<Document>,
    /// The folders of the mock providers that name one.
    folders: Vec<MockFolder>,
    file: Arc<TestFile>,
}

/// A folder of mock files.
#[derive(Debug)]
struct MockFolder {
    dir: String,
    exists: bool,
    documents: Vec<Arc<Document>>,
}

/// Loads one test file. One that cannot be read is empty and has a diagnostic.
pub fn load_test_file(
    files: &dyn Files,
    root_dir: &str,
    path: &str,
    dialects: Dialects,
    cache: &FactsCache,
) -> Arc<TestFile> {
    load_in(files, root_dir, path, &dialects.of_file(files, root_dir, path, cache), cache)
}

pub(super) fn load_in(
    files: &dyn Files,
    root_dir: &str,
    path: &str,
    choice: &Choice,
    cache: &FactsCache,
) -> Arc<TestFile> {
    let Choice { dialect, reason } = choice.clone();
    let document = match files.document(path, cache) {
        Ok(document) => document,
        Err(_) => {
            let mut file = TestFile { name: path.into(), dialect, reason, ..TestFile::default() };
            file.diagnostics.push(unreadable_file(path));
            return Arc::new(file);
        }
    };
    if let Some(read) = cache.read_test(root_dir, path, dialect)
        && read.choice == *choice
        && same_document(&read.document, &document)
        && read
            .folders
            .iter()
            .all(|known| known.is_same(&MockFolder::read(files, &known.dir, dialect, cache)))
    {
        return Arc::clone(&read.file);
    }
    let mut file = TestFile { reason, ..TestFile::merge(&document, dialect, cache) };
    not_text(files, path, &mut file.diagnostics);
    let folders = load_mocks(&mut file, files, root_dir, cache);
    explain(&mut file.diagnostics, choice);
    let read = ReadTest { choice: choice.clone(), document, folders, file: Arc::new(file) };
    Arc::clone(&cache.keep_test(root_dir, path, dialect, read).file)
}

/// Reads the mock files that a test file names. Their folders count from the root module's.
fn load_mocks(file: &mut TestFile, files: &dyn Files, root_dir: &str, cache: &FactsCache) -> Vec<MockFolder> {
    let mut folders = Vec::new();
    let mut unreadable = Diagnostics::new();
    let mut found = Vec::new();
    for provider in &file.mock_providers {
        let mut of_provider = Vec::new();
        if let Some((source, _)) = &provider.source {
            let folder = MockFolder::read(files, &join(root_dir, source), file.dialect, cache);
            unreadable.extend((!folder.exists).then(|| missing_folder(provider, source)));
            let read = |it: &Arc<Document>| (Arc::clone(it), cache.mock_facts(it, file.dialect));
            of_provider.extend(folder.documents.iter().map(read));
            folders.push(folder);
        }
        found.push(of_provider);
    }
    // Terraform looks into them when everything else can be read.
    let is_read = !file.diagnostics.iter().any(Diagnostic::is_error);
    let of_mocks = file.add_mock_files(found);
    if is_read {
        file.diagnostics.extend(unreadable);
        file.diagnostics.extend(of_mocks);
    }
    folders
}

impl MockFolder {
    fn read(files: &dyn Files, dir: &str, dialect: crate::Dialect, cache: &FactsCache) -> MockFolder {
        let paths = files_in(files, dir, FileRole::Mocks, Readers::of(dialect));
        let documents = paths.iter().filter_map(|path| files.document(path, cache).ok()).collect();
        MockFolder { dir: dir.to_owned(), exists: files.list(dir).is_ok(), documents }
    }

    fn is_same(&self, other: &MockFolder) -> bool {
        self.exists == other.exists
            && self.documents.len() == other.documents.len()
            && self.documents.iter().zip(&other.documents).all(|(a, b)| same_document(a, b))
    }
}

fn missing_folder(provider: &Item<MockProvider>, source: &str) -> Diagnostic {
    let detail = format!("Mock data directory {source} does not exist or cannot be read.");
    Diagnostic::error("Failed to read mock data directory", detail)
        .at(provider.locate(provider.header))
        .with_code("unreadable-mocks")
}
