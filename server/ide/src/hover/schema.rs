//! What a provider's schema says about a resource type or about one of its attributes.

use config::{AttributeSchema, ModuleTree, Nesting, ResourceAddr, ResourceMode, Schema, Target};
use syntax::ast::Expr;
use syntax::{FileName, SmolStr, Span};

use super::Hover;
use crate::parts::{Holder, Part};
use crate::snapshot::Snapshot;
use crate::trail::{access_at, keys_at, trail};
use crate::types::schema_of;

/// What a schema says about the label, attribute, block, key or name at `offset`.
pub(super) fn hover(snapshot: &Snapshot, file: &FileName, offset: u32) -> Option<Hover> {
    let placed = snapshot.chunk_touching(file, offset)?;
    let at = offset.checked_sub(placed.base)?;
    let trail = trail(&placed.chunk.body, Holder::of_file(file), at);
    let project = snapshot.project(file);
    let tree = match snapshot.run_at(file, offset) {
        Some(run) => project.module_of(&run)?,
        None => project.tree_in(project.module_of_file(file))?,
    };
    let look = Look { snapshot, file, tree, at };
    let (span, text) = look.label(&trail).or_else(|| look.written(&trail)).or_else(|| look.read(&trail))?;
    Some(Hover { span: span.shifted(placed.base), text })
}

struct Look<'a> {
    snapshot: &'a Snapshot,
    file: &'a FileName,
    /// The module whose resources are meant.
    tree: &'a ModuleTree,
    /// The cursor, relative to the chunk.
    at: u32,
}

type Found = (Span, String);

impl Look<'_> {
    /// The type in a block's first label.
    fn label(&self, trail: &[(Holder, Part<'_>)]) -> Option<Found> {
        let (_, part) = trail.last().filter(|(_, part)| part.value.is_none())?;
        let mode = mode_of(part.name)?;
        let (kind, span) = part.labels.first().filter(|(_, span)| span.touches(self.at))?;
        let text = self.with_schema(mode, kind, |schema| {
            let mut parts = vec![format!("```hcl\n{} \"{kind}\"\n```", part.name)];
            parts.extend(schema.description.as_ref().map(ToString::to_string));
            if schema.deprecated {
                parts.push("Deprecated.".to_owned());
            }
            Some(parts.join("\n\n"))
        })?;
        Some((*span, text))
    }

    /// A name that is written in a resource's body, or a key of a mock's or an override's values.
    fn written(&self, trail: &[(Holder, Part<'_>)]) -> Option<Found> {
        let from =
            trail.iter().position(|(_, part)| mode_of(part.name).is_some() || is_override(part.name))?;
        let (_, block) = trail.get(from)?;
        let inside = trail.get(from + 1..)?;
        let (mode, kind) = match mode_of(block.name) {
            Some(mode) => (mode, SmolStr::new(block.labels.first()?.0)),
            None => {
                let target = block.parts().into_iter().find(|part| part.name == "target")?.value?;
                let addr = self.resource_of(block.name, target)?;
                (addr.mode, addr.kind)
            }
        };
        let (_, last) = inside.last()?;
        let mut path: Vec<SmolStr> = Vec::new();
        let mut span = last.name_span;
        if block.name.starts_with("mock_") || is_override(block.name) {
            if !matches!(last.name, "defaults" | "values") {
                return None;
            }
            let (keys, at) = keys_at(last.value?, self.at)?;
            path.extend(keys);
            span = at;
        } else {
            // A `dynamic` block makes blocks of the type in its label, out of its `content`.
            for (_, part) in inside {
                match (part.name, part.labels.first()) {
                    ("dynamic", Some((kind, _))) => path.push(SmolStr::new(kind)),
                    ("content", _) => {}
                    _ => path.push(SmolStr::new(part.name)),
                }
            }
            if !span.touches(self.at) {
                return None;
            }
        }
        self.with_schema(mode, &kind, |schema| describe(schema, &path)).map(|text| (span, text))
    }

    /// An attribute that is read from a resource.
    fn read(&self, trail: &[(Holder, Part<'_>)]) -> Option<Found> {
        let value = trail.last()?.1.value?;
        let access = access_at(value, self.at)?;
        let (_, span) = *access.names.last()?;
        let names: Vec<SmolStr> = access.names.into_iter().map(|(name, _)| name).collect();
        let (mode, names) = match names.first()?.as_str() {
            "data" => (ResourceMode::Data, names.get(1..)?),
            "ephemeral" => (ResourceMode::Ephemeral, names.get(1..)?),
            "resource" => (ResourceMode::Managed, names.get(1..)?),
            _ => (ResourceMode::Managed, names.as_slice()),
        };
        let (kind, path) = (names.first()?, names.get(2..)?);
        self.with_schema(mode, kind, |schema| describe(schema, path)).map(|text| (span, text))
    }

    fn with_schema(
        &self,
        mode: ResourceMode,
        kind: &str,
        say: impl FnOnce(&Schema) -> Option<String>,
    ) -> Option<String> {
        let project = self.snapshot.project(self.file);
        say(schema_of(&project, self.tree, mode, kind)?)
    }

    /// The resource that an override replaces.
    fn resource_of(&self, block: &str, target: &Expr) -> Option<ResourceAddr> {
        // In JSON it is a text.
        let parsed = target.as_json_text().map(|text| text.expression(self.file).tree);
        let lowered = lang::lower_in(parsed.as_ref().unwrap_or(target), self.snapshot.dialect(self.file));
        let (addr, _) = Target::parse(lowered.traversals().first()?).ok()?.resource?;
        let is_data = addr.mode == ResourceMode::Data;
        (is_data == (block == "override_data")).then_some(addr)
    }
}

fn mode_of(block: &str) -> Option<ResourceMode> {
    match block {
        "resource" | "mock_resource" => Some(ResourceMode::Managed),
        "data" | "mock_data" => Some(ResourceMode::Data),
        "ephemeral" => Some(ResourceMode::Ephemeral),
        _ => None,
    }
}

fn is_override(block: &str) -> bool {
    matches!(block, "override_resource" | "override_data")
}

/// What a schema says about the attribute or block that a path of names leads to.
pub(crate) fn describe(schema: &Schema, path: &[SmolStr]) -> Option<String> {
    let (name, rest) = path.split_first()?;
    if let Some(attribute) = schema.attributes.get(name) {
        return describe_attribute(name, attribute, rest);
    }
    let block = schema.blocks.get(name)?;
    if !rest.is_empty() {
        return describe(&block.body, rest);
    }
    let how_many = match block.nesting {
        Nesting::Single | Nesting::Group => "at most once",
        Nesting::List | Nesting::Set | Nesting::Map if block.max_items == 1 => "at most once",
        Nesting::List | Nesting::Set => "any number of times",
        Nesting::Map => "once for each label",
    };
    let needed = if block.min_items > 0 { ", required" } else { "" };
    let mut parts = vec![format!("```hcl\n{name} {{ … }}\n```"), format!("A block, {how_many}{needed}.")];
    parts.extend(block.body.description.as_ref().map(ToString::to_string));
    Some(parts.join("\n\n"))
}

fn describe_attribute(name: &str, attribute: &AttributeSchema, rest: &[SmolStr]) -> Option<String> {
    if let Some((name, rest)) = rest.split_first() {
        let nested = attribute.nested.as_ref()?;
        return describe_attribute(name, nested.attributes.get(name)?, rest);
    }
    let mut words = Vec::new();
    for (holds, word) in [
        (attribute.required, "required"),
        (attribute.optional, "optional"),
        (attribute.computed, "computed"),
        (attribute.sensitive, "sensitive"),
        (attribute.write_only, "write-only"),
        (attribute.deprecated, "deprecated"),
    ] {
        if holds {
            words.push(word);
        }
    }
    let mut parts = vec![format!("```hcl\n{name}: {}\n```", attribute.ty.constraint_name())];
    if !words.is_empty() {
        let mut sentence = words.join(", ");
        if let Some(first) = sentence.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        parts.push(format!("{sentence}."));
    }
    parts.extend(attribute.description.as_ref().map(ToString::to_string));
    Some(parts.join("\n\n"))
}
