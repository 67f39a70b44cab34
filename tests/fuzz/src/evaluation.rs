//! Evaluating an expression.

use std::sync::atomic::{AtomicU32, Ordering};

use lang::functions::{FileError, FileReader, Limits};
use lang::{Resolved, Scope, Traversal, Type, Value, render};
use syntax::{Diagnostic, Diagnostics, FileName, Origin, parse_expression};

/// Every expression has a value or says why it has none, in bounded time and memory; every value prints, and is a
/// value of the type that it says it is.
///
/// The names in scope are `a` to `f`: a string, a number, an object, an unknown string, a sensitive list, a value of
/// unknown type.
pub fn evaluation(bytes: &[u8]) {
    let text = &*crate::text_of(bytes);
    let file = FileName::new("main.tf");
    let parsed = parse_expression(&file, text);
    if parsed.diagnostics.iter().any(Diagnostic::is_error) {
        return;
    }
    let expression = lang::lower(&parsed.tree);
    let scope = Names::new();
    let mut found = Diagnostics::new();
    let value = lang::evaluate(&expression, &Origin::new(file, 0), &scope, &mut found);
    if found.iter().any(Diagnostic::is_error) {
        return;
    }
    let _ = (render::console(&value), render::json(&value));
    let same = lang::convert(&value, &value.ty()).expect("a value converts to its own type");
    assert_eq!(same.ty(), value.ty());
    let _ = lang::convert(&value, &Type::String);
    let _ = lang::convert(&value, &Type::list(Type::Dynamic));
    let _ = lang::convert(&value, &Type::map(Type::String));
}

struct Names {
    values: Vec<(&'static str, Value)>,
    limits: Limits,
    /// How often the evaluation asked whether to go on.
    asked: AtomicU32,
}

/// After so many questions nobody waits any more: loops within loops are allowed to take their time.
const PATIENCE: u32 = 10_000;

impl Names {
    fn new() -> Names {
        let sensitive = Value::list(Type::String, vec![Value::string("x"), Value::string("y")]);
        let object = [("k", Value::from(true)), ("n", Value::null(Type::String))];
        let object = object.into_iter().map(|(name, value)| (name.into(), value)).collect();
        Names {
            values: vec![
                ("a", Value::string("text")),
                ("b", Value::number(lang::Number::from_usize(7))),
                ("c", Value::object(object)),
                ("d", Value::unknown(Type::String)),
                ("e", sensitive.with_marks(lang::Marks::SENSITIVE)),
                ("f", Value::dynamic()),
            ],
            // Small enough that an input that reaches them is still quick.
            limits: Limits {
                max_string_bytes: 1 << 20,
                max_elements: 1 << 14,
                max_pattern_bytes: 1 << 20,
                ..Limits::default()
            },
            asked: AtomicU32::new(0),
        }
    }
}

impl Scope for Names {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        let found = self.values.iter().find(|(name, _)| *name == traversal.root);
        if found.is_none() {
            let place = origin.locate(traversal.root_span);
            sink.push(Diagnostic::error("Unknown name", "There is no such name.").at(place));
        }
        found.map(|(_, value)| Resolved { value: value.clone(), consumed: 0 })
    }

    fn files(&self) -> &dyn FileReader {
        self
    }

    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn interrupted(&self) -> bool {
        self.asked.fetch_add(1, Ordering::Relaxed) > PATIENCE
    }
}

/// One file, which is a template that includes itself.
impl FileReader for Names {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        if path == "t" { Ok(b"${templatefile(\"t\", {})}".to_vec()) } else { Err(FileError::NotFound) }
    }

    fn is_file(&self, path: &str) -> Result<bool, FileError> {
        Ok(path == "t")
    }

    fn read_dir(&self, _: &str) -> Result<Vec<(String, bool)>, FileError> {
        Ok(vec![("t".to_owned(), false)])
    }

    fn absolute(&self, path: &str) -> String {
        format!("/{path}")
    }

    fn home(&self) -> Option<String> {
        None
    }
}
