//! What variables of the module under test are given from outside, for sources of modules that are made of them.

use std::cell::OnceCell;

use config::{Early, Files, Item, Module, Tool, Variable, unasked};
use engine::Host;
use lang::functions::FileReader;
use lang::{Resolved, Scope, Traversal, Value};
use syntax::{Diagnostic, Diagnostics, Location, Origin};

use crate::outside::{Given, Outside};
use crate::request::Request;

/// Values from outside, which are read when the first is asked for.
pub(crate) struct FromOutside<'a> {
    request: &'a Request,
    files: &'a dyn Files,
    host: &'a dyn Host,
    tool: Tool,
    /// Nothing is said of what is not given: it may be given another time.
    open: bool,
    outside: OnceCell<Outside>,
}

impl<'a> FromOutside<'a> {
    pub(crate) fn new(
        (request, files, host): (&'a Request, &'a dyn Files, &'a dyn Host),
        tool: Tool,
        open: bool,
    ) -> FromOutside<'a> {
        FromOutside { request, files, host, tool, open, outside: OnceCell::new() }
    }

    /// The `const` variables of a root module that Terraform lacks: it has to know all of them to load the modules,
    /// whether these need them or not, and does not ask the runs.
    pub(crate) fn unset(&self, root: &Module) -> Diagnostics {
        if self.open || self.tool == Tool::OpenTofu {
            return Diagnostics::new();
        }
        let constant = root.variables.values().filter(|variable| variable.constant == Some(true));
        let unset = constant.filter(|it| it.default.is_none() && self.given(&it.name).is_none());
        unset.map(self::unset).collect()
    }

    fn given(&self, name: &str) -> Option<&Given> {
        // What is wrong with the values is said when all of them are read.
        let read = || Outside::of_module(self.request, self.files, &mut Diagnostics::new());
        let mut values = self.outside.get_or_init(read).values();
        values.find(|(known, _)| *known == name).map(|(_, given)| given)
    }
}

impl Early for FromOutside<'_> {
    fn variable(&self, variable: &Item<Variable>, sink: &mut Diagnostics) -> Option<Value> {
        if let Some(given) = self.given(&variable.name) {
            let mut wrong = Diagnostics::new();
            let value = given.value(&variable.name, Some(variable), self.host.files(), &mut wrong);
            let failed = wrong.iter().any(Diagnostic::is_error);
            sink.extend(wrong);
            return (!failed).then_some(value);
        }
        match &variable.default {
            Some(default) => Some(default.clone()),
            None if self.open || self.tool == Tool::Terraform => Some(Value::dynamic()),
            None => {
                sink.push(unasked(variable));
                None
            }
        }
    }

    fn is_open(&self) -> bool {
        self.open
    }

    fn working_directory(&self) -> Option<&str> {
        Some(self.host.working_directory())
    }

    fn workspace(&self) -> &str {
        &self.request.workspace
    }

    fn surroundings(&self) -> &dyn Scope {
        self
    }
}

/// What Terraform says of a variable that it needs to know of to load the modules.
fn unset(variable: &Item<Variable>) -> Diagnostic {
    let detail = format!(
        "The root module input variable {} is not set, and has no default value. Use a -var or -var-file command line \
         argument to provide a value for this variable.",
        lang::quote(&variable.name)
    );
    Diagnostic::error("No value for required variable", detail)
        .at(variable.locate(variable.header))
        .with_code("missing-variable")
}

/// What functions ask for, and places.
impl Scope for FromOutside<'_> {
    fn resolve(&self, _: &Traversal, _: &Origin, _: &mut Diagnostics) -> Option<Resolved> {
        None
    }

    fn files(&self) -> &dyn FileReader {
        self.host.files()
    }

    fn unix_time(&self) -> i64 {
        self.host.unix_time()
    }

    fn random(&self, buffer: &mut [u8]) {
        self.host.fill_random(buffer);
    }

    fn place(&self, location: &Location) -> String {
        match self.files.read(location.file.as_str()) {
            Ok(text) => lang::place_in(&text, location.file.as_str(), location.span),
            Err(_) => location.file.to_string(),
        }
    }
}
