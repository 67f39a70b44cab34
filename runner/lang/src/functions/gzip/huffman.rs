//! Length-limited Huffman codes: package-merge over the sorted frequencies. Ties decide the bytes, so they are told.

/// The codes of an alphabet: for each symbol its code, with its first bit lowest, and its length; 0 for none.
pub(super) struct Codes(Vec<(u16, u32)>);

impl Codes {
    /// The shortest codes for symbols of these frequencies with at most `limit` bits.
    pub(super) fn new(frequencies: &[u32], limit: usize) -> Codes {
        let mut codes = vec![(0, 0); frequencies.len()];
        let mut used: Vec<(u32, usize)> = Vec::new();
        used.extend(frequencies.iter().enumerate().filter(|(_, f)| **f > 0).map(|(symbol, f)| (*f, symbol)));
        if used.len() <= 2 {
            // One or two symbols take a bit each, in their own order.
            for (code, (_, symbol)) in used.iter().enumerate() {
                codes[*symbol] = (code as u16, 1);
            }
            return Codes(codes);
        }
        used.sort_unstable();
        let lengths = lengths(&used.iter().map(|(frequency, _)| *frequency).collect::<Vec<_>>(), limit);
        let mut all = vec![0; frequencies.len()];
        for (length, (_, symbol)) in lengths.iter().zip(&used) {
            all[*symbol] = *length;
        }
        Codes::of_lengths(&all)
    }

    /// The codes of these lengths: shorter ones first, and within a length in the order of the symbols.
    pub(super) fn of_lengths(lengths: &[u32]) -> Codes {
        let mut order: Vec<(u32, usize)> =
            lengths.iter().enumerate().map(|(symbol, length)| (*length, symbol)).collect();
        order.retain(|(length, _)| *length > 0);
        order.sort_unstable();
        let mut codes = vec![(0, 0); lengths.len()];
        let (mut code, mut before) = (0_u32, 0);
        for (length, symbol) in order {
            code <<= length - before;
            before = length;
            codes[symbol] = ((code as u16).reverse_bits() >> (16 - length), length);
            code += 1;
        }
        Codes(codes)
    }

    pub(super) fn code(&self, symbol: usize) -> (u32, u32) {
        self.0.get(symbol).map_or((0, 0), |(code, length)| (u32::from(*code), *length))
    }

    pub(super) fn length(&self, symbol: usize) -> u32 {
        self.code(symbol).1
    }

    /// The bits that all symbols of these frequencies take.
    pub(super) fn cost(&self, frequencies: &[u32]) -> u64 {
        let cost =
            |(symbol, frequency): (usize, &u32)| u64::from(*frequency) * u64::from(self.length(symbol));
        frequencies.iter().enumerate().map(cost).sum()
    }
}

/// The length of each symbol's code, for frequencies in ascending order.
fn lengths(frequencies: &[u32], limit: usize) -> Vec<u32> {
    let limit = limit.min(frequencies.len() - 1);
    // Each level has all symbols and, between them, the pairs of the level below. Of a symbol and a pair that weigh the
    // same, the pair comes first.
    let mut levels: Vec<Vec<(u64, bool)>> = Vec::with_capacity(limit);
    for _ in 0..limit {
        let below = levels.last().map(Vec::as_slice).unwrap_or_default();
        let pairs = below.chunks_exact(2).map(|pair| (pair[0].0 + pair[1].0, false));
        let symbols = frequencies.iter().map(|frequency| (u64::from(*frequency), true));
        let mut level: Vec<(u64, bool)> = pairs.chain(symbols).collect();
        level.sort_by_key(|(weight, _)| *weight);
        levels.push(level);
    }
    // A symbol's code is as long as the number of levels in which it is taken.
    let mut lengths = vec![0; frequencies.len()];
    let mut wanted = 2 * frequencies.len() - 2;
    for level in levels.iter().rev() {
        let symbols = level.iter().take(wanted).filter(|(_, is_symbol)| *is_symbol).count();
        lengths.iter_mut().take(symbols).for_each(|length| *length += 1);
        wanted = 2 * (wanted - symbols);
    }
    lengths
}
