//! CPU work off the message loop: on threads of its own, with a cancellation flag and a net under panics.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::sync::oneshot;
use tower_lsp::jsonrpc::{Error, Result};

use crate::stdio::STACK;

/// Whether the one who asked has lost interest. Cheap to clone and to ask.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cancelled(Arc<AtomicBool>);

impl Cancelled {
    pub(crate) fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The threads that compute, of one session.
///
/// They are as few as there are processors for: what a thread has freed stays with it, so that each thread that has ever
/// made a long answer holds as much memory as that took. They are started when there is something to compute and end with
/// the session.
#[derive(Default)]
pub(crate) struct Workers(OnceLock<Option<Sender<Job>>>);

type Job = Box<dyn FnOnce() + Send>;

/// One that is busy for long must not keep everybody waiting.
const FEWEST: usize = 2;
const MOST: usize = 4;

impl Workers {
    /// Runs `work`, which takes as long as the processor does, on one of the threads.
    ///
    /// When the returned future is dropped, as `$/cancelRequest` does with a request's handler, the flag that
    /// `work` was given is raised; the thread itself cannot be stopped from outside. A panic becomes an internal
    /// error of this one request. Work that was given up before a thread was free is never begun.
    pub(crate) async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Cancelled) -> T + Send + 'static,
    ) -> Result<T> {
        let flag = Cancelled::default();
        let _raise_when_dropped = Raise(flag.clone());
        let (answer, answered) = oneshot::channel();
        let job = move || {
            let begin = || (!flag.is_cancelled()).then(|| work(&flag));
            // Nobody is told what a request has died of; the next one sees nothing of it.
            let ended = std::panic::catch_unwind(AssertUnwindSafe(begin));
            if ended.is_err() {
                tracing::error!("a computation ended early");
            }
            let _ = answer.send(ended.ok());
        };
        match self.0.get_or_init(start) {
            Some(jobs) => drop(jobs.send(Box::new(job))),
            None => drop(tokio::task::spawn_blocking(job)),
        }
        match answered.await {
            Ok(Some(Some(value))) => Ok(value),
            Ok(Some(None)) => Err(Error::request_cancelled()),
            Ok(None) => Err(Error::internal_error()),
            // The server is ending.
            Err(_) => Err(Error::request_cancelled()),
        }
    }
}

/// Starts the threads; `None` where none can be started.
fn start() -> Option<Sender<Job>> {
    let (sender, jobs) = channel::<Job>();
    let jobs = Arc::new(Mutex::new(jobs));
    let count = std::thread::available_parallelism().map_or(FEWEST, usize::from).clamp(FEWEST, MOST);
    let start = |_| {
        let jobs = Arc::clone(&jobs);
        let thread = std::thread::Builder::new().name("compute".to_owned()).stack_size(STACK);
        thread
            .spawn(move || {
                while let Some(job) = next(&jobs) {
                    job()
                }
            })
            .ok()
    };
    let started = (0..count).filter_map(start).count();
    (started > 0).then_some(sender)
}

fn next(jobs: &Mutex<Receiver<Job>>) -> Option<Job> {
    jobs.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// Runs work that waits for others than the processor, or that nobody waits for, on a thread of its own.
pub(crate) async fn wait_for<T: Send + 'static>(
    work: impl FnOnce(&Cancelled) -> T + Send + 'static,
) -> Result<T> {
    let flag = Cancelled::default();
    let _raise_when_dropped = Raise(flag.clone());
    match tokio::task::spawn_blocking(move || (!flag.is_cancelled()).then(|| work(&flag))).await {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(Error::request_cancelled()),
        Err(error) if error.is_cancelled() => Err(Error::request_cancelled()),
        Err(error) => {
            tracing::error!("a computation ended early: {error}");
            Err(Error::internal_error())
        }
    }
}

struct Raise(Cancelled);

impl Drop for Raise {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_error_of_its_own_request() {
        let workers = Workers::default();
        // More often than there are threads, which all have to be there afterwards.
        for _ in 0..2 * MOST {
            assert!(workers.compute(|_| -> u32 { panic!("on purpose") }).await.is_err());
        }
        assert_eq!(workers.compute(|_| 7).await.ok(), Some(7));
        assert!(wait_for(|_| -> u32 { panic!("on purpose") }).await.is_err());
        assert_eq!(wait_for(|_| 7).await.ok(), Some(7));
    }

    #[tokio::test]
    async fn dropping_the_future_raises_the_flag() {
        let (seen, sees) = std::sync::mpsc::channel();
        let workers = Workers::default();
        let work = workers.compute(move |cancelled| {
            while !cancelled.is_cancelled() {
                std::thread::yield_now();
            }
            let _ = seen.send(());
        });
        let _ = tokio::time::timeout(std::time::Duration::from_millis(20), work).await;
        assert!(sees.recv_timeout(std::time::Duration::from_secs(10)).is_ok());
    }
}
