//! Tearing down a state.

use config::{Files, Item, Resource, ResourceInstance, ResourceMode};
use lang::Value;
use provider::{ApplyRequest, Private, Providers};
use rustc_hash::FxHashMap;
use syntax::{Diagnostic, Diagnostics};

use crate::host::{Cancel, ForProviders, Host};
use crate::program::{Node, Program};
use crate::reports;
use crate::state::{Object, State};

/// A state to destroy, with the configuration that made it.
pub struct DestroyRequest<'a> {
    pub program: &'a Program,
    pub state: &'a State,
    pub providers: &'a Providers,
    pub files: &'a dyn Files,
}

/// What is left and why.
#[derive(Clone, Debug, Default)]
pub struct DestroyOutcome {
    pub diagnostics: Diagnostics,
    /// Empty when everything is gone.
    pub state: State,
}

/// Destroys every object, what was made last first. An object that may not be destroyed keeps everything in
/// place, as the plan to destroy it does in Terraform.
pub fn destroy(request: &DestroyRequest<'_>, host: &dyn Host, cancel: &Cancel) -> DestroyOutcome {
    let mut outcome = DestroyOutcome { diagnostics: Diagnostics::new(), state: request.state.clone() };
    for (addr, _) in request.state.objects() {
        if let Some(resource) = declaration(request.program, &addr)
            && resource.lifecycle.prevent_destroy == Some(true)
        {
            outcome.diagnostics.push(crate::walk::prevented(resource, &addr));
        }
    }
    if !outcome.diagnostics.is_empty() {
        return outcome;
    }
    let mut addrs: Vec<ResourceInstance> = request.state.objects().map(|(addr, _)| addr).collect();
    let ranks = ranks(request.program);
    addrs.sort_by_cached_key(|addr| std::cmp::Reverse(rank(request.program, &ranks, addr)));
    for addr in addrs {
        if cancel.is_cancelled() {
            outcome.diagnostics.push(crate::walk::interrupted());
            break;
        }
        let Some(object) = request.state.get(&addr) else { continue };
        let found = remove(request.program, request.providers, &addr, object, host);
        if !found.iter().any(Diagnostic::is_error) {
            outcome.state.remove(&addr);
        }
        outcome.diagnostics.extend(found);
    }
    outcome
}

/// Has the provider destroy an object; the object is gone unless there is an error. Data is forgotten.
pub(crate) fn remove(
    program: &Program,
    providers: &Providers,
    addr: &ResourceInstance,
    object: &Object,
    host: &dyn Host,
) -> Diagnostics {
    let module = program.module_at(&addr.module).map(|module| program.module(module));
    let source = match module.map(|module| (module, module.resources.get(&addr.resource))) {
        Some((module, Some(resource))) => module.provider_of(resource),
        Some((module, None)) => module.provider_source(config::implied_provider(&addr.resource.kind)),
        None => program.root().provider_source(config::implied_provider(&addr.resource.kind)),
    };
    let Some(provider) = providers.get(&source).filter(|_| addr.resource.mode == ResourceMode::Managed)
    else {
        return Diagnostics::new();
    };
    let (prior, _) = object.value.unmark_deep();
    let null = Value::null(prior.ty());
    let outside = ForProviders(host);
    let request = ApplyRequest {
        kind: &addr.resource.kind,
        prior: &prior,
        planned: &null,
        config: &null,
        private: &Private::default(),
        outside: &outside,
    };
    let reports = provider.apply(&request).reports.into_iter();
    reports.map(|report| reports::without_body(report, &addr.to_string())).collect()
}

fn declaration<'p>(program: &'p Program, addr: &ResourceInstance) -> Option<&'p Item<Resource>> {
    let module = program.module_at(&addr.module)?;
    program.module(module).resources.get(&addr.resource)
}

/// Where each resource stands in the order of evaluation, by module and index.
fn ranks(program: &Program) -> FxHashMap<(usize, usize), usize> {
    let nodes = program.order.iter().filter_map(|at| program.nodes.get(*at)).enumerate();
    nodes
        .filter_map(|(rank, node)| match node {
            Node::Resource(module, index) => Some(((*module, *index), rank)),
            _ => None,
        })
        .collect()
}

/// The rank of an object's resource; what is no longer declared comes last.
fn rank(program: &Program, ranks: &FxHashMap<(usize, usize), usize>, addr: &ResourceInstance) -> usize {
    program
        .module_at(&addr.module)
        .and_then(|module| {
            let index = program.module(module).resources.get_index_of(&addr.resource)?;
            ranks.get(&(module, index)).copied()
        })
        .unwrap_or(usize::MAX)
}
