//! Bits packed into bytes, the lowest bit first.

/// A growing text of bits.
pub(super) struct Bits {
    bytes: Vec<u8>,
    pending: u64,
    count: u32,
}

impl Bits {
    /// Begins behind whole bytes.
    pub(super) fn new(bytes: Vec<u8>) -> Bits {
        Bits { bytes, pending: 0, count: 0 }
    }

    /// Appends the low `count` bits of `value`; `count` is at most 32.
    pub(super) fn push(&mut self, value: u32, count: u32) {
        self.pending |= u64::from(value) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.pending as u8);
            self.pending >>= 8;
            self.count -= 8;
        }
    }

    /// Fills the last byte with zeros.
    pub(super) fn align(&mut self) {
        if self.count > 0 {
            self.push(0, 8 - self.count);
        }
    }

    /// Appends whole bytes; the text must be aligned.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        debug_assert_eq!(self.count, 0, "whole bytes begin at a byte");
        self.bytes.extend(bytes);
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.align();
        self.bytes
    }
}
