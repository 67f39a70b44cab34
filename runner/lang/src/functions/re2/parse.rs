//! The parser proper: operators, groups, flags and classes. Errors and their parts are worded as Go words them.

use regex_syntax::hir::{Capture, Class, ClassUnicode, ClassUnicodeRange, Dot, Hir, Look, Repetition};

use super::escape::{class_char, read_counts, read_escape, scalar_range};
use super::{PatternError, consumed, error, next_char, tables};

/// The largest count of `{n,m}`, alone and multiplied over nesting.
const MAX_REPEAT: u32 = 1000;
/// How deep groups may nest. Go allows 1000; the engine recurses, and no stack should depend on a pattern.
const MAX_DEPTH: usize = 250;

#[derive(Clone, Copy)]
struct Flags {
    fold_case: bool,
    multi_line: bool,
    dot_newline: bool,
    swap_greed: bool,
}

/// One open parenthesis, with what was read since.
struct Group {
    /// Flags to restore at the closing parenthesis.
    flags: Flags,
    /// The number of the group when it captures. Names stay in `Parser::groups`: Go allows one twice, the engine does not.
    capture: Option<u32>,
    alternatives: Vec<Hir>,
    items: Vec<Item>,
    /// The largest `Item::repeats` of the finished alternatives.
    repeats: u32,
}

struct Item {
    hir: Hir,
    /// The largest product of nested repeat counts below this item; Go refuses more than a thousand.
    repeats: u32,
}

pub(super) struct Parser<'p> {
    pattern: &'p str,
    rest: &'p str,
    flags: Flags,
    pub(super) groups: Vec<Option<String>>,
    stack: Vec<Group>,
}

impl<'p> Parser<'p> {
    pub(super) fn new(pattern: &'p str) -> Parser<'p> {
        let flags = Flags { fold_case: false, multi_line: false, dot_newline: false, swap_greed: false };
        Parser { pattern, rest: pattern, flags, groups: Vec::new(), stack: vec![Group::open(flags, None)] }
    }

    pub(super) fn parse(&mut self) -> Result<Hir, PatternError> {
        // The operator just read, so that `a**` can be refused by name.
        let mut last_repeat: Option<&'p str> = None;
        while let Some((c, after)) = next_char(self.rest) {
            let before = self.rest;
            let mut repeat = None;
            match c {
                '(' => self.open_group()?,
                ')' => self.close_group()?,
                '|' => {
                    self.rest = after;
                    self.top().finish_alternative();
                }
                '^' => {
                    self.rest = after;
                    let look = if self.flags.multi_line { Look::StartLF } else { Look::Start };
                    self.push(Hir::look(look));
                }
                '$' => {
                    self.rest = after;
                    let look = if self.flags.multi_line { Look::EndLF } else { Look::End };
                    self.push(Hir::look(look));
                }
                '.' => {
                    self.rest = after;
                    let dot = if self.flags.dot_newline { Dot::AnyChar } else { Dot::AnyCharExceptLF };
                    self.push(Hir::dot(dot));
                }
                '[' => self.class()?,
                '*' | '+' | '?' => {
                    let (min, max) = match c {
                        '*' => (0, None),
                        '+' => (1, None),
                        _ => (0, Some(1)),
                    };
                    self.repeat(before, after, min, max, last_repeat)?;
                    repeat = Some(before);
                }
                '{' => match read_counts(before) {
                    None => {
                        self.rest = after;
                        self.literal('{');
                    }
                    Some((counts, after)) => {
                        let Some((min, max)) = counts.filter(|&(min, max)| {
                            min <= MAX_REPEAT && max.is_none_or(|max| max <= MAX_REPEAT && min <= max)
                        }) else {
                            return error("invalid repeat count", consumed(before, after));
                        };
                        self.repeat(before, after, min, max, last_repeat)?;
                        repeat = Some(before);
                    }
                },
                '\\' => self.escape()?,
                c => {
                    self.rest = after;
                    self.literal(c);
                }
            }
            last_repeat = repeat;
        }
        if self.stack.len() != 1 {
            return error("missing closing )", self.pattern);
        }
        Ok(self.stack.pop().map_or_else(Hir::empty, |group| group.finish().0))
    }

    /// The innermost open group. The outermost one is closed only at the end of the pattern.
    fn top(&mut self) -> &mut Group {
        self.stack.last_mut().expect("close_group never pops the outermost group")
    }

    fn push(&mut self, hir: Hir) {
        self.top().items.push(Item { hir, repeats: 1 });
    }

    fn literal(&mut self, c: char) {
        if self.flags.fold_case {
            let class = self.folded(vec![(c, c)]);
            self.push(Hir::class(Class::Unicode(class)));
        } else {
            let mut buffer = [0; 4];
            self.push(Hir::literal(c.encode_utf8(&mut buffer).as_bytes().to_vec()));
        }
    }

    fn folded(&self, ranges: Vec<(char, char)>) -> ClassUnicode {
        let mut class =
            ClassUnicode::new(ranges.into_iter().map(|(low, high)| ClassUnicodeRange::new(low, high)));
        if self.flags.fold_case {
            // Fails only without Unicode tables, which are always built in here.
            let _ = class.try_case_fold_simple();
        }
        class
    }

    fn open_group(&mut self) -> Result<(), PatternError> {
        let text = self.rest;
        if self.stack.len() > MAX_DEPTH {
            return error("expression nests too deeply", self.pattern);
        }
        if text.starts_with("(?") {
            return self.group_flags();
        }
        self.rest = &text[1..];
        self.groups.push(None);
        self.stack.push(Group::open(self.flags, Some(self.groups.len() as u32)));
        Ok(())
    }

    /// `(?P<name>`, `(?<name>`, `(?flags)` and `(?flags:`.
    fn group_flags(&mut self) -> Result<(), PatternError> {
        let text = self.rest;
        let name_start = if text.len() > 4 && text.starts_with("(?P<") {
            Some(4)
        } else if text.len() > 3 && text.starts_with("(?<") {
            Some(3)
        } else {
            None
        };
        if let Some(start) = name_start {
            let Some(end) = text.find('>') else { return error("invalid named capture", text) };
            let name = &text[start..end];
            if name.is_empty() || !name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric()) {
                return error("invalid named capture", &text[..=end]);
            }
            self.rest = &text[end + 1..];
            self.groups.push(Some(name.to_owned()));
            self.stack.push(Group::open(self.flags, Some(self.groups.len() as u32)));
            return Ok(());
        }
        let mut flags = self.flags;
        let mut rest = &text[2..];
        let mut value = true;
        let mut saw_flag = false;
        while let Some((c, after)) = next_char(rest) {
            rest = after;
            match c {
                'i' => flags.fold_case = value,
                'm' => flags.multi_line = value,
                's' => flags.dot_newline = value,
                'U' => flags.swap_greed = value,
                '-' if value => {
                    value = false;
                    saw_flag = false;
                    continue;
                }
                ':' | ')' if value || saw_flag => {
                    if c == ':' {
                        self.stack.push(Group::open(self.flags, None));
                    }
                    self.flags = flags;
                    self.rest = rest;
                    return Ok(());
                }
                _ => return error("invalid or unsupported Perl syntax", consumed(text, rest)),
            }
            saw_flag = true;
        }
        error("invalid or unsupported Perl syntax", text)
    }

    fn close_group(&mut self) -> Result<(), PatternError> {
        if self.stack.len() < 2 {
            return error("unexpected )", self.pattern);
        }
        self.rest = &self.rest[1..];
        if let Some(group) = self.stack.pop() {
            self.flags = group.flags;
            let capture = group.capture;
            let (mut hir, repeats) = group.finish();
            if let Some(index) = capture {
                hir = Hir::capture(Capture { index, name: None, sub: Box::new(hir) });
            }
            self.top().items.push(Item { hir, repeats });
        }
        Ok(())
    }

    fn repeat(
        &mut self,
        before: &'p str,
        mut after: &'p str,
        min: u32,
        max: Option<u32>,
        last_repeat: Option<&'p str>,
    ) -> Result<(), PatternError> {
        let mut greedy = !self.flags.swap_greed;
        if let Some(lazy) = after.strip_prefix('?') {
            after = lazy;
            greedy = !greedy;
        }
        if let Some(last) = last_repeat {
            return error("invalid nested repetition operator", consumed(last, after));
        }
        let operator = consumed(before, after);
        let Some(item) = self.top().items.pop() else {
            return error("missing argument to repetition operator", operator);
        };
        let mut repeats = item.repeats;
        // Only counted repeats multiply; `*` and `+` cost nothing more than what they repeat.
        if before.starts_with('{') {
            let factor = max.unwrap_or(min).max(1);
            repeats = repeats.saturating_mul(factor);
            if (min >= 2 || max.is_some_and(|max| max >= 2)) && repeats > MAX_REPEAT {
                return error("invalid repeat count", operator);
            }
        }
        let hir = Hir::repetition(Repetition { min, max, greedy, sub: Box::new(item.hir) });
        self.top().items.push(Item { hir, repeats });
        self.rest = after;
        Ok(())
    }

    /// A backslash outside a class.
    fn escape(&mut self) -> Result<(), PatternError> {
        let text = self.rest;
        let look = match text.as_bytes().get(1) {
            Some(b'A') => Some(Look::Start),
            Some(b'z') => Some(Look::End),
            Some(b'b') => Some(Look::WordAscii),
            Some(b'B') => Some(Look::WordAsciiNegate),
            Some(b'C') => return error("invalid escape sequence", "\\C"),
            Some(b'Q') => {
                let quoted = &text[2..];
                let (literal, rest) = quoted.split_once("\\E").unwrap_or((quoted, ""));
                self.rest = rest;
                for c in literal.chars() {
                    self.literal(c);
                }
                return Ok(());
            }
            _ => None,
        };
        if let Some(look) = look {
            self.rest = &text[2..];
            self.push(Hir::look(look));
            return Ok(());
        }
        if let Some((class, rest)) = self.class_escape(text)? {
            self.rest = rest;
            self.push(Hir::class(Class::Unicode(class)));
            return Ok(());
        }
        let (c, rest) = read_escape(text)?;
        self.rest = rest;
        match char::from_u32(c) {
            Some(c) => self.literal(c),
            // A surrogate: nothing in a text can match it.
            None => self.push(Hir::fail()),
        }
        Ok(())
    }

    /// `\d`, `\pL`, `\p{Greek}` and their negations; `None` when `text` starts with none of them.
    fn class_escape<'t>(&self, text: &'t str) -> Result<Option<(ClassUnicode, &'t str)>, PatternError> {
        let Some(kind) = text.as_bytes().get(1).map(|&byte| char::from(byte)) else { return Ok(None) };
        if let Some((ranges, negated)) = tables::perl_class(kind) {
            return Ok(Some((negate_if(negated, self.folded(ranges.to_vec())), &text[2..])));
        }
        if !matches!(kind, 'p' | 'P') {
            return Ok(None);
        }
        let mut negated = kind == 'P';
        let Some((c, after)) = next_char(&text[2..]) else {
            return error("invalid character class range", text);
        };
        let (mut name, rest) = if c == '{' {
            let Some(end) = text.find('}') else { return error("invalid character class range", text) };
            (&text[3..end], &text[end + 1..])
        } else {
            (consumed(&text[2..], after), after)
        };
        let sequence = consumed(text, rest);
        if let Some(inner) = name.strip_prefix('^') {
            negated = !negated;
            name = inner;
        }
        let Some(mut class) = tables::unicode_class(name) else {
            return error("invalid character class range", sequence);
        };
        if self.flags.fold_case {
            let _ = class.try_case_fold_simple();
        }
        Ok(Some((negate_if(negated, class), rest)))
    }

    /// `[…]`.
    fn class(&mut self) -> Result<(), PatternError> {
        let whole = self.rest;
        let mut text = &whole[1..];
        let mut negated = false;
        if let Some(after) = text.strip_prefix('^') {
            negated = true;
            text = after;
        }
        let mut class = ClassUnicode::empty();
        let mut first = true;
        while first || !text.starts_with(']') {
            first = false;
            if text.starts_with("[:")
                && text.len() > 2
                && let Some(end) = text[2..].find(":]")
            {
                let name = &text[..end + 4];
                let Some((ranges, negated)) = tables::posix_class(&text[2..end + 2]) else {
                    return error("invalid character class range", name);
                };
                class.union(&negate_if(negated, self.folded(ranges.to_vec())));
                text = &text[end + 4..];
                continue;
            }
            if text.starts_with('\\')
                && let Some((part, rest)) = self.class_escape(text)?
            {
                class.union(&part);
                text = rest;
                continue;
            }
            let start = text;
            let (low, rest) = class_char(text, whole)?;
            text = rest;
            let mut high = low;
            if text.starts_with('-') && text.len() >= 2 && text.as_bytes().get(1) != Some(&b']') {
                let (end, rest) = class_char(&text[1..], whole)?;
                text = rest;
                high = end;
                if high < low {
                    return error("invalid character class range", consumed(start, text));
                }
            }
            if let Some((low, high)) = scalar_range(low, high) {
                class.union(&self.folded(vec![(low, high)]));
            }
        }
        self.rest = &text[1..];
        let class = negate_if(negated, class);
        self.push(Hir::class(Class::Unicode(class)));
        Ok(())
    }
}

impl Group {
    fn open(flags: Flags, capture: Option<u32>) -> Group {
        Group { flags, capture, alternatives: Vec::new(), items: Vec::new(), repeats: 1 }
    }

    fn finish_alternative(&mut self) {
        let items = std::mem::take(&mut self.items);
        self.repeats = items.iter().map(|item| item.repeats).fold(self.repeats, u32::max);
        self.alternatives.push(Hir::concat(items.into_iter().map(|item| item.hir).collect()));
    }

    fn finish(mut self) -> (Hir, u32) {
        self.finish_alternative();
        (Hir::alternation(self.alternatives), self.repeats)
    }
}

fn negate_if(negated: bool, mut class: ClassUnicode) -> ClassUnicode {
    if negated {
        class.negate();
    }
    class
}
