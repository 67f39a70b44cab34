//! Random edits: the incremental document always equals a fresh one, and leaves alone what an edit did not touch.

use std::sync::Arc;

use syntax::{Document, FileName, Span};

/// A small deterministic generator; the numbers need only be varied.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const ITEMS: &[&str] = &[
    "run \"one\" {\n  command = plan\n  assert {\n    condition     = output.name == \"a-${var.x}\"\n    error_message = \"näh 🎉 ${var.x}\"\n  }\n}\n",
    "# a comment\nvariables {\n  a = 1\n  b = [1, 2,\n    3]\n}\n",
    "text = <<EOT\nrun \"not one\" {\n}\n  ${var.a}\nEOT\n",
    "flush = <<-EOT\r\n    a\r\n      b\r\n    EOT\r\n",
    "\n\n",
    "x = { a = 1\r\n b = \"c\" }\r\n",
    "/* block\n { comment */ y = 1\n",
    "// line { comment\n",
    "mock_provider \"aws\" { alias = \"fake\" }\n",
    "z = \"%{ if a }x%{ else }y%{ endif }\"\n",
    "z = [for k, v in m : v if v != null]\n",
    "run \"two\" {\n  variables {\n    q = (1 + 2)\n  }\n}\n\n",
    "e\u{301}t\u{e9} = \"\\u00e9\"\n",
];

const PIECES: &[&str] = &[
    "{",
    "}",
    "\"",
    "\n",
    "\r\n",
    "\r",
    "(",
    ")",
    "[",
    "]",
    "/*",
    "*/",
    "#",
    "<<EOT\n",
    "<<-EOT\r\n",
    "EOT\n",
    "EOT",
    "${",
    "%{",
    "~}",
    "$",
    "%",
    "\\",
    "a",
    "=",
    " = 1\n",
    "\n  a = }",
    "é",
    "🎉",
    "\u{301}",
    "\u{feff}",
    " ",
    "run \"x\" {\n",
    "\n}\n",
    "0",
    ".",
    ",",
    "<",
    "//",
    "\0",
    "b = 1\nc = 2\n",
    "*",
    "/",
];

fn assert_fresh(document: &Document, text: &str, what: &dyn Fn() -> String) {
    assert_eq!(document.text(), text, "{}", what());
    let fresh = Document::new(document.file().clone(), text);
    let mut expected = 0;
    assert_eq!(document.chunks().len(), fresh.chunks().len(), "{}\n{text:?}", what());
    for ((origin, chunk), (fresh_origin, fresh_chunk)) in document.chunks().zip(fresh.chunks()) {
        assert_eq!(origin, fresh_origin, "{}\n{text:?}", what());
        assert_eq!(origin.base, expected, "{}\n{text:?}", what());
        assert_eq!(chunk, fresh_chunk, "{}\n{text:?}", what());
        expected += chunk.text.len() as u32;
    }
    assert_eq!(expected as usize, text.len(), "{}\n{text:?}", what());
    assert_eq!(document.diagnostics(), fresh.diagnostics(), "{}\n{text:?}", what());
}

fn boundary(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[test]
fn random_edits_equal_a_fresh_document() {
    for seed in 0..120 {
        let mut random = Random(seed * 7919 + 1);
        let mut text = String::new();
        for _ in 0..random.below(12) {
            text.push_str(random.pick(ITEMS));
        }
        let mut document = Document::new(FileName::new("a.tftest.hcl"), &text);
        for step in 0..60 {
            let start = boundary(&text, random.below(text.len() + 1));
            let length = if random.below(3) == 0 { random.below(30) } else { random.below(3) };
            let end = boundary(&text, start + length).max(start);
            let new = match random.below(8) {
                0 => "",
                1 => random.pick(ITEMS),
                _ => random.pick(PIECES),
            };
            let before = text.clone();
            text.replace_range(start..end, new);
            document.edit(Span::new(start as u32, end as u32), new);
            assert_fresh(&document, &text, &|| {
                format!("seed {seed} step {step}: {start}..{end} -> {new:?} in {before:?}")
            });
        }
        assert_eq!(document.version(), 60);
    }
}

#[test]
fn typing_a_file_key_by_key_equals_a_fresh_document() {
    let text = ITEMS.concat();
    let mut document = Document::new(FileName::new("a.tftest.hcl"), "");
    let mut typed = String::new();
    for ch in text.chars() {
        let at = typed.len() as u32;
        typed.push(ch);
        document.edit(Span::at(at), ch.encode_utf8(&mut [0; 4]));
    }
    assert_fresh(&document, &typed, &|| "typed".to_owned());
}

#[test]
fn an_edit_leaves_the_other_chunks_alone() {
    let text: String = (0..50).map(|n| format!("run \"r{n}\" {{\n  command = plan\n}}\n\n")).collect();
    let mut document = Document::new(FileName::new("a.tftest.hcl"), &text);
    let before: Vec<_> = document.chunks().map(|(_, chunk)| Arc::clone(chunk)).collect();
    assert_eq!(before.len(), 51, "fifty runs and the last blank line");
    let at = text.find("r7").unwrap() as u32;
    let stats = document.edit(Span::new(at, at + 2), "seven");
    assert_eq!(stats.reparsed_chunks, 1);
    assert!(stats.relexed_bytes < 100, "{stats:?}");
    for (index, ((_, chunk), old)) in document.chunks().zip(&before).enumerate() {
        assert_eq!(Arc::ptr_eq(chunk, old), index != 7, "chunk {index}");
    }
    // An opened string breaks its own line only.
    let at = document.text().find("command = plan").unwrap() as u32;
    let stats = document.edit(Span::new(at + 10, at + 14), "\"");
    assert_eq!(stats.reparsed_chunks, 1);
    // An opened brace reads on to the end, and keeps every other chunk.
    let at = document.text().find("\"r3\" {").unwrap() as u32 + 6;
    let stats = document.edit(Span::at(at), " {");
    assert_eq!(stats.reparsed_chunks, 1);
    assert_eq!(document.chunks().len(), 51);
    let stats = document.edit(Span::new(at, at + 2), "");
    assert_eq!(stats.reparsed_chunks, 1);
    assert_fresh(&document, &document.text(), &|| "restored".to_owned());
}

#[test]
fn ranges_that_do_not_fit_are_clamped() {
    let mut document = Document::new(FileName::new("a.hcl"), "a = \"é\"\n");
    document.edit(Span::new(6, 4), "x");
    document.edit(Span::new(100, 200), "b = 1\n");
    document.edit(Span::new(0, u32::MAX), "c = 2\n");
    assert_fresh(&document, "c = 2\n", &|| "clamped".to_owned());
}

#[test]
fn an_attribute_set_in_two_chunks_is_reported_with_its_first_place() {
    let mut document = Document::new(FileName::new("terraform.tfvars"), "a = 1\nb = 2\n\n  a = 3\n");
    let found = document.diagnostics();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].summary, "Attribute redefined");
    assert_eq!(
        found[0].detail,
        "The argument \"a\" was already set at terraform.tfvars:1,1-2. Each argument may be set only once."
    );
    assert_eq!(found[0].subject.as_ref().unwrap().span, Span::new(15, 16));
    document.edit(Span::new(0, 6), "");
    assert_eq!(document.diagnostics(), []);
    // Within one chunk the place is counted from the file's beginning too.
    let document = Document::new(FileName::new("a.hcl"), "x = 1\nb {\n  a = 1\n  a = 2\n}\n");
    assert!(document.diagnostics()[0].detail.contains("a.hcl:3,3-4"), "{:?}", document.diagnostics());
}

#[test]
fn the_line_after_a_chunk_can_change_where_it_ends() {
    for (text, span, new) in [
        ("[}\n\"${\r\ncondition = /*#", Span::at(11), "<<EOT\n"),
        ("*\0c\"orun.n%{ if di\"}\ntvarrun \"x\" {\n", Span::at(25), "\n"),
        (")${c=ondi\nt\r\nion = E{{T\nrrun \"<<EOT\n\u{e9}x\" }{\0", Span::at(17), "}\n"),
    ] {
        let mut document = Document::new(FileName::new("a.hcl"), text);
        document.edit(span, new);
        let mut expected = text.to_owned();
        expected.replace_range(span.start as usize..span.end as usize, new);
        assert_fresh(&document, &expected, &|| format!("{new:?} in {text:?}"));
    }
}
