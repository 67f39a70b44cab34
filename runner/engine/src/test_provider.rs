//! A provider block of a test file, configured once for the whole file. (Terraform 1.13.)

use config::{
    Encoder, Feature, Files, Item, Module, ProviderConfig, Schema, Schemas, TestFile, for_each_expr,
};
use lang::{Scope, Value};
use provider::Providers;
use syntax::{Diagnostic, Diagnostics, Location};

use crate::reports;
use crate::walk::Sources;

/// The block, and what it is configured with.
pub struct TestProviderRequest<'a> {
    pub file: &'a TestFile,
    /// The block's index among those of the file.
    pub index: usize,
    /// The module under test, whose name for the provider counts.
    pub tested: &'a Module,
    /// What the arguments may refer to.
    pub names: &'a dyn Scope,
    pub providers: &'a Providers,
    /// Read again for messages that quote a place.
    pub files: &'a dyn Files,
}

/// Evaluates the block and hands it to its provider, whose own checks are not asked for. Whether the provider is ready;
/// what keeps it from that is the file's mistake, and not all versions tell it.
pub fn configure_test_provider(request: &TestProviderRequest<'_>, sink: &mut Diagnostics) -> bool {
    let TestProviderRequest { file, tested, names, providers, .. } = *request;
    let Some(block) = file.providers.get(request.index) else { return false };
    let failed = |found: &Diagnostics| found.iter().any(Diagnostic::is_error);
    let source = tested.provider_source(&block.name);
    let Some(schema) = providers.provider(&source) else {
        // Nothing can be asked but what the arguments come to.
        let mut found = Diagnostics::new();
        for_each_expr(&block.body, &mut |expr, bound| {
            if bound.is_empty() {
                lang::evaluate(expr, &block.origin, names, &mut found);
            }
        });
        let fine = !failed(&found);
        sink.extend(found);
        return fine;
    };
    // Names are looked up where there is an argument, and all of them first.
    let mut unresolved = Diagnostics::new();
    for_each_expr(&block.body.known_to(schema), &mut |expr, bound| {
        let origin = expr.origin(&block.origin);
        for traversal in expr.traversals().iter().filter(|it| !bound.contains(&it.root)) {
            names.resolve(traversal, origin, &mut unresolved);
        }
    });
    sink.extend(unresolved.iter().cloned());
    if failed(&unresolved) {
        return false;
    }
    let mut found = Diagnostics::new();
    let value = arguments(block, schema, Sources(request.files), names, &mut found);
    found.retain(|diagnostic| !unresolved.contains(diagnostic));
    let wrong = failed(&found);
    if file.dialect.has(Feature::ProviderErrorsTold) {
        sink.extend(found);
    }
    if wrong {
        return false;
    }
    // That a provider is not at hand is for the runs that need it.
    let Some(provider) = providers.get(&source) else { return true };
    let (value, _) = value.unmark_deep();
    let answer = provider.clone().configure(&value);
    let said: Diagnostics = answer.reports.into_iter().map(reports::alone).collect();
    let fine = !failed(&said);
    sink.extend(said);
    fine
}

/// The arguments of a block of a test file, after saying once what is wrong with them.
pub(crate) fn arguments(
    block: &Item<ProviderConfig>,
    schema: &Schema,
    sources: Sources<'_>,
    names: &dyn Scope,
    sink: &mut Diagnostics,
) -> Value {
    let before = sink.len();
    config::check_body(&block.body, schema, &block.origin, &|place: &Location| sources.place(place), sink);
    let mut found = Diagnostics::new();
    let value = Encoder::new(&block.body, schema, &block.origin).encode(names, &mut found);
    let said = |later: &Diagnostic| {
        let mut earlier = sink.iter().skip(before);
        earlier.any(|it| it.summary == later.summary && it.subject == later.subject)
    };
    found.retain(|later| !said(later));
    sink.extend(found);
    value
}
