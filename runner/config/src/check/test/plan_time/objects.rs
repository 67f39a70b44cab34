//! Which attributes of an object that is about to be created nobody knows yet.

use lang::expr::Node;
use lang::{Expr, Step, StepKind, Tool};
use syntax::SmolStr;

use super::value::Unknown;
use super::{Analysis, At, LeftOpen};
use crate::address::{ResourceAddr, ResourceMode};
use crate::module::{ProviderRef, Resource};
use crate::served::BUILT_IN_PROVIDER;
use crate::target::Target;
use crate::test_file::{Command, MockFile, Override};

/// Who plans an object.
enum Planner {
    /// The tool itself, for an override or for the mock of that index, which it leaves to the apply.
    Mock(Option<usize>),
    /// The provider that is part of the tool.
    BuiltIn,
    Provider,
}

impl Analysis<'_> {
    /// Whether what `path` leads to in an object is unknown.
    pub(super) fn attribute(&self, at: &At<'_>, resource: &Resource, path: &[Step]) -> Option<Unknown> {
        let (first, rest) = path.split_first()?;
        let (StepKind::Attr(name) | StepKind::Key(name)) = &first.kind else { return None };
        if resource.mode != ResourceMode::Managed {
            return None;
        }
        let module = &at.tree.module;
        let schema = self.context.schemas.resource(
            &module.provider_of(resource),
            resource.mode,
            &resource.addr.kind,
        )?;
        let attribute = schema.attributes.get(name)?;
        let written = resource.body.attributes.iter().find(|it| it.name == *name);
        if let Some(written) = written {
            let value = &written.value;
            let unknown = self.value(at, value, value.root(), rest)?;
            let ty = rest.is_empty().then(|| attribute.ty.clone()).filter(|ty| ty.is_primitive());
            return Some(Unknown { ty, ..unknown });
        }
        // Blocks may stand for it, and an element may be one that the configuration gives.
        if !attribute.computed || resource.body.blocks.iter().any(|block| block.makes() == name) {
            return None;
        }
        let planner = self.planner(at, resource)?;
        let sure = match planner {
            Planner::Mock(_) => true,
            Planner::BuiltIn => self.is_left_open(resource, name),
            Planner::Provider if attribute.is_read_only() => false,
            Planner::Provider => return None,
        };
        if !sure && module.provider_of(resource) == BUILT_IN_PROVIDER {
            return None;
        }
        self.left_open.borrow_mut().push(LeftOpen {
            module: self::path(at).into_iter().cloned().collect(),
            resource: resource.addr.clone(),
            attribute: name.clone(),
            mock: if let Planner::Mock(mock) = planner { mock } else { None },
        });
        let ty = rest.is_empty().then(|| attribute.ty.clone());
        Some(Unknown { sure, ty, blank: rest.is_empty(), natural: false })
    }

    /// What `terraform_data` leaves open in a plan: its id, and the output when something was put in.
    fn is_left_open(&self, resource: &Resource, attribute: &str) -> bool {
        let input = resource.body.attributes.iter().find(|it| it.name == "input");
        attribute == "id" || (attribute == "output" && input.is_some_and(|it| is_not_null(&it.value)))
    }

    /// `None` when somebody may give the values while planning.
    fn planner(&self, at: &At<'_>, resource: &Resource) -> Option<Planner> {
        let path = path(at);
        let mocks =
            self.file.mock_providers.iter().flat_map(|mock| {
                mock.overrides.iter().map(move |found| (found, found.during.or(mock.during)))
            });
        let of_file = self.file.overrides.iter().map(|found| (&**found, found.during));
        let of_run = self.run.overrides.iter().map(|found| (found, found.during));
        let mut overridden = false;
        for (found, during) in mocks.chain(of_file).chain(of_run) {
            if found.address.as_ref().is_some_and(|target| is_of(target, &path, &resource.addr)) {
                if during == Some(Command::Plan) {
                    return None;
                }
                overridden = true;
            }
        }
        // OpenTofu gives the values of mocks and overrides in its plans.
        let is_tofu = self.file.dialect.tool == Tool::OpenTofu;
        if overridden {
            return if is_tofu { None } else { Some(Planner::Mock(None)) };
        }
        let source = at.tree.module.provider_of(resource);
        match self.mock_of(at, resource.provider_ref(), &source) {
            Found::Mock(_) if is_tofu => None,
            Found::Mock(mock) if self.speaks_while_planning(mock, &resource.addr.kind) => None,
            Found::Mock(mock) => Some(Planner::Mock(Some(mock))),
            Found::Unclear => None,
            Found::Provider if source == BUILT_IN_PROVIDER => Some(Planner::BuiltIn),
            Found::Provider => Some(Planner::Provider),
        }
    }

    /// The mock that stands in for a provider configuration of a module.
    fn mock_of(&self, at: &At<'_>, mut wanted: ProviderRef, source: &SmolStr) -> Found {
        let mut place = at;
        while let Some((caller, name)) = place.caller {
            let module = &place.tree.module;
            if module.providers.iter().any(|it| it.name == wanted.name && it.alias == wanted.alias) {
                return Found::Provider;
            }
            let Some(call) = caller.tree.module.calls.get(name) else { return Found::Unclear };
            match call.passed_providers.iter().find(|passed| passed.child.reference == wanted) {
                Some(passed) => wanted = passed.parent.reference.clone(),
                // A default configuration is handed down when the names mean the same.
                None if wanted.alias.is_none()
                    && caller.tree.module.provider_source(&wanted.name) == *source => {}
                None => return Found::Unclear,
            }
            place = caller;
        }
        if self.run.providers.is_some() {
            match self.run.passed_providers.iter().find(|passed| passed.child.reference == wanted) {
                Some(passed) => wanted = passed.parent.reference.clone(),
                None => return Found::Provider,
            }
        }
        let Some(main) = &self.main else { return Found::Unclear };
        let is_it = |name: &str, alias: &Option<SmolStr>| {
            main.module.provider_source(name) == *source && *alias == wanted.alias
        };
        match self.file.mock_providers.iter().position(|mock| is_it(&mock.name, &mock.alias)) {
            Some(index) => Found::Mock(index),
            None => Found::Provider,
        }
    }

    /// Whether a mock has values of a type ready for the plan. What it says itself counts more than what its files say.
    fn speaks_while_planning(&self, index: usize, kind: &str) -> bool {
        let Some(mock) = self.file.mock_providers.get(index) else { return false };
        let of_files = self.mock_files(index).flat_map(|file| &file.mocks);
        let mut all = mock.mocks.iter().chain(of_files);
        let of_kind = all.find(|it| it.mode == ResourceMode::Managed && it.kind == kind);
        of_kind.is_some_and(|of_kind| of_kind.during.or(mock.during) == Some(Command::Plan))
    }

    fn mock_files(&self, index: usize) -> impl Iterator<Item = &MockFile> {
        self.file.mock_files.get(index).into_iter().flatten().map(|file| &**file)
    }

    /// Whether an override gives the outputs of a call.
    pub(super) fn overrides_module(&self, at: &At<'_>, call: &SmolStr) -> bool {
        let mut wanted = path(at);
        wanted.push(call);
        let of_file = self.file.overrides.iter().map(|found| &**found);
        let mut all =
            of_file.chain(&self.run.overrides).filter_map(|found: &Override| found.address.as_ref());
        all.any(|target| {
            let module = &target.module.0;
            target.resource.is_none()
                && module.len() <= wanted.len()
                && module.iter().zip(&wanted).all(|((name, _), wanted)| name == *wanted)
        })
    }
}

enum Found {
    /// The index of the mock provider.
    Mock(usize),
    Provider,
    Unclear,
}

/// The calls that lead to a module.
fn path<'t>(at: &At<'t>) -> Vec<&'t SmolStr> {
    let mut path = Vec::new();
    let mut place = at;
    while let Some((caller, name)) = place.caller {
        path.push(name);
        place = caller;
    }
    path.reverse();
    path
}

/// Whether a target is, or may be, an instance of a resource.
fn is_of(target: &Target, path: &[&SmolStr], addr: &ResourceAddr) -> bool {
    let module = &target.module.0;
    target.resource.as_ref().is_some_and(|(found, _)| found == addr)
        && module.len() == path.len()
        && module.iter().zip(path).all(|((name, _), wanted)| name == *wanted)
}

/// Whether an expression is written out so that it cannot be null.
fn is_not_null(expr: &Expr) -> bool {
    match expr.node(expr.root()) {
        Node::Literal(value) => !value.is_null(),
        Node::Template(_) | Node::Tuple(_) | Node::Object(_) => true,
        _ => false,
    }
}
