//! Sources of modules that are made of variables, where nobody has given these any values: as an editor loads modules.

use config::{Dialect, FactsCache, MemoryFiles, load_module};

/// The directories of the modules that a module calls, and what is said.
fn loaded(dialect: Dialect, main: &str) -> (Vec<String>, Vec<String>) {
    let files = MemoryFiles::new([("main.tf", main), ("m/main.tf", "output \"o\" {\n  value = 1\n}\n")]);
    let tree = load_module(&files, ".", dialect, &FactsCache::new());
    let children = tree.children.values().map(|child| child.module.dir.to_string()).collect();
    (children, tree.all_diagnostics().into_iter().map(|found| found.summary).collect())
}

#[test]
fn defaults_lead_to_modules_and_what_is_still_to_come_is_no_mistake() {
    for dialect in [Dialect::opentofu(8, 0), Dialect::opentofu(12, 6), Dialect::terraform(15, 9)] {
        let constant = if dialect == Dialect::terraform(15, 9) { "\n  const = true" } else { "" };
        let module = |default: &str| {
            format!(
                "variable \"d\" {{{default}{constant}\n}}\nmodule \"a\" {{\n  source = \"./${{var.d}}\"\n}}\n"
            )
        };
        let (children, said) = loaded(dialect, &module("\n  default = \"m\""));
        assert_eq!((children, said), (vec!["m".to_owned()], vec![]), "{dialect}");
        let (children, said) = loaded(dialect, &module(""));
        assert_eq!((children.len(), said), (0, vec![]), "{dialect}");
    }
    let (children, said) =
        loaded(Dialect::opentofu(12, 6), "module \"a\" {\n  source = terraform_data.a.id\n}\n");
    assert_eq!((children.len(), said), (0, vec!["Dynamic value in static context".to_owned()]));
}

#[test]
fn what_functions_would_read_is_still_to_come() {
    for dialect in [Dialect::opentofu(8, 0), Dialect::opentofu(12, 6), Dialect::terraform(15, 9)] {
        for source in
            ["trimspace(file(\"x\"))", "abspath(\"m\")", "\"./${basename(path.cwd)}\"", "local.read"]
        {
            let main =
                format!("locals {{\n  read = file(\"x\")\n}}\nmodule \"a\" {{\n  source = {source}\n}}\n");
            let (children, said) = loaded(dialect, &main);
            assert_eq!((children.len(), said), (0, vec![]), "{dialect}: {source}");
        }
    }
}
