//! Override files: their blocks change declarations of the module's other files.
//!
//! A declaration has one origin, so what it takes from an override must not mix expressions of two files. Local values,
//! variables' defaults and outputs' values are merged; of other blocks a warning says that they have no effect.

use std::sync::Arc;

use indexmap::map::Entry;
use syntax::{Diagnostic, Origin, Span};

use super::module::Merge;
use crate::address::ResourceMode;
use crate::decode::ModuleDeclaration;
use crate::item::Item;
use crate::module::{Output, Variable};

impl Merge {
    pub(super) fn apply_override(&mut self, declaration: &ModuleDeclaration, origin: &Origin) {
        let module = &mut self.module;
        match declaration {
            ModuleDeclaration::Local(decl) => match module.locals.entry(decl.name.clone()) {
                Entry::Occupied(mut base) => {
                    base.insert(Item::new(Arc::clone(decl), origin.clone()));
                }
                Entry::Vacant(_) => {
                    let what = format!("local value named {}", lang::quote(&decl.name));
                    let rule = "a local value that was already defined";
                    self.missing_base("base local value definition", &what, rule, origin, decl.span);
                }
            },
            ModuleDeclaration::Variable(decl) => match module.variables.entry(decl.name.clone()) {
                Entry::Occupied(mut base) => {
                    let (merged, problem) = merged_variable(base.get(), decl, origin);
                    base.get_mut().decl = Arc::new(merged);
                    self.reporter.diagnostics.extend(problem);
                    if decl.type_span.is_some() || !decl.validations.is_empty() {
                        self.not_applied(origin, decl.header);
                    }
                }
                Entry::Vacant(_) => {
                    let what = format!("variable named {}", lang::quote(&decl.name));
                    let rule = "a variable that was already declared";
                    self.missing_base("base variable declaration", &what, rule, origin, decl.header);
                }
            },
            ModuleDeclaration::Output(decl) => match module.outputs.entry(decl.name.clone()) {
                Entry::Occupied(mut base) => match merged_output(base.get(), decl, origin) {
                    Some(merged) => {
                        base.insert(merged);
                    }
                    None => self.not_applied(origin, decl.header),
                },
                Entry::Vacant(_) => {
                    let what = format!("output named {}", lang::quote(&decl.name));
                    let rule = "an output that was already defined";
                    self.missing_base("base output definition", &what, rule, origin, decl.header);
                }
            },
            ModuleDeclaration::Call(decl) if !module.calls.contains_key(&decl.name) => {
                let what = format!("module call named {}", lang::quote(&decl.name));
                let rule = "a module call that was defined";
                self.missing_base("module call", &what, rule, origin, decl.header);
            }
            ModuleDeclaration::Resource(decl) if !module.resources.contains_key(&decl.addr) => {
                let (missing, what, block) = match decl.mode {
                    ResourceMode::Managed => ("resource", "resource", "a resource block"),
                    ResourceMode::Data => ("data resource", "data resource", "a data block"),
                    ResourceMode::Ephemeral => {
                        ("ephemeral resource", "ephemeral resource", "an ephemeral block")
                    }
                };
                let what = format!("{} {what} named {}", decl.addr.kind, lang::quote(&decl.addr.name));
                self.missing_base(missing, &what, &format!("{block} defined"), origin, decl.header);
            }
            ModuleDeclaration::Check(decl) => self.reporter.error(
                "invalid-override",
                "Can't override check blocks".to_owned(),
                "Override files cannot override check blocks.".to_owned(),
                origin.locate(decl.header),
            ),
            ModuleDeclaration::Call(decl) => self.not_applied(origin, decl.header),
            ModuleDeclaration::Resource(decl) => self.not_applied(origin, decl.header),
            ModuleDeclaration::Provider(decl) => {
                let mut known = module.providers.iter();
                if known.any(|known| known.name == decl.name && known.alias == decl.alias) {
                    self.not_applied(origin, decl.header);
                } else {
                    module.providers.push(Item::new(Arc::clone(decl), origin.clone()));
                }
            }
            ModuleDeclaration::Moved(decl) => {
                self.no_override_of("moved", "Records of moved objects", origin, decl.header);
            }
            ModuleDeclaration::Import(decl) => {
                self.no_override_of("import", "Import blocks", origin, decl.header);
            }
            ModuleDeclaration::Removed(decl) => {
                module.removed.push(Item::new(Arc::clone(decl), origin.clone()));
            }
            // Providers come from the primary files' requirements; nothing is installed by them here.
            ModuleDeclaration::RequiredProviders(_) | ModuleDeclaration::RequiredProvider(_) => {}
            ModuleDeclaration::RequiredVersion(decl) => {
                module.required_versions.push(Item::new(Arc::clone(decl), origin.clone()));
            }
        }
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

    /// Saying nothing would make the block look as if it counted.
    fn not_applied(&mut self, origin: &Origin, subject: Span) {
        let detail = "This block of an override file is not merged into the block that it overrides, which counts as \
                      it stands.";
        let diagnostic = Diagnostic::warning("Override is not applied", detail);
        self.reporter
            .diagnostics
            .push(diagnostic.at(origin.locate(subject)).with_code("override-not-applied"));
    }
}

/// The variable with the override's default and flags; its type and validations stay.
fn merged_variable(base: &Variable, over: &Variable, origin: &Origin) -> (Variable, Option<Diagnostic>) {
    let mut merged = Variable {
        name: base.name.clone(),
        name_span: base.name_span,
        header: base.header,
        span: base.span,
        ty: base.ty.clone(),
        type_span: base.type_span,
        type_defaults: base.type_defaults.clone(),
        default: base.default.clone(),
        default_span: base.default_span,
        description: over.description.clone().or_else(|| base.description.clone()),
        sensitive: base.sensitive || over.sensitive,
        ephemeral: base.ephemeral || over.ephemeral,
        nullable: base.nullable && over.nullable,
        validations: base.validations.clone(),
    };
    let Some(default) = &over.default else { return (merged, None) };
    let default = match &base.type_defaults {
        Some(defaults) if !default.is_null() => defaults.apply(default),
        _ => default.clone(),
    };
    match lang::convert(&default, &base.ty) {
        Ok(value) => {
            merged.default = Some(value);
            (merged, None)
        }
        Err(error) => {
            let detail = format!(
                "The overridden default value for this variable is not compatible with the variable's type \
                 constraint: {}.",
                error.with_path()
            );
            let diagnostic = Diagnostic::error("Invalid default value for variable", detail);
            (merged, Some(diagnostic.at(origin.locate(over.header)).with_code("invalid-default")))
        }
    }
}

/// The output with what the override sets. `None` when it would need expressions of both files.
fn merged_output(base: &Item<Output>, over: &Output, origin: &Origin) -> Option<Item<Output>> {
    let keeps_expressions = !base.depends_on.is_empty() || !base.preconditions.is_empty();
    let brings_expressions = over.value.is_some() || !over.preconditions.is_empty();
    if !over.depends_on.is_empty() || (keeps_expressions && brings_expressions) {
        return None;
    }
    // What has a place comes from one of the two files as a whole.
    let (placed, origin) = match (&over.value, over.preconditions.is_empty()) {
        (None, true) => (&**base, &base.origin),
        (Some(_), _) => (over, origin),
        (None, false) => return None,
    };
    let merged = Output {
        name: base.name.clone(),
        name_span: placed.name_span,
        header: placed.header,
        span: placed.span,
        value: placed.value.clone(),
        description: over.description.clone().or_else(|| base.description.clone()),
        sensitive: base.sensitive || over.sensitive,
        ephemeral: base.ephemeral || over.ephemeral,
        depends_on: placed.depends_on.clone(),
        preconditions: placed.preconditions.clone(),
    };
    Some(Item::new(Arc::new(merged), origin.clone()))
}
