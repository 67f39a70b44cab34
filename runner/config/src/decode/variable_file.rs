//! Variable files: `.tfvars` in native syntax, `.tfvars.json` in JSON.

use lang::expr::lower_constant;
use syntax::ast::{Block, Body};
use syntax::{Diagnostic, FileName, LineIndex, Location, Origin, Parse};

use super::content::{BodySchema, block, just_attributes, read};
use super::sink::Sink;
use crate::dialect::Dialect;
use crate::test_file::VariableValue;

/// Declarations, which people put here by mistake.
const DECLARATIONS: BodySchema = BodySchema { attributes: &[], blocks: &[block("variable", &["name"])] };

/// The values that a variable file sets. With an error among the diagnostics, Terraform uses none of them.
///
/// In JSON every string is a text: a `${` has no meaning in it.
pub fn variable_file(file: &FileName, text: &str) -> Parse<Vec<VariableValue>> {
    // Only constants stand here, which mean the same in all of them.
    let dialect = Dialect::default();
    let Parse { tree: body, mut diagnostics } = syntax::parse_body(file, text);
    let origin = Origin::new(file.clone(), 0);
    let declarations = read(&body, &DECLARATIONS, &mut Sink::of_body(file, &body, dialect));
    if !is_dropped(&body) {
        diagnostics.extend(declarations.blocks.iter().map(|block| {
            declaration(file, block).at(origin.locate(block.kind.span)).with_code("misplaced-variable")
        }));
    }
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Parse { tree: Vec::new(), diagnostics };
    }
    let mut sink = Sink::of_body(file, &body, dialect);
    let values = just_attributes(&body, &mut sink).into_iter().map(|attribute| VariableValue {
        name: attribute.name.text.clone(),
        name_span: attribute.name.span,
        span: attribute.span,
        value: lower_constant(&attribute.value),
    });
    let tree = values.collect();
    let lines = LineIndex::new(text);
    let origin = sink.origin();
    let range = |place: &Location| lines.hcl_range(text, file, place.span);
    diagnostics.extend(sink.finish().iter().map(|finding| finding.place(&origin, range)));
    Parse { tree, diagnostics }
}

/// Whether nothing of the text counts, because it is not well-formed.
fn is_dropped(body: &Body) -> bool {
    body.json.as_ref().is_some_and(|json| json.dropped.contains(&body.span))
}

fn declaration(file: &FileName, block: &Block) -> Diagnostic {
    let name = block.label(0).unwrap_or_default();
    Diagnostic::error(
        "Variable declaration in .tfvars file",
        format!(
            "A .tfvars file is used to assign values to variables that have already been declared in .tf files, not to \
             declare new variables. To declare variable {}, place this block in one of your .tf files, such as \
             variables.tf.\n\nTo set a value for this variable in {file}, use the definition syntax instead:\n    \
             {name} = <value>",
            lang::quote(name)
        ),
    )
}
