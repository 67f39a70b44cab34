//! Native text as JSON.

use std::collections::HashSet;

use lang::Dialect;
use syntax::ast::{
    Attribute, Block, Body, Expr, ExprKind, Item, ObjectItem, Template, TemplatePart, UnaryOp,
};
use syntax::{FileName, Origin, Span, TokenKind, parse_body, tokens, with_stack};

use super::json::Json;
use super::place::{Place, Reading};
use super::text::escaped;
use super::{Converted, Unconvertible, refuse};
use crate::file_role::FileRole;

/// The text of a module, test or mock file, as the same file would say it in JSON. Its name tells which it is.
///
/// Comments of blocks and between arguments become `"//"` properties; those within values have no place, unless they
/// stand in an expression that is written as a whole.
pub fn to_json(file: &FileName, text: &str, dialect: Dialect) -> Result<Converted, Unconvertible> {
    let parsed = parse_body(file, text);
    if !parsed.diagnostics.is_empty() {
        return refuse("The file has syntax errors.");
    }
    let (properties, dropped_comments) = written(file, text, &parsed.tree, dialect)?;
    Ok(Converted { text: Json::Object(properties).to_text(), dropped_comments })
}

/// How many comments of a part of a file, which is nothing but whole items, would have no place in JSON. `body` is the
/// part's; its spans count from the beginning of `text`.
pub fn comments_without_place(
    file: &FileName,
    text: &str,
    body: &Body,
    dialect: Dialect,
) -> Result<usize, Unconvertible> {
    written(file, text, body, dialect).map(|(_, dropped)| dropped)
}

/// The properties that the items of a body become, and how many comments have no place among them.
fn written(
    file: &FileName,
    text: &str,
    body: &Body,
    dialect: Dialect,
) -> Result<(Vec<(String, Json)>, usize), Unconvertible> {
    let Some(place) = FileRole::of(file.as_str()).and_then(Place::of_file) else {
        return refuse("Only files of modules, tests and mocks can be converted.");
    };
    let mut writer = Writer::new(file, text, dialect);
    let (own, inside) = writer.comments_of(body);
    let properties = writer.body(body, place, own, inside)?;
    Ok((properties, writer.comments.len().saturating_sub(writer.kept)))
}

struct Writer<'t> {
    file: &'t FileName,
    text: &'t str,
    dialect: Dialect,
    comments: Vec<Span>,
    /// How many of them have found a place.
    kept: usize,
}

/// The comments that belong to the blocks of a body, by the index of the item.
type OfItems = Vec<(usize, String)>;

impl<'t> Writer<'t> {
    fn new(file: &'t FileName, text: &'t str, dialect: Dialect) -> Writer<'t> {
        let tokens = tokens(text);
        let comments = tokens.iter().filter(|token| token.kind == TokenKind::Comment).map(|it| it.span);
        Writer { file, text, dialect, comments: comments.collect(), kept: 0 }
    }

    /// The properties of a body. `own` is its comment.
    fn body(
        &mut self,
        body: &Body,
        place: Place,
        own: String,
        of_items: OfItems,
    ) -> Result<Vec<(String, Json)>, Unconvertible> {
        let members = self.members(body, place, own, of_items)?;
        let written = members.into_iter().map(|(name, member)| {
            let value = match member {
                Member::Value(value) => value,
                Member::Blocks(blocks) => grouped(blocks),
            };
            (name, value)
        });
        Ok(written.collect())
    }

    /// What a body has, the blocks of one type together.
    fn members(&mut self, body: &Body, place: Place, own: String, of_items: OfItems) -> Members {
        let mut members: Vec<(String, Member)> = Vec::new();
        if !own.is_empty() {
            members.push(("//".to_owned(), Member::Value(Json::Text(own))));
        }
        for (index, item) in body.items.iter().enumerate() {
            let (name, new) = match item {
                Item::Attribute(attribute) => {
                    (attribute.name.text.as_str(), Member::Value(self.attribute(attribute, place)?))
                }
                Item::Block(block) => {
                    let above = of_items.iter().find(|(item, _)| *item == index);
                    let above = above.map(|(_, comment)| comment.clone()).unwrap_or_default();
                    let value = with_stack(|| self.block(block, place, above))?;
                    let labels = block.labels.iter().map(|label| label.text.to_string()).collect();
                    (block.kind.text.as_str(), Member::Blocks(vec![Labelled { labels, value }]))
                }
            };
            let there = members.iter_mut().find(|(other, _)| other == name).map(|(_, member)| member);
            match (there, new) {
                (None, new) => members.push((name.to_owned(), new)),
                (Some(Member::Blocks(blocks)), Member::Blocks(more)) => blocks.extend(more),
                _ => return refuse(format!("\"{name}\" is an argument and a block.")),
            }
        }
        Ok(members)
    }

    fn block(&mut self, block: &Block, place: Place, above: String) -> Result<Json, Unconvertible> {
        let kind = block.kind.text.as_str();
        // In JSON its first property would be taken for the label that is missing.
        if kind == "dynamic" && block.labels.is_empty() {
            return refuse("A dynamic block has no label.");
        }
        let inner = match place.block(kind) {
            Some((inner, labels)) if labels == block.labels.len() => inner,
            Some((_, _)) if block.labels.is_empty() => {
                return refuse(format!("A block of type \"{kind}\" has no label."));
            }
            Some((inner, _)) => inner,
            None => Place::Free,
        };
        if inner == Place::Values && block.body.blocks().next().is_some() {
            return refuse(format!("There is a block in a block of type \"{kind}\"."));
        }
        let (own, of_items) = self.comments_of(&block.body);
        let comment = [above, own].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
        Ok(Json::Object(self.body(&block.body, inner, comment, of_items)?))
    }

    fn attribute(&mut self, attribute: &Attribute, place: Place) -> Result<Json, Unconvertible> {
        let reading = place.reading(&attribute.name.text, self.dialect);
        let found = match reading {
            Reading::Word => Ok(self.word(&attribute.value)),
            Reading::Words => Ok(match &attribute.value.kind {
                ExprKind::Tuple(items) => Json::Array(items.iter().map(|item| self.word(item)).collect()),
                _ => self.word(&attribute.value),
            }),
            Reading::Pairs => match &attribute.value.kind {
                ExprKind::Object(items) => Ok(Json::Object(
                    items
                        .iter()
                        .map(|it| (self.source(it.key.span).to_owned(), self.word(&it.value)))
                        .collect(),
                )),
                _ => return refuse(format!("\"{}\" is no object.", attribute.name.text)),
            },
            Reading::Requirement => self.requirement(&attribute.value),
            Reading::Constant => self.constant(&attribute.value),
            Reading::Value => return Ok(self.value(&attribute.value)),
        };
        found.map_err(|Unconvertible(why)| Unconvertible(format!("In \"{}\": {why}", attribute.name.text)))
    }

    /// What stands in a string where a keyword, a reference or a type is wanted.
    fn word(&self, expr: &Expr) -> Json {
        Json::Text(expr.as_plain_string().unwrap_or_else(|| self.source(expr.span)).to_owned())
    }

    /// What a module says of a provider that it needs: an object whose properties have fixed meanings.
    fn requirement(&mut self, expr: &Expr) -> Result<Json, Unconvertible> {
        let ExprKind::Object(items) = &expr.kind else { return self.constant(expr) };
        let mut properties = Vec::new();
        for ObjectItem { key, value, .. } in items {
            let Some(name) = key.as_keyword().or_else(|| key.as_plain_string()) else {
                return refuse("A key is no name.");
            };
            let value = match (name, &value.kind) {
                ("configuration_aliases", ExprKind::Tuple(items)) => {
                    Json::Array(items.iter().map(|item| self.word(item)).collect())
                }
                _ => self.constant(value)?,
            };
            properties.push((name.to_owned(), value));
        }
        Ok(Json::Object(properties))
    }

    /// A value in which every string is nothing but its text.
    fn constant(&self, expr: &Expr) -> Result<Json, Unconvertible> {
        let origin = Origin::new(self.file.clone(), 0);
        match &expr.kind {
            ExprKind::Null => Ok(Json::null()),
            ExprKind::Bool(value) => Ok(Json::Raw(value.to_string())),
            ExprKind::Number(text) if is_json_number(text) => Ok(Json::Raw(text.to_string())),
            ExprKind::String(text) => Ok(Json::Text(text.to_string())),
            ExprKind::Tuple(items) => with_stack(|| {
                Ok(Json::Array(items.iter().map(|item| self.constant(item)).collect::<Result<_, _>>()?))
            }),
            _ => match lang::constant(expr, &origin, &mut Vec::new()) {
                Some(value) => Ok(Json::of(&value)),
                None => refuse("JSON has no expressions here."),
            },
        }
    }

    /// A value in which every string is a template.
    fn value(&mut self, expr: &Expr) -> Json {
        match &expr.kind {
            ExprKind::Null => Json::null(),
            ExprKind::Bool(value) => Json::Raw(value.to_string()),
            ExprKind::Number(text) if is_json_number(text) => Json::Raw(text.to_string()),
            ExprKind::Unary { op: UnaryOp::Negate, operand, .. } if matches!(&operand.kind, ExprKind::Number(text) if is_json_number(text)) => {
                Json::Raw(format!("-{}", self.source(operand.span)))
            }
            ExprKind::String(plain) => Json::Text(escaped(plain)),
            ExprKind::Template(template) => match self.template(template) {
                Some(text) => Json::Text(text),
                None => self.whole(expr),
            },
            ExprKind::Tuple(items) => {
                with_stack(|| Json::Array(items.iter().map(|item| self.value(item)).collect()))
            }
            ExprKind::Object(items) => {
                let mut properties: Vec<(String, Json)> = Vec::new();
                for item in items {
                    let key = item.key.as_keyword().or_else(|| item.key.as_plain_string()).map(escaped);
                    // A key that is set twice is no mistake in the native syntax alone.
                    let Some(key) = key.filter(|key| !properties.iter().any(|(other, _)| other == key))
                    else {
                        return self.whole(expr);
                    };
                    let value = with_stack(|| self.value(&item.value));
                    properties.push((key, value));
                }
                Json::Object(properties)
            }
            _ => self.whole(expr),
        }
    }

    /// The template as JSON's strings have it; `None` of one that has to be written as an expression.
    fn template(&self, template: &Template) -> Option<String> {
        let mut text = String::new();
        for part in &template.parts {
            match part {
                TemplatePart::Literal { text: literal, .. } => text.push_str(&escaped(literal)),
                // A marker in front of the sequence would be an escape together with it.
                TemplatePart::Interpolation { span, .. } if !text.ends_with(['$', '%']) => {
                    text.push_str(self.source(*span));
                }
                // In directives there are escapes that a bare template does not know.
                _ => return None,
            }
        }
        Some(text)
    }

    /// The expression in a template of its own.
    fn whole(&mut self, expr: &Expr) -> Json {
        let source = self.source(expr.span);
        let inside = |comment: &&Span| expr.span.start <= comment.start && comment.end <= expr.span.end;
        self.kept += self.comments.iter().filter(inside).count();
        // A heredoc ends with its line.
        let end = if source.contains("<<") { "\n" } else { "" };
        Json::Text(format!("${{{source}{end}}}"))
    }

    fn source(&self, span: Span) -> &'t str {
        span.text(self.text)
    }

    /// The comments that stand in a body, not in its items: those right above blocks by their items, and all others.
    fn comments_of(&mut self, body: &Body) -> (String, OfItems) {
        let (mut own, mut of_items): (Vec<String>, OfItems) = (Vec::new(), Vec::new());
        let from = self.comments.partition_point(|comment| comment.start < body.span.start);
        let to = self.comments.partition_point(|comment| comment.start < body.span.end);
        for at in from..to {
            let Some(&comment) = self.comments.get(at) else { break };
            let next = body.items.partition_point(|item| item.span().end <= comment.start);
            let item = body.items.get(next);
            if item.is_some_and(|item| item.span().start <= comment.start) {
                continue;
            }
            self.kept += 1;
            let text = without_marks(self.source(comment));
            let alone = self.text.get(..comment.start as usize).and_then(|it| it.rsplit('\n').next());
            let alone = alone.is_some_and(|line| line.trim().is_empty());
            match item {
                Some(Item::Block(block)) if alone && self.is_above(comment, block.span.start) => {
                    match of_items.last_mut().filter(|(index, _)| *index == next) {
                        Some((_, comments)) => {
                            comments.push('\n');
                            comments.push_str(&text);
                        }
                        None => of_items.push((next, text)),
                    }
                }
                _ => own.push(text),
            }
        }
        (own.join("\n"), of_items)
    }

    /// Whether nothing but comments and line ends, and no blank line, stands between a comment and an item.
    fn is_above(&self, comment: Span, item: u32) -> bool {
        let between = Span::new(comment.end, item).text(self.text);
        let mut lines = between.split('\n').skip(1).collect::<Vec<_>>();
        lines.pop();
        lines.iter().all(|line| !line.trim().is_empty())
    }
}

/// What a property of JSON stands for.
#[derive(Clone, Debug)]
pub(super) enum Member {
    Value(Json),
    /// Blocks of one type.
    Blocks(Vec<Labelled>),
}

type Members = Result<Vec<(String, Member)>, Unconvertible>;

/// What new native text says in such a body.
pub(super) fn members(items: &crate::compose::Body, place: Place, dialect: Dialect) -> Members {
    let (file, text) = (FileName::new("new.tf"), items.to_text());
    let mut writer = Writer::new(&file, &text, dialect);
    let tree = parse_body(&file, &text).tree;
    let (own, of_items) = writer.comments_of(&tree);
    writer.members(&tree, place, own, of_items)
}

/// A block's body, and the labels that lead to it.
#[derive(Clone, Debug)]
pub(super) struct Labelled {
    pub(super) labels: Vec<String>,
    pub(super) value: Json,
}

impl Labelled {
    /// The body as the value of objects that have its labels.
    pub(super) fn wrapped(self) -> Json {
        self.labels.into_iter().rev().fold(self.value, |inner, label| Json::Object(vec![(label, inner)]))
    }
}

/// The blocks of one type: an object for each label, or arrays where that would put them in another order.
pub(super) fn grouped(blocks: Vec<Labelled>) -> Json {
    if blocks.iter().all(|block| block.labels.is_empty()) {
        let mut values: Vec<Json> = blocks.into_iter().map(|block| block.value).collect();
        return if values.len() == 1 { values.remove(0) } else { Json::Array(values) };
    }
    let (mut seen, mut last) = (HashSet::new(), None);
    let in_order = blocks.iter().map(|block| block.labels.first()).all(|label| {
        let again = !seen.insert(label) && last != Some(label);
        last = Some(label);
        label.is_some() && !again
    });
    if !in_order {
        return Json::Array(blocks.into_iter().map(Labelled::wrapped).collect());
    }
    let mut groups: Vec<(String, Vec<Labelled>)> = Vec::new();
    for mut block in blocks {
        let label = block.labels.remove(0);
        match groups.last_mut().filter(|(last, _)| *last == label) {
            Some((_, group)) => group.push(block),
            None => groups.push((label, vec![block])),
        }
    }
    Json::Object(groups.into_iter().map(|(label, group)| (label, grouped(group))).collect())
}

/// The text of a comment.
fn without_marks(comment: &str) -> String {
    if let Some(inside) = comment.strip_prefix("/*") {
        let inside = inside.strip_suffix("*/").unwrap_or(inside);
        let lines = inside.lines().map(|line| line.trim().trim_start_matches('*').trim());
        return lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    }
    let text = comment.strip_prefix("//").or_else(|| comment.strip_prefix('#')).unwrap_or(comment);
    text.strip_prefix(' ').unwrap_or(text).trim_end().to_owned()
}

/// Whether a number is written as JSON writes numbers.
fn is_json_number(text: &str) -> bool {
    let digits = text.as_bytes();
    let leading_zero = digits.first() == Some(&b'0') && digits.get(1).is_some_and(u8::is_ascii_digit);
    !leading_zero && serde_json::from_str::<serde_json::Number>(text).is_ok()
}
