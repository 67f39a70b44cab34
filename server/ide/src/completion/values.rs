//! What may stand in a value: keywords, names, functions, keys, texts.

use lang::Type;

use super::context::{Context, Names};
use super::item::{CompletionKind, Form, Proposal};
use super::reading::{At, Next, Operand, Reading, Segment, Step};
use super::site::{Quotes, Slot};
use super::{addresses, functions, members, names, objects, texts};
use crate::grammar::{Place, Takes};
use crate::links::READERS;

/// What may be typed in a value, of which `typed` is what stands left of the cursor.
pub(super) fn complete(
    context: &Context<'_>,
    reading: &Reading,
    quotes: Quotes,
    typed: &str,
) -> Vec<Proposal> {
    let takes = context.takes();
    match (&reading.at, takes) {
        (At::Nothing, _) => Vec::new(),
        (At::Key { taken, .. }, _) => objects::keys(context, reading, taken),
        (At::Text { whole: true }, Takes::Keyword(words)) if context.site.json => keywords(words),
        (At::Text { .. }, _) if reads_file(reading) => texts::files(context, typed),
        (At::Text { whole: true }, _) if looked_up(reading).is_some() => {
            names::keys(context, looked_up(reading).unwrap_or_default(), reading, true)
        }
        (At::Text { whole: true }, Takes::Expression | Takes::Condition) if context.site.json => {
            wrapped(context, reading, typed)
        }
        (At::Text { whole: true }, takes) if context.site.json || !is_name(takes) => {
            texts::complete(context, takes, typed)
        }
        (At::Text { .. }, _) => Vec::new(),
        (At::Directive, _) => directives(),
        (At::Index(path), takes) if is_address(takes) => addresses::keys(context, path, true),
        (At::Index(path), _) => names::keys(context, path, reading, true),
        (
            At::Part { of, is_splat },
            Takes::Expression | Takes::Condition | Takes::Values | Takes::Outputs,
        ) => {
            let ty = context.type_of_part(of, *is_splat).unwrap_or(Type::Dynamic);
            members::type_members(&ty, &context.wanted(reading))
        }
        (At::Part { .. }, _) => Vec::new(),
        (At::Function(namespace), _) if context.calls() => functions::of_namespace(context, namespace),
        (At::Function(_), _) => Vec::new(),
        (At::Name { path, first_of_list }, _) => {
            let bare_json = context.site.json && quotes == Quotes::Missing;
            match bare_json {
                true => bare(context, reading, takes),
                false => name(context, reading, takes, path, *first_of_list),
            }
        }
    }
}

/// Whether a function reads the file that the text names.
fn reads_file(reading: &Reading) -> bool {
    matches!(
        reading.steps.last(),
        Some(Step::Argument { function, index: 0, .. }) if READERS.contains(&function.as_str())
    )
}

/// The map of which the text is a key: `lookup(var.m, "`.
fn looked_up(reading: &Reading) -> Option<&[Segment]> {
    match reading.steps.last()? {
        Step::Argument { function, index: 1, first: Some(Operand::Path(path)) } => {
            (function == "lookup").then_some(path)
        }
        _ => None,
    }
}

/// Whether what stands in quotes would be something else without them.
fn is_name(takes: Takes) -> bool {
    !matches!(takes, Takes::Source | Takes::MockSource | Takes::StateKey | Takes::Alias)
}

/// A name, or what follows one.
fn name(
    context: &Context<'_>,
    reading: &Reading,
    takes: Takes,
    path: &[Segment],
    first_of_list: bool,
) -> Vec<Proposal> {
    match takes {
        Takes::Keyword(words) if path.is_empty() && reading.steps.is_empty() => keywords(words),
        Takes::Keyword(_) | Takes::Text => Vec::new(),
        Takes::Source | Takes::MockSource | Takes::StateKey | Takes::Alias if path.is_empty() => {
            texts::complete(context, takes, "")
        }
        Takes::Source | Takes::MockSource | Takes::StateKey | Takes::Alias => Vec::new(),
        Takes::Type => constraints(reading, path),
        Takes::Providers if reading.steps.is_empty() => match path {
            [Segment::Name(provider)] => objects::child_aliases(context, provider),
            _ => Vec::new(),
        },
        Takes::Provider | Takes::Providers => configurations(context, reading, path),
        Takes::OwnAttributes if path.is_empty() => {
            addresses::own_attributes(context, context.site.json || !reading.steps.is_empty())
        }
        Takes::OwnAttributes => Vec::new(),
        takes if is_address(takes) => match &reading.indexed {
            Some(indexed) => addresses::keys(context, indexed, false),
            // Keys of addresses are written out.
            None if reading.steps.last() == Some(&Step::Any) => Vec::new(),
            None => addresses::complete(context, takes, path),
        },
        _ => expression(context, reading, path, first_of_list),
    }
}

/// Whether it is the address of an object, or a list of such.
fn is_address(takes: Takes) -> bool {
    use Takes::{Call, Checkables, Data, Dependencies, Managed, Object, Resource, Resources};
    matches!(takes, Checkables | Resources | Managed | Resource | Data | Call | Dependencies | Object)
}

fn expression(
    context: &Context<'_>,
    reading: &Reading,
    path: &[Segment],
    first_of_list: bool,
) -> Vec<Proposal> {
    let wanted = context.wanted(reading);
    let begins_condition = context.takes() == Takes::Condition && reading.steps.is_empty();
    if !path.is_empty() {
        let mut found = names::after(context, path, reading, &wanted);
        // What a condition begins with may still be compared.
        if begins_condition {
            found.iter_mut().for_each(|proposal| proposal.rank = proposal.rank.min(1));
        }
        return found;
    }
    if context.site.place == Some(Place::RequiredProviders) {
        return aliases_required(context, reading);
    }
    let mut found = Vec::new();
    if let Some(indexed) = &reading.indexed {
        found.extend(names::keys(context, indexed, reading, false));
    }
    let is_whole = reading.next == Next::Other;
    if wanted == Type::Bool && !begins_condition && is_whole {
        found.extend(["true", "false"].map(|word| Proposal::new(word, CompletionKind::Keyword)));
    }
    if first_of_list && context.names() != Names::Literals && is_whole {
        let snippet = Some("for ${1:item} in ${2:list} : ${0:item}".to_owned());
        let form = Form::Other { insert: "for ".to_owned(), snippet };
        found.push(Proposal::new("for", CompletionKind::Keyword).rank(3).form(form));
    }
    if reading.next != Next::Arguments {
        found.extend(names::roots(context, reading, &wanted));
    }
    if reading.next != Next::Path && context.calls() {
        found.extend(functions::plain(context, &wanted));
    }
    found
}

/// `configuration_aliases` of an entry of `required_providers`.
fn aliases_required(context: &Context<'_>, reading: &Reading) -> Vec<Proposal> {
    let Slot::Value { name, .. } = &context.site.slot else { return Vec::new() };
    match reading.steps.as_slice() {
        [Step::Key(key), Step::Element(_)] if key == "configuration_aliases" => {
            let form = Form::Other { insert: format!("{name}."), snippet: None };
            vec![Proposal::new(format!("{name}."), CompletionKind::Provider).form(form)]
        }
        _ => Vec::new(),
    }
}

fn keywords(words: &[(&str, &str)]) -> Vec<Proposal> {
    let word = |(word, doc): &(&str, &str)| {
        Proposal::new(*word, CompletionKind::Keyword).documentation(Some((*doc).to_owned()))
    };
    words.iter().map(word).collect()
}

fn directives() -> Vec<Proposal> {
    let words = [
        ("if", "if ${1:condition} \\}$0%{ endif"),
        ("for", "for ${1:item} in ${2:list} \\}$0%{ endfor"),
        ("else", "else"),
        ("endif", "endif"),
        ("endfor", "endfor"),
    ];
    words
        .map(|(word, snippet)| {
            let form = Form::Other { insert: word.to_owned(), snippet: Some(snippet.to_owned()) };
            Proposal::new(word, CompletionKind::Keyword).form(form)
        })
        .into()
}

/// Words of type constraints.
fn constraints(reading: &Reading, path: &[Segment]) -> Vec<Proposal> {
    if !path.is_empty() {
        return Vec::new();
    }
    let in_object = reading
        .steps
        .iter()
        .any(|step| matches!(step, Step::Argument { function, .. } if function == "object"));
    let words = [
        ("string", "string", "Text."),
        ("number", "number", "A number, whole or not."),
        ("bool", "bool", "`true` or `false`."),
        ("list", "list(${1:string})", "Values of one type, in order."),
        ("map", "map(${1:string})", "Values of one type, by names."),
        ("set", "set(${1:string})", "Different values of one type, in no order."),
        ("object", "object({\n  $0\n})", "Attributes, each with a type of its own."),
        ("tuple", "tuple([$0])", "So many values, each with a type of its own."),
        ("any", "any", "Whatever type the value has."),
    ];
    let optional = in_object.then_some((
        "optional",
        "optional(${1:string})",
        "An attribute that may be left out: `optional(type, default)`.",
    ));
    optional
        .into_iter()
        .chain(words)
        .map(|(word, snippet, doc)| {
            let form = Form::Other { insert: word.to_owned(), snippet: Some(snippet.to_owned()) };
            Proposal::new(word, CompletionKind::Type).documentation(Some(doc.to_owned())).form(form)
        })
        .collect()
}

/// Provider configurations that can be named here; for a key of `providers`, those of the same provider first.
fn configurations(context: &Context<'_>, reading: &Reading, path: &[Segment]) -> Vec<Proposal> {
    let key = match reading.steps.first() {
        Some(Step::Key(key)) => key.split('.').next(),
        _ => None,
    };
    let known = context.configurations().into_iter();
    let proposal = |name: String| Proposal::new(name, CompletionKind::Provider);
    match path {
        [] => known
            .map(|it| proposal(it.to_string()).rank(u8::from(key.is_some_and(|key| it.name != key))))
            .collect(),
        [Segment::Name(name)] => known
            .filter(|it| it.name == *name)
            .filter_map(|it| it.alias)
            .map(|alias| proposal(alias.into()))
            .collect(),
        _ => Vec::new(),
    }
}

/// A whole value in JSON, where nothing of it is there yet.
fn bare(context: &Context<'_>, reading: &Reading, takes: Takes) -> Vec<Proposal> {
    let as_text = |proposal: Proposal| proposal.form(Form::Text);
    let in_quotes = |proposal: Proposal| match proposal.form {
        Form::Other { ref insert, ref snippet } => {
            let quoted = |text: &String| format!("\"{text}\"");
            let form = Form::Other { insert: quoted(insert), snippet: snippet.as_ref().map(quoted) };
            proposal.form(form)
        }
        _ => as_text(proposal),
    };
    match takes {
        Takes::Keyword(words @ [("true", _), ..]) => keywords(words),
        Takes::Keyword(words) => keywords(words).into_iter().map(as_text).collect(),
        Takes::Expression | Takes::Condition | Takes::Values | Takes::Outputs => {
            let wanted = context.wanted(reading);
            match wanted == Type::Bool && takes != Takes::Condition {
                true => ["true", "false"].map(|word| Proposal::new(word, CompletionKind::Keyword)).into(),
                false => wrapped(context, reading, "").into_iter().map(in_quotes).collect(),
            }
        }
        Takes::Type => constraints(reading, &[]).into_iter().map(as_text).collect(),
        takes => name(context, reading, takes, &[], false).into_iter().map(as_text).collect(),
    }
}

/// References as a JSON text has them: `${var.name}`.
fn wrapped(context: &Context<'_>, reading: &Reading, typed: &str) -> Vec<Proposal> {
    // In the middle of a text, nobody can tell that a reference is meant.
    if !typed.is_empty() && !typed.starts_with('$') {
        return Vec::new();
    }
    let wanted = match context.wanted(reading) {
        Type::Dynamic => Type::String,
        wanted => wanted,
    };
    let whole = names::roots(context, reading, &wanted).into_iter().filter(|it| it.label.contains('.'));
    let mut found: Vec<Proposal> = whole
        .map(|proposal| Proposal { label: format!("${{{}}}", proposal.label), ..proposal }.form(Form::Text))
        .collect();
    if context.names() != Names::Literals {
        let form = Form::Other { insert: "${}".to_owned(), snippet: Some("\\${$1}".to_owned()) };
        found.push(Proposal::new("${…}", CompletionKind::Keyword).rank(2).form(form));
    }
    found
}
