//! Functions that may be called.

use config::offers_function;
use lang::Type;
use lang::functions::{self, Function, Place};

use super::context::{Context, Names};
use super::item::{CompletionKind, Form, Proposal, Topic};
use super::wanted::fit;

/// The functions that may be called by their plain names, those whose results fit first.
pub(super) fn plain<'a>(context: &'a Context<'_>, wanted: &Type) -> impl Iterator<Item = Proposal> + 'a {
    // Only assertions and modules are evaluated where there is a plan.
    let planned = matches!(context.names(), Names::Assertion | Names::Module);
    let dialect = context.dialect;
    let offered = move |function: &&Function| {
        let here = function.place == Place::Anywhere || (planned && function.place == Place::Plan);
        let removed = matches!(function.name, "list" | "map");
        here && !removed && dialect.has(function.since)
    };
    let wanted = wanted.clone();
    functions::all().filter(offered).map(move |function| {
        let fits = fit(&functions::return_type(function), &wanted) < 2;
        proposal(function, function.name).rank(if fits { 4 } else { 5 })
    })
}

/// Those of a namespace: `core::`, or `provider::` and the module's name for one.
pub(super) fn of_namespace(context: &Context<'_>, namespace: &str) -> Vec<Proposal> {
    let Some(tree) = context.tree else { return Vec::new() };
    if namespace == "provider::" {
        let providers = tree.module.required_providers.keys();
        return providers
            .map(|name| {
                let insert = format!("{name}::");
                let form = Form::Other { insert: insert.clone(), snippet: None };
                Proposal::new(insert, CompletionKind::Provider).form(form)
            })
            .collect();
    }
    let offered = functions::all().filter(|function| {
        let name = format!("{namespace}{}", function.name);
        let right = match function.place {
            Place::Provider => namespace.starts_with("provider::"),
            _ => namespace == "core::",
        };
        right && offers_function(function, &name, &tree.module, context.dialect)
    });
    offered.map(|function| proposal(function, function.name)).collect()
}

fn proposal(function: &'static Function, name: &str) -> Proposal {
    let arguments = !function.params.is_empty() || function.variadic.is_some();
    Proposal::new(name, CompletionKind::Function)
        .detail(function.signature())
        .topic(Topic::Function(function.name.into()))
        .form(Form::Call { arguments })
}
