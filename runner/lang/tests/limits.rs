//! Absurd input: what would take all memory or all time ends with Terraform's own error, or one that names the limit.

mod support;

use lang::{Dialect, Value, render};
use support::answer;

#[track_caller]
fn check(rows: &[(&str, &str)]) {
    for (expression, want) in rows {
        let got = answer(expression, Dialect::opentofu(11, 0));
        let shown: String = got.chars().take(400).collect();
        assert!(got.contains(want), "{expression}: {shown}");
    }
}

/// One long name makes every line of its group as long.
#[test]
fn a_long_name_among_many() {
    let many = (0..1000).map(|index| format!("k{index}")).chain(["k".repeat(1 << 20)]);
    let value = Value::object(many.map(|name| (name.into(), Value::from(true))).collect());
    assert_eq!(render::hcl_expression(&value, 64 << 20), None);
}

#[test]
fn texts() {
    check(&[
        (r#"format("%9999999999s", "x")"#, "limit of 67108864 bytes"),
        (r#"format("%.99999999999999999999f", 1)"#, "limit of 67108864 bytes"),
        (r#"format("%.999999999f", 1)"#, "limit of 67108864 bytes"),
        (r#"format("%999999999d", 1)"#, "limit of 67108864 bytes"),
        (r#"format("%*s", 1000000000000, "x")"#, "unrecognized format character '*'"),
        (r#"format("%.1000000000e", 1/3)"#, "limit of 67108864 bytes"),
        (r#"format("%[99999999999999999999]d", 1)"#, "argument"),
        (r#"formatlist("%99999999s", range(1000))"#, "limit of 67108864 bytes"),
        (r#"formatlist("%9999999s", range(1000))"#, "limit of 67108864 bytes"),
        (r#"indent(99999999999, "a\nb")"#, "limit of 67108864 bytes"),
        (r#"indent(1000000000, file("megabyte.txt"))"#, "777"),
        (r#"replace(format("%999999s", ""), " ", format("%99s", ""))"#, "limit of 67108864 bytes"),
        (r#"replace(format("%999999s", ""), "/ /", format("%99s", ""))"#, "limit of 67108864 bytes"),
        (r#"replace(file("megabyte.txt"), "", format("%999s", ""))"#, "limit of 67108864 bytes"),
        (r#"join(format("%9999999s", ""), range(100))"#, "limit of 67108864 bytes"),
        (r#"join(format("%999999s", ""), [for i in range(1000) : format("%999999s", "")])"#, "limit"),
        (r#"split("", format("%9999999s", ""))"#, "limit of 1048576 elements"),
        (r#"length(strrev(file("megabyte_of_marks.txt")))"#, "400000"),
        (r#"substr(file("megabyte_of_marks.txt"), 399998, 1)"#, "é"),
        (r#"substr(file("megabyte_of_marks.txt"), -1, 1)"#, "x"),
        (r#"length(upper(title(file("megabyte_of_marks.txt"))))"#, "400000"),
        (r#"substr("a", -9223372036854775807, 9223372036854775807)"#, "a"),
        (r#"file("large.txt")"#, "limit of 67108864 bytes"),
        (r#"filesha256("large.txt")"#, "limit of 67108864 bytes"),
        (r#"base64encode(file("large.txt"))"#, "limit of 67108864 bytes"),
        (r#"length(base64gzip(file("megabyte_of_marks.txt")))"#, "2008"),
        (r#"textencodebase64(format("%26666666s", ""), "UTF-16LE")"#, "limit of 67108864 bytes"),
        (r#"urlencode(format("%66666666s", ""))"#, "limit of 67108864 bytes"),
        (r#"jsonencode(replace(format("%16666666s", ""), " ", "<"))"#, "limit of 67108864 bytes"),
        (r#"yamlencode(replace(format("%20000000s", ""), " ", "\u0001"))"#, "limit of 67108864 bytes"),
    ]);
}

#[test]
fn collections() {
    check(&[
        ("setproduct(range(1000), range(1000), range(1000))", "limit of 1048576 elements"),
        ("range(1000000000)", "more than 1024 values"),
        ("range(0, 1e12)", "more than 1024 values"),
        ("range(0, 1e400)", "more than 1024 values"),
        ("range(0, 1, 1e-400)", "more than 1024 values"),
        ("range(0, -1e12, -1)", "more than 1024 values"),
        ("chunklist([1], 9223372036854775807)", "tolist"),
        ("element([1], 9223372036854775807)", "1"),
        ("length(concat([for i in range(100) : range(1000)]...))", "100000"),
        ("flatten([for i in range(100) : [for j in range(100) : range(200)]])", "limit"),
        ("length(setunion([for i in range(20) : toset(range(1000))]...))", "1000"),
        ("transpose({ for i in range(50) : i => [for j in range(50) : tostring(j)] })[\"1\"][0]", "0"),
        ("zipmap([for i in range(1000) : i], range(1000))[\"999\"]", "999"),
        (
            r#"csvdecode("a\n${join("\n", [for i in range(1000) : join(",", range(100))])}")"#,
            "wrong number of fields",
        ),
        (r#"regexall("", format("%1999999s", ""))"#, "limit of 1048576 elements"),
        (r#"fileset(".", "**")"#, "limit"),
        (r#"fileset(".", "*/*/*/*/*/*/*/*/f1")"#, "d/d/d/d/d/d/d/d/f1"),
    ]);
}

#[test]
fn patterns() {
    check(&[
        (r#"regex("(\\pL{1000})(\\pL{1000})(\\pL{1000})", "x")"#, "expression too large"),
        (r#"regex(format("%s%s", format("%0999s", ""), "a{1001}"), "x")"#, "invalid repeat count"),
        (r#"regex(replace(format("%999s", ""), " ", "("), "x")"#, "nests too deeply"),
        (r#"regex(replace(format("%99999s", ""), " ", "("), "x")"#, "nests too deeply"),
        (r#"regex("(x{1000}){1000}", "x")"#, "invalid repeat count"),
        (r#"regexall("(a*)*b", replace(format("%99999s", ""), " ", "a"))"#, "[]"),
        (r#"can(regex("(a|a)*(a|a)*(a|a)*b", replace(format("%99999s", ""), " ", "a")))"#, "false"),
        (r#"regexall("(?:.*,){20}x", replace(format("%9999s", ""), " ", "a,"))"#, "[]"),
        (r#"regex(file("patterns.txt"), "word1")"#, "word1"),
        (r#"replace(file("megabyte.txt"), "/(7*)*8/", "x") == file("megabyte.txt")"#, "true"),
    ]);
}

#[test]
fn documents() {
    check(&[
        (r#"jsondecode(replace(format("%99999s", ""), " ", "["))"#, "exceeded max depth"),
        (r#"jsondecode(file("nested.json"))"#, "exceeded max depth"),
        (r#"yamldecode(file("nested.yaml"))"#, "limit of 255 levels"),
        (r#"yamldecode(file("bomb.yaml"))"#, "limit of 1048576 elements"),
        (r#"yamldecode(join("", [for i in range(1024) : "["]))"#, "limit of 255 levels"),
        (r#"yamldecode(join("", [for i in range(1024) : "- "]))"#, "limit of 1000 levels"),
        (
            r#"templatefile("self.tftpl", {})"#,
            "cannot recursively call templatefile from inside another template function",
        ),
        (r#"templatefile("nested.tftpl", {})"#, "((((("),
        (
            r#"length(jsonencode(jsondecode("${join("", [for i in range(450) : "["])}${join("", [for i in range(450) : "]"])}")))"#,
            "900",
        ),
        (
            r#"length(yamlencode(jsondecode("${join("", [for i in range(450) : "["])}${join("", [for i in range(450) : "]"])}"))) > 1"#,
            "true",
        ),
    ]);
}

#[test]
fn numbers() {
    check(&[
        ("pow(2, 1e9)", "+Inf"),
        ("pow(2, 1e18)", "+Inf"),
        ("1e999999999", "+Inf"),
        ("1e999999999 + 1", "+Inf"),
        ("1e-999999999 * 2", "0"),
        ("1e999999999999999999999", "Failed to recognize the value of this number literal"),
        ("length(tostring(1e70000))", "70001"),
        ("1e100000", "at most"),
        ("1e999999999 % 7", "Operation failed"),
        ("floor(1e999999999)", "+Inf"),
        ("1e999999999 == 1e999999998", "true"),
        (r#"tonumber("1e999999999")"#, "+Inf"),
        (r#"jsondecode("1e999999999")"#, "+Inf"),
        (r#"yamldecode("1e999999999")"#, "+Inf"),
        (r#"parseint(file("megabyte.txt"), 10)"#, "at most 100000 digits"),
        (r#"parseint(format("%09999999d", 1), 10)"#, "at most 100000 digits"),
        (r#"parseint("${substr(file("megabyte.txt"), 0, 20000)}", 10) > 1"#, "true"),
        (r#"tonumber(file("megabyte.txt"))"#, "cannot convert"),
        (r#"cidrsubnet("10.0.0.0/8", 99999999, 1)"#, "insufficient address space"),
        (r#"cidrsubnet("10.0.0.0/8", 1000000000, 1)"#, "insufficient address space"),
        (r#"cidrsubnet("10.0.0.0/8", 8, 1e1000)"#, "does not accommodate"),
        (r#"cidrhost("10.0.0.0/8", 1e1000)"#, "does not accommodate"),
        (r#"cidrhost("10.0.0.0/8", 1e70000)"#, "does not accommodate"),
        (
            r#"cidrsubnets("10.0.0.0/8", flatten([for i in range(1000) : [for j in range(100) : 16]])...)"#,
            "not enough remaining address space",
        ),
        (r#"timeadd("9999-12-31T23:59:59Z", "2540400h")"#, "10289-10-21T23:59:59Z"),
        (r#"timeadd("2017-11-22T00:00:00Z", "99999999999999999999h")"#, "invalid duration"),
        (r#"timeadd("2017-11-22T00:00:00Z", "9223372036854775807h")"#, "invalid duration"),
        (r#"timeadd("0000-01-01T00:00:00Z", "-2540400h")"#, "-0290-03-12T00:00:00Z"),
        ("bcrypt(\"x\", 31)", "the limit of this program is 16"),
        ("bcrypt(\"x\", 17)", "the limit of this program is 16"),
        ("signum(1e999999999)", "whole number"),
        ("abs(-1e999999999) > 0", "true"),
        ("log(1e999999999, 10)", "+Inf"),
        (r#"format("%d", 1e999999999)"#, "an integer is required"),
        (r#"length(format("%b", 1e70000))"#, "232535"),
        (r#"format("%v", 1e-99999)"#, "at most 100000 digits"),
    ]);
}
