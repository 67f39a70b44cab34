//! What the mock files that a test file names add to its mock providers.

use std::sync::Arc;

use syntax::{Diagnostics, Document, Origin};

use super::Reporter;
use crate::decode::MockFacts;
use crate::item::Item;
use crate::sources::Sources;
use crate::test_file::{MockFile, TestFile};

impl TestFile {
    /// Adds the mock files of each mock provider; what is wrong in them is returned.
    pub(crate) fn add_mock_files(&mut self, files: Vec<Vec<(Arc<Document>, Arc<MockFacts>)>>) -> Diagnostics {
        let mut found = Diagnostics::new();
        let documents = files.iter().flatten().map(|(document, _)| Arc::clone(document));
        self.sources = Sources::new(self.sources.iter().cloned().chain(documents));
        for of_provider in files {
            let mut before: Vec<Item<MockFile>> = Vec::new();
            for (document, facts) in of_provider {
                let (file, findings) = &*facts;
                let mut reporter = Reporter::new(self.sources.clone());
                let origin = Origin::new(document.file().clone(), 0);
                reporter.syntax(&document);
                reporter.findings(findings, &origin);
                let file = Item::new(Arc::clone(file), origin);
                reporter.again(&file, &before);
                found.extend(reporter.finish());
                before.push(file);
            }
            self.mock_files.push(before);
        }
        found
    }
}

impl Reporter {
    /// Says what of a mock file stands in an earlier one as well, which counts.
    fn again(&mut self, file: &Item<MockFile>, before: &[Item<MockFile>]) {
        for mock in &file.mocks {
            let same = |earlier: &Item<MockFile>| {
                let found = earlier.mocks.iter().find(|it| it.mode == mock.mode && it.kind == mock.kind)?;
                Some(earlier.locate(found.header))
            };
            let Some(first) = before.iter().find_map(same) else { continue };
            let detail = format!(
                "A {} {} block already exists at {}.",
                mock.block_name(),
                lang::quote(&mock.kind),
                self.sources.range(&first)
            );
            let place = file.locate(mock.kind_span);
            self.error("duplicate-mock", "Duplicate mock resource block".to_owned(), detail, place);
        }
        for over in &file.overrides {
            let Some(address) = &over.address else { continue };
            let same = |earlier: &Item<MockFile>| {
                let found = earlier.overrides.iter().find(|it| it.address.as_ref() == Some(address))?;
                Some(earlier.locate(found.header))
            };
            let Some(first) = before.iter().find_map(same) else { continue };
            let detail =
                format!("An override block for {address} already exists at {}.", self.sources.range(&first));
            let place = file.locate(over.header);
            self.error("duplicate-override", "Duplicate override block".to_owned(), detail, place);
        }
    }
}
