//! `textDocument/completion` and `completionItem/resolve`

use config::ResourceMode;
use ide::Topic;
use serde::{Deserialize, Serialize};
use syntax::{Document, SmolStr};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{CompletionItem, CompletionList, CompletionParams, CompletionResponse, Url};

use crate::session::Session;
use crate::{from_proto, to_proto};

pub(crate) async fn completion(
    session: &Session,
    params: CompletionParams,
) -> Result<Option<CompletionResponse>> {
    let at = params.text_document_position;
    let uri = at.text_document.uri;
    let typed = params.context.and_then(|context| context.trigger_character);
    let Some((view, file)) = session.view(&uri) else { return Ok(None) };
    session
        .compute(move |_| {
            let document = view.snapshot.document(&file)?;
            let offset = from_proto::offset(&document, at.position, view.encoding);
            if let Some(typed) = typed
                && !triggers(&typed, &document, offset)
            {
                return None;
            }
            let found = ide::completion(&view.snapshot, &file, offset);
            let mut ranges = to_proto::Ranges::new(&document, view.encoding);
            let item = |(index, item): (usize, ide::CompletionItem)| {
                let data = item
                    .topic
                    .clone()
                    .and_then(|topic| Data { uri: uri.clone(), topic: topic.into() }.to_json());
                CompletionItem { data, ..to_proto::completion_item(&view, &mut ranges, index, item) }
            };
            let items = found.items.into_iter().enumerate().map(item).collect();
            Some(match found.incomplete {
                true => CompletionResponse::List(CompletionList { is_incomplete: true, items }),
                false => CompletionResponse::Array(items),
            })
        })
        .await
}

/// Whether a character that was just typed begins something. A brace does so in `${`, a bracket behind a name, and a colon
/// in `::`: elsewhere the line's end may well come next, and would be taken for a choice.
fn triggers(typed: &str, document: &Document, offset: u32) -> bool {
    let before = document.rope().get_byte_slice(offset.saturating_sub(2) as usize..offset as usize);
    let is = |text: &str| before.is_some_and(|before| before == *text);
    match typed {
        "{" => is("${") || is("%{"),
        "[" => before.is_some_and(|before| before.chars().next().is_some_and(may_be_indexed)),
        ":" => is("::"),
        _ => true,
    }
}

/// Whether what ends with that character may have a key in brackets behind it.
fn may_be_indexed(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '-' | ']' | ')')
}

/// Adds the documentation, which the list leaves out where it is long.
pub(crate) async fn resolve(session: &Session, mut item: CompletionItem) -> Result<CompletionItem> {
    let data = item.data.clone().and_then(|data| serde_json::from_value::<Data>(data).ok());
    let Some(Data { uri, topic }) = data else { return Ok(item) };
    let Some((view, file)) = session.view(&uri) else { return Ok(item) };
    let markdown = view.client.markdown.completion;
    let text = session.compute(move |_| ide::document(&view.snapshot, &file, &topic.into())).await?;
    item.documentation = text.map(|text| to_proto::documentation(markdown, text)).or(item.documentation);
    Ok(item)
}

/// What a proposal carries to be found again.
#[derive(Serialize, Deserialize)]
struct Data {
    uri: Url,
    topic: DataTopic,
}

/// [`Topic`] in JSON.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum DataTopic {
    Function(SmolStr),
    Schema { provider: SmolStr, mode: Option<Mode>, kind: Option<SmolStr>, path: Vec<SmolStr> },
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Mode {
    Managed,
    Data,
    Ephemeral,
}

impl Data {
    fn to_json(&self) -> Option<serde_json::Value> {
        serde_json::to_value(self).ok()
    }
}

impl From<Topic> for DataTopic {
    fn from(topic: Topic) -> DataTopic {
        match topic {
            Topic::Function(name) => DataTopic::Function(name),
            Topic::Schema { provider, kind, path } => {
                let (mode, kind) = kind.unzip();
                let mode = mode.map(|mode| match mode {
                    ResourceMode::Managed => Mode::Managed,
                    ResourceMode::Data => Mode::Data,
                    ResourceMode::Ephemeral => Mode::Ephemeral,
                });
                DataTopic::Schema { provider, mode, kind, path }
            }
        }
    }
}

impl From<DataTopic> for Topic {
    fn from(topic: DataTopic) -> Topic {
        match topic {
            DataTopic::Function(name) => Topic::Function(name),
            DataTopic::Schema { provider, mode, kind, path } => {
                let mode = mode.map(|mode| match mode {
                    Mode::Managed => ResourceMode::Managed,
                    Mode::Data => ResourceMode::Data,
                    Mode::Ephemeral => ResourceMode::Ephemeral,
                });
                Topic::Schema { provider, kind: mode.zip(kind), path }
            }
        }
    }
}
