//! The tolerant tree of HCL, in its native syntax and in its JSON profile.
//!
//! Every node has a byte span. Whatever could not be read is `None`, `ExprKind::Missing` or simply absent;
//! the rest of the tree is kept. The tree is syntax only: traversals are not folded, keywords are not
//! interpreted, object keys are plain expressions. `lang` lowers it once into what gets evaluated.

use smallvec::SmallVec;
use smol_str::SmolStr;

use crate::json::JsonText;
use crate::span::Span;

/// A name as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ident {
    pub text: SmolStr,
    pub span: Span,
}

/// The inside of a file or of a block, in source order.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Body {
    pub items: Vec<Item>,
    /// From after `{` to before `}` (or the whole text of a file).
    pub span: Span,
    /// An argument follows the opening brace on its line: `{ name = value }`.
    pub on_one_line: bool,
    /// What stands here in place of items when the text is JSON.
    pub json: Option<Box<JsonBody>>,
}

/// A body in the JSON profile: a value whose properties are arguments or blocks as a schema says.
#[derive(Clone, PartialEq, Debug)]
pub struct JsonBody {
    /// An object, or an array of objects that count as one; anything else is a mistake.
    pub value: Expr,
    /// What diagnostics about the block as a whole point at: the bracket that its value begins with, which for one
    /// block of several is the array's.
    pub header: Span,
    /// Of a file that is not well-formed: the parts of it that Terraform drops. They are kept here for editors, and
    /// nothing but the syntax error is to be said about them. In order.
    pub dropped: Vec<Span>,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Item {
    Attribute(Attribute),
    Block(Box<Block>),
}

/// `name = value`. Half-typed forms are kept: a lone name has neither `equals` nor a readable value.
#[derive(Clone, PartialEq, Debug)]
pub struct Attribute {
    pub name: Ident,
    pub equals: Option<Span>,
    pub value: Expr,
    pub span: Span,
}

/// `kind "label" label { body }`.
#[derive(Clone, PartialEq, Debug)]
pub struct Block {
    pub kind: Ident,
    pub labels: SmallVec<[Label; 2]>,
    pub open_brace: Option<Span>,
    pub body: Body,
    pub close_brace: Option<Span>,
    pub span: Span,
}

/// A block label, quoted or bare. The span includes the quotes; the text has its escapes resolved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    pub text: SmolStr,
    pub span: Span,
    pub quoted: bool,
}

/// Copying, comparing and printing provide the stack that a deep tree needs.
///
/// A tree is mostly leaves, and reading a text costs about as much as writing the tree's memory does; so what is
/// larger than a name stands in a box.
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

const _: () = assert!(size_of::<Expr>() <= 40);

#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    /// Nothing readable where an expression must stand.
    Missing,
    /// A number as written; its value keeps 512 bits, so the text is what counts.
    Number(SmolStr),
    Bool(bool),
    Null,
    /// A plain string, with its escapes resolved: a closed quoted template of at most one literal. Most strings are
    /// plain, and their text fits in the node, so that they need no list of parts.
    String(SmolStr),
    /// Any other quoted template, or a heredoc.
    Template(Template),
    /// A string of the JSON profile.
    JsonString(Box<JsonString>),
    /// A root name: `var`, `each`, a `for` variable, or a keyword such as `string` or `apply`.
    Variable(SmolStr),
    /// `var.zones[0].name`: a term and what is chained to it.
    Access(Box<Access>),
    /// `source.*…` or `source[*]…`. `each` is what is read from every element: `SplatItem`, or accesses to it.
    Splat {
        source: Box<Expr>,
        kind: SplatKind,
        marker: Span,
        each: Box<Expr>,
    },
    /// The element inside a splat's `each`; its span is the marker's.
    SplatItem,
    Call(Box<Call>),
    Unary {
        op: UnaryOp,
        op_span: Span,
        operand: Box<Expr>,
    },
    Binary(Box<Binary>),
    Conditional(Box<Conditional>),
    /// `(inner)`.
    Paren(Box<Expr>),
    /// `[a, b]`.
    Tuple(Vec<Expr>),
    /// `{ a = 1, (b) : 2 }`.
    Object(Vec<ObjectItem>),
    For(Box<For>),
}

/// A term, and the accesses that `.` and `[` chain to it. They stand in one node: chains are what configurations
/// consist of, and most are of one or two.
#[derive(Clone, PartialEq, Debug)]
pub struct Access {
    /// Not an access itself.
    pub object: Expr,
    /// At least one.
    pub steps: SmallVec<[Step; 2]>,
}

/// One access of a chain.
#[derive(Clone, PartialEq, Debug)]
pub enum Step {
    /// `.name`, or HCL's legacy index `.0`, which is a name of digits here.
    Dot {
        dot: Span,
        /// Missing in a half-typed `object.`.
        name: Option<Ident>,
    },
    Index(Box<Index>),
}

/// `[key]`
#[derive(Clone, PartialEq, Debug)]
pub struct Index {
    pub open: Span,
    pub key: Expr,
    pub close: Option<Span>,
    /// From the opening bracket to the end of what was read.
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SplatKind {
    /// `.*`
    Attribute,
    /// `[*]`
    Full,
}

/// `lhs op rhs`
#[derive(Clone, PartialEq, Debug)]
pub struct Binary {
    pub op: BinaryOp,
    pub op_span: Span,
    pub lhs: Expr,
    pub rhs: Expr,
}

/// `name(args)`, `ns::name(args...)`.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    /// What stands before the name, each part with `::` behind it. Most names have none.
    pub namespaces: Box<[Ident]>,
    pub name: Ident,
    pub open: Span,
    pub args: SmallVec<[Expr; 2]>,
    /// The `...` after the last argument.
    pub expand_final: Option<Span>,
    pub close: Option<Span>,
}

/// One `key = value` of an object constructor. A bare name as key is `ExprKind::Variable` without parentheses.
#[derive(Clone, PartialEq, Debug)]
pub struct ObjectItem {
    pub key: Expr,
    /// `=` or `:`.
    pub separator: Option<Span>,
    pub value: Expr,
}

/// `condition ? then : otherwise`
#[derive(Clone, PartialEq, Debug)]
pub struct Conditional {
    pub condition: Expr,
    pub question: Span,
    pub then: Expr,
    pub colon: Option<Span>,
    pub otherwise: Expr,
}

/// `[for k, v in coll : value if cond]` or `{for k, v in coll : key => value... if cond}`.
#[derive(Clone, PartialEq, Debug)]
pub struct For {
    /// `true` for the `{…}` form.
    pub object: bool,
    pub key_var: Option<Ident>,
    pub value_var: Option<Ident>,
    pub collection: Expr,
    /// The key expression of the `{…}` form.
    pub key: Option<Expr>,
    pub value: Expr,
    /// The `...` that groups values by key.
    pub group: Option<Span>,
    pub condition: Option<Expr>,
    pub open: Span,
    pub close: Option<Span>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnaryOp {
    Negate,
    Not,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
    Or,
    And,
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// Text with interpolations and directives, already trimmed by `~` markers and `<<-` dedenting.
#[derive(Clone, PartialEq, Debug)]
pub struct Template {
    pub kind: TemplateKind,
    pub parts: Box<[TemplatePart]>,
    /// Whether the closing quote or marker was found.
    pub closed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TemplateKind {
    Quoted,
    /// `flush` is `<<-`.
    Heredoc {
        flush: bool,
    },
    /// A whole text parsed as a template: `templatefile`.
    Bare,
}

/// A piece of a template. Copying, comparing and printing provide the stack that a deep tree needs.
pub enum TemplatePart {
    /// Text with escapes resolved (not yet NFC-normalised; a value constructor does that).
    Literal { text: SmolStr, span: Span },
    /// `${ expr }`; the span includes the delimiters.
    Interpolation { expr: Expr, span: Span },
    /// `%{ if c }…%{ else }…%{ endif }`
    If(Box<IfDirective>),
    /// `%{ for k, v in c }…%{ endfor }`
    For(Box<ForDirective>),
}

#[derive(Clone, PartialEq, Debug)]
pub struct IfDirective {
    pub condition: Expr,
    pub then: Box<[TemplatePart]>,
    pub otherwise: Option<Box<[TemplatePart]>>,
    /// From the first `%{` to the last `}`.
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub struct ForDirective {
    pub key_var: Option<Ident>,
    pub value_var: Option<Ident>,
    pub collection: Expr,
    pub body: Box<[TemplatePart]>,
    /// From the first `%{` to the last `}`.
    pub span: Span,
}

/// A string of the JSON profile: a template where expressions are evaluated, and a text, a reference or a type elsewhere.
#[derive(Clone, PartialEq, Debug)]
pub struct JsonString {
    pub text: JsonText,
    pub parts: Box<[TemplatePart]>,
}

impl Body {
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.items.iter().filter_map(|item| match item {
            Item::Attribute(attribute) => Some(attribute),
            Item::Block(_) => None,
        })
    }

    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.items.iter().filter_map(|item| match item {
            Item::Block(block) => Some(&**block),
            Item::Attribute(_) => None,
        })
    }

    /// The first attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes().find(|attribute| attribute.name.text == name)
    }

    pub fn blocks_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks().filter(move |block| block.kind.text == kind)
    }
}

impl Item {
    pub fn span(&self) -> Span {
        match self {
            Item::Attribute(attribute) => attribute.span,
            Item::Block(block) => block.span,
        }
    }
}

impl Block {
    /// From the block's type to its last label: what diagnostics about the block as a whole point at.
    pub fn header_span(&self) -> Span {
        if let Some(json) = &self.body.json {
            return json.header;
        }
        self.labels.last().map_or(self.kind.span, |label| self.kind.span.to(label.span))
    }

    pub fn label(&self, index: usize) -> Option<&str> {
        self.labels.get(index).map(|label| label.text.as_str())
    }
}

impl Expr {
    pub fn missing(span: Span) -> Expr {
        Expr { kind: ExprKind::Missing, span }
    }

    pub fn is_missing(&self) -> bool {
        matches!(self.kind, ExprKind::Missing)
    }

    /// The text of a JSON string.
    pub fn as_json_text(&self) -> Option<&JsonText> {
        match &self.kind {
            ExprKind::JsonString(string) => Some(&string.text),
            _ => None,
        }
    }

    /// A bare word such as `apply`, not a longer traversal and not quoted.
    pub fn as_keyword(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Variable(name) => Some(name),
            _ => None,
        }
    }

    /// The text of a quoted string without interpolations. A JSON string has none where its text is asked for.
    pub fn as_plain_string(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::JsonString(string) => Some(&string.text.text),
            ExprKind::String(text) => Some(text),
            ExprKind::Template(template) => match &*template.parts {
                [] => Some(""),
                [TemplatePart::Literal { text, .. }] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Access {
    /// The keys in brackets, in order.
    pub fn keys(&self) -> impl Iterator<Item = &Expr> {
        self.steps.iter().filter_map(|step| match step {
            Step::Index(index) => Some(&index.key),
            Step::Dot { .. } => None,
        })
    }
}

impl Step {
    /// The name behind a dot; a legacy index is none.
    pub fn name(&self) -> Option<&Ident> {
        match self {
            Step::Dot { name, .. } if !self.is_legacy_index() => name.as_ref(),
            _ => None,
        }
    }

    /// `.0`
    pub fn is_legacy_index(&self) -> bool {
        matches!(self, Step::Dot { name: Some(name), .. } if name.text.starts_with(|first: char| first.is_ascii_digit()))
    }

    /// From the dot or the opening bracket to the end.
    pub fn span(&self) -> Span {
        match self {
            Step::Dot { dot, name } => name.as_ref().map_or(*dot, |name| dot.to(name.span)),
            Step::Index(index) => index.span,
        }
    }
}

impl Call {
    /// The parts of the name, which `::` joins.
    pub fn names(&self) -> impl Iterator<Item = &Ident> {
        self.namespaces.iter().chain([&self.name])
    }

    /// From the first part of the name to the last.
    pub fn name_span(&self) -> Span {
        self.namespaces.first().map_or(self.name.span, |first| first.span.to(self.name.span))
    }
}

impl BinaryOp {
    /// The operator as written.
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Or => "||",
            BinaryOp::And => "&&",
            BinaryOp::Equal => "==",
            BinaryOp::NotEqual => "!=",
            BinaryOp::Greater => ">",
            BinaryOp::GreaterOrEqual => ">=",
            BinaryOp::Less => "<",
            BinaryOp::LessOrEqual => "<=",
            BinaryOp::Add => "+",
            BinaryOp::Subtract => "-",
            BinaryOp::Multiply => "*",
            BinaryOp::Divide => "/",
            BinaryOp::Modulo => "%",
        }
    }
}
