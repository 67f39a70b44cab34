//! Recorded expressions (`expressions.json`, `expressions_in_scope.json`), evaluated by the language alone.
//!
//! An expression is parsed where it was recorded, as the value of an attribute in a block, and evaluated in a scope
//! that knows the recorded names. What terraform says about names that a module would have to declare is not the
//! language's business: such a case answers [`Answer::NeedsModule`], and `runblock check` is asked instead.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use lang::functions::{FileError, FileReader, Function, Place};
use lang::{Dialect, Resolved, Scope, Traversal, Type, Value};
use serde::Deserialize;
use syntax::{Diagnostic, Diagnostics, FileName, HclPosition, LineIndex, Origin, Span};

use crate::{recorded, tool};

/// The dialect of the terraform that answered.
const RECORDED: Dialect = Dialect::terraform(11, 4);

const FILE: &str = "expression.tf";
const PREFIX: &str = "locals {\n  x = ";

/// What terraform said about one expression.
#[derive(Debug, Clone, Deserialize)]
pub struct Expression {
    pub group: String,
    pub expr: String,
    pub console: Option<String>,
    pub json: Option<String>,
    #[serde(rename = "type")]
    pub ty: Option<String>,
    pub error: Option<Problem>,
    #[serde(default)]
    pub more: Vec<Problem>,
}

/// An error, with its range counted from the first byte of the expression.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Problem {
    pub range: Option<Range>,
    pub summary: String,
    pub detail: String,
    #[serde(default)]
    pub values: Vec<Operand>,
    pub function_call: Option<Call>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Range {
    pub start: Position,
    pub end: Position,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Position {
    pub byte: i64,
    pub line: i64,
    pub column: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Operand {
    pub traversal: String,
    pub statement: String,
}

/// Only the name: the parameters are told by the table of functions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Call {
    pub called_as: String,
}

/// What the language says about an expression.
#[derive(Debug)]
pub enum Answer {
    Value(Value),
    Errors(Vec<Problem>),
    /// The expression uses a name that only a module can declare or reject.
    NeedsModule,
}

/// Expressions without names, then those over the names of `expressions/scope`.
pub fn all() -> (Vec<Expression>, Vec<Expression>) {
    (recorded::read_json("expressions.json"), recorded::read_json("expressions_in_scope.json"))
}

/// The names and files that recorded expressions see.
pub struct Names {
    locals: BTreeMap<String, Value>,
    /// The names whose types only a plan tells.
    planned: BTreeSet<String>,
    /// Whether the configuration is being validated: what is planned has no type yet.
    validating: Cell<bool>,
    files: Files,
    needs_module: Cell<bool>,
    /// What is being evaluated, for messages that name a place.
    text: RefCell<String>,
}

impl Names {
    /// No names but `path` and `terraform.workspace`.
    pub fn none() -> Self {
        let files = Files(recorded::home().join("expressions/files"));
        Self {
            locals: BTreeMap::new(),
            planned: BTreeSet::new(),
            validating: Cell::new(false),
            files,
            needs_module: Cell::new(false),
            text: RefCell::default(),
        }
    }

    /// The names of `expressions/scope/main.tf`: unknown values of each type, and the known values of its second
    /// `locals` block.
    ///
    /// # Panics
    /// When that file no longer has this form.
    pub fn of_scope() -> Self {
        let mut names = Self::none();
        names.locals = unknown_values();
        names.planned = names.locals.keys().cloned().collect();
        let path = recorded::home().join("expressions/scope/main.tf");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let file = FileName::new("main.tf");
        let tree = syntax::parse_body(&file, &text).tree;
        let block = tree.blocks_of("locals").nth(1).expect("a second locals block");
        for attribute in block.body.attributes() {
            let mut sink = Diagnostics::new();
            let value = lang::evaluate(
                &lang::lower_in(&attribute.value, RECORDED),
                &Origin::new(file.clone(), 0),
                &names,
                &mut sink,
            );
            assert!(sink.is_empty(), "{}: {sink:?}", attribute.name.text);
            names.locals.insert(attribute.name.text.to_string(), value);
        }
        names
    }

    /// Parses and evaluates `expression` where it was recorded.
    pub fn answer(&self, expression: &str) -> Answer {
        let file = FileName::new(FILE);
        let text = in_a_block(expression);
        let parse = syntax::parse_body(&file, &text);
        let mut found = parse.diagnostics;
        self.needs_module.set(false);
        self.text.replace(text.clone());
        let mut value = Value::dynamic();
        let blocks = parse.tree.blocks_of("locals").next();
        if let Some(attribute) =
            blocks.and_then(|block| block.body.attribute("x")).filter(|_| found.is_empty())
        {
            let expr = lang::lower_in(&attribute.value, RECORDED);
            let origin = Origin::new(file, 0);
            // Terraform plans only what it has validated.
            for validating in [true, false] {
                if found.is_empty() && (!validating || !self.planned.is_empty()) {
                    self.validating.set(validating);
                    value = lang::evaluate(&expr, &origin, self, &mut found);
                }
            }
        }
        if self.needs_module.get() {
            return Answer::NeedsModule;
        }
        let index = LineIndex::new(&text);
        let problem = |diagnostic: &Diagnostic| problem(diagnostic, &text, &index);
        let mut problems: Vec<Problem> = found.iter().filter(|d| d.is_error()).map(problem).collect();
        problems.sort();
        if problems.is_empty() { Answer::Value(value) } else { Answer::Errors(problems) }
    }
}

/// What `runblock check` says about `expression` in a module: one of its own, or `expressions/scope`.
pub fn answer_in_module(expression: &str, in_scope: bool) -> Answer {
    let mut files = match in_scope {
        true => recorded::read_tree(&recorded::home().join("expressions/scope")),
        false => BTreeMap::new(),
    };
    files.insert(FILE.to_owned(), in_a_block(expression));
    let output = tool::check(&files);
    let events =
        output.stdout.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let errors = events.filter(|event| event["diagnostic"]["severity"] == "error");
    let mut problems: Vec<Problem> =
        errors.filter_map(|event| problem_of_event(&event["diagnostic"])).collect();
    problems.sort();
    Answer::Errors(problems)
}

/// The parts of the recording that the answer does not match; empty when all agree.
pub fn differences(expected: &Expression, answer: &Answer) -> BTreeSet<&'static str> {
    let mut parts = BTreeSet::new();
    let mut expect = |part, holds: bool| {
        if !holds {
            parts.insert(part);
        }
    };
    match (answer, &expected.error) {
        (Answer::Value(value), None) => {
            expect("value", expected.console.as_deref() == Some(&lang::render::console(value)));
            expect("type", expected.ty.as_deref() == Some(&lang::render::type_text(&value.ty())));
            let json = lang::render::json(&value.unmark_deep().0).ok();
            expect("json", expected.json.is_none() || expected.json == json);
        }
        (Answer::Errors(ours), Some(first)) => {
            let mut theirs: Vec<&Problem> = [first].into_iter().chain(&expected.more).collect();
            theirs.sort();
            expect("count", theirs.len() == ours.len());
            for (theirs, ours) in theirs.into_iter().zip(ours) {
                expect("message", (&theirs.summary, &theirs.detail) == (&ours.summary, &ours.detail));
                expect("range", theirs.range == ours.range);
                expect("operands", theirs.values == ours.values);
                expect("function", theirs.function_call == ours.function_call);
            }
        }
        (Answer::Value(_), Some(_)) => expect("no error", false),
        (Answer::Errors(_), None) => expect("an error", false),
        (Answer::NeedsModule, _) => {}
    }
    parts
}

/// Both sides in a few lines, for a person to read.
pub fn explain(expected: &Expression, answer: &Answer) -> String {
    let theirs = match &expected.error {
        Some(first) => describe([first].into_iter().chain(&expected.more)),
        None => format!(
            "{} of type {}",
            expected.console.as_deref().unwrap_or("?"),
            expected.ty.as_deref().unwrap_or("?")
        ),
    };
    let ours = match answer {
        Answer::Value(value) => {
            format!("{} of type {}", lang::render::console(value), lang::render::type_text(&value.ty()))
        }
        Answer::Errors(problems) => describe(problems),
        Answer::NeedsModule => "a module is needed".to_owned(),
    };
    format!("    terraform: {theirs}\n    runblock:  {ours}\n")
}

impl Scope for Names {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        let name = traversal.attr(0).map(syntax::SmolStr::as_str);
        let value = match (traversal.root.as_str(), name) {
            ("local", Some(name)) if self.validating.get() && self.planned.contains(name) => {
                Some(Value::dynamic())
            }
            ("local", Some(name)) => self.locals.get(name).cloned(),
            ("path", Some("module" | "root")) => Some(Value::string(".")),
            ("terraform", Some("workspace")) => Some(Value::string("default")),
            _ => None,
        };
        if value.is_none() {
            self.needs_module.set(true);
            sink.push(Diagnostic::error("Undeclared name", "").at(origin.locate(traversal.span())));
        }
        value.map(|value| Resolved { value, consumed: 1 })
    }

    fn files(&self) -> &dyn FileReader {
        &self.files
    }

    /// Names without a plan are looked at in the console, where nothing has to wait for an apply.
    fn pure(&self) -> bool {
        !self.planned.is_empty()
    }

    fn dialect(&self) -> Dialect {
        RECORDED
    }

    fn offers(&self, function: &Function, _: &str) -> bool {
        matches!(function.place, Place::Anywhere | Place::Plan) && self.dialect().has(function.since)
    }

    fn place(&self, location: &syntax::Location) -> String {
        lang::place_in(&self.text.borrow(), location.file.as_str(), location.span)
    }
}

/// Unknown values without refinements, as `expressions/scope/unknown` makes them.
fn unknown_values() -> BTreeMap<String, Value> {
    let object = Type::object(BTreeMap::from([("a".into(), Type::String), ("b".into(), Type::Number)]));
    let types = [
        ("any", Type::Dynamic),
        ("string", Type::String),
        ("number", Type::Number),
        ("bool", Type::Bool),
        ("list", Type::list(Type::String)),
        ("set", Type::set(Type::String)),
        ("map", Type::map(Type::Number)),
        ("object", object),
    ];
    types.into_iter().map(|(name, ty)| (name.to_owned(), Value::unknown(ty))).collect()
}

fn problem_of_event(diagnostic: &serde_json::Value) -> Option<Problem> {
    let mut problem: Problem = serde_json::from_value(diagnostic.clone()).ok()?;
    let snippet = &diagnostic["snippet"];
    problem.values = serde_json::from_value(snippet["values"].clone()).unwrap_or_default();
    problem.function_call = serde_json::from_value(snippet["function_call"].clone()).unwrap_or_default();
    // As in the recording, an empty place in a file without a name is none.
    problem.range = problem
        .range
        .filter(|range| range.start.line > 0)
        .map(|range| Range { start: moved(range.start), end: moved(range.end) });
    Some(problem)
}

fn problem(diagnostic: &Diagnostic, text: &str, index: &LineIndex) -> Problem {
    let operand = |operand: &syntax::Operand| Operand {
        traversal: operand.traversal.clone(),
        statement: operand.statement.clone(),
    };
    Problem {
        range: diagnostic.subject.as_ref().map(|subject| range(subject.span, text, index)),
        summary: diagnostic.summary.clone(),
        detail: diagnostic.detail.clone(),
        values: diagnostic.operands.iter().map(operand).collect(),
        function_call: diagnostic.function_call.as_ref().map(|call| Call { called_as: call.name.clone() }),
    }
}

/// The span as terraform's JSON form shows it: never empty.
fn range(span: Span, text: &str, index: &LineIndex) -> Range {
    let position = |position: HclPosition| Position {
        byte: i64::from(position.byte),
        line: i64::from(position.line),
        column: i64::from(position.column),
    };
    let start = position(index.hcl_position(text, span.start));
    let end = match span.is_empty() {
        true => Position { byte: start.byte + 1, column: start.column + 1, ..start },
        false => position(index.hcl_position(text, span.end)),
    };
    Range { start: moved(start), end: moved(end) }
}

/// The position counted from the end of the text before the expression.
fn moved(position: Position) -> Position {
    let before = PREFIX.rsplit('\n').next().map_or(0, str::len) as i64;
    let line = position.line - PREFIX.matches('\n').count() as i64;
    let column = position.column - if line == 1 { before } else { 0 };
    Position { byte: position.byte - PREFIX.len() as i64, line, column }
}

fn in_a_block(expression: &str) -> String {
    format!("{PREFIX}{expression}\n}}\n")
}

fn describe<'a>(problems: impl IntoIterator<Item = &'a Problem>) -> String {
    let line = |problem: &Problem| {
        let place = problem.range.map_or_else(String::new, |range| {
            format!(" @{}:{}-{}:{}", range.start.line, range.start.column, range.end.line, range.end.column)
        });
        let values: Vec<String> =
            problem.values.iter().map(|value| format!("{} {}", value.traversal, value.statement)).collect();
        let call = problem
            .function_call
            .as_ref()
            .map_or_else(String::new, |call| format!(" in {}()", call.called_as));
        format!("{}: {}{place}{call} [{}]", problem.summary, problem.detail, values.join("; "))
    };
    problems.into_iter().map(line).collect::<Vec<_>>().join("\n               ")
}

/// The files of `expressions/files`, under the paths that the expressions use.
struct Files(PathBuf);

impl Files {
    fn find(&self, path: &str) -> PathBuf {
        self.0.join(Path::new(path))
    }
}

impl FileReader for Files {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        match self.is_file(path)? {
            true => fs::read(self.find(path)).map_err(file_error),
            false => Err(FileError::NotFound),
        }
    }

    fn is_file(&self, path: &str) -> Result<bool, FileError> {
        match self.find(path) {
            path if path.is_dir() => Err(FileError::Directory),
            path => Ok(path.is_file()),
        }
    }

    fn read_dir(&self, path: &str) -> Result<Vec<(String, bool)>, FileError> {
        let entries = fs::read_dir(self.find(path)).map_err(file_error)?;
        let entry =
            |entry: fs::DirEntry| (entry.file_name().to_string_lossy().into_owned(), entry.path().is_dir());
        Ok(entries.flatten().map(entry).collect())
    }

    fn absolute(&self, path: &str) -> String {
        self.find(path).to_string_lossy().into_owned()
    }

    fn home(&self) -> Option<String> {
        None
    }
}

fn file_error(error: io::Error) -> FileError {
    match error.kind() {
        io::ErrorKind::NotFound => FileError::NotFound,
        _ => FileError::Other(error.to_string()),
    }
}
