//! Logging in by NTLM, version 2: the user proves to know the password and does not tell it. The messages and how they
//! are made are those of MS-NLMP; they are neither signed nor sealed, since HTTP has no place for that.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use hyper::header::{HeaderMap, WWW_AUTHENTICATE};
use md4::{Digest as _, Md4};
use md5::Md5;

const SIGNATURE: &[u8; 8] = b"NTLMSSP\0";

/// Unicode, the target's name, NTLM, signing, extended security, what the target tells of itself, and long keys.
const FLAGS: u32 = 0x1 | 0x4 | 0x200 | 0x8000 | 0x8_0000 | 0x80_0000 | 0x2000_0000 | 0x8000_0000;

/// The fixed part of the last message, in bytes.
const HEAD: usize = 64;

/// What the machine says before it believes anybody.
pub(super) struct Challenge {
    nonce: [u8; 8],
    /// Pairs of a kind and a text, as the machine has put them together.
    target: Vec<u8>,
}

/// The scheme under which a machine that refuses a request wants to hear these messages.
pub(super) fn scheme(headers: &HeaderMap) -> Option<&'static str> {
    ["Negotiate", "NTLM"].into_iter().find(|scheme| offered(headers, scheme).next().is_some())
}

/// The first message.
pub(super) fn negotiate() -> Vec<u8> {
    let mut message = SIGNATURE.to_vec();
    message.extend(1u32.to_le_bytes());
    message.extend(FLAGS.to_le_bytes());
    // Neither a domain nor a workstation.
    message.extend([0; 16]);
    message
}

/// The machine's answer to the first message.
pub(super) fn challenge(headers: &HeaderMap, scheme: &str) -> Option<Challenge> {
    let message =
        offered(headers, scheme).find_map(|text| STANDARD.decode(text).ok().filter(|it| !it.is_empty()))?;
    let number = |at: usize| Some(u32::from_le_bytes(*message.get(at..)?.first_chunk()?));
    if !message.starts_with(SIGNATURE) || number(8)? != 2 {
        return None;
    }
    let nonce = *message.get(24..)?.first_chunk()?;
    let length = usize::try_from(number(40)? & 0xffff).ok()?;
    let start = usize::try_from(number(44)?).ok()?;
    let target = message.get(start..)?.get(..length)?.to_vec();
    Some(Challenge { nonce, target })
}

/// The last message, which proves the password. A user may be given as `DOMAIN\user`.
pub(super) fn authenticate(
    challenge: &Challenge,
    user: &str,
    password: &str,
    nonce: [u8; 8],
) -> Result<Vec<u8>, String> {
    let (domain, user) = user.split_once('\\').unwrap_or(("", user));
    let own = Own { nonce, time: challenge.time().unwrap_or_else(now) };
    let (long, proof) = challenge.proof(user, domain, password, &own);
    // The short answer says nothing new where the machine has told its time.
    let short = match challenge.time() {
        Some(_) => vec![0; 24],
        None => [keyed(&long, &[&challenge.nonce, &nonce]).as_slice(), &nonce].concat(),
    };
    let mut message = SIGNATURE.to_vec();
    message.extend(3u32.to_le_bytes());
    let mut rest = Vec::new();
    for part in [short, proof, wide(domain), wide(user), Vec::new(), Vec::new()] {
        let length = u16::try_from(part.len());
        let length = length.map_err(|_| "ntlm: the name or what the machine says is too long".to_owned())?;
        let start = u32::try_from(HEAD + rest.len()).unwrap_or(u32::MAX);
        message.extend([length.to_le_bytes(), length.to_le_bytes()].as_flattened());
        message.extend(start.to_le_bytes());
        rest.extend(part);
    }
    message.extend(FLAGS.to_le_bytes());
    message.extend(rest);
    Ok(message)
}

/// What this side brings to the proof.
struct Own {
    nonce: [u8; 8],
    time: [u8; 8],
}

impl Challenge {
    /// The time that the machine tells, which is what its answer is compared with.
    fn time(&self) -> Option<[u8; 8]> {
        let mut rest = self.target.as_slice();
        loop {
            let ([a, b, c, d], after) = rest.split_first_chunk()?;
            let (kind, length) = (u16::from_le_bytes([*a, *b]), u16::from_le_bytes([*c, *d]));
            let (value, after) = after.split_at_checked(length.into())?;
            match kind {
                0 => return None,
                7 => return value.first_chunk().copied(),
                _ => rest = after,
            }
        }
    }

    /// The key that the password makes, and the long answer.
    fn proof(&self, user: &str, domain: &str, password: &str, own: &Own) -> ([u8; 16], Vec<u8>) {
        let secret = Md4::digest(wide(password));
        let key = keyed(&secret, &[&wide(&user.to_uppercase()), &wide(domain)]);
        let said =
            [&[1, 1, 0, 0, 0, 0, 0, 0], own.time.as_slice(), &own.nonce, &[0; 4], &self.target, &[0; 4]]
                .concat();
        let proof = keyed(&key, &[&self.nonce, &said]);
        (key, [proof.as_slice(), &said].concat())
    }
}

fn offered<'h>(headers: &'h HeaderMap, scheme: &str) -> impl Iterator<Item = &'h str> {
    let all = headers.get_all(WWW_AUTHENTICATE).into_iter().filter_map(|value| value.to_str().ok());
    all.filter_map(move |value| {
        let (word, rest) = value.split_at_checked(scheme.len())?;
        let ends = rest.is_empty() || rest.starts_with(' ');
        (ends && word.eq_ignore_ascii_case(scheme)).then(|| rest.trim())
    })
}

fn keyed(key: &[u8], parts: &[&[u8]]) -> [u8; 16] {
    let mut mac = Hmac::<Md5>::new_from_slice(key).expect("keys may be of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Tenths of a microsecond since 1601.
fn now() -> [u8; 8] {
    const FROM_1601_TO_1970: Duration = Duration::from_secs(11_644_473_600);
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let ticks = since.saturating_add(FROM_1601_TO_1970).as_nanos() / 100;
    u64::try_from(ticks).unwrap_or_default().to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The example in section 4.2.4 of MS-NLMP.
    #[test]
    fn the_example_of_the_specification() {
        let pair = |kind: u8, text: &str| [&[kind, 0, 12, 0], wide(text).as_slice()].concat();
        let target = [pair(2, "Domain"), pair(1, "Server"), vec![0; 4]].concat();
        let challenge = Challenge { nonce: 0x0123_4567_89ab_cdef_u64.to_be_bytes(), target };
        let own = Own { nonce: [0xaa; 8], time: [0; 8] };
        let (key, proof) = challenge.proof("User", "Domain", "Password", &own);
        assert_eq!(hex(&key), "0c868a403bfd7a93a3001ef22ef02e3f");
        assert_eq!(hex(&proof[..16]), "68cd0ab851e51c96aabc927bebef6a1c");
        assert_eq!(hex(&keyed(&key, &[&challenge.nonce, &own.nonce])), "86c35097ac9cec102554764a57cccc19");
    }

    #[test]
    fn what_is_cut_off_is_no_challenge() {
        let mut message = [SIGNATURE.as_slice(), &2u32.to_le_bytes(), &[0; 28]].concat();
        message.extend([8, 0, 8, 0, 48, 0, 0, 0]);
        message.extend([7, 0, 8, 0]);
        for length in 0..=message.len() {
            let mut headers = HeaderMap::new();
            let value = format!("negotiate {}", STANDARD.encode(&message[..length]));
            headers.insert(WWW_AUTHENTICATE, value.parse().unwrap());
            assert!(challenge(&headers, "Negotiate").is_none());
        }
        let unclear = Challenge { nonce: [0; 8], target: vec![7, 0, 8, 0, 1] };
        assert_eq!(unclear.time(), None);
    }
}
