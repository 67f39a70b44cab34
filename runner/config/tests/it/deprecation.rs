//! Arguments of variables and outputs that not every version has.

use config::{Dialect, FactsCache, MemoryFiles, NoSchemas, check_module, load_module};
use expect_test::{Expect, expect};

const CALLER: &str = r#"
module "m" {
  source = "./m"
  old    = 1
  null   = null
}
output "o" { value = [module.m.old, module.m.new] }
"#;
const CALLED: &str = r#"
variable "old" { deprecated = "Use new." }
variable "null" { deprecated = "Never set." }
output "old" {
  value      = [var.old, var.null]
  deprecated = "Read new."
}
output "new" { value = 1 }
"#;

fn said(dialect: Dialect, files: [(&str, &str); 3], expected: Expect) {
    let files = MemoryFiles::new(files);
    let tree = load_module(&files, ".", dialect, &FactsCache::new());
    let mut all = tree.all_diagnostics();
    all.extend(check_module(&tree, &NoSchemas));
    let line = |it: &syntax::Diagnostic| {
        let place = it.subject.as_ref().map(|place| format!("{}:{}", place.file, place.span.start));
        format!("{} {}: {}\n", place.unwrap_or_default(), it.summary, it.detail)
    };
    expected.assert_eq(&all.iter().map(line).collect::<String>());
}

#[test]
fn older_versions_have_neither() {
    let files = [("main.tf", CALLER), ("m/main.tf", CALLED), ("m/none.tf", "")];
    said(
        Dialect::terraform(14, 0),
        files,
        expect![[r#"
        m/main.tf:18 Unsupported argument: An argument named "deprecated" is not expected here.
        m/main.tf:62 Unsupported argument: An argument named "deprecated" is not expected here.
        m/main.tf:142 Unsupported argument: An argument named "deprecated" is not expected here.
    "#]],
    );
}

#[test]
fn constant_variables_are_terraforms() {
    let text = "variable \"a\" { const = true }\nvariable \"b\" { const = \"many\" }\n";
    let files = [("main.tf", text), ("a.tf", ""), ("b.tf", "")];
    said(
        Dialect::terraform(15, 0),
        files,
        expect![[r#"
        main.tf:54 Unsuitable value type: Unsuitable value: a bool is required
    "#]],
    );
    said(
        Dialect::opentofu(11, 0),
        files,
        expect![[r#"
        main.tf:15 Unsupported argument: An argument named "const" is not expected here.
        main.tf:45 Unsupported argument: An argument named "const" is not expected here.
    "#]],
    );
}
