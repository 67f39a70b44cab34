//! Templates as texts: what stands in quotes in one syntax as it stands in the other.

/// A text as the template that is that text.
pub(super) fn escaped(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

/// A bare template, which knows no escapes but `$${` and `%%{`, as it is written in quotes. `None` when one of its
/// sequences does not end.
pub(super) fn in_quotes(template: &str) -> Option<String> {
    let mut out = String::with_capacity(template.len() + 2);
    out.push('"');
    let mut rest = template;
    while let Some(c) = rest.chars().next() {
        let is_marker = c == '$' || c == '%';
        let behind = rest.get(1..).unwrap_or_default();
        if is_marker && behind.starts_with(c) && behind.get(1..).is_some_and(|it| it.starts_with('{')) {
            out.push_str(rest.get(..3)?);
            rest = rest.get(3..)?;
        } else if is_marker && behind.starts_with('{') {
            let end = sequence_end(rest)?;
            out.push_str(rest.get(..end)?);
            rest = rest.get(end..)?;
        } else {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
                c => out.push(c),
            }
            rest = rest.get(c.len_utf8()..)?;
        }
    }
    out.push('"');
    Some(out)
}

/// Where the sequence that a text begins with ends: behind its `}`.
fn sequence_end(text: &str) -> Option<usize> {
    // What is open: a quoted text, or a brace in code.
    let mut quoted = vec![false];
    let mut chars = text.char_indices().skip(2).peekable();
    while let Some((at, c)) = chars.next() {
        match (quoted.last()?, c) {
            (true, '\\') => {
                chars.next();
            }
            (true, '"') => {
                quoted.pop();
            }
            (true, '$' | '%') if chars.peek().is_some_and(|(_, next)| *next == c) => {
                chars.next();
                chars.next_if(|(_, next)| *next == '{');
            }
            (true, '$' | '%') if chars.peek().is_some_and(|(_, next)| *next == '{') => {
                chars.next();
                quoted.push(false);
            }
            (true, _) => {}
            (false, '"') => quoted.push(true),
            (false, '{') => quoted.push(false),
            (false, '}') => {
                quoted.pop();
                if quoted.is_empty() {
                    return Some(at + 1);
                }
            }
            (false, _) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_put_in_quotes() {
        for (template, quoted) in [
            ("a \"b\"\n", r#""a \"b\"\n""#),
            ("${upper(\"a\")} \\ ${ {a = \"}\"} }", r#""${upper("a")} \\ ${ {a = "}"} }""#),
            ("$${x} %%{y} $", r#""$${x} %%{y} $""#),
            ("%{ if x }\"%{ endif }", r#""%{ if x }\"%{ endif }""#),
            ("${\"a ${b} $${\"}", r#""${"a ${b} $${"}""#),
        ] {
            assert_eq!(in_quotes(template).as_deref(), Some(quoted), "{template}");
        }
        assert_eq!(in_quotes("${"), None);
    }
}
