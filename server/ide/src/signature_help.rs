//! The parameters of the function that is being called, with the one that the cursor is in.

use std::borrow::Cow;

use syntax::FileName;

use crate::calls::{Described, described, is_there, open_call};
use crate::json_text::string_before;
use crate::snapshot::Snapshot;

/// A signature with its parts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignatureHelp {
    /// `element(list: any, index: number) -> any`
    pub label: String,
    /// Markdown.
    pub documentation: String,
    pub parameters: Vec<Parameter>,
    /// The index of the parameter that the cursor is in; the last one when there are too many arguments.
    pub active: usize,
}

/// A parameter and the bytes of the label that show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parameter {
    pub label: std::ops::Range<usize>,
    pub documentation: String,
}

/// The call around `offset` of `file`.
pub fn signature_help(snapshot: &Snapshot, file: &FileName, offset: u32) -> Option<SignatureHelp> {
    let placed = snapshot.chunk_touching(file, offset)?;
    let at = offset.checked_sub(placed.base)?;
    let typed = match file.is_json() {
        // A template of its own, which ends nowhere yet.
        true => Cow::Owned(format!("a = <<E\n{}", string_before(&placed.chunk.text, at)?)),
        false => Cow::Borrowed(placed.chunk.text.get(..at as usize)?),
    };
    let call = open_call(&typed)?;
    let described = described(snapshot, file, offset, call.name);
    let Described { label, summary, parameters: named, .. } =
        described.filter(|_| is_there(call.name, snapshot.dialect(file)))?;
    let mut from = label.find('(').map_or(0, |open| open + 1);
    let mut parameters = Vec::new();
    for (text, documentation) in named {
        let start = from + label.get(from..)?.find(&text)?;
        from = start + text.len();
        parameters.push(Parameter { label: start..from, documentation });
    }
    // Every further argument belongs to the parameter that takes them all, or is one too many; an index that no
    // parameter has would light up the first one in the editor.
    let active = call.argument.min(parameters.len().saturating_sub(1));
    Some(SignatureHelp { label, documentation: summary, parameters, active })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MODULE, at_cursor};

    #[track_caller]
    fn check(condition: &str, expected: Option<(&str, Option<&str>)>) {
        let text = format!(
            "{MODULE}//- /main.tftest.hcl\nrun \"a\" {{\n  assert {{\n    condition = {condition}\n  }}\n}}\n"
        );
        let (snapshot, file, offset) = at_cursor(&text);
        let found = signature_help(&snapshot, &file, offset);
        let shown = found.as_ref().map(|it| {
            let active = it.parameters.get(it.active).map(|parameter| &it.label[parameter.label.clone()]);
            (it.label.as_str(), active)
        });
        assert_eq!(shown, expected, "{condition}");
    }

    #[test]
    fn the_argument_under_the_cursor_is_active() {
        let element = "element(list: any, index: number) -> any";
        check("element($0", Some((element, Some("list: any"))));
        check("element([1, 2], $0)", Some((element, Some("index: number"))));
        check("element([1, 2], 3, $0)", Some((element, Some("index: number"))));
        check("element(upper($0), 3)", Some(("upper(str: string) -> string", Some("str: string"))));
        check("max(1, 2, $0", Some(("max(numbers...: number) -> number", Some("numbers...: number"))));
        check(
            "join(\",\", [], $0)",
            Some((
                "join(separator: string, lists...: list(string)) -> string",
                Some("lists...: list(string)"),
            )),
        );
        check("nope($0", None);
        check("upper(\"a\")$0 == 1", None);
        check("urldecode($0", None);
        check("timestamp($0)", Some(("timestamp() -> string", None)));
    }

    /// In JSON, a call stands in a template, and the quotes in it are escaped.
    #[test]
    fn calls_in_json() {
        let check = |condition: &str, expected: Option<(&str, usize)>| {
            let text = format!(
                "{MODULE}//- /versions.tf\nterraform {{\n  required_providers {{\n    cloud = {{\n      source = \"hashicorp/cloud\"\n    }}\n  }}\n}}\n\
                 //- /main.tftest.json\n{{\"run\": {{\"a\": {{\"assert\": {{\"condition\": {condition}"
            );
            let (snapshot, file, offset) = at_cursor(&text);
            let found = signature_help(&snapshot, &file, offset);
            let shown = found.as_ref().map(|it| (it.label.as_str(), it.active));
            assert_eq!(shown, expected, "{condition}");
        };
        let element = "element(list: any, index: number) -> any";
        check("\"${element($0", Some((element, 0)));
        check("\"say \\\"hi(\\\" ${element([\\\"a\\\"], $0)}\"}}}}", Some((element, 1)));
        check("\"${[\\\"x(\\\", upper(\\\"${element($0", Some((element, 0)));
        check("\"element($0\"}}}}", None);
        check("element($0", None);
        check(
            "\"${provider::cloud::region_of($0)}\"}}}}",
            Some(("provider::cloud::region_of(name: string) -> string", 0)),
        );
    }
}
