//! When it is time to tell that work goes on.

use std::time::Duration;

/// How often it is told that work goes on, as in Terraform.
const EVERY: Duration = Duration::from_secs(2);

/// Since when work goes on, and when that was told last.
pub(crate) struct Beat {
    since: Duration,
    told: Duration,
}

impl Beat {
    /// Of work that begins now.
    pub(crate) fn new(now: Duration) -> Beat {
        Beat { since: now, told: now }
    }

    /// Something else was told.
    pub(crate) fn put_off(&mut self, now: Duration) {
        self.told = now;
    }

    /// How long the work goes on, where it is time to tell.
    pub(crate) fn due(&mut self, now: Duration) -> Option<Duration> {
        if now.saturating_sub(self.told) < EVERY {
            return None;
        }
        self.told = now;
        Some(now.saturating_sub(self.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beat_is_told_once_and_counts_from_the_last() {
        let mut beat = Beat::new(Duration::from_secs(1));
        let mut due = |millis| beat.due(Duration::from_millis(millis));
        assert_eq!(due(2_999), None);
        assert_eq!(due(3_000), Some(Duration::from_secs(2)));
        assert_eq!(due(4_999), None);
        assert_eq!(due(9_500), Some(Duration::from_millis(8_500)));
        assert_eq!(due(11_000), None);
        beat.put_off(Duration::from_secs(11));
        assert_eq!(beat.due(Duration::from_millis(12_999)), None);
        assert_eq!(beat.due(Duration::from_secs(13)), Some(Duration::from_secs(12)));
    }
}
