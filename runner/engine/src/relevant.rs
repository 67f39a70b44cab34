//! What the changes of a plan follow from: the parts of objects that changed objects and outputs refer to, also by way of
//! local values, arguments and outputs of modules.
//!
//! The configuration alone is asked, not the values: a reference counts even when it does not decide anything, and the
//! conditions of a resource and its `depends_on` do not. Terraform tells this list with a plan, so that others can say
//! which changes from outside matter.

use std::collections::{BTreeMap, HashSet};

use config::{
    Body, Grammar, InstanceKey, Module, ModuleInstance, Resource, ResourceInstance, Subject, for_each_expr,
    parse_reference,
};
use lang::{Expr, Path, Step, StepKind, Traversal, Value};
use syntax::{Origin, SmolStr};

use crate::planned::{Deed, OutputDeed, PlannedOutput, PlannedResource};
use crate::walk::Walk;

/// Every part once, in the order of the addresses.
pub(crate) fn relevant(
    walk: &Walk<'_>,
    resources: &[PlannedResource],
    outputs: &BTreeMap<SmolStr, PlannedOutput>,
) -> Vec<(ResourceInstance, Path)> {
    let mut search = Search { walk, seen: HashSet::new(), waiting: Vec::new(), found: Vec::new() };
    for planned in resources.iter().filter(|planned| planned.deed != Deed::Keep) {
        let module = &planned.addr.module;
        let declared = search.module(module).and_then(|it| it.resources.get(&planned.addr.resource));
        if let Some(resource) = declared {
            search.resource(module, resource, None);
        }
    }
    for instance in &walk.instances {
        let declared = &walk.inputs.program.module(instance.module).outputs;
        for (index, ((name, output), value)) in declared.iter().zip(&instance.outputs).enumerate() {
            if !walk.wants_output(instance.module, index) {
                continue;
            }
            // Only the root module's outputs are kept. Those of other modules come into being in every plan.
            let changes = match instance.addr.is_root() {
                true => outputs.get(name).is_some_and(|planned| planned.deed() != OutputDeed::Keep),
                false => value.as_ref().is_some_and(|value| !value.is_null()),
            };
            if let (true, Some(value)) = (changes, &output.value) {
                search.expr(&instance.addr, value, Repeated::default());
            }
        }
    }
    while let Some(reference) = search.waiting.pop() {
        search.follow(reference);
    }
    search.found.sort_by(|(a, _), (b, _)| a.cmp(b));
    search.found
}

/// A reference in a module instance, or in all instances of a call where the instance has no key.
struct Reference {
    module: ModuleInstance,
    subject: Subject,
    /// What of the subject is read.
    rest: Vec<Step>,
}

struct Search<'w, 'a> {
    walk: &'w Walk<'a>,
    seen: HashSet<String>,
    waiting: Vec<Reference>,
    found: Vec<(ResourceInstance, Path)>,
}

/// What `count` and `each` stand for around an expression.
#[derive(Clone, Copy, Default)]
struct Repeated<'e> {
    count: Option<&'e Expr>,
    for_each: Option<&'e Expr>,
}

impl<'w> Search<'w, '_> {
    fn module(&self, instance: &ModuleInstance) -> Option<&'w Module> {
        let program = self.walk.inputs.program;
        program.module_at(instance).map(|id| program.module(id))
    }

    /// Everything that an expression refers to is waiting to be followed.
    fn expr(&mut self, module: &ModuleInstance, expr: &Expr, repeated: Repeated<'_>) {
        for traversal in expr.traversals() {
            self.traversal(module, traversal, repeated);
        }
    }

    fn traversal(&mut self, module: &ModuleInstance, traversal: &Traversal, repeated: Repeated<'_>) {
        let Ok(reference) = parse_reference(traversal, &Origin::default(), Grammar::Module) else { return };
        let behind = match reference.subject {
            Subject::Each(_) => repeated.for_each,
            Subject::Count(_) => repeated.count,
            subject => {
                let rest: Vec<_> = traversal.steps.iter().skip(reference.consumed).cloned().collect();
                let kinds: Vec<_> = rest.iter().map(|step| &step.kind).collect();
                if self.seen.insert(format!("{module} {subject} {kinds:?}")) {
                    self.waiting.push(Reference { module: module.clone(), subject, rest });
                }
                return;
            }
        };
        if let Some(expr) = behind {
            self.expr(module, expr, Repeated::default());
        }
    }

    fn follow(&mut self, reference: Reference) {
        let Reference { module: at, subject, rest } = reference;
        let Some(module) = self.module(&at) else { return };
        match subject {
            Subject::Local(name) => {
                if let Some(local) = module.locals.get(&name) {
                    self.expr(&at, &local.value, Repeated::default());
                }
            }
            Subject::Variable(name) => self.argument(&at, &name),
            Subject::Module { name, key, output } => {
                let child = at.child(name, key.unwrap_or(InstanceKey::None));
                let Some(declared) = self.module(&child).map(|module| &module.outputs) else { return };
                let read = declared.values().filter(|it| output.as_ref().is_none_or(|name| it.name == *name));
                for value in read.filter_map(|output| output.value.as_ref()) {
                    self.expr(&child, value, Repeated::default());
                }
            }
            Subject::Resource(resource, key) => {
                if let Some(declared) = module.resources.get(&resource) {
                    let part = rest.first().and_then(|step| match &step.kind {
                        StepKind::Attr(name) => Some(name),
                        _ => None,
                    });
                    self.resource(&at, declared, part);
                }
                let key = key.unwrap_or(InstanceKey::None);
                self.found.push((ResourceInstance { module: at, resource, key }, path(&rest)));
            }
            _ => {}
        }
    }

    /// The argument that sets a variable, in the module of the call.
    fn argument(&mut self, at: &ModuleInstance, variable: &SmolStr) {
        let Some(((call, _), calling)) = at.0.split_last() else { return };
        let caller = ModuleInstance(calling.into());
        let Some(call) = self.module(&caller).and_then(|module| module.calls.get(call)) else { return };
        if let Some(argument) = call.arguments.get(variable) {
            let repeated = Repeated { count: call.count.as_ref(), for_each: call.for_each.as_ref() };
            self.expr(&caller, &argument.value, repeated);
        }
    }

    /// The arguments of a resource, or the one that an attribute gets its value from.
    fn resource(&mut self, at: &ModuleInstance, resource: &Resource, part: Option<&SmolStr>) {
        let repeated = Repeated { count: resource.count.as_ref(), for_each: resource.for_each.as_ref() };
        let body = match part {
            None => &resource.body,
            Some(part) => &Body {
                attributes: resource.body.attributes.iter().filter(|it| it.name == *part).cloned().collect(),
                blocks: resource.body.blocks.iter().filter(|it| writes(it, part)).cloned().collect(),
                ..resource.body.clone()
            },
        };
        for_each_expr(body, &mut |expr, bound| {
            for traversal in expr.traversals().iter().filter(|it| !bound.contains(&it.root)) {
                self.traversal(at, traversal, repeated);
            }
        });
    }
}

/// Whether a block is, or makes, blocks of that type.
fn writes(block: &config::Block, kind: &SmolStr) -> bool {
    block.kind == *kind
        || (block.kind == "dynamic" && block.labels.first().is_some_and(|(label, _)| label == kind))
}

/// The way that is known without evaluating anything.
fn path(steps: &[Step]) -> Path {
    let known = steps.iter().map_while(|step| match &step.kind {
        StepKind::Attr(name) => Some(lang::path::Step::Attr(name.as_str().into())),
        StepKind::Key(key) => Some(lang::path::Step::Index(Value::string(key.as_str()))),
        StepKind::Number(number) => Some(lang::path::Step::Index(Value::number(number.clone()))),
        StepKind::Missing => None,
    });
    Path(known.collect())
}
