//! The types of values, as far as they can be told without running anything.
//!
//! Expressions are evaluated by the runner's own evaluator, over unknown values of known types: what a function returns
//! or how two branches go together is nothing that has to be said a second time here.

use std::cell::RefCell;
use std::collections::HashMap;

use config::{
    Grammar, ModuleTree, ResourceAddr, ResourceMode, Schemas, Subject, TestFile, offers_function,
    parse_reference,
};
use lang::functions::{FileReader, Function, NoFiles};
use lang::{Dialect, Expr, Resolved, Scope, Step, StepKind, Traversal, Type, Value};
use syntax::{Diagnostics, Origin, SmolStr, with_stack};

use crate::project::Project;

/// How far values are followed through other names.
const DEPTH: u32 = 64;
/// A type that is longer than this is told by its kind alone.
const LONGEST: usize = 48;

/// Where the names of an expression are looked up, and the types that were found so far.
pub(crate) struct Types<'a> {
    project: &'a Project,
    /// Set for the expressions of a test file.
    file: Option<&'a TestFile>,
    tree: &'a ModuleTree,
    known: &'a Known,
    depth: u32,
}

/// Types of local values and outputs. One that is being looked for is dynamic, so that a circle ends.
#[derive(Default)]
pub(crate) struct Known(RefCell<HashMap<(SmolStr, Kind, SmolStr), Type>>);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Local,
    Output,
}

impl<'a> Types<'a> {
    /// For an expression of `file` that is about the module of `tree`.
    pub(crate) fn of_test(
        project: &'a Project,
        file: &'a TestFile,
        tree: &'a ModuleTree,
        known: &'a Known,
    ) -> Types<'a> {
        Types { project, file: Some(file), tree, known, depth: DEPTH }
    }

    /// For an expression of the module itself.
    pub(crate) fn of_module(project: &'a Project, tree: &'a ModuleTree, known: &'a Known) -> Types<'a> {
        Types { project, file: None, tree, known, depth: DEPTH }
    }

    /// The type of what a traversal reads; `None` when nothing is known about it.
    pub(crate) fn of_traversal(&self, traversal: &Traversal) -> Option<Type> {
        let resolved = self.resolve(traversal, &Origin::default(), &mut Diagnostics::new())?;
        let steps = traversal.steps.get(resolved.consumed..)?;
        let ty = steps.iter().try_fold(resolved.value.ty(), |ty, step| inside(&ty, step))?;
        (ty != Type::Dynamic).then_some(ty)
    }

    /// The type of an expression as it is written.
    pub(crate) fn of_syntax(&self, value: &syntax::ast::Expr, dialect: Dialect) -> Type {
        let value = lang::lower_in(value, dialect);
        with_stack(|| lang::evaluate(&value, &Origin::default(), self, &mut Diagnostics::new())).ty()
    }

    /// The type of an output of the module.
    pub(crate) fn output(&self, name: &SmolStr) -> Type {
        let value = self
            .tree
            .module
            .outputs
            .get(name)
            .and_then(|output| Some((output.value.as_ref()?, &output.origin)));
        self.named(Kind::Output, name, value)
    }

    /// The type of a local value of the module.
    pub(crate) fn local(&self, name: &SmolStr) -> Type {
        let local = self.tree.module.locals.get(name).map(|local| (&local.value, &local.origin));
        self.named(Kind::Local, name, local)
    }

    fn named(&self, kind: Kind, name: &SmolStr, value: Option<(&Expr, &Origin)>) -> Type {
        let Some((value, origin)) = value.filter(|_| self.depth > 0) else { return Type::Dynamic };
        let key = (self.tree.module.dir.clone(), kind, name.clone());
        if let Some(ty) = self.known.0.borrow().get(&key) {
            return ty.clone();
        }
        self.known.0.borrow_mut().insert(key.clone(), Type::Dynamic);
        let scope = Types { file: None, depth: self.depth - 1, ..*self };
        let found =
            with_stack(|| lang::evaluate(value, value.origin(origin), &scope, &mut Diagnostics::new()));
        let ty = found.ty();
        self.known.0.borrow_mut().insert(key, ty.clone());
        ty
    }

    /// The same module seen from its own files.
    fn child(&self, tree: &'a ModuleTree) -> Types<'a> {
        Types { file: None, tree, depth: self.depth.saturating_sub(1), ..*self }
    }

    fn variable(&self, name: &SmolStr) -> Type {
        match (self.tree.module.variables.get(name), self.file) {
            (Some(variable), _) => variable.ty.without_optional(),
            (None, Some(file)) => match (file.variable_blocks.get(name), file.variables.get(name)) {
                (Some(block), _) => block.ty.without_optional(),
                (None, Some(value)) if self.depth > 0 => {
                    let scope = Types { depth: self.depth - 1, ..*self };
                    lang::evaluate(&value.value, &value.origin, &scope, &mut Diagnostics::new()).ty()
                }
                _ => Type::Dynamic,
            },
            (None, None) => Type::Dynamic,
        }
    }

    /// A resource, or one of its instances.
    fn resource(&self, addr: &ResourceAddr, instance: bool) -> Type {
        let module = &self.tree.module;
        let Some(resource) = module.resources.get(addr) else { return Type::Dynamic };
        let provider = module.provider_of(resource);
        let Some(schema) = self.project.schemas().resource(&provider, addr.mode, &addr.kind) else {
            return Type::Dynamic;
        };
        let object = schema.ty().clone();
        match (instance, &resource.count, &resource.for_each) {
            (false, Some(_), _) => Type::list(object),
            (false, None, Some(_)) => Type::map(object),
            _ => object,
        }
    }

    /// A module call, or one of its instances: the outputs. Their types may differ between instances.
    fn module(&self, name: &SmolStr, instance: bool) -> Type {
        let module = &self.tree.module;
        let (Some(call), Some(tree)) = (module.calls.get(name), self.tree.children.get(name)) else {
            return Type::Dynamic;
        };
        let child = self.child(tree);
        let outputs = tree.module.outputs.keys();
        let object = Type::object(outputs.map(|it| (it.as_str().into(), child.output(it))).collect());
        match (instance, &call.count, &call.for_each) {
            (false, Some(_), _) => Type::list(object),
            (false, None, Some(_)) => Type::map(object),
            _ => object,
        }
    }

    fn value(&self, subject: &Subject) -> Type {
        match subject {
            Subject::Variable(name) => self.variable(name),
            Subject::Local(name) => self.local(name),
            Subject::Output(name) => self.output(name),
            Subject::Resource(addr, key) => self.resource(addr, key.is_some()),
            Subject::Module { name, output: Some(output), .. } => match self.tree.children.get(name) {
                Some(tree) => self.child(tree).output(output),
                None => Type::Dynamic,
            },
            Subject::Module { name, output: None, key, .. } => self.module(name, key.is_some()),
            Subject::Each(name) if name == "key" => Type::String,
            Subject::Count(_) => Type::Number,
            Subject::Terraform(name) if name == "applying" => Type::Bool,
            Subject::Path(_) | Subject::Terraform(_) => Type::String,
            Subject::Each(_) | Subject::SelfObject | Subject::Run(_) | Subject::Check(_) => Type::Dynamic,
        }
    }

    /// An output of a run that stands in the same file.
    fn run_output(&self, run: &SmolStr, output: &SmolStr) -> Option<Type> {
        let runs = &self.file?.runs;
        let run = runs.decl(runs.named(run)?)?;
        let tree = self.project.module_of(run)?;
        Some(self.child(tree).output(output))
    }
}

impl Scope for Types<'_> {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        let grammar = if self.file.is_some() { Grammar::Test } else { Grammar::Module };
        let reference = match parse_reference(traversal, origin, grammar) {
            Ok(reference) => reference,
            Err(problem) => {
                sink.push(problem);
                return None;
            }
        };
        if let Subject::Run(run) = &reference.subject
            && let Some(Step { kind: StepKind::Attr(output) | StepKind::Key(output), .. }) =
                traversal.steps.get(1)
        {
            let ty = self.run_output(run, output).unwrap_or(Type::Dynamic);
            return Some(Resolved { value: Value::unknown(ty), consumed: 2 });
        }
        let value = Value::unknown(self.value(&reference.subject));
        Some(Resolved { value, consumed: reference.consumed })
    }

    /// What a file says is known when it is read, which is not now.
    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }

    fn dialect(&self) -> Dialect {
        self.tree.module.dialect
    }

    fn offers(&self, function: &Function, name: &str) -> bool {
        offers_function(function, name, &self.tree.module, self.dialect())
    }
}

/// The type of a part of a value; `None` when it has no such part.
pub(crate) fn inside(ty: &Type, step: &Step) -> Option<Type> {
    if *ty == Type::Dynamic {
        return Some(Type::Dynamic);
    }
    match &step.kind {
        StepKind::Attr(name) | StepKind::Key(name) => match ty {
            Type::Map(element) => Some((**element).clone()),
            _ => ty.attribute(name).cloned(),
        },
        StepKind::Number(number) => match ty {
            Type::Tuple(elements) => {
                let index = usize::try_from(number.to_i64()?).ok()?;
                elements.get(index).cloned()
            }
            Type::List(element) => Some((**element).clone()),
            _ => None,
        },
        StepKind::Missing => None,
    }
}

/// The type in few words: `list(string)`, and `object` for one with many attributes.
pub(crate) fn brief(ty: &Type) -> String {
    let whole = ty.constraint_name();
    if whole.len() <= LONGEST && !whole.contains('\n') {
        return whole;
    }
    match ty {
        Type::List(element) => format!("list({})", brief(element)),
        Type::Set(element) => format!("set({})", brief(element)),
        Type::Map(element) => format!("map({})", brief(element)),
        Type::Tuple(_) => "tuple".to_owned(),
        Type::Object(_) => "object".to_owned(),
        Type::Dynamic | Type::Bool | Type::Number | Type::String | Type::Type => whole,
    }
}

/// Which resource's schema a symbol of that kind has.
pub(crate) fn schema_of<'p>(
    project: &'p Project,
    tree: &ModuleTree,
    mode: ResourceMode,
    kind: &str,
) -> Option<&'p config::Schema> {
    let module = &tree.module;
    let declared = module.resources.iter().find(|(addr, _)| addr.mode == mode && addr.kind == kind);
    let provider = match declared {
        Some((_, resource)) => module.provider_of(resource),
        None => module.provider_source(config::implied_provider(kind)),
    };
    let schemas: &'p dyn Schemas = project.schemas();
    schemas.resource(&provider, mode, kind)
}
