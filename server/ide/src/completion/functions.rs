//! Functions that may be called.

use config::offers_function;
use lang::Type;
use lang::functions::{self, Function, Place};

use super::context::{Context, Names};
use super::item::{CompletionKind, Form, Proposal, Topic};
use super::wanted::fit;
use crate::calls::{self, Described};

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
    let mut offered: Vec<&Function> = functions::all().filter(offered).collect();
    offered.sort_unstable_by_key(|function| function.name);
    offered.into_iter().map(move |function| {
        let returned = functions::result_type(function);
        // What may return anything fits less well than what returns just that.
        let rank = match fit(&returned, &wanted) {
            0 => 4,
            1 => 5,
            _ => 6,
        };
        proposal(function, function.name).rank(rank)
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
    let own = offered.map(|function| proposal(function, function.name));
    own.chain(of_provider(context, namespace)).collect()
}

/// Those that the schemas of a provider tell.
fn of_provider<'a>(context: &'a Context<'_>, namespace: &str) -> impl Iterator<Item = Proposal> + 'a {
    let local = namespace.strip_prefix("provider::").and_then(|rest| rest.strip_suffix("::"));
    let module = context.tree.map(|tree| &tree.module);
    let local = local.filter(|local| module.is_some_and(|it| it.required_providers.contains_key(*local)));
    let source = module.zip(local).map(|(module, local)| module.provider_source(local));
    let schemas = context.project.schemas();
    let names = source.as_ref().map(|source| schemas.functions(source)).unwrap_or_default();
    names.into_iter().filter_map(move |name| {
        let function = schemas.function(source.as_ref()?, name)?;
        let Described { label, summary, parameters, .. } = calls::of_provider(name, function);
        let found = Proposal::new(name, CompletionKind::Function)
            .detail(label)
            .documentation((!summary.is_empty()).then_some(summary))
            .form(Form::Call { arguments: !parameters.is_empty() });
        Some(found)
    })
}

fn proposal(function: &'static Function, name: &str) -> Proposal {
    let arguments = !function.params.is_empty() || function.variadic.is_some();
    Proposal::new(name, CompletionKind::Function)
        .detail(function.signature())
        .topic(Topic::Function(function.name.into()))
        .form(Form::Call { arguments })
}
