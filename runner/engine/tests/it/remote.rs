//! What provisioners ask the host to do on other machines.

use std::collections::BTreeMap;

use engine::{RunOutcome, Status};

use crate::support::{run_with, show};

fn tasks(text: &str) -> (Vec<RunOutcome>, Vec<String>) {
    let (outcomes, host) = run_with(text, None, &BTreeMap::new());
    let tasks = host.tasks.lock().expect("no test panics while it writes").clone();
    (outcomes, tasks)
}

#[test]
fn the_connection_of_a_resource_counts_where_a_provisioner_says_nothing_else() {
    let (outcomes, tasks) = tasks(
        r#"
//- /main.tf
resource "terraform_data" "a" {
  input = "b.test"
  connection {
    host     = "a.test"
    user     = "admin"
    password = "never shown"
  }
  provisioner "remote-exec" {
    inline = ["echo 1", "echo 2"]
  }
  provisioner "file" {
    connection {
      host = self.output
      port = 2222
    }
    content     = "text"
    destination = "/etc/conf"
  }
  provisioner "file" {
    connection {
      host = "::1"
      user = null
    }
    source      = "dir/"
    destination = "/srv"
  }
  provisioner "remote-exec" {
    scripts = ["a.sh", "b.sh"]
  }
}
//- /t.tftest.hcl
run "made" {}
"#,
    );
    assert_eq!(outcomes[0].status, Status::Pass, "{}", show(&outcomes[0].diagnostics));
    assert_eq!(
        tasks,
        [
            r#"admin@a.test:22: Run { scripts: [Text("echo 1\necho 2\n")] }"#,
            r#"admin@b.test:2222: Copy { source: Text("text"), destination: "/etc/conf" }"#,
            r#"root@[::1]:22: Copy { source: File("dir/"), destination: "/srv" }"#,
            r#"admin@a.test:22: Run { scripts: [File("a.sh"), File("b.sh")] }"#,
        ]
    );
}

#[test]
fn what_fails_taints_unless_it_may() {
    let (outcomes, tasks) = tasks(
        r#"
//- /main.tf
resource "terraform_data" "a" {
  connection { host = "a.test" }
  provisioner "file" {
    on_failure  = continue
    content     = "fail"
    destination = "/a"
  }
  provisioner "remote-exec" {
    inline = ["fail"]
  }
  provisioner "remote-exec" {
    inline = ["never"]
  }
}
//- /t.tftest.hcl
run "made" {}
"#,
    );
    assert_eq!(tasks.len(), 2);
    let told = show(&outcomes[0].diagnostics);
    assert!(told.starts_with("Error: remote-exec provisioner error: it was to"), "{told}");
    assert!(outcomes[0].state.objects().all(|(_, object)| object.tainted));
}

#[test]
fn what_is_destroyed_is_told_by_what_it_was() {
    let (_, tasks) = tasks(
        r#"
//- /main.tf
resource "terraform_data" "a" {
  input = "a.test"
  connection { host = self.output }
  provisioner "remote-exec" {
    when   = destroy
    inline = ["bye ${self.input}"]
  }
}
//- /t.tftest.hcl
run "made" {}
run "replaced" {
  plan_options { replace = [terraform_data.a] }
}
"#,
    );
    assert_eq!(tasks, [r#"root@a.test:22: Run { scripts: [Text("bye a.test\n")] }"#]);
}

#[test]
fn machines_with_windows_have_defaults_of_their_own() {
    let (outcomes, tasks) = tasks(
        r#"
//- /main.tf
resource "terraform_data" "a" {
  connection {
    type     = "winrm"
    host     = "a.test"
    password = "never shown"
  }
  provisioner "remote-exec" {
    inline = ["echo 1"]
  }
  provisioner "remote-exec" {
    connection {
      https = true
      host  = "::1"
      user  = "HOME\\user"
    }
    inline = ["echo 2"]
  }
  provisioner "file" {
    connection {
      https = true
      port  = 443
    }
    content     = "text"
    destination = "C:/a"
  }
}
//- /t.tftest.hcl
run "made" {}
"#,
    );
    assert_eq!(outcomes[0].status, Status::Pass, "{}", show(&outcomes[0].diagnostics));
    assert_eq!(
        tasks,
        [
            r#"Administrator@a.test:5985: Run { scripts: [Text("echo 1\n")] }"#,
            r#"HOME\user@[::1]:5986: Run { scripts: [Text("echo 2\n")] }"#,
            r#"Administrator@a.test:443: Copy { source: Text("text"), destination: "C:/a" }"#,
        ]
    );
}
