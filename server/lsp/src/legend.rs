//! The semantic tokens that a client has said it knows, and ours in its terms.

use ide::{TOKEN_MODIFIERS, TokenType};
use tower_lsp::lsp_types::{
    SemanticToken, SemanticTokenModifier, SemanticTokenType, SemanticTokensClientCapabilities,
    SemanticTokensLegend,
};

const TYPES: usize = TokenType::ALL.len();

/// Which of our types and modifiers are told, in our order, and what stands for the others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Legend {
    types: [bool; TYPES],
    modifiers: [bool; TOKEN_MODIFIERS.len()],
}

impl Default for Legend {
    fn default() -> Legend {
        Legend { types: [true; TYPES], modifiers: [true; TOKEN_MODIFIERS.len()] }
    }
}

impl Legend {
    /// What the client knows; everything for one that does not say.
    pub(crate) fn of(client: Option<&SemanticTokensClientCapabilities>) -> Legend {
        let Some(client) = client.filter(|it| !it.token_types.is_empty()) else { return Legend::default() };
        let knows_type = |it: TokenType| client.token_types.iter().any(|known| known.as_str() == it.name());
        let knows_modifier = |it| client.token_modifiers.iter().any(|known| known.as_str() == it);
        Legend { types: TokenType::ALL.map(knows_type), modifiers: TOKEN_MODIFIERS.map(knows_modifier) }
    }

    pub(crate) fn told(&self) -> SemanticTokensLegend {
        let types = TokenType::ALL.iter().zip(self.types).filter(|(_, told)| *told);
        let modifiers = TOKEN_MODIFIERS.iter().zip(self.modifiers).filter(|(_, told)| *told);
        SemanticTokensLegend {
            token_types: types.map(|(it, _)| SemanticTokenType::new(it.name())).collect(),
            token_modifiers: modifiers.map(|(it, _)| SemanticTokenModifier::new(it)).collect(),
        }
    }

    /// Whether every token of ours is told, under whatever name, so that the client's list counts as ours does.
    pub(crate) fn tells_all(&self) -> bool {
        TokenType::ALL.iter().all(|it| self.stand_in(*it).is_some())
    }

    /// Our tokens in the client's numbers. What it has no name for is left out.
    pub(crate) fn tokens(&self, ours: impl IntoIterator<Item = ide::SemanticToken>) -> Vec<SemanticToken> {
        let stand_ins = TokenType::ALL.map(|kind| self.stand_in(kind));
        let mut told = Vec::new();
        // The way from the last token that was told to the last one that was not.
        let (mut lines, mut columns) = (0, 0);
        for token in ours {
            lines += token.delta_line;
            columns = token.delta_start + if token.delta_line == 0 { columns } else { 0 };
            let stand_in = stand_ins.get(token.token_type as usize);
            let Some(token_type) = stand_in.copied().flatten() else { continue };
            told.push(SemanticToken {
                delta_line: std::mem::take(&mut lines),
                delta_start: std::mem::take(&mut columns),
                length: token.length,
                token_type,
                token_modifiers_bitset: self.modifiers(token.modifiers),
            });
        }
        told
    }

    /// The number of the nearest type that the client knows.
    fn stand_in(&self, kind: TokenType) -> Option<u32> {
        let number = |kind| {
            let at = TokenType::ALL.iter().position(|it| *it == kind)?;
            let told = self.types.get(..at)?.iter().filter(|told| **told).count();
            if *self.types.get(at)? { u32::try_from(told).ok() } else { None }
        };
        let others: &[TokenType] = match kind {
            TokenType::Parameter | TokenType::Property => &[TokenType::Variable],
            TokenType::EnumMember => &[TokenType::Keyword],
            TokenType::Namespace => &[TokenType::Type],
            _ => &[],
        };
        number(kind).or_else(|| others.iter().find_map(|kind| number(*kind)))
    }

    fn modifiers(&self, ours: u32) -> u32 {
        let told = self.modifiers.iter().enumerate().filter(|(_, told)| **told);
        let bits = told.enumerate().filter(|(_, (bit, _))| ours & (1 << bit) != 0);
        bits.map(|(place, _)| 1 << place).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn legend(types: &[&'static str], modifiers: &[&'static str]) -> Legend {
        Legend::of(Some(&SemanticTokensClientCapabilities {
            token_types: types.iter().map(|it| SemanticTokenType::new(it)).collect(),
            token_modifiers: modifiers.iter().map(|it| SemanticTokenModifier::new(it)).collect(),
            ..SemanticTokensClientCapabilities::default()
        }))
    }

    #[test]
    fn tokens_without_a_name_are_left_out() {
        let token = |delta_line, delta_start, kind, modifiers| {
            let token_type = TokenType::ALL.iter().position(|it| *it == kind).unwrap() as u32;
            ide::SemanticToken { delta_line, delta_start, length: 1, token_type, modifiers }
        };
        let ours = [
            token(1, 2, TokenType::Number, 0),
            token(0, 3, TokenType::Property, 3),
            token(2, 4, TokenType::Number, 0),
            token(0, 5, TokenType::Number, 0),
            token(0, 6, TokenType::Variable, 2),
            token(1, 7, TokenType::Keyword, 1),
        ];
        let legend = legend(&["keyword", "variable"], &["defaultLibrary"]);
        assert!(!legend.tells_all() && Legend::default().tells_all());
        let numbers =
            |it: SemanticToken| [it.delta_line, it.delta_start, it.token_type, it.token_modifiers_bitset];
        let told: Vec<_> = legend.tokens(ours).into_iter().map(numbers).collect();
        assert_eq!(told, [[1, 5, 1, 1], [2, 15, 1, 1], [1, 7, 0, 0]]);
        let names: Vec<_> = legend.told().token_types.iter().map(|it| it.as_str().to_owned()).collect();
        assert_eq!(names, ["keyword", "variable"]);
    }
}
