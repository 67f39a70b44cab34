//! The blocks and attributes of a body, whichever syntax it is written in.
//!
//! In JSON a property is a block where one of its name may stand, with as many labels as such a block has; everything
//! else is an attribute. `config` decides what is right; this only tells editors what stands where.

use config::FileRole;
use syntax::ast::{Block, Body, Expr, ExprKind, Item, ObjectItem};
use syntax::{FileName, Span};

/// What kind of body it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Holder {
    /// A module's file.
    Module,
    /// A test file.
    Test,
    /// A file of mocks.
    Mocks,
    /// Names with values: a variable file, `variables`, `locals`.
    Values,
    Run,
    MockProvider,
    Check,
    Resource,
    Provisioner,
    Terraform,
    /// `variable`, `output` and `lifecycle`, which hold conditions.
    Conditions,
    /// Any other block.
    Other,
}

/// A block or an attribute.
#[derive(Clone)]
pub(crate) struct Part<'a> {
    /// The type of a block, the name of an attribute.
    pub(crate) name: &'a str,
    pub(crate) name_span: Span,
    /// With their quotes.
    pub(crate) labels: Vec<(&'a str, Span)>,
    pub(crate) span: Span,
    /// Of an attribute.
    pub(crate) value: Option<&'a Expr>,
    /// What a block's body holds.
    pub(crate) holder: Holder,
    inside: Inside<'a>,
}

#[derive(Clone, Copy)]
enum Inside<'a> {
    Nothing,
    Native(&'a Block),
    Json(&'a Expr),
}

impl Holder {
    /// The root of a file; `Other` for one that is of no interest.
    pub(crate) fn of_file(file: &FileName) -> Holder {
        match FileRole::of(file.as_str()) {
            Some(FileRole::Module) => Holder::Module,
            Some(FileRole::Test) => Holder::Test,
            Some(FileRole::Mocks) => Holder::Mocks,
            Some(FileRole::Variables) => Holder::Values,
            None => Holder::Other,
        }
    }

    /// What the body of a block of that type holds, and how many labels the block has; `None` where no such block
    /// stands.
    fn block(self, kind: &str) -> Option<(Holder, usize)> {
        Some(match (self, kind) {
            (Holder::Module | Holder::Test, "variable") => (Holder::Conditions, 1),
            (Holder::Module | Holder::Test, "provider") => (Holder::Other, 1),
            (Holder::Module, "output") => (Holder::Conditions, 1),
            (Holder::Module, "resource" | "data" | "ephemeral") => (Holder::Resource, 2),
            (Holder::Check, "data") => (Holder::Resource, 2),
            (Holder::Module, "module") => (Holder::Other, 1),
            (Holder::Module, "check") => (Holder::Check, 1),
            (Holder::Module, "locals") => (Holder::Values, 0),
            (Holder::Module, "terraform") => (Holder::Terraform, 0),
            (Holder::Module, "moved" | "import" | "removed") => (Holder::Other, 0),
            (Holder::Terraform, "required_providers") => (Holder::Values, 0),
            (Holder::Terraform, "backend") => (Holder::Other, 1),
            (Holder::Terraform, "cloud") => (Holder::Other, 0),
            (Holder::Test, "run") => (Holder::Run, 1),
            (Holder::Test, "mock_provider") => (Holder::MockProvider, 1),
            (Holder::Test, "test") | (Holder::Run, "module" | "plan_options") => (Holder::Other, 0),
            (Holder::Test | Holder::Run, "variables") => (Holder::Values, 0),
            (Holder::Test | Holder::Run, "override_module")
            | (
                Holder::Test | Holder::Run | Holder::MockProvider | Holder::Mocks,
                "override_resource" | "override_data",
            )
            | (Holder::Run | Holder::Check, "assert") => (Holder::Other, 0),
            (Holder::MockProvider | Holder::Mocks, "mock_resource" | "mock_data") => (Holder::Other, 1),
            (Holder::Resource, "lifecycle") => (Holder::Conditions, 0),
            (Holder::Resource, "provisioner") => (Holder::Provisioner, 1),
            (Holder::Resource, "dynamic") => (Holder::Other, 1),
            (Holder::Resource | Holder::Provisioner, "connection") => (Holder::Other, 0),
            (Holder::Conditions, "validation" | "precondition" | "postcondition") => (Holder::Other, 0),
            _ => return None,
        })
    }
}

/// What a body holds, in source order.
pub(crate) fn parts(body: &Body, holder: Holder) -> Vec<Part<'_>> {
    match &body.json {
        Some(json) => of_json(&json.value, holder),
        None => body.items.iter().map(|item| of_item(item, holder)).collect(),
    }
}

impl<'a> Part<'a> {
    /// What a block's body holds; nothing of an attribute.
    pub(crate) fn parts(&self) -> Vec<Part<'a>> {
        match self.inside {
            Inside::Nothing => Vec::new(),
            Inside::Native(block) => parts(&block.body, self.holder),
            Inside::Json(value) => of_json(value, self.holder),
        }
    }

    /// A block of the native syntax.
    pub(crate) fn native(&self) -> Option<&'a Block> {
        match self.inside {
            Inside::Native(block) => Some(block),
            _ => None,
        }
    }

    /// What stands for a block's body in JSON.
    pub(crate) fn json(&self) -> Option<&'a Expr> {
        match self.inside {
            Inside::Json(value) => Some(value),
            _ => None,
        }
    }

    fn attribute(name: &'a str, name_span: Span, span: Span, value: &'a Expr) -> Part<'a> {
        let (labels, holder, inside) = (Vec::new(), Holder::Other, Inside::Nothing);
        Part { name, name_span, labels, span, value: Some(value), holder, inside }
    }
}

fn of_item(item: &Item, holder: Holder) -> Part<'_> {
    match item {
        Item::Attribute(it) => Part::attribute(&it.name.text, it.name.span, it.span, &it.value),
        Item::Block(block) => Part {
            name: &block.kind.text,
            name_span: block.kind.span,
            labels: block.labels.iter().map(|label| (label.text.as_str(), label.span)).collect(),
            span: block.span,
            value: None,
            holder: holder.block(&block.kind.text).map_or(Holder::Other, |(holder, _)| holder),
            inside: Inside::Native(block),
        },
    }
}

fn of_json(value: &Expr, holder: Holder) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    for item in value.properties() {
        let name = key(item);
        match holder.block(name) {
            None => {
                let span = item.key.span.to(item.value.span);
                found.push(Part::attribute(name, item.key.span, span, &item.value));
            }
            Some((inner, labels)) => {
                let open =
                    Labelled { name, name_span: item.key.span, labels: Vec::new(), from: item.key.span };
                json_blocks(open, &item.value, labels, inner, &mut found);
            }
        }
    }
    found
}

/// The way down to the blocks of one type.
#[derive(Clone)]
struct Labelled<'a> {
    name: &'a str,
    name_span: Span,
    labels: Vec<(&'a str, Span)>,
    /// The last key on the way.
    from: Span,
}

fn json_blocks<'a>(
    at: Labelled<'a>,
    value: &'a Expr,
    labels: usize,
    holder: Holder,
    found: &mut Vec<Part<'a>>,
) {
    if labels > 0 {
        for item in value.properties() {
            let mut below = at.clone();
            below.labels.push((key(item), item.key.span));
            below.from = item.key.span;
            json_blocks(below, &item.value, labels - 1, holder, found);
        }
        return;
    }
    let Labelled { name, name_span, labels, from } = at;
    let part = |value: &'a Expr, span: Span| {
        let labels = labels.clone();
        Part { name, name_span, labels, span, value: None, holder, inside: Inside::Json(value) }
    };
    match &value.kind {
        ExprKind::Tuple(elements) => found.extend(elements.iter().map(|it| part(it, it.span))),
        _ => found.push(part(value, from.to(value.span))),
    }
}

fn key(item: &ObjectItem) -> &str {
    item.key.as_plain_string().unwrap_or_default()
}
