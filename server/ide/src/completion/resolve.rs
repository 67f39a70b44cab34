//! What there is to read about a proposal, for the one that somebody looks at.

use config::Schema;
use syntax::FileName;

use super::item::Topic;
use crate::calls;
use crate::hover::describe;
use crate::snapshot::Snapshot;

/// Markdown about a topic that a proposal in `file` had.
pub fn document(snapshot: &Snapshot, file: &FileName, topic: &Topic) -> Option<String> {
    match topic {
        Topic::Function(name) => {
            let function = lang::functions::all().find(|function| function.name == *name)?;
            Some(calls::documentation(function, snapshot.dialect(file)))
        }
        Topic::Schema { provider, kind, path } => {
            let project = snapshot.project(file);
            let schemas = project.schemas();
            let schema = match kind {
                Some((mode, kind)) => schemas.resource(provider, *mode, kind)?,
                None => schemas.provider(provider)?,
            };
            if path.is_empty() { of_type(schema) } else { describe(schema, path) }
        }
    }
}

fn of_type(schema: &Schema) -> Option<String> {
    let mut parts: Vec<String> = schema.description.iter().map(ToString::to_string).collect();
    if schema.deprecated {
        parts.push("Deprecated.".to_owned());
    }
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}
