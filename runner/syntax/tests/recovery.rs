//! Half-typed text: what is around a fault is kept, and as much of the broken item as can be read.

mod outline;

use expect_test::{Expect, expect};
use syntax::{Diagnostics, Document, FileName, parse_body};

/// The tree, then the summaries. The chunks of a document must say the same as the whole text.
fn check(text: &str, expected: Expect) {
    let file = FileName::new("main.tftest.hcl");
    let parsed = parse_body(&file, text);
    let mut found = outline::outline(&parsed.tree);
    let document = Document::new(file, text);
    let in_chunks: String = document.chunks().map(|(_, chunk)| outline::outline(&chunk.body)).collect();
    assert_eq!(in_chunks, found, "in chunks");
    for diagnostic in &parsed.diagnostics {
        let span = diagnostic.subject.as_ref().expect("a place").span;
        let line = text[..span.start as usize].matches('\n').count() + 1;
        found.push_str(&format!("{line}: {}\n", diagnostic.summary));
    }
    // A whole text's faulty tokens come first, a document's diagnostics go chunk by chunk.
    let sorted = |mut list: Diagnostics| {
        list.sort_by_key(|one| (one.subject.as_ref().map(|subject| subject.span), one.summary.clone()));
        list
    };
    assert_eq!(sorted(document.diagnostics()), sorted(parsed.diagnostics), "in chunks");
    expected.assert_eq(&found);
}

#[test]
fn half_typed_expressions() {
    check(
        "run \"a\" {\n  assert {\n    condition = var.\n    error_message = \"x\"\n  }\n  command = plan\n}\nrun \"b\" {\n  command = apply\n}\n",
        expect![[r#"
            run "a" {}
              assert {}
                condition = var.?
                error_message = "x"
              command = plan
            run "b" {}
              command = apply
            3: Invalid attribute name
        "#]],
    );
    check(
        "a {\n  b = var.foo.\n  c =\n  d = 1 +\n  e = f(var., 2)\n  g = [1, var., 3]\n  h = x ? y\n  i = !\n  j = k[\n  l = 1\n}\n",
        expect![[r#"
            a {}
              b = var.foo.?
              c = ?
              d = (1 + ?)
              e = f(var.?, 2)
              g = [1, var.?, 3]
              h = (x ? y : ?)
              i = (!?)
              j = k[?]
              l = 1
            2: Invalid attribute name
            3: Invalid expression
            4: Invalid expression
            5: Invalid attribute name
            6: Invalid attribute name
            7: Missing false expression in conditional
            8: Invalid expression
            12: Missing close bracket on index
        "#]],
    );
    check(
        "a {\n  b = f(1, g(\n  c = 2\n}\nd = 1\n",
        expect![[r#"
            a {}
              b = f(1, g(?))
              c = 2
            d = 1
            3: Missing argument separator
        "#]],
    );
    check(
        "a {\n  b = (1 +\n}\nc {\n}\n",
        expect![[r#"
        a {}
          b = ((1 + ?))
        c {}
        3: Invalid expression
    "#]],
    );
    check(
        "a {\n  b = [1,\n  c = 2\n}\n",
        expect![[r#"
            a {}
              b = [1, ?]
              c = 2
            3: Missing item separator
        "#]],
    );
    check(
        "a = {\n  b = \n  c = 1\n  d e\n  f = g.\n  \"h\" = 2\n}\ni = 1\n",
        expect![[r#"
        a = {b = ?, c = 1, d = ?, f = g.?, "h" = 2}
        i = 1
        2: Invalid expression
        4: Missing key/value separator
        5: Invalid attribute name
    "#]],
    );
    check(
        "a = [for x in y : ]\nb = {for k, v in }\nc = [for\nd = 1\n",
        expect![[r#"
        a = [for x in y : ?]
        b = {for k, v in ? : ?}
        c = [for  in ? : ?]
        d = 1
        1: Invalid expression
        2: Invalid expression
        4: Invalid 'for' expression
    "#]],
    );
    check(
        "a = 1 2\nb = 3, c = 4\nd = e f {\n}\ng = 1\n",
        expect![[r#"
        a = 1
        b = 3
        d = e
        g = 1
        1: Missing newline after argument
        2: Unexpected comma after argument
        3: Missing newline after argument
    "#]],
    );
}

#[test]
fn a_brace_for_a_value_ends_no_block() {
    check(
        "a {\n  b = }\n  c = 1\n  d {\n    e = } f\n    g = 2\n  }\n}\nh = 3\n",
        expect![[r#"
            a {}
              b = ?
              c = 1
              d {}
                e = ?
                g = 2
            h = 3
            2: Invalid expression
            5: Invalid expression
        "#]],
    );
    // On the block's own line, and in an object, it does.
    check(
        "a { b = }\nc = {\n  d = }\ne {\n  f = [\n    g = }\n}\nh = 1\n",
        expect![[r#"
        a {}
          b = ?
        c = {d = ?}
        e {}
          f = [?]
          g = ?
        h = 1
        1: Invalid expression
        3: Invalid expression
        6: Missing item separator
        6: Invalid expression
    "#]],
    );
    check(
        "a {\n  b = }\nc {\n  d = 1\n}\n",
        expect![[r#"
        a {
          b = ?
        c {}
          d = 1
        2: Invalid expression
        1: Unclosed configuration block
    "#]],
    );
    check(
        "a \"x\" {\n  b = 1 + }\nc = 1\n",
        expect![[r#"
        a "x" {}
          b = (1 + ?)
        c = 1
        2: Invalid expression
    "#]],
    );
}

#[test]
fn a_carriage_return_alone_has_no_place_in_a_heredoc() {
    check(
        "a = <<E\nx\ry\r\n\r${1}\r\n  E\r\nb = 1\n",
        expect![[r#"
        a = "xy\r\n${1}\r\n"
        b = 1
        2: Invalid character
    "#]],
    );
}

#[test]
fn a_list_left_open_lacks_the_comma_before_the_next_argument() {
    check(
        "a = [1,\nb = 2\n",
        expect![[r#"
        a = [1, ?]
        b = 2
        2: Missing item separator
    "#]],
    );
    check(
        "a = f(1,\nb = 2\n",
        expect![[r#"
        a = f(1, ?)
        b = 2
        2: Missing argument separator
    "#]],
    );
    check(
        "a = [\nb \"x\" {\n}\n",
        expect![[r#"
        a = [?]
        b "x" {}
        2: Missing item separator
    "#]],
    );
}

#[test]
fn bytes_that_are_no_text_are_told_of_when_they_are_decoded() {
    check(
        "a = \u{fffd}\nb = 1 \u{fffd}\n\u{fffd}c = 1\n",
        expect![[r#"
        a = ?
        b = 1
        1: Invalid expression
        2: Missing newline after argument
        3: Argument or block definition required
    "#]],
    );
}

#[test]
fn half_typed_templates() {
    check(
        "a {\n  b = \"x\n  c = \"${\n  d = \"${var.\"\n  e = \"${var.x\n  f = \"y\"\n}\n",
        expect![[r#"
            a {}
              b = "x"?
              c = "${?}"?
              d = "${var.?}"?
              e = "${var.x}"?
              f = "y"
            2: Invalid multi-line string
            4: Invalid multi-line string
            2: Unterminated template string
            3: Invalid expression
            4: Invalid attribute name
            5: Unclosed template interpolation sequence
        "#]],
    );
    check(
        "a = \"${b.} c ${d e} f\"\ng = \"%{ if } x %{ endif } y %{ foo } z\"\nh = 1\n",
        expect![[r#"
        a = "${b.?} c ${d} f"
        g = "%{if ?} x %{endif} y  z"
        h = 1
        1: Invalid attribute name
        1: Extra characters after interpolation expression
        2: Invalid expression
        2: Invalid template control keyword
    "#]],
    );
    check(
        "a = <<EOT\nx ${b.} y\nEOT\nc = 1\n",
        expect![[r#"
        a = "x ${b.?} y\n"
        c = 1
        2: Invalid attribute name
    "#]],
    );
    check(
        "a {\n  b = <<EOT\nx\n}\nc {\n  d = 1\n}\n",
        expect![[r#"
        a {
          b = "x\n}\n"?
        c {}
          d = 1
        5: Unterminated template string
    "#]],
    );
}

#[test]
fn half_typed_items() {
    check(
        "run \"x\" {\n",
        expect![[r#"
        run "x" {
        1: Unclosed configuration block
    "#]],
    );
    check(
        "run \"x\" {\n\nrun \"y\" {\n  command = plan\n}\n",
        expect![[r#"
        run "x" {
        run "y" {}
          command = plan
        1: Unclosed configuration block
    "#]],
    );
    check(
        "run \"x\"\nrun\nvar\nrun \"y\" {\n  command = plan\n}\n",
        expect![[r#"
        run "x" 
        run ?
        var ?
        run "y" {}
          command = plan
        1: Invalid block definition
        2: Argument or block definition required
        3: Argument or block definition required
    "#]],
    );
    check(
        "run \"x\n  command = plan\n}\nrun \"y\" {\n}\n",
        expect![[r#"
        run "x" 
        command = plan
        run "y" {}
        1: Invalid multi-line string
        1: Invalid string literal
        3: Argument or block definition required
    "#]],
    );
    check(
        "run \"x\"\n{\n  command = plan\n}\n",
        expect![[r#"
        run "x" 
        1: Invalid block definition
        2: Argument or block definition required
    "#]],
    );
    check(
        "run \"x\" {\n  assert {\n    condition = true\n\n  command = plan\n}\n\n# next\nrun \"y\" {\n}\n",
        expect![[r#"
            run "x" {
              assert {}
                condition = true
                command = plan
            run "y" {}
            1: Unclosed configuration block
        "#]],
    );
    check(
        "run \"x\" { command = plan, b = 1 }\nrun \"y\" { command = plan\n  c = 1\n}\n",
        expect![[r#"
        run "x" {}
          command = plan
        run "y" {}
          command = plan
          c = 1
        1: Invalid single-argument block definition
        2: Invalid single-argument block definition
    "#]],
    );
    check(
        "run \"x\" {\n  comm\n  variables\n  plan_options {\n    mode\n  }\n  a = 1\n}\n",
        expect![[r#"
        run "x" {}
          comm ?
          variables ?
          plan_options {}
            mode ?
          a = 1
        2: Argument or block definition required
        3: Argument or block definition required
        5: Argument or block definition required
    "#]],
    );
    check(
        "a = 1\n}\nb = 2\n)\nc {\n}}\nd = 3\n",
        expect![[r#"
        a = 1
        b = 2
        c {}
        d = 3
        2: Argument or block definition required
        4: Argument or block definition required
        6: Missing newline after block definition
    "#]],
    );
    check(
        "\"a\" = 1\n(b) = 2\n{\n  c = 3\n}\nd = 4\n",
        expect![[r#"
        d = 4
        1: Invalid argument name
        2: Argument or block definition required
        3: Argument or block definition required
    "#]],
    );
    check(
        "a = [\n  1,\nb = 2\nc = {\nd = 3\n",
        expect![[r#"
            a = [1, ?]
            b = 2
            c = {? = ?}
            d = 3
            3: Missing item separator
            5: Invalid expression
        "#]],
    );
    check(
        "a.b = 1\nc[0] = 2\nd: 3\ne => 4\nf = 5\n",
        expect![[r#"
        a ?
        c ?
        d ?
        e ?
        f = 5
        1: Argument or block definition required
        2: Argument or block definition required
        3: Argument or block definition required
        4: Argument or block definition required
    "#]],
    );
    check(
        "a @ b\nc = `x`\nd = 'y'\ne = 1; f = 2\ng = 1\n",
        expect![[r#"
        a ?
        c = ?
        d = ?
        e = 1
        g = 1
        1: Invalid character
        2: Invalid character
        3: Invalid character
        4: Invalid character
        1: Argument or block definition required
        2: Invalid expression
        3: Invalid expression
        4: Missing newline after argument
    "#]],
    );
    check(
        "/* open\na = 1\nb {\n}\n",
        expect![[r#"
        a = 1
        b {}
        1: Argument or block definition required
    "#]],
    );
    check(
        "b {\n  c = 1\n  c = 2\n}\n",
        expect![[r#"
        b {}
          c = 1
        3: Attribute redefined
    "#]],
    );
}
