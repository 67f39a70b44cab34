//! The mocks of a `mock_provider` in a file of their own, which other tests can use too.

use config::compose::{Body, Expression, with_line_ends};
use config::{Feature, Item, MockProvider, join};
use syntax::ast::{Block, Expr};
use syntax::{Edit, FileName, Span};

use super::editing::Found;
use super::insert::indentation;
use super::{ActionKind, Asked, Change, Offer, edited};
use crate::rename::Refusal;

/// The blocks that mock files hold.
const MOVED: &[&str] = &["mock_resource", "mock_data", "override_resource", "override_data"];

pub(super) fn offer<'s>(asked: &'s Asked<'_>, offers: &mut Vec<Offer<'s>>) {
    let Some(test_file) = asked.test_file() else { return };
    if !asked.dialect.has(Feature::MockSource) {
        return;
    }
    let Some(block) = asked.block_at(asked.range.start) else { return };
    let span = block.span();
    let Some(mock) = test_file.mock_providers.iter().find(|it| it.locate(it.span).span == span) else {
        return;
    };
    if !block.blocks().any(|inner| MOVED.contains(&inner.kind())) {
        return;
    }
    let (source, file) = place(asked, mock);
    let title = format!("Move the mocks to {}", file.base_name());
    let make = move || match (block.native(), block.json()) {
        (Some((base, native)), _) => extract(asked, base, native, mock, &source, &file),
        (_, Some(body)) => extract_json(asked, &block, body, mock, &source, &file),
        _ => Ok(Vec::new()),
    };
    offers.push(Offer::new(ActionKind::Extract, title, make));
}

/// What `source` says of the directory, which counts from where the tool runs, and the file in it that is made.
fn place(asked: &Asked<'_>, mock: &Item<MockProvider>) -> (String, FileName) {
    let source = match &mock.source {
        Some((source, _)) => source.to_string(),
        None => format!("./{}/mocks/{}", asked.project.test_directory(), mock.name),
    };
    let dir = join(asked.project.dir(), &source);
    // In the syntax that they are in.
    let end = if asked.file.is_json() { "tfmock.json" } else { "tfmock.hcl" };
    let path = |name: &str| join(&dir, &format!("{name}.{end}"));
    let exists = |name: &str| asked.snapshot.files().read_bytes(&path(name)).is_ok();
    let name = super::create_run::free_name(mock.alias.as_ref().unwrap_or(&mock.name), exists);
    (source, FileName::new(&path(&name)))
}

fn extract(
    asked: &Asked<'_>,
    base: u32,
    block: &Block,
    mock: &MockProvider,
    source: &str,
    file: &FileName,
) -> Result<Vec<Change>, Refusal> {
    if block.close_brace.is_none() || !asked.document.diagnostics().is_empty() {
        return Err(Refusal("The file has to be without errors.".to_owned()));
    }
    let text = asked.document.text();
    let mut moved: Vec<&str> = Vec::new();
    let mut edits = Vec::new();
    for inner in block.body.blocks().filter(|inner| MOVED.contains(&inner.kind.text.as_str())) {
        let span = with_comments(&text, inner.span.shifted(base));
        moved.push(span.text(&text));
        edits.push(Edit { span: with_blank_lines(&text, span), new_text: String::new() });
    }
    if mock.source.is_none() {
        let end = block.body.attributes().last().map(|it| it.span.end).or(block.open_brace.map(|it| it.end));
        let at = line_end(&text, end.unwrap_or_default() + base);
        let mut argument = Body::new();
        argument.attribute("source", Expression::text(source));
        let new_text =
            format!("\n{}  {}", indentation(&text, block.span.start + base), argument.to_text().trim_end());
        edits.push(Edit { span: Span::at(at), new_text: with_line_ends(&new_text, &text).into_owned() });
    }
    // The layout takes care of the indentation, and leaves heredocs alone.
    let whole = format!("{}\n", moved.join("\n\n"));
    let created = syntax::apply_edits(&whole, &syntax::format(file, &whole).edits);
    let text = with_line_ends(&created, &text).into_owned();
    Ok(vec![Change::Create { file: file.clone(), text }, edited(&asked.document, edits)])
}

/// The same in JSON: the properties as they are, a level or two further to the left.
fn extract_json<'s>(
    asked: &'s Asked<'_>,
    block: &Found<'s>,
    body: &Expr,
    mock: &MockProvider,
    source: &str,
    file: &FileName,
) -> Result<Vec<Change>, Refusal> {
    let text = asked.document.text();
    let mut moved: Vec<String> = Vec::new();
    let mut editing = asked.editing();
    for item in body.properties() {
        if item.key.as_plain_string().is_some_and(|name| MOVED.contains(&name)) {
            let span = item.key.span.to(item.value.span);
            let margin = format!("\n{}", indentation(&text, span.start));
            moved.push(span.text(&text).replace(&margin, "\n"));
            editing.remove_property(block, span);
        }
    }
    if mock.source.is_none() {
        let mut argument = Body::new();
        argument.attribute("source", Expression::text(source));
        editing.add_to_block(block, &argument)?;
    }
    let created = match text.trim().contains('\n') {
        true => {
            let unit = indentation_unit(&text);
            let moved = moved.join(",\n").replace('\n', &format!("\n{unit}"));
            format!("{{\n{unit}{moved}\n}}\n")
        }
        false => format!("{{{}}}\n", moved.join(",")),
    };
    let mut changes =
        vec![Change::Create { file: file.clone(), text: with_line_ends(&created, &text).into_owned() }];
    changes.extend(editing.done()?);
    Ok(changes)
}

/// What the text indents a level by.
fn indentation_unit(text: &str) -> &str {
    let indents = text.lines().map(|line| indentation(line, u32::try_from(line.len()).unwrap_or(0)));
    indents.into_iter().find(|indent| !indent.is_empty()).unwrap_or("  ")
}

/// An item with the comments right above it.
fn with_comments(text: &str, item: Span) -> Span {
    let mut start = item.start;
    while let Some(line) = line_above(text, start) {
        if !line.text(text).trim_start().starts_with(['#', '/']) {
            break;
        }
        start = line.start + u32::try_from(indentation(text, line.end).len()).unwrap_or(0);
    }
    Span::new(start, item.end)
}

/// Whole lines, with the blank ones above.
fn with_blank_lines(text: &str, span: Span) -> Span {
    let mut start = span.start - u32::try_from(indentation(text, span.start).len()).unwrap_or(0);
    while let Some(line) = line_above(text, start).filter(|line| line.text(text).trim().is_empty()) {
        start = line.start;
    }
    let end = text.get(span.end as usize..).and_then(|rest| rest.find('\n'));
    Span::new(start, end.map_or(span.end, |end| span.end + u32::try_from(end).unwrap_or(0) + 1))
}

/// The line above the one that `at` is on.
fn line_above(text: &str, at: u32) -> Option<Span> {
    let before = text.get(..at as usize)?;
    let end = before.rfind('\n')?;
    let start = before.get(..end)?.rfind('\n').map_or(0, |newline| newline + 1);
    Some(Span::new(u32::try_from(start).ok()?, u32::try_from(end).ok()?))
}

fn line_end(text: &str, at: u32) -> u32 {
    let rest = text.get(at as usize..).and_then(|rest| rest.split('\n').next()).unwrap_or_default();
    at + u32::try_from(rest.trim_end_matches('\r').len()).unwrap_or(0)
}
