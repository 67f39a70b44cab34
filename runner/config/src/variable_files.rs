//! Which variable files are read without being asked for.

use crate::files::{Files, join};

/// Those of a directory, lowest precedence first: `terraform.tfvars`, `terraform.tfvars.json`, then `*.auto.tfvars` and
/// `*.auto.tfvars.json` by name.
pub fn automatic_variable_files(files: &dyn Files, directory: &str) -> Vec<String> {
    let directory = if directory.is_empty() { "." } else { directory };
    let Ok(entries) = files.list(directory) else { return Vec::new() };
    let names: Vec<String> =
        entries.into_iter().filter(|entry| !entry.is_dir).map(|entry| entry.name).collect();
    let fixed = ["terraform.tfvars", "terraform.tfvars.json"];
    let fixed = fixed.into_iter().filter(|name| names.iter().any(|other| other == name));
    let automatic = names.iter().map(String::as_str);
    let automatic =
        automatic.filter(|name| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json"));
    fixed.chain(automatic).map(|name| join(directory, name)).collect()
}
