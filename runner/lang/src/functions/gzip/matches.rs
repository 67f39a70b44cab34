//! The search for repetitions, as Go's default level makes it: hash chains and lazy matching over a sliding window.

/// A byte as it is, or a repetition of what stood `distance` bytes before.
#[derive(Clone, Copy)]
pub(super) enum Token {
    Literal(u8),
    /// Length 4 to 258, distance 1 to 32768.
    Match {
        length: u16,
        distance: u16,
    },
}

/// How far back a match can lie.
const WINDOW: usize = 1 << 15;
const MIN_MATCH: usize = 4;
const MAX_MATCH: usize = 258;
const HASH_BITS: u32 = 17;
/// Tokens of a block.
const MOST_TOKENS: usize = 1 << 14;

// Go's default level, 6.
/// A match as long as this is not compared with the one that begins at the next byte.
const LAZY: usize = 16;
/// A match as long as this is taken without looking further.
const NICE: usize = 128;
/// How many places with the same hash are looked at.
const CHAIN: usize = 128;

/// Cuts `data` into blocks and gives each to `write`, with the bytes that it stands for where they are still in the
/// window, so that they could be stored as they are.
pub(super) fn blocks(data: &[u8], mut write: impl FnMut(&[Token], Option<&[u8]>)) {
    let mut search = Search::new(data);
    let mut end = 0;
    // The window is twice as long as a match can reach back. It is filled, searched up to where a longest match
    // could run past its end, and moved on by half.
    while end < data.len() {
        search.run(end, false, &mut write);
        if search.index - search.base >= 2 * WINDOW - (MIN_MATCH + MAX_MATCH) {
            search.base += WINDOW;
            search.block_start = search.block_start.filter(|start| *start >= search.base);
        }
        end = data.len().min(search.base + 2 * WINDOW);
    }
    search.run(end, true, &mut write);
}

struct Search<'d> {
    data: &'d [u8],
    /// Where the window begins; what lies before is forgotten.
    base: usize,
    index: usize,
    /// Where the bytes of the current block begin; `None` when they are no longer all in the window.
    block_start: Option<usize>,
    tokens: Vec<Token>,
    /// For each hash the last place with it, plus one; 0 for none.
    heads: Vec<u32>,
    /// For each place (modulo the window) the place before with the same hash, plus one.
    previous: Vec<u32>,
    /// The head of the chain at `index`. It stays what it was where too little is left for a hash.
    chain: u32,
    length: usize,
    distance: usize,
    /// The byte before `index` has no token yet: a match may begin with it.
    pending: bool,
}

impl<'d> Search<'d> {
    fn new(data: &'d [u8]) -> Search<'d> {
        Search {
            data,
            base: 0,
            index: 0,
            block_start: Some(0),
            tokens: Vec::with_capacity(MOST_TOKENS),
            heads: vec![0; 1 << HASH_BITS],
            previous: vec![0; WINDOW],
            chain: 0,
            length: MIN_MATCH - 1,
            distance: 0,
            pending: false,
        }
    }

    /// Goes on to `end`, or, when more is to come, to where a longest match could run past it.
    fn run(&mut self, end: usize, last: bool, write: &mut impl FnMut(&[Token], Option<&[u8]>)) {
        let insert_before = end.saturating_sub(MIN_MATCH - 1);
        loop {
            let left = end - self.index;
            if left < MIN_MATCH + MAX_MATCH && !last {
                return;
            }
            if left == 0 {
                if self.pending {
                    self.pending = false;
                    self.tokens.push(Token::Literal(self.data[self.index - 1]));
                }
                if !self.tokens.is_empty() {
                    self.end_block(self.index, write);
                }
                return;
            }
            if self.index < insert_before {
                self.chain = self.insert(self.index);
            }
            let (before, distance_before) = (self.length, self.distance);
            (self.length, self.distance) = (MIN_MATCH - 1, 0);
            let oldest = self.index.saturating_sub(WINDOW).max(self.base);
            if self.chain as usize > oldest && left > before && before < LAZY {
                self.find(left);
            }
            if before >= MIN_MATCH && self.length <= before {
                // The match that began at the byte before is not beaten by the one that begins here.
                self.tokens.push(Token::Match { length: before as u16, distance: distance_before as u16 });
                let behind = self.index + before - 1;
                for index in self.index + 1..behind {
                    if index < insert_before {
                        self.insert(index);
                    }
                }
                self.index = behind;
                self.pending = false;
                self.length = MIN_MATCH - 1;
                if self.tokens.len() == MOST_TOKENS {
                    self.end_block(self.index, write);
                }
            } else {
                if self.pending {
                    self.tokens.push(Token::Literal(self.data[self.index - 1]));
                    if self.tokens.len() == MOST_TOKENS {
                        self.end_block(self.index, write);
                    }
                }
                self.index += 1;
                self.pending = true;
            }
        }
    }

    fn end_block(&mut self, index: usize, write: &mut impl FnMut(&[Token], Option<&[u8]>)) {
        write(&self.tokens, self.block_start.map(|start| &self.data[start..index]));
        self.block_start = Some(index);
        self.tokens.clear();
    }

    /// Puts a place at the head of its chain and returns the head before.
    fn insert(&mut self, index: usize) -> u32 {
        let Some(&[a, b, c, d]) = self.data.get(index..).and_then(<[u8]>::first_chunk) else { return 0 };
        let hash = u32::from_be_bytes([a, b, c, d]).wrapping_mul(0x1e35_a7bd) >> (32 - HASH_BITS);
        let head = std::mem::replace(&mut self.heads[hash as usize], index as u32 + 1);
        self.previous[index % WINDOW] = head;
        head
    }

    /// Walks the chain for the longest match at `index`, where `left` bytes are left.
    fn find(&mut self, left: usize) {
        let most = left.min(MAX_MATCH);
        let here = &self.data[self.index..self.index + most];
        let nice = most.min(NICE);
        let oldest = self.index as i64 - WINDOW as i64;
        let mut length = MIN_MATCH - 1;
        let mut candidate = i64::from(self.chain) - 1;
        for _ in 0..CHAIN {
            let there = &self.data[candidate as usize..];
            if there[length] == here[length] {
                let same = here.iter().zip(there).take_while(|(a, b)| a == b).count();
                let distance = self.index - candidate as usize;
                // A shortest match from far away costs more than its bytes.
                if same > length && (same > MIN_MATCH || distance <= 4096) {
                    (length, self.length, self.distance) = (same, same, distance);
                    if same >= nice {
                        return;
                    }
                }
            }
            if candidate == oldest {
                return;
            }
            candidate = i64::from(self.previous[candidate as usize % WINDOW]) - 1;
            if candidate < oldest || candidate < self.base as i64 {
                return;
            }
        }
    }
}
