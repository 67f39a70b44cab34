//! What Terraform's YAML reader refuses and the parser at hand takes: directives of another version than 1.1, and tabs
//! where a line's indentation could be.

use std::collections::HashSet;

use saphyr_parser::{Event, Marker, ScalarStyle, Span};

/// Checks the directives before the first document.
///
/// # Errors
/// What Terraform says of the first that it does not take.
pub(super) fn check_directives(text: &str) -> Result<(), String> {
    let mut seen = HashSet::new();
    for (at, line) in text.lines().enumerate() {
        let Some(directive) = line.strip_prefix('%') else {
            match line.trim_start_matches(' ') {
                "" => continue,
                comment if comment.starts_with('#') => continue,
                _ => return Ok(()),
            }
        };
        let name = directive.split([' ', '\t']).next().unwrap_or_default();
        let arguments = directive.get(name.len()..).unwrap_or_default().trim_matches([' ', '\t']);
        match name {
            "YAML" => {
                if !seen.insert("%YAML") {
                    return Err(by_parser(at, "found duplicate %YAML directive"));
                }
                let version = arguments.split([' ', '\t']).next().unwrap_or_default().split_once('.');
                let version = version.map(|(major, minor)| (major.parse::<u32>(), minor.parse::<u32>()));
                if let Some((Ok(major), Ok(minor))) = version
                    && (major, minor) != (1, 1)
                {
                    return Err(by_parser(at, "found incompatible YAML document"));
                }
            }
            "TAG" => {
                let handle = arguments.split([' ', '\t']).next().unwrap_or_default();
                if !seen.insert(handle) {
                    return Err(by_parser(at, "found duplicate %TAG directive"));
                }
            }
            _ if name.chars().all(|ch| ch.is_ascii_alphanumeric() || matches!(ch, '-' | '_'))
                && !name.is_empty() =>
            {
                return Err(by_scanner(at, "found unknown directive name"));
            }
            _ => return Ok(()),
        }
    }
    Ok(())
}

/// The parser counts lines from zero, and names no place in the first.
fn by_parser(line: usize, reason: &str) -> String {
    if line == 0 { reason.to_owned() } else { format!("on line {line}, column 1: {reason}") }
}

/// The scanner counts them from one, and names none there either.
fn by_scanner(line: usize, reason: &str) -> String {
    if line == 0 { reason.to_owned() } else { format!("on line {}, column 1: {reason}", line + 1) }
}

/// Looks at what stands between the tokens of a text, as the events of its parser come.
pub(super) struct Tabs {
    /// Empty where the text has no tab, so that nothing is looked at.
    text: Vec<char>,
    /// Where the last token ended, in characters, and whether it was a plain scalar.
    end: usize,
    after_plain: bool,
    /// The columns of the open block collections; `None` for those in brackets.
    open: Vec<Option<usize>>,
}

impl Tabs {
    pub fn new(text: &str) -> Tabs {
        let text = if text.contains('\t') { text.chars().collect() } else { Vec::new() };
        Tabs { text, end: 0, after_plain: false, open: Vec::new() }
    }

    /// # Errors
    /// That a tab stands before the event where Terraform takes none.
    pub fn event(&mut self, event: &Event<'_>, span: Span) -> Result<(), String> {
        if self.text.is_empty() {
            return Ok(());
        }
        match event {
            Event::Scalar(_, style, ..) => {
                self.gap(span.start)?;
                if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                    self.block_scalar(span.start)?;
                }
                self.moved(span.end);
                self.after_plain = *style == ScalarStyle::Plain && span.end.index() > span.start.index();
            }
            Event::Alias(_) => {
                self.gap(span.start)?;
                self.moved(span.end);
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                let is_flow = matches!(self.text.get(span.start.index()), Some('[' | '{'));
                if is_flow {
                    self.gap(span.start)?;
                    self.end = self.end.max(span.start.index() + 1);
                    self.after_plain = false;
                }
                self.open.push((!is_flow).then_some(span.start.col()));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if self.open.pop().flatten().is_none() {
                    self.moved(span.end);
                }
            }
            Event::StreamEnd => self.to_the_end()?,
            _ => {}
        }
        Ok(())
    }

    fn moved(&mut self, to: Marker) {
        self.end = self.end.max(to.index());
        self.after_plain = false;
    }

    /// What stands before a token.
    fn gap(&self, to: Marker) -> Result<(), String> {
        if self.open.iter().any(Option::is_none) {
            // In brackets, indentation means nothing.
            return Ok(());
        }
        let gap = self.text.get(self.end..to.index()).unwrap_or_default();
        self.after_plain(gap)?;
        // Whether a key may begin here; a tab cannot stand before one.
        let mut before_key = self.end == 0;
        let mut line_is_blank = before_key;
        let mut rest = gap;
        while let Some((first, after)) = rest.split_first() {
            match first {
                '\t' if before_key => {
                    let line = self.line(to.index() - rest.len());
                    return Err(by_scanner(line, "found character that cannot start any token"));
                }
                '#' => {
                    let length = after.iter().take_while(|ch| **ch != '\n').count();
                    rest = after.get(length..).unwrap_or_default();
                    continue;
                }
                '\n' => (before_key, line_is_blank) = (true, true),
                ' ' | '\t' | '\r' => {}
                '-' if after.starts_with(&['-', '-']) => {
                    rest = after.get(2..).unwrap_or_default();
                    (before_key, line_is_blank) = (false, false);
                    continue;
                }
                '-' | '?' => (before_key, line_is_blank) = (true, false),
                // The value of a key that was marked as one may be another mapping.
                ':' => (before_key, line_is_blank) = (line_is_blank, false),
                _ => (before_key, line_is_blank) = (false, false),
            }
            rest = after;
        }
        Ok(())
    }

    fn to_the_end(&self) -> Result<(), String> {
        self.after_plain(self.text.get(self.end..).unwrap_or_default())
    }

    /// A plain scalar may go on in the next lines, and these must be indented by spaces.
    fn after_plain(&self, gap: &[char]) -> Result<(), String> {
        let indent = self.open.iter().rev().find_map(|open| *open);
        let (Some(indent), true) = (indent, self.after_plain) else { return Ok(()) };
        let mut column = None;
        for (at, ch) in gap.iter().enumerate() {
            match (ch, &mut column) {
                ('\n', _) => column = Some(0),
                ('\t', Some(column)) if *column <= indent => {
                    let line = self.line(self.end + at);
                    return Err(by_scanner(line, "found a tab character that violates indentation"));
                }
                (' ' | '\t', Some(column)) => *column += 1,
                (' ' | '\t' | '\r', None) => {}
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    /// The first line of a block scalar says how far it is indented.
    fn block_scalar(&self, at: Marker) -> Result<(), String> {
        let after = self.text.get(at.index()..).unwrap_or_default();
        let header = after.iter().take_while(|ch| **ch != '\n').count();
        let is_told = after.iter().take(header).any(char::is_ascii_digit);
        let mut from = at.index() + header + 1;
        while !is_told && let Some(rest) = self.text.get(from..) {
            let blank = rest.iter().take_while(|ch| **ch == ' ').count();
            match rest.get(blank) {
                Some('\t') => {
                    let line = self.line(from);
                    return Err(by_scanner(
                        line,
                        "found a tab character where an indentation space is expected",
                    ));
                }
                Some('\n') => from += blank + 1,
                _ => break,
            }
        }
        Ok(())
    }

    /// The line of a character, counted from zero.
    fn line(&self, at: usize) -> usize {
        self.text.iter().take(at).filter(|ch| **ch == '\n').count()
    }
}

/// What is said of a tab that the parser itself has stumbled over, where the text before it ends on line `line`, counted
/// from one.
pub(super) fn misplaced_tab(text: &str, line: usize) -> String {
    let begins_with_tab = |text: &str| text.trim_start_matches(' ').starts_with('\t');
    let lines = text.lines().enumerate().skip(line.saturating_sub(1));
    let at = lines
        .into_iter()
        .find(|(_, text)| begins_with_tab(text))
        .map_or(line.saturating_sub(1), |(at, _)| at);
    by_scanner(at, "found a tab character that violates indentation")
}
