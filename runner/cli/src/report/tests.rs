//! Every event, through both reporters, stream by stream.

use std::sync::Arc;
use std::time::Duration;

use config::{Command, Dialect, TestId};
use expect_test::{Expect, expect};
use suite::{
    Abandoned, Creating, DiscoveredFile, DiscoveredRun, Event, LeftObject, Owner, RunFinished, Sink, Status,
    Summary, Timings,
};
use syntax::{Diagnostic, FileName, Location, Span};

use super::{Human, Json, Streams, Times, Voice};
use crate::diagnostics::{Explain, Source, Style};

const TEXT: &str = "run \"a\" {\n  command = plan\n}\n";

fn sources(file: &FileName) -> Option<Arc<Source>> {
    (file.as_str() == "t.tftest.hcl").then(|| Arc::new(Source::new(file, TEXT.into())))
}

fn file() -> FileName {
    FileName::new("t.tftest.hcl")
}

fn id() -> TestId {
    TestId { module: ".".into(), file: file(), run: "a".into(), occurrence: 0 }
}

fn finished(status: Status, diagnostics: Vec<Diagnostic>) -> RunFinished {
    RunFinished {
        id: id(),
        file: file(),
        run: "a".into(),
        status,
        elapsed: Duration::from_millis(12),
        diagnostics,
        asserts: Vec::new(),
        prerequisite: false,
        command: Command::Apply,
        state: None,
        verbose: None,
        timings: Timings::default(),
    }
}

const VOICE: Voice = Voice { dialect: Dialect::terraform(11, 4) };

fn warning() -> Diagnostic {
    Diagnostic::warning("Careful", "It may be wrong.").at(Location { file: file(), span: Span::new(12, 26) })
}

fn error() -> Diagnostic {
    Diagnostic::error("Wrong", "It is wrong.")
}

/// What the event writes to standard output and standard error: for people, and as JSON.
#[track_caller]
fn check(event: &Event, human: Expect, json: Expect) {
    let both = |write: &dyn Fn(Streams<'_>)| {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        write(Streams::new(&mut out, &mut err));
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        format!("out: {}\nerr: {}\n", text(out), text(err))
    };
    let style = Style::new(false, 78);
    human.assert_eq(&both(&|streams| Human::new(streams, &sources, style, VOICE).event(event.clone())));
    let now = || Duration::from_secs(1_700_000_000);
    json.assert_eq(&both(&|streams| {
        Json::new(streams, &sources, &now, Explain::Briefly, VOICE).event(event.clone())
    }));
}

#[test]
fn discovered() {
    let files =
        vec![DiscoveredFile { file: file(), runs: vec![DiscoveredRun { id: id(), prerequisite: false }] }];
    check(
        &Event::Discovered { files },
        expect![[r#"
        out: 
        err: 
    "#]],
        expect![[r#"
        out: {"@level":"info","@message":"Found 1 file and 1 run block","@module":"terraform.ui","@timestamp":"2023-11-14T22:13:20.000000Z","test_abstract":{"t.tftest.hcl":["a"]},"type":"test_abstract"}

        err: 
    "#]],
    );
}

#[test]
fn diagnostics() {
    check(
        &Event::Diagnostics { diagnostics: vec![error(), warning()] },
        expect![[r#"
        out: 
        Warning: Careful

          on t.tftest.hcl line 2, in run "a":
           2:   command = plan

        It may be wrong.

        err: 
        Error: Wrong

        It is wrong.

    "#]],
        expect![[r#"
        out: {"@level":"error","@message":"Error: Wrong","@module":"terraform.ui","@timestamp":"2023-11-14T22:13:20.000000Z","diagnostic":{"severity":"error","summary":"Wrong","detail":"It is wrong."},"type":"diagnostic"}
        {"@level":"warn","@message":"Warning: Careful","@module":"terraform.ui","@timestamp":"2023-11-14T22:13:20.000000Z","diagnostic":{"severity":"warning","summary":"Careful","detail":"It may be wrong.","range":{"filename":"t.tftest.hcl","start":{"line":2,"column":3,"byte":12},"end":{"line":2,"column":17,"byte":26}},"snippet":{"context":"run \"a\"","code":"  command = plan","start_line":2,"highlight_start_offset":2,"highlight_end_offset":16,"values":[]}},"type":"diagnostic"}

        err: 
    "#]],
    );
}

#[test]
fn file_started() {
    check(
        &Event::FileStarted { file: file() },
        expect![[r#"
        out: t.tftest.hcl... in progress

        err: 
    "#]],
        expect![[r#"
        out: {"@level":"info","@message":"t.tftest.hcl... in progress","@module":"terraform.ui","@testfile":"t.tftest.hcl","@timestamp":"2023-11-14T22:13:20.000000Z","test_file":{"path":"t.tftest.hcl","progress":"starting"},"type":"test_file"}

        err: 
    "#]],
    );
}

#[test]
fn run_started() {
    check(
        &Event::RunStarted { id: id(), file: file(), run: "a".into() },
        expect![[r#"
        out: 
        err: 
    "#]],
        expect![[r#"
        out: {"@level":"info","@message":"  \"a\"... in progress","@module":"terraform.ui","@testfile":"t.tftest.hcl","@testrun":"a","@timestamp":"2023-11-14T22:13:20.000000Z","test_run":{"path":"t.tftest.hcl","run":"a","progress":"starting","elapsed":0},"type":"test_run"}

        err: 
    "#]],
    );
}

#[test]
fn run_passed() {
    check(
        &Event::RunFinished(Arc::new(finished(Status::Pass, Vec::new()))),
        expect![[r#"
        out:   run "a"... pass

        err: 
    "#]],
        expect![[r#"
        out: {"@level":"info","@message":"  \"a\"... pass","@module":"terraform.ui","@testfile":"t.tftest.hcl","@testrun":"a","@timestamp":"2023-11-14T22:13:20.000000Z","test_run":{"path":"t.tftest.hcl","run":"a","progress":"complete","status":"pass"},"type":"test_run"}

        err: 
    "#]],
    );
}

#[test]
fn run_failed_with_a_warning_and_an_error() {
    let finished = finished(Status::Error, vec![error(), warning()]);
    check(
        &Event::RunFinished(Arc::new(finished)),
        expect![[r#"
        out:   run "a"... fail

        Warning: Careful

          on t.tftest.hcl line 2, in run "a":
           2:   command = plan

        It may be wrong.


        err: 
        Error: Wrong

        It is wrong.

    "#]],
        expect![[r#"
        out: {"@level":"info","@message":"  \"a\"... fail","@module":"terraform.ui","@testfile":"t.tftest.hcl","@testrun":"a","@timestamp":"2023-11-14T22:13:20.000000Z","test_run":{"path":"t.tftest.hcl","run":"a","progress":"complete","status":"error"},"type":"test_run"}
        {"@level":"error","@message":"Error: Wrong","@module":"terraform.ui","@testfile":"t.tftest.hcl","@testrun":"a","@timestamp":"2023-11-14T22:13:20.000000Z","diagnostic":{"severity":"error","summary":"Wrong","detail":"It is wrong."},"type":"diagnostic"}
        {"@level":"warn","@message":"Warning: Careful","@module":"terraform.ui","@testfile":"t.tftest.hcl","@testrun":"a","@timestamp":"2023-11-14T22:13:20.000000Z","diagnostic":{"severity":"warning","summary":"Careful","detail":"It may be wrong.","range":{"filename":"t.tftest.hcl","start":{"line":2,"column":3,"byte":12},"end":{"line":2,"column":17,"byte":26}},"snippet":{"context":"run \"a\"","code":"  command = plan","start_line":2,"highlight_start_offset":2,"highlight_end_offset":16,"values":[]}},"type":"diagnostic"}

        err: 
    "#]],
    );
}

#[test]
fn run_was_a_prerequisite() {
    let finished = RunFinished { prerequisite: true, ..finished(Status::Skip, Vec::new()) };
    check(
        &Event::RunFinished(Arc::new(finished)),
        expect![[r#"
        out:   run "a"... skip (prerequisite)

        err: 
    "#]],
        expect![[r#"
        out: {"@level":"info","@message":"  \"a\"... skip","@module":"terraform.ui","@testfile":"t.tftest.hcl","@testrun":"a","@timestamp":"2023-11-14T22:13:20.000000Z","test_run":{"path":"t.tftest.hcl","run":"a","progress":"complete","status":"skip","prerequisite":true},"type":"test_run"}

        err: 
    "#]],
    );
}

#[test]
fn teardown_started() {
    check(
        &Event::TeardownStarted { file: file() },
        expect![[r#"
        out: t.tftest.hcl... tearing down

        err: 
    "#]],
        expect![[r#"
        out: {"@level":"info","@message":"t.tftest.hcl... tearing down","@module":"terraform.ui","@testfile":"t.tftest.hcl","@timestamp":"2023-11-14T22:13:20.000000Z","test_file":{"path":"t.tftest.hcl","progress":"teardown"},"type":"test_file"}

        err: 
    "#]],
    );
}

#[test]
fn run_teardown() {
    let elapsed = Duration::from_millis(3);
    check(
        &Event::RunTeardown { file: file(), run: "a".into(), elapsed },
        expect![[r#"
        out: 
        err: 
    "#]],
        expect![[r#"
        out: {"@level":"info","@message":"  \"a\"... tearing down","@module":"terraform.ui","@testfile":"t.tftest.hcl","@testrun":"a","@timestamp":"2023-11-14T22:13:20.000000Z","test_run":{"path":"t.tftest.hcl","run":"a","progress":"teardown","elapsed":3},"type":"test_run"}

        err: 
    "#]],
    );
}

#[test]
fn teardown_failed() {
    let event = Event::TeardownFailed {
        file: file(),
        run: "a".into(),
        diagnostics: vec![error()],
        left: vec![
            LeftObject { address: "terraform_data.a".to_owned(), deposed: None },
            LeftObject {
                address: "module.m.terraform_data.b[0]".to_owned(),
                deposed: Some("00000001".to_owned()),
            },
        ],
    };
    check(
        &event,
        expect![[r#"
            out: 
            err: Terraform encountered an error destroying resources created while executing
            t.tftest.hcl/a.

            Error: Wrong

            It is wrong.

            Terraform left the following resources in state after executing
            t.tftest.hcl/a, and they need to be cleaned up manually:
              - terraform_data.a
              - module.m.terraform_data.b[0] (00000001)

        "#]],
        expect![[r#"
            out: {"@level":"error","@message":"Terraform left some resources in state after executing t.tftest.hcl/a, they need to be cleaned up manually.","@module":"terraform.ui","@testfile":"t.tftest.hcl","@testrun":"a","@timestamp":"2023-11-14T22:13:20.000000Z","test_cleanup":{"failed_resources":[{"instance":"terraform_data.a"},{"instance":"module.m.terraform_data.b[0]","deposed_key":"00000001"}]},"type":"test_cleanup"}
            {"@level":"error","@message":"Error: Wrong","@module":"terraform.ui","@testfile":"t.tftest.hcl","@testrun":"a","@timestamp":"2023-11-14T22:13:20.000000Z","diagnostic":{"severity":"error","summary":"Wrong","detail":"It is wrong."},"type":"diagnostic"}

            err: 
        "#]],
    );
}

#[test]
fn file_finished() {
    let event = Event::FileFinished { file: file(), status: Status::Error, diagnostics: vec![warning()] };
    check(
        &event,
        expect![[r#"
        out: t.tftest.hcl... fail

        Warning: Careful

          on t.tftest.hcl line 2, in run "a":
           2:   command = plan

        It may be wrong.

        err: 
    "#]],
        expect![[r#"
        out: {"@level":"info","@message":"t.tftest.hcl... fail","@module":"terraform.ui","@testfile":"t.tftest.hcl","@timestamp":"2023-11-14T22:13:20.000000Z","test_file":{"path":"t.tftest.hcl","progress":"complete","status":"error"},"type":"test_file"}
        {"@level":"warn","@message":"Warning: Careful","@module":"terraform.ui","@testfile":"t.tftest.hcl","@timestamp":"2023-11-14T22:13:20.000000Z","diagnostic":{"severity":"warning","summary":"Careful","detail":"It may be wrong.","range":{"filename":"t.tftest.hcl","start":{"line":2,"column":3,"byte":12},"end":{"line":2,"column":17,"byte":26}},"snippet":{"context":"run \"a\"","code":"  command = plan","start_line":2,"highlight_start_offset":2,"highlight_end_offset":16,"values":[]}},"type":"diagnostic"}

        err: 
    "#]],
    );
}

#[test]
fn interrupted() {
    check(
        &Event::Interrupted { hard: false },
        expect![[r#"
        out: 
        err: 
        Interrupt received.
        Please wait for Terraform to exit or data loss may occur.
        Gracefully shutting down...


    "#]],
        expect![[r#"
        out: {"@level":"info","@message":"\nInterrupt received.\nPlease wait for Terraform to exit or data loss may occur.\nGracefully shutting down...\n","@module":"terraform.ui","@timestamp":"2023-11-14T22:13:20.000000Z","type":"log"}

        err: 
    "#]],
    );
    check(
        &Event::Interrupted { hard: true },
        expect![[r#"
        out: 
        err: 
        Two interrupts received. Exiting immediately. Note that data loss may have
        occurred.


    "#]],
        expect![[r#"
        out: {"@level":"info","@message":"\nTwo interrupts received. Exiting immediately. Note that data loss may have occurred.\n","@module":"terraform.ui","@timestamp":"2023-11-14T22:13:20.000000Z","type":"log"}

        err: 
    "#]],
    );
}

#[test]
fn abandoned() {
    let object = |address: &str, deposed: Option<&str>| LeftObject {
        address: address.into(),
        deposed: deposed.map(String::from),
    };
    let left = vec![
        Abandoned {
            of: Owner::Tested,
            objects: vec![object("terraform_data.a", None), object("terraform_data.a", Some("12345678"))],
        },
        Abandoned {
            of: Owner::Run { name: "other".into(), source: "./other".into() },
            objects: vec![object("terraform_data.b[0]", None)],
        },
    ];
    let creating = Creating {
        source: Some("./m".into()),
        addresses: vec!["terraform_data.c".into(), "module.m.terraform_data.d".into()],
    };
    let event = Event::Abandoned { file: file(), run: Some("x".into()), left, creating };
    check(
        &event,
        expect![[r#"
        out: 
        err: 
        Terraform was interrupted while executing t.tftest.hcl, and may not have
        performed the expected cleanup operations.

        Terraform has already created the following resources from the module under
        test:
          - terraform_data.a
          - terraform_data.a (12345678)

        Terraform has already created the following resources for "other" from
        "./other":
          - terraform_data.b[0]

        Terraform was in the process of creating the following resources for "x" from
        "./m", and they may not have been destroyed:
          - terraform_data.c
          - module.m.terraform_data.d

    "#]],
        expect![[r#"
        out: {"@level":"error","@message":"Terraform was interrupted during test execution, and may not have performed the expected cleanup operations.","@module":"terraform.ui","@testfile":"t.tftest.hcl","@testrun":"x","@timestamp":"2023-11-14T22:13:20.000000Z","test_interrupt":{"state":[{"instance":"terraform_data.a"},{"instance":"terraform_data.a","deposed_key":"12345678"}],"states":{"other":[{"instance":"terraform_data.b[0]"}]},"planned":["terraform_data.c","module.m.terraform_data.d"]},"type":"test_interrupt"}

        err: 
    "#]],
    );
    // Nothing is known to exist, and nothing was going to be made.
    let event = Event::Abandoned {
        file: file(),
        run: Some("x".into()),
        left: Vec::new(),
        creating: Creating::default(),
    };
    check(
        &event,
        expect![[r#"
        out: 
        err: 
        Terraform was interrupted while executing t.tftest.hcl, and may not have
        performed the expected cleanup operations.

    "#]],
        expect![[r#"
        out: 
        err: 
    "#]],
    );
}

#[test]
fn summaries() {
    let summary = |status, passed, failed, errored, skipped| {
        Event::Finished(Summary { status, passed, failed, errored, skipped, cut_short: false })
    };
    check(
        &summary(Status::Pass, 2, 0, 0, 0),
        expect![[r#"
        out: 
        Success! 2 passed, 0 failed.

        err: 
    "#]],
        expect![[r#"
        out: {"@level":"info","@message":"Success! 2 passed, 0 failed.","@module":"terraform.ui","@timestamp":"2023-11-14T22:13:20.000000Z","test_summary":{"status":"pass","passed":2,"failed":0,"errored":0,"skipped":0},"type":"test_summary"}

        err: 
    "#]],
    );
    check(
        &summary(Status::Error, 1, 1, 2, 3),
        expect![[r#"
        out: 
        Failure! 1 passed, 3 failed, 3 skipped.

        err: 
    "#]],
        expect![[r#"
        out: {"@level":"info","@message":"Failure! 1 passed, 3 failed, 3 skipped.","@module":"terraform.ui","@timestamp":"2023-11-14T22:13:20.000000Z","test_summary":{"status":"error","passed":1,"failed":1,"errored":2,"skipped":3},"type":"test_summary"}

        err: 
    "#]],
    );
    check(
        &summary(Status::Skip, 0, 0, 0, 2),
        expect![[r#"
        out: 
        Executed 0 tests, 2 skipped.

        err: 
    "#]],
        expect![[r#"
        out: {"@level":"info","@message":"Executed 0 tests, 2 skipped.","@module":"terraform.ui","@timestamp":"2023-11-14T22:13:20.000000Z","test_summary":{"status":"skip","passed":0,"failed":0,"errored":0,"skipped":2},"type":"test_summary"}

        err: 
    "#]],
    );
}

#[test]
fn colours_are_those_of_terraform() {
    let style = Style::new(true, 78);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut human = Human::new(Streams::new(&mut out, &mut err), &sources, style, VOICE);
    human.event(Event::FileStarted { file: file() });
    human.event(Event::RunFinished(Arc::new(finished(Status::Error, Vec::new()))));
    human.event(Event::RunFinished(Arc::new(finished(Status::Skip, Vec::new()))));
    human.event(Event::FileFinished { file: file(), status: Status::Pass, diagnostics: Vec::new() });
    human.event(Event::Finished(Summary { status: Status::Error, failed: 1, ..Summary::default() }));
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "t.tftest.hcl... \x1b[37min progress\x1b[0m\n\x1b[0m  run \"a\"... \x1b[31mfail\x1b[0m\x1b[0m\n  run \"a\"... \
         \x1b[37mskip\x1b[0m\x1b[0m\nt.tftest.hcl... \x1b[32mpass\x1b[0m\x1b[0m\n\n\x1b[31mFailure!\x1b[0m\x1b[0m 0 \
         passed, 1 failed.\n"
    );
}

/// Standard output that is closed from the beginning.
struct Closed;

impl std::io::Write for Closed {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_stream_does_not_end_the_run() {
    let (mut closed, mut err) = (Closed, Vec::new());
    let style = Style::new(false, 78);
    let mut human = Human::new(Streams::new(&mut closed, &mut err), &sources, style, VOICE);
    human.event(Event::FileStarted { file: file() });
    human.event(Event::Diagnostics { diagnostics: vec![error()] });
    assert_eq!(String::from_utf8(err).unwrap(), "\nError: Wrong\n\nIt is wrong.\n");
}

#[test]
fn timings_name_the_slowest_runs_first() {
    let run = |name: &str, plan: u64, slowest: &[(&str, u64)]| {
        let micros = Duration::from_micros;
        let slowest = slowest.iter().map(|(address, time)| ((*address).to_owned(), micros(*time))).collect();
        let timings = Timings { plan: micros(plan), validate: micros(40), slowest, ..Timings::default() };
        let elapsed = micros(plan + 50);
        Event::RunFinished(Arc::new(RunFinished {
            run: name.into(),
            elapsed,
            timings,
            ..finished(Status::Pass, Vec::new())
        }))
    };
    let mut timed = Times::default();
    timed.event(Event::Loaded { elapsed: Duration::from_micros(1500), dialects: Vec::new() });
    timed.event(run("quick", 100, &[]));
    timed.event(run("slow", 12_000, &[("module.m.terraform_data.a", 11_000), ("local.x (expand)", 300)]));
    timed.event(Event::TeardownFinished { file: file(), elapsed: Duration::from_micros(70) });
    expect![[r#"

        Where the time went, in milliseconds:

             total   validate       plan      apply    asserts
             1.500                                              reading the configuration
            12.200      0.080     12.100      0.000      0.000  2 runs
             0.070                                              tearing down

        The slowest runs, and what took longest in them:

            12.050      0.040     12.000      0.000      0.000  t.tftest.hcl "slow"
            11.000                                                module.m.terraform_data.a
             0.300                                                local.x (expand)
             0.150      0.040      0.100      0.000      0.000  t.tftest.hcl "quick"
    "#]]
    .assert_eq(&timed.table());
    expect![[r#"{"load":1.5,"teardown":0.07,"runs":[{"path":"t.tftest.hcl","run":"quick","total":0.15,"validate":0.04,"plan":0.1,"apply":0.0,"asserts":0.0,"slowest":[]},{"path":"t.tftest.hcl","run":"slow","total":12.05,"validate":0.04,"plan":12.0,"apply":0.0,"asserts":0.0,"slowest":[["module.m.terraform_data.a",11.0],["local.x (expand)",0.3]]}]}"#]].assert_eq(&serde_json::to_string(&timed.payload()).unwrap());
}
