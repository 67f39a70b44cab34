//! Document links: texts that lead somewhere, to a file that is there or to a page about what is named.

use config::files::join;
use config::{FileKind, FileRole, ModuleAddress, Tool, full_source, implied_provider};
use syntax::ast::{Expr, ExprKind, Step, TemplatePart};
use syntax::{Chunk, FileName, SmolStr, Span};

use crate::parts::{Holder, Part, parts};
use crate::snapshot::{Snapshot, unquoted};

/// A text and where it leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    pub span: Span,
    pub target: LinkTarget,
    pub tooltip: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LinkTarget {
    File(FileName),
    /// The address of a page.
    Page(String),
}

/// A text that may lead somewhere, before anyone has looked.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    span: Span,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// A module's source, and whether a version stands beside it. It counts from the module's directory, or from that of
    /// the module under test.
    Source { text: SmolStr, versioned: bool },
    /// A directory of mock files, which counts from the module under test.
    Mocks(SmolStr),
    /// A file that a function reads.
    File(SmolStr),
    /// A provider's source address.
    Provider(SmolStr),
    /// The type of a resource or data source.
    Type { kind: SmolStr, data: bool },
}

/// Functions whose first argument is the path of a file.
pub(crate) const READERS: &[&str] = &[
    "file",
    "filebase64",
    "filebase64sha256",
    "filebase64sha512",
    "fileexists",
    "filemd5",
    "filesha1",
    "filesha256",
    "filesha512",
    "templatefile",
];

/// The links of a file, from top to bottom.
pub fn links(snapshot: &Snapshot, file: &FileName) -> Vec<Link> {
    let Some(document) = snapshot.document(file) else { return Vec::new() };
    let holder = Holder::of_file(file);
    let mut found = Vec::new();
    for (origin, chunk) in document.chunks() {
        for candidate in snapshot.cache().links.get(chunk, holder, || candidates(chunk, holder)).iter() {
            let link = leads_to(snapshot, file, &candidate.kind);
            let span = candidate.span.shifted(origin.base);
            found.extend(link.map(|(target, tooltip)| Link { span, target, tooltip }));
        }
    }
    found.sort_by_key(|link| link.span);
    found
}

/// The file that the text at `offset` leads to, and that text.
pub(crate) fn file_at(snapshot: &Snapshot, file: &FileName, offset: u32) -> Option<(Span, FileName)> {
    let holder = Holder::of_file(file);
    let placed = snapshot.chunk_touching(file, offset)?;
    let chunk = &placed.chunk;
    let candidates = snapshot.cache().links.get(chunk, holder, || candidates(chunk, holder));
    let at = offset.checked_sub(placed.base)?;
    let candidate = candidates.iter().find(|candidate| candidate.span.touches(at))?;
    match leads_to(snapshot, file, &candidate.kind)? {
        (LinkTarget::File(target), _) => Some((candidate.span.shifted(placed.base), target)),
        (LinkTarget::Page(_), _) => None,
    }
}

fn candidates(chunk: &Chunk, holder: Holder) -> Vec<Candidate> {
    let mut found = Found { text: &chunk.text, all: Vec::new() };
    let mut open: Vec<(Holder, Part<'_>)> =
        parts(&chunk.body, holder).into_iter().map(|part| (holder, part)).collect();
    while let Some((holder, part)) = open.pop() {
        match part.value {
            Some(value) => found.files_in(value),
            None => {
                found.of_block(&part, holder);
                open.extend(part.parts().into_iter().map(|inner| (part.holder, inner)));
            }
        }
    }
    found.all
}

struct Found<'t> {
    text: &'t str,
    all: Vec<Candidate>,
}

impl Found<'_> {
    fn add(&mut self, span: Span, kind: Kind) {
        let span = unquoted(span.text(self.text), span);
        if !span.is_empty() {
            self.all.push(Candidate { span, kind });
        }
    }

    fn of_block(&mut self, part: &Part<'_>, holder: Holder) {
        let inside = part.parts();
        let value = |name: &str| inside.iter().find(|it| it.name == name).and_then(|it| it.value);
        let text = |name: &str| value(name).and_then(|value| Some((value.as_plain_string()?, value.span)));
        match (holder, part.name) {
            (Holder::Module | Holder::Run, "module") => {
                if let Some((text, span)) = text("source") {
                    let versioned = value("version").is_some();
                    self.add(span, Kind::Source { text: text.into(), versioned });
                }
            }
            (Holder::Test, "mock_provider") => {
                if let Some((text, span)) = text("source") {
                    self.add(span, Kind::Mocks(text.into()));
                }
            }
            (Holder::Terraform, "required_providers") => {
                for it in inside.iter().filter_map(|it| it.value) {
                    self.required_provider(it);
                }
            }
            (_, "resource" | "mock_resource") => self.of_type(part, false),
            (_, "data" | "mock_data") => self.of_type(part, true),
            _ => {}
        }
    }

    fn of_type(&mut self, part: &Part<'_>, data: bool) {
        if let Some((kind, span)) = part.labels.first() {
            self.add(*span, Kind::Type { kind: SmolStr::new(kind), data });
        }
    }

    fn required_provider(&mut self, value: &Expr) {
        let ExprKind::Object(items) = &value.kind else { return };
        for item in items {
            let key = item.key.as_keyword().or_else(|| item.key.as_plain_string());
            if let (Some("source"), Some(source)) = (key, item.value.as_plain_string()) {
                self.add(item.value.span, Kind::Provider(source.into()));
            }
        }
    }

    /// The files that an expression reads by names that are written out.
    fn files_in(&mut self, value: &Expr) {
        let mut open = vec![value];
        while let Some(expr) = open.pop() {
            if let ExprKind::Call(call) = &expr.kind
                && READERS.contains(&call.name.text.as_str())
                && let Some(argument) = call.args.first()
                && let Some(path) = path_of(argument)
            {
                self.add(argument.span, Kind::File(path));
            }
            expr.each_child(&mut |child| open.push(child));
        }
    }
}

/// A path that is written out, or that begins with `${path.module}`, which is where it counts from anyway.
fn path_of(expr: &Expr) -> Option<SmolStr> {
    if let Some(text) = expr.as_plain_string() {
        return Some(text.into());
    }
    let ExprKind::Template(template) = &expr.kind else { return None };
    let [TemplatePart::Interpolation { expr, .. }, TemplatePart::Literal { text, .. }] = &*template.parts
    else {
        return None;
    };
    let ExprKind::Access(access) = &expr.kind else { return None };
    let is_path = access.object.as_keyword() == Some("path");
    let [Step::Dot { name: Some(name), .. }] = access.steps.as_slice() else { return None };
    let name = name.text.as_str();
    (is_path && matches!(name, "module" | "root" | "cwd")).then(|| format!(".{text}").into())
}

fn leads_to(snapshot: &Snapshot, file: &FileName, kind: &Kind) -> Option<(LinkTarget, Option<String>)> {
    let project = snapshot.project(file);
    let dir = project.module_of_file(file);
    match kind {
        Kind::Source { text, versioned } => {
            match ModuleAddress::parse(text, *versioned, snapshot.dialect(file).tool) {
                ModuleAddress::Local(path) => {
                    let target = join(dir, &path);
                    let start = snapshot.start_of_module(&target.as_str().into())?;
                    Some((LinkTarget::File(start.file), Some(target)))
                }
                ModuleAddress::Registry(address) => {
                    Some((LinkTarget::Page(module_page(snapshot.dialect(file).tool, &address)?), None))
                }
                ModuleAddress::Remote(address) => Some((LinkTarget::Page(repository_page(&address)?), None)),
                ModuleAddress::Invalid { .. } => None,
            }
        }
        Kind::Mocks(path) => {
            let target = join(project.dir(), path);
            let entries = snapshot.files().list(&target).ok()?;
            let mocks = |name: &str| FileRole::of(name) == Some(FileRole::Mocks);
            let first = entries.iter().find(|entry| !entry.is_dir && mocks(&entry.name))?;
            Some((LinkTarget::File(FileName::new(&join(&target, &first.name))), Some(target)))
        }
        Kind::File(path) => {
            let target = join(dir, path);
            let is_file = snapshot.files().kind(&target) == Some(FileKind::File);
            is_file.then(|| (LinkTarget::File(FileName::new(&target)), None))
        }
        Kind::Provider(source) => {
            let (_, page) = provider_page(&full_source(source, snapshot.dialect(file).tool))?;
            Some((LinkTarget::Page(page), None))
        }
        Kind::Type { kind, data } => {
            let tree = project.tree_in(dir)?;
            let source = tree.module.provider_source(implied_provider(kind));
            let (tool, page) = provider_page(&source)?;
            let name = kind.split_once('_').map_or(kind.as_str(), |(_, name)| name);
            let section = match (data, tool) {
                (false, _) => "resources",
                (true, Tool::Terraform) => "data-sources",
                (true, Tool::OpenTofu) => "datasources",
            };
            Some((
                LinkTarget::Page(format!("{page}/docs/{section}/{name}")),
                Some(format!("{kind} in {source}")),
            ))
        }
    }
}

/// The page of a provider, and the tool whose registry has it; `None` for registries that have no pages anyone knows.
fn provider_page(source: &str) -> Option<(Tool, String)> {
    let mut parts = source.split('/');
    let (host, namespace, name) = (parts.next()?, parts.next()?, parts.next()?);
    let tool = Tool::of_registry(host)?;
    let pages = match tool {
        Tool::Terraform => "https://registry.terraform.io/providers",
        Tool::OpenTofu => "https://search.opentofu.org/provider",
    };
    Some((tool, format!("{pages}/{namespace}/{name}/latest")))
}

/// The page of a module; `own` is the registry of an address that names none.
fn module_page(own: Tool, address: &str) -> Option<String> {
    let package = address.split("//").next()?;
    let parts: Vec<&str> = package.split('/').collect();
    let (tool, [namespace, name, system]) = match *parts.as_slice() {
        [namespace, name, system] => (own, [namespace, name, system]),
        [host, namespace, name, system] => (Tool::of_registry(host)?, [namespace, name, system]),
        _ => return None,
    };
    let path = format!("{namespace}/{name}/{system}");
    Some(match tool {
        Tool::Terraform => format!("https://registry.terraform.io/modules/{path}"),
        Tool::OpenTofu => format!("https://search.opentofu.org/module/{path}/latest"),
    })
}

/// Where a repository can be looked at, for the hosts that everybody knows.
fn repository_page(address: &str) -> Option<String> {
    let address = address.strip_prefix("git::").unwrap_or(address);
    let address = address.strip_prefix("https://").unwrap_or(address);
    let path = ["github.com/", "gitlab.com/", "bitbucket.org/"];
    let host = path.iter().find(|host| address.starts_with(*host))?;
    let mut parts = address.strip_prefix(host)?.split(['/', '?']);
    let (owner, name) = (parts.next()?, parts.next()?);
    let name = name.trim_end_matches(".git");
    (!owner.is_empty() && !name.is_empty()).then(|| format!("https://{host}{owner}/{name}"))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::testing::{MODULE, snapshot};

    #[track_caller]
    fn check(file: &str, text: &str, expected: Expect) {
        let (snapshot, _) = snapshot(&format!(
            "{MODULE}//- /{file}\n{text}//- /data/x.json\n{{}}\n//- /mocks/b.tfmock.hcl\n"
        ));
        let found = links(&snapshot, &FileName::new(file));
        let line = |it: Link| {
            format!("{} -> {:?} {}\n", it.span.text(text), it.target, it.tooltip.unwrap_or_default())
        };
        expected.assert_eq(&found.into_iter().map(line).collect::<String>());
    }

    #[test]
    fn in_test_files() {
        check(
            "tests/a.tftest.hcl",
            r#"mock_provider "aws" {
  source = "./mocks"
  mock_data "aws_ami" {
    defaults = { a = file("./data/x.json"), b = file("nope") }
  }
}
run "a" {
  module {
    source = "./setup"
  }
}
run "b" {
  module {
    source  = "terraform-aws-modules/vpc/aws"
    version = "5.0"
  }
  variables {
    x = jsondecode(file("${path.module}/data/x.json"))
  }
}
run "c" {
  module {
    source = "./nowhere"
  }
}
"#,
            expect![[r#"
                ./mocks -> File("mocks/b.tfmock.hcl") mocks
                aws_ami -> Page("https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/ami") aws_ami in registry.terraform.io/hashicorp/aws
                ./data/x.json -> File("data/x.json") 
                ./setup -> File("setup/main.tf") setup
                terraform-aws-modules/vpc/aws -> Page("https://registry.terraform.io/modules/terraform-aws-modules/vpc/aws") 
                ${path.module}/data/x.json -> File("data/x.json") 
            "#]],
        );
        check(
            "a.tftest.json",
            r#"{"run": {"a": {"module": {"source": "./setup"}, "variables": {"x": "${file(\"data/x.json\")}"}}}}
"#,
            expect![[r#"
                ./setup -> File("setup/main.tf") setup
                \"data/x.json\" -> File("data/x.json") 
            "#]],
        );
    }

    #[test]
    fn in_module_files() {
        check(
            "more.tf",
            r#"terraform {
  required_providers {
    mine = { source = "acme/mine" }
    own  = { source = "registry.example.com/acme/own" }
  }
}
resource "aws_s3_bucket" "a" {}
data "mine_thing" "b" {}
resource "own_thing" "c" {}
module "d" {
  source = "git::https://github.com/acme/modules.git//network?ref=v1"
}
"#,
            expect![[r#"
                acme/mine -> Page("https://registry.terraform.io/providers/acme/mine/latest") 
                aws_s3_bucket -> Page("https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket") aws_s3_bucket in registry.terraform.io/hashicorp/aws
                mine_thing -> Page("https://registry.terraform.io/providers/acme/mine/latest/docs/data-sources/thing") mine_thing in registry.terraform.io/acme/mine
                git::https://github.com/acme/modules.git//network?ref=v1 -> Page("https://github.com/acme/modules") 
            "#]],
        );
        check(
            "more.tofu",
            "resource \"aws_s3_bucket\" \"a\" {}\ndata \"aws_ami\" \"b\" {}\n",
            expect![[r#"
                aws_s3_bucket -> Page("https://search.opentofu.org/provider/hashicorp/aws/latest/docs/resources/s3_bucket") aws_s3_bucket in registry.opentofu.org/hashicorp/aws
                aws_ami -> Page("https://search.opentofu.org/provider/hashicorp/aws/latest/docs/datasources/ami") aws_ami in registry.opentofu.org/hashicorp/aws
            "#]],
        );
    }
}
