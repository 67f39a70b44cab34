//! The places of a test file: what can be named from its assertions and from its variables, version by version.

use super::{Resolver, TestNames, sorted};
use crate::check::{Siblings, Standing};
use crate::dialect::{Dialect, Feature, Tool};
use crate::reference::{Grammar, Reference, Subject};
use crate::suggest::did_you_mean;
use lang::{StepKind, quote};
use syntax::Diagnostic;

impl Resolver<'_> {
    pub(super) fn in_assert(&self, test: TestNames<'_>) -> Result<Reference, Diagnostic> {
        let tofu_run = self.traversal.root == "run" && !test.file.dialect.has(Feature::RunsInAssertions);
        // Where runs have no graph, the names are read with the module's grammar first, when the plan is prepared, and a
        // form that it refuses never reaches the test's.
        if !test.file.dialect.has(Feature::RunGraph) {
            let plain = self.parse(Grammar::Module)?;
            if tofu_run {
                return self.in_module(plain);
            }
        }
        let reference = self.parse(Grammar::Test)?;
        match &reference.subject {
            Subject::Output(name) => {
                let outputs = &self.names.tree.module.outputs;
                if !outputs.contains_key(name) {
                    let hint = did_you_mean(name, sorted(outputs.keys()));
                    return Err(self.error(
                        "unknown-output",
                        "Reference to undeclared output value",
                        format!("An output value with the name {} has not been declared.{hint}", quote(name)),
                        reference.span,
                    ));
                }
                Ok(reference)
            }
            Subject::Run(name) => {
                match test.siblings().standing(test.run, name) {
                    None => {
                        let hint = test.siblings().meant(test.run, name);
                        let name = quote(name);
                        Err(self.error(
                            "unknown-run",
                            "Reference to undeclared run block",
                            format!("There is no run {name} declared in this test suite.{hint}"),
                            reference.span,
                        ))
                    }
                    // Where runs are put in order by what they refer to, every run can be waited for.
                    Some(Standing::Same | Standing::Later)
                        if test.run.is_some() && !test.file.dialect.has(Feature::FileGraph) =>
                    {
                        Err(self.error(
                        "later-run",
                        "Reference to unevaluated run block",
                        format!(
                            "The run {} block has not yet been evaluated, so its results are not available here.",
                            quote(name)
                        ),
                        reference.span,
                        ))
                    }
                    Some(_) => Ok(reference),
                }
            }
            Subject::Check(_) => Err(self.error(
                "misplaced-check",
                "Reference to \"check\" in invalid context",
                format!(
                    "The \"check\" object can only be referenced from an \"expect_failures\" attribute within a {} testing \
                     \"run\" block.",
                    self.names.dialect().tool
                ),
                reference.span,
            )),
            Subject::Variable(name) if test.is_test_variable(name) => Ok(reference),
            _ => self.in_module(reference),
        }
    }

    /// A value in a run's `variables`, or an argument of the file's providers.
    pub(super) fn in_run(&self, test: TestNames<'_>, user: User) -> Result<Reference, Diagnostic> {
        let dialect = test.file.dialect;
        if dialect.tool == Tool::OpenTofu {
            return self.in_objects(test);
        }
        self.of_run(self.parse(Grammar::Test)?, test, user)
    }

    /// What can be referred to there.
    pub(super) fn of_run(
        &self,
        reference: Reference,
        test: TestNames<'_>,
        user: User,
    ) -> Result<Reference, Diagnostic> {
        let dialect = test.file.dialect;
        match &reference.subject {
            Subject::Variable(name) if test.gives(name) => Ok(reference),
            Subject::Variable(name) => {
                let why = unavailable(user, dialect);
                let detail = format!("The input variable {} {why}", quote(name));
                Err(self.unavailable_variable(reference.span, detail))
            }
            Subject::Run(name) => match test.siblings().standing(test.run, name) {
                None => {
                    let mut detail = format!("The run block {} does not exist within this test file.", quote(name));
                    if !dialect.has(Feature::FileGraph) {
                        detail.push_str(user.only_earlier());
                    }
                    Err(self.error("unknown-run", "Reference to unknown run block", detail, reference.span))
                }
                Some(Standing::Same | Standing::Later)
                    if test.run.is_some() && !dialect.has(Feature::FileGraph) =>
                {
                    Err(unavailable_run(name, dialect, user).at(self.origin.locate(reference.span)))
                }
                Some(_) => Ok(reference),
            },
            _ => Err(self.misplaced(
                reference.span,
                match user {
                    _ if dialect.has(Feature::FileGraph) => ONLY_RUNS_AND_VARIABLES,
                    User::Run => {
                        "You can only reference earlier run blocks, file level, and global variables while defining \
                         variables from inside a run block."
                    }
                    User::Provider => {
                        "You can only reference run blocks, file level, and global variables while defining variables \
                         from inside provider configurations."
                    }
                },
            )),
        }
    }

    /// A value in the file's `variables`.
    pub(super) fn in_file_variables(&self, test: TestNames<'_>) -> Result<Reference, Diagnostic> {
        let dialect = test.file.dialect;
        if !dialect.has(Feature::ReferencesInFileVariables) {
            return Err(self.error(
                "variables-not-allowed",
                "Variables not allowed",
                "Variables may not be used here.".to_owned(),
                self.traversal.root_span,
            ));
        }
        if dialect.tool == Tool::OpenTofu || dialect.has(Feature::FileGraph) {
            return self.in_run(test, User::Run);
        }
        let reference = self.parse(Grammar::Test)?;
        match &reference.subject {
            Subject::Variable(name) if (test.external)(name) => Ok(reference),
            Subject::Variable(name) => Err(self.unavailable_variable(
                reference.span,
                format!(
                    "The input variable {} is not available to the current context. You can only reference global \
                     variables.",
                    quote(name)
                ),
            )),
            Subject::Run(_) => Err(self.misplaced(
                reference.span,
                "You can not reference run blocks from within the file variables block.",
            )),
            _ => Err(self.misplaced(
                reference.span,
                "You can only reference global variables within the test file variables block.",
            )),
        }
    }

    /// OpenTofu has two objects here, and what they do not have is found by whoever looks into them.
    fn in_objects(&self, test: TestNames<'_>) -> Result<Reference, Diagnostic> {
        let root = self.traversal.root.as_str();
        let given = test.file.dialect.has(Feature::ReferencesInFileVariables);
        if root != "run" && !(root == "var" && given) {
            return Err(unknown_root(root).at(self.origin.locate(self.traversal.root_span)));
        }
        let reference = self.parse(Grammar::Test)?;
        let known = match &reference.subject {
            Subject::Variable(name) => {
                let declared = self.names.tree.module.variables.get(name);
                (test.external)(name) || declared.is_some_and(|variable| variable.default.is_some())
            }
            Subject::Run(name) => test.siblings().standing(test.run, name).is_some(),
            _ => true,
        };
        let step = self.traversal.steps.first().filter(|_| !known);
        match step.map(|step| (&step.kind, step.span)) {
            Some((StepKind::Attr(name), span)) => Err(self.error(
                "unsupported-attribute",
                "Unsupported attribute",
                format!("This object does not have an attribute named {}.", quote(name)),
                span,
            )),
            _ => Ok(reference),
        }
    }

    fn unavailable_variable(&self, span: syntax::Span, detail: String) -> Diagnostic {
        self.error("unavailable-variable", "Reference to unavailable variable", detail, span)
    }

    fn misplaced(&self, span: syntax::Span, detail: &str) -> Diagnostic {
        self.error("misplaced-reference", "Invalid reference", detail.to_owned(), span)
    }
}

impl<'a> TestNames<'a> {
    fn siblings(&self) -> Siblings<'a> {
        Siblings { file: self.file, asked: self.asked }
    }

    /// Whether the file or something outside of it gives a variable a value.
    fn gives(&self, name: &str) -> bool {
        self.file.variables.contains_key(name)
            || self.file.variable_blocks.contains_key(name)
            || (self.external)(name)
    }

    /// Whether assertions see the variable without the module declaring it.
    fn is_test_variable(&self, name: &str) -> bool {
        let in_run = self.run.and_then(|run| self.file.runs.get(run));
        self.gives(name) || in_run.is_some_and(|run| run.variables.contains_key(name))
    }
}

/// Who refers to runs and to variables of the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum User {
    Run,
    Provider,
}

impl User {
    fn only_earlier(self) -> &'static str {
        match self {
            User::Run => {
                " You can only reference run blocks that are in the same test file and will execute before the current \
                 run block."
            }
            User::Provider => {
                " You can only reference run blocks that are in the same test file and will execute before the provider \
                 is required."
            }
        }
    }
}

/// The end of what is said of a variable that nothing gives a value.
fn unavailable(user: User, dialect: Dialect) -> &'static str {
    match user {
        _ if dialect.has(Feature::FileGraph) => "does not exist within this test file.",
        User::Provider => {
            "is not available to the current provider configuration. You can only reference variables defined at the file \
             or global levels."
        }
        User::Run if dialect.has(Feature::ReferencesInFileVariables) => {
            "is not available to the current run block. You can only reference variables defined at the file or global \
             levels."
        }
        User::Run => {
            "is not available to the current run block. You can only reference variables defined at the file or global \
             levels when populating the variables block within a run block."
        }
    }
}

/// What is said of a run whose outputs are asked for too early; without its place.
pub fn unavailable_run(name: &str, dialect: Dialect, user: User) -> Diagnostic {
    let executed = dialect.has(Feature::FunctionsInRunVariables);
    let what = if executed { "has not executed yet" } else { "is not available to the current run block" };
    let detail = format!("The run block {} {what}.{}", quote(name), user.only_earlier());
    Diagnostic::error("Reference to unavailable run block", detail).with_code("later-run")
}

/// What is said of a name that begins no reference where there are objects and nothing else; without its place.
pub fn unknown_root(root: &str) -> Diagnostic {
    let hint = did_you_mean(root, ["run", "var"]);
    let detail = format!("There is no variable named {}.{hint}", quote(root));
    Diagnostic::error("Unknown variable", detail).with_code("unknown-name")
}

const ONLY_RUNS_AND_VARIABLES: &str =
    "You can only reference run blocks and variables from within Terraform Test files.";
