//! Addresses of the module's objects: targets of overrides and of plans.

use std::sync::Arc;

use lang::{Expr, static_traversal};
use syntax::{Diagnostic, Diagnostics, Origin};

use super::TestContext;
use super::run::RunChecker;
use crate::address::{InstanceKey, ResourceInstance, ResourceMode};
use crate::check::opentofu::check_overrides;
use crate::check::planned::lacks_instance;
use crate::dialect::Tool;
use crate::module::ModuleTree;
use crate::target::Target;
use crate::test_file::{Override, OverrideKind, PlanMode, TestFile};

/// An entry of `target` in `plan_options`, or why it is no address. Terraform says so when the run begins.
pub fn plan_target(expr: &Expr, origin: &Origin) -> Result<Target, Diagnostic> {
    let error = |summary: &str, detail: String, place| {
        Diagnostic::error(summary, detail).at(place).with_code("invalid-address")
    };
    let Some(traversal) = static_traversal(expr) else {
        let detail = "Resource specification must include a resource type and name.";
        return Err(error("Invalid address", detail.to_owned(), expr.location(origin)));
    };
    Target::parse(traversal).map_err(|why| error(why.summary, why.detail, origin.locate(why.span)))
}

/// What a plan that only refreshes says of objects that it should replace; without its place, which the tools do not tell.
pub fn refused_replacement() -> Diagnostic {
    let detail =
        "Forcing resource instance replacement (with -replace=...) is allowed only in normal planning mode.";
    Diagnostic::error("Unsupported plan mode", detail).with_code("refused-replacement")
}

/// An entry of `replace` in `plan_options`: an instance of a managed resource.
pub fn replaced_resource(expr: &Expr, origin: &Origin) -> Result<ResourceInstance, Diagnostic> {
    let target = plan_target(expr, origin)?;
    let text = target.to_string();
    let error = |summary: &str, detail: String| {
        let error = Diagnostic::error(summary, detail).at(expr.location(origin));
        Err(error.with_code("invalid-address"))
    };
    match target.resource {
        Some((resource, key)) if resource.mode == ResourceMode::Managed => {
            Ok(ResourceInstance { module: target.module, resource, key })
        }
        Some(_) => error("Can only target managed resources for forced replacements.", text),
        None => {
            let detail = "A resource instance address is required here. The module path must be followed by a resource \
                          instance specification.";
            error("Invalid address", detail.to_owned())
        }
    }
}

/// The warnings about targets of overrides that do not exist: those of a run's own overrides, or those of the file and
/// of its mocks. OpenTofu has errors instead, which are its runs' own: see [`crate::check_overrides`].
pub fn missing_targets(file: &TestFile, run: Option<usize>, context: &TestContext<'_>) -> Diagnostics {
    let mut sink = Diagnostics::new();
    if file.dialect.tool == Tool::OpenTofu {
        return sink;
    }
    match run {
        Some(index) => {
            let Some(run) = file.runs.get(index).filter(|run| !run.overrides.is_empty()) else { return sink };
            let Some(tree) = context.module_of(run.module.as_ref()) else { return sink };
            let exists = |target: &Target| target_exists(&tree, target);
            sink.extend(run.overrides.iter().filter_map(|found| missing_target(found, &run.origin, exists)));
        }
        None => {
            let of_mocks = file.mock_providers.iter().any(|mock| !mock.overrides.is_empty());
            if (of_mocks || !file.overrides.is_empty())
                && let Some(trees) = context.modules(file).into_iter().collect::<Option<Vec<_>>>()
            {
                missing_of_file(file, &trees, &mut sink);
            }
        }
    }
    sink
}

impl RunChecker<'_> {
    pub(super) fn overrides(&mut self, tree: &ModuleTree) {
        let origin = &self.run.origin;
        let is_opentofu = self.file.dialect.tool == Tool::OpenTofu;
        if is_opentofu {
            self.sink.extend(check_overrides(self.file, self.run, tree));
        }
        for found in &self.run.overrides {
            if !is_opentofu {
                let exists = |target: &Target| target_exists(tree, target);
                self.sink.extend(missing_target(found, origin, exists));
                let lacks = |target: &Target| lacks_instance(tree, target);
                self.sink.extend(missing_instance(found, origin, lacks));
            }
            let of_run = self.run.overrides.iter();
            let of_file = self.file.overrides.iter().map(|item| &**item);
            self.sink.extend(unreachable(found, origin, of_run.chain(of_file)));
        }
    }

    pub(super) fn plan_options(&mut self, tree: Option<&ModuleTree>) {
        let options = &self.run.plan_options;
        if let Some(first) = options.replace.first().filter(|_| options.mode == PlanMode::RefreshOnly) {
            self.sink.push(refused_replacement().at(first.location(&self.run.origin)));
        }
        let origin = &self.run.origin;
        for expr in self.run.plan_options.target.iter().filter(|expr| is_typed(expr)) {
            match plan_target(expr, origin) {
                Ok(target) => self.sink.extend(unknown_target(expr, &target, origin, tree)),
                Err(error) => self.sink.push(error),
            }
        }
        for expr in self.run.plan_options.replace.iter().filter(|expr| is_typed(expr)) {
            match replaced_resource(expr, origin) {
                Ok(ResourceInstance { module, resource, key }) => {
                    let target = Target { module, resource: Some((resource, key)) };
                    self.sink.extend(unknown_target(expr, &target, origin, tree));
                }
                Err(error) => self.sink.push(error),
            }
        }
    }
}

/// Whether the last name is there already.
fn is_typed(expr: &Expr) -> bool {
    !static_traversal(expr)
        .is_none_or(|it| it.steps.iter().any(|step| matches!(step.kind, lang::StepKind::Missing)))
}

/// The overrides of the file and of its mocks.
pub(super) fn of_file(file: &TestFile, trees: &[Arc<ModuleTree>], sink: &mut Diagnostics) {
    if file.dialect.tool == Tool::Terraform {
        missing_of_file(file, trees, sink);
        missing_instances_of_file(file, trees, sink);
    }
    for found in &file.overrides {
        sink.extend(unreachable(found, &found.origin, file.overrides.iter().map(|item| &**item)));
    }
}

/// Each may be of any module that the file runs. What mock files say is said for many tests, and is not looked at.
fn missing_of_file(file: &TestFile, trees: &[Arc<ModuleTree>], sink: &mut Diagnostics) {
    let exists = |target: &Target| trees.iter().any(|tree| target_exists(tree, target));
    for found in &file.overrides {
        sink.extend(missing_target(found, &found.origin, exists));
    }
    for mock in &file.mock_providers {
        sink.extend(mock.overrides.iter().filter_map(|found| missing_target(found, &mock.origin, exists)));
    }
}

/// The same about instances that none of the modules has. Terraform looks at no keys.
fn missing_instances_of_file(file: &TestFile, trees: &[Arc<ModuleTree>], sink: &mut Diagnostics) {
    let lacks = |target: &Target| {
        let mut declaring = trees.iter().filter(|tree| target_exists(tree, target)).peekable();
        declaring.peek().is_some() && declaring.all(|tree| lacks_instance(tree, target))
    };
    for found in &file.overrides {
        sink.extend(missing_instance(found, &found.origin, lacks));
    }
    for mock in &file.mock_providers {
        sink.extend(mock.overrides.iter().filter_map(|found| missing_instance(found, &mock.origin, lacks)));
    }
}

fn missing_instance(
    found: &Override,
    origin: &Origin,
    lacks: impl Fn(&Target) -> bool,
) -> Option<Diagnostic> {
    let target = found.address.as_ref().filter(|target| lacks(target))?;
    let detail = format!(
        "The configuration under test has no instance {target}: its count or for_each makes others. The override has no \
         effect."
    );
    let warning = Diagnostic::warning("Invalid override target", detail);
    Some(warning.at(origin.locate(found.target_argument)).with_code("unknown-override-target"))
}

fn missing_target(found: &Override, origin: &Origin, exists: impl Fn(&Target) -> bool) -> Option<Diagnostic> {
    let target = found.address.as_ref().filter(|target| !exists(target))?;
    Some(
        Diagnostic::warning(
            "Invalid override target",
            format!(
                "The override target {target} does not exist within the configuration under test. This could indicate \
                 a typo in the target address or an unnecessary override."
            ),
        )
        .at(origin.locate(found.target_argument))
        .with_code("unknown-override-target"),
    )
}

/// A hint at an override of something in a module that another override replaces as a whole: of such a module nothing
/// is looked at but its outputs.
fn unreachable<'o>(
    found: &Override,
    origin: &Origin,
    mut others: impl Iterator<Item = &'o Override>,
) -> Option<Diagnostic> {
    let target = found.address.as_ref()?;
    let hides = |other: &&Override| {
        let Some(module) = other.address.as_ref().filter(|_| other.kind == OverrideKind::Module) else {
            return false;
        };
        let (outer, inner) = (&module.module.0, &target.module.0);
        let below = outer.iter().zip(inner.iter()).all(|((a, key), (b, _))| {
            // One instance of a module hides only itself.
            a == b && *key == InstanceKey::None
        });
        below && (outer.len() < inner.len() || (outer.len() == inner.len() && target.resource.is_some()))
    };
    let hiding = others.find(hides)?;
    let module = hiding.address.as_ref()?;
    let detail = format!(
        "The outputs of {module} are overridden as a whole, so nothing in it is planned and this override has no effect."
    );
    let hint = Diagnostic::hint("Unreachable override", detail);
    Some(hint.at(origin.locate(found.header)).with_code("unreachable-override"))
}

/// A warning about a target that leads nowhere. Terraform plans nothing for it and is silent.
fn unknown_target(
    expr: &Expr,
    target: &Target,
    origin: &Origin,
    tree: Option<&ModuleTree>,
) -> Option<Diagnostic> {
    if tree.is_none_or(|tree| target_exists(tree, target) && !lacks_instance(tree, target)) {
        return None;
    }
    let detail = format!(
        "The target {target} does not exist within the configuration under test, so it has no effect on the plan."
    );
    let warning = Diagnostic::warning("Unknown target", detail);
    Some(warning.at(expr.location(origin)).with_code("unknown-target"))
}

/// Whether a module or resource is declared; instance keys are not looked at.
fn target_exists(tree: &ModuleTree, target: &Target) -> bool {
    let mut tree = tree;
    for (name, _) in target.module.0.iter() {
        match tree.children.get(name) {
            Some(child) => tree = child,
            // A call whose module is not loaded may have anything in it.
            None => return tree.module.calls.contains_key(name),
        }
    }
    match &target.resource {
        None => true,
        Some((addr, _)) => {
            tree.module.resources.contains_key(addr) || tree.module.scoped_data(addr).is_some()
        }
    }
}
