//! Where a module call gets its module from.

use syntax::SmolStr;

use crate::dialect::Tool;

/// A module source address, as far as it can be told from its text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ModuleAddress {
    /// `./x` or `../x`: a directory relative to the calling module's.
    Local(SmolStr),
    /// `namespace/name/system`, perhaps with a host in front and `//sub/directory` behind.
    Registry(SmolStr),
    /// Git, HTTP, object stores, and absolute paths: everything that has to be fetched or copied.
    Remote(SmolStr),
    Invalid {
        summary: &'static str,
        detail: String,
    },
}

impl ModuleAddress {
    /// Reads a source. With a `version` beside it, only a registry address makes sense. What is wrong is said in the words
    /// of the tool.
    pub fn parse(text: &str, versioned: bool, tool: Tool) -> ModuleAddress {
        if versioned {
            return match is_registry(text) {
                true => ModuleAddress::Registry(text.into()),
                false => not_registry(text, tool),
            };
        }
        if is_local(text) {
            ModuleAddress::Local(text.into())
        } else if is_registry(text) {
            ModuleAddress::Registry(text.into())
        } else if is_remote(text) {
            ModuleAddress::Remote(text.into())
        } else {
            unknown(text, tool)
        }
    }

    /// The summary and detail of what is wrong with it.
    pub fn problem(&self) -> Option<(&'static str, &str)> {
        match self {
            ModuleAddress::Invalid { summary, detail } => Some((summary, detail)),
            _ => None,
        }
    }
}

fn is_local(text: &str) -> bool {
    ["./", "../", ".\\", "..\\"].iter().any(|prefix| text.starts_with(prefix))
}

/// Three names, or a host and three names; then perhaps `//` and a directory in the package.
fn is_registry(text: &str) -> bool {
    let package = text.split_once("//").map_or(text, |(package, _)| package);
    let parts: Vec<&str> = package.split('/').collect();
    let names = match parts.as_slice() {
        [_, _, _] => parts.as_slice(),
        [host, names @ ..] if names.len() == 3 && is_host(host) => names,
        _ => return false,
    };
    let code_host = matches!(parts.first(), Some(&("github.com" | "bitbucket.org" | "gitlab.com")));
    !code_host && names.iter().all(|name| is_registry_name(name))
}

/// Two labels at least, so that it cannot be a namespace.
fn is_host(text: &str) -> bool {
    let name = text.split_once(':').map_or(text, |(name, _)| name);
    name.contains('.') && name.split('.').all(is_registry_name)
}

fn is_registry_name(text: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    edge(text.chars().next())
        && edge(text.chars().next_back())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// What go-getter recognises: a scheme, a forced getter, a known host, an absolute path, `user@host:path`.
fn is_remote(text: &str) -> bool {
    text.contains("::")
        || text.contains("://")
        || text.starts_with('/')
        || ["github.com/", "bitbucket.org/", "gitlab.com/"].iter().any(|host| text.starts_with(host))
        || text.split_once('@').is_some_and(|(user, rest)| !user.contains('/') && rest.contains(':'))
        || text.contains(".amazonaws.com/")
        || text.contains("googleapis.com/")
}

fn unknown(text: &str, tool: Tool) -> ModuleAddress {
    if text.is_empty() {
        return ModuleAddress::Invalid {
            summary: "Invalid module source address",
            detail: "Failed to parse module source address: invalid source address: .".to_owned(),
        };
    }
    ModuleAddress::Invalid {
        summary: "Invalid module source address",
        detail: format!(
            "{tool} failed to determine your intended installation method for remote module package {0}.\n\nIf you \
             intended this as a path relative to the current module, use {1} instead. The \"./\" prefix indicates \
             that the address is a relative filesystem path.",
            lang::quote(text),
            lang::quote(&format!("./{text}")),
        ),
    }
}

fn not_registry(text: &str, tool: Tool) -> ModuleAddress {
    let why = if is_local(text) {
        format!("can't use local directory {} as a module registry address", lang::quote(text))
    } else if ["github.com/", "bitbucket.org/", "gitlab.com/"].iter().any(|host| text.starts_with(host))
        && text.split('/').count() != 4
    {
        "source address must have three more components after the hostname: the namespace, the name, and the target \
         system"
            .to_owned()
    } else {
        "a module registry source address must have either three or four slash-separated components"
            .to_owned()
    };
    ModuleAddress::Invalid {
        summary: "Invalid registry module source address",
        detail: format!(
            "Failed to parse module registry address: {why}.\n\n{tool} assumed that you intended a module registry \
             source address because you also set the argument \"version\", which applies only to registry modules."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_kinds_apart() {
        let kind = |text| match ModuleAddress::parse(text, false, Tool::Terraform) {
            ModuleAddress::Local(_) => "local",
            ModuleAddress::Registry(_) => "registry",
            ModuleAddress::Remote(_) => "remote",
            ModuleAddress::Invalid { .. } => "invalid",
        };
        for text in ["./m", "../m", "./../x/.."] {
            assert_eq!(kind(text), "local", "{text}");
        }
        for text in ["a/b/c", "x.com/b/c/d", "a/b/c//sub"] {
            assert_eq!(kind(text), "registry", "{text}");
        }
        for text in ["/abs", "github.com/x/y", "git@github.com:x/y", "git::https://x/y", "http://x/y.zip"] {
            assert_eq!(kind(text), "remote", "{text}");
        }
        for text in ["m", "a/b", "a/b/c/d/e", "a b", ".", "..", "", "Foo.com/b/c"] {
            assert_eq!(kind(text), "invalid", "{text}");
        }
    }
}
