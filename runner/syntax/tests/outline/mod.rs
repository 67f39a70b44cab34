//! A tree in one line per item, with every operator in parentheses, for comparing.

use syntax::ast::{
    Body, Expr, ExprKind, ForDirective, IfDirective, Item, SplatKind, Step, Template, TemplatePart, UnaryOp,
};

pub(crate) fn outline(body: &Body) -> String {
    let mut out = String::new();
    items(body, 0, &mut out);
    out
}

fn items(body: &Body, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    for item in &body.items {
        match item {
            Item::Attribute(attribute) => {
                let equals = if attribute.equals.is_some() { " = " } else { " " };
                out.push_str(&format!("{indent}{}{equals}{}\n", attribute.name.text, expr(&attribute.value)));
            }
            Item::Block(block) => {
                let labels: String = block.labels.iter().map(|label| format!(" {:?}", label.text)).collect();
                let braces = match (block.open_brace, block.close_brace) {
                    (Some(_), Some(_)) => "{}",
                    (Some(_), None) => "{",
                    _ => "",
                };
                out.push_str(&format!("{indent}{}{labels} {braces}\n", block.kind.text));
                items(&block.body, depth + 1, out);
            }
        }
    }
}

pub(crate) fn expr(node: &Expr) -> String {
    match &node.kind {
        ExprKind::Missing => "?".to_owned(),
        ExprKind::Number(text) => text.to_string(),
        ExprKind::Bool(truth) => truth.to_string(),
        ExprKind::Null => "null".to_owned(),
        ExprKind::String(text) => format!("\"{}\"", text.escape_debug()),
        ExprKind::Template(template) => quoted(template),
        ExprKind::JsonString(string) => format!("\"{}\"", parts(&string.parts)),
        ExprKind::Variable(name) => name.to_string(),
        ExprKind::Access(access) => {
            let steps = access.steps.iter().map(|step| match step {
                Step::Dot { name, .. } => {
                    format!(".{}", name.as_ref().map_or("?", |name| name.text.as_str()))
                }
                Step::Index(index) => format!("[{}]", expr(&index.key)),
            });
            format!("{}{}", expr(&access.object), steps.collect::<String>())
        }
        ExprKind::Splat { source, kind, each, .. } => {
            let marker = if *kind == SplatKind::Full { "[*]" } else { ".*" };
            format!("{}{marker}{}", expr(source), expr(each))
        }
        ExprKind::SplatItem => String::new(),
        ExprKind::Call(call) => {
            let name: Vec<_> = call.names().map(|part| part.text.as_str()).collect();
            let args: Vec<_> = call.args.iter().map(expr).collect();
            let dots = if call.expand_final.is_some() { "..." } else { "" };
            format!("{}({}{dots})", name.join("::"), args.join(", "))
        }
        ExprKind::Unary { op, operand, .. } => {
            format!("({}{})", if *op == UnaryOp::Not { "!" } else { "-" }, expr(operand))
        }
        ExprKind::Binary(node) => {
            format!("({} {} {})", expr(&node.lhs), node.op.symbol(), expr(&node.rhs))
        }
        ExprKind::Conditional(node) => {
            format!("({} ? {} : {})", expr(&node.condition), expr(&node.then), expr(&node.otherwise))
        }
        ExprKind::Paren(inner) => format!("({})", expr(inner)),
        ExprKind::Tuple(items) => format!("[{}]", items.iter().map(expr).collect::<Vec<_>>().join(", ")),
        ExprKind::Object(items) => {
            let item =
                |item: &syntax::ast::ObjectItem| format!("{} = {}", expr(&item.key), expr(&item.value));
            format!("{{{}}}", items.iter().map(item).collect::<Vec<_>>().join(", "))
        }
        ExprKind::For(parts) => {
            let names: Vec<_> = [&parts.key_var, &parts.value_var]
                .into_iter()
                .flatten()
                .map(|name| name.text.as_str())
                .collect();
            let key = parts.key.as_ref().map_or(String::new(), |key| format!("{} => ", expr(key)));
            let group = if parts.group.is_some() { "..." } else { "" };
            let condition = parts
                .condition
                .as_ref()
                .map_or(String::new(), |condition| format!(" if {}", expr(condition)));
            let inner = format!(
                "for {} in {} : {key}{}{group}{condition}",
                names.join(", "),
                expr(&parts.collection),
                expr(&parts.value)
            );
            if parts.object { format!("{{{inner}}}") } else { format!("[{inner}]") }
        }
    }
}

fn quoted(template: &Template) -> String {
    format!("\"{}\"{}", parts(&template.parts), if template.closed { "" } else { "?" })
}

fn parts(list: &[TemplatePart]) -> String {
    let one = |part: &TemplatePart| match part {
        TemplatePart::Literal { text, .. } => text.escape_debug().to_string(),
        TemplatePart::Interpolation { expr: inner, .. } => format!("${{{}}}", expr(inner)),
        TemplatePart::If(directive) => {
            let IfDirective { condition, then, otherwise, .. } = &**directive;
            let otherwise =
                otherwise.as_ref().map_or(String::new(), |list| format!("%{{else}}{}", parts(list)));
            format!("%{{if {}}}{}{otherwise}%{{endif}}", expr(condition), parts(then))
        }
        TemplatePart::For(directive) => {
            let ForDirective { key_var, value_var, collection, body, .. } = &**directive;
            let names: Vec<_> =
                [key_var, value_var].into_iter().flatten().map(|name| name.text.as_str()).collect();
            format!("%{{for {} in {}}}{}%{{endfor}}", names.join(", "), expr(collection), parts(body))
        }
    };
    list.iter().map(one).collect()
}
