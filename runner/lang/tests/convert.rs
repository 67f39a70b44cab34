//! The function `convert`, whose second argument is a type.

mod support;

use lang::expr::Node;
use lang::{Dialect, Type, lower_in};
use support::answer;
use syntax::{Diagnostics, FileName, Location, Origin, parse_expression};

const OLD: Dialect = Dialect::terraform(11, 4);
const NEW: Dialect = Dialect::terraform(15, 0);

#[track_caller]
fn check(expression: &str, wanted: &str) {
    assert_eq!(answer(expression, NEW), wanted, "{expression}");
}

fn roots(expression: &str, dialect: Dialect) -> Vec<String> {
    let parse = parse_expression(&FileName::from("main.tf"), expression);
    let lowered = lower_in(&parse.tree, dialect);
    lowered.traversals().iter().map(|traversal| traversal.root.to_string()).collect()
}

#[test]
fn converts_to_any_type() {
    check("convert(\"12\", number)", "12");
    check("convert(true, string)", "\"true\"");
    check("convert([], list(string))", "tolist([])");
    check("convert([\"1\", \"1\"], set(number))", "toset([\n  1,\n])");
    check("convert([1, \"a\"], list(any))", "tolist([\n  \"1\",\n  \"a\",\n])");
    check("convert([1, true], tuple([string, string]))", "[\n  \"1\",\n  \"true\",\n]");
    check("convert({ a = 1, b = 2 }, object({ a = string }))", "{\n  \"a\" = \"1\"\n}");
    check("convert(\"x\", any)", "\"x\"");
    check("core::convert(\"12\", number) + 1", "13");
    check("[for string in [1, 2] : convert(string, string)]", "[\n  \"1\",\n  \"2\",\n]");
    check("\"${convert([\"a\"], list(string))[0]}!\"", "\"a!\"");
}

#[test]
fn fills_in_defaults() {
    check(
        "convert({ t = {} }, map(object({ a = optional(string), d = optional(string, \"x\") })))",
        "tomap({\n  \"t\" = {\n    \"a\" = tostring(null)\n    \"d\" = \"x\"\n  }\n})",
    );
    check("convert({ n = null }, object({ n = optional(number, \"1\") })).n + 1", "2");
    check(
        "convert([{}], tuple([object({ l = optional(list(string), [1]) })]))[0].l",
        "tolist([\n  \"1\",\n])",
    );
    check("convert(null, object({ n = optional(number, 1) })) == null", "true");
}

#[test]
fn nulls_marks_and_what_is_not_known() {
    check("convert(null, string) == null", "true");
    check("convert(sensitive(\"1\"), number)", "(sensitive value)");
    // A mark inside goes to the whole, as for every function that looks into its arguments.
    check("issensitive(convert([sensitive(1), 2], list(string)))", "true");
    check("convert(local.unknown, string)", "(known after apply)");
    // What is not known is not judged, but has its type.
    check("convert(local.unknown, list(string))", "(known after apply)");
    let wrong = answer("convert(local.unknown, list(string)) + 1", NEW);
    assert!(wrong.contains("Unsuitable value for left operand: number required"), "{wrong}");
    check("can(convert(\"x\", number))", "false");
    check("try(convert(\"x\", number), 0)", "0");
}

#[test]
fn what_cannot_be_converted() {
    let invalid =
        |what: &str| format!("! Invalid function argument: Invalid value for \"value\" parameter: {what}.");
    check("convert(\"x\", number)", &invalid("a number is required"));
    check("convert(\"x\", list(string))", &invalid("list of string required"));
    check("convert({}, object({ a = string }))", &invalid("attribute \"a\" is required"));
}

#[test]
fn what_is_no_type() {
    let invalid = |what: &str| format!("! Invalid type specification: {what}");
    check("convert(1, text)", &invalid("The keyword \"text\" is not a valid type specification."));
    check(
        "convert(1, list)",
        &invalid("The list type constructor requires one argument specifying the element type."),
    );
    check("convert(1, \"string\")", &invalid(lang::type_constraint::NO_TYPE));
    check("convert(1, local.unknown)", &invalid(lang::type_constraint::NO_TYPE));
    check("convert(1, upper(string))", &invalid("Keyword \"upper\" is not a valid type constructor."));
    check(
        "convert({}, object({ a = optional(string, local.x) }))",
        "! Variables not allowed: Variables may not be used here.",
    );
    check(
        "convert({}, object({ a = optional(string, upper(\"x\")) }))",
        "! Function calls not allowed: Functions may not be called here.",
    );
    check(
        "convert({}, object({ a = optional(number, \"x\") }))",
        "! Invalid default value for optional attribute: This default value is not compatible with the attribute's type \
         constraint: a number is required.",
    );
    // Both arguments are read before anything is converted.
    check(
        "convert(tonumber([]), text)",
        "! Invalid function argument: Invalid value for \"v\" parameter: cannot convert tuple to number.\n\
         ! Invalid type specification: The keyword \"text\" is not a valid type specification.",
    );
}

/// They stand where the constraint does, and not where it was read.
#[test]
fn problems_know_their_places() {
    let expression = "convert({}, object({ a = optional(string), \"b\" = text }))";
    let parse = parse_expression(&FileName::from("a.tf"), expression);
    let mut found = Diagnostics::new();
    let origin = Origin::new(FileName::from("main.tf"), 1000);
    lang::evaluate(&lower_in(&parse.tree, NEW), &origin, &support::NoNames { dialect: NEW }, &mut found);
    let [diagnostic] = &*found else { panic!("{found:?}") };
    let written = |place: &Option<Location>| {
        let place = place.as_ref().expect("it is somewhere");
        assert_eq!(place.file.as_str(), "main.tf");
        expression.get(place.span.start as usize - 1000..place.span.end as usize - 1000)
    };
    assert_eq!(written(&diagnostic.subject), Some("\"b\""));
    assert_eq!(written(&diagnostic.context), Some("object({ a = optional(string), \"b\" = text })"));
    assert_eq!(diagnostic.code, Some("invalid-type"));
}

#[test]
fn counts_its_arguments() {
    check(
        "convert(1)",
        "! Not enough function arguments: Function \"convert\" expects 2 argument(s). Missing value for \"type\".",
    );
    check(
        "convert(1, string, 2)",
        "! Too many function arguments: Function \"convert\" expects only 2 argument(s).",
    );
    check(
        "convert([1, 2]...)",
        "! Invalid function argument: Invalid value for \"type\" parameter: type_constraint required.",
    );
}

#[test]
fn only_a_version_that_has_it_reads_types() {
    let call = "convert(var.a, object({ b = list(string), c = optional(number, var.d) }))";
    assert_eq!(roots(call, NEW), ["var"]);
    assert_eq!(roots(call, OLD), ["var", "string", "number", "var"]);
    assert_eq!(roots(call, Dialect::opentofu(15, 0)), roots(call, OLD));
    assert_eq!(roots("convert([var.a, string]...)", NEW), ["var", "string"]);
    assert_eq!(roots("tolist(string)", NEW), ["string"]);
    let unknown = "! Call to unknown function: There is no function named \"convert\".";
    assert_eq!(answer("convert(1, \"string\")", OLD), unknown);
    assert_eq!(answer("convert(1, \"string\")", Dialect::opentofu(15, 0)), unknown);
}

#[test]
fn a_half_typed_call_has_no_type_yet() {
    let parse = parse_expression(&FileName::from("main.tf"), "convert(1, ");
    let lowered = lower_in(&parse.tree, NEW);
    assert!(!lowered.nodes().any(|(_, node)| matches!(node, Node::Constraint(_))));
}

#[test]
fn deep_types_do_not_overflow_the_stack() {
    let text = format!("convert(null, {}string{})", "list(".repeat(200), ")".repeat(200));
    let (value, diagnostics) = support::evaluate(&text, NEW);
    assert!(diagnostics.is_empty() && value.is_null(), "{diagnostics:?}");
    assert_ne!(value.ty(), Type::Dynamic);
    let text = format!("convert(null, {}string{})", "list(".repeat(100_000), ")".repeat(100_000));
    assert!(!support::evaluate(&text, NEW).1.is_empty());
}
