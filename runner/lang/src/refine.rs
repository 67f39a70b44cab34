//! Refinements: what is known of an unknown value.

use std::sync::Arc;

use crate::number::Number;

/// One end of a number's range.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bound {
    pub value: Number,
    /// The value itself is possible.
    pub inclusive: bool,
}

/// Promises about an unknown value. The default promises nothing.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Refinements {
    pub not_null: bool,
    /// How a string begins.
    pub prefix: Option<Arc<str>>,
    pub number_lower: Option<Bound>,
    pub number_upper: Option<Bound>,
    /// The least number of elements of a collection.
    pub length_lower: Option<usize>,
    /// The greatest number of elements of a collection.
    pub length_upper: Option<usize>,
}

impl Refinements {
    pub const NONE: Refinements = Refinements {
        not_null: false,
        prefix: None,
        number_lower: None,
        number_upper: None,
        length_lower: None,
        length_upper: None,
    };

    pub fn not_null() -> Refinements {
        Refinements { not_null: true, ..Refinements::default() }
    }

    /// Not null, and beginning like this. The caller has cut the prefix where later text cannot change it.
    pub fn prefix(prefix: &str) -> Refinements {
        Refinements { not_null: true, prefix: Some(prefix.into()), ..Refinements::default() }
    }

    /// Not null, with a number of elements between two bounds.
    pub fn length(lower: usize, upper: Option<usize>) -> Refinements {
        Refinements {
            not_null: true,
            length_lower: (lower > 0).then_some(lower),
            length_upper: upper,
            ..Refinements::default()
        }
    }

    /// Not null, and a number between two inclusive bounds.
    pub fn range(lower: Option<Number>, upper: Option<Number>) -> Refinements {
        let bound = |value: Number| Bound { value, inclusive: true };
        Refinements {
            not_null: true,
            number_lower: lower.filter(|value| !value.is_infinite()).map(bound),
            number_upper: upper.filter(|value| !value.is_infinite()).map(bound),
            ..Refinements::default()
        }
    }

    pub fn is_none(&self) -> bool {
        *self == Refinements::NONE
    }

    pub fn with_not_null(mut self) -> Refinements {
        self.not_null = true;
        self
    }
}
