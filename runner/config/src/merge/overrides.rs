//! Override files: their blocks change declarations of the module's other files.
//!
//! A merged declaration stands where the base stands, and everything that it takes from an override file keeps the
//! origin that it had there (`Expr::taken_from` and its like). So evaluation, checks and the editor read a merged
//! declaration as any other one, and name the right file. What can be merged is in [`super::merged`]; here is which
//! declarations meet, and Terraform's words for what may not be overridden.

use std::sync::Arc;

use indexmap::map::Entry;
use syntax::{Origin, Span};

use super::merged;
use super::module::Merge;
use crate::address::ResourceMode;
use crate::decode::ModuleDeclaration;
use crate::item::Item;
use crate::module::{Condition, ModuleCall, Output, ProviderConfig, RequiredProvider, Resource, Variable};

impl Merge {
    pub(super) fn apply_override(&mut self, declaration: &ModuleDeclaration, origin: &Arc<Origin>) {
        let module = &mut self.module;
        match declaration {
            ModuleDeclaration::Local(decl) => match module.locals.entry(decl.name.clone()) {
                Entry::Occupied(mut base) => {
                    base.insert(Item::new(Arc::clone(decl), Origin::clone(origin)));
                }
                Entry::Vacant(_) => {
                    let what = format!("local value named {}", lang::quote(&decl.name));
                    let rule = "a local value that was already defined";
                    self.missing_base("base local value definition", &what, rule, origin, decl.span);
                }
            },
            ModuleDeclaration::Variable(decl) => self.variable(decl, origin),
            ModuleDeclaration::Output(decl) => self.output(decl, origin),
            ModuleDeclaration::Call(decl) => self.call(decl, origin),
            ModuleDeclaration::Resource(decl) => self.resource(decl, origin),
            ModuleDeclaration::Provider(decl) => self.provider_config(decl, origin),
            ModuleDeclaration::RequiredProvider(decl) => self.required_provider(decl, origin),
            ModuleDeclaration::Check(decl) => self.reporter.error(
                "invalid-override",
                "Can't override check blocks".to_owned(),
                "Override files cannot override check blocks.".to_owned(),
                origin.locate(decl.header),
            ),
            ModuleDeclaration::Moved(decl) => {
                self.no_override_of("moved", "Records of moved objects", origin, decl.header);
            }
            ModuleDeclaration::Import(decl) => {
                self.no_override_of("import", "Import blocks", origin, decl.header);
            }
            ModuleDeclaration::RequiredVersion(decl) => {
                module.required_versions.retain(|version| version.origin.file == origin.file);
                module.required_versions.push(Item::new(Arc::clone(decl), Origin::clone(origin)));
            }
            ModuleDeclaration::ProviderMeta(name, span) => {
                module.provider_metas.insert(name.clone(), origin.locate(*span));
            }
            ModuleDeclaration::Backend(header) => {
                (module.backend, module.cloud) = (Some(origin.locate(*header)), None);
            }
            ModuleDeclaration::Cloud(header) => {
                (module.backend, module.cloud) = (None, Some(origin.locate(*header)));
            }
            // Terraform passes over them without a word.
            ModuleDeclaration::Removed(_) | ModuleDeclaration::RequiredProviders(_) => {}
        }
    }

    fn variable(&mut self, over: &Arc<Variable>, origin: &Origin) {
        for validation in &over.validations {
            self.no_condition("validation", validation, origin);
        }
        match self.module.variables.entry(over.name.clone()) {
            Entry::Occupied(mut base) => {
                let (variable, problem) = merged::variable(base.get(), over, self.module.dialect);
                base.get_mut().decl = Arc::new(variable);
                if let Some(detail) = problem {
                    let summary = "Invalid default value for variable".to_owned();
                    self.reporter.error("invalid-default", summary, detail, origin.locate(over.header));
                }
            }
            Entry::Vacant(_) => {
                let what = format!("variable named {}", lang::quote(&over.name));
                let rule = "a variable that was already declared";
                self.missing_base("base variable declaration", &what, rule, origin, over.header);
            }
        }
    }

    fn output(&mut self, over: &Arc<Output>, origin: &Arc<Origin>) {
        for precondition in &over.preconditions {
            self.no_condition("precondition", precondition, origin);
        }
        match self.module.outputs.entry(over.name.clone()) {
            Entry::Occupied(mut base) => {
                let output = merged::output(base.get(), over, origin, self.module.dialect);
                base.get_mut().decl = Arc::new(output);
                self.no_dependencies(&over.depends_on, origin);
            }
            Entry::Vacant(_) => {
                let what = format!("output named {}", lang::quote(&over.name));
                let rule = "an output that was already defined";
                self.missing_base("base output definition", &what, rule, origin, over.header);
            }
        }
    }

    fn call(&mut self, over: &Arc<ModuleCall>, origin: &Arc<Origin>) {
        match self.module.calls.entry(over.name.clone()) {
            Entry::Occupied(mut base) => {
                let call = merged::call(base.get(), over, origin);
                let both = call.count.is_some() && call.for_each.is_some();
                base.get_mut().decl = Arc::new(call);
                self.no_dependencies(&over.depends_on, origin);
                if both {
                    self.count_and_for_each(over.header, origin);
                }
            }
            Entry::Vacant(_) => {
                let what = format!("module call named {}", lang::quote(&over.name));
                let rule = "a module call that was defined";
                self.missing_base("module call", &what, rule, origin, over.header);
            }
        }
    }

    fn resource(&mut self, over: &Arc<Resource>, origin: &Arc<Origin>) {
        for precondition in &over.lifecycle.preconditions {
            self.no_condition("precondition", precondition, origin);
        }
        for postcondition in &over.lifecycle.postconditions {
            self.no_condition("postcondition", postcondition, origin);
        }
        match self.module.resources.entry(over.addr.clone()) {
            Entry::Occupied(mut base) => {
                let resource = merged::resource(base.get(), over, origin);
                let both = resource.count.is_some() && resource.for_each.is_some();
                base.get_mut().decl = Arc::new(resource);
                self.no_dependencies(&over.depends_on, origin);
                if both {
                    self.count_and_for_each(over.header, origin);
                }
            }
            Entry::Vacant(_) => {
                let (missing, what, block) = match over.addr.mode {
                    ResourceMode::Managed => ("resource", "resource", "a resource block"),
                    ResourceMode::Data => ("data resource", "data resource", "a data block"),
                    // Terraform passes over it without a word.
                    ResourceMode::Ephemeral => return,
                };
                let what = format!("{} {what} named {}", over.addr.kind, lang::quote(&over.addr.name));
                self.missing_base(missing, &what, &format!("{block} defined"), origin, over.header);
            }
        }
    }

    /// A configuration without an alias is always there: what sets nothing need not be written.
    fn provider_config(&mut self, over: &Arc<ProviderConfig>, origin: &Arc<Origin>) {
        let mut known = self.module.providers.iter_mut();
        if let Some(base) = known.find(|known| known.name == over.name && known.alias == over.alias) {
            base.decl = Arc::new(merged::provider(base, over, origin));
            return;
        }
        let Some(alias) = &over.alias else {
            self.module.providers.push(Item::new(Arc::clone(over), Origin::clone(origin)));
            return;
        };
        self.reporter.error(
            "missing-override-base",
            "Missing base provider configuration for override".to_owned(),
            format!(
                "There is no {} provider configuration with the alias {}. An override file can only override an aliased \
                 provider configuration that was already defined in a primary configuration file.",
                over.name,
                lang::quote(alias)
            ),
            origin.locate(over.header),
        );
    }

    fn required_provider(&mut self, over: &Arc<RequiredProvider>, origin: &Origin) {
        let item = Item::new(Arc::clone(over), origin.clone());
        self.module.required_providers.insert(over.name.clone(), item);
    }

    fn missing_base(&mut self, missing: &str, what: &str, rule: &str, origin: &Origin, subject: Span) {
        self.reporter.error(
            "missing-override-base",
            format!("Missing {missing} to override"),
            format!(
                "There is no {what}. An override file can only override {rule} in a primary configuration file."
            ),
            origin.locate(subject),
        );
    }

    fn no_override_of(&mut self, block: &str, what: &str, origin: &Origin, subject: Span) {
        self.reporter.error(
            "invalid-override",
            format!("Cannot override '{block}' blocks"),
            format!("{what} can appear only in normal files, not in override files."),
            origin.locate(subject),
        );
    }

    fn no_condition(&mut self, block: &str, condition: &Condition, origin: &Origin) {
        self.reporter.error(
            "invalid-override",
            format!("Can't override {block} blocks"),
            format!("Override files cannot override \"{block}\" blocks."),
            origin.locate(condition.header),
        );
    }

    fn no_dependencies(&mut self, depends_on: &[lang::Expr], origin: &Origin) {
        if let Some(first) = depends_on.first() {
            self.reporter.error(
                "invalid-override",
                "Unsupported override".to_owned(),
                "The depends_on argument may not be overridden.".to_owned(),
                first.location(origin),
            );
        }
    }

    /// Terraform does not look for it here, and fails badly when it plans.
    fn count_and_for_each(&mut self, subject: Span, origin: &Origin) {
        self.reporter.error(
            "count-and-for-each",
            "Invalid combination of \"count\" and \"for_each\"".to_owned(),
            "The \"count\" and \"for_each\" meta-arguments are mutually-exclusive, only one should be used to be \
             explicit about the number of resources to be created."
                .to_owned(),
            origin.locate(subject),
        );
    }
}
