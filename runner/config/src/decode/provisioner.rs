//! `provisioner "type" { … }` and `connection { … }`.

use std::borrow::Cow;

use lang::Traversal;
use syntax::ast::{self, Attribute, Item};

use super::body::{lower_block, lower_items};
use super::content::{BodySchema, block, items, missing_item_span, optional, partial_content};
use super::expression::keyword;
use super::resource::reserved_block;
use super::sink::{PLACE, Sink};
use crate::dialect::Tool;
use crate::module::{Block, OnFailure, Provisioner, ProvisionerWhen};
use crate::refs::for_each_expr;

const PROVISIONER: BodySchema = BodySchema {
    attributes: &[optional("when"), optional("on_failure")],
    blocks: &[block("connection", &[]), block("lifecycle", &[]), block("_", &[])],
};

/// Provisioners that Terraform once had.
const REMOVED: [&str; 4] = ["chef", "habitat", "puppet", "salt-masterless"];

/// Reads a provisioner. `None` for one that Terraform has no more, which an error says.
pub(super) fn provisioner(nested: &ast::Block, sink: &mut Sink) -> Option<Provisioner> {
    let label = nested.labels.first()?;
    if REMOVED.contains(&label.text.as_str()) {
        let kind = &label.text;
        sink.error(
            "removed-provisioner",
            format!("The \"{kind}\" provisioner has been removed"),
            match sink.dialect().tool {
                Tool::Terraform => format!(
                    "The \"{kind}\" provisioner was deprecated in Terraform 0.13.4 has been removed from Terraform. \
                     Visit https://learn.hashicorp.com/collections/terraform/provision for alternatives to using \
                     provisioners that are a better fit for the Terraform workflow."
                ),
                Tool::OpenTofu => {
                    format!("The \"{kind}\" provisioner is deprecated and has been removed from OpenTofu.")
                }
            },
            label.span,
        );
        return None;
    }
    let content = partial_content(nested, &PROVISIONER, sink);
    let mut choice = |name: &str, words: [&'static str; 2]| word(content.attribute(name)?, words, sink);
    let when = match choice("when", ["create", "destroy"]) {
        Some("destroy") => ProvisionerWhen::Destroy,
        _ => ProvisionerWhen::Create,
    };
    let on_failure = match choice("on_failure", ["continue", "fail"]) {
        Some("continue") => OnFailure::Continue,
        _ => OnFailure::Fail,
    };
    let mut connection = None;
    let mut escaped: Vec<Cow<'_, Item>> = Vec::new();
    for block in &content.blocks {
        match block.kind.text.as_str() {
            "connection" => only_connection(block, "provisioner", &mut connection, sink),
            "_" => escaped.extend(items(&block.body, sink)),
            _ => reserved_block("lifecycle", "provisioner", block.kind.span, sink),
        }
    }
    let rest = content.rest.iter().chain(&escaped).map(AsRef::as_ref);
    let body = lower_items(rest, missing_item_span(nested), sink);
    Some(Provisioner {
        kind: label.text.clone(),
        when,
        on_failure,
        connection,
        block: Block {
            kind: nested.kind.text.clone(),
            labels: vec![(label.text.clone(), label.span)],
            kind_span: nested.kind.span,
            header: nested.header_span(),
            span: nested.span,
            body,
            taken_from: None,
        },
    })
}

/// What a provisioner that runs before a destruction may not refer to.
pub(super) fn check_references(provisioner: &Provisioner, sink: &mut Sink) {
    if provisioner.when == ProvisionerWhen::Destroy {
        destroy_references(&provisioner.block, sink);
        if let Some(connection) = &provisioner.connection {
            destroy_references(connection, sink);
        }
    }
}

/// Keeps the first `connection` block of a resource or provisioner; another one is an error.
pub(super) fn only_connection(
    nested: &ast::Block,
    owner: &str,
    connection: &mut Option<Block>,
    sink: &mut Sink,
) {
    match connection {
        None => *connection = Some(lower_block(nested, 0, sink)),
        Some(first) => sink.error_with_previous(
            "duplicate-block",
            "Duplicate connection block",
            format!("This {owner} already has a connection block at {PLACE}."),
            nested.header_span(),
            first.header,
        ),
    }
}

/// One of two words; anything else is an error. Quotes around a word are an old habit.
fn word(attribute: &Attribute, words: [&'static str; 2], sink: &mut Sink) -> Option<&'static str> {
    let value = &attribute.value;
    if value.is_missing() {
        return None;
    }
    if let Some(found) = words.into_iter().find(|word| keyword(value) == Some(word)) {
        return Some(found);
    }
    let name = &attribute.name.text;
    if let Some(found) = words.into_iter().find(|word| value.as_plain_string() == Some(word)) {
        let tool = sink.dialect().tool;
        sink.warning(
            "quoted-keyword",
            "Quoted keywords are deprecated",
            format!(
                "In this context, keywords are expected literally rather than in quotes. {tool} 0.11 and earlier \
                 required quotes, but quoted keywords are now deprecated and will be removed in a future version of \
                 {tool}. Remove the quotes surrounding this keyword to silence this warning."
            ),
            value.span,
        );
        return Some(found);
    }
    let [first, second] = words;
    sink.error(
        "invalid-keyword",
        format!("Invalid \"{name}\" keyword"),
        format!("The \"{name}\" argument requires one of the following keywords: {first} or {second}."),
        value.span,
    );
    None
}

/// What a resource's own connection refers to, where it may be that of a provisioner that runs before a destruction.
pub(super) fn resource_connection(connection: Option<&Block>, provisioners: &[Provisioner], sink: &mut Sink) {
    if let Some(connection) = connection
        && provisioners.iter().any(|provisioner| provisioner.when == ProvisionerWhen::Destroy)
    {
        destroy_references(connection, sink);
    }
}

/// When an object is destroyed, everything else may be gone already.
fn destroy_references(block: &Block, sink: &mut Sink) {
    let mut wrong = Vec::new();
    for_each_expr(&block.body, &mut |expr, bound| {
        let outside = |traversal: &&Traversal| {
            let root = traversal.root.as_str();
            !matches!(root, "self" | "count" | "each" | "path" | "terraform")
                && !bound.contains(&traversal.root)
        };
        // Each is told, and told to be wherever the expression is.
        wrong.extend(expr.traversals().iter().filter(outside).map(|_| expr.whole_span()));
    });
    for span in wrong {
        sink.error(
            "destroy-reference",
            "Invalid reference from destroy provisioner",
            "Destroy-time provisioners and their connection configurations may only reference attributes of the \
             related resource, via 'self', 'count.index', or 'each.key'.\n\nReferences to other resources during the \
             destroy phase can cause dependency cycles and interact poorly with create_before_destroy.",
            span,
        );
    }
}
