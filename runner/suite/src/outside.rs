//! Values from outside the test file: environment, variable files, command line.

use std::collections::BTreeMap;

use config::{Dialect, Feature, Files, TestFile, Variable, automatic_variable_files, join};
use engine::{VariableSource, parse_variable_text};
use lang::functions::FileReader;
use lang::{Expr, Value};
use syntax::{Diagnostic, Diagnostics, FileName, Origin, SmolStr};

use crate::request::{Request, VariableArgument};
use crate::scope::Nothing;
use crate::tfvars;

/// All values from outside, the ones that win.
#[derive(Debug, Default)]
pub(crate) struct Outside {
    values: BTreeMap<SmolStr, Given>,
    /// From variable files in the test directory: they count for the test files there, and before everything else.
    of_tests: BTreeMap<SmolStr, Given>,
    /// What is wrong with those files. It is told, and everything runs without them, as in Terraform.
    pub(crate) test_problems: Diagnostics,
    /// As it was written, behind the module's directory.
    test_directory: SmolStr,
}

/// A value that has not been evaluated yet.
#[derive(Clone, Debug)]
pub(crate) enum Given {
    /// Meaning comes from the variable's declaration.
    Text { text: String, source: VariableSource },
    /// An argument of a variable file.
    Expression { expr: Expr, origin: Origin },
}

impl Outside {
    /// Reads everything that `request` names, lowest precedence first:
    /// `TF_VAR_*`, `terraform.tfvars`, `terraform.tfvars.json`, `*.auto.tfvars` and `*.auto.tfvars.json` by name, then
    /// the command line in its order. Errors mean that nothing can run.
    pub(crate) fn collect(
        request: &Request,
        dialect: Dialect,
        files: &dyn Files,
        sink: &mut Diagnostics,
    ) -> Outside {
        let mut outside = Outside::of_module(request, files, sink);
        outside.test_directory = match request.directory.as_str() {
            "" | "." => request.test_directory.clone(),
            directory => format!("{directory}/{}", request.test_directory).into(),
        };
        let mut problems = Diagnostics::new();
        for file in automatic_variable_files(files, &join(&request.directory, &request.test_directory)) {
            outside.of_tests.extend(tfvars::read(files, &file, &mut problems));
        }
        if dialect.has(Feature::TestVariableFilesForAll) {
            sink.extend(problems);
        } else if dialect.has(Feature::TestVariableFiles) {
            outside.test_problems = problems;
        }
        outside
    }

    /// What [`Outside::collect`] reads for the module, without the variable files of its tests.
    pub(crate) fn of_module(request: &Request, files: &dyn Files, sink: &mut Diagnostics) -> Outside {
        let mut outside = Outside::default();
        for (name, text) in &request.environment {
            let given = Given::Text { text: text.clone(), source: VariableSource::Environment };
            outside.values.insert(SmolStr::new(name), given);
        }
        for file in automatic_variable_files(files, &request.directory) {
            outside.values.extend(tfvars::read(files, &file, sink));
        }
        for argument in &request.variables {
            match argument {
                VariableArgument::Value { name, text } => {
                    let given = Given::Text { text: text.clone(), source: VariableSource::CommandLine };
                    outside.values.insert(SmolStr::new(name), given);
                }
                VariableArgument::File { path } => outside.values.extend(tfvars::read(files, path, sink)),
            }
        }
        outside
    }

    /// Whether `file` sees the value of that name which the variable file at `path` gives.
    pub(crate) fn gives(&self, path: &FileName, file: &TestFile, name: &str) -> bool {
        let given = self.get(file, name);
        given.is_some_and(|it| matches!(it, Given::Expression { origin, .. } if origin.file == *path))
    }

    /// The values for the module itself, by name.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&SmolStr, &Given)> {
        self.values.iter()
    }

    /// The names of everything that `file` may see.
    pub(crate) fn names(&self) -> impl Iterator<Item = &SmolStr> {
        self.values.keys().chain(self.of_tests.keys())
    }

    /// The value that `file` sees. As in Terraform, a test directory written in another way than the file's own
    /// (`./tests`) has no variable files. OpenTofu does not ask where the file lies.
    pub(crate) fn get(&self, file: &TestFile, name: &str) -> Option<&Given> {
        let directory = file.name.as_str().rsplit_once('/').map_or(".", |(directory, _)| directory);
        let in_tests = file.dialect.has(Feature::TestVariableFilesForAll)
            || file.dialect.has(Feature::TestVariableFiles) && directory == self.test_directory;
        let of_tests = if in_tests { self.of_tests.get(name) } else { None };
        of_tests.or_else(|| self.values.get(name))
    }
}

impl Given {
    pub(crate) fn source(&self) -> VariableSource {
        match self {
            Given::Text { source, .. } => source.clone(),
            Given::Expression { expr, origin } => VariableSource::File(expr.location(origin)),
        }
    }

    /// What OpenTofu's tests see of it: text is text, whatever it is meant for.
    pub(crate) fn literal(&self, name: &str, files: &dyn FileReader, sink: &mut Diagnostics) -> Value {
        match self {
            Given::Text { text, .. } => Value::string(text),
            Given::Expression { .. } => self.value(name, None, files, sink),
        }
    }

    /// The value, or an unknown one when errors were found.
    pub(crate) fn value(
        &self,
        name: &str,
        declared: Option<&Variable>,
        files: &dyn FileReader,
        sink: &mut Diagnostics,
    ) -> Value {
        let scope = Nothing { files };
        match self {
            Given::Text { text, .. } => match parse_variable_text(name, text, declared, &scope) {
                Ok(value) => value,
                Err(diagnostics) => {
                    sink.extend(diagnostics);
                    Value::dynamic()
                }
            },
            Given::Expression { expr, origin } => lang::evaluate(expr, origin, &scope, sink),
        }
    }
}

/// The error for a `-var` argument that is no assignment, or the assignment.
pub fn parse_assignment(argument: &str) -> Result<VariableArgument, Box<Diagnostic>> {
    let invalid = |detail: String| Box::new(Diagnostic::error("Invalid -var option", detail));
    let Some((name, text)) = argument.split_once('=') else {
        return Err(invalid(format!(
            "The given -var option {} is not correctly specified. Must be a variable name and value separated by an \
             equals sign, like -var=\"key=value\".",
            lang::quote(argument)
        )));
    };
    if let Some(trimmed) = name.strip_suffix(' ') {
        let text = text.strip_prefix(' ').unwrap_or(text);
        return Err(invalid(format!(
            "Variable name {} is invalid due to trailing space. Did you mean -var=\"{trimmed}={text}\"?",
            lang::quote(name)
        )));
    }
    Ok(VariableArgument::Value { name: name.to_owned(), text: text.to_owned() })
}
