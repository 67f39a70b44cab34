//! What a chunk says before its dialect is known: the versions that its module requires, and the local modules that it
//! calls. All dialects read both alike.

use syntax::ast::Block;
use syntax::{Chunk, FileName, SmolStr};

use super::content::{BodySchema, Content, block, optional, read};
use super::expression::constant_string;
use super::sink::Sink;
use super::terraform::{COMPATIBLE, REQUIRED_VERSION};
use crate::dialect::Dialect;
use crate::module::RequiredVersion;

const ROOT: BodySchema = BodySchema {
    attributes: &[],
    blocks: &[block("terraform", &[]), block("language", &[]), block("module", &["name"])],
};

const INSIDE: BodySchema = BodySchema {
    attributes: &[optional(REQUIRED_VERSION), optional(COMPATIBLE), optional("source")],
    blocks: &[block("compatible_with", &[])],
};

/// What one chunk of a module's file asks for. What cannot be read asks for nothing.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) versions: Vec<RequiredVersion>,
    /// The `source` of each `module` block.
    pub(crate) sources: Vec<SmolStr>,
}

pub(crate) fn requirements(chunk: &Chunk, file: &FileName) -> Asked {
    let mut asked = Asked::default();
    let body = &chunk.body;
    let is_of_interest = |block: &Block| ROOT.blocks.iter().any(|known| block.kind.text == known.kind);
    if body.json.is_none() && !body.blocks().any(is_of_interest) {
        return asked;
    }
    // What is wrong is said when the file is read for good.
    let mut sink = Sink::of_body(file, body, Dialect::default());
    for block in &read(body, &ROOT, &mut sink).blocks {
        let content = read(&block.body, &INSIDE, &mut sink);
        match block.kind.text.as_str() {
            "terraform" => asked.versions.extend(version(&content, REQUIRED_VERSION, &mut sink)),
            "language" => {
                for nested in content.blocks_of("compatible_with") {
                    let inside = read(&nested.body, &INSIDE, &mut sink);
                    asked.versions.extend(version(&inside, COMPATIBLE, &mut sink));
                }
            }
            _ => asked.sources.extend(
                content
                    .attribute("source")
                    .and_then(|attribute| constant_string(&attribute.value, &mut sink)),
            ),
        }
    }
    asked
}

fn version(content: &Content<'_>, argument: &'static str, sink: &mut Sink) -> Option<RequiredVersion> {
    let attribute = content.attribute(argument)?;
    let constraint = constant_string(&attribute.value, sink)?;
    Some(RequiredVersion { argument, constraint, span: attribute.span })
}
