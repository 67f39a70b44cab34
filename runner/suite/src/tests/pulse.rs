//! Runs that wait for nothing and take long all the same: that they go on is told in between, by the thread that executes
//! them. The clock goes on whenever somebody looks at it, so that what is counted is the looks.

use super::*;
use crate::Status;

const MODULE: &str = "resource \"terraform_data\" \"a\" {\n  count = 40\n}\n";

/// How long each run and its destruction have gone on when that is told, in milliseconds.
fn told(tick: Duration, tests: &str) -> Vec<(String, u128)> {
    let suite = Fixture::new([("main.tf", MODULE), ("t.tftest.hcl", tests)]);
    let mut host = TestHost::new(&suite.files);
    host.tick = tick;
    let here = std::thread::current().id();
    let mut told = Vec::new();
    let mut sink = |event: Event| {
        assert_eq!(std::thread::current().id(), here);
        match event {
            Event::RunGoesOn { run, elapsed, .. } => {
                told.push((format!("{run} goes on"), elapsed.as_millis()))
            }
            Event::RunTeardown { run, elapsed, .. } => {
                told.push((format!("{run} goes"), elapsed.as_millis()))
            }
            _ => {}
        }
    };
    let summary = crate::run(&suite.request, &suite.files, &host, &Cancel::new(), &mut sink);
    assert_eq!((summary.status, summary.passed), (Status::Pass, 1));
    told
}

#[test]
fn that_a_long_run_goes_on_is_told_every_two_seconds() {
    let told = told(Duration::from_millis(100), "run \"one\" {}\n");
    let of = |what: &str| -> Vec<u128> {
        told.iter().filter(|(name, _)| name == what).map(|(_, elapsed)| *elapsed).collect()
    };
    for (what, first) in [("one goes on", 2_000), ("one goes", 0)] {
        let times = of(what);
        assert!(times.len() >= 3, "{what}: {times:?}");
        assert_eq!(times.first(), Some(&first), "{what}: {times:?}");
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] == 2_000), "{what}: {times:?}");
    }
}

#[test]
fn of_a_short_one_nothing_is_told() {
    let told = told(Duration::from_millis(1), "run \"one\" {}\n");
    assert_eq!(told, [("one goes".to_owned(), 0)]);
}
