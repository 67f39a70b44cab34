//! Files that are copied, and scripts that run.

use std::thread;
use std::time::Instant;

use super::*;

const SOAP: &str = "application/soap+xml";

#[test]
fn a_script_is_put_on_the_machine_run_and_emptied() {
    let server = Server::start(habits());
    run(&connection(&server), &[Material::Text("echo 1\n")], &empty()).unwrap();
    let command =
        |command: &str| ["Command", "Receive", "Signal"].map(|action| format!("{action} {command}"));
    let in_shell =
        |name: &str| [vec!["Create".to_owned()], command(name).to_vec(), vec!["Delete".to_owned()]].concat();
    let restore = in_shell("restore C:\\Temp\\script_7.cmd");
    let expected = [
        vec!["Create".to_owned(), "Delete".to_owned()],
        in_shell("append 17"),
        restore.clone(),
        in_shell("remove"),
        in_shell("C:/Temp/script_7.cmd"),
        // Nothing is sent of nothing.
        vec!["Create".to_owned(), "Delete".to_owned()],
        restore,
        in_shell("remove"),
    ];
    assert_eq!(server.asked(), expected.concat());
    let seen = server.seen.lock().unwrap();
    assert_eq!(
        seen.files.iter().collect::<Vec<_>>(),
        [(&"C:\\Temp\\script_7.cmd".to_owned(), &String::new())]
    );
    assert_eq!(seen.connections, 1);
    assert!(seen.message.contains("<w:OperationTimeout>PT1M</w:OperationTimeout>"), "{}", seen.message);
}

#[test]
fn scripts_run_until_one_fails() {
    let server = Server::start(habits());
    let folder = Folder::of([("one.cmd", "echo 1"), ("two.cmd", "exit -3"), ("three.cmd", "echo 3")]);
    let scripts = ["one.cmd", "two.cmd", "three.cmd"].map(Material::File);
    let failed = run(&connection(&server), &scripts, &folder);
    assert_eq!(failed.unwrap_err(), "\"C:/Temp/script_7.cmd\" exit status: -3");
    assert_eq!(server.asked().iter().filter(|asked| *asked == "Command C:/Temp/script_7.cmd").count(), 2);
    // What fails stays.
    assert_eq!(server.file("C:\\Temp\\script_7.cmd").as_deref(), Some("exit -3"));
}

#[test]
fn long_files_are_sent_in_parts() {
    let server = Server::start(habits());
    // One shell takes fifteen commands of 5,958 bytes each.
    let text: String = (0..10_000).map(|number| format!("line {number:05}\n")).collect();
    copy(&connection(&server), Material::Text(&text), "C:/My Files/long.txt", &empty()).unwrap();
    assert_eq!(server.file("C:\\My Files\\long.txt").as_deref(), Some(text.as_str()));
    let asked = server.asked();
    assert_eq!(asked.iter().filter(|asked| asked.starts_with("Command append")).count(), 19);
    assert_eq!(asked.iter().filter(|asked| *asked == "Create").count(), 1 + 2 + 2);
}

#[test]
fn directories_are_copied_file_by_file() {
    let server = Server::start(habits());
    let files = [("d/b.txt", "b"), ("d/a/c.txt", "c"), ("d/.DS_Store", "x"), ("d/a/d e.txt", "d")];
    let folder = Folder::of(files);
    copy(&connection(&server), Material::File("d"), "C:/to/", &folder).unwrap();
    let restored: Vec<_> = server
        .asked()
        .into_iter()
        .filter_map(|asked| asked.strip_prefix("Command restore ").map(str::to_owned))
        .collect();
    assert_eq!(restored, ["C:\\to\\a\\c.txt", "C:\\to\\a\\d e.txt", "C:\\to\\b.txt"]);
    assert_eq!(
        copy(&connection(&server), Material::File("missing"), "C:/to", &folder).unwrap_err(),
        "stat missing: no such file or directory"
    );
}

#[test]
fn what_the_machine_refuses_is_told() {
    let failed = |refuses| {
        let server = refusing(refuses);
        let why = try_out(&connection(&server)).unwrap_err();
        why.replace(&server.port.to_string(), "PORT")
    };
    let uploading = |why: &str| {
        const TEMPORARY: &str = "$env:TEMP\\winrmcp-00000007-0000-4007-8000-000700000007.tmp";
        format!("Failed to upload script: Error uploading file to {TEMPORARY}: {why}")
    };
    let executing = |why: &str| format!("error executing \"C:/Temp/script_7.cmd\": {why}");
    assert_eq!(
        failed(|asked| is(asked, "Command", "append").then_some(Reply::Fault("No."))),
        uploading("http error 500: No.")
    );
    assert_eq!(
        failed(|asked| (asked.action == "Create" && asked.time == 2).then_some(Reply::Fault("Too many."))),
        uploading("Couldn't create shell: http error 500: Too many.")
    );
    assert_eq!(
        failed(|asked| is(asked, "Receive", "append").then_some(Reply::Silence)),
        uploading("unknown error Post \"http://127.0.0.1:PORT/wsman\": EOF")
    );
    assert_eq!(
        failed(|asked| is(asked, "Receive", "C:").then_some(Reply::Silence)),
        executing("unknown error Post \"http://127.0.0.1:PORT/wsman\": EOF")
    );
    assert_eq!(
        failed(|asked| is(asked, "Receive", "C:").then_some(Reply::Http(200, "text/html", "<html/>"))),
        executing("http response error: 200 - invalid content type")
    );
    assert_eq!(
        failed(|asked| is(asked, "Command", "C:").then_some(Reply::Http(200, SOAP, "<a/>"))),
        executing("Command has already been closed")
    );
    // What comes after the end does not count.
    let server = refusing(|asked| {
        let last = is(asked, "Signal", "") || asked.action == "Delete" && asked.time > 1;
        (last || is(asked, "Command", "restore") && asked.time == 2).then_some(Reply::Fault("No."))
    });
    assert_eq!(try_out(&connection(&server)), Ok(()));
    assert_eq!(server.file("C:\\Temp\\script_7.cmd").as_deref(), Some("echo 1\n"));
}

#[test]
fn a_path_that_cannot_be_written_is_told() {
    let server = Server::start(habits());
    assert_eq!(
        copy(&connection(&server), Material::Text("a"), "C:/closed/a", &empty()).unwrap_err(),
        "Upload failed: Error restoring file from $env:TEMP\\winrmcp-00000007-0000-4007-8000-000700000007.tmp to \
         C:\\closed\\a: restore operation returned code=1"
    );
}

#[test]
fn a_command_may_be_silent_for_a_while() {
    let server =
        refusing(|asked| (is(asked, "Receive", "C:") && asked.time < 3).then_some(Reply::NothingYet));
    assert_eq!(try_out(&connection(&server)), Ok(()));
    assert_eq!(server.asked().iter().filter(|asked| *asked == "Receive C:/Temp/script_7.cmd").count(), 3);
}

#[test]
fn who_cancels_does_not_wait() {
    let server = refusing(|asked| is(asked, "Receive", "C:").then_some(Reply::Late));
    let (connection, cancel) = (Connection::WinRm(connection(&server)), Cancel::new());
    let action = RemoteAction::Run { scripts: &[Material::Text("echo 1\n")] };
    let start = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| {
            while !server.asked().iter().any(|asked| asked.starts_with("Command C:")) {
                thread::sleep(Duration::from_millis(5));
            }
            cancel.cancel();
        });
        let task = RemoteTask { connection: &connection, action, cancel: &cancel };
        assert_eq!(perform(&task, at(&empty())).unwrap_err(), "interrupted");
    });
    assert!(start.elapsed() < Duration::from_secs(15));
}

fn is(asked: &Asked<'_>, action: &str, command: &str) -> bool {
    asked.action == action && asked.command.starts_with(command)
}
