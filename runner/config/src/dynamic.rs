//! `dynamic "kind" { … }`: a block that stands for as many blocks as its `for_each` has elements.
//!
//! What it must look like is HCL's to say, whatever the schema of the blocks; when it is expanded is the encoder's.

use lang::expr::{Node, NodeId};
use lang::{Expr, StepKind, Traversal};
use syntax::{Diagnostic, Diagnostics, Origin, SmolStr, Span};

use crate::module::{Attribute, Block};
use crate::suggest::{did_you_mean, suggest};

/// A `dynamic` block, as far as it is there.
pub struct Dynamic<'b> {
    pub kind: &'b SmolStr,
    pub kind_span: Span,
    /// The name that the content reads the current element by.
    pub iterator: SmolStr,
    /// `for_each` and whatever else is evaluated outside the iteration.
    pub(crate) arguments: Vec<&'b Attribute>,
    pub(crate) labels: Option<&'b Attribute>,
    pub content: Option<&'b Block>,
    block: &'b Block,
}

/// The parts of a `dynamic` block that has everything which expanding it takes.
pub(crate) struct Parts<'b> {
    pub for_each: &'b Expr,
    /// The list of labels, and its elements.
    pub labels: Option<(&'b Expr, Vec<NodeId>)>,
    pub content: &'b Block,
}

impl Parts<'_> {
    /// Whether there is nothing to iterate over, as can be seen from the text.
    pub fn generates_nothing(&self) -> bool {
        match self.for_each.node(self.for_each.root()) {
            Node::Tuple(items) => items.is_empty(),
            Node::Object(items) | Node::JsonObject(items) => items.is_empty(),
            _ => false,
        }
    }
}

/// Reads a `dynamic` block; `None` for every other block.
pub fn dynamic(block: &Block) -> Option<Dynamic<'_>> {
    if block.kind != "dynamic" {
        return None;
    }
    let (kind, kind_span) = block.labels.first()?;
    let attribute = |name: &str| block.body.attributes.iter().find(|attribute| attribute.name == name);
    let named = attribute("iterator").and_then(|attribute| name_in(attribute, block.body.json));
    let plain = |attribute: &&Attribute| attribute.name != "iterator" && attribute.name != "labels";
    Some(Dynamic {
        kind,
        kind_span: *kind_span,
        iterator: named.unwrap_or_else(|| kind.clone()),
        arguments: block.body.attributes.iter().filter(plain).collect(),
        labels: attribute("labels"),
        content: block.body.blocks.iter().find(|block| block.kind == "content"),
        block,
    })
}

/// The variable that an `iterator` argument names. In JSON it is written as a string.
fn name_in(attribute: &Attribute, json: bool) -> Option<SmolStr> {
    match lang::static_traversal(&attribute.value) {
        Some(traversal) => Some(traversal.root.clone()),
        None if json => {
            let text = attribute.value.as_literal()?.as_str()?;
            lang::ty::is_identifier(text).then(|| SmolStr::new(text))
        }
        None => None,
    }
}

impl<'b> Dynamic<'b> {
    /// What it takes to expand the block into blocks with that many labels. `None` when something is missing or wrong,
    /// which is said.
    pub(crate) fn parts(&self, labels: usize, origin: &Origin, sink: &mut Diagnostics) -> Option<Parts<'b>> {
        let before = sink.len();
        let for_each = self.arguments.iter().find(|argument| argument.name == "for_each");
        self.check_shape(labels, origin, sink);
        if sink.len() > before {
            return None;
        }
        self.check_iterator(origin, sink);
        let labels = match self.labels.filter(|_| labels > 0) {
            Some(given) => Some((&given.value, self.label_list(given, labels, origin, sink)?)),
            None => None,
        };
        let content = self.content(origin, sink);
        if sink.len() > before {
            return None;
        }
        Some(Parts { for_each: &for_each?.value, labels, content: content? })
    }

    /// The block's own arguments and blocks.
    fn check_shape(&self, labels: usize, origin: &Origin, sink: &mut Diagnostics) {
        let body = &self.block.body;
        let known: &[&str] =
            if labels > 0 { &["for_each", "iterator", "labels"] } else { &["for_each", "iterator"] };
        for attribute in body.attributes.iter().filter(|it| !known.contains(&it.name.as_str())) {
            let unset =
                known.iter().copied().filter(|name| body.attributes.iter().all(|it| it.name != *name));
            let name = lang::quote(&attribute.name);
            let detail = format!(
                "An argument named {name} is not expected here.{}",
                did_you_mean(&attribute.name, unset)
            );
            let error =
                Diagnostic::error("Unsupported argument", detail).at(origin.locate(attribute.name_span));
            sink.push(error.with_code("unsupported-argument"));
        }
        for required in known.iter().filter(|name| **name != "iterator") {
            if body.attributes.iter().all(|it| it.name != *required) {
                let detail = format!("The argument \"{required}\" is required, but no definition was found.");
                let error = Diagnostic::error("Missing required argument", detail);
                sink.push(error.at(origin.locate(body.missing_item_span)).with_code("missing-argument"));
            }
        }
        for block in &body.blocks {
            if block.kind != "content" {
                let hint = match suggest(&block.kind, ["content"]) {
                    Some(near) => format!(" Did you mean \"{near}\"?"),
                    None => String::new(),
                };
                let name = lang::quote(&block.kind);
                let detail = format!("Blocks of type {name} are not expected here.{hint}");
                let error =
                    Diagnostic::error("Unsupported block type", detail).at(origin.locate(block.kind_span));
                sink.push(error.with_code("unsupported-block"));
            } else if let Some((_, span)) = block.labels.first() {
                let detail = "No labels are expected for content blocks.";
                let error =
                    Diagnostic::error("Extraneous label for content", detail).at(origin.locate(*span));
                sink.push(error.within(origin.locate(block.header)).with_code("extraneous-label"));
            }
        }
    }

    fn check_iterator(&self, origin: &Origin, sink: &mut Diagnostics) {
        let attribute = self.block.body.attributes.iter().find(|attribute| attribute.name == "iterator");
        let Some(attribute) = attribute else { return };
        let error = match lang::static_traversal(&attribute.value) {
            Some(Traversal { steps, .. }) if steps.is_empty() => return,
            // Half-typed: the parser has said so.
            Some(Traversal { steps, .. }) if steps.iter().any(|it| matches!(it.kind, StepKind::Missing)) => return,
            Some(traversal) => Diagnostic::error(
                "Invalid dynamic iterator name",
                "Dynamic iterator must be a single variable name.",
            )
            .at(origin.locate(traversal.span())),
            None if name_in(attribute, self.block.body.json).is_some() => return,
            None => Diagnostic::error(
                "Invalid expression",
                "A single static variable reference is required: only attribute access and indexing with constant \
                 keys. No calculations, function calls, template expressions, etc are allowed here.",
            )
            .at(attribute.value.location(origin)),
        };
        sink.push(error.with_code("invalid-dynamic"));
    }

    fn label_list(
        &self,
        given: &Attribute,
        labels: usize,
        origin: &Origin,
        sink: &mut Diagnostics,
    ) -> Option<Vec<NodeId>> {
        let expr = &given.value;
        let Node::Tuple(items) = expr.node(expr.root()) else {
            let span = match expr.node(expr.root()) {
                Node::For(node) => node.open,
                _ => expr.whole_span(),
            };
            let error = Diagnostic::error("Invalid expression", "A static list expression is required.");
            sink.push(error.at(origin.locate(span)).with_code("invalid-dynamic"));
            return None;
        };
        let (summary, span) = match items.get(labels) {
            Some(extra) => ("Extraneous dynamic block label", expr.span(*extra)),
            None if items.len() < labels => ("Insufficient dynamic block labels", expr.whole_span()),
            None => return Some(items.to_vec()),
        };
        let detail = format!("Blocks of type {} require {labels} label(s).", lang::quote(self.kind));
        let error = Diagnostic::error(summary, detail).at(origin.locate(span));
        sink.push(error.with_code("invalid-dynamic"));
        None
    }

    fn content(&self, origin: &Origin, sink: &mut Diagnostics) -> Option<&'b Block> {
        let mut contents = self.block.body.blocks.iter().filter(|block| block.kind == "content");
        let first = contents.next();
        let error = match (first, contents.next()) {
            (Some(_), None) => return first,
            (None, _) => Diagnostic::error(
                "Missing dynamic content block",
                "A dynamic block must have a nested block of type \"content\" to describe the body of each generated \
                 block.",
            )
            .at(origin.locate(self.block.body.missing_item_span)),
            (Some(_), Some(second)) => Diagnostic::error(
                "Extraneous dynamic content block",
                "Only one nested content block is allowed for each dynamic block.",
            )
            .at(origin.locate(second.header)),
        };
        sink.push(error.with_code("invalid-dynamic"));
        None
    }
}
