//! What is read of resources, followed through local values, outputs, variables, `for` expressions and splats.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use lang::expr::{Node, NodeId};
use lang::{Expr, Step, StepKind, Traversal, Type};
use syntax::ast::{BinaryOp, UnaryOp};
use syntax::{Origin, SmolStr, with_stack};

use super::resources;
use super::usage::{Part, Reading};
use crate::address::ResourceAddr;
use crate::module::{Body, Condition, Module, ModuleTree, Resource};
use crate::reference::{Grammar, Subject, parse_reference};
use crate::refs::for_each_expr;
use crate::test_file::TestFile;

/// Every module that can be reached, with the call that leads to it.
pub(super) struct Sites<'t> {
    sites: Vec<Site<'t>>,
    /// What names in a module stand for, once it was asked.
    known: RefCell<HashMap<(usize, Subject), Option<Place>>>,
}

struct Site<'t> {
    module: &'t Module,
    /// The calling module and the name of the call.
    caller: Option<(usize, &'t SmolStr)>,
    children: HashMap<&'t SmolStr, usize>,
    root: bool,
}

/// More modules than this are not looked at.
const MOST_SITES: usize = 2_000;

impl<'t> Sites<'t> {
    pub fn new(trees: &'t [Arc<ModuleTree>]) -> Sites<'t> {
        let mut sites = Sites { sites: Vec::new(), known: RefCell::default() };
        for tree in trees {
            sites.add(tree, None);
        }
        sites
    }

    pub fn modules(&self) -> impl Iterator<Item = &'t Module> {
        self.sites.iter().map(|site| site.module)
    }

    fn add(&mut self, tree: &'t ModuleTree, caller: Option<(usize, &'t SmolStr)>) -> Option<usize> {
        if self.sites.len() == MOST_SITES {
            return None;
        }
        let id = self.sites.len();
        let root = caller.is_none();
        self.sites.push(Site { module: &tree.module, caller, children: HashMap::new(), root });
        for (name, child) in &tree.children {
            if let Some(child) = with_stack(|| self.add(child, Some((id, name)))) {
                self.sites[id].children.insert(name, child);
            }
        }
        Some(id)
    }
}

/// Reports everything that any expression reads of a resource.
pub(super) fn read_all(
    sites: &Sites<'_>,
    files: &[Arc<TestFile>],
    found: &mut dyn FnMut(&ResourceAddr, &Reading),
) {
    for (id, site) in sites.sites.iter().enumerate() {
        let mut reader = Reader { sites, site: id, each: None, own: None, grammar: Grammar::Module, found };
        reader.module(site.module);
        if !site.root {
            continue;
        }
        reader.grammar = Grammar::Test;
        for run in files.iter().flat_map(|file| &file.runs) {
            reader.conditions(&run.asserts);
        }
    }
}

/// A value of a resource, or a part of one.
#[derive(Clone)]
struct Place {
    addr: ResourceAddr,
    /// Steps from the resource's name on; the keys of its instances are no steps.
    path: Vec<Part>,
    /// In how many lists such parts of many are gathered.
    lists: usize,
}

impl Place {
    fn of(addr: &ResourceAddr) -> Place {
        Place { addr: addr.clone(), path: Vec::new(), lists: 0 }
    }
}

struct Reader<'s, 't> {
    sites: &'s Sites<'t>,
    site: usize,
    /// What `each.value` is.
    each: Option<Place>,
    /// What `self` is.
    own: Option<ResourceAddr>,
    grammar: Grammar,
    found: &'s mut dyn FnMut(&ResourceAddr, &Reading),
}

impl Reader<'_, '_> {
    fn module(&mut self, module: &Module) {
        for local in module.locals.values() {
            self.expr(&local.value);
        }
        for output in module.outputs.values() {
            self.exprs(output.value.iter());
            self.conditions(&output.preconditions);
        }
        for variable in module.variables.values() {
            self.conditions(&variable.validations);
        }
        for provider in &module.providers {
            self.body(&provider.body);
        }
        for call in module.calls.values() {
            self.exprs(call.count.iter().chain(&call.for_each));
            self.each = call.for_each.as_ref().and_then(|expr| self.elements(expr));
            self.exprs(call.arguments.values().map(|argument| &argument.value));
            self.each = None;
        }
        for check in module.checks.values() {
            self.conditions(&check.asserts);
        }
        for import in &module.imports {
            self.exprs(import.id.iter().chain(&import.for_each));
        }
        for resource in resources(module) {
            self.resource(resource);
        }
    }

    fn resource(&mut self, resource: &Resource) {
        self.exprs(resource.count.iter().chain(&resource.for_each));
        self.each = resource.for_each.as_ref().and_then(|expr| self.elements(expr));
        self.body(&resource.body);
        self.conditions(&resource.lifecycle.preconditions);
        self.exprs(&resource.lifecycle.replace_triggered_by);
        self.own = Some(resource.addr.clone());
        self.conditions(&resource.lifecycle.postconditions);
        for provisioner in &resource.provisioners {
            self.body(&provisioner.block.body);
        }
        (self.own, self.each) = (None, None);
    }

    fn body(&mut self, body: &Body) {
        for_each_expr(body, &mut |expr, _| self.expr(expr));
    }

    fn conditions(&mut self, conditions: &[Condition]) {
        for condition in conditions {
            self.expr(&condition.condition);
            self.expr(&condition.error_message);
        }
    }

    fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) {
        exprs.into_iter().for_each(|expr| self.expr(expr));
    }

    /// Reports what an expression reads.
    fn expr(&mut self, expr: &Expr) {
        let slots = self.slots(expr);
        let mut wanted: HashMap<NodeId, Type> = HashMap::new();
        for (_, node) in expr.nodes() {
            operands(expr, node, &mut |node, ty| {
                wanted.insert(node, ty);
            });
        }
        for (id, node) in expr.nodes() {
            let reads = matches!(
                node,
                Node::Reference(_) | Node::Local { .. } | Node::Relative { .. } | Node::Index { .. }
            );
            let place = self.place(expr, id, &slots).filter(|place| reads && place.lists == 0);
            if let Some(Place { addr, path, .. }) = place {
                let ty = wanted.get(&id).cloned();
                (self.found)(&addr, &Reading { path, ty });
            }
        }
    }

    /// What the names are that `for` expressions and splats bind.
    fn slots(&self, expr: &Expr) -> Slots {
        let mut slots = Slots::new();
        // Outer ones may stand behind inner ones; two rounds reach two levels, which is what people write.
        for _ in 0..2 {
            for (_, node) in expr.nodes() {
                let (slot, source) = match node {
                    Node::Splat { source, slot, .. } => (*slot, *source),
                    Node::For(node) => (node.value_slot, node.collection),
                    _ => continue,
                };
                if let Some(place) = self.place(expr, source, &slots) {
                    slots.insert(slot, element(place, None));
                }
            }
        }
        slots
    }

    /// What an expression's elements are.
    fn elements(&self, expr: &Expr) -> Option<Place> {
        let slots = self.slots(expr);
        self.place(expr, expr.root(), &slots).map(|place| element(place, None))
    }

    /// The part of a resource that a node stands for.
    fn place(&self, expr: &Expr, node: NodeId, slots: &Slots) -> Option<Place> {
        let inner = |node: NodeId| with_stack(|| self.place(expr, node, slots));
        match expr.node(node) {
            Node::Reference(index) => {
                let traversal = expr.traversals().get(usize::try_from(*index).ok()?)?;
                self.traversal(traversal)
            }
            Node::Local { slot, traversal } => Some(steps(slots.get(slot)?.clone(), traversal.steps.iter())),
            Node::Relative { object, steps: after } => Some(steps(inner(*object)?, after.iter())),
            Node::Index { collection, .. } => Some(element(inner(*collection)?, None)),
            Node::Paren(node) | Node::Wrap(node) => inner(*node),
            Node::Conditional { then, otherwise, .. } => inner(*then).or_else(|| inner(*otherwise)),
            Node::Splat { each: value, .. } => listed(inner(*value)?),
            Node::For(node) => listed(inner(node.value)?),
            Node::Call(call) if PASSING.contains(&call.name.as_str()) => inner(*call.args.first()?),
            Node::Call(call) if TAKING.contains(&call.name.as_str()) => {
                Some(element(inner(*call.args.first()?)?, None))
            }
            _ => None,
        }
    }

    fn traversal(&self, traversal: &Traversal) -> Option<Place> {
        let site = self.sites.sites.get(self.site)?;
        let reference = parse_reference(traversal, &Origin::default(), self.grammar).ok()?;
        let rest = traversal.steps.get(reference.consumed..).unwrap_or_default().iter();
        let place = match &reference.subject {
            Subject::Resource(addr, _) => {
                resources(site.module).any(|resource| resource.addr == *addr).then(|| Place::of(addr))?
            }
            Subject::SelfObject => Place::of(self.own.as_ref()?),
            Subject::Each(name) if name == "value" => self.each.clone()?,
            // One output, in whatever instance of the module.
            Subject::Module { name, output, .. } => {
                let output = output.clone();
                self.named(Subject::Module { name: name.clone(), key: None, output })?
            }
            named => self.named(named.clone())?,
        };
        Some(steps(place, rest))
    }

    /// What a name that stands for an expression stands for. A name that leads back to itself stands for nothing.
    fn named(&self, subject: Subject) -> Option<Place> {
        let key = (self.site, subject);
        if let Some(known) = self.sites.known.borrow().get(&key) {
            return known.clone();
        }
        self.sites.known.borrow_mut().insert(key.clone(), None);
        let place = self.expression(&key.1).and_then(|(site, expr)| {
            let mut found = |_: &ResourceAddr, _: &Reading| {};
            let reader = Reader {
                sites: self.sites,
                site,
                each: None,
                own: None,
                grammar: Grammar::Module,
                found: &mut found,
            };
            with_stack(|| reader.place(expr, expr.root(), &reader.slots(expr)))
        });
        self.sites.known.borrow_mut().insert(key, place.clone());
        place
    }

    /// The expression that a name stands for, and the module that it stands in.
    fn expression(&self, subject: &Subject) -> Option<(usize, &Expr)> {
        let sites = &self.sites.sites;
        let site = sites.get(self.site)?;
        match subject {
            Subject::Local(name) => Some((self.site, &site.module.locals.get(name)?.value)),
            Subject::Variable(name) => {
                let (caller, call) = site.caller?;
                let call = sites.get(caller)?.module.calls.get(call)?;
                Some((caller, &call.arguments.get(name)?.value))
            }
            Subject::Module { name, output: Some(output), .. } => {
                let child = *site.children.get(name)?;
                Some((child, sites.get(child)?.module.outputs.get(output)?.value.as_ref()?))
            }
            Subject::Output(name) => Some((self.site, site.module.outputs.get(name)?.value.as_ref()?)),
            _ => None,
        }
    }
}

type Slots = HashMap<u32, Place>;

/// Functions whose result has the elements that their first argument has, and those that take one out of it.
const PASSING: &[&str] = &[
    "try",
    "coalesce",
    "tolist",
    "toset",
    "tomap",
    "values",
    "flatten",
    "concat",
    "reverse",
    "slice",
    "nonsensitive",
];
const TAKING: &[&str] = &["one", "element"];

fn steps<'s>(place: Place, steps: impl Iterator<Item = &'s Step>) -> Place {
    steps.fold(place, |mut place, step| match &step.kind {
        StepKind::Attr(name) => {
            place.path.push(Part::Attribute(name.clone()));
            place
        }
        // What has a name as its key is as good as an attribute; of a resource it is an instance.
        StepKind::Key(name) if !place.path.is_empty() => {
            place.path.push(Part::Attribute(name.clone()));
            place
        }
        StepKind::Number(number) => {
            let index = number.to_i64().and_then(|index| usize::try_from(index).ok());
            element(place, index)
        }
        StepKind::Key(_) | StepKind::Missing => place,
    })
}

/// An element of a value. The elements of a resource are its instances, of which each is like the other.
fn element(mut place: Place, index: Option<usize>) -> Place {
    if place.lists > 0 {
        place.lists -= 1;
    } else if !place.path.is_empty() {
        place.path.push(Part::Element(index));
    }
    place
}

/// What a splat or a `for` expression makes of a part of each element.
fn listed(place: Place) -> Option<Place> {
    Some(Place { lists: place.lists + 1, ..place })
}

/// The operands of an operation that must be of one type.
fn operands(expr: &Expr, node: &Node, found: &mut dyn FnMut(NodeId, Type)) {
    match node {
        Node::Unary { op: UnaryOp::Not, operand, .. } => found(*operand, Type::Bool),
        Node::Unary { operand, .. } => found(*operand, Type::Number),
        Node::Conditional { condition, .. } => found(*condition, Type::Bool),
        Node::Binary { op, lhs, rhs } => match op {
            BinaryOp::And | BinaryOp::Or => {
                found(*lhs, Type::Bool);
                found(*rhs, Type::Bool);
            }
            BinaryOp::Equal | BinaryOp::NotEqual => {
                for (one, other) in [(lhs, rhs), (rhs, lhs)] {
                    if let Node::Literal(value) = expr.node(*other)
                        && value.ty().is_primitive()
                    {
                        found(*one, value.ty());
                    }
                }
            }
            _ => {
                found(*lhs, Type::Number);
                found(*rhs, Type::Number);
            }
        },
        _ => {}
    }
}
