//! The JSON profile: Terraform's words for faulty texts (`data/record_json.py`), and what is kept of them.

use serde_json::Value;
use syntax::ast::{Conditional, Expr, ExprKind, TemplatePart};
use syntax::{Chunk, Diagnostic, Document, FileName, Sequence, Span, context_at, parse_body};

fn file() -> FileName {
    FileName::new("main.tf.json")
}

fn root(text: &str) -> Expr {
    parse_body(&file(), text).tree.json.expect("a JSON body").value
}

#[test]
fn says_what_terraform_says() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("data/recorded_json.json")).unwrap();
    assert!(cases.len() >= 100);
    let mut wrong = Vec::new();
    for case in &cases {
        let text = case["text"].as_str().unwrap();
        let expected: Vec<String> =
            case["diagnostics"].as_array().unwrap().iter().map(|said| recorded(said, text)).collect();
        let found: Vec<String> = parse_body(&file(), text).diagnostics.iter().map(shown).collect();
        if expected != found {
            wrong.push(format!("{text:?}\n  terraform {expected:#?}\n  runblock {found:#?}"));
        }
        assert_eq!(Document::new(file(), text).diagnostics().len(), found.len());
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// Terraform takes a stray character for as many as it has bytes; a span of ours covers whole characters.
fn recorded(said: &Value, source: &str) -> String {
    let text = |key: &str| said[key].as_str().expect("a recorded text").to_owned();
    let place = |key: &str| said[key].as_u64().and_then(|at| usize::try_from(at).ok()).expect("a place");
    let start = (0..=place("start")).rev().find(|&at| source.is_char_boundary(at)).unwrap_or(0);
    let end = (place("end")..source.len()).find(|&at| source.is_char_boundary(at)).unwrap_or(place("end"));
    format!("{start}..{end} {} | {}", text("summary"), text("detail"))
}

fn shown(diagnostic: &Diagnostic) -> String {
    let span = diagnostic.subject.as_ref().map(|subject| subject.span).expect("syntax faults have a place");
    let end = span.end.max(span.start + 1);
    format!("{}..{end} {} | {}", span.start, diagnostic.summary, diagnostic.detail)
}

/// The keys of an object with the kinds of their values, as far as they were read.
fn outline(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Missing => "?".to_owned(),
        ExprKind::Object(items) => {
            let items = items.iter().map(|item| {
                let key = item.key.as_json_text().map_or("?", |key| &key.text);
                format!("{key}: {}", outline(&item.value))
            });
            format!("{{{}}}", items.collect::<Vec<_>>().join(", "))
        }
        ExprKind::Tuple(items) => format!("[{}]", items.iter().map(outline).collect::<Vec<_>>().join(", ")),
        ExprKind::JsonString(string) => format!("{:?}", string.text.text),
        ExprKind::Number(text) => text.to_string(),
        ExprKind::Bool(value) => value.to_string(),
        _ => "null".to_owned(),
    }
}

#[test]
fn what_is_half_typed_leaves_the_rest() {
    let kept = |text: &str| outline(&root(text));
    assert_eq!(
        kept(r#"{"run": {"a": {"command": , "x": 1}, "b": {}}}"#),
        "{run: {a: {command: ?, x: 1}, b: {}}}"
    );
    assert_eq!(kept(r#"{"run": {"a": {"comm"}, "b": {}}}"#), "{run: {a: {comm: ?}, b: {}}}");
    assert_eq!(kept("{\"run\": {\"a\": {\"comm\n \"x\": 1}, \"b\": {}}}"), "{run: {a: {?: ?, x: 1}, b: {}}}");
    assert_eq!(kept("{\"run\": {\"a\": {\"x\": \"pl\n}, \"b\": {}}}"), "{run: {a: {x: ?}, b: {}}}");
    assert_eq!(kept("{\"a\":\n\"b\": 2}"), "{a: ?, b: 2}");
    assert_eq!(kept(r#"{"a": [1, {"b": 2], "c": 3}"#), "{a: [1, {b: 2}], c: 3}");
    assert_eq!(kept(r#"{"a": {"b": [1}, "c": 3}"#), "{a: {b: [1]}, c: 3}");
    assert_eq!(kept(r#"{"a": {"b": [1, "c": 3}"#), "{a: {b: [1, \"c\", ?, 3]}}");
    assert_eq!(kept(r#"{"a": 1 "b" = 2, c: 3, "d": @, "e": 5,}"#), "{a: 1, b: 2, d: ?, e: 5}");
    assert_eq!(kept(r#"} {"a": 1}"#), "{a: 1}");
    assert_eq!(kept("\u{feff}{\"a\": 1}"), "{a: 1}");
}

#[test]
fn expressions_in_strings_have_their_places_in_the_source() {
    let text = r#"{"a": "\u00e9\n${var.x == \"é\" ? \"\\\\\" : [for k in b : k]}%{ if c.d }y%{ endif }"}"#;
    let value = root(text);
    let ExprKind::Object(items) = &value.kind else { panic!("an object") };
    let ExprKind::JsonString(string) = &items[0].value.kind else { panic!("a string") };
    let at = |span: Span| span.text(text);
    let [
        TemplatePart::Literal { span: first, .. },
        TemplatePart::Interpolation { expr, span },
        TemplatePart::If(directive),
    ] = &*string.parts
    else {
        panic!("{:#?}", string.parts)
    };
    assert_eq!(at(*first), r"\u00e9\n");
    assert_eq!(at(*span), r#"${var.x == \"é\" ? \"\\\\\" : [for k in b : k]}"#);
    assert_eq!(at(directive.condition.span), "c.d");
    let ExprKind::Conditional(conditional) = &expr.kind else { panic!("{expr:#?}") };
    let Conditional { condition, then, otherwise, .. } = &**conditional;
    assert_eq!(at(condition.span), r#"var.x == \"é\""#);
    assert_eq!(at(then.span), r#"\"\\\\\""#);
    assert_eq!(at(otherwise.span), "[for k in b : k]");
}

#[test]
fn references_in_strings_have_their_places_in_the_source() {
    let text = r#"["terraform_data.a[\"x\"].b"]"#;
    let value = root(text);
    let ExprKind::Tuple(items) = &value.kind else { panic!("an array") };
    let parsed = items[0].as_json_text().expect("a string").expression(&file());
    assert_eq!(parsed.diagnostics, []);
    assert_eq!(parsed.tree.span.text(text), r#"terraform_data.a[\"x\"].b"#);
}

#[test]
fn faults_of_templates_stay_with_the_string() {
    let parsed = parse_body(&file(), r#"{"a": "${x y}"}"#);
    assert_eq!(parsed.diagnostics, []);
    let value = parsed.tree.json.expect("a JSON body").value;
    let ExprKind::Object(items) = &value.kind else { panic!("an object") };
    let found = &items[0].value.as_json_text().expect("a string").diagnostics;
    assert_eq!(found[0].summary, "Extra characters after interpolation expression");
    assert_eq!(found[0].subject.as_ref().unwrap().span, Span::new(11, 12));
}

#[test]
fn context_is_the_path() {
    let text = r#"{"run": {"a": {"assert": [{"x": 1}, {"y": 2}]}}, "z": 3}"#;
    let body = parse_body(&file(), text).tree;
    let path = |needle: &str| context_at(&body, u32::try_from(text.find(needle).unwrap()).unwrap());
    assert_eq!(path("2").as_deref(), Some("run.a.assert[1]"));
    assert_eq!(path("\"assert").as_deref(), Some("run.a"));
    assert_eq!(path("3"), None);
}

#[test]
fn faults_beyond_counting_are_not_listed() {
    let many = format!("[{}1]", "{\"a\" 1},\n".repeat(20_000));
    assert_eq!(parse_body(&file(), &many).diagnostics.len(), 100);
}

#[test]
fn deep_text_is_refused() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
        for end in [true, false] {
            let mut text = open.repeat(100_000);
            text.push('1');
            if end {
                text.push_str(&close.repeat(100_000));
            }
            let parsed = parse_body(&file(), &text);
            let said: Vec<&str> = parsed.diagnostics.iter().map(|it| it.summary.as_str()).collect();
            assert_eq!(said, ["Nesting too deep"]);
        }
    }
}

/// After every edit the document is what a fresh one would be.
#[test]
fn an_edit_reads_again() {
    let mut document = Document::new(file(), "{\"a\": 1}");
    document.edit(Span::new(6, 7), "\"${x}\"");
    assert_eq!(document.text(), "{\"a\": \"${x}\"}");
    assert_eq!(document.chunks().len(), 1);
    let fresh = Document::new(file(), &document.text());
    let bodies =
        |document: &Document| document.chunks().map(|(_, chunk)| chunk.body.clone()).collect::<Vec<_>>();
    assert_eq!(bodies(&document), bodies(&fresh));
    document.edit(Span::new(0, 13), "");
    assert_eq!(document.diagnostics()[0].summary, "Missing value");
}

/// Members are where they are in the whole text, and one that has stayed the same is the same.
#[test]
fn members_stay_when_others_are_edited() {
    let text = |b: &str| {
        format!(
            "{{\"x\": 1, \"m\": {{\n \"a\": {{\"v\": \"${{y}}\"}},\n \"b\": {b},\n \"c\": [] }} , \"z\": 2}}\n"
        )
    };
    let known = Sequence::default();
    let mut document = Document::new(file(), &text("3"));
    let first = document.members("m", &known).unwrap();
    let texts =
        |sequence: &Sequence<Chunk>| sequence.iter().map(|it| it.text.to_string()).collect::<Vec<_>>();
    let pieces = [
        "{\"x\": 1, \"m\": {\n ",
        "\"a\": {\"v\": \"${y}\"},\n ",
        "\"b\": 3,\n ",
        "\"c\": []",
        " } , \"z\": 2}\n",
    ];
    assert_eq!(texts(&first), pieces);
    let at = document.text().find('3').unwrap() as u32;
    document.edit(Span::new(at, at + 1), "{\"w\": 44}");
    let second = document.members("m", &first).unwrap();
    assert_eq!(texts(&second).concat(), document.text());
    assert_eq!(first.common(&second), (2, 2));
    let fresh = document.members("m", &known).unwrap();
    assert!(second.iter().eq(fresh.iter()));
    for other in [
        "{\"m\": {}}",
        "{\"m\": []}",
        "{\"m\": {\"a\": 1}, \"m\": {\"b\": 2}}",
        "{\"m\": {\"a\": }}",
        "[]",
        "",
    ] {
        assert!(Document::new(file(), other).members("m", &first).is_none(), "{other}");
    }
}

/// However a text is edited, its members are those of a text that is read as a whole, and no more is read again than the
/// one that an edit is in.
#[test]
fn an_edit_of_a_member_reads_that_member() {
    let member = |n: usize| format!("  \"r{n}\": {{\"v\": [\"${{x.y{n}}}\", {n}], \"w\": {{\"é\": null}}}}");
    let members = |count: usize| (0..count).map(member).collect::<Vec<_>>().join(",\n");
    let text =
        |count: usize| format!("{{\"a\": 1, \"m\": {{\n{}\n}}, \"z\": {{\"b\": 2}}}}\n", members(count));
    let pieces =
        ["x", "\"", "{", "}", "[]", ",", " ", "\n", "", "", "\"k\": 1,", "null", "${", "1", "r2", "\\"];
    let mut random = 11_u64;
    let mut below = |end: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % end.max(1)
    };
    let known = Sequence::default();
    let mut kept = 0;
    for _ in 0..200 {
        let mut document = Document::new(file(), &text(5));
        document.members("m", &known).unwrap();
        for _ in 0..8 {
            let start = below(document.len() as usize + 1);
            let end = start + below(3);
            let before = document.members("m", &known);
            let stats = document.edit(Span::new(start as u32, end as u32), pieces[below(pieces.len())]);
            let fresh = Document::new(file(), &document.text());
            let (now, expected) = (document.members("m", &known), fresh.members("m", &known));
            assert_eq!(now.is_some(), expected.is_some(), "{}", document.text());
            if let (Some(now), Some(expected)) = (&now, &expected) {
                assert!(now.iter().eq(expected.iter()), "{}", document.text());
            }
            if let (Some(before), Some(now)) = (before, now)
                && stats.relexed_bytes < 100
            {
                kept += 1;
                let (front, back) = before.common(&now);
                assert_eq!((front + back + 1, before.len()), (now.len(), now.len()));
            }
            assert_eq!(document.diagnostics(), fresh.diagnostics());
            assert!(document.sequence().iter().eq(fresh.sequence().iter()));
        }
    }
    assert!(kept > 50, "{kept}");
    for count in [10, 1000] {
        let mut document = Document::new(file(), &text(count));
        document.members("m", &known).unwrap();
        let at = document.text().find("y7").unwrap() as u32;
        assert!(document.edit(Span::at(at), "z").relexed_bytes < 60);
    }
}

/// No cut of a text makes reading fail, and no span leaves the text.
#[test]
fn every_prefix_can_be_read() {
    let text = r#"{"a": ["\ud83d\ude00${b["c"]}\n", -1.5e+3, null, {"d": true}], "é": "%{ for x in y }z%{ endfor }"}"#;
    for (end, _) in text.char_indices() {
        for tail in ["", "}", "]", "\"", ",", "\\"] {
            let text = format!("{}{tail}", &text[..end]);
            let body = parse_body(&file(), &text).tree;
            let value = body.json.expect("a JSON body").value;
            assert!(value.span.end as usize <= text.len());
        }
    }
}
