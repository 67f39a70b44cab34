//! What the files of a module say about its dialect.

use syntax::FileName;

use super::requirements::Requirements;
use super::{Choice, Dialect, Reason, Tool, version_file};
use crate::facts::FactsCache;
use crate::file_role::{FileRole, lone_opentofu_file};
use crate::files::{Files, join};
use crate::load::names_in;

const LOCK_FILE: &str = ".terraform.lock.hcl";

/// The dialect of the module in `dir`; `tool` when it is known already.
pub(super) fn choose(
    files: &dyn Files,
    dir: &str,
    tool: Option<(Tool, Reason)>,
    cache: &FactsCache,
) -> Choice {
    let found = tool
        .or_else(|| from_names(files, dir))
        .or_else(|| from_version_files(files, dir))
        .or_else(|| from_lock_file(files, dir, cache));
    let (tool, reason) = found.unwrap_or_default();
    let requirements = Requirements::of(files, dir, tool, cache);
    let by_file = version_file::of_tool(files, dir, tool).and_then(|file| file.choose(&requirements));
    by_file
        .or_else(|| requirements.newest(tool))
        .unwrap_or_else(|| Choice { dialect: Dialect::newest(tool), reason })
}

fn from_names(files: &dyn Files, dir: &str) -> Option<(Tool, Reason)> {
    let names = names_in(files, dir);
    let name = lone_opentofu_file(&names, FileRole::Module)?;
    Some((Tool::OpenTofu, Reason::FileName { file: FileName::new(&join(dir, name)) }))
}

fn from_version_files(files: &dyn Files, dir: &str) -> Option<(Tool, Reason)> {
    match version_file::nearest(files, dir).as_slice() {
        [file] => Some((file.tool(), file.reason())),
        _ => None,
    }
}

fn from_lock_file(files: &dyn Files, dir: &str, cache: &FactsCache) -> Option<(Tool, Reason)> {
    let path = join(dir, LOCK_FILE);
    let document = files.document(&path, cache).ok()?;
    // What each tool writes of providers that no other registry is named for.
    let mut of_tools = [false; Tool::ALL.len()];
    for (_, chunk) in document.chunks() {
        for block in chunk.body.blocks().filter(|block| block.kind.text == "provider") {
            let host = block.label(0).and_then(|source| source.split_once('/')).map(|(host, _)| host);
            for (tool, found) in Tool::ALL.into_iter().zip(&mut of_tools) {
                *found |= host == Some(tool.registry());
            }
        }
    }
    let tool = match of_tools {
        [true, false] => Tool::Terraform,
        [false, true] => Tool::OpenTofu,
        _ => return None,
    };
    Some((tool, Reason::LockFile { file: FileName::new(&path) }))
}
