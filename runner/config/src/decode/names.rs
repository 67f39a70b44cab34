//! Names that declarations give, and the rules for them.

use syntax::ast::Label;

use super::sink::Sink;

pub(super) const IDENTIFIER_RULE: &str = "A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes.";

/// Whether `text` is an HCL identifier: `ID_Start` or `_`, then `ID_Continue` or `-`.
pub fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && chars.all(|c| c == '_' || c == '-' || c.is_alphanumeric())
}

/// Reports a label that is no identifier as `Invalid <what> name`.
pub(super) fn check_identifier(label: &Label, what: &str, sink: &mut Sink) {
    if !is_identifier(&label.text) {
        sink.error("invalid-name", format!("Invalid {what} name"), IDENTIFIER_RULE, label.span);
    }
}

/// A provider's local name is one part of a registry address: letters, digits and single dashes between them, all of
/// them lower-case. Whether it is one; if not, an error says so.
pub(super) fn check_provider_name(name: &str, subject: syntax::Span, sink: &mut Sink) -> bool {
    let detail = match misnamed_part(name) {
        Some(fault) => format!("{name} is an invalid provider local name: {fault}"),
        None => {
            let normal = lang::folded(name);
            if normal == name {
                return true;
            }
            format!("Provider names must be normalized. Replace {name:?} with {normal:?} to fix this error.")
        }
    };
    sink.error("invalid-provider-name", "Invalid provider local name", detail, subject);
    false
}

/// Whether a provider can have that local name.
pub fn is_provider_name(name: &str) -> bool {
    misnamed_part(name).is_none() && lang::folded(name) == name
}

/// What is wrong with one part of a provider's source address.
pub(super) fn misnamed_part(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("must have at least one character");
    }
    if name.contains('.') {
        return Some("dots are not allowed");
    }
    if name.contains("--") {
        return Some("cannot use multiple consecutive dashes");
    }
    let at_end = name.starts_with('-') || name.ends_with('-');
    (at_end || !name.chars().all(|ch| ch == '-' || ch.is_alphanumeric())).then_some(
        "must contain only letters, digits, and dashes, and may not use leading or trailing dashes",
    )
}
