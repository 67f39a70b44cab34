//! What a name in an expression stands for that nothing declares: a part of a value, what a `for` goes through, a key of an
//! object.

use lang::Type;
use syntax::{FileName, SmolStr, Span};

use super::context::Context;
use super::in_context;
use super::reading::{At, Next, Segment};
use super::site::Slot;
use crate::snapshot::Snapshot;

/// A part of a value.
pub(crate) struct Part {
    /// Its name, in the file.
    pub(crate) span: Span,
    pub(crate) name: String,
    pub(crate) ty: Type,
    /// Whether it is the attribute of an object and may be left out.
    pub(crate) optional: bool,
}

/// The part of a value that is named at `offset`, where its type is known.
pub(crate) fn part(snapshot: &Snapshot, file: &FileName, offset: u32) -> Option<Part> {
    let placed = snapshot.chunk_touching(file, offset)?;
    // At the beginning of a name, completion takes it for the next one.
    let rest = placed.chunk.text.get(offset.checked_sub(placed.base)? as usize..)?;
    let next = rest.chars().next().filter(|char| is_name(*char));
    let offset = offset.saturating_add(next.map_or(0, |char| u32::try_from(char.len_utf8()).unwrap_or(0)));
    in_context(snapshot, file, offset, |context, text| {
        let Slot::Value { reading, spot, .. } = &context.site.slot else { return None };
        let name = SmolStr::from(spot.replace.text(text));
        if name.is_empty() || reading.next == Next::Arguments {
            return None;
        }
        let mut optional = false;
        let ty = match &reading.at {
            At::Name { path, .. } => {
                let path: Vec<Segment> = path.iter().cloned().chain([Segment::Name(name.clone())]).collect();
                if is_of_the_language(&path) {
                    return None;
                }
                context.type_of(&path, &reading.bound)?
            }
            At::Part { of, is_splat } => context.type_of_part(of, *is_splat)?.attribute(&name)?.clone(),
            At::Key { .. } => match context.wanted(reading) {
                Type::Object(object) => {
                    optional = object.optional.contains(&*name);
                    object.attributes.get(&*name)?.clone()
                }
                _ => return None,
            },
            _ => return None,
        };
        found(context, spot.replace, name, ty.without_optional(), optional)
    })
}

fn found(context: &Context<'_>, span: Span, name: SmolStr, ty: Type, optional: bool) -> Option<Part> {
    let span = span.shifted(context.base);
    (ty != Type::Dynamic).then(|| Part { span, name: name.into(), ty, optional })
}

/// Whether the language itself has words about it.
fn is_of_the_language(path: &[Segment]) -> bool {
    let [Segment::Name(root), rest @ ..] = path else { return false };
    rest.len() < 2 && matches!(root.as_str(), "count" | "each" | "path" | "self" | "terraform" | "tofu")
}

fn is_name(char: char) -> bool {
    char.is_alphanumeric() || char == '_' || char == '-'
}
