//! Answers that are as long as their document, as JSON that was written once.
//!
//! The protocol's library makes a tree of each answer and writes that; for a list of everything in a long file it takes
//! several times as long as the rest, and as much memory as twenty such texts. So these requests are known to the library
//! by another name, under which a text is their answer, and the transport puts the text in its place.

use serde::{Serialize, Serializer};
use serde_json::Value;
use tower_lsp::jsonrpc::{Request, Response};

/// An answer's JSON.
#[derive(Debug)]
pub(crate) struct Written(String);

/// The requests that are answered so, with the names under which they are handled.
pub(crate) const CODE_LENS: &str = "written textDocument/codeLens";
pub(crate) const DOCUMENT_SYMBOL: &str = "written textDocument/documentSymbol";
pub(crate) const FOLDING_RANGE: &str = "written textDocument/foldingRange";
pub(crate) const SEMANTIC_TOKENS_FULL: &str = "written textDocument/semanticTokens/full";
const ALL: [&str; 4] = [CODE_LENS, DOCUMENT_SYMBOL, FOLDING_RANGE, SEMANTIC_TOKENS_FULL];

impl Written {
    /// What an answer looks like that there is none of.
    pub(crate) fn nothing() -> Written {
        Written("null".to_owned())
    }

    pub(crate) fn of(answer: &impl Serialize) -> Written {
        // Texts, numbers and lists of them can always be written.
        serde_json::to_string(answer).map_or_else(|_| Written::nothing(), Written)
    }
}

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// The request under the name that it is handled by, and whether that is another one than the client's.
pub(crate) fn handled(request: Request) -> (Request, bool) {
    let name = request.method();
    let is_it = |handled: &&&str| handled.strip_prefix("written ").is_some_and(|own| own == name);
    let Some(name) = ALL.iter().find(is_it) else { return (request, false) };
    let (_, id, params) = request.into_parts();
    let mut handled = Request::build(*name);
    if let Some(params) = params {
        handled = handled.params(params);
    }
    if let Some(id) = id {
        handled = handled.id(id);
    }
    (handled.finish(), true)
}

/// The message that answers a request which was handled under another name.
pub(crate) fn message(response: Response) -> serde_json::Result<Vec<u8>> {
    match response.into_parts() {
        (id, Ok(Value::String(text))) => {
            let id = serde_json::to_string(&id)?;
            Ok([r#"{"jsonrpc":"2.0","result":"#, &text, r#","id":"#, &id, "}"].concat().into_bytes())
        }
        (id, answer) => serde_json::to_vec(&Response::from_parts(id, answer)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tower_lsp::jsonrpc::{Error, Id};

    use super::*;

    #[test]
    fn the_text_is_the_answer() {
        let request = Request::build("textDocument/codeLens").params(json!({"a": 1})).id("x").finish();
        let (request, is_written) = handled(request);
        assert_eq!((request.method(), request.id(), is_written), (CODE_LENS, Some(&Id::from("x")), true));
        assert_eq!(request.params(), Some(&json!({"a": 1})));
        let (request, is_written) = handled(Request::build("textDocument/hover").id(1).finish());
        assert_eq!((request.method(), is_written), ("textDocument/hover", false));
        let read = |response| serde_json::from_slice::<Value>(&message(response).unwrap()).unwrap();
        let written = serde_json::to_value(Written::of(&json!([{"a": "\"é"}]))).unwrap();
        let answer = json!({"jsonrpc": "2.0", "id": "x", "result": [{"a": "\"é"}]});
        assert_eq!(read(Response::from_ok(Id::from("x"), written)), answer);
        let nothing = serde_json::to_value(Written::nothing()).unwrap();
        assert_eq!(read(Response::from_ok(7.into(), nothing))["result"], Value::Null);
        let error = read(Response::from_error(7.into(), Error::invalid_request()));
        assert_eq!((&error["error"]["code"], &error["id"]), (&json!(-32600), &json!(7)));
    }
}
