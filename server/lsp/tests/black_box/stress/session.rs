//! One session in one project: what a hurried user does to it, and everything that an editor asks meanwhile.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use syntax::{Document, FileName, Span};

use crate::client::{Client, Workspace, full_client, uri};
use crate::navigation::METHODS;
use crate::stress::answers::{Texts, check_edits, check_places, offset, result};
use crate::stress::projects;
use crate::stress::typing::{PIECES, Random, edit, place};

const ROUNDS: usize = 40;
/// A longer text is put back to what it was.
const LONGEST: u32 = 60_000;
/// For all answers of a round, of which each may compute for a while in a build without optimization.
const PATIENCE: Duration = Duration::from_secs(45);
/// What is asked besides [`METHODS`]; each only if the server says that it has an answer.
const MORE: &[(&str, &str)] = &[
    ("textDocument/formatting", "documentFormattingProvider"),
    ("textDocument/rangeFormatting", "documentRangeFormattingProvider"),
    ("textDocument/onTypeFormatting", "documentOnTypeFormattingProvider"),
    ("textDocument/codeAction", "codeActionProvider"),
    ("textDocument/diagnostic", "diagnosticProvider"),
];

struct Session<'w> {
    client: Client,
    server: Value,
    random: Random,
    workspace: &'w Workspace,
    names: Vec<String>,
    texts: Texts,
    versions: std::collections::BTreeMap<String, i32>,
    runs: bool,
    asked: u64,
}

/// Works in one of the projects and gives the number of requests.
pub(crate) fn run(projects: &[std::path::PathBuf], seed: u64) -> u64 {
    println!("seed {seed}");
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let (workspace, names, runs) = projects::copy(projects, &mut random);
    let mut params = full_client(&workspace.root);
    let kinds = json!({"codeActionKind": {"valueSet": ["quickfix", "refactor", "source"]}});
    params["capabilities"]["textDocument"]["codeAction"] = json!({"codeActionLiteralSupport": kinds, "resolveSupport": {"properties": ["edit"]}, "dataSupport": true});
    params["capabilities"]["experimental"] = json!({"testingApi": random.once_in(2)});
    let (client, server) = Client::initialize(&workspace.root, params);
    let mut session = Session {
        client,
        server,
        random,
        workspace: &workspace,
        names,
        texts: Texts::new(),
        versions: Default::default(),
        runs,
        asked: 0,
    };
    for _ in 0..4 {
        session.open_something();
    }
    for _ in 0..ROUNDS {
        session.round();
    }
    let Session { client, asked, .. } = session;
    assert_eq!(client.leave(), Some(0));
    asked
}

impl Session<'_> {
    fn round(&mut self) {
        match self.random.below(14) {
            0 => self.open_something(),
            1 => self.close_something(),
            2 | 3 => self.change_the_disk(),
            4 => self.reopen(),
            5 => self.run_and_perhaps_cancel(),
            _ => {}
        }
        for _ in 0..=self.random.below(12) {
            self.type_somewhere();
        }
        let began = Instant::now();
        self.ask_everything();
        assert!(began.elapsed() < PATIENCE, "a round took {:?}", began.elapsed());
        self.client.forget();
    }

    fn some_open(&mut self) -> Option<String> {
        let open: Vec<&String> = self.texts.keys().collect();
        self.random.of(&open).map(|uri| (*uri).clone())
    }

    fn open_something(&mut self) {
        let name = self.random.of(&self.names).unwrap().clone();
        let path = self.workspace.path(&name);
        // As another client would spell it, now and then.
        let uri = if self.random.once_in(5) { uri(&path).replace("/e", "/%65") } else { uri(&path) };
        if self.texts.keys().any(|open| open.replace("%65", "e") == uri.replace("%65", "e")) {
            return;
        }
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        self.open(uri, &name, &text);
    }

    fn open(&mut self, uri: String, name: &str, text: &str) {
        let version = self.versions.entry(uri.clone()).or_insert(0);
        *version += 1;
        let item = json!({"uri": uri, "languageId": "hcl", "version": version, "text": text});
        self.client.notify("textDocument/didOpen", json!({"textDocument": item}));
        self.texts.insert(uri, Document::new(FileName::new(name), text));
    }

    fn close_something(&mut self) {
        if self.texts.len() < 3 {
            return;
        }
        let Some(uri) = self.some_open() else { return };
        self.texts.remove(&uri);
        self.client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    }

    /// What the server makes of the text after all the edits is what it makes of it when it is new.
    fn reopen(&mut self) {
        let Some(uri) = self.some_open() else { return };
        let look = |session: &mut Self| {
            let params = json!({"textDocument": {"uri": uri}});
            ["semanticTokens/full", "documentSymbol", "foldingRange"].map(|method| {
                let method = format!("textDocument/{method}");
                let id = session.client.ask(&method, params.clone());
                let mut answer = result(&method, &session.client.response(id)).unwrap_or_default();
                if let Some(fields) = answer.as_object_mut() {
                    fields.remove("resultId");
                }
                answer
            })
        };
        let edited = look(self);
        let document = self.texts.remove(&uri).unwrap();
        self.client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
        self.open(uri.clone(), document.file().as_str(), &document.text());
        assert_eq!(edited, look(self), "{uri}: {:?}", document.text());
    }

    fn type_somewhere(&mut self) {
        let Some(uri) = self.some_open() else { return };
        let version = self.versions.get_mut(&uri).unwrap();
        *version += 1;
        let document = self.texts.get_mut(&uri).unwrap();
        let change = if document.len() > LONGEST || self.random.once_in(60) {
            let path = self.workspace.path(document.file().as_str());
            let text = std::fs::read_to_string(path).unwrap_or_default();
            *document = Document::new(document.file().clone(), &text);
            json!({"text": text})
        } else {
            edit(&mut self.random, document)
        };
        let params = json!({"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]});
        self.client.notify("textDocument/didChange", params);
    }

    /// Another program writes, tears, moves or removes a file; the client may have seen it.
    fn change_the_disk(&mut self) {
        let name = self.random.of(&self.names).unwrap().clone();
        let path = self.workspace.path(&name);
        match self.random.below(6) {
            0 => drop(std::fs::remove_file(&path)),
            1 => drop(std::fs::rename(&path, self.workspace.path("moved.tf"))),
            2 => {
                let _ = std::fs::remove_file(&path);
                let _ = std::fs::create_dir_all(&path);
            }
            3 => drop(std::fs::write(&path, b"\xff\xfe run \"x\" {")),
            4 => {
                let _ = std::fs::remove_dir_all(&path);
                let _ = std::fs::write(&path, "output \"new\" {\n  value = 1\n}\nrun \"new\" {\n}\n");
            }
            _ => {
                let text = std::fs::read(&path).unwrap_or_default();
                let half = self.random.below(text.len() + 1);
                let _ = std::fs::write(&path, text.get(..half).unwrap_or_default());
            }
        }
        if !self.random.once_in(3) {
            let changes = json!({"changes": [{"uri": uri(&path), "type": 1 + self.random.below(3)}]});
            self.client.notify("workspace/didChangeWatchedFiles", changes);
        }
    }

    fn run_and_perhaps_cancel(&mut self) {
        let Some(uri) = self.some_open().filter(|_| self.runs) else { return };
        let arguments = json!([{"uri": uri}]);
        let params = json!({"command": "runblock.run", "arguments": arguments, "workDoneToken": "stress"});
        let id = self.client.ask("workspace/executeCommand", params);
        self.asked += 1;
        for _ in 0..self.random.below(4) {
            self.type_somewhere();
        }
        match self.random.below(3) {
            0 => self.client.notify("$/cancelRequest", json!({"id": id})),
            1 => self.client.notify("window/workDoneProgress/cancel", json!({"token": "stress"})),
            _ => {}
        }
        let _ = result("runblock.run", &self.client.response(id));
    }

    /// Every request about a place in a document; now and then with another edit before the answers, and some taken back.
    fn ask_everything(&mut self) {
        let Some(uri) = self.some_open() else { return };
        let document = &self.texts[&uri];
        let mut anywhere = || place(document, self.random.below(document.len() as usize + 1) as u32);
        let (one, other) = (anywhere(), anywhere());
        // Not by offsets: two places within the end of one line have the same.
        let order = |at: &Value| (at["line"].as_u64(), at["character"].as_u64());
        let (start, end) = if order(&one) <= order(&other) { (&one, &other) } else { (&other, &one) };
        let name = ["x", "first", "", "a b", "name", "é"][self.random.below(6)];
        let params = json!({
            "textDocument": {"uri": uri}, "position": one, "positions": [one, other],
            "range": {"start": start, "end": end}, "newName": name, "previousResultId": "7",
            "context": {"includeDeclaration": true, "triggerKind": 1, "isRetrigger": false, "diagnostics": []},
            "query": name, "ch": "}", "options": {"tabSize": 2, "insertSpaces": true},
        });
        let more = MORE.iter().filter(|(_, provider)| self.server["capabilities"].get(provider).is_some());
        let methods: Vec<&str> = METHODS.iter().copied().chain(more.map(|(method, _)| *method)).collect();
        let mut ids = Vec::new();
        for method in methods {
            ids.push((method, self.client.ask(method, params.clone())));
            if self.random.once_in(40) {
                let (_, id) = *self.random.of(&ids).unwrap();
                self.client.notify("$/cancelRequest", json!({"id": id}));
            }
        }
        self.asked += ids.len() as u64;
        let mut answers = Vec::new();
        for (method, id) in ids {
            let response = self.client.response(id);
            let what = format!("{method} of {uri} at {one}");
            let Some(answer) = result(&what, &response) else { continue };
            if !method.starts_with("textDocument/semanticTokens") {
                check_places(&what, &answer, &uri, &self.texts);
            }
            if method.ends_with("ormatting") {
                check_edits(&what, &answer, &uri, &self.texts);
            }
            answers.push((method, answer));
        }
        // One of them is taken: the others were about the text before it.
        let Some((method, answer)) = self.random.of(&answers).cloned() else { return };
        match method {
            _ if method.ends_with("ormatting") => self.apply(&uri, &answer),
            "textDocument/completion" => self.take_a_proposal(&uri, answer),
            "textDocument/codeAction" => self.take_an_action(&answer),
            "textDocument/rename" => self.apply_everywhere(&answer),
            _ => {}
        }
    }

    fn take_a_proposal(&mut self, uri: &str, answer: Value) {
        let items = if answer.is_object() { answer["items"].clone() } else { answer };
        let Some(mut item) = self.random.of(items.as_array().map_or(&[][..], Vec::as_slice)).cloned() else {
            return;
        };
        if self.server["capabilities"]["completionProvider"]["resolveProvider"] == true {
            let id = self.client.ask("completionItem/resolve", item.clone());
            self.asked += 1;
            item = result("completionItem/resolve", &self.client.response(id)).unwrap_or(item);
        }
        let mut edits = vec![item["textEdit"].clone()];
        edits.retain(Value::is_object);
        edits.extend(item["additionalTextEdits"].as_array().cloned().unwrap_or_default());
        let edits = Value::Array(edits);
        check_edits("completionItem/resolve", &edits, uri, &self.texts);
        self.apply(uri, &edits);
    }

    fn take_an_action(&mut self, answer: &Value) {
        let actions = answer.as_array().map_or(&[][..], Vec::as_slice);
        let Some(mut action) = self.random.of(actions).cloned() else { return };
        let resolves = self.server["capabilities"]["codeActionProvider"]["resolveProvider"] == true;
        if action.get("edit").is_none() && resolves {
            let id = self.client.ask("codeAction/resolve", action.clone());
            self.asked += 1;
            action = result("codeAction/resolve", &self.client.response(id)).unwrap_or(action);
            check_places("codeAction/resolve", &action, "", &self.texts);
        }
        self.apply_everywhere(&action["edit"]);
    }

    fn apply_everywhere(&mut self, edit: &Value) {
        for change in edit["documentChanges"].as_array().cloned().unwrap_or_default() {
            let Some(uri) = change["textDocument"]["uri"].as_str() else { continue };
            self.apply(uri, &change["edits"]);
        }
    }

    /// Makes edits of the server's in our text and tells it so, from the last to the first, as editors do.
    fn apply(&mut self, uri: &str, edits: &Value) {
        let Some(document) = self.texts.get_mut(uri) else { return };
        let mut edits: Vec<Value> = edits.as_array().cloned().unwrap_or_default();
        edits.sort_by_key(|it| std::cmp::Reverse(offset(document, &it["range"]["start"])));
        let mut changes = Vec::new();
        for edit in edits {
            let start = offset(document, &edit["range"]["start"]);
            let end = offset(document, &edit["range"]["end"]).max(start);
            let text = edit["newText"].as_str().unwrap_or(PIECES[0]);
            document.edit(Span::new(start, end), text);
            changes.push(json!({"range": edit["range"], "text": text}));
        }
        if changes.is_empty() {
            return;
        }
        let version = self.versions.get_mut(uri).unwrap();
        *version += 1;
        let params = json!({"textDocument": {"uri": uri, "version": version}, "contentChanges": changes});
        self.client.notify("textDocument/didChange", params);
    }
}
