//! A language client that measures: it talks to the whole program over its pipes and waits for what it asks for.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Longer than anything takes that is worth measuring.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running server.
pub struct Client {
    child: Child,
    stdin: ChildStdin,
    messages: Receiver<Received>,
    next_id: i64,
    /// When the last byte of what was waited for last had come.
    arrived: Instant,
}

/// A message that nobody has read yet.
struct Received {
    at: Instant,
    body: Vec<u8>,
}

/// What the server's process has used up.
#[derive(Clone, Copy)]
pub struct Used {
    /// Milliseconds of processor time. Not a number where it is unknown.
    pub cpu: f64,
    /// MiB that are resident now, and that were at most.
    pub resident: f64,
    pub peak: f64,
}

impl Client {
    /// Starts `program lsp` in `directory` and says hello with these initialization options.
    pub fn start(program: &Path, directory: &Path, options: &Value) -> io::Result<Client> {
        let mut child = Command::new(program)
            .arg("lsp")
            .current_dir(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let pipe = || io::Error::other("a pipe of the server is missing");
        let mut stdout = BufReader::new(child.stdout.take().ok_or_else(pipe)?);
        let stdin = child.stdin.take().ok_or_else(pipe)?;
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            while let Ok(message) = read(&mut stdout) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let mut client = Client { child, stdin, messages, next_id: 0, arrived: Instant::now() };
        let root = uri(directory);
        client.request(
            "initialize",
            json!({
                "processId": null,
                "rootUri": root,
                "workspaceFolders": [{ "uri": root, "name": "bench" }],
                "initializationOptions": options,
                "capabilities": {
                    "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } },
                    "textDocument": {
                        "publishDiagnostics": { "relatedInformation": true },
                        "completion": { "completionItem": { "snippetSupport": true } },
                        "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
                        "rename": { "prepareSupport": true },
                        "codeAction": {
                            "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [""] } },
                            "dataSupport": true,
                            "resolveSupport": { "properties": ["edit"] },
                        },
                    },
                },
            }),
        )?;
        client.notify("initialized", json!({}))?;
        Ok(client)
    }

    pub fn notify(&mut self, method: &str, params: Value) -> io::Result<()> {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    /// The result of a request.
    pub fn request(&mut self, method: &str, params: Value) -> io::Result<Value> {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
        let mut answer =
            self.wait(|message| message.get("method").is_none() && message["id"] == json!(id))?;
        match answer.get("error") {
            Some(error) => Err(io::Error::other(format!("{method}: {error}"))),
            None => Ok(answer["result"].take()),
        }
    }

    pub fn open(&mut self, path: &Path, text: &str) -> io::Result<()> {
        let document = json!({ "uri": uri(path), "languageId": "terraform", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }))
    }

    /// Replaces what lies between two characters of a line.
    pub fn change(
        &mut self,
        path: &Path,
        version: i32,
        line: usize,
        characters: (usize, usize),
        text: &str,
    ) -> io::Result<()> {
        let at = |character| json!({ "line": line, "character": character });
        let change = json!({ "range": { "start": at(characters.0), "end": at(characters.1) }, "text": text });
        let document = json!({ "uri": uri(path), "version": version });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [change] }))
    }

    /// The next list of a file's diagnostics that is about its version, or about any when there is none.
    pub fn diagnostics(&mut self, path: &Path, version: Option<i32>) -> io::Result<Value> {
        let uri = uri(path);
        let mut message = self.wait(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == json!(uri)
                && version.is_none_or(|version| message["params"]["version"] == json!(version))
        })?;
        Ok(message["params"]["diagnostics"].take())
    }

    /// How many milliseconds after `start` what was waited for had come. What reading it takes is not counted.
    pub fn waited(&self, start: Instant) -> f64 {
        self.arrived.saturating_duration_since(start).as_secs_f64() * 1e3
    }

    /// What the process has used so far, as far as the system tells.
    pub fn used(&self) -> Used {
        let read = |name: &str| std::fs::read_to_string(format!("/proc/{}/{name}", self.child.id()));
        let status = read("status").unwrap_or_default();
        let mebibytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kibibytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
            kibibytes.unwrap_or(f64::NAN) / 1024.0
        };
        let stat = read("stat").unwrap_or_default();
        // Behind the program's name, which may have blanks; the system counts in hundredths of a second.
        let ticks = stat.rsplit_once(')').map(|(_, rest)| {
            let numbers = rest.split_whitespace().skip(11).take(2);
            numbers.filter_map(|number| number.parse::<f64>().ok()).sum::<f64>()
        });
        Used {
            cpu: ticks.unwrap_or(f64::NAN) * 10.0,
            resident: mebibytes("VmRSS:"),
            peak: mebibytes("VmHWM:"),
        }
    }

    /// The next message that is wanted. Everything before it is dropped; what the server asks is granted.
    fn wait(&mut self, wanted: impl Fn(&Value) -> bool) -> io::Result<Value> {
        loop {
            let Received { at, body } = self.messages.recv_timeout(PATIENCE).map_err(io::Error::other)?;
            let message: Value = serde_json::from_slice(&body)?;
            if message.get("method").is_some()
                && let Some(id) = message.get("id")
            {
                self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": null }))?;
            } else if wanted(&message) {
                self.arrived = at;
                return Ok(message);
            }
        }
    }

    fn send(&mut self, message: &Value) -> io::Result<()> {
        let body = message.to_string();
        let framed = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.stdin.write_all(framed.as_bytes())?;
        self.stdin.flush()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file's address. Directories of benches have no characters that would have to be escaped.
pub fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

fn read(input: &mut impl BufRead) -> io::Result<Received> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end() {
            "" => break,
            header => {
                let value = header.strip_prefix("Content-Length: ").and_then(|it| it.parse().ok());
                length = value.unwrap_or(length);
            }
        }
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body)?;
    Ok(Received { at: Instant::now(), body })
}
