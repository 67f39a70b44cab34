//! What the check of a run asks about everything else, written down with the answers.
//!
//! The check of a run reads the run itself, the file's variables, providers, mocks and overrides, and a few things about
//! the file's other runs and about modules. Those few are questions that go through here, so that whoever keeps what
//! was found knows when it would be found again: as long as every question still has the same answer. The check of what
//! stands outside of the runs asks about them in the same way.

use std::cell::RefCell;
use std::sync::Arc;

use syntax::{NameSet, SmolStr};

use super::{ChangedModule, module_change, state_key};
use crate::item::Item;
use crate::runs::Runs;
use crate::suggest::did_you_mean;
use crate::test_file::{ModuleSource, Run, TestFile, VariableValue};

/// A file's runs, as the check of one of them asks about them.
#[derive(Clone, Copy)]
pub struct Siblings<'a> {
    pub file: &'a TestFile,
    /// Where the questions are written down; `None` when nobody keeps what is found.
    pub asked: Option<&'a Asked>,
}

/// The questions of one check so far.
#[derive(Debug, Default)]
pub struct Asked {
    /// The index of the run that is checked.
    own: usize,
    questions: RefCell<Vec<(Question, Answer)>>,
    states: RefCell<Vec<SmolStr>>,
    modules: RefCell<Vec<Option<SmolStr>>>,
}

/// What a check has asked, with the answers that it got.
#[derive(Debug, Default)]
pub struct Answers {
    questions: Vec<(Question, Answer)>,
    /// The modules that were looked at, by their sources; the one under test has none.
    modules: Vec<Option<SmolStr>>,
    /// Whether there are questions about more than runs of certain names.
    pub about_all: bool,
    /// Whether anything in these modules may have been looked at.
    pub whole_modules: bool,
    /// Whether there are questions about values that the file gives to variables.
    pub about_values: bool,
}

/// What the questions of a check are about, by name.
#[derive(Clone, Debug, Default)]
pub struct Subjects {
    /// The runs that questions name, and the states that they are about.
    pub runs: NameSet,
    pub states: NameSet,
    /// The declarations of modules, as [`ChangedModule`] names them.
    pub declarations: NameSet,
}

/// A question about the other runs, from the place of a run: the one that is checked, or the one that a name stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Question {
    from: Option<SmolStr>,
    about: About,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum About {
    /// Where the run of a name stands.
    Standing(SmolStr),
    /// What a name that no run has was meant to be.
    Meant(SmolStr),
    /// The module that the run of a name executes.
    Module(SmolStr),
    /// Whether the run of a name waits for this one.
    Waits(SmolStr),
    /// Whether an earlier run has made something in this one's state.
    Made,
    /// Everything about the run of a name.
    Whole(SmolStr),
    /// Whether a run reads a variable.
    Reads(SmolStr),
    /// Whether a run of the module of a source leaves the variable of that name to the file.
    Leaves(Option<SmolStr>, SmolStr),
    /// Everything about every run.
    All,
    /// The value that the file gives to the variable of a name.
    Value(SmolStr),
}

#[derive(Clone, Debug)]
enum Answer {
    Standing(Option<Standing>),
    Text(String),
    Module(Option<Option<SmolStr>>),
    Truth(bool),
    Whole(Option<Arc<Run>>),
    All(Runs),
    Value(Option<Arc<VariableValue>>),
}

/// Stands for the place of a question that no run asks.
const OUTSIDE: usize = usize::MAX;

/// Where a run stands, seen from another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    Earlier,
    Same,
    Later,
}

impl Asked {
    /// Nothing yet, about the run of that index.
    pub fn about(own: usize) -> Asked {
        Asked { own, ..Asked::default() }
    }

    /// Nothing yet, about what stands outside of the runs.
    pub fn about_file() -> Asked {
        Asked::about(OUTSIDE)
    }

    /// Everything that was asked, and what that is about. `run` is the one that was checked, if it was one.
    pub fn finish(self, run: Option<&Run>) -> (Answers, Subjects) {
        let (questions, states) = (self.questions.into_inner(), self.states.into_inner());
        let names =
            questions.iter().flat_map(|(question, _)| question.from.iter().chain(question.about.run()));
        let runs = NameSet::new(names.map(SmolStr::as_str));
        // What becomes of another run's values depends on the modules through that run, too.
        let others = questions.iter().filter_map(|(_, answer)| match answer {
            Answer::Whole(run) => run.as_deref(),
            _ => None,
        });
        let read: Option<Vec<_>> = run.into_iter().chain(others).map(module_change::read_by).collect();
        let subjects = Subjects {
            runs,
            states: NameSet::new(states.iter().map(SmolStr::as_str)),
            declarations: read.iter().flatten().flatten().copied().collect(),
        };
        let answers = Answers {
            about_all: questions.iter().any(|(question, _)| question.about.is_about_all()),
            whole_modules: run.is_none() || read.is_none(),
            about_values: questions.iter().any(|(question, _)| matches!(question.about, About::Value(_))),
            questions,
            modules: self.modules.into_inner(),
        };
        (answers, subjects)
    }

    pub(super) fn module(&self, source: Option<&ModuleSource>) {
        let source = source.map(|source| &source.source);
        let mut modules = self.modules.borrow_mut();
        if !modules.iter().any(|known| known.as_ref() == source) {
            modules.push(source.cloned());
        }
    }
}

impl Answers {
    /// Whether what stands outside of the runs would get the same answers about them.
    pub fn still_hold_outside(&self, file: &TestFile) -> bool {
        self.still_hold(file, OUTSIDE)
    }

    /// Whether the run that is now at `index` would get the same answers about the other runs. Where only some runs have
    /// changed, this need not be asked unless the change concerns [`Subjects::runs`] or [`Subjects::states`], or the
    /// questions are about all runs; and where only values of the file's variables have, not unless they are about those.
    pub fn still_hold(&self, file: &TestFile, index: usize) -> bool {
        let siblings = Siblings { file, asked: None };
        self.questions.iter().all(|(question, answer)| {
            let from = match &question.from {
                None => Some(index),
                Some(name) => file.runs.named(name),
            };
            from.is_some_and(|from| siblings.answer(from, &question.about).is_same(answer))
        })
    }

    /// Whether modules that have changed so, each told by its source, are for this check what they were. `declarations` are
    /// the check's; nothing was found in it.
    pub fn same_modules<'c>(
        &self,
        declarations: &NameSet,
        change: impl Fn(Option<&SmolStr>) -> &'c ChangedModule,
    ) -> bool {
        self.modules.iter().all(|source| match change(source.as_ref()) {
            ChangedModule::Everything => false,
            named => !self.whole_modules && !named.may_concern(declarations),
        })
    }
}

impl About {
    /// The run that it names.
    fn run(&self) -> Option<&SmolStr> {
        match self {
            About::Standing(name) | About::Module(name) | About::Waits(name) | About::Whole(name) => {
                Some(name)
            }
            _ => None,
        }
    }

    /// Whether more can change the answer than the run that it names and the first one in a state.
    fn is_about_all(&self) -> bool {
        match self {
            About::Standing(_) | About::Module(_) | About::Whole(_) | About::Made | About::Value(_) => false,
            About::Meant(_) | About::Waits(_) | About::Reads(_) | About::Leaves(..) | About::All => true,
        }
    }
}

impl Answer {
    fn is_same(&self, other: &Answer) -> bool {
        match (self, other) {
            (Answer::Standing(a), Answer::Standing(b)) => a == b,
            (Answer::Text(a), Answer::Text(b)) => a == b,
            (Answer::Module(a), Answer::Module(b)) => a == b,
            (Answer::Truth(a), Answer::Truth(b)) => a == b,
            (Answer::Whole(Some(a)), Answer::Whole(Some(b))) => Arc::ptr_eq(a, b),
            (Answer::Whole(a), Answer::Whole(b)) => a.is_none() && b.is_none(),
            (Answer::All(a), Answer::All(b)) => a.is_same(b),
            (Answer::Value(Some(a)), Answer::Value(Some(b))) => Arc::ptr_eq(a, b),
            (Answer::Value(a), Answer::Value(b)) => a.is_none() && b.is_none(),
            _ => false,
        }
    }
}

impl<'a> Siblings<'a> {
    /// Where the run of that name stands, seen from the run at `from`; from no run, each is later.
    pub(crate) fn standing(self, from: Option<usize>, name: &str) -> Option<Standing> {
        let Some(from) = from else { return self.module_of(OUTSIDE, name).map(|_| Standing::Later) };
        match self.ask(from, About::Standing(name.into())) {
            Answer::Standing(standing) => standing,
            _ => None,
        }
    }

    /// What a name was meant to be that no run has, as messages say it.
    pub(crate) fn meant(self, from: Option<usize>, name: &str) -> String {
        match self.ask(from.unwrap_or(OUTSIDE), About::Meant(name.into())) {
            Answer::Text(text) => text,
            _ => String::new(),
        }
    }

    /// The run of a name, for the module that it executes and nothing else.
    pub(super) fn module_of(self, from: usize, name: &str) -> Option<Option<&'a ModuleSource>> {
        self.ask(from, About::Module(name.into()));
        Some(self.file.runs.decl(self.file.runs.named(name)?)?.module.as_ref())
    }

    /// Whether the run of a name, at `from` or behind it, begins only when the run at `from` has ended.
    pub(super) fn waits(self, from: usize, name: &str) -> bool {
        let stands_behind = matches!(self.standing(Some(from), name), Some(Standing::Same | Standing::Later));
        stands_behind && matches!(self.ask(from, About::Waits(name.into())), Answer::Truth(true))
    }

    /// Whether a run before the one at `from` has made something in the state that it works on.
    pub(super) fn has_made(self, from: usize) -> bool {
        if let (Some(asked), Some(run)) = (self.asked, self.file.runs.decl(from)) {
            asked.states.borrow_mut().push(state_key(run).into());
        }
        matches!(self.ask(from, About::Made), Answer::Truth(true))
    }

    /// The run of a name before the one at `from`, with its index.
    pub(super) fn earlier(self, from: usize, name: &str) -> Option<usize> {
        let index = self.file.runs.named(name).filter(|index| *index < from);
        self.ask(from, About::Standing(name.into()));
        self.ask(from, About::Whole(name.into()));
        index
    }

    /// Whether a run reads `var.name`.
    pub(super) fn read(self, name: &str) -> bool {
        matches!(self.ask(OUTSIDE, About::Reads(name.into())), Answer::Truth(true))
    }

    /// Whether a run of the module under test, or of the one of that source, leaves the variable of a name to the file.
    pub(super) fn leave(self, source: Option<&SmolStr>, name: &str) -> bool {
        matches!(self.ask(OUTSIDE, About::Leaves(source.cloned(), name.into())), Answer::Truth(true))
    }

    /// The value that the file gives to the variable of a name, as the run at `from` sees it.
    pub(super) fn value(self, from: usize, name: &str) -> Option<&'a Item<VariableValue>> {
        self.ask(from, About::Value(name.into()));
        self.file.variables.get(name)
    }

    /// Every run.
    pub(super) fn all(self) -> &'a Runs {
        self.ask(OUTSIDE, About::All);
        &self.file.runs
    }

    fn ask(self, from: usize, about: About) -> Answer {
        let answer = self.answer(from, &about);
        if let Some(asked) = self.asked {
            let name = || self.file.runs.decl(from).map(|run| run.name.clone());
            let question = Question { from: (from != asked.own).then(name).flatten(), about };
            let mut questions = asked.questions.borrow_mut();
            if !questions.iter().any(|(known, _)| *known == question) {
                questions.push((question, answer.clone()));
            }
        }
        answer
    }

    fn answer(self, from: usize, about: &About) -> Answer {
        let runs = &self.file.runs;
        let run = |name: &str| runs.decl(runs.named(name)?);
        match about {
            About::Standing(name) => Answer::Standing(runs.named(name).map(|index| match index.cmp(&from) {
                std::cmp::Ordering::Less => Standing::Earlier,
                std::cmp::Ordering::Equal => Standing::Same,
                std::cmp::Ordering::Greater => Standing::Later,
            })),
            About::Meant(name) => {
                let mut names: Vec<&str> = runs.decls().map(|run| run.name.as_str()).collect();
                names.sort_unstable();
                Answer::Text(did_you_mean(name, names))
            }
            About::Module(name) => {
                Answer::Module(run(name).map(|run| run.module.as_ref().map(|module| module.source.clone())))
            }
            About::Waits(name) => Answer::Truth(self.waits_for(from, name)),
            About::Made => Answer::Truth(self.made_before(from)),
            About::Whole(name) => Answer::Whole(run(name).cloned()),
            About::Reads(name) => Answer::Truth(runs.read_variable(name)),
            About::Leaves(source, name) => {
                let is_of = |run: &Run| run.module.as_ref().map(|module| &module.source) == source.as_ref();
                Answer::Truth(runs.any_without(name, is_of))
            }
            About::All => Answer::All(runs.clone()),
            About::Value(name) => {
                Answer::Value(self.file.variables.get(name).map(|value| Arc::clone(&value.decl)))
            }
        }
    }

    /// Terraform finds the circle when it puts the runs in order.
    fn waits_for(self, from: usize, name: &str) -> bool {
        let runs = &self.file.runs;
        let Some(later) = runs.named(name).filter(|index| *index >= from) else { return false };
        let (Some(own), Some(target)) = (runs.decl(from), runs.decl(later)) else { return false };
        let mut between = runs.decls().skip(from).take(later + 1 - from);
        later == from || state_key(target) == state_key(own) || between.any(|run| !self.file.is_parallel(run))
    }

    fn made_before(self, from: usize) -> bool {
        let own = self.file.runs.decl(from);
        own.and_then(|own| self.file.runs.first_to_make(state_key(own))).is_some_and(|first| first < from)
    }
}
