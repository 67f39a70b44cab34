//! Strings of JSON texts that are being typed, which no parser can read as a whole.

/// A string's text with the escapes resolved that matter to what is being typed in it.
pub(crate) fn decoded(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some(escaped @ ('"' | '\\' | '/')) => text.push(escaped),
                _ => text.push(' '),
            },
            char => text.push(char),
        }
    }
    text
}

/// What stands in the string that is open at a place, up to there; `None` outside of strings.
pub(crate) fn string_before(text: &str, at: u32) -> Option<String> {
    // No string goes on in another line.
    let line = text.get(..at as usize)?.rsplit('\n').next()?;
    let (mut open, mut escaped) = (None, false);
    for (index, byte) in line.bytes().enumerate() {
        match (open, byte) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(_), b'"') => open = None,
            (None, b'"') => open = Some(index + 1),
            _ => {}
        }
    }
    Some(decoded(line.get(open?..)?))
}
