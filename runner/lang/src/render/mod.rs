//! Values as people and other programs read them: the console's form, the statements under a failed condition,
//! JSON, the language itself.

mod console;
mod hcl;
mod json;
mod shown;
mod statement;

pub use console::{console, type_text};
pub use hcl::{hcl_attributes, hcl_expression};
pub use json::{JsonError, json, json_string};
pub use shown::shown;
pub use statement::{compact, statement};
