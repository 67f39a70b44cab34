//! Work that waits for something outside, apart from the walk: what is to be done without it, and how it goes on then.

use std::sync::Arc;

use lang::Value;
use provider::{Answer, ApplyRequest, Object, Outside, Private, Provider};
use syntax::SmolStr;

use super::{Inputs, Walk};
use crate::host::{Cancel, ForProviders, Host};

/// Something that a step waits for. It can be done on any thread.
pub(super) struct Wait<'a>(Box<Work<'a>>);

type Work<'a> = dyn FnOnce(&dyn Host, &Cancel) -> Rest<'a> + Send + 'a;

/// What is left of a step when that has been done. It may have to wait again. Meanwhile others have found something, and
/// what the step itself has found is where it was: an index into the findings still means what it meant.
pub(super) type Rest<'a> = Box<dyn FnOnce(&mut Walk<'a>) -> Option<Wait<'a>> + Send + 'a>;

/// An object that a provider is asked to make, to change or to destroy.
pub(super) struct Wanted {
    pub provider: Arc<dyn Provider>,
    pub kind: SmolStr,
    pub prior: Value,
    pub planned: Value,
    pub config: Value,
    pub private: Private,
}

impl<'a> Wait<'a> {
    pub fn new<T: Send + 'a>(
        work: impl FnOnce(&dyn Host, &Cancel) -> T + Send + 'a,
        then: impl FnOnce(&mut Walk<'a>, T) -> Option<Wait<'a>> + Send + 'a,
    ) -> Wait<'a> {
        Wait(Box::new(move |host, cancel| {
            let done = work(host, cancel);
            Box::new(move |walk| then(walk, done))
        }))
    }

    /// Does the work, which may take any time.
    pub fn work(self, host: &dyn Host, cancel: &Cancel) -> Rest<'a> {
        self.0(host, cancel)
    }
}

impl Wanted {
    pub fn ask(&self, outside: &dyn Outside) -> Answer<Object> {
        let Wanted { provider, kind, prior, planned, config, private } = self;
        provider.apply(&ApplyRequest { kind, prior, planned, config, private, outside })
    }
}

impl<'a> Walk<'a> {
    /// Asks a provider and goes on with its answer: at once where it has nothing to wait for.
    pub(super) fn ask_of<T: Send + 'a>(
        &mut self,
        provider: &Arc<dyn Provider>,
        question: impl FnOnce(&dyn Outside) -> T + Send + 'a,
        then: impl FnOnce(&mut Walk<'a>, T) -> Option<Wait<'a>> + Send + 'a,
    ) -> Option<Wait<'a>> {
        let Inputs { host, dialect, .. } = self.inputs;
        if provider.waits() {
            return Some(Wait::new(move |host, _| question(&ForProviders(host, dialect)), then));
        }
        let answer = question(&ForProviders(host, dialect));
        then(self, answer)
    }
}
