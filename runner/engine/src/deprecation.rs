//! What users are told of variables and outputs that a module's author has marked as deprecated.
//!
//! Terraform has this since 1.15, OpenTofu since 1.10. Both mark the values of deprecated outputs, and warn where
//! something is made of such a value: where, and how often, is where they look at it. Terraform looks at values as a whole
//! where they can still be referred to, at everything in them where they end; OpenTofu always at everything.

use std::fmt::Display;

use config::{Body, Feature, Item, Schema, Variable};
use lang::expr::Node as ExprNode;
use lang::{Dialect, Expr, Marks, Path, Tool, Value, path};
use rustc_hash::FxHashMap;
use syntax::{Deprecation, Diagnostic, Diagnostics, Location, Origin, SmolStr};

use crate::input::VariableSource;
use crate::program::{ModuleId, StaticModule};
use crate::reports;

/// The deprecated outputs of all modules that are called.
#[derive(Debug, Default)]
pub(crate) struct Deprecated {
    dialect: Dialect,
    outputs: Vec<DeprecatedOutput>,
    /// By module and index.
    numbers: FxHashMap<(ModuleId, usize), usize>,
}

#[derive(Debug)]
struct DeprecatedOutput {
    message: SmolStr,
    /// As the calling module names it: `module.m.old`.
    reference: String,
    /// With the modules around it.
    address: String,
}

impl Deprecated {
    pub fn new(modules: &[StaticModule]) -> Deprecated {
        let dialect = modules.first().map(|root| root.tree.module.dialect).unwrap_or_default();
        let mut all = Deprecated { dialect, ..Deprecated::default() };
        for (id, module) in modules.iter().enumerate() {
            let Some(call) = module.path.last() else { continue };
            for (at, (name, output)) in module.tree.module.outputs.iter().enumerate() {
                let Some(deprecation) = &output.deprecated else { continue };
                all.numbers.insert((id, at), all.outputs.len());
                all.outputs.push(DeprecatedOutput {
                    message: deprecation.message.clone(),
                    reference: format!("module.{call}.{name}"),
                    address: format!("{}.{name}", module.name()),
                });
            }
        }
        all
    }

    /// What callers see the value of an output marked with.
    pub fn marks(&self, module: ModuleId, output: usize) -> Marks {
        self.numbers.get(&(module, output)).map_or(Marks::EMPTY, |number| Marks::deprecated(*number))
    }

    /// Whether any output of a module is deprecated.
    pub fn has_any_of(&self, module: ModuleId, outputs: usize) -> bool {
        !self.outputs.is_empty() && (0..outputs).any(|at| self.numbers.contains_key(&(module, at)))
    }

    /// The value of an expression that others may refer to, or of a simple one, without what it was marked with for being
    /// made of something deprecated, of which is told.
    pub fn taken(&self, value: Value, expr: &Expr, origin: &Origin, sink: &mut Diagnostics) -> Value {
        if self.dialect.tool == Tool::OpenTofu {
            return self.taken_whole(value, expr, origin, sink);
        }
        let (bare, marks) = value.unmark();
        sink.extend(self.warnings(marks, "", &expr.location(origin)));
        bare.with_marks(without(marks))
    }

    /// The value of a condition. Terraform does not look at one that comes to nothing.
    pub fn taken_by_condition(
        &self,
        value: Value,
        expr: &Expr,
        origin: &Origin,
        sink: &mut Diagnostics,
    ) -> Value {
        match self.dialect.tool {
            Tool::Terraform if !value.is_known() || value.is_null() => value,
            _ => self.taken(value, expr, origin, sink),
        }
    }

    /// The value of an expression with everything in it: nobody can ask for a part of it any more.
    pub fn taken_whole(&self, value: Value, expr: &Expr, origin: &Origin, sink: &mut Diagnostics) -> Value {
        self.removed(value, |path, marks| {
            let (inside, place) = match self.dialect.tool {
                Tool::Terraform => (String::new(), place(expr, origin, path)),
                Tool::OpenTofu => (path.to_string(), expr.location(origin)),
            };
            sink.extend(self.warnings(marks, inside.trim_start_matches('.'), &place));
        })
    }

    /// The arguments of a block, where whatever they are made of ends.
    pub fn taken_by_block(
        &self,
        value: Value,
        (body, schema, origin, address): (&Body, &Schema, &Origin, &dyn Display),
        sink: &mut Diagnostics,
    ) -> Value {
        self.removed(value, |path, marks| {
            let place = reports::place(path, body, schema, origin);
            let warnings = self.warnings(marks, "", &place);
            sink.extend(warnings.map(|warning| match self.dialect.tool {
                Tool::Terraform => warning.with_address(address.to_string()),
                Tool::OpenTofu => Diagnostic { deprecation: None, ..warning },
            }));
        })
    }

    fn removed(&self, value: Value, mut tell: impl FnMut(&Path, Marks)) -> Value {
        if value.marks_deep().only_deprecated().is_empty() {
            return value;
        }
        let mut left = Vec::new();
        for (path, marks) in value.marked_paths() {
            tell(&path, marks);
            left.push((path, without(marks)));
        }
        value.unmark_deep().0.with_marks_at(&left)
    }

    fn warnings(&self, marks: Marks, inside: &str, place: &Location) -> impl Iterator<Item = Diagnostic> {
        let what = if inside.is_empty() { String::new() } else { format!("'s attribute {inside}") };
        marks.of_deprecated().filter_map(|number| self.outputs.get(number)).map(move |output| {
            let message = &output.message;
            match self.dialect.tool {
                Tool::Terraform => Diagnostic {
                    deprecation: Some(Box::new(Deprecation {
                        originates_from: Some(output.address.clone()),
                        group: None,
                    })),
                    ..Diagnostic::warning("Deprecated value used", message.as_str())
                },
                Tool::OpenTofu => Diagnostic {
                    deprecation: group(self.dialect, || output.reference.clone()),
                    ..Diagnostic::warning(
                        "Value derived from a deprecated source",
                        format!(
                            "This value{what} is derived from {}, which is deprecated with the following \
                             message:\n\n{message}",
                            output.reference
                        ),
                    )
                },
            }
            .at(place.clone())
            .with_code("deprecated")
        })
    }
}

/// The warning that an argument of a module call sets a deprecated variable. For Terraform, null sets nothing.
pub(crate) fn argument(
    variable: &Variable,
    value: &Value,
    place: Location,
    dialect: Dialect,
) -> Option<Diagnostic> {
    let message = &variable.deprecated.as_ref()?.message;
    let warning = match dialect.tool {
        Tool::Terraform if value.is_null() => return None,
        Tool::Terraform => Diagnostic::warning("Deprecated variable got a value", message.as_str()),
        Tool::OpenTofu => Diagnostic {
            deprecation: group(dialect, || format!("{}\n{message}", variable.name)),
            ..Diagnostic::warning(
                "Variable marked as deprecated by the module author",
                format!(
                    "Variable {} is marked as deprecated with the following message:\n{message}",
                    lang::quote(&variable.name)
                ),
            )
        },
    };
    Some(warning.at(place).with_code("deprecated"))
}

/// The warning that a deprecated variable of the root module was given a value, which may be `None` where it is no value
/// yet. OpenTofu leaves what a test gives alone.
pub(crate) fn root_variable(
    variable: &Item<Variable>,
    source: &VariableSource,
    value: Option<&Value>,
    dialect: Dialect,
) -> Option<Diagnostic> {
    let deprecation = variable.deprecated.as_ref()?;
    let header = variable.locate(variable.header);
    let message = &deprecation.message;
    let warning = match (dialect.tool, source) {
        (Tool::Terraform, _) if value.is_some_and(|value| value.is_null() || !value.is_known()) => {
            return None;
        }
        (Tool::Terraform, _) => Diagnostic::warning("Deprecated variable got a value", message.as_str())
            .at(variable.locate(deprecation.span))
            .within(header),
        (Tool::OpenTofu, VariableSource::Test(_)) => return None,
        (Tool::OpenTofu, _) => Diagnostic::warning(
            "Deprecated variable used from the root module",
            format!(
                "The root variable {} is deprecated with the following message: {message}",
                lang::quote(&variable.name)
            ),
        )
        .at(header),
    };
    Some(warning.with_code("deprecated"))
}

fn group(dialect: Dialect, name: impl FnOnce() -> String) -> Option<Box<Deprecation>> {
    let folds = dialect.has(Feature::FoldsByCause);
    folds.then(|| Box::new(Deprecation { originates_from: None, group: Some(name()) }))
}

fn without(marks: Marks) -> Marks {
    marks.without(marks.only_deprecated())
}

/// Where in an expression the part of its value at a path is written out.
fn place(expr: &Expr, origin: &Origin, path: &Path) -> Location {
    let mut at = expr.root();
    for step in &path.0 {
        let inside = match (expr.node(at), step) {
            (ExprNode::Tuple(items), path::Step::Index(key)) => {
                let index = key.as_number().and_then(|number| number.to_i64());
                index.and_then(|index| items.get(usize::try_from(index).ok()?)).copied()
            }
            (ExprNode::Object(items), step) => {
                let name = match step {
                    path::Step::Attr(name) => Some(&**name),
                    path::Step::Index(key) => key.as_str(),
                };
                let written = |key| match expr.node(key) {
                    ExprNode::Literal(key) => key.as_str(),
                    _ => None,
                };
                items.iter().find(|(key, _)| name.is_some() && written(*key) == name).map(|(_, value)| *value)
            }
            _ => None,
        };
        let Some(inside) = inside else { break };
        at = inside;
    }
    expr.origin(origin).locate(expr.span(at))
}
