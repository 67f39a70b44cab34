use expect_test::{Expect, expect};
use syntax::Document;

use super::*;
use crate::testing::snapshot;

/// Every word with what it is, the list read as a client reads it.
#[track_caller]
fn check(file: &str, text: &str, expected: Expect) {
    let (snapshot, _) = snapshot(&format!("//- /{file}\n{text}"));
    let found = semantic_tokens(&snapshot, &FileName::new(file), Encoding::Utf16);
    expected.assert_eq(&shown(text, &found.tokens()));
}

fn shown(text: &str, tokens: &[SemanticToken]) -> String {
    let document = Document::new(FileName::new("x"), text);
    let (mut line, mut start) = (0, 0);
    let mut out = String::new();
    for token in tokens {
        start = if token.delta_line == 0 { start + token.delta_start } else { token.delta_start };
        line += token.delta_line;
        let from = document.offset(syntax::Position::new(line, start), Encoding::Utf16);
        let to = document.offset(syntax::Position::new(line, start + token.length), Encoding::Utf16);
        let name = TokenType::ALL[token.token_type as usize].name();
        let modifiers: String = (0..2)
            .filter(|bit| token.modifiers & (1 << bit) != 0)
            .map(|bit| format!(" {}", TOKEN_MODIFIERS[bit]))
            .collect();
        out.push_str(&format!("{} {name}{modifiers}\n", Span::new(from, to).text(text)));
    }
    out
}

#[test]
fn words_of_a_test_file() {
    check(
        "a.tftest.hcl",
        r#"# The 𝒳 file.
variables {
  name = "bob ${upper(var.x)}!"
}
run "first" {
  command = plan
  assert {
    condition     = run.setup.out["k"].a == 1 && module.m[0].x
    error_message = <<-EOT
      no ${[for k, v in { a = 1 } : k if true][0]}
    EOT
  }
  expect_failures = [data.aws_ami.x, terraform_data.y, check.health]
}
mock_provider "aws" {
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "a", (local.k) = null }
  }
}
"#,
        expect![[r##"
            # The 𝒳 file. comment
            variables type
            name variable declaration
            "bob  string
            upper function defaultLibrary
            var keyword
            x parameter
            !" string
            run type
            "first" namespace declaration
            command property
            plan enumMember
            assert type
            condition property
            run keyword
            setup namespace
            out property
            "k" string
            a property
            1 number
            module keyword
            m namespace
            0 number
            x property
            error_message property
            <<-EOT string
                  no  string
            for keyword
            k variable declaration
            v variable declaration
            in keyword
            a property
            1 number
            k variable
            if keyword
            true keyword
            0 number
            EOT string
            expect_failures property
            data keyword
            aws_ami type
            x variable
            terraform_data type
            y variable
            check keyword
            health variable
            mock_provider type
            "aws" namespace
            mock_resource type
            "aws_s3_bucket" type
            defaults property
            arn property
            "a" string
            local keyword
            k variable
            null keyword
        "##]],
    );
}

#[test]
fn words_of_a_module_file() {
    check(
        "main.tf",
        r#"variable "a" {
  type    = map(object({ x = optional(string) }))
  default = { x = "1" } /* one
  two */
}
resource "aws_instance" "b" {
  for_each = toset(["a"])
  ami      = provider::aws::arn(each.key).id
  dynamic "disk" {
    for_each = local.disks
    content { size = disk.value.size }
  }
}
locals {
  disks = []
}
"#,
        expect![[r#"
            variable type
            "a" parameter declaration
            type property
            map type
            object type
            x property
            optional type
            string type
            default property
            x property
            "1" string
            /* one comment
              two */ comment
            resource type
            "aws_instance" type
            "b" variable declaration
            for_each property
            toset function defaultLibrary
            "a" string
            ami property
            provider namespace
            aws namespace
            arn function
            each keyword
            key property
            id property
            dynamic type
            "disk" enumMember
            for_each property
            local keyword
            disks variable
            content type
            size property
            disk type
            value variable
            size property
            locals type
            disks variable declaration
        "#]],
    );
}

#[test]
fn words_of_json() {
    check(
        "a.tftest.json",
        "{\"run\": {\"a\": {\"command\": \"plan\", \"assert\": [{\"condition\": \"${var.x == 1}\"}]}}}\n",
        expect![[r#"
            "run" type
            "a" namespace declaration
            "command" property
            "assert" type
            "condition" property
            var keyword
            x parameter
        "#]],
    );
}

/// A keystroke in one of a thousand blocks reads that block again, and what is sent is about that block.
#[test]
fn an_edit_is_little_work() {
    let (files, run) = (config::MemoryFiles::default(), |n: usize| {
        format!(
            "run \"r{n}\" {{\n  assert {{\n    condition     = output.x == {n}\n    error_message = \"no\"\n  }}\n}}\n\n\n\n"
        )
    });
    let text: String = (0..1000).map(run).collect();
    assert!(text.lines().count() >= 9_000);
    let files: Arc<dyn config::Files> = Arc::new(files);
    let cache = Arc::new(crate::Cache::new());
    let file = FileName::new("main.tftest.hcl");
    let mut document = Document::new(file.clone(), &text);
    let look = |document: &Document| {
        let open = Arc::new(document.clone());
        let surroundings = crate::Surroundings::default();
        let snapshot = Snapshot::new(Arc::clone(&files), [&open], Arc::clone(&cache), surroundings);
        let tokens = semantic_tokens(&snapshot, &file, Encoding::Utf16);
        crate::outline(&snapshot, &file);
        crate::folds(&snapshot, &file);
        crate::links(&snapshot, &file);
        // The name of the first run, which is looked for in all of the file.
        crate::highlights(&snapshot, &file, 6);
        crate::definition(&snapshot, &file, 6);
        tokens
    };
    let work = || {
        let of_names = [cache.mentions.computed(), cache.links.computed()];
        let of_shape = [cache.tokens.computed(), cache.outlines.computed(), cache.folds.computed()];
        [of_names.as_slice(), of_shape.as_slice()].concat()
    };
    let mut old = look(&document);
    assert_eq!(cache.tokens.computed() as usize, document.chunks().len());
    for (what, with) in [("x == 500", "y + "), ("y +  == 500", "y\n  || z"), ("r700", "r7\"")] {
        let at = document.text().find(what).unwrap() as u32;
        let before = work();
        document.edit(Span::new(at, at + 1), with);
        let new = look(&document);
        let done: Vec<u64> = work().iter().zip(before).map(|(after, before)| after - before).collect();
        assert!(done.iter().all(|&done| done <= 3), "{what}: {done:?}");
        let edit = new.edit_from(&old).unwrap();
        assert!(edit.insert.len() < 40, "{what}: {}", edit.insert.len());
        let mut applied = old.tokens();
        applied.splice(edit.start..edit.start + edit.delete, edit.insert);
        assert_eq!(applied, new.tokens(), "{what}");
        let fresh = Document::new(file.clone(), &document.text());
        let (snapshot, _) = snapshot(&format!("//- /main.tftest.hcl\n{}", fresh.text()));
        assert_eq!(semantic_tokens(&snapshot, &file, Encoding::Utf16).tokens(), applied, "{what}");
        old = new;
    }
    assert_eq!(old.edit_from(&old.clone()), None);
}

#[test]
fn a_range_has_the_words_of_its_lines() {
    let text = "variables {\n  a = 1\n}\nrun \"x\" {\n  command = plan\n}\nrun \"y\" {\n}\n";
    let (snapshot, _) = snapshot(&format!("//- /main.tftest.hcl\n{text}"));
    let file = FileName::new("main.tftest.hcl");
    let at = |needle: &str| text.find(needle).unwrap() as u32;
    let range = Span::new(at("}\nrun \"x\""), at("plan"));
    let found = semantic_tokens_in(&snapshot, &file, range, Encoding::Utf16);
    expect![[r#"
        run type
        "x" namespace declaration
        command property
        plan enumMember
    "#]]
    .assert_eq(&shown(text, &found));
    let all = semantic_tokens(&snapshot, &file, Encoding::Utf16).tokens();
    assert_eq!(semantic_tokens_in(&snapshot, &file, Span::new(0, 1000), Encoding::Utf16), all);
}
