//! The parameters of the function that is being called, with the one that the cursor is in.

use syntax::FileName;

use crate::calls::{self, open_call};
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
    let typed = placed.chunk.text.get(..offset.checked_sub(placed.base)? as usize)?;
    let call = open_call(typed)?;
    let dialect = snapshot.dialect(file);
    let function = calls::function(call.name, dialect)?;
    let label = function.signature();
    let mut from = label.find('(').map_or(0, |open| open + 1);
    let mut parameters = Vec::new();
    for param in function.params.iter().chain(&function.variadic) {
        let is_variadic = parameters.len() == function.params.len();
        let dots = if is_variadic { "..." } else { "" };
        let text = format!("{}{dots}: {}", param.name, param.ty);
        let start = from + label.get(from..)?.find(&text)?;
        from = start + text.len();
        parameters.push(Parameter { label: start..from, documentation: param.doc.to_owned() });
    }
    // Every further argument belongs to the parameter that takes them all, or is one too many; an index that no
    // parameter has would light up the first one in the editor.
    let active = call.argument.min(parameters.len().saturating_sub(1));
    Some(SignatureHelp { label, documentation: function.doc.to_owned(), parameters, active })
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
}
