//! `runblock console`: expressions in, values out.

use std::io::BufRead;
use std::path::PathBuf;
use std::sync::Arc;

use config::DiskFiles;
use lang::render;
use serde::Serialize;
use suite::{Answer, Console, ConsoleModule, ConsoleRequest, Host, OsHost, Request};
use syntax::{Diagnostic, FileName};

use super::prompt::{Prompt, Typed};
use super::{FileSources, providers, request, variables};
use crate::args::ConsoleArgs;
use crate::diagnostics::{
    Explain, JsonDiagnostic, Source, Sources, Style, consolidated, render as render_text, sorted,
};
use crate::report::Streams;
use crate::{Environment, FAILURE, MISUSE, SUCCESS};

/// More than this is no line that anybody wrote, and would have to be held in memory.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;

/// Evaluates what `stdin` holds in the module in `directory`.
pub(crate) fn console(
    args: &ConsoleArgs,
    directory: PathBuf,
    env: &Environment,
    stdin: &mut dyn BufRead,
    streams: Streams<'_>,
) -> i32 {
    let files = DiskFiles::new(&directory);
    let host = OsHost::new(directory.clone(), env.var("HOME").map(str::to_owned)).started_in(&env.cwd);
    let sources = FileSources::new(&files);
    let style = Style::new(env.colour() && !args.no_color && !args.json, env.width());
    let mut output = Output { streams, sources: &sources, style, json: args.json };

    let (variables, mut problems) = variables(&args.variables);
    let (providers, of_schemas) = providers(&files, &directory, &args.schemas, env);
    problems.extend(of_schemas);
    if problems.iter().any(Diagnostic::is_error) {
        output.of_module(&problems);
        return FAILURE;
    }
    let request = Request { variables, ..request(&files, None, args.dialect, providers, env) };
    let wanted = ConsoleRequest { request: &request, plan: args.plan, state: args.state.as_deref() };
    let (module, of_module) = ConsoleModule::load(&wanted, &files, host.files());
    let mut found = problems;
    found.extend(of_module);
    let opened = module.as_ref().map(|module| module.open(&files, &host, &env.cancel));
    let console = opened.and_then(|(console, more)| {
        found.extend(more);
        console
    });
    output.of_module(&found);
    let Some(console) = console else { return FAILURE };
    if !found.is_empty() {
        output.of_module(&[Diagnostic::warning(UNRELIABLE, "")]);
    }
    if env.stdin_is_terminal && !args.json {
        let prompt = Prompt::new(env.edits_lines, completions(&console), stdin);
        talk(&console, prompt, &mut output)
    } else if args.json || args.each {
        every_line(&console, stdin, &mut output)
    } else {
        last_line(&console, stdin, &mut output)
    }
}

/// Terraform's warning after all others.
const UNRELIABLE: &str = "Due to the problems above, some expressions may produce unexpected results.";

/// As Terraform does: the value of the last line is printed, and the first error ends everything.
fn last_line(console: &Console<'_>, stdin: &mut dyn BufRead, output: &mut Output<'_, '_>) -> i32 {
    let mut last = Answer::Nothing;
    let mut line = Vec::new();
    loop {
        match next_line(stdin, &mut line) {
            Ok(true) => {}
            Ok(false) => break,
            Err(message) => return output.broken(&message),
        }
        match console.line(&line) {
            Answer::Exit => return SUCCESS,
            Answer::Errors(found) => {
                output.diagnostics(&found);
                return FAILURE;
            }
            answer => last = answer,
        }
    }
    output.text(&text(&last));
    SUCCESS
}

/// Talks with a person: a prompt for each expression, which goes on over further lines while a bracket or a heredoc is
/// open; an empty line sends it off as it is. Errors end nothing.
fn talk(console: &Console<'_>, mut prompt: Prompt<'_>, output: &mut Output<'_, '_>) -> i32 {
    let mut typed = Vec::new();
    loop {
        let words = if typed.is_empty() { "> " } else { ": " };
        let line = match prompt.ask(words, &mut output.streams) {
            Ok(Typed::Line(line)) => line,
            Ok(Typed::Abandoned) => {
                typed.clear();
                continue;
            }
            Ok(Typed::Done) => return SUCCESS,
            Err(message) => return output.broken(&message),
        };
        let empty = line.iter().all(u8::is_ascii_whitespace);
        typed.extend_from_slice(&line);
        if !empty && console.is_open(&typed) {
            continue;
        }
        let answer = console.line(&typed);
        typed.clear();
        match answer {
            Answer::Exit => return SUCCESS,
            Answer::Nothing => {}
            answer => output.answer(&answer),
        }
    }
}

/// What the prompt completes: the module's names, and the functions with the parenthesis that follows them.
fn completions(console: &Console<'_>) -> Vec<String> {
    let functions = lang::functions::all().map(|function| format!("{}(", function.name));
    console.names().into_iter().chain(functions).collect()
}

/// Answers every line as it comes.
fn every_line(console: &Console<'_>, stdin: &mut dyn BufRead, output: &mut Output<'_, '_>) -> i32 {
    let mut code = SUCCESS;
    let mut line = Vec::new();
    for number in 1.. {
        match next_line(stdin, &mut line) {
            Ok(true) => {}
            Ok(false) => break,
            Err(message) => return output.broken(&message),
        }
        let answer = console.line(&line);
        if answer == Answer::Exit {
            break;
        }
        if matches!(answer, Answer::Errors(_)) {
            code = FAILURE;
        }
        if output.json { output.object(number, &line, &answer) } else { output.answer(&answer) }
    }
    code
}

/// Reads the next line into `line`, without its end. False at the end of the input.
pub(super) fn next_line(stdin: &mut dyn BufRead, line: &mut Vec<u8>) -> Result<bool, String> {
    line.clear();
    let mut limited = std::io::Read::take(stdin, LONGEST_LINE);
    let read = limited
        .read_until(b'\n', line)
        .map_err(|error| format!("Standard input cannot be read: {error}."))?;
    if read as u64 >= LONGEST_LINE && line.last() != Some(&b'\n') {
        return Err(format!("A line of the input is longer than {LONGEST_LINE} bytes."));
    }
    Ok(read > 0)
}

/// What an answer is in words; nothing for errors.
fn text(answer: &Answer) -> String {
    match answer {
        Answer::Value(value) => render::console(value),
        Answer::Help => HELP.to_owned(),
        Answer::Nothing | Answer::Exit | Answer::Errors(_) => String::new(),
    }
}

const HELP: &str = "\
Type an expression and press Enter to see its value: names such as var.a, local.b, module.c and
terraform_data.d mean what they mean in the root module, and type(x) tells the type of x.

What only applying would tell is (known after apply); what the state file tells is known.
exit, Control-C or Control-D end the console.";

/// Where answers go, in the form that is wanted.
struct Output<'w, 'a> {
    streams: Streams<'w>,
    sources: &'a dyn Sources,
    style: Style,
    json: bool,
}

/// One answer as JSON.
#[derive(Serialize)]
struct Object {
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    ty: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    diagnostics: Vec<JsonDiagnostic>,
}

impl Output<'_, '_> {
    /// What is wrong around the expressions.
    fn of_module(&mut self, found: &[Diagnostic]) {
        if !self.json {
            return self.diagnostics(found);
        }
        let found = consolidated(sorted(found));
        let diagnostics: Vec<_> =
            found.iter().map(|one| JsonDiagnostic::new(one, self.sources, Explain::default())).collect();
        if !diagnostics.is_empty() {
            self.write(&Object { line: None, value: None, ty: None, diagnostics });
        }
    }

    fn answer(&mut self, answer: &Answer) {
        match answer {
            Answer::Errors(found) => self.diagnostics(found),
            answer => self.text(&text(answer)),
        }
    }

    fn object(&mut self, number: u64, line: &[u8], answer: &Answer) {
        let mut object = Object { line: Some(number), value: None, ty: None, diagnostics: Vec::new() };
        match answer {
            Answer::Errors(found) => {
                let input = String::from_utf8_lossy(line);
                let sources = Input { text: input.trim(), others: self.sources };
                let found = consolidated(sorted(found));
                object.diagnostics =
                    found.iter().map(|one| JsonDiagnostic::new(one, &sources, Explain::default())).collect();
            }
            Answer::Value(value) => {
                object.ty = Some(render::type_text(&value.ty()));
                object.value = Some(render::console(value));
            }
            Answer::Help => object.value = Some(text(answer)),
            Answer::Nothing | Answer::Exit => {}
        }
        self.write(&object);
    }

    fn write(&mut self, object: &Object) {
        // Texts, numbers and lists always serialize.
        let text = serde_json::to_string(object).unwrap_or_default();
        self.text(&text);
    }

    fn text(&mut self, text: &str) {
        self.streams.out(&format!("{text}\n"));
    }

    /// Unlike in a test, each diagnostic has room after it.
    fn diagnostics(&mut self, found: &[Diagnostic]) {
        for diagnostic in consolidated(sorted(found)) {
            let text = render_text(&diagnostic, self.sources, self.style) + "\n";
            if diagnostic.is_error() { self.streams.err(&text) } else { self.streams.out(&text) }
        }
    }

    fn broken(&mut self, message: &str) -> i32 {
        self.streams.err(&format!("Error: {message}\n"));
        MISUSE
    }
}

/// The line that was typed, as a source; a person has it before their eyes, a program wants its places.
struct Input<'a> {
    text: &'a str,
    others: &'a dyn Sources,
}

impl Sources for Input<'_> {
    fn source(&self, file: &FileName) -> Option<Arc<Source>> {
        match file.as_str() == suite::CONSOLE_INPUT {
            true => Some(Arc::new(Source::new(file, self.text.into()))),
            false => self.others.source(file),
        }
    }
}
