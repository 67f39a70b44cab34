//! New text in the native syntax: bodies, blocks and expressions that are put together and written out as `terraform fmt`
//! lays them out.
//!
//! `hcl-edit` builds and prints it. What is made here is new; texts of users are changed by edits and never printed anew.

use std::borrow::Cow;

use hcl_edit::expr::{Array, Expression as Node, Object, ObjectKey, ObjectValue, ObjectValueTerminator};
use hcl_edit::structure::{Attribute, Block, Body as Structures, Structure};
use hcl_edit::{Decorate, Ident};
use lang::{Value, View};
use syntax::{FileName, apply_edits};

use crate::decode::is_identifier;

/// An expression to be written.
#[derive(Clone, Debug)]
pub struct Expression(Node);

impl Expression {
    /// An expression as somebody has written it: a reference, a keyword, a type, or any longer one.
    pub fn written(text: &str) -> Expression {
        // The printer writes a name as it is, so that a whole expression can stand in the place of one.
        Expression(Node::from(Ident::new_unchecked(text)))
    }

    /// A text in quotes, in which nothing is interpolated.
    pub fn text(text: &str) -> Expression {
        Expression(Node::from(text))
    }

    /// A value that is known. What is not is null.
    pub fn value(value: &Value) -> Expression {
        syntax::with_stack(|| match value.view() {
            View::String(text) => Expression::text(text),
            View::Bool(value) => Expression(Node::from(value)),
            // In its own digits: the printer's numbers are smaller.
            View::Number(number) => Expression::written(&number.to_string()),
            View::List(items) | View::Set(items) | View::Tuple(items) => {
                Expression::list(items.iter().map(Expression::value))
            }
            View::Map(items) | View::Object(items) => {
                Expression::object(items.iter().map(|(name, value)| (&**name, Expression::value(value))))
            }
            View::Null | View::Unknown(_) | View::Type(_) => Expression::null(),
        })
    }

    pub fn null() -> Expression {
        Expression(Node::null())
    }

    /// `[a, b]`
    pub fn list(items: impl IntoIterator<Item = Expression>) -> Expression {
        Expression(Node::from(items.into_iter().map(|item| item.0).collect::<Array>()))
    }

    /// An object with one item a line. Keys that are no names get quotes.
    pub fn object<'k>(items: impl IntoIterator<Item = (&'k str, Expression)>) -> Expression {
        Expression::object_of(items.into_iter().map(|(name, value)| (Expression::key(name), value)))
    }

    /// The same with keys that are expressions. Of two items with one key, the later one counts.
    pub fn object_of(items: impl IntoIterator<Item = (Expression, Expression)>) -> Expression {
        let mut object = Object::new();
        for (Expression(key), Expression(value)) in items {
            let mut key = ObjectKey::from(key);
            if object.is_empty() {
                key.decor_mut().set_prefix("\n");
            }
            let mut value = ObjectValue::new(value);
            value.set_terminator(ObjectValueTerminator::Newline);
            object.insert(key, value);
        }
        Expression(Node::from(object))
    }

    /// A key of an object: a name, or a text in quotes.
    pub fn key(name: &str) -> Expression {
        let is_name = is_identifier(name) && !["true", "false", "null", "for"].contains(&name);
        if is_name { Expression::written(name) } else { Expression::text(name) }
    }
}

/// What stands in a block or in a file. Blank lines part the blocks from each other and from the arguments.
#[derive(Clone, Debug, Default)]
pub struct Body {
    structures: Structures,
    /// Comments that belong to what comes next.
    above: String,
}

impl Body {
    pub fn new() -> Body {
        Body::default()
    }

    pub fn is_empty(&self) -> bool {
        self.structures.is_empty() && self.above.is_empty()
    }

    /// Whether the first item is a block.
    pub fn begins_with_block(&self) -> bool {
        self.structures.get(0).is_some_and(|first| matches!(first, Structure::Block(_)))
    }

    /// `name = value`
    pub fn attribute(&mut self, name: &str, value: Expression) -> &mut Body {
        let is_block = |it: &Structure| matches!(it, Structure::Block(_));
        let parted = self.last().is_some_and(is_block);
        self.push(Structure::Attribute(Attribute::new(Ident::new_unchecked(name), value.0)), parted)
    }

    /// `kind "label" { … }`
    pub fn block(&mut self, kind: &str, labels: &[&str], body: Body) -> &mut Body {
        let mut block = Block::new(Ident::new_unchecked(kind));
        block.labels = labels.iter().map(|label| (*label).into()).collect();
        block.body = body.finished();
        let parted = self.last().is_some();
        self.push(Structure::Block(block), parted)
    }

    /// Everything that another body has, behind what is here.
    pub fn append(&mut self, other: Body) -> &mut Body {
        let above = other.above;
        for structure in other.structures {
            let is_block = |it: &Structure| matches!(it, Structure::Block(_));
            let parted = self.last().is_some_and(|last| is_block(last) || is_block(&structure));
            if let Some(prefix) = structure.decor().prefix() {
                self.above.push_str(prefix.trim_start_matches('\n'));
            }
            self.push(structure, parted);
        }
        self.above.push_str(&above);
        self
    }

    /// Comments above what comes next, each line of the text in one of its own.
    pub fn comment(&mut self, text: &str) -> &mut Body {
        for line in text.lines() {
            self.above.push_str(format!("# {line}").trim_end());
            self.above.push('\n');
        }
        self
    }

    /// Comments that belong to what follows as a whole.
    pub fn heading(&mut self, text: &str) -> &mut Body {
        self.comment(text);
        self.above.push('\n');
        self
    }

    /// The text, laid out, with a line's end behind it; empty for nothing.
    pub fn to_text(&self) -> String {
        let body = self.clone();
        let below = body.above.clone();
        let text = format!("{}{below}", body.structures);
        let edits = syntax::format(&FileName::new("new.tf"), &text).edits;
        apply_edits(&text, &edits)
    }

    fn last(&self) -> Option<&Structure> {
        self.structures.len().checked_sub(1).and_then(|last| self.structures.get(last))
    }

    fn push(&mut self, mut structure: Structure, parted: bool) -> &mut Body {
        let blank = if parted { "\n" } else { "" };
        let above = format!("{blank}{}", std::mem::take(&mut self.above));
        if !above.is_empty() {
            structure.decor_mut().set_prefix(above);
        }
        self.structures.push(structure);
        self
    }

    /// With the comments that nothing came behind.
    fn finished(mut self) -> Structures {
        if !self.above.is_empty() {
            self.structures.decor_mut().set_suffix(std::mem::take(&mut self.above));
        }
        self.structures
    }
}

/// A text with the line ends of another one.
pub fn with_line_ends<'t>(text: &'t str, of: &str) -> Cow<'t, str> {
    match of.find('\n') {
        Some(first) if of[..first].ends_with('\r') => {
            Cow::Owned(text.replace("\r\n", "\n").replace('\n', "\r\n"))
        }
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use lang::Type;

    use super::*;

    #[test]
    fn bodies_are_laid_out() {
        let mut assert = Body::new();
        assert.attribute("condition", Expression::written("output.x == run.a.x"));
        assert.attribute("error_message", Expression::text("a \"${b}\"\n"));
        let mut run = Body::new();
        run.attribute("command", Expression::written("plan"));
        run.comment("What is\n\nwanted").block("assert", &[], assert);
        let mut file = Body::new();
        file.block("variables", &[], Body::new());
        file.block("run", &["a b"], run);
        let expected = r##"variables {
}

run "a b" {
  command = plan

  # What is
  #
  # wanted
  assert {
    condition     = output.x == run.a.x
    error_message = "a \"$${b}\"\n"
  }
}
"##;
        assert_eq!(file.to_text(), expected);
        assert_eq!(Body::new().to_text(), "");
    }

    #[test]
    fn values_are_written() {
        let number = |text: &str| lang::convert(&Value::string(text), &Type::Number).unwrap();
        let object = Value::object(
            [("a-b".into(), Value::bool(true)), ("c d".into(), Value::null(Type::String))].into(),
        );
        let list = Value::tuple(vec![number("12345678901234567890123.5"), object]);
        let mut body = Body::new();
        body.attribute("x", Expression::value(&list)).attribute("longer", Expression::object([]));
        let expected =
            "x = [12345678901234567890123.5, {\n  a-b   = true\n  \"c d\" = null\n}]\nlonger = {}\n";
        assert_eq!(body.to_text(), expected);
    }
}
