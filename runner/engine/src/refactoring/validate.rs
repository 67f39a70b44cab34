//! Whether the moves of a configuration make sense, once it is known which instances there are.

use rustc_hash::FxHashMap;
use syntax::{Diagnostic, Diagnostics, Location};

use config::InstanceKey;
use lang::Expr;

use super::endpoint::Endpoint;
use super::moves::Moves;
use super::statements::Statement;
use crate::walk::Walk;

/// Where a statement said something, and what.
struct Said<'s> {
    other: Endpoint,
    place: &'s Location,
}

/// What is wrong with the statements.
pub(crate) fn validate(walk: &Walk<'_>) -> Diagnostics {
    let Moves { statements, circle, .. } = &walk.moves;
    let mut found = Diagnostics::new();
    let (mut from_said, mut to_said) = (FxHashMap::default(), FxHashMap::default());
    for statement in statements {
        let Some(place) = &statement.place else { continue };
        for outer in walk.module_instances(&statement.module) {
            let (from, to) = (statement.from.within(&outer), statement.to.within(&outer));
            let refuse = |summary: &str, detail: String| {
                Diagnostic::error(summary, detail).at(place.clone()).with_code("moved")
            };
            if from == to {
                let detail = format!(
                    "This statement declares a move from {from} to the same address, which is the same as not declaring \
                     this move at all."
                );
                found.push(refuse("Redundant move statement", detail));
                continue;
            }
            let (noun, short) = from.nouns();
            if let Some(declared) = declaration(walk, &from) {
                let declared = start(walk, &declared);
                let detail = format!(
                    "This statement declares a move from {from}, but that {noun} is still declared at {declared}.\n\n\
                     Change your configuration so that this {short} will be declared as {to} instead."
                );
                found.push(refuse("Moved object still exists", detail));
            }
            let before = from_said.entry(from.clone()).or_insert_with(|| Said { other: to.clone(), place });
            if before.other != to {
                let detail = format!(
                    "A statement at {} declared that {from} moved to {}, but this statement instead declares that it \
                     moved to {to}.\n\nEach {noun} can move to only one destination {short}.",
                    start(walk, before.place),
                    before.other
                );
                found.push(refuse("Ambiguous move statements", detail));
            }
            let before = to_said.entry(to.clone()).or_insert_with(|| Said { other: from.clone(), place });
            if before.other != from {
                let detail = format!(
                    "A statement at {} declared that {} moved to {to}, but this statement instead declares that {from} \
                     moved there.\n\nEach {noun} can have moved from only one source {short}.",
                    start(walk, before.place),
                    before.other
                );
                found.push(refuse("Ambiguous move statements", detail));
            }
        }
    }
    if found.is_empty() && !circle.is_empty() {
        found.push(circular(walk, circle.iter().filter_map(|at| statements.get(*at))));
    }
    found
}

fn circular<'s>(walk: &Walk<'_>, statements: impl Iterator<Item = &'s Statement>) -> Diagnostic {
    let line = |statement: &Statement| {
        let (from, to) = statement.texts();
        let place = statement.place.as_ref().map(|place| start(walk, place)).unwrap_or_default();
        format!("\n  - {place}: {from} → {to}")
    };
    let list: String = statements.map(line).collect();
    let detail = format!(
        "The following chained move statements form a cycle, and so there is no final location to move objects \
         to:{list}\n\nA chain of move statements must end with an address that doesn't appear in any other statements, \
         and which typically also refers to an object still declared in the configuration."
    );
    Diagnostic::error("Cyclic dependency in move statements", detail).with_code("moved")
}

/// `main.tf:3,1`.
fn start(walk: &Walk<'_>, place: &Location) -> String {
    let text = walk.inputs.sources.place(place);
    match text.rsplit_once('-') {
        Some((start, end)) if end.bytes().all(|byte| byte.is_ascii_digit() || byte == b',') => {
            start.to_owned()
        }
        _ => text,
    }
}

/// Where the configuration declares what is at an address: of an instance, what gives it its key.
fn declaration(walk: &Walk<'_>, addr: &Endpoint) -> Option<Location> {
    let parent = *walk.at_address.get(&addr.parent())?;
    let module = walk.module_of(parent);
    match addr {
        Endpoint::Call { name, .. } => {
            let call = module.calls.get(name)?;
            Some(call.locate(call.header))
        }
        Endpoint::Module(instance) => {
            walk.at_address.get(instance)?;
            let (name, key) = instance.0.last()?;
            let call = module.calls.get(name)?;
            let keyed = key_expr(key, call.count.as_ref(), call.for_each.as_ref());
            Some(keyed.map_or_else(|| call.locate(call.header), |expr| expr.location(&call.origin)))
        }
        Endpoint::Resource(addr) => {
            let resource = module.resources.get(&addr.resource)?;
            Some(resource.locate(resource.header))
        }
        Endpoint::Instance(addr) => {
            let (at, _, resource) = module.resources.get_full(&addr.resource)?;
            let expansion = walk.instances[parent].resources.get(at)?.expansion.as_ref()?;
            if !expansion.has(&addr.key) {
                return None;
            }
            let keyed = key_expr(&addr.key, resource.count.as_ref(), resource.for_each.as_ref());
            Some(keyed.map_or_else(|| resource.locate(resource.header), |it| it.location(&resource.origin)))
        }
    }
}

fn key_expr<'e>(key: &InstanceKey, count: Option<&'e Expr>, for_each: Option<&'e Expr>) -> Option<&'e Expr> {
    match key {
        InstanceKey::None => None,
        InstanceKey::Int(_) => count,
        InstanceKey::String(_) => for_each,
    }
}
