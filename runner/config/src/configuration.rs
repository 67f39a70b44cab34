//! Which provider configuration a module means by a name: its own, one that its caller passes, or one that a caller has.
//!
//! Everything here follows from what is declared. A test file may put blocks of its own in place of those of the root
//! module.

use syntax::SmolStr;

use crate::module::{Module, ModuleCall, ProviderRef};

/// The modules of a configuration by their numbers, of which the root module has 0.
pub trait Modules {
    fn module(&self, id: usize) -> &Module;

    /// The module that calls this one, and the call.
    fn caller(&self, id: usize) -> Option<(usize, &ModuleCall)>;
}

/// A provider with one set of arguments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Configuration {
    /// The module that the block stands in, or would.
    pub module: usize,
    /// The provider's source address.
    pub source: SmolStr,
    pub alias: Option<SmolStr>,
    /// The index of the block among the module's provider blocks.
    pub block: Option<usize>,
}

impl Configuration {
    /// The configuration, and the innermost called module on the way to it whose call says which instance of it is
    /// meant.
    pub fn resolve(
        modules: &(impl Modules + ?Sized),
        module: usize,
        source: &SmolStr,
        alias: Option<&SmolStr>,
    ) -> (Configuration, Option<usize>) {
        let mut here = Configuration { module, source: source.clone(), alias: alias.cloned(), block: None };
        let mut keyed_in = None;
        loop {
            if let Some((passed, keyed)) = here.passed(modules) {
                keyed_in = keyed_in.or_else(|| keyed.then_some(here.module));
                here = passed;
                continue;
            }
            here.block = here.own_block(modules);
            match modules.caller(here.module) {
                Some((caller, _)) if here.block.is_none() && here.alias.is_none() => here.module = caller,
                _ => return (here, keyed_in),
            }
        }
    }

    /// What a call in a module passes under a name, where nothing is there by it: a default that the caller's own caller
    /// has is not enough. The root module has the default of every provider that it requires, if only an empty one, but
    /// not of those that only resources imply.
    pub fn not_there(
        modules: &(impl Modules + ?Sized),
        caller: usize,
        parent: &ProviderRef,
    ) -> Option<Configuration> {
        let module = modules.module(caller);
        let source = module.provider_source(&parent.name);
        let is_required = || module.required_providers.keys().any(|it| module.provider_source(it) == source);
        if caller == 0 && parent.alias.is_none() && is_required() {
            return None;
        }
        let here = Configuration { module: caller, source, alias: parent.alias.clone(), block: None };
        (here.own_block(modules).is_none() && here.passed(modules).is_none()).then_some(here)
    }

    /// What the root module asks of whoever calls it: only a test file does.
    pub fn asked_of_caller(root: &Module) -> impl Iterator<Item = Configuration> {
        let asked = root.required_providers.values().flat_map(|required| &required.aliases);
        asked.map(|asked| Configuration {
            module: 0,
            source: root.provider_source(&asked.name),
            alias: asked.alias.clone(),
            block: root.providers.iter().position(|block| block.reference() == *asked),
        })
    }

    /// A default configuration of the root module that nothing in the program uses, by its address.
    pub fn implied(address: &str) -> Option<Configuration> {
        let source = address.strip_prefix("provider[\"")?.strip_suffix("\"]")?;
        Some(Configuration { module: 0, source: source.into(), alias: None, block: None })
    }

    /// `module.m.provider["registry.terraform.io/hashicorp/aws"].west`. `path` has the names of the calls that lead to the
    /// module.
    pub fn address(&self, path: &[SmolStr]) -> String {
        let mut text: String = path.iter().map(|call| format!("module.{call}.")).collect();
        text.push_str(&format!("provider[{}]", lang::quote(&self.source)));
        if let Some(alias) = &self.alias {
            text.push_str(&format!(".{alias}"));
        }
        text
    }

    /// The parent's configuration that is passed for this one, and whether it is passed with the key of an instance. A
    /// block that has arguments cannot be replaced so.
    fn passed(&self, modules: &(impl Modules + ?Sized)) -> Option<(Configuration, bool)> {
        let (caller, call) = modules.caller(self.module)?;
        let (child, parent) = (modules.module(self.module), modules.module(caller));
        let passed = call.passed_providers.iter().find(|passed| {
            passed.child.reference.alias == self.alias
                && child.provider_source(&passed.child.reference.name) == self.source
        })?;
        let block = self.own_block(modules).and_then(|block| child.providers.get(block));
        if block.is_some_and(|block| !block.body.is_empty()) {
            return None;
        }
        let source = parent.provider_source(&passed.parent.reference.name);
        let alias = passed.parent.reference.alias.clone();
        Some((Configuration { module: caller, source, alias, block: None }, passed.parent.key.is_some()))
    }

    fn own_block(&self, modules: &(impl Modules + ?Sized)) -> Option<usize> {
        let module = modules.module(self.module);
        let mut blocks = module.providers.iter();
        blocks.position(|it| it.alias == self.alias && module.provider_source(&it.name) == self.source)
    }
}
