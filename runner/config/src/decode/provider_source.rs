//! The `source` of a required provider: an address, of which a host and a namespace may be left out.

use syntax::SmolStr;
use syntax::ast::Expr;

use super::names::misnamed_part;
use super::sink::Sink;
use crate::dialect::{Dialect, Feature};
use crate::served::{display_source, full_source};

/// The address as written; `None` where it is none.
pub(super) fn provider_source(expr: &Expr, sink: &mut Sink) -> Option<SmolStr> {
    if expr.is_missing() {
        return None;
    }
    let value = match expr.as_plain_string() {
        Some(text) => Some(lang::Value::string(text)),
        None => lang::constant(expr, &sink.origin(), &mut Vec::new()),
    };
    let Some(text) = value.as_ref().and_then(lang::Value::as_str) else {
        sink.error(
            "invalid-provider-source",
            "Invalid source",
            "Source must be specified as a string.",
            expr.span,
        );
        return None;
    };
    if let Some((summary, detail)) = fault(text, sink.dialect()) {
        sink.error("invalid-provider-source", summary, detail, expr.span);
        return None;
    }
    Some(text.into())
}

/// Summary and detail.
type Fault = (&'static str, String);

fn fault(source: &str, dialect: Dialect) -> Option<Fault> {
    let parts: Vec<&str> = source.split('/').collect();
    match *parts.as_slice() {
        _ if parts.iter().any(|part| part.is_empty()) => Some(malformed()),
        // The prefixes of names are looked at only behind a namespace.
        [name] => misnamed(name, source),
        [namespace, name] => misnamed(name, source)
            .or_else(|| namespace_fault(namespace, source))
            .or_else(|| prefix_fault(name, source, dialect)),
        [host, namespace, name] => misnamed(name, source)
            .or_else(|| namespace_fault(namespace, source))
            .or_else(|| host_fault(host, source))
            .or_else(|| legacy_fault(host, namespace, dialect))
            .or_else(|| prefix_fault(name, source, dialect)),
        _ => Some(malformed()),
    }
}

fn malformed() -> Fault {
    let detail = "The \"source\" attribute must be in the format \"[hostname/][namespace/]name\"";
    ("Invalid provider source string", detail.to_owned())
}

fn host_fault(host: &str, source: &str) -> Option<Fault> {
    let wrong = host.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '-' | '.' | ':')))?;
    let detail = format!(
        "Invalid provider source hostname namespace \"\" in source {source:?}: idna: disallowed rune U+{:04X}\"",
        u32::from(wrong)
    );
    Some(("Invalid provider source hostname", detail))
}

/// The namespace of providers from before there were namespaces.
const LEGACY: &str = "-";

fn namespace_fault(namespace: &str, source: &str) -> Option<Fault> {
    let fault = misnamed_part(namespace).filter(|_| namespace != LEGACY)?;
    // The tool leaves the name out, and closes a quote that it has not opened.
    let detail = format!("Invalid provider namespace \"\" in source {source:?}: {fault}\"");
    Some((NAMESPACE, detail))
}

fn legacy_fault(host: &str, namespace: &str, dialect: Dialect) -> Option<Fault> {
    let registry = dialect.tool.registry();
    (namespace == LEGACY && host != registry).then(|| {
        let detail =
            format!("The legacy provider namespace \"-\" can be used only with hostname {registry}.");
        (NAMESPACE, detail)
    })
}

const NAMESPACE: &str = "Invalid provider namespace";

fn misnamed(name: &str, source: &str) -> Option<Fault> {
    let fault = misnamed_part(name)?;
    Some((NAME, format!("Invalid provider type {name:?} in source {source:?}: {fault}\"")))
}

/// A name that repeats that it is a provider of the tool.
fn prefix_fault(name: &str, source: &str, dialect: Dialect) -> Option<Fault> {
    let full = full_source(source, dialect.tool);
    let shown = display_source(&full, dialect.tool);
    for (prefix, how_often, whose) in
        [("terraform-", "often", "a Terraform provider"), ("opentofu-", "sometimes", "an OpenTofu provider")]
    {
        let Some(rest) = name.to_ascii_lowercase().strip_prefix(prefix).map(str::to_owned) else { continue };
        if prefix == "opentofu-" && !dialect.has(Feature::RefusesOpenTofuPrefix) {
            continue;
        }
        let short = rest.strip_prefix("provider-").filter(|short| misnamed_part(short).is_none());
        let detail = match short {
            Some(short) => {
                let kind = whose.split_once(' ').map_or(whose, |(_, kind)| kind);
                let namespace = shown.rsplit_once('/').map_or("", |(namespace, _)| namespace);
                let instead = format!("{namespace}/{short}");
                format!(
                    "Provider source {shown:?} has a type with the prefix \"{prefix}provider-\", which isn't valid. \
                     Although that prefix is {how_often} used in the names of version control repositories for {kind}s, \
                     provider source strings should not include it.\n\nDid you mean {instead:?}?"
                )
            }
            None => format!(
                "Provider source {:?} has a type with the prefix \"{prefix}\", which isn't allowed because it would be \
                 redundant to name {whose} with that prefix. If you are the author of this provider, rename it to not \
                 include the prefix.",
                full.as_str()
            ),
        };
        return Some((NAME, detail));
    }
    None
}

const NAME: &str = "Invalid provider type";

#[cfg(test)]
mod tests {
    use super::*;

    fn detail(source: &str, dialect: Dialect) -> String {
        fault(source, dialect).map(|(_, detail)| detail).unwrap_or_default()
    }

    #[test]
    fn prefixes_say_nothing_new() {
        let terraform = Dialect::terraform(11, 4);
        assert!(detail("x/terraform-provider-aws", terraform).ends_with("Did you mean \"x/aws\"?"));
        let refused = detail("x/terraform-aws", terraform);
        assert!(
            refused.starts_with("Provider source \"registry.terraform.io/x/terraform-aws\""),
            "{refused}"
        );
        let refused = detail("x/terraform-aws", Dialect::opentofu(11, 0));
        assert!(
            refused.starts_with("Provider source \"registry.opentofu.org/x/terraform-aws\""),
            "{refused}"
        );
        let refused = detail("x/opentofu-aws", Dialect::opentofu(11, 0));
        assert!(refused.contains("to name an OpenTofu provider with"), "{refused}");
        for (source, dialect) in [
            ("x/opentofu-aws", Dialect::opentofu(10, 0)),
            ("x/opentofu-aws", terraform),
            ("terraform-aws", terraform),
            ("terraform-provider-aws", terraform),
            ("-/aws", terraform),
        ] {
            assert_eq!(fault(source, dialect), None, "{source}");
        }
    }

    #[test]
    fn only_the_tools_own_registry_knows_names_without_a_namespace() {
        let of_other = "registry.terraform.io/-/aws";
        assert_eq!(fault(of_other, Dialect::terraform(11, 4)), None);
        assert_eq!(
            detail(of_other, Dialect::opentofu(10, 0)),
            "The legacy provider namespace \"-\" can be used only with hostname registry.opentofu.org."
        );
    }
}
