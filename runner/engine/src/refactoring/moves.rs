//! Moves applied to a state, before anything is planned.

use std::collections::BTreeMap;

use config::{AbsResource, ModuleInstance, ResourceInstance};
use syntax::Diagnostic;

use super::endpoint::Endpoint;
use super::statements::{Statement, explicit, implied, ordered};
use crate::program::Program;
use crate::state::State;

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
}

/// Moves the objects of a state as the configuration asks.
pub(crate) fn apply_moves(program: &Program, state: &mut State) -> Moves {
    let mut statements = explicit(program);
    let implied = implied(program, state, &statements);
    statements.extend(implied);
    let mut moves = Moves::default();
    match ordered(&statements) {
        Ok(order) => {
            for statement in order.iter().filter_map(|at| statements.get(*at)) {
                moves.carry_out(statement, state);
            }
        }
        Err(circle) => moves.circle = circle,
    }
    moves.statements = statements;
    moves
}

impl Moves {
    /// The warning about what could not move.
    pub fn warning(&self) -> Option<Diagnostic> {
        if self.blocked.is_empty() {
            return None;
        }
        let mut items: Vec<String> =
            self.blocked.iter().map(|(from, to)| format!("\n  - {from} could not move to {to}")).collect();
        items.sort_unstable();
        let detail = format!(
            "Terraform tried to adjust resource instance addresses in the prior state based on change information \
             recorded in the configuration, but some adjustments did not succeed due to existing objects already at \
             the intended addresses:{}\n\nTerraform has planned to destroy these objects. If Terraform's proposed \
             changes aren't appropriate, you must first resolve the conflicts using the \"terraform state\" \
             subcommands and then create a new plan.",
            items.concat()
        );
        Some(Diagnostic::warning("Unresolved resource instance address changes", detail))
    }

    fn carry_out(&mut self, statement: &Statement, state: &mut State) {
        match (&statement.from, &statement.to) {
            (Endpoint::Resource(from), Endpoint::Resource(_)) => {
                for outer in outers(statement, &from.module, state) {
                    let (Endpoint::Resource(from), Endpoint::Resource(to)) =
                        (statement.from.within(&outer), statement.to.within(&outer))
                    else {
                        continue;
                    };
                    self.resource(&from, &to, state);
                }
            }
            (Endpoint::Instance(from), Endpoint::Instance(_)) => {
                for outer in outers(statement, &from.module, state) {
                    let (Endpoint::Instance(from), Endpoint::Instance(to)) =
                        (statement.from.within(&outer), statement.to.within(&outer))
                    else {
                        continue;
                    };
                    self.instance(&from, &to, state);
                }
            }
            _ => self.modules(statement, state),
        }
    }

    fn resource(&mut self, from: &AbsResource, to: &AbsResource, state: &mut State) {
        let Some(instances) = state.instances(from) else { return };
        if state.instances(to).is_some() {
            self.blocked.push((from.to_string(), to.to_string()));
            return;
        }
        let keys: Vec<_> = instances.keys().cloned().collect();
        for key in keys {
            self.relocate(&from.instance(key.clone()), &to.instance(key), state);
        }
    }

    fn instance(&mut self, from: &ResourceInstance, to: &ResourceInstance, state: &mut State) {
        if state.instance(from).is_none() {
            return;
        }
        if state.instance(to).is_some() {
            self.blocked.push((from.to_string(), to.to_string()));
            return;
        }
        self.relocate(from, to, state);
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
                self.blocked.push((module.to_string(), to.to_string()));
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
        let origin = self.came_from.remove(from).unwrap_or_else(|| from.clone());
        self.came_from.insert(to.clone(), origin);
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
