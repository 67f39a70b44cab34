//! Addresses of a module's objects: what may fail, what overrides and plans name, what depends on what.

use config::{ModuleTree, ResourceAddr, ResourceMode};
use syntax::SmolStr;
use syntax::ast::{Expr, ExprKind};

use super::context::Context;
use super::item::{CompletionKind, Proposal};
use super::names::key_proposal;
use super::reading::Segment;
use super::site::Slot;
use crate::describe;
use crate::given::Key;
use crate::grammar::{Place, Takes};

/// How deep calls are followed.
const DEPTH: usize = 6;
/// More addresses than this are not looked for, and in no more modules.
const MOST: usize = 4000;
const MOST_MODULES: usize = 1000;

/// The addresses that an attribute takes, or what may follow the beginning of one.
pub(super) fn complete(context: &Context<'_>, takes: Takes, path: &[Segment]) -> Vec<Proposal> {
    let mut prefix = String::new();
    for segment in path {
        // Which instance it is makes no difference to what is in it.
        if let Segment::Name(name) = segment {
            prefix.push_str(&format!("{name}."));
        }
    }
    let mut found = Found { context, takes, prefix: &prefix, all: Vec::new(), modules: 0 };
    let written = written(context);
    for tree in context.roots() {
        found.module(tree);
        found.objects(tree, &mut String::new(), 0);
    }
    let mut all = found.all;
    if prefix.is_empty() {
        all.retain(|proposal| !written.contains(&proposal.label));
    }
    for proposal in &mut all {
        let rest = proposal.label.get(prefix.len()..).unwrap_or_default();
        // Behind a dot comes one name at a time.
        let name = if prefix.is_empty() { rest } else { rest.split('.').next().unwrap_or_default() };
        proposal.label = name.to_owned();
    }
    let mut seen = std::collections::HashSet::new();
    all.retain(|proposal| seen.insert(proposal.label.clone()));
    all
}

/// The keys of the instances of what an address names, as far as the texts tell.
pub(super) fn keys(context: &Context<'_>, path: &[Segment], quoted: bool) -> Vec<Proposal> {
    let path: Vec<&SmolStr> = path
        .iter()
        .filter_map(|segment| match segment {
            // Which instance it is makes no difference to what is in it.
            Segment::Name(name) => Some(name),
            _ => None,
        })
        .collect();
    let found =
        context.roots().into_iter().map(|root| instances(context, root, &path)).find(|it| !it.is_empty());
    found.into_iter().flatten().filter_map(|key| key_proposal(&key, quoted)).collect()
}

fn instances<'a>(context: &Context<'a>, root: &'a ModuleTree, path: &[&SmolStr]) -> Vec<Key> {
    let (mut tree, mut path) = (root, path);
    let given = |tree: &'a ModuleTree| {
        if std::ptr::eq(tree, root) { context.given_to(tree) } else { context.given_in(tree) }
    };
    loop {
        match path {
            [word, name] if *word == "module" => {
                let Some(call) = tree.module.calls.get(*name) else { return Vec::new() };
                return given(tree).instances(call.count.as_ref(), call.for_each.as_ref(), &call.origin);
            }
            [word, name, rest @ ..] if *word == "module" => {
                let Some(child) = tree.children.get(*name) else { return Vec::new() };
                (tree, path) = (child, rest);
            }
            _ => {
                let (mode, rest) = match path {
                    [word, rest @ ..] if *word == "data" => (ResourceMode::Data, rest),
                    rest => (ResourceMode::Managed, rest),
                };
                let [kind, name] = rest else { return Vec::new() };
                let addr = ResourceAddr { mode, kind: (*kind).clone(), name: (*name).clone() };
                let Some(it) = tree.module.resources.get(&addr) else { return Vec::new() };
                return given(tree).instances(it.count.as_ref(), it.for_each.as_ref(), &it.origin);
            }
        }
    }
}

/// What stands in the list around the cursor already.
fn written(context: &Context<'_>) -> Vec<String> {
    let Slot::Value { value: Some(value), spot, .. } = &context.site.slot else {
        return Vec::new();
    };
    let ExprKind::Tuple(items) = &value.kind else { return Vec::new() };
    let others = items.iter().filter(|item| !item.span.touches(spot.replace.start));
    let text = |item: &Expr| {
        let parsed = item.as_json_text().map(|text| text.expression(context.file).tree);
        let lowered = lang::lower_in(parsed.as_ref().unwrap_or(item), context.dialect);
        lowered.traversals().first().map(ToString::to_string)
    };
    others.filter_map(text).collect()
}

struct Found<'p> {
    context: &'p Context<'p>,
    takes: Takes,
    prefix: &'p str,
    all: Vec<Proposal>,
    /// How many modules were looked into.
    modules: usize,
}

impl Found<'_> {
    fn add(&mut self, text: &str, kind: CompletionKind) -> Option<&mut Proposal> {
        if self.all.len() >= MOST || !text.starts_with(self.prefix) {
            return None;
        }
        self.all.push(Proposal::new(text, kind));
        self.all.last_mut()
    }

    /// What only the module itself has: variables, checks, outputs. What can fail comes first.
    fn module(&mut self, tree: &ModuleTree) {
        if self.takes != Takes::Checkables {
            return;
        }
        let module = &tree.module;
        // Whoever has begun to write an address knows what it is to be.
        let all = !self.prefix.is_empty();
        for it in module.variables.values().filter(|it| all || !it.validations.is_empty()) {
            let rank = u8::from(it.validations.is_empty());
            if let Some(proposal) = self.add(&format!("var.{}", it.name), CompletionKind::Variable) {
                proposal.detail = Some(describe::variable_detail(it));
                proposal.documentation = describe::variable_documentation(it);
                proposal.rank = rank;
            }
        }
        for name in module.checks.keys() {
            self.add(&format!("check.{name}"), CompletionKind::Check);
        }
        for it in module.outputs.values().filter(|it| all || !it.preconditions.is_empty()) {
            let rank = u8::from(it.preconditions.is_empty());
            if let Some(proposal) = self.add(&format!("output.{}", it.name), CompletionKind::Output) {
                proposal.documentation = describe::output_documentation(it);
                proposal.rank = rank;
            }
        }
    }

    /// The resources and calls of a module, and of those that it calls where those can be named too.
    fn objects(&mut self, tree: &ModuleTree, around: &mut String, depth: usize) {
        self.modules += 1;
        let module = &tree.module;
        for (addr, it) in &module.resources {
            let can_fail = !it.lifecycle.preconditions.is_empty() || !it.lifecycle.postconditions.is_empty();
            let is_own = depth == 0 && self.context.is_own_object(addr);
            if is_own || !self.wants(addr, can_fail) {
                continue;
            }
            let rank = u8::from(self.takes == Takes::Checkables && !can_fail);
            if let Some(proposal) = self.add(&format!("{around}{addr}"), CompletionKind::Resource) {
                proposal.rank = rank;
            }
        }
        let calls =
            matches!(self.takes, Takes::Call | Takes::Resources | Takes::Dependencies | Takes::Object);
        let inside = matches!(
            self.takes,
            Takes::Call | Takes::Resource | Takes::Data | Takes::Resources | Takes::Managed
        );
        for name in module.calls.keys() {
            let address = format!("{around}module.{name}");
            let rank = u8::from(self.takes != Takes::Call);
            if calls && let Some(proposal) = self.add(&address, CompletionKind::Module) {
                proposal.rank = rank;
            }
            if let Some(child) =
                tree.children.get(name).filter(|_| inside && depth < DEPTH && self.modules < MOST_MODULES)
            {
                let length = around.len();
                around.push_str(&format!("module.{name}."));
                self.objects(child, around, depth + 1);
                around.truncate(length);
            }
        }
    }

    fn wants(&self, addr: &ResourceAddr, can_fail: bool) -> bool {
        match self.takes {
            Takes::Checkables => can_fail || !self.prefix.is_empty(),
            Takes::Resource | Takes::Managed | Takes::Object => addr.mode == ResourceMode::Managed,
            Takes::Resources | Takes::Dependencies => addr.mode != ResourceMode::Ephemeral,
            Takes::Data => addr.mode == ResourceMode::Data,
            _ => false,
        }
    }
}

/// The attributes of the resource around the cursor, or all of them.
pub(super) fn own_attributes(context: &Context<'_>, in_list: bool) -> Vec<Proposal> {
    let mut found = Vec::new();
    if !in_list {
        let doc = Some("Changes of every attribute.".to_owned());
        found.push(Proposal::new("all", CompletionKind::Keyword).documentation(doc));
        return found;
    }
    let from = context.site.blocks.iter().position(|it| matches!(it.place, Some(Place::Resource(_))));
    let blocks = from.and_then(|from| context.site.blocks.get(..=from)).unwrap_or_default();
    let Some(own) = context.schema_in(blocks) else { return found };
    let settable = own.schema.attributes.iter().filter(|(_, it)| !it.is_read_only()).map(|(name, _)| name);
    let written = written(context);
    let names = settable.chain(own.schema.blocks.keys()).filter(|name| !written.contains(&name.to_string()));
    found
        .extend(names.map(|name| Proposal::new(name.as_str(), CompletionKind::Field).topic(own.topic(name))));
    found
}
