//! One block: stored, with fixed codes or with its own, whichever is shortest (RFC 1951, section 3.2).

use super::bits::Bits;
use super::huffman::Codes;
use super::matches::Token;

const LITERALS: usize = 286;
const DISTANCES: usize = 30;
const END_OF_BLOCK: usize = 256;
/// The most bytes of a stored block.
const MOST_STORED: usize = 65_535;
/// The order in which the lengths of the codes for code lengths are written.
const LENGTH_ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Writes a block of `tokens`; `stored` are the bytes that they stand for, if those can be had.
pub(super) fn write(bits: &mut Bits, tokens: &[Token], stored: Option<&[u8]>) {
    let mut literals = [0_u32; LITERALS];
    let mut distances = [0_u32; DISTANCES];
    literals[END_OF_BLOCK] = 1;
    let mut extra = 0;
    for token in tokens {
        match token {
            Token::Literal(byte) => literals[usize::from(*byte)] += 1,
            Token::Match { length, distance } => {
                let (length, distance) = (length_symbol(*length), distance_symbol(*distance));
                literals[length.symbol] += 1;
                distances[distance.symbol] += 1;
                extra += u64::from(length.extra_bits + distance.extra_bits);
            }
        }
    }
    let used = |frequencies: &[u32]| frequencies.iter().rposition(|f| *f > 0).map_or(0, |last| last + 1);
    let literal_count = used(&literals);
    let mut distance_count = used(&distances);
    if distance_count == 0 {
        // There must be a code for distances, even for none.
        distances[0] = 1;
        distance_count = 1;
    }
    let own = (Codes::new(&literals, 15), Codes::new(&distances, 15));
    let header = Header::new(&own.0, literal_count, &own.1, distance_count);
    let cost = |codes: &(Codes, Codes)| codes.0.cost(&literals) + codes.1.cost(&distances) + extra;
    let fixed = fixed();
    let (own_cost, fixed_cost) = (header.cost + cost(&own), 3 + cost(&fixed));
    let shortest = own_cost.min(fixed_cost);
    let storable = stored.filter(|bytes| bytes.len() <= MOST_STORED);
    if let Some(bytes) = storable.filter(|bytes| ((bytes.len() as u64) + 5) * 8 < shortest) {
        write_stored_header(bits, bytes.len() as u16, false);
        bits.bytes(bytes);
        return;
    }
    if own_cost < fixed_cost {
        header.write(bits, literal_count, distance_count);
        write_tokens(bits, tokens, &own);
    } else {
        bits.push(0b010, 3);
        write_tokens(bits, tokens, &fixed);
    }
}

/// The beginning of a stored block of `length` bytes.
pub(super) fn write_stored_header(bits: &mut Bits, length: u16, last: bool) {
    bits.push(u32::from(last), 3);
    bits.align();
    bits.push(u32::from(length), 16);
    bits.push(u32::from(!length), 16);
}

fn write_tokens(bits: &mut Bits, tokens: &[Token], (literals, distances): &(Codes, Codes)) {
    let mut push = |codes: &Codes, symbol: Symbol| {
        let (code, length) = codes.code(symbol.symbol);
        bits.push(code, length);
        bits.push(symbol.extra, symbol.extra_bits);
    };
    for token in tokens {
        match token {
            Token::Literal(byte) => push(literals, Symbol::plain(usize::from(*byte))),
            Token::Match { length, distance } => {
                push(literals, length_symbol(*length));
                push(distances, distance_symbol(*distance));
            }
        }
    }
    push(literals, Symbol::plain(END_OF_BLOCK));
}

/// The codes that need not be written.
fn fixed() -> (Codes, Codes) {
    // Two symbols more than can be used, because they take part in the numbering.
    let length = |symbol| match symbol {
        0..144 => 8,
        144..256 => 9,
        256..280 => 7,
        _ => 8,
    };
    (Codes::of_lengths(&(0..288).map(length).collect::<Vec<_>>()), Codes::of_lengths(&[5; DISTANCES]))
}

/// The code lengths of a block with codes of its own, themselves coded.
struct Header {
    /// Symbols of the code for lengths, each with a repetition count and its bits.
    items: Vec<(usize, u32, u32)>,
    codes: Codes,
    /// How many of [`LENGTH_ORDER`] are written.
    written: usize,
    /// In bits, with the three that tell the kind of the block.
    cost: u64,
}

impl Header {
    fn new(literals: &Codes, literal_count: usize, distances: &Codes, distance_count: usize) -> Header {
        let lengths = (0..literal_count).map(|symbol| literals.length(symbol));
        let lengths: Vec<u32> =
            lengths.chain((0..distance_count).map(|symbol| distances.length(symbol))).collect();
        let mut items = Vec::new();
        for run in lengths.chunk_by(|a, b| a == b) {
            runs(run[0], run.len(), &mut items);
        }
        let mut frequencies = [0_u32; 19];
        items.iter().for_each(|(symbol, ..)| frequencies[*symbol] += 1);
        let codes = Codes::new(&frequencies, 7);
        let last = LENGTH_ORDER.iter().rposition(|symbol| frequencies[*symbol] > 0);
        let written = last.map_or(4, |last| (last + 1).max(4));
        let repetitions: u64 = items.iter().map(|(_, _, bits)| u64::from(*bits)).sum();
        let cost = 3 + 5 + 5 + 4 + 3 * written as u64 + codes.cost(&frequencies) + repetitions;
        Header { items, codes, written, cost }
    }

    fn write(&self, bits: &mut Bits, literal_count: usize, distance_count: usize) {
        bits.push(0b100, 3);
        bits.push(literal_count as u32 - 257, 5);
        bits.push(distance_count as u32 - 1, 5);
        bits.push(self.written as u32 - 4, 4);
        for symbol in LENGTH_ORDER.iter().take(self.written) {
            bits.push(self.codes.length(*symbol), 3);
        }
        for (symbol, count, count_bits) in &self.items {
            let (code, length) = self.codes.code(*symbol);
            bits.push(code, length);
            bits.push(*count, *count_bits);
        }
    }
}

/// A run of one code length: 16 repeats the length before, 17 and 18 are runs of zeros.
fn runs(length: u32, mut count: usize, items: &mut Vec<(usize, u32, u32)>) {
    if length == 0 {
        while count >= 11 {
            let part = count.min(138);
            items.push((18, part as u32 - 11, 7));
            count -= part;
        }
        if count >= 3 {
            items.push((17, count as u32 - 3, 3));
            count = 0;
        }
    } else {
        items.push((length as usize, 0, 0));
        count -= 1;
        while count >= 3 {
            let part = count.min(6);
            items.push((16, part as u32 - 3, 2));
            count -= part;
        }
    }
    items.extend(std::iter::repeat_n((length as usize, 0, 0), count));
}

/// A symbol and the bits behind it.
#[derive(Clone, Copy)]
struct Symbol {
    symbol: usize,
    extra: u32,
    extra_bits: u32,
}

impl Symbol {
    fn plain(symbol: usize) -> Symbol {
        Symbol { symbol, extra: 0, extra_bits: 0 }
    }
}

/// The symbol of a length from 3 to 258.
fn length_symbol(length: u16) -> Symbol {
    let value = u32::from(length) - 3;
    match value {
        0..8 => Symbol::plain(257 + value as usize),
        // The longest has a symbol of its own.
        255 => Symbol::plain(285),
        _ => {
            let extra_bits = value.ilog2() - 2;
            let symbol = 257 + 4 * extra_bits as usize + (value >> extra_bits) as usize;
            Symbol { symbol, extra: value & ((1 << extra_bits) - 1), extra_bits }
        }
    }
}

/// The symbol of a distance from 1 to 32768.
fn distance_symbol(distance: u16) -> Symbol {
    let value = u32::from(distance.wrapping_sub(1));
    if value < 4 {
        return Symbol::plain(value as usize);
    }
    let extra_bits = value.ilog2() - 1;
    let symbol = 2 * extra_bits as usize + (value >> extra_bits) as usize;
    Symbol { symbol, extra: value & ((1 << extra_bits) - 1), extra_bits }
}
