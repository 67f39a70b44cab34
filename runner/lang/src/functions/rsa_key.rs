//! Private RSA keys in PEM: PKCS #1, PKCS #8 and OpenSSH, with Go's words for what is wrong with them.

use num_bigint::BigUint;

use super::encoding::decode;
use crate::quote;

/// What decryption needs of a key.
pub(super) struct PrivateKey {
    pub(super) modulus: BigUint,
    pub(super) exponent: BigUint,
}

/// A modulus of more bits takes seconds; keys that are in use have 2048 to 4096.
const MOST_BITS: u64 = 8192;
/// rsaEncryption, 1.2.840.113549.1.1.1.
const RSA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];

const NO_KEY: &str = "invalid private key: ssh: no key found";
const PROTECTED: &str = "invalid private key: ssh: this private key is passphrase protected";
const TRUNCATED: &str = "invalid ASN1 data in the given private key: data truncated";
/// Terraform shows the key itself behind these words, which helps nobody.
const NOT_RSA: &str = "invalid private key type";

impl PrivateKey {
    pub(super) fn parse(text: &str) -> Result<PrivateKey, String> {
        let pem = Pem::find(text).ok_or(NO_KEY)?;
        if pem.encrypted {
            return Err(PROTECTED.to_owned());
        }
        let key = match pem.kind {
            "RSA PRIVATE KEY" => pkcs1(&pem.body),
            "PRIVATE KEY" => pkcs8(&pem.body),
            "OPENSSH PRIVATE KEY" => openssh(&pem.body),
            "EC PRIVATE KEY" | "DSA PRIVATE KEY" => Err(NOT_RSA),
            other => {
                return Err(format!("invalid private key: ssh: unsupported key type {}", quote(other)));
            }
        }?;
        let bits = key.modulus.bits().max(key.exponent.bits());
        if bits > MOST_BITS {
            return Err(format!("the key has {bits} bits, which is more than the limit of {MOST_BITS} bits"));
        }
        if !key.modulus.bit(0) {
            return Err("invalid private key: crypto/rsa: invalid modulus".to_owned());
        }
        Ok(key)
    }
}

/// The first block between `-----BEGIN x-----` and `-----END x-----`.
struct Pem<'t> {
    kind: &'t str,
    body: Vec<u8>,
    /// A header says that the body is encrypted.
    encrypted: bool,
}

impl<'t> Pem<'t> {
    fn find(text: &'t str) -> Option<Pem<'t>> {
        let start = match text.strip_prefix("-----BEGIN ") {
            Some(rest) => rest,
            None => text.split_once("\n-----BEGIN ")?.1,
        };
        let (kind, rest) = start.split_once('\n')?;
        let kind = kind.trim_end().strip_suffix("-----")?;
        let (body, _) = rest.split_once(&format!("-----END {kind}-----"))?;
        let (headers, body) = match body.split_once("\n\n").or_else(|| body.split_once("\n\r\n")) {
            Some((headers, body)) if headers.contains(':') => (headers, body),
            _ => ("", body),
        };
        let body = decode(&body.replace([' ', '\t'], "")).ok()?;
        Some(Pem { kind, body, encrypted: headers.contains("ENCRYPTED") })
    }
}

/// `SEQUENCE { version, modulus, publicExponent, privateExponent, … }`
fn pkcs1(bytes: &[u8]) -> Result<PrivateKey, &'static str> {
    let (mut fields, _) = element(bytes, 0x30)?;
    let mut integer = || {
        let (value, rest) = element(fields, 0x02)?;
        fields = rest;
        Ok::<_, &'static str>(BigUint::from_bytes_be(value))
    };
    let (_version, modulus, _public, exponent) = (integer()?, integer()?, integer()?, integer()?);
    Ok(PrivateKey { modulus, exponent })
}

/// `SEQUENCE { version, SEQUENCE { algorithm, … }, OCTET STRING { key } }`
fn pkcs8(bytes: &[u8]) -> Result<PrivateKey, &'static str> {
    let (fields, _) = element(bytes, 0x30)?;
    let (_version, fields) = element(fields, 0x02)?;
    let (algorithm, fields) = element(fields, 0x30)?;
    let (algorithm, _) = element(algorithm, 0x06)?;
    if algorithm != RSA {
        return Err(NOT_RSA);
    }
    let (key, _) = element(fields, 0x04)?;
    pkcs1(key)
}

/// The content of the DER element that `bytes` begin with, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Result<(&[u8], &[u8]), &'static str> {
    let (&found, rest) = bytes.split_first().ok_or(TRUNCATED)?;
    if found != tag {
        return Err("invalid private key: asn1: structure error: tags don't match");
    }
    let (&first, rest) = rest.split_first().ok_or(TRUNCATED)?;
    let (length, rest) = match first {
        0..0x80 => (usize::from(first), rest),
        _ => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f)).ok_or(TRUNCATED)?;
            if digits.is_empty() || digits.len() > 4 {
                return Err(TRUNCATED);
            }
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
    };
    rest.split_at_checked(length).ok_or(TRUNCATED)
}

/// OpenSSH's own format (PROTOCOL.key in its sources), with one key in it.
fn openssh(bytes: &[u8]) -> Result<PrivateKey, &'static str> {
    const BROKEN: &str = "invalid private key: ssh: invalid openssh private key format";
    let field = |bytes: &mut &[u8]| -> Result<Vec<u8>, &'static str> {
        let (length, rest) = bytes.split_first_chunk::<4>().ok_or(BROKEN)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| BROKEN)?;
        let (field, rest) = rest.split_at_checked(length).ok_or(BROKEN)?;
        *bytes = rest;
        Ok(field.to_vec())
    };
    let mut rest = bytes.strip_prefix(b"openssh-key-v1\0").ok_or(BROKEN)?;
    let cipher = field(&mut rest)?;
    let (_derivation, _options) = (field(&mut rest)?, field(&mut rest)?);
    if cipher != b"none" {
        return Err(PROTECTED);
    }
    let (_count, mut rest) = rest.split_first_chunk::<4>().ok_or(BROKEN)?;
    let _public = field(&mut rest)?;
    let private = field(&mut rest)?;
    let (_check, mut rest) = private.split_first_chunk::<8>().ok_or(BROKEN)?;
    if field(&mut rest)? != b"ssh-rsa" {
        return Err(NOT_RSA);
    }
    let modulus = BigUint::from_bytes_be(&field(&mut rest)?);
    let _public = field(&mut rest)?;
    Ok(PrivateKey { modulus, exponent: BigUint::from_bytes_be(&field(&mut rest)?) })
}
