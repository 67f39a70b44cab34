//! Document symbols: what a file declares, as a tree.

use std::sync::Arc;

use syntax::{Chunk, Document, FileName, Origin, Span};

use crate::parts::{Holder, Part, parts};
use crate::snapshot::Snapshot;

/// One thing in a file's outline.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outline {
    /// What it is called: its labels, or its type when it has none.
    pub name: String,
    /// What it is: the type of the block; of an assertion, what it asserts.
    pub detail: Option<String>,
    pub kind: OutlineKind,
    pub span: Span,
    /// The name, inside `span`.
    pub selection: Span,
    pub children: Vec<Outline>,
}

/// What a thing is, as far as editors have pictures for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OutlineKind {
    Run,
    Assert,
    /// A block that only groups: `variables`, `locals`, `terraform`.
    Group,
    Variable,
    /// A value that is given or defined: an entry of `variables` or `locals`.
    Value,
    Output,
    Resource,
    Data,
    Module,
    Provider,
    Check,
    Mock,
    Override,
    Block,
}

/// The longest text of a condition that is shown beside `assert`.
const LONGEST: usize = 60;
/// How deep an outline goes. Nothing that means anything is deeper, and editors read no list of any depth.
const DEEPEST: usize = 8;

/// The outline of a file, from top to bottom.
pub fn outline(snapshot: &Snapshot, file: &FileName) -> Vec<Outline> {
    let shifted = |(base, piece): &(u32, Arc<Vec<Outline>>)| {
        let base = *base;
        piece.iter().map(|it| it.shifted(base)).collect::<Vec<_>>()
    };
    outline_in_pieces(snapshot, file).iter().flat_map(shifted).collect()
}

/// The same as it is kept: in pieces, each with the place that its spans count from.
pub fn outline_in_pieces(snapshot: &Snapshot, file: &FileName) -> Vec<(u32, Arc<Vec<Outline>>)> {
    let Some(document) = snapshot.document(file) else { return Vec::new() };
    let holder = Holder::of_file(file);
    let of = |(origin, chunk): (Origin, &Arc<Chunk>)| {
        (origin.base, snapshot.cache().outlines.get(chunk, holder, || of_chunk(chunk, holder)))
    };
    document.chunks().map(of).collect()
}

/// The outline of a document of which nothing is kept.
pub(crate) fn of_document(document: &Document) -> Vec<Outline> {
    let holder = Holder::of_file(document.file());
    let of_chunk = |(origin, chunk): (Origin, &Arc<Chunk>)| {
        of_chunk(chunk, holder).into_iter().map(move |it| it.shifted(origin.base))
    };
    document.chunks().flat_map(of_chunk).collect()
}

fn of_chunk(chunk: &Chunk, holder: Holder) -> Vec<Outline> {
    let whole = Span::new(0, u32::try_from(chunk.text.len()).unwrap_or(u32::MAX));
    parts(&chunk.body, holder)
        .iter()
        .filter_map(|part| of_part(part, holder, &chunk.text, whole, DEEPEST))
        .collect()
}

/// `limit` is what the editor knows the part to lie in; a block that nobody has closed may reach further.
fn of_part(part: &Part<'_>, holder: Holder, text: &str, limit: Span, depth: usize) -> Option<Outline> {
    let span = within(part.span, limit);
    let kind = kind_of(part, holder)?;
    let inside = if depth > 0 { part.parts() } else { Vec::new() };
    let mut children: Vec<Outline> =
        inside.iter().filter_map(|child| of_part(child, part.holder, text, span, depth - 1)).collect();
    // They are kept for as long as the chunk is.
    children.shrink_to_fit();
    let (name, selection) = match part.labels.as_slice() {
        [] => (part.name.to_owned(), part.name_span),
        labels => {
            let name: Vec<&str> = labels.iter().map(|(label, _)| *label).collect();
            (name.join("."), labels.last().map_or(part.name_span, |(_, span)| *span))
        }
    };
    let detail = match kind {
        OutlineKind::Assert => condition(part, text),
        OutlineKind::Value => None,
        _ if part.labels.is_empty() => None,
        _ => Some(part.name.to_owned()),
    };
    // An empty name is no name to an editor, and some refuse the whole list for it.
    let name = if name.is_empty() { "\"\"".to_owned() } else { name };
    Some(Outline { name, detail, kind, span, selection: within(selection, span), children })
}

fn kind_of(part: &Part<'_>, holder: Holder) -> Option<OutlineKind> {
    if part.value.is_some() {
        return matches!(holder, Holder::Values).then_some(OutlineKind::Value);
    }
    Some(match (holder, part.name) {
        (_, "run") => OutlineKind::Run,
        (_, "assert" | "validation" | "precondition" | "postcondition") => OutlineKind::Assert,
        (Holder::Run, "module") => OutlineKind::Module,
        (_, "variables" | "locals" | "terraform" | "required_providers") => OutlineKind::Group,
        (_, "variable") => OutlineKind::Variable,
        (_, "output") => OutlineKind::Output,
        (_, "resource" | "ephemeral") => OutlineKind::Resource,
        (_, "data") => OutlineKind::Data,
        (Holder::Module, "module") => OutlineKind::Module,
        (_, "provider" | "mock_provider") => OutlineKind::Provider,
        (_, "check") => OutlineKind::Check,
        (_, "mock_resource" | "mock_data") => OutlineKind::Mock,
        (_, "override_resource" | "override_data" | "override_module") => OutlineKind::Override,
        _ => OutlineKind::Block,
    })
}

/// What a block asserts, on one line.
fn condition(part: &Part<'_>, text: &str) -> Option<String> {
    let parts = part.parts();
    let value = parts.iter().find(|it| it.name == "condition")?.value?;
    let written: Vec<&str> = value.span.text(text).split_whitespace().collect();
    let written = written.join(" ");
    match written.char_indices().nth(LONGEST) {
        Some((end, _)) => Some(format!("{}…", written.get(..end)?)),
        None => (!written.is_empty()).then_some(written),
    }
}

fn within(span: Span, limit: Span) -> Span {
    let start = span.start.clamp(limit.start, limit.end);
    Span::new(start, span.end.clamp(start, limit.end))
}

impl Outline {
    fn shifted(&self, base: u32) -> Outline {
        Outline {
            span: self.span.shifted(base),
            selection: self.selection.shifted(base),
            children: self.children.iter().map(|child| child.shifted(base)).collect(),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::testing::snapshot;

    #[track_caller]
    fn check(file: &str, text: &str, expected: Expect) {
        let (snapshot, _) = snapshot(&format!("//- /{file}\n{text}"));
        let mut out = String::new();
        for it in outline(&snapshot, &FileName::new(file)) {
            show(&it, text, 0, &mut out);
        }
        expected.assert_eq(&out);
    }

    fn show(it: &Outline, text: &str, depth: usize, out: &mut String) {
        let inside = it.span.start <= it.selection.start && it.selection.end <= it.span.end;
        assert!(inside, "{it:?}");
        let detail = it.detail.as_deref().unwrap_or("-");
        let selection = it.selection.text(text);
        out.push_str(&format!("{}{} ({:?}, {detail}) {selection}\n", "  ".repeat(depth), it.name, it.kind));
        it.children.iter().for_each(|child| show(child, text, depth + 1, out));
    }

    #[test]
    fn a_test_file() {
        check(
            "a.tftest.hcl",
            r#"test {
  parallel = true
}
variables {
  name = "x"
}
provider "aws" {}
mock_provider "aws" {
  alias = "fake"
  mock_resource "aws_s3_bucket" {
    defaults = {}
  }
  override_data {
    target = data.a.b
  }
}
run "first" {
  variables {
    size = 1
  }
  assert {
    condition = output.x ==
      1
    error_message = ""
  }
  module {
    source = "./x"
  }
  assert {}
}
run
run "" {
run "last" {
  assert {
"#,
            expect![[r#"
                test (Block, -) test
                variables (Group, -) variables
                  name (Value, -) name
                aws (Provider, provider) "aws"
                aws (Provider, mock_provider) "aws"
                  aws_s3_bucket (Mock, mock_resource) "aws_s3_bucket"
                  override_data (Override, -) override_data
                first (Run, run) "first"
                  variables (Group, -) variables
                    size (Value, -) size
                  assert (Assert, output.x ==) assert
                  module (Module, -) module
                  assert (Assert, -) assert
                "" (Run, run) ""
                last (Run, run) "last"
                  assert (Assert, -) assert
            "#]],
        );
    }

    #[test]
    fn a_module_file() {
        check(
            "main.tf",
            r#"terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "a" {
  validation {
    condition = true
  }
}
locals {
  b = 1
}
resource "aws_instance" "c" {
  lifecycle {
    precondition {
      condition = var.a
    }
  }
}
module "d" {
  source = "./d"
}
check "e" {
  data "aws_ami" "f" {}
  assert {
    condition = data.aws_ami.f.ok
  }
}
output "g" {}
"#,
            expect![[r#"
                terraform (Group, -) terraform
                  required_providers (Group, -) required_providers
                    aws (Value, -) aws
                a (Variable, variable) "a"
                  validation (Assert, true) validation
                locals (Group, -) locals
                  b (Value, -) b
                aws_instance.c (Resource, resource) "c"
                  lifecycle (Block, -) lifecycle
                    precondition (Assert, var.a) precondition
                d (Module, module) "d"
                e (Check, check) "e"
                  aws_ami.f (Data, data) "f"
                  assert (Assert, data.aws_ami.f.ok) assert
                g (Output, output) "g"
            "#]],
        );
    }

    #[test]
    fn json() {
        check(
            "a.tftest.json",
            r#"{"variables": {"a": 1}, "run": {"x": {"assert": [{"condition": "${true}"}, {}]}, "y": {}}, "mock_provider": {"aws": [{"alias": "b"}, {"mock_data": {"k": {}}}]}}"#,
            expect![[r#"
                variables (Group, -) "variables"
                  a (Value, -) "a"
                x (Run, run) "x"
                  assert (Assert, "${true}") 
                  assert (Assert, -) 
                y (Run, run) "y"
                aws (Provider, mock_provider) 
                aws (Provider, mock_provider) 
                  k (Mock, mock_data) "k"
            "#]],
        );
        check(
            "main.tf.json",
            r#"{"variable": {"a": {"validation": [{"condition": "${true}"}]}}, "locals": {"b": 1}, "resource": {"terraform_data": {"c": {"lifecycle": {"precondition": {"condition": "${true}"}}}}}, "module": {"d": {"source": "./d"}}, "output": {"g": {"value": 1}}}"#,
            expect![[r#"
                a (Variable, variable) "a"
                  validation (Assert, "${true}") 
                locals (Group, -) "locals"
                  b (Value, -) "b"
                terraform_data.c (Resource, resource) "c"
                  lifecycle (Block, -) "lifecycle"
                    precondition (Assert, "${true}") "precondition"
                d (Module, module) "d"
                g (Output, output) "g"
            "#]],
        );
    }
}
