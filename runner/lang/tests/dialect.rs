//! What the tools and their versions do differently when an expression is evaluated.

mod support;

use lang::Dialect;
use support::answer;

const OLD: Dialect = Dialect::terraform(11, 4);
const NEW: Dialect = Dialect::terraform(12, 0);

/// Facts of HCL 2.24 (Terraform 1.12), which OpenTofu has since 1.10.
#[test]
fn logical_operators_take_short_circuits() {
    let old_and_new = [
        ("false && tonumber(\"x\")", None, "false"),
        ("tonumber(\"x\") && false", None, "false"),
        ("true || tonumber(\"x\")", None, "true"),
        ("tonumber(\"x\") || true", None, "true"),
        ("local.u && false", Some("(known after apply)"), "false"),
        ("false && local.u", Some("(known after apply)"), "false"),
        ("local.u || true", Some("(known after apply)"), "true"),
        ("local.u && true", Some("(known after apply)"), "(known after apply)"),
        ("false && tonumber(\"x\") && tonumber(\"y\")", None, "false"),
        ("true && (false && tonumber(\"x\"))", None, "false"),
    ];
    for (expression, old, new) in old_and_new {
        match old {
            Some(old) => assert_eq!(answer(expression, OLD), old, "{expression}"),
            None => {
                assert!(answer(expression, OLD).starts_with("! Invalid function argument"), "{expression}")
            }
        }
        for dialect in [NEW, Dialect::opentofu(10, 0)] {
            assert_eq!(answer(expression, dialect), new, "{expression}");
        }
        assert_eq!(answer(expression, Dialect::opentofu(9, 0)), answer(expression, OLD), "{expression}");
    }
}

/// An operand that cannot be a bool is an error whatever the other one is, and a null counts as false.
#[test]
fn what_short_circuits_do_not_hide() {
    for (expression, wanted) in [
        ("false && []", "Unsuitable value for right operand: bool required"),
        ("true && tonumber(\"x\")", "cannot convert \"x\" to number"),
        ("null || false", "argument must not be null"),
        ("null || null", "argument must not be null"),
    ] {
        assert!(answer(expression, NEW).contains(wanted), "{expression}: {}", answer(expression, NEW));
    }
    for (expression, wanted) in [
        ("null && true", "false"),
        ("true && null", "false"),
        ("null || true", "true"),
        ("false && null", "false"),
    ] {
        assert_eq!(answer(expression, NEW), wanted, "{expression}");
    }
    assert!(answer("true && null", OLD).contains("argument must not be null"));
}

#[test]
fn functions_come_with_versions_and_tools() {
    let unknown = |name: &str, hint: &str| {
        format!("! Call to unknown function: There is no function named \"{name}\".{hint}")
    };
    for (expression, dialect, wanted) in [
        ("urldecode(\"a%20b\")", OLD, unknown("urldecode", " Did you mean \"urlencode\"?")),
        ("urldecode(\"a%20b\")", Dialect::opentofu(7, 0), "\"a b\"".to_owned()),
        ("base64gunzip(\"x\")", OLD, unknown("base64gunzip", " Did you mean \"base64gzip\"?")),
        ("base64gunzip(base64gzip(\"x\"))", Dialect::opentofu(11, 0), "\"x\"".to_owned()),
        ("cidrcontains(\"10.0.0.0/8\", \"10.1.0.0/16\")", Dialect::opentofu(11, 0), "true".to_owned()),
        ("strcontains(\"ab\", \"b\")", Dialect::terraform(5, 0), "true".to_owned()),
        ("strcontains(\"ab\", \"b\")", Dialect::terraform(4, 0), unknown("strcontains", "")),
        ("ephemeralasnull(1)", Dialect::terraform(9, 0), unknown("ephemeralasnull", "")),
        ("convert(1, \"string\")", Dialect::terraform(14, 9), unknown("convert", "")),
        ("type(1)", OLD, unknown("type", "")),
        ("plantimestamp()", OLD, unknown("plantimestamp", "")),
        ("core::upper(\"a\")", OLD, "\"A\"".to_owned()),
    ] {
        assert_eq!(answer(expression, dialect), wanted, "{expression} in {dialect:?}");
    }
}

#[test]
fn a_later_contains_looks_for_null() {
    assert!(answer("contains([1, null], null)", OLD).contains("argument must not be null"));
    assert_eq!(answer("contains([1, null], null)", Dialect::terraform(16, 0)), "true");
    assert_eq!(answer("contains([1], null)", Dialect::terraform(16, 0)), "false");
}

#[test]
fn opentofu_functions_say_what_is_wrong() {
    let tofu = Dialect::opentofu(11, 0);
    for (expression, wanted) in [
        ("base64gunzip(\"!\")", "failed to decode base64 data \"!\""),
        ("base64gunzip(base64encode(\"plain\"))", "failed to gunzip bytes: gzip: invalid header"),
        (
            "base64gunzip(\"H4sIAAAAAAAA/8pI\")",
            "Call to function \"base64gunzip\" failed: failed to read gunzip raw data: unexpected EOF.",
        ),
        ("urldecode(\"%zz\")", "failed to decode URL '': invalid URL escape \"%zz\""),
        ("cidrcontains(\"10.0.0.0/8\", \"x\")", "invalid IP address or prefix: x"),
        ("cidrcontains(\"10.0.0.0/8\", \"fe80::1\")", "address family mismatch: 10.0.0.0/8 vs. fe80::1"),
        ("cidrcontains(\"10.0.0.0\", \"10.0.0.1\")", "invalid CIDR"),
    ] {
        assert!(answer(expression, tofu).contains(wanted), "{expression}: {}", answer(expression, tofu));
    }
}
