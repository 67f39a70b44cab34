//! Proposals, and how they are written into a file.

use config::ResourceMode;
use syntax::{SmolStr, Span};

use super::site::{Quotes, Spot};

/// One proposal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CompletionItem {
    pub label: String,
    pub kind: CompletionKind,
    /// A short type or signature, shown beside the label.
    pub detail: Option<String>,
    /// Markdown.
    pub documentation: Option<String>,
    /// What [`document`](super::document) tells more about.
    pub topic: Option<Topic>,
    /// What replaces `replace`.
    pub insert: String,
    /// The same with tab stops (`$1`, `${1:default}`, `$0`), where that says more.
    pub snippet: Option<String>,
    /// The bytes of the file that the proposal replaces.
    pub replace: Span,
    /// What the replaced text is compared with, when that is not the label.
    pub filter: Option<String>,
}

/// What a proposal stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompletionKind {
    Block,
    Attribute,
    Keyword,
    Root,
    Variable,
    Local,
    Output,
    Resource,
    Module,
    Run,
    Check,
    Function,
    Field,
    Type,
    Provider,
    Folder,
    Text,
}

/// What there is to read about a proposal, which is only put together for the one that somebody looks at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Topic {
    /// A function of the language, by its name.
    Function(SmolStr),
    /// A resource type, or the attribute or block in it that the path leads to. Without a type, of the provider's own
    /// configuration. Providers go by their source addresses.
    Schema { provider: SmolStr, kind: Option<(ResourceMode, SmolStr)>, path: Vec<SmolStr> },
}

/// A proposal before it is known what it replaces.
pub(super) struct Proposal {
    pub(super) label: String,
    pub(super) kind: CompletionKind,
    pub(super) detail: Option<String>,
    pub(super) documentation: Option<String>,
    pub(super) topic: Option<Topic>,
    /// The lower, the better it fits.
    pub(super) rank: u8,
    pub(super) form: Form,
}

/// How a proposal is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// As its label.
    Word,
    /// As a text that means itself.
    Text,
    /// As a text in quotes, which are part of the label.
    Quoted,
    /// A name with a value, of which this is the snippet.
    Argument(String),
    /// The same for the name of a provider configuration, which stands without quotes although it has a dot.
    Configuration(String),
    /// A block with everything in it, as a snippet.
    Block(String),
    /// The call of a function, with arguments or without.
    Call { arguments: bool },
    /// As this, and as a snippet.
    Other { insert: String, snippet: Option<String> },
}

impl Proposal {
    pub(super) fn new(label: impl Into<String>, kind: CompletionKind) -> Proposal {
        Proposal {
            label: label.into(),
            kind,
            detail: None,
            documentation: None,
            topic: None,
            rank: 0,
            form: Form::Word,
        }
    }

    pub(super) fn detail(mut self, detail: impl Into<String>) -> Proposal {
        self.detail = Some(detail.into());
        self
    }

    pub(super) fn documentation(mut self, documentation: Option<String>) -> Proposal {
        self.documentation = documentation.filter(|text| !text.is_empty());
        self
    }

    pub(super) fn topic(mut self, topic: Topic) -> Proposal {
        self.topic = Some(topic);
        self
    }

    pub(super) fn rank(mut self, rank: u8) -> Proposal {
        self.rank = rank;
        self
    }

    pub(super) fn form(mut self, form: Form) -> Proposal {
        self.form = form;
        self
    }

    /// As it is written at that spot.
    pub(super) fn item(self, spot: Spot, json: bool) -> CompletionItem {
        let (insert, snippet) = written(&self.label, self.form, spot, json);
        CompletionItem {
            filter: (spot.quotes == Quotes::Replaced).then(|| quoted(&self.label)),
            label: self.label,
            kind: self.kind,
            detail: self.detail,
            documentation: self.documentation,
            topic: self.topic,
            insert,
            snippet,
            replace: spot.replace,
        }
    }
}

/// The text that is inserted, and the snippet.
fn written(label: &str, form: Form, spot: Spot, json: bool) -> (String, Option<String>) {
    let in_quotes = spot.quotes == Quotes::Around;
    match form {
        Form::Word => (label.to_owned(), None),
        // In JSON the whole expression is a text.
        Form::Quoted if json && in_quotes => (escaped(label), None),
        Form::Quoted => (label.to_owned(), None),
        Form::Text if in_quotes => (escaped(label), None),
        Form::Text => (quoted(label), None),
        Form::Argument(_) | Form::Block(_) if spot.followed || (in_quotes && !json) => {
            (label.to_owned(), None)
        }
        Form::Argument(value) if json => {
            let name = quoted(label);
            (format!("{name}: "), Some(format!("{}: {value}", plain(&name))))
        }
        Form::Argument(value) => {
            let name = if lang::ty::is_identifier(label) { label.to_owned() } else { quoted(label) };
            (format!("{name} = "), Some(format!("{} = {value}", plain(&name))))
        }
        Form::Block(snippet) if json => (format!("{}: ", quoted(label)), Some(snippet)),
        Form::Block(snippet) => (label.to_owned(), Some(snippet)),
        Form::Configuration(_) if spot.followed => (label.to_owned(), None),
        Form::Configuration(value) => (format!("{label} = "), Some(format!("{label} = {value}"))),
        Form::Call { .. } if spot.followed => (label.to_owned(), None),
        Form::Call { arguments } => {
            let parentheses = if arguments { "($0)" } else { "()" };
            (label.to_owned(), Some(format!("{label}{parentheses}")))
        }
        Form::Other { insert, snippet } => (insert, snippet),
    }
}

/// A text in quotes, as both syntaxes write it.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// A text in a snippet, where some characters mean something else.
pub(crate) fn plain(text: &str) -> String {
    text.replace('\\', "\\\\").replace('$', "\\$").replace('}', "\\}")
}
