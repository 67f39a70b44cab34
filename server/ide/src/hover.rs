//! What a name means, shown where the pointer rests: one source after the other is asked.

use syntax::ast::{Attribute, Body};
use syntax::{FileName, Span};

use crate::calls::{self, called_at};
use crate::grammar::Place;
use crate::snapshot::{Snapshot, is_test_file};
use crate::symbol::Symbol;

/// What is shown about a piece of text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hover {
    /// The text that it is about, in the asking file.
    pub span: Span,
    /// Markdown.
    pub text: String,
}

/// The most lines of a declaration that are shown.
const MOST_LINES: usize = 16;

/// What stands at `offset` of `file`: a function, a name that is declared somewhere, a word of the language of test
/// files, or the version that a module requires.
pub fn hover(snapshot: &Snapshot, file: &FileName, offset: u32) -> Option<Hover> {
    function(snapshot, file, offset)
        .or_else(|| declared(snapshot, file, offset))
        .or_else(|| word(snapshot, file, offset))
        .or_else(|| required_version(snapshot, file, offset))
}

fn function(snapshot: &Snapshot, file: &FileName, offset: u32) -> Option<Hover> {
    let called = called_at(snapshot, file, offset)?;
    let text = calls::documentation(called.function, snapshot.dialect(file));
    let signature = called.function.signature();
    Some(Hover { span: called.name, text: format!("```hcl\n{signature}\n```\n\n{text}") })
}

/// The declaration of what is named, and where it stands when that is another file.
fn declared(snapshot: &Snapshot, file: &FileName, offset: u32) -> Option<Hover> {
    let here = snapshot.occurrence_at(file, offset)?;
    let place = snapshot.definitions(file, &here.symbol).into_iter().next()?.location;
    let placed = snapshot.chunk_touching(&place.file, place.span.start)?;
    let (text, at) = (&*placed.chunk.text, place.span.start.checked_sub(placed.base)?);
    let span = match here.symbol {
        Symbol::Local { .. } | Symbol::FileVariable { .. } => attribute_at(&placed.chunk.body, at)?.span,
        _ => placed.chunk.body.blocks().find(|block| block.span.contains(at))?.span,
    };
    let declaration = without_margin(text, span);
    let elsewhere = if place.file == *file { String::new() } else { format!("\n\n`{}`", place.file) };
    Some(Hover { span: here.location.span, text: format!("```hcl\n{declaration}\n```{elsewhere}") })
}

/// The name of a block or an attribute of a test file.
fn word(snapshot: &Snapshot, file: &FileName, offset: u32) -> Option<Hover> {
    let placed = snapshot.chunk_touching(file, offset).filter(|_| is_test_file(file))?;
    let (entry, span) = Place::File.entry_at(&placed.chunk.body, offset.checked_sub(placed.base)?)?;
    Some(Hover { span: span.shifted(placed.base), text: entry.documentation() })
}

/// A version that a module requires: whose rules its tests follow.
fn required_version(snapshot: &Snapshot, file: &FileName, offset: u32) -> Option<Hover> {
    let project = snapshot.project(file);
    let required = &project.tree().module.required_versions;
    let mut places = required.iter().map(|required| required.locate(required.span));
    let place = places.find(|place| place.file == *file && place.span.touches(offset))?;
    let choice = snapshot.choice(file);
    let text =
        format!("The tests of this module run by the rules of **{}** ({}).", choice.dialect, choice.reason);
    Some(Hover { span: place.span, text })
}

/// The innermost attribute around `at`.
fn attribute_at(body: &Body, at: u32) -> Option<&Attribute> {
    let mut body = body;
    while let Some(block) = body.blocks().find(|block| block.span.contains(at)) {
        body = &block.body;
    }
    body.attributes().find(|attribute| attribute.span.contains(at))
}

/// The text of `span`, its lines as far to the left as the first one, and not too many of them.
fn without_margin(text: &str, span: Span) -> String {
    let before = text.get(..span.start as usize).unwrap_or_default();
    let margin = before.len() - before.rfind('\n').map_or(0, |end| end + 1);
    let lines: Vec<&str> = span.text(text).trim_end().lines().collect();
    let shown = lines.iter().take(MOST_LINES).enumerate().map(|(index, line)| {
        let indented = line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let line = if index == 0 { Some(*line) } else { line.get(margin.min(indented)..) };
        line.unwrap_or_default()
    });
    let mut out = shown.collect::<Vec<_>>().join("\n");
    if lines.len() > MOST_LINES {
        out.push_str("\n…");
    }
    out
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::testing::{MODULE, at_cursor};

    #[track_caller]
    fn check(files: &str, expected: Expect) {
        let (snapshot, file, offset) = at_cursor(&format!("{MODULE}{files}"));
        let shown = hover(&snapshot, &file, offset).map(|it| {
            let document = snapshot.document(&file).unwrap();
            format!("{}\n---\n{}\n", it.span.text(&document.text()), it.text)
        });
        expected.assert_eq(&shown.unwrap_or_default());
    }

    #[track_caller]
    fn check_condition(condition: &str, expected: Expect) {
        check(
            &format!(
                "//- /main.tftest.hcl\nrun \"first\" {{\n  command = plan\n}}\nrun \"last\" {{\n  assert {{\n    \
                 condition = {condition}\n    error_message = \"\"\n  }}\n}}\n"
            ),
            expected,
        );
    }

    /// A no-break space is no indentation, and has more than one byte.
    #[test]
    fn blanks_of_several_bytes() {
        check(
            "//- /a.tf\nlocals {\n  odd = <<EOT\n \u{a0}b\nEOT\n  use = local.o$0dd\n}\n",
            expect![[r#"
                local.odd
                ---
                ```hcl
                odd = <<EOT
                 b
                EOT
                ```
            "#]],
        );
    }

    #[test]
    fn words_of_test_files() {
        check(
            "//- /main.tftest.hcl\nrun \"a\" {\n  state_k$0ey = \"x\"\n}\n",
            expect![[r#"
                state_key
                ---
                Runs with the same key share a state. Without it, runs of the same module do.

                Since Terraform 1.11.
            "#]],
        );
    }

    #[test]
    fn required_versions_say_whose_rules_count() {
        check(
            "//- /versions.tf\nterraform {\n  required_ver$0sion = \"~> 1.9.0\"\n}\n",
            expect![[r#"
                required_version = "~> 1.9.0"
                ---
                The tests of this module run by the rules of **Terraform 1.9.8** (required_version "~> 1.9.0").
            "#]],
        );
    }

    #[test]
    fn functions() {
        check_condition(
            "upp$0er(var.name) == \"A\"",
            expect![[r#"
            upper
            ---
            ```hcl
            upper(str: string) -> string
            ```

            Converts all cased letters to upper case.

            - `str`: The string to work on.

            ```hcl
            upper("hello")
            # "HELLO"
            ```
        "#]],
        );
        check_condition(
            "templatestring$0(var.name, {}) == \"A\"",
            expect![[r#"
                templatestring
                ---
                ```hcl
                templatestring(template: string, vars: any) -> any
                ```

                Evaluates a string as a template.

                - `template`: The template: a reference to a value, not a literal.
                - `vars`: A map or an object: the names that the template can use.

                ```hcl
                templatestring(local.greeting, { name = "Ann" })
                # "Hello, Ann!"
                ```

                Since Terraform 1.9, OpenTofu 1.7.
            "#]],
        );
        check_condition(
            "\"${core::lengt$0h([1])}\" == \"A\"",
            expect![[r#"
                core::length
                ---
                ```hcl
                length(value: any) -> number
                ```

                Returns the number of elements of a collection, or of characters of a string.

                - `value`: A string, list, set, tuple, map or object.

                ```hcl
                length(["a", "b"])
                # 2
                ```
            "#]],
        );
        check_condition("\"upp$0er(x)\" == \"A\"", expect![[""]]);
        check_condition(
            "urldec$0ode(\"x\") == \"A\"",
            expect![[r#"
                urldecode
                ---
                ```hcl
                urldecode(str: string) -> string
                ```

                Decodes percent-encoded text.

                - `str`: The string to work on.

                ```hcl
                urldecode("a%20b%2Fc")
                # "a b/c"
                ```

                Not in Terraform 1.15.9: since OpenTofu 1.7.
            "#]],
        );
        check_condition(
            "conv$0ert(var.name, list(string)) == []",
            expect![[r#"
                convert
                ---
                ```hcl
                convert(value: any, type: type constraint) -> any
                ```

                Converts a value to a type, which is written as the `type` of a variable is. Optional attributes take their defaults.

                - `value`: The value to convert.
                - `type`: The type, such as `list(string)`.

                ```hcl
                convert({}, object({ name = optional(string, "x") }))
                # { name = "x" }
                ```

                Since Terraform 1.15.
            "#]],
        );
        check(
            "//- /more.tf\nlocals {\n  x = mat$0chkeys([], [], [])\n}\n",
            expect![[r#"
                matchkeys
                ---
                ```hcl
                matchkeys(values: list(any), keys: list(any), searchset: list(any)) -> list(any)
                ```

                Returns the elements of one list whose counterparts in a second list are in a third one.

                - `values`: The elements to choose from.
                - `keys`: Their counterparts, one for each.
                - `searchset`: The counterparts that are wanted.

                ```hcl
                matchkeys(["i-1", "i-2"], ["west", "east"], ["east"])
                # ["i-2"]
                ```
            "#]],
        );
    }

    #[test]
    fn names() {
        check_condition(
            "var.na$0me == \"A\"",
            expect![[r#"
            var.name
            ---
            ```hcl
            variable "name" {
              type        = string
              description = "Whom to greet."
              validation {
                condition     = var.name != ""
                error_message = "Empty."
              }
            }
            ```

            `main.tf`
        "#]],
        );
        check_condition(
            "local.bo$0x.left == 1",
            expect![[r#"
            local.box
            ---
            ```hcl
            box      = { left = 1, right = var.size }
            ```

            `main.tf`
        "#]],
        );
        check_condition(
            "output.greet$0ing == 1",
            expect![[r#"
            output.greeting
            ---
            ```hcl
            output "greeting" {
              description = "The whole greeting."
              value       = local.greeting
            }
            ```

            `main.tf`
        "#]],
        );
        check_condition(
            "run.fir$0st.greeting == 1",
            expect![[r#"
            run.first
            ---
            ```hcl
            run "first" {
              command = plan
            }
            ```
        "#]],
        );
        check_condition(
            "terraform_data.ma$0in.id == 1",
            expect![[r#"
            terraform_data.main
            ---
            ```hcl
            resource "terraform_data" "main" {
              input = local.greeting
              lifecycle {
                precondition {
                  condition     = var.size.width > 0
                  error_message = "Flat."
                }
              }
            }
            ```

            `main.tf`
        "#]],
        );
        check_condition("var.nowhere$0 == 1", expect![[""]]);
    }
}
