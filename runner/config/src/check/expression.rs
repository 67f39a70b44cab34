//! Names and calls in one expression.

use lang::expr::{CallNode, Node, NodeId};
use lang::{Expr, StepKind, Traversal, functions};
use syntax::{Diagnostic, Diagnostics, FunctionCall, Operand, Origin, SmolStr, Span};

use super::guess::has_syntax_errors;
use crate::address::InstanceKey;
use crate::calls::{
    describe_unknown_function, describe_unknown_in_assertion, describe_unknown_in_variables, is_foreign,
    is_of_built_in, offers_function, offers_in_variables,
};
use crate::names::{Names, Place, deprecated, nameless, resolve};
use crate::reference::{Reference, Subject};

/// Reports names that lead nowhere, functions that do not exist and types that are none. Whatever is half-typed is passed over.
pub(super) fn check(expr: &Expr, origin: &Origin, names: &Names<'_>, sink: &mut Diagnostics) {
    check_with(expr, origin, names, &[], sink);
}

/// The same, where `bound` names are taken by `dynamic` blocks.
pub(super) fn check_with(
    expr: &Expr,
    origin: &Origin,
    names: &Names<'_>,
    bound: &[SmolStr],
    sink: &mut Diagnostics,
) {
    let origin = expr.origin(origin);
    // As in Terraform, what has no meaning is not evaluated: nothing else is said of it.
    if references(expr, origin, names, bound, sink) {
        rest(expr, origin, names, sink);
    }
}

/// Reports the names that lead nowhere, and texts inside of JSON strings that cannot be read, which are told at once
/// as all such texts are. Whether every name leads somewhere.
pub(super) fn references(
    expr: &Expr,
    origin: &Origin,
    names: &Names<'_>,
    bound: &[SmolStr],
    sink: &mut Diagnostics,
) -> bool {
    let origin = expr.origin(origin);
    let mut resolved = true;
    for traversal in expr.traversals() {
        if !bound.contains(&traversal.root) && typed_part(traversal).is_some() {
            resolved &= reference(traversal, origin, names, sink).is_some();
        }
    }
    for (_, node) in expr.nodes() {
        if let Node::Invalid(why) = node {
            sink.extend(why.iter().map(|why| why.clone().shifted(origin.base)));
        }
    }
    resolved
}

/// What is wrong with an expression apart from its names.
pub(super) fn rest(expr: &Expr, origin: &Origin, names: &Names<'_>, sink: &mut Diagnostics) {
    let origin = expr.origin(origin);
    for (id, node) in expr.nodes() {
        match node {
            Node::Call(call) => check_call(expr, call, expr.span(id), origin, names, sink),
            Node::Constraint(constraint) => {
                let range = |place: &_| names.tree.module.sources.range(place);
                sink.extend(constraint.findings.iter().map(|finding| finding.place(origin, range)));
            }
            _ => {}
        }
    }
}

/// Resolves one traversal and returns what it names.
pub(super) fn reference(
    traversal: &Traversal,
    origin: &Origin,
    names: &Names<'_>,
    sink: &mut Diagnostics,
) -> Option<Reference> {
    let complete = typed_part(traversal)?;
    match resolve(complete, origin, names) {
        Ok(reference) => {
            sink.extend(member(complete, &reference, origin, names));
            sink.extend(deprecated(complete, &reference, origin, names));
            Some(reference)
        }
        Err(diagnostic) => {
            sink.push(diagnostic);
            // Of test files that is said while they run, and helps nobody.
            if matches!(names.place, Place::Module) {
                sink.extend(nameless(complete, origin, names));
            }
            None
        }
    }
}

/// A half-typed traversal is not judged at all: the name before the dot may be about to change as well.
fn typed_part(traversal: &Traversal) -> Option<&Traversal> {
    let half_typed = traversal.steps.iter().any(|step| matches!(step.kind, StepKind::Missing));
    (!half_typed).then_some(traversal)
}

/// Outputs of child modules.
fn member(
    traversal: &Traversal,
    reference: &Reference,
    origin: &Origin,
    names: &Names<'_>,
) -> Option<Diagnostic> {
    let Subject::Module { name, key, output: Some(output) } = &reference.subject else { return None };
    let call = names.tree.module.calls.get(name)?;
    if names.faulty.contains(&name.as_str()) {
        // What comes of such a module is not evaluated.
        return None;
    }
    let step = reference.consumed.checked_sub(1).and_then(|last| traversal.steps.get(last))?;
    let error = |summary: &str, detail: String, span: Span| {
        Some(Diagnostic::error(summary, detail).at(origin.locate(span)).with_code("unknown-output"))
    };
    // While validating, all that is known of a module is that it is an object, and how many of them there are.
    let validating = matches!(names.place, Place::Module);
    let with_value = |diagnostic: Option<Diagnostic>, statement: &str| {
        let key = key.as_ref().map(ToString::to_string).unwrap_or_default();
        let operand = Operand { traversal: format!("module.{name}{key}"), statement: statement.to_owned() };
        diagnostic.map(|diagnostic| match validating {
            true => Diagnostic { operands: vec![operand], ..diagnostic },
            false => diagnostic,
        })
    };
    if call.count.is_some() && key.is_none() {
        let detail = match names.place {
            Place::Module => {
                let child = names.tree.children.get(name);
                let what = match child.is_none_or(|child| child.module.outputs.contains_key(output)) {
                    true => format!("attribute {}", lang::quote(output)),
                    false => "an attribute".to_owned(),
                };
                format!(
                    "Can't access attributes on a list of objects. Did you mean to access {what} for a specific \
                     element of the list, or across all elements of the list?"
                )
            }
            _ => "This value does not have any attributes.".to_owned(),
        };
        return with_value(error("Unsupported attribute", detail, step.span), "is a list of object");
    }
    if call.for_each.is_some() && key.is_none() {
        return None;
    }
    if call.count.is_none() && call.for_each.is_none() && key.is_some() {
        // While validating, a module is not yet an object that has no such key.
        if matches!(names.place, Place::Module) {
            return None;
        }
        let index = traversal.steps.get(1)?;
        let detail = match key {
            Some(InstanceKey::Int(_)) => {
                "The given key does not identify an element in this collection value. An object only supports looking \
                 up attributes by name, not by numeric index."
            }
            _ => "The given key does not identify an element in this collection value.",
        };
        return error("Invalid index", detail.to_owned(), index.span);
    }
    let child = names.tree.children.get(name)?;
    if child.module.outputs.contains_key(output) || has_syntax_errors(&child.module.diagnostics) {
        return None;
    }
    let detail = format!("This object does not have an attribute named {}.", lang::quote(output));
    with_value(error("Unsupported attribute", detail, step.span), "is a object")
}

fn check_call(
    expr: &Expr,
    call: &CallNode,
    whole: Span,
    origin: &Origin,
    names: &Names<'_>,
    sink: &mut Diagnostics,
) {
    let mut error = |code, (summary, detail): (&'static str, String), span: Span| {
        let diagnostic = Diagnostic::error(summary, detail).at(origin.locate(span));
        sink.push(diagnostic.within(origin.locate(whole)).with_code(code));
    };
    let (module, dialect) = (&names.tree.module, names.dialect());
    let offered = call.function.filter(|function| match names.place {
        Place::RunVariables(_) | Place::TestProvider(_) | Place::FileVariables(_) => {
            offers_in_variables(function, &call.name, dialect)
        }
        Place::Module | Place::Assert(_) => offers_function(function, &call.name, module, dialect),
    });
    let Some(function) = offered else {
        if is_foreign(&call.name, module) {
            return;
        }
        let text = match names.place {
            Place::RunVariables(_) | Place::TestProvider(_) | Place::FileVariables(_) => {
                describe_unknown_in_variables(&call.name, dialect)
            }
            Place::Assert(_) => {
                let has_functions = is_of_built_in(&call.name, module);
                describe_unknown_in_assertion(&call.name, has_functions, module, dialect)
            }
            Place::Module => describe_unknown_function(&call.name, module, dialect),
        };
        error("unknown-function", text, call.name_span);
        return;
    };
    // How many arguments `list...` gives, and whether a half-typed call is complete, is not known.
    if call.expand_final || call.close.is_empty() {
        return;
    }
    if let Some(text) = functions::check_arity(function, &call.name, call.args.len()) {
        let extra = call.args.get(function.params.len()).map(|id| start_span(expr, *id));
        let subject = match text.0 {
            "Too many function arguments" => extra.unwrap_or(call.close),
            _ => call.close,
        };
        error("argument-count", text, subject);
        if let Some(diagnostic) = sink.last_mut() {
            let parameters = function.params.iter().map(|param| param.name.to_owned());
            let variadic = function.variadic.iter().map(|param| format!("{}...", param.name));
            let parameters = parameters.chain(variadic).collect();
            diagnostic.function_call = Some(FunctionCall { name: call.name.to_string(), parameters });
        }
    }
}

/// Where an argument begins, as HCL sees it: a template with its first part and not with its quote, a collection with
/// its bracket alone.
fn start_span(expr: &Expr, id: NodeId) -> Span {
    match expr.node(id) {
        Node::Tuple(_) | Node::Object(_) | Node::JsonObject(_) => {
            Span::new(expr.span(id).start, expr.span(id).start + 1)
        }
        Node::Template(parts) => parts.first().map_or(expr.span(id), |part| start_span(expr, *part)),
        Node::Literal(value) => match value.as_str() {
            // A folded string: its text stands between quotes.
            Some(text) if expr.span(id).len() as usize >= text.len() + 2 => {
                let whole = expr.span(id);
                Span::new(whole.start + 1, whole.end.saturating_sub(1))
            }
            None if !value.ty().is_primitive() => Span::new(expr.span(id).start, expr.span(id).start + 1),
            _ => expr.span(id),
        },
        _ => expr.span(id),
    }
}

#[cfg(test)]
mod tests {
    use lang::{Dialect, lower_in};
    use syntax::FileName;

    use super::*;
    use crate::{FactsCache, MemoryFiles, NoSchemas, load_module};

    /// What is said of an expression that was lowered by the rules of a version with `convert`.
    fn said(expression: &str) -> Vec<String> {
        let files = MemoryFiles::new([("main.tf", "variable \"a\" {}\n")]);
        let tree = load_module(&files, ".", Dialect::terraform(14, 9), &FactsCache::new());
        let names = Names::of_module(&tree, "the root module", &NoSchemas);
        let file = FileName::from("main.tf");
        let parse = syntax::parse_expression(&file, expression);
        let mut found = Diagnostics::new();
        let expr = lower_in(&parse.tree, Dialect::terraform(15, 0));
        check(&expr, &Origin::new(file, 100), &names, &mut found);
        let place = |it: &Diagnostic| {
            let span = it.subject.as_ref().map_or(Span::default(), |subject| subject.span);
            expression.get(span.start as usize - 100..span.end as usize - 100).unwrap_or_default().to_owned()
        };
        found.iter().map(|it| format!("{} at {}: {}", it.summary, place(it), it.detail)).collect()
    }

    #[test]
    fn the_words_of_a_type_are_no_references() {
        // The module is of a version that does not have the function.
        const UNKNOWN: &str = "Call to unknown function at convert: There is no function named \"convert\".";
        assert_eq!(said("convert(var.a, object({ b = list(string), c = optional(number, 1) }))"), [UNKNOWN]);
        assert_eq!(
            said("convert(var.a, list(text))"),
            [
                "Invalid type specification at text: The keyword \"text\" is not a valid type specification.",
                UNKNOWN
            ]
        );
        let [first, ..] = &*said("convert(var.b, string)") else { panic!("the variable is not declared") };
        assert!(first.starts_with("Reference to undeclared input variable at var.b"), "{first}");
    }

    /// Measured with `terraform validate` 1.11.4.
    #[test]
    fn beside_a_name_that_leads_nowhere_nothing_else_is_told() {
        let summaries = |expression: &str| -> Vec<String> {
            said(expression).iter().filter_map(|it| Some(it.split_once(" at ")?.0.to_owned())).collect()
        };
        let undeclared = "Reference to undeclared input variable";
        assert_eq!(summaries("[upper(1, 2), nofunc(), var.b]"), [undeclared]);
        assert_eq!(summaries("nofunc(var.b, local.c)"), [undeclared, "Reference to undeclared local value"]);
        assert_eq!(
            summaries("[upper(1, 2), nofunc(), var.a]"),
            ["Too many function arguments", "Call to unknown function"]
        );
    }
}
