//! JSON as native text.

use lang::Dialect;
use syntax::ast::{Expr, ExprKind, JsonString, ObjectItem, TemplateKind, TemplatePart};
use syntax::{FileName, Span, parse_body, with_stack};

use super::place::{Place, Reading};
use super::text::in_quotes;
use super::{Converted, Unconvertible, refuse};
use crate::compose::{Body, Expression};
use crate::file_role::FileRole;
use crate::schema::Schema;

/// Deeper values are not written by people, and the printer needs a stack for each level.
const MOST_LEVELS: usize = 64;

/// The text of a test or mock file in JSON, as the same file would say it in the native syntax.
///
/// In the configuration of a provider, only its schema tells blocks from arguments; `provider` gives it by the provider's
/// name in the file.
pub fn to_native<'s>(
    file: &FileName,
    text: &str,
    dialect: Dialect,
    provider: &dyn Fn(&str) -> Option<&'s Schema>,
) -> Result<Converted, Unconvertible> {
    let place = FileRole::of(file.as_str()).and_then(Place::of_file).filter(|it| *it != Place::ModuleFile);
    let Some(place) = place.filter(|_| file.is_json()) else {
        return refuse("Only files of tests and mocks can be converted from JSON.");
    };
    let parsed = parse_body(file, text);
    let Some(json) = parsed.tree.json.as_ref().filter(|_| parsed.diagnostics.is_empty()) else {
        return refuse("The file has syntax errors.");
    };
    if !is_shallow(&json.value, MOST_LEVELS) {
        return refuse("Values are nested too deeply.");
    }
    let reader = Reader { text, dialect, provider };
    let mut body = Body::new();
    let comments = comments_of(&json.value)?;
    if !comments.is_empty() {
        body.heading(&comments);
    }
    reader.body(&json.value, &Inside { place, schema: None }, &mut body)?;
    let text = body.to_text();
    let native = FileName::new("converted.hcl");
    if !parse_body(&native, &text).diagnostics.is_empty() {
        return refuse("A template of the file cannot be written in the native syntax.");
    }
    Ok(Converted { text, dropped_comments: 0 })
}

struct Reader<'t, 's> {
    text: &'t str,
    dialect: Dialect,
    provider: &'t dyn Fn(&str) -> Option<&'s Schema>,
}

/// What kind of body it is, and its schema where that tells more.
struct Inside<'s> {
    place: Place,
    schema: Option<&'s Schema>,
}

impl<'s> Reader<'_, 's> {
    /// Adds what a body has. Its comment stands above it already.
    fn body(&self, value: &Expr, inside: &Inside<'s>, body: &mut Body) -> Result<(), Unconvertible> {
        for item in properties(value)? {
            let name = text_of(&item.key)?;
            if name == "//" {
                continue;
            }
            if let Some((inner, labels)) = inside.place.block(name) {
                let inner = Inside { place: inner, schema: None };
                self.blocks(name, &item.value, &mut Vec::new(), labels, &inner, body)?;
                continue;
            }
            if matches!(inside.place, Place::Provider | Place::Free) && may_be_blocks(&item.value) {
                let Some(schema) = inside.schema else {
                    return refuse(format!(
                        "Without the schema of the provider it cannot be told whether \"{name}\" is an argument or a \
                         block."
                    ));
                };
                if let Some(block) = schema.blocks.get(name) {
                    let labels = usize::from(block.nesting == crate::schema::Nesting::Map);
                    let inner = Inside { place: Place::Free, schema: Some(&block.body) };
                    self.blocks(name, &item.value, &mut Vec::new(), labels, &inner, body)?;
                    continue;
                }
            }
            if !crate::decode::is_identifier(name) {
                return refuse(format!("\"{name}\" is no name of an argument."));
            }
            let reading = inside.place.reading(name, self.dialect);
            let written = self.argument(&item.value, reading);
            let written =
                written.map_err(|Unconvertible(why)| Unconvertible(format!("In \"{name}\": {why}")))?;
            body.attribute(name, written);
        }
        Ok(())
    }

    /// Adds the blocks that a property stands for.
    fn blocks(
        &self,
        kind: &str,
        value: &Expr,
        labels: &mut Vec<String>,
        missing: usize,
        inner: &Inside<'s>,
        body: &mut Body,
    ) -> Result<(), Unconvertible> {
        if missing > 0 {
            for item in properties(value)? {
                labels.push(text_of(&item.key)?.to_owned());
                with_stack(|| self.blocks(kind, &item.value, labels, missing - 1, inner, body))?;
                labels.pop();
            }
            return Ok(());
        }
        let values = match &value.kind {
            ExprKind::Null => return Ok(()),
            ExprKind::Tuple(values) => values.as_slice(),
            _ => std::slice::from_ref(value),
        };
        for value in values {
            let schema = match (inner.place, labels.first()) {
                (Place::Provider, Some(name)) => (self.provider)(name),
                _ => inner.schema,
            };
            let mut own = Body::new();
            with_stack(|| self.body(value, &Inside { place: inner.place, schema }, &mut own))?;
            let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
            body.comment(&comments_of(value)?);
            body.block(kind, &labels, own);
        }
        Ok(())
    }

    fn argument(&self, value: &Expr, reading: Reading) -> Result<Expression, Unconvertible> {
        match reading {
            Reading::Word => word(value),
            Reading::Words => match &value.kind {
                ExprKind::Tuple(items) => {
                    Ok(Expression::list(items.iter().map(word).collect::<Result<Vec<_>, _>>()?))
                }
                _ => word(value),
            },
            Reading::Pairs => {
                let pair =
                    |item: &&ObjectItem| Ok((Expression::written(text_of(&item.key)?), word(&item.value)?));
                let pairs = properties(value)?;
                Ok(Expression::object_of(pairs.iter().map(pair).collect::<Result<Vec<_>, _>>()?))
            }
            Reading::Constant | Reading::Requirement => self.value(value, false),
            Reading::Value => match &value.kind {
                ExprKind::JsonString(string) => match heredoc(string) {
                    Some(heredoc) => Ok(Expression::written(&heredoc)),
                    None => self.value(value, true),
                },
                _ => self.value(value, true),
            },
        }
    }

    /// A value in which every string is a template, or nothing but its text.
    fn value(&self, value: &Expr, templates: bool) -> Result<Expression, Unconvertible> {
        let inner = |value: &Expr| with_stack(|| self.value(value, templates));
        Ok(match &value.kind {
            ExprKind::Null => Expression::null(),
            ExprKind::Bool(bool) => Expression::written(if *bool { "true" } else { "false" }),
            ExprKind::Number(_) => Expression::written(value.span.text(self.text)),
            ExprKind::JsonString(string) if templates => template(string)?,
            ExprKind::JsonString(string) => Expression::text(&string.text.text),
            ExprKind::Tuple(items) => {
                Expression::list(items.iter().map(inner).collect::<Result<Vec<_>, _>>()?)
            }
            ExprKind::Object(items) => {
                let item = |item: &ObjectItem| Ok((key(&item.key, templates)?, inner(&item.value)?));
                Expression::object_of(items.iter().map(item).collect::<Result<Vec<_>, _>>()?)
            }
            _ => return refuse("A value cannot be read."),
        })
    }
}

/// A key of an object, which is a template where its values are.
fn key(key: &Expr, templates: bool) -> Result<Expression, Unconvertible> {
    let ExprKind::JsonString(string) = &key.kind else { return refuse("A key cannot be read.") };
    match literal(string) {
        Some(text) => Ok(Expression::key(&text)),
        None if templates => Ok(Expression::written(&quoted(string)?)),
        None => Ok(Expression::key(&string.text.text)),
    }
}

/// A template as an expression: the text, the one expression in it, or a template in quotes.
fn template(string: &JsonString) -> Result<Expression, Unconvertible> {
    if !string.text.diagnostics.is_empty() {
        return refuse("A template cannot be read.");
    }
    if let Some(text) = literal(string) {
        return Ok(Expression::text(&text));
    }
    let text = string.text.text.as_str();
    if is_one_sequence(string) {
        let inside = text.strip_prefix("${").and_then(|it| it.strip_suffix('}')).unwrap_or(text);
        let inside = inside.strip_prefix('~').unwrap_or(inside);
        let inside = inside.strip_suffix('~').unwrap_or(inside);
        let trimmed = inside.trim();
        // A heredoc ends with its line, and other lines only end in brackets.
        return Ok(Expression::written(&match () {
            () if trimmed.is_empty() => return refuse("A template has nothing in it."),
            () if trimmed.contains("<<") => format!("({}\n)", inside.trim_end()),
            () if trimmed.contains('\n') || trimmed.contains('#') || trimmed.contains("//") => {
                format!("(\n{trimmed}\n)")
            }
            () => trimmed.to_owned(),
        }));
    }
    Ok(Expression::written(&quoted(string)?))
}

/// The text of a string in which nothing is interpolated.
fn literal(string: &JsonString) -> Option<String> {
    match &*string.parts {
        [] => Some(String::new()),
        [TemplatePart::Literal { text, .. }] => Some(text.to_string()),
        _ => None,
    }
}

fn is_one_sequence(string: &JsonString) -> bool {
    let text = string.text.text.as_str();
    let whole = |span: &Span| {
        let (start, end) = (string.text.text_offset(span.start), string.text.text_offset(span.end));
        start == 0 && end as usize == text.len()
    };
    matches!(&*string.parts, [TemplatePart::Interpolation { span, .. }] if whole(span))
}

fn quoted(string: &JsonString) -> Result<String, Unconvertible> {
    match in_quotes(&string.text.text) {
        Some(quoted) => Ok(quoted),
        None => refuse("A template cannot be read."),
    }
}

/// A text of whole lines as a heredoc, which is the bare template that a string of JSON is; or the heredoc that is the
/// one expression in it.
fn heredoc(string: &JsonString) -> Option<String> {
    let text = string.text.text.as_str();
    if !string.text.diagnostics.is_empty() {
        return None;
    }
    if is_one_sequence(string) {
        let is_heredoc = matches!(
            &*string.parts,
            [TemplatePart::Interpolation { expr: Expr { kind: ExprKind::Template(template), .. }, .. }]
                if matches!(template.kind, TemplateKind::Heredoc { .. })
        );
        let inside = text.strip_prefix("${")?.strip_suffix('}')?.trim();
        return (is_heredoc && inside.starts_with("<<")).then(|| inside.to_owned());
    }
    let lines = text.strip_suffix('\n')?;
    let fits = !text.contains('\r') && !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t');
    let marker =
        ["EOT", "TEXT", "END"].into_iter().find(|marker| lines.lines().all(|line| line.trim() != *marker))?;
    fits.then(|| format!("<<{marker}\n{text}{marker}"))
}

/// A keyword, a reference or a type.
fn word(value: &Expr) -> Result<Expression, Unconvertible> {
    match text_of(value)?.trim() {
        "" => refuse("There is nothing in a string."),
        text => Ok(Expression::written(text)),
    }
}

fn text_of(value: &Expr) -> Result<&str, Unconvertible> {
    match value.as_json_text() {
        Some(text) => Ok(&text.text),
        None => refuse("A string is wanted."),
    }
}

/// The comment of a body: the texts of its `"//"` properties.
fn comments_of(value: &Expr) -> Result<String, Unconvertible> {
    let items = properties(value)?;
    let comments = items.iter().filter(|item| text_of(&item.key).is_ok_and(|name| name == "//"));
    let texts = comments.map(|item| text_of(&item.value));
    match texts.collect::<Result<Vec<_>, _>>() {
        Ok(texts) => Ok(texts.join("\n")),
        Err(_) => refuse("A comment is no string."),
    }
}

/// The properties of an object, or of every object in an array.
fn properties(value: &Expr) -> Result<Vec<&ObjectItem>, Unconvertible> {
    let objects = match &value.kind {
        ExprKind::Tuple(elements) => elements.as_slice(),
        _ => std::slice::from_ref(value),
    };
    let mut found = Vec::new();
    for object in objects {
        match &object.kind {
            ExprKind::Object(items) => found.extend(items),
            _ => return refuse("An object is wanted."),
        }
    }
    Ok(found)
}

/// Whether a value may stand for blocks: an object, or an array of such.
fn may_be_blocks(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Object(_) => true,
        ExprKind::Tuple(items) => {
            items.iter().all(|item| matches!(item.kind, ExprKind::Object(_))) && !items.is_empty()
        }
        _ => false,
    }
}

fn is_shallow(value: &Expr, levels: usize) -> bool {
    let Some(left) = levels.checked_sub(1) else { return false };
    match &value.kind {
        ExprKind::Tuple(items) => items.iter().all(|item| is_shallow(item, left)),
        ExprKind::Object(items) => items.iter().all(|item| is_shallow(&item.value, left)),
        _ => true,
    }
}
