//! `testdata/gzip.txt`: recipes for texts, and the digests of what terraform's `base64gzip` makes of them
//! (`record_gzip.py` says how to read them).

use sha2::{Digest as _, Sha256};

use super::super::Limits;
use super::super::encoding::{encode, hex};
use super::*;

#[test]
fn writes_the_bytes_that_go_writes() {
    let mut wrong = Vec::new();
    for row in include_str!("../testdata/gzip.txt").lines() {
        let (recipe, want) = row.split_once(" = ").unwrap();
        let text = text_of(recipe);
        let compressed = compress(text.as_bytes());
        let encoded = encode(&compressed, &Limits::default()).unwrap();
        if hex(&Sha256::digest(encoded.as_str().unwrap())) != want {
            wrong.push(recipe);
        }
        assert_eq!(decompress(&compressed, text.len()).as_deref(), Ok(text.as_bytes()), "{recipe}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn decompression_is_bounded_and_checked() {
    let many = compress("a".repeat(1_000_000).as_bytes());
    assert_eq!(decompress(&many, 999_999), Err(DecompressError::TooLong));
    for end in [0, 5, 12, many.len() - 9, many.len() - 1] {
        let expected = if end < 3 { DecompressError::Header } else { DecompressError::Truncated };
        assert_eq!(decompress(&many[..end], 1 << 20), Err(expected), "{end}");
    }
    let mut two = compress(b"one ");
    two.extend(compress(b"two"));
    assert_eq!(decompress(&two, 100).as_deref(), Ok(&b"one two"[..]));
    let checksum = two.len() - 8;
    two[checksum] ^= 1;
    assert_eq!(decompress(&two, 100), Err(DecompressError::Corrupt));
}

fn random(seed: u64) -> impl Iterator<Item = u64> {
    let step = |seed: &u64| {
        Some(seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407))
    };
    std::iter::successors(Some(seed), step).skip(1).map(|number| number >> 33)
}

fn letters(count: u64, seed: u64, length: usize) -> String {
    let letter = |number| char::from(32 + ((65 + number % count) % 95) as u8);
    random(seed).take(length).map(letter).collect()
}

fn text_of(recipe: &str) -> String {
    let mut text = String::new();
    for part in recipe.split(' ') {
        let (kind, fields) = part.split_once(':').unwrap();
        let numbers: Vec<u64> = fields.split(':').filter_map(|field| field.parse().ok()).collect();
        match (kind, numbers.as_slice()) {
            ("text", [.., times]) => {
                let quoted = fields.rsplit_once(':').unwrap().0;
                let part: String = serde_json::from_str(quoted).unwrap();
                text.push_str(&part.repeat(*times as usize));
            }
            ("letters", [count, seed, length]) => text.push_str(&letters(*count, *seed, *length as usize)),
            ("words", [seed, count]) => {
                let words: Vec<String> =
                    (0..400).map(|index| letters(12, seed + index, 2 + index as usize % 8)).collect();
                for number in random(*seed).take(*count as usize) {
                    text.push_str(&words[number as usize % 400]);
                    text.push(' ');
                }
            }
            ("again", [times]) => text = text.repeat(*times as usize),
            _ => panic!("{part}"),
        }
    }
    text
}
