//! Word wrapping as Terraform's terminal output has it: runs of spaces inside a line survive, and a word that
//! is too long for any line stays whole.

/// Wraps every line of `text` to less than `width` columns; a line that starts with a space stays as it is.
/// Every line of the result ends in a newline.
pub(crate) fn paragraphs(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 32 + 1);
    for line in text.split('\n') {
        if line.starts_with(' ') || width <= 1 {
            out.push_str(line);
        } else {
            wrap_line(line, width - 1, &mut out);
        }
        out.push('\n');
    }
    out
}

/// Appends `line`, broken where the next word would pass `limit` characters.
fn wrap_line(line: &str, limit: usize, out: &mut String) {
    let mut column = 0;
    let mut rest = line;
    while !rest.is_empty() {
        let (space, after) = split_where(rest, |c| !is_space(c));
        let (word, after) = split_where(after, is_space);
        let (space_width, word_width) = (space.chars().count(), word.chars().count());
        let fits = column + space_width + word_width <= limit;
        if word.is_empty() {
            if fits {
                out.push_str(space);
            }
        } else if fits || column + space_width <= 1 {
            out.push_str(space);
            out.push_str(word);
            column += space_width + word_width;
        } else {
            out.push('\n');
            out.push_str(word);
            column = word_width;
        }
        rest = after;
    }
}

/// A no-break space belongs to the word around it.
fn is_space(c: char) -> bool {
    c.is_whitespace() && c != '\u{a0}'
}

fn split_where(text: &str, stop: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(stop).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::paragraphs;

    #[track_caller]
    fn check(text: &str, width: usize, expected: &str) {
        assert_eq!(paragraphs(text, width), expected);
    }

    #[test]
    fn breaks_before_the_word_that_does_not_fit() {
        check("aaa bbb ccc", 8, "aaa bbb\nccc\n");
        check("aaa bbb ccc", 7, "aaa\nbbb\nccc\n");
    }

    #[test]
    fn keeps_inner_spaces_and_drops_those_at_a_break() {
        check("aa  bb  cc", 7, "aa  bb\ncc\n");
    }

    #[test]
    fn leaves_indented_lines_and_long_words_alone() {
        check(" a long indented line", 8, " a long indented line\n");
        check("abcdefghijkl", 8, "abcdefghijkl\n");
        check("ab abcdefghijkl c", 8, "ab\nabcdefghijkl\nc\n");
    }

    #[test]
    fn counts_characters_not_bytes() {
        check("ää öö üü", 6, "ää öö\nüü\n");
    }
}
