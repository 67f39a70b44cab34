//! `yamldecode`: the events of a YAML 1.2 parser, and the rules by which Terraform gives plain scalars a type (mostly
//! YAML 1.1's: `yes` is true, dates are timestamps, `<<` merges).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use super::args::{STRING, arg};
use super::yaml_scalar::{Scalar, core_tag, plain, tagged};
use super::yaml_strict::{Tabs, check_directives, misplaced_tab};
use super::{Call, Function, FunctionError, Limits, Param, Returns};
use crate::value::normalize;
use crate::{Type, Value, View, convert};

pub(super) const FUNCTIONS: &[Function] = &[Function::new(
    "yamldecode",
    "Reads a YAML document: mappings become objects, sequences tuples.",
    r#"yamldecode("a: [1, yes]") # { a = [1, true] }"#,
    &[Param::new("src", STRING, "The YAML text, one document.")],
    Returns::Result,
    |args, _, call: &mut Call<'_>| {
        decode(arg(args, 0).as_str().unwrap_or_default(), call.limits).map_err(FunctionError::Call)
    },
)
.nullable_result()];

fn decode(text: &str, limits: &Limits) -> Result<Value, String> {
    check_directives(text)?;
    let mut tabs = Tabs::new(text);
    let mut builder = Builder { text, limits, open: Vec::new(), anchors: HashMap::new(), result: None };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| builder.syntax_error(&error))?;
        tabs.event(&event, span)?;
        builder.event(event, span.start)?;
    }
    builder.result.ok_or_else(|| "on line 1, column 1: missing start of document".to_owned())
}

/// Puts values together without recursion, so that nesting costs no stack.
struct Builder<'a> {
    text: &'a str,
    limits: &'a Limits,
    open: Vec<Open>,
    /// Finished nodes by their anchor.
    anchors: HashMap<usize, Node>,
    result: Option<Value>,
}

/// A value and how many values it is made of, aliases written out.
#[derive(Clone)]
struct Node {
    value: Value,
    size: usize,
}

/// A collection that is not finished.
struct Open {
    anchor: usize,
    size: usize,
    items: Items,
}

enum Items {
    Sequence(Vec<Value>),
    Mapping { entries: BTreeMap<Arc<str>, Value>, key: Option<Key> },
}

enum Key {
    Name(Arc<str>),
    /// `<<`: the value's entries join this mapping.
    Merge,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, at: Marker) -> Result<(), String> {
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) => match self.result {
                None => Ok(()),
                Some(_) => Err("on line 1, column 1: unexpected extra content after value".to_owned()),
            },
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(node) => {
                    let node = node.clone();
                    self.finished(node, 0, at)
                }
                None => {
                    let name = crate::quote(&self.anchor_name(at));
                    Err(format!("cannot refer to anchor {name} from inside its own definition"))
                }
            },
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(&text, style, tag.as_deref())?;
                self.finished(Node { value, size: 1 }, anchor, at)
            }
            Event::SequenceStart(anchor, tag) => {
                check_tag(tag.as_deref(), "seq", "sequence")?;
                self.begin(anchor, Items::Sequence(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                check_tag(tag.as_deref(), "map", "mapping")?;
                self.begin(anchor, Items::Mapping { entries: BTreeMap::new(), key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { anchor, size, items }) = self.open.pop() else { return Ok(()) };
                let value = match items {
                    Items::Sequence(items) => Value::tuple(items),
                    Items::Mapping { entries, .. } => Value::object(entries),
                };
                self.finished(Node { value, size }, anchor, at)
            }
        }
    }

    fn begin(&mut self, anchor: usize, items: Items) -> Result<(), String> {
        let depth = self.limits.max_depth;
        if self.open.len() >= depth {
            return Err(format!("the document nests more than the limit of {depth} levels"));
        }
        self.open.push(Open { anchor, size: 1, items });
        Ok(())
    }

    /// Gives a node to the collection around it, or to the document.
    fn finished(&mut self, node: Node, anchor: usize, at: Marker) -> Result<(), String> {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.result = Some(node.value);
            return Ok(());
        };
        open.size += node.size;
        // Aliases of aliases grow without end in a short text.
        self.limits.check_elements(open.size).map_err(|error| error.message().to_owned())?;
        match &mut open.items {
            Items::Sequence(items) => items.push(node.value),
            Items::Mapping { entries, key } => match key.take() {
                None => *key = Some(mapping_key(&node.value, at)?),
                Some(Key::Name(name)) => {
                    entries.insert(name, node.value);
                }
                Some(Key::Merge) => match node.value.view() {
                    View::Object(merged) => {
                        let merged = merged.iter().map(|(name, value)| (Arc::clone(name), value.clone()));
                        entries.extend(merged);
                    }
                    _ => {
                        let kind = node.value.ty().friendly_name();
                        return Err(format!("cannot merge {kind} into mapping"));
                    }
                },
            },
        }
        Ok(())
    }

    /// What stands after the `*` of an alias.
    fn anchor_name(&self, at: Marker) -> String {
        let after = self.text.chars().skip(at.index()).skip_while(|c| *c != '*').skip(1);
        after.take_while(|c| !c.is_whitespace() && !",[]{}".contains(*c)).collect()
    }

    /// How many blanks the line of a place begins with.
    fn indent(&self, at: Marker) -> usize {
        let line = self.text.lines().nth(at.line().saturating_sub(1)).unwrap_or_default();
        line.len() - line.trim_start_matches(' ').len()
    }

    fn syntax_error(&self, error: &ScanError) -> String {
        let at = *error.marker();
        if error.info().contains("unknown anchor") {
            return format!("reference to undefined anchor {}", crate::quote(&self.anchor_name(at)));
        }
        if error.info() == "recursion limit exceeded" {
            return "the document nests brackets deeper than the limit of 255 levels".to_owned();
        }
        let (info, line) = (error.info(), at.line());
        if info == "found a tab" {
            return misplaced_tab(self.text, line);
        }
        let (by_parser, reason) = reason(info);
        // Terraform names no place in the first line, and counts lines from zero where the parser is at a loss and
        // not the scanner below it.
        let line = if by_parser { line.saturating_sub(1) } else { line };
        if line == 0 || (line == 1 && !by_parser) {
            return reason;
        }
        // What does not belong into a block begins its line. The scanner's own errors tell no column.
        let column = match info.starts_with("while parsing a block") {
            true => self.indent(at) + 1,
            false if by_parser => at.col() + 1,
            false => 1,
        };
        format!("on line {line}, column {column}: {reason}")
    }
}

/// What go-yaml says where the parser at hand says `info`, and whether its parser says so or its scanner.
fn reason(info: &str) -> (bool, String) {
    const CANNOT_START: &str = "found character that cannot start any token";
    let (context, reason) = match info.split_once(", ") {
        Some((context, reason)) if context.starts_with("while ") => (context, reason),
        _ => ("", info),
    };
    let by_parser = context.starts_with("while parsing") && !context.contains("quoted scalar");
    match reason {
        "did not find expected <document start>" => (true, reason.to_owned()),
        "misplaced bracket" => (true, "did not find expected node content".to_owned()),
        // Terraform's scanner leaves two letters out.
        "did not find expected hexadecimal number" => {
            (by_parser, "did not find expected hexdecimal number".to_owned())
        }
        "simple key expected" => (false, "could not find expected ':'".to_owned()),
        _ if reason.starts_with("unexpected character") || reason.starts_with("tabs disallowed") => {
            (false, CANNOT_START.to_owned())
        }
        _ => match reason.strip_prefix("expected ") {
            Some(wanted) => (by_parser, format!("did not find expected {wanted}")),
            None => (by_parser, reason.to_owned()),
        },
    }
}

/// A scalar's value by its tag and, where it has none and no quotes, by its text.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, String> {
    let Some(tag) = tag else {
        return match style {
            ScalarStyle::Plain => plain(text).map(Scalar::into_value),
            _ => Ok(Value::string(text)),
        };
    };
    let name = tag_name(tag);
    match core_tag(&name) {
        None | Some("map" | "seq") => Err(format!("unsupported tag {}", crate::quote(&name))),
        // A tag does not change what is quoted.
        Some(kind) if kind == "str" || (style != ScalarStyle::Plain && kind != "binary") => {
            Ok(Value::string(text))
        }
        Some(kind) => tagged(text, kind, &name).map(Scalar::into_value),
    }
}

fn check_tag(tag: Option<&Tag>, core: &str, kind: &str) -> Result<(), String> {
    match tag.map(tag_name) {
        Some(name) if core_tag(&name) != Some(core) => Err(format!("can't interpret {kind} as {name}")),
        _ => Ok(()),
    }
}

fn tag_name(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

fn mapping_key(key: &Value, at: Marker) -> Result<Key, String> {
    if key.as_str() == Some("<<") {
        return Ok(Key::Merge);
    }
    if key.is_null() {
        // Terraform counts these lines from 0, but for the first.
        let (line, column) = (at.line().saturating_sub(1).max(1), at.col().max(1));
        return Err(format!("on line {line}, column {column}: mapping key cannot be null"));
    }
    let key = convert(key, &Type::String).ok();
    match key.as_ref().and_then(Value::as_str) {
        Some(name) => Ok(Key::Name(Arc::from(normalize(name).as_ref()))),
        None => Err("only strings are allowed as mapping keys".to_owned()),
    }
}
