//! The files that schemas are read from: where they are looked for, and what is wrong with them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use config::schema::document::{self, ProviderSchemas};
use config::{FileError, FileKind, Files, Stamp, join, normalize};
use syntax::{Diagnostic, Diagnostics};

use super::SchemaStore;

/// Where a module keeps the schemas of its providers, in its own directory.
pub const SCHEMA_DIRECTORY: &str = ".runblock/schemas";

/// The environment variable that names files and folders with schemas, separated as in `PATH`.
pub const SCHEMA_VARIABLE: &str = "RUNBLOCK_SCHEMAS";

/// Reads files with schemas, and keeps what was read as long as the files stay the same. Names of the same place must
/// be the same in all calls.
#[derive(Debug, Default)]
pub struct SchemaFiles {
    known: Mutex<HashMap<String, Known>>,
}

/// What a file held when it was read.
#[derive(Debug)]
struct Known {
    stamp: Stamp,
    read: Read,
}

/// The providers of a document, or the sentence that says why there are none.
type Read = Result<Arc<[ProviderSchemas]>, String>;

impl SchemaFiles {
    /// The schemas that count in the module in `directory`, and what is wrong with their files: those that the module
    /// keeps, then those of `paths` in their order. A path leads to a file, or to a folder, of which the files ending
    /// in `.json` count. Of several descriptions of one provider the last one counts.
    pub fn load(&self, files: &dyn Files, directory: &str, paths: &[String]) -> (SchemaStore, Diagnostics) {
        let (mut store, mut found) = (SchemaStore::default(), Diagnostics::new());
        let own = join(directory, SCHEMA_DIRECTORY);
        let own = Some(&own).filter(|own| files.kind(own).is_some());
        let named = own.into_iter().chain(paths).flat_map(|path| documents(files, path, &mut found));
        let named: Vec<String> = named.collect();
        for path in named {
            match self.read(files, &path) {
                Ok(providers) => store.extend(&path, &providers),
                Err(detail) => found.push(failed(detail)),
            }
        }
        (store, found)
    }

    fn read(&self, files: &dyn Files, path: &str) -> Read {
        // Before the content, so that a change in between shows the next time.
        let stamp = files.stamp(path);
        if let Some(known) = self.lock().get(path)
            && Some(known.stamp) == stamp
        {
            return known.read.clone();
        }
        let read = read(files, path);
        match stamp {
            Some(stamp) => drop(self.lock().insert(path.to_owned(), Known { stamp, read: read.clone() })),
            None => drop(self.lock().remove(path)),
        }
        read
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The files that a path stands for.
fn documents(files: &dyn Files, path: &str, sink: &mut Diagnostics) -> Vec<String> {
    if files.kind(path) != Some(FileKind::Directory) {
        return vec![normalize(path)];
    }
    let entries = match files.list(path) {
        Ok(entries) => entries,
        Err(error) => {
            sink.push(failed(format!("The folder {path} cannot be read: {error}.")));
            return Vec::new();
        }
    };
    let names: Vec<String> = entries.into_iter().filter(|it| !it.is_dir).map(|it| it.name).collect();
    for name in names.iter().filter(|name| name.ends_with(".json.zst")) {
        // Beside its content, the compressed form is only a leftover.
        if !names.iter().any(|other| name.strip_suffix(".zst") == Some(other)) {
            sink.push(Diagnostic::warning(SUMMARY, compressed(&join(path, name))).with_code(CODE));
        }
    }
    names.iter().filter(|name| name.ends_with(".json")).map(|name| join(path, name)).collect()
}

fn read(files: &dyn Files, path: &str) -> Read {
    if path.ends_with(".zst") && files.kind(path).is_some() {
        return Err(compressed(path));
    }
    let bytes = match files.read_bytes(path) {
        Ok(bytes) => bytes,
        Err(FileError::NotFound) => return Err(format!("There is no file or folder {path}.")),
        Err(error) => return Err(format!("The file {path} cannot be read: {error}.")),
    };
    let providers = document::read(bytes).map_err(|error| {
        format!("The file {path} does not hold what \"terraform providers schema -json\" prints: {error}.")
    })?;
    Ok(providers.into())
}

fn compressed(path: &str) -> String {
    format!("The file {path} is compressed, and only plain JSON can be read. Decompress it: zstd -d {path}")
}

fn failed(detail: String) -> Diagnostic {
    Diagnostic::error(SUMMARY, detail).with_code(CODE)
}

const SUMMARY: &str = "Failed to read provider schemas";
const CODE: &str = "unreadable-schemas";

#[cfg(test)]
mod tests {
    use config::{MemoryFiles, ResourceMode, Schemas};

    use super::*;

    /// A document with one provider of one resource type.
    fn schema(provider: &str, kind: &str) -> String {
        format!(
            r#"{{"format_version": "1.0", "provider_schemas": {{"registry.terraform.io/{provider}": {{
                "resource_schemas": {{"{kind}": {{"version": 0, "block": {{}}}}}}}}}}}}"#
        )
    }

    fn load(files: &MemoryFiles, directory: &str, paths: &[&str]) -> (SchemaStore, Vec<String>) {
        let paths: Vec<String> = paths.iter().map(|&path| path.to_owned()).collect();
        let (store, found) = SchemaFiles::default().load(files, directory, &paths);
        (store, found.into_iter().map(|it| format!("{:?}: {}", it.severity, it.detail)).collect())
    }

    #[test]
    fn the_last_description_of_a_provider_counts() {
        let files = MemoryFiles::new([
            ("m/.runblock/schemas/own.json", schema("a/x", "x_own")),
            ("m/.runblock/schemas/other.json", schema("a/z", "z_own")),
            ("m/.runblock/schemas/notes.txt", "no schema".to_owned()),
            ("given/1.json", schema("a/x", "x_first")),
            ("given/2.json", schema("a/y", "y_folder")),
            ("last.json", schema("a/x", "x_last")),
        ]);
        let kinds = |paths: &[&str]| {
            let (store, found) = load(&files, "m", paths);
            assert!(found.is_empty(), "{found:?}");
            ["x", "y", "z"]
                .map(|name| format!("registry.terraform.io/a/{name}"))
                .map(|it| store.kinds(&it, ResourceMode::Managed).unwrap_or_default().join(","))
        };
        assert_eq!(kinds(&[]), ["x_own", "", "z_own"]);
        assert_eq!(kinds(&["given"]), ["x_first", "y_folder", "z_own"]);
        assert_eq!(kinds(&["./given/", "last.json"]), ["x_last", "y_folder", "z_own"]);
        assert_eq!(kinds(&["last.json", "given"]), ["x_first", "y_folder", "z_own"]);
        assert_eq!(load(&files, "elsewhere", &[]).0.addresses().len(), 0);
    }

    #[test]
    fn what_is_wrong_names_the_file_and_the_place() {
        let whole = schema("a/x", "x_a");
        let files = MemoryFiles::new([
            ("cut.json", whole.get(..60).unwrap_or_default()),
            ("new.json", r#"{"format_version": "2.0", "provider_schemas": []}"#),
            ("state.json", r#"{"version": 4, "resources": []}"#),
            ("list.json", "[1]"),
            ("empty.json", ""),
            ("aws.json.zst", "\u{28}"),
            ("folder/aws.json.zst", ""),
            ("folder/x.json", &whole),
            ("folder/x.json.zst", ""),
        ]);
        let print = "does not hold what \"terraform providers schema -json\" prints:";
        for (path, expected) in [
            ("nowhere.json", "Error: There is no file or folder nowhere.json.".to_owned()),
            (
                "cut.json",
                format!("Error: The file cut.json {print} the document is cut off at line 1, column 60."),
            ),
            (
                "new.json",
                format!(
                    "Error: The file new.json {print} format_version: the document has format version \"2.0\", and this \
                     program reads 0.1, 0.2 and 1.x."
                ),
            ),
            (
                "state.json",
                format!(
                    "Error: The file state.json {print} the document has no format_version, so it does not hold provider \
                     schemas."
                ),
            ),
            ("list.json", format!("Error: The file list.json {print} the document is no JSON object.")),
            (
                "empty.json",
                format!("Error: The file empty.json {print} the document is cut off at line 1, column 0."),
            ),
            (
                "aws.json.zst",
                "Error: The file aws.json.zst is compressed, and only plain JSON can be read. Decompress it: zstd -d \
                 aws.json.zst"
                    .to_owned(),
            ),
            (
                "folder",
                "Warning: The file folder/aws.json.zst is compressed, and only plain JSON can be read. Decompress it: \
                 zstd -d folder/aws.json.zst"
                    .to_owned(),
            ),
        ] {
            assert_eq!(load(&files, ".", &[path]).1, [expected]);
        }
        // What can be read counts all the same.
        assert_eq!(load(&files, ".", &["cut.json", "folder"]).0.addresses().len(), 1);
    }

    /// Files with a clock, which count how often they are read.
    struct Clocked {
        files: MemoryFiles,
        time: u64,
        reads: Mutex<usize>,
    }

    impl Files for Clocked {
        fn read_bytes(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
            *self.reads.lock().unwrap() += 1;
            self.files.read_bytes(path)
        }

        fn list(&self, dir: &str) -> Result<Vec<config::Entry>, FileError> {
            self.files.list(dir)
        }

        fn kind(&self, path: &str) -> Option<FileKind> {
            self.files.kind(path)
        }

        fn stamp(&self, _: &str) -> Option<Stamp> {
            Some(Stamp { modified: std::time::Duration::from_secs(self.time), length: 1 })
        }
    }

    #[test]
    fn a_file_is_read_again_when_it_has_changed() {
        let path = ".runblock/schemas/x.json";
        let files = MemoryFiles::new([(path, schema("a/x", "x_one"))]);
        let mut files = Clocked { files, time: 1, reads: Mutex::new(0) };
        let schemas = SchemaFiles::default();
        let look = |files: &Clocked| {
            let (store, _) = schemas.load(files, ".", &[]);
            let kinds = store.kinds("registry.terraform.io/a/x", ResourceMode::Managed).unwrap().join(",");
            format!("{kinds} after {}", files.reads.lock().unwrap())
        };
        assert_eq!(look(&files), "x_one after 1");
        files.files.insert(path, schema("a/x", "x_two"));
        assert_eq!(look(&files), "x_one after 1");
        files.time = 2;
        assert_eq!(look(&files), "x_two after 2");
        assert_eq!(look(&files), "x_two after 2");
    }
}
