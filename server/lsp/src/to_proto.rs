//! From our terms to the protocol's: ranges, locations, diagnostics, proposals, hovers, signatures, edits.

use ide::{CompletionItem, CompletionKind};
use syntax::{Diagnostic, Document, Edit, Encoding, Positions, Severity, Span};
use tower_lsp::lsp_types::{self as proto, Url};

use crate::capabilities::Client;
use crate::plain_text::plain_text;
use crate::view::View;

/// What diagnostics name as their source.
pub(crate) const SOURCE: &str = "runblock";

pub(crate) fn position(document: &Document, offset: u32, encoding: Encoding) -> proto::Position {
    let position = document.position(offset, encoding);
    proto::Position::new(position.line, position.character)
}

pub(crate) fn range(document: &Document, span: Span, encoding: Encoding) -> proto::Range {
    proto::Range::new(position(document, span.start, encoding), position(document, span.end, encoding))
}

/// The same where many are wanted, in the order of the text.
pub(crate) fn range_by(positions: &mut Positions<'_>, span: Span) -> proto::Range {
    let mut position = |offset| {
        let position = positions.of(offset);
        proto::Position::new(position.line, position.character)
    };
    proto::Range::new(position(span.start), position(span.end))
}

/// Ranges in one document, of which many are the same.
pub(crate) struct Ranges<'d> {
    document: &'d Document,
    encoding: Encoding,
    last: Option<(Span, proto::Range)>,
}

impl<'d> Ranges<'d> {
    pub(crate) fn new(document: &'d Document, encoding: Encoding) -> Ranges<'d> {
        Ranges { document, encoding, last: None }
    }

    pub(crate) fn get(&mut self, span: Span) -> proto::Range {
        match self.last {
            Some((known, range)) if known == span => range,
            _ => {
                let range = range(self.document, span, self.encoding);
                self.last = Some((span, range));
                range
            }
        }
    }
}

/// Replacements in one document, all counted in it as it is.
pub(crate) fn text_edits(document: &Document, encoding: Encoding, edits: Vec<Edit>) -> Vec<proto::TextEdit> {
    let edit =
        |edit: Edit| proto::TextEdit { range: range(document, edit.span, encoding), new_text: edit.new_text };
    edits.into_iter().map(edit).collect()
}

/// Edits of documents, with the versions that they count in where the client can take those.
pub(crate) fn workspace_edit(
    client: &Client,
    edits: impl Iterator<Item = (Url, Option<i32>, Vec<proto::TextEdit>)>,
) -> proto::WorkspaceEdit {
    if !client.document_changes {
        let changes = edits.map(|(uri, _, edits)| (uri, edits)).collect();
        return proto::WorkspaceEdit { changes: Some(changes), ..proto::WorkspaceEdit::default() };
    }
    let edits = edits.map(|(uri, version, edits)| text_document_edit(uri, version, edits));
    let document_changes = Some(proto::DocumentChanges::Edits(edits.collect()));
    proto::WorkspaceEdit { document_changes, ..proto::WorkspaceEdit::default() }
}

pub(crate) fn text_document_edit(
    uri: Url,
    version: Option<i32>,
    edits: Vec<proto::TextEdit>,
) -> proto::TextDocumentEdit {
    proto::TextDocumentEdit {
        text_document: proto::OptionalVersionedTextDocumentIdentifier { uri, version },
        edits: edits.into_iter().map(proto::OneOf::Left).collect(),
    }
}

/// A place in any file that the view's snapshot has read.
pub(crate) fn location(view: &View, place: &syntax::Location) -> Option<proto::Location> {
    let document = view.snapshot.document(&place.file)?;
    Some(proto::Location::new(view.url(&place.file)?, range(&document, place.span, view.encoding)))
}

/// A diagnostic whose subject is in `document`.
pub(crate) fn diagnostic(view: &View, document: &Document, diagnostic: &Diagnostic) -> proto::Diagnostic {
    let span = diagnostic.subject.as_ref().map_or(Span::at(0), |subject| subject.span);
    let related = ide::related(&view.snapshot, diagnostic).into_iter().filter_map(|(place, message)| {
        Some(proto::DiagnosticRelatedInformation { location: location(view, &place)?, message })
    });
    let related: Vec<_> = if view.client.related_information { related.collect() } else { Vec::new() };
    let rule = diagnostic.code.and_then(config::rule);
    proto::Diagnostic {
        range: range(document, span, view.encoding),
        severity: Some(match diagnostic.severity {
            Severity::Error => proto::DiagnosticSeverity::ERROR,
            Severity::Warning => proto::DiagnosticSeverity::WARNING,
            Severity::Hint => proto::DiagnosticSeverity::HINT,
        }),
        code: diagnostic.code.map(|code| proto::NumberOrString::String(code.to_owned())),
        code_description: rule.filter(|_| view.client.code_descriptions).and_then(|rule| {
            let tool = view.snapshot.dialect(document.file()).tool;
            Some(proto::CodeDescription { href: Url::parse(&rule.link(tool)).ok()? })
        }),
        tags: rule
            .filter(|rule| rule.unnecessary && view.client.unnecessary_tag)
            .map(|_| vec![proto::DiagnosticTag::UNNECESSARY]),
        source: Some(SOURCE.to_owned()),
        message: message(diagnostic),
        related_information: (!related.is_empty()).then_some(related),
        ..proto::Diagnostic::default()
    }
}

/// The summary, the detail, and one line for each operand's value.
pub(crate) fn message(diagnostic: &Diagnostic) -> String {
    let mut message = diagnostic.summary.clone();
    if !diagnostic.detail.is_empty() {
        message.push_str("\n\n");
        message.push_str(&diagnostic.detail);
    }
    if !diagnostic.operands.is_empty() {
        message.push('\n');
    }
    for operand in &diagnostic.operands {
        message.push_str(&format!("\n{} {}", operand.traversal, operand.statement));
    }
    message
}

pub(crate) fn completion_item(
    view: &View,
    ranges: &mut Ranges<'_>,
    index: usize,
    item: CompletionItem,
) -> proto::CompletionItem {
    let snippet = item.snippet.filter(|_| view.client.snippets);
    let format = if snippet.is_some() {
        proto::InsertTextFormat::SNIPPET
    } else {
        proto::InsertTextFormat::PLAIN_TEXT
    };
    let new_text = snippet.unwrap_or(item.insert);
    let edit = proto::TextEdit { range: ranges.get(item.replace), new_text };
    proto::CompletionItem {
        kind: Some(match item.kind {
            CompletionKind::Block => proto::CompletionItemKind::SNIPPET,
            CompletionKind::Attribute | CompletionKind::Output => proto::CompletionItemKind::PROPERTY,
            CompletionKind::Keyword | CompletionKind::Root => proto::CompletionItemKind::KEYWORD,
            CompletionKind::Variable | CompletionKind::Local => proto::CompletionItemKind::VARIABLE,
            CompletionKind::Resource => proto::CompletionItemKind::STRUCT,
            CompletionKind::Module => proto::CompletionItemKind::MODULE,
            CompletionKind::Run => proto::CompletionItemKind::EVENT,
            CompletionKind::Check => proto::CompletionItemKind::UNIT,
            CompletionKind::Function => proto::CompletionItemKind::FUNCTION,
            CompletionKind::Field => proto::CompletionItemKind::FIELD,
            CompletionKind::Type => proto::CompletionItemKind::TYPE_PARAMETER,
            CompletionKind::Provider => proto::CompletionItemKind::INTERFACE,
            CompletionKind::Folder => proto::CompletionItemKind::FOLDER,
            CompletionKind::Text => proto::CompletionItemKind::VALUE,
        }),
        detail: item.detail,
        documentation: item.documentation.map(|value| documentation(view.client.markdown.completion, value)),
        // Clients sort by the label otherwise; ours come best first.
        sort_text: Some(format!("{index:04}")),
        filter_text: item.filter,
        insert_text_format: Some(format),
        text_edit: Some(proto::CompletionTextEdit::Edit(edit)),
        label: item.label,
        ..proto::CompletionItem::default()
    }
}

/// What is shown about a piece of text.
pub(crate) fn hover(view: &View, document: &Document, hover: ide::Hover) -> proto::Hover {
    proto::Hover {
        contents: proto::HoverContents::Markup(markup(view.client.markdown.hover, hover.text)),
        range: Some(range(document, hover.span, view.encoding)),
    }
}

/// One signature; labels of parameters are their texts, which every client finds in the signature's.
pub(crate) fn signature_help(view: &View, help: ide::SignatureHelp) -> proto::SignatureHelp {
    let parameters = help.parameters.iter().map(|parameter| proto::ParameterInformation {
        label: proto::ParameterLabel::Simple(
            help.label.get(parameter.label.clone()).unwrap_or_default().to_owned(),
        ),
        documentation: Some(proto::Documentation::String(parameter.documentation.clone())),
    });
    let parameters: Vec<_> = parameters.collect();
    let active = u32::try_from(help.active).ok();
    proto::SignatureHelp {
        signatures: vec![proto::SignatureInformation {
            documentation: Some(documentation(view.client.markdown.signature, help.documentation)),
            parameters: Some(parameters),
            active_parameter: active,
            label: help.label,
        }],
        active_signature: Some(0),
        active_parameter: active,
    }
}

/// As hovers are shown; where plain text is, it needs no word about what it is.
pub(crate) fn documentation(markdown: bool, text: String) -> proto::Documentation {
    match markup(markdown, text) {
        marked if markdown => proto::Documentation::MarkupContent(marked),
        plain => proto::Documentation::String(plain.value),
    }
}

/// Our text, which is Markdown, as the client takes it.
pub(crate) fn markup(markdown: bool, text: String) -> proto::MarkupContent {
    match markdown {
        true => proto::MarkupContent { kind: proto::MarkupKind::Markdown, value: text },
        false => proto::MarkupContent { kind: proto::MarkupKind::PlainText, value: plain_text(&text) },
    }
}
