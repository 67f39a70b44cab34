//! A small language client over the real binary's pipes, with its own deadline on everything it waits for.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Long enough for a debug build on a busy machine; nothing here waits for it unless something is broken.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Client {
    child: Child,
    stdin: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// Notifications and requests of the server that nobody has asked for yet.
    seen: VecDeque<Value>,
    next_id: i64,
}

impl Client {
    /// Starts the server in `dir` and says nothing yet.
    pub(crate) fn start(dir: &Path) -> Client {
        let mut child = Command::new(env!("CARGO_BIN_EXE_runblock"))
            .arg("lsp")
            .current_dir(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read_message(&mut stdout) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Client { stdin: child.stdin.take(), child, messages, seen: VecDeque::new(), next_id: 0 }
    }

    /// Starts the server and initializes it with `params`, a client's own words.
    pub(crate) fn initialize(dir: &Path, params: Value) -> (Client, Value) {
        let mut client = Client::start(dir);
        let result = client.request("initialize", params);
        client.notify("initialized", json!({}));
        (client, result)
    }

    /// A client that can do everything, in `dir`.
    pub(crate) fn open(dir: &Path) -> Client {
        Client::initialize(dir, full_client(dir)).0
    }

    pub(crate) fn send_raw(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(bytes).unwrap();
        stdin.flush().unwrap();
    }

    pub(crate) fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Sends a request and returns its id without waiting.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// The whole response to the request `id`, answering the server's own requests meanwhile.
    pub(crate) fn response(&mut self, id: i64) -> Value {
        self.wait_for(&format!("the response to request {id}"), |message| {
            message.get("method").is_none() && message["id"] == json!(id)
        })
    }

    /// The result of a request that must succeed.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        let mut response = self.response(id);
        assert!(response.get("error").is_none(), "{method}: {response}");
        response["result"].take()
    }

    /// The error of a request that must fail.
    pub(crate) fn request_error(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        let mut response = self.response(id);
        assert!(response.get("error").is_some(), "{method}: {response}");
        response["error"].take()
    }

    /// The next notification `method`, whose parameters satisfy `wanted`.
    pub(crate) fn notification(&mut self, method: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        self.wait_for(method, |message| message["method"] == method && wanted(&message["params"]))["params"]
            .take()
    }

    /// The next message that satisfies `wanted`, among those seen before and those to come.
    pub(crate) fn wait_for(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(index) = self.seen.iter().position(&wanted) {
            return self.seen.remove(index).unwrap();
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            let message = match self.messages.recv_timeout(deadline - Instant::now()) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) => panic!("no {what}; seen: {:#?}", self.seen),
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("the server ended; no {what}: {:#?}", self.seen)
                }
            };
            self.answer(&message);
            if wanted(&message) {
                return message;
            }
            self.seen.push_back(message);
        }
    }

    /// Whether no message that satisfies `unwanted` is seen or comes within `time`.
    pub(crate) fn silent(&mut self, time: Duration, unwanted: impl Fn(&Value) -> bool) -> bool {
        let deadline = Instant::now() + time;
        while let Some(rest) = deadline.checked_duration_since(Instant::now()) {
            if let Ok(message) = self.messages.recv_timeout(rest) {
                self.answer(&message);
                self.seen.push_back(message);
            }
        }
        !self.seen.iter().any(unwanted)
    }

    /// Drops what has been received so far.
    pub(crate) fn forget(&mut self) {
        while let Ok(message) = self.messages.try_recv() {
            self.answer(&message);
        }
        self.seen.clear();
    }

    /// Says yes to whatever the server asks of the client.
    fn answer(&mut self, message: &Value) {
        if message.get("method").is_some() && message.get("id").is_some() {
            self.send(&json!({"jsonrpc": "2.0", "id": message["id"], "result": null}));
        }
    }

    pub(crate) fn did_open(&mut self, path: &Path, text: &str) {
        self.notify(
            "textDocument/didOpen",
            json!({"textDocument": {"uri": uri(path), "languageId": "terraform-test", "version": 1, "text": text}}),
        );
    }

    /// Replaces the whole text.
    pub(crate) fn did_change(&mut self, path: &Path, version: i32, text: &str) {
        self.notify(
            "textDocument/didChange",
            json!({"textDocument": {"uri": uri(path), "version": version}, "contentChanges": [{"text": text}]}),
        );
    }

    /// The diagnostics of `path` once they satisfy `wanted`.
    pub(crate) fn diagnostics(&mut self, path: &Path, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let uri = uri(path);
        let mut params = self.notification("textDocument/publishDiagnostics", |params| {
            params["uri"] == uri && wanted(params["diagnostics"].as_array().unwrap())
        });
        match params["diagnostics"].take() {
            Value::Array(list) => list,
            other => panic!("{other}"),
        }
    }

    /// Says `shutdown` and `exit` and gives the exit code.
    pub(crate) fn leave(mut self) -> Option<i32> {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.exit_code()
    }

    pub(crate) fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Waits for the process to end by itself.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        let deadline = Instant::now() + Duration::from_secs(20);
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the server is still there");
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_message(stdout: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if stdout.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().ok(),
            _ if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length?];
    stdout.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

pub(crate) fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// The parameters of a client with every capability that the server reads.
pub(crate) fn full_client(dir: &Path) -> Value {
    json!({
        "processId": null,
        "rootUri": uri(dir),
        "workspaceFolders": [{"uri": uri(dir), "name": "workspace"}],
        "capabilities": {
            "general": {"positionEncodings": ["utf-16"]},
            "textDocument": {
                "codeAction": {
                    "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor", "source"]}},
                    "dataSupport": true,
                    "disabledSupport": true,
                    "isPreferredSupport": true,
                    "resolveSupport": {"properties": ["edit"]},
                },
                "completion": {"completionItem": {"snippetSupport": true, "documentationFormat": ["markdown"]}},
                "definition": {"linkSupport": false},
                "documentSymbol": {"hierarchicalDocumentSymbolSupport": true},
                "foldingRange": {"lineFoldingOnly": true},
                "hover": {"contentFormat": ["markdown", "plaintext"]},
                "publishDiagnostics": {"relatedInformation": true, "versionSupport": true, "codeDescriptionSupport": true, "tagSupport": {"valueSet": [1, 2]}},
                "rename": {"prepareSupport": true},
                "signatureHelp": {"signatureInformation": {"documentationFormat": ["markdown"]}},
                "typeDefinition": {"linkSupport": true},
            },
            "workspace": {
                "codeLens": {"refreshSupport": true},
                "didChangeWatchedFiles": {"dynamicRegistration": true},
                "inlayHint": {"refreshSupport": true},
                "workspaceEdit": {"documentChanges": true, "resourceOperations": ["create", "rename", "delete"]},
                "workspaceFolders": true,
            },
            "window": {"workDoneProgress": true},
        },
    })
}

/// A directory of its own for one test, removed at the end.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
}

impl Workspace {
    pub(crate) fn new(name: &str, files: &[(&str, &str)]) -> Workspace {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let unique = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let root = std::env::temp_dir().join(format!("runblock-lsp-{unique}-{name}"));
        let _ = std::fs::remove_dir_all(&root);
        for (path, text) in files {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        std::fs::create_dir_all(&root).unwrap();
        Workspace { root: root.canonicalize().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

/// The position of the first `needle` in `text`, plus `add` characters; for ASCII texts.
pub(crate) fn position(text: &str, needle: &str, add: usize) -> Value {
    let offset = text.find(needle).unwrap_or_else(|| panic!("no {needle:?}")) + add;
    let before = &text[..offset];
    let line = before.matches('\n').count();
    let character = offset - before.rfind('\n').map_or(0, |newline| newline + 1);
    json!({"line": line, "character": character})
}
