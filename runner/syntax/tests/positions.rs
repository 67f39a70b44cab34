//! Lines and columns of every kind, on plain text and on documents; and the block around a place.

use syntax::{Document, Encoding, FileName, LineIndex, Position, Span, context_at, parse_body};

const TEXT: &str = "a = \"é\"\r\n# 🎉x\n\n  b = \"e\u{301}z\" # \u{2028}\rc";

#[test]
fn every_offset_comes_back() {
    let index = LineIndex::new(TEXT);
    let document = Document::new(FileName::new("a.hcl"), TEXT);
    for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
        for (offset, _) in TEXT.char_indices().chain([(TEXT.len(), ' ')]) {
            let offset = offset as u32;
            let position = index.position(TEXT, offset, encoding);
            assert_eq!(document.position(offset, encoding), position, "{offset}");
            // Between `\r` and `\n` there is no position of its own.
            let back = if TEXT[offset as usize..].starts_with('\n') && TEXT[..offset as usize].ends_with('\r')
            {
                offset - 1
            } else {
                offset
            };
            assert_eq!(index.offset(TEXT, position, encoding), back, "{offset} {encoding:?}");
            assert_eq!(document.offset(position, encoding), back, "{offset} {encoding:?}");
        }
    }
}

#[test]
fn units_differ_by_encoding() {
    let index = LineIndex::new(TEXT);
    let x = TEXT.find('x').unwrap() as u32;
    assert_eq!(index.position(TEXT, x, Encoding::Utf8), Position::new(1, 6));
    assert_eq!(index.position(TEXT, x, Encoding::Utf16), Position::new(1, 4));
    assert_eq!(index.position(TEXT, x, Encoding::Utf32), Position::new(1, 3));
    // A lone carriage return ends a line for editors; other separators do not.
    let c = TEXT.len() as u32 - 1;
    assert_eq!(index.position(TEXT, c, Encoding::Utf16), Position::new(4, 0));
    assert_eq!(index.lines(), 5);
    // HCL counts lines by `\n` and columns by what a reader sees as a character.
    let z = index.hcl_position(TEXT, TEXT.find('z').unwrap() as u32);
    assert_eq!((z.line, z.column, z.byte), (4, 9, TEXT.find('z').unwrap() as u32));
    assert_eq!(index.hcl_position(TEXT, c).line, 4);
    // As Terraform 1.11.4 counts, a conjunct of two consonants is two characters.
    let conjunct = "x = \"\u{915}\u{94d}\u{937}\u{93f}\" y\n";
    let y = conjunct.find('y').unwrap() as u32;
    assert_eq!(LineIndex::new(conjunct).hcl_position(conjunct, y).column, 10);
}

#[test]
fn places_that_do_not_exist_are_clamped() {
    let index = LineIndex::new(TEXT);
    let document = Document::new(FileName::new("a.hcl"), TEXT);
    let end = TEXT.len() as u32;
    let emoji = TEXT.find('🎉').unwrap() as u32;
    for (position, encoding, expected) in [
        (Position::new(0, 100), Encoding::Utf16, 8),
        (Position::new(1, 3), Encoding::Utf16, emoji),
        (Position::new(1, 4), Encoding::Utf8, emoji),
        (Position::new(2, 5), Encoding::Utf32, TEXT.find("\n\n").unwrap() as u32 + 1),
        (Position::new(4, u32::MAX), Encoding::Utf8, end),
        (Position::new(99, 0), Encoding::Utf16, end),
        (Position::new(u32::MAX, u32::MAX), Encoding::Utf32, end),
    ] {
        assert_eq!(index.offset(TEXT, position, encoding), expected, "{position:?} {encoding:?}");
        assert_eq!(document.offset(position, encoding), expected, "{position:?} {encoding:?}");
    }
    assert_eq!(index.position(TEXT, u32::MAX, Encoding::Utf8), index.position(TEXT, end, Encoding::Utf8));
    assert_eq!(document.position(u32::MAX, Encoding::Utf8), document.position(end, Encoding::Utf8));
    // Inside a character is at its beginning.
    assert_eq!(document.position(emoji + 2, Encoding::Utf16), document.position(emoji, Encoding::Utf16));
    assert_eq!(
        index.position(TEXT, emoji + 2, Encoding::Utf16),
        index.position(TEXT, emoji, Encoding::Utf16)
    );
    let empty = Document::new(FileName::new("a.hcl"), "");
    assert_eq!(empty.position(7, Encoding::Utf16), Position::new(0, 0));
    assert_eq!(empty.offset(Position::new(3, 3), Encoding::Utf16), 0);
    assert!(empty.chunk_at(0).is_none());
}

#[test]
fn the_context_is_the_outermost_block() {
    let text = "a = 1\nrun \"fa\\\"ils\" {\n  assert {\n    condition = false\n  }\n}\nvariables {}\n";
    let body = parse_body(&FileName::new("a.tftest.hcl"), text).tree;
    let at = |needle: &str| context_at(&body, text.find(needle).unwrap() as u32);
    assert_eq!(at("a = 1"), None);
    assert_eq!(at("condition").as_deref(), Some("run \"fa\\\"ils\""));
    assert_eq!(at("run").as_deref(), Some("run \"fa\\\"ils\""));
    assert_eq!(at("variables").as_deref(), Some("variables"));
    assert_eq!(context_at(&body, text.len() as u32), None);
}

/// Spans nest, siblings do not overlap, and names cover their own text.
#[test]
fn spans_cover_what_they_name() {
    let text = "run \"a\" \"b\" {\n  x = f(1, [2, { y = z.w[0].*.v }])\n}\n";
    let parsed = parse_body(&FileName::new("a.hcl"), text);
    assert_eq!(parsed.diagnostics, []);
    let block = parsed.tree.blocks().next().unwrap();
    assert_eq!(block.span, Span::new(0, text.len() as u32 - 1));
    assert_eq!(block.header_span().text(text), "run \"a\" \"b\"");
    assert_eq!(block.body.span.text(text), "\n  x = f(1, [2, { y = z.w[0].*.v }])\n");
    let attribute = block.body.attribute("x").unwrap();
    assert_eq!(attribute.span.text(text), "x = f(1, [2, { y = z.w[0].*.v }])");
    assert_eq!(attribute.value.span.text(text), "f(1, [2, { y = z.w[0].*.v }])");
}
