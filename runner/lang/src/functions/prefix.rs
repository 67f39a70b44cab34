//! CIDR prefixes as the `cidr…` functions see them: Go's parsing (leading zeros accepted), Go's address text, and the
//! arithmetic of subnets. Knows nothing about values.

use std::fmt;

use num_bigint::{BigInt, Sign};
use num_traits::{One, Signed, ToPrimitive, Zero};

/// An address family with one address of it, in the low `width` bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Address {
    pub(super) bits: u128,
    /// 32 for IPv4, 128 for IPv6.
    pub(super) width: u32,
}

/// A network: an address whose host bits are zero, and how many leading bits name the network.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Prefix {
    pub(super) address: Address,
    pub(super) length: u32,
}

impl Prefix {
    /// Reads `address/length`; host bits of the address are dropped. The error is Go's.
    pub(super) fn parse(text: &str) -> Result<Prefix, String> {
        let parsed = || {
            let (address, length) = text.split_once('/')?;
            let address = Address::parse(address)?;
            let length = decimal(length).filter(|(_, rest)| rest.is_empty())?.0;
            (length <= address.width).then(|| Prefix { address, length }.masked())
        };
        parsed().ok_or_else(|| format!("invalid CIDR expression: invalid CIDR address: {text}"))
    }

    fn masked(self) -> Prefix {
        Prefix { address: Address { bits: self.address.bits & self.mask(), ..self.address }, ..self }
    }

    fn mask(&self) -> u128 {
        !self.host_mask() & self.address.all_ones()
    }

    fn host_mask(&self) -> u128 {
        ones(self.address.width - self.length)
    }

    /// The mask as an address: `255.255.0.0`.
    pub(super) fn netmask(&self) -> Address {
        Address { bits: self.mask(), ..self.address }
    }

    pub(super) fn contains(&self, address: Address) -> bool {
        self.address.width == address.width && address.bits & self.mask() == self.address.bits
    }

    pub(super) fn last(&self) -> Address {
        Address { bits: self.address.bits | self.host_mask(), ..self.address }
    }

    /// The address of host `number`, counted from the end when negative.
    ///
    /// As in the Go library, only the low 64 bits of a number are checked against the size of the network, so a
    /// larger one can reach beyond it.
    pub(super) fn host(&self, number: &BigInt) -> Result<Address, String> {
        let largest = BigInt::from(self.host_mask());
        let (number, checked) = if number.is_negative() {
            let distance: BigInt = -number - 1;
            (&largest - &distance, distance)
        } else {
            (number.clone(), BigInt::from(low_bits(number) as i64))
        };
        let too_large = || format!("prefix of {} does not accommodate a host numbered {number}", self.length);
        if checked > largest {
            return Err(too_large());
        }
        let end = if self.address.is_ipv4() { 32 } else { 128 };
        self.address.with_number(&number, end).ok_or_else(too_large)
    }

    /// The subnet `number` of those that are `new_bits` longer than this network.
    pub(super) fn subnet(&self, new_bits: i64, number: &BigInt) -> Result<Prefix, String> {
        let length = i64::from(self.length).saturating_add(new_bits);
        let Some(length) = u32::try_from(length).ok().filter(|&length| length <= self.address.width) else {
            return Err(format!(
                "insufficient address space to extend prefix of {} by {new_bits}",
                self.length
            ));
        };
        let too_large =
            || format!("prefix extension of {new_bits} does not accommodate a subnet numbered {number}");
        let largest = if (0..64).contains(&new_bits) { (1_u64 << new_bits) - 1 } else { u64::MAX };
        if low_bits(&number.abs()) > largest {
            return Err(too_large());
        }
        let address = self.address.with_number(number, length).ok_or_else(too_large)?;
        Ok(Prefix { address, length })
    }

    /// Consecutive subnets, each as many bits longer than this network as `extensions` says.
    /// The error carries the index of the extension that is at fault.
    pub(super) fn subnets(&self, extensions: &[i64]) -> Result<Vec<Prefix>, (usize, String)> {
        let mut subnets = Vec::with_capacity(extensions.len());
        let mut last: Option<Prefix> = None;
        for (index, &extension) in extensions.iter().enumerate() {
            let fail = |message: String| Err((index, message));
            if extension < 1 {
                return fail("must extend prefix by at least one bit".to_owned());
            }
            if extension > 32 {
                return fail("may not extend prefix by more than 32 bits".to_owned());
            }
            let length = self.length + u32::try_from(extension).unwrap_or(32);
            let width = self.address.width;
            if length > width {
                let family = if width == 32 { "IPv4" } else { "IPv6" };
                return fail(format!(
                    "would extend prefix to {length} bits, which is too long for an {family} address"
                ));
            }
            let size_mask = ones(width - length);
            let start = match last {
                // The Go library steps to here from the subnet before, and takes the wrap to zero for an overflow.
                None => Some(self.address.bits).filter(|&bits| bits != 0),
                Some(last) => (last.last().bits | size_mask)
                    .checked_add(1)
                    .filter(|&bits| bits <= self.address.all_ones()),
            };
            let next = start
                .map(|bits| Prefix { address: Address { bits, width }, length })
                .filter(|next| self.contains(next.address));
            let Some(next) = next else {
                let wrapped = Prefix { address: Address { bits: u128::MAX, width }, length };
                let after = last.unwrap_or_else(|| wrapped.masked());
                return fail(format!(
                    "not enough remaining address space for a subnet with a prefix of {length} bits after {after}"
                ));
            };
            subnets.push(next);
            last = Some(next);
        }
        Ok(subnets)
    }
}

impl Address {
    pub(super) fn parse(text: &str) -> Option<Address> {
        parse_v4(text)
            .map(|bits| Address { bits: bits.into(), width: 32 })
            .or_else(|| parse_v6(text).map(|bits| Address { bits, width: 128 }))
    }

    fn all_ones(&self) -> u128 {
        ones(self.width)
    }

    /// Also true of an IPv4 address written as IPv6 (`::ffff:10.0.0.1`).
    pub(super) fn is_ipv4(&self) -> bool {
        self.width == 32 || self.bits >> 32 == 0xffff
    }

    /// Sets the bits of `number` so that its last one is bit `end` counted from the front.
    fn with_number(&self, number: &BigInt, end: u32) -> Option<Address> {
        let shifted = number << self.width.saturating_sub(end);
        let bits = (BigInt::from(self.bits) | shifted).abs().to_u128()?;
        (bits <= self.all_ones()).then_some(Address { bits, ..*self })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_ipv4() {
            let [a, b, c, d] = (self.bits as u32).to_be_bytes();
            return write!(f, "{a}.{b}.{c}.{d}");
        }
        let groups: Vec<u16> = (0..8).rev().map(|index| (self.bits >> (index * 16)) as u16).collect();
        // The first longest run of at least two zero groups is written as `::`.
        let mut gap = (0, 0);
        let mut start = 0;
        while start < groups.len() {
            let length = groups.iter().skip(start).take_while(|&&group| group == 0).count();
            if length > gap.1 {
                gap = (start, length);
            }
            start += length.max(1);
        }
        let write_groups = |f: &mut fmt::Formatter<'_>, groups: &mut dyn Iterator<Item = &u16>| {
            for (index, group) in groups.enumerate() {
                let separator = if index > 0 { ":" } else { "" };
                write!(f, "{separator}{group:x}")?;
            }
            Ok(())
        };
        if gap.1 < 2 {
            return write_groups(f, &mut groups.iter());
        }
        write_groups(f, &mut groups.iter().take(gap.0))?;
        f.write_str("::")?;
        write_groups(f, &mut groups.iter().skip(gap.0 + gap.1))
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An IPv4 network written as IPv6 is shown as what it is.
        let hidden = if self.address.width == 128 && self.address.is_ipv4() { 96 } else { 0 };
        write!(f, "{}/{}", self.address, self.length.saturating_sub(hidden))
    }
}

fn ones(count: u32) -> u128 {
    if count >= 128 { u128::MAX } else { (1 << count) - 1 }
}

/// The low 64 bits of the magnitude.
fn low_bits(number: &BigInt) -> u64 {
    let modulus = BigInt::one() << 64;
    let low: BigInt = number.abs() % modulus;
    debug_assert!(low.is_zero() || low.sign() == Sign::Plus);
    low.to_u64().unwrap_or(u64::MAX)
}

/// A run of decimal digits below 2^24 and what follows it.
fn decimal(text: &str) -> Option<(u32, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(length);
    let value = digits.trim_start_matches('0');
    let value = if value.is_empty() && !digits.is_empty() { 0 } else { value.parse().ok()? };
    (value < 0xff_ffff).then_some((value, rest))
}

fn parse_v4(text: &str) -> Option<u32> {
    let mut bits = 0;
    let mut rest = text;
    for index in 0..4 {
        if index > 0 {
            rest = rest.strip_prefix('.')?;
        }
        let (byte, after) = decimal(rest)?;
        bits = bits << 8 | u32::from(u8::try_from(byte).ok()?);
        rest = after;
    }
    rest.is_empty().then_some(bits)
}

fn parse_v6(text: &str) -> Option<u128> {
    let mut groups: Vec<u16> = Vec::with_capacity(8);
    let mut gap = None;
    let mut rest = text;
    if let Some(after) = rest.strip_prefix("::") {
        gap = Some(0);
        rest = after;
    }
    while !rest.is_empty() && groups.len() < 8 {
        let length = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        let (digits, after) = rest.split_at(length);
        if after.starts_with('.') {
            let at_the_end = groups.len() == 6 || (gap.is_some() && groups.len() < 6);
            let tail = parse_v4(rest).filter(|_| at_the_end)?;
            groups.extend([(tail >> 16) as u16, tail as u16]);
            rest = "";
            break;
        }
        let trimmed = digits.trim_start_matches('0');
        let group = if trimmed.is_empty() && !digits.is_empty() {
            0
        } else {
            u16::from_str_radix(trimmed, 16).ok()?
        };
        groups.push(group);
        rest = after;
        if rest.is_empty() {
            break;
        }
        rest = rest.strip_prefix(':').filter(|rest| !rest.is_empty())?;
        if let Some(after) = rest.strip_prefix(':') {
            if gap.replace(groups.len()).is_some() {
                return None;
            }
            rest = after;
        }
    }
    if !rest.is_empty() {
        return None;
    }
    match gap {
        None if groups.len() == 8 => {}
        Some(at) if groups.len() < 8 => {
            let missing = 8 - groups.len();
            groups.splice(at..at, std::iter::repeat_n(0, missing));
        }
        _ => return None,
    }
    Some(groups.iter().fold(0, |bits, &group| bits << 16 | u128::from(group)))
}
