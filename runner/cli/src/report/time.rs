//! Time stamps.

use std::time::Duration;

/// RFC 3339 in UTC with microseconds, of a moment counted since 1970-01-01.
pub(super) fn rfc3339(since_epoch: Duration) -> String {
    format!("{}.{:06}Z", to_the_second(since_epoch), since_epoch.subsec_micros())
}

/// The same without parts of seconds.
pub(crate) fn rfc3339_seconds(since_epoch: Duration) -> String {
    to_the_second(since_epoch) + "Z"
}

fn to_the_second(since_epoch: Duration) -> String {
    let seconds = since_epoch.as_secs();
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// Year, month and day of a day counted since 1970-01-01, in the Gregorian calendar.
fn civil(days: u64) -> (u64, u64, u64) {
    // Counted from 0000-03-01, so that the leap day is the last day of a year and of every 400 years.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::rfc3339;

    #[test]
    fn counts_leap_years() {
        let check = |seconds, text: &str| assert_eq!(rfc3339(Duration::from_secs(seconds)), text);
        check(0, "1970-01-01T00:00:00.000000Z");
        check(951_782_399, "2000-02-28T23:59:59.000000Z");
        check(951_782_400, "2000-02-29T00:00:00.000000Z");
        check(1_709_251_199, "2024-02-29T23:59:59.000000Z");
        check(4_107_542_399, "2100-02-28T23:59:59.000000Z");
        check(4_107_542_400, "2100-03-01T00:00:00.000000Z");
    }

    #[test]
    fn keeps_microseconds() {
        assert_eq!(rfc3339(Duration::from_nanos(1_234_567)), "1970-01-01T00:00:00.001234Z");
    }
}
