//! Layout of parts of a text. Whole texts are replayed from recordings, in `tests/conformance`.

use expect_test::{Expect, expect};
use syntax::{Document, FileName, Span, apply_edits, format, format_on_type, format_range};

/// The text without its `|`, and where that was.
fn cursor(marked: &str) -> (String, u32) {
    let at = marked.find('|').expect("the test says where the cursor is");
    (marked.replacen('|', "", 1), at as u32)
}

/// What becomes of the text when `typed` was typed before the `|`; blank space at line ends is shown as `·`.
#[track_caller]
fn typed(typed: char, marked: &str, expected: Expect) {
    let (text, offset) = cursor(marked);
    let document = Document::new(FileName::new("a.tf"), &text);
    let after = apply_edits(&text, &format_on_type(&document, offset, typed));
    let lines = after.lines().map(|line| {
        let solid = line.trim_end_matches(' ');
        format!("{solid}{}\n", "·".repeat(line.len() - solid.len()))
    });
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn a_newline_lays_out_the_line_above_with_its_neighbours() {
    typed(
        '\n',
        "run \"a\" {\n  x = {\n    long_name=1\n    b=2\n|\n    c         = 3\n  }\n  d=4\n}\n",
        expect![[r#"
            run "a" {
              x = {
                long_name = 1
                b         = 2
            ····
                c         = 3
              }
              d=4
            }
        "#]],
    );
}

#[test]
fn a_newline_indents_what_is_half_typed() {
    typed(
        '\n',
        "run \"a\" {\n|\nrun \"b\" {\n  x = 1\n}\n",
        expect![[r#"
            run "a" {
            ··
            run "b" {
              x = 1
            }
        "#]],
    );
    typed(
        '\n',
        "a {\n  b = f([\n|",
        expect![[r#"
            a {
              b = f([
            ····
        "#]],
    );
    typed(
        '\n',
        "a {\n    b=\n|\n}\n",
        expect![[r#"
            a {
                b=
            ··
            }
        "#]],
    );
    typed(
        '\n',
        "a {\n|}\n",
        expect![[r#"
            a {
            }
        "#]],
    );
    typed(
        '\n',
        "a {\n}\n   |",
        expect![[r#"
            a {
            }
        "#]],
    );
}

#[test]
fn a_newline_in_a_heredoc_or_comment_is_left_alone() {
    typed(
        '\n',
        "a {\n  b = <<EOT\nx\n|\nEOT\n}\n",
        expect![[r#"
            a {
              b = <<EOT
            x

            EOT
            }
        "#]],
    );
    typed(
        '\n',
        "a {\n  /* x\n|\n */\n}\n",
        expect![[r#"
            a {
              /* x

             */
            }
        "#]],
    );
}

#[test]
fn a_brace_lays_out_what_it_closes() {
    typed(
        '}',
        "a {\nb=1\nc {\nd=\"${e}\"\nff=2\n}|\n}\n",
        expect![[r#"
            a {
            b=1
              c {
                d  = "${e}"
                ff = 2
              }
            }
        "#]],
    );
    typed(
        '}',
        "a {\n  b {\n    c=1\n    }|\n",
        expect![[r#"
            a {
              b {
                c=1
              }
        "#]],
    );
    // The brace of an interpolation closes nothing that is laid out.
    typed(
        '}',
        "a {\nb=\"${c}|\"\n}\n",
        expect![[r#"
            a {
            b="${c}"
            }
        "#]],
    );
}

#[test]
fn a_range_is_laid_out_with_its_blocks() {
    let text = "a {\nb=1\n}\nc {\nd=\n}\ne=1\nlong=2\nf {\ng=\"${h}\"\n}\n";
    let document = Document::new(FileName::new("a.tf"), text);
    let formatted = |from: &str, to: &str| {
        let at = |needle: &str| text.find(needle).expect("it is in the text") as u32;
        apply_edits(text, &format_range(&document, Span::new(at(from), at(to))))
    };
    // The broken block in the middle is left alone.
    expect![[r#"
        a {
          b = 1
        }
        c {
        d=
        }
        e    = 1
        long=2
        f {
        g="${h}"
        }
    "#]]
    .assert_eq(&formatted("b=1", "long"));
    expect![[r#"
        a {
        b=1
        }
        c {
        d=
        }
        e=1
        long=2
        f {
          g = h
        }
    "#]]
    .assert_eq(&formatted("${h}", "${h}"));
}

#[test]
fn edits_are_small() {
    let text = "a {\n  b   = 1\n  ccc = 2 # é\n  d = \"${e}\"\n}\n";
    let edits = format(&FileName::new("a.tf"), text).edits;
    let shown: Vec<String> =
        edits.iter().map(|edit| format!("{:?} {:?}", edit.span, edit.new_text)).collect();
    assert_eq!(shown, ["32..32 \"  \"", "35..38 \"\"", "39..41 \"\""]);
}
