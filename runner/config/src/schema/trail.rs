//! The way to where a walk is, put together only when somebody asks: most walks over an object find nothing to say.

use lang::Path;
use lang::path::Step;

/// A place in an object, as long as the walk is there.
#[derive(Clone, Copy)]
pub struct Trail<'t> {
    parent: Option<&'t Trail<'t>>,
    last: Last<'t>,
}

#[derive(Clone, Copy)]
enum Last<'t> {
    Root,
    Attr(&'t str),
    Step(&'t Step),
}

impl<'t> Trail<'t> {
    /// The object itself.
    pub(super) const ROOT: Trail<'static> = Trail { parent: None, last: Last::Root };

    pub(super) fn attr(&'t self, name: &'t str) -> Trail<'t> {
        Trail { parent: Some(self), last: Last::Attr(name) }
    }

    pub(super) fn step(&'t self, step: &'t Step) -> Trail<'t> {
        Trail { parent: Some(self), last: Last::Step(step) }
    }

    pub fn path(&self) -> Path {
        let mut steps = Vec::new();
        let mut at = Some(self);
        while let Some(trail) = at {
            match trail.last {
                Last::Root => {}
                Last::Attr(name) => steps.push(Step::Attr(name.into())),
                Last::Step(step) => steps.push(step.clone()),
            }
            at = trail.parent;
        }
        steps.reverse();
        Path(steps)
    }
}
