//! CPU work off the message loop: on the blocking pool, with a cancellation flag and a net under panics.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tower_lsp::jsonrpc::{Error, Result};

/// Whether the one who asked has lost interest. Cheap to clone and to ask.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cancelled(Arc<AtomicBool>);

impl Cancelled {
    pub(crate) fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs `work` on the blocking pool.
///
/// When the returned future is dropped, as `$/cancelRequest` does with a request's handler, the flag that
/// `work` was given is raised; the thread itself cannot be stopped from outside. A panic becomes an internal
/// error of this one request. Work that was given up before a thread was free is never begun.
pub(crate) async fn compute<T: Send + 'static>(
    work: impl FnOnce(&Cancelled) -> T + Send + 'static,
) -> Result<T> {
    let flag = Cancelled::default();
    let _raise_when_dropped = Raise(flag.clone());
    match tokio::task::spawn_blocking(move || (!flag.is_cancelled()).then(|| work(&flag))).await {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(Error::request_cancelled()),
        // The server is ending.
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
        assert!(compute(|_| -> u32 { panic!("on purpose") }).await.is_err());
        assert_eq!(compute(|_| 7).await.ok(), Some(7));
    }

    #[tokio::test]
    async fn dropping_the_future_raises_the_flag() {
        let (seen, sees) = std::sync::mpsc::channel();
        let work = compute(move |cancelled| {
            while !cancelled.is_cancelled() {
                std::thread::yield_now();
            }
            let _ = seen.send(());
        });
        let _ = tokio::time::timeout(std::time::Duration::from_millis(20), work).await;
        assert!(sees.recv_timeout(std::time::Duration::from_secs(10)).is_ok());
    }
}
