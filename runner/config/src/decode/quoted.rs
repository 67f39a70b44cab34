//! References in quotes: what keeps a text from being one, in the words that HCL has for a traversal that stands alone.
//!
//! A text that is one reads the same as the expression without its quotes, so that only faults are looked for here.

use syntax::{Span, Token, TokenKind};

/// What is wrong with a text, and where in it.
pub(super) struct Fault {
    pub summary: &'static str,
    pub detail: &'static str,
    pub span: Span,
    /// Whether it does not even begin like a reference.
    pub at_root: bool,
}

/// What keeps a text from being a reference, in order; nothing where it is one.
pub(super) fn faults(text: &str) -> Vec<Fault> {
    let mut tokens = syntax::tokens(text);
    tokens.retain(|token| token.kind != TokenKind::Comment);
    let mut reader = Reader { tokens, at: 0, faults: Vec::new() };
    if reader.read_if(TokenKind::Ident) {
        while reader.step().is_some() {}
    } else {
        let detail = "Must begin with a variable name.";
        let fault = Fault { summary: "Variable name required", detail, span: reader.span(), at_root: true };
        reader.faults.push(fault);
    }
    reader.faults
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    faults: Vec<Fault>,
}

impl Reader {
    /// One step of the traversal. `None` at its end and after a fault.
    fn step(&mut self) -> Option<()> {
        match self.kind() {
            TokenKind::End => None,
            TokenKind::Dot => self.attribute(),
            TokenKind::OpenBracket => self.index(),
            _ => self.fault("Invalid character", "Expected an attribute access or an index operator."),
        }
    }

    fn attribute(&mut self) -> Option<()> {
        self.at += 1;
        if self.read_if(TokenKind::Ident) {
            return Some(());
        }
        let detail = match self.kind() {
            TokenKind::Star => "Splat expressions (.*) may not be used here.",
            _ => "Dot must be followed by attribute name.",
        };
        self.fault("Attribute name required", detail)
    }

    fn index(&mut self) -> Option<()> {
        self.at += 1;
        match self.kind() {
            TokenKind::Number => self.at += 1,
            TokenKind::OpenQuote => self.string(),
            TokenKind::Star => {
                let detail = "Splat expressions ([*]) may not be used here.";
                return self.fault("Attribute name required", detail);
            }
            _ => {
                let detail = "Index brackets must contain either a literal number or a literal string.";
                return self.fault("Index value required", detail);
            }
        }
        if self.read_if(TokenKind::CloseBracket) {
            return Some(());
        }
        let detail = "Index key must be followed by a closing bracket.";
        self.fault("Unclosed index brackets", detail)
    }

    /// From one quote to the other.
    fn string(&mut self) {
        self.at += 1;
        let mut open = 0_u32;
        loop {
            match self.kind() {
                TokenKind::End => {
                    let detail = "Unable to find the closing quote mark before the end of the file.";
                    self.fault("Unterminated string literal", detail);
                    return;
                }
                TokenKind::CloseQuote if open == 0 => {
                    self.at += 1;
                    return;
                }
                TokenKind::OpenInterpolation | TokenKind::OpenDirective => {
                    let detail = match self.kind() {
                        TokenKind::OpenInterpolation => {
                            "Template sequences are not allowed in this string. To include a literal \"$\", double it \
                             (as \"$$\") to escape it."
                        }
                        _ => {
                            "Template sequences are not allowed in this string. To include a literal \"%\", double it \
                             (as \"%%\") to escape it."
                        }
                    };
                    self.fault("Invalid string literal", detail);
                    open += 1;
                }
                TokenKind::CloseSequence => open = open.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Reports the next token.
    fn fault(&mut self, summary: &'static str, detail: &'static str) -> Option<()> {
        self.faults.push(Fault { summary, detail, span: self.span(), at_root: false });
        None
    }

    fn read_if(&mut self, kind: TokenKind) -> bool {
        let found = self.kind() == kind;
        self.at += usize::from(found);
        found
    }

    fn kind(&self) -> TokenKind {
        self.tokens.get(self.at).map_or(TokenKind::End, |token| token.kind)
    }

    fn span(&self) -> Span {
        self.tokens.get(self.at).or(self.tokens.last()).map(|token| token.span).unwrap_or_default()
    }
}
