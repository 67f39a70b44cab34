//! `bcrypt` and `rsadecrypt`.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;
use num_bigint::BigUint;

use super::args::{NUMBER, STRING, int, text};
use super::encoding::decode;
use super::rsa_key::PrivateKey;
use super::{Call, Function, FunctionError, Param, Returns};
use crate::quote;
use crate::{Type, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "bcrypt",
        "Hashes a string of at most 72 bytes with bcrypt and a new salt. Every call gives another hash; unknown while \
         planning.",
        r#"length(bcrypt("hello", 4)) # 60"#,
        &[Param::new("str", STRING, "The string to hash.")],
        Returns::Type(STRING),
        hash,
    )
    .variadic(Param::new("cost", NUMBER, "How costly the hash is, from 4 to 16; 10 if left out. One more takes twice as long."))
    .impure(),
    Function::new(
        "rsadecrypt",
        "Decrypts a text that was encrypted with RSA and PKCS #1 v1.5 padding.",
        r#"rsadecrypt(filebase64("secret.bin"), file("key.pem")) # "secret""#,
        &[
            Param::new("ciphertext", STRING, "The encrypted text, in Base64."),
            Param::new("privatekey", STRING, "The key, in PEM: PKCS #1, PKCS #8 or OpenSSH, without a passphrase."),
        ],
        Returns::Type(STRING),
        |args, _, _| rsa_decrypt(text(args, 0), text(args, 1)),
    ),
];

fn hash(args: &[Value], _: &Type, call: &mut Call<'_>) -> Result<Value, FunctionError> {
    const LEAST: i64 = 4;
    const USUAL: i64 = 10;
    if args.len() > 2 {
        return Err(FunctionError::call("bcrypt() takes no more than two arguments"));
    }
    let failed = |reason: String| FunctionError::Call(format!("error occured generating password {reason}"));
    let cost = if args.len() == 2 { int(args, 1)? } else { USUAL };
    let password = text(args, 0).as_bytes();
    if password.len() > 72 {
        return Err(failed("bcrypt: password length exceeds 72 bytes".to_owned()));
    }
    if cost > 31 {
        return Err(failed(format!("crypto/bcrypt: cost {cost} is outside allowed range ({LEAST},31)")));
    }
    // Go takes the usual cost where the given one is too low.
    let cost = u32::try_from(if cost < LEAST { USUAL } else { cost }).unwrap_or(u32::MAX);
    let most = call.limits.max_bcrypt_cost;
    if cost > most {
        return Err(FunctionError::argument(
            1,
            format!("a cost of {cost} would take too long; the limit of this program is {most}"),
        ));
    }
    let mut salt = [0; 16];
    match &mut call.effects {
        Some(effects) => effects.random(&mut salt),
        None => return Ok(Value::unknown(Type::String)),
    }
    Ok(bcrypt_text(password, cost, salt).into())
}

/// `$2a$<cost>$<salt><hash>`. `password` has at most 72 bytes.
pub(super) fn bcrypt_text(password: &[u8], cost: u32, salt: [u8; 16]) -> String {
    const ALPHABET: GeneralPurpose = GeneralPurpose::new(&alphabet::BCRYPT, NO_PAD);
    // The zero behind the password is part of the key as far as there is room for it.
    let key: Vec<u8> = password.iter().copied().chain([0]).take(72).collect();
    let hash = bcrypt::bcrypt(cost, salt, &key);
    // The last byte of the hash is not used.
    format!("$2a${cost:02}${}{}", ALPHABET.encode(salt), ALPHABET.encode(&hash[..23]))
}

/// Not in constant time: the key is at hand in the configuration, and nobody measures from outside.
fn rsa_decrypt(ciphertext: &str, key: &str) -> Result<Value, FunctionError> {
    let ciphertext = decode(ciphertext).map_err(|_| {
        let shown = quote(ciphertext);
        FunctionError::argument(
            0,
            format!("failed to decode input {shown}: cipher text must be base64-encoded"),
        )
    })?;
    let key = PrivateKey::parse(key).map_err(|message| FunctionError::argument(1, message))?;
    let plain = unpadded(&ciphertext, &key)
        .ok_or_else(|| FunctionError::call("failed to decrypt: crypto/rsa: decryption error"))?;
    // Terraform keeps bytes that are no text; here a string is always text.
    String::from_utf8(plain).map(Value::from).map_err(|_| {
        FunctionError::call("the decrypted text is not valid UTF-8, which this program does not support")
    })
}

/// The message in `0 2 (eight or more bytes that are not zero) 0 message`.
fn unpadded(ciphertext: &[u8], key: &PrivateKey) -> Option<Vec<u8>> {
    let size = usize::try_from(key.modulus.bits().div_ceil(8)).ok()?;
    let encrypted = BigUint::from_bytes_be(ciphertext);
    if size < 11 || ciphertext.len() > size || encrypted >= key.modulus {
        return None;
    }
    let block = encrypted.modpow(&key.exponent, &key.modulus).to_bytes_be();
    // The number has lost its leading zero, and nothing else when the padding is right.
    let padded = block.strip_prefix(&[2]).filter(|_| block.len() + 1 == size)?;
    let end = padded.iter().position(|byte| *byte == 0).filter(|end| *end >= 8)?;
    padded.get(end + 1..).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hashes that terraform 1.11.4 made, with the salts that it chose.
    #[test]
    fn hashes_as_go_does() {
        const ALPHABET: GeneralPurpose = GeneralPurpose::new(&alphabet::BCRYPT, NO_PAD);
        let long = "012345678901234567890123456789012345678901234567890123456789012345678901";
        for (password, hash) in [
            ("hello", "$2a$04$vERjnSiKmVbY5NFKv7Sb3ew1swhtBql5U5dUvbJbXJHuHMaYwMWJG"),
            ("héllo w", "$2a$05$vuuODxbT9mjpN78Bjn7v8.ap9Rk5qkcSWNavK0.rSizaB/FSFg/xe"),
            ("", "$2a$04$6kcrIXKWaYg15Cv11WIkEOsu7fvESE3q2DBKxLjdIFE0NxLdMqq/G"),
            ("a\0b", "$2a$04$SdaeOIDqkJAbun7y6QDg4.p4qKsRgp37r/nYLJEjU6zg4DLcn.tlu"),
            (long, "$2a$04$.wqnMdT0wwSWsFMR.Lulc.5WGLbrBVhi8USYCmQysY0xhRUSHqpwK"),
        ] {
            let cost = hash[4..6].parse().unwrap();
            let mut salt = [0; 16];
            ALPHABET.decode_slice(&hash[7..29], &mut salt).unwrap();
            assert_eq!(bcrypt_text(password.as_bytes(), cost, salt), hash, "{password:?}");
        }
    }
}
