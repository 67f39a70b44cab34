//! From tree to arena: traversals folded, names bound, constants made values.

use std::sync::Arc;

use syntax::ast::{self, ExprKind, ForDirective, IfDirective, JsonString, TemplatePart};
use syntax::{Diagnostic, FileName, Origin, SmolStr, Span};

use super::{Arena, CallNode, Expr, ForNode, Node, NodeId, Nodes};
use crate::functions::{self, ParamType};
use crate::type_constraint::type_constraint;
use crate::{Dialect, Number, Step, StepKind, Traversal, Value};

/// Lowers an expression by the rules of the default dialect.
pub fn lower(expr: &ast::Expr) -> Expr {
    lower_in(expr, Dialect::default())
}

/// Lowers an expression of a file in that dialect, which says whether an argument is a value or a type: the words of a
/// type are no references.
pub fn lower_in(expr: &ast::Expr, dialect: Dialect) -> Expr {
    let mut lowering = Lowering { dialect, ..Lowering::default() };
    let root = lowering.expr(expr);
    lowering.finish(root)
}

/// Lowers an expression that is read without names and functions: there a JSON string is a text, whatever is in it.
pub fn lower_constant(expr: &ast::Expr) -> Expr {
    let mut lowering = Lowering { json_is_text: true, ..Lowering::default() };
    let root = lowering.expr(expr);
    lowering.finish(root)
}

/// Lowers a whole text that was parsed as a template (`templatefile`), for a caller in that dialect.
pub fn lower_template(template: &ast::Template, span: Span, dialect: Dialect) -> Expr {
    let mut lowering = Lowering { dialect, ..Lowering::default() };
    let root = lowering.template(&template.parts, span);
    lowering.finish(root)
}

/// The traversal, when the expression is nothing but one: what `depends_on` and `expect_failures` hold.
pub fn static_traversal(expr: &Expr) -> Option<&Traversal> {
    match expr.node(expr.root()) {
        Node::Reference(index) => expr.traversals().get(*index as usize),
        _ => None,
    }
}

#[derive(Default)]
struct Lowering {
    nodes: Vec<Node>,
    spans: Vec<Span>,
    traversals: Vec<Traversal>,
    /// Names bound by the constructs around the node being lowered, innermost last. A splat's element has no
    /// name, so it is bound to an empty one.
    bound: Vec<SmolStr>,
    slots: u32,
    json_is_text: bool,
    dialect: Dialect,
}

/// The slots of a loop's names, and how many names were bound around it.
struct LoopNames {
    depth: usize,
    key_slot: Option<u32>,
    value_slot: u32,
}

impl Lowering {
    fn finish(self, root: NodeId) -> Expr {
        let arena = Arena {
            nodes: self.nodes.into_boxed_slice(),
            spans: self.spans.into_boxed_slice(),
            root,
            traversals: self.traversals.into_boxed_slice(),
            slots: self.slots,
        };
        Expr { arena: Arc::new(arena), taken_from: None }
    }

    fn push(&mut self, node: Node, span: Span) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(node);
        self.spans.push(span);
        id
    }

    fn bind(&mut self, name: SmolStr) -> u32 {
        self.bound.push(name);
        let slot = (self.bound.len() - 1) as u32;
        self.slots = self.slots.max(slot + 1);
        slot
    }

    /// The innermost binding of `name`. Slots are positions in the stack of bindings.
    fn slot_of(&self, name: &str) -> Option<u32> {
        self.bound.iter().rposition(|bound| !name.is_empty() && bound == name).map(|slot| slot as u32)
    }

    fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e ast::Expr>) -> Nodes {
        exprs.into_iter().map(|expr| self.expr(expr)).collect()
    }

    /// A tree may be deeper than a thread's stack allows.
    fn expr(&mut self, expr: &ast::Expr) -> NodeId {
        syntax::with_stack(|| self.lower_expr(expr))
    }

    fn lower_expr(&mut self, expr: &ast::Expr) -> NodeId {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Missing => self.push(Node::Missing, span),
            ExprKind::Number(text) => {
                let node = match Number::parse_checked(text) {
                    Ok(number) => Node::Literal(Value::number(number)),
                    Err(error) => Node::NumberOutOfRange(error),
                };
                self.push(node, span)
            }
            ExprKind::Bool(value) => self.push(Node::Literal(Value::bool(*value)), span),
            ExprKind::Null => self.push(Node::Literal(Value::null(crate::Type::Dynamic)), span),
            ExprKind::String(text) => self.push(Node::Literal(Value::string(text)), span),
            ExprKind::Template(template) => self.template(&template.parts, span),
            ExprKind::JsonString(string) => self.json_string(string, span),
            ExprKind::Variable(_) | ExprKind::SplatItem => self.access(expr, &[]),
            ExprKind::Access(access) => self.access(&access.object, &access.steps),
            ExprKind::Splat { source, marker, each, .. } => {
                let source = self.expr(source);
                let slot = self.bind(SmolStr::default());
                let each = self.expr(each);
                self.bound.pop();
                self.push(Node::Splat { source, each, slot, marker: *marker }, span)
            }
            ExprKind::Call(call) => self.call(call, span),
            ExprKind::Unary { op, op_span, operand } => {
                let operand = self.expr(operand);
                self.push(Node::Unary { op: *op, op_span: *op_span, operand }, span)
            }
            ExprKind::Binary(_) => self.binary_chain(expr),
            ExprKind::Conditional(conditional) => {
                let condition = self.expr(&conditional.condition);
                let then = self.expr(&conditional.then);
                let otherwise = self.expr(&conditional.otherwise);
                self.push(Node::Conditional { condition, then, otherwise }, span)
            }
            ExprKind::Paren(inner) => {
                let inner = self.expr(inner);
                self.push(Node::Paren(inner), span)
            }
            ExprKind::Tuple(items) => {
                let items = self.exprs(items);
                self.push(Node::Tuple(items), span)
            }
            ExprKind::Object(items) if items.iter().any(|item| item.key.as_json_text().is_some()) => {
                let items = items.iter().filter(|item| !item.key.is_missing());
                let items = items.map(|item| (self.expr(&item.key), self.expr(&item.value))).collect();
                self.push(Node::JsonObject(items), span)
            }
            ExprKind::Object(items) => {
                let items =
                    items.iter().map(|item| (self.object_key(&item.key), self.expr(&item.value))).collect();
                self.push(Node::Object(items), span)
            }
            ExprKind::For(for_expr) => self.for_expr(for_expr, span),
        }
    }

    /// A chain `a + b + c …` leans to the left; walking its spine in a loop keeps long chains off the stack.
    fn binary_chain(&mut self, expr: &ast::Expr) -> NodeId {
        let mut spine = Vec::new();
        let mut current = expr;
        while let ExprKind::Binary(binary) = &current.kind {
            spine.push((binary.op, &binary.rhs, current.span));
            current = &binary.lhs;
        }
        let mut lhs = self.expr(current);
        for (op, rhs, span) in spine.into_iter().rev() {
            let rhs = self.expr(rhs);
            lhs = self.push(Node::Binary { op, lhs, rhs }, span);
        }
        lhs
    }

    /// A chain of accesses: static steps are folded into one traversal up to each computed key.
    fn access(&mut self, base: &ast::Expr, links: &[ast::Step]) -> NodeId {
        let (steps, mut links) = take_static(links, base.span);
        let first_span = steps.last().map_or(base.span, |step| base.span.to(step.span));
        let mut node = self.access_base(base, steps, first_span);
        while let Some((link, rest)) = links.split_first() {
            let span = base.span.to(link.span());
            if let ast::Step::Index(index) = link {
                let key = self.expr(&index.key);
                node = self.push(Node::Index { collection: node, key, open: index.open }, span);
            }
            let (steps, rest) = take_static(rest, span);
            if let Some(last) = steps.last() {
                let span = span.to(last.span);
                node = self.push(Node::Relative { object: node, steps: steps.into_boxed_slice() }, span);
            }
            links = rest;
        }
        node
    }

    fn access_base(&mut self, base: &ast::Expr, steps: Vec<Step>, span: Span) -> NodeId {
        match &base.kind {
            ExprKind::Variable(name) => {
                let traversal = Traversal { root: name.clone(), root_span: base.span, steps };
                match self.slot_of(name) {
                    Some(slot) => self.push(Node::Local { slot, traversal: Box::new(traversal) }, span),
                    None => {
                        self.traversals.push(traversal);
                        self.push(Node::Reference((self.traversals.len() - 1) as u32), span)
                    }
                }
            }
            ExprKind::SplatItem => {
                let slot = self.bound.iter().rposition(SmolStr::is_empty).unwrap_or_default() as u32;
                let traversal = Traversal { root: SmolStr::default(), root_span: base.span, steps };
                self.push(Node::Local { slot, traversal: Box::new(traversal) }, span)
            }
            _ => {
                let object = self.expr(base);
                if steps.is_empty() {
                    return object;
                }
                self.push(Node::Relative { object, steps: steps.into_boxed_slice() }, span)
            }
        }
    }

    fn call(&mut self, call: &ast::Call, span: Span) -> NodeId {
        let name = match &*call.namespaces {
            [] => call.name.text.clone(),
            _ => call.names().map(|part| part.text.as_str()).collect::<Vec<_>>().join("::").into(),
        };
        let function = functions::lookup(&name);
        // Which arguments an expanded list gives is not known before it is evaluated, and then they are values.
        let types = function.filter(|it| call.expand_final.is_none() && self.dialect.has(it.since));
        let args = call.args.iter().enumerate().map(|(index, arg)| {
            match types.and_then(|it| it.param(index)).is_some_and(|param| param.ty == ParamType::Constraint)
            {
                true => self.constraint(arg),
                false => self.expr(arg),
            }
        });
        let args = args.collect();
        let node = CallNode {
            name,
            name_span: call.name_span(),
            open: call.open,
            close: call.close.unwrap_or(Span::at(span.end)),
            args,
            expand_final: call.expand_final.is_some(),
            function,
        };
        self.push(Node::Call(Box::new(node)), span)
    }

    /// An argument that is a type. Where it stands is filled in when the expression is evaluated.
    fn constraint(&mut self, arg: &ast::Expr) -> NodeId {
        if arg.is_missing() {
            return self.push(Node::Missing, arg.span);
        }
        let constraint = type_constraint(arg, &Origin::new(FileName::new(""), 0));
        self.push(Node::Constraint(Box::new(constraint)), arg.span)
    }

    /// A bare word as key is its own name; anything else is an expression.
    fn object_key(&mut self, key: &ast::Expr) -> NodeId {
        let literal = match &key.kind {
            ExprKind::Variable(name) => Some(name.as_str()),
            ExprKind::Bool(true) => Some("true"),
            ExprKind::Bool(false) => Some("false"),
            ExprKind::Null => Some("null"),
            _ => None,
        };
        if let Some(name) = literal {
            return self.push(Node::Literal(Value::string(name)), key.span);
        }
        let node = self.expr(key);
        if matches!(key.kind, ExprKind::Access(_))
            && matches!(self.nodes.get(node.0 as usize), Some(Node::Reference(_) | Node::Local { .. }))
        {
            return self.push(Node::AmbiguousKey(node), key.span);
        }
        node
    }

    fn for_expr(&mut self, for_expr: &ast::For, span: Span) -> NodeId {
        let collection = self.expr(&for_expr.collection);
        let names = self.bind_loop(for_expr.key_var.as_ref(), for_expr.value_var.as_ref());
        let key = for_expr.key.as_ref().map(|key| self.expr(key));
        let value = self.expr(&for_expr.value);
        let condition = for_expr.condition.as_ref().map(|condition| self.expr(condition));
        self.bound.truncate(names.depth);
        let node = ForNode {
            key_slot: names.key_slot,
            value_slot: names.value_slot,
            collection,
            object: for_expr.object,
            key,
            value,
            group: for_expr.group.is_some(),
            condition,
            open: for_expr.open,
        };
        self.push(Node::For(Box::new(node)), span)
    }

    /// Binds the names of a loop. A half-typed one without a name still needs a slot that nothing can refer to; a
    /// space is no name.
    fn bind_loop(&mut self, key: Option<&ast::Ident>, value: Option<&ast::Ident>) -> LoopNames {
        let depth = self.bound.len();
        let key_slot = key.map(|name| self.bind(name.text.clone()));
        let value_slot = self.bind(value.map_or(" ".into(), |name| name.text.clone()));
        LoopNames { depth, key_slot, value_slot }
    }

    fn template(&mut self, parts: &[TemplatePart], span: Span) -> NodeId {
        match parts {
            [] => self.push(Node::Literal(Value::string("")), span),
            // The text of a heredoc begins lines below its marker, which errors about it must know.
            [part @ TemplatePart::Literal { span: inner, .. }] if inner.start > span.start + 1 => {
                let part = self.template_part(part);
                self.push(Node::Template([part].into_iter().collect()), span)
            }
            [TemplatePart::Literal { text, .. }] => self.push(Node::Literal(Value::string(text)), span),
            [TemplatePart::Interpolation { expr, .. }] => {
                let inner = self.expr(expr);
                self.push(Node::Wrap(inner), span)
            }
            parts => {
                let parts = parts.iter().map(|part| self.template_part(part)).collect();
                self.push(Node::Template(parts), span)
            }
        }
    }

    /// A JSON string. What stands in its quotes is a template whose span ends before them.
    fn json_string(&mut self, string: &JsonString, span: Span) -> NodeId {
        let JsonString { text, parts } = string;
        if self.json_is_text {
            return self.push(Node::Literal(Value::string(&text.text)), span);
        }
        if text.diagnostics.iter().any(Diagnostic::is_error) {
            return self.push(Node::Invalid(text.diagnostics.clone().into_boxed_slice()), span);
        }
        if parts.len() <= 1 {
            return self.template(parts, span);
        }
        let inside = Span::new(span.start + 1, span.end.saturating_sub(1));
        let template = self.template(parts, inside);
        self.push(Node::Paren(template), span)
    }

    /// The body of a directive: always text, even when it is a single interpolation.
    fn directive_body(&mut self, parts: &[TemplatePart], whole: Span) -> NodeId {
        let parts: Nodes = parts.iter().map(|part| self.template_part(part)).collect();
        let first = parts.first().and_then(|id| self.spans.get(id.0 as usize));
        let last = parts.last().and_then(|id| self.spans.get(id.0 as usize));
        let span = first.zip(last).map_or(whole, |(first, last)| first.to(*last));
        self.push(Node::Template(parts), span)
    }

    fn template_part(&mut self, part: &TemplatePart) -> NodeId {
        match part {
            TemplatePart::Literal { text, span } => self.push(Node::Literal(Value::string(text)), *span),
            TemplatePart::Interpolation { expr, .. } => self.expr(expr),
            TemplatePart::If(directive) => {
                let IfDirective { condition, then, otherwise, span } = &**directive;
                let condition = self.expr(condition);
                let then = self.directive_body(then, *span);
                let otherwise = match otherwise {
                    Some(parts) => self.directive_body(parts, *span),
                    None => self.push(Node::Literal(Value::string("")), *span),
                };
                self.push(Node::Conditional { condition, then, otherwise }, *span)
            }
            TemplatePart::For(directive) => {
                let ForDirective { key_var, value_var, collection, body, span } = &**directive;
                let collection = self.expr(collection);
                let names = self.bind_loop(key_var.as_ref(), value_var.as_ref());
                let value = self.directive_body(body, *span);
                self.bound.truncate(names.depth);
                let node = ForNode {
                    key_slot: names.key_slot,
                    value_slot: names.value_slot,
                    collection,
                    object: false,
                    key: None,
                    value,
                    group: false,
                    condition: None,
                    open: Span::at(span.start),
                };
                let for_node = self.push(Node::For(Box::new(node)), *span);
                self.push(Node::Join(for_node), *span)
            }
        }
    }
}

/// The steps before the first computed key, and the links from there on. `before` is what stands before them all.
fn take_static(links: &[ast::Step], mut before: Span) -> (Vec<Step>, &[ast::Step]) {
    let mut steps = Vec::new();
    for link in links {
        let Some(step) = static_step(link, before) else { break };
        steps.push(step);
        before = link.span();
    }
    let rest = links.get(steps.len()..).unwrap_or_default();
    (steps, rest)
}

/// The step that one link of an access chain makes, unless its key is computed. `before` is the link before it.
fn static_step(link: &ast::Step, before: Span) -> Option<Step> {
    match link {
        ast::Step::Dot { dot, name: None } => Some(Step { kind: StepKind::Missing, span: *dot }),
        ast::Step::Dot { dot, name: Some(name) } => Some(match link.is_legacy_index() {
            true => {
                let number = StepKind::Number(Number::parse(&name.text)?);
                Step { kind: number, span: Span::new(before.end, name.span.end) }
            }
            false => Step { kind: StepKind::Attr(name.text.clone()), span: dot.to(name.span) },
        }),
        ast::Step::Index(index) => {
            let ast::Index { key, open, close, .. } = &**index;
            let span = close.map_or(open.to(key.span), |close| open.to(close));
            let kind = match &key.kind {
                ExprKind::Number(text) => StepKind::Number(Number::parse(text)?),
                _ => StepKind::Key(key.as_plain_string()?.into()),
            };
            Some(Step { kind, span })
        }
    }
}
