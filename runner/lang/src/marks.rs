//! Marks: what a value remembers about where it came from.

use std::fmt;
use std::ops::BitOr;

/// The marks on one value. Results of operations carry the marks of everything that they depend on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Marks(u64);

/// The first bit of those that stand for something deprecated.
const DEPRECATED: u32 = 3;

impl Marks {
    pub const EMPTY: Marks = Marks(0);
    /// Must not be shown.
    pub const SENSITIVE: Marks = Marks(1);
    /// Must not be stored.
    pub const EPHEMERAL: Marks = Marks(2);
    /// Was made from the console's `type`.
    pub const TYPE: Marks = Marks(4);

    /// How many deprecated things can be told apart.
    pub const MOST_DEPRECATED: usize = (u64::BITS - DEPRECATED) as usize;

    /// Was made from something that should not be used any more: the one that whoever made the value counts by this
    /// number. None beyond [`Marks::MOST_DEPRECATED`].
    pub const fn deprecated(number: usize) -> Marks {
        if number < Marks::MOST_DEPRECATED { Marks(1 << (DEPRECATED + number as u32)) } else { Marks::EMPTY }
    }

    /// The numbers of the deprecated things.
    pub fn of_deprecated(self) -> impl Iterator<Item = usize> {
        (0..Marks::MOST_DEPRECATED).filter(move |number| self.contains(Marks::deprecated(*number)))
    }

    /// The marks that stand for something deprecated.
    pub const fn only_deprecated(self) -> Marks {
        Marks(self.0 & !0 << DEPRECATED)
    }

    pub const fn union(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }

    pub const fn without(self, other: Marks) -> Marks {
        Marks(self.0 & !other.0)
    }

    /// Has all the marks of the other.
    pub const fn contains(self, other: Marks) -> bool {
        self.0 & other.0 == other.0
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub const fn is_sensitive(self) -> bool {
        self.contains(Marks::SENSITIVE)
    }

    pub const fn is_ephemeral(self) -> bool {
        self.contains(Marks::EPHEMERAL)
    }
}

impl BitOr for Marks {
    type Output = Marks;

    fn bitor(self, other: Marks) -> Marks {
        self.union(other)
    }
}

impl FromIterator<Marks> for Marks {
    fn from_iter<I: IntoIterator<Item = Marks>>(marks: I) -> Marks {
        marks.into_iter().fold(Marks::EMPTY, Marks::union)
    }
}

impl fmt::Debug for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [(Marks::SENSITIVE, "sensitive"), (Marks::EPHEMERAL, "ephemeral"), (Marks::TYPE, "type")];
        let deprecated = (!self.only_deprecated().is_empty()).then_some("deprecated");
        f.debug_set()
            .entries(names.iter().filter(|(mark, _)| self.contains(*mark)).map(|(_, name)| name))
            .entries(deprecated)
            .finish()
    }
}
