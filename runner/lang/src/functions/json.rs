//! `jsonencode` and `jsondecode`. The reader makes values directly, keeps every digit of a number, and words its
//! errors as Go's token reader does.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::args::{ANY, STRING, arg};
use super::text::quote_char;
use super::{Call, Function, FunctionError, Param, Returns};
use crate::render::json;
use crate::value::normalize;
use crate::{Number, Refinements, Type, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "jsondecode",
        "Reads a JSON text: objects become objects, arrays tuples.",
        r#"jsondecode("{\"a\": [1, true]}") # { a = [1, true] }"#,
        &[Param::new("str", STRING, "The JSON text.").unknown()],
        Returns::Rule(decode_type),
        |args, ty, call| match arg(args, 0).as_str() {
            Some(text) => decode(text, call.limits.max_depth).map_err(FunctionError::Call),
            None => Ok(Value::unknown(ty.clone())),
        },
    )
    .nullable_result(),
    Function::new(
        "jsonencode",
        "Writes a value as JSON.",
        r#"jsonencode({ a = 1 }) # "{\"a\":1}""#,
        &[Param::new("val", ANY, "The value to write.").nullable().unknown().dynamic()],
        Returns::Type(STRING),
        encode,
    ),
];

/// An unknown string of which the first character is known has the type that the character announces.
fn decode_type(args: &[Value]) -> Result<Type, FunctionError> {
    let Some(known) = arg(args, 0).refinements() else { return Ok(Type::Dynamic) };
    let Some(first) = known.prefix.as_deref().and_then(|prefix| prefix.trim().chars().next()) else {
        return Ok(Type::Dynamic);
    };
    match first {
        '{' | '[' | 'n' => Ok(Type::Dynamic),
        '"' => Ok(Type::String),
        't' | 'f' => Ok(Type::Bool),
        '-' | '.' | '0'..='9' => Ok(Type::Number),
        other => Err(FunctionError::argument(
            0,
            format!("a JSON document cannot begin with the character {}", quote_char(other)),
        )),
    }
}

fn encode(args: &[Value], _: &Type, call: &mut Call<'_>) -> Result<Value, FunctionError> {
    let value = arg(args, 0);
    if !value.is_wholly_known() {
        let first = match value.ty() {
            _ if !value.is_definitely_not_null() => "",
            Type::String => "\"",
            Type::Object(_) | Type::Map(_) => "{",
            Type::Tuple(_) | Type::List(_) | Type::Set(_) => "[",
            _ => "",
        };
        return Ok(Value::unknown_refined(Type::String, Refinements::prefix(first)));
    }
    let text = json(value).map_err(|error| FunctionError::call(error.to_string()))?;
    call.limits.check_string(text.len())?;
    Ok(text.into())
}

/// Reads one JSON document. As in cty, what follows it must be nothing, or closing brackets.
pub(super) fn decode(text: &str, max_depth: usize) -> Result<Value, String> {
    let mut reader = Reader { bytes: text.as_bytes(), text, at: 0, depth_left: max_depth };
    let value = reader.value()?;
    match reader.peek() {
        None | Some(b']' | b'}') => Ok(value),
        Some(_) => Err("extraneous data after JSON object".to_owned()),
    }
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    depth_left: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Value, String> {
        const CONTEXT: &str = "looking for beginning of value";
        match self.peek().ok_or("EOF")? {
            b'{' => self.nested(Reader::object),
            b'[' => self.nested(Reader::array),
            b'"' => Ok(self.string()?.into()),
            b't' => self.word("true").map(|()| true.into()),
            b'f' => self.word("false").map(|()| false.into()),
            b'n' => self.word("null").map(|()| Value::null(Type::Dynamic)),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(self.invalid(CONTEXT)),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, String>) -> Result<Value, String> {
        self.depth_left = self.depth_left.checked_sub(1).ok_or("exceeded max depth")?;
        self.at += 1;
        let value = read(self);
        self.depth_left += 1;
        value
    }

    fn object(&mut self) -> Result<Value, String> {
        let mut attributes: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        let mut first = true;
        loop {
            match self.peek().ok_or("EOF")? {
                b'}' if first => break,
                b'"' => {}
                _ if first => return Err(self.invalid("")),
                _ => return Err(self.invalid("looking for beginning of object key string")),
            }
            first = false;
            let key = normalize(&self.string()?);
            self.expect(b':', "after object key")?;
            // Of several attributes of the same name the last one counts.
            let value = self.value()?;
            attributes.insert(key, value);
            match self.peek().ok_or("EOF")? {
                b',' => self.at += 1,
                b'}' => break,
                _ => return Err(self.invalid("after object key:value pair")),
            }
        }
        self.at += 1;
        Ok(Value::object(attributes))
    }

    fn array(&mut self) -> Result<Value, String> {
        let mut items = Vec::new();
        if self.peek().ok_or("EOF")? == b']' {
            self.at += 1;
            return Ok(Value::tuple(items));
        }
        loop {
            items.push(self.value()?);
            match self.peek().ok_or("EOF")? {
                b',' => self.at += 1,
                b']' => break,
                _ => return Err(self.invalid("after array element")),
            }
        }
        self.at += 1;
        Ok(Value::tuple(items))
    }

    fn expect(&mut self, wanted: u8, context: &str) -> Result<(), String> {
        if self.peek().ok_or("EOF")? != wanted {
            return Err(self.invalid(context));
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<(), String> {
        for letter in word.bytes() {
            match self.byte() {
                None => return Err("unexpected EOF".to_owned()),
                Some(byte) if byte == letter => self.at += 1,
                Some(_) => {
                    let letter = char::from(letter);
                    return Err(self.invalid(&format!("in literal {word} (expecting '{letter}')")));
                }
            }
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.at;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits("in numeric literal")?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        let number = Number::parse_checked(text).map_err(|error| error.to_string())?;
        Ok(Value::number(number))
    }

    /// At least one digit.
    fn digits(&mut self, context: &str) -> Result<(), String> {
        match self.byte() {
            None => return Err("unexpected EOF".to_owned()),
            Some(byte) if !byte.is_ascii_digit() => return Err(self.invalid(context)),
            Some(_) => {}
        }
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn string(&mut self) -> Result<String, String> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let start = self.at;
            while self.byte().is_some_and(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            out.push_str(self.text.get(start..self.at).unwrap_or_default());
            match self.byte() {
                None => return Err("unexpected EOF".to_owned()),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escape()?);
                }
                Some(_) => return Err(self.invalid("in string literal")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, String> {
        let c = match self.byte().ok_or("unexpected EOF")? {
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                return self.unicode_escape();
            }
            _ => return Err(self.invalid("in string escape code")),
        };
        self.at += 1;
        Ok(c)
    }

    /// Four hexadecimal digits, or a pair of surrogates; half a pair is the replacement character.
    fn unicode_escape(&mut self) -> Result<char, String> {
        let first = self.hex4()?;
        if (0xd800..0xdc00).contains(&first) && self.bytes.get(self.at..self.at + 2) == Some(b"\\u") {
            let after_first = self.at;
            self.at += 2;
            let second = self.hex4()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = after_first;
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex4(&mut self) -> Result<u32, String> {
        let mut code = 0;
        for _ in 0..4 {
            let byte = self.byte().ok_or("unexpected EOF")?;
            let digit = char::from(byte).to_digit(16);
            code = code * 16 + digit.ok_or_else(|| self.invalid("in \\u hexadecimal character escape"))?;
            self.at += 1;
        }
        Ok(code)
    }

    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
        self.byte()
    }

    /// Go names the byte, not the character.
    fn invalid(&self, context: &str) -> String {
        let byte = self.byte().map_or_else(String::new, |byte| quote_char(char::from(byte)));
        let space = if context.is_empty() { "" } else { " " };
        format!("invalid character {byte}{space}{context}")
    }
}
