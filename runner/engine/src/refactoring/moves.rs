//! Moves applied to a state, before anything is planned.

use std::collections::{BTreeMap, BTreeSet};

use config::{AbsResource, ModuleInstance, ResourceInstance, Tool};
use provider::Providers;
use syntax::{Diagnostic, Diagnostics};

use super::crossing::{Crossing, crossing};
use super::endpoint::Endpoint;
use super::statements::{Statement, explicit, implied, ordered};
use crate::program::Program;
use crate::state::State;
use crate::walk::Target;

/// What became of the moves.
#[derive(Debug, Default)]
pub(crate) struct Moves {
    /// All statements, those that a configuration only implies last.
    pub statements: Vec<Statement>,
    /// Where each moved instance was, by where it is now.
    pub came_from: BTreeMap<ResourceInstance, ResourceInstance>,
    /// Texts of what could not move and where it was to go.
    pub blocked: Vec<(String, String)>,
    /// The statements that form a circle; then nothing has moved.
    pub circle: Vec<usize>,
    /// Why objects could not move to another type. Nothing is planned then.
    pub refused: Diagnostics,
}

/// Moves the objects of a state as the configuration asks.
pub(crate) fn apply_moves(program: &Program, providers: &Providers, state: &mut State) -> Moves {
    let mut statements = explicit(program);
    let implied = implied(program, state, &statements);
    statements.extend(implied);
    let mut mover = Mover { program, providers, moves: Moves::default() };
    match ordered(&statements) {
        Ok(order) => {
            for statement in order.iter().filter_map(|at| statements.get(*at)) {
                mover.carry_out(statement, state);
            }
        }
        Err(circle) => mover.moves.circle = circle,
    }
    mover.moves.statements = statements;
    mover.moves
}

impl Moves {
    /// Why nothing can be planned: moves to other types that failed, and moved objects that the targets leave out.
    pub fn impossible(&self, targets: &[Target], tool: Tool) -> Diagnostics {
        let mut found = self.refused.clone();
        found.extend(self.excluded(targets, tool));
        found
    }

    fn excluded(&self, targets: &[Target], tool: Tool) -> Option<Diagnostic> {
        if targets.is_empty() {
            return None;
        }
        let ends = self.came_from.iter().flat_map(|(to, from)| [from, to]);
        let left_out = ends.filter(|end| !targets.iter().any(|target| target.covers_instance(end)));
        let resources: BTreeSet<AbsResource> = left_out.map(ResourceInstance::whole).collect();
        if resources.is_empty() {
            return None;
        }
        let options: String = resources
            .iter()
            .map(|resource| format!("\n  -target={}", lang::quote(&resource.to_string())))
            .collect();
        let detail = format!(
            "Resource instances in your current state have moved to new addresses in the latest configuration. {tool} \
             must include those resource instances while planning in order to ensure a correct result, but your \
             -target=... options do not fully cover all of those resource instances.\n\nTo create a valid plan, either \
             remove your -target=... options altogether or add the following additional target options:{options}\n\n\
             Note that adding these options may include further additional resource instances in your plan, in order to \
             respect object dependencies."
        );
        Some(Diagnostic::error("Moved resource instances excluded by targeting", detail).with_code("moved"))
    }

    /// The warning about what could not move.
    pub fn warning(&self, tool: Tool) -> Option<Diagnostic> {
        if self.blocked.is_empty() {
            return None;
        }
        let mut items: Vec<String> =
            self.blocked.iter().map(|(from, to)| format!("\n  - {from} could not move to {to}")).collect();
        items.sort_unstable();
        let detail = format!(
            "{tool} tried to adjust resource instance addresses in the prior state based on change information \
             recorded in the configuration, but some adjustments did not succeed due to existing objects already at \
             the intended addresses:{}\n\n{tool} has planned to destroy these objects. If {tool}'s proposed \
             changes aren't appropriate, you must first resolve the conflicts using the \"{} state\" \
             subcommands and then create a new plan.",
            items.concat(),
            tool.command()
        );
        Some(Diagnostic::warning("Unresolved resource instance address changes", detail))
    }
}

/// Moves in progress.
struct Mover<'a> {
    program: &'a Program,
    providers: &'a Providers,
    moves: Moves,
}

impl Mover<'_> {
    fn carry_out(&mut self, statement: &Statement, state: &mut State) {
        match (&statement.from, &statement.to) {
            (Endpoint::Resource(from), Endpoint::Resource(_)) => {
                for outer in outers(statement, &from.module, state) {
                    let (Endpoint::Resource(from), Endpoint::Resource(to)) =
                        (statement.from.within(&outer), statement.to.within(&outer))
                    else {
                        continue;
                    };
                    self.resource(statement, &from, &to, state);
                }
            }
            (Endpoint::Instance(from), Endpoint::Instance(_)) => {
                for outer in outers(statement, &from.module, state) {
                    let (Endpoint::Instance(from), Endpoint::Instance(to)) =
                        (statement.from.within(&outer), statement.to.within(&outer))
                    else {
                        continue;
                    };
                    self.instance(statement, &from, &to, state);
                }
            }
            _ => self.modules(statement, state),
        }
    }

    fn resource(&mut self, statement: &Statement, from: &AbsResource, to: &AbsResource, state: &mut State) {
        let Some(instances) = state.instances(from) else { return };
        if state.instances(to).is_some() {
            self.moves.blocked.push((from.to_string(), to.to_string()));
            return;
        }
        let keys: Vec<_> = instances.keys().cloned().collect();
        let crossing = self.crossing(statement, from, to, state);
        for key in keys {
            let (from, to) = (from.instance(key.clone()), to.instance(key));
            if let Some(crossing) = &crossing {
                crossing.convert(&from, &to, state, &mut self.moves.refused);
            }
            self.relocate(&from, &to, state);
        }
    }

    fn instance(
        &mut self,
        statement: &Statement,
        from: &ResourceInstance,
        to: &ResourceInstance,
        state: &mut State,
    ) {
        if state.instance(from).is_none() {
            return;
        }
        if state.instance(to).is_some() {
            self.moves.blocked.push((from.to_string(), to.to_string()));
            return;
        }
        if let Some(crossing) = self.crossing(statement, &from.whole(), &to.whole(), state) {
            crossing.convert(from, to, state, &mut self.moves.refused);
        }
        self.relocate(from, to, state);
    }

    fn crossing(
        &mut self,
        statement: &Statement,
        from: &AbsResource,
        to: &AbsResource,
        state: &State,
    ) -> Option<Crossing> {
        let place = statement.place.as_ref();
        match crossing(self.program, self.providers, state, (from, to), place) {
            Ok(crossing) => crossing,
            Err(refused) => {
                self.moves.refused.push(*refused);
                None
            }
        }
    }

    fn modules(&mut self, statement: &Statement, state: &mut State) {
        // Resources of one module follow each other in the state.
        let mut modules: Vec<ModuleInstance> = Vec::new();
        for (addr, _) in state.resources() {
            if modules.last() != Some(&addr.module) {
                modules.push(addr.module.clone());
            }
        }
        for module in &modules {
            let Some(to) = destination(statement, module) else { continue };
            if modules.binary_search(&to).is_ok() {
                self.moves.blocked.push((module.to_string(), to.to_string()));
                continue;
            }
            let resources = state.resources().filter(|(addr, _)| addr.module == *module);
            let found: Vec<(AbsResource, Vec<_>)> = resources
                .map(|(addr, instances)| (addr.clone(), instances.keys().cloned().collect()))
                .collect();
            for (from, keys) in found {
                let to = AbsResource { module: to.clone(), resource: from.resource.clone() };
                for key in keys {
                    self.relocate(&from.instance(key.clone()), &to.instance(key), state);
                }
            }
        }
    }

    fn relocate(&mut self, from: &ResourceInstance, to: &ResourceInstance, state: &mut State) {
        state.move_instance(from, to);
        let origin = self.moves.came_from.remove(from).unwrap_or_else(|| from.clone());
        self.moves.came_from.insert(to.clone(), origin);
    }
}

/// The instances of the declaring module in which the state has something at the path from there.
fn outers(statement: &Statement, path: &ModuleInstance, state: &State) -> Vec<ModuleInstance> {
    let mut outers = Vec::new();
    for (addr, _) in state.resources() {
        if let Some((outer, inner)) = statement.split(&addr.module)
            && inner == *path
            && outers.last() != Some(&outer)
        {
            outers.push(outer);
        }
    }
    outers
}

/// Where the statement puts a module instance: itself, or one inside of what moves.
fn destination(statement: &Statement, module: &ModuleInstance) -> Option<ModuleInstance> {
    let (outer, inner) = statement.split(module)?;
    let join = |parts: [&[(syntax::SmolStr, config::InstanceKey)]; 3]| {
        ModuleInstance(outer.0.iter().chain(parts.into_iter().flatten()).cloned().collect())
    };
    match (&statement.from, &statement.to) {
        (Endpoint::Call { module: from, name }, Endpoint::Call { module: to, name: to_name }) => {
            let rest = inner.0.strip_prefix(&*from.0)?;
            let ((call, key), rest) = rest.split_first()?;
            (call == name).then(|| join([&to.0, &[(to_name.clone(), key.clone())], rest]))
        }
        (Endpoint::Module(from), Endpoint::Module(to)) => {
            let rest = inner.0.strip_prefix(&*from.0)?;
            Some(join([&to.0, &[], rest]))
        }
        _ => None,
    }
}
