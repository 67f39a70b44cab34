//! `expect_failures`: what a run wants to fail, and whether it can.

use lang::{Dialect, Expr, StepKind, Tool, Traversal, static_traversal};
use syntax::{Diagnostic, Location, Origin};

use super::plan_time::Analysis;
use super::run::RunChecker;
use crate::address::{InstanceKey, ResourceMode};
use crate::check::instances::Instances;
use crate::item::Item;
use crate::module::{Condition, Module, ModuleTree, Resource};
use crate::reference::{Grammar, Reference, Subject, parse_reference_for};
use crate::test_file::Command;

/// The error that an object which was expected to fail did not.
pub fn missing_expected_failure(object: &str, place: Location) -> Diagnostic {
    let detail = format!("The checkable object, {object}, was expected to report an error but did not.");
    Diagnostic::error("Missing expected failure", detail).at(place).with_code("missing-expected-failure")
}

impl RunChecker<'_> {
    pub(super) fn expected_failures(&mut self, tree: Option<&ModuleTree>) {
        let before = self.sink.len();
        let mut missing = Vec::new();
        for expr in &self.run.expect_failures {
            let Some(traversal) = static_traversal(expr) else { continue };
            if traversal.steps.iter().any(|step| matches!(step.kind, StepKind::Missing)) {
                continue;
            }
            match expected_failure(traversal, &self.run.origin, self.file.dialect.tool) {
                Ok(reference) => {
                    missing.extend(tree.and_then(|tree| self.expected(&reference, tree)));
                }
                Err(diagnostic) => self.sink.push(diagnostic),
            }
        }
        // A run with an entry that is refused does not come so far that another could be missed.
        if self.sink.len() == before {
            self.sink.extend(missing);
        }
    }

    /// What becomes of an entry that may be listed.
    fn expected(&self, reference: &Reference, tree: &ModuleTree) -> Option<Diagnostic> {
        let (subject, place) = (&reference.subject, self.run.locate(reference.span));
        let missing = || Some(missing_expected_failure(&subject.to_string(), place.clone()));
        let Some(checks) = Checks::of(subject, &tree.module) else { return missing() };
        match self.run.command {
            Command::Apply if checks.all_before_apply(&tree.module) => self.early_failure(subject, place),
            Command::Plan if checks.before.is_empty() && !checks.after.is_empty() => {
                // While planning, a postcondition that is not known is not looked at.
                let analysis = Analysis::of_run(self.file, self.index, self.context, tree)?;
                if analysis.are_unknown(checks.after, checks.resource) { missing() } else { None }
            }
            _ => None,
        }
    }

    /// Such a failure comes while planning, and then nothing is applied.
    fn early_failure(&self, subject: &Subject, place: Location) -> Option<Diagnostic> {
        if self.file.dialect.tool != Tool::Terraform {
            return None;
        }
        let detail = format!(
            "The custom conditions of {subject} are checked during the planning stage. A failure there prevents the \
             requested apply operation, so this run ends in an error even though the failure is expected. Set command = \
             plan to expect it."
        );
        let warning = Diagnostic::warning("Expected failure while planning", detail);
        Some(warning.at(place).with_code("early-failure"))
    }
}

/// The object that an entry of `expect_failures` names.
///
/// # Errors
/// The name leads nowhere, or to something that cannot fail.
pub fn expected_failure(traversal: &Traversal, origin: &Origin, tool: Tool) -> Result<Reference, Diagnostic> {
    let reference = parse_reference_for(traversal, origin, Grammar::Test, tool)?;
    let subject = &reference.subject;
    match subject {
        Subject::Output(_) | Subject::Variable(_) | Subject::Check(_) => return Ok(reference),
        Subject::Resource(addr, _) if addr.mode != ResourceMode::Ephemeral => return Ok(reference),
        _ => {}
    }
    // Terraform names the call's instance and output alike.
    let detail = format!(
        "You cannot expect failures from {subject}. You can only expect failures from checkable objects such as input \
         variables, output values, check blocks, managed resources and data sources."
    );
    let error = Diagnostic::error("Invalid `expect_failures` reference", detail);
    Err(error.at(origin.locate(reference.span)).with_code("invalid-expected-failure"))
}

/// The conditions of an object, of which one must fail.
struct Checks<'m> {
    /// Those that are checked before the object is planned.
    before: Vec<&'m Condition>,
    /// Those that are checked when it is done.
    after: &'m [Condition],
    resource: Option<&'m Resource>,
}

impl<'m> Checks<'m> {
    /// `None` when nothing of that name is declared, or it has no conditions: then it cannot fail.
    fn of(subject: &Subject, module: &'m Module) -> Option<Checks<'m>> {
        let of = |conditions: &'m [Condition]| Checks {
            before: conditions.iter().collect(),
            after: &[],
            resource: None,
        };
        let checks = match subject {
            Subject::Variable(name) => of(&module.variables.get(name)?.validations),
            Subject::Output(name) => of(&module.outputs.get(name)?.preconditions),
            // Each has an assertion, and its failures never come too early.
            Subject::Check(name) => {
                module.checks.get(name)?;
                return Some(Checks { before: Vec::new(), after: &[], resource: None });
            }
            Subject::Resource(addr, key) => {
                let resource = module.resources.get(addr)?;
                if !may_have_instance(resource, key.as_ref(), module.dialect) {
                    return None;
                }
                Checks {
                    before: resource.lifecycle.preconditions.iter().collect(),
                    after: &resource.lifecycle.postconditions,
                    resource: Some(resource),
                }
            }
            _ => return None,
        };
        (!checks.before.is_empty() || !checks.after.is_empty()).then_some(checks)
    }

    /// Whether all conditions are about what is known before anything is made.
    fn all_before_apply(&self, module: &Module) -> bool {
        self.after.is_empty()
            && !self.before.is_empty()
            && self.before.iter().all(|it| nothing_planned(&it.condition, module, &mut Vec::new()))
    }
}

/// Whether an expression is made of what a run gives to its module, so that every plan knows it.
fn nothing_planned<'m>(expr: &'m Expr, module: &'m Module, seen: &mut Vec<&'m str>) -> bool {
    expr.traversals().iter().all(|traversal| match traversal.root.as_str() {
        "var" | "path" | "terraform" => true,
        "local" => {
            let Some(name) = traversal.attr(0) else { return false };
            if seen.contains(&name.as_str()) {
                return true;
            }
            seen.push(name);
            module.locals.get(name).is_some_and(|local| nothing_planned(&local.value, module, seen))
        }
        _ => false,
    })
}

/// Whether the resource may have an instance of that key.
fn may_have_instance(resource: &Item<Resource>, key: Option<&InstanceKey>, dialect: Dialect) -> bool {
    let Some(key) = key else { return true };
    match Instances::of_resource(resource, &resource.origin, dialect) {
        Some(instances) => instances.has(key),
        None => match key {
            InstanceKey::Int(_) => resource.for_each.is_none(),
            _ => resource.count.is_none(),
        },
    }
}
