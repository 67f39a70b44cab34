//! One chunk of a module's file: the block at the root and what it declares.

use std::sync::Arc;

use syntax::ast::{Block, Body};
use syntax::{Chunk, FileName};

use super::content::{BodySchema, block, read, refuse_rest};
use super::sink::Sink;
use super::{ModuleDeclaration, ModuleFacts};
use super::{call, check_block, language, output, provider, refactoring, resource, terraform, variable};
use crate::address::ResourceMode;
use crate::dialect::{Dialect, Feature};

const ROOT: BodySchema = BodySchema {
    attributes: &[],
    blocks: &[
        block("terraform", &[]),
        block("required_providers", &[]),
        block("provider", &["name"]),
        block("variable", &["name"]),
        block("locals", &[]),
        block("output", &["name"]),
        block("module", &["name"]),
        block("resource", &["type", "name"]),
        block("data", &["type", "name"]),
        block("ephemeral", &["type", "name"]).needs(Feature::Ephemeral),
        block("moved", &[]),
        block("import", &[]),
        block("check", &["name"]),
        block("removed", &[]).needs(Feature::Removed),
        block("language", &[]).needs(Feature::LanguageBlock),
    ],
};

/// The one block that counts before the rest does.
const TERRAFORM: BodySchema = BodySchema { attributes: &[], blocks: &[block("terraform", &[])] };

const NOTHING: BodySchema = BodySchema { attributes: &[], blocks: &[] };

/// What one chunk of a `.tf` file declares in a dialect. A pure function of its arguments.
pub fn module_facts(chunk: &Chunk, file: &FileName, dialect: Dialect) -> ModuleFacts {
    let mut sink = Sink::of_body(file, &chunk.body, dialect);
    let mut declarations = Vec::new();
    body(&chunk.body, &mut declarations, &mut sink);
    ModuleFacts { declarations, findings: sink.finish() }
}

fn body(body: &Body, declarations: &mut Vec<ModuleDeclaration>, sink: &mut Sink) {
    if body.json.is_some() {
        // Terraform looks for version requirements and then for experiments first, and says each time what is wrong.
        for _ in 0..2 {
            for block in &read(body, &TERRAFORM, sink).blocks {
                read(&block.body, &NOTHING, sink);
            }
        }
    }
    let content = read(body, &ROOT, sink);
    refuse_rest(body, &ROOT, &content, sink);
    for block in &content.blocks {
        declare(block, declarations, sink);
    }
}

fn declare(block: &Block, out: &mut Vec<ModuleDeclaration>, sink: &mut Sink) {
    match block.kind.text.as_str() {
        "variable" => out.extend(variable::variable(block, sink).map(ModuleDeclaration::variable)),
        "locals" => out.extend(output::locals(block, sink).into_iter().map(ModuleDeclaration::local)),
        "output" => out.extend(output::output(block, sink).map(ModuleDeclaration::output)),
        "resource" => resource_block(block, ResourceMode::Managed, out, sink),
        "data" => resource_block(block, ResourceMode::Data, out, sink),
        "ephemeral" => resource_block(block, ResourceMode::Ephemeral, out, sink),
        "module" => out.extend(call::module_call(block, sink).map(ModuleDeclaration::call)),
        "check" => out.extend(check_block::check(block, sink).map(ModuleDeclaration::check)),
        "provider" => out.extend(provider::provider(block, sink).map(ModuleDeclaration::provider)),
        "terraform" => terraform::terraform(block, out, sink),
        "language" => language::language_block(block, out, sink),
        "required_providers" => sink.error(
            "misplaced-required-providers",
            "Invalid required_providers block",
            "A \"required_providers\" block must be nested inside a \"terraform\" block.",
            block.header_span(),
        ),
        "moved" => out.extend(refactoring::moved(block, sink).map(ModuleDeclaration::moved)),
        "removed" => out.extend(refactoring::removed(block, sink).map(ModuleDeclaration::removed)),
        "import" => out.extend(refactoring::import(block, sink).map(ModuleDeclaration::import)),
        _ => {}
    }
}

fn resource_block(block: &Block, mode: ResourceMode, out: &mut Vec<ModuleDeclaration>, sink: &mut Sink) {
    if let Some(resource) = resource::resource(block, mode, sink) {
        out.push(ModuleDeclaration::Resource(Arc::new(resource)));
    }
}
