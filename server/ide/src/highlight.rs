//! Document highlight: every place in the file that names what stands at the cursor.

use syntax::{FileName, Span};

use crate::snapshot::Snapshot;
use crate::symbol::Role;

/// A name, and what is done with what it names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Highlight {
    /// The name alone.
    pub span: Span,
    pub role: Role,
}

/// The places in `file` that name what stands at `offset`, from top to bottom.
pub fn highlights(snapshot: &Snapshot, file: &FileName, offset: u32) -> Vec<Highlight> {
    let Some(here) = snapshot.occurrence_at(file, offset) else { return Vec::new() };
    let all = snapshot.occurrences_in(file, &here.symbol).into_iter();
    let mut found: Vec<Highlight> = all.map(|it| Highlight { span: it.word, role: it.role }).collect();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::testing::{MODULE, at_cursor};

    #[track_caller]
    fn check(files: &str, expected: Expect) {
        let (snapshot, file, offset) = at_cursor(&format!("{MODULE}{files}"));
        let document = snapshot.document(&file).unwrap();
        let show = |it: Highlight| {
            let line = document.position(it.span.start, syntax::Encoding::Utf32).line + 1;
            format!("{line} {} {:?}\n", document.slice(it.span), it.role)
        };
        expected.assert_eq(&highlights(&snapshot, &file, offset).into_iter().map(show).collect::<String>());
    }

    #[test]
    fn a_variable_in_a_test_file() {
        check(
            r#"//- /a.tftest.hcl
variables {
  name = "x"
}
run "name" {
  variables {
    na$0me = "y"
  }
  expect_failures = [var.name]
  assert {
    condition     = var.name == local.name
    error_message = "name ${var.name}"
  }
}
run "other" {
  module {
    source = "./setup"
  }
  variables {
    seed = var.name
  }
}
"#,
            expect![[r#"
                2 name Write
                6 name Write
                8 name Read
                10 name Read
                11 name Read
                19 name Read
            "#]],
        );
    }

    #[test]
    fn runs_modules_resources_and_outputs() {
        const TEST: &str = r#"//- /a.tftest.hcl
run "one" {
  module {
    source = "./setup"
  }
}
run "two" {
  variables {
    name = run.one.bucket.name
  }
  override_module {
    target  = module.child
    outputs = { twice = 1 }
  }
  override_resource {
    target = terraform_data.main
  }
  plan_options {
    target = [terraform_data.main, module.child]
  }
  assert {
    condition     = run.one.bucket.size == module.child.twice && terraform_data.main.id != ""
    error_message = ""
  }
}
"#;
        let at = |needle: &str| TEST.replacen(needle, &needle.replacen('.', ".$0", 1), 1);
        check(
            &at("run.one"),
            expect![[r#"
            1 one Declare
            8 one Read
            21 one Read
        "#]],
        );
        check(
            &at("one.bucket"),
            expect![[r#"
            8 bucket Read
            21 bucket Read
        "#]],
        );
        check(
            &at("module.child"),
            expect![[r#"
            11 child Read
            18 child Read
            21 child Read
        "#]],
        );
        check(
            &at("terraform_data.main"),
            expect![[r#"
            15 main Read
            18 main Read
            21 main Read
        "#]],
        );
        check(
            &at("child.twice"),
            expect![[r#"
                12 twice Write
                21 twice Read
            "#]],
        );
    }

    #[test]
    fn in_module_files() {
        check(
            r#"//- /more.tf
module "many" {
  source   = "./child"
  for_each = toset(["a"])
  depth    = 1
}
moved {
  from = module.old
  to   = module.ma$0ny
}
output "x" {
  value = module.many["a"].twice + module.many[each.key].twice + module.many[*].twice
  depends_on = [module.many]
}
resource "terraform_data" "many" {
  dynamic "many" {
    for_each = []
    content {
      a = many.value
    }
  }
}
"#,
            expect![[r#"
                1 many Declare
                8 many Read
                11 many Read
                11 many Read
                11 many Read
                12 many Read
            "#]],
        );
        check(
            "//- /child/more.tf\nlocals {\n  tw$0ice = local.twice\n}\noutput \"x\" {\n  value = [for twice in local.twice : twice.a]\n}\n",
            expect![[r#"
                2 twice Declare
                2 twice Read
                5 twice Read
            "#]],
        );
    }

    #[test]
    fn in_variable_and_mock_files() {
        check(
            "//- /terraform.tfvars\nna$0me = 1\nsize = 2\n",
            expect![[r#"
            1 name Write
        "#]],
        );
        check(
            "//- /tests/mocks/a.tfmock.hcl\noverride_data {\n  target = data.terraform_remote_state.ot$0her\n}\n",
            expect![[r#"
                2 other Read
            "#]],
        );
        check(
            "//- /a.tftest.json\n{\"run\": {\"a\": {\"variables\": {\"na$0me\": \"${var.name}\"}}}}\n",
            expect![[r#"
            1 name Write
            1 name Read
        "#]],
        );
    }
}
