//! What stands left of the cursor in a value, read from its tokens, so that it works in half-typed code too.
//!
//! Nothing here knows what names mean.

mod frame;
mod frames;
mod path;

use syntax::{SmolStr, TokenKind, template_tokens, tokens};

use frame::{Frame, Kind, Phase};
use frames::Frames;
pub(super) use path::Segment;

/// The cursor's place in a value.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Reading {
    pub(super) at: At,
    /// The way from the value to the cursor, from the outside in.
    pub(super) steps: Vec<Step>,
    /// Names that `for` expressions around the cursor bind, the innermost last.
    pub(super) bound: Vec<Bound>,
    /// What is indexed, when the cursor is where a key begins in its brackets.
    pub(super) indexed: Option<Vec<Segment>>,
    /// How many bytes of what is being typed stand left of the cursor and right of it.
    pub(super) left: u32,
    pub(super) right: u32,
    /// What stands right of it.
    pub(super) next: Next,
    /// Whether a bracket or a text is open.
    pub(super) open: bool,
    /// Whether the value ended in an earlier line.
    pub(super) ended: bool,
    pub(super) in_comment: bool,
}

impl Reading {
    /// Whether quotes stand around what is being typed.
    pub(super) fn in_quotes(&self) -> bool {
        matches!(self.at, At::Text { .. } | At::Index(_) | At::Key { quoted: true, .. })
    }

    /// Whether `rest`, which stands behind what is being typed, begins with what belongs there: the `=` of a key, the
    /// arguments of a function.
    pub(super) fn is_followed(&self, rest: &str) -> bool {
        match &self.at {
            At::Key { quoted, .. } => {
                let rest = if *quoted { rest.strip_prefix('"').unwrap_or(rest) } else { rest };
                let rest = rest.trim_start_matches([' ', '\t']);
                rest.starts_with(':') || (rest.starts_with('=') && !rest.starts_with("=="))
            }
            At::Name { .. } | At::Function(_) => self.next == Next::Arguments,
            _ => false,
        }
    }
}

/// What stands right of a name, and makes more of it than a name.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Next {
    /// Nothing of that kind.
    #[default]
    Other,
    /// More of a path: `.name`, `[key]`.
    Path,
    /// The arguments of a call.
    Arguments,
}

/// What can be typed at the cursor.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) enum At {
    /// Nothing: it is in a comment, in a number, or behind a finished value.
    #[default]
    Nothing,
    /// A name behind others; behind none, whatever an expression begins with.
    Name { path: Vec<Segment>, first_of_list: bool },
    /// A name behind something else than names, as it is written: `f(x).`, `[a, b][*].`.
    Part { of: SmolStr, is_splat: bool },
    /// A function of that namespace: `provider::terraform::`.
    Function(SmolStr),
    /// A quoted key of what the path leads to: `var.x["`.
    Index(Vec<Segment>),
    /// The key of an object that has these already.
    Key { quoted: bool, taken: Vec<SmolStr> },
    /// Literal text. `whole` says that nothing of the text has to be computed.
    Text { whole: bool },
    /// The first word in `%{`.
    Directive,
}

/// One step into a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Step {
    Key(SmolStr),
    Element(usize),
    /// Of a call: the function and which argument, from zero, and behind the first one what that is.
    Argument {
        function: SmolStr,
        index: usize,
        first: Option<Operand>,
    },
    /// One of the two results of `a ? b : c`.
    Branch,
    /// A value that becomes part of a text.
    Part,
    /// A value of which nothing is known: a collection to go through, a key in brackets.
    Any,
    /// One side of an operator that takes only such values.
    Bool,
    Number,
    /// The right side of `==`, where this is the left one.
    Like(Operand),
}

/// A name that a `for` expression binds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Bound {
    pub(super) name: SmolStr,
    /// What is gone through, once that is known.
    pub(super) of: Option<Operand>,
    /// Whether it is the key and not the value.
    pub(super) is_key: bool,
}

/// A part of an expression that is written out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Operand {
    /// A path of names.
    Path(Vec<Segment>),
    /// Anything else, as it is written.
    Text(SmolStr),
}

/// How the text begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Start {
    /// As an expression.
    Value,
    /// As a template.
    Template,
}

/// Reads a value from its beginning to the cursor. `after` is what stands right of it.
pub(super) fn read(before: &str, after: &str, start: Start) -> Reading {
    let left = before.len() - name_start(before);
    let cut = offset(before.len() - left);
    let tokens = match start {
        Start::Value => tokens(before),
        Start::Template => template_tokens(before),
    };
    let known = tokens.iter().take_while(|token| token.span.end <= cut && token.kind != TokenKind::End);
    let known = tokens.get(..known.count()).unwrap_or_default();
    let next = tokens.get(known.len());
    let mut frames = Frames::new(before, known, start);
    (0..known.len()).for_each(|index| frames.take(index));

    let in_comment = tokens.iter().rev().nth(1).is_some_and(|last| {
        last.kind == TokenKind::Comment
            && last.span.end as usize == before.len()
            && !last.span.text(before).starts_with("/*")
    });
    let in_number = next.is_some_and(|token| token.kind == TokenKind::Number);
    // A name of which nothing stands left of the cursor is not the one that is being typed.
    let right = if left > 0 { after.len() - after.trim_start_matches(is_name).len() } else { 0 };
    let mut reading = Reading {
        at: At::Nothing,
        steps: frames.steps(),
        bound: frames.bound(),
        indexed: frames.top().filter(|top| top.is_key()).and_then(|_| frames.indexed()),
        left: offset(left),
        right: offset(right),
        next: behind(after.get(right..).unwrap_or_default()),
        open: frames.is_open(),
        ended: frames.ended(),
        in_comment: in_comment || frames.in_block_comment(),
    };
    if reading.in_comment || in_number {
        return reading;
    }
    reading.at = at(&frames, known.len());
    if reading.in_quotes()
        && let Some(from) = frames.text_start()
    {
        reading.left = offset(before.len()).saturating_sub(from);
        reading.right = offset(after.find(['"', '\n', '\r']).unwrap_or(after.len()));
    }
    reading
}

fn behind(rest: &str) -> Next {
    match rest.chars().next() {
        Some('(') => Next::Arguments,
        Some('[') => Next::Path,
        Some('.') if !rest.starts_with("...") => Next::Path,
        _ => Next::Other,
    }
}

fn at(frames: &Frames<'_>, end: usize) -> At {
    let last = frames.last_kind();
    let Some(top) = frames.top() else { return At::Nothing };
    if let Kind::Text { whole, .. } = top.kind {
        return match frames.around().map(|frame| &frame.kind) {
            Some(Kind::Index) if whole => match frames.indexed() {
                Some(path) => At::Index(path),
                None => At::Nothing,
            },
            Some(Kind::Object { at_key: true, keys, .. }) if whole => {
                At::Key { quoted: true, taken: keys.clone() }
            }
            _ => At::Text { whole },
        };
    }
    match last {
        Some(TokenKind::Dot) => match path::path_before(frames.text, frames.tokens, end.saturating_sub(1)) {
            Some((_, path)) => At::Name { path, first_of_list: false },
            None => match frames.operand(end.saturating_sub(1)) {
                Some((of, is_splat)) => At::Part { of, is_splat },
                None => At::Nothing,
            },
        },
        Some(TokenKind::DoubleColon) => At::Function(frames.namespace(end)),
        _ => begins(top),
    }
}

/// What may begin here, behind no dot.
fn begins(top: &Frame) -> At {
    let opened = top.prev.is_none();
    match (&top.kind, top.phase) {
        (_, Phase::Names) => At::Nothing,
        (Kind::Directive, _) if top.is_fresh() => At::Directive,
        (Kind::Object { at_key: true, keys, .. }, Phase::None) => match opened {
            true => At::Key { quoted: false, taken: keys.clone() },
            false => At::Nothing,
        },
        _ if top.ends_operand() => At::Nothing,
        (kind, _) => At::Name {
            path: Vec::new(),
            first_of_list: top.is_fresh() && matches!(kind, Kind::Tuple { index: 0 }),
        },
    }
}

/// Where the name at the end of a text begins. What a name cannot begin with is a number, or an operator.
fn name_start(text: &str) -> usize {
    let word = text.get(text.trim_end_matches(is_name).len()..).unwrap_or_default();
    let name = word.trim_start_matches(|char: char| char == '-' || char.is_ascii_digit());
    text.len() - name.len()
}

fn is_name(char: char) -> bool {
    char.is_alphanumeric() || char == '_' || char == '-'
}

fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
