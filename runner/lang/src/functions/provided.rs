//! Functions that come from providers: what is known of them, and the rules of a call.

use super::call::FunctionError;
use crate::{Marks, Type, Value, convert};

/// A function of a provider.
#[derive(Clone, PartialEq, Debug)]
pub struct ProvidedFunction {
    /// Without a namespace: `encode_expr`.
    pub name: String,
    pub description: String,
    pub params: Vec<ProvidedParam>,
    /// The parameter that takes every argument after the positional ones.
    pub variadic: Option<ProvidedParam>,
    pub returns: Type,
}

/// A parameter of such a function.
#[derive(Clone, PartialEq, Debug)]
pub struct ProvidedParam {
    pub name: String,
    pub description: String,
    pub ty: Type,
    /// Null is passed on instead of being refused.
    pub allow_null: bool,
    /// Unknown is passed on instead of making the result unknown.
    pub allow_unknown: bool,
}

impl ProvidedFunction {
    /// The parameter that takes argument `index`.
    pub fn param(&self, index: usize) -> Option<&ProvidedParam> {
        self.params.get(index).or(self.variadic.as_ref())
    }

    /// Calls the function through `body`, which gets arguments without marks. The number of arguments must fit.
    ///
    /// # Errors
    ///
    /// An argument of the wrong type or a null that is not allowed, what `body` says, and a result of another type than
    /// the one that was promised.
    pub(crate) fn call(
        &self,
        args: &[Value],
        body: impl FnOnce(&[Value]) -> Result<Value, FunctionError>,
    ) -> Result<Value, FunctionError> {
        let mut marks = Marks::EMPTY;
        let mut plain = Vec::with_capacity(args.len());
        let mut is_unknown = false;
        for (index, arg) in args.iter().enumerate() {
            let Some(param) = self.param(index) else { break };
            let arg =
                convert(arg, &param.ty).map_err(|error| FunctionError::argument(index, error.to_string()))?;
            let (arg, found) = arg.unmark_deep();
            marks = marks | found;
            if arg.is_null() && !param.allow_null {
                return Err(FunctionError::argument(index, "argument must not be null"));
            }
            is_unknown |= !arg.is_known() && !param.allow_unknown;
            plain.push(arg);
        }
        if is_unknown {
            return Ok(Value::unknown(self.returns.clone()).with_marks(marks));
        }
        let result = body(&plain)?;
        let result = convert(&result, &self.returns).map_err(|error| {
            FunctionError::call(format!("the provider returned an invalid result: {error}"))
        })?;
        Ok(result.with_marks(marks))
    }
}
