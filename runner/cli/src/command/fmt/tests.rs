//! Outputs and exit codes are those of terraform 1.11.4 on the same files.

use expect_test::{Expect, expect};

use super::{Run, STDIN};
use crate::report::Streams;
use crate::{Environment, run};

/// A module in a folder of its own.
struct Folder(fixture::Folder);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Folder {
        Folder(fixture::Folder::of(files.iter().copied()))
    }

    #[track_caller]
    fn check(&self, line: &str, expected: Expect) {
        let words = line.split_whitespace().map(str::to_owned).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(words, &Environment::new(self.0.to_path_buf()), &mut out, &mut err);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        expected.assert_eq(&format!("{code}\n{}---\n{}", text(out), text(err)));
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.0.join(path)).unwrap()
    }
}

const MESSY: &str = "a=1\n";
const CLEAN: &str = "a = 1\n";

#[test]
fn a_directory_is_formatted_file_by_file() {
    let names = [
        "a.tf",
        "b.tfvars",
        "c.tftest.hcl",
        "d.tfmock.hcl",
        "e.tofu",
        "f.tofutest.hcl",
        ".hidden.tf",
        "backup.tf~",
        "#saved.tf#",
        "g.hcl",
        "h.tf.json",
        "deep/i.tf",
        "deep/.terraform/j.tf",
    ];
    let files: Vec<(&str, &str)> = names.iter().map(|name| (*name, MESSY)).collect();
    let folder = Folder::new(&files);
    folder.check(
        "fmt -check -recursive",
        expect![[r"
            3
            a.tf
            b.tfvars
            c.tftest.hcl
            d.tfmock.hcl
            deep/i.tf
            e.tofu
            f.tofutest.hcl
            ---
        "]],
    );
    assert_eq!(folder.read("a.tf"), MESSY);
    folder.check(
        "fmt",
        expect![[r"
            0
            a.tf
            b.tfvars
            c.tftest.hcl
            d.tfmock.hcl
            e.tofu
            f.tofutest.hcl
            ---
        "]],
    );
    assert_eq!((folder.read("a.tf").as_str(), folder.read("deep/i.tf").as_str()), (CLEAN, MESSY));
    folder.check(
        "fmt -check",
        expect![[r"
            0
            ---
        "]],
    );
    folder.check(
        "fmt -list=false --diff deep",
        expect![[r"
            0
            --- old/deep/i.tf
            +++ new/deep/i.tf
            @@ -1 +1 @@
            -a=1
            +a = 1
            ---
        "]],
    );
    assert_eq!(folder.read("deep/i.tf"), CLEAN);
    assert_eq!(std::fs::read_dir(folder.0.join("deep")).unwrap().count(), 2, "nothing is left behind");
}

#[test]
fn broken_files_do_not_keep_others_from_being_formatted() {
    let folder = Folder::new(&[("a.tf", "a=\n"), ("b.tf", MESSY), ("c.txt", MESSY)]);
    folder.check(
        "fmt -no-color c.txt a.tf ./b.tf missing b.tf",
        expect![[r#"
            2
            b.tf
            ---

            Error: Only .tf, .tfvars, and .tftest.hcl files can be processed with terraform fmt



            Error: No file or directory at missing



            Error: Invalid expression

              on a.tf line 1:
               1: a=

            Expected the start of an expression, but found an invalid expression token.

        "#]],
    );
    assert_eq!((folder.read("a.tf").as_str(), folder.read("b.tf").as_str()), ("a=\n", CLEAN));
}

#[test]
fn a_diff_shows_three_lines_around_what_changes() {
    let text = "a=1\nb=2\n\n\n\n\n\n\n\n\nc=3";
    let folder = Folder::new(&[("a.tf", text)]);
    folder.check(
        "fmt -diff -write=false",
        expect![[r"
            0
            a.tf
            --- old/a.tf
            +++ new/a.tf
            @@ -1,5 +1,5 @@
            -a=1
            -b=2
            +a = 1
            +b = 2
             
             
             
            @@ -8,4 +8,4 @@
             
             
             
            -c=3
            \ No newline at end of file
            +c = 3
            \ No newline at end of file
            ---
        "]],
    );
    assert_eq!(folder.read("a.tf"), text);
    folder.check(
        "fmt -check -diff -list=false",
        expect![[r"
        3
        ---
    "]],
    );
}

#[test]
fn standard_input_is_printed() {
    let read = |text: &str, check: bool| {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut streams = Streams::new(&mut out, &mut err);
        let mut run = Run { check, ..Run::new(false, false) };
        run.standard_input(&mut text.as_bytes(), &mut streams);
        let problems: Vec<String> = run.problems.iter().map(|problem| problem.summary.clone()).collect();
        assert!(run.broken.keys().all(|name| name.as_str() == STDIN));
        (String::from_utf8(out).unwrap(), run.unformatted, problems)
    };
    assert_eq!(read("a=1", false), (CLEAN.to_owned(), true, vec![]));
    assert_eq!(read("a=1", true), (String::new(), true, vec![]));
    assert_eq!(read("a=\n", false), (String::new(), false, vec!["Invalid expression".to_owned()]));
}

#[cfg(unix)]
#[test]
fn a_file_stays_what_it_was() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
    let folder = Folder::new(&[("real/a.tf", MESSY), ("b.tf", MESSY), ("c.tf", MESSY)]);
    symlink("real/a.tf", folder.0.join("link.tf")).unwrap();
    std::fs::hard_link(folder.0.join("b.tf"), folder.0.join("other")).unwrap();
    let c = folder.0.join("c.tf");
    std::fs::set_permissions(&c, std::fs::Permissions::from_mode(0o750)).unwrap();
    folder.check(
        "fmt",
        expect![[r"
            0
            b.tf
            c.tf
            link.tf
            ---
        "]],
    );
    assert!(folder.0.join("link.tf").symlink_metadata().unwrap().is_symlink());
    assert_eq!(folder.read("real/a.tf"), CLEAN);
    assert_eq!(folder.read("other"), CLEAN);
    assert_eq!(c.metadata().unwrap().mode() & 0o777, 0o750);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_is_an_error() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new(&[("a.tf", MESSY), ("b.tf", MESSY)]);
    let a = folder.0.join("a.tf");
    std::fs::set_permissions(&a, std::fs::Permissions::from_mode(0o444)).unwrap();
    // The superuser may write everything.
    if std::fs::OpenOptions::new().write(true).open(&a).is_ok() {
        return;
    }
    folder.check(
        "fmt -no-color",
        expect![[r"
            2
            a.tf
            b.tf
            ---

            Error: Failed to write a.tf



        "]],
    );
    assert_eq!((folder.read("a.tf").as_str(), folder.read("b.tf").as_str()), (MESSY, CLEAN));
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = Folder::new(&[("a.tf", CLEAN)]);
    let path = folder.0.join(std::ffi::OsStr::from_bytes(b"b\xff.tf"));
    std::fs::write(&path, MESSY).unwrap();
    folder.check("fmt", expect![["0\nb\u{fffd}.tf\n---\n"]]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), CLEAN);
}
