//! `language { … }`, OpenTofu's own place for what a module says about the language. (OpenTofu 1.12.)
//!
//! There is one edition of the language and there are no experiments so far: what else is said there is meant for another
//! version.

use std::cmp::Ordering;
use std::sync::Arc;

use syntax::Span;
use syntax::ast::{Block, Expr};

use super::ModuleDeclaration;
use super::call::version_constraint;
use super::content::{BodySchema, block, content, optional, partial_content};
use super::expression::{keyword, static_list};
use super::sink::{PLACE, Sink};
use super::terraform::COMPATIBLE;
use crate::dialect::{Dialect, Version};
use crate::module::RequiredVersion;
use crate::version::Constraint;

const LANGUAGE: BodySchema = BodySchema {
    attributes: &[optional("edition"), optional("experiments")],
    blocks: &[block("compatible_with", &[])],
};

const COMPATIBLE_WITH: BodySchema = BodySchema { attributes: &[optional(COMPATIBLE)], blocks: &[] };

/// The last version before the block.
const BEFORE: Version = Version { major: 1, minor: 11, patch: 0 };

pub(super) fn language_block(block: &Block, out: &mut Vec<ModuleDeclaration>, sink: &mut Sink) {
    // OpenTofu asks for the versions first, of override files too, and then reads the block: what is wrong with them is said
    // twice.
    for nested in partial_content(block, &LANGUAGE, sink).blocks_of("compatible_with") {
        out.extend(
            compatible(nested, sink).map(|required| ModuleDeclaration::RequiredVersion(Arc::new(required))),
        );
    }
    if sink.is_override() {
        sink.error(
            "invalid-override",
            "Language selections in override file",
            "Language-related settings in \"language\" blocks are not allowed in override files. Place these settings in a \
             normal configuration file.",
            block.header_span(),
        );
        return;
    }
    let content = content(block, &LANGUAGE, sink);
    if let Some(attribute) = content.attribute("edition") {
        edition(&attribute.value, sink);
    }
    if let Some(attribute) = content.attribute("experiments") {
        experiments(&attribute.value, sink);
    }
    let mut declared: Option<Span> = None;
    for nested in content.blocks_of("compatible_with") {
        if let Some(first) = declared {
            sink.error_with_previous(
                "duplicate-block",
                "Duplicate compatible_with block",
                format!(
                    "Each language block may have at most one compatible_with block referring to OpenTofu. The OpenTofu \
                     version constraint was already declared at {PLACE}."
                ),
                block.header_span(),
                first,
            );
            continue;
        }
        let required = compatible(nested, sink);
        if let Some(required) = &required {
            warn_of_older(required, sink);
        }
        declared = required.map(|required| required.span);
    }
}

/// The versions of OpenTofu that a `compatible_with` block names. Other software may have arguments of its own there.
fn compatible(block: &Block, sink: &mut Sink) -> Option<RequiredVersion> {
    let inside = partial_content(block, &COMPATIBLE_WITH, sink);
    let attribute = inside.attribute(COMPATIBLE)?;
    let constraint = version_constraint(COMPATIBLE, &attribute.value, sink)?;
    Some(RequiredVersion { argument: COMPATIBLE, constraint, span: attribute.span })
}

/// Versions that do not know the block cannot be told by it.
fn warn_of_older(required: &RequiredVersion, sink: &mut Sink) {
    if Constraint::parse(&required.constraint).is_some_and(|constraint| constraint.allows(BEFORE)) {
        sink.warning(
            "ineffective-version",
            "Ineffective version constraint",
            "The compatible_with block was added in OpenTofu v1.12.0, so any constraint specified this way should exclude \
             earlier versions of OpenTofu, such as by including \">= 0.12.0\".\n\nIf your module must be compatible with \
             earlier versions of OpenTofu, use the required_version argument in a \"terraform\" block in a file named with \
             the .tofu suffix, which is an older way to specify OpenTofu version constraints.",
            required.span,
        );
    }
}

fn edition(value: &Expr, sink: &mut Sink) {
    const EDITION: &str = "tofu2024";
    if value.is_missing() {
        return;
    }
    let Dialect { tool, version } = sink.dialect();
    let (summary, detail) = match keyword(value).map(|word| (word, word.cmp(EDITION))) {
        Some((_, Ordering::Equal)) => return,
        None => (
            "Invalid language edition",
            format!(
                "The \"edition\" argument expects a bare language edition keyword. {tool} {version} supports only language \
                 edition {EDITION}, which is the default."
            ),
        ),
        // It names its own edition, not the one that it was given.
        Some((word, _)) if word.starts_with("TF") => (
            "Unsupported language edition",
            format!(
                "{tool} v{version} does not support language edition \"{EDITION}\". This module may be intended for use with \
                 other software."
            ),
        ),
        Some((_, order)) => (
            "Unsupported language edition",
            format!(
                "{tool} v{version} only supports language edition {EDITION}. This module requires a {} version of {tool} CLI.",
                if order == Ordering::Greater { "newer" } else { "different" }
            ),
        ),
    };
    sink.error("language-edition", summary, detail, value.span);
}

fn experiments(value: &Expr, sink: &mut Sink) {
    for item in static_list(value, sink).iter().filter(|item| !item.is_missing()) {
        let (summary, detail) = match keyword(item) {
            None => (
                "Invalid experiment keyword",
                "Elements of \"experiments\" must all be keywords representing active experiments."
                    .to_owned(),
            ),
            Some(word) => (
                "Unknown experiment keyword",
                format!("There is no current experiment with the keyword {}.", lang::quote(word)),
            ),
        };
        sink.error("experiments", summary, detail, item.span);
    }
}
