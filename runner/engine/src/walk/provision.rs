//! Provisioners: what is done when an object was made, and before it is destroyed. They wait for something outside, so
//! that the walk only says what is to be done, and goes on when it is told what became of it.

use std::borrow::Cow;
use std::sync::Arc;

use config::{
    Block, Encoder, InstanceKey, Item, ModuleInstance, OnFailure, Provisioner, ProvisionerWhen, Removed,
    Resource, ResourceInstance, Schema,
};
use lang::Value;
use syntax::{Diagnostic, Diagnostics, Location, Origin};

use super::resource::{At, Made};
use super::waiting::Wait;
use super::{ModuleScope, Repetition, Walk};
use crate::finding::Finding;
use crate::program::{Node, Program};
use crate::provisioners::{self, Done, Order};
use crate::state::Object;

/// An object, and what its resource says, or the `removed` block of a resource that is no more.
struct Place<'r> {
    /// The module instance in which the arguments are evaluated.
    instance: usize,
    provisioners: &'r [Provisioner],
    connection: Option<&'r Block>,
    origin: &'r Origin,
    addr: ResourceInstance,
    repetition: Repetition,
    object: Value,
}

/// The provisioners of an object, one of which is at work.
struct Provisioning<'a> {
    place: Place<'a>,
    when: ProvisionerWhen,
    /// How many of the resource's provisioners have had their turn. The last of them is at work.
    taken: usize,
    then: Then<'a>,
}

/// What comes after the provisioners.
enum Then<'a> {
    Settle(Box<Made<'a>>),
    Destroy(Arc<Object>),
}

impl<'a> Walk<'a> {
    /// What is wrong with the provisioners of a resource, whatever its instances are. `before` is what was found before
    /// anybody looked at the resource.
    pub(super) fn validate_provisioners(&mut self, at: &At<'_>, before: usize) {
        let place = Place::of(at, Value::dynamic());
        let node = Node::Resource(self.instances[at.instance].module, at.index);
        let refused = self.is_refused(node);
        for provisioner in &at.resource.provisioners {
            let Some(schema) = provisioners::schema(&provisioner.kind) else { continue };
            let config = self.validate_block(&place, &provisioner.block, schema);
            let found = provisioners::validate(&provisioner.kind, &config.unmark_deep().0);
            self.findings.extend(found.map(Finding::plain));
            if let Some(block) = connection(&place, provisioner) {
                self.validate_block(&place, &block, provisioners::connection_schema());
            }
            if refused || self.failed_since(before) {
                // After a mistake, in the resource or in a provisioner, no others are looked at.
                return;
            }
        }
    }

    fn validate_block(&mut self, place: &Place<'_>, block: &Block, schema: &Schema) -> Value {
        let mut sink = Diagnostics::new();
        let sources = self.inputs.sources;
        let origin = block.origin(place.origin);
        let text = |location: &Location| sources.place(location);
        config::check_body(&block.body, schema, origin, &text, &mut sink);
        let mut evaluated = Diagnostics::new();
        let value = Encoder::new(&block.body, schema, origin).encode(&self.scope_at(place), &mut evaluated);
        if evaluated.iter().any(config::is_about_name) {
            // Where a name leads nowhere, nothing is evaluated.
            evaluated.retain(config::is_about_name);
            self.report(evaluated);
            return value;
        }
        // Both see what is wrong with constants.
        evaluated.retain(|found| {
            !sink.iter().any(|known| known.summary == found.summary && known.subject == found.subject)
        });
        self.report(sink);
        self.report(evaluated);
        value
    }

    /// Begins what is to be done after an object was made.
    pub(super) fn provision_created(&mut self, made: Made<'a>) -> Option<Wait<'a>> {
        let at = &made.at;
        if names_itself(at.resource) {
            let values = &mut self.instances[at.instance].resources[at.index];
            values.objects.insert(at.addr.key.clone(), made.value.clone());
            self.gather(at.instance, at.index);
        }
        let place = Place::of(at, made.value.clone());
        self.provision(place, ProvisionerWhen::Create, Then::Settle(Box::new(made)))
    }

    /// Begins what is to be done before an object is destroyed, where its resource is still declared, and destroys it
    /// where nothing is.
    pub(super) fn provision_destroyed(
        &mut self,
        addr: &ResourceInstance,
        object: Arc<Object>,
    ) -> Option<Wait<'a>> {
        let program = self.inputs.program;
        let (provisioners, connection, origin) = match program.resource_at(&addr.module, &addr.resource) {
            Some(resource) => (&*resource.provisioners, resource.connection.as_ref(), Some(&resource.origin)),
            None => match removed(program, addr) {
                Some(removed) => (&*removed.provisioners, removed.connection.as_ref(), Some(&removed.origin)),
                None => (&[][..], None, None),
            },
        };
        let (Some(origin), false) = (origin, provisioners.is_empty()) else {
            return self.destroy_object(addr, None, object);
        };
        // Nothing but the object and its key can be named, so that any instance of the module will do.
        let repetition = match &addr.key {
            InstanceKey::None => Repetition::default(),
            InstanceKey::Int(index) => Repetition { count_index: Some(Value::int(*index)), each: None },
            InstanceKey::String(key) => {
                Repetition { count_index: None, each: Some((Value::string(key), Value::dynamic())) }
            }
        };
        let instance = self.at_address.get(&addr.module).copied();
        let instance = instance.or_else(|| {
            let module = program.module_at(&addr.module)?;
            self.by_module.get(module)?.first().copied()
        });
        let instance = match (instance, program.module_at(&addr.module)) {
            (Some(instance), _) => instance,
            (None, Some(module)) => {
                self.add_instance(module, addr.module.clone(), None, Repetition::default())
            }
            // Of a module that is no more only the root can speak.
            (None, None) => 0,
        };
        let (addr, value) = (addr.clone(), object.value.clone());
        let place = Place { instance, provisioners, connection, origin, addr, repetition, object: value };
        self.provision(place, ProvisionerWhen::Destroy, Then::Destroy(object))
    }

    fn provision(&mut self, place: Place<'a>, when: ProvisionerWhen, then: Then<'a>) -> Option<Wait<'a>> {
        let any = place.provisioners.iter().any(|it| it.when == when);
        let provisioning = Provisioning { place, when, taken: 0, then };
        match any && self.halts() {
            true => self.provisioned(provisioning, false),
            false => self.next_provisioner(provisioning),
        }
    }

    /// What the next of an object's provisioners is asked to do. Without any more of them, or when one cannot be asked, what
    /// comes after them is done.
    fn next_provisioner(&mut self, mut of: Provisioning<'a>) -> Option<Wait<'a>> {
        let provisioners = of.place.provisioners;
        while let Some(provisioner) = provisioners.get(of.taken) {
            of.taken += 1;
            if provisioner.when != of.when {
                continue;
            }
            return match self.order(&of.place, provisioner) {
                Some(order) if !self.halts() => Some(Wait::new(
                    move |host, cancel| order.carry_out(host, cancel),
                    move |walk, done| walk.after_provisioner(of, done),
                )),
                _ => self.provisioned(of, false),
            };
        }
        let any = provisioners.iter().any(|it| it.when == of.when);
        let halted = any && self.halts();
        self.provisioned(of, !halted)
    }

    /// Goes on after a provisioner. One that fails ends it for the object, unless it may.
    fn after_provisioner(&mut self, of: Provisioning<'a>, done: Done) -> Option<Wait<'a>> {
        let provisioners = of.place.provisioners;
        let provisioner = of.taken.checked_sub(1).and_then(|at| provisioners.get(at));
        if let (Err((summary, detail)), Some(provisioner)) = (done, provisioner)
            && provisioner.on_failure == OnFailure::Fail
        {
            let origin = provisioner.block.origin(of.place.origin);
            let diagnostic = Diagnostic::error(summary, detail)
                .at(origin.locate(provisioner.block.body.missing_item_span))
                .with_address(of.place.addr.to_string());
            self.findings.push(Finding::plain(diagnostic.with_code("provisioner")));
            return self.provisioned(of, false);
        }
        match self.halts() {
            true => self.provisioned(of, false),
            false => self.next_provisioner(of),
        }
    }

    /// What comes after the provisioners.
    fn provisioned(&mut self, of: Provisioning<'a>, fine: bool) -> Option<Wait<'a>> {
        match of.then {
            Then::Settle(made) => {
                if !fine {
                    self.taint(&made.at.addr);
                }
                self.settle(*made, !fine);
                None
            }
            Then::Destroy(object) if fine => self.destroy_object(&of.place.addr, None, object),
            Then::Destroy(_) => {
                self.halts();
                None
            }
        }
    }

    fn order(&mut self, place: &Place<'a>, provisioner: &'a Provisioner) -> Option<Order> {
        let schema = provisioners::schema(&provisioner.kind)?;
        let config = self.arguments(place, &provisioner.block, schema)?;
        let connection = match connection(place, provisioner) {
            None => None,
            Some(block) => Some(self.arguments(place, &block, provisioners::connection_schema())?),
        };
        Some(Order { kind: provisioner.kind.clone(), config, connection })
    }

    /// The arguments of a block without marks; `None` after errors.
    fn arguments(&mut self, place: &Place<'_>, block: &Block, schema: &Schema) -> Option<Value> {
        let mut sink = Diagnostics::new();
        let origin = block.origin(place.origin);
        let value = Encoder::new(&block.body, schema, origin).encode(&self.scope_at(place), &mut sink);
        let failed = sink.iter().any(Diagnostic::is_error);
        self.report(sink);
        (!failed).then(|| value.unmark_deep().0)
    }

    fn scope_at(&self, place: &Place<'_>) -> ModuleScope<'_> {
        let scope = self.scope(place.instance).with_repetition(&place.repetition);
        scope.with_object(&place.addr.resource, place.object.clone())
    }
}

impl<'r> Place<'r> {
    fn of(at: &At<'r>, object: Value) -> Place<'r> {
        Place {
            instance: at.instance,
            provisioners: &at.resource.provisioners,
            connection: at.resource.connection.as_ref(),
            origin: at.origin,
            addr: at.addr.clone(),
            repetition: at.repetition.clone(),
            object,
        }
    }
}

/// How a provisioner reaches the object: as its resource says, but for what it says itself.
fn connection<'b>(place: &Place<'b>, provisioner: &'b Provisioner) -> Option<Cow<'b, Block>> {
    match (place.connection, &provisioner.connection) {
        (Some(base), Some(own)) => Some(Cow::Owned(base.overridden_by(own, place.origin))),
        (base, own) => own.as_ref().or(base).map(Cow::Borrowed),
    }
}

/// The `removed` block about an object's resource.
fn removed<'p>(program: &'p Program, addr: &ResourceInstance) -> Option<&'p Item<Removed>> {
    let ModuleInstance(path) = &addr.module;
    (0..=path.len()).find_map(|outer| {
        let (outer, inner) = path.split_at_checked(outer)?;
        let module = program.module_at(&ModuleInstance(outer.into()))?;
        program.module(module).removed.iter().find(|removed| {
            removed.address.as_ref().is_some_and(|address| {
                let calls = address.module.0.iter().map(|(name, _)| name);
                address.resource.as_ref().is_some_and(|(resource, _)| *resource == addr.resource)
                    && calls.eq(inner.iter().map(|(name, _)| name))
            })
        })
    })
}

/// Whether a provisioner reads its resource by name, and not by `self`.
fn names_itself(resource: &Resource) -> bool {
    let connections = resource.provisioners.iter().filter_map(|it| it.connection.as_ref());
    let blocks = resource.provisioners.iter().map(|it| &it.block).chain(&resource.connection);
    let addr = &resource.addr;
    let mut found = false;
    for block in blocks.chain(connections) {
        config::for_each_expr(&block.body, &mut |expr, _| {
            found |= expr.traversals().iter().any(|traversal| {
                let named = usize::from(traversal.root == "resource");
                let kind = if named == 1 { traversal.attr(0) } else { Some(&traversal.root) };
                kind == Some(&addr.kind) && traversal.attr(named) == Some(&addr.name)
            });
        });
    }
    found
}
