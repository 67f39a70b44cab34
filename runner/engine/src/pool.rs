//! Work that waits for something outside: every piece on a thread of its own, as many at once as a limit allows.
//!
//! Whoever hands it in goes on meanwhile, looks around now and then, and gets the results on its own thread.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, Scope};
use std::time::Duration;

/// How long nobody looks around at most.
const LOOK: Duration = Duration::from_millis(20);

/// Pieces of work, each with a number that whoever hands it in knows it by.
#[derive(Debug)]
pub struct Pool<'scope, 'env, T> {
    scope: &'scope Scope<'scope, 'env>,
    most: usize,
    working: usize,
    over: (Sender<Over<T>>, Receiver<Over<T>>),
}

/// The number of a piece, and its result or its panic.
type Over<T> = (usize, thread::Result<T>);

impl<'scope, 'env, T: Send + 'scope> Pool<'scope, 'env, T> {
    /// At most `most` pieces go on at once, and at least one.
    pub fn new(scope: &'scope Scope<'scope, 'env>, most: usize) -> Pool<'scope, 'env, T> {
        Pool { scope, most: most.max(1), working: 0, over: channel() }
    }

    pub fn has_room(&self) -> bool {
        self.working < self.most
    }

    pub fn is_idle(&self) -> bool {
        self.working == 0
    }

    /// Begins a piece of work.
    pub fn begin(&mut self, number: usize, work: impl FnOnce() -> T + Send + 'scope) {
        self.working += 1;
        let over = self.over.0.clone();
        self.scope.spawn(move || {
            let result = catch_unwind(AssertUnwindSafe(work));
            // It is waited for as long as it works.
            let _ = over.send((number, result));
        });
    }

    /// The result of a piece that is over. `None` after a while without any, to look around.
    pub fn wait(&mut self) -> Option<(usize, T)> {
        let (number, result) = self.over.1.recv_timeout(LOOK).ok()?;
        self.working -= 1;
        match result {
            Ok(result) => Some((number, result)),
            Err(panic) => resume_unwind(panic),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Barrier};

    use super::*;

    #[test]
    fn as_much_goes_on_at_once_as_there_is_room_for() {
        // Three at a time meet at the barrier, or none of them ends.
        let barrier = Arc::new(Barrier::new(3));
        let at_once = Arc::new(AtomicUsize::new(0));
        let mut done = Vec::new();
        thread::scope(|scope| {
            let mut pool = Pool::new(scope, 3);
            for number in 0..9 {
                while !pool.has_room() {
                    done.extend(pool.wait());
                }
                let (barrier, at_once) = (Arc::clone(&barrier), Arc::clone(&at_once));
                pool.begin(number, move || {
                    let count = at_once.fetch_add(1, Ordering::SeqCst) + 1;
                    barrier.wait();
                    at_once.fetch_sub(1, Ordering::SeqCst);
                    count
                });
            }
            while !pool.is_idle() {
                done.extend(pool.wait());
            }
        });
        assert_eq!(done.len(), 9);
        assert!(done.iter().all(|(_, count)| *count <= 3), "{done:?}");
    }

    #[test]
    #[should_panic(expected = "of its own")]
    fn a_panic_is_passed_on() {
        thread::scope(|scope| {
            let mut pool = Pool::new(scope, 1);
            pool.begin(0, || panic!("of its own"));
            while !pool.is_idle() {
                pool.wait();
            }
        });
    }
}
