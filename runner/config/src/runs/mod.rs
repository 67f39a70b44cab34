//! The run blocks of a test file, in order and by name.
//!
//! They are not kept in a list: what the file's chunks declare is, in a [`Sequence`] that an edit shares with the file as
//! it was before, and where a run stands is worked out when it is asked for. So a file of ten thousand runs costs an edit
//! what one of ten costs.

mod changed;
mod sum;

use std::cell::Cell;
use std::sync::Arc;

use syntax::{FileName, NameHash, Origin, Sequence, SmolStr, Span};

use crate::check::state_key;
use crate::decode::{TestDeclaration, TestFacts};
use crate::item::Item;
use crate::test_file::{Command, Run};

pub use changed::ChangedRuns;
pub(crate) use sum::TestSum;

/// Run blocks in source order.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    file: FileName,
    facts: Sequence<TestFacts>,
}

/// A place among the chunks of a file: the runs and the bytes before it.
#[derive(Clone, Copy, Default)]
struct Before {
    runs: usize,
    bytes: u32,
}

impl Runs {
    /// The runs among what the chunks of a file declare.
    pub(crate) fn new(file: FileName, facts: Sequence<TestFacts>) -> Runs {
        Runs { file, facts }
    }

    pub fn len(&self) -> usize {
        self.facts.sum().runs
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, index: usize) -> Option<Item<Run>> {
        self.find(
            |before, sum| before.runs + sum.runs > index,
            |before, facts| {
                let run = facts.runs().nth(index.checked_sub(before.runs)?)?;
                Some(self.item(run, before))
            },
        )
    }

    /// The run of an index without its place.
    pub fn decl(&self, index: usize) -> Option<&Arc<Run>> {
        self.find(
            |before, sum| before.runs + sum.runs > index,
            |before, facts| facts.runs().nth(index.checked_sub(before.runs)?),
        )
    }

    /// The runs without their places.
    pub fn decls(&self) -> impl Iterator<Item = &Arc<Run>> {
        self.facts.iter().flat_map(|facts| facts.runs())
    }

    pub fn first(&self) -> Option<Item<Run>> {
        self.get(0)
    }

    pub fn iter(&self) -> Iter<'_> {
        Iter {
            facts: self.facts.iter(),
            declarations: [].iter(),
            file: &self.file,
            base: 0,
            next: 0,
            left: self.len(),
        }
    }

    /// The index of the run that a name stands for: the first of that name.
    pub fn named(&self, name: &str) -> Option<usize> {
        let wanted = NameHash::of(name);
        self.first_of(|sum| sum.names.has(wanted), |run| run.name == name)
    }

    /// The runs that lie in a range or touch it, each with its index.
    pub fn touching(&self, range: Span) -> impl Iterator<Item = (usize, Item<Run>)> {
        let touches = |span: Span| span.start <= range.end && range.start <= span.end;
        let mut found = Vec::new();
        self.visit(
            |before, sum| touches(Span::new(before.bytes, before.bytes.saturating_add(sum.bytes))),
            |before, facts| {
                let placed = facts
                    .runs()
                    .enumerate()
                    .map(|(index, run)| (before.runs + index, self.item(run, before)));
                found.extend(placed.filter(|(_, run)| touches(run.locate(run.span).span)));
            },
        );
        found.into_iter()
    }

    /// How many runs of the same name stand before the one of an index.
    pub(crate) fn earlier_of_name(&self, index: usize) -> usize {
        let Some(run) = self.get(index) else { return 0 };
        if !self.facts.sum().repeated.has(NameHash::of(&run.name)) {
            return 0;
        }
        self.iter().take(index).filter(|earlier| earlier.name == run.name).count()
    }

    /// The first run of each source that runs name for another module than the one under test.
    pub fn naming_modules(&self) -> impl Iterator<Item = Item<Run>> {
        let mut seen: Vec<SmolStr> = Vec::new();
        let mut found = Vec::new();
        self.visit(
            |_, sum| !sum.sources.is_empty(),
            |before, facts| {
                for run in facts.runs() {
                    if let Some(module) = run.module.as_ref().filter(|module| !seen.contains(&module.source))
                    {
                        seen.push(module.source.clone());
                        found.push(self.item(run, before));
                    }
                }
            },
        );
        found.into_iter()
    }

    /// The index of the first run that makes something in a state.
    pub(crate) fn first_to_make(&self, state: &str) -> Option<usize> {
        let wanted = NameHash::of(state);
        self.first_of(
            |sum| sum.makes.has(wanted),
            |run| run.command == Command::Apply && state_key(run) == state,
        )
    }

    /// Whether a run reads `var.name`.
    pub(crate) fn read_variable(&self, name: &str) -> bool {
        let wanted = NameHash::of(name);
        self.first_of(|sum| sum.reads.has(wanted), |run| run.reads_variable(name)).is_some()
    }

    /// Whether there is such a run among those that give the variable no value of their own.
    pub(crate) fn any_without(&self, variable: &str, mut is: impl FnMut(&Run) -> bool) -> bool {
        let wanted = NameHash::of(variable);
        let lacks = |run: &Run| !run.variables.contains_key(variable);
        self.first_of(|sum| !sum.sets.has(wanted), |run| lacks(run) && is(run)).is_some()
    }

    /// How many runs at the front, and how many others at the back, are the same in both files.
    pub(crate) fn common(&self, other: &Runs) -> (usize, usize) {
        let (front, back) = self.facts.common(&other.facts);
        (self.runs_before(front), self.len() - self.runs_before(self.facts.len() - back))
    }

    /// Whether every run is the same, wherever it stands.
    pub(crate) fn is_same(&self, other: &Runs) -> bool {
        self.facts.is_same(&other.facts)
    }

    fn runs_before(&self, chunk: usize) -> usize {
        let (mut chunks, mut runs) = (0, 0);
        let skip = |sum: &TestSum| {
            let skipped = chunks + sum.chunks <= chunk;
            if skipped {
                (chunks, runs) = (chunks + sum.chunks, runs + sum.runs);
            }
            skipped
        };
        self.facts.find(skip, |_, _| true);
        runs
    }

    /// What the chunks declare that does more than to give the file another run, each with its place and the number of
    /// runs before it: other blocks, what is wrong, runs of one name, and those that end or begin a state otherwise.
    pub(crate) fn notable(&self) -> Vec<(Origin, usize, &TestFacts)> {
        let repeated = &self.facts.sum().repeated;
        let mut found = Vec::new();
        self.visit(
            |_, sum| sum.notable || sum.names.meets(repeated),
            |before, facts| found.push((Origin::new(self.file.clone(), before.bytes), before.runs, facts)),
        );
        found
    }

    fn item(&self, run: &Arc<Run>, before: Before) -> Item<Run> {
        Item::new(Arc::clone(run), Origin::new(self.file.clone(), before.bytes))
    }

    /// The index of the first run that is what is wanted. `may` says whether one of several may be.
    fn first_of(&self, may: impl Fn(&TestSum) -> bool, mut is: impl FnMut(&Run) -> bool) -> Option<usize> {
        self.find(
            |_, sum| may(sum),
            |before, facts| Some(before.runs + facts.runs().position(|run| is(run))?),
        )
    }

    /// The first answer of a chunk. Chunks of which `may` says that they give none are passed over together.
    fn find<'r, T>(
        &'r self,
        may: impl Fn(Before, &TestSum) -> bool,
        mut answer: impl FnMut(Before, &'r TestFacts) -> Option<T>,
    ) -> Option<T> {
        let mut found = None;
        let at = Cell::new(Before::default());
        let pass = |sum: &TestSum| {
            let Before { runs, bytes } = at.get();
            at.replace(Before { runs: runs + sum.runs, bytes: bytes.saturating_add(sum.bytes) })
        };
        let skip = |sum: &TestSum| {
            let skipped = !may(at.get(), sum);
            if skipped {
                pass(sum);
            }
            skipped
        };
        self.facts.find(skip, |_, facts| {
            found = answer(pass(&facts.sum), facts);
            found.is_some()
        });
        found
    }

    fn visit<'r>(
        &'r self,
        may: impl Fn(Before, &TestSum) -> bool,
        mut each: impl FnMut(Before, &'r TestFacts),
    ) {
        self.find(may, |before, facts| {
            each(before, facts);
            None::<()>
        });
    }
}

impl<'r> IntoIterator for &'r Runs {
    type Item = Item<Run>;
    type IntoIter = Iter<'r>;

    fn into_iter(self) -> Iter<'r> {
        self.iter()
    }
}

/// The runs of a file, in order.
#[derive(Clone, Debug)]
pub struct Iter<'r> {
    facts: syntax::Iter<'r, TestFacts>,
    declarations: std::slice::Iter<'r, TestDeclaration>,
    file: &'r FileName,
    /// Where the chunk of `declarations` begins, and the one behind it.
    base: u32,
    next: u32,
    left: usize,
}

impl Iterator for Iter<'_> {
    type Item = Item<Run>;

    fn next(&mut self) -> Option<Item<Run>> {
        loop {
            for declaration in self.declarations.by_ref() {
                if let TestDeclaration::Run(run) = declaration {
                    self.left -= 1;
                    return Some(Item::new(Arc::clone(run), Origin::new(self.file.clone(), self.base)));
                }
            }
            let facts = self.facts.next()?;
            (self.base, self.next) = (self.next, self.next.saturating_add(facts.sum.bytes));
            self.declarations = facts.declarations.iter();
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Iter<'_> {}
