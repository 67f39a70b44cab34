//! `moved`, `removed` and `import` blocks: addresses of things that were, are, or are to be.

use lang::expr::{Node, NodeId};
use lang::{Expr, Traversal, static_traversal};
use syntax::Span;
use syntax::ast::{self, Attribute, Block};

use super::content::{BodySchema, block, content, optional, required};
use super::expression::{
    as_written, constant_bool, invalid_expression, is_broken, lower, reference, start_span,
};
use super::provider::provider_use;
use super::provisioner::{check_references, only_connection, provisioner};
use super::sink::Sink;
use crate::address::ResourceMode;
use crate::dialect::{Feature, Tool};
use crate::module::{Import, Moved, ProvisionerWhen, Removed};
use crate::target::Target;

const MOVED: BodySchema = BodySchema { attributes: &[required("from"), required("to")], blocks: &[] };

const REMOVED: BodySchema = BodySchema {
    attributes: &[required("from")],
    blocks: &[block("lifecycle", &[]), block("provisioner", &["type"]), block("connection", &[])],
};

const REMOVED_LIFECYCLE: BodySchema = BodySchema { attributes: &[optional("destroy")], blocks: &[] };

const IMPORT: BodySchema = BodySchema {
    attributes: &[
        optional("provider"),
        optional("for_each").needs(Feature::ImportForEach),
        required("id"),
        required("to"),
    ],
    blocks: &[],
};

/// What is imported may be said by an identity.
const IMPORT_BY_IDENTITY: BodySchema = BodySchema {
    attributes: &[
        optional("provider"),
        optional("for_each"),
        optional("id"),
        optional("identity"),
        required("to"),
    ],
    blocks: &[],
};

pub(super) fn moved(block: &Block, sink: &mut Sink) -> Option<Moved> {
    let content = content(block, &MOVED, sink);
    let mut end = |name| {
        let expr = reference(&content.attribute(name)?.value, sink)?;
        let address = Target::parse(static_traversal(&expr)?);
        let address = address.map_err(|error| {
            sink.error("invalid-address", error.summary, error.detail, error.span);
        });
        Some((expr, address.ok()))
    };
    let (from, to) = (end("from"), end("to"));
    let ((from, from_address), (to, to_address)) = (from?, to?);
    let addresses = from_address.zip(to_address);
    let addresses = addresses.filter(|(from, to)| {
        let alike = from.resource.is_some() == to.resource.is_some();
        if !alike {
            sink.error(
                "invalid-move",
                "Invalid \"moved\" addresses",
                "The \"from\" and \"to\" addresses must either both refer to resources or both refer to modules.",
                block.header_span(),
            );
        }
        alike
    });
    Some(Moved { from, to, addresses, header: block.header_span(), span: block.span })
}

pub(super) fn removed(block: &Block, sink: &mut Sink) -> Option<Removed> {
    let content = content(block, &REMOVED, sink);
    let from = content.attribute("from").and_then(|attribute| reference(&attribute.value, sink));
    let address = from.as_ref().and_then(static_traversal).and_then(|from| removed_address(from, sink));
    let mut destroy = true;
    for lifecycle in content.blocks_of("lifecycle") {
        let inner = self::content(lifecycle, &REMOVED_LIFECYCLE, sink);
        let attribute = inner.attribute("destroy");
        if let Some(value) = attribute.and_then(|attribute| constant_bool(&attribute.value, sink)) {
            destroy = value;
        }
    }
    let mut connection = None;
    for nested in content.blocks_of("connection") {
        only_connection(nested, "\"removed\" block", &mut connection, sink);
    }
    let is_module = address.as_ref().is_some_and(|address| address.resource.is_none());
    let mut provisioners = Vec::new();
    for nested in content.blocks_of("provisioner") {
        let Some(provisioner) = provisioner(nested, sink) else { continue };
        let why = if is_module {
            "Provisioners are valid only when a removed block targets a managed resource."
        } else if provisioner.when == ProvisionerWhen::Create {
            "Only destroy-time provisioners are valid in \"removed\" blocks. To declare a destroy-time provisioner, \
             use:\n    when = destroy"
        } else {
            check_references(&provisioner, sink);
            provisioners.push(provisioner);
            continue;
        };
        sink.error("invalid-provisioner", "Invalid provisioner block", why, nested.header_span());
    }
    let (header, span) = (block.header_span(), block.span);
    Some(Removed { from: from?, address, destroy, connection, provisioners, header, span })
}

/// A module or a managed resource as a whole. Words that begin references elsewhere are types of resources here.
fn removed_address(from: &Traversal, sink: &mut Sink) -> Option<Target> {
    let (address, rest) = match Target::plain_beginning(from) {
        Ok(found) => found,
        Err(error) => {
            sink.error("invalid-address", error.summary, error.detail, error.span);
            return None;
        }
    };
    if address.resource.as_ref().is_some_and(|(resource, _)| resource.mode == ResourceMode::Data) {
        sink.error(
            "invalid-address",
            "Data source address not allowed",
            "Data sources are never destroyed, so they are not valid targets of removed blocks. To remove the data \
             source from state, remove the data source block from configuration.",
            from.span(),
        );
        return None;
    }
    if let Some(step) = rest.first() {
        let detail = "Resource address must be a resource (e.g. \"test_instance.foo\"), not a resource instance (e.g. \
                      \"test_instance.foo[1]\").";
        sink.error("invalid-address", "Resource instance keys not allowed", detail, step.span);
        return None;
    }
    Some(address)
}

pub(super) fn import(block: &Block, sink: &mut Sink) -> Option<Import> {
    let by_identity = sink.dialect().has(Feature::ImportByIdentity);
    let schema = if by_identity { &IMPORT_BY_IDENTITY } else { &IMPORT };
    let content = content(block, schema, sink);
    let argument =
        |name: &str, sink: &Sink| content.attribute(name).map(|attribute| lower(&attribute.value, sink));
    let (id, identity) = (argument("id", sink), argument("identity", sink));
    let for_each = argument("for_each", sink);
    if by_identity {
        neither_or_both(block, content.attribute("id"), content.attribute("identity"), sink);
    }
    let provider =
        content.attribute("provider").and_then(|attribute| provider_use(&attribute.value, "provider", sink));
    let attribute = content.attribute("to")?;
    let (to, address) = import_target(&attribute.value, sink);
    if !address.as_ref().is_some_and(is_managed) && !is_broken(&to) {
        sink.error(
            "invalid-address",
            "Invalid import address",
            "Only managed resources can be imported.",
            attribute.span,
        );
    }
    if id.is_none() && identity.is_none() {
        return None;
    }
    let address = address.filter(is_managed);
    let (header, span) = (block.header_span(), block.span);
    Some(Import { to, address, id, identity, for_each, provider, header, span })
}

/// What is imported is said in one of two ways.
fn neither_or_both(block: &Block, id: Option<&Attribute>, identity: Option<&Attribute>, sink: &mut Sink) {
    let header = block.header_span();
    let (summary, detail, span) = match (sink.dialect().tool, id, identity) {
        (_, Some(_), None) | (_, None, Some(_)) => return,
        (Tool::Terraform, None, None) => {
            ("Invalid import block", "At least one of 'id' or 'identity' must be specified.", header)
        }
        (Tool::Terraform, Some(_), Some(_)) => {
            ("Invalid import block", "Only one of 'id' or 'identity' can be specified.", header)
        }
        (Tool::OpenTofu, None, None) => (
            "Missing required import argument",
            "One of 'id' or 'identity' must be specified in an import block to identify the resource instance to import.",
            header,
        ),
        (Tool::OpenTofu, Some(id), Some(identity)) => (
            "Conflicting import arguments",
            "Only one of 'id' or 'identity' can be specified in an import block. 'id' identifies the resource instance by its \
             ID, while 'identity' identifies the resource instance by its Resource Identity. Choose one method to identify \
             the resource instance to import.",
            if id.span.start < identity.span.start {
                id.span.to(identity.span)
            } else {
                identity.span.to(id.span)
            },
        ),
    };
    sink.error("invalid-import", summary, detail, span);
}

fn is_managed(address: &Target) -> bool {
    address.resource.as_ref().is_some_and(|(resource, _)| resource.mode == ResourceMode::Managed)
}

/// The target's address. A key that is computed, where there may be one, is left out: it is the evaluation's to find out.
fn import_target(value: &ast::Expr, sink: &mut Sink) -> (Expr, Option<Target>) {
    let written = as_written(value, sink);
    let value = written.as_deref().unwrap_or(value);
    let lowered = lower(value, sink);
    let traversal = match sink.dialect().has(Feature::ImportForEach) {
        // Keys that are computed are left out.
        true => without_computed_keys(&lowered, lowered.root()),
        false => static_traversal(&lowered).cloned(),
    };
    let Some(traversal) = traversal else {
        if !is_broken(&lowered) {
            let detail = "A single static variable reference is required: only attribute access and indexing with \
                          constant keys. No calculations, function calls, template expressions, etc are allowed here.";
            invalid_expression(detail, whole(value), sink);
        }
        return (lowered, None);
    };
    match Target::parse(&traversal) {
        Ok(address) => {
            if address.resource.is_none() {
                let detail = "A resource instance address is required here. The module path must be followed by a \
                              resource instance specification.";
                sink.error("invalid-address", "Invalid address", detail, value.span);
            }
            (lowered, Some(address))
        }
        Err(error) => {
            sink.error("invalid-address", error.summary, error.detail, error.span);
            (lowered, None)
        }
    }
}

/// A reference, without the indexes in it that are no literals.
fn without_computed_keys(expr: &Expr, node: NodeId) -> Option<Traversal> {
    match expr.node(node) {
        Node::Reference(at) => expr.traversals().get(usize::try_from(*at).ok()?).cloned(),
        Node::Relative { object, steps } => {
            let mut traversal = without_computed_keys(expr, *object)?;
            traversal.steps.extend(steps.iter().cloned());
            Some(traversal)
        }
        Node::Index { collection, .. } => without_computed_keys(expr, *collection),
        _ => None,
    }
}

fn whole(value: &ast::Expr) -> Span {
    if matches!(value.kind, ast::ExprKind::String(_) | ast::ExprKind::Template(_)) {
        value.span
    } else {
        start_span(value).to(value.span)
    }
}
