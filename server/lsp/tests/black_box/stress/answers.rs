//! What must hold of any answer: it is one, its places are in the text, its edits can be made.

use std::collections::BTreeMap;

use serde_json::Value;
use syntax::{Document, Encoding, Position};

/// The texts that the client has open, by address.
pub(crate) type Texts = BTreeMap<String, Document>;

/// Refused with a reason, cancelled, overtaken by a newer text, or about a file that is gone.
const FINE: [i64; 4] = [-32803, -32800, -32801, -32602];

/// The result, unless the request was turned down in a way that is allowed.
pub(crate) fn result(what: &str, response: &Value) -> Option<Value> {
    match response.get("error") {
        Some(error) => {
            let code = error["code"].as_i64().unwrap();
            assert!(FINE.contains(&code), "{what}: {response}");
            None
        }
        None => response.get("result").cloned(),
    }
}

/// Every range of an answer that is about `uri` lies in its text and is no way round; of other addresses, in theirs.
pub(crate) fn check_places(what: &str, answer: &Value, uri: &str, texts: &Texts) {
    match answer {
        Value::Array(list) => list.iter().for_each(|it| check_places(what, it, uri, texts)),
        Value::Object(fields) => {
            let named = ["uri", "targetUri"].iter().find_map(|name| fields.get(*name)?.as_str());
            let of_edit = fields.get("textDocument").and_then(|it| it["uri"].as_str());
            let uri = named.or(of_edit).unwrap_or(uri);
            for (name, value) in fields {
                match name.as_str() {
                    // Where the text that leads to the place stands: in the document that was asked about.
                    "originSelectionRange" => {}
                    "changes" => {
                        for (uri, edits) in value.as_object().into_iter().flatten() {
                            check_edits(what, edits, uri, texts);
                        }
                    }
                    "edits" if of_edit.is_some() => check_edits(what, value, uri, texts),
                    _ if value.get("start").is_some_and(Value::is_object) => {
                        check_range(what, value, uri, texts);
                    }
                    _ => check_places(what, value, uri, texts),
                }
            }
        }
        _ => {}
    }
}

/// Edits lie in the text and do not overlap.
pub(crate) fn check_edits(what: &str, edits: &Value, uri: &str, texts: &Texts) {
    let Some(text) = texts.get(uri) else { return };
    let mut spans = Vec::new();
    for edit in edits.as_array().into_iter().flatten() {
        check_range(what, &edit["range"], uri, texts);
        assert!(edit["newText"].is_string(), "{what}: {edit}");
        spans.push((offset(text, &edit["range"]["start"]), offset(text, &edit["range"]["end"])));
    }
    spans.sort_unstable();
    assert!(spans.is_sorted_by(|a, b| a.1 <= b.0), "{what}: edits of {uri} overlap: {edits}");
}

fn check_range(what: &str, range: &Value, uri: &str, texts: &Texts) {
    let Some(text) = texts.get(uri) else { return };
    let (start, end) = (position(&range["start"]), position(&range["end"]));
    // A place between the two characters of a line's end is read as the place before both.
    let known = |at: Position| {
        let read = text.position(text.offset(at, Encoding::Utf16), Encoding::Utf16);
        read == at || (read.line == at.line && read.character + 1 == at.character)
    };
    let whole = known(start) && known(end) && (start.line, start.character) <= (end.line, end.character);
    assert!(whole, "{what}: {range} is no range of {uri}:\n{:?}", text.text());
}

pub(crate) fn offset(text: &Document, at: &Value) -> u32 {
    text.offset(position(at), Encoding::Utf16)
}

fn position(at: &Value) -> Position {
    let number = |name: &str| u32::try_from(at[name].as_u64().unwrap()).unwrap();
    Position::new(number("line"), number("character"))
}
