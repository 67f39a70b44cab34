//! `textDocument/codeLens`

use ide::{Lens, LensCommand};
use serde::Serialize;
use syntax::Positions;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{CodeLensParams, Range, Url};

use crate::handlers::execute_command;
use crate::session::Session;
use crate::to_proto;
use crate::written::Written;

pub(crate) async fn code_lens(session: &Session, params: CodeLensParams) -> Result<Written> {
    let uri = params.text_document.uri;
    let Some((view, file)) = session.view(&uri) else { return Ok(Written::nothing()) };
    session
        .compute(move |_| {
            let Some(document) = view.snapshot.document(&file) else { return Written::nothing() };
            let mut positions = Positions::new(&document, view.encoding);
            let lenses = ide::lenses(&view.snapshot, &view.results, &file);
            let lenses = lenses.iter().map(|lens| CodeLens::new(lens, &uri, &mut positions));
            Written::of(&lenses.collect::<Vec<_>>())
        })
        .await
}

/// As the protocol has it. Its command carries everything that the server needs to execute it.
#[derive(Serialize)]
struct CodeLens<'l> {
    range: Range,
    command: Command<'l>,
}

#[derive(Serialize)]
struct Command<'l> {
    title: &'l str,
    command: &'static str,
    arguments: [Arguments<'l>; 1],
}

/// [`crate::lsp_ext::RunArguments`] of which nothing is copied.
#[derive(Serialize)]
struct Arguments<'l> {
    uri: &'l Url,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'l str>,
}

impl<'l> CodeLens<'l> {
    fn new(lens: &'l Lens, uri: &'l Url, positions: &mut Positions<'_>) -> CodeLens<'l> {
        let (command, run) = match &lens.command {
            LensCommand::RunFile => (execute_command::RUN, None),
            LensCommand::Run { run } => (execute_command::RUN, Some(run.as_str())),
            LensCommand::ShowFileResult => (execute_command::SHOW_RESULT, None),
            LensCommand::ShowResult { run } => (execute_command::SHOW_RESULT, Some(run.as_str())),
        };
        let arguments = [Arguments { uri, run }];
        CodeLens {
            range: to_proto::range_by(positions, lens.span),
            command: Command { title: &lens.title, command, arguments },
        }
    }
}

#[cfg(test)]
mod tests {
    use syntax::{Document, Encoding, FileName, Span};
    use tower_lsp::lsp_types as proto;

    use super::*;
    use crate::lsp_ext::RunArguments;

    #[test]
    fn lenses_are_what_the_protocol_reads() {
        let document = Document::new(FileName::new("a.tftest.hcl"), "\nrun \"a\" {\n}\n");
        let uri = Url::parse("file:///a.tftest.hcl").unwrap();
        let command = LensCommand::Run { run: "a".to_owned() };
        let lens = Lens { span: Span::new(1, 8), title: "▶ Run".to_owned(), command };
        let written = CodeLens::new(&lens, &uri, &mut Positions::new(&document, Encoding::Utf16));
        let read: proto::CodeLens = serde_json::from_value(serde_json::to_value(written).unwrap()).unwrap();
        let arguments = RunArguments { uri: uri.clone(), run: Some("a".to_owned()) };
        let expected = proto::CodeLens {
            range: Range::new(proto::Position::new(1, 0), proto::Position::new(1, 7)),
            command: Some(proto::Command {
                title: "▶ Run".to_owned(),
                command: execute_command::RUN.to_owned(),
                arguments: Some(vec![serde_json::to_value(arguments).unwrap()]),
            }),
            data: None,
        };
        assert_eq!(read, expected);
    }
}
