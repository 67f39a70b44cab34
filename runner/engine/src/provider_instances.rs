//! What provider configurations with `for_each` are repeated for. OpenTofu evaluates it when a module is loaded, from
//! what is known then: variables, locals, paths and the workspace.
//!
//! The rules and their words are OpenTofu's, 1.9 to 1.12.

use std::collections::BTreeMap;

use config::{AskedEarly, Dialect, Early, Files, Frame, Item, StaticValues, Variable};
use lang::functions::FileReader;
use lang::{Expr, Resolved, Scope, Traversal, Value};
use rustc_hash::FxHashMap;
use syntax::{Diagnostics, Location, Origin, SmolStr};

use crate::host::{Cancel, Host};
use crate::input::{GivenValue, VariableInput, parse_variable_text};
use crate::program::{ModuleId, Program};
use crate::walk::{Sources, UNKNOWN_EXPANSION, for_each};

/// For each of a program's provider blocks with `for_each`, `each.value` by `each.key`.
#[derive(Clone, Debug, Default)]
pub struct ProviderInstances(FxHashMap<(ModuleId, usize), BTreeMap<SmolStr, Value>>);

/// A module as it is loaded, with what is known then.
pub struct InstancesRequest<'a> {
    pub program: &'a Program,
    /// Values for the module's variables.
    pub variables: &'a BTreeMap<SmolStr, VariableInput>,
    /// What a variable is that has no value.
    pub unset: Unset,
    /// The names of what the program is loaded for, where that is a run.
    pub path: &'a [SmolStr],
    pub workspace: &'a str,
    /// Read again for messages that quote a place.
    pub files: &'a dyn Files,
}

/// What a variable is that has neither a value nor a default.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unset {
    /// One that would have to be asked for, which tests do not.
    Asked,
    /// One that is not known.
    Unknown,
    /// One that is not known yet, so that nothing is said of what depends on it.
    Open,
}

impl ProviderInstances {
    /// Evaluates all of them. Of one that is wrong, which is said, nothing is known.
    pub fn new(
        request: &InstancesRequest<'_>,
        host: &dyn Host,
        cancel: &Cancel,
    ) -> (ProviderInstances, Diagnostics) {
        let mut found = Diagnostics::new();
        let mut instances = ProviderInstances::default();
        for (id, module) in request.program.modules.iter().enumerate() {
            for (at, block) in module.tree.module.providers.iter().enumerate() {
                let Some(each) = &block.for_each else { continue };
                let of = Static { request, host, cancel };
                let alias = block.alias.as_deref().unwrap_or_default();
                let before = found.len();
                let mut elements = None;
                with_frame(request.program, id, &mut |frame| {
                    let name = frame.name(request.path, &format!("provider.{}.{alias}.for_each", block.name));
                    let asked = AskedEarly { name, place: each.location(&block.origin), by: None };
                    let values = StaticValues::new(&of);
                    if let Some(scope) = values.scope(frame, each, &block.origin, &asked, &mut found) {
                        elements = for_each(each, &block.origin, None, None, &scope, &mut found);
                    }
                });
                for unknown in found.iter_mut().skip(before).filter(|it| it.code == Some(UNKNOWN_EXPANSION)) {
                    UNKNOWN.clone_into(&mut unknown.detail);
                }
                if request.unset == Unset::Open && elements.is_none() && is_unknown(&found, before) {
                    found.truncate(before);
                }
                instances.0.extend(elements.map(|elements| ((id, at), elements)));
            }
        }
        (instances, found)
    }

    /// The value of an expression of the root module, which stands at `place` and belongs to `name`. `None` after errors.
    pub fn value(
        request: &InstancesRequest<'_>,
        (expr, origin): (&Expr, &Origin),
        name: String,
        host: &dyn Host,
        cancel: &Cancel,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        let of = Static { request, host, cancel };
        let asked = AskedEarly { name, place: expr.location(origin), by: None };
        let root = Frame { module: request.program.root(), caller: None };
        StaticValues::new(&of).value(&root, expr, origin, &asked, sink)
    }

    /// What a block of a module is repeated for, by its index among the module's provider blocks.
    pub(crate) fn of_block(&self, module: ModuleId, block: usize) -> Option<&BTreeMap<SmolStr, Value>> {
        self.0.get(&(module, block))
    }
}

impl Program {
    /// Whether any of its provider configurations has `for_each`.
    pub fn repeats_providers(&self) -> bool {
        let mut blocks = self.modules.iter().flat_map(|module| &module.tree.module.providers);
        blocks.any(|block| block.for_each.is_some())
    }
}

fn is_unknown(found: &Diagnostics, before: usize) -> bool {
    let found = found.get(before..).unwrap_or_default();
    found.iter().all(|it| it.code == Some(UNKNOWN_EXPANSION))
}

const UNKNOWN: &str = "The \"for_each\" value includes keys or set values from resource attributes that cannot be \
    determined until apply, and so OpenTofu cannot determine what will identify the instances of this resource.\n\nWhen \
    working with unknown values in for_each, it's better to define the map keys statically in your configuration and place \
    apply-time results only in the map values.\n\nAlternatively, you could use the -target option to first apply only the \
    resources that for_each depends on, and then apply normally to converge.";

/// What is known of a request's modules before anything runs.
struct Static<'a> {
    request: &'a InstancesRequest<'a>,
    host: &'a dyn Host,
    cancel: &'a Cancel,
}

impl Early for Static<'_> {
    fn variable(&self, variable: &Item<Variable>, sink: &mut Diagnostics) -> Option<Value> {
        let Some(input) = self.request.variables.get(&variable.name) else {
            return match &variable.default {
                Some(default) => Some(default.clone()),
                None if self.request.unset != Unset::Asked => Some(Value::dynamic()),
                None => {
                    sink.push(config::unasked(variable));
                    None
                }
            };
        };
        match &input.value {
            GivenValue::Value(value) => Some(value.clone()),
            GivenValue::Text(text) => {
                let dialect = self.request.program.root().dialect;
                let scope = Outside { files: self.host.files(), dialect };
                match parse_variable_text(&variable.name, text, Some(variable), &scope) {
                    Ok(value) => Some(value),
                    Err(found) => {
                        sink.extend(found);
                        None
                    }
                }
            }
        }
    }

    fn path(&self) -> &[SmolStr] {
        self.request.path
    }

    fn working_directory(&self) -> Option<&str> {
        Some(self.host.working_directory())
    }

    fn workspace(&self) -> &str {
        self.request.workspace
    }

    fn surroundings(&self) -> &dyn Scope {
        self
    }
}

/// Everything but names.
impl Scope for Static<'_> {
    fn resolve(&self, _: &Traversal, _: &Origin, _: &mut Diagnostics) -> Option<Resolved> {
        None
    }

    fn files(&self) -> &dyn FileReader {
        self.host.files()
    }

    fn interrupted(&self) -> bool {
        self.cancel.is_cancelled()
    }

    fn unix_time(&self) -> i64 {
        self.host.unix_time()
    }

    fn random(&self, buffer: &mut [u8]) {
        self.host.fill_random(buffer);
    }

    fn place(&self, location: &Location) -> String {
        Sources(self.request.files).place(location)
    }
}

/// The module with the calls that lead to it.
fn with_frame(program: &Program, id: ModuleId, then: &mut dyn FnMut(&Frame<'_>)) {
    let caller = program.modules[id].caller.and_then(|(caller, call)| {
        let (_, call) = program.module(caller).calls.get_index(call)?;
        Some((caller, call))
    });
    let module = program.module(id);
    match caller {
        None => then(&Frame { module, caller: None }),
        Some((caller, call)) => with_frame(program, caller, &mut |caller| {
            then(&Frame { module, caller: Some((caller, call)) });
        }),
    }
}

/// The scope of a text from outside: no names.
struct Outside<'a> {
    files: &'a dyn FileReader,
    dialect: Dialect,
}

impl Scope for Outside<'_> {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        sink.push(lang::variables_not_allowed(traversal, origin).with_code("variables-not-allowed"));
        None
    }

    fn files(&self) -> &dyn FileReader {
        self.files
    }

    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn allows_calls(&self) -> bool {
        false
    }
}
