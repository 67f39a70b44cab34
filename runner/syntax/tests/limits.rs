//! Bad input: never a panic, never a stack overflow, and it comes back.

use syntax::{Document, FileName, MAX_NESTING, parse_body, parse_expression, parse_template};

/// Parses everything in every way, clones, compares and drops the trees, on a test thread's own small stack.
fn survives(text: &str) -> Vec<String> {
    let file = FileName::new("a.hcl");
    let body = parse_body(&file, text);
    assert_eq!(body.clone(), body);
    let document = Document::new(file.clone(), text);
    drop(document.clone());
    drop(document);
    parse_expression(&file, text);
    parse_template(&file, text);
    body.diagnostics.into_iter().map(|one| one.summary).collect()
}

/// `open` repeated, `middle`, `close` repeated: fine up to the limit, one clear message beyond it.
fn nested(open: &str, middle: &str, close: &str) {
    let build = |levels: usize| format!("a = {}{middle}{}\n", open.repeat(levels), close.repeat(levels));
    assert_eq!(survives(&build(1000)), [""; 0], "{open}");
    let found = survives(&build(10_000));
    assert_eq!(found.first().map(String::as_str), Some("Nesting too deep"), "{open} {:?}", found.first());
    assert!(found.len() < 5, "{open}: {} diagnostics", found.len());
    survives(&format!("a = {}", open.repeat(10_000)));
    survives(&format!("a = {}", close.repeat(10_000)));
}

#[test]
fn nested_brackets() {
    nested("(", "1", ")");
    nested("[", "1", "]");
    nested("{a=", "1", "}");
    nested("f(", "1", ")");
    nested("a[", "1", "]");
    nested("[for x in y : ", "1", "]");
}

#[test]
fn nested_operators() {
    nested("!", "true", "");
    nested("-", "1", "");
    nested("a ? b : ", "c", "");
    nested("a ? ", "b", " : c");
    nested("", "a", "+1");
    nested("", "a", ".b");
    nested("", "a", "[0]");
    nested("", "a", "[*]");
    nested("", "a.*", ".b");
    nested("1+(", "1", ")");
}

#[test]
fn nested_templates() {
    nested("\"${", "1", "}\"");
}

#[test]
fn nested_directives() {
    let build =
        |levels: usize| format!("a = \"{}x{}\"\n", "%{if a}".repeat(levels), "%{endif}".repeat(levels));
    assert_eq!(survives(&build(1000)), [""; 0]);
    assert_eq!(survives(&build(10_000)).first().map(String::as_str), Some("Nesting too deep"));
}

#[test]
fn nested_blocks() {
    let build = |levels: usize| format!("{}{}", "a {\n".repeat(levels), "}\n".repeat(levels));
    assert_eq!(survives(&build(1000)), [""; 0]);
    let found = survives(&build(10_000));
    assert_eq!(found, ["Nesting too deep"]);
    survives(&"a {\n".repeat(10_000));
    survives(&"a { b = [{(".repeat(10_000));
    survives(&"a = <<EOT\n${".repeat(10_000));
}

/// Chains inside the first operands of chains: their heights add up, though few levels are open at any time.
#[test]
fn heights_that_add_up() {
    let mut text = "a = ".to_owned();
    text.push_str(&"(".repeat(900));
    text.push('1');
    for _ in 0..900 {
        text.push_str(&"+1".repeat(900));
        text.push(')');
    }
    text.push('\n');
    let found = survives(&text);
    assert!(found.contains(&"Nesting too deep".to_owned()));
    assert_eq!(MAX_NESTING, 1024);
}

#[test]
fn meaningless_bytes() {
    let nul = "\0".repeat(300_000);
    assert!(survives(&nul).len() < 5);
    assert!(survives(&"\0\u{1}".repeat(30_000)).len() < 200);
    survives(&"\u{fffd}\n".repeat(30_000));
    let mut state = 1_u32;
    for _ in 0..200 {
        let bytes: Vec<u8> = (0..2000)
            .map(|_| {
                state = state.wrapping_mul(1_103_515_245).wrapping_add(12345);
                (state >> 16) as u8
            })
            .collect();
        survives(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn long_lines_and_many_unclosed_things() {
    for unit in [
        "x", "1", " ", "\"", "a ", "/*", "*/", "<<", "<<E", "${", "\"${", "a.", "$", "\\", "{", "a=", "[a,",
        "#",
    ] {
        survives(&unit.repeat(300_000 / unit.len()));
    }
    for unit in [
        "a {\n",
        "a = [\n",
        "a = \"\n",
        "a = <<EOT\n",
        "\n",
        "\r",
        "a b\n",
        "a = (\n\n",
        "a = f(1 2\n",
        "}\n",
        "a = {\n",
    ] {
        survives(&unit.repeat(100_000 / unit.len()));
    }
    survives(&format!("a = \"{}\"\n", "x".repeat(10_000_000)));
}
