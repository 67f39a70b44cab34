//! Gzip as Go's standard library writes it, byte for byte, so that `base64gzip` gives what Terraform gives.
//!
//! Compressed text is compared: it goes into user data and hashes of it, so another encoder's output, equally valid,
//! would be a difference in every plan. What decides the bytes is Go's default level: how matches are searched
//! ([`matches`]), where blocks end and how each is written ([`block`]), and how codes are made ([`huffman`]). The
//! format itself is RFC 1951 and 1952. Knows nothing of values.

mod bits;
mod block;
mod huffman;
mod matches;

use std::io::Read as _;

use bits::Bits;

/// Name (8: deflate), no flags, no time, no extra flags, and 255 for an unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// Compresses as `gzip.Writer` does with one write, a flush and a close.
pub(super) fn compress(data: &[u8]) -> Vec<u8> {
    let mut bits = Bits::new(HEADER.to_vec());
    matches::blocks(data, |tokens, stored| block::write(&mut bits, tokens, stored));
    // The flush and the close each leave an empty stored block.
    block::write_stored_header(&mut bits, 0, false);
    block::write_stored_header(&mut bits, 0, true);
    let mut out = bits.finish();
    let mut checksum = flate2::Crc::new();
    checksum.update(data);
    out.extend(checksum.sum().to_le_bytes());
    out.extend(checksum.amount().to_le_bytes());
    out
}

/// Why bytes cannot be decompressed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum DecompressError {
    /// They do not begin as gzip does.
    Header,
    /// They end too early.
    Truncated,
    /// They are not what gzip writes, or their checksum is another.
    Corrupt,
    /// They are more than the limit.
    TooLong,
}

/// Decompresses one or more gzip members to at most `limit` bytes.
pub(super) fn decompress(data: &[u8], limit: usize) -> Result<Vec<u8>, DecompressError> {
    if !data.starts_with(&HEADER[..3]) {
        return Err(DecompressError::Header);
    }
    let mut out = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let read = flate2::bufread::MultiGzDecoder::new(data).take(most).read_to_end(&mut out);
    match read {
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(DecompressError::Truncated),
        Err(_) => Err(DecompressError::Corrupt),
        Ok(_) if out.len() > limit => Err(DecompressError::TooLong),
        Ok(_) => Ok(out),
    }
}

#[cfg(test)]
mod tests;
