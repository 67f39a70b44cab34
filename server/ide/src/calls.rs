//! Function calls in a file, finished or half-typed, and the words about their functions. Everything said about a
//! function is read from its entry in the language's table, or from its provider's schema.

use config::schema::provider::{FunctionSchema, ParameterSchema};
use config::{Dialect, provider_function};
use lang::expr::Node;
use lang::functions::{self, Function};
use syntax::ast::{Body, Expr};
use syntax::{FileName, SmolStr, Span, Token, TokenKind};

use crate::parts::Holder;
use crate::snapshot::Snapshot;
use crate::trail::trail;

/// A call.
pub(crate) struct Called {
    /// The function's name as it is written, with the namespace.
    pub(crate) name: SmolStr,
    /// Where it stands in the file.
    pub(crate) span: Span,
}

/// A function of the language or of a provider, as it is shown.
pub(crate) struct Described {
    /// `element(list: any, index: number) -> any`
    pub(crate) label: String,
    /// One paragraph.
    pub(crate) summary: String,
    /// All that there is to say, as Markdown.
    pub(crate) documentation: String,
    /// As the label has them, with a word about each.
    pub(crate) parameters: Vec<(String, String)>,
}

/// The call whose function name is at `offset`.
pub(crate) fn called_at(snapshot: &Snapshot, file: &FileName, offset: u32) -> Option<Called> {
    let placed = snapshot.chunk_touching(file, offset)?;
    let at = offset.checked_sub(placed.base)?;
    let (body, dialect) = (&placed.chunk.body, snapshot.dialect(file));
    let found = match body.json {
        Some(_) => call_in(trail(body, Holder::of_file(file), at).last()?.1.value?, at, dialect),
        None => call_in_body(body, at, dialect),
    };
    let (name, span) = found?;
    Some(Called { name, span: span.shifted(placed.base) })
}

/// The function that a call by `name` at `offset` means, whether the dialect has it or not.
pub(crate) fn described(snapshot: &Snapshot, file: &FileName, offset: u32, name: &str) -> Option<Described> {
    if let Some(function) = functions::lookup(name) {
        return Some(of_language(function, snapshot.dialect(file)));
    }
    let (local, function) = provider_function(name)?;
    let project = snapshot.project(file);
    let tree = match snapshot.run_at(file, offset) {
        Some(run) => project.module_of(&run)?,
        None => project.tree_in(project.module_of_file(file))?,
    };
    let required = tree.module.required_providers.contains_key(local);
    let source = required.then(|| tree.module.provider_source(local))?;
    Some(of_provider(name, project.schemas().function(&source, function)?))
}

fn of_language(function: &Function, dialect: Dialect) -> Described {
    let parameter =
        |dots: &str, it: &functions::Param| (format!("{}{dots}: {}", it.name, it.ty), it.doc.to_owned());
    let parameters = function.params.iter().map(|it| parameter("", it));
    Described {
        label: function.signature(),
        summary: function.doc.to_owned(),
        documentation: documentation(function, dialect),
        parameters: parameters.chain(function.variadic.iter().map(|it| parameter("...", it))).collect(),
    }
}

/// A function that the schemas of a provider tell.
pub(crate) fn of_provider(name: &str, function: &FunctionSchema) -> Described {
    let parameter = |dots: &str, it: &ParameterSchema| {
        let doc = it.description.as_deref().unwrap_or_default();
        (format!("{}{dots}: {}", it.name, it.ty.constraint_name()), doc.to_owned())
    };
    let parameters = function.parameters.iter().map(|it| parameter("", it));
    let parameters: Vec<(String, String)> =
        parameters.chain(function.variadic.iter().map(|it| parameter("...", it))).collect();
    let shown: Vec<&str> = parameters.iter().map(|(text, _)| text.as_str()).collect();
    let label = format!("{name}({}) -> {}", shown.join(", "), function.returns.constraint_name());
    let said = function.description.as_ref().or(function.summary.as_ref());
    let summary = said.map(ToString::to_string).unwrap_or_default();
    let mut parts = vec![summary.clone()];
    parts.extend(function.deprecation.as_ref().map(|instead| format!("Deprecated: {instead}")));
    parts.retain(|part| !part.is_empty());
    Described { label, summary, documentation: parts.join("\n\n"), parameters }
}

/// A block that nobody has closed yet may end anywhere, so that all attributes are asked.
fn call_in_body(body: &Body, at: u32, dialect: Dialect) -> Option<Call> {
    let mut bodies = vec![body];
    while let Some(body) = bodies.pop() {
        bodies.extend(body.blocks().map(|block| &block.body));
        let found = body.attributes().find_map(|attribute| call_in(&attribute.value, at, dialect));
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The name of what is called, and its place.
type Call = (SmolStr, Span);

fn call_in(value: &Expr, at: u32, dialect: Dialect) -> Option<Call> {
    if !value.span.touches(at) {
        return None;
    }
    lang::lower_in(value, dialect).nodes().find_map(|(_, node)| match node {
        Node::Call(call) if call.name_span.touches(at) => Some((call.name.clone(), call.name_span)),
        _ => None,
    })
}

/// The innermost call that is open at the end of a text: `length(a, b` is `length` in its second argument.
pub(crate) struct OpenCall<'t> {
    pub(crate) name: &'t str,
    /// Counted from zero.
    pub(crate) argument: usize,
}

/// Reads a chunk's text up to the cursor, so that it works in calls that nobody has closed yet.
pub(crate) fn open_call(text: &str) -> Option<OpenCall<'_>> {
    let tokens = syntax::tokens(text);
    let mut levels: Vec<Level> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::OpenParen => levels.push(Level::Paren { open: index, commas: 0 }),
            TokenKind::OpenBrace
            | TokenKind::OpenBracket
            | TokenKind::OpenInterpolation
            | TokenKind::OpenDirective => levels.push(Level::Bracket),
            TokenKind::OpenQuote | TokenKind::OpenHeredoc => levels.push(Level::Text),
            TokenKind::CloseParen
            | TokenKind::CloseBrace
            | TokenKind::CloseBracket
            | TokenKind::CloseSequence
            | TokenKind::CloseQuote
            | TokenKind::CloseHeredoc => drop(levels.pop()),
            // A string that is left open ends with its line, and so does what is open in it.
            TokenKind::QuotedNewline | TokenKind::UnclosedSequence => {
                let text = levels.iter().rposition(|level| matches!(level, Level::Text));
                levels.truncate(text.unwrap_or(levels.len()));
            }
            TokenKind::Comma => {
                if let Some(Level::Paren { commas, .. }) = levels.last_mut() {
                    *commas += 1;
                }
            }
            _ => {}
        }
    }
    // What is open further out does not matter, unless the innermost bracket only groups: `max((1 + `.
    for level in levels.iter().rev() {
        match level {
            Level::Paren { open, commas } => {
                if let Some(name) = name_before(&tokens, *open) {
                    return Some(OpenCall { name: name.text(text), argument: *commas });
                }
            }
            Level::Text => return None,
            Level::Bracket => {}
        }
    }
    None
}

enum Level {
    /// Literal text of a string or heredoc.
    Text,
    /// An interpolation, an object, a block, a tuple or an index.
    Bracket,
    /// Which token its `(` is, and how many commas have come since.
    Paren { open: usize, commas: usize },
}

/// The name that a call's `(` follows, with its namespaces.
fn name_before(tokens: &[Token], open: usize) -> Option<Span> {
    let mut before = tokens.get(..open)?.iter().rev();
    let mut name = before.next().filter(|token| token.kind == TokenKind::Ident)?.span;
    while let Some(TokenKind::DoubleColon) = before.next().map(|token| token.kind)
        && let Some(part) = before.next().filter(|token| token.kind == TokenKind::Ident)
    {
        name = part.span.to(name);
    }
    Some(name)
}

/// Whether the dialect has the function of that name, or it is none of the language's.
pub(crate) fn is_there(name: &str, dialect: Dialect) -> bool {
    functions::lookup(name).is_none_or(|function| dialect.has(function.since))
}

/// Markdown about a function: what it does, its parameters, an example, and which versions have it, if not all.
pub(crate) fn documentation(function: &Function, dialect: Dialect) -> String {
    let mut parts = vec![function.doc.to_owned()];
    let params = function.params.iter().map(|param| (param, ""));
    let params = params.chain(function.variadic.iter().map(|param| (param, "...")));
    let lines: Vec<String> =
        params.map(|(param, dots)| format!("- `{}{dots}`: {}", param.name, param.doc)).collect();
    if !lines.is_empty() {
        parts.push(lines.join("\n"));
    }
    if let Some((call, result)) = function.example.split_once(" # ") {
        parts.push(format!("```hcl\n{call}\n# {result}\n```"));
    }
    if !dialect.has(function.since) {
        let Dialect { tool, version } = dialect;
        parts.push(format!("Not in {tool} {version}: since {}.", function.since));
    } else if function.since != lang::Since::ALWAYS {
        parts.push(format!("Since {}.", function.since));
    }
    if function.impure {
        parts.push("Its result is not known before the plan is applied.".to_owned());
    }
    parts.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(&str, usize)>) {
        let found = open_call(text).map(|call| (call.name, call.argument));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn finds_the_open_call() {
        check("a = length(", Some(("length", 0)));
        check("a = element([1, 2], ", Some(("element", 1)));
        check("a = element(concat(a, b), ", Some(("element", 1)));
        check("a = element(concat(a, ", Some(("concat", 1)));
        check("a = max((1 + ", Some(("max", 0)));
        check("a = lookup({ a = 1, b = 2 }, \"a,b(\", ", Some(("lookup", 2)));
        check("a = \"x ${upper(", Some(("upper", 0)));
        check("a = \"x upper(", None);
        check("a = core::upper(", Some(("core::upper", 0)));
        check("a = provider::terraform::encode_expr(", Some(("provider::terraform::encode_expr", 0)));
        check("a = x ? y : (", None);
        check("a = x ? y :upper(", Some(("upper", 0)));
        check("a = length(x)", None);
        check("a = f( # g(\n", Some(("f", 0)));
        check("a = merge({\n  a = ", Some(("merge", 0)));
        check("a = [for x in y : ", None);
        check("é(", Some(("é", 0)));
        check("a = /* max( */ length(", Some(("length", 0)));
        check("a = f(<<E\nmax(\nE\n, ", Some(("f", 1)));
        check("a = \"${max(\nb = min(", Some(("min", 0)));
    }
}
