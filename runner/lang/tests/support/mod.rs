//! Expressions without names, evaluated by the rules of a dialect.

use lang::functions::{FileError, FileReader};
use lang::{Dialect, Resolved, Scope, Traversal, Value};
use syntax::{Diagnostics, FileName, Origin};

/// What the console would print: the value, or `! Summary: detail` for each error.
pub fn answer(expression: &str, dialect: Dialect) -> String {
    let (value, diagnostics) = evaluate(expression, dialect);
    if diagnostics.is_empty() {
        return lang::render::console(&value);
    }
    let lines = diagnostics.iter().map(|it| format!("! {}: {}", it.summary, it.detail));
    lines.collect::<Vec<_>>().join("\n")
}

pub fn evaluate(expression: &str, dialect: Dialect) -> (Value, Diagnostics) {
    let file = FileName::from("main.tf");
    let parse = syntax::parse_expression(&file, expression);
    let mut sink = parse.diagnostics;
    if !sink.is_empty() {
        return (Value::dynamic(), sink);
    }
    let scope = NoNames { dialect };
    let value =
        lang::evaluate(&lang::lower_in(&parse.tree, dialect), &Origin::new(file, 0), &scope, &mut sink);
    (value, sink)
}

/// No names but `local.unknown`, a clock that stands still, and files that go on for ever.
pub struct NoNames {
    pub dialect: Dialect,
}

impl Scope for NoNames {
    fn resolve(&self, traversal: &Traversal, _: &Origin, _: &mut Diagnostics) -> Option<Resolved> {
        (traversal.root == "local").then(|| Resolved { value: Value::unknown(lang::Type::Bool), consumed: 1 })
    }

    fn files(&self) -> &dyn FileReader {
        &Endless
    }

    fn pure(&self) -> bool {
        false
    }

    fn dialect(&self) -> Dialect {
        self.dialect
    }
}

/// Every directory has a thousand files and a directory; `self.tftpl` reads itself, and `large.txt` is very long.
struct Endless;

impl FileReader for Endless {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        match path {
            "self.tftpl" => Ok(b"${templatefile(\"self.tftpl\", {})}".to_vec()),
            "large.txt" => Ok(vec![b'x'; 100 << 20]),
            "megabyte_of_marks.txt" => Ok("é\u{301}x".repeat(200_000).into_bytes()),
            "megabyte.txt" => Ok(vec![b'7'; 1 << 20]),
            "patterns.txt" => Ok((0..20_000).map(|n| format!("word{n}|")).collect::<String>().into_bytes()),
            "nested.json" => Ok([vec![b'['; 100_000], vec![b']'; 100_000]].concat()),
            "nested.yaml" => Ok([vec![b'['; 100_000], vec![b']'; 100_000]].concat()),
            "nested.tftpl" => Ok([vec![b'('; 100_000], vec![b')'; 100_000]].concat()),
            "bomb.yaml" => Ok(bomb().into_bytes()),
            _ => Err(FileError::NotFound),
        }
    }

    fn is_file(&self, path: &str) -> Result<bool, FileError> {
        self.read(path).map(|_| true)
    }

    fn read_dir(&self, _: &str) -> Result<Vec<(String, bool)>, FileError> {
        let files = (0..1000).map(|index| (format!("f{index}"), false));
        Ok(files.chain([("d".to_owned(), true)]).collect())
    }

    fn absolute(&self, path: &str) -> String {
        format!("/{path}")
    }

    fn home(&self) -> Option<String> {
        None
    }
}

/// Ten names, each ten times the one before.
fn bomb() -> String {
    let line = |n: usize| format!("a{}: &a{0} [{}]\n", n + 1, vec![format!("*a{n}"); 10].join(", "));
    let first = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    first + &(0..9).map(line).collect::<String>()
}
