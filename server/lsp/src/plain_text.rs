//! Markdown without its marks, for clients that show text as it is.

/// The text without fences, backticks, stars and the addresses' brackets. What stands in a fence stays as it is.
pub(crate) fn plain_text(markdown: &str) -> String {
    let mut plain = String::with_capacity(markdown.len());
    let mut fenced = false;
    for line in markdown.split_inclusive('\n') {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            plain.push_str(line);
        } else {
            unmark(line, &mut plain);
        }
    }
    plain.trim_end().to_owned()
}

/// One line: words keep what they say, links keep their addresses.
fn unmark(line: &str, plain: &mut String) {
    let mut rest = line;
    while let Some(at) = rest.find(['`', '*', '[']) {
        let (before, marked) = rest.split_at(at);
        plain.push_str(before);
        if let Some(code) = marked.strip_prefix('`')
            && let Some((code, behind)) = code.split_once('`')
        {
            plain.push_str(code);
            rest = behind;
        } else if let Some(strong) = marked.strip_prefix("**")
            && let Some((strong, behind)) = strong.split_once("**")
        {
            plain.push_str(strong);
            rest = behind;
        } else if let Some((text, address, behind)) = link(marked) {
            plain.push_str(&format!("{text} ({address})"));
            rest = behind;
        } else {
            let mark = marked.chars().next().map_or(0, char::len_utf8);
            plain.push_str(&marked[..mark]);
            rest = &marked[mark..];
        }
    }
    plain.push_str(rest);
}

/// `[text](address)` at the beginning, and what is behind it.
fn link(marked: &str) -> Option<(&str, &str, &str)> {
    let (text, behind) = marked.strip_prefix('[')?.split_once("](")?;
    let (address, behind) = behind.split_once(')')?;
    (!text.contains(']')).then_some((text, address, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_words_stay() {
        for (markdown, plain) in [
            ("```hcl\na = \"`*\"\n```\n\nGives `x` of **y**.", "a = \"`*\"\n\nGives x of y."),
            ("See [the page](https://example.com/a) for it.", "See the page (https://example.com/a) for it."),
            ("a * b ` c [d] é", "a * b ` c [d] é"),
            ("", ""),
        ] {
            assert_eq!(plain_text(markdown), plain);
        }
    }
}
