//! What the expressions of a test file's `variables` and provider blocks can see.

use std::sync::Arc;

use config::{Dialect, Feature, Names, NoSchemas, Reference, Subject, TestNames, Tool, User};
use lang::functions::{FileReader, Function};
use lang::{Expr, Resolved, Scope, StepKind, Traversal, Value, View};
use syntax::{Diagnostic, Diagnostics, LineIndex, Location, Origin, SmolStr, Span};

use crate::variables::Variables;

/// The block that an expression stands in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// The file's `variables`: values from outside, and in later versions everything that a run sees.
    File,
    /// A run's `variables`: values from outside, the file's variables, and the outputs of earlier runs.
    Run,
    /// The file's provider blocks: what the variables of a run see.
    Provider,
}

/// The scope of one `variables` block.
pub(crate) struct VariablesScope<'a, 'b> {
    pub(crate) place: Place,
    pub(crate) variables: &'b Variables<'a>,
}

impl Scope for VariablesScope<'_, '_> {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        if self.dialect().tool == Tool::OpenTofu {
            return self.object(traversal, origin, sink);
        }
        let reference = match self.reference(traversal, origin) {
            Ok(reference) => reference,
            Err(diagnostic) => {
                sink.push(diagnostic);
                return None;
            }
        };
        let place = origin.locate(reference.span);
        let value = match &reference.subject {
            Subject::Variable(name) => self.variables.referred(name, self.place, &place, sink),
            Subject::Run(name) => self.run(name, traversal, origin, place, sink),
            _ => None,
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

    fn allows_calls(&self) -> bool {
        self.dialect().has(match self.place {
            Place::File => Feature::FunctionsInFileVariables,
            Place::Run | Place::Provider => Feature::FunctionsInRunVariables,
        })
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
        self.variables.host.unix_time()
    }

    fn random(&self, buffer: &mut [u8]) {
        self.variables.host.fill_random(buffer);
    }
}

impl VariablesScope<'_, '_> {
    /// What Terraform says, until there is a graph of files, where a name in a run's variable is none, such as `run["a"]`:
    /// it reads the names twice, and looks for those that it could not read by an empty name.
    pub(crate) fn misread(&self, value: &Expr, origin: &Origin) -> Diagnostics {
        let origin = value.origin(origin);
        let dialect = self.dialect();
        if dialect.has(Feature::FileGraph) {
            return Diagnostics::new();
        }
        let read = |traversal: &Traversal| {
            config::parse_reference_for(traversal, origin, config::Grammar::Test, dialect.tool).err()
        };
        let unread: Diagnostics = value.traversals().iter().filter_map(&read).collect();
        if unread.is_empty() {
            return unread;
        }
        let looked_up = |traversal: &Traversal| match read(traversal) {
            Some(_) => self.names(|names| config::nameless(traversal, origin, names)),
            None => self.reference(traversal, origin).err(),
        };
        let looked_up: Diagnostics = value.traversals().iter().filter_map(looked_up).collect();
        unread.iter().cloned().chain(unread.iter().cloned()).chain(looked_up).collect()
    }

    /// What a traversal refers to in Terraform.
    pub(crate) fn reference(&self, traversal: &Traversal, origin: &Origin) -> Result<Reference, Diagnostic> {
        self.names(|names| config::resolve(traversal, origin, names))
    }

    fn names<T>(&self, ask: impl FnOnce(&Names<'_>) -> T) -> T {
        let file = self.variables.file;
        let external = |name: &str| self.variables.outside.get(file, name).is_some();
        let test = TestNames { file, run: self.variables.run, external: &external, asked: None };
        let place = match self.place {
            Place::File => config::Place::FileVariables(test),
            Place::Run => config::Place::RunVariables(test),
            Place::Provider => config::Place::TestProvider(test),
        };
        ask(&Names::of_test(self.variables.tree, &NoSchemas, place))
    }

    /// OpenTofu has two objects, `var` and `run`, and looks into them as into any other.
    fn object(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        let variables = self.variables;
        let given = self.dialect().has(Feature::ReferencesInFileVariables);
        let mut error = match traversal.root.as_str() {
            _ if self.place == Place::File && !given => {
                Diagnostic::error("Variables not allowed", "Variables may not be used here.")
                    .with_code("variables-not-allowed")
            }
            "var" if given || self.place == Place::Provider => {
                let value = variables.object(self.place, sink);
                return Some(Resolved { value, consumed: 0 });
            }
            "run" => {
                let runs = variables.finished.iter();
                let runs = runs.map(|(name, outputs)| (Arc::from(name.as_str()), outputs.clone()));
                return Some(Resolved { value: Value::object(runs.collect()), consumed: 0 });
            }
            root => config::unknown_root(root),
        };
        error.subject = Some(origin.locate(traversal.root_span));
        sink.push(error);
        None
    }

    fn run(
        &self,
        name: &SmolStr,
        traversal: &Traversal,
        origin: &Origin,
        place: Location,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        let Some(outputs) = self.variables.finished.get(name) else {
            let user = if self.place == Place::Provider { User::Provider } else { User::Run };
            sink.push(config::unavailable_run(name, self.dialect(), user).at(place));
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
        sink.push(lang::variables_not_allowed(traversal, origin).with_code("variables-not-allowed"));
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
