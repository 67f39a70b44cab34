//! Which expressions are unknown because of what they are made of.

use lang::expr::{CallNode, Node, NodeId};
use lang::{Expr, SHORT_CIRCUIT, Step, StepKind, Traversal, Type};
use syntax::Origin;
use syntax::ast::BinaryOp;

use super::{Analysis, At, output_of_earlier};
use crate::reference::{Grammar, Subject, parse_reference};

/// A value that is not known.
#[derive(Clone, Debug)]
pub(super) struct Unknown {
    /// Whether that is certain, and not only usual.
    pub(super) sure: bool,
    /// Its type, as far as it is clear.
    pub(super) ty: Option<Type>,
    /// Whether nothing else is known about it, such as how a text begins.
    pub(super) blank: bool,
    /// Whether it is a number that is known not to be negative.
    pub(super) natural: bool,
}

impl Unknown {
    fn of_type(self, ty: Type) -> Unknown {
        Unknown { ty: Some(ty), blank: true, natural: false, ..self }
    }

    fn untyped(self) -> Unknown {
        Unknown { ty: None, ..self }
    }
}

/// Functions that know nothing when an argument is unknown: what they give, by the name.
const STRICT: &[(&str, Type)] = &[
    ("abs", Type::Number),
    ("ceil", Type::Number),
    ("chomp", Type::String),
    ("endswith", Type::Bool),
    ("floor", Type::Number),
    ("length", Type::Number),
    ("lower", Type::String),
    ("parseint", Type::Number),
    ("regex", Type::Dynamic),
    ("replace", Type::String),
    ("startswith", Type::Bool),
    ("strcontains", Type::Bool),
    ("strrev", Type::String),
    ("substr", Type::String),
    ("title", Type::String),
    ("tonumber", Type::Number),
    ("trim", Type::String),
    ("trimprefix", Type::String),
    ("trimspace", Type::String),
    ("trimsuffix", Type::String),
    ("upper", Type::String),
];

impl Analysis<'_> {
    /// Whether what `path` leads to in the value of a node is unknown. `None` when it may be known.
    pub(super) fn value(&self, at: &At<'_>, expr: &Expr, id: NodeId, path: &[Step]) -> Option<Unknown> {
        let left = self.budget.get().checked_sub(1)?;
        self.budget.set(left);
        let whole = |id: NodeId| self.value(at, expr, id, &[]);
        match expr.node(id) {
            Node::Reference(index) => {
                let traversal = expr.traversals().get(*index as usize)?;
                syntax::with_stack(|| self.reference(at, traversal, path))
            }
            Node::Paren(inner) | Node::Wrap(inner) => self.value(at, expr, *inner, path),
            Node::Relative { object, steps } => {
                let path: Vec<Step> = steps.iter().chain(path).cloned().collect();
                self.value(at, expr, *object, &path)
            }
            Node::Object(items) => {
                let (first, rest) = path.split_first()?;
                let (StepKind::Attr(name) | StepKind::Key(name)) = &first.kind else { return None };
                let has_name = |(key, _): &&(NodeId, NodeId)| match expr.node(*key) {
                    Node::Literal(value) => value.as_str() == Some(name),
                    _ => false,
                };
                // Of two items with one key the later one counts, and a key that is not constant may be any.
                let constant = |(key, _): &(NodeId, NodeId)| matches!(expr.node(*key), Node::Literal(_));
                if !items.iter().all(constant) {
                    return None;
                }
                let (_, value) = items.iter().rev().find(has_name)?;
                self.value(at, expr, *value, rest)
            }
            Node::Tuple(items) => {
                let (first, rest) = path.split_first()?;
                let StepKind::Number(number) = &first.kind else { return None };
                let index = usize::try_from(number.to_i64()?).ok()?;
                self.value(at, expr, *items.get(index)?, rest)
            }
            // What follows is about values without parts.
            _ if !path.is_empty() => None,
            Node::Call(call) => self.call(at, expr, call),
            Node::Unary { operand, .. } => {
                let unknown = whole(*operand)?;
                let ty = if matches!(unknown.ty, Some(Type::Number)) { Type::Number } else { Type::Bool };
                Some(unknown.of_type(ty))
            }
            Node::Binary { op, lhs, rhs } => self.binary(at, expr, *op, *lhs, *rhs),
            Node::Conditional { condition, then, otherwise } => match whole(*condition) {
                Some(unknown) => Some(Unknown { ty: None, blank: false, ..unknown }),
                None => {
                    let (then, otherwise) = (whole(*then)?, whole(*otherwise)?);
                    let ty = if then.ty == otherwise.ty { then.ty } else { None };
                    let blank = then.blank && otherwise.blank;
                    Some(Unknown { sure: then.sure && otherwise.sure, ty, blank, natural: false })
                }
            },
            Node::Template(parts) => {
                // How it begins is known when it begins with text.
                let unknown = parts.iter().find_map(|part| whole(*part))?;
                let first = parts.first().and_then(|part| whole(*part));
                let blank = first.is_some_and(|first| first.blank);
                Some(Unknown { ty: Some(Type::String), blank, ..unknown })
            }
            _ => None,
        }
    }

    fn call(&self, at: &At<'_>, expr: &Expr, call: &CallNode) -> Option<Unknown> {
        let name = call.name.strip_prefix("core::").unwrap_or(&call.name);
        let (_, ty) = STRICT.iter().find(|(strict, _)| *strict == name)?;
        if call.expand_final {
            return None;
        }
        let mut unknown = call.args.iter().filter_map(|argument| self.value(at, expr, *argument, &[]));
        // What begins with a known text may be known to begin with another.
        let unknown = unknown.find(|unknown| unknown.blank)?;
        match ty {
            Type::Dynamic => Some(unknown.untyped()),
            // How long an object or a tuple is, its type says.
            Type::Number if name == "length" => {
                let varies =
                    matches!(unknown.ty, Some(Type::String | Type::List(_) | Type::Set(_) | Type::Map(_)));
                varies.then(|| Unknown { natural: true, ..unknown.of_type(Type::Number) })
            }
            ty => Some(unknown.of_type(ty.clone())),
        }
    }

    fn binary(&self, at: &At<'_>, expr: &Expr, op: BinaryOp, lhs: NodeId, rhs: NodeId) -> Option<Unknown> {
        let (left, right) = (self.value(at, expr, lhs, &[]), self.value(at, expr, rhs, &[]));
        match op {
            BinaryOp::Equal | BinaryOp::NotEqual => match (left, right) {
                (Some(left), Some(right)) => {
                    let same = left.ty.is_some() && left.ty == right.ty;
                    let found =
                        Unknown { sure: left.sure && right.sure, ty: None, blank: true, natural: false };
                    same.then(|| found.of_type(Type::Bool))
                }
                (Some(unknown), None) => self.compared(expr, unknown, rhs),
                (None, Some(unknown)) => self.compared(expr, unknown, lhs),
                (None, None) => None,
            },
            BinaryOp::And | BinaryOp::Or => {
                // A newer evaluator does not look at the right side where the left one decides.
                let found = match at.tree.module.dialect.has(SHORT_CIRCUIT) {
                    true => left.filter(|_| right.is_some()),
                    false => left.or(right),
                };
                Some(found?.of_type(Type::Bool))
            }
            BinaryOp::Less | BinaryOp::LessOrEqual | BinaryOp::Greater | BinaryOp::GreaterOrEqual => {
                let natural = |side: &Option<Unknown>| side.as_ref().is_some_and(|it| it.natural);
                let decided = match (natural(&left), natural(&right)) {
                    (false, false) => false,
                    // Some comparisons hold, or do not, for everything that has a length.
                    (true, false) => {
                        let number = literal_number(expr, rhs)?;
                        number < 0 || (number == 0 && op != BinaryOp::Greater)
                    }
                    _ => true,
                };
                if decided { None } else { Some(left.or(right)?.of_type(Type::Bool)) }
            }
            _ => Some(left.or(right)?.of_type(Type::Number)),
        }
    }

    /// Comparing with something that is written out: null is compared without knowing the value, values of different
    /// types are never equal, and of a text whose beginning is known it is known what it is not.
    fn compared(&self, expr: &Expr, unknown: Unknown, other: NodeId) -> Option<Unknown> {
        let ty = match expr.node(other) {
            Node::Literal(value) if !value.is_null() && value.is_known() => value.ty(),
            Node::Template(_) => Type::String,
            Node::Paren(inner) => return self.compared(expr, unknown, *inner),
            _ => return None,
        };
        let possible = !unknown.natural || literal_number(expr, other).is_some_and(|number| number >= 0);
        let same = unknown.blank && possible && unknown.ty.as_ref() == Some(&ty) && ty.is_primitive();
        same.then(|| unknown.of_type(Type::Bool))
    }

    fn reference(&self, at: &At<'_>, traversal: &Traversal, path: &[Step]) -> Option<Unknown> {
        let grammar = if at.in_test { Grammar::Test } else { Grammar::Module };
        let reference = parse_reference(traversal, &Origin::default(), grammar).ok()?;
        let rest = traversal.steps.get(reference.consumed..)?;
        let path: Vec<Step> = rest.iter().chain(path).cloned().collect();
        let module = &at.tree.module;
        let in_module = At { tree: at.tree, caller: at.caller, own: None, in_test: false };
        match &reference.subject {
            // Of an output that is known in part the test sees null (measured with 1.11.4).
            Subject::Output(name) if path.is_empty() => {
                let value = module.outputs.get(name)?.value.as_ref()?;
                self.value(&in_module, value, value.root(), &path)
            }
            Subject::Run(name) => match path.split_first()? {
                (Step { kind: StepKind::Attr(output), .. }, []) => {
                    output_of_earlier(self.file, self.index, self.context, name, output)
                }
                _ => None,
            },
            Subject::Local(name) => {
                let value = &module.locals.get(name)?.value;
                self.value(&in_module, value, value.root(), &path)
            }
            Subject::Variable(name) => {
                // What a run gives to its module is known.
                let (caller, call) = at.caller?;
                let argument = caller.tree.module.calls.get(call)?.arguments.get(name)?;
                let variable = module.variables.get(name)?;
                let unknown = self.value(caller, &argument.value, argument.value.root(), &path)?;
                match variable.ty {
                    Type::Dynamic => Some(unknown),
                    // It is converted on its way.
                    ref ty if path.is_empty() && ty.is_primitive() => {
                        Some(Unknown { ty: Some(ty.clone()), ..unknown })
                    }
                    _ => Some(unknown.untyped()),
                }
            }
            Subject::Module { name, output: Some(output), .. } => {
                if self.overrides_module(at, name) {
                    return None;
                }
                let child = at.tree.children.get(name)?;
                let value = child.module.outputs.get(output)?.value.as_ref()?;
                let inside = At { tree: child, caller: Some((at, name)), own: None, in_test: false };
                self.value(&inside, value, value.root(), &path)
            }
            Subject::Resource(addr, _) => {
                let resource = module.resources.get(addr)?;
                self.attribute(&in_module, resource, &path)
            }
            Subject::SelfObject => self.attribute(at, at.own?, &path),
            _ => None,
        }
    }
}

fn literal_number(expr: &Expr, id: NodeId) -> Option<i64> {
    match expr.node(id) {
        Node::Literal(value) => value.as_number()?.to_i64(),
        Node::Paren(inner) => literal_number(expr, *inner),
        _ => None,
    }
}
