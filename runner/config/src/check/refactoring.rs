//! `moved`, `removed` and `import` statements held against what is declared: what a plan says of them and `validate` does
//! not. Statements about single instances are the engine's, which knows the instances.

use syntax::{Diagnostic, Diagnostics, Location, SmolStr};

use crate::address::{InstanceKey, ModuleInstance};
use crate::module::{Module, ModuleTree};
use crate::target::Target;

/// What is wrong with the statements of a module and of every module below it. A plan ends with these errors, whatever
/// else is wrong: those about removed objects come first and alone.
pub fn check_refactoring(tree: &ModuleTree) -> Diagnostics {
    let mut found = Diagnostics::new();
    for_each_module(tree, &mut |module, path, _| {
        found.extend(removed(tree, module, path));
    });
    if found.is_empty() {
        found.extend(imports(tree));
        found.extend(Moves::of(tree).check(tree));
    }
    found
}

/// How many modules are looked at: a program with more, one that is reached in two ways counted twice, is refused.
const MOST_MODULES: usize = 10_000;

/// Calls `visit` with every module, the calls that lead to it, and whether one of them is repeated.
pub(super) fn for_each_module<'a>(
    tree: &'a ModuleTree,
    visit: &mut dyn FnMut(&'a Module, &ModuleInstance, bool),
) {
    let mut open = vec![(tree, ModuleInstance::root(), false)];
    let mut visited = 0;
    while let Some((tree, path, repeated)) = open.pop() {
        visit(&tree.module, &path, repeated);
        visited += 1;
        if visited == MOST_MODULES {
            return;
        }
        for (name, child) in tree.children.iter().rev() {
            let repeated = repeated || is_repeated(&tree.module, name);
            open.push((child, path.child(name.clone(), InstanceKey::None), repeated));
        }
    }
}

fn is_repeated(module: &Module, call: &SmolStr) -> bool {
    module.calls.get(call).is_some_and(|call| call.count.is_some() || call.for_each.is_some())
}

/// Things that are declared although a statement says that they were removed.
fn removed(root: &ModuleTree, module: &Module, path: &ModuleInstance) -> Diagnostics {
    let addresses = module.removed.iter().filter_map(|removed| removed.address.as_ref());
    let declared = addresses.filter_map(|address| {
        let address = below(path, address);
        let found = declaration(root, &address)?;
        let what = if address.resource.is_some() { "resource" } else { "module" };
        let detail = format!(
            "This statement declares that {address} was removed, but it is still declared in configuration."
        );
        let error = Diagnostic::error(format!("Removed {what} still exists"), detail);
        Some(error.at(found.place).with_code("removed-exists"))
    });
    declared.collect()
}

/// Imports into modules that are not there. A resource that is not declared may be generated, which is not known here.
fn imports(tree: &ModuleTree) -> Diagnostics {
    let unknown = tree.module.imports.iter().filter_map(|import| {
        let address = import.address.as_ref().filter(|address| module_at(tree, &address.module).is_none())?;
        let detail = format!(
            "The configuration for the given import target {address} does not exist. All target instances must have an \
             associated configuration to be imported."
        );
        let error = Diagnostic::error("Configuration for import target does not exist", detail);
        Some(error.at(import.to.location(&import.origin)).with_code("unknown-import-target"))
    });
    unknown.collect()
}

/// One `moved` block whose ends are whole resources or whole modules.
struct Move {
    from: Target,
    to: Target,
    header: Location,
    /// Where the block begins, in words.
    place: String,
}

struct Moves(Vec<Move>);

impl Moves {
    fn of(tree: &ModuleTree) -> Moves {
        let mut moves = Vec::new();
        for_each_module(tree, &mut |module, path, repeated| {
            let stated = module.moved.iter().filter(|_| !repeated);
            moves.extend(stated.filter_map(|moved| {
                let (from, to) = moved.addresses.as_ref()?;
                if has_keys(from) || has_keys(to) {
                    return None;
                }
                let header = moved.locate(moved.header);
                let place = beginning(module, &header);
                Some(Move { from: below(path, from), to: below(path, to), header, place })
            }));
        });
        Moves(moves)
    }

    fn check(&self, tree: &ModuleTree) -> Diagnostics {
        let mut found = Diagnostics::new();
        for (index, moved) in self.0.iter().enumerate() {
            let (from, to) = (&moved.from, &moved.to);
            let noun = moved.noun();
            if from == to {
                let detail = format!(
                    "This statement declares a move from {from} to the same address, which is the same as not declaring \
                     this move at all."
                );
                found.push(moved.error("Redundant move statement", detail));
                continue;
            }
            if let Some(declared) = declaration(tree, from).filter(|declared| !declared.repeated) {
                let (what, short) =
                    if from.resource.is_some() { ("resource", "resource") } else { ("module call", "call") };
                let detail = format!(
                    "This statement declares a move from {from}, but that {what} is still declared at {}.\n\nChange your \
                     configuration so that this {short} will be declared as {to} instead.",
                    declared.beginning
                );
                found.push(moved.error("Moved object still exists", detail));
            }
            let earlier = || self.0.iter().take(index).filter(|earlier| earlier.from != earlier.to);
            if let Some(other) = earlier().find(|other| other.from == *from && other.to != *to) {
                let detail = format!(
                    "A statement at {} declared that {from} moved to {}, but this statement instead declares that it \
                     moved to {to}.\n\nEach {noun} can move to only one destination {noun}.",
                    other.place, other.to
                );
                found.push(moved.error("Ambiguous move statements", detail));
            }
            if let Some(other) = earlier().find(|other| other.to == *to && other.from != *from) {
                let detail = format!(
                    "A statement at {} declared that {} moved to {to}, but this statement instead declares that {from} \
                     moved there.\n\nEach {noun} can have moved from only one source {noun}.",
                    other.place, other.from
                );
                found.push(moved.error("Ambiguous move statements", detail));
            }
        }
        if found.is_empty() {
            found.extend(self.cycle());
        }
        found
    }

    /// A chain of moves that comes back to where it began. Each address is moved once here: otherwise an error has been
    /// reported.
    fn cycle(&self) -> Option<Diagnostic> {
        let chain = self.0.iter().find_map(|first| {
            let mut chain = vec![first];
            let mut end = &first.to;
            while chain.len() <= self.0.len() {
                if *end == first.from {
                    return Some(chain);
                }
                let next = self.0.iter().find(|next| next.from == *end)?;
                chain.push(next);
                end = &next.to;
            }
            None
        })?;
        let every = |address: &Target| format!("{address}[*]");
        let line = |it: &&Move| format!("\n  - {}: {} → {}", it.place, every(&it.from), every(&it.to));
        let lines: String = chain.iter().map(line).collect();
        let detail = format!(
            "The following chained move statements form a cycle, and so there is no final location to move objects \
             to:{lines}\n\nA chain of move statements must end with an address that doesn't appear in any other \
             statements, and which typically also refers to an object still declared in the configuration."
        );
        Some(Diagnostic::error("Cyclic dependency in move statements", detail).with_code("cyclic-move"))
    }
}

impl Move {
    fn noun(&self) -> &'static str {
        if self.from.resource.is_some() { "resource" } else { "module" }
    }

    fn error(&self, summary: &str, detail: String) -> Diagnostic {
        Diagnostic::error(summary, detail).at(self.header.clone()).with_code("invalid-move")
    }
}

/// Where something is declared.
struct Declared {
    place: Location,
    /// Where that begins, in words.
    beginning: String,
    /// Whether it has instances with keys only.
    repeated: bool,
}

fn declaration(root: &ModuleTree, address: &Target) -> Option<Declared> {
    let (module, place, repeated) = match &address.resource {
        Some((resource, _)) => {
            let module = &module_at(root, &address.module)?.module;
            let found = module.resources.get(resource)?;
            let repeated = found.count.is_some() || found.for_each.is_some();
            (module, found.locate(found.header), repeated)
        }
        None => {
            let (last, above) = address.module.0.split_last()?;
            let module = &module_at(root, &ModuleInstance(above.into()))?.module;
            let call = module.calls.get(&last.0)?;
            (module, call.locate(call.header), is_repeated(module, &last.0))
        }
    };
    let beginning = beginning(module, &place);
    Some(Declared { place, beginning, repeated })
}

pub(super) fn module_at<'a>(root: &'a ModuleTree, path: &ModuleInstance) -> Option<&'a ModuleTree> {
    path.0.iter().try_fold(root, |tree, (name, _)| tree.children.get(name).map(|child| &**child))
}

/// An address of a module as the root module sees it.
fn below(path: &ModuleInstance, address: &Target) -> Target {
    let module = path.0.iter().chain(address.module.0.iter()).cloned().collect();
    Target { module: ModuleInstance(module), resource: address.resource.clone() }
}

fn has_keys(address: &Target) -> bool {
    let has_key = |key: &InstanceKey| *key != InstanceKey::None;
    address.module.0.iter().any(|(_, key)| has_key(key))
        || address.resource.as_ref().is_some_and(|(_, key)| has_key(key))
}

/// `main.tf:1,5` for a place that begins there.
fn beginning(module: &Module, place: &Location) -> String {
    let range = module.declared_at(place);
    let colon = range.rfind(':').unwrap_or(0);
    let end =
        range.get(colon..).and_then(|numbers| numbers.find('-')).map_or(range.len(), |dash| colon + dash);
    range.get(..end).unwrap_or(&range).to_owned()
}
