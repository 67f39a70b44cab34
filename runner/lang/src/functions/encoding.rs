//! Encodings of text and digests.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha2::{Digest as _, Sha256, Sha512};

use super::args::{STRING, text};
use super::gzip::{self, DecompressError};
use super::{Call, Function, FunctionError, Limits, Param, Returns, Since};
use crate::quote;
use crate::{Marks, Type, Value};

const STR: Param = Param::new("str", STRING, "The string to work on.");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "base64decode",
        "Decodes Base64 to a string, which must be valid UTF-8.",
        r#"base64decode("aGVsbG8=") # "hello""#,
        &[STR.marked().sticky()],
        Returns::Type(STRING),
        |args, _, _| {
            let (bytes, marks) = decoded(args)?;
            let decoded = String::from_utf8(bytes).map_err(|_| {
                FunctionError::call(
                    "the result of decoding the provided string is not valid UTF-8".to_owned(),
                )
            })?;
            Ok(Value::from(decoded).with_marks(marks))
        },
    ),
    Function::new(
        "base64encode",
        "Encodes a string as Base64.",
        r#"base64encode("hello") # "aGVsbG8=""#,
        &[STR],
        Returns::Type(STRING),
        |args, _, call| encode(text(args, 0).as_bytes(), call.limits),
    ),
    Function::new(
        "base64gunzip",
        "Decodes Base64 and decompresses what it holds with gzip, to a string that must be valid UTF-8.",
        r#"base64gunzip("H4sIAAAAAAAA/8pIzcnJBwAAAP//AQAA//+GphA2BQAAAA==") # "hello""#,
        &[STR.marked()],
        Returns::Type(STRING),
        gunzip,
    )
    .since(Since::opentofu_only((1, 7))),
    Function::new(
        "base64gzip",
        "Compresses a string with gzip and encodes the result as Base64.",
        r#"base64gzip("hello") # "H4sIAAAAAAAA/8pIzcnJBwAAAP//AQAA//+GphA2BQAAAA==""#,
        &[STR],
        Returns::Type(STRING),
        |args, _, call| encode(&gzip::compress(text(args, 0).as_bytes()), call.limits),
    ),
    Function::new(
        "base64sha256",
        "Returns the SHA-256 digest of a string, in Base64.",
        r#"base64sha256("hello") # "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=""#,
        &[STR],
        Returns::Type(STRING),
        |args, _, call| encode(&Sha256::digest(text(args, 0)), call.limits),
    ),
    Function::new(
        "base64sha512",
        "Returns the SHA-512 digest of a string, in Base64.",
        r#"base64sha512("hello") # "m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==""#,
        &[STR],
        Returns::Type(STRING),
        |args, _, call| encode(&Sha512::digest(text(args, 0)), call.limits),
    ),
    Function::new(
        "md5",
        "Returns the MD5 digest of a string, in hexadecimal.",
        r#"md5("hello") # "5d41402abc4b2a76b9719d911017c592""#,
        &[STR],
        Returns::Type(STRING),
        |args, _, _| Ok(hex(&md5::Md5::digest(text(args, 0))).into()),
    ),
    Function::new(
        "sha1",
        "Returns the SHA-1 digest of a string, in hexadecimal.",
        r#"sha1("hello") # "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d""#,
        &[STR],
        Returns::Type(STRING),
        |args, _, _| Ok(hex(&sha1::Sha1::digest(text(args, 0))).into()),
    ),
    Function::new(
        "sha256",
        "Returns the SHA-256 digest of a string, in hexadecimal.",
        r#"sha256("hello") # "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824""#,
        &[STR],
        Returns::Type(STRING),
        |args, _, _| Ok(hex(&Sha256::digest(text(args, 0))).into()),
    ),
    Function::new(
        "sha512",
        "Returns the SHA-512 digest of a string, in hexadecimal.",
        r#"sha512("hello") # "9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca72323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043""#,
        &[STR],
        Returns::Type(STRING),
        |args, _, _| Ok(hex(&Sha512::digest(text(args, 0))).into()),
    ),
    Function::new(
        "urldecode",
        "Decodes percent-encoded text.",
        r#"urldecode("a%20b%2Fc") # "a b/c""#,
        &[STR],
        Returns::Type(STRING),
        |args, _, _| url_decode(text(args, 0)),
    )
    .since(Since::opentofu_only((1, 7))),
    Function::new(
        "urlencode",
        "Encodes a string for use in the query part of a URL; a space becomes `+`.",
        r#"urlencode("a b/c") # "a+b%2Fc""#,
        &[STR],
        Returns::Type(STRING),
        |args, _, call| {
            call.limits.check_string(text(args, 0).len().saturating_mul(3))?;
            Ok(url_encode(text(args, 0)).into())
        },
    ),
];

/// Padding is required, but the bits left over in the last character may be anything, as in Go.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
        .with_decode_allow_trailing_bits(true),
);

/// Standard Base64; newlines in it are skipped, as Go does.
pub(super) fn decode(encoded: &str) -> Result<Vec<u8>, base64::DecodeError> {
    if encoded.contains(['\r', '\n']) {
        return BASE64.decode(encoded.replace(['\r', '\n'], ""));
    }
    BASE64.decode(encoded)
}

pub(super) fn encode(bytes: &[u8], limits: &Limits) -> Result<Value, FunctionError> {
    limits.check_string(bytes.len().div_ceil(3).saturating_mul(4))?;
    Ok(BASE64.encode(bytes).into())
}

/// The bytes that the first argument holds in Base64, and its marks.
fn decoded(args: &[Value]) -> Result<(Vec<u8>, Marks), FunctionError> {
    let (encoded, marks) = super::args::arg(args, 0).unmark();
    let encoded = encoded.as_str().unwrap_or_default();
    let bytes = decode(encoded).map_err(|_| {
        let shown = if marks.is_sensitive() { "(sensitive value)".to_owned() } else { quote(encoded) };
        FunctionError::call(format!("failed to decode base64 data {shown}"))
    })?;
    Ok((bytes, marks))
}

fn gunzip(args: &[Value], _: &Type, call: &mut Call<'_>) -> Result<Value, FunctionError> {
    let (bytes, marks) = decoded(args)?;
    let plain = match gzip::decompress(&bytes, call.limits.max_string_bytes) {
        Ok(plain) => plain,
        Err(DecompressError::TooLong) => {
            call.limits.check_string(call.limits.max_string_bytes.saturating_add(1))?;
            Vec::new()
        }
        Err(error) => {
            return Err(FunctionError::call(match error {
                DecompressError::Header => "failed to gunzip bytes: gzip: invalid header",
                DecompressError::Truncated => "failed to read gunzip raw data: unexpected EOF",
                DecompressError::Corrupt | DecompressError::TooLong => {
                    "failed to read gunzip raw data: gzip: invalid checksum"
                }
            }));
        }
    };
    let text = String::from_utf8(plain).map_err(|_| {
        FunctionError::call("the result of decompressing the provided string is not valid UTF-8")
    })?;
    Ok(Value::from(text).with_marks(marks))
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn url_encode(string: &str) -> String {
    let mut out = String::with_capacity(string.len());
    for byte in string.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => {
                out.push('%');
                out.push_str(&hex(&[byte]).to_ascii_uppercase());
            }
        }
    }
    out
}

fn url_decode(string: &str) -> Result<Value, FunctionError> {
    let mut out = Vec::with_capacity(string.len());
    let mut rest = string.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let digits: Option<Vec<u32>> = after
                    .get(..2)
                    .and_then(|digits| digits.iter().map(|&digit| char::from(digit).to_digit(16)).collect());
                let Some([high, low]) = digits.as_deref() else {
                    let shown = String::from_utf8_lossy(after.get(..2).unwrap_or(after)).into_owned();
                    return Err(FunctionError::call(format!(
                        // The text decoded so far would stand between the quotes, and Go gives none with an error.
                        "failed to decode URL '': invalid URL escape \"%{shown}\""
                    )));
                };
                out.push(u8::try_from(high * 16 + low).unwrap_or_default());
                rest = after.get(2..).unwrap_or_default();
            }
            _ => out.push(byte),
        }
    }
    Ok(String::from_utf8_lossy(&out).into_owned().into())
}
