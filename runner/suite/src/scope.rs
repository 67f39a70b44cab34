//! What the expressions of a test file's `variables` blocks can see, and Terraform's words for what they cannot.

use config::{Dialect, Grammar, Subject, parse_reference};
use lang::functions::{FileReader, Function};
use lang::{Resolved, Scope, StepKind, Traversal, Value, View};
use syntax::{Diagnostic, Diagnostics, LineIndex, Location, Origin, SmolStr, Span};

use crate::variables::Variables;

/// The block that an expression stands in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// The file's `variables`: values from outside only.
    File,
    /// A run's `variables`: values from outside, the file's variables, and the outputs of earlier runs.
    Run,
}

/// The scope of one `variables` block.
pub(crate) struct VariablesScope<'a, 'b> {
    pub(crate) place: Place,
    pub(crate) variables: &'b Variables<'a>,
}

impl Scope for VariablesScope<'_, '_> {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        let reference = match parse_reference(traversal, origin, Grammar::Test) {
            Ok(reference) => reference,
            Err(diagnostic) => {
                sink.push(diagnostic);
                return None;
            }
        };
        let place = origin.locate(reference.span);
        let value = match &reference.subject {
            Subject::Variable(name) => self.variable(name, place, sink),
            Subject::Run(name) => self.run(name, traversal, origin, place, sink),
            _ => {
                let error = Diagnostic::error("Invalid reference", self.allowed());
                sink.push(error.at(place).with_code("invalid-reference"));
                None
            }
        };
        Some(Resolved { value: value?, consumed: reference.consumed })
    }

    fn files(&self) -> &dyn FileReader {
        self.variables.host.files()
    }

    fn pure(&self) -> bool {
        false
    }

    fn dialect(&self) -> Dialect {
        self.variables.file.dialect
    }

    fn offers(&self, function: &Function, name: &str) -> bool {
        config::offers_in_variables(function, name, self.dialect())
    }

    fn describe_unknown_function(&self, name: &str) -> (&'static str, String) {
        config::describe_unknown_in_variables(name, self.dialect())
    }

    fn interrupted(&self) -> bool {
        self.variables.cancel.is_cancelled()
    }

    fn unix_time(&self) -> i64 {
        i64::try_from(self.variables.host.now().as_secs()).unwrap_or(i64::MAX)
    }

    fn random(&self, buffer: &mut [u8]) {
        for piece in buffer.chunks_mut(16) {
            let bytes = self.variables.host.random();
            piece.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        }
    }
}

impl VariablesScope<'_, '_> {
    /// What may be referred to, as the end of an error.
    fn allowed(&self) -> &'static str {
        match self.place {
            Place::File => "You can only reference global variables within the test file variables block.",
            Place::Run => {
                "You can only reference earlier run blocks, file level, and global variables while defining variables \
                 from inside a run block."
            }
        }
    }

    fn variable(&self, name: &SmolStr, place: Location, sink: &mut Diagnostics) -> Option<Value> {
        let value = match self.place {
            Place::File => self.variables.global(name, sink),
            Place::Run => self.variables.of_file_or_global(name, sink),
        };
        if value.is_none() {
            let detail = match self.place {
                Place::File => format!(
                    "The input variable {} is not available to the current context. You can only reference global \
                     variables.",
                    lang::quote(name)
                ),
                Place::Run => format!(
                    "The input variable {} is not available to the current run block. You can only reference \
                     variables defined at the file or global levels.",
                    lang::quote(name)
                ),
            };
            let error = Diagnostic::error("Reference to unavailable variable", detail);
            sink.push(error.at(place).with_code("unavailable-variable"));
        }
        value
    }

    fn run(
        &self,
        name: &SmolStr,
        traversal: &Traversal,
        origin: &Origin,
        place: Location,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        if self.place == Place::File {
            let detail = "You can not reference run blocks from within the file variables block.";
            let error = Diagnostic::error("Invalid reference", detail);
            sink.push(error.at(place).with_code("invalid-reference"));
            return None;
        }
        let Some(outputs) = self.variables.finished.get(name) else {
            let (code, summary, what) = if self.variables.file.runs.iter().any(|run| run.name == *name) {
                ("unavailable-run", "Reference to unavailable run block", "has not executed yet")
            } else {
                ("unknown-run", "Reference to unknown run block", "does not exist within this test file")
            };
            let detail = format!(
                "The run block {} {what}. You can only reference run blocks that are in the same test file and will \
                 execute before the current run block.",
                lang::quote(name)
            );
            sink.push(Diagnostic::error(summary, detail).at(place).with_code(code));
            return None;
        };
        let read = read(outputs, traversal);
        if let Read::Missing { name, step } = read {
            let detail = format!("This object does not have an attribute named {}.", lang::quote(name));
            let error = Diagnostic::error("Unsupported attribute", detail);
            sink.push(error.at(origin.locate(step)).with_code("unsupported-attribute"));
            return None;
        }
        if let Read::Unknown = read {
            let detail = format!(
                "The value for {traversal} is unknown. Run block {} is executing a \"plan\" operation, and the \
                 specified output value is only known after apply.",
                lang::quote(name)
            );
            let error = Diagnostic::error("Reference to unknown value", detail);
            sink.push(error.at(place).with_code("unknown-value"));
            return None;
        }
        Some(outputs.clone())
    }
}

/// What the traversal's steps lead to in a run's outputs.
enum Read<'t> {
    /// An output that is known, though parts of it may not be, all of the outputs when nothing in them is unknown, or
    /// a step that leads nowhere: the evaluator has words for that.
    Known,
    Unknown,
    Missing {
        name: &'t str,
        step: Span,
    },
}

fn read<'t>(outputs: &Value, traversal: &'t Traversal) -> Read<'t> {
    let mut value = outputs.clone();
    let mut steps = traversal.steps.iter().skip(1).peekable();
    if steps.peek().is_none() && !outputs.is_wholly_known() {
        return Read::Unknown;
    }
    for (depth, step) in steps.enumerate() {
        let inner = match (&step.kind, value.view()) {
            (StepKind::Attr(name), View::Object(items)) if !items.contains_key(name.as_str()) => {
                return Read::Missing { name, step: step.span };
            }
            (StepKind::Attr(name) | StepKind::Key(name), View::Object(items) | View::Map(items)) => {
                items.get(name.as_str()).cloned()
            }
            (StepKind::Number(number), View::List(items) | View::Tuple(items)) => {
                number.to_string().parse::<usize>().ok().and_then(|index| items.get(index).cloned())
            }
            _ => break,
        };
        match inner {
            // What is unknown further inside is passed on as it is.
            Some(inner) if depth == 0 && !inner.is_known() => return Read::Unknown,
            Some(inner) => value = inner,
            None => return Read::Known,
        }
    }
    Read::Known
}

/// The scope of a value given from outside: no names and no functions.
pub(crate) struct Nothing<'a> {
    pub(crate) files: &'a dyn FileReader,
}

impl Scope for Nothing<'_> {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        let error = Diagnostic::error("Variables not allowed", "Variables may not be used here.");
        sink.push(error.at(origin.locate(traversal.root_span)).with_code("variables-not-allowed"));
        None
    }

    fn files(&self) -> &dyn FileReader {
        self.files
    }

    fn allows_calls(&self) -> bool {
        false
    }

    fn place(&self, location: &Location) -> String {
        let text = self.files.read(location.file.as_str()).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        LineIndex::new(&text).hcl_range(&text, &location.file, location.span)
    }
}
