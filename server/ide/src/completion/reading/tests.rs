use super::*;

/// The cursor is at `$0`.
fn read_at(text: &str, start: Start) -> Reading {
    let (before, after) = text.split_once("$0").unwrap();
    read(before, after, start)
}

fn show(reading: &Reading) -> String {
    let path = |path: &[Segment]| {
        let names = path.iter().map(|segment| match segment {
            Segment::Name(name) => name.to_string(),
            Segment::Key(key) => format!("[{key}]"),
            Segment::Number(number) => format!("[{number}]"),
            Segment::Splat => "[*]".to_owned(),
            Segment::Index => "[]".to_owned(),
        });
        names.collect::<Vec<_>>().join(" ")
    };
    let show_operand = |operand: &Operand| match operand {
        Operand::Path(names) => path(names),
        Operand::Text(text) => format!("`{text}`"),
    };
    let at = match &reading.at {
        At::Nothing => "nothing".to_owned(),
        At::Name { path: names, first_of_list } => {
            let first = if *first_of_list { "first" } else { "" };
            format!("name {}{first}", path(names)).trim().to_owned()
        }
        At::Part { of, is_splat } => format!("{} of `{of}`", if *is_splat { "part of each" } else { "part" }),
        At::Function(namespace) => format!("function of {namespace}"),
        At::Index(names) => format!("key of {}", path(names)),
        At::Key { quoted, taken } => {
            format!("key{} beside [{}]", if *quoted { " in quotes" } else { "" }, taken.join(" "))
        }
        At::Text { whole } => if *whole { "text" } else { "part of text" }.to_owned(),
        At::Directive => "directive".to_owned(),
    };
    let steps = reading.steps.iter().map(|step| match step {
        Step::Like(operand) => format!(" ==({})", show_operand(operand)),
        Step::Key(key) => format!(" .{key}"),
        Step::Element(index) => format!(" [{index}]"),
        Step::Argument { function, index, first: None } => format!(" {function}({index})"),
        Step::Argument { function, index, first: Some(first) } => {
            format!(" {function}({index} behind {})", show_operand(first))
        }
        other => format!(" {other:?}"),
    });
    let bound = reading.bound.iter().map(|bound| {
        let of = bound.of.as_ref().map_or("?".to_owned(), show_operand);
        format!(" {}{} in {of}", bound.name, if bound.is_key { " (key)" } else { "" })
    });
    let (steps, bound): (String, String) = (steps.collect(), bound.collect());
    format!("{at};{steps};{bound}").trim_end_matches(';').to_owned()
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(show(&read_at(text, Start::Value)), expected, "{text}");
}

#[test]
fn names_and_what_is_in_front_of_them() {
    check(" $0", "name");
    check(" va$0r", "name");
    check(" run.$0", "name run");
    check(" run.set-up.ou$0t == 1", "name run set-up");
    check(" module.m[\"k.x\"].ou$0", "name module m [k.x]");
    check(" x.a[0][var.i].$0", "name x a [0] []");
    check(" x.a.*.$0", "name x a [*]");
    check(" x.a[*].$0", "name x a [*]");
    check(" x.0.$0", "name x [0]");
    check(" f(x).$0", "part of `f(x)`");
    check(" a == f(x[*])[0].b.$0", "part of `f(x[*])[0].b`; ==(a)");
    check(" f(x)[*].b.$0", "part of each of `f(x)[*].b`");
    check(" [[1, 2].$0", "part of `[1, 2]`; [0]");
    check(" g({ a = { b = 1 }.$0", "part of `{ b = 1 }`; g(0) .a");
    check(" 12$0", "nothing");
    check(" a-1$0", "name");
    check(" 1$0", "nothing");
    check(" 1.$0", "nothing");
    check(" \"text\".$0", "part of `\"text\"`");
    check(" var.x $0", "nothing");
    check(" var.x ab$0", "nothing");
    check(" provider::terraform::$0", "function of provider::terraform::");
    check(" x[$0]", "name; Any");
    check(" var.x[\"$0\"]", "key of var x; Any");
}

#[test]
fn texts_and_comments() {
    check(" \"a$0", "text");
    check(" \"a\"$0", "nothing");
    check(" \"a ${var.$0", "name var; Part");
    check(" \"${var.$0", "name var");
    check(" \"${a}${var.$0", "name var; Part");
    check(" \"a ${var.x} b$0", "part of text");
    check(" \"a $${$0", "text");
    check(" \"\\\"$0", "text");
    check(" <<E\n  x ${local.$0\nE\n", "name local; Part");
    check(" <<E\n  x $0\nE\n", "text");
    check(" \"%{ $0", "directive; Any");
    check(" \"%{ if $0", "name; Bool");
    check(" \"%{ for x in var.list }${x.$0", "name x; Part; x in var list");
    check(" \"%{ for x in var.list }%{ endfor }${x.$0", "name x; Part");
    check(" [ # note$0", "nothing; [0]");
    check(" [ # note\n$0", "name first; [0]");
    check(" [ // note$0", "nothing; [0]");
    check(" /* a$0 */", "nothing; Number");
    assert_eq!(show(&read_at("a ${run.x.$0", Start::Template)), "name run x; Part");
    assert_eq!(show(&read_at("a $0b", Start::Template)), "text");
    let reading = read_at(" \"./mod$0ules\" # x", Start::Value);
    assert_eq!((reading.left, reading.right), (5, 4));
}

#[test]
fn collections_and_calls() {
    check(" { $0", "key beside []");
    check(" { a = $0", "name; .a");
    check(" { a = 1, $0", "key beside [a]");
    check(" { a = 1 $0", "nothing; .a");
    check(" {\n a = 1\n b$0", "key beside [a]");
    check(" {\n a = 1\n \"b$0\"", "key in quotes beside [a]");
    check(" { \"a\" = { b : $0", "name; .a .b");
    check(" { (x) = $0", "name; [0]");
    check(" {\n a =\n $0", "name; .a");
    check(" [$0", "name first; [0]");
    check(" [a, b$0", "name; [1]");
    check(" [\n a\n $0", "name; [1]");
    check(" length(var.$0", "name var; length(0)");
    check(" f(a, [$0", "name first; f(1 behind a) [0]");
    check(" f(a + b, g(c)[0].x, $0", "name; f(2 behind `a + b`)");
    check(" (1 + $0", "name; Number");
    check(" core::max(1, $0", "name; core::max(1 behind `1`)");
    check(" f(<<E\nmax(\nE\n, $0", "name; f(1 behind `<<E\nmax(\nE\n`)");
}

#[test]
fn operators_say_what_they_take() {
    check(" var.a == $0", "name; ==(var a)");
    check(" !$0", "name; Bool");
    check(" a == b && $0", "name; Bool");
    check(" a && var.b != $0", "name; ==(var b)");
    check(" f(x) == $0", "name; ==(`f(x)`)");
    check(" a ? $0", "name; Branch");
    check(" a ? b : $0", "name; Branch");
    check(" { x = a ? b : $0", "name; .x Branch");
    check(" [for x in y : a ? b : $0", "name; [0] Branch; x in y");
    check(" -$0", "name; Number");
    check(" a -$0b", "name; Number");
    check(" 2-$0", "name; Number");
    check(" a > $0", "name; Number");
    check(" [a == $0", "name; [0] ==(a)");
}

#[test]
fn for_expressions_bind_names() {
    check(" [for $0", "nothing; Any");
    check(" [for x in $0", "name; Any; x in ?");
    check(" [for x in var.list : $0", "name; [0]; x in var list");
    check(" [for x in var.list : x.$0", "name x; [0]; x in var list");
    check(" { for k, v in local.m : $0", "name; Any; k (key) in local m v in local m");
    check(" { for k, v in local.m : k => $0", "name; [0]; k (key) in local m v in local m");
    check(" [for x in f(y) : x if $0", "name; Bool; x in `f(y)`");
    check(" [for x in a : [for y in x.b : y.$0", "name y; [0] [0]; x in a y in x b");
}
