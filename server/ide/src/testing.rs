//! What the features' tests have in common.

use std::sync::Arc;

use config::schema::provider::{FunctionSchema, ParameterSchema};
use config::{
    AttributeSchema, BlockSchema, MemoryFiles, NestedType, Nesting, ResourceMode, Schema, Schemas, TextKind,
};
use fixture::Fixture;
use indexmap::IndexMap;
use lang::Type;
use syntax::{Document, FileName, Location, SmolStr};

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
    (Snapshot::new(Arc::new(files), &open, Arc::new(Cache::new()), surroundings()), fixture)
}

/// Surroundings in which modules have the schemas of `terraform_data` and of a small provider.
pub(crate) fn surroundings() -> Surroundings {
    let schemas: Arc<dyn Schemas + Send + Sync> = Arc::new(BuiltIn::new());
    Surroundings { schemas: Arc::new(move |_| Arc::clone(&schemas)), ..Surroundings::default() }
}

/// The schemas of `terraform_data`, and of a small provider.
struct BuiltIn {
    terraform_data: Schema,
    machine: Schema,
    image: Schema,
    firewall: Schema,
    cloud: Schema,
    region_of: FunctionSchema,
}

/// The small provider's source address. Its own name for itself is `cloud`.
pub(crate) const CLOUD: &str = "registry.terraform.io/hashicorp/cloud";

impl BuiltIn {
    fn new() -> BuiltIn {
        let computed = AttributeSchema::computed;
        let optional = AttributeSchema::optional;
        let required = AttributeSchema::required;
        let either = |ty: Type| AttributeSchema { computed: true, ..AttributeSchema::optional(ty) };
        let terraform_data = [
            ("id", computed(Type::String)),
            ("input", optional(Type::Dynamic)),
            ("output", computed(Type::Dynamic)),
            ("triggers_replace", optional(Type::Dynamic)),
        ];
        let settings = NestedType {
            attributes: named([("mode", optional(Type::String)), ("token", computed(Type::String))]),
            ..NestedType::default()
        };
        let name =
            AttributeSchema { description: Some("What it is called.".into()), ..required(Type::String) };
        let machine = [
            ("id", computed(Type::String)),
            ("name", name),
            ("size", optional(Type::Number)),
            ("address", either(Type::String)),
            ("enabled", optional(Type::Bool)),
            ("tags", optional(Type::map(Type::String))),
            ("settings", AttributeSchema { optional: true, ..AttributeSchema::nested(settings) }),
        ];
        let disk = body([("size", required(Type::Number)), ("serial", computed(Type::String))]);
        let network = body([("subnet", required(Type::String))]);
        let block = |nesting, max_items, body| BlockSchema { nesting, min_items: 0, max_items, body };
        let mut machine = body(machine);
        machine.description = Some("A machine in the cloud.".into());
        machine.blocks = [
            ("disk".into(), block(Nesting::List, 0, disk)),
            ("network".into(), block(Nesting::List, 1, network)),
        ]
        .into();
        let image =
            body([("name", optional(Type::String)), ("versions", computed(Type::list(Type::String)))]);
        // As old providers declare what their users write as blocks.
        let rule = [("port", Type::Number), ("protocol", Type::String)];
        let rule = Type::object(rule.map(|(name, ty)| (name.into(), ty)).into());
        let firewall = body([("id", computed(Type::String)), ("rule", optional(Type::list(rule)))]);
        let name = ParameterSchema {
            name: "name".into(),
            ty: Type::String,
            allow_null: false,
            allow_unknown: false,
            description: None,
            description_kind: TextKind::Plain,
        };
        let region_of = FunctionSchema {
            parameters: vec![name],
            variadic: None,
            returns: Type::String,
            summary: Some("Where a machine is.".into()),
            description: None,
            description_kind: TextKind::Plain,
            deprecation: None,
        };
        let cloud = body([("region", required(Type::String)), ("retries", optional(Type::Number))]);
        BuiltIn { terraform_data: body(terraform_data), machine, image, firewall, cloud, region_of }
    }
}

fn named<const N: usize>(attributes: [(&str, AttributeSchema); N]) -> IndexMap<SmolStr, AttributeSchema> {
    attributes.into_iter().map(|(name, attribute)| (name.into(), attribute)).collect()
}

fn body<const N: usize>(attributes: [(&str, AttributeSchema); N]) -> Schema {
    Schema { attributes: named(attributes), ..Schema::default() }
}

impl Schemas for BuiltIn {
    fn resource(&self, provider: &str, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        match (provider, mode, kind) {
            (config::BUILT_IN_PROVIDER, ResourceMode::Managed, "terraform_data") => {
                Some(&self.terraform_data)
            }
            (CLOUD, ResourceMode::Managed, "cloud_machine") => Some(&self.machine),
            (CLOUD, ResourceMode::Managed, "cloud_firewall") => Some(&self.firewall),
            (CLOUD, ResourceMode::Data, "cloud_image") => Some(&self.image),
            _ => None,
        }
    }

    fn provider(&self, provider: &str) -> Option<&Schema> {
        (provider == CLOUD).then_some(&self.cloud)
    }

    fn functions(&self, provider: &str) -> Vec<&str> {
        if provider == CLOUD { vec!["region_of"] } else { Vec::new() }
    }

    fn function(&self, provider: &str, name: &str) -> Option<&FunctionSchema> {
        (provider == CLOUD && name == "region_of").then_some(&self.region_of)
    }

    fn kinds(&self, provider: &str, mode: ResourceMode) -> Option<Vec<&str>> {
        match (provider, mode) {
            (CLOUD, ResourceMode::Managed) => Some(vec!["cloud_machine", "cloud_bucket"]),
            (CLOUD, ResourceMode::Data) => Some(vec!["cloud_image"]),
            _ => None,
        }
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
