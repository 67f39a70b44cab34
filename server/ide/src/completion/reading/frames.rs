//! The brackets, texts and `for` expressions that are open around a place, and what their operators ask for.

use syntax::{SmolStr, Span, Token, TokenKind};

use super::frame::{Frame, Kind, Phase};
use super::path::{Segment, path_before};
use super::{Bound, Operand, Start, Step};

/// Takes tokens one by one.
pub(super) struct Frames<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: &'t [Token],
    /// The outermost first; never empty.
    open: Vec<Frame>,
    last: Option<usize>,
    /// A line ended behind the value.
    ended: bool,
}

impl<'t> Frames<'t> {
    pub(super) fn new(text: &'t str, tokens: &'t [Token], start: Start) -> Frames<'t> {
        let mut open = vec![Frame::new(Kind::Value, 0)];
        if start == Start::Template {
            open.push(Frame::new(Kind::Text { start: 0, whole: true, heredoc: false }, 0));
        }
        Frames { text, tokens, open, last: None, ended: false }
    }

    pub(super) fn top(&self) -> Option<&Frame> {
        self.open.last()
    }

    pub(super) fn around(&self) -> Option<&Frame> {
        self.open.iter().rev().nth(1)
    }

    /// The last token, when no line has ended since.
    pub(super) fn last_kind(&self) -> Option<TokenKind> {
        self.tokens.get(self.last?).map(|token| token.kind)
    }

    pub(super) fn is_open(&self) -> bool {
        self.open.len() > 1
    }

    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Where the text at the place begins, when it is in one.
    pub(super) fn text_start(&self) -> Option<u32> {
        match self.top()?.kind {
            Kind::Text { start, heredoc: false, .. } => Some(start),
            _ => None,
        }
    }

    /// A `/*` without its end.
    pub(super) fn in_block_comment(&self) -> bool {
        self.tokens.windows(2).any(|pair| {
            matches!(pair, [slash, star] if slash.kind == TokenKind::Slash && star.kind == TokenKind::Star && slash.span.end == star.span.start)
        })
    }

    /// The names in front of the brackets around the place.
    pub(super) fn indexed(&self) -> Option<Vec<Segment>> {
        let index = self.open.iter().rposition(|frame| matches!(frame.kind, Kind::Index))?;
        // The frame's first operand begins behind the bracket.
        let bracket = self.open.get(index)?.from.checked_sub(1)?;
        path_before(self.text, self.tokens, bracket).map(|(_, path)| path)
    }

    /// What the operand at the place is, up to token `end`, and whether it goes through a collection with a splat.
    pub(super) fn operand(&self, end: usize) -> Option<(SmolStr, bool)> {
        let from = self.top().filter(|top| top.ends_operand())?.from;
        let mut depth = 0_u32;
        let mut is_splat = false;
        let mut before = None;
        for token in self.tokens.get(from..end)? {
            match token.kind {
                TokenKind::OpenBracket | TokenKind::OpenParen | TokenKind::OpenBrace => depth += 1,
                TokenKind::CloseBracket | TokenKind::CloseParen | TokenKind::CloseBrace => {
                    depth = depth.saturating_sub(1);
                }
                TokenKind::Star => {
                    is_splat |= (depth == 0 && before == Some(TokenKind::Dot))
                        || (depth == 1 && before == Some(TokenKind::OpenBracket));
                }
                _ => {}
            }
            before = Some(token.kind);
        }
        // `1.` is the beginning of a number.
        if before == Some(TokenKind::Number) {
            return None;
        }
        match operand(self.text, self.tokens, from, end)? {
            Operand::Text(text) => Some((text, is_splat)),
            Operand::Path(_) => None,
        }
    }

    /// The names and colons before token `end`.
    pub(super) fn namespace(&self, end: usize) -> SmolStr {
        let before = self.tokens.get(..end).unwrap_or_default();
        let parts =
            before.iter().rev().take_while(|it| matches!(it.kind, TokenKind::Ident | TokenKind::DoubleColon));
        match (parts.last(), before.last()) {
            (Some(first), Some(last)) => first.span.to(last.span).text(self.text).into(),
            _ => SmolStr::default(),
        }
    }

    /// The names that are bound around the place.
    pub(super) fn bound(&self) -> Vec<Bound> {
        // A `for` binds nothing in the collection that it goes through.
        self.open.iter().flat_map(|frame| frame.bound.iter().cloned()).collect()
    }

    /// The way to the place.
    pub(super) fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for frame in &self.open {
            match (&frame.kind, frame.phase) {
                (Kind::Value | Kind::Paren | Kind::Text { .. }, _) => {}
                (_, Phase::Condition) => steps.push(Step::Bool),
                (_, Phase::Names | Phase::Collection | Phase::Key) | (Kind::Index | Kind::Directive, _) => {
                    steps.push(Step::Any);
                }
                (Kind::Object { at_key: true, .. }, Phase::None) => {}
                (Kind::Object { key: Some(key), .. }, Phase::None) => steps.push(Step::Key(key.clone())),
                (Kind::Object { .. }, _) => steps.push(Step::Element(0)),
                (Kind::Tuple { index }, _) => steps.push(Step::Element(*index)),
                (Kind::Call { name, argument, first, .. }, _) => steps.push(Step::Argument {
                    function: name.clone(),
                    index: *argument,
                    first: first.clone(),
                }),
                (Kind::Interpolation { alone: true }, _) => {}
                (Kind::Interpolation { alone: false }, _) => steps.push(Step::Part),
            }
            steps.extend(frame.operator.clone());
        }
        steps
    }

    pub(super) fn take(&mut self, index: usize) {
        let Some(&Token { kind, span }) = self.tokens.get(index) else { return };
        match kind {
            TokenKind::Comment => return,
            TokenKind::OpenQuote => {
                self.push(Kind::Text { start: span.end, whole: true, heredoc: false }, index)
            }
            TokenKind::OpenHeredoc => {
                self.push(Kind::Text { start: span.end, whole: true, heredoc: true }, index)
            }
            TokenKind::OpenInterpolation => {
                let alone = self.text_start() == Some(span.start);
                self.open_sequence(Kind::Interpolation { alone }, index);
            }
            TokenKind::OpenDirective => self.open_sequence(Kind::Directive, index),
            TokenKind::OpenBrace => {
                self.push(Kind::Object { at_key: true, key: None, keys: Vec::new() }, index);
            }
            TokenKind::OpenBracket => {
                let is_index = self.top().is_some_and(Frame::ends_operand);
                self.push(if is_index { Kind::Index } else { Kind::Tuple { index: 0 } }, index);
            }
            TokenKind::OpenParen => self.push(self.called(index), index),
            TokenKind::CloseQuote => self.close_quote(span),
            TokenKind::CloseHeredoc => self.close(kind, |it| matches!(it, Kind::Text { .. })),
            TokenKind::CloseSequence => self.close_sequence(),
            TokenKind::CloseBrace => self.close(kind, |it| matches!(it, Kind::Object { .. })),
            TokenKind::CloseBracket => self.close(kind, |it| matches!(it, Kind::Tuple { .. } | Kind::Index)),
            TokenKind::CloseParen => self.close(kind, |it| matches!(it, Kind::Paren | Kind::Call { .. })),
            // A string that is left open ends with its line, and so does what is open in it.
            TokenKind::QuotedNewline | TokenKind::UnclosedSequence => {
                self.close(TokenKind::CloseQuote, |it| matches!(it, Kind::Text { heredoc: false, .. }));
                self.end_line();
            }
            TokenKind::Newline => self.end_line(),
            TokenKind::Ident => self.ident(index, span),
            _ => self.operator(index, kind),
        }
        self.last = (kind != TokenKind::Newline).then_some(index);
    }

    fn push(&mut self, kind: Kind, index: usize) {
        self.open.push(Frame::new(kind, index + 1));
    }

    /// Something in a text that has to be computed.
    fn open_sequence(&mut self, kind: Kind, index: usize) {
        if let Some(Frame { kind: Kind::Text { whole, .. }, .. }) = self.open.last_mut() {
            *whole = false;
        }
        self.push(kind, index);
    }

    /// Closes the innermost frame of that kind with all that is open in it.
    fn close(&mut self, kind: TokenKind, is_it: impl Fn(&Kind) -> bool) {
        if let Some(index) = self.open.iter().rposition(|frame| is_it(&frame.kind)).filter(|&index| index > 0)
        {
            self.open.truncate(index);
        }
        if let Some(top) = self.open.last_mut() {
            top.prev = Some(kind);
        }
    }

    fn close_quote(&mut self, span: Span) {
        let start = self.text_start();
        self.close(TokenKind::CloseQuote, |it| matches!(it, Kind::Text { heredoc: false, .. }));
        if let (Some(start), Some(Frame { kind: Kind::Object { at_key: true, key, .. }, .. })) =
            (start, self.open.last_mut())
        {
            *key = Some(Span::new(start, span.start).text(self.text).into());
        }
    }

    /// Names that a directive binds are bound in the text behind it.
    fn close_sequence(&mut self) {
        let is_sequence = |frame: &Frame| matches!(frame.kind, Kind::Interpolation { .. } | Kind::Directive);
        let Some(index) = self.open.iter().rposition(is_sequence).filter(|&index| index > 0) else { return };
        let end = self.last.map_or(0, |last| last + 1);
        self.bind(index, end);
        let bound = self.open.drain(index..).next().map(|frame| frame.bound).unwrap_or_default();
        if let Some(text) = self.open.last_mut() {
            text.bound.extend(bound);
        }
    }

    fn end_line(&mut self) {
        let Some(top) = self.open.last_mut() else { return };
        let ends = top.ends_operand();
        match &mut top.kind {
            Kind::Object { at_key, key, keys } if top.phase == Phase::None && (ends || *at_key) => {
                keys.extend(key.take().filter(|_| !*at_key));
                *at_key = true;
                top.prev = None;
                top.operator = None;
            }
            Kind::Value => self.ended |= ends,
            // A comma may still be missing.
            Kind::Tuple { index } if ends => {
                *index += 1;
                top.prev = None;
                top.operator = None;
            }
            _ => {}
        }
    }

    fn ident(&mut self, index: usize, span: Span) {
        let word = span.text(self.text);
        let before = self.last_kind();
        let Some(top) = self.open.last_mut() else { return };
        let opens = top.prev.is_none() && before != Some(TokenKind::Dot);
        let may_be_for = match &top.kind {
            Kind::Tuple { index: 0 } => true,
            Kind::Object { at_key, keys, .. } => *at_key && keys.is_empty(),
            Kind::Directive => true,
            _ => false,
        };
        if opens && may_be_for && word == "for" && top.phase == Phase::None {
            top.phase = Phase::Names;
            return;
        }
        match top.phase {
            Phase::Names if word == "in" => {
                top.phase = Phase::Collection;
                top.begin(index, None);
                return;
            }
            Phase::Names => {
                top.bound.push(Bound { name: word.into(), of: None, is_key: false });
                return;
            }
            Phase::Value if word == "if" && top.ends_operand() => {
                top.phase = Phase::Condition;
                top.begin(index, None);
                return;
            }
            _ => {}
        }
        if let Kind::Directive = top.kind
            && opens
        {
            match word {
                "if" => {
                    top.phase = Phase::Condition;
                    top.begin(index, None);
                    return;
                }
                "endfor" => self.unbind(),
                _ => {}
            }
        }
        let Some(top) = self.open.last_mut() else { return };
        if let Kind::Object { at_key: true, key, .. } = &mut top.kind {
            *key = Some(word.into());
        }
        top.prev = Some(TokenKind::Ident);
    }

    /// What the last `for` directive bound is bound no more.
    fn unbind(&mut self) {
        let around = self.open.len().saturating_sub(2);
        let Some(text) = self.open.get_mut(around) else { return };
        let of = text.bound.last().map(|bound| bound.of.clone());
        while let Some(last) = text.bound.last().filter(|last| Some(&last.of) == of.as_ref()) {
            let is_key = last.is_key;
            text.bound.pop();
            if is_key {
                break;
            }
        }
    }

    /// The collection of a `for` ends before token `end`: what its names are is known now.
    fn bind(&mut self, frame: usize, end: usize) {
        let (text, tokens) = (self.text, self.tokens);
        let Some(frame) = self.open.get_mut(frame).filter(|frame| frame.phase == Phase::Collection) else {
            return;
        };
        let of = operand(text, tokens, frame.from, end);
        let several = frame.bound.len() > 1;
        for (index, bound) in frame.bound.iter_mut().enumerate() {
            bound.of.clone_from(&of);
            bound.is_key = several && index == 0;
        }
    }

    fn operator(&mut self, index: usize, kind: TokenKind) {
        let (text, tokens) = (self.text, self.tokens);
        let top_index = self.open.len().saturating_sub(1);
        if kind == TokenKind::Colon {
            self.bind(top_index, index);
        }
        let before = self.last_kind();
        let Some(top) = self.open.last_mut() else { return };
        match kind {
            TokenKind::Equal | TokenKind::Colon if top.phase == Phase::None => {
                if let Kind::Object { at_key, key, .. } = &mut top.kind
                    && *at_key
                {
                    // A key that is computed has no name.
                    if top.prev == Some(TokenKind::CloseParen) {
                        *key = None;
                    }
                    *at_key = false;
                    top.begin(index, None);
                } else {
                    top.begin(index, (kind == TokenKind::Colon).then_some(Step::Branch));
                }
            }
            TokenKind::Colon if top.phase == Phase::Collection => {
                top.phase = if matches!(top.kind, Kind::Object { .. }) { Phase::Key } else { Phase::Value };
                top.begin(index, None);
            }
            TokenKind::FatArrow => {
                top.phase = Phase::Value;
                top.begin(index, None);
            }
            TokenKind::Comma => {
                match &mut top.kind {
                    Kind::Object { at_key, key, keys } => {
                        keys.extend(key.take());
                        *at_key = true;
                    }
                    Kind::Tuple { index } => *index += 1,
                    Kind::Call { argument, start, first, .. } => {
                        if *argument == 0 {
                            *first = operand(text, tokens, *start, index);
                        }
                        *argument += 1;
                    }
                    _ => {}
                }
                top.begin(index, None);
            }
            TokenKind::EqualEqual | TokenKind::NotEqual => {
                let left = operand(text, tokens, top.from, index);
                top.begin(index, Some(left.map_or(Step::Any, Step::Like)));
            }
            TokenKind::AndAnd | TokenKind::OrOr | TokenKind::Bang => top.begin(index, Some(Step::Bool)),
            // A splat, and not a product.
            TokenKind::Star if matches!(before, Some(TokenKind::Dot | TokenKind::OpenBracket)) => {
                top.prev = Some(TokenKind::Ident);
            }
            TokenKind::Plus
            | TokenKind::Minus
            | TokenKind::Star
            | TokenKind::Slash
            | TokenKind::Percent
            | TokenKind::Less
            | TokenKind::LessEqual
            | TokenKind::Greater
            | TokenKind::GreaterEqual => top.begin(index, Some(Step::Number)),
            TokenKind::Question | TokenKind::Colon => top.begin(index, Some(Step::Branch)),
            TokenKind::Dot | TokenKind::DoubleColon => {}
            TokenKind::Number => top.prev = Some(TokenKind::Number),
            _ => {}
        }
    }

    /// The call whose `(` token `index` is, or parentheses.
    fn called(&self, index: usize) -> Kind {
        let before = self.tokens.get(..index).unwrap_or_default();
        match before.last() {
            Some(name) if name.kind == TokenKind::Ident && self.top().is_some_and(Frame::ends_operand) => {
                Kind::Call { name: self.namespace(index), argument: 0, start: index + 1, first: None }
            }
            _ => Kind::Paren,
        }
    }
}

/// What the tokens from `from` up to `end` are together.
fn operand(text: &str, tokens: &[Token], from: usize, end: usize) -> Option<Operand> {
    if let Some((_, path)) = path_before(text, tokens, end).filter(|(start, _)| *start == from) {
        return Some(Operand::Path(path));
    }
    let (first, last) = (tokens.get(from)?, tokens.get(end.checked_sub(1)?)?);
    (first.span.start < last.span.end).then(|| Operand::Text(first.span.to(last.span).text(text).into()))
}
