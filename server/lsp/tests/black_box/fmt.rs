//! `runblock fmt -` as a process: from standard input to standard output.

use std::io::Write as _;
use std::process::{Command, Stdio};

#[test]
fn standard_input_is_laid_out() {
    let mut fmt = Command::new(env!("CARGO_BIN_EXE_runblock"))
        .args(["fmt", "-"])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    fmt.stdin.take().unwrap().write_all(b"a=1\nlong=2\n").unwrap();
    let output = fmt.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "a    = 1\nlong = 2\n");
    assert_eq!(output.status.code(), Some(0));
}
