//! How a function is called: conversion of arguments, nulls, unknown values and marks, the same for every function.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Function, Param, Returns};
use crate::value::MAX_WEIGHT;
use crate::{Dialect, Marks, Type, Value, convert};

/// What a call may use besides its arguments.
pub struct Call<'a> {
    pub files: &'a dyn FileReader,
    pub templates: &'a mut dyn Templates,
    /// The clock and random numbers; `None` while planning, when whatever needs them is unknown.
    pub effects: Option<&'a mut dyn Effects>,
    /// When the plan was made, in seconds since 1970-01-01T00:00:00Z; `None` where that is not known yet.
    pub plan_time: Option<i64>,
    pub dialect: Dialect,
    pub limits: &'a Limits,
}

/// The files that `file`, `fileset` and their like read. Relative paths count from the directory that the
/// implementor chooses (Terraform: the working directory of the run). Paths come cleaned: `.` and `a/../b` are gone.
pub trait FileReader {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError>;

    /// Whether `path` is a regular file; `Ok(false)` when nothing is there.
    fn is_file(&self, path: &str) -> Result<bool, FileError>;

    /// The entries of a directory: names, and whether each is a directory.
    fn read_dir(&self, path: &str) -> Result<Vec<(String, bool)>, FileError>;

    /// The absolute form of `path`, cleaned of `.` and `..`, with `/` as separator.
    fn absolute(&self, path: &str) -> String;

    /// The user's home directory, for a leading `~`.
    fn home(&self) -> Option<String>;
}

/// No files at all, for places where nothing may be read: there is none to be found.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl FileReader for NoFiles {
    fn read(&self, _path: &str) -> Result<Vec<u8>, FileError> {
        Err(FileError::NotFound)
    }

    fn is_file(&self, _path: &str) -> Result<bool, FileError> {
        Ok(false)
    }

    fn read_dir(&self, _path: &str) -> Result<Vec<(String, bool)>, FileError> {
        Err(FileError::NotFound)
    }

    fn absolute(&self, path: &str) -> String {
        path.to_owned()
    }

    fn home(&self) -> Option<String> {
        None
    }
}

/// Why a file could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FileError {
    NotFound,
    /// A directory, where a file is wanted.
    Directory,
    /// Something that is neither file nor directory.
    NotRegular,
    /// Any other reason, in the system's words.
    Other(String),
}

/// Evaluates texts in the language; the functions themselves do not know the expression language.
pub trait Templates {
    /// Evaluates `text`, which was read from `name`, with `vars` as the only names in scope. A template that is only
    /// one interpolation keeps the type of its value.
    ///
    /// Errors: argument 1 (`vars map does not contain key "a", referenced at name:1,8-12`), or the call with the text of
    /// the first diagnostic (`name:1,8-12: Summary; Detail.`).
    fn eval_template(
        &mut self,
        name: &str,
        text: &str,
        vars: BTreeMap<Arc<str>, Value>,
    ) -> Result<Value, FunctionError>;

    /// Reads the text of a variable file as an object. Neither names nor functions can be used in it.
    fn decode_tfvars(&mut self, text: &str) -> Result<Value, FunctionError>;
}

/// What changes from one moment to the next.
pub trait Effects {
    /// Seconds since 1970-01-01T00:00:00Z.
    fn unix_time(&mut self) -> i64;

    /// Fills the buffer with random bytes.
    fn random(&mut self, buffer: &mut [u8]);
}

/// The bounds that keep one call from taking all memory or all time. Terraform has none of them except where noted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of a string that a function makes.
    pub max_string_bytes: usize,
    /// Elements of a collection that a function makes. (`range` has Terraform's own limit of 1024.)
    pub max_elements: usize,
    /// The greatest [`Value::weight`] that the evaluator lets a value have.
    pub max_weight: usize,
    /// Bytes of a compiled regular expression.
    pub max_pattern_bytes: usize,
    /// Levels of nesting in JSON text.
    pub max_depth: usize,
    /// The greatest cost of `bcrypt`; each step doubles the time, and 31 would take days.
    pub max_bcrypt_cost: u32,
    /// Files and directories that `fileset` looks at.
    pub max_files: usize,
    /// Directories that `fileset` opens.
    pub max_directories: usize,
    /// Steps that matching the alternatives of a `fileset` pattern takes; they multiply.
    pub max_pattern_steps: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            max_string_bytes: 64 << 20,
            max_elements: 1 << 20,
            max_weight: MAX_WEIGHT,
            max_pattern_bytes: 10 << 20,
            max_depth: 1000,
            max_bcrypt_cost: 16,
            max_files: 1 << 19,
            max_directories: 100_000,
            max_pattern_steps: 20_000_000,
        }
    }
}

impl Limits {
    /// Refuses a string of `bytes` bytes when that is too long.
    pub fn check_string(&self, bytes: usize) -> Result<(), FunctionError> {
        if bytes <= self.max_string_bytes {
            return Ok(());
        }
        Err(FunctionError::Call(format!(
            "the result would be a string of {bytes} bytes, which is more than the limit of {} bytes",
            self.max_string_bytes
        )))
    }

    /// Refuses a collection of `count` elements when those are too many.
    pub fn check_elements(&self, count: usize) -> Result<(), FunctionError> {
        if count <= self.max_elements {
            return Ok(());
        }
        Err(FunctionError::Call(format!(
            "the result would have {count} elements, which is more than the limit of {} elements",
            self.max_elements
        )))
    }
}

/// Why a call has no result. Messages have no full stop at the end; the diagnostic adds it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FunctionError {
    /// One argument is at fault.
    Argument { index: usize, message: String },
    /// The call as a whole is at fault.
    Call(String),
}

impl FunctionError {
    pub(super) fn argument(index: usize, message: impl Into<String>) -> FunctionError {
        FunctionError::Argument { index, message: message.into() }
    }

    pub(super) fn call(message: impl Into<String>) -> FunctionError {
        FunctionError::Call(message.into())
    }

    /// Whether the result would be more than [`Limits`] allow, of which all messages say so in these words.
    pub(crate) fn is_beyond_limits(&self) -> bool {
        self.message().contains("more than the limit of")
    }

    pub fn message(&self) -> &str {
        match self {
            FunctionError::Argument { message, .. } | FunctionError::Call(message) => message,
        }
    }
}

/// Calls `function`. The number of arguments must fit ([`super::check_arity`]).
///
/// Arguments are converted to the types of their parameters; null is refused, an unknown argument makes the result
/// unknown and marks go to the result, each unless the parameter says otherwise.
pub fn call(function: &Function, args: &[Value], ctx: &mut Call<'_>) -> Result<Value, FunctionError> {
    let mut marks = Marks::EMPTY;
    let prepared = Prepared::new(function, args, ctx.dialect, &mut marks)?;
    let Some(ty) = prepared.result_type(function)? else {
        // cty forgets here what the arguments keep.
        return Ok(Value::dynamic().with_marks(marks));
    };
    let refined = |value: Value| {
        let refinable = function.not_null && (value.is_known() || !value.ty().is_dynamic());
        if refinable { value.refine_not_null() } else { value }
    };
    if prepared.has_unknown || (function.impure && ctx.effects.is_none()) {
        return Ok(refined(Value::unknown(ty)).with_marks(marks | prepared.sticky));
    }
    let result = (function.body)(&prepared.args, &ty, ctx)?;
    Ok(refined(result).with_marks(marks))
}

/// The type of the result when nothing is known of the arguments, as Terraform's own table tells it.
pub fn return_type(function: &Function) -> Type {
    let params = function.params.iter().chain(function.variadic.as_ref());
    let unknown: Vec<Value> = params.map(|param| Value::unknown(param.ty.to_type())).collect();
    let prepared = Prepared::new(function, &unknown, Dialect::default(), &mut Marks::EMPTY.clone());
    let ty = prepared.and_then(|prepared| prepared.result_type(function));
    ty.ok().flatten().unwrap_or(Type::Dynamic)
}

/// The type of the result whatever the arguments are; that of [`return_type`] where it depends on them.
pub fn result_type(function: &Function) -> Type {
    match function.returns {
        Returns::Type(ty) => ty.to_type(),
        Returns::Rule(_) | Returns::Result => return_type(function),
    }
}

/// Arguments that are ready for the body.
struct Prepared {
    args: Vec<Value>,
    /// An argument has an unknown type where the parameter wants a known one.
    has_dynamic: bool,
    /// An argument is unknown where the parameter wants a known one.
    has_unknown: bool,
    /// Marks that the arguments keep, and that an unknown result gets.
    sticky: Marks,
}

impl Prepared {
    fn new(
        function: &Function,
        args: &[Value],
        dialect: Dialect,
        marks: &mut Marks,
    ) -> Result<Prepared, FunctionError> {
        let mut prepared = Prepared {
            args: Vec::with_capacity(args.len()),
            has_dynamic: false,
            has_unknown: false,
            sticky: Marks::EMPTY,
        };
        for (index, arg) in args.iter().enumerate() {
            let Some(param) = function.param(index) else { break };
            prepared.add(index, param, arg, dialect, marks)?;
        }
        Ok(prepared)
    }

    fn add(
        &mut self,
        index: usize,
        param: &Param,
        arg: &Value,
        dialect: Dialect,
        marks: &mut Marks,
    ) -> Result<(), FunctionError> {
        let mut arg = convert(arg, &param.ty.to_type())
            .map_err(|error| FunctionError::argument(index, error.to_string()))?;
        if !param.allow_marked {
            let (unmarked, found) = arg.unmark_deep();
            arg = unmarked;
            *marks = *marks | found;
        }
        if param.sticky_marks {
            self.sticky = self.sticky | arg.marks();
        }
        let allow_null = param.allow_null || param.null_since.is_some_and(|since| dialect.has(since));
        // cty looks no further once an argument has no type.
        if arg.is_null() && !allow_null && !self.has_dynamic {
            return Err(FunctionError::argument(index, "argument must not be null"));
        }
        let null = arg.is_null() && param.null_since.is_some();
        self.has_dynamic |= arg.ty().is_dynamic() && !param.allow_dynamic && !null;
        self.has_unknown |= !arg.is_known() && !param.allow_unknown;
        self.args.push(arg);
        Ok(())
    }

    /// `None` when nothing can be said because an argument has no type yet.
    fn result_type(&self, function: &Function) -> Result<Option<Type>, FunctionError> {
        if self.has_dynamic {
            return Ok(None);
        }
        match function.returns {
            Returns::Type(ty) => Ok(Some(ty.to_type())),
            Returns::Rule(rule) => rule(&self.args).map(Some),
            Returns::Result => Ok(Some(Type::Dynamic)),
        }
    }
}
