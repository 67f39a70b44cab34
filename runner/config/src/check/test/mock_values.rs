//! The values that mocks and overrides give, held against the schema of what they are for: the names in them, and whether
//! a value can be that of its attribute.

use lang::{Dialect, Expr, Path, Tool, Value, path};
use syntax::ast::{self, Body, ExprKind, ObjectItem};
use syntax::{Diagnostic, Diagnostics, Location, Origin, SmolStr, Span, with_stack};

use crate::check::unevaluated::Unevaluated;
use crate::dialect::Feature;
use crate::schema::fit::{Wanted, fit};
use crate::schema::{AttributeSchema, NestedType, Schema};
use crate::sources::Sources;
use crate::suggest::did_you_mean_nearest;

/// Values that stand in a test file or in a file of mocks.
pub(super) struct Values<'a> {
    pub(super) sources: &'a Sources,
    pub(super) dialect: Dialect,
}

/// What values are for.
pub(super) struct Purpose<'a> {
    /// The type of the resource or data source.
    pub(super) kind: &'a str,
    pub(super) schema: &'a Schema,
    /// The place that Terraform calls theirs.
    pub(super) place: Location,
    /// Whether a run is sure to need a value for an attribute, so that a wrong one ends it.
    pub(super) is_needed: &'a dyn Fn(&str) -> bool,
}

/// The attributes and blocks that may stand in one object.
#[derive(Clone, Copy)]
enum Level<'s> {
    Schema(&'s Schema),
    Nested(&'s NestedType),
}

impl<'s> Level<'s> {
    fn attribute(self, name: &str) -> Option<&'s AttributeSchema> {
        match self {
            Level::Schema(schema) => schema.attributes.get(name),
            Level::Nested(nested) => nested.attributes.get(name),
        }
    }

    fn block(self, name: &str) -> Option<&'s Schema> {
        match self {
            Level::Schema(schema) => schema.blocks.get(name).map(|block| &block.body),
            Level::Nested(_) => None,
        }
    }

    fn names(self) -> Vec<&'s str> {
        let mut names: Vec<&str> = match self {
            Level::Schema(schema) => {
                schema.attributes.keys().chain(schema.blocks.keys()).map(AsRef::as_ref).collect()
            }
            Level::Nested(nested) => nested.attributes.keys().map(AsRef::as_ref).collect(),
        };
        names.sort_unstable();
        names
    }
}

impl Values<'_> {
    /// Reports what is wrong with the values of an argument: `defaults` of a mock, `values` of an override.
    pub(super) fn check(&self, given: &Expr, origin: &Origin, purpose: &Purpose<'_>, sink: &mut Diagnostics) {
        let value = self.value(given, origin);
        if let Some(value) = value.as_ref().filter(|value| !value.ty().is_object()) {
            return self.no_object(value, purpose, sink);
        }
        let place = given.location(origin);
        let Some(written) = self.written(&place) else { return };
        let check = Check { values: self, purpose, origin: Origin { base: written.base, ..origin.clone() } };
        check.object(written.expr, value.as_ref(), Level::Schema(purpose.schema), &Path::root(), sink);
    }

    /// The keys that are written out in an object, with their places.
    pub(super) fn keys(&self, object: &Location) -> Vec<(SmolStr, Location)> {
        let Some(written) = self.written(object) else { return Vec::new() };
        let origin = Origin::new(object.file.clone(), written.base);
        items(written.expr).map(|(name, item)| (SmolStr::from(name), origin.locate(item.key.span))).collect()
    }

    fn no_object(&self, value: &Value, purpose: &Purpose<'_>, sink: &mut Diagnostics) {
        // OpenTofu's loader refuses them.
        if self.dialect.tool == Tool::OpenTofu {
            return;
        }
        let detail = format!(
            "The requested replacement value must be an object type, but was {}.",
            value.ty().friendly_name()
        );
        let found = severe("Invalid replacement value", detail, (purpose.is_needed)(""));
        sink.push(found.at(purpose.place.clone()).with_code("mock-value-type"));
    }

    /// What the argument comes to; `None` where that cannot be told from the text alone.
    fn value(&self, given: &Expr, origin: &Origin) -> Option<Value> {
        let (value, failed) = Unevaluated::new(self.dialect).value(given, origin)?;
        let whole = !failed.iter().any(Diagnostic::is_error) && value.is_wholly_known();
        whole.then(|| value.unmark_deep().0)
    }

    /// The text of an argument's value as a tree.
    fn written(&self, place: &Location) -> Option<Written<'_>> {
        let document = self.sources.get(&place.file)?;
        let (origin, chunk) = document.part_at(place.span.start)?;
        let start = place.span.start.checked_sub(origin.base)?;
        let span = Span::new(start, place.span.end.checked_sub(origin.base)?);
        Some(Written { base: origin.base, expr: in_body(&chunk.body, span)? })
    }
}

/// A value as it is written, in a chunk that begins at `base`.
struct Written<'d> {
    base: u32,
    expr: &'d ast::Expr,
}

struct Check<'a> {
    values: &'a Values<'a>,
    purpose: &'a Purpose<'a>,
    /// Where the places of the tree count from.
    origin: Origin,
}

impl Check<'_> {
    fn object(
        &self,
        object: &ast::Expr,
        value: Option<&Value>,
        level: Level<'_>,
        path: &Path,
        sink: &mut Diagnostics,
    ) {
        for (name, item) in items(object) {
            let value = value.and_then(|value| value.as_map()?.get(name));
            with_stack(|| self.entry(name, item, value, level, path, sink));
        }
    }

    fn entry(
        &self,
        name: &str,
        item: &ObjectItem,
        value: Option<&Value>,
        level: Level<'_>,
        path: &Path,
        sink: &mut Diagnostics,
    ) {
        let inside = path.attr(name);
        if let Some(attribute) = level.attribute(name) {
            if attribute.computed {
                if let Some(value) = value {
                    self.value(item, value, attribute, &inside, sink);
                }
                if let Some(nested) = &attribute.nested {
                    self.object(&item.value, value, Level::Nested(nested), &inside, sink);
                }
            } else if self.values.dialect.tool == Tool::Terraform {
                // OpenTofu refuses such a value when it gets to it; so much cannot be said here.
                let detail = format!(
                    "Only the configuration sets {} of {}: mocks and overrides give values to computed attributes alone.",
                    lang::quote(name),
                    self.purpose.kind
                );
                let hint = Diagnostic::hint("Value without effect", detail);
                sink.push(hint.at(self.origin.locate(item.key.span)).with_code("ignored-mock-value"));
            }
            return;
        }
        if let Some(block) = level.block(name) {
            match value.filter(|value| !value.ty().is_object()) {
                Some(value) => self.no_parts(item, value, &inside, sink),
                None => self.object(&item.value, value, Level::Schema(block), &inside, sink),
            }
            return;
        }
        let what = match path.is_root() {
            true => self.purpose.kind.to_owned(),
            false => format!("{} of {}", self.quoted(path), self.purpose.kind),
        };
        let detail = format!(
            "{what} has no attribute named {}, so the value has no effect.{}",
            lang::quote(name),
            did_you_mean_nearest(name, level.names())
        );
        let place = self.origin.locate(item.key.span);
        sink.push(Diagnostic::warning("Unknown attribute", detail).at(place).with_code("unknown-mock-value"));
    }

    /// A value that cannot be that of its attribute.
    fn value(
        &self,
        item: &ObjectItem,
        value: &Value,
        attribute: &AttributeSchema,
        path: &Path,
        sink: &mut Diagnostics,
    ) {
        if self.values.dialect.tool == Tool::OpenTofu {
            return;
        }
        let mut unknown = |wanted: Wanted<'_>| match wanted {
            Wanted::Attribute(attribute) => Value::unknown(attribute.ty.clone()),
            Wanted::Type(ty) => Value::unknown(ty.clone()),
        };
        let Err(misfit) = fit(value, attribute, &mut unknown) else { return };
        let whole = Path(path.0.iter().chain(&misfit.path.0).cloned().collect());
        let detail = format!(
            "Terraform could not compute a value for the target type {} with the mocked data defined at {} with the \
             attribute {}: {}.",
            attribute.ty.friendly_name(),
            self.values.sources.range(&self.purpose.place),
            self.quoted(&whole),
            misfit.message
        );
        let place = part(&item.value, &misfit.path.0).span;
        let is_needed = match path.0.as_slice() {
            [path::Step::Attr(name)] => (self.purpose.is_needed)(name),
            // Nor is it for what is in blocks.
            _ => false,
        };
        self.failed(is_needed, detail, place, sink);
    }

    /// A value for a block that has no parts: one object stands for all blocks.
    fn no_parts(&self, item: &ObjectItem, value: &Value, path: &Path, sink: &mut Diagnostics) {
        if self.values.dialect.tool == Tool::OpenTofu {
            return;
        }
        let detail = format!(
            "Terraform expected an object type for attribute {} defined within the mocked data at {}, but found {}.",
            self.quoted(path),
            self.values.sources.range(&self.purpose.place),
            value.ty().friendly_name()
        );
        // Whether there are blocks to fill is not looked at.
        self.failed(false, detail, item.value.span, sink);
    }

    fn failed(&self, is_needed: bool, detail: String, place: Span, sink: &mut Diagnostics) {
        let found = severe("Failed to compute attribute", detail, is_needed);
        sink.push(found.at(self.origin.locate(place)).with_code("mock-value-type"));
    }

    /// A path in quotes. Up to Terraform 1.11 only the names in it count.
    fn quoted(&self, path: &Path) -> String {
        if self.values.dialect.has(Feature::FullMockPaths) {
            return lang::quote(&path.to_string());
        }
        let names = path.0.iter().filter_map(|step| match step {
            path::Step::Attr(name) => Some(&**name),
            path::Step::Index(_) => None,
        });
        lang::quote(&names.collect::<Vec<_>>().join("."))
    }
}

/// What ends a run is an error; what ends it if it comes to that is a warning.
fn severe(summary: &str, detail: String, is_needed: bool) -> Diagnostic {
    if is_needed { Diagnostic::error(summary, detail) } else { Diagnostic::warning(summary, detail) }
}

/// The items of an object whose keys are written out.
fn items(object: &ast::Expr) -> impl Iterator<Item = (&str, &ObjectItem)> {
    let items = match &object.kind {
        ExprKind::Object(items) => items.as_slice(),
        _ => &[],
    };
    items
        .iter()
        .filter_map(|item| Some((item.key.as_keyword().or_else(|| item.key.as_plain_string())?, item)))
}

/// The part of a value that a path leads to, as far as it is written out.
fn part<'e>(value: &'e ast::Expr, path: &[path::Step]) -> &'e ast::Expr {
    let Some((step, rest)) = path.split_first() else { return value };
    let inner = match (step, &value.kind) {
        (path::Step::Index(key), ExprKind::Tuple(elements)) => {
            let at = key.as_number().and_then(|at| usize::try_from(at.to_i64()?).ok());
            at.and_then(|at| elements.get(at))
        }
        (path::Step::Index(key), _) => {
            let key = key.as_str();
            items(value).find(|(name, _)| Some(*name) == key).map(|(_, item)| &item.value)
        }
        (path::Step::Attr(name), _) => {
            items(value).find(|(key, _)| *key == &**name).map(|(_, item)| &item.value)
        }
    };
    inner.map_or(value, |inner| with_stack(|| part(inner, rest)))
}

/// The expression with that span in a body or in one within it.
fn in_body(body: &Body, span: Span) -> Option<&ast::Expr> {
    if let Some(json) = &body.json {
        return in_json(&json.value, span);
    }
    let own = body.attributes().map(|attribute| &attribute.value).find(|value| value.span == span);
    own.or_else(|| {
        let mut around = body.blocks().filter(|block| block.span.contains(span.start));
        around.find_map(|inner| with_stack(|| in_body(&inner.body, span)))
    })
}

fn in_json(value: &ast::Expr, span: Span) -> Option<&ast::Expr> {
    if value.span == span {
        return Some(value);
    }
    if !value.span.contains(span.start) {
        return None;
    }
    match &value.kind {
        ExprKind::Object(items) => items.iter().find_map(|item| with_stack(|| in_json(&item.value, span))),
        ExprKind::Tuple(elements) => elements.iter().find_map(|it| with_stack(|| in_json(it, span))),
        _ => None,
    }
}
