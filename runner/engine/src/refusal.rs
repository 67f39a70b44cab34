//! What keeps the plan of an apply run from being applied, though nothing is wrong in it.

use config::Feature;
use syntax::{Diagnostic, Diagnostics, SmolStr};

use crate::refactoring::apply_moves;
use crate::walk::{Inputs, Walk};

/// The errors with which an apply ends before it begins.
pub(crate) fn of_apply(plan: &Walk<'_>) -> Diagnostics {
    cannot_apply(plan).map_or_else(|| unset_at_apply(plan.inputs), |why| vec![why])
}

/// Why Terraform takes the plan of a refresh for one that it should not have made. It looks at the managed objects and at
/// the outputs, of which the refreshed state has the known ones.
fn cannot_apply(plan: &Walk<'_>) -> Option<Diagnostic> {
    let inputs = plan.inputs;
    if !inputs.options.refresh_only || !inputs.dialect.has(Feature::RefusesVainRefresh) {
        return None;
    }
    let mut before = inputs.prior.clone();
    apply_moves(inputs.program, inputs.providers, &mut before);
    let detail =
        "The given plan is not applyable. If this seems like a bug in Terraform, then please report it!";
    (plan.refreshes_nothing_but_unknown_outputs() && before.has_same_objects(&plan.state))
        .then(|| Diagnostic::error("Cannot apply non-applyable plan", detail))
}

/// The ephemeral variables that have only a default: Terraform 1.11 takes it for a value that only the apply was given.
fn unset_at_apply(inputs: Inputs<'_>) -> Diagnostics {
    if inputs.dialect.has(Feature::EphemeralMayStayUnset) {
        return Diagnostics::new();
    }
    let variables = inputs.program.root().variables.iter();
    let unset = variables.filter(|(name, it)| it.ephemeral && !inputs.variables.contains_key(*name));
    let error = |(name, _): (&SmolStr, _)| {
        let detail = format!(
            "The ephemeral input variable \"{name}\" was not set during the plan phase, and so must remain unset during \
             the apply phase."
        );
        Diagnostic::error("No value for required variable", detail)
    };
    unset.map(error).collect()
}
