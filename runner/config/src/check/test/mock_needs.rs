//! Whether some run of a file is sure to need a value that a mock or an override gives. Where it is not sure, a value that
//! does not fit may never be looked at.

use syntax::SmolStr;

use super::{Siblings, TestContext};
use crate::address::{InstanceKey, ResourceAddr, ResourceMode};
use crate::module::Resource;
use crate::runs::Runs;
use crate::target::Target;
use crate::test_file::{Command, Mock, MockProvider, Override, PlanMode, Run, TestFile};

#[derive(Clone, Copy)]
pub(super) struct Needs<'a> {
    pub(super) file: &'a TestFile,
    pub(super) context: &'a TestContext<'a>,
}

impl Needs<'_> {
    /// Whether an object that the mock makes needs its value for `attribute`; with an empty name, whether there is such
    /// an object at all. `source` is the provider's address.
    pub(super) fn of_mock(&self, mock: &MockProvider, it: &Mock, source: &SmolStr, attribute: &str) -> bool {
        let in_plan = it.during.or(mock.during) == Some(Command::Plan);
        self.runs().decls().filter(|run| run.providers.is_none()).any(|run| {
            let Some(tree) = self.context.module_of(run.module.as_ref()) else { return false };
            let of_kind = |addr: &ResourceAddr| addr.mode == it.mode && addr.kind == it.kind;
            tree.module.resources.iter().filter(|(addr, _)| of_kind(addr)).any(|(addr, resource)| {
                tree.module.provider_of(resource) == *source
                    && resource.provider_ref().alias == mock.alias
                    && !self.is_overridden(run, addr)
                    && makes(run, resource, in_plan, attribute)
            })
        })
    }

    /// The same for an override of the file, or of one of its runs.
    pub(super) fn of_override(&self, over: &Override, run: Option<&Run>, attribute: &str) -> bool {
        let Some(Target { module, resource: Some((addr, InstanceKey::None)) }) = &over.address else {
            return false;
        };
        let in_plan = over.during == Some(Command::Plan);
        let uses = |run: &Run| {
            let resource = self.context.module_of(run.module.as_ref());
            resource
                .and_then(|tree| Some(makes(run, tree.module.resources.get(addr)?, in_plan, attribute)))
                .unwrap_or(false)
        };
        module.is_root()
            && match run {
                Some(run) => uses(run),
                None => {
                    let mut runs = self.runs().decls();
                    runs.any(|run| !run.overrides.iter().any(|it| names(it, addr)) && uses(run))
                }
            }
    }

    fn runs(&self) -> &Runs {
        Siblings { file: self.file, asked: self.context.asked }.all()
    }

    fn is_overridden(&self, run: &Run, addr: &ResourceAddr) -> bool {
        let of_mocks = self.file.mock_providers.iter().flat_map(|mock| &mock.overrides);
        let of_files = self.file.mock_files.iter().flatten().flat_map(|file| &file.overrides);
        let of_file = self.file.overrides.iter().map(|over| &*over.decl);
        run.overrides.iter().chain(of_file).chain(of_mocks).chain(of_files).any(|over| names(over, addr))
    }
}

fn names(over: &Override, addr: &ResourceAddr) -> bool {
    over.address.as_ref().and_then(|target| target.resource.as_ref()).is_some_and(|(named, _)| named == addr)
}

/// Whether the run makes an object of the resource, and the configuration leaves the attribute open.
fn makes(run: &Run, resource: &Resource, in_plan: bool, attribute: &str) -> bool {
    let body = &resource.body;
    let is_set = body.attributes.iter().any(|set| set.name == attribute)
        || body.blocks.iter().any(|block| block.makes() == attribute);
    let options = &run.plan_options;
    resource.mode != ResourceMode::Ephemeral
        && resource.count.is_none()
        && resource.for_each.is_none()
        && !is_set
        && options.mode == PlanMode::Normal
        && options.target.is_empty()
        && (attribute.is_empty() || in_plan || run.command == Command::Apply)
}
