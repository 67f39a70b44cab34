//! A reader of JSON texts that keeps numbers as they are written.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::node::{Kind, Node};

/// The text's one value; `None` when it is not JSON or nested deeper than `depth`.
pub(super) fn json(text: &str, depth: usize) -> Option<Node> {
    let mut reader = Reader { rest: text };
    let node = reader.value(depth)?;
    reader.blank();
    reader.rest.is_empty().then_some(node)
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn value(&mut self, depth: usize) -> Option<Node> {
        self.blank();
        let kind = match self.rest.bytes().next()? {
            b'{' => self.object(depth.checked_sub(1)?)?,
            b'[' => self.array(depth.checked_sub(1)?)?,
            b'"' => Kind::String(self.string()?.into()),
            b'-' | b'0'..=b'9' => Kind::Number(self.number()?.to_owned()),
            _ if self.word("null") => Kind::Null,
            _ if self.word("true") => Kind::Bool(true),
            _ if self.word("false") => Kind::Bool(false),
            _ => return None,
        };
        Some(Node::new(kind))
    }

    fn object(&mut self, depth: usize) -> Option<Kind> {
        let mut items: BTreeMap<Arc<str>, Node> = BTreeMap::new();
        self.word("{");
        self.blank();
        if self.word("}") {
            return Some(Kind::Object(items));
        }
        loop {
            self.blank();
            let key = self.string()?;
            self.blank();
            if !self.word(":") {
                return None;
            }
            // A key that comes twice has its last value.
            items.insert(key.into(), self.value(depth)?);
            self.blank();
            if self.word("}") {
                return Some(Kind::Object(items));
            }
            if !self.word(",") {
                return None;
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Kind> {
        let mut items = Vec::new();
        self.word("[");
        self.blank();
        if self.word("]") {
            return Some(Kind::Array(items));
        }
        loop {
            items.push(self.value(depth)?);
            self.blank();
            if self.word("]") {
                return Some(Kind::Array(items));
            }
            if !self.word(",") {
                return None;
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        if !self.word("\"") {
            return None;
        }
        let mut out = String::new();
        loop {
            let plain = self.rest.find(|c| matches!(c, '"' | '\\' | '\0'..='\u{1f}'))?;
            out.push_str(self.take(plain)?);
            match self.take(1)? {
                "\"" => return Some(out),
                "\\" => out.push(self.escape()?),
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let escaped = match self.take(1)? {
            "\"" => '"',
            "\\" => '\\',
            "/" => '/',
            "b" => '\u{8}',
            "f" => '\u{c}',
            "n" => '\n',
            "r" => '\r',
            "t" => '\t',
            "u" => {
                let first = self.unit()?;
                let before_second = self.rest;
                if let (0xd800..=0xdbff, true) = (first, self.word("\\u")) {
                    let second = self.unit()?;
                    if let (0xdc00..=0xdfff, Some(Ok(c))) =
                        (second, char::decode_utf16([first, second]).next())
                    {
                        return Some(c);
                    }
                    self.rest = before_second;
                }
                // Half of a pair alone is no character.
                char::from_u32(first.into()).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return None,
        };
        Some(escaped)
    }

    fn unit(&mut self) -> Option<u16> {
        let digits = self.take(4)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        u16::from_str_radix(digits, 16).ok()
    }

    fn number(&mut self) -> Option<&'t str> {
        let start = self.rest;
        self.word("-");
        if !self.word("0") && self.digits() == 0 {
            return None;
        }
        if self.word(".") && self.digits() == 0 {
            return None;
        }
        if self.word("e") || self.word("E") {
            let _sign = self.word("+") || self.word("-");
            if self.digits() == 0 {
                return None;
            }
        }
        start.get(..start.len() - self.rest.len())
    }

    /// Steps over digits and says how many there were.
    fn digits(&mut self) -> usize {
        let rest = self.rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let count = self.rest.len() - rest.len();
        self.rest = rest;
        count
    }

    fn blank(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    /// Steps over the word if it is next.
    fn word(&mut self, word: &str) -> bool {
        match self.rest.strip_prefix(word) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn take(&mut self, bytes: usize) -> Option<&'t str> {
        let (taken, rest) = self.rest.split_at_checked(bytes)?;
        self.rest = rest;
        Some(taken)
    }
}
