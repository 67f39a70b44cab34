//! Trying to connect, again and again: a machine that was made a moment ago does not answer yet.

use std::time::Duration;

use tokio::time::{sleep, timeout};

/// How long it is waited after the first attempt that fails, and at most; each time twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// Tries until it works or the time is over, and says then why the last attempt that came to an end failed.
pub(super) async fn until<T>(
    limit: Duration,
    mut attempt: impl AsyncFnMut() -> Result<T, String>,
) -> Result<T, String> {
    let mut last = None;
    let trying = async {
        let mut pause = Duration::ZERO;
        loop {
            sleep(pause).await;
            match attempt().await {
                Ok(done) => return done,
                Err(why) => last = Some(why),
            }
            pause = (pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
        }
    };
    match timeout(limit, trying).await {
        Ok(done) => Ok(done),
        Err(_) => Err(format!("timeout - last error: {}", last.as_deref().unwrap_or("<nil>"))),
    }
}
