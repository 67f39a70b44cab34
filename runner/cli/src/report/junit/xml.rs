//! XML, byte for byte as Go's encoder writes it with an indent of two.

use std::fmt::Write as _;

/// An element with attributes and either text or elements in it.
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    data: Option<String>,
    children: Vec<Element>,
}

impl Element {
    pub(super) fn new(name: &'static str) -> Element {
        Element { name, attributes: Vec::new(), data: None, children: Vec::new() }
    }

    #[must_use]
    pub(super) fn attribute(mut self, name: &'static str, value: &str) -> Element {
        self.attributes.push((name, value.to_owned()));
        self
    }

    /// Text that is written as it is, between `<![CDATA[` and `]]>`.
    #[must_use]
    pub(super) fn data(mut self, text: &str) -> Element {
        self.data = Some(text.to_owned()).filter(|text| !text.is_empty());
        self
    }

    #[must_use]
    pub(super) fn children(mut self, children: impl IntoIterator<Item = Element>) -> Element {
        self.children.extend(children);
        self
    }

    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        self.write(0, &mut out);
        out
    }

    fn write(&self, depth: usize, out: &mut String) {
        let _ = write!(out, "<{}", self.name);
        for (name, value) in &self.attributes {
            let _ = write!(out, " {name}=\"");
            escape(value, out);
            out.push('"');
        }
        out.push('>');
        if let Some(data) = &self.data {
            // The end of a section cannot stand in it.
            let _ = write!(out, "<![CDATA[{}]]>", legal(data).replace("]]>", "]]]]><![CDATA[>"));
        }
        for child in &self.children {
            line(depth + 1, out);
            child.write(depth + 1, out);
        }
        if !self.children.is_empty() {
            line(depth, out);
        }
        let _ = write!(out, "</{}>", self.name);
    }
}

fn line(depth: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

fn escape(text: &str, out: &mut String) {
    for c in legal(text).chars() {
        match c {
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' => out.push_str("&#x9;"),
            '\n' => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            c => out.push(c),
        }
    }
}

/// The text with a replacement for every character that XML does not have.
fn legal(text: &str) -> String {
    let is_legal = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}');
    text.chars().map(|c| if is_legal(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// A positive number as Go writes it in the shortest form: with an exponent below 0.0001 and from 1e21.
pub(super) fn go_float(number: f64) -> String {
    if (1e-4..1e21).contains(&number) || number == 0.0 {
        return number.to_string();
    }
    let text = format!("{number:e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let (sign, exponent) = match exponent.strip_prefix('-') {
                Some(exponent) => ('-', exponent),
                None => ('+', exponent),
            };
            format!("{digits}e{sign}{exponent:0>2}")
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{Element, go_float};

    #[test]
    fn numbers_are_written_as_in_go() {
        for (number, text) in
            [(0.0186, "0.0186"), (2.0, "2"), (4.3e-5, "4.3e-05"), (1e-10, "1e-10"), (0.0001, "0.0001")]
        {
            assert_eq!(go_float(number), text);
        }
    }

    #[test]
    fn what_means_something_in_xml_is_escaped() {
        let element = Element::new("a").attribute("b", "<&>\"'\t\n\u{1}é").data("x ]]> y\u{0}");
        assert_eq!(
            element.text(),
            "<a b=\"&lt;&amp;&gt;&#34;&#39;&#x9;&#xA;\u{fffd}é\"><![CDATA[x ]]]]><![CDATA[> y\u{fffd}]]></a>"
        );
    }
}
