use expect_test::{Expect, expect};

use super::{Fixture, MODULE, describe};
use crate::{Cancel, Event};

const TEST: &str = "run \"one\" {}\nrun \"two\" {}\n";

/// Calls `when` after every event, so that it can cancel.
#[track_caller]
fn check(when: impl Fn(&Event, &Cancel), expected: Expect) {
    let suite = Fixture::new([("main.tf", MODULE), ("a.tftest.hcl", TEST), ("b.tftest.hcl", TEST)]);
    let cancel = Cancel::new();
    let mut lines = Vec::new();
    let summary = suite.run(&cancel, &mut |event: Event| {
        describe(&event, &mut lines);
        when(&event, &cancel);
    });
    lines.push(format!("{:?}", summary.status));
    expected.assert_eq(&(lines.join("\n") + "\n"));
}

#[test]
fn the_first_interrupt_skips_the_rest_and_cleans_up() {
    check(
        |event, cancel| {
            if matches!(event, Event::RunFinished(finished) if finished.run == "one") {
                cancel.stop();
            }
        },
        expect![[r#"
            loaded
            discovered {"a.tftest.hcl": ["one", "two"], "b.tftest.hcl": ["one", "two"]}
            a.tftest.hcl
              one starts
              one pass
            interrupted softly
              two skip
              teardown
                of one
              teardown ends
            a.tftest.hcl pass
            b.tftest.hcl
              one skip
              two skip
              teardown
              teardown ends
            b.tftest.hcl skip
            pass: 1 passed, 0 failed, 0 errored, 3 skipped
            Pass
        "#]],
    );
}

#[test]
fn the_second_interrupt_ends_it_and_lists_what_is_left() {
    check(
        |event, cancel| {
            if matches!(event, Event::RunFinished(finished) if finished.run == "one") {
                cancel.stop();
                cancel.cancel();
            }
        },
        expect![[r#"
            loaded
            discovered {"a.tftest.hcl": ["one", "two"], "b.tftest.hcl": ["one", "two"]}
            a.tftest.hcl
              one starts
              one pass
            interrupted softly
            interrupted hard
                abandoned
                left of Tested: ["terraform_data.a"]
              teardown
              teardown ends
            a.tftest.hcl error
            error: 1 passed, 0 failed, 0 errored, 0 skipped
            Error
        "#]],
    );
}
