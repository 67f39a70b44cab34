//! Paths into a value, as error messages write them.

use std::fmt;
use std::sync::Arc;

use crate::value::{Value, View};

/// One step into a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// An attribute of an object.
    Attr(Arc<str>),
    /// A key of a map, a position in a list or tuple, or an element of a set.
    Index(Value),
}

/// Where in a value something is; empty for the value itself.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Path(pub Vec<Step>);

impl Path {
    pub fn root() -> Path {
        Path::default()
    }

    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The same path with one more step.
    pub fn child(&self, step: Step) -> Path {
        let mut steps = self.0.clone();
        steps.push(step);
        Path(steps)
    }

    pub fn attr(&self, name: impl Into<Arc<str>>) -> Path {
        self.child(Step::Attr(name.into()))
    }

    pub fn index(&self, key: Value) -> Path {
        self.child(Step::Index(key))
    }
}

impl fmt::Display for Path {
    /// `.a[0]["k"]`; a key that is no string, number or boolean is `[...]`, or `[(not yet known)]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.0 {
            match step {
                Step::Attr(name) => write!(f, ".{name}")?,
                Step::Index(key) => match key.view() {
                    View::String(text) => write!(f, "[{}]", crate::quote(text))?,
                    View::Number(number) => write!(f, "[{number}]")?,
                    View::Bool(value) => write!(f, "[{value}]")?,
                    View::Unknown(_) => f.write_str("[(not yet known)]")?,
                    _ => f.write_str("[...]")?,
                },
            }
        }
        Ok(())
    }
}
