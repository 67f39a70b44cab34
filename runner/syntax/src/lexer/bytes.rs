//! Classes of bytes, and runs of them: what the lexer spends most of its time on.
//!
//! A run is looked at eight bytes at a time, as one number: that costs half of what a loop over the bytes does, and
//! the one branch at its end is the only one that is hard to foresee.

const IDENT_START: u8 = 1;
const IDENT_CONTINUE: u8 = 2;
/// Has no meaning of its own in a template.
const PLAIN: u8 = 4;

static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let ascii = byte as u8;
        if ascii.is_ascii_alphabetic() || ascii == b'_' {
            table[byte] = IDENT_START | IDENT_CONTINUE;
        } else if ascii.is_ascii_digit() || ascii == b'-' {
            table[byte] = IDENT_CONTINUE;
        }
        if !matches!(ascii, b'"' | b'\\' | b'$' | b'%' | b'\n' | b'\r') {
            table[byte] |= PLAIN;
        }
        byte += 1;
    }
    table
}

/// Of ASCII only, as everything here.
#[inline]
pub(crate) fn is_ident_start(byte: u8) -> bool {
    CLASSES[byte as usize] & IDENT_START != 0
}

#[inline]
pub(crate) fn is_ident_continue(byte: u8) -> bool {
    CLASSES[byte as usize] & IDENT_CONTINUE != 0
}

/// Where the identifier that goes on at `at` ends, as far as it is ASCII.
#[inline]
pub(super) fn ident_end(bytes: &[u8], at: usize) -> usize {
    run_end(bytes, at, IDENT_CONTINUE, |eight| !ident_bytes(eight) & HIGH)
}

/// Where the template text that goes on at `at` ends, or something in it has to be looked at.
#[inline]
pub(super) fn plain_end(bytes: &[u8], at: usize) -> usize {
    run_end(bytes, at, PLAIN, |eight| {
        // `$` and `%` differ in the lowest bit alone.
        equal(eight, b'"')
            | equal(eight, b'\\')
            | equal(eight | each(1), b'%')
            | equal(eight, b'\n')
            | equal(eight, b'\r')
    })
}

/// Whether there is nothing in a template's text but what it says.
pub(crate) fn is_plain(text: &str) -> bool {
    plain_end(text.as_bytes(), 0) == text.len()
}

/// Where the blanks that begin at `at` end: mostly there, or behind one space.
#[inline(always)]
pub(super) fn blank_end(bytes: &[u8], mut at: usize) -> usize {
    if bytes.get(at).is_none_or(|&byte| byte != b' ' && byte != b'\t') {
        return at;
    }
    at += 1;
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let others = u64::from_le_bytes(*eight) ^ each(b' ');
        if others != 0 {
            at += (others.trailing_zeros() / 8) as usize;
            break;
        }
        at += 8;
    }
    while let Some(b' ' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// `others` has the highest bit of every byte set that ends the run, or at least of the first of them.
#[inline(always)]
fn run_end(bytes: &[u8], mut at: usize, class: u8, others: impl Fn(u64) -> u64) -> usize {
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let others = others(u64::from_le_bytes(*eight));
        if others != 0 {
            return at + (others.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|&byte| CLASSES[byte as usize] & class != 0) {
        at += 1;
    }
    at
}

const HIGH: u64 = each(0x80);

/// The same byte eight times.
const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The highest bit of the bytes that are `byte`; above the first of them, others may have it, too.
fn equal(eight: u64, byte: u8) -> u64 {
    let differences = eight ^ each(byte);
    differences.wrapping_sub(each(1)) & !differences & HIGH
}

/// The highest bit of the bytes that may be inside of an identifier; the others are anything.
fn ident_bytes(eight: u64) -> u64 {
    let low = eight & !HIGH;
    // Without the highest bit, sums do not carry from one byte to the next.
    let from = |bytes: u64, first: u8| bytes + each(0x80 - first);
    let within = |bytes: u64, first: u8, last: u8| from(bytes, first) & !from(bytes, last + 1);
    let letters = within(low | each(0x20), b'a', b'z');
    let digits = within(low, b'0', b'9');
    let is = |byte: u8| HIGH - (low ^ each(byte));
    (letters | digits | is(b'_') | is(b'-')) & !eight
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every byte at every place of eight, among bytes of the run and others.
    #[test]
    fn eight_bytes_are_what_each_is() {
        for byte in 0..=255 {
            for place in 0..8 {
                for (around, after) in
                    [(b'a', b'z'), (b'-', b'\x80'), (b'_', b' '), (b'9', b'\xff'), (b'Z', b'@')]
                {
                    let mut bytes = [around; 16];
                    bytes[place] = byte;
                    bytes[place + 1..].fill(after);
                    let one_by_one = |class: u8| {
                        bytes.iter().take_while(|&&byte| CLASSES[byte as usize] & class != 0).count()
                    };
                    assert_eq!(ident_end(&bytes, 0), one_by_one(IDENT_CONTINUE), "{bytes:?}");
                    assert_eq!(plain_end(&bytes, 0), one_by_one(PLAIN), "{bytes:?}");
                }
            }
        }
    }
}
