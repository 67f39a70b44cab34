//! The language: types, values, conversion and the evaluation of expressions.
//!
//! Values follow cty (as in Terraform 1.11): unknown values with refinements, null, marks, big numbers with a precision
//! of their own, sets, NFC strings. This crate knows no resources, no modules and no files.

pub mod constant;
pub mod convert;
pub mod defaults;
mod dialect;
mod eval;
pub mod expr;
pub mod functions;
pub mod marks;
pub mod number;
pub mod ops;
pub mod path;
pub mod refine;
pub mod render;
mod scope;
mod traversal;
pub mod ty;
pub mod type_constraint;
pub mod unify;
pub mod value;

pub use constant::{constant, constant_or_unknown};
pub use convert::{ConvertError, can_convert, convert, mismatch_message};
pub use defaults::Defaults;
pub use dialect::{Dialect, NULL_NEEDLE, SHORT_CIRCUIT, Since, Tool, Version};
pub use eval::{
    Cause, Operands, call_function, compared, evaluate, evaluate_part, evaluate_with_operands, place_in,
};
pub use expr::{Expr, lower, lower_in, static_traversal};
pub use marks::Marks;
pub use number::{Number, NumberError, ParseNumberError};
pub use path::Path;
pub use refine::Refinements;
pub use scope::{Resolved, Scope, variables_not_allowed};
pub use syntax::quote;
pub use traversal::{Step, StepKind, Traversal};
pub use ty::{ObjectType, Type};
pub use type_constraint::TypeConstraint;
pub use unify::{unify, unify_unsafe};
pub use value::{Elements, Value, View, folded};
