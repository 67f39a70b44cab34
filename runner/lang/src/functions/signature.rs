//! What an entry of the function table says: names, types, documentation, versions.

use std::fmt;

use super::ProvidedFunction;
use super::call::{Call, FunctionError};
use crate::{Since, Type, Value};

/// A built-in function.
#[derive(Debug)]
pub struct Function {
    pub name: &'static str,
    /// One or two sentences in Markdown.
    pub doc: &'static str,
    /// A call and, after ` # `, what it gives. A test holds them to each other.
    pub example: &'static str,
    pub params: &'static [Param],
    /// The parameter that takes every argument after the positional ones.
    pub variadic: Option<Param>,
    pub since: Since,
    /// Where it may be called at all.
    pub place: Place,
    pub returns: Returns,
    /// The result is never null, so an unknown result is refined to say so.
    pub not_null: bool,
    /// Reads the clock or random numbers: unknown while planning.
    pub impure: bool,
    /// Runs on converted, unmarked and (where the parameters ask for it) known arguments; the type is what `returns`
    /// gave for them.
    pub body: Body,
}

/// A function's implementation: arguments, the type of the result, and the world.
pub type Body = fn(&[Value], &Type, &mut Call<'_>) -> Result<Value, FunctionError>;

/// Where a function may be called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Anywhere,
    /// Where there is a plan: in modules and in the assertions about them.
    Plan,
    /// In what is typed into the console.
    Console,
    /// In modules that require the built-in provider, as `provider::<its local name>::f`.
    Provider,
}

/// A parameter of a function.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    pub name: &'static str,
    pub ty: ParamType,
    pub doc: &'static str,
    /// Null is passed on instead of being refused.
    pub allow_null: bool,
    /// The versions from which null is passed on, where it was refused before.
    pub null_since: Option<Since>,
    /// Unknown is passed on instead of making the result unknown.
    pub allow_unknown: bool,
    /// A value of unknown type is passed on instead of making the result one of unknown type.
    pub allow_dynamic: bool,
    /// Marks are passed on instead of being put on the result.
    pub allow_marked: bool,
    /// The marks that are passed on are put on the result as well where that is unknown.
    pub sticky_marks: bool,
}

/// A parameter's type, in a form that constants can have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParamType {
    Any,
    Bool,
    Number,
    String,
    List(&'static ParamType),
    Set(&'static ParamType),
    Map(&'static ParamType),
    /// A type constraint instead of a value.
    Constraint,
}

/// How the type of a call's result follows from its arguments.
#[derive(Clone, Copy, Debug)]
pub enum Returns {
    Type(ParamType),
    /// Computed from arguments that may be unknown; refuses those that have no result.
    Rule(fn(&[Value]) -> Result<Type, FunctionError>),
    /// Known only from the values: any type while one of them is unknown.
    Result,
}

/// A function that is called, wherever it comes from.
#[derive(Clone, Copy)]
pub(crate) enum Callee<'a> {
    Own(&'a Function),
    Provided(&'a ProvidedFunction),
}

impl<'a> Callee<'a> {
    /// How many parameters there are before the variadic one.
    pub fn positional(self) -> usize {
        match self {
            Callee::Own(function) => function.params.len(),
            Callee::Provided(function) => function.params.len(),
        }
    }

    /// The name of the parameter that takes argument `index`.
    pub fn param_name(self, index: usize) -> Option<&'a str> {
        match self {
            Callee::Own(function) => function.param(index).map(|param| param.name),
            Callee::Provided(function) => function.param(index).map(|param| param.name.as_str()),
        }
    }

    /// The type of the parameter that takes argument `index`.
    pub fn param_type(self, index: usize) -> Option<Type> {
        match self {
            Callee::Own(function) => function.param(index).map(|param| param.ty.to_type()),
            Callee::Provided(function) => function.param(index).map(|param| param.ty.clone()),
        }
    }

    pub fn is_variadic(self) -> bool {
        match self {
            Callee::Own(function) => function.variadic.is_some(),
            Callee::Provided(function) => function.variadic.is_some(),
        }
    }

    /// The parameters as messages list them: a variadic one ends in `...`.
    pub fn parameter_names(self) -> Vec<String> {
        let positional = self.positional();
        let name = |index| self.param_name(index).unwrap_or_default();
        let mut names: Vec<String> = (0..positional).map(|index| name(index).to_owned()).collect();
        if self.is_variadic() {
            names.push(format!("{}...", name(positional)));
        }
        names
    }
}

impl Function {
    /// An entry with the defaults of most functions: in every version, pure, never null.
    pub(super) const fn new(
        name: &'static str,
        doc: &'static str,
        example: &'static str,
        params: &'static [Param],
        returns: Returns,
        body: Body,
    ) -> Function {
        Function {
            name,
            doc,
            example,
            params,
            variadic: None,
            since: Since::ALWAYS,
            place: Place::Anywhere,
            returns,
            not_null: true,
            impure: false,
            body,
        }
    }

    pub(super) const fn variadic(mut self, param: Param) -> Function {
        self.variadic = Some(param);
        self
    }

    pub(super) const fn since(mut self, since: Since) -> Function {
        self.since = since;
        self
    }

    pub(super) const fn only_in(mut self, place: Place) -> Function {
        self.place = place;
        self
    }

    pub(super) const fn nullable_result(mut self) -> Function {
        self.not_null = false;
        self
    }

    pub(super) const fn impure(mut self) -> Function {
        self.impure = true;
        self
    }

    /// The parameter that takes argument `index`.
    pub fn param(&self, index: usize) -> Option<&Param> {
        self.params.get(index).or(self.variadic.as_ref())
    }

    /// The parameters as messages list them: a variadic one ends in `...`.
    pub fn parameter_names(&self) -> Vec<String> {
        Callee::Own(self).parameter_names()
    }

    /// The call as signature help shows it: `element(list: any, index: number) -> any`.
    pub fn signature(&self) -> String {
        let mut params: Vec<String> =
            self.params.iter().map(|param| format!("{}: {}", param.name, param.ty)).collect();
        params.extend(self.variadic.iter().map(|param| format!("{}...: {}", param.name, param.ty)));
        let returns = super::result_type(self).constraint_name();
        format!("{}({}) -> {returns}", self.name, params.join(", "))
    }
}

impl Param {
    pub(super) const fn new(name: &'static str, ty: ParamType, doc: &'static str) -> Param {
        Param {
            name,
            ty,
            doc,
            allow_null: false,
            null_since: None,
            allow_unknown: false,
            allow_dynamic: false,
            allow_marked: false,
            sticky_marks: false,
        }
    }

    pub(super) const fn nullable(mut self) -> Param {
        self.allow_null = true;
        self
    }

    pub(super) const fn nullable_since(mut self, since: Since) -> Param {
        self.null_since = Some(since);
        self
    }

    pub(super) const fn unknown(mut self) -> Param {
        self.allow_unknown = true;
        self
    }

    pub(super) const fn dynamic(mut self) -> Param {
        self.allow_dynamic = true;
        self
    }

    pub(super) const fn marked(mut self) -> Param {
        self.allow_marked = true;
        self
    }

    pub(super) const fn sticky(mut self) -> Param {
        self.sticky_marks = true;
        self
    }
}

impl ParamType {
    pub fn to_type(self) -> Type {
        match self {
            ParamType::Any | ParamType::Constraint => Type::Dynamic,
            ParamType::Bool => Type::Bool,
            ParamType::Number => Type::Number,
            ParamType::String => Type::String,
            ParamType::List(element) => Type::list(element.to_type()),
            ParamType::Set(element) => Type::set(element.to_type()),
            ParamType::Map(element) => Type::map(element.to_type()),
        }
    }
}

impl fmt::Display for ParamType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParamType::Any => f.write_str("any"),
            ParamType::Constraint => f.write_str("type constraint"),
            ParamType::Bool => f.write_str("bool"),
            ParamType::Number => f.write_str("number"),
            ParamType::String => f.write_str("string"),
            ParamType::List(element) => write!(f, "list({element})"),
            ParamType::Set(element) => write!(f, "set({element})"),
            ParamType::Map(element) => write!(f, "map({element})"),
        }
    }
}
