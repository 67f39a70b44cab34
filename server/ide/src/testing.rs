//! What the features' tests have in common.

use std::sync::Arc;

use config::{AttributeSchema, MemoryFiles, ResourceMode, Schema, Schemas};
use fixture::Fixture;
use lang::Type;
use syntax::{Document, FileName, Location};

use crate::{Cache, Snapshot, Surroundings, Workspace, WorkspaceFolder};

/// A snapshot of a fixture with every test file open, and its cursor.
pub(crate) fn snapshot(text: &str) -> (Snapshot, Fixture) {
    let fixture = Fixture::parse(text);
    let files = MemoryFiles::new(fixture.pairs());
    let open: Vec<Arc<Document>> = fixture
        .pairs()
        .filter(|(path, _)| path.ends_with(".hcl") || path.ends_with(".tftest.json"))
        .map(|(path, text)| Arc::new(Document::new(FileName::new(path), text)))
        .collect();
    let schemas = Arc::new(|_: &str| Arc::new(BuiltIn::new()) as Arc<dyn Schemas + Send + Sync>);
    let surroundings = Surroundings { schemas, ..Surroundings::default() };
    (Snapshot::new(Arc::new(files), &open, Arc::new(Cache::new()), surroundings), fixture)
}

/// The schema of `terraform_data`, and of nothing else.
struct BuiltIn(Schema);

impl BuiltIn {
    fn new() -> BuiltIn {
        let attribute = |ty: Type, computed: bool| match computed {
            true => AttributeSchema::computed(ty),
            false => AttributeSchema::optional(ty),
        };
        let attributes = [
            ("id", attribute(Type::String, true)),
            ("input", attribute(Type::Dynamic, false)),
            ("output", attribute(Type::Dynamic, true)),
            ("triggers_replace", attribute(Type::Dynamic, false)),
        ];
        let attributes = attributes.into_iter().map(|(name, attribute)| (name.into(), attribute)).collect();
        BuiltIn(Schema { attributes, ..Schema::default() })
    }
}

impl Schemas for BuiltIn {
    fn resource(&self, provider: &str, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        let known = (config::BUILT_IN_PROVIDER, ResourceMode::Managed, "terraform_data");
        ((provider, mode, kind) == known).then_some(&self.0)
    }
}

/// A snapshot and the file and offset of its cursor.
pub(crate) fn at_cursor(text: &str) -> (Snapshot, FileName, u32) {
    let (snapshot, fixture) = snapshot(text);
    let cursor = fixture.cursor();
    (snapshot, FileName::new(&cursor.path), cursor.offset as u32)
}

/// The one folder, as a workspace.
pub(crate) fn workspace(snapshot: &Snapshot) -> Workspace<'static> {
    let folder = WorkspaceFolder { root: "/workspace".to_owned(), snapshot: snapshot.clone() };
    Workspace::new(vec![folder], &|| false)
}

/// `file:line:column text`, counted from one.
pub(crate) fn show(snapshot: &Snapshot, place: &Location) -> String {
    let document = snapshot.document(&place.file).unwrap();
    let position = document.position(place.span.start, syntax::Encoding::Utf32);
    let text = document.text();
    let text = place.span.text(&text);
    format!("{}:{}:{} {text}", place.file, position.line + 1, position.character + 1)
}

/// A module with something of every kind, and a setup module; tests append their test files.
pub(crate) const MODULE: &str = r#"
//- /main.tf
variable "name" {
  type        = string
  description = "Whom to greet."
  validation {
    condition     = var.name != ""
    error_message = "Empty."
  }
}
variable "size" {
  type    = object({ width = number, height = optional(number) })
  default = { width = 1 }
}
locals {
  greeting = "hello ${var.name}"
  box      = { left = 1, right = var.size }
}
resource "terraform_data" "main" {
  input = local.greeting
  lifecycle {
    precondition {
      condition     = var.size.width > 0
      error_message = "Flat."
    }
  }
}
data "terraform_remote_state" "other" {
  backend = "local"
}
module "child" {
  source = "./child"
  depth  = 2
}
check "health" {
  assert {
    condition     = terraform_data.main.id != ""
    error_message = "Ill."
  }
}
output "greeting" {
  description = "The whole greeting."
  value       = local.greeting
}
output "box" {
  value = local.box
}
//- /child/main.tf
variable "depth" {
  type = number
}
output "twice" {
  value = var.depth * 2
}
//- /setup/main.tf
variable "seed" {
  type = string
}
output "bucket" {
  value = { name = var.seed, size = 1 }
}
"#;
