//! Which keys stand in brackets, as far as the texts tell: those of instances, and of collections that are written out in
//! the module or given to its variables by a test.
//!
//! Nothing is run here: what only a run tells has no keys.

use std::cell::Cell;
use std::sync::LazyLock;

use config::{Item, ModuleTree, Run, TestFile};
use lang::functions::{FileReader, Function, Limits, NoFiles};
use lang::{Dialect, Expr, Resolved, Scope, Traversal, Type, Value};
use syntax::{Diagnostics, FileName, Origin, SmolStr, with_stack};

use crate::types::Types;

/// More keys than this are of no use to somebody who reads them.
const MOST: usize = 100;
/// How far values are followed through other names.
const DEPTH: u32 = 32;
/// How often all evaluations together may ask whether they should end, and how many functions they may call and names
/// follow: a name that is read twice is followed twice, so that a few of them can make very many.
const MOST_LOOKS: u32 = 64;
const MOST_CALLS: u32 = 4_000;

/// What one evaluation may make.
static LIMITS: LazyLock<Limits> = LazyLock::new(|| Limits {
    max_string_bytes: 1 << 16,
    max_elements: 1 << 12,
    max_weight: 1 << 20,
    ..Limits::default()
});

/// A key in brackets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Key {
    Name(SmolStr),
    Number(usize),
}

/// What the texts say about the values of one module.
pub(crate) struct Given<'a> {
    pub(crate) types: Types<'a>,
    pub(crate) tree: &'a ModuleTree,
    /// The test that gives values to the module's variables.
    pub(crate) file: Option<&'a TestFile>,
    pub(crate) run: Option<Item<Run>>,
}

impl Given<'_> {
    /// The keys of a block's instances.
    pub(crate) fn instances(
        &self,
        count: Option<&Expr>,
        for_each: Option<&Expr>,
        origin: &Origin,
    ) -> Vec<Key> {
        match (count, for_each) {
            (Some(count), None) => {
                let count = lang::convert(&self.value(count, origin), &Type::Number).ok();
                let count = count.and_then(|count| count.as_number()?.to_i64());
                let count = count.and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
                (0..count.min(MOST)).map(Key::Number).collect()
            }
            (None, Some(for_each)) => {
                let value = self.value(for_each, origin);
                match value.ty() {
                    Type::Set(_) => {
                        let elements = value.elements().into_iter().flatten().take(MOST);
                        elements.filter_map(|(key, _)| Some(Key::Name(key.as_str()?.into()))).collect()
                    }
                    Type::Map(_) | Type::Object(_) => keys(&value),
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }

    /// The keys of what an expression that is written in `file` comes to.
    pub(crate) fn keys(&self, file: &FileName, text: &str) -> Vec<Key> {
        let tree = syntax::parse_expression(file, text).tree;
        let value = lang::lower_in(&tree, self.tree.module.dialect);
        keys(&self.value(&value, &Origin::default()))
    }

    /// Unknown where somebody has to run something, or think for long, to know it.
    fn value(&self, expr: &Expr, origin: &Origin) -> Value {
        let cost = Cost { looks: Cell::new(MOST_LOOKS), calls: Cell::new(MOST_CALLS) };
        let scope = Level { given: self, cost: &cost, depth: DEPTH, giver: Giver::Run };
        let value = with_stack(|| scope.evaluate(expr, origin));
        // What is secret is shown to nobody.
        if value.marks_deep().is_empty() { value } else { Value::dynamic() }
    }
}

/// The keys of a value; those of an object are known by its type.
fn keys(value: &Value) -> Vec<Key> {
    let named = |name: &str| Key::Name(name.into());
    match (value.ty(), value.elements()) {
        (Type::Object(object), _) => object.attributes.keys().take(MOST).map(|name| named(name)).collect(),
        (Type::Tuple(elements), _) => (0..elements.len().min(MOST)).map(Key::Number).collect(),
        (Type::Map(_), Some(elements)) => {
            elements.take(MOST).filter_map(|(key, _)| key.as_str().map(named)).collect()
        }
        (Type::List(_), Some(elements)) => (0..elements.take(MOST).count()).map(Key::Number).collect(),
        _ => Vec::new(),
    }
}

/// What is left of the work that may be done.
struct Cost {
    looks: Cell<u32>,
    calls: Cell<u32>,
}

/// Who gives the variables their values.
#[derive(Clone, Copy)]
enum Giver {
    /// The run around the cursor, and where it does not the file.
    Run,
    /// The file: a run's own values cannot read each other.
    File,
    Nobody,
}

/// The names of an expression, so many steps from where somebody asked.
struct Level<'s, 'a> {
    given: &'s Given<'a>,
    cost: &'s Cost,
    depth: u32,
    giver: Giver,
}

impl Level<'_, '_> {
    fn evaluate(&self, expr: &Expr, origin: &Origin) -> Value {
        lang::evaluate(expr, origin, self, &mut Diagnostics::new())
    }

    fn deeper(&self, giver: Giver) -> Option<Level<'_, '_>> {
        let left = self.cost.calls.get().checked_sub(1)?;
        self.cost.calls.set(left);
        Some(Level { given: self.given, cost: self.cost, depth: self.depth.checked_sub(1)?, giver })
    }

    fn variable(&self, name: &str) -> Option<Value> {
        let value = self.given_value(name);
        match self.given.tree.module.variables.get(name) {
            Some(variable) if variable.sensitive => None,
            Some(variable) => match value {
                Some(value) => variable.accept(&value).ok(),
                None => variable.default.clone(),
            },
            None => value,
        }
    }

    fn given_value(&self, name: &str) -> Option<Value> {
        let run = self.given.run.as_ref().filter(|_| matches!(self.giver, Giver::Run));
        if let Some((run, value)) = run.and_then(|run| Some((run, run.variables.get(name)?))) {
            return Some(self.deeper(Giver::File)?.evaluate(&value.value, &run.origin));
        }
        let file = self.given.file.filter(|_| !matches!(self.giver, Giver::Nobody));
        let value = file?.variables.get(name)?;
        Some(self.deeper(Giver::Nobody)?.evaluate(&value.value, &value.origin))
    }
}

impl Scope for Level<'_, '_> {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        let name = traversal.attr(0).filter(|_| matches!(&*traversal.root, "var" | "local"));
        let Some(name) = name else { return self.given.types.resolve(traversal, origin, sink) };
        let value = match &*traversal.root {
            "var" => self.variable(name),
            _ => {
                let local = self.given.tree.module.locals.get(name);
                local.and_then(|local| {
                    let origin = local.value.origin(&local.origin);
                    Some(self.deeper(self.giver)?.evaluate(&local.value, origin))
                })
            }
        };
        match value {
            Some(value) => Some(Resolved { value, consumed: 1 }),
            None => self.given.types.resolve(traversal, origin, sink),
        }
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }

    fn limits(&self) -> &Limits {
        &LIMITS
    }

    fn interrupted(&self) -> bool {
        self.cost.looks.set(self.cost.looks.get().saturating_sub(1));
        self.cost.looks.get() == 0
    }

    fn affords(&self, function: &Function, _: &[Value]) -> bool {
        self.cost.calls.set(self.cost.calls.get().saturating_sub(1));
        // Slow on purpose, and no key is made of what they make.
        self.cost.calls.get() > 0 && !matches!(function.name, "bcrypt" | "rsadecrypt")
    }

    fn dialect(&self) -> Dialect {
        self.given.types.dialect()
    }

    fn offers(&self, function: &Function, name: &str) -> bool {
        self.given.types.offers(function, name)
    }
}
