//! The functions of the built-in provider. The language knows what they do: the editor asks it, too.

use lang::functions::{
    self, FileReader, Function, FunctionError, NoFiles, Param, Place, ProvidedFunction, ProvidedParam,
};
use lang::{Dialect, Resolved, Scope, Traversal, Value};
use syntax::{Diagnostics, Origin};

pub(super) fn all() -> Vec<ProvidedFunction> {
    own().map(provided).collect()
}

pub(super) fn call(name: &str, arguments: &[Value], dialect: Dialect) -> Result<Value, FunctionError> {
    match own().find(|function| function.name == name) {
        Some(function) => lang::call_function(function, arguments, &Nothing(dialect)),
        None => Err(FunctionError::Call(format!("there is no function {name}"))),
    }
}

fn own() -> impl Iterator<Item = &'static Function> {
    functions::all().filter(|function| function.place == Place::Provider)
}

fn provided(function: &Function) -> ProvidedFunction {
    ProvidedFunction {
        name: function.name.to_owned(),
        description: function.doc.to_owned(),
        params: function.params.iter().map(param).collect(),
        variadic: function.variadic.as_ref().map(param),
        returns: functions::return_type(function),
    }
}

fn param(param: &Param) -> ProvidedParam {
    ProvidedParam {
        name: param.name.to_owned(),
        description: param.doc.to_owned(),
        ty: param.ty.to_type(),
        allow_null: param.allow_null,
        allow_unknown: param.allow_unknown,
    }
}

/// The functions see values alone: no names and no files.
struct Nothing(Dialect);

impl Scope for Nothing {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        sink.push(lang::variables_not_allowed(traversal, origin));
        None
    }

    fn dialect(&self) -> Dialect {
        self.0
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }
}
