//! Work that waits for something outside: every piece on a thread of its own, as many at once as a limit allows.
//!
//! Whoever hands it in goes on meanwhile, looks around now and then, and gets the results on its own thread.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, Scope};
use std::time::Duration;

/// How long nobody looks around at most.
const LOOK: Duration = Duration::from_millis(20);

/// How often it is told that work goes on, as in Terraform.
const BEAT: Duration = Duration::from_secs(2);

/// Pieces of work, each with a number that whoever hands it in knows it by.
pub(crate) struct Pool<'scope, 'env, T> {
    scope: &'scope Scope<'scope, 'env>,
    most: usize,
    working: Vec<Piece>,
    over: (Sender<Over<T>>, Receiver<Over<T>>),
}

/// Since when a piece of work goes on, and when that was told last.
pub(crate) struct Beat {
    since: Duration,
    told: Duration,
}

impl Beat {
    /// Of work that begins now.
    pub(crate) fn new(now: Duration) -> Beat {
        Beat { since: now, told: now }
    }

    /// How long the work goes on, where it is time to tell.
    pub(crate) fn due(&mut self, now: Duration) -> Option<Duration> {
        if now.saturating_sub(self.told) < BEAT {
            return None;
        }
        self.told = now;
        Some(now.saturating_sub(self.since))
    }
}

/// A piece of work that goes on.
struct Piece {
    number: usize,
    beat: Beat,
}

/// The number of a piece, and its result or its panic.
type Over<T> = (usize, thread::Result<T>);

impl<'scope, 'env, T: Send + 'scope> Pool<'scope, 'env, T> {
    /// At most `most` pieces go on at once, and at least one.
    pub(crate) fn new(scope: &'scope Scope<'scope, 'env>, most: usize) -> Pool<'scope, 'env, T> {
        Pool { scope, most: most.max(1), working: Vec::new(), over: channel() }
    }

    pub(crate) fn has_room(&self) -> bool {
        self.working.len() < self.most
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.working.is_empty()
    }

    /// Begins a piece of work; `now` is what time it is.
    pub(crate) fn begin(&mut self, number: usize, now: Duration, work: impl FnOnce() -> T + Send + 'scope) {
        self.working.push(Piece { number, beat: Beat::new(now) });
        let over = self.over.0.clone();
        self.scope.spawn(move || {
            let result = catch_unwind(AssertUnwindSafe(work));
            // It is waited for as long as it works.
            let _ = over.send((number, result));
        });
    }

    /// The result of a piece that is over. `None` after a while without any, to look around.
    pub(crate) fn next(&mut self) -> Option<(usize, T)> {
        let (number, result) = self.over.1.recv_timeout(LOOK).ok()?;
        self.working.retain(|piece| piece.number != number);
        match result {
            Ok(result) => Some((number, result)),
            Err(panic) => resume_unwind(panic),
        }
    }

    /// The pieces of which it is time to tell that they go on, with how long they do.
    pub(crate) fn beats(&mut self, now: Duration) -> Vec<(usize, Duration)> {
        let working = self.working.iter_mut();
        working.filter_map(|piece| Some((piece.number, piece.beat.due(now)?))).collect()
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
                    done.extend(pool.next());
                }
                let (barrier, at_once) = (Arc::clone(&barrier), Arc::clone(&at_once));
                pool.begin(number, Duration::ZERO, move || {
                    let count = at_once.fetch_add(1, Ordering::SeqCst) + 1;
                    barrier.wait();
                    at_once.fetch_sub(1, Ordering::SeqCst);
                    count
                });
            }
            while !pool.is_idle() {
                done.extend(pool.next());
            }
        });
        assert_eq!(done.len(), 9);
        assert!(done.iter().all(|(_, count)| *count <= 3), "{done:?}");
    }

    #[test]
    fn a_beat_is_told_once_and_counts_from_the_last() {
        thread::scope(|scope| {
            let mut pool = Pool::new(scope, 2);
            let (stop, stopped) = channel::<()>();
            pool.begin(7, Duration::from_secs(1), move || stopped.recv().is_err());
            let mut beats = |millis| pool.beats(Duration::from_millis(millis));
            assert_eq!(beats(2_999), []);
            assert_eq!(beats(3_000), [(7, Duration::from_secs(2))]);
            assert_eq!(beats(4_999), []);
            assert_eq!(beats(9_500), [(7, Duration::from_millis(8_500))]);
            assert_eq!(beats(11_000), []);
            drop(stop);
            while !pool.is_idle() {
                assert_eq!(pool.next().unwrap_or((7, true)), (7, true));
            }
        });
    }

    #[test]
    #[should_panic(expected = "of its own")]
    fn a_panic_is_passed_on() {
        thread::scope(|scope| {
            let mut pool = Pool::new(scope, 1);
            pool.begin(0, Duration::ZERO, || panic!("of its own"));
            while !pool.is_idle() {
                pool.next();
            }
        });
    }
}
