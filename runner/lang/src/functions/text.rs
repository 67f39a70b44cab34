//! Strings as Go and cty see them: grapheme clusters, simple case mapping, quoting.

use crate::quote;

/// The grapheme clusters of a text, which is what the language calls characters.
pub(super) fn clusters(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    syntax::characters(text)
}

/// The number of grapheme clusters.
pub(super) fn length(text: &str) -> usize {
    // Within ASCII only a carriage return with its line feed makes a cluster of two.
    if text.is_ascii() { text.len() - text.matches("\r\n").count() } else { clusters(text).count() }
}

/// Upper case of one character where that is one character; Go maps character by character.
pub(super) fn upper(c: char) -> char {
    single(c.to_uppercase(), c)
}

/// Lower case of one character. `İ` is the only one whose lower case is longer, and Go makes it `i`.
pub(super) fn lower(c: char) -> char {
    if c == 'İ' { 'i' } else { single(c.to_lowercase(), c) }
}

/// Title case of one character: the upper case, except for the digraphs that have a form of their own.
pub(super) fn title(c: char) -> char {
    match c {
        'Ǆ' | 'ǅ' | 'ǆ' => 'ǅ',
        'Ǉ' | 'ǈ' | 'ǉ' => 'ǈ',
        'Ǌ' | 'ǋ' | 'ǌ' => 'ǋ',
        'Ǳ' | 'ǲ' | 'ǳ' => 'ǲ',
        // Greek letters with a subscript iota and Georgian letters are their own title case.
        '\u{1f80}'..='\u{1faf}'
        | '\u{1fb3}'
        | '\u{1fbc}'
        | '\u{1fc3}'
        | '\u{1fcc}'
        | '\u{1ff3}'
        | '\u{1ffc}' => greek_title(c),
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => c,
        c => upper(c),
    }
}

/// `ᾀ` and its kin: Rust gives two letters as upper case, Unicode's simple mapping gives one.
fn greek_title(c: char) -> char {
    let code = u32::from(c);
    let mapped = match code {
        0x1f80..=0x1faf if code & 8 == 0 => code + 8,
        0x1fb3 | 0x1fc3 | 0x1ff3 => code + 9,
        _ => code,
    };
    char::from_u32(mapped).unwrap_or(c)
}

fn single(mut mapped: impl Iterator<Item = char>, c: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only,
        // More than one character is a special mapping; the simple mapping is the one that Unicode lists besides.
        _ => greek_title(c),
    }
}

/// Go's `%q` of one character: single quotes.
pub(super) fn quote_char(c: char) -> String {
    match c {
        '\'' => "'\\''".to_owned(),
        '"' => "'\"'".to_owned(),
        c => {
            let quoted = quote(c.encode_utf8(&mut [0; 4]));
            format!("'{}'", quoted.trim_matches('"'))
        }
    }
}
