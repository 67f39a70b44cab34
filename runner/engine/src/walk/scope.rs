//! What an expression in a module sees while the module is walked.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::provider::Provider;
use config::{Dialect, InstanceKey, Module, Names, Place, Reference, ResourceAddr, Subject};
use lang::functions::{self, FileReader, Function, FunctionError, ProvidedFunction};
use lang::ops::OpError;
use lang::{Marks, Resolved, Scope, Traversal, Type, Value};
use syntax::{Diagnostic, Diagnostics, FileName, Location, Origin, SmolStr};

use super::{Phase, Repetition, Walk};

/// The names of one module instance, with `each`, `count` and `self` where they are set.
pub(crate) struct ModuleScope<'w> {
    walk: &'w Walk<'w>,
    instance: usize,
    repetition: Repetition,
    /// What `self` is, and the resource it is an object of.
    object: Option<(ResourceAddr, Value)>,
    /// Why there is no such object.
    absent: Option<OpError>,
    /// Names that only the place knows, such as `output.` and `run.` in a test.
    extra: Option<&'w dyn ExtraNames>,
    /// The check block around, whose data source can be named.
    check: Option<SmolStr>,
    module_name: String,
    /// A text that is no file, for messages that quote a place in it.
    typed: Option<(FileName, &'w str)>,
}

/// Names beyond those of the module: what the assertions of a run block see.
pub(crate) trait ExtraNames {
    fn place(&self) -> Place<'_>;

    fn value(&self, subject: &Subject) -> Option<Value>;
}

impl<'w> ModuleScope<'w> {
    pub fn new(walk: &'w Walk<'_>, instance: usize) -> ModuleScope<'w> {
        let module = walk.instances[instance].module;
        let module_name = walk.inputs.program.modules[module].name();
        ModuleScope {
            walk,
            instance,
            repetition: Repetition::default(),
            object: None,
            absent: None,
            extra: None,
            check: None,
            module_name,
            typed: None,
        }
    }

    pub fn with_repetition(mut self, repetition: &Repetition) -> ModuleScope<'w> {
        self.repetition = repetition.clone();
        self
    }

    /// Sets `self`.
    pub fn with_object(mut self, addr: &ResourceAddr, object: Value) -> ModuleScope<'w> {
        self.object = Some((addr.clone(), object));
        self
    }

    /// Makes `self` an object that is not there, for a reason.
    pub fn without_object(mut self, addr: &ResourceAddr, absent: &OpError) -> ModuleScope<'w> {
        self.object = Some((addr.clone(), Value::dynamic()));
        self.absent = Some(absent.clone());
        self
    }

    pub fn with_extra(mut self, extra: &'w dyn ExtraNames) -> ModuleScope<'w> {
        self.extra = Some(extra);
        self
    }

    /// Sets the text that expressions from `file` stand in.
    pub fn with_text(mut self, file: &FileName, text: &'w str) -> ModuleScope<'w> {
        self.typed = Some((file.clone(), text));
        self
    }

    pub fn with_check(mut self, name: &SmolStr) -> ModuleScope<'w> {
        self.check = Some(name.clone());
        self
    }

    fn names(&self) -> Names<'_> {
        let program = self.walk.inputs.program;
        let module = self.walk.instances[self.instance].module;
        Names {
            tree: &program.modules[module].tree,
            module_name: &self.module_name,
            schemas: self.walk.inputs.providers,
            place: self.extra.map_or(Place::Module, |extra| extra.place()),
            each: self.repetition.each.is_some(),
            count: self.repetition.count_index.is_some(),
            self_object: self.object.as_ref().map(|(addr, _)| addr),
            check: self.check.as_deref(),
            faulty: &[],
        }
    }

    /// What an assertion comes to all the same that names a plan or a state.
    fn unknown_root(&self, traversal: &Traversal, origin: &Origin) -> Option<Diagnostic> {
        let asserts = matches!(self.extra.map(|extra| extra.place()), Some(Place::Assert(_)));
        if !asserts || !matches!(traversal.root.as_str(), "plan" | "state") {
            return None;
        }
        let detail = format!("There is no variable named {}.", lang::quote(&traversal.root));
        let place = origin.locate(traversal.root_span);
        Some(Diagnostic::error("Unknown variable", detail).at(place).with_code("unknown-variable"))
    }

    fn module(&self) -> &Module {
        self.walk.module_of(self.instance)
    }

    /// The provider that the module requires under the local name in `provider::<local name>::f`, and `f`.
    fn provider_of<'n>(&self, name: &'n str) -> Option<(&dyn Provider, &'n str)> {
        let (local, function) = config::provider_function(name)?;
        let module = self.module();
        module.required_providers.get(local)?;
        let provider = self.walk.inputs.providers.get(&module.provider_source(local))?;
        Some((&**provider, function))
    }

    fn value(&self, subject: &Subject) -> Option<Value> {
        if let Some(value) = self.extra.and_then(|extra| extra.value(subject)) {
            return Some(value);
        }
        let instance = self.walk.instances.get(self.instance)?;
        let module = self.walk.module_of(self.instance);
        match subject {
            Subject::Variable(name) => {
                let (at, _, variable) = module.variables.get_full(name)?;
                let value = instance.variables.get(at)?.as_ref()?;
                // A module is valid or not whatever it is called with.
                Some(match self.walk.phase {
                    Phase::Validate => Value::unknown(variable.ty.clone()).with_marks(variable.marks()),
                    _ => value.clone(),
                })
            }
            Subject::Local(name) => instance.locals.get(module.locals.get_index_of(name)?)?.clone(),
            Subject::Resource(addr, _) => {
                if let Some(at) = module.resources.get_index_of(addr) {
                    let values = instance.resources.get(at)?;
                    // A key that no instance has can be told before the others are there.
                    let so_far =
                        || Some(values.expansion.as_ref()?.gather(|key| values.objects.get(key).cloned()));
                    return values.value.clone().or_else(so_far);
                }
                let check = module.checks.get_index_of(self.check.as_ref()?)?;
                instance.scoped.get(check)?.clone()
            }
            Subject::Module { name, .. } => {
                let at = module.calls.get_index_of(name)?;
                Some(self.walk.call_value(self.instance, at))
            }
            Subject::Count(_) => self.repetition.count_index.clone(),
            Subject::Each(name) => {
                let (key, value) = self.repetition.each.as_ref()?;
                Some(if name == "key" { key.clone() } else { value.clone() })
            }
            Subject::SelfObject => self.object.as_ref().map(|(_, object)| object.clone()),
            Subject::Path(name) => {
                let host = self.walk.inputs.host;
                Some(Value::string(match name.as_str() {
                    "cwd" => host.working_directory(),
                    "root" => &self.walk.inputs.program.root().dir,
                    _ => &module.dir,
                }))
            }
            Subject::Terraform(name) if name == "workspace" => {
                Some(Value::string(self.walk.inputs.workspace))
            }
            Subject::Terraform(name) if name == "applying" => {
                let applying = match self.walk.phase {
                    Phase::Validate => Value::unknown(Type::Bool),
                    Phase::Apply | Phase::Destroy => Value::from(true),
                    Phase::Plan | Phase::Evaluate => Value::from(false),
                };
                Some(applying.with_marks(Marks::EPHEMERAL))
            }
            _ => None,
        }
    }

    /// One instance of a resource whose others may still be on their way: a reference with a key waits for no others.
    fn instance_value(&self, addr: &ResourceAddr, key: &InstanceKey) -> Option<Value> {
        let instance = self.walk.instances.get(self.instance)?;
        let at = self.module().resources.get_index_of(addr)?;
        let values = instance.resources.get(at)?;
        if self.walk.phase != Phase::Apply || values.value.is_some() {
            return None;
        }
        let applied = values.objects.get(key).cloned();
        applied.or_else(|| {
            let whole = self.walk.address(self.instance, addr);
            let object = self.walk.state.get(&whole.instance(key.clone()))?;
            values.expansion.as_ref()?.has(key).then(|| object.value.clone())
        })
    }

    /// How many steps of a traversal the value of its subject stands for. The values of resources and module
    /// calls are whole: instance keys and output names are read from them like any other step.
    fn consumed(reference: &Reference) -> usize {
        match &reference.subject {
            // The last of them is the key.
            Subject::Resource(_, Some(_)) => reference.consumed.saturating_sub(1),
            Subject::Module { .. } => 1,
            _ => reference.consumed,
        }
    }
}

impl Scope for ModuleScope<'_> {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        let reference = match config::resolve(traversal, origin, &self.names()) {
            Ok(reference) => reference,
            Err(diagnostic) => {
                sink.push(diagnostic);
                sink.extend(config::nameless(traversal, origin, &self.names()));
                sink.extend(self.unknown_root(traversal, origin));
                return None;
            }
        };
        if let Subject::Resource(addr, Some(key)) = &reference.subject
            && let Some(value) = self.instance_value(addr, key)
        {
            return Some(Resolved { value, consumed: reference.consumed });
        }
        if let (Subject::SelfObject, Some(absent)) = (&reference.subject, &self.absent) {
            let place = origin.locate(reference.span);
            sink.push(Diagnostic::error(absent.summary.clone(), absent.detail.clone()).at(place));
            return None;
        }
        // What has no value yet belongs to an object that failed or was left out: it is not known.
        let value = self.value(&reference.subject).unwrap_or_else(Value::dynamic);
        Some(Resolved { value, consumed: Self::consumed(&reference) })
    }

    fn files(&self) -> &dyn FileReader {
        self.walk.inputs.host.files()
    }

    fn pure(&self) -> bool {
        !matches!(self.walk.phase, Phase::Apply | Phase::Evaluate)
    }

    fn unix_time(&self) -> i64 {
        self.walk.inputs.host.unix_time()
    }

    fn random(&self, buffer: &mut [u8]) {
        self.walk.inputs.host.fill_random(buffer);
    }

    fn dialect(&self) -> Dialect {
        self.walk.inputs.dialect
    }

    fn plan_time(&self) -> Option<i64> {
        (self.walk.phase != Phase::Validate).then_some(self.walk.inputs.plan_time)
    }

    fn offers(&self, function: &Function, name: &str) -> bool {
        // What is evaluated as it stands has no plan that it could be the time of.
        match function.place {
            functions::Place::Provider => return false,
            functions::Place::Console if self.typed.is_some() => return self.dialect().has(function.since),
            // What is evaluated as it stands has no plan that it could be the time of.
            functions::Place::Plan if self.walk.phase == Phase::Evaluate => return false,
            _ => {}
        }
        config::offers_function(function, name, self.module(), self.dialect())
    }

    fn provided(&self, name: &str) -> Option<&ProvidedFunction> {
        let (provider, name) = self.provider_of(name)?;
        provider.functions().iter().find(|function| function.name == name)
    }

    fn call_provided(&self, name: &str, arguments: &[Value]) -> Result<Value, FunctionError> {
        match self.provider_of(name) {
            Some((provider, name)) => provider.call(name, arguments, self.dialect()),
            None => Err(FunctionError::Call(format!("there is no provider at hand for {name}"))),
        }
    }

    fn describe_unknown_function(&self, name: &str) -> (&'static str, String) {
        if matches!(self.extra.map(|extra| extra.place()), Some(Place::Assert(_))) {
            let has_functions =
                self.provider_of(name).is_some_and(|(provider, _)| !provider.functions().is_empty());
            return config::describe_unknown_in_assertion(name, has_functions, self.module(), self.dialect());
        }
        if let Some((local, function)) = config::provider_function(name)
            && self.provider_of(name).is_some()
        {
            let detail =
                format!("The function \"{function}\" is not available from the provider \"{local}\".");
            return ("Unknown provider function", detail);
        }
        if self.typed.is_some() {
            let known = functions::all().filter(|function| self.offers(function, function.name));
            return functions::describe_unknown_function(name, known.map(|function| function.name));
        }
        config::describe_unknown_function(name, self.module(), self.dialect())
    }

    fn interrupted(&self) -> bool {
        self.walk.inputs.is_cancelled()
    }

    fn place(&self, location: &Location) -> String {
        match &self.typed {
            Some((file, text)) if *file == location.file => {
                lang::place_in(text, file.as_str(), location.span)
            }
            _ => self.walk.inputs.sources.place(location),
        }
    }
}

/// An object value of names.
pub(crate) fn object<'v>(entries: impl IntoIterator<Item = (&'v str, Value)>) -> Value {
    Value::object(
        entries.into_iter().map(|(name, value)| (Arc::from(name), value)).collect::<BTreeMap<_, _>>(),
    )
}
