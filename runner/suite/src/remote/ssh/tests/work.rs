//! Files that are copied, and scripts that run.

use std::thread;
use std::time::Instant;

use engine::{Host as _, LocalCommand};

use super::*;
use crate::OsHost;

#[test]
fn a_script_is_put_on_the_machine_run_on_a_terminal_and_emptied() {
    let server = Server::start(doors());
    run(&connection(&server), &[Material::Text("echo 1\necho 2\n")], at(&empty())).unwrap();
    assert_eq!(
        server.commands(),
        ["scp -vt '/tmp'", "$ chmod 0777 /tmp/script_7.sh", "$ /tmp/script_7.sh", "scp -vt '/tmp'"]
    );
    assert_eq!(server.file("/tmp/script_7.sh").as_deref(), Some(""));
}

#[test]
fn a_script_gets_a_shell_unless_it_says_what_runs_it() {
    let server = Server::start(doors());
    let connection = connection(&server);
    // What fails stays.
    let failed = run(&connection, &[Material::Text("exit 3\n")], at(&empty()));
    let executing = "error executing \"/tmp/script_7.sh\": Process exited with status";
    assert_eq!(failed, Err(format!("{executing} 3")));
    assert_eq!(server.file("/tmp/script_7.sh").as_deref(), Some("#!/bin/sh\nexit 3\n"));
    let failed = run(&connection, &[Material::Text("#!/bin/zsh\nsignal\n")], at(&empty()));
    assert_eq!(failed, Err(format!("{executing} 137 from signal KILL")));
    assert_eq!(server.file("/tmp/script_7.sh").as_deref(), Some("#!/bin/zsh\nsignal\n"));
}

#[test]
fn scripts_run_until_one_fails() {
    let server = Server::start(doors());
    let folder = Folder::of([("one.sh", "#!/bin/sh\n"), ("two.sh", "exit 1"), ("three.sh", "#!/bin/sh\n")]);
    let scripts = ["one.sh", "two.sh", "three.sh"].map(Material::File);
    assert!(run(&connection(&server), &scripts, at(&folder)).is_err());
    let ran = server.commands().iter().filter(|command| *command == "$ /tmp/script_7.sh").count();
    assert_eq!(ran, 2);
    let scripts = ["one.sh", "four.sh"].map(Material::File);
    let failed = run(&connection(&server), &scripts, at(&folder));
    assert_eq!(
        failed.unwrap_err(),
        "Failed to open script 'four.sh': open four.sh: no such file or directory"
    );
    for text in ["", "a"] {
        let failed = run(&connection(&server), &[Material::Text(text)], at(&folder));
        assert_eq!(failed.unwrap_err(), "Failed to upload script: Error reading script: EOF");
    }
}

#[test]
fn windows_has_neither_terminal_nor_modes() {
    let server = Server::start(doors());
    let connection = Ssh {
        platform: Platform::Windows,
        script_path: "C:/windows/temp/a.cmd".to_owned(),
        ..connection(&server)
    };
    run(&connection, &[Material::Text("dir\r\n")], at(&empty())).unwrap();
    let copies = "scp -vt \"C:/windows/temp\"";
    assert_eq!(server.commands(), [copies, "C:/windows/temp/a.cmd", copies]);
}

#[test]
fn a_text_becomes_a_file() {
    let server = Server::start(doors());
    let connection = connection(&server);
    copy(&connection, Material::Text("a\nb"), "/etc/app's/conf", at(&empty())).unwrap();
    assert_eq!(server.commands(), [r"scp -vt '/etc/app'\''s'"]);
    let large = "x".repeat(3_000_000);
    copy(&connection, Material::Text(&large), "/etc/large", at(&empty())).unwrap();
    assert_eq!(server.file("/etc/large").unwrap().len(), large.len());
}

#[test]
fn directories_go_with_everything_in_them() {
    let server = Server::start(doors());
    let connection = connection(&server);
    let folder = Folder::of([("app/a", "1"), ("app/sub/deep/b", "2"), ("app/sub/c", ""), ("app/z", "3")]);
    let here = at(&folder);
    copy(&connection, Material::File("app"), "/srv", here).unwrap();
    copy(&connection, Material::File("app/"), "/opt", here).unwrap();
    let files: Vec<String> = server.seen.lock().unwrap().files.keys().cloned().collect();
    let inside = ["a", "sub/c", "sub/deep/b", "z"];
    let expected = ["/opt", "/srv/app"].map(|top| inside.map(|file| format!("{top}/{file}")));
    assert_eq!(files, expected.concat());
    assert_eq!(server.commands(), ["scp -rvt '/srv'", "scp -rvt '/opt'"]);
}

#[test]
fn what_cannot_be_copied_says_why() {
    let server = Server::start(doors());
    let connection = connection(&server);
    let failure = |source, destination| copy(&connection, source, destination, at(&empty())).unwrap_err();
    assert_eq!(failure(Material::File("no"), "/a"), "stat no: no such file or directory");
    assert_eq!(failure(Material::File(""), "/a"), "stat : no such file or directory");
    assert_eq!(failure(Material::File("~a/b"), "/a"), "cannot expand user-specific home dir");
    assert_eq!(failure(Material::Text("x"), "/closed/a"), "Upload failed: scp: /closed: Permission denied");
    let folder = Folder::of([(".config", "mine")]);
    let here = Here { home: folder.to_str(), ..at(&folder) };
    copy(&connection, Material::File("~/.config"), "/b/c", here).unwrap();
    assert_eq!(server.file("/b/c").as_deref(), Some("mine"));
}

#[test]
fn a_cancelled_task_ends_at_once() {
    let server = Server::start(doors());
    let connection = Ssh { timeout: std::time::Duration::from_secs(60), ..connection(&server) };
    let cancel = Cancel::new();
    let start = Instant::now();
    let end = thread::scope(|scope| {
        scope.spawn(|| {
            while !server.commands().iter().any(|command| command == "$ /tmp/script_7.sh") {
                thread::sleep(std::time::Duration::from_millis(5));
            }
            cancel.cancel();
        });
        let scripts = &[Material::Text("sleep\n")];
        let connection = &Connection::Ssh(Box::new(connection));
        let task = RemoteTask { connection, action: RemoteAction::Run { scripts }, cancel: &cancel };
        perform(&task, at(&empty()))
    });
    assert_eq!(end, Err("interrupted".to_owned()));
    assert!(start.elapsed().as_secs() < 30);
}

#[test]
fn nobody_is_called_from_a_workspace_that_is_not_trusted() {
    let server = Server::start(doors());
    let folder = empty();
    let host = OsHost::new(folder.path().to_owned(), None);
    let (connection, cancel) = (Connection::Ssh(Box::new(connection(&server))), Cancel::new());
    let action = RemoteAction::Copy { source: Material::Text("a"), destination: "/a" };
    let task = RemoteTask { connection: &connection, action, cancel: &cancel };
    let words = ["true".to_owned()];
    let command = LocalCommand { words: &words, environment: &[], directory: None, cancel: &cancel };
    let refused = host.reach(&task).unwrap_err();
    let also = host.run_command(&command).failure.unwrap();
    assert_eq!(refused, "this workspace is not trusted, and nothing in it may connect to other machines");
    assert_eq!(also, "this workspace is not trusted, and nothing in it may start processes");
    assert!(server.file("/a").is_none());
    host.running_commands().reach(&task).unwrap();
    assert!(server.file("/a").is_some());
}
