//! `textencodebase64` and `textdecodebase64`, for the Unicode encodings, Latin 1 and ASCII.

use super::args::{STRING, text};
use super::encoding::{decode, encode};
use super::{Call, Function, FunctionError, Param, Returns};
use crate::Tool;
use crate::quote;
use crate::{Type, Value};

const ENCODING: Param = Param::new("encoding", STRING, "The IANA name of the encoding, such as `UTF-16LE`.");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "textdecodebase64",
        "Decodes Base64 to text in a given character encoding.",
        r#"textdecodebase64("SABpAA==", "UTF-16LE") # "Hi""#,
        &[Param::new("source", STRING, "The Base64."), ENCODING],
        Returns::Type(STRING),
        decode_text,
    ),
    Function::new(
        "textencodebase64",
        "Encodes a string in a given character encoding, and that as Base64.",
        r#"textencodebase64("Hi", "UTF-16LE") # "SABpAA==""#,
        &[Param::new("string", STRING, "The text."), ENCODING],
        Returns::Type(STRING),
        encode_text,
    ),
];

#[derive(Clone, Copy)]
enum Charset {
    Utf8,
    /// Big-endian, after a byte order mark.
    Utf16,
    Utf16Be,
    Utf16Le,
    Latin1,
    Ascii,
}

impl Charset {
    fn find(args: &[Value], tool: Tool) -> Result<Charset, FunctionError> {
        match text(args, 1).to_ascii_uppercase().as_str() {
            "UTF-8" => Ok(Charset::Utf8),
            "UTF-16" => Ok(Charset::Utf16),
            "UTF-16BE" => Ok(Charset::Utf16Be),
            "UTF-16LE" => Ok(Charset::Utf16Le),
            "ISO-8859-1" | "ISO_8859-1" | "LATIN1" | "L1" => Ok(Charset::Latin1),
            "US-ASCII" => Ok(Charset::Ascii),
            _ => Err(FunctionError::argument(
                1,
                format!(
                    "{} is not a supported IANA encoding name or alias in this {tool} version",
                    quote(text(args, 1))
                ),
            )),
        }
    }

    /// The name that messages use.
    fn name(self) -> &'static str {
        match self {
            Charset::Utf8 => "UTF-8",
            Charset::Utf16 => "UTF-16",
            Charset::Utf16Be => "UTF-16BE",
            Charset::Utf16Le => "UTF-16LE",
            Charset::Latin1 => "ISO_8859-1:1987",
            Charset::Ascii => "US-ASCII",
        }
    }

    fn encode(self, text: &str) -> Option<Vec<u8>> {
        let single = |most: u32| {
            text.chars()
                .map(|c| u8::try_from(u32::from(c)).ok().filter(|&byte| u32::from(byte) <= most))
                .collect()
        };
        match self {
            Charset::Utf8 => Some(text.as_bytes().to_vec()),
            Charset::Utf16 => {
                let mark = [0xfe, 0xff].into_iter();
                Some(mark.chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect())
            }
            Charset::Utf16Be => Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            Charset::Utf16Le => Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            Charset::Latin1 => single(0xff),
            Charset::Ascii => single(0x7f),
        }
    }

    fn decode(self, bytes: &[u8]) -> Option<String> {
        let wide = |bytes: &[u8], read: fn([u8; 2]) -> u16| {
            let units: Option<Vec<u16>> =
                bytes.chunks(2).map(|pair| <[u8; 2]>::try_from(pair).ok().map(read)).collect();
            String::from_utf16(&units?).ok()
        };
        match self {
            Charset::Utf8 => String::from_utf8(bytes.to_vec()).ok(),
            Charset::Utf16 => match bytes {
                [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
                [0xfe, 0xff, rest @ ..] | rest => wide(rest, u16::from_be_bytes),
            },
            Charset::Utf16Be => wide(bytes, u16::from_be_bytes),
            Charset::Utf16Le => wide(bytes, u16::from_le_bytes),
            Charset::Latin1 => Some(bytes.iter().map(|&byte| char::from(byte)).collect()),
            Charset::Ascii => bytes.is_ascii().then(|| bytes.iter().map(|&byte| char::from(byte)).collect()),
        }
    }
}

fn encode_text(args: &[Value], _: &Type, call: &mut Call<'_>) -> Result<Value, FunctionError> {
    let charset = Charset::find(args, call.dialect.tool)?;
    let bytes = charset.encode(text(args, 0)).ok_or_else(|| {
        FunctionError::argument(
            0,
            format!("the given string contains characters that cannot be represented in {}", charset.name()),
        )
    })?;
    encode(&bytes, call.limits)
}

fn decode_text(args: &[Value], _: &Type, call: &mut Call<'_>) -> Result<Value, FunctionError> {
    let charset = Charset::find(args, call.dialect.tool)?;
    let source = text(args, 0);
    let bytes = decode(source).map_err(|error| {
        let offset = match error {
            base64::DecodeError::InvalidByte(offset, byte) if byte != b'=' => offset,
            _ if source.contains('=') => source.len(),
            _ => source.len() / 4 * 4,
        };
        FunctionError::argument(
            0,
            format!("the given value is has an invalid base64 symbol at offset {offset}"),
        )
    })?;
    let decoded = charset.decode(&bytes).ok_or_else(|| {
        FunctionError::argument(
            0,
            format!("the given string contains symbols that are not defined for {}", charset.name()),
        )
    })?;
    call.limits.check_string(decoded.len())?;
    Ok(decoded.into())
}
