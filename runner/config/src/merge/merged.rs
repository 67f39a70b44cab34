//! What becomes of a declaration when an override file has another one of its name.
//!
//! An argument of the override counts in the place of the base's, nested blocks count in the place of all of the base's
//! of their type, and what the override does not set stays. Measured with Terraform 1.11: `lifecycle` is merged
//! argument by argument, except for `replace_triggered_by`, which stays; provisioners count as one thing.

use std::sync::Arc;

use lang::{Expr, Value};
use syntax::{Origin, SmolStr};

use crate::dialect::{Dialect, Tool};
use crate::module::{
    Attribute, Block, Body, Deprecation, Lifecycle, ModuleCall, Output, ProviderConfig, Provisioner,
    Resource, Variable,
};

/// The variable, and the detail of what is wrong with its default now.
pub(super) fn variable(base: &Variable, over: &Variable, dialect: Dialect) -> (Variable, Option<String>) {
    let mut merged = base.clone();
    merge_text(&mut merged.description, &over.description);
    merge_deprecation(&mut merged.deprecated, &over.deprecated, dialect);
    merge_flag(&mut merged.sensitive, over.sensitive, over.set.sensitive);
    merge_flag(&mut merged.ephemeral, over.ephemeral, over.set.ephemeral);
    merge_flag(&mut merged.nullable, over.nullable, over.set.nullable);
    if over.type_span.is_some() {
        (merged.ty, merged.type_defaults) = (over.ty.clone(), over.type_defaults.clone());
        merged.type_span = over.type_span;
    }
    if over.default.is_some() {
        (merged.default, merged.default_span) = (over.default.clone(), over.default_span);
    }
    let Some(default) = &merged.default else { return (merged, None) };
    match converted(default, &merged) {
        Ok(value) if value.is_null() && !merged.nullable => {
            (merged, Some("A null default value is not valid when nullable=false.".to_owned()))
        }
        Ok(value) => {
            merged.default = Some(value);
            (merged, None)
        }
        Err(error) => {
            let what = match over.type_span {
                Some(_) if over.default.is_none() => {
                    "Overriding this variable's type constraint has made its default value invalid"
                }
                _ => {
                    "The overridden default value for this variable is not compatible with the variable's type \
                     constraint"
                }
            };
            (merged, Some(format!("{what}: {}.", error.with_path())))
        }
    }
}

fn converted(default: &Value, variable: &Variable) -> Result<Value, lang::ConvertError> {
    let value = match &variable.type_defaults {
        Some(defaults) if !default.is_null() => defaults.apply(default),
        _ => default.clone(),
    };
    lang::convert(&value, &variable.ty)
}

pub(super) fn output(base: &Output, over: &Output, origin: &Arc<Origin>, dialect: Dialect) -> Output {
    let mut merged = base.clone();
    merge_text(&mut merged.description, &over.description);
    merge_deprecation(&mut merged.deprecated, &over.deprecated, dialect);
    merge_expr(&mut merged.value, &over.value, origin);
    merge_flag(&mut merged.sensitive, over.sensitive, over.set.sensitive);
    merge_flag(&mut merged.ephemeral, over.ephemeral, over.set.ephemeral);
    merged
}

pub(super) fn call(base: &ModuleCall, over: &ModuleCall, origin: &Arc<Origin>) -> ModuleCall {
    let mut merged = base.clone();
    if over.source.is_some() || over.source_expr.is_some() {
        merged.source_expr = over.source_expr.as_ref().map(|expr| expr.taken_from(origin));
        (merged.source, merged.source_taken_from) = (over.source.clone(), Some(Arc::clone(origin)));
    }
    if over.version.is_some() || over.version_expr.is_some() {
        merged.version_expr = over.version_expr.as_ref().map(|expr| expr.taken_from(origin));
        (merged.version, merged.source_taken_from) = (over.version.clone(), Some(Arc::clone(origin)));
    }
    merge_expr(&mut merged.count, &over.count, origin);
    merge_expr(&mut merged.for_each, &over.for_each, origin);
    if !over.passed_providers.is_empty() {
        merge_expr(&mut merged.providers, &over.providers, origin);
        merged.passed_providers = over.passed_providers.clone();
    }
    for (name, argument) in &over.arguments {
        merged.arguments.insert(name.clone(), argument.taken_from(origin));
    }
    merged.overridden = true;
    merged
}

pub(super) fn resource(base: &Resource, over: &Resource, origin: &Arc<Origin>) -> Resource {
    let mut merged = base.clone();
    merge_expr(&mut merged.count, &over.count, origin);
    merge_expr(&mut merged.for_each, &over.for_each, origin);
    if over.provider.is_some() {
        merged.provider.clone_from(&over.provider);
    }
    lifecycle(&mut merged.lifecycle, &over.lifecycle, origin);
    if let Some(connection) = &over.connection {
        merged.connection = Some(connection.taken_from(origin));
    }
    if !over.provisioners.is_empty() {
        merged.provisioners = over.provisioners.iter().map(|it| it.taken_from(origin)).collect();
    }
    merged.body = body(&merged.body, &over.body, origin);
    merged
}

pub(super) fn provider(base: &ProviderConfig, over: &ProviderConfig, origin: &Arc<Origin>) -> ProviderConfig {
    let versioned = base.versioned || over.versioned;
    ProviderConfig { body: body(&base.body, &over.body, origin), versioned, ..base.clone() }
}

fn lifecycle(merged: &mut Lifecycle, over: &Lifecycle, origin: &Arc<Origin>) {
    merged.create_before_destroy = over.create_before_destroy.or(merged.create_before_destroy);
    merged.prevent_destroy = over.prevent_destroy.or(merged.prevent_destroy);
    merged.ignore_all |= over.ignore_all;
    if !over.ignore_changes.is_empty() {
        merged.ignore_changes = over.ignore_changes.iter().map(|expr| expr.taken_from(origin)).collect();
    }
}

/// A body with the arguments and blocks of both.
fn body(base: &Body, over: &Body, origin: &Arc<Origin>) -> Body {
    let mut merged = base.clone();
    for attribute in &over.attributes {
        let attribute = attribute.taken_from(origin);
        match merged.attributes.iter_mut().find(|known| known.name == attribute.name) {
            Some(known) => *known = Attribute { added: known.added, ..attribute },
            None => merged.attributes.push(Attribute { added: true, ..attribute }),
        }
    }
    let replaced = |block: &Block| over.blocks.iter().any(|other| other.makes() == block.makes());
    merged.blocks.retain(|block| !replaced(block));
    merged.blocks.extend(over.blocks.iter().map(|block| block.taken_from(origin)));
    merged.json |= over.json;
    merged.overridden = true;
    merged
}

fn merge_flag(merged: &mut bool, over: bool, is_set: bool) {
    if is_set {
        *merged = over;
    }
}

fn merge_text(merged: &mut Option<SmolStr>, over: &Option<SmolStr>) {
    if over.is_some() {
        merged.clone_from(over);
    }
}

/// Terraform keeps to what the base says.
fn merge_deprecation(merged: &mut Option<Deprecation>, over: &Option<Deprecation>, dialect: Dialect) {
    if over.is_some() && dialect.tool == Tool::OpenTofu {
        merged.clone_from(over);
    }
}

fn merge_expr(merged: &mut Option<Expr>, over: &Option<Expr>, origin: &Arc<Origin>) {
    if let Some(over) = over {
        *merged = Some(over.taken_from(origin));
    }
}

impl Attribute {
    pub(crate) fn taken_from(&self, origin: &Arc<Origin>) -> Attribute {
        Attribute { value: self.value.taken_from(origin), ..self.clone() }
    }
}

impl Block {
    /// The block as another one of the same declaration changes it: what `over` sets counts in the place of its own.
    pub fn overridden_by(&self, over: &Block, declaration: &Origin) -> Block {
        let origin = Arc::new(over.origin(declaration).clone());
        Block { body: body(&self.body, &over.body, &origin), ..self.clone() }
    }

    pub(crate) fn taken_from(&self, origin: &Arc<Origin>) -> Block {
        let body = syntax::with_stack(|| self.body.taken_from(origin));
        Block { body, taken_from: Some(Arc::clone(origin)), ..self.clone() }
    }
}

impl Body {
    /// Its own spans count from the block around it.
    fn taken_from(&self, origin: &Arc<Origin>) -> Body {
        Body {
            attributes: self.attributes.iter().map(|attribute| attribute.taken_from(origin)).collect(),
            blocks: self.blocks.iter().map(|block| block.taken_from(origin)).collect(),
            ..*self
        }
    }
}

impl Provisioner {
    fn taken_from(&self, origin: &Arc<Origin>) -> Provisioner {
        Provisioner {
            kind: self.kind.clone(),
            connection: self.connection.as_ref().map(|block| block.taken_from(origin)),
            block: self.block.taken_from(origin),
            ..*self
        }
    }
}
